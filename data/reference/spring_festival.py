"""Dates of the Spring Festival (春节, the first day of the lunar year), 1990 to 2050."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

from ..errors import InputError
from .tables import reference_table


@cache
def load_spring_festivals() -> Mapping[int, date]:
    """Date of the festival by calendar year."""
    records = reference_table("spring_festival").records()
    return MappingProxyType(
        {int(record["year"]): date.fromisoformat(record["date"]) for record in records}
    )


def spring_festival(year: int) -> date:
    """Date of the Spring Festival in a calendar year.

    Raises
    ------
    InputError
        When the year lies outside the table.

    Examples
    --------
    >>> spring_festival(2026)
    datetime.date(2026, 2, 17)
    """
    festivals = load_spring_festivals()
    if year not in festivals:
        raise InputError(
            "no Spring Festival date",
            got=year,
            expected=f"a year from {min(festivals)} to {max(festivals)}",
        )
    return festivals[year]
