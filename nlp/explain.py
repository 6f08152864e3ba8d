"""Why a posting was coded as it was: which features, terms and words decided."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from .candidates import FEATURES
from .choice import probabilities
from .code_index import OUTSIDE
from .coder import Coder
from .posting import Posting
from .posting_features import DESCRIPTION_CHARACTERS
from .segment import Segmenter, WordSegmenter

BEST = 3
WORDS_AT_MOST = 300


class Explanation(NamedTuple):
    """What decided on the code of one posting.

    Parameters
    ----------
    features : pandas.DataFrame
        ``occupation_code`` (empty for none of the occupations), ``probability``, ``feature``,
        ``value``, ``weight``, ``part``: the best candidates, the features of each by the size
        of their part.  The parts of a candidate sum to its utility; its probability is the
        exponential of the utility over the sum of all candidates' (McFadden 1974).
    terms : pandas.DataFrame
        ``term``, ``occupation_code``: terms of the lexicon in the title, the plainest first.
    words : pandas.DataFrame
        ``field``, ``word``, ``probability_without``, ``difference``: words of title and
        description, and by how much the probability of the best candidate falls when the word is
        struck out wherever it stands (the erasure of Li, Monroe and Jurafsky 2016); those that
        matter most first.
    """

    features: pd.DataFrame
    terms: pd.DataFrame
    words: pd.DataFrame


def explain(
    coder: Coder, posting: Posting, *, best: int = BEST, segmenter: WordSegmenter | None = None
) -> Explanation:
    """Explain the code of a posting.

    Parameters
    ----------
    coder : Coder
    posting : Posting
        Normalised texts.
    best : int
        Number of candidates whose features are told.
    segmenter : WordSegmenter, optional

    Examples
    --------
    >>> told = explain(Coder.load(), Posting("急招电焊工10名", "持焊工证，会氩弧焊"))
    >>> told.features["occupation_code"].iloc[0]
    '6-18-02-04'
    >>> "电焊工" in set(told.terms["term"])
    True
    """
    codes, sets = coder.finder.find([posting])
    weights = np.array([coder.weights[name] for name in FEATURES])
    probability = probabilities(sets, weights)
    order = np.lexsort((codes, -probability))
    names = [coder.finder.index.codes[code] or OUTSIDE for code in codes]
    rows = [
        (names[row], float(probability[row]), name, float(value), float(weight), float(part))
        for row in order[:best]
        for name, value, weight, part in _parts(sets.features[row], weights)
    ]
    columns = ["occupation_code", "probability", "feature", "value", "weight", "part"]
    words = _words(coder, posting, int(codes[order[0]]), segmenter or Segmenter())
    return Explanation(
        pd.DataFrame(rows, columns=columns), coder.finder.terms_found(posting), words
    )


def _parts(values: np.ndarray, weights: np.ndarray) -> list[tuple[str, float, float, float]]:
    parts = values * weights
    order = np.argsort(-np.abs(parts), kind="stable")
    return [(FEATURES[at], values[at], weights[at], parts[at]) for at in order if parts[at]]


def _words(coder: Coder, posting: Posting, code: int, segmenter: WordSegmenter) -> pd.DataFrame:
    """Probability of a candidate without each word."""
    struck = [("", "")]
    for field in ("title", "description"):
        text = getattr(posting, field)[:DESCRIPTION_CHARACTERS]
        distinct = dict.fromkeys(word for word in segmenter.cut(text) if word.strip())
        struck += [(field, word) for word in distinct]
    struck = struck[: WORDS_AT_MOST + 1]
    without = _probabilities(coder, [_strike(posting, *each) for each in struck], code)
    frame = pd.DataFrame(
        [(*each, share) for each, share in zip(struck[1:], without[1:], strict=True)],
        columns=["field", "word", "probability_without"],
    )
    frame["difference"] = without[0] - frame["probability_without"]
    order = frame["difference"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _strike(posting: Posting, field: str, word: str) -> Posting:
    return (
        posting._replace(**{field: getattr(posting, field).replace(word, " ")})
        if field
        else posting
    )


def _probabilities(coder: Coder, postings: Sequence[Posting], code: int) -> list[float]:
    distribution = coder.distribution(postings)
    share = np.zeros(len(postings))
    is_code = distribution.code == code
    share[distribution.owner[is_code]] = distribution.probability[is_code]
    return share.tolist()
