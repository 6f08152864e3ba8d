"""ARIMA with a season, its orders weighted by the corrected information criterion.

As Hyndman and Khandakar (2008, J. Statistical Software 27(3)) have it: seasonal differences where
the season is strong (Wang, Smith and Hyndman 2006, Data Mining and Knowledge Discovery 13,
335-364), further differences by the test of Kwiatkowski, Phillips, Schmidt and Shin (1992, J.
Econometrics 54, 159-178), a drift where a single difference is taken, then the orders by their
AICc (`arma` says how they are gone through).  The best few share the forecast
(`model_averaging`).

The published forecast of the differenced series is that of the `SARIMAX` of statsmodels at the
coefficients found, filtered once; at the origins of a backtest the same model's recursion starts
from the conditional errors.  There an order and its coefficients serve three neighbouring origins,
at the second and third of which the state is carried on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from statsmodels.tsa.statespace.sarimax import SARIMAX

from data.errors import InputError

from .arma import ORDERS, Arma, Screening, estimate, with_errors
from .model_averaging import AveragedFit, akaike_weights, corrected_information_criterion
from .models import Model
from .seasonality import decompose
from .statsmodels_engine import warnings_as_notes

STRONG_SEASON = 0.64
CRITICAL_VALUE_95 = 0.463
MOST_DIFFERENCES = 2
SMALLEST_TESTED = 10
ESTIMATED_ORDERS = 4
VALUES_FOR_A_COEFFICIENT = 4
ORIGINS_OF_AN_ORDER = 3
FEWEST_AFTER_DIFFERENCES = 8
SMALLEST_CHANGE = 1e-9


@dataclass(frozen=True, slots=True)
class Differencing:
    """Differences that make a series stationary.

    Parameters
    ----------
    seasonal, plain : int
        Differences over a season and from one period to the next.
    season_length : int
        Periods in a season.
    """

    seasonal: int
    plain: int
    season_length: int

    def take(self, values: np.ndarray) -> np.ndarray:
        """Take the differences; the series gets shorter by them."""
        if self.seasonal:
            values = values[self.season_length :] - values[: -self.season_length]
        return np.diff(values, self.plain)

    def undo(self, values: np.ndarray, ahead: np.ndarray) -> np.ndarray:
        """Turn forecasts of differences, shape (…, horizon), into those of the series."""
        season = self.season_length
        stage = values[season:] - values[:-season] if self.seasonal else values
        for times in reversed(range(self.plain)):
            ahead = np.diff(stage, times)[-1] + np.cumsum(ahead, axis=-1)
        if self.seasonal:
            ahead = ahead.copy()
            for step in range(ahead.shape[-1]):
                before = ahead[..., step - season] if step >= season else values[step - season]
                ahead[..., step] += before
        return ahead


@dataclass(frozen=True, slots=True)
class FittedArima:
    """The model at the origin of a forecast.

    Parameters
    ----------
    arma : Arma
        Model of the differences around their mean.
    differencing : Differencing
    drift : float
        Mean of the differences; 0 where there is none.
    values : numpy.ndarray of shape (n_periods,)
        History in multiples of ``unit``, from its first value.
    origin, unit : float
        First value of the history, and size of its usual change.
    published : statsmodels results, optional
        What statsmodels makes of the differences.
    notes : tuple of str
        Warnings of statsmodels.
    """

    arma: Arma
    differencing: Differencing
    drift: float
    values: np.ndarray
    origin: float
    unit: float
    published: Any = None
    notes: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        """Name of the form, such as ``ARIMA(1,1,1)(0,1,1)4 with drift``."""
        order, by = self.arma.order, self.differencing
        name = f"ARIMA({order.lags},{by.plain},{order.shocks})"
        if by.season_length > 1:
            seasonal = f"({order.seasonal_lags},{by.seasonal},{order.seasonal_shocks})"
            name += f"{seasonal}{by.season_length}"
        return name + (" with drift" if self.drift else "")

    def forecast(self, horizon: int) -> np.ndarray:
        """Point forecasts, shape (horizon,)."""
        if self.published is None:
            return self._paths(np.zeros((1, horizon)))[0]
        return self._undone(np.asarray(self.published.forecast(horizon)))

    def simulate(self, horizon: int, draws: int, seed: int) -> np.ndarray:
        """Sample paths with normal errors, shape (draws, horizon)."""
        freedom = max(self.arma.errors.size - self.arma.order.size - 1, 1)
        deviation = np.sqrt(self.arma.squares / freedom)
        return self._paths(np.random.default_rng(seed).normal(0, deviation, (draws, horizon)))

    def append(self, values: np.ndarray) -> "FittedArima":
        """Go on with the same coefficients; see `Fitted.append`."""
        standard = np.concatenate([self.values, (values - self.origin) / self.unit])
        series = self.differencing.take(standard) - self.drift
        published = self.published
        if published is not None:
            published = published.append(series[-values.size :])
        arma = with_errors(series, self.arma)
        return replace(self, arma=arma, values=standard, published=published)

    def _paths(self, shocks: np.ndarray) -> np.ndarray:
        draws, horizon = shocks.shape
        lags, weights = self.arma.lag_polynomial[1:], self.arma.shock_polynomial[1:]
        series = self.differencing.take(self.values) - self.drift
        size = max(lags.size, weights.size)
        values, errors = np.zeros((draws, size + horizon)), np.zeros((draws, size + horizon))
        seen = min(size, series.size)
        if seen:
            values[:, size - seen : size] = series[-seen:]
            errors[:, size - seen : size] = self.arma.errors[-seen:]
        errors[:, size:] = shocks
        for now in range(size, size + horizon):
            past = values[:, now - lags.size : now][:, ::-1]
            before = errors[:, now - weights.size : now][:, ::-1]
            values[:, now] = errors[:, now] - past @ lags + before @ weights
        return self._undone(values[:, size:])

    def _undone(self, ahead: np.ndarray) -> np.ndarray:
        ahead = self.differencing.undo(self.values, ahead + self.drift)
        return np.asarray(self.origin + self.unit * ahead)


class Arima(Model):
    """ARIMA of the orders that the history speaks for.

    Examples
    --------
    >>> Arima().fit(np.tile([3.0, 1.0, 2.0, 6.0], 6), 4).forecast(4).round(6)
    array([3., 1., 2., 6.])
    """

    name = "arima"
    needs_complete = True

    def shortest(self, season_length: int) -> int:
        """A season and enough differences to estimate a coefficient from."""
        return season_length + FEWEST_AFTER_DIFFERENCES + MOST_DIFFERENCES

    def fit(self, values: np.ndarray, season_length: int) -> AveragedFit[FittedArima]:
        """Weigh the orders, estimate, and let statsmodels filter; see `Model.fit`."""
        self._require_enough(values.size, season_length)
        fitted = _weighted(values, season_length)
        return AveragedFit(tuple(map(_published, fitted.members)), fitted.weights)

    def fit_prefixes(
        self, values: np.ndarray, season_length: int, origins: Sequence[int]
    ) -> list[AveragedFit[Any]]:
        """Fit by the fast path; see `Model.fit_prefixes`."""
        self._require_enough(min(origins), season_length)
        fits: list[AveragedFit[Any]] = []
        for place, origin in enumerate(origins):
            if place % ORIGINS_OF_AN_ORDER == 0:
                fits.append(_weighted(values[:origin], season_length))
            else:
                fits.append(fits[-1].append(values[origins[place - 1] : origin]))
        return fits

    def _require_enough(self, n_periods: int, season_length: int) -> None:
        if n_periods < self.shortest(season_length):
            raise InputError(
                "too few observations for ARIMA",
                got=n_periods,
                expected=f"at least {self.shortest(season_length)}",
            )


def _weighted(values: np.ndarray, season_length: int) -> AveragedFit[FittedArima]:
    """Choose the differences, estimate the best orders, and weigh them."""
    unit = _usual_change(values)
    standard = (values - values[0]) / unit
    differencing = _differencing(standard, season_length)
    series = differencing.take(standard)
    drifts = [0.0] if differencing.seasonal + differencing.plain else []
    if differencing.seasonal + differencing.plain < MOST_DIFFERENCES:
        drifts.append(float(series.mean()))
    season = season_length if series.size > 2 * season_length + 6 else 1
    candidates = [fit for drift in drifts for fit in _screened(series - drift, season, drift)]
    candidates.sort(key=lambda candidate: candidate[0])
    fits = [
        (drift, estimate(series - drift, order, start, season))
        for _, drift, order, start in candidates[:ESTIMATED_ORDERS]
    ]
    weights = akaike_weights([arma.criterion(int(drift != 0)) for drift, arma in fits])
    places = [place for place in np.argsort(-weights, kind="stable") if weights[place]]
    members = [
        FittedArima(arma, differencing, drift, standard, float(values[0]), unit)
        for drift, arma in (fits[place] for place in places)
    ]
    return AveragedFit(tuple(members), tuple(weights[places].tolist()))


def _usual_change(values: np.ndarray) -> float:
    """Deviation of the changes; where all are alike, as on a line, their size."""
    changes = np.diff(values)
    deviation, size = float(np.std(changes)), float(np.abs(changes).mean())
    smallest = SMALLEST_CHANGE * float(np.abs(values).max())
    return next((unit for unit in (deviation, size) if unit > smallest), 1.0)


def _screened(series: np.ndarray, season_length: int, drift: float) -> list[tuple[Any, ...]]:
    """Criterion, drift, order and first coefficients of every order that the series can bear."""
    screening = Screening(series, season_length)
    most = series.size // VALUES_FOR_A_COEFFICIENT - int(drift != 0)
    found = []
    for order in ORDERS:
        seasonal = order.seasonal_lags + order.seasonal_shocks
        if order.size <= most and (screening.seasonal or not seasonal):
            variance, start = screening.estimate(order)
            size = order.size + int(drift != 0) + 1
            criterion = corrected_information_criterion(variance, size, screening.size)
            found.append((criterion, drift, order, start))
    return found


def _differencing(values: np.ndarray, season_length: int) -> Differencing:
    seasonal = int(_season_is_strong(values, season_length))
    plain = 0
    while plain + seasonal < MOST_DIFFERENCES:
        series = Differencing(seasonal, plain, season_length).take(values)
        if series.size <= SMALLEST_TESTED or _is_stationary(series):
            break
        plain += 1
    return Differencing(seasonal, plain, season_length)


def _season_is_strong(values: np.ndarray, season_length: int) -> bool:
    """Whether the season explains 64 per cent of what the trend leaves."""
    if season_length < 2 or values.size < 3 * season_length:
        return False
    trend, indices = decompose(values, season_length, multiplicative=False)
    both = values - trend
    known = np.isfinite(trend)
    spread = float(np.var(both[known]))
    rest = float(np.var((both - np.resize(indices, values.size))[known]))
    return spread > 0 and 1 - rest / spread > STRONG_SEASON


def _is_stationary(series: np.ndarray) -> bool:
    """Test of Kwiatkowski, Phillips, Schmidt and Shin around a level, at 5 per cent."""
    centred = series - series.mean()
    size = series.size
    lags = int(3 * np.sqrt(size) / 13)
    covariances = [centred[lag:] @ centred[: size - lag] / size for lag in range(lags + 1)]
    weights = 1 - np.arange(1, lags + 1) / (lags + 1)
    long_run = covariances[0] + 2 * float(weights @ np.array(covariances[1:]))
    if long_run <= SMALLEST_CHANGE**2:
        return True
    partial_sums = np.cumsum(centred)
    return bool(partial_sums @ partial_sums / size**2 / long_run <= CRITICAL_VALUE_95)


def _published(fitted: FittedArima) -> FittedArima:
    """Let statsmodels filter the differences; where nothing was estimated, nothing changes."""
    if fitted.arma.order.size == 0 or fitted.arma.squares <= SMALLEST_CHANGE:
        return fitted
    notes: list[str] = []
    with warnings_as_notes(Arima.name, notes):
        published = _filtered(fitted)
    return replace(fitted, published=published, notes=tuple(notes))


def _filtered(fitted: FittedArima) -> Any:
    """What statsmodels makes of the differences at the coefficients found."""
    arma = fitted.arma
    order, coefficients = arma.order, arma.coefficients
    lags, seasonal_lags, shocks, seasonal_shocks = np.split(
        coefficients, np.cumsum([order.lags, order.seasonal_lags, order.shocks])
    )
    series = fitted.differencing.take(fitted.values) - fitted.drift
    seasonal = (order.seasonal_lags, 0, order.seasonal_shocks, arma.season_length)
    model = SARIMAX(
        series,
        order=(order.lags, 0, order.shocks),
        seasonal_order=seasonal if arma.season_length > 1 else (0, 0, 0, 0),
    )
    variance = arma.squares / series.size
    return model.filter(np.r_[lags, shocks, seasonal_lags, seasonal_shocks, variance])
