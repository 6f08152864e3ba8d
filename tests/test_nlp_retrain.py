"""A clone learns from its reviews without the texts that the product was fitted to."""

from pathlib import Path

import pandas as pd
import pytest

from data.errors import EmptyInputError
from data.tables import REVIEWS
from nlp import Coder
from nlp.coder import load_weights
from nlp.retrain import retrain, shipped_examples, write_model

STOCKBREEDER = "5-03-02-01"
TEXT = "照看栏舍蓝盒子，按时取琼浆"


def _reviews(codes: list[str]) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "posting_id": [f"r{i}" for i in range(len(codes))],
            "title": [f"琼浆守望者{i}" for i in range(len(codes))],
            "description": TEXT,
            "occupation_code": codes,
            "version": 1,
        }
    )
    return REVIEWS.check(rows.reindex(columns=REVIEWS.names))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("coder") / "mine"
    reviews = _reviews([STOCKBREEDER] * 6)
    write_model(retrain(reviews), reviews, folder)
    return folder


def test_words_that_only_the_reviews_know_lead_to_their_code(model: Path) -> None:
    posting = pd.DataFrame({"posting_id": ["x"], "title": ["琼浆守望者"], "description": [TEXT]})
    assert Coder.load(model=model).code(posting).coded["occupation_code"].item() == STOCKBREEDER
    assert Coder.load().code(posting).coded["occupation_code"].item() != STOCKBREEDER


def test_other_postings_are_coded_as_before(model: Path) -> None:
    titles = ["电焊工", "会计", "java开发工程师", "网约配送员", "房地产经纪人"]
    postings = pd.DataFrame({"posting_id": titles, "title": titles})
    before, after = (c.code(postings).coded for c in (Coder.load(), Coder.load(model=model)))
    assert after["occupation_code"].tolist() == before["occupation_code"].tolist()


def test_the_record_names_the_reviews_and_claims_no_accuracy(model: Path) -> None:
    record = load_weights(model)["training"]
    assert record["reviews"] == 6
    assert "cross_validated" not in record
    assert record["labels_sha256"] == load_weights()["training"]["labels_sha256"]


def test_shipped_examples_are_vectors_of_unit_length_by_field() -> None:
    examples = shipped_examples()
    assert examples.rows.shape[0] == len(examples.codes) == len(set(examples.identifiers))
    assert examples.rows.data.max() <= 1.001


def test_reviews_without_an_occupation_train_nothing() -> None:
    with pytest.raises(EmptyInputError, match="no review names an occupation"):
        retrain(_reviews(["X", "X"]))
