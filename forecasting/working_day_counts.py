"""Working days of China by rule: days of the working week less the statutory holidays.

The rules are public law.  The working week: State Council Decrees 146 (44 hours on average from
1 March 1994, counted here as half a Saturday) and 174 (five days from 1 May 1995); before them
six days.  The holidays of all citizens: 全国年节及纪念日放假办法 of 1949 and its revisions of
1999, 2007, 2013 and 2024 (Decrees 270, 513, 644 and 795).  A holiday on a day off is made up for
on the next working day, as the same rules say.

The yearly notices that swap working days with neighbouring weekends are left out: they are not
known in advance and leave the sum over a few weeks as it is.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd

from data.errors import InputError
from data.reference import spring_festival
from data.reference.traditional_holidays import load_traditional_holidays

from .spring_festival import Frequency, covered_years, period_spans

SHORTER_WEEK_FROM = date(1994, 3, 1)
FIVE_DAY_WEEK_FROM = date(1995, 5, 1)
HALF_SATURDAY = 0.5
SATURDAY = 5


def working_days(periods: Sequence[object], *, frequency: Frequency | None = None) -> pd.Series:
    """Working days in each month or quarter, by rule.

    Parameters
    ----------
    periods : sequence
        Months or quarters, as `spring_festival.period_spans` reads them.
    frequency : {"month", "quarter"}, optional
        Needed where periods are dates.

    Returns
    -------
    pandas.Series of float, named ``working_days``
        Index: the periods as given. Halves occur in 1994 and 1995 only.

    Raises
    ------
    InputError
        When a period lies outside 1990 to 2050.

    Examples
    --------
    >>> working_days(["2026Q1", "2026Q2", "2026Q3", "2026Q4"]).tolist()
    [59.0, 61.0, 65.0, 63.0]
    """
    spans = period_spans(periods, frequency)
    years = covered_years()
    outside = [
        label for label, year in zip(spans.labels, spans.year, strict=True) if year not in years
    ]
    if outside:
        raise InputError(
            "periods outside the holiday tables",
            which=outside,
            expected=f"periods from {years[0]} to {years[-1]}",
        )
    counts = [
        _worked(int(year))[first - date(year, 1, 1).toordinal() :][: after - first].sum()
        for year, first, after in zip(spans.year, spans.first, spans.after, strict=True)
    ]
    return pd.Series(
        counts, index=pd.Index(spans.labels, name="period"), name="working_days", dtype=float
    )


def statutory_holidays(year: int) -> list[date]:
    """Days that all citizens are given by the rules in force that year, in order.

    Where two holidays fall on one day, it stands twice: another day is given for it.

    Examples
    --------
    >>> [len(statutory_holidays(year)) for year in (1998, 1999, 2000, 2008, 2025)]
    [7, 8, 10, 11, 13]
    """
    festival = spring_festival(year)
    eve_off = 2008 <= year <= 2013 or year >= 2025
    days_after = 2 if 2008 <= year <= 2013 else 3
    labour_days = 3 if 2000 <= year <= 2007 else 2 if year >= 2025 else 1
    days = [date(year, 1, 1)]
    days += [festival + timedelta(days=step) for step in range(-int(eve_off), days_after)]
    days += [date(year, 5, day) for day in range(1, labour_days + 1)]
    days += [date(year, 10, day) for day in range(1, 4 if year >= 1999 else 3)]
    if year >= 2008:
        days += load_traditional_holidays()[year]
    return sorted(days)


@cache
def _worked(year: int) -> np.ndarray:
    """Share of each day of the year that is worked: 1, 0, or a half."""
    worked = np.array([_in_working_week(day) for day in _days(year)])
    off = np.zeros(worked.size, dtype=bool)
    for day in statutory_holidays(year):
        place = day.timetuple().tm_yday - 1
        # No holiday falls into the last weeks of a year, so there is always a next working day.
        while off[place] or worked[place] < 1:
            place += 1
        off[place] = True
    worked = np.where(off, 0.0, worked)
    worked.setflags(write=False)
    return worked


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def _in_working_week(day: date) -> float:
    if day.weekday() < SATURDAY:
        return 1.0
    if day.weekday() > SATURDAY or day >= FIVE_DAY_WEEK_FROM:
        return 0.0
    return HALF_SATURDAY if day >= SHORTER_WEEK_FROM else 1.0
