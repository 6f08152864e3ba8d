"""Fit the coder's weights to hand-coded postings: ``python -m nlp.train LABELS POSTINGS``.

LABELS is a csv of hand codes, POSTINGS the parquet file that holds their texts.  What is written
are twenty weights and a record of what they were fitted to; no text of a posting leaves its file.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold

from .candidates import FEATURES, OUTSIDE, CandidateFinder, Candidates
from .choice import ChoiceSets, fit_weights
from .coder import WEIGHTS_FILE, Coder, CodingResult, _texts
from .evaluate import evaluate_coding
from .lexicon import Lexicon
from .normalise import TITLE_LIMIT, normalise
from .segment import Segmenter
from .titles import parse_title

FOLDS = 5


def fit_coder(lexicon: Lexicon, labelled: pd.DataFrame) -> dict[str, float]:
    """Weights of the conditional logit, fitted to labelled postings.

    Parameters
    ----------
    lexicon : Lexicon
    labelled : pandas.DataFrame
        Columns ``title``, ``description``, ``category`` (normalised) and ``occupation_code``.

    Returns
    -------
    dict of str to float
        Weight of each of `nlp.candidates.FEATURES`.
    """
    candidates = CandidateFinder(lexicon, Segmenter()).find(_texts(labelled))
    chosen = _chosen(candidates, labelled["occupation_code"].tolist())
    weights = fit_weights(candidates.sets, chosen)
    return dict(zip(FEATURES, weights.round(6).tolist(), strict=True))


def cross_validate(lexicon: Lexicon, labelled: pd.DataFrame) -> pd.Series:
    """Accuracy on postings whose titles, slogans aside, were in no other fold."""
    groups = labelled["title"].map(lambda title: " ".join(parse_title(title).segments))
    coded, distributions = [], []
    for fitted, held_out in GroupKFold(FOLDS).split(labelled, groups=groups):
        coder = Coder(lexicon, fit_coder(lexicon, labelled.iloc[fitted]))
        result = coder.code(labelled.iloc[held_out])
        coded.append(result.coded)
        distributions.append(result.distribution)
    return evaluate_coding(CodingResult(pd.concat(coded), pd.concat(distributions)), labelled)


def read_labelled(labels: Path, postings: Path) -> pd.DataFrame:
    """Hand codes with the texts of their postings, normalised."""
    coded = pd.read_csv(labels, dtype=str, keep_default_na=False).drop(columns="title")
    texts = pd.read_parquet(postings, columns=["id", "title", "description", "category_raw"])
    texts = texts.rename(columns={"id": "posting_id", "category_raw": "category"})
    rows = coded.merge(texts, on="posting_id", validate="one_to_one")
    rows["title"] = [normalise(text, TITLE_LIMIT) for text in rows["title"]]
    rows["category"] = [normalise(text, TITLE_LIMIT) for text in rows["category"]]
    rows["description"] = [normalise(text) for text in rows["description"]]
    return rows


def training_record(lexicon: Lexicon, labelled: pd.DataFrame) -> dict[str, Any]:
    """What the weights were fitted to, by hashes, and what they reach out of sample."""
    identifiers = "\n".join(sorted(labelled["posting_id"] + " " + labelled["occupation_code"]))
    return {
        "labelled_postings": len(labelled),
        "labels_sha256": hashlib.sha256(identifiers.encode()).hexdigest(),
        "lexicon_sha256": lexicon_hash(lexicon),
        "cross_validated": cross_validate(lexicon, labelled).round(4).to_dict(),
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
    """Fit, record and write the weights beside this module."""
    labelled = read_labelled(Path(arguments[0]), Path(arguments[1]))
    lexicon = Lexicon.load()
    record = {
        "weights": fit_coder(lexicon, labelled),
        "training": training_record(lexicon, labelled),
    }
    target = Path(__file__).with_name(WEIGHTS_FILE)
    target.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(record["training"], indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
