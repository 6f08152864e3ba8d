"""Dates of 清明, 端午 and 中秋, statutory holidays since 2008."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from .tables import reference_table


class TraditionalHolidays(NamedTuple):
    """Days of one year: 清明, 端午 and 中秋."""

    qingming: date
    dragon_boat: date
    mid_autumn: date


@cache
def load_traditional_holidays() -> Mapping[int, TraditionalHolidays]:
    """Days of the three holidays by calendar year.

    Examples
    --------
    >>> load_traditional_holidays()[2026].mid_autumn
    datetime.date(2026, 9, 25)
    """
    records = reference_table("traditional_holidays").records()
    return MappingProxyType(
        {
            int(record["year"]): TraditionalHolidays(
                *(date.fromisoformat(record[name]) for name in TraditionalHolidays._fields)
            )
            for record in records
        }
    )
