"""The Spring Festival as regressors: a holiday that moves between 21 January and 20 February.

Each window around the festival (before, during, after) makes one regressor: the share of the
window's days that lies in a period, less its long-run mean in that month or quarter of the year,
so that only the movement of the festival is left and the season stays with the model.  Lin and
Liu (2002, "Modeling lunar calendar holiday effects in Taiwan") introduced the three windows; the
centring is that of the Census Bureau's genhol with ``center = calendar``.

In quarterly figures windows of a few weeks lie in the first quarter every year, and their
regressors are nought.  Only windows that reach into a neighbouring quarter tell the years apart:
`calendar_effects.QUARTERLY_CALENDAR` takes the ninety days from the festival on.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from data.errors import ConfigurationError, InputError
from data.reference import load_spring_festivals

from .periods import read_periods

Frequency = Literal["month", "quarter"]

LONGEST_WINDOW_DAYS = 90
# The earliest festival is on 21 January: a longer window begins in the year before.
DAYS_WITHIN_THE_YEAR = 20
_PANDAS_FREQUENCY: dict[str, str] = {"month": "M", "quarter": "Q"}


class PeriodSpans(NamedTuple):
    """Days of every period.

    Parameters
    ----------
    labels : list of str
        Periods as given.
    first, after : numpy.ndarray of int
        First day of each period, and first day after it, as proleptic ordinals.
    year, number : numpy.ndarray of int
        Calendar year, and month (1 to 12) or quarter (1 to 4) in it.
    frequency : str
        ``month`` or ``quarter``.
    """

    labels: list[str]
    first: np.ndarray
    after: np.ndarray
    year: np.ndarray
    number: np.ndarray
    frequency: Frequency


def period_spans(periods: Sequence[object], frequency: Frequency | None = None) -> PeriodSpans:
    """First and last day of months or quarters.

    Parameters
    ----------
    periods : sequence
        ``2026Q1``, ``2026-01``, a date within the period, or pandas periods; one form for all.
    frequency : {"month", "quarter"}, optional
        Needed for dates; months may be read as the quarters they lie in.

    Raises
    ------
    InputError
        When a text is no period, or a whole number that knows no calendar.
    ConfigurationError
        When the frequency is missing for dates, unknown, or finer than the periods.

    Examples
    --------
    >>> spans = period_spans(["2026Q1"])
    >>> int(spans.after[0] - spans.first[0]), spans.frequency
    (90, 'quarter')
    """
    labels = [str(period) for period in periods]
    form = read_periods(labels)[0].form
    if form == "whole number":
        raise InputError("whole numbers have no place in the calendar", which=labels)
    known: Frequency | None = frequency
    if known is None and form != "date":
        known = "month" if form == "month" else "quarter"
    if known not in _PANDAS_FREQUENCY or (form == "quarter" and known == "month"):
        raise ConfigurationError(
            f"frequency of periods that are given as a {form}",
            got=frequency,
            expected="quarter" if form == "quarter" else "month or quarter",
        )
    index = pd.PeriodIndex(labels, freq=_PANDAS_FREQUENCY[known])
    return _spans(labels, index, known)


def spring_festival_regressors(
    periods: Sequence[object],
    *,
    days_before: int = 20,
    days_during: int = 7,
    days_after: int = 20,
    frequency: Frequency | None = None,
) -> pd.DataFrame:
    """Share of the days before, during and after the festival in each period, centred.

    Parameters
    ----------
    periods : sequence
        Months or quarters, as `period_spans` reads them.
    days_before, days_during, days_after : int
        Length of the windows, at most 90 days each: the days up to the eve, those from the
        festival on, and those that follow. A window of no day has no column.
    frequency : {"month", "quarter"}, optional
        As in `period_spans`.

    Returns
    -------
    pandas.DataFrame of shape (n_periods, n_windows)
        Columns ``spring_festival_before``, ``_during``, ``_after``; the index holds the periods
        as given. Over the years of the table (1990 to 2050) each column sums to nought in every
        month or quarter of the year.

    Raises
    ------
    ConfigurationError
        When a window is longer than 90 days or negative, or all are empty.
    InputError
        When a period lies outside the years for which festivals are known.

    Examples
    --------
    >>> shares = spring_festival_regressors(["2026-01", "2026-02", "2026-03"], days_before=10,
    ...                                     days_during=7, days_after=0)
    >>> shares.round(2).to_numpy().tolist()
    [[-0.56, -0.27], [0.56, 0.27], [0.0, 0.0]]
    """
    windows = _windows(days_before, days_during, days_after)
    spans = period_spans(periods, frequency)
    years = covered_years(days_before)
    outside = [
        label for label, year in zip(spans.labels, spans.year, strict=True) if year not in years
    ]
    if outside:
        raise InputError(
            "periods without a known Spring Festival",
            which=outside,
            expected=f"periods from {years[0]} to {years[-1]}",
        )
    per_year = 12 if spans.frequency == "month" else 4
    table = _spans_of_years(years, spans.frequency)
    columns = {}
    for name, (start, end) in windows.items():
        long_run = _shares(table, start, end).reshape(len(years), per_year).mean(axis=0)
        columns[name] = _shares(spans, start, end) - long_run[spans.number - 1]
    return pd.DataFrame(columns, index=pd.Index(spans.labels, name="period"))


def covered_years(days_before: int = 0) -> range:
    """Years for whose periods every festival that matters is in the reference table."""
    festivals = load_spring_festivals()
    reaches_back = days_before > DAYS_WITHIN_THE_YEAR
    return range(min(festivals), max(festivals) + (0 if reaches_back else 1))


def _windows(before: int, during: int, after: int) -> dict[str, tuple[int, int]]:
    """First day and day after the last of each window, relative to the festival."""
    if not all(0 <= days <= LONGEST_WINDOW_DAYS for days in (before, during, after)):
        raise ConfigurationError(
            "windows around the Spring Festival",
            got=f"{before}, {during} and {after} days",
            expected=f"0 to {LONGEST_WINDOW_DAYS} days each",
        )
    windows = {
        "spring_festival_before": (-before, 0),
        "spring_festival_during": (0, during),
        "spring_festival_after": (during, during + after),
    }
    used = {name: (start, end) for name, (start, end) in windows.items() if end > start}
    if not used:
        raise ConfigurationError("all windows around the Spring Festival are empty")
    return used


def _shares(spans: PeriodSpans, start: int, end: int) -> np.ndarray:
    """Share of the window's days in each period, shape (n_periods,)."""
    festivals = np.array([day.toordinal() for day in load_spring_festivals().values()])
    first = np.maximum(spans.first[:, np.newaxis], festivals + start)
    after = np.minimum(spans.after[:, np.newaxis], festivals + end)
    return np.maximum(after - first, 0).sum(axis=1) / (end - start)


def _spans_of_years(years: range, frequency: Frequency) -> PeriodSpans:
    code = _PANDAS_FREQUENCY[frequency]
    index = pd.period_range(f"{years[0]}-01-01", f"{years[-1]}-12-31", freq=code)
    return _spans([], index, frequency)


def _spans(labels: list[str], index: pd.PeriodIndex, frequency: Frequency) -> PeriodSpans:
    return PeriodSpans(
        labels=labels,
        first=np.array([period.start_time.toordinal() for period in index], dtype=int),
        after=np.array([(period + 1).start_time.toordinal() for period in index], dtype=int),
        year=index.year.to_numpy(),
        number=(index.month if frequency == "month" else index.quarter).to_numpy(),
        frequency=frequency,
    )
