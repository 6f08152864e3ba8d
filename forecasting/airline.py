"""The airline model: ARIMA(0,1,1) in the series and in its season.

Box and Jenkins (1970), Time Series Analysis, ch. 9.  As in exponential smoothing, a grid of the
two coefficients serves the backtest: conditional least squares over all grid points at once, in
one pass over the history for every origin.  The coefficients of the published forecast are those
of `SARIMAX` of statsmodels with simple differencing and the variance concentrated out, started
at the best grid point and bounded in iterations; no Hessian is computed.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.statespace.sarimax import SARIMAX

from data.errors import InputError

from .models import Model
from .smoothing import standardise
from .statsmodels_engine import warnings_as_notes

LEVEL_COEFFICIENTS = tuple(np.linspace(-0.2, 0.95, 12))
SEASON_COEFFICIENTS = (0.0, 0.2, 0.4, 0.6, 0.75, 0.9)
ITERATIONS = 4
SMALLEST_RELATIVE_ERROR = 1e-6


@dataclass(frozen=True, slots=True)
class FittedAirline:
    """The model at the origin of a forecast.

    Parameters
    ----------
    level, season : float
        Coefficients of the moving averages; ``season`` is 0 where there is none.
    recent : numpy.ndarray of shape (season_length + 1,)
        Latest values, the last one last.
    errors : numpy.ndarray of shape (season_length + 1,)
        Latest one-step errors, the last one last.
    error_deviation : float
        Standard deviation of the one-step errors.
    notes : tuple of str
        Warnings of statsmodels.
    """

    level: float
    season: float
    recent: np.ndarray
    errors: np.ndarray
    error_deviation: float
    notes: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        """Name of the form."""
        length = self.recent.size - 1
        return "ARIMA(0,1,1)" + (f"(0,1,1){length}" if length > 1 else "")

    def forecast(self, horizon: int) -> np.ndarray:
        """Point forecasts, shape (horizon,)."""
        return self._paths(np.zeros((1, horizon)))[0]

    def simulate(self, horizon: int, draws: int, seed: int) -> np.ndarray:
        """Sample paths with normal errors, shape (draws, horizon)."""
        errors = np.random.default_rng(seed).normal(0, self.error_deviation, (draws, horizon))
        return self._paths(errors)

    def _paths(self, shocks: np.ndarray) -> np.ndarray:
        draws, horizon = shocks.shape
        size, length = self.recent.size, self.recent.size - 1
        values, errors = np.empty((draws, size + horizon)), np.empty((draws, size + horizon))
        values[:, :size], errors[:, :size], errors[:, size:] = self.recent, self.errors, shocks
        for now in range(size, size + horizon):
            values[:, now] = values[:, now - 1] + errors[:, now] - self.level * errors[:, now - 1]
            if length > 1:
                values[:, now] += values[:, now - length] - values[:, now - length - 1]
                values[:, now] -= self.season * errors[:, now - length]
                values[:, now] += self.level * self.season * errors[:, now - length - 1]
        return values[:, size:]


class Airline(Model):
    """ARIMA(0,1,1)(0,1,1) with the season, ARIMA(0,1,1) without.

    Examples
    --------
    >>> Airline().fit(np.tile([3.0, 1.0, 2.0, 6.0], 6), 4).forecast(4).round(6)
    array([3., 1., 2., 6.])
    """

    name = "airline"
    needs_complete = True

    def shortest(self, season_length: int) -> int:
        """Two seasons and enough differences for two coefficients."""
        return 2 * season_length + 4

    def fit(self, values: np.ndarray, season_length: int) -> FittedAirline:
        """Estimate by statsmodels from the best grid point on; see `Model.fit`."""
        (start,) = self.fit_prefixes(values, season_length, [values.size])
        standard, centre, scale = standardise(values)
        # The likelihood of a perfect fit has no bound, and rounding would decide.
        if start.error_deviation <= SMALLEST_RELATIVE_ERROR * max(scale, abs(centre)):
            return start
        notes: list[str] = []
        with warnings_as_notes("airline", notes):
            estimates = _estimate(standard, season_length, start)
        if not np.isfinite(estimates).all():
            return start
        level = -float(estimates[0])
        season = -float(estimates[1]) if season_length > 1 else 0.0
        errors = _errors(values, np.array([level]), np.array([season]), season_length)[:, 0]
        fitted = _state(values, errors, level, season, season_length)
        return replace(fitted, notes=tuple(notes))

    def fit_prefixes(
        self, values: np.ndarray, season_length: int, origins: Sequence[int]
    ) -> list[FittedAirline]:
        """Take the best grid point at every origin; see `Model.fit_prefixes`."""
        if min(origins) < self.shortest(season_length):
            raise InputError(
                "too few observations for the airline model",
                got=min(origins),
                expected=f"at least {self.shortest(season_length)}",
            )
        seasons = SEASON_COEFFICIENTS if season_length > 1 else (0.0,)
        level, season = np.array(list(product(LEVEL_COEFFICIENTS, seasons))).T
        errors = _errors(values, level, season, season_length)
        squares = np.cumsum(errors**2, axis=0)
        fits = []
        for origin in origins:
            best = int(np.argmin(squares[origin - 1]))
            gains = float(level[best]), float(season[best])
            fits.append(_state(values[:origin], errors[:origin, best], *gains, season_length))
        return fits


def _errors(
    values: np.ndarray, level: np.ndarray, season: np.ndarray, season_length: int
) -> np.ndarray:
    """One-step errors of every pair of coefficients, zero before the first difference."""
    changes = np.diff(values)
    lost = 1
    if season_length > 1:
        changes = changes[season_length:] - changes[:-season_length]
        lost = season_length + 1
    errors = np.zeros((values.size, level.size))
    for time, change in enumerate(changes.tolist(), start=lost):
        errors[time] = change + level * errors[time - 1]
        if season_length > 1:
            errors[time] += season * errors[time - season_length]
            errors[time] -= level * season * errors[time - season_length - 1]
    return errors


def _state(
    values: np.ndarray, errors: np.ndarray, level: float, season: float, season_length: int
) -> FittedAirline:
    kept = season_length + 1
    lost = kept if season_length > 1 else 1
    freedom = max(values.size - lost - 2, 1)
    deviation = float(np.sqrt(np.sum(errors**2) / freedom))
    return FittedAirline(level, season, values[-kept:], errors[-kept:], deviation)


def _estimate(standard: np.ndarray, season_length: int, start: FittedAirline) -> np.ndarray:
    """Coefficients of statsmodels, with its signs."""
    seasonal = season_length > 1
    model = SARIMAX(
        standard,
        order=(0, 1, 1),
        seasonal_order=(0, 1, 1, season_length) if seasonal else (0, 0, 0, 0),
        simple_differencing=True,
        concentrate_scale=True,
    )
    beginning = [-start.level, -start.season] if seasonal else [-start.level]
    with warnings.catch_warnings():
        # The maximisation is meant to be cut short.
        warnings.simplefilter("ignore", ConvergenceWarning)
        results = model.fit(
            start_params=beginning,
            maxiter=ITERATIONS,
            method="lbfgs",
            cov_type="none",
            disp=False,
        )
    return np.asarray(results.params)
