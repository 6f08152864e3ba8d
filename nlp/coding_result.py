"""Codes of postings as frames, from the probabilities of their candidates."""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.reference.occupations import LEVEL_NAMES
from data.tables import CODED_POSTINGS

from .code_index import NO_GROUP, CodeIndex, code_index

NO_LEVEL = "none"


@dataclass(frozen=True, slots=True)
class CodingParameters:
    """What the coder calls sure and how much it tells.

    Parameters
    ----------
    sure_probability : float
        Probability at which a level of the 大典 counts as sure.
    alternatives : int
        Number of 细类 named for each posting.
    negligible_probability : float
        Candidates below it are left out, and the others share what they had.
    """

    sure_probability: float = 0.7
    alternatives: int = 5
    negligible_probability: float = 0.001


class CodingResult(NamedTuple):
    """Codes of postings.

    Parameters
    ----------
    coded : pandas.DataFrame
        Contract `data.tables.CODED_POSTINGS`, one row a posting.
    distribution : pandas.DataFrame
        Columns ``posting_id``, ``occupation_code``, ``probability``: each posting's whole
        probability of one, best first.  ``occupation_code`` is a 细类, a group where the
        evidence stops there, or missing where no candidate is right.
    """

    coded: pd.DataFrame
    distribution: pd.DataFrame


class Distribution(NamedTuple):
    """Probabilities of the candidates of many texts, best first within a text.

    Parameters
    ----------
    starts : numpy.ndarray of int, shape (n_texts,)
        First candidate of each text.
    code : numpy.ndarray of int, shape (n_candidates,)
        Positions in the index.
    probability : numpy.ndarray of float, shape (n_candidates,)
    """

    starts: np.ndarray
    code: np.ndarray
    probability: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        """Number of candidates of each text."""
        return np.diff(np.append(self.starts, len(self.code)))

    @property
    def owner(self) -> np.ndarray:
        """Text of each candidate."""
        return np.repeat(np.arange(len(self.starts)), self.lengths)

    def taken(self, texts: np.ndarray) -> "Distribution":
        """The candidates of the given texts, in their order, repeated ones too."""
        lengths = self.lengths[texts]
        starts = np.cumsum(lengths) - lengths
        row = np.arange(lengths.sum()) + np.repeat(self.starts[texts] - starts, lengths)
        return Distribution(starts, self.code[row], self.probability[row])


def best_first(
    starts: np.ndarray, code: np.ndarray, probability: np.ndarray, *, negligible: float
) -> Distribution:
    """Order candidates, and leave the negligible ones out in favour of the others."""
    lengths = np.diff(np.append(starts, len(code)))
    owner = np.repeat(np.arange(len(starts)), lengths)
    order = np.lexsort((code, -probability, owner))
    is_best = np.diff(owner[order], prepend=-1) > 0
    kept = order[is_best | (probability[order] >= negligible)]
    owner, code, probability = owner[kept], code[kept], probability[kept]
    starts = np.searchsorted(owner, np.arange(len(starts)))
    total = np.add.reduceat(probability, starts) if len(starts) else np.zeros(0)
    return Distribution(starts, code, probability / total[owner])


def coding_result(
    identifiers: list[str], distribution: Distribution, parameters: CodingParameters
) -> CodingResult:
    """The codes of postings, one text each.

    Parameters
    ----------
    identifiers : list of str
        ``posting_id`` of each text.
    distribution : Distribution
    parameters : CodingParameters
    """
    index = code_index()
    coded = _summaries(distribution, index, parameters)
    coded.insert(0, "posting_id", pd.Series(identifiers, dtype="str"))
    return CodingResult(
        coded[CODED_POSTINGS.names], _distribution_frame(identifiers, distribution, index)
    )


def _distribution_frame(
    identifiers: list[str], distribution: Distribution, index: CodeIndex
) -> pd.DataFrame:
    """The distribution with the identifiers of postings."""
    names = np.array([code or None for code in index.codes], dtype=object)
    return pd.DataFrame(
        {
            "posting_id": np.repeat(np.asarray(identifiers, dtype=object), distribution.lengths),
            "occupation_code": names[distribution.code],
            "probability": distribution.probability,
        }
    ).astype({"posting_id": "str", "occupation_code": "str"})


def _summaries(
    distribution: Distribution, index: CodeIndex, parameters: CodingParameters
) -> pd.DataFrame:
    """Best 细类, its probability, the deepest sure level and the alternatives of each text."""
    texts = len(distribution.starts)
    frame = pd.DataFrame(
        {
            "occupation_code": np.full(texts, None, dtype=object),
            "probability": np.zeros(texts),
            "level": _sure_levels(distribution, index, parameters.sure_probability),
            "alternatives": np.full(texts, None, dtype=object),
        }
    )
    is_unit = index.is_unit[distribution.code]
    owner = distribution.owner[is_unit]
    code, probability = distribution.code[is_unit], distribution.probability[is_unit]
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    shown = np.arange(len(owner)) - np.searchsorted(owner, owner) < parameters.alternatives
    named = [
        f"{index.codes[place]}:{share:.4f}"
        for place, share in zip(code[shown].tolist(), probability[shown].tolist(), strict=True)
    ]
    ends = np.append(np.flatnonzero(np.diff(owner[shown], prepend=-1)), len(named))
    which = owner[starts]
    frame.loc[which, "occupation_code"] = [index.codes[place] for place in code[starts]]
    frame.loc[which, "probability"] = probability[starts]
    frame.loc[which, "alternatives"] = ["|".join(named[start:end]) for start, end in pairwise(ends)]
    texts_columns = [name for name in frame.columns if name != "probability"]
    return frame.astype(dict.fromkeys(texts_columns, "str"))


def _sure_levels(
    distribution: Distribution, index: CodeIndex, sure_probability: float
) -> np.ndarray:
    """The deepest level at which one group holds enough of the probability."""
    levels = np.full(len(distribution.starts), NO_LEVEL, dtype=object)
    for level in LEVEL_NAMES:  # from the top, so that the deepest level is written last
        group = index.group[level][distribution.code]
        known = group != NO_GROUP
        keys = distribution.owner[known] * len(index.codes) + group[known]
        distinct, at = np.unique(keys, return_inverse=True)
        mass = np.bincount(at, weights=distribution.probability[known], minlength=len(distinct))
        levels[distinct[mass >= sure_probability] // len(index.codes)] = level
    return levels
