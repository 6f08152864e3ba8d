"""Three simple ways of coding titles, which the coder has to beat.

Each reads the title only, without slogans, wages and headcounts, and says nothing of how sure it
is: it is taken at its word.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from data.reference import load_occupations
from data.reference.occupations import CODE_LENGTHS
from data.tables import CODED_POSTINGS

from .coding_result import CodingResult
from .judge import FIRST_FEW
from .lexicon import Lexicon
from .titles import parse_title

CHARACTER_RUNS = (1, 3)
BATCH_POSTINGS = 2_048
LEVEL_OF_LENGTH = {length: level for level, length in CODE_LENGTHS.items()}

# Codes of each title, the first few, best first; none where nothing can be said.
Ranking = list[list[str]]
Baseline = Callable[[Sequence[str], Lexicon], Ranking]


def nearest_name(titles: Sequence[str], lexicon: Lexicon) -> Ranking:
    """The official names of 细类 most similar to a title by runs of characters.

    Parameters
    ----------
    titles : sequence of str
    lexicon : Lexicon
        Not asked: the names of the 大典 are enough.

    Examples
    --------
    >>> nearest_name(["养老护理"], Lexicon.load())[0][0]
    '4-10-01-05'
    """
    occupations = load_occupations()
    vectoriser = _character_runs()
    names = vectoriser.fit_transform([occupations.name(code) for code in occupations.units])
    return _first_few(
        vectoriser.transform(titles),
        lambda rows: (rows @ names.T).toarray(),
        np.asarray(occupations.units),
        above=0.0,
    )


def longest_term(titles: Sequence[str], lexicon: Lexicon) -> Ranking:
    """The terms of the lexicon in a title, the longest first and of equal ones the last.

    Examples
    --------
    >>> longest_term(["网约配送员", "某某"], Lexicon.load())
    [['4-10-08-01'], []]
    """
    ranking = []
    for title in titles:
        found = lexicon.title_index.every(title)
        longest_first = np.lexsort((-found.ends, found.starts - found.ends))
        terms = [lexicon.title_index.terms[place] for place in found.term[longest_first]]
        codes = [lexicon.titles[term].occupation_code for term in terms]
        ranking.append(list(dict.fromkeys(codes))[:FIRST_FEW])
    return ranking


def support_vector_machine(titles: Sequence[str], lexicon: Lexicon) -> Ranking:
    """A linear machine on runs of characters, one code against the rest, fitted to the terms."""
    codes = [entry.occupation_code for entry in lexicon.titles.values()]
    vectoriser = _character_runs()
    machine = LinearSVC(C=1.0, dual=True, random_state=0)
    machine.fit(vectoriser.fit_transform(list(lexicon.titles)), codes)
    features = vectoriser.transform(titles)
    return _first_few(features, machine.decision_function, machine.classes_, above=-np.inf)


BASELINES: dict[str, Baseline] = {
    "nearest_name": nearest_name,
    "longest_term": longest_term,
    "support_vector_machine": support_vector_machine,
}


def code_by(baseline: Baseline, postings: pd.DataFrame, lexicon: Lexicon) -> CodingResult:
    """Code postings by a baseline.

    Parameters
    ----------
    baseline : callable
        One of `BASELINES`.
    postings : pandas.DataFrame
        Columns ``posting_id`` and ``title``, normalised.
    lexicon : Lexicon

    Returns
    -------
    CodingResult
        Sure of each best code, which may be a group where the lexicon's term means one.
    """
    titles = [" ".join(parse_title(title).segments) for title in postings["title"].fillna("")]
    ranking = baseline(titles, lexicon)
    best = pd.Series([codes[0] if codes else None for codes in ranking], dtype="str")
    coded = pd.DataFrame(
        {
            "posting_id": postings["posting_id"].to_numpy(),
            "occupation_code": best,
            "probability": [float(bool(codes)) for codes in ranking],
            "level": [LEVEL_OF_LENGTH[len(codes[0])] if codes else "none" for codes in ranking],
            "alternatives": ["|".join(f"{code}:1" for code in codes) for codes in ranking],
        }
    )
    distribution = coded[["posting_id", "occupation_code"]].assign(probability=1.0)
    return CodingResult(coded[CODED_POSTINGS.names], distribution)


def _character_runs() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer="char", ngram_range=CHARACTER_RUNS, sublinear_tf=True)


def _first_few(
    features: sparse.csr_matrix,
    score: Callable[[sparse.csr_matrix], np.ndarray],
    codes: np.ndarray,
    *,
    above: float,
) -> Ranking:
    """Codes of the highest scores of each row, those that are above the bound."""
    ranking = []
    for first in range(0, features.shape[0], BATCH_POSTINGS):
        scores = score(features[first : first + BATCH_POSTINGS])
        order = np.argsort(-scores, axis=1, kind="stable")[:, :FIRST_FEW]
        ranking += [
            [str(codes[column]) for column in columns if row[column] > above]
            for row, columns in zip(scores, order, strict=True)
        ]
    return ranking
