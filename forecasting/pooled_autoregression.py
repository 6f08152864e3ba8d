"""One autoregression for all series of a table: what a single history is too short to tell.

Industries of one country or districts of one city move alike, and each history alone says little
about how long a movement goes on.  A common model sees them all (Montero-Manso and Hyndman 2021,
Int. J. Forecasting 37, 1632-1653): for every horizon, the change of the seasonally adjusted
series, in units of its usual change, is regressed on

- the change from each of the last periods to now, over one season and at least eight periods;
- the distance of now from the mean so far, and the mean change so far.

Coefficients are ridge estimates under the loss of Huber (1964, Annals of Mathematical Statistics
35, 73-101), found by reweighting: a short shock to many series then rules them less.  A break in
a few series hardly moves the others, as each counts in units of its own usual change.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.errors import ConfigurationError

from .logarithms import safely_positive
from .seasonality import Adjusted, adjust, ahead, has_season, unadjusted

FEWEST_LAGS = 8
FEWEST_ROWS_FOR_A_COEFFICIENT = 3
SMALLEST_SCALE = 1e-9


@dataclass(frozen=True, slots=True)
class PooledParameters:
    """How the common autoregression is estimated.

    Parameters
    ----------
    ridge : float
        Penalty on squared coefficients, in multiples of the regressors' mean square.
    bend : float
        Error beyond which losses grow linearly, in multiples of the median absolute error.
    rounds : int
        Rounds of reweighting.

    Raises
    ------
    ConfigurationError
        When a value is not positive.
    """

    ridge: float = 0.1
    bend: float = 1.0
    rounds: int = 4

    def __post_init__(self) -> None:
        """Refuse values that are not positive."""
        if not (self.ridge > 0 and self.bend > 0 and self.rounds >= 1):
            raise ConfigurationError(
                "parameters of the common autoregression",
                got=(self.ridge, self.bend, self.rounds),
                expected="positive ones",
            )


@dataclass(frozen=True, slots=True)
class _Standardised:
    """A history on the common scale: adjusted logarithms in units of their usual change."""

    values: np.ndarray
    scale: float
    season: Adjusted
    unit: float | None

    def restored(self, changes: np.ndarray) -> np.ndarray:
        """Forecasts in units of the series from forecast changes."""
        path = (self.values[-1] + changes) * self.scale
        indices = np.resize(ahead(self.season.indices, self.values.size), changes.size)
        path = path * indices if self.season.multiplicative else path + indices
        if self.unit is None:
            return np.asarray(path)
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(path) * self.unit)


def lags_for(season_length: int) -> int:
    """Periods that the regression looks back.

    Examples
    --------
    >>> lags_for(4), lags_for(12)
    (8, 13)
    """
    return max(FEWEST_LAGS, season_length + 1)


def pooled_autoregression(
    histories: Sequence[np.ndarray],
    season_length: int,
    horizon: int,
    parameters: PooledParameters | None = None,
) -> list[np.ndarray] | None:
    """Forecast several series by one autoregression.

    Parameters
    ----------
    histories : sequence of numpy.ndarray
        Complete histories that end in the same period.
    season_length, horizon : int
        Periods in a season, and periods to forecast.
    parameters : PooledParameters, optional

    Returns
    -------
    list of numpy.ndarray of shape (horizon,), or None
        Forecasts in the order of the histories; nothing where all histories together are too
        short to estimate the coefficients.

    Examples
    --------
    >>> steps = np.arange(40.0)
    >>> series = [level + slope * steps for level, slope in ((10, 1), (50, 2), (90, 3))]
    >>> [path.round().tolist() for path in pooled_autoregression(series, 1, 2)]
    [[50.0, 51.0], [130.0, 132.0], [210.0, 213.0]]
    """
    parameters = parameters or PooledParameters()
    standard = [_standardised(history, season_length) for history in histories]
    lags = lags_for(season_length)
    tables = [_regressors(one.values, lags) for one in standard]
    rows = _Rows.stacked([one.values for one in standard], tables, lags)
    changes = np.empty((len(histories), horizon))
    latest = np.array([table[-1] for table in tables])
    for step in range(1, horizon + 1):
        regressors, targets = rows.for_horizon(step)
        if len(targets) < FEWEST_ROWS_FOR_A_COEFFICIENT * latest.shape[1]:
            return None
        changes[:, step - 1] = latest @ _robust_ridge(regressors, targets, parameters)
    return [one.restored(row) for one, row in zip(standard, changes, strict=True)]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Regressors of all series under each other, and what was observed after each row."""

    regressors: np.ndarray
    values: np.ndarray
    left: np.ndarray
    usable: np.ndarray

    @classmethod
    def stacked(
        cls, values: Sequence[np.ndarray], tables: Sequence[np.ndarray], lags: int
    ) -> "_Rows":
        sizes = [one.size for one in values]
        return cls(
            np.concatenate(tables),
            np.concatenate(values),
            np.concatenate([np.arange(size - 1, -1, -1) for size in sizes]),
            # A short history is used from its middle on, its farther lags counting as no change.
            np.concatenate([np.arange(size) >= min(lags, size // 2) for size in sizes]),
        )

    def for_horizon(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Regressors, and the change over this many periods."""
        rows = np.flatnonzero(self.usable & (self.left >= step))
        return self.regressors[rows], self.values[rows + step] - self.values[rows]


def _standardised(history: np.ndarray, season_length: int) -> _Standardised:
    unit = float(history[0]) if safely_positive(history) else None
    values = np.log(history / unit) if unit is not None else history
    seasonal = has_season(values, season_length)
    season = adjust(values, season_length) if seasonal else unadjusted(values)
    scale = float(np.std(np.diff(season.values)))
    if scale <= SMALLEST_SCALE * max(float(np.abs(values).max()), SMALLEST_SCALE):
        scale = 1.0
    return _Standardised(season.values / scale, scale, season, unit)


def _regressors(values: np.ndarray, lags: int) -> np.ndarray:
    """Regressors of every period, shape (n_periods, lags + 3)."""
    counted = np.arange(1.0, values.size + 1)
    changes = np.zeros((values.size, lags))
    for lag in range(1, lags + 1):
        changes[lag:, lag - 1] = values[lag:] - values[:-lag]
    from_mean = values - np.cumsum(values) / counted
    mean_change = np.r_[0.0, (values[1:] - values[0]) / counted[:-1]]
    return np.column_stack([changes, from_mean, mean_change, np.ones(values.size)])


def _robust_ridge(
    regressors: np.ndarray, targets: np.ndarray, parameters: PooledParameters
) -> np.ndarray:
    """Coefficients under Huber's loss; the last, the intercept, is not penalised."""
    count = regressors.shape[1]
    penalty = np.r_[np.full(count - 1, parameters.ridge), 0.0]
    weights = np.ones(targets.size)
    coefficients = np.zeros(count)
    for _ in range(parameters.rounds):
        weighted = regressors * weights[:, None]
        products = weighted.T @ regressors
        mean_square = np.trace(products) / count
        normal = products + mean_square * np.diag(penalty) + 1e-9 * np.eye(count)
        coefficients = np.linalg.solve(normal, weighted.T @ targets)
        sizes = np.abs(targets - regressors @ coefficients)
        bend = parameters.bend * float(np.median(sizes)) + 1e-9
        weights = np.minimum(1.0, bend / np.maximum(sizes, bend))
    return coefficients
