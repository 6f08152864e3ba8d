"""Backtest of a whole table: forecast it as it was at past origins, and hold it against what came.

Where `ForecastResult.errors` are those behind the intervals, here the intervals themselves are put
to the test: at every origin all is done anew that `forecast` does, choice of models, weights,
common autoregression and intervals, and nothing is used that was not yet observed (Tashman 2000,
Int. J. Forecasting 16, 437-450).  Declared changes of source are the one exception: histories
are brought to the level after them beforehand, since forecasts of the old source could not be
held against observations of the new one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from data.contract import REASON
from data.errors import ConfigurationError
from data.tables import FORECAST, SERIES

from .corrections import join_sources
from .forecast_table import ForecastResult, forecast
from .one_series import ForecastParameters
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
    ends = [one.observations.size for one in usable]
    make = partial(
        forecast, horizon=horizon, parameters=parameters, cache=cache, processes=processes
    )
    parts = [
        _from_origin(usable, [end - back for end in _ends_of_table(usable)], make)
        for back in range(horizon + step * (origins - 1), horizon - 1, -step)
    ]
    rejected = pd.concat([clean.rejected.assign(origin=""), *(part.rejected for part in parts)])
    return TableBacktest(
        _with_observed(pd.concat([part.frame for part in parts]), _table(usable, ends)),
        rejected[REJECTED_COLUMNS].reset_index(drop=True),
    )


def _from_origin(
    series: Sequence[TimeSeries],
    ends: Sequence[int],
    make: Callable[[pd.DataFrame], ForecastResult],
) -> TableBacktest:
    """Forecast what was known, the first so many periods of each series."""
    origins = {
        one.series_id: one.periods.label(end - 1) for one, end in zip(series, ends, strict=True)
    }
    unseen = {
        one.series_id
        for one, end in zip(series, ends, strict=True)
        if not 0 < end <= one.observations.size or np.isnan(one.observations[end - 1])
    }
    frame, rejected = FORECAST.empty(), pd.DataFrame(columns=["series_id", REASON], dtype="str")
    if len(unseen) < len(series):
        # A series that was late then still tells the others what it can.
        result = make(_table(series, ends))
        frame, rejected = (
            table[~table["series_id"].isin(unseen)] for table in (result.forecasts, result.rejected)
        )
    late = pd.DataFrame({"series_id": sorted(unseen), REASON: NOT_OBSERVED}, dtype="str")
    both = (frame, pd.concat([rejected, late]))
    return TableBacktest(*(table.assign(origin=table["series_id"].map(origins)) for table in both))


def _ends_of_table(series: Sequence[TimeSeries]) -> list[int]:
    """Where the table ends on the index of each series: after the latest of its frequency."""
    latest: dict[tuple[str, int], int] = {}
    for one in series:
        key = one.periods.form, one.periods.step
        after = one.periods.first + one.observations.size * one.periods.step
        latest[key] = max(after, latest.get(key, after))
    return [
        (latest[one.periods.form, one.periods.step] - one.periods.first) // one.periods.step
        for one in series
    ]


def _table(series: Sequence[TimeSeries], ends: Sequence[int]) -> pd.DataFrame:
    """Contract SERIES of the first so many periods of each series."""
    frames = [SERIES.empty()]
    for one, end in zip(series, ends, strict=True):
        values = one.observations[: max(end, 0)]
        seen = np.flatnonzero(~np.isnan(values))
        labels = [one.periods.label(int(place)) for place in seen]
        frames.append(
            pd.DataFrame({"series_id": one.series_id, "period": labels, "value": values[seen]})
        )
    return pd.concat(frames[1:] or frames, ignore_index=True)


def _with_observed(frame: pd.DataFrame, observed: pd.DataFrame) -> pd.DataFrame:
    """Put what came beside the forecasts."""
    values = observed.rename(columns={"value": "observed"})
    both = frame.merge(values, how="left", on=["series_id", "period"])
    inside = both["observed"].between(both["lower"], both["upper"]).astype(float)
    return both.assign(
        error=both["observed"] - both["mean"], covered=inside.where(both["observed"].notna())
    )[FRAME_COLUMNS]
