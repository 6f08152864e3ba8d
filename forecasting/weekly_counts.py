"""Openings by day or week: from postings with a date to the daily grid that a nowcast reads.

Weeks are those of ISO 8601, Monday to Sunday.  A week that lies in two quarters is two rows with
the quarter beside it, so that quarters add up exactly.  On the grid the openings of a week lie
evenly over its days.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.contract import REASON
from data.errors import ConfigurationError, InputError
from data.quarters import QUARTER_PATTERN, parse_quarter

from .long_tables import numbers_of, require_columns

YEARS = range(1900, 2100)
OPENINGS = "the table of openings"
COUNT_COLUMNS = ("series_id", "week", "openings")
LARGEST_COUNT = 1e12
DAYS_PER_WEEK = 7
LONGEST_GRID_DAYS = 40 * 366

_WEEK = re.compile(r"((?:19|20)\d{2})-?W(\d{2})", re.ASCII)
_QUARTER = re.compile(QUARTER_PATTERN, re.ASCII)

NO_SERIES = "缺少序列名称"
NO_WEEK = "周或日期无法识别"
NO_COUNT = "招聘人数不是非负数"
REPEATED = "同一序列同一时段重复出现，只计首行"
IN_FUTURE = "晚于截止日"
UNFINISHED = "截止日时该周尚未结束"


@dataclass(frozen=True, slots=True)
class DailyGrid:
    """Openings of every series on every day.

    Parameters
    ----------
    series_ids : tuple of str
        Names, in order.
    first_day : int
        Proleptic ordinal of the first day of the grid, a Monday.
    counts : numpy.ndarray of shape (n_series, n_days)
        Openings; NaN where nothing is known.
    starts : numpy.ndarray of shape (n_series,)
        Monday of the week in which each series has its first row.
    """

    series_ids: tuple[str, ...]
    first_day: int
    counts: np.ndarray
    starts: np.ndarray

    @property
    def day_after(self) -> int:
        """Ordinal of the first day after the grid."""
        return self.first_day + self.counts.shape[1]

    def window(self, first: int, days: int) -> np.ndarray:
        """Openings of consecutive days, shape (n_series, days); NaN outside the grid."""
        cut = np.full((len(self.series_ids), days), np.nan)
        start, end = max(first, self.first_day), min(first + days, self.day_after)
        if start < end:
            known = self.counts[:, start - self.first_day : end - self.first_day]
            cut[:, start - first : end - first] = known
        return cut

    def history(self, first: int, days: int) -> np.ndarray:
        """The same, NaN throughout for a series that began after the first of these days."""
        return np.where((self.starts <= first)[:, np.newaxis], self.window(first, days), np.nan)

    def until(self, day: int) -> "DailyGrid":
        """The grid as it was at the end of a week, given as the ordinal of its Sunday.

        On another day it would hold a part of each weekly count, which was not known by then.
        """
        days = max(day + 1 - self.first_day, 0)
        begun = self.starts <= day
        names = tuple(np.array(self.series_ids)[begun].tolist())
        return DailyGrid(names, self.first_day, self.counts[begun, :days], self.starts[begun])


def weekly_openings(vacancies: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sum the openings of vacancies by series and week of publication.

    Parameters
    ----------
    vacancies : pandas.DataFrame
        ``series_id, posted_on, openings``, one row a vacancy: of the corpus, its vacancies with
        the occupation or industry as the series, and openings times probability where codes are
        uncertain.

    Returns
    -------
    counts : pandas.DataFrame
        ``series_id, week, quarter, openings``, sorted. A week without a row of a series, in
        which another series has one, is a week without openings.
    rejected : pandas.DataFrame
        Rows that do not count, as given, with a reason in Chinese.

    Raises
    ------
    UnknownColumnsError
        When a column is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"series_id": "C", "openings": [2, 3, 5],
    ...                       "posted_on": ["2026-06-29", "2026-06-30", "2026-07-01"]})
    >>> weekly_openings(table)[0].to_numpy().tolist()
    [['C', '2026-W27', '2026Q2', 5.0], ['C', '2026-W27', '2026Q3', 5.0]]
    """
    require_columns(vacancies, ("series_id", "posted_on", "openings"), OPENINGS)
    days = pd.to_datetime(vacancies["posted_on"], errors="coerce", format="ISO8601")
    reasons = _reasons(vacancies, days.notna())
    kept = reasons.isna()
    iso = days[kept].dt.isocalendar()
    texts = iso["year"].astype("str") + "-W" + iso["week"].astype("str").str.zfill(2)
    counts = pd.DataFrame(
        {
            "series_id": vacancies.loc[kept, "series_id"].astype("str"),
            "week": texts,
            "quarter": days[kept].dt.to_period("Q").astype("str"),
            "openings": numbers_of(vacancies.loc[kept, "openings"]),
        }
    )
    keys = ["series_id", "week", "quarter"]
    sums = counts.groupby(keys, sort=True)["openings"].sum().reset_index()
    return sums, vacancies[~kept].assign(**{REASON: reasons[~kept]})


def daily_grid(counts: pd.DataFrame, as_of: date) -> tuple[DailyGrid, pd.DataFrame]:
    """Lay counts by day or week on a daily grid that ends with the last day known.

    Parameters
    ----------
    counts : pandas.DataFrame
        ``series_id``, ``week`` (a week like ``2026-W07`` or a date, which then is that day),
        ``openings`` (missing = not known) and, for weeks that lie in two quarters, ``quarter``.
        In any order. A week in which no series has a row is a gap; where another series has
        one, a series without a row had no openings.
    as_of : date
        Last day whose openings may be known.

    Returns
    -------
    DailyGrid
        From the first row to the last one that counts; without a series when none does.
    rejected : pandas.DataFrame
        Rows that do not count, as given, with a reason in Chinese: broken, repeated, after
        ``as_of``, or of a week that had not ended then.

    Raises
    ------
    UnknownColumnsError
        When a column is missing.
    InputError
        When the rows span more than forty years.
    """
    as_of = last_day(as_of)
    given = [name for name in ("quarter",) if name in counts.columns]
    require_columns(counts, [*COUNT_COLUMNS, *given], OPENINGS)
    table = counts.reset_index(drop=True)
    spans = _spans(table)
    reasons = _reasons(table, spans["first"].notna(), missing_counts=True)
    reasons = reasons.mask(reasons.isna() & (spans["first"] > as_of.toordinal()), IN_FUTURE)
    reasons = reasons.mask(reasons.isna() & (spans["last"] > as_of.toordinal()), UNFINISHED)
    keys = spans.assign(series_id=table["series_id"].astype("str"))[reasons.isna()]
    repeated = keys.duplicated(["series_id", "first", "last"])
    reasons[repeated.index[repeated]] = REPEATED
    kept = reasons.isna()
    rejected = table[~kept].assign(**{REASON: reasons[~kept]})
    if not kept.any():
        return DailyGrid((), as_of.toordinal(), np.zeros((0, 0)), np.zeros(0, int)), rejected
    openings = numbers_of(table.loc[kept, "openings"]).to_numpy()
    return _grid(keys[kept[keys.index]], openings), rejected


def last_day(as_of: object) -> date:
    """Return the day of a date or timestamp.

    Raises
    ------
    ConfigurationError
        When it is neither, missing, or outside the years 1900 to 2099.

    Examples
    --------
    >>> last_day(pd.Timestamp("2026-11-16 08:00"))
    datetime.date(2026, 11, 16)
    """
    if not isinstance(as_of, date) or pd.isna(as_of) or as_of.year not in YEARS:
        raise ConfigurationError(
            "last day whose openings may be known",
            got=repr(as_of)[:80],
            expected="a date of the years 1900 to 2099, such as datetime.date(2026, 11, 16)",
        )
    return date(as_of.year, as_of.month, as_of.day)


def _reasons(table: pd.DataFrame, dated: pd.Series, *, missing_counts: bool = False) -> pd.Series:
    """Why a row cannot count, missing where it can."""
    numbers = numbers_of(table["openings"])
    sound = numbers.between(0, LARGEST_COUNT)
    if missing_counts:
        sound |= table["openings"].isna()
    reasons = pd.Series(None, index=table.index, dtype="object")
    reasons[~sound] = NO_COUNT
    reasons[~dated] = NO_WEEK
    reasons[table["series_id"].isna()] = NO_SERIES
    return reasons


def _spans(table: pd.DataFrame) -> pd.DataFrame:
    """First and last day of every row as ordinals, missing where they cannot be read."""
    quarters = pd.Series("", index=table.index, dtype="object")
    if "quarter" in table.columns:
        quarters = table["quarter"].astype("object").mask(table["quarter"].isna(), "")
    known: dict[tuple[str, str], tuple[float, float]] = {}
    spans = []
    for week, quarter in zip(table["week"], quarters, strict=True):
        key = (_text(week), str(quarter))
        if key not in known:
            known[key] = _span(*key)
        spans.append(known[key])
    return pd.DataFrame(spans, columns=["first", "last"], index=table.index, dtype=float)


def _text(week: object) -> str:
    """Text of a week or date; of a timestamp only the day."""
    if isinstance(week, date):
        return f"{week:%Y-%m-%d}"
    return str(week).strip()[:40]


def _span(week: str, quarter: str) -> tuple[float, float]:
    match = _WEEK.fullmatch(week)
    try:
        if match:
            first = date.fromisocalendar(int(match[1]), int(match[2]), 1)
            last = first + timedelta(days=DAYS_PER_WEEK - 1)
        else:
            first = last = date.fromisoformat(week)
    except ValueError:
        return np.nan, np.nan
    if quarter:
        if not _QUARTER.fullmatch(quarter):
            return np.nan, np.nan
        period = parse_quarter(quarter)
        first = max(first, period.start_time.date())
        last = min(last, period.end_time.date())
    return (first.toordinal(), last.toordinal()) if first <= last else (np.nan, np.nan)


def _grid(keys: pd.DataFrame, openings: np.ndarray) -> DailyGrid:
    names, rows = np.unique(keys["series_id"].to_numpy(dtype=str), return_inverse=True)
    first = keys["first"].to_numpy(dtype=int)
    last = keys["last"].to_numpy(dtype=int)
    start = _monday(int(first.min()))
    days = int(last.max()) + 1 - start
    if days > LONGEST_GRID_DAYS:
        raise InputError(
            "the openings span too many years to be true",
            got=f"{date.fromordinal(start)} to {date.fromordinal(int(last.max()))}",
            expected="at most 40 years",
        )
    counts = np.where(_weeks_seen(first, last, start, days), 0.0, np.full((names.size, 1), np.nan))
    lengths = last - first + 1
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    places = np.repeat(rows * days + first - start, lengths) + within
    np.add.at(counts.reshape(-1), places, np.repeat(openings / lengths, lengths))
    starts = pd.Series(first).groupby(rows).min().to_numpy()
    return DailyGrid(
        tuple(map(str, names)), start, counts, starts - (starts - start) % DAYS_PER_WEEK
    )


def _weeks_seen(first: np.ndarray, last: np.ndarray, start: int, days: int) -> np.ndarray:
    """Days on which the feed was there: all days of the weeks in which any series has a row."""
    weeks = np.zeros(days // DAYS_PER_WEEK + 1, dtype=bool)
    weeks[(first - start) // DAYS_PER_WEEK] = True
    weeks[(last - start) // DAYS_PER_WEEK] = True
    return np.repeat(weeks, DAYS_PER_WEEK)[:days]


def _monday(day: int) -> int:
    return day - date.fromordinal(day).weekday()
