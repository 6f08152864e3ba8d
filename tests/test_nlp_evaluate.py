"""Measures of coding, against figures worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from coded_by_hand import coding
from hypothesis import given
from hypothesis import strategies as st

from data.errors import EmptyInputError
from nlp.coding_result import CodingResult
from nlp.evaluate import (
    EvaluationParameters,
    _coverages,
    calibration_error,
    evaluate,
    evaluate_coding,
)
from nlp.evaluation_tables import coverage_at_precision, precision_by_coverage
from nlp.judge import judge

CODES = ("6-18-02-04", "6-18-02-01", "6-18-01-01", "6-18-02", "6-18", "4-03-02-01", "6", "4")

# Posting, label, further right codes, and the coder's codes with their probabilities.
CASES = (
    ("a", "6-18-02-04", "", "", [("6-18-02-04", 0.8), ("6-18-01-01", 0.2)]),
    ("b", "6-18-02-04", "6-18-01-01", "", [("6-18-01-01", 0.6), ("6-18-02-04", 0.4)]),
    ("c", "4-03-02-01", "", "", [("4-03-02-05", 0.5), ("4-03-02-04", 0.5)]),
    ("d", "4-07-05-01", "", "", [("2-06-03-00", 1.0)]),
    ("e", "6-18-02", "", "6-18-02-01", [("6-18-02-01", 0.6), ("", 0.4)]),
    ("f", "6", "", "", [("", 1.0)]),
)


def _result() -> CodingResult:
    coded, distribution = [], []
    for identifier, *_, pairs in CASES:
        units = [(code, p) for code, p in pairs if code]
        shown = "|".join(f"{code}:{p:.4f}" for code, p in units) or None
        best, probability = units[0] if units else (None, 0.0)
        coded.append((identifier, best, probability, "unit", shown))
        distribution += [(identifier, code or None, p) for code, p in pairs]
    return CodingResult(
        pd.DataFrame(
            coded,
            columns=["posting_id", "occupation_code", "probability", "level", "alternatives"],
        ),
        pd.DataFrame(distribution, columns=["posting_id", "occupation_code", "probability"]),
    )


def _labels() -> pd.DataFrame:
    columns = ["posting_id", "occupation_code", "also_right_1", "also_right_2"]
    return pd.DataFrame([case[:4] for case in CASES], columns=columns)


def test_small_example_worked_out_by_hand() -> None:
    measured = evaluate_coding(_result(), _labels())
    assert measured["postings"] == 6
    # Labelled at 细类: a, b, c, d.
    assert measured["top_1"] == 1 / 4
    assert measured["first_five"] == 2 / 4
    # a by its label, b by also_right_1, e by also_right_2.
    assert measured["among_alternatives"] == 3 / 6
    # Known to 小类: a (right), b (wrong), c (right), d (wrong), e (right).
    assert measured["minor_group"] == 3 / 5
    # Four bins of one: |.8 - 1|, |.6 - 0|, |.5 - 0|, |1 - 0|.
    assert measured["calibration_error"] == pytest.approx((0.2 + 0.6 + 0.5 + 1.0) / 4)


def test_distance_of_shares_worked_out_by_hand() -> None:
    measured = evaluate_coding(_result(), _labels())
    # Labels: 6-18-02 3/5, 4-03-02 1/5, 4-07-05 1/5.  By probability, of 4.6: 6-18-02 1.8,
    # 6-18-01 .8, 4-03-02 1, 2-06-03 1.
    expected = [3 / 5 - 1.8 / 4.6, 0.8 / 4.6, 1 / 4.6 - 1 / 5, 1 / 5, 1 / 4.6]
    assert measured["share_distance"] == pytest.approx(sum(expected) / 2)
    # By best code, of 5: 6-18-02 2, 6-18-01 1, 4-03-02 1, 2-06-03 1.
    assert measured["share_distance_naive"] == pytest.approx((1 / 5 + 1 / 5 + 1 / 5 + 1 / 5) / 2)


def test_only_labelled_postings_count_and_order_does_not() -> None:
    result, labels = _result(), _labels()
    whole = evaluate_coding(result, labels)
    shuffled = CodingResult(result.coded[::-1], result.distribution.sample(frac=1, random_state=2))
    pd.testing.assert_series_equal(evaluate_coding(shuffled, labels[::-1]), whole)
    part = evaluate_coding(result, labels[:2])
    assert part["postings"] == 2
    assert part["top_1"] == 1 / 2
    # By probability 1.2 : 0.8, by label 2 : 0.
    assert part["share_distance"] == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("probability", "right", "error"),
    [
        ([0.8] * 100, [1.0] * 80 + [0.0] * 20, 0.12 * 2),
        ([1.0] * 20, [1.0] * 20, 0.0),
        ([1.0] * 20, [0.0] * 20, 1.0),
        ([0.3] * 10, [0.0] * 10, 0.3),
        ([0.9], [1.0], 0.1),
    ],
)
def test_calibration_error_of_known_cases(
    probability: list[float], right: list[float], error: float
) -> None:
    # The first case falls into ten bins of ten: eight all right (gap .2), two all wrong (.8).
    expected = 0.8 * 0.2 + 0.2 * 0.8 if len(right) == 100 else error
    assert calibration_error(np.array(probability), np.array(right)) == pytest.approx(expected)


def test_calibration_error_of_calibrated_probabilities_is_small() -> None:
    generator = np.random.default_rng(1)
    probability = generator.uniform(size=50_000)
    right = (generator.uniform(size=50_000) < probability).astype(float)
    assert calibration_error(probability, right) < 0.01
    assert calibration_error(probability**2, right) > 0.1


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_calibration_error_is_a_share(pairs: list[tuple[float, bool]]) -> None:
    probability, right = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    error = calibration_error(probability, right)
    assert abs(probability.mean() - right.mean()) - 1e-9 <= error <= 1 + 1e-9


# -- the other levels, coverage, openings and intervals ----------------------------------------


def test_every_level_worked_out_by_hand() -> None:
    measured = evaluate_coding(_result(), _labels())
    # Known to 中类: a, b, c, e right (b by 6-18), d wrong.  To 大类: f has no code at all.
    assert measured["medium_group"] == 4 / 5
    assert measured["major_group"] == 4 / 6


def test_a_level_deeper_than_a_coarse_label_counts_against_the_coder() -> None:
    cases = [
        ("a", "6-18-02", "minor", 1), ("b", "6-18-02", "unit", 0), ("c", "6-18", "minor", 0),
        ("d", "6-18", "medium", 1), ("e", "6", "none", 1), ("f", "X", "major", 0),
        ("g", "", "none", 1), ("h", "6-18-02-04", "unit", None),
    ]  # fmt: skip
    result = coding([(name, "6-18-02-04", 0.9, level) for name, _, level, _ in cases])
    labels = pd.DataFrame([case[:2] for case in cases], columns=["posting_id", "occupation_code"])
    judged = judge(result, labels)
    expected = [np.nan if kept is None else float(kept) for *_, kept in cases]
    np.testing.assert_array_equal(judged["not_deeper_than_label"], expected)
    assert evaluate_coding(result, labels)["not_deeper_than_label"] == 4 / 7


def test_no_label_and_no_code_are_never_a_match() -> None:
    labels = pd.DataFrame({"posting_id": ["a", "b"], "occupation_code": ["X", None]})
    judged = judge(coding([("a", "", 0.0, "none"), ("b", "", 0.0, "none")]), labels)
    assert judged["among_alternatives"].tolist() == [0, 0]
    assert judged[["top_1", "minor_group", "major_group"]].isna().all(axis=None)
    measured = evaluate_coding(coding([("a", "", 0.0, "none")]), labels)
    assert measured.drop(["postings", "among_alternatives", "not_deeper_than_label"]).isna().all()


def test_first_five_of_a_longer_list() -> None:
    codes = [f"6-18-01-{place:02d}" for place in range(1, 8)]
    result = coding([("fifth", codes[0], 0.2, "none"), ("sixth", codes[0], 0.2, "none")])
    listed = "|".join(f"{code}:0.1" for code in codes)
    labels = pd.DataFrame({"posting_id": ["fifth", "sixth"], "occupation_code": codes[4:6]})
    judged = judge(result._replace(coded=result.coded.assign(alternatives=listed)), labels)
    assert judged["first_five"].tolist() == [1, 0]


def test_no_common_posting_is_said() -> None:
    labels = pd.DataFrame({"posting_id": ["z"], "occupation_code": ["6"]})
    with pytest.raises(EmptyInputError, match="got 1 labels and 6 coded"):
        evaluate_coding(_result(), labels)


def test_shares_are_weighted_by_openings() -> None:
    # By label 30 : 10, by best code 0 : 40 where openings count, 1 : 1 and 0 : 2 where not.
    result = coding([("a", "4-03-02-01", 1.0, "unit"), ("b", "4-03-02-01", 1.0, "unit")])
    labels = pd.DataFrame(
        {"posting_id": ["a", "b"], "occupation_code": ["6-18-02-04", "4-03-02-01"]}
    )
    assert evaluate_coding(result, labels)["share_distance"] == pytest.approx(1 / 2)
    weighted = evaluate_coding(result, labels.assign(openings=[30.0, 10.0]))
    assert weighted["share_distance"] == pytest.approx(3 / 4)
    assert weighted["share_distance_naive"] == pytest.approx(3 / 4)
    # No figure counts as one person.
    unstated = evaluate_coding(result, labels.assign(openings=[3.0, None]))
    assert unstated["share_distance"] == pytest.approx(3 / 4)
    # Shares of nothing are not known.
    nobody = evaluate_coding(result, labels.assign(openings=0.0))
    assert np.isnan(nobody["share_distance"])


def _forty(wrong: set[int]) -> tuple[CodingResult, pd.DataFrame]:
    """Forty postings from sure to unsure, some of them wrong."""
    names = [f"p{place:02d}" for place in range(40)]
    result = coding([(n, "6-18-02-04", 0.99 - i / 100, "unit") for i, n in enumerate(names)])
    codes = ["4-03-02-01" if i in wrong else "6-18-02-04" for i in range(40)]
    return result, pd.DataFrame({"posting_id": names, "occupation_code": codes})


@pytest.mark.parametrize(
    ("wrong", "coverage"),
    [
        (set(), 1.0),
        # Two of 40 are just 5 %; one of 38 is less, two of 39 are more.
        ({0, 1}, 1.0),
        ({0, 38, 39}, 38 / 40),
        # Wrong from the 36th: 35/35, 35/36; 35/37 is below.
        ({35, 36, 37, 38, 39}, 36 / 40),
        # All of 29 right prove too little, and three of 30 to 40 are too many.
        ({0, 10, 20}, 0.0),
    ],
)
def test_coverage_at_precision_worked_out_by_hand(wrong: set[int], coverage: float) -> None:
    assert evaluate_coding(*_forty(wrong))["coverage_at_precision_95"] == pytest.approx(coverage)


def test_few_postings_prove_no_coverage() -> None:
    result, labels = _forty(set())
    assert np.isnan(evaluate_coding(result, labels[:29])["coverage_at_precision_95"])
    assert evaluate_coding(result, labels[:30])["coverage_at_precision_95"] == 1.0


def test_alternatives_count_for_coverage_and_postings_without_a_code_do_not() -> None:
    result, labels = _forty({5, 6, 7, 8})
    assert evaluate_coding(result, labels)["coverage_at_precision_95"] == 0.0
    accepted = labels.assign(also_right_1="6-18-02-04")
    assert evaluate_coding(result, accepted)["coverage_at_precision_95"] == 1.0
    silent = result.coded.copy()
    silent.loc[:3, ["occupation_code", "probability", "alternatives"]] = [None, 0.0, None]
    coverage = evaluate_coding(result._replace(coded=silent), accepted)["coverage_at_precision_95"]
    assert coverage == pytest.approx(36 / 40)


# -- the whole evaluation ----------------------------------------------------------------------


def test_evaluation_holds_the_measures_and_their_postings() -> None:
    evaluation = evaluate(_result(), _labels())
    measures = evaluation.measures.set_index("measure")
    values = evaluate_coding(_result(), _labels()).drop("postings")
    pd.testing.assert_series_equal(measures["value"], values, check_names=False)
    assert measures["postings"].to_dict() == {
        "top_1": 4, "among_alternatives_at_unit": 4, "among_alternatives": 6, "first_five": 4,
        "minor_group": 5, "medium_group": 5,
        "major_group": 6, "not_deeper_than_label": 2, "coverage_at_precision_95": 6,
        "calibration_error": 4, "share_distance": 6, "share_distance_naive": 6,
    }  # fmt: skip


def test_intervals_hold_the_value_and_depend_on_the_seed_alone() -> None:
    result, labels = _forty({3, 20, 30, 31, 32, 39})
    few = [
        evaluate(result, labels, EvaluationParameters(resamples=7, seed=seed)).measures
        for seed in (4, 4, 5)
    ]
    assert few[0].equals(few[1])
    assert not few[0].equals(few[2])
    first = evaluate(result, labels).measures
    shares = first.set_index("measure").loc[["top_1", "among_alternatives", "major_group"]]
    # 34 of 40: the standard error is 0.056, whichever way it is found.
    assert shares["value"].tolist() == [0.85] * 3
    assert ((shares["upper"] - shares["lower"]) / (2 * 1.96 * 0.0565) - 1).abs().max() < 0.2
    assert ((shares["lower"] < 0.85) & (shares["upper"] > 0.85)).all()
    distances = first.set_index("measure").loc[["calibration_error", "share_distance"]]
    assert distances[["lower", "upper"]].isna().all(axis=None)


def test_a_wider_interval_holds_the_narrower() -> None:
    result, labels = _forty({3, 20, 30, 31, 32, 39})
    narrow, wide = (
        evaluate(result, labels, EvaluationParameters(interval=level)).measures.dropna()
        for level in (0.5, 0.99)
    )
    assert (wide["lower"] <= narrow["lower"]).all()
    assert (wide["upper"] >= narrow["upper"]).all()
    top_1 = narrow.set_index("measure").loc["top_1"]
    assert 0 < top_1["upper"] - top_1["lower"] < 0.12


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=30, max_size=80))
def test_a_resample_that_holds_every_posting_once_gives_the_coverage_itself(
    pairs: list[tuple[int, bool]],
) -> None:
    """The resampled coverage is found in its own way: both ways must agree, ties included."""
    probability = [tenth / 20 for tenth, _ in pairs]
    judged = pd.DataFrame(
        {
            "probability": probability,
            "best": "6",
            "among_alternatives": [float(right) for _, right in pairs],
            "top_1": np.nan,
        }
    ).sort_values("probability", ascending=False, kind="stable")
    (resampled,) = _coverages(judged, np.ones((1, len(judged)), dtype=int))
    assert resampled == pytest.approx(coverage_at_precision(precision_by_coverage(judged)))


@given(
    st.lists(
        st.tuples(st.sampled_from(CODES), st.sampled_from(CODES), st.floats(0, 1)),
        min_size=1, max_size=40,
    )
)  # fmt: skip
def test_every_measure_is_a_share(rows: list[tuple[str, str, float]]) -> None:
    result = coding([(str(i), best, p, "unit") for i, (_, best, p) in enumerate(rows)])
    labels = pd.DataFrame(
        {
            "posting_id": [str(i) for i in range(len(rows))],
            "occupation_code": [label for label, _, _ in rows],
            "openings": [float(i % 4) for i in range(len(rows))],
        }
    )
    measured = evaluate_coding(result, labels).drop("postings").dropna()
    assert measured.between(0, 1 + 1e-9).all()
    # The first few hold the best, and a right 细类 lies in the right 小类, 中类 and 大类.
    shares = judge(result, labels)[["top_1", "first_five", "minor_group", "major_group"]]
    assert (shares.dropna().diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
