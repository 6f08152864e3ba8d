"""Backtest of a whole table: forecast it as it was at past origins, and hold it against what came.

Where `ForecastResult.errors` are those behind the intervals, here the intervals themselves are put
to the test: at every origin all is done anew that `forecast` does, choice of models, weights,
common autoregression and intervals, and nothing is used that was not yet observed (Tashman 2000,
Int. J. Forecasting 16, 437-450).  Declared changes of source are the one exception: histories
are brought to the level after them beforehand, since forecasts of the old source could not be
held against observations of the new one.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.contract import REASON
from data.errors import ConfigurationError

from .corrections import join_sources
from .forecast_table import ForecastParameters, forecast
from .series import TimeSeries, clean_series

MOST_ORIGINS = 200
FRAME_COLUMNS = [
    "series_id", "origin", "horizon", "period", "level", "mean", "lower", "upper", "observed",
    "model", "error", "covered",
]  # fmt: skip
REJECTED_COLUMNS = ["series_id", "origin", REASON]
NOT_OBSERVED = "not observed at this origin"


@dataclass(frozen=True, slots=True)
class TableBacktest:
    """Forecasts from past origins beside what was observed later.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a series, origin, period, level and model: ``series_id, origin, horizon, period,
        level, mean, lower, upper, observed, model, error, covered``. ``origin`` is the last
        period known, ``observed`` missing where nothing was; ``error`` is observation minus mean,
        ``covered`` 1 where the observation lies within the interval, else 0. `errors_chart` and
        `coverage_chart` draw it as it is, and so they do its rows of one series.
    rejected : pandas.DataFrame
        ``series_id, origin, reason`` of what could not be forecast; the origin is empty for a
        series that cannot be used at all.
    """

    frame: pd.DataFrame
    rejected: pd.DataFrame


def backtest(
    series: pd.DataFrame,
    horizon: int,
    parameters: ForecastParameters | None = None,
    *,
    origins: int = 4,
    step: int = 1,
    corrections: pd.DataFrame | None = None,
    cache: Path | str | None = None,
    processes: int = 1,
) -> TableBacktest:
    """Forecast a table at past origins with what was known there.

    The last origin lies ``horizon`` periods before the latest period of the table, so that all it
    forecasts has come; the others lie ``step`` periods before each other. Periods are those of
    each frequency in the table.

    Parameters
    ----------
    series : pandas.DataFrame
        Contract SERIES, as for `forecast`.
    horizon : int
        Periods ahead of each origin.
    parameters : ForecastParameters, optional
        How to forecast.
    origins : int
        Number of origins, 1 to 200.
    step : int
        Periods from one origin to the next, at least 1.
    corrections : pandas.DataFrame, optional
        Contract CORRECTIONS: declared changes of source are taken out and declared gaps blanked
        before the table is cut.
    cache, processes
        As for `forecast`.

    Returns
    -------
    TableBacktest
        Series that had no observation at an origin itself are not forecast from it.

    Raises
    ------
    ConfigurationError
        When the number of origins or their step is out of range, or as for `forecast`.
    UnknownColumnsError
        When a column of the contract is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"series_id": "C", "period": ["2026Q1", "2026Q2", "2026Q3"],
    ...                       "value": [100.0, 110.0, 105.0]})
    >>> tested = backtest(table, 1, ForecastParameters(levels=(80,)), origins=1)
    >>> tested.frame[["origin", "period", "mean", "observed", "error"]].to_numpy().tolist()
    [['2026Q2', '2026Q3', 110.0, 105.0, -5.0]]
    """
    parameters = parameters or ForecastParameters()
    if not (1 <= origins <= MOST_ORIGINS and step >= 1):
        raise ConfigurationError(
            "origins of the backtest",
            got=f"{origins} origins, {step} periods apart",
            expected=f"1 to {MOST_ORIGINS} origins, at least 1 period apart",
        )
    clean = clean_series(
        series, season_length=parameters.season_length, non_negative=parameters.non_negative
    )
    usable = clean.series if corrections is None else join_sources(clean.series, corrections)[0]
    rows = _observations(usable)
    frames, rejected = [], [clean.rejected.assign(origin="")]
    for back in range(horizon + step * (origins - 1), horizon - 1, -step):
        known = rows[rows["back"] >= back]
        labels = known[known["back"] == back].set_index("series_id")["period"]
        if labels.empty:
            continue
        result = forecast(
            known[SERIES.names], horizon, parameters, cache=cache, processes=processes
        )
        frames.append(_from_origin(result.forecasts, labels))
        rejected.append(_from_origin(result.rejected, labels))
    unseen = _unobserved(rows)
    return TableBacktest(
        _beside(frames, rows), pd.concat(rejected, ignore_index=True)[REJECTED_COLUMNS]
    )
