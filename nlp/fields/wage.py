"""Wages as printed on postings, in yuan a month."""

import math
import re
from dataclasses import dataclass

import pandas as pd

from .distinct import REASON, Texts, parse_distinct

# 劳社部发〔2008〕3号: 21.75 paid days a month of 8 hours each.
PAID_DAYS_PER_MONTH = 21.75
PAID_HOURS_PER_MONTH = 174
WORK_DAYS_PER_WEEK = 5

LOWEST_PLAUSIBLE = 500
HIGHEST_PLAUSIBLE = 500_000

COLUMNS = {
    "wage_yuan_month_lower": "float64",
    "wage_yuan_month_upper": "float64",
    "wage_yuan_month": "float64",
    REASON: "str",
}

_SCALES = {"": None, "百": 100, "千": 1000, "k": 1000, "万": 10_000, "w": 10_000}
_MONTHS_PER = {
    "月": 1.0,
    "年": 1 / 12,
    "天": PAID_DAYS_PER_MONTH,
    "日": PAID_DAYS_PER_MONTH,
    "时": PAID_HOURS_PER_MONTH,
    "小时": PAID_HOURS_PER_MONTH,
    "周": PAID_DAYS_PER_MONTH / WORK_DAYS_PER_WEEK,
    "星期": PAID_DAYS_PER_MONTH / WORK_DAYS_PER_WEEK,
}
_PERIOD_WORDS = {"年薪": "年", "日薪": "天", "时薪": "时", "周薪": "周", "月薪": "月"}
_NOT_STATED = re.compile(r"面议|面谈|不限|待定|详谈|^[-/无]+$")
_DASH = re.compile(r"[~～—–－―到至]+|--+")
_THOUSANDS_SEPARATOR = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NUMBER = r"\d{1,9}(?:\.\d{1,4})?"
_WAGE = re.compile(
    r"^[^\d-]{0,8}?"
    rf"(?P<low>{_NUMBER})(?P<low_scale>[百千k万w])?(?:元|块)?(?:/?(?P<low_period>月))?"
    rf"(?:-(?:(?P<high>{_NUMBER}))?(?P<high_scale>[百千k万w])?)?"
    r"(?P<bound_first>及?以[上下]|起)?(?:元|块|人民币|rmb)?(?P<bound>及?以[上下]|起)?"
    r"(?:[/每一](?P<period>月|年|天|日|小时|时|周|星期|次|件|单|趟|场|节|课时|h)|(?P<bare_period>小时|天))?"
    r"(?P<bound_last>及?以[上下]|起)?"
    r"(?:[·x*]?(?P<months>\d{1,2})(?:\.\d)?[薪个]月?)?"
    r"\D*$"
)


@dataclass(frozen=True, slots=True)
class _Wage:
    """One printed wage on its way to yuan a month."""

    lower: float | None
    upper: float | None
    factor: float
    remark: str | None = None


def parse_wages(texts: Texts) -> pd.DataFrame:
    """Read wages as printed into yuan a month.

    Daily wages count 21.75 days and hourly wages 174 hours a month (劳社部发〔2008〕3号),
    weekly ones 21.75/5 weeks; ``n薪`` multiplies by n/12.  ``8000以上`` has no upper bound and
    ``3千以下`` no lower one: the middle is then the bound that is known.

    ``3000~500`` stands in the material where the board's column cut the last digit of
    ``3000~5000`` (30 postings of one source): an upper bound below the lower one is read times
    ten when that gives at most 2.5 times the lower bound, otherwise the two are exchanged.
    All 2,927 ranges without a unit in the material are yuan (1,000 at least), so a smaller
    number without a unit is not guessed at.

    Parameters
    ----------
    texts : pandas.Series or iterable of str, shape (n,)
        Wages as printed; may hold missing values.

    Returns
    -------
    pandas.DataFrame, shape (n, 4)
        ``wage_yuan_month_lower``, ``wage_yuan_month_upper``, ``wage_yuan_month`` (middle of the
        two) and ``reason``: why a printed wage is missing, or how it was repaired.  Bounds
        outside 500 to 500,000 yuan a month are not believed.

    Examples
    --------
    >>> wages = parse_wages(["8千-1.5万", "30-55k·13薪", "200元/天", "面议", "3000~500"])
    >>> wages["wage_yuan_month"].round().tolist()
    [11500.0, 46042.0, 4350.0, nan, 4000.0]
    """
    return parse_distinct(texts, _parse_wage, COLUMNS)


def _parse_wage(text: str) -> tuple[object, ...]:
    lowered = _THOUSANDS_SEPARATOR.sub("", text.lower().replace(" ", ""))
    match = _WAGE.match(_DASH.sub("-", lowered))
    if match is None:
        reason = "not stated" if _NOT_STATED.search(lowered) else "not a wage"
        return None, None, None, reason
    read = _read(match)
    if isinstance(read, str):
        return None, None, None, read
    bounds = [b * read.factor for b in (read.lower, read.upper) if b is not None]
    if min(bounds) < LOWEST_PLAUSIBLE or max(bounds) > HIGHEST_PLAUSIBLE:
        return None, None, None, f"implausible: {min(bounds):.0f} to {max(bounds):.0f} yuan a month"
    lower = None if read.lower is None else read.lower * read.factor
    upper = None if read.upper is None else read.upper * read.factor
    return lower, upper, math.fsum(bounds) / len(bounds), read.remark


def _read(match: re.Match[str]) -> _Wage | str:
    """Bounds in yuan for the printed period, or the reason why there are none."""
    period = _period(match)
    if period not in _MONTHS_PER:
        return f"paid by the piece ({period})"
    factor = _MONTHS_PER[period] * int(match["months"] or 12) / 12
    lower, upper, remark = _bounds(match)
    if lower < LOWEST_PLAUSIBLE and not _has_unit(match):
        return "number without a unit"
    bound = match["bound_first"] or match["bound"] or match["bound_last"] or ""
    if upper is None and bound.endswith("下"):
        return _Wage(None, lower, factor, remark)
    if upper is None and not bound and "-" not in match[0]:
        upper = lower
    return _Wage(lower, upper, factor, remark)


def _period(match: re.Match[str]) -> str:
    printed = match["period"] or match["bare_period"]
    if printed:
        return "时" if printed == "h" else printed
    head = match.string[: match.start("low")]
    return next((period for word, period in _PERIOD_WORDS.items() if word in head), "月")


def _has_unit(match: re.Match[str]) -> bool:
    return bool(
        match["low_scale"] or match["high_scale"] or _period(match) != "月" or "元" in match.string
    )


def _bounds(match: re.Match[str]) -> tuple[float, float | None, str | None]:
    """Lower and upper bound; a scale printed once holds for both numbers."""
    low, low_scale = float(match["low"]), _SCALES[match["low_scale"] or ""]
    high_scale = _SCALES[match["high_scale"] or ""]
    if match["high"] is None:
        return low * (low_scale or high_scale or 1), None, None
    high = float(match["high"])
    if low_scale is None and high_scale and low < LOWEST_PLAUSIBLE:
        low_scale = high_scale
    elif high_scale is None and low_scale and high < LOWEST_PLAUSIBLE:
        high_scale = low_scale
    return _ordered(low * (low_scale or 1), high * (high_scale or 1))


def _ordered(low: float, high: float) -> tuple[float, float, str | None]:
    """Repair an upper bound below the lower one."""
    if high >= low:
        return low, high, None
    if low < high * 10 <= 2.5 * low:
        return low, high * 10, f"repaired: upper bound {high:g} read as {high * 10:g}"
    return high, low, "repaired: bounds exchanged"
