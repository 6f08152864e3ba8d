"""Which postings are asked about, and the store of what was answered."""

import json
import os
import random
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import ConfigurationError, ContractError, InputError, MissingFileError
from data.manifest import hash_file
from data.tables import REVIEWS
from nlp import review_store
from nlp.review import EXCERPT_CHARACTERS, ReviewParameters, choose_for_review
from nlp.review_store import add_reviews, read_reviews

PROPOSED_BY = {"coder": "a1", "taxonomy": "2022"}
LONG = "负责设备操作与维护。" * 60


def vacancies(*rows: tuple[str, str, str, float, str, float]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Vacancies and their codes from (id, title, description, openings, code, probability)."""
    names = ["posting_id", "title", "description", "openings", "occupation_code", "probability"]
    table = pd.DataFrame(rows, columns=names)
    coded = table[["posting_id", "occupation_code", "probability"]].assign(
        level="none", alternatives=table["occupation_code"] + ":0.5000"
    )
    plain = table[["posting_id", "title", "description", "openings"]].assign(
        quarter="2026Q4", category="技工", industry="制造", employer="甲公司"
    )
    return plain, coded


WELDER, COOK, SELLER = "6-18-02-04", "4-03-02-01", "4-01-02-01"
MARKET = (
    ("e", "电焊工", "", 10.0, WELDER, 0.9),  # 1 misallocated
    ("d", "销售", "待遇好", 40.0, SELLER, 0.5),  # 20
    ("c", "普工", "流水线", 30.0, WELDER, 0.2),  # 24, with b 32
    ("b", "普工", "流水线", 10.0, WELDER, 0.2),
    ("a", "厨师", "", 20.0, COOK, 0.0),  # 20
)


def chosen_ids(*args: object, **kwargs: object) -> list[str]:
    return choose_for_review(*vacancies(*MARKET), *args, **kwargs)["posting_id"].tolist()  # type: ignore[arg-type]


def test_the_most_misallocated_openings_come_first_and_ties_go_by_identifier() -> None:
    assert chosen_ids() == ["b", "a", "d", "e"]


def test_equal_texts_stand_once_with_the_openings_of_all() -> None:
    first = choose_for_review(*vacancies(*MARKET)).iloc[0]
    assert (first["posting_id"], first["openings"], first["postings"]) == ("b", 40.0, 2)
    assert first["misallocated_openings"] == pytest.approx(32.0)


def test_texts_that_differ_beyond_what_a_reviewer_sees_are_one() -> None:
    rows = [(i, "普工", LONG + i, 5.0, WELDER, 0.1) for i in "ab"]
    chosen = choose_for_review(*vacancies(*rows))
    assert chosen["openings"].tolist() == [10.0]
    assert len(chosen.loc[0, "description"]) == EXCERPT_CHARACTERS


def test_one_occupation_does_not_fill_the_list() -> None:
    assert chosen_ids(ReviewParameters(of_one_occupation=1)) == ["b", "a", "d"]
    assert chosen_ids(ReviewParameters(rows=2)) == ["b", "a"]


def test_what_was_reviewed_is_not_asked_again_nor_are_its_twins() -> None:
    by_identifier = REVIEWS.empty()
    by_identifier.loc[0, ["posting_id", "title", "description"]] = ["c", "other words", "now"]
    assert chosen_ids(reviewed=by_identifier) == ["a", "d", "e"]
    by_text = REVIEWS.empty()
    by_text.loc[0, ["posting_id", "title", "description"]] = ["elsewhere", "厨师", None]
    assert chosen_ids(reviewed=by_text) == ["b", "d", "e"]


def test_only_the_quarter_named_is_asked_about_but_all_impute() -> None:
    plain, coded = vacancies(*MARKET)
    plain.loc[plain["posting_id"] == "a", "quarter"] = "2026Q3"
    plain.loc[plain["posting_id"] == "e", "openings"] = None
    chosen = choose_for_review(plain, coded, ReviewParameters(quarter="2026Q4"))
    assert chosen["posting_id"].tolist() == ["b", "d", "e"]
    # The mean of 40, 30, 10 and 20 where a headcount is not stated, those above a quantile cut.
    assert 20 < chosen.loc[2, "openings"] <= 25


@given(st.randoms(use_true_random=False))
def test_the_choice_does_not_depend_on_the_order_of_the_rows(order: random.Random) -> None:
    shuffled = list(MARKET)
    order.shuffle(shuffled)
    expected = choose_for_review(*vacancies(*MARKET))
    pd.testing.assert_frame_equal(choose_for_review(*vacancies(*shuffled)), expected)


@pytest.mark.parametrize("name", ["rows", "of_one_occupation", "alternatives"])
def test_numbers_below_one_are_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        ReviewParameters(**{name: 0})


# -- the store -------------------------------------------------------------------------------


def answers(**codes: str) -> pd.DataFrame:
    frame = REVIEWS.empty().drop(columns="version")
    for at, (identifier, code) in enumerate(codes.items()):
        frame.loc[at, ["posting_id", "title", "occupation_code"]] = [identifier, "普工", code]
    return frame


def add(folder: Path, frame: pd.DataFrame) -> review_store.StoredVersion:
    return add_reviews(folder, frame, proposed_by=PROPOSED_BY, workbook_sha256="f" * 64)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "reviews"
    add(folder, answers(a=WELDER, b="6"))
    add(folder, answers(a=COOK, c="X"))
    add(folder, answers(d=SELLER))
    return folder


def test_a_later_answer_replaces_the_earlier(store: Path) -> None:
    read = read_reviews(store).set_index("posting_id")
    assert read["occupation_code"].to_dict() == {"a": COOK, "b": "6", "c": "X", "d": SELLER}
    assert read["version"].to_dict() == {"a": 2, "b": 1, "c": 2, "d": 3}


def test_each_version_names_the_one_before_and_who_proposed(store: Path) -> None:
    records = [json.loads((store / f"000{n}.json").read_text("utf-8")) for n in (1, 2, 3)]
    assert [record["rows"] for record in records] == [2, 2, 1]
    assert [record["previous_sha256"] for record in records] == [
        None, hash_file(store / "0001.json"), hash_file(store / "0002.json"),
    ]  # fmt: skip
    assert records[1]["sha256"] == hash_file(store / "0002.csv")
    assert records[1]["proposed_by"] == PROPOSED_BY
    assert sorted(path.name for path in store.iterdir()) == [
        f"000{n}.{ending}" for n in (1, 2, 3) for ending in ("csv", "json")
    ]  # fmt: skip


def test_answers_that_are_held_are_refused_with_their_version(store: Path) -> None:
    with pytest.raises(InputError, match=r"all 2 answers already \(2: 0002.csv, 0003.csv\)"):
        add(store, answers(a=COOK, d=SELLER))
    assert not (store / "0004.csv").exists()


def test_only_new_or_changed_answers_make_a_version(store: Path) -> None:
    # The answer for a of version 1 was replaced by version 2: to give it again is a change.
    assert add(store, answers(a=WELDER, b="6", e="X")) == (4, 2, 1)
    assert read_reviews(store)["version"].tolist() == [4, 1, 2, 3, 4]


@pytest.mark.parametrize("name", [f"000{n}.{e}" for n in (1, 2) for e in ("csv", "json")])
def test_a_changed_or_missing_file_is_named(store: Path, name: str) -> None:
    path = store / name
    path.write_text(path.read_text("utf-8").replace("1", "2"), "utf-8")
    with pytest.raises(InputError, match=f"broken .*{name}"):
        read_reviews(store)
    path.unlink()
    with pytest.raises(InputError, match=f"broken .*{name} is missing"):
        read_reviews(store)


def test_an_exchanged_version_is_found(store: Path) -> None:
    other = store.with_name("other")
    add(other, answers(z="6"))
    add(other, answers(y="6"))
    for name in ("0002.csv", "0002.json"):
        (store / name).write_bytes((other / name).read_bytes())
    with pytest.raises(InputError, match=r"0002.json does not follow"):
        read_reviews(store)


def test_nothing_is_half_written(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def full(source: Path, target: Path) -> None:
        if target.suffix == ".json":
            raise OSError(28, "No space left on device")
        link(source, target)

    before = read_reviews(store)
    monkeypatch.setattr(os, "link", full)
    with pytest.raises(OSError, match="No space"):
        add(store, answers(e="6"))
    assert len(list(store.iterdir())) == 6
    pd.testing.assert_frame_equal(read_reviews(store), before)


def test_a_version_is_never_overwritten(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = hash_file(store / "0003.csv")
    # Another import wrote version 3 after this one had looked.
    verified = review_store._verified(store)
    monkeypatch.setattr(review_store, "_verified", lambda folder: verified[:2])
    with pytest.raises(InputError, match="0003 was written by another import"):
        add(store, answers(e="6"))
    assert hash_file(store / "0003.csv") == held


@pytest.mark.parametrize("title", ["=1+1", "+86", "-", "@SUM(A1)", "'=1", "null", "\"a\",'b'"])
def test_texts_come_back_as_they_were_and_are_no_formula(tmp_path: Path, title: str) -> None:
    add(tmp_path / "s", answers(a=WELDER).assign(title=title))
    assert read_reviews(tmp_path / "s").loc[0, "title"] == title
    cell = pd.read_csv(tmp_path / "s" / "0001.csv", dtype=str, keep_default_na=False)["title"][0]
    assert not cell.startswith(("=", "+", "-", "@"))


def test_a_broken_row_is_refused_and_an_empty_store_is_one(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="no store of reviews"):
        read_reviews(tmp_path / "none")
    with pytest.raises(ContractError, match="6-1"):
        add(tmp_path / "s", answers(a="6-1"))
    assert not (tmp_path / "s").exists()
    assert read_reviews(tmp_path).empty
