"""What a description says: duties, machines and certificates, and jobs that its start names."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .code_index import CodeIndex
from .lexicon import Lexicon
from .text_batch import TextBatch, rank_within

DESCRIPTION_CHARACTERS = 600
LEAD_CHARACTERS = 80
FROM_TEXT_AT_MOST = 3


class DescriptionRows(NamedTuple):
    """Occupations that descriptions speak of.

    Parameters
    ----------
    owner, code : numpy.ndarray of int, shape (n_rows,)
        Description and position of the occupation.
    duties : numpy.ndarray of float, shape (n_rows,)
        Terms for duties; one that points to several occupations counts in parts.
    lead_position : numpy.ndarray of float, shape (n_rows,)
        1 where a term for the job opens the text, falling to 0 at the end of its start.
    is_candidate : numpy.ndarray of bool, shape (n_rows,)
        Whether the row is among the first few by duties or by position.
    """

    owner: np.ndarray
    code: np.ndarray
    duties: np.ndarray
    lead_position: np.ndarray
    is_candidate: np.ndarray


class DescriptionEvidence:
    """Finds the terms of a lexicon in descriptions.

    Parameters
    ----------
    lexicon : Lexicon
    index : CodeIndex
    """

    def __init__(self, lexicon: Lexicon, index: CodeIndex) -> None:
        self._width = len(index.codes)
        self._titles, self._duties = lexicon.title_index, lexicon.duty_index
        self._title_code = index.positions(
            [lexicon.titles[term].occupation_code for term in self._titles.terms]
        )
        pointed = [lexicon.duties[term] for term in self._duties.terms]
        counts = np.array([len(codes) for codes in pointed], dtype=np.intp)
        self._duty_first = np.concatenate([[0], np.cumsum(counts)]).astype(np.intp)
        self._duty_code = index.positions([code for codes in pointed for code in codes])

    def rows(self, descriptions: Sequence[str]) -> DescriptionRows:
        """Evidence in the first `DESCRIPTION_CHARACTERS` of each description."""
        texts = [text[:DESCRIPTION_CHARACTERS].lower() for text in descriptions]
        duty_keys, duties = self._count_duties(TextBatch(texts))
        lead_keys, positions = self._read_leads(
            TextBatch([text[:LEAD_CHARACTERS] for text in texts])
        )
        keys = np.unique(np.concatenate([duty_keys, lead_keys]))
        owner, code = np.divmod(keys, self._width)
        duties_of, lead_of = np.zeros((2, len(keys)))
        rows = DescriptionRows(owner, code, duties_of, lead_of, np.zeros(len(keys), dtype=bool))
        for each, values, target in (
            (duty_keys, duties, rows.duties),
            (lead_keys, positions, rows.lead_position),
        ):
            at = np.searchsorted(keys, each)
            target[at] = values
            rows.is_candidate[at[_first_few(each // self._width, values)]] = True
        return rows

    def _count_duties(self, texts: TextBatch) -> tuple[np.ndarray, np.ndarray]:
        """Occupations and how many terms for their duties there are."""
        found = self._duties.outermost(texts.joined)
        counts = self._duty_first[found.term + 1] - self._duty_first[found.term]
        which = np.repeat(np.arange(len(found.term)), counts)
        offset = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        code = self._duty_code[self._duty_first[found.term][which] + offset]
        keys, at = np.unique(
            texts.owner[found.starts[which]] * self._width + code, return_inverse=True
        )
        return keys, np.bincount(at, weights=1 / counts[which], minlength=len(keys))

    def _read_leads(self, leads: TextBatch) -> tuple[np.ndarray, np.ndarray]:
        """Occupations named at the start, and how near to it."""
        found = self._titles.outermost(leads.joined)
        owner = leads.owner[found.starts]
        text_start = np.searchsorted(leads.owner, owner) + (owner == 0)
        position = 1 - (found.starts - text_start) / LEAD_CHARACTERS
        keys, first = np.unique(
            owner * self._width + self._title_code[found.term], return_index=True
        )
        return keys, position[first]


def _first_few(owner: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Rows with the largest values of each owner; owners ascend, and rows among equals."""
    order = np.lexsort((np.arange(len(owner)), -values, owner))
    return order[rank_within(owner) < FROM_TEXT_AT_MOST]
