"""Fit the coder to hand-coded postings: ``python -m nlp.train LABELS POSTINGS``.

LABELS is a csv of hand codes, POSTINGS the parquet file that holds their texts.  The weights are
fitted to LABELS; the codes in `data/reference/hand_codes.csv`, drawn where the coder was unsure,
serve as further examples only.  What is written are the weights, hashed word counts of the coded
postings, and a record of what both were fitted to; no text of a posting leaves its file.
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

from .candidates import FEATURES, OUTSIDE, CandidateFinder, Candidates
from .choice import ChoiceSets, fit_weights
from .coder import HAND_CODED_FILE, WEIGHTS_FILE, Coder, CodingResult, _texts
from .evaluate import evaluate_coding
from .hand_coded import HandCodedSimilarity
from .lexicon import Lexicon
from .normalise import TITLE_LIMIT, normalise
from .segment import Segmenter
from .titles import parse_title

FOLDS = 5


class FittedCoder(NamedTuple):
    """What fitting gives: a weight for each feature, and the coded postings as arrays."""

    weights: dict[str, float]
    hand_coded: HandCodedSimilarity


def fit_coder(
    lexicon: Lexicon, labelled: pd.DataFrame, further: pd.DataFrame | None = None
) -> FittedCoder:
    """Fit the conditional logit to labelled postings.

    Every posting is compared with hand-coded ones of other titles only, as a new one will be.

    Parameters
    ----------
    lexicon : Lexicon
    labelled : pandas.DataFrame
        Columns ``title``, ``description``, ``category`` (normalised) and ``occupation_code``.
    further : pandas.DataFrame, optional
        More coded postings, for comparison only: the weights are not fitted to them.
    """
    segmenter = Segmenter()
    features, starts, chosen, rows = [], [], [], 0
    for fitted, held_out in _folds(labelled):
        alike = _compared(labelled.iloc[fitted], further, labelled.iloc[held_out], segmenter)
        finder = CandidateFinder(lexicon, segmenter, alike)
        candidates = finder.find(_texts(labelled.iloc[held_out]))
        labels = labelled["occupation_code"].iloc[held_out].tolist()
        features.append(candidates.sets.features)
        starts.append(candidates.sets.starts + rows)
        chosen.append(_chosen(candidates, labels) + rows)
        rows += len(candidates.codes)
    sets = ChoiceSets(np.vstack(features), np.concatenate(starts))
    weights = fit_weights(sets, np.concatenate(chosen))
    return FittedCoder(
        dict(zip(FEATURES, weights.round(6).tolist(), strict=True)),
        _compared(labelled, further, labelled.iloc[:0], segmenter),
    )


def cross_validate(
    lexicon: Lexicon, labelled: pd.DataFrame, further: pd.DataFrame | None = None
) -> pd.Series:
    """Accuracy on postings whose titles, slogans aside, were in no other fold."""
    coded, distributions = [], []
    for fitted, held_out in _folds(labelled):
        others = _without_titles_of(further, labelled.iloc[held_out])
        weights, hand_coded = fit_coder(lexicon, labelled.iloc[fitted], others)
        result = Coder(lexicon, weights, hand_coded=hand_coded).code(labelled.iloc[held_out])
        coded.append(result.coded)
        distributions.append(result.distribution)
    return evaluate_coding(CodingResult(pd.concat(coded), pd.concat(distributions)), labelled)


def _folds(labelled: pd.DataFrame) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Folds that keep like titles together."""
    groups = _bare_titles(labelled)
    folds = min(FOLDS, groups.nunique())
    yield from GroupKFold(folds).split(labelled, groups=groups)


def _bare_titles(labelled: pd.DataFrame) -> pd.Series:
    return labelled["title"].map(lambda title: " ".join(parse_title(title).segments))


def _without_titles_of(further: pd.DataFrame | None, held_out: pd.DataFrame) -> pd.DataFrame | None:
    if further is None:
        return None
    return further[~_bare_titles(further).isin(_bare_titles(held_out))]


def _compared(
    fitted: pd.DataFrame,
    further: pd.DataFrame | None,
    held_out: pd.DataFrame,
    segmenter: Segmenter,
) -> HandCodedSimilarity:
    """The coded postings to compare with: none of a held-out title, none without a code."""
    others = _without_titles_of(further, held_out)
    known = fitted if others is None else pd.concat([fitted, others])
    known = known[known["occupation_code"].isin(load_occupations().groups)]
    return HandCodedSimilarity.fit(_texts(known), known["occupation_code"].tolist(), segmenter)


def read_labelled(labels: Path, postings: Path) -> pd.DataFrame:
    """Hand codes with the texts of their postings, normalised."""
    coded = pd.read_csv(labels, dtype=str, keep_default_na=False)
    return with_texts(coded.drop(columns="title", errors="ignore"), postings)


def with_texts(coded: pd.DataFrame, postings: Path) -> pd.DataFrame:
    """Add the normalised texts of coded postings, for those that the file holds."""
    texts = pd.read_parquet(postings, columns=["id", "title", "description", "category_raw"])
    texts = texts.rename(columns={"id": "posting_id", "category_raw": "category"})
    rows = coded.merge(texts, on="posting_id", validate="one_to_one")
    rows["title"] = [normalise(text, TITLE_LIMIT) for text in rows["title"]]
    rows["category"] = [normalise(text, TITLE_LIMIT) for text in rows["category"]]
    rows["description"] = [normalise(text) for text in rows["description"]]
    return rows


def training_record(
    lexicon: Lexicon, labelled: pd.DataFrame, further: pd.DataFrame | None = None
) -> dict[str, Any]:
    """What the coder was fitted to, by hashes, and what it reaches out of sample."""
    used = labelled if further is None else pd.concat([labelled, further])
    identifiers = "\n".join(sorted(used["posting_id"] + " " + used["occupation_code"]))
    return {
        "labelled_postings": len(labelled),
        "further_postings": len(used) - len(labelled),
        "labels_sha256": hashlib.sha256(identifiers.encode()).hexdigest(),
        "lexicon_sha256": lexicon_hash(lexicon),
        "cross_validated": cross_validate(lexicon, labelled, further).round(4).to_dict(),
        "folds": FOLDS,
    }


def lexicon_hash(lexicon: Lexicon) -> str:
    """SHA-256 of the lexicon's rows, whatever their order in the file."""
    terms = lexicon.table.sort_values(["term", "kind", "occupation_code"]).to_csv(index=False)
    return hashlib.sha256(terms.encode()).hexdigest()


def _chosen(candidates: Candidates, labels: list[str]) -> np.ndarray:
    """Row of the labelled code in each set, or of `OUTSIDE` where it is not a candidate."""
    sets: ChoiceSets = candidates.sets
    ends = np.append(sets.starts[1:], len(candidates.codes))
    rows = []
    for label, start, end in zip(labels, sets.starts, ends, strict=True):
        codes = candidates.codes[start:end]
        rows.append(start + codes.index(label if label in codes else OUTSIDE))
    return np.asarray(rows)


def main(arguments: list[str]) -> None:
    """Fit, record and write weights and arrays beside this module."""
    labelled = read_labelled(Path(arguments[0]), Path(arguments[1]))
    further = with_texts(reference_table("hand_codes").frame(), Path(arguments[1]))
    lexicon = Lexicon.load()
    weights, hand_coded = fit_coder(lexicon, labelled, further)
    record = {"weights": weights, "training": training_record(lexicon, labelled, further)}
    hand_coded.save(Path(__file__).with_name(HAND_CODED_FILE))
    target = Path(__file__).with_name(WEIGHTS_FILE)
    target.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(record["training"], indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
