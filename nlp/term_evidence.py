"""What the terms of the lexicon in a title say: which occupations, and how plainly."""

from typing import NamedTuple

import numpy as np

from .code_index import CodeIndex
from .lexicon import Lexicon, Occurrences, is_inside
from .text_batch import TextBatch, Words

TERM_FEATURES = (
    "term_share_of_segment",
    "term_length_log",
    "ends_segment",
    "starts_at_word",
    "ends_at_word",
    "in_first_segment",
    "is_whole_segment",
    "is_inside_longer",
    "is_variant",
    "is_also_right",
)
_AT = {name: column for column, name in enumerate(TERM_FEATURES)}


class TermRows(NamedTuple):
    """The plainest occurrence for each text and occupation.

    Parameters
    ----------
    owner, code : numpy.ndarray of int, shape (n_rows,)
        Text and position of the occupation, ascending by both.
    features : numpy.ndarray of float32, shape (n_rows, n_term_features)
        `TERM_FEATURES` of the occurrence.
    term : numpy.ndarray of int, shape (n_rows,)
        The term, as a position in the lexicon's title index.
    """

    owner: np.ndarray
    code: np.ndarray
    features: np.ndarray
    term: np.ndarray

    @property
    def is_whole(self) -> np.ndarray:
        """Whether each term is a whole part of the title."""
        return self.features[:, _AT["is_whole_segment"]] > 0

    @property
    def is_head(self) -> np.ndarray:
        """Whether each term is the head of a part of the title."""
        return is_head(self.features)

    @property
    def strength(self) -> np.ndarray:
        """How plainly each occurrence names its occupation."""
        return strength(self.features)


class TermEvidence:
    """Finds the title terms of a lexicon in titles.

    Parameters
    ----------
    lexicon : Lexicon
    index : CodeIndex
    """

    def __init__(self, lexicon: Lexicon, index: CodeIndex) -> None:
        self._index = lexicon.title_index
        entries = list(lexicon.titles.values())
        counts = [1 + len(entry.also_right) for entry in entries]
        self._first = np.concatenate([[0], np.cumsum(counts)]).astype(np.intp)
        self._codes = index.positions(
            [code for entry in entries for code in (entry.occupation_code, *entry.also_right)]
        )
        self._is_variant = np.array([entry.is_variant for entry in entries], dtype=bool)
        self._is_own = np.array([term in lexicon.own for term in self._index.terms], dtype=bool)

    @property
    def terms(self) -> list[str]:
        """The terms that `TermRows.term` numbers."""
        return self._index.terms

    def rows(self, titles: TextBatch, words: Words) -> TermRows:
        """Evidence in titles whose parts are separated by blanks.

        Parameters
        ----------
        titles : TextBatch
        words : Words
            Words of the titles, for the boundaries.
        """
        found = self._index.every(titles.joined)
        features = self._describe(titles, words, found)
        occurrence, entry = self._entries(found.term)
        rows = TermRows(
            titles.owner[found.starts[occurrence]],
            self._codes[entry],
            features[occurrence],
            found.term[occurrence],
        )
        is_also_right = entry != self._first[rows.term]
        rows.features[:, _AT["is_also_right"]] = is_also_right
        return _plainest(rows)

    def own(self, rows: TermRows) -> np.ndarray:
        """Whether each row is a whole part of a title that the user has decided."""
        return rows.is_whole & self._is_own[rows.term]

    def decided(self, rows: TermRows, texts: int) -> np.ndarray:
        """Whether a user has decided each title."""
        result = np.zeros(texts, dtype=bool)
        result[rows.owner[self.own(rows)]] = True
        return result

    def _describe(self, titles: TextBatch, words: Words, found: Occurrences) -> np.ndarray:
        is_gap = titles.is_break | (titles.characters == ord(" "))
        place = np.arange(len(is_gap))
        segment_start = np.maximum.accumulate(np.where(is_gap, place + 1, 0))[found.starts]
        after = np.where(is_gap, place, len(is_gap))[::-1]
        segment_end = np.minimum.accumulate(after)[::-1][found.ends]
        text_start = np.maximum.accumulate(np.where(titles.is_break, place + 1, 0))[found.starts]
        length = found.ends - found.starts
        starts_word, ends_word = np.zeros((2, len(is_gap) + 1), dtype=bool)
        starts_word[words.starts] = ends_word[words.ends] = True
        starts_segment, ends_segment = found.starts == segment_start, found.ends == segment_end
        return np.column_stack(
            [
                length / (segment_end - segment_start),
                np.log(length),
                ends_segment,
                starts_word[found.starts],
                ends_word[found.ends],
                segment_start == text_start,
                starts_segment & ends_segment,
                is_inside(found),
                self._is_variant[found.term],
                np.zeros(len(length)),
            ]
        ).astype(np.float32)

    def _entries(self, term: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Occurrence and position in ``_codes`` of each code that the terms stand for."""
        counts = self._first[term + 1] - self._first[term]
        occurrence = np.repeat(np.arange(len(term)), counts)
        offset = np.arange(len(occurrence)) - np.repeat(np.cumsum(counts) - counts, counts)
        return occurrence, self._first[term][occurrence] + offset


def is_head(features: np.ndarray) -> np.ndarray:
    """Whether an occurrence ends a part of a title, where the head of a Chinese title stands.

    A shorter term at the end of a longer one is no head of its own, and what a term may also
    mean is not what it says.
    """
    against = [_AT["is_inside_longer"], _AT["is_also_right"]]
    return (features[:, _AT["ends_segment"]] > 0) & (features[:, against] == 0).all(axis=1)


def strength(features: np.ndarray) -> np.ndarray:
    """How plainly an occurrence names its occupation: a ranking, no probability."""
    doubts = [_AT[name] for name in ("is_inside_longer", "is_also_right", "is_variant")]
    return features.sum(axis=1) - 2 * features[:, doubts].sum(axis=1)


def _plainest(rows: TermRows) -> TermRows:
    """Keep for each text and occupation the occurrence that says most for it."""
    order = np.lexsort((rows.term, -rows.strength, rows.code, rows.owner))
    owner, code = rows.owner[order], rows.code[order]
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = (owner[1:] != owner[:-1]) | (code[1:] != code[:-1])
    kept = order[is_first]
    return TermRows(owner[is_first], code[is_first], rows.features[kept], rows.term[kept])
