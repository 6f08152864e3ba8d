"""Fitting the coder: what the labels say decides, and the same labels give the same weights."""

import json
from pathlib import Path

import pandas as pd
import pytest

from data.reference import load_occupations
from nlp.candidates import FEATURES
from nlp.coder import Coder
from nlp.lexicon import Lexicon
from nlp.train import (
    FittedCoder,
    cross_validate,
    fit_coder,
    lexicon_hash,
    read_labelled,
    training_record,
)

CODES = {
    "电工": "6-31-01-03", "焊工": "6-18-02-04", "钳工": "6-20-01-01", "车工": "6-18-01-01",
    "会计": "2-06-03-00", "律师": "2-07-04-00", "厨师": "4-03-02-01", "保安": "4-07-05-01",
    "护理员": "4-10-01-05", "收银员": "4-01-02-04",
}  # fmt: skip
PLACES = ("渝北", "万州", "涪陵", "江津", "永川", "合川", "大足", "铜梁")


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    rows = [(term, code, "title", "") for term, code in CODES.items()]
    return Lexicon(pd.DataFrame(rows, columns=["term", "occupation_code", "kind", "also_right"]))


def _labelled(*, first_counts: bool = True) -> pd.DataFrame:
    """Titles that name two jobs; the first of them, or the second, is the right one."""
    pairs = [(one, other) for one in CODES for other in CODES if one != other]
    rows = [
        {
            "posting_id": f"{place}{one}{other}",
            "title": f"{place}{one}/{other}",
            "description": "",
            "category": "",
            "occupation_code": CODES[one if first_counts else other],
            "also_right_1": "",
            "also_right_2": "",
        }
        for place, (one, other) in zip(PLACES * 20, pairs, strict=False)
    ]
    return pd.DataFrame(rows)


def _coded(lexicon: Lexicon, fitted: FittedCoder, labelled: pd.DataFrame) -> pd.Series:
    coder = Coder(lexicon, fitted.weights, hand_coded=fitted.hand_coded)
    return coder.code(labelled).coded["occupation_code"]


@pytest.mark.parametrize("first_counts", [True, False])
def test_what_the_labels_follow_is_learned(lexicon: Lexicon, first_counts: bool) -> None:
    labelled = _labelled(first_counts=first_counts)
    fitted = fit_coder(lexicon, labelled)
    assert (fitted.weights["in_first_segment"] > 0) == first_counts
    assert (_coded(lexicon, fitted, labelled) == labelled["occupation_code"]).mean() > 0.95


def test_labels_outside_the_candidates_teach_the_outside_candidate(lexicon: Lexicon) -> None:
    labelled = _labelled()
    # Codes that occur once each, so that no other hand-coded posting can name them.
    once = [code for code in load_occupations().units if code not in CODES.values()]
    elsewhere = labelled.assign(occupation_code=once[: len(labelled)])
    fitted = fit_coder(lexicon, elsewhere)
    assert fitted.weights["outside"] > fit_coder(lexicon, labelled).weights["outside"]
    result = Coder(lexicon, fitted.weights).code(labelled)
    outside = result.distribution[result.distribution["occupation_code"].isna()]
    assert outside["probability"].mean() > 0.9


def test_the_same_labels_give_the_same_weights(lexicon: Lexicon) -> None:
    labelled = _labelled()
    first = fit_coder(lexicon, labelled).weights
    assert tuple(first) == FEATURES
    assert fit_coder(lexicon, labelled).weights == first
    shuffled = fit_coder(lexicon, labelled.sample(frac=1, random_state=4)).weights
    assert shuffled == pytest.approx(first, abs=0.01)


def test_cross_validation_recovers_the_rule(lexicon: Lexicon) -> None:
    measured = cross_validate(lexicon, _labelled())
    assert measured["postings"] == len(_labelled())
    assert measured["top_1"] > 0.95


def test_record_changes_with_the_labels_and_not_with_their_order(
    lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What cross-validation measures has its own test and takes ten fits.
    monkeypatch.setattr("nlp.train.cross_validate", lambda *_: pd.Series({"top_1": 0.5}))
    labelled = _labelled()
    record = training_record(lexicon, labelled)
    assert record["labelled_postings"] == len(labelled)
    assert record["lexicon_sha256"] == lexicon_hash(lexicon)
    json.dumps(record)
    shuffled = labelled.sample(frac=1, random_state=1)
    assert training_record(lexicon, shuffled)["labels_sha256"] == record["labels_sha256"]
    relabelled = labelled.assign(occupation_code="6-20-01-01")
    assert training_record(lexicon, relabelled)["labels_sha256"] != record["labels_sha256"]


def test_lexicon_hash_sees_content_and_not_order(lexicon: Lexicon) -> None:
    assert lexicon_hash(Lexicon(lexicon.table[::-1])) == lexicon_hash(lexicon)
    changed = lexicon.table.assign(also_right=["6-20-01-01", *lexicon.table["also_right"][1:]])
    assert lexicon_hash(Lexicon(changed)) != lexicon_hash(lexicon)


def test_labelled_postings_are_read_with_normalised_texts(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text(
        "posting_id,source,title,occupation_code,also_right_1,also_right_2\n"
        "b,board,电工,6-31-01-03,,\n",
        encoding="utf-8",
    )
    postings = tmp_path / "postings.parquet"
    pd.DataFrame(
        {
            "id": ["a", "b"],
            "title": ["焊工", "急招 电 工"],
            "description": ["无", "维修&amp;保养<br/>电机"],
            "category_raw": [None, "技工／电工"],
        }
    ).to_parquet(postings)
    row = read_labelled(labels, postings).iloc[0]
    assert row[["posting_id", "title", "description", "category"]].tolist() == [
        "b", "急招电工", "维修&保养 电机", "技工/电工",
    ]  # fmt: skip
