"""How figures, ranges, quarters and series are worded for readers, alike in every format."""

import math
import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from catalog.tables import INDICATOR_NAMES
from data.errors import UnknownCodeError
from data.quarters import QUARTER_PATTERN, QUARTERS_PER_YEAR, shift_quarter
from data.reference import load_industries
from forecasting.periods import read_periods

MISSING = "—"
SYNTHETIC_BANNER = "合成示例数据，不反映真实劳动力市场"
STATUS_LABELS = {"draft": "草案（供会商审定，尚未签发）", "published": "正式发布"}
TOTAL_SERIES = ("total", "Total", "总计", "合计", "全部")

QUARTER_ORDINALS = "一二三四"
# Persons are published with so many decimals; what people read is rounded from there.
PERSONS_DECIMALS = 1


def is_missing(value: object) -> bool:
    """Tell whether a cell holds no value: None or not-a-number."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def number(value: object, decimals: int = 0) -> str:
    """Word a number with thousands separators, halves rounded up, or the dash of a missing one.

    Halves are judged on the decimal figure as it is printed elsewhere, as spreadsheets do.

    Examples
    --------
    >>> number(12345.6), number(2.345, 2), number(4086.5), number(None)
    ('12,346', '2.35', '4,087', '—')
    """
    if is_missing(value):
        return MISSING
    exact = Decimal(str(float(str(value))))
    if not exact.is_finite():
        return str(value)
    return f"{exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0:,.{decimals}f}"


def persons(value: float) -> str:
    """Word a number of persons from the figure with one decimal that every file of a release holds.

    Examples
    --------
    >>> persons(4086.46), number(4086.46)
    ('4,087', '4,086')
    """
    return number(np.round(value, PERSONS_DECIMALS))


def percent(share: object) -> str:
    """Word a share from 0 to 1 as a percentage with one decimal.

    Examples
    --------
    >>> percent(0.1234)
    '12.3%'
    """
    return MISSING if is_missing(share) else f"{number(100 * float(str(share)), 1)}%"


def interval(lower: object, upper: object, decimals: int = 0) -> str:
    """Word a closed range; one bound alone is no range.

    Examples
    --------
    >>> interval(1050, 1420.4), interval(None, 3)
    ('1,050～1,420', '—')
    """
    if is_missing(lower) or is_missing(upper):
        return MISSING
    return f"{number(lower, decimals)}～{number(upper, decimals)}"


def issue_label(quarter: str) -> str:
    """Word a quarter as it is printed in Chinese; other text comes back as it is.

    Examples
    --------
    >>> issue_label("2026Q4")
    '2026年第四季度'
    """
    if not re.fullmatch(QUARTER_PATTERN, quarter):
        return quarter
    return f"{quarter[:4]}年第{QUARTER_ORDINALS[int(quarter[-1]) - 1]}季度"


def short_quarter_label(period: str) -> str:
    """Word a quarter for the axis of a chart; other text comes back as it is.

    Examples
    --------
    >>> short_quarter_label("2026Q4"), short_quarter_label("2026-11")
    ('2026年四季度', '2026-11')
    """
    return issue_label(period).replace("年第", "年")


def year_ahead_label(quarter: str) -> str:
    """Word the four quarters after that of an issue.

    Examples
    --------
    >>> year_ahead_label("2026Q4"), year_ahead_label("2026Q2")
    ('2027年四个季度', '2026年第三季度至2027年第二季度四个季度')
    """
    first, last = (shift_quarter(quarter, n) for n in (1, QUARTERS_PER_YEAR))
    if first[:4] == last[:4]:
        return f"{first[:4]}年四个季度"
    return f"{issue_label(first)}至{issue_label(last)}四个季度"


def series_name(series: str) -> str:
    """Name an industry series as GB/T 4754-2017 does, or 总需求; other series keep their name.

    Examples
    --------
    >>> series_name("C"), series_name("total"), series_name("500112")
    ('制造业', '总需求', '500112')
    """
    if series in TOTAL_SERIES:
        return "总需求"
    try:
        return load_industries().name(series)
    except UnknownCodeError:
        return series


def order_of_periods(periods: Iterable[str]) -> list[str]:
    """Put the periods of one series into the order of time, each once.

    Examples
    --------
    >>> order_of_periods(["10", "9"]), order_of_periods(["2027Q1", "2026Q4"])
    (['9', '10'], ['2026Q4', '2027Q1'])
    """
    distinct = sorted(set(periods))
    if not distinct:
        return []
    _, positions = read_periods(distinct)
    return [period for _, period in sorted(zip(positions, distinct, strict=True))]


def score_weights(configuration: Mapping[str, Any]) -> dict[str, float]:
    """Find the weights of the indicators in the score, wherever the configuration keeps them.

    Returns
    -------
    dict of str to float
        Share by indicator in the order of `catalog.tables.INDICATOR_NAMES`, summing to one;
        empty when the configuration names none.

    Examples
    --------
    >>> score_weights({"score": {"weights": {"vacancy_ratio": 3, "openings": 1}}})
    {'openings': 0.25, 'vacancy_ratio': 0.75}
    """
    for value in configuration.values():
        if not isinstance(value, Mapping) or not value:
            continue
        numbers = all(isinstance(v, int | float) for v in value.values())
        if numbers and set(value) <= set(INDICATOR_NAMES) and sum(value.values()) > 0:
            total = sum(value.values())
            return {name: value[name] / total for name in INDICATOR_NAMES if name in value}
        deeper = score_weights(value)
        if deeper:
            return deeper
    return {}
