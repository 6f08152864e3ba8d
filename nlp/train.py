"""Fit the coder to hand-coded postings: ``python -m nlp.train LABELS POSTINGS``.

LABELS is a csv of hand codes, POSTINGS the parquet file that holds their texts.  Codes of the
project's own, `data/reference/hand_codes.csv`, are added and replace those of LABELS.  What is
written are weights, hashes and a record of what they were fitted to; no text of a posting leaves
its file.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold

from data.reference import load_occupations, reference_table

from .candidates import EVIDENCE, FEATURES, CandidateFinder, Candidates, similarity_of
from .choice import ChoiceSets, fit_weights
from .coded_vectors import VECTORS_FILE, CodedVectors
from .coder import (
    EXPERTS_FILE,
    SIMILARITY_FILE,
    WEIGHTS_FILE,
    CodingParameters,
    distribution_of,
    texts_of,
)
from .coding_result import CodingResult, coding_result
from .evaluate import evaluate_coding
from .expert_scores import ExpertScores
from .lexicon import Lexicon
from .prepare import clean_texts
from .segment import Segmenter
from .titles import parse_title

FOLDS = 5
# Codes drawn at random stand for postings at large; others were drawn where coding is hard.
REPRESENTATIVE = "random"
POSTINGS_OF_OCCUPATION_ENOUGH = 30
TITLES_OF_OCCUPATION = 5
LEXICON_MARK = "lexicon"


class FittedCoder(NamedTuple):
    """What fitting gives.

    Parameters
    ----------
    weights : dict of str to float
        One weight for each of `nlp.candidates.FEATURES`.
    experts : ExpertScores
    vectors : CodedVectors
        The examples that ``experts`` was fitted to.
    """

    weights: dict[str, float]
    experts: ExpertScores
    vectors: CodedVectors


class Fold(NamedTuple):
    """Candidates of postings, scored by what experts said of other titles only.

    Parameters
    ----------
    identifiers : list of str
    candidates : Candidates
    chosen : numpy.ndarray of int
        Row of the labelled code of each posting.
    is_representative : numpy.ndarray of bool
    """

    identifiers: list[str]
    candidates: Candidates
    chosen: np.ndarray
    is_representative: np.ndarray


def fit_coder(lexicon: Lexicon, labelled: pd.DataFrame) -> FittedCoder:
    """Fit the conditional logit to labelled postings.

    Every posting is scored by what experts said of other titles only, as a new one will be.
    The weights are fitted to postings drawn at random: adding those drawn where the coder was
    unsure doubles the calibration error.

    Parameters
    ----------
    lexicon : Lexicon
    labelled : pandas.DataFrame
        ``posting_id``, ``title``, ``description``, ``category``, ``industry``, ``employer``
        (normalised), ``occupation_code``, and ``drawn`` (`REPRESENTATIVE` or how else the
        posting came to be coded).
    """
    vectors = examples(lexicon, labelled)
    weights = _weights(out_of_fold(lexicon, labelled, vectors))
    named = dict(zip(FEATURES, weights.round(6).tolist(), strict=True))
    return FittedCoder(named, vectors.experts(), vectors)


def out_of_fold(lexicon: Lexicon, labelled: pd.DataFrame, vectors: CodedVectors) -> list[Fold]:
    """Candidates of all labelled postings, like titles held out together."""
    segmenter = Segmenter()
    similarity = similarity_of(lexicon, segmenter)
    folds = []
    for _, held_out in _folds(labelled):
        left_out = set(labelled["posting_id"].iloc[held_out])
        experts = vectors.experts(np.array([i not in left_out for i in vectors.identifiers]))
        finder = CandidateFinder(lexicon, segmenter, experts, similarity)
        rows = labelled.iloc[held_out]
        candidates = finder.find(texts_of(rows))
        folds.append(
            Fold(
                rows["posting_id"].tolist(),
                candidates,
                _chosen(finder, candidates, rows["occupation_code"].tolist()),
                (rows["drawn"] == REPRESENTATIVE).to_numpy(),
            )
        )
    return folds


def cross_validate(folds: list[Fold], parameters: CodingParameters | None = None) -> CodingResult:
    """Codes of postings, each by weights that were fitted to the other folds."""
    results = []
    for held_out in range(len(folds)):
        weights = _weights(folds[:held_out] + folds[held_out + 1 :])
        fold = folds[held_out]
        results.append(
            coding_result(
                fold.identifiers,
                distribution_of(fold.candidates, weights, parameters or CodingParameters()),
                parameters or CodingParameters(),
            )
        )
    return CodingResult(
        pd.concat([each.coded for each in results], ignore_index=True),
        pd.concat([each.distribution for each in results], ignore_index=True),
    )


def _weights(folds: list[Fold]) -> np.ndarray:
    """Weights fitted to the representative postings of folds."""
    features, starts, chosen, rows = [], [], [], 0
    for fold in folds:
        sets = fold.candidates.sets
        kept = fold.is_representative[sets.owner]
        features.append(sets.features[kept])
        before = np.cumsum(kept) - kept
        starts.append(before[sets.starts[fold.is_representative]] + rows)
        chosen.append(before[fold.chosen[fold.is_representative]] + rows)
        rows += int(kept.sum())
    evidence = np.array([name in EVIDENCE for name in FEATURES])
    sets = ChoiceSets(np.vstack(features), np.concatenate(starts))
    return fit_weights(sets, np.concatenate(chosen), non_negative=evidence)


def examples(lexicon: Lexicon, labelled: pd.DataFrame) -> CodedVectors:
    """What the linear scores learn from: coded postings, and the lexicon where these are few.

    An occupation of which experts have seen few postings is also taught by some of its titles
    and by a text of all terms for its duties.
    """
    known = labelled[labelled["occupation_code"].isin(load_occupations().groups)]
    postings = known.sort_values("posting_id")  # the order of the frame must not matter
    seen = postings["occupation_code"].value_counts()
    few = seen.index[seen < POSTINGS_OF_OCCUPATION_ENOUGH]
    terms = lexicon.table[lexicon.table["occupation_code"].isin(few)]
    made = [_plain_titles(terms), _duties(terms)]
    return CodedVectors.of(pd.concat([postings, *made], ignore_index=True), Segmenter())


def _plain_titles(terms: pd.DataFrame) -> pd.DataFrame:
    """A few titles of each occupation that mean nothing else, drawn by hash."""
    plain = terms.query("kind == 'title' and also_right == ''")
    drawn = plain.assign(drawn=_identifiers(plain["term"]))
    drawn = drawn.sort_values(["occupation_code", "drawn"])
    rows = drawn.groupby("occupation_code").head(TITLES_OF_OCCUPATION)
    return pd.DataFrame(
        {
            "posting_id": rows["drawn"],
            "title": rows["term"],
            "occupation_code": rows["occupation_code"],
        }
    )


def _duties(terms: pd.DataFrame) -> pd.DataFrame:
    duties = terms.query("kind == 'duty'").sort_values("term")
    texts = duties.groupby("occupation_code")["term"].agg("，".join).reset_index()
    return pd.DataFrame(
        {
            "posting_id": _identifiers(texts["occupation_code"]),
            "description": texts["term"],
            "occupation_code": texts["occupation_code"],
        }
    )


def _identifiers(texts: pd.Series) -> list[str]:
    return [LEXICON_MARK + hashlib.sha256(text.encode()).hexdigest()[:9] for text in texts]


def _folds(labelled: pd.DataFrame) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Folds that keep like titles together."""
    groups = labelled["title"].map(lambda title: " ".join(parse_title(title).segments))
    folds = min(FOLDS, groups.nunique())
    yield from GroupKFold(folds).split(labelled, groups=groups)


def read_labelled(labels: Path, postings: Path) -> pd.DataFrame:
    """Hand codes with the texts of their postings, cleaned as the coder will see them."""
    coded = pd.read_csv(labels, dtype=str, keep_default_na=False)
    return with_texts(coded.drop(columns=["title", "source"], errors="ignore"), postings)


def with_own_codes(labelled: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Add the project's own codes; they replace those of the same postings."""
    kept = labelled[~labelled["posting_id"].isin(own["posting_id"])]
    return pd.concat([kept, own], ignore_index=True)


def with_texts(coded: pd.DataFrame, postings: Path) -> pd.DataFrame:
    """Add the cleaned texts of coded postings, for those that the file holds."""
    names = {
        "id": "posting_id", "title": "title", "description": "description", "source": "source",
        "category_raw": "category", "industry_raw": "industry", "company": "employer",
    }  # fmt: skip
    texts = pd.read_parquet(postings, columns=list(names)).rename(columns=names)
    return clean_texts(coded.merge(texts, on="posting_id", validate="one_to_one"))


def training_record(lexicon: Lexicon, labelled: pd.DataFrame, folds: list[Fold]) -> dict[str, Any]:
    """What the coder was fitted to, by hashes, and what it reaches out of sample."""
    identifiers = "\n".join(sorted(labelled["posting_id"] + " " + labelled["occupation_code"]))
    asked = labelled.query("drawn == @REPRESENTATIVE")
    return {
        "labelled_postings": len(labelled),
        "representative_postings": len(asked),
        "labels_sha256": hashlib.sha256(identifiers.encode()).hexdigest(),
        "lexicon_sha256": lexicon_hash(lexicon),
        "cross_validated": evaluate_coding(cross_validate(folds), asked)
        .dropna()
        .round(4)
        .to_dict(),
        "folds": FOLDS,
    }


def lexicon_hash(lexicon: Lexicon) -> str:
    """SHA-256 of the lexicon's rows, whatever their order in the file."""
    terms = lexicon.table.sort_values(["term", "kind", "occupation_code"]).to_csv(index=False)
    return hashlib.sha256(terms.encode()).hexdigest()


def _chosen(finder: CandidateFinder, candidates: Candidates, labels: list[str]) -> np.ndarray:
    """Row of the labelled code in each set, or of none of them where it is not a candidate."""
    index, sets = finder.index, candidates.sets
    wanted = np.array([index.position.get(label, index.outside) for label in labels])
    ends = np.append(sets.starts[1:], len(candidates.codes))
    is_label = candidates.codes == wanted[sets.owner]
    rows = ends - 1  # none of the occupations comes last
    rows[sets.owner[is_label]] = np.flatnonzero(is_label)
    return rows


def main(arguments: list[str]) -> None:
    """Fit, record and write weights and arrays beside this module."""
    labels, postings = (Path(argument) for argument in arguments)
    representative = read_labelled(labels, postings).assign(drawn=REPRESENTATIVE)
    own = with_texts(reference_table("hand_codes").frame(), postings)
    labelled = with_own_codes(representative, own)
    lexicon = Lexicon.load()
    vectors = examples(lexicon, labelled)
    folds = out_of_fold(lexicon, labelled, vectors)
    weights = dict(zip(FEATURES, _weights(folds).round(6).tolist(), strict=True))
    record = {"weights": weights, "training": training_record(lexicon, labelled, folds)}
    folder = Path(__file__).parent
    vectors.experts().save(folder / EXPERTS_FILE)
    similarity_of(lexicon, Segmenter()).save(folder / SIMILARITY_FILE)
    vectors.save(folder / VECTORS_FILE)
    (folder / WEIGHTS_FILE).write_text(
        json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    sys.stdout.write(json.dumps(record["training"], indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
