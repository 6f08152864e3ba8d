"""Places of work as printed on postings, as county-level units of Chongqing."""

import re
from typing import Protocol

import pandas as pd

from .distinct import REASON, REJECTION, Texts, parse_distinct

COLUMNS = {"district_code": "str", "in_chongqing": "boolean", REASON: "str", REJECTION: "str"}

_CODE = re.compile(r"^(\d{6})(?:\d{3}|\d{6})?$")
_DIGITS = re.compile(r"^\d+$")
_CHONGQING = "50"
# First two digits of GB/T 2260: provinces, autonomous regions, municipalities and the three of
# Taiwan, Hong Kong and Macau.
_PROVINCE_CODES = """
11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65
71 81 82
"""
_PROVINCES = frozenset(_PROVINCE_CODES.split())


class Districts(Protocol):
    """What place parsing needs to know of the districts on a day."""

    def code_of(self, text: str) -> str | None:
        """Code of the county-level unit of Chongqing that a wording or code names."""

    def is_chongqing(self, text: str) -> bool:
        """Whether a wording names a place in Chongqing."""


def parse_places(texts: Texts, districts: Districts) -> pd.DataFrame:
    """Read the county-level unit of Chongqing from a place as printed.

    Parameters
    ----------
    texts : pandas.Series or iterable of str, shape (n,)
        Wordings such as ``重庆市/九龙坡区``, or codes of GB/T 2260 of 6, 9 or 12 digits.
    districts : Districts
        The districts of the day, from ``data.reference.load_districts``.

    Returns
    -------
    pandas.DataFrame, shape (n, 4)
        ``district_code``, missing outside Chongqing and where only the city is named;
        ``in_chongqing``, missing where no place is printed; ``reason``: why there is no
        district; ``rejection``: why the posting cannot be accepted (a code that is none).

    Examples
    --------
    >>> class Two:
    ...     def code_of(self, text): return {"重庆市/九龙坡区": "500107"}.get(text)
    ...     def is_chongqing(self, text): return text.startswith("重庆")
    >>> places = parse_places(["重庆市/九龙坡区", "重庆", "上海", "500999"], Two())
    >>> places["district_code"].tolist(), places["rejection"].dropna().tolist()
    (['500107', nan, nan, nan], ["place: '500999' is no district code of that day"])
    """

    def parse(text: str) -> tuple[object, ...]:
        return _parse_code(text, districts) if _DIGITS.match(text) else _wording(text, districts)

    return parse_distinct(texts, parse, COLUMNS)


def _parse_code(text: str, districts: Districts) -> tuple[object, ...]:
    match = _CODE.match(text)
    code = match[1] if match else ""
    if code[:2] not in _PROVINCES:
        return None, None, None, f"place: '{text[:40]}' is no code of GB/T 2260"
    if code[:2] != _CHONGQING:
        return None, False, "outside Chongqing", None
    if code in ("500000", "500100", "500200"):
        return None, True, "no district named", None
    if districts.code_of(code) is None:
        return None, None, None, f"place: '{text[:40]}' is no district code of that day"
    return districts.code_of(code), True, None, None


def _wording(text: str, districts: Districts) -> tuple[object, ...]:
    code = districts.code_of(text)
    if code is not None:
        return code, True, None, None
    if districts.is_chongqing(text):
        return None, True, "no district named", None
    return None, False, "outside Chongqing", None
