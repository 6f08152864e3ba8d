"""Autoregression of a seasonally adjusted series: of its changes, or of its levels.

That of the changes forecasts how long a movement goes on, that of the levels how fast the series
comes back to its mean.  Coefficients are Burg's (1967), by statsmodels: unlike those of least
squares they are always stationary, and so no forecast explodes.  The order is chosen by AICc.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from statsmodels.tsa.stattools import levinson_durbin_pacf, pacf_burg

from data.errors import InputError

from .exponential_smoothing import corrected_information_criterion
from .models import Model
from .seasonality import adjust, ahead, has_season, unadjusted
from .smoothing import standardise

LARGEST_ORDER = 4
SMALLEST_HISTORY = 8


@dataclass(frozen=True, slots=True)
class FittedAutoregression:
    """An autoregression at the origin of a forecast.

    Parameters
    ----------
    coefficients : numpy.ndarray of shape (order,)
        The coefficient of the latest value first.
    recent : numpy.ndarray of shape (order,)
        Latest values of the regression, the latest first.
    start : float
        Last level where changes are regressed, else the mean level.
    cumulated : bool
        Whether the forecasts of the regression are changes.
    indices : numpy.ndarray
        Seasonal indices in the order ahead, or a single one.
    multiplicative : bool
        Whether the season multiplies.
    error_deviation : float
        Standard deviation of the errors of the regression.
    notes : tuple of str
        What has to be said about the fit.
    """

    coefficients: np.ndarray
    recent: np.ndarray
    start: float
    cumulated: bool
    indices: np.ndarray
    multiplicative: bool
    error_deviation: float
    notes: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        """Name of the form, such as ``ARI(2,1)``."""
        order = self.coefficients.size
        return f"ARI({order},1)" if self.cumulated else f"AR({order})"

    def forecast(self, horizon: int) -> np.ndarray:
        """Point forecasts, shape (horizon,)."""
        return self._paths(np.zeros((1, horizon)))[0]

    def simulate(self, horizon: int, draws: int, seed: int) -> np.ndarray:
        """Sample paths with normal errors, shape (draws, horizon)."""
        errors = np.random.default_rng(seed).normal(0, self.error_deviation, (draws, horizon))
        return self._paths(errors)

    def _paths(self, errors: np.ndarray) -> np.ndarray:
        draws, horizon = errors.shape
        order = self.coefficients.size
        path = np.empty((draws, order + horizon))
        path[:, :order] = self.recent[::-1]
        for step in range(order, order + horizon):
            past = path[:, step - order : step][:, ::-1]
            path[:, step] = past @ self.coefficients + errors[:, step - order]
        ahead_of_origin = path[:, order:]
        moved = np.cumsum(ahead_of_origin, axis=1) if self.cumulated else ahead_of_origin
        season = np.resize(self.indices, horizon)
        level = self.start + moved
        return level * season if self.multiplicative else level + season


class Autoregression(Model):
    """Autoregression of the changes or the levels of a seasonally adjusted series.

    Parameters
    ----------
    of_changes : bool
        Whether changes are regressed, so that the level wanders, rather than levels.

    Examples
    --------
    >>> Autoregression(of_changes=True).fit(np.tile([3.0, 1.0, 2.0, 6.0], 6), 4).forecast(4)
    array([3., 1., 2., 6.])
    """

    needs_complete = True

    def __init__(self, *, of_changes: bool) -> None:
        self.of_changes = of_changes
        self.name = "ar_of_changes" if of_changes else "ar_of_levels"

    def shortest(self, season_length: int) -> int:
        """Enough for one coefficient and its criterion."""
        return SMALLEST_HISTORY

    def fit(self, values: np.ndarray, season_length: int) -> FittedAutoregression:
        """Choose the order and estimate the coefficients; see `Model.fit`."""
        if values.size < SMALLEST_HISTORY:
            raise InputError(
                "too few observations for an autoregression",
                got=values.size,
                expected=f"at least {SMALLEST_HISTORY}",
            )
        seasonal = has_season(values, season_length)
        adjusted = adjust(values, season_length) if seasonal else unadjusted(values)
        standard, centre, scale = standardise(adjusted.values)
        series = np.diff(standard) if self.of_changes else standard
        coefficients, deviation = burg_regression(series)
        return FittedAutoregression(
            coefficients=coefficients,
            recent=series[::-1][: coefficients.size] * scale,
            start=float(adjusted.values[-1]) if self.of_changes else centre,
            cumulated=self.of_changes,
            indices=ahead(adjusted.indices, values.size),
            multiplicative=adjusted.multiplicative,
            error_deviation=deviation * scale,
        )


def burg_regression(series: np.ndarray) -> tuple[np.ndarray, float]:
    """Coefficients of a stationary autoregression without a constant, and its error deviation.

    Parameters
    ----------
    series : numpy.ndarray of shape (n_periods,)
        Values that come back to zero.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> series = np.zeros(400)
    >>> for time in range(1, 400):
    ...     series[time] = 0.6 * series[time - 1] + rng.normal()
    >>> burg_regression(series)[0].round(1)
    array([0.6])
    """
    size = series.size
    highest = max(min(LARGEST_ORDER, (size - 3) // 3), 0)
    square = float(np.mean(series**2))
    if highest == 0 or square < 1e-20:
        return np.zeros(0), float(np.sqrt(square))
    with warnings.catch_warnings():
        # A perfect fit divides by nothing; such an order is dropped below.
        warnings.simplefilter("ignore", RuntimeWarning)
        partial = pacf_burg(series, highest, demean=False)[0]
    partial = np.where(np.isfinite(partial), partial, 0.0)
    left = square * np.cumprod(1 - np.append(0.0, partial[1:]) ** 2)
    criteria = [
        corrected_information_criterion(size * float(left[order]), size, order + 1)
        for order in range(highest + 1)
    ]
    order = int(np.argmin(criteria))
    if order == 0:
        return np.zeros(0), float(np.sqrt(square))
    coefficients = levinson_durbin_pacf(partial[: order + 1])[0]
    return np.asarray(coefficients), float(np.sqrt(max(left[order], 0.0)))
