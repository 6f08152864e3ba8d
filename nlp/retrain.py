"""Fit the coder anew with a user's own reviews.

The product ships what it was fitted to as vectors without texts, so a clone needs no more than
its reviews: their postings join the examples, and the linear scores are fitted to all of them.
The weights of the features stay as they are: a few hundred reviews, drawn where the coder was
unsure, do not stand for postings at large.
"""

import hashlib
import json
from pathlib import Path

import pandas as pd

from data.errors import EmptyInputError
from data.reference import load_occupations

from .coded_vectors import VECTORS_FILE, CodedVectors
from .coder import EXPERTS_FILE, WEIGHTS_FILE, load_weights, shipped_model
from .expert_scores import ExpertScores
from .segment import Segmenter


def retrain(reviews: pd.DataFrame) -> ExpertScores:
    """Linear scores fitted to the product's examples and to reviews.

    Parameters
    ----------
    reviews : pandas.DataFrame
        Contract `data.tables.REVIEWS`; an answer replaces the product's for the same posting.

    Raises
    ------
    EmptyInputError
        When no review names an occupation.
    """
    named = reviews[reviews["occupation_code"].isin(load_occupations().groups)]
    if named.empty:
        raise EmptyInputError(
            "no review names an occupation",
            got=f"{len(reviews)} reviews",
            action="review postings first: `jinque review export`, then `jinque review import`",
        )
    shipped = shipped_examples()
    return shipped.with_coded(named, Segmenter()).experts()


def shipped_examples() -> CodedVectors:
    """The coded postings that the product ships, as vectors."""
    folder = shipped_model()
    vectors = ExpertScores.load(folder / EXPERTS_FILE).vectors
    return CodedVectors.load(folder / VECTORS_FILE, vectors)


def write_model(experts: ExpertScores, reviews: pd.DataFrame, folder: Path) -> None:
    """Write what `Coder.load` reads, with a record of what it was fitted to."""
    record = load_weights()
    answers = "\n".join(sorted(reviews["posting_id"] + " " + reviews["occupation_code"]))
    record["training"]["reviews"] = len(reviews)
    record["training"]["reviews_sha256"] = hashlib.sha256(answers.encode()).hexdigest()
    # What the product's coder reached out of sample says nothing of this one.
    record["training"].pop("cross_validated", None)
    folder.mkdir(parents=True, exist_ok=True)
    experts.save(folder / EXPERTS_FILE)
    text = json.dumps(record, indent=1, ensure_ascii=False)
    (folder / WEIGHTS_FILE).write_text(text + "\n", encoding="utf-8")
