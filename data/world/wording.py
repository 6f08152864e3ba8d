"""Titles and duties of every occupation, from the part of the lexicon that is set apart.

A coder that is tested on the world must not know the titles in it.  A third of the lexicon's
terms, by hash, is set apart for the world; `without_held_out` gives the lexicon without them.
"""

import hashlib
import re
from dataclasses import dataclass

import pandas as pd

from ..reference.tables import reference_table
from ..tables import UNIT_GROUP_PATTERN

PARTS = 3
_TITLE_CHARACTERS = 14
_DUTY = "duty"


def is_held_out(term: str) -> bool:
    """Whether a term of the lexicon is set apart for the world.

    Examples
    --------
    >>> [is_held_out(term) for term in ("焊工", "电焊工", "养老护理员")]
    [False, False, True]
    """
    digest = hashlib.sha256(term.encode("utf-8")).digest()
    return int.from_bytes(digest[:4], "big") % PARTS == 0


def without_held_out(titles: pd.DataFrame) -> pd.DataFrame:
    """The lexicon without the title terms that are set apart; duties stay.

    Parameters
    ----------
    titles : pandas.DataFrame
        Columns ``term`` and ``kind`` among others, as `data/reference/titles.csv` holds them.
    """
    apart = titles["term"].map(is_held_out) & (titles["kind"] != _DUTY)
    return titles[~apart].reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class Wordings:
    """Titles and duties by occupation; an occupation without a title of its own has its name."""

    titles: dict[str, tuple[str, ...]]
    duties: dict[str, tuple[str, ...]]


def load_wordings() -> Wordings:
    """Read the wordings that the world uses."""
    titles: dict[str, list[str]] = {}
    duties: dict[str, list[str]] = {}
    for row in reference_table("titles").records():
        term, code = row["term"], row["occupation_code"]
        if row["also_right"] or not re.fullmatch(UNIT_GROUP_PATTERN, code):
            continue
        if row["kind"] == _DUTY:
            duties.setdefault(code, []).append(term)
        elif is_held_out(term) and len(term) <= _TITLE_CHARACTERS:
            titles.setdefault(code, []).append(term)
    for row in reference_table("occupations").records():
        if row["level"] == "unit":
            titles.setdefault(row["occupation_code"], [row["name"]])
    return Wordings(
        {code: tuple(terms) for code, terms in titles.items()},
        {code: tuple(terms) for code, terms in duties.items()},
    )
