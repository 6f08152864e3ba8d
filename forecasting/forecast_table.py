"""Forecast every series of a table: point, intervals, and the benchmark beside them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.contract import REASON
from data.tables import FORECAST
from data.whole_numbers import whole_number

from .corrections import join_sources
from .distribution import ForecastDistribution
from .one_series import Evaluated, ForecastParameters
from .parallel import forecast_all
from .series import (
    SMALLEST_OBSERVED_SHARE,
    CleanSeries,
    TimeSeries,
    clean_series,
    notes_frame,
)

LONGEST_HORIZON = 120
ERROR_COLUMNS = ["series_id", "model", "origin", "horizon", "error"]
MODEL_COLUMNS = ["series_id", "model", "description", "weight", "mean_absolute_error", "reason"]


@dataclass(frozen=True, slots=True)
class ForecastResult:
    """Forecasts, and everything that has to be said about them.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        Contract FORECAST with the group columns of the input behind it; for every series the
        main forecast and, under its own name in ``model``, the (seasonal) naive one.
    rejected : pandas.DataFrame
        ``series_id, reason`` of every series that is not forecast.
    notes : pandas.DataFrame
        ``series_id, note``: gaps, members left out, short histories.
    errors : pandas.DataFrame
        ``series_id, model, origin, horizon, error`` of the backtest, observation minus forecast.
    main_models : dict of str to str
        Name of the main forecast's model for every series.
    models : pandas.DataFrame
        ``series_id, model, description, weight, mean_absolute_error, reason`` of every model
        that was tried.
    distributions : dict of str to ForecastDistribution
        Quantiles and sample paths of the main forecast of every series.
    """

    forecasts: pd.DataFrame
    rejected: pd.DataFrame
    notes: pd.DataFrame
    errors: pd.DataFrame
    main_models: dict[str, str]
    models: pd.DataFrame
    distributions: dict[str, ForecastDistribution]

    @property
    def main(self) -> pd.DataFrame:
        """The rows of ``forecasts`` without the benchmark."""
        model = self.forecasts["series_id"].map(self.main_models)
        return self.forecasts[self.forecasts["model"] == model].reset_index(drop=True)


def forecast(
    series: pd.DataFrame,
    horizon: int,
    parameters: ForecastParameters | None = None,
    progress: Callable[[int, int], None] | None = None,
    *,
    on_series: Callable[[str], None] | None = None,
    corrections: pd.DataFrame | None = None,
    cache: Path | str | None = None,
    processes: int = 1,
) -> ForecastResult:
    """Forecast every series of a long table.

    The main forecast is a weighted mean of models (`combination` says of which, and what stands
    in for it when a history is short); intervals come from a rolling-origin backtest
    (`intervals`).

    Parameters
    ----------
    series : pandas.DataFrame
        Contract SERIES: ``series_id, period, value`` in any order of rows. Other columns that
        are constant within each series are carried over.
    horizon : int
        Periods ahead of the last observation, at least 1.
    parameters : ForecastParameters, optional
        How to forecast.
    progress : callable, optional
        Called with (series done, series in all).
    on_series : callable, optional
        Called with the name of each series when it is done, in the order of names.
    corrections : pandas.DataFrame, optional
        Contract CORRECTIONS: declared changes of source are taken out of the history and declared
        gaps blanked (`corrections`).
    cache : path, optional
        Folder where the result of each series is kept under the hash of all it depends on:
        values, periods, parameters, and the code.
    processes : int
        Processes to share the series; the results are the same for any number.

    Returns
    -------
    ForecastResult
        A series that cannot be forecast is in ``rejected`` with the reason.

    Raises
    ------
    ConfigurationError
        When the horizon is not between 1 and 120, the number of processes not between 1 and
        256, the cache cannot be made, or it is asked for with members that are not the standard
        ones.
    UnknownColumnsError
        When a column of the contract is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"series_id": "C", "period": ["2026Q1", "2026Q2", "2026Q3"],
    ...                       "value": [100.0, 110.0, 105.0]})
    >>> result = forecast(table, 1, ForecastParameters(levels=(80,)))
    >>> result.forecasts[["period", "mean", "model"]].to_string(index=False, header=False)
    '2026Q4 105.0 naive'
    """
    parameters = parameters or ForecastParameters()
    horizon = whole_number(horizon, "horizon, periods", 1, LONGEST_HORIZON)
    clean = clean_series(
        series, season_length=parameters.season_length, non_negative=parameters.non_negative
    )
    if corrections is not None:
        clean = _joined(clean, corrections)
    done: dict[str, list[Evaluated]] = {}
    reasons: list[tuple[str, str]] = []
    outcomes = forecast_all(clean.series, horizon, parameters, cache, processes)
    for count, (one, outcome) in enumerate(zip(clean.series, outcomes, strict=True), start=1):
        if isinstance(outcome, str):
            reasons.append((one.series_id, outcome))
        else:
            done[one.series_id] = outcome
        if on_series is not None:
            on_series(one.series_id)
        if progress is not None:
            progress(count, len(clean.series))
    return _gathered(clean, done, reasons, horizon, parameters)


def _joined(clean: CleanSeries, corrections: pd.DataFrame) -> CleanSeries:
    """Apply what is declared; a series that declared gaps leave mostly empty is rejected."""
    corrected, remarks = join_sources(clean.series, corrections)
    bare = {one.series_id: _mostly_missing(one) for one in corrected}
    usable = tuple(one for one in corrected if not bare[one.series_id])
    reasons = [(name, reason) for name, reason in bare.items() if reason]
    late = pd.DataFrame(reasons, columns=["series_id", REASON], dtype="str")
    notes = _together([clean.notes, remarks], notes_frame([]))
    return CleanSeries(usable, _together([clean.rejected, late], late), notes)


def _mostly_missing(series: TimeSeries) -> str:
    """Why a series with declared gaps cannot be forecast; empty when it can."""
    length = series.observations.size
    if length - series.gaps >= SMALLEST_OBSERVED_SHARE * length:
        return ""
    return (
        f"most periods are missing; got {length - series.gaps} observations on {length} periods "
        "with the declared gaps; expected at least half of them"
    )


def _gathered(
    clean: CleanSeries,
    done: dict[str, list[Evaluated]],
    reasons: list[tuple[str, str]],
    horizon: int,
    parameters: ForecastParameters,
) -> ForecastResult:
    """Put what was made of each series into tables."""
    pairs = [(one, model) for one in clean.series for model in done.get(one.series_id, ())]
    tables = [_rows(one, model, horizon, parameters) for one, model in pairs]
    errors = [m.backtest.frame(one.series_id, m.label, one.periods) for one, m in pairs]
    remarks = [(one.series_id, note) for one, model in pairs for note in model.notes]
    late = pd.DataFrame(reasons, columns=["series_id", REASON], dtype="str")
    return ForecastResult(
        forecasts=_with_groups(FORECAST.check(_together(tables, FORECAST.empty())), clean.series),
        rejected=_together([clean.rejected, late], late).sort_values(
            "series_id", ignore_index=True
        ),
        notes=_together([clean.notes, notes_frame(remarks)], notes_frame([])),
        errors=_together(errors, pd.DataFrame(columns=ERROR_COLUMNS)),
        main_models={name: models[0].label for name, models in done.items()},
        models=_models_tried(done),
        distributions={name: models[0].distribution for name, models in done.items()},
    )


def _with_groups(table: pd.DataFrame, series: tuple[TimeSeries, ...]) -> pd.DataFrame:
    """Put the group columns of the input behind the columns of the contract."""
    if not series:
        return table
    groups = pd.DataFrame([{"series_id": one.series_id, **one.groups} for one in series])
    return table.merge(groups, how="left", on="series_id")


def _together(tables: list[pd.DataFrame], empty: pd.DataFrame) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else empty


def _models_tried(done: dict[str, list[Evaluated]]) -> pd.DataFrame:
    """Members and benchmark of every series; a model that forecasts alone has all the weight."""
    rows = [
        (
            name,
            tried.model,
            tried.description,
            1.0 if tried.model == evaluated[0].label else tried.weight,
            tried.mean_absolute_error,
            "forecasts alone" if tried.model == evaluated[0].label else tried.reason,
        )
        for name, evaluated in done.items()
        for model in evaluated
        for tried in model.tried
    ]
    return pd.DataFrame(rows, columns=MODEL_COLUMNS)


def _rows(
    series: TimeSeries, one: Evaluated, horizon: int, parameters: ForecastParameters
) -> pd.DataFrame:
    """Rows of the contract for one series and model, levels within periods."""
    levels = parameters.levels
    mean = one.distribution.mean
    widths = one.distribution.widths[[level - 1 for level in levels]]
    lower, upper = mean - widths, mean + widths
    if parameters.non_negative:
        lower = np.maximum(lower, 0)
    last = series.observations.size - 1
    steps = np.arange(1, horizon + 1)
    return pd.DataFrame(
        {
            "series_id": series.series_id,
            "period": np.repeat([series.periods.label(last + int(h)) for h in steps], len(levels)),
            "horizon": np.repeat(steps, len(levels)),
            "level": np.tile(levels, horizon),
            "mean": np.repeat(mean, len(levels)),
            "lower": lower.T.ravel(),
            "upper": upper.T.ravel(),
            "model": one.label,
        }
    )
