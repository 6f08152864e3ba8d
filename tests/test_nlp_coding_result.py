"""From probabilities of candidates to frames: sums, order, and the level that is sure, by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.tables import CODED_POSTINGS
from nlp.code_index import OUTSIDE, code_index
from nlp.coding_result import (
    NO_LEVEL,
    CodingParameters,
    CodingResult,
    Distribution,
    best_first,
    coding_result,
)

INDEX = code_index()
WELDER, CUTTER, TURNER, FITTER = "6-18-02-04", "6-18-02-01", "6-18-01-01", "6-20-01-01"
COOK = "4-03-02-01"
CODES = (WELDER, CUTTER, TURNER, FITTER, COOK, "6", "6-18", "6-18-02", OUTSIDE)
WEIGHTS = st.dictionaries(st.sampled_from(CODES), st.integers(1, 10_000), min_size=1)


def _distribution(*texts: dict[str, float], negligible: float = 0.0) -> Distribution:
    lengths = [len(text) for text in texts]
    codes = INDEX.positions([code for text in texts for code in text])
    shares = np.array([share for text in texts for share in text.values()], dtype=float)
    starts = np.cumsum([0, *lengths], dtype=np.intp)[:-1]
    return best_first(starts, codes, shares, negligible=negligible)


def _summary(*texts: dict[str, float], sure: float = 0.7, shown: int = 5) -> pd.DataFrame:
    parameters = CodingParameters(sure_probability=sure, alternatives=shown)
    return _result(_distribution(*texts), parameters).coded


def _result(distribution: Distribution, parameters: CodingParameters | None = None) -> CodingResult:
    identifiers = [f"p{i}" for i in range(len(distribution.starts))]
    return coding_result(identifiers, distribution, parameters or CodingParameters())


def _shares(weights: dict[str, int]) -> dict[str, float]:
    total = sum(weights.values())
    return {code: weight / total for code, weight in weights.items()}


@given(st.lists(WEIGHTS, max_size=6))
def test_a_distribution_sums_to_one_and_descends(texts: list[dict[str, int]]) -> None:
    shares = [_shares(weights) for weights in texts]
    found = _distribution(*shares, negligible=0.001)
    assert found.lengths.sum() == len(found.code)
    sums = np.bincount(found.owner, weights=found.probability, minlength=len(texts))
    np.testing.assert_allclose(sums, 1)
    for owner, text in enumerate(shares):
        mine = found.owner == owner
        assert (np.diff(found.probability[mine]) <= 0).all()
        kept = {code: share for code, share in text.items() if share >= 0.001}
        expected = {code: share / sum(kept.values()) for code, share in kept.items()}
        codes = [INDEX.codes[place] for place in found.code[mine]]
        assert dict(zip(codes, found.probability[mine], strict=True)) == pytest.approx(expected)


def test_equals_come_in_the_order_of_their_codes() -> None:
    found = _distribution({TURNER: 0.25, OUTSIDE: 0.25, COOK: 0.25, WELDER: 0.25})
    assert [INDEX.codes[place] for place in found.code] == [COOK, TURNER, WELDER, OUTSIDE]


def test_others_share_what_the_negligible_had() -> None:
    found = _distribution({WELDER: 0.599, COOK: 0.4, FITTER: 0.001}, negligible=0.01)
    assert found.probability.tolist() == pytest.approx([0.599 / 0.999, 0.4 / 0.999])


@pytest.mark.parametrize(
    ("shares", "level"),
    [
        ({WELDER: 0.7, COOK: 0.3}, "unit"),
        ({WELDER: 0.69, COOK: 0.31}, NO_LEVEL),
        ({WELDER: 0.4, CUTTER: 0.4, COOK: 0.2}, "minor"),
        ({WELDER: 0.4, TURNER: 0.4, COOK: 0.2}, "medium"),
        ({WELDER: 0.4, FITTER: 0.4, COOK: 0.2}, "major"),
        ({WELDER: 0.4, CUTTER: 0.2, "6-18-02": 0.2, COOK: 0.2}, "minor"),
        # What is said of a group is no evidence for any of its parts.
        ({"6-18-02": 0.9, WELDER: 0.1}, "minor"),
        ({"6": 0.6, WELDER: 0.4}, "major"),
        ({"6": 1.0}, "major"),
        ({OUTSIDE: 0.8, WELDER: 0.2}, NO_LEVEL),
        ({OUTSIDE: 1.0}, NO_LEVEL),
    ],
)
def test_the_sure_level_by_hand(shares: dict[str, float], level: str) -> None:
    around = {COOK: 0.5, WELDER: 0.5}
    assert _summary(around, shares, around)["level"].tolist() == [NO_LEVEL, level, NO_LEVEL]


@given(st.lists(WEIGHTS, min_size=1, max_size=5), st.sampled_from([0.55, 0.7, 0.9]))
def test_levels_are_those_of_a_plain_count(texts: list[dict[str, int]], sure: float) -> None:
    shares = [_shares(weights) for weights in texts]
    found = _summary(*shares, sure=sure)["level"].tolist()
    for text, level in zip(shares, found, strict=True):
        allowed = {NO_LEVEL}
        for name, length in (("major", 1), ("medium", 4), ("minor", 7), ("unit", 10)):
            mass = pd.Series(
                {code: share for code, share in text.items() if len(code) >= length}, dtype=float
            )
            largest = mass.groupby(mass.index.str[:length]).sum().max() if len(mass) else 0
            if largest >= sure - 1e-9:
                allowed = {name} | (allowed if largest < sure + 1e-9 else set())
        assert level in allowed


def test_the_best_unit_and_its_alternatives() -> None:
    row = _summary({"6": 0.4, WELDER: 0.3, COOK: 0.2, OUTSIDE: 0.1}).iloc[0]
    assert row["occupation_code"] == WELDER
    assert row["probability"] == pytest.approx(0.3)
    assert row["alternatives"] == f"{WELDER}:0.3000|{COOK}:0.2000"
    few = _summary({WELDER: 0.5, COOK: 0.3, FITTER: 0.2}, {COOK: 0.6, TURNER: 0.4}, shown=2)
    assert few["alternatives"].tolist() == [
        f"{WELDER}:0.5000|{COOK}:0.3000", f"{COOK}:0.6000|{TURNER}:0.4000",
    ]  # fmt: skip


def test_without_a_unit_there_is_no_code() -> None:
    frame = _summary({OUTSIDE: 1.0}, {COOK: 1.0}, {"6": 0.8, OUTSIDE: 0.2})
    assert frame["occupation_code"].isna().tolist() == [True, False, True]
    assert frame["alternatives"].isna().tolist() == [True, False, True]
    assert frame["probability"].tolist() == [0, 1, 0]
    assert frame["level"].tolist() == [NO_LEVEL, "unit", "major"]


def test_repeated_texts_have_equal_rows() -> None:
    texts = [{WELDER: 0.6, COOK: 0.4}, {OUTSIDE: 1.0}, {"6": 0.5, TURNER: 0.3, FITTER: 0.2}]
    found = _distribution(*texts)
    which = [2, 0, 0, 1, 2]
    repeated, single = _result(found.taken(np.array(which))), _result(found)
    coded = single.coded.drop(columns="posting_id").iloc[which].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        repeated.coded.drop(columns="posting_id"), coded, check_exact=True
    )
    for place, text in enumerate(which):
        rows, expected = (
            frame[frame["posting_id"] == f"p{i}"].drop(columns="posting_id").reset_index(drop=True)
            for frame, i in ((repeated.distribution, place), (single.distribution, text))
        )
        pd.testing.assert_frame_equal(rows, expected, check_exact=True)


def test_outside_is_missing_in_the_distribution() -> None:
    frame = _result(_distribution({OUTSIDE: 0.6, COOK: 0.4})).distribution
    assert frame["occupation_code"].isna().tolist() == [True, False]
    assert frame["probability"].tolist() == pytest.approx([0.6, 0.4])
    assert [str(kind) for kind in frame.dtypes] == ["str", "str", "float64"]


def test_the_coded_frame_keeps_its_contract_and_the_order() -> None:
    distribution = _distribution({WELDER: 0.8, COOK: 0.2}, {OUTSIDE: 1.0}, {"6": 1.0})
    coded, whole = coding_result(["b", "a", "c"], distribution, CodingParameters())
    assert coded["posting_id"].tolist() == ["b", "a", "c"]
    assert whole["posting_id"].tolist() == ["b", "b", "a", "c"]
    pd.testing.assert_frame_equal(CODED_POSTINGS.check(coded), coded)


def test_no_text_gives_empty_frames() -> None:
    nothing = _distribution()
    assert len(nothing.code) == 0
    coded, whole = _result(nothing)
    assert CODED_POSTINGS.check(coded).empty
    assert whole.empty
    assert whole.columns.tolist() == ["posting_id", "occupation_code", "probability"]
