"""Education asked for, as an ordered level."""

import re

import pandas as pd

from .distinct import REASON, Texts, parse_distinct

EDUCATION_LEVELS = ("不限", "初中", "高中/中专/中技", "大专", "本科", "硕士", "博士")

COLUMNS = {"education": "str", "education_rank": "Int64", REASON: "str"}

# From the lowest: of 大专/本科 the posting asks for the lower one at least.
_WORDS = (
    (1, re.compile(r"初中|小学|文盲")),
    (2, re.compile(r"高中|中专|中技|职高|技校|技工学校|中职|高技|高职中专")),
    (3, re.compile(r"大专|专科|高职(?!中专)|高等职业")),
    (4, re.compile(r"本科|学士|大学")),
    (5, re.compile(r"硕士|研究生|mba|emba", re.IGNORECASE)),
    (6, re.compile(r"博士|博后")),
)
_ANY = re.compile(r"不限|无要求|无学历|不要求|任意")


def parse_education(texts: Texts) -> pd.DataFrame:
    """Read the lowest education that a posting accepts.

    Parameters
    ----------
    texts : pandas.Series or iterable of str, shape (n,)
        Wording as printed, also where a board joins it to the experience (``1-3年大专``).

    Returns
    -------
    pandas.DataFrame, shape (n, 3)
        ``education``, one of `EDUCATION_LEVELS`; ``education_rank``, its place there from 0
        (不限) to 6 (博士); ``reason``: why printed words were not read.

    Examples
    --------
    >>> parse_education(["统招本科", "1-3年不限", "不限大专", "03-07发布"])["education"].tolist()
    ['本科', '不限', '大专', nan]
    """
    return parse_distinct(texts, _parse_education, COLUMNS)


def _parse_education(text: str) -> tuple[object, ...]:
    rank = next((rank for rank, words in _WORDS if words.search(text)), None)
    if rank is None and _ANY.search(text):
        rank = 0
    if rank is None:
        return None, None, "not an education"
    return EDUCATION_LEVELS[rank], rank, None
