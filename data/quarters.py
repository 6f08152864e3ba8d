"""Calendar quarters: ``2026Q4`` in every table, `pandas.Period` for arithmetic."""

import re

import pandas as pd

from .errors import InputError

QUARTER_PATTERN = r"(?:19|20)[0-9]{2}Q[1-4]"
QUARTERS_PER_YEAR = 4


def parse_quarter(text: str) -> pd.Period:
    """Read ``2026Q4`` into a quarterly period.

    Raises
    ------
    InputError
        When the text is not a year from 1900 to 2099, ``Q`` and a digit from 1 to 4.

    Examples
    --------
    >>> str(parse_quarter("2026Q4") + 1)
    '2027Q1'
    """
    if not re.fullmatch(QUARTER_PATTERN, str(text)):
        raise InputError("not a quarter", got=f"'{text}'", expected="a form like 2026Q4")
    return pd.Period(text, freq="Q")


def quarters_between(first: str, last: str) -> list[str]:
    """All quarters from the first to the last, both included.

    Examples
    --------
    >>> quarters_between("2025Q3", "2026Q1")
    ['2025Q3', '2025Q4', '2026Q1']
    """
    return [str(q) for q in pd.period_range(parse_quarter(first), parse_quarter(last), freq="Q")]


def shift_quarter(quarter: str, by: int) -> str:
    """The quarter that lies ``by`` quarters later (earlier when negative).

    Examples
    --------
    >>> shift_quarter("2026Q1", -1)
    '2025Q4'
    """
    return str(parse_quarter(quarter) + by)


def quarters_of(dates: pd.Series) -> pd.Series:
    """Quarter of each date as text; missing where the date is missing.

    Parameters
    ----------
    dates : pandas.Series of datetime64
    """
    periods = pd.to_datetime(dates).dt.to_period("Q")
    return periods.astype(str).where(dates.notna(), None)
