"""Days of publication and closing as printed on postings."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd

from .distinct import REASON, Texts, parse_distinct

EARLIEST, LATEST = date(1995, 1, 1), date(2099, 12, 31)
# Boards count the days of an old advertisement no further than this.
DAYS_COUNTED_AT_MOST = 90
_EXCEL_EPOCH = date(1899, 12, 30)

_COLLECTED = re.compile(r"\|\s*crawl\s+(\d{4})-(\d{1,2})-(\d{1,2})")
_FULL = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)|"
    r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)"
)
_MONTH = re.compile(r"^((?:19|20)\d{2})[-/.年](\d{1,2})月?$")
_MONTH_DAY = re.compile(r"(?<![\d-])(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?(?![\d:-])")
_AGO = re.compile(r"(\d{1,4}|[一两三])\s?(?:个)?(天|日|周|星期|月|小时|分钟)\+?(?:以)?前")
_SERIAL = re.compile(r"^(\d{5})(?:\.\d+)?$")
_EPOCH_SECONDS = re.compile(r"^(\d{10})(?:\d{3})?$")
_WORDS = {"今天": 0, "今日": 0, "刚刚": 0, "昨天": 1, "昨日": 1, "前天": 2}
_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "月": 30, "小时": 0, "分钟": 0}

_Read = tuple[date | None, str | None]
_NOTHING: _Read = (None, None)


def parse_dates(
    texts: Texts,
    reference_year: int | None = None,
    collected_on: date | None = None,
    name: str = "posted_on",
) -> pd.DataFrame:
    """Read days as printed.

    A month and day without a year (``04-20``, ``5月13日更新``) take the latest year in which
    they do not lie after the day of collection, else the reference year.  Words that count back
    (``3天前``) need the day of collection.  It may stand in the text itself, as in
    ``5月13日更新|crawl 2026-05-15``, and then comes before ``collected_on``.  A month counts 30
    days.

    Parameters
    ----------
    texts : pandas.Series or iterable of str, shape (n,)
        Days as printed, numbers of a spreadsheet's calendar (from 1899-12-30) or seconds since
        1970 (China Standard Time) included; may hold missing values.
    reference_year : int, optional
        Year of days that name none.
    collected_on : datetime.date, optional
        Day on which the postings were collected.
    name : str
        Name of the result's first column.

    Returns
    -------
    pandas.DataFrame, shape (n, 2)
        The day (datetime64) and ``reason``: why a printed day is missing, or what the day
        stands for where the text does not name it exactly.

    Examples
    --------
    >>> parse_dates(["2015年03月20日", "3天前|crawl 2026-05-15", "04-20"])["posted_on"].astype(
    ...     "str").tolist()
    ['2015-03-20', '2026-05-12', nan]
    """

    def parse(text: str) -> tuple[object, ...]:
        printed, collected = _split_collection(text, collected_on)
        if not printed:
            return None, "no day printed"
        day, reason = _parse_day(printed, reference_year, collected)
        if day is None:
            return None, reason
        if not EARLIEST <= day <= LATEST:
            return None, f"implausible: {day.isoformat()}"
        return pd.Timestamp(day), reason

    return parse_distinct(texts, parse, {name: "datetime64[s]", REASON: "str"})


def _split_collection(text: str, collected_on: date | None) -> tuple[str, date | None]:
    match = _COLLECTED.search(text)
    if match is None:
        return text, collected_on
    collected, _ = _day(*(int(part) for part in match.groups()))
    return text[: match.start()], collected or collected_on


def _parse_day(text: str, reference_year: int | None, collected: date | None) -> _Read:
    readers: tuple[Callable[[], _Read], ...] = (
        lambda: _full(text),
        lambda: _counted_back(text, collected),
        lambda: _month_day(text, reference_year, collected),
        lambda: _counted_from_epoch(text),
        lambda: _whole_month(text),
    )
    for read in readers:
        result = read()
        if result != _NOTHING:
            return result
    return None, "not a day"


def _full(text: str) -> _Read:
    match = _FULL.search(text)
    if match is None:
        return _NOTHING
    return _day(*(int(part) for part in match.groups() if part))


def _day(year: int, month: int, day: int) -> _Read:
    try:
        return date(year, month, day), None
    except ValueError:
        return None, f"no such day: {year}-{month}-{day}"


def _whole_month(text: str) -> _Read:
    match = _MONTH.match(text)
    if match is None:
        return _NOTHING
    day, reason = _day(int(match[1]), int(match[2]), 1)
    return day, reason or "month without a day: its first day"


def _month_day(text: str, reference_year: int | None, collected: date | None) -> _Read:
    match = _MONTH_DAY.search(text)
    if match is None or _MONTH.match(text):
        return _NOTHING
    month, day = int(match[1]), int(match[2])
    if collected is not None:
        # Four years back there is a 29 February, but not around 1900 or 2100.
        candidates = (_day(collected.year - back, month, day)[0] for back in range(5))
        past = next((c for c in candidates if c is not None and c <= collected), None)
        return past, None if past else f"no such day: {month}-{day}"
    if reference_year is None:
        return None, "no year"
    return _day(reference_year, month, day)


def _counted_back(text: str, collected: date | None) -> _Read:
    days = next((days for word, days in _WORDS.items() if word in text), None)
    match = _AGO.search(text)
    if days is None and match:
        number = {"一": 1, "两": 2, "三": 3}.get(match[1]) or int(match[1])
        days = number * _DAYS[match[2]]
    if days is None:
        return _NOTHING
    if collected is None:
        return None, "counted back from an unknown day of collection"
    remark = f"latest possible: {days} days or more before collection"
    return collected - timedelta(days=days), remark if days >= DAYS_COUNTED_AT_MOST else None


def _counted_from_epoch(text: str) -> _Read:
    if match := _SERIAL.match(text):
        return _EXCEL_EPOCH + timedelta(days=int(match[1])), None
    if match := _EPOCH_SECONDS.match(text):
        return (pd.Timestamp(int(match[1]), unit="s") + pd.Timedelta(hours=8)).date(), None
    return _NOTHING
