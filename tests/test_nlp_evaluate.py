"""Measures of coding, against figures worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.coder import CodingResult
from nlp.evaluate import calibration_error, evaluate_coding

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
