"""Periods of a series: recognise their form, count them, and name the ones to come.

Four forms are read: quarters (``2026Q4``), months (``2026-11``), dates that stand for a period
(``2026-10-01`` or the last day, as statistical offices print them) and whole numbers.  Months
and dates may lie one or more months apart: the step is the greatest common divisor of the
distances, so quarterly figures dated by their first month are quarterly.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import gcd

from data.errors import InputError

MONTHS_PER_YEAR = 12
QUARTERS_PER_YEAR = 4

_FORMS = {
    "quarter": re.compile(r"(?P<year>(?:19|20)\d{2})Q(?P<part>[1-4])", re.ASCII),
    "month": re.compile(r"(?P<year>(?:19|20)\d{2})-(?P<part>0[1-9]|1[0-2])", re.ASCII),
    "date": re.compile(
        r"(?P<year>(?:19|20)\d{2})-(?P<part>0[1-9]|1[0-2])-(?P<day>\d{2})", re.ASCII
    ),
    "whole number": re.compile(r"(?P<number>-?(?:0|[1-9]\d{0,8}))", re.ASCII),
}
_LAST_DAY = 0


@dataclass(frozen=True, slots=True)
class PeriodIndex:
    """Regular periods of one series, counted from its first observation.

    Parameters
    ----------
    form : str
        ``quarter``, ``month``, ``date`` or ``whole number``.
    first : int
        Ordinal of the first period: quarters or months since year 0, or the number itself.
    step : int
        Distance of neighbouring periods, in quarters, months or whole numbers.
    day : int
        Day of the month for dates; 0 for the last day.
    """

    form: str
    first: int
    step: int = 1
    day: int = 1

    @property
    def season_length(self) -> int:
        """Periods in a year: 4, 12, …; 1 where the form knows no year."""
        if self.form == "quarter":
            return QUARTERS_PER_YEAR // gcd(self.step, QUARTERS_PER_YEAR)
        if self.form in ("month", "date"):
            return MONTHS_PER_YEAR // gcd(self.step, MONTHS_PER_YEAR)
        return 1

    def label(self, position: int) -> str:
        """Text of the period ``position`` steps after the first one, in the form of the input.

        Examples
        --------
        >>> PeriodIndex("quarter", 2026 * 4 + 3).label(1)
        '2027Q1'
        """
        ordinal = self.first + position * self.step
        if self.form == "whole number":
            return str(ordinal)
        if self.form == "quarter":
            year, quarter = divmod(ordinal, QUARTERS_PER_YEAR)
            return f"{year:04d}Q{quarter + 1}"
        year, month = divmod(ordinal, MONTHS_PER_YEAR)
        if self.form == "month":
            return f"{year:04d}-{month + 1:02d}"
        day = self.day or _days_in_month(year, month + 1)
        return f"{year:04d}-{month + 1:02d}-{day:02d}"


def read_periods(texts: Sequence[str]) -> tuple[PeriodIndex, list[int]]:
    """Recognise the periods of one series and place each on its regular index.

    Parameters
    ----------
    texts : sequence of str
        Periods in any order, without repetition.

    Returns
    -------
    PeriodIndex
        The index that starts at the earliest period.
    list of int
        Position of every text on that index.

    Raises
    ------
    InputError
        When a text has none of the four forms, when forms or days are mixed, or for no text.

    Examples
    --------
    >>> index, positions = read_periods(["2026-07-01", "2026-01-01", "2026-04-01"])
    >>> index.season_length, positions, index.label(3)
    (4, [2, 0, 1], '2026-10-01')
    """
    if not texts:
        raise InputError("a series has no period")
    forms = {_form_of(text) for text in texts}
    if len(forms) > 1:
        raise InputError(
            "periods of different frequency in one series",
            got=" and ".join(sorted(forms)),
            expected="one form",
        )
    form = forms.pop()
    ordinals = [_ordinal(text, form) for text in texts]
    day = _common_day(texts) if form == "date" else 1
    first = min(ordinals)
    step = gcd(*(ordinal - first for ordinal in ordinals)) if form in ("month", "date") else 1
    index = PeriodIndex(form, first, step or 1, day)
    return index, [(ordinal - first) // index.step for ordinal in ordinals]


def _form_of(text: str) -> str:
    for form, pattern in _FORMS.items():
        if pattern.fullmatch(text):
            return form
    raise InputError(
        "not a period",
        got=f"'{text[:40]}'",
        expected="a form like 2026Q4, 2026-11, 2026-10-01 or a whole number",
    )


def _ordinal(text: str, form: str) -> int:
    match = _FORMS[form].fullmatch(text)
    parts = match.groupdict() if match else {}
    if form == "whole number":
        return int(parts["number"])
    per_year = QUARTERS_PER_YEAR if form == "quarter" else MONTHS_PER_YEAR
    return int(parts["year"]) * per_year + int(parts["part"]) - 1


def _common_day(texts: Sequence[str]) -> int:
    """Day of the month that all dates share; 0 when every date is a month's last day."""
    dates = []
    for text in texts:
        try:
            dates.append(date.fromisoformat(text))
        except ValueError:
            raise InputError("not a day of the calendar", got=f"'{text}'") from None
    if all(day.day == _days_in_month(day.year, day.month) for day in dates):
        return _LAST_DAY
    days = {day.day for day in dates}
    if len(days) > 1:
        raise InputError(
            "dates that fall on different days of the month",
            got=f"days {', '.join(map(str, sorted(days)[:5]))}",
            expected="the first or the last day of each period",
        )
    return days.pop()


def _days_in_month(year: int, month: int) -> int:
    following = date(year + month // MONTHS_PER_YEAR, month % MONTHS_PER_YEAR + 1, 1)
    return (following - date(year, month, 1)).days
