"""Histories as models see them: gaps bridged, the calendar and outliers taken out.

Everything is prepared as it was known at each past origin of the backtest, and at the end.
Neighbouring origins that know of the same outliers and calendar share one history, so that a
model can fit them in one pass.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .breaks import Breaks, find_breaks
from .calendar_adjustment import CalendarAdjustment, ChineseCalendar, calendar_adjustments
from .periods import PeriodIndex
from .seasonality import fill_gaps


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
        The same with gaps bridged.
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
    past = _histories(complete, season_length, origins, adjustments)
    return Prepared(values, complete, season_length, horizon, past, end, tuple(adjustments))


def _histories(
    complete: np.ndarray,
    season_length: int,
    origins: Sequence[int],
    adjustments: Sequence[CalendarAdjustment],
) -> tuple[History, ...]:
    """Histories at past origins, with the replacements that the first of a group has found."""
    groups: dict[tuple[object, ...], list[int]] = {}
    first: dict[tuple[object, ...], Breaks] = {}
    factors = dict(zip(origins, (one.factors for one in adjustments), strict=False))
    group = 0
    before: tuple[object, ...] = ()
    for origin, adjustment in zip(origins, adjustments, strict=False):
        found = find_breaks(complete[:origin] / factors[origin][:origin], season_length)
        known = (found.outliers, adjustment.estimated_at)
        group += known != before
        before = known
        groups.setdefault((group, *known), []).append(origin)
        first.setdefault((group, *known), found)
    histories = []
    for key, known_at in groups.items():
        values = complete[: known_at[-1]] / factors[known_at[-1]][: known_at[-1]]
        places = list(first[key].outliers)
        values[places] = first[key].cleaned[places]
        histories.append(History(values, tuple(known_at)))
    return tuple(histories)
