"""Accuracy of the shipped coder on hand-coded postings, beside three simple ways of coding.

Run with ``python -m tests.benchmarks.coding [LABELS]``; LABELS is a file of hand codes in the
folder of labels beside the project, by default the one that nothing was fitted to.  All rows of
the table come from the same postings in the same run; the baselines read the title only:

- the official name most similar by character runs;
- the longest term of the title lexicon that stands in the title;
- a linear support vector machine on character runs, fitted to the terms of the lexicon.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from data.reference import load_occupations
from data.tables import CODED_POSTINGS
from nlp import Coder, CodingResult, Lexicon, evaluate_coding, parse_title
from nlp.train import read_labelled

PROJECT = Path(__file__).resolve().parents[2]
SHARED = PROJECT / ".." / "shared" / "data"
RESULT_FILE = PROJECT / "benchmarks" / "coding.csv"
HELD_OUT = "dev.csv"
FIRST_FEW = 5
DECIMALS = 3

# Best codes of each title, the first few, best first; none where nothing can be said.
Ranking = list[list[str]]


def nearest_official_name(titles: Sequence[str]) -> Ranking:
    """Cosine similarity of character runs to the names of the 细类."""
    table = load_occupations().table
    units = table[table["level"] == "unit"]
    vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    names = vectoriser.fit_transform(units["name"].tolist())
    scores = (vectoriser.transform(titles) @ names.T).toarray()
    return _best(scores, units["occupation_code"].to_numpy(dtype=str))


def longest_term(titles: Sequence[str]) -> Ranking:
    """The terms of the lexicon in a title, the longest first."""
    lexicon = Lexicon.load()
    ranking = []
    for title in titles:
        matches = sorted(lexicon.title_index.every(title), key=lambda m: (m.start - m.end, -m.end))
        codes = [lexicon.titles[match.term].occupation_code for match in matches]
        ranking.append(list(dict.fromkeys(codes))[:FIRST_FEW])
    return ranking


def support_vector_machine(titles: Sequence[str]) -> Ranking:
    """A linear machine on character runs, one against the rest, fitted to the lexicon's terms."""
    lexicon = Lexicon.load()
    codes = [entry.occupation_code for entry in lexicon.titles.values()]
    vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    machine = LinearSVC(C=1.0, dual=True, random_state=0)
    machine.fit(vectoriser.fit_transform(list(lexicon.titles)), codes)
    return _best(machine.decision_function(vectoriser.transform(titles)), machine.classes_, -np.inf)


def _best(scores: np.ndarray, codes: np.ndarray, above: float = 0.0) -> Ranking:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :FIRST_FEW]
    return [
        [str(codes[column]) for column in columns if row[column] > above]
        for row, columns in zip(scores, order, strict=True)
    ]


def as_result(identifiers: pd.Series, ranking: Ranking) -> CodingResult:
    """A ranking as a coding that is sure of its best code."""
    coded = pd.DataFrame(
        {
            "posting_id": identifiers.tolist(),
            "occupation_code": [codes[0] if codes else None for codes in ranking],
            "probability": 1.0,
            "level": "unit",
            "alternatives": ["|".join(f"{code}:1.0" for code in codes) for codes in ranking],
        }
    )
    return CodingResult(coded[CODED_POSTINGS.names], coded[CODED_POSTINGS.names[:3]])


BASELINES: dict[str, Callable[[Sequence[str]], Ranking]] = {
    "nearest official name": nearest_official_name,
    "longest term of the lexicon": longest_term,
    "support vector machine on the lexicon": support_vector_machine,
}


def compare(labelled: pd.DataFrame) -> pd.DataFrame:
    """Measures of `nlp.evaluate.evaluate_coding` for the coder and each baseline."""
    titles = [" ".join(parse_title(title).segments) for title in labelled["title"]]
    rows = {}
    for name, baseline in BASELINES.items():
        started = time.perf_counter()
        result = as_result(labelled["posting_id"], baseline(titles))
        rows[name] = _measured(result, labelled, started)
    started = time.perf_counter()
    rows["the shipped coder"] = _measured(Coder.load().code(labelled), labelled, started)
    return pd.DataFrame(rows).T.rename_axis("method")


def _measured(result: CodingResult, labelled: pd.DataFrame, started: float) -> pd.Series:
    seconds = time.perf_counter() - started
    measured = evaluate_coding(result, labelled)
    measured["seconds"] = seconds
    return measured.round(DECIMALS)


def main(arguments: list[str]) -> int:
    """Measure, save and print; returns the exit code."""
    labels = SHARED / "labels" / (arguments[0] if arguments else HELD_OUT)
    postings = SHARED / "postings" / "postings.parquet"
    for path in (labels, postings):
        if not path.is_file():
            print(f"no hand-coded postings at {path.resolve()}", file=sys.stderr)
            return 3
    table = compare(read_labelled(labels, postings))
    print(table.to_string())
    # Figures on labels that the coder was fitted to are for looking at only.
    if labels.name == HELD_OUT:
        RESULT_FILE.parent.mkdir(exist_ok=True)
        table.to_csv(RESULT_FILE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
