"""Histories as models see them: gaps bridged, the calendar and outliers taken out.

Everything is prepared as it was known at each past origin of the backtest, and at the end; only
declared changes of source are known throughout (`breaks.bring_to_level_after`).  Neighbouring
origins that know of the same gaps, outliers and calendar share one history, so that a model can
fit them in one pass.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from .breaks import Breaks, find_breaks
from .calendar_adjustment import CalendarAdjustment, ChineseCalendar, calendar_adjustments
from .periods import PeriodIndex
from .seasonality import fill_gaps, fill_gaps_at


@dataclass(frozen=True, slots=True)
class History:
    """A history without calendar and outliers, and the past origins that it serves.

    Parameters
    ----------
    values : numpy.ndarray of shape (last origin,)
        Each origin knows the values before it.
    origins : tuple of int
        Past origins, ascending.
    """

    values: np.ndarray
    origins: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A series ready to be fitted.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_periods,)
        Observations; NaN where missing.
    complete : numpy.ndarray of shape (n_periods,)
        The same with gaps bridged, from all that is known at the end.
    season_length, horizon : int
        Periods in a season, and periods to forecast.
    past : tuple of History
        Histories at past origins.
    breaks : Breaks
        The whole history without calendar and outliers, and its breaks.
    calendar : tuple of CalendarAdjustment
        What the calendar does, for every past origin and, last, for the end.
    """

    values: np.ndarray
    complete: np.ndarray
    season_length: int
    horizon: int
    past: tuple[History, ...]
    breaks: Breaks
    calendar: tuple[CalendarAdjustment, ...]

    @property
    def origins(self) -> tuple[int, ...]:
        """Past origins, ascending."""
        return tuple(origin for history in self.past for origin in history.origins)

    @property
    def known(self) -> list[np.ndarray]:
        """What models see at every past origin and, last, at the end."""
        past = [history.values[:origin] for history in self.past for origin in history.origins]
        return [*past, self.breaks.cleaned]

    def factors_ahead(self, place: int) -> np.ndarray:
        """What the calendar multiplies forecasts by, shape (horizon,); -1 is the end."""
        return self.calendar[place].factors[-self.horizon :]


def prepare(
    values: np.ndarray,
    season_length: int,
    horizon: int,
    origins: Sequence[int],
    periods: PeriodIndex | None = None,
    calendar: ChineseCalendar | None = None,
) -> Prepared:
    """Bridge gaps, and take out calendar and outliers as known at every origin.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_periods,)
        Observations; NaN where missing, first and last observed.
    season_length, horizon : int
        Periods in a season, and periods to forecast.
    origins : sequence of int
        Past origins, ascending; may be empty.
    periods : PeriodIndex, optional
        Periods of the observations; needed for the calendar.
    calendar : ChineseCalendar, optional
        Declares the series Chinese.
    """
    complete = fill_gaps(values, season_length)
    undated = PeriodIndex("whole number", 0)
    adjustments = calendar_adjustments(
        values, periods or undated, season_length, horizon, origins, calendar
    )
    end = find_breaks(complete / adjustments[-1].factors[: values.size], season_length)
    known = dict(zip(origins, adjustments, strict=False))
    past = tuple(
        history
        for bridged, served in fill_gaps_at(values, season_length, origins)
        for history in _histories(bridged, season_length, {at: known[at] for at in served})
    )
    return Prepared(values, complete, season_length, horizon, past, end, tuple(adjustments))


def _histories(
    complete: np.ndarray, season_length: int, adjustments: Mapping[int, CalendarAdjustment]
) -> Iterator[History]:
    """Histories at past origins, with the replacements that the first of a group has found."""
    adjusted = {
        origin: complete[:origin] / adjustment.factors[:origin]
        for origin, adjustment in adjustments.items()
    }
    found = {origin: find_breaks(values, season_length) for origin, values in adjusted.items()}

    def known(origin: int) -> tuple[tuple[int, ...], int]:
        return found[origin].outliers, adjustments[origin].estimated_at

    for (outliers, _), group in groupby(adjustments, known):
        origins = tuple(group)
        values, places = adjusted[origins[-1]], list(outliers)
        values[places] = found[origins[0]].cleaned[places]
        yield History(values, origins)
