"""Fitting the coder: what the labels say decides, and the same labels give the same weights."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.reference import load_occupations
from nlp.candidates import FEATURES
from nlp.coded_vectors import CodedVectors
from nlp.coder import Coder
from nlp.evaluate import evaluate_coding
from nlp.lexicon import Lexicon
from nlp.segment import Segmenter
from nlp.train import (
    LEXICON_MARK,
    REPRESENTATIVE,
    FittedCoder,
    Fold,
    cross_validate,
    fit_coder,
    lexicon_hash,
    out_of_fold,
    read_labelled,
    training_record,
    with_own_codes,
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
            "industry": "",
            "employer": "",
            "occupation_code": CODES[one if first_counts else other],
            "drawn": REPRESENTATIVE,
            "also_right_1": "",
            "also_right_2": "",
        }
        for place, (one, other) in zip(PLACES * 20, pairs, strict=False)
    ]
    return pd.DataFrame(rows)


def _folds(lexicon: Lexicon, labelled: pd.DataFrame) -> list[Fold]:
    known = labelled[labelled["occupation_code"].isin(load_occupations().groups)]
    return out_of_fold(lexicon, labelled, CodedVectors.of(known, Segmenter()))


@pytest.fixture(scope="module")
def fitted(lexicon: Lexicon) -> FittedCoder:
    return fit_coder(lexicon, _labelled())


@pytest.fixture(scope="module")
def folds(lexicon: Lexicon) -> list[Fold]:
    return _folds(lexicon, _labelled())


def _coded(lexicon: Lexicon, fitted: FittedCoder, labelled: pd.DataFrame) -> pd.Series:
    coder = Coder(lexicon, fitted.weights, experts=fitted.experts)
    return coder.code(labelled).coded["occupation_code"]


@pytest.mark.parametrize("first_counts", [True, False])
def test_what_the_labels_follow_is_learned(lexicon: Lexicon, first_counts: bool) -> None:
    labelled = _labelled(first_counts=first_counts)
    fitted = fit_coder(lexicon, labelled)
    assert (fitted.weights["in_first_segment"] > 0) == first_counts
    assert (_coded(lexicon, fitted, labelled) == labelled["occupation_code"]).mean() > 0.95


def test_what_only_experts_know_is_learned(lexicon: Lexicon) -> None:
    """No term names these jobs; what experts said of other employers' postings does."""
    labelled = _labelled()
    words = ("钻孔", "焊缝", "装配", "切削", "记账", "诉讼", "炒菜", "巡逻", "喂饭", "收款")
    duties = dict(zip(CODES.values(), words, strict=True))
    titles = [f"{place}{i}部门" for i, place in enumerate(PLACES * 20)][: len(labelled)]
    silent = labelled.assign(
        title=titles, description=labelled["occupation_code"].map(lambda code: duties[code] * 3)
    )
    fitted = fit_coder(lexicon, silent)
    assert fitted.weights["experts_unit"] > 0
    assert (_coded(lexicon, fitted, silent) == silent["occupation_code"]).mean() > 0.95
    without = Coder(lexicon, fitted.weights).code(silent).coded["occupation_code"]
    assert (without == silent["occupation_code"]).mean() < 0.2


def test_labels_outside_the_candidates_teach_the_outside_candidate(
    lexicon: Lexicon, fitted: FittedCoder
) -> None:
    labelled = _labelled()
    # Codes that occur once each, so that no other hand-coded posting can name them.
    once = [code for code in load_occupations().units if code not in CODES.values()]
    elsewhere = labelled.assign(occupation_code=once[: len(labelled)])
    others = [
        labelled.assign(posting_id=f"{i}" + labelled["posting_id"], drawn="unsure")
        for i in range(2)
    ]
    of_elsewhere = fit_coder(lexicon, pd.concat([elsewhere, *others], ignore_index=True))
    assert of_elsewhere.weights["outside"] > fitted.weights["outside"]
    result = Coder(lexicon, of_elsewhere.weights).code(labelled)
    outside = result.distribution[result.distribution["occupation_code"].isna()]
    assert outside["probability"].mean() > 0.9


def test_the_same_labels_give_the_same_weights(lexicon: Lexicon, fitted: FittedCoder) -> None:
    labelled = _labelled()
    assert tuple(fitted.weights) == FEATURES
    again = fit_coder(lexicon, labelled)
    assert again.weights == fitted.weights
    for level, linear in fitted.experts.scores.items():
        np.testing.assert_array_equal(again.experts.scores[level].intercepts, linear.intercepts)
        assert abs(again.experts.scores[level].weights - linear.weights).max() == 0
    shuffled = fit_coder(lexicon, labelled.sample(frac=1, random_state=4))
    assert shuffled.weights == pytest.approx(fitted.weights, abs=0.01)


def _postings(fitted: FittedCoder) -> list[str]:
    return [each for each in fitted.vectors.identifiers if not each.startswith(LEXICON_MARK)]


def test_weights_are_those_of_representative_postings(
    lexicon: Lexicon, fitted: FittedCoder
) -> None:
    """Postings drawn where coding is hard are examples for the experts and no more."""
    against = _labelled(first_counts=False)
    hard = against.assign(posting_id="hard" + against["posting_id"], drawn="unsure")
    both = fit_coder(lexicon, pd.concat([_labelled(), hard], ignore_index=True))
    assert both.weights["in_first_segment"] > 0
    assert len(_postings(both)) == 2 * len(_postings(fitted))


def test_postings_of_no_occupation_are_no_examples(lexicon: Lexicon) -> None:
    labelled = _labelled()
    labelled.loc[:9, "occupation_code"] = "X"
    fitted = fit_coder(lexicon, labelled)
    assert "X" not in fitted.experts.scores["unit"].codes
    assert sorted(_postings(fitted)) == sorted(labelled["posting_id"].iloc[10:])


def test_occupations_with_few_postings_are_taught_by_the_lexicon_too(
    lexicon: Lexicon, fitted: FittedCoder
) -> None:
    made = set(fitted.vectors.identifiers) - set(_postings(fitted))
    codes = dict(zip(fitted.vectors.identifiers, fitted.vectors.codes, strict=True))
    assert made
    assert {codes[each] for each in made} <= set(lexicon.table["occupation_code"])


def test_every_posting_is_held_out_once_and_with_its_like(lexicon: Lexicon) -> None:
    labelled = pd.concat([_labelled(), _labelled()], ignore_index=True)
    labelled["posting_id"] += np.where(labelled.index < len(labelled) // 2, "a", "b")
    labelled["title"] = np.where(labelled.index % 3 == 0, "急招", "") + labelled["title"]
    fold_of = {
        identifier: place
        for place, fold in enumerate(_folds(lexicon, labelled))
        for identifier in fold.identifiers
    }
    assert sorted(fold_of) == sorted(labelled["posting_id"])
    assert len(set(fold_of.values())) > 1
    names = {identifier[:-1] for identifier in fold_of}
    assert all(fold_of[f"{name}a"] == fold_of[f"{name}b"] for name in names)


def test_the_chosen_candidate_is_the_labelled_one(folds: list[Fold], lexicon: Lexicon) -> None:
    index = Coder(lexicon, dict.fromkeys(FEATURES, 0.0)).finder.index
    labels = _labelled().set_index("posting_id")["occupation_code"]
    for fold in folds:
        chosen = [index.codes[place] for place in fold.candidates.codes[fold.chosen]]
        assert chosen == labels[fold.identifiers].tolist()
        owner = fold.candidates.sets.owner[fold.chosen]
        assert owner.tolist() == list(range(len(fold.identifiers)))


def test_cross_validation_recovers_the_rule(folds: list[Fold]) -> None:
    result = cross_validate(folds)
    assert sorted(result.coded["posting_id"]) == sorted(_labelled()["posting_id"])
    measured = evaluate_coding(result, _labelled())
    assert measured["postings"] == len(_labelled())
    assert measured["top_1"] > 0.95


def test_cross_validation_knows_nothing_of_what_is_held_out(lexicon: Lexicon) -> None:
    """Codes given at random, by titles that name no job: no better than chance out of sample."""
    labelled = _labelled()
    codes = np.random.default_rng(2).choice(list(CODES.values()), len(labelled))
    titles = [f"{place}{i}部门" for i, place in enumerate(PLACES * 20)][: len(labelled)]
    silent = labelled.assign(title=titles, occupation_code=codes)
    result = cross_validate(_folds(lexicon, silent))
    assert evaluate_coding(result, silent)["top_1"] < 0.35


def test_record_changes_with_the_labels_and_not_with_their_order(
    lexicon: Lexicon, folds: list[Fold]
) -> None:
    labelled = _labelled()
    record = training_record(lexicon, labelled, folds)
    assert record["labelled_postings"] == record["representative_postings"] == len(labelled)
    assert record["lexicon_sha256"] == lexicon_hash(lexicon)
    assert record["cross_validated"]["top_1"] > 0.95
    json.dumps(record)
    shuffled = labelled.sample(frac=1, random_state=1)
    assert training_record(lexicon, shuffled, folds)["labels_sha256"] == record["labels_sha256"]
    relabelled = labelled.assign(occupation_code="6-20-01-01")
    again = training_record(lexicon, relabelled, folds)
    assert again["labels_sha256"] != record["labels_sha256"]
    hard = labelled.assign(drawn=[*["unsure"] * 7, *labelled["drawn"][7:]])
    of_hard = training_record(lexicon, hard, folds)
    assert of_hard["representative_postings"] == len(labelled) - 7
    assert of_hard["labelled_postings"] == len(labelled)


def test_lexicon_hash_sees_content_and_not_order(lexicon: Lexicon) -> None:
    assert lexicon_hash(Lexicon(lexicon.table[::-1])) == lexicon_hash(lexicon)
    changed = lexicon.table.assign(also_right=["6-20-01-01", *lexicon.table["also_right"][1:]])
    assert lexicon_hash(Lexicon(changed)) != lexicon_hash(lexicon)


def test_own_codes_replace_those_of_the_same_postings() -> None:
    labelled = pd.DataFrame({"posting_id": ["a", "b"], "occupation_code": ["6", "2"]})
    own = pd.DataFrame({"posting_id": ["c", "b"], "occupation_code": ["1", "4"]})
    both = with_own_codes(labelled, own).set_index("posting_id")["occupation_code"]
    assert both.to_dict() == {"a": "6", "b": "4", "c": "1"}
    assert both.index.is_unique


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
            "source": ["示例网", "示例网"],
            "title": ["焊工", "急招 电 工"],
            "description": ["无", "维修&amp;保养<br/>电机"],
            "category_raw": [None, "技工／电工"],
            "industry_raw": [None, "机械／设备"],
            "company": [None, "示例机械Ａ厂 13812345678"],
        }
    ).to_parquet(postings)
    row = read_labelled(labels, postings).iloc[0]
    assert row[["posting_id", "title", "description", "category", "industry"]].tolist() == [
        "b", "急招电工", "维修&保养 电机", "技工/电工", "机械/设备",
    ]  # fmt: skip
    assert row["source"] == "示例网"
    assert row["employer"].startswith("示例机械A厂")
    assert "13812345678" not in row["employer"]
