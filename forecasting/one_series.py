"""Forecast one series: choose the models, fit, weigh, backtest, and say what has to be said."""

from dataclasses import dataclass, replace

import numpy as np

from data.errors import ConfigurationError, InputError
from data.whole_numbers import whole_number, whole_numbers

from .calendar_adjustment import ChineseCalendar
from .combination import Combination, benchmark_for, model_for
from .distribution import ForecastDistribution, distribution_of
from .intervals import error_scores
from .models import Model
from .models_tried import ModelTried, members_tried, not_fitted, replaced, tried_alone
from .past_origins import Backtest, rolling_origins, run_backtest
from .preparation import Prepared, prepare
from .series import TimeSeries
from .weighting import fit_weighted, is_far_worse

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
        levels = whole_numbers(self.levels, "levels of the intervals, per cent", 1, 99)
        checked: dict[str, object] = {
            "levels": tuple(sorted(set(levels))),
            "origins": whole_number(self.origins, "origins of the backtest", 3, 100),
            "longest_history": whole_number(
                self.longest_history, "longest history, periods", 24, 2000
            ),
            "members": _members(self.members),
        }
        if self.season_length is not None:
            season = whole_number(self.season_length, "season length, periods", 1, 53)
            checked["season_length"] = season
        if not (self.calendar is None or isinstance(self.calendar, ChineseCalendar)):
            raise ConfigurationError(
                "calendar", got=repr(self.calendar)[:80], expected="a ChineseCalendar, or None"
            )
        for name, value in checked.items():
            object.__setattr__(self, name, value)


def _members(given: object) -> tuple[Model, ...]:
    """Members as a tuple; what is no model would only fail once a series is fitted."""
    needed = ("name", "needs_complete", "shortest", "fit")
    members = tuple(given) if isinstance(given, list | tuple) else None
    if members is None or not all(hasattr(one, name) for one in members for name in needed):
        raise ConfigurationError(
            "members of the combination", got=repr(given)[:80], expected="a tuple of models"
        )
    return members


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
    observed = int((~np.isnan(values)).sum())
    model = model_for(observed, season, parameters.members)
    if prepared is None or not isinstance(model, Combination):
        return [_single(model, series, values, horizon, parameters, _too_short(model, observed))]
    try:
        main = _combined(model, series, prepared, parameters, pooled)
    except InputError as error:
        reason = f"{model.name} replaced by {benchmark.name}: {error}"
        only = _single(benchmark, series, values, horizon, parameters, reason)
        return [replace(only, tried=(*not_fitted(model, str(error)), *only.tried))]
    try:
        beside = _single(benchmark, series, values, horizon, parameters)
    except InputError as error:
        return [replace(main, notes=(*main.notes, f"no {benchmark.name} beside it: {error}"))]
    if not is_far_worse(main.backtest, beside.backtest):
        return [main, beside]
    reason = f"{main.label} replaced by {benchmark.name}: at past origins it erred far more"
    tried = (*replaced(main.tried, reason), *beside.tried)
    return [replace(beside, notes=(reason, *main.notes, *beside.notes), tried=tried)]


def _too_short(model: Model, observed: int) -> str:
    return f"{observed} observations are too few for the combination: {model.name} forecast"


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
    tried = members_tried(model, weighted, ahead)
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
    tried = tried_alone(model, fitted, backtest)
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
    if scores.stand_in:
        remarks.append(f"few past origins: intervals of {label} rest on the changes of the series")
    if scores.after_break:
        remarks.append(f"recent errors are unlike earlier ones: intervals of {label} follow them")
    return Evaluated(label, distribution, backtest, tuple(remarks), tried)


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
