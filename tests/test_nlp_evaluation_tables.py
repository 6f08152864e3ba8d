"""Tables of an evaluation, against figures worked out by hand and statsmodels' intervals."""

import numpy as np
import pandas as pd
import pytest
from coded_by_hand import coding
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from nlp.evaluate import calibration_error
from nlp.evaluation_tables import (
    accuracy_by_major_group,
    accuracy_by_source,
    coverage_at_precision,
    precision_by_coverage,
    reliability,
    wilson_interval,
    worst_pairs,
)
from nlp.judge import judge

# Posting, source, label, further right code, best code, probability.
CASES = (
    ("a", "board", "6-18-02-04", "", "6-18-02-04", 0.9),
    ("b", "board", "6-18-02-04", "", "6-18-01-01", 0.8),
    ("c", "board", "6-18-02-04", "", "6-18-01-01", 0.8),
    ("d", "register", "6-18-02-04", "4-03-02-01", "4-03-02-01", 0.7),
    ("e", "register", "4-03-02-01", "", "", 0.0),
    ("f", "", "6-18", "", "6-18-01-01", 0.6),
    ("g", "", "6-18", "", "4-03-02-01", 0.5),
    ("h", "", "X", "", "4-03-02-01", 0.4),
)


@pytest.fixture
def judged() -> pd.DataFrame:
    columns = ["posting_id", "source", "occupation_code", "also_right_1"]
    labels = pd.DataFrame([case[:4] for case in CASES], columns=columns)
    return judge(coding([(name, best, p, "unit") for name, *_, best, p in CASES]), labels)


def test_accuracy_by_source(judged: pd.DataFrame) -> None:
    table = accuracy_by_source(judged).set_index("source")
    # The largest first, equals by name.
    assert table["postings"].to_dict() == {"": 3, "board": 3, "register": 2}
    assert table["top_1"]["board"] == 1 / 3
    assert table["top_1"]["register"] == 0
    assert np.isnan(table["top_1"][""])
    assert table["among_alternatives"].tolist() == [0, 1 / 3, 1 / 2]
    assert table["medium_group"].tolist() == [1 / 2, 1, 0]
    assert table["not_deeper_than_label"][""] == 0


def test_accuracy_by_major_group_of_the_label(judged: pd.DataFrame) -> None:
    table = accuracy_by_major_group(judged).set_index("major_group_code")
    assert table["major_group_name"].to_dict() == {
        "4": "社会生产服务和生活服务人员", "6": "生产制造及有关人员",
    }  # fmt: skip
    assert table["postings"].to_dict() == {"4": 1, "6": 6}
    assert table["postings_at_unit"].to_dict() == {"4": 1, "6": 4}
    assert table["top_1"].to_dict() == {"4": 0, "6": 1 / 4}
    lower, upper = proportion_confint(1, 4, method="wilson")
    assert table.loc["6", ["top_1_lower", "top_1_upper"]].tolist() == pytest.approx([lower, upper])


def test_precision_by_coverage_worked_out_by_hand(judged: pd.DataFrame) -> None:
    curve = precision_by_coverage(judged)
    assert curve["probability_at_least"].tolist() == [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
    # Equal probabilities come and go together, and e has no code to be right or wrong.
    assert curve["postings"].tolist() == [1, 3, 4, 5, 6, 7]
    assert curve["coverage"].tolist() == [n / 8 for n in (1, 3, 4, 5, 6, 7)]
    assert curve["precision"].tolist() == [1, 1 / 3, 2 / 4, 2 / 5, 2 / 6, 2 / 7]
    assert curve["precision_label_only"].tolist() == [1, 1 / 3, *[1 / 4] * 4]
    assert coverage_at_precision(curve, 0.4, postings_at_least=2) == 5 / 8
    assert coverage_at_precision(curve, 0.6, postings_at_least=2) == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_coverage_grows_and_never_with_the_precision_asked_for(
    pairs: list[tuple[float, bool]],
) -> None:
    right = [float(each) for _, each in pairs]
    probability = [p for p, _ in pairs]
    curve = precision_by_coverage(
        pd.DataFrame(
            {"probability": probability, "best": "6", "among_alternatives": right, "top_1": right}
        )
    )
    assert curve["coverage"].is_monotonic_increasing
    assert curve["probability_at_least"].is_monotonic_decreasing
    assert curve["coverage"].iloc[-1] == 1
    assert curve["precision"].iloc[-1] == pytest.approx(np.mean(right))
    asked = [coverage_at_precision(curve, p / 10, postings_at_least=3) for p in range(11)]
    assert (np.diff(asked) <= 0).all()


def test_reliability_bins() -> None:
    """Ten bins of ten: what is said in each, and what came of it."""
    probability = np.arange(100) / 100
    judged = pd.DataFrame({"probability": probability, "top_1": (probability >= 0.25) * 1.0})
    unlabelled = pd.DataFrame({"probability": [0.99] * 5, "top_1": [np.nan] * 5})
    table = reliability(pd.concat([judged, unlabelled]).sample(frac=1, random_state=1))
    assert table["bin"].tolist() == list(range(1, 11))
    assert table["postings"].tolist() == [10] * 10
    assert table["probability_mean"].tolist() == pytest.approx(np.arange(10) / 10 + 0.045)
    assert table["share_right"].tolist() == [0, 0, 0.5, *[1] * 7]
    lower, upper = proportion_confint(5, 10, method="wilson")
    middle = table.iloc[2]
    assert (middle["share_right_lower"], middle["share_right_upper"]) == pytest.approx(
        (lower, upper)
    )
    gaps = (table["probability_mean"] - table["share_right"]).abs()
    error = calibration_error(judged["probability"].to_numpy(), judged["top_1"].to_numpy())
    assert error == pytest.approx(gaps.mean())


def test_reliability_of_nothing_is_empty(judged: pd.DataFrame) -> None:
    assert reliability(judged[judged["top_1"].isna()]).empty


@given(st.integers(1, 500), st.floats(0, 1))
def test_wilson_interval_agrees_with_statsmodels(count: int, share: float) -> None:
    hits = round(count * share)
    lower, upper = wilson_interval(np.array([hits]), np.array([count]))
    assert (lower[0], upper[0]) == pytest.approx(
        proportion_confint(hits, count, method="wilson"), abs=1e-6
    )


def test_wilson_interval_without_rows_is_missing() -> None:
    lower, upper = wilson_interval(np.array([0.0]), np.array([0]))
    assert np.isnan([*lower, *upper]).all()


def test_worst_pairs(judged: pd.DataFrame) -> None:
    """Accepted codes, codes within a coarse label and labels that say nothing are no confusion."""
    table = worst_pairs(judged)
    assert table.to_numpy().tolist() == [
        ["6-18-02-04", "焊工", "6-18-01-01", "车工", 2],
        ["4-03-02-01", "中式烹调师", "", "", 1],
        ["6-18", "机械制造基础加工人员", "4-03-02-01", "中式烹调师", 1],
    ]
    assert worst_pairs(judged[:1]).empty
