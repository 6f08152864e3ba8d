"""Forecast every series of a table: point, intervals, and the benchmark beside them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.contract import REASON
from data.errors import ConfigurationError, InputError
from data.tables import FORECAST

from .backtest import Backtest, rolling_origins, run_backtest
from .combination import FittedCombination, benchmark_for, model_for
from .intervals import half_widths
from .models import Fitted, Model
from .series import CleanSeries, TimeSeries, clean_series, notes_frame

LONGEST_HORIZON = 120
ERROR_COLUMNS = ["series_id", "model", "origin", "horizon", "error"]


@dataclass(frozen=True, slots=True)
class ForecastParameters:
    """How to forecast.

    Parameters
    ----------
    levels : tuple of int
        Nominal coverages of the intervals, per cent.
    season_length : int, optional
        Periods in a season for all series; by default 4 for quarters, 12 for months, else 1.
    non_negative : bool
        Whether the values are counts: negative input is rejected, no bound falls below 0.
    origins : int
        Most origins of the backtest behind the intervals.
    longest_history : int
        Most observations used; earlier ones are left out with a note.
    members : tuple of Model
        Members of the combination; ETS and Theta when empty.

    Raises
    ------
    ConfigurationError
        When a value is out of its range.
    """

    levels: tuple[int, ...] = (80, 95)
    season_length: int | None = None
    non_negative: bool = True
    origins: int = 12
    longest_history: int = 400
    members: tuple[Model, ...] = ()

    def __post_init__(self) -> None:
        """Refuse values out of range, and put the levels in order."""
        levels = tuple(sorted(set(self.levels)))
        if not levels or not all(1 <= level <= 99 for level in levels):
            raise ConfigurationError(
                "levels of the intervals", got=self.levels, expected="whole per cents, 1 to 99"
            )
        if self.season_length is not None and not 1 <= self.season_length <= 53:
            raise ConfigurationError(
                "season length", got=self.season_length, expected="1 to 53 periods"
            )
        if not 3 <= self.origins <= 100:
            raise ConfigurationError("origins of the backtest", got=self.origins, expected="3..100")
        if not 24 <= self.longest_history <= 2000:
            raise ConfigurationError(
                "longest history", got=self.longest_history, expected="24 to 2000 periods"
            )
        object.__setattr__(self, "levels", levels)


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
    """

    forecasts: pd.DataFrame
    rejected: pd.DataFrame
    notes: pd.DataFrame
    errors: pd.DataFrame
    main_models: dict[str, str]

    @property
    def main(self) -> pd.DataFrame:
        """The rows of ``forecasts`` without the benchmark."""
        model = self.forecasts["series_id"].map(self.main_models)
        return self.forecasts[self.forecasts["model"] == model].reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class _One:
    """One model on one series: fitted, backtested, named."""

    label: str
    mean: np.ndarray
    widths: np.ndarray
    backtest: Backtest
    notes: tuple[str, ...]


def forecast(
    series: pd.DataFrame,
    horizon: int,
    parameters: ForecastParameters | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ForecastResult:
    """Forecast every series of a long table.

    The main forecast is the plain mean of ETS and Theta (`combination` says what stands in for
    it when a history is short); intervals come from a rolling-origin backtest (`intervals`).

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

    Returns
    -------
    ForecastResult
        A series that cannot be forecast is in ``rejected`` with the reason.

    Raises
    ------
    ConfigurationError
        When the horizon is not between 1 and 120.
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
    if not 1 <= horizon <= LONGEST_HORIZON:
        raise ConfigurationError("horizon", got=horizon, expected=f"1 to {LONGEST_HORIZON} periods")
    clean = clean_series(
        series, season_length=parameters.season_length, non_negative=parameters.non_negative
    )
    done: dict[str, list[_One]] = {}
    reasons: list[tuple[str, str]] = []
    for count, one in enumerate(clean.series, start=1):
        try:
            done[one.series_id] = _forecast_one(one, horizon, parameters)
        except InputError as error:
            reasons.append((one.series_id, str(error)))
        if progress is not None:
            progress(count, len(clean.series))
    return _gathered(clean, done, reasons, horizon, parameters)


def _gathered(
    clean: CleanSeries,
    done: dict[str, list[_One]],
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


def _forecast_one(series: TimeSeries, horizon: int, parameters: ForecastParameters) -> list[_One]:
    """Make the main forecast, then the benchmark where it is another model."""
    values = series.observations[-parameters.longest_history :]
    observed = int((~np.isnan(values)).sum())
    if horizon > observed:
        raise InputError(
            "the horizon is longer than the history",
            got=f"{horizon} periods ahead of {observed} observations",
            action="ask for a shorter horizon or bring a longer history",
        )
    season = series.season_length
    model, benchmark = model_for(observed, season, parameters.members), benchmark_for(season)
    try:
        main = _evaluate(model, series, values, horizon, parameters)
    except InputError as error:
        reason = f"{model.name} replaced by {benchmark.name}: {error}"
        model, main = benchmark, _evaluate(benchmark, series, values, horizon, parameters, reason)
    if model.name == benchmark.name or observed < season:
        return [main]
    return [main, _evaluate(benchmark, series, values, horizon, parameters)]


def _evaluate(
    model: Model,
    series: TimeSeries,
    values: np.ndarray,
    horizon: int,
    parameters: ForecastParameters,
    *notes: str,
) -> _One:
    """Fit and backtest one model, and collect what has to be said about it."""
    season = series.season_length
    origins = rolling_origins(values, model.shortest(season), horizon, parameters.origins)
    fitted, backtest = run_backtest(model, values, season, horizon, origins)
    widths = half_widths(backtest, values, season, horizon, parameters.levels)
    label, left_out = _label(model, fitted, horizon)
    remarks = [*notes, *left_out, *fitted.notes]
    if values.size < series.observations.size:
        remarks.append(f"{label} uses the last {values.size} periods only")
    if not isinstance(fitted, FittedCombination) and model.name != benchmark_for(season).name:
        remarks.append(f"{values.size} periods are less than a season: {label} forecast")
    if not widths.any():
        remarks.append(f"no error was ever seen: the intervals of {label} have no width")
    return _One(label, fitted.forecast(horizon), widths, backtest, tuple(remarks))


def _label(model: Model, fitted: Fitted, horizon: int) -> tuple[str, tuple[str, ...]]:
    """Name of what made the forecast, and the members that did not."""
    if isinstance(fitted, FittedCombination):
        return fitted.label(horizon), fitted.left_out(horizon)
    return model.name, ()


def _rows(
    series: TimeSeries, one: _One, horizon: int, parameters: ForecastParameters
) -> pd.DataFrame:
    """Rows of the contract for one series and model, levels within periods."""
    levels = parameters.levels
    mean = np.maximum(one.mean, 0) if parameters.non_negative else one.mean
    lower, upper = mean - one.widths, mean + one.widths
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
