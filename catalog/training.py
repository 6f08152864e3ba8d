"""Fit the coder to a store of reviews."""

import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from data.errors import ConfigurationError
from nlp.retrain import retrain, shipped_examples, write_model
from nlp.review_store import read_reviews


class TrainedCoder(NamedTuple):
    """What a coder was fitted to: coded postings in all, and reviews among them."""

    examples: int
    reviews: int


def train_coder(reviews: Path, out: Path) -> TrainedCoder:
    """Fit the coder to the product's examples and to reviews.

    Parameters
    ----------
    reviews : pathlib.Path
        Store of reviews.
    out : pathlib.Path
        Folder to write; appears whole or not at all.

    Raises
    ------
    ConfigurationError
        When the folder is there already: a release may depend on the coder in it.
    InputError
        When the store is broken, or no review in it names an occupation.
    """
    if out.exists():
        raise ConfigurationError(
            "the folder for the coder is there already",
            which=[out.name],
            action="name another one: a release may depend on the coder in it",
        )
    answers = read_reviews(reviews)
    experts = retrain(answers)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".coder-") as folder:
        made = Path(folder) / out.name
        write_model(experts, answers, made)
        shutil.move(made, out)
    shipped = set(shipped_examples().identifiers)
    return TrainedCoder(len(shipped | set(answers["posting_id"])), len(answers))
