"""Experience asked for, in years."""

import re

import pandas as pd

from .distinct import REASON, Texts, parse_distinct
from .numerals import CHINESE_NUMERAL, chinese_number

HIGHEST_PLAUSIBLE = 40

COLUMNS = {"experience_years_minimum": "float64", REASON: "str"}

_NONE = re.compile(r"不限|无需|无经验|无工作经验|无要求|不要求|应届|在校|实习|以下|以内|天/周")
_YEARS = re.compile(
    rf"(\d{{1,4}}(?:\.\d)?|{CHINESE_NUMERAL})\+?(?:[-~至到](?:\d{{1,4}}|{CHINESE_NUMERAL}))?个?(年|月)"
)


def parse_experience(texts: Texts) -> pd.DataFrame:
    """Read the years of experience that a posting asks for at least.

    Parameters
    ----------
    texts : pandas.Series or iterable of str, shape (n,)
        Wording as printed, also where a board joins it to the education (``1-3年大专``).

    Returns
    -------
    pandas.DataFrame, shape (n, 2)
        ``experience_years_minimum``, 0 where none is asked for (不限, 应届, 1年以下);
        ``reason``: why printed words were not read.

    Examples
    --------
    >>> parse_experience(["3-4年经验", "10年以上", "一年以下", "经验不限", "本科"])[
    ...     "experience_years_minimum"].tolist()
    [3.0, 10.0, 0.0, 0.0, nan]
    """
    return parse_distinct(texts, _parse_experience, COLUMNS)


def _parse_experience(text: str) -> tuple[object, ...]:
    compact = text.replace(" ", "")
    if _NONE.search(compact):
        return 0.0, None
    if "半年" in compact:
        return 0.5, None
    match = _YEARS.search(compact)
    number = None
    if match:
        number = float(match[1]) if match[1][0].isdigit() else chinese_number(match[1])
    if match is None or number is None:
        return None, "not an experience"
    years = number / 12 if match[2] == "月" else float(number)
    if years > HIGHEST_PLAUSIBLE:
        return None, f"implausible: {years:.0f} years"
    return years, None
