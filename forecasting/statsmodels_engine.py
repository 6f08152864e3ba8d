"""The published forecast: what statsmodels makes of the forms and the season that were decided.

What statsmodels does.  The fit to the whole history, from which the published forecast comes,
consists of objects of statsmodels:

- ETS: `statsmodels.tsa.exponential_smoothing.ets.ETSModel` with additive errors for every form
  that counts (`model_averaging`), started at the known initial states.  Its gains are those of
  the grid, polished by a maximisation that is bounded in iterations and by the neighbouring grid
  points; beyond these the grid has found the likelihood lower.  A polish that does not raise the
  likelihood is discarded;
- Theta: `statsmodels.tsa.forecasting.theta.ThetaModel`, which estimates its own gain and drift
  and takes out the season as `seasonality` has decided;
- ARIMA: `statsmodels.tsa.statespace.sarimax.SARIMAX`, which filters once at the coefficients
  found (in `arima`).

What the fast path does.  Forms and initial states of ETS are found by least squares on a grid
(`smoothing`), and the up to twelve origins of a backtest are fitted by that grid, by a recursion
for Theta, and by conditional least squares for ARIMA.  The reason is time: in milliseconds of the
processor,

==========================  ===========  ================  =========================
                            fast, once   statsmodels once  fast, all twelve origins
==========================  ===========  ================  =========================
ETS, 44 quarters            6            10                29
Theta, 44 quarters          1            12                12
ARIMA, 44 quarters          11           34                43
ETS, 249 months             38           48                83
Theta, 249 months           3            19                33
ARIMA, 249 months           6            49                35
==========================  ===========  ================  =========================

on one series each, the search of forms and orders counted in the column of statsmodels, with one
thread for linear algebra: with two on a busy machine Theta takes three times as long.
`ETSModel` with estimated initial states, in place of the grid, takes 48 ms for the largest of six
forms on 44 quarters and 114 ms on 249 months; an optimiser at all origins would multiply that by
twelve.

Both paths are the same models, so the errors of the backtest speak of the published forecast:
on series of M3 and of US job openings the combined forecasts differ by less than half of their
standard deviation everywhere and by less than a tenth on average.

Warnings of statsmodels are caught here and become notes.  The bound is one of iterations rather
than seconds, as a result must not depend on how busy the machine is.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel

from .seasonality import Adjusted
from .smoothing import Specification
from .state import Gains, SmoothingState

POLISHING_ITERATIONS = 10
# The bound on the gradient, unlike that on the likelihood's change, is free of the series' unit.
POLISHING_OPTIONS = {"factr": 0.0, "pgtol": 1e-5}
SMALLEST_RELATIVE_ERROR = 1e-6
# In the order of `Gains`, with what holds where a form has no such parameter.
PARAMETER_NAMES = {
    "smoothing_level": 0.0,
    "smoothing_trend": 0.0,
    "smoothing_seasonal": 0.0,
    "damping_trend": 1.0,
}


@dataclass(frozen=True, slots=True)
class PublishedSmoothing:
    """ETS fitted by statsmodels, with the season that multiplies outside.

    Parameters
    ----------
    description : str
        Name of the form.
    results : statsmodels.tsa.exponential_smoothing.ets.ETSResults
        Fit to the history, seasonally adjusted where the season multiplies.
    factors : numpy.ndarray
        Multiplicative factors in the order ahead, or a single one.
    state : SmoothingState
        The same model as a recursion, which statsmodels does not carry on.
    notes : tuple of str
        Warnings of statsmodels.
    """

    description: str
    results: Any
    factors: np.ndarray
    state: SmoothingState
    notes: tuple[str, ...] = ()

    def forecast(self, horizon: int) -> np.ndarray:
        """Point forecasts of statsmodels, shape (horizon,)."""
        return np.asarray(self.results.forecast(horizon)) * np.resize(self.factors, horizon)

    def simulate(self, horizon: int, draws: int, seed: int) -> np.ndarray:
        """Sample paths of statsmodels with normal errors, shape (draws, horizon)."""
        errors = np.random.default_rng(seed).normal(0, self.state.error_deviation, (draws, horizon))
        paths = self.results.simulate(
            horizon, anchor="end", repetitions=draws, random_errors=errors.T.copy()
        )
        paths = np.asarray(paths).reshape(horizon, draws)
        return paths.T * np.resize(self.factors, horizon)

    def append(self, values: np.ndarray) -> SmoothingState:
        """Go on as a recursion; see `Fitted.append`."""
        return self.state.append(values)


@dataclass(frozen=True, slots=True)
class PublishedTheta:
    """Theta fitted by statsmodels.

    Parameters
    ----------
    results : statsmodels.tsa.forecasting.theta.ThetaModelResults
        Fit to the history in multiples of ``unit``.
    unit : float
        Mean size of the history: the maximisation in statsmodels depends on the unit.
    state : SmoothingState
        The same model as a recursion, for the sample paths that statsmodels does not offer.
    notes : tuple of str
        Warnings of statsmodels.
    """

    results: Any
    unit: float
    state: SmoothingState
    notes: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        """Name of the form."""
        return self.state.description

    def forecast(self, horizon: int) -> np.ndarray:
        """Point forecasts of statsmodels, shape (horizon,)."""
        return np.asarray(self.results.forecast(horizon)) * self.unit

    def simulate(self, horizon: int, draws: int, seed: int) -> np.ndarray:
        """Sample paths around the forecast of statsmodels, shape (draws, horizon)."""
        deviations = self.state.simulate(horizon, draws, seed) - self.state.forecast(horizon)
        return self.forecast(horizon) + deviations

    def append(self, values: np.ndarray) -> SmoothingState:
        """Go on as a recursion; see `Fitted.append`."""
        return self.state.append(values)


def publish_smoothing(specification: Specification) -> PublishedSmoothing:
    """Hand a specified ETS over to statsmodels and polish its gains.

    Parameters
    ----------
    specification : Specification
        Form, gains and initial states found on the grid.

    Examples
    --------
    >>> gains = Gains(level=0.5, trend=0.1)
    >>> known = Specification("A", "N", np.array([1.0, 2.0, 3.0]), gains, (gains, gains),
    ...                       initial=np.array([0.0, 1.0]), factors=np.ones(1), parameters=4)
    >>> publish_smoothing(known).forecast(2)
    array([4., 5.])
    """
    notes: list[str] = []
    with warnings_as_notes("ets", notes):
        model = _model_of(specification)
        gains = _polished(model, specification)
        # The likelihood and covariance of a perfect fit are not finite; neither is used.
        with np.errstate(divide="ignore", invalid="ignore"):
            results = model.smooth(gains)
    found = dict(zip(model.param_names, map(float, gains), strict=True))
    polished = Gains(*(found.get(name, default) for name, default in PARAMETER_NAMES.items()))
    state = replace(specification, gains=polished).final_state()
    return PublishedSmoothing(
        specification.description, results, specification.factors, state, tuple(notes)
    )


def publish_theta(
    values: np.ndarray, season_length: int, adjusted: Adjusted, state: SmoothingState
) -> PublishedTheta:
    """Hand a history over to the Theta model of statsmodels.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_periods,)
        Complete history, not constant after adjustment: the regression of statsmodels then
        drops its intercept and the forecast is wrong.
    season_length : int
        Periods in a season.
    adjusted : Adjusted
        Whether and how the season is taken out.
    state : SmoothingState
        The same model as a recursion.
    """
    notes: list[str] = []
    unit = float(np.abs(values).mean())
    with warnings_as_notes("theta", notes):
        model = ThetaModel(
            values / unit,
            period=season_length,
            deseasonalize=adjusted.indices.size > 1,
            use_test=False,
            method="multiplicative" if adjusted.multiplicative else "additive",
        )
        results = model.fit()
    return PublishedTheta(results, unit, state, tuple(notes))


@contextmanager
def warnings_as_notes(name: str, notes: list[str]) -> Iterator[None]:
    """Catch warnings of a member and append each different one to the notes."""
    # statsmodels sets filters when imported: only a local filter is sure to see everything.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    messages = dict.fromkeys(f"{one.category.__name__}: {one.message}" for one in caught)
    notes.extend(f"{name}: statsmodels warns of {message}" for message in messages)


def _model_of(specification: Specification) -> ETSModel:
    initial = specification.initial
    seasonal = specification.season == "A"
    return ETSModel(
        specification.values,
        error="add",
        trend="add" if specification.trend != "N" else None,
        damped_trend=specification.trend == "Ad",
        seasonal="add" if seasonal else None,
        seasonal_periods=initial.size - 1 if seasonal else None,
        initialization_method="known",
        initial_level=initial[0],
        initial_trend=initial[1] if specification.trend != "N" else None,
        initial_seasonal=np.append(initial[2:], -initial[2:].sum()) if seasonal else None,
    )


def _polished(model: ETSModel, specification: Specification) -> np.ndarray:
    """Gains of the higher likelihood: those of the grid, or what a short maximisation makes."""
    start = _by_name(model, specification.gains)
    errors = model.endog - model.smooth(start, return_raw=True)[0]
    # The likelihood of a perfect fit has no bound, and rounding would decide.
    if np.abs(errors).max() <= SMALLEST_RELATIVE_ERROR * np.abs(model.endog).max():
        return start
    low, high = (_by_name(model, gains) for gains in specification.neighbours)
    model.set_bounds(dict(zip(model.param_names, zip(low, high, strict=True), strict=True)))
    with warnings.catch_warnings():
        # The maximisation is meant to be cut short.
        warnings.simplefilter("ignore", ConvergenceWarning)
        polished = model.fit(
            start_params=start,
            maxiter=POLISHING_ITERATIONS,
            disp=False,
            return_params=True,
            **POLISHING_OPTIONS,
        )
    return polished if model.loglike(polished) > model.loglike(start) else start


def _by_name(model: ETSModel, gains: Gains) -> np.ndarray:
    """Gains in the order of the model's parameters."""
    named = dict(
        zip(PARAMETER_NAMES, (gains.level, gains.trend, gains.season, gains.damping), strict=True)
    )
    return np.array([named[name] for name in model.param_names])
