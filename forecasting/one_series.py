"""Forecast one series: choose the models, fit, weigh, backtest, and say what has to be said."""

from dataclasses import dataclass, replace

import numpy as np

from data.errors import ConfigurationError, InputError

from .backtest import Backtest, rolling_origins, run_backtest
from .calendar_adjustment import ChineseCalendar
from .combination import Combination, benchmark_for, model_for
from .combined_forecast import CombinedForecast
from .distribution import ForecastDistribution, distribution_of
from .intervals import error_scores
from .models import Model
from .preparation import Prepared, prepare
from .series import TimeSeries
from .weighting import POOLED, WeightedFit, fit_weighted

MOST_BREAKS_NAMED = 8


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
        Members of the combination; those of `standard_members` when empty.
    pooled : bool
        Whether the series of a table belong together, such as the industries of a city, and one
        more member may learn from all of them.
    calendar : ChineseCalendar, optional
        Declares the series Chinese: the Spring Festival and working days are taken out before
        models see a history, and put back into their forecasts.

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
    pooled: bool = True
    calendar: ChineseCalendar | None = None

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
class ModelTried:
    """A model that was tried on a series.

    Parameters
    ----------
    model : str
        Its name.
    description : str
        What was fitted; empty where nothing could be.
    weight : float
        Weight in the main forecast.
    mean_absolute_error : float
        At the origins of the backtest, over all horizons; NaN where none was seen.
    reason : str
        Why it has no weight, or why it stands here at all.
    """

    model: str
    description: str
    weight: float
    mean_absolute_error: float
    reason: str


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One model, or combination, on one series.

    Parameters
    ----------
    label : str
        Name for the results.
    distribution : ForecastDistribution
        Point forecast and everything around it.
    backtest : Backtest
        Errors at past origins.
    notes : tuple of str
        What has to be said.
    tried : tuple of ModelTried
        Models behind it.
    """

    label: str
    distribution: ForecastDistribution
    backtest: Backtest
    notes: tuple[str, ...]
    tried: tuple[ModelTried, ...]


def prepare_series(
    series: TimeSeries, horizon: int, parameters: ForecastParameters
) -> Prepared | None:
    """Prepare a series that a combination can forecast; nothing for a shorter one.

    Raises
    ------
    InputError
        When the horizon is longer than the history.
    """
    values = series.observations[-parameters.longest_history :]
    observed = int((~np.isnan(values)).sum())
    if horizon > observed:
        raise InputError(
            "the horizon is longer than the history",
            got=f"{horizon} periods ahead of {observed} observations",
            action="ask for a shorter horizon or bring a longer history",
        )
    season = series.season_length
    model = model_for(observed, season, parameters.members)
    if not isinstance(model, Combination):
        return None
    origins = rolling_origins(values, model.shortest(season), horizon, parameters.origins)
    skipped = series.observations.size - values.size
    periods = replace(series.periods, first=series.periods.first + skipped * series.periods.step)
    return prepare(values, season, horizon, origins, periods, parameters.calendar)


def forecast_one(
    series: TimeSeries,
    horizon: int,
    parameters: ForecastParameters,
    prepared: Prepared | None = None,
    pooled: np.ndarray | None = None,
) -> list[Evaluated]:
    """Make the main forecast, then the benchmark where it is another model.

    Parameters
    ----------
    series : TimeSeries
        The series.
    horizon : int
        Periods ahead.
    parameters : ForecastParameters
        How to forecast.
    prepared : Prepared, optional
        What `prepare_series` makes of it, where that is known already.
    pooled : numpy.ndarray of shape (n_origins + 1, horizon), optional
        Forecasts that the table's other series have a part in (`pooling`).

    Raises
    ------
    InputError
        When the horizon is longer than the history.
    """
    prepared = prepared or prepare_series(series, horizon, parameters)
    values = series.observations[-parameters.longest_history :]
    season = series.season_length
    benchmark = benchmark_for(season)
    model = model_for(int((~np.isnan(values)).sum()), season, parameters.members)
    if prepared is None or not isinstance(model, Combination):
        return [_single(model, series, values, horizon, parameters)]
    try:
        main = _combined(model, series, prepared, parameters, pooled)
    except InputError as error:
        reason = f"{model.name} replaced by {benchmark.name}: {error}"
        return [_single(benchmark, series, values, horizon, parameters, reason)]
    return [main, _single(benchmark, series, values, horizon, parameters)]


def _combined(
    model: Combination,
    series: TimeSeries,
    prepared: Prepared,
    parameters: ForecastParameters,
    pooled: np.ndarray | None,
) -> Evaluated:
    horizon = prepared.horizon
    weighted = fit_weighted(model, prepared, pooled)
    fitted = weighted.fitted
    ahead = fitted.ahead(horizon)
    remarks = [*ahead.left_out, *fitted.notes, *_break_notes(prepared, series)]
    if prepared.calendar[-1].note:
        remarks.append(prepared.calendar[-1].note)
    tried = _members_tried(model, weighted, ahead)
    return _evaluated(
        ahead.label,
        ahead.mean,
        weighted.backtest,
        series,
        prepared.values,
        parameters,
        remarks,
        tried,
    )


def _single(
    model: Model,
    series: TimeSeries,
    values: np.ndarray,
    horizon: int,
    parameters: ForecastParameters,
    *notes: str,
) -> Evaluated:
    season = series.season_length
    origins = rolling_origins(values, model.shortest(season), horizon, parameters.origins)
    fitted, backtest = run_backtest(model, values, season, horizon, origins)
    remarks = [*notes, *fitted.notes]
    if model.name != benchmark_for(season).name:
        remarks.append(f"{values.size} periods are less than a season: {model.name} forecast")
    errors = np.abs(backtest.errors[np.isfinite(backtest.errors)])
    size = float(errors.mean()) if errors.size else float("nan")
    tried = (ModelTried(model.name, fitted.description, 0.0, size, "stands beside to be beaten"),)
    mean = fitted.forecast(horizon)
    return _evaluated(model.name, mean, backtest, series, values, parameters, remarks, tried)


def _evaluated(
    label: str,
    mean: np.ndarray,
    backtest: Backtest,
    series: TimeSeries,
    values: np.ndarray,
    parameters: ForecastParameters,
    remarks: list[str],
    tried: tuple[ModelTried, ...],
) -> Evaluated:
    """Put the intervals around a point forecast, and what has to be said about them."""
    if parameters.non_negative:
        mean = np.maximum(mean, 0)
    scores = error_scores(backtest, values, series.season_length, mean.size)
    distribution = distribution_of(mean, scores, non_negative=parameters.non_negative)
    if values.size < series.observations.size:
        remarks.append(f"{label} uses the last {values.size} periods only")
    if not distribution.widths.any():
        remarks.append(f"no error was ever seen: the intervals of {label} have no width")
    if scores.after_break:
        remarks.append(f"recent errors show a break: intervals of {label} follow the latest ones")
    return Evaluated(label, distribution, backtest, tuple(remarks), tried)


def _members_tried(
    model: Combination, weighted: WeightedFit, ahead: CombinedForecast
) -> tuple[ModelTried, ...]:
    """Every member with its weight, in the order of the combination."""
    fitted = weighted.fitted
    weights = dict(zip(fitted.names, ahead.weights.tolist(), strict=True))
    sizes = dict(zip(fitted.names, weighted.mean_absolute_errors, strict=True))
    descriptions = {
        name: member.description for name, member in zip(fitted.names, fitted.members, strict=True)
    }
    reasons = dict(text.split(" left out: ", 1) for text in ahead.left_out)
    names = [member.name for member in model.members]
    names += [POOLED] if POOLED in fitted.names else []
    return tuple(
        ModelTried(
            name,
            descriptions.get(name, ""),
            weights.get(name, 0.0),
            sizes.get(name, float("nan")),
            reasons.get(name, "in the mean, by its errors at past origins"),
        )
        for name in names
    )


def _break_notes(prepared: Prepared, series: TimeSeries) -> list[str]:
    """Name the periods of outliers and level shifts."""
    breaks = prepared.breaks
    skipped = series.observations.size - breaks.cleaned.size

    def named(places: tuple[int, ...]) -> str:
        labels = [series.periods.label(skipped + place) for place in places]
        more = ", …" if len(labels) > MOST_BREAKS_NAMED else ""
        return ", ".join(labels[-MOST_BREAKS_NAMED:]) + more

    notes = []
    if breaks.outliers:
        notes.append(f"outliers replaced for fitting: {named(breaks.outliers)}")
    if breaks.shifts:
        notes.append(f"the level shifts at: {named(breaks.shifts)}")
    return notes
