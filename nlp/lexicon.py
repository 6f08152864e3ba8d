"""The title lexicon: which terms mean which occupation, and where they stand in a text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import ahocorasick_rs
import numpy as np
import pandas as pd

from data.errors import ContractError, UnknownCodeError
from data.reference import load_occupations, reference_table

TITLE_KINDS = ("title", "variant")
DUTY_KIND = "duty"
_LATIN = np.array([chr(c).isalnum() for c in range(128)] + [False])


@dataclass(frozen=True, slots=True)
class Entry:
    """What the lexicon says of one term.

    Parameters
    ----------
    occupation_code : str
        细类 that the term means, or the deepest group that is sure.
    also_right : tuple of str
        Further 细类 that an expert would accept.
    is_variant : bool
        Whether the term is colloquial, abbreviated or English.
    """

    occupation_code: str
    also_right: tuple[str, ...] = ()
    is_variant: bool = False


class Occurrences(NamedTuple):
    """Where terms stand in a text: ``text[starts:ends]``, by position.

    Parameters
    ----------
    term : numpy.ndarray of int, shape (n_occurrences,)
        Position of the term in `TermIndex.terms`.
    starts, ends : numpy.ndarray of int, shape (n_occurrences,)
    """

    term: np.ndarray
    starts: np.ndarray
    ends: np.ndarray


class TermIndex:
    """All occurrences of many terms in one pass over the text (Aho and Corasick 1975).

    Parameters
    ----------
    terms : iterable of str
        Terms in normalised form.

    Attributes
    ----------
    terms : list of str
        The terms, ascending.

    Examples
    --------
    >>> index = TermIndex(["焊工", "电焊", "电焊工"])
    >>> found = index.every("电焊工")
    >>> [index.terms[i] for i in found.term]
    ['电焊', '电焊工', '焊工']
    """

    def __init__(self, terms: Iterable[str]) -> None:
        self.terms = sorted(set(terms))

    @cached_property
    def _automaton(self) -> ahocorasick_rs.AhoCorasick:
        return ahocorasick_rs.AhoCorasick(self.terms)

    def every(self, text: str) -> Occurrences:
        """Every occurrence, overlapping ones too; Latin terms only as whole words."""
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return _whole(text, np.array(found, dtype=np.intp).reshape(-1, 3))

    def outermost(self, text: str) -> Occurrences:
        """Occurrences that do not lie inside a longer one."""
        found = self.every(text)
        outer = ~is_inside(found)
        return Occurrences(*(values[outer] for values in found))


def _whole(text: str, found: np.ndarray) -> Occurrences:
    """Leave out what cuts a Latin word, so that PE is not in ``type``."""
    term, starts, ends = found.T
    latin = _is_latin(f" {text} ")
    cuts_before = latin[starts] & latin[starts + 1]
    cuts_after = latin[ends] & latin[ends + 1]
    kept = ~(cuts_before | cuts_after)
    return Occurrences(term[kept], starts[kept], ends[kept])


def is_inside(found: Occurrences) -> np.ndarray:
    """Whether each occurrence lies inside a longer one."""
    order = np.lexsort((-found.ends, found.starts))
    reached = np.maximum.accumulate(np.append(-1, found.ends[order]))[:-1]
    inside = np.empty(len(order), dtype=bool)
    inside[order] = found.ends[order] <= reached
    return inside


def _is_latin(text: str) -> np.ndarray:
    """Whether each character is an ASCII letter or digit."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return _LATIN[np.minimum(points, len(_LATIN) - 1)]


class Lexicon:
    """Terms of titles and duties with their occupations.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``term``, ``occupation_code``, ``kind`` (title, variant, duty) and
        ``also_right`` (codes joined by ``|``), as `data/reference/titles.csv` holds them;
        a title term stands in one row.
    own : frozenset of str
        Terms that a user has decided: no other evidence overrules them.
    """

    def __init__(self, table: pd.DataFrame, own: frozenset[str] = frozenset()) -> None:
        self.table = table.reset_index(drop=True)
        self.own = own
        is_title = self.table["kind"].isin(TITLE_KINDS)
        self._titles = self.table[is_title].sort_values("term")
        self._duties = self.table[~is_title].sort_values(["term", "occupation_code"])
        self.title_index = TermIndex(self._titles["term"])
        self.duty_index = TermIndex(self._duties["term"])

    @cached_property
    def titles(self) -> Mapping[str, Entry]:
        """What each title term means, in the order of the terms."""
        columns = ["term", "occupation_code", "also_right", "kind"]
        return {
            term: Entry(code, tuple(filter(None, also_right.split("|"))), kind == "variant")
            for term, code, also_right, kind in _rows(self._titles, columns)
        }

    @cached_property
    def duties(self) -> Mapping[str, tuple[str, ...]]:
        """The occupations to which each term for a duty points, in the order of the terms."""
        duties: dict[str, tuple[str, ...]] = {}
        for term, code in _rows(self._duties, ["term", "occupation_code"]):
            duties[term] = (*duties.get(term, ()), code)
        return duties

    @classmethod
    def load(cls, own: pd.DataFrame | None = None) -> "Lexicon":
        """The lexicon of the product, with a user's own rows where given.

        Raises
        ------
        ContractError
            When a title term of the user's stands for two occupations.
        UnknownCodeError
            When a code of the user's is not in the 大典.
        """
        shipped = cls(reference_table("titles").frame())
        return shipped if own is None else shipped.with_terms(own)

    def with_terms(self, own: pd.DataFrame) -> "Lexicon":
        """A lexicon in which the rows of ``own`` come first: they replace equal terms."""
        require_sound(own)
        kept = self.table[~self.table["term"].isin(own["term"])]
        rows = pd.concat([own[list(self.table.columns)], kept], ignore_index=True)
        return Lexicon(rows, self.own | frozenset(own["term"]))


def require_sound(table: pd.DataFrame) -> None:
    """Refuse rows of a lexicon that contradict one another or the 大典.

    Raises
    ------
    ContractError
        When a title term stands for two occupations.
    UnknownCodeError
        When a code is not in the 大典.
    """
    _require_known_codes(table)
    _require_unique(table[table["kind"].isin(TITLE_KINDS)])


def _rows(table: pd.DataFrame, columns: list[str]) -> Iterable[tuple[str, ...]]:
    return zip(*(table[name].tolist() for name in columns), strict=True)


def _require_unique(titles: pd.DataFrame) -> None:
    repeated = titles.loc[titles["term"].duplicated(), "term"].tolist()
    if repeated:
        raise ContractError(
            "title terms stand for more than one occupation",
            which=repeated,
            expected="one row a term",
            action="decide which occupation it is and put the other in also_right",
        )


def _require_known_codes(table: pd.DataFrame) -> None:
    known = set(load_occupations().table["occupation_code"])
    also = table["also_right"].str.split("|").explode()
    codes = set(table["occupation_code"]) | {code for code in also if code}
    unknown = sorted(codes - known)
    if unknown:
        raise UnknownCodeError(
            "the lexicon names codes that the 大典 does not have",
            which=unknown,
            action="correct them or leave the rows out",
        )
