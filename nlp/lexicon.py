"""The title lexicon: which terms mean which occupation, and where they stand in a text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ahocorasick_rs
import pandas as pd

from data.errors import ContractError, UnknownCodeError
from data.reference import load_occupations, reference_table

TITLE_KINDS = ("title", "variant")
DUTY_KIND = "duty"


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


@dataclass(frozen=True, slots=True)
class Match:
    """One occurrence of a term: ``text[start:end]``."""

    term: str
    start: int
    end: int


class TermIndex:
    """All occurrences of many terms in one pass over the text (Aho and Corasick 1975).

    Parameters
    ----------
    terms : iterable of str
        Terms in normalised form.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        self.terms = sorted(set(terms))
        self._every = ahocorasick_rs.AhoCorasick(
            self.terms, matchkind=ahocorasick_rs.MatchKind.Standard
        )
        self._longest = ahocorasick_rs.AhoCorasick(
            self.terms, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
        )

    def every(self, text: str) -> list[Match]:
        """Every occurrence, overlapping ones too; Latin terms only as whole words."""
        return self._matches(text, self._every.find_matches_as_indexes(text, overlapping=True))

    def longest(self, text: str) -> list[Match]:
        """Occurrences that do not overlap, each the longest from its start."""
        return self._matches(text, self._longest.find_matches_as_indexes(text))

    def _matches(self, text: str, found: list[tuple[int, int, int]]) -> list[Match]:
        return [
            Match(self.terms[index], start, end)
            for index, start, end in found
            if _is_whole(text, start, end)
        ]


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether the occurrence does not cut a Latin word, so that PE is not in ``type``."""
    cuts_before = start > 0 and _is_latin(text[start]) and _is_latin(text[start - 1])
    cuts_after = end < len(text) and _is_latin(text[end - 1]) and _is_latin(text[end])
    return not (cuts_before or cuts_after)


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


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

    Raises
    ------
    ContractError
        When a title term stands for two occupations.
    UnknownCodeError
        When a code is not in the 大典.
    """

    def __init__(self, table: pd.DataFrame, own: frozenset[str] = frozenset()) -> None:
        _require_known_codes(table)
        titles = table[table["kind"].isin(TITLE_KINDS)]
        _require_unique(titles)
        self.table = table.reset_index(drop=True)
        self.own = own
        self.titles: Mapping[str, Entry] = {
            term: Entry(code, tuple(filter(None, also_right.split("|"))), kind == "variant")
            for term, code, also_right, kind in _rows(
                titles, ["term", "occupation_code", "also_right", "kind"]
            )
        }
        duties: dict[str, tuple[str, ...]] = {}
        for term, code in _rows(table[table["kind"] == DUTY_KIND], ["term", "occupation_code"]):
            duties[term] = (*duties.get(term, ()), code)
        self.duties: Mapping[str, tuple[str, ...]] = duties
        self.title_index = TermIndex(self.titles)
        self.duty_index = TermIndex(self.duties)

    @classmethod
    def load(cls, own: pd.DataFrame | None = None) -> "Lexicon":
        """The lexicon of the product, with a user's own rows where given."""
        shipped = cls(reference_table("titles").frame())
        return shipped if own is None else shipped.with_terms(own)

    def with_terms(self, own: pd.DataFrame) -> "Lexicon":
        """A lexicon in which the rows of ``own`` come first: they replace equal terms."""
        kept = self.table[~self.table["term"].isin(own["term"])]
        rows = pd.concat([own[list(self.table.columns)], kept], ignore_index=True)
        return Lexicon(rows, self.own | frozenset(own["term"]))


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
