"""Rolling-origin backtest: forecast from several past origins and hold it against what came.

Tashman (2000, Int. J. Forecasting 16, 437-450).  Models are refitted at every origin and see
nothing beyond it, gaps being bridged from what was known then.  Declared changes of source are the
exception: histories come with them taken out (`breaks.bring_to_level_after`).  The number of
origins is bounded, so the cost is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .models import Fitted, Model
from .periods import PeriodIndex
from .seasonality import fill_gaps, fill_gaps_at

SMALLEST_SCALE_SPAN = 4


@dataclass(frozen=True, slots=True)
class Backtest:
    """Errors of one model on one series.

    Parameters
    ----------
    origins : tuple of int
        Observations known at each origin.
    errors : numpy.ndarray of shape (n_origins, horizon)
        Observation minus forecast; NaN where nothing was observed.
    scales : numpy.ndarray of shape (n_origins,)
        Level of the series at each origin: mean size of its last season.
    """

    origins: tuple[int, ...]
    errors: np.ndarray
    scales: np.ndarray

    def frame(self, series_id: str, model: str, periods: PeriodIndex) -> pd.DataFrame:
        """Long table ``series_id, model, origin, horizon, error`` of the observed errors."""
        rows, columns = np.nonzero(~np.isnan(self.errors))
        labels = [periods.label(origin - 1) for origin in self.origins]
        return pd.DataFrame(
            {
                "series_id": series_id,
                "model": model,
                "origin": [labels[row] for row in rows],
                "horizon": columns + 1,
                "error": self.errors[rows, columns],
            }
        )


def rolling_origins(
    values: np.ndarray, shortest: int, horizon: int, at_most: int = 12
) -> tuple[int, ...]:
    """Origins for a backtest: evenly spread over the later part of a history.

    The first origin keeps at least ``shortest`` observations and, where the history allows,
    two thirds of it or all but twice the horizon, whichever is earlier.  Origins whose last
    period is missing are left out, so that no bridge over a gap knows its far end.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_periods,)
        History; NaN where missing.
    shortest : int
        Fewest observations that the model can be fitted to.
    horizon : int
        Periods that will be forecast.
    at_most : int
        Bound on the number of origins.

    Examples
    --------
    >>> rolling_origins(np.arange(30.0), 9, 4, at_most=4)
    (20, 23, 26, 29)
    """
    n_periods = values.size
    first = max(shortest, min(2 * n_periods // 3, n_periods - 2 * horizon))
    observed = np.cumsum(~np.isnan(values))
    usable = [
        origin
        for origin in range(first, n_periods)
        if not np.isnan(values[origin - 1]) and observed[origin - 1] >= shortest
    ]
    if len(usable) <= at_most:
        return tuple(usable)
    places = np.linspace(0, len(usable) - 1, at_most).round().astype(int)
    return tuple(usable[place] for place in places)


def run_backtest(
    model: Model,
    values: np.ndarray,
    season_length: int,
    horizon: int,
    origins: Sequence[int],
) -> tuple[Fitted, Backtest]:
    """Fit at the end of a history and at past origins, and collect the errors of the latter.

    Parameters
    ----------
    model : Model
        Model to fit.
    values : numpy.ndarray of shape (n_periods,)
        History; NaN where missing, first and last observed. Gaps are bridged for models that
        need it (`seasonality.fill_gaps_at`); errors are taken at observed periods only.
    season_length, horizon : int
        Periods in a season, and periods to forecast.
    origins : sequence of int
        Past origins, ascending, from `rolling_origins`; may be empty.

    Returns
    -------
    Fitted
        The model fitted to the whole history by `Model.fit`: the published forecast.
    Backtest
        Errors at the past origins, where `Model.fit_prefixes` fits.

    Raises
    ------
    InputError
        When the model cannot be fitted.
    """
    if model.needs_complete:
        complete = fill_gaps(values, season_length)
        histories = list(fill_gaps_at(values, season_length, origins))
    else:
        complete, histories = values, [(values, tuple(origins))]
    fitted = model.fit(complete, season_length)
    fits = [
        fit
        for history, served in histories
        for fit in model.fit_prefixes(history, season_length, served)
    ]
    errors = np.full((len(origins), horizon), np.nan)
    for row, origin in enumerate(origins):
        actual = values[origin : origin + horizon]
        errors[row, : actual.size] = actual - fits[row].forecast(horizon)[: actual.size]
    scales = np.array([scale_at(values[:origin], season_length) for origin in origins])
    return fitted, Backtest(tuple(origins), errors, scales)


def scale_at(values: np.ndarray, season_length: int) -> float:
    """Level of a series at its end: mean size of the last season that was observed."""
    seen = np.abs(values[~np.isnan(values)])
    return float(seen[-max(season_length, SMALLEST_SCALE_SPAN) :].mean())
