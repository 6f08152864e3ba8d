"""Persons wanted (招聘人数) as printed on postings."""

import re

import pandas as pd

from .distinct import REASON, REJECTION, Texts, parse_distinct
from .numerals import CHINESE_NUMERAL, chinese_number

# The largest headcount in the material that its text bears out is 2,000; above it stand
# fragments of telephone numbers (7878; 33312323).
HIGHEST_PLAUSIBLE = 5_000

COLUMNS = {"openings": "float64", REASON: "str", REJECTION: "str"}

_NOT_STATED = re.compile(
    r"若干|不限|数名|数人|多名|多人|不等|大量|长期|待定|面议|^(?:招|人|名|个|[-/无])*$"
)
_UNIT = r"(?:人|名|个|位|员)*"
_NUMBER = rf"(\d{{1,12}}(?:\.0+)?|{CHINESE_NUMERAL})"
_HEADCOUNT = re.compile(
    rf"^(?:急?招聘?|诚?聘|人数:?)?(?:约|共|各)?{_NUMBER}{_UNIT}"
    rf"(?:[-~至到]{_NUMBER}{_UNIT})?(?:以上|左右|及以上|以内|\+)?$"
)
_NEGATIVE = re.compile(r"^(?:招|聘)?[-−－]\s?\d")


def parse_headcounts(texts: Texts) -> pd.DataFrame:
    """Read the persons wanted.

    若干, 不限 and 0 state no number.  A range counts its middle.  More than 5,000 persons from
    one advertisement are taken for a slip of the keyboard and count as not stated.

    Parameters
    ----------
    texts : pandas.Series or iterable of str, shape (n,)
        Headcounts as printed; may hold missing values.

    Returns
    -------
    pandas.DataFrame, shape (n, 3)
        ``openings``, persons, missing when not stated; ``reason``: why a printed headcount is
        missing; ``rejection``: why the posting cannot be accepted (a negative number).

    Examples
    --------
    >>> headcounts = parse_headcounts(["招12人", "5人人", "若干", "33312323", "-3"])
    >>> headcounts["openings"].tolist()
    [12.0, 5.0, nan, nan, nan]
    >>> headcounts["rejection"].dropna().tolist()
    ["headcount: '-3' is negative"]
    """
    return parse_distinct(texts, _parse_headcount, COLUMNS)


def _parse_headcount(text: str) -> tuple[object, ...]:
    compact = text.replace(" ", "")
    if _NEGATIVE.match(compact):
        return None, None, f"headcount: '{text[:40]}' is negative"
    if _NOT_STATED.search(compact):
        return None, "not stated", None
    match = _HEADCOUNT.match(compact)
    numbers = [_number(part) for part in match.groups() if part] if match else []
    if not numbers or any(n is None for n in numbers):
        return None, "not a headcount", None
    openings = sum(n for n in numbers if n is not None) / len(numbers)
    if openings == 0:
        return None, "not stated", None
    if openings > HIGHEST_PLAUSIBLE:
        return None, f"implausible: {openings:.0f} persons in one advertisement", None
    return max(openings, 1.0), None, None


def _number(text: str) -> float | None:
    return float(text) if text[0].isdigit() else chinese_number(text)
