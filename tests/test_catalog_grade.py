"""Grades: bounds, hysteresis both ways, exit warning, insufficient evidence, changes."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.grade import SEVERITY, GradeParameters, grade_occupations

SOUND = {
    "score": 70.0,
    "weight_present": 1.0,
    "tightness_points": 70.0,
    "ads": 20.0,
    "employers": 10,
    "vacancy_ratio": 2.0,
    "previous_grade": None,
}


def graded(parameters: GradeParameters | None = None, **given_values: Any) -> dict[str, Any]:
    table = pd.DataFrame([{**SOUND, **given_values}])
    return grade_occupations(table, parameters or GradeParameters()).iloc[0].to_dict()


@pytest.mark.parametrize(
    ("score", "grade"),
    [(77, "A"), (76.9, "B"), (70, "B"), (69.9, "C"), (62, "C"), (61.9, "N"), (0, "N")],
)
def test_a_newcomer_needs_the_bound_and_the_hysteresis(score: float, grade: str) -> None:
    assert graded(score=score)["grade"] == grade


@pytest.mark.parametrize(
    ("previous", "score", "grade"),
    [
        ("A", 73, "A"), ("A", 72.9, "B"), ("A", 66, "B"), ("A", 65.9, "C"), ("A", 57.9, "N"),
        ("B", 76.9, "B"), ("B", 77, "A"), ("B", 66, "B"), ("C", 58, "C"), ("C", 57.9, "N"),
        ("C", 69.9, "C"), ("N", 61.9, "N"), ("N", 62, "C"), ("X", 61.9, "N"), ("X", 62, "C"),
    ],
)  # fmt: skip
def test_hysteresis_holds_a_grade_and_delays_a_new_one(
    previous: str, score: float, grade: str
) -> None:
    assert graded(previous_grade=previous, score=score)["grade"] == grade


def test_the_exit_warning_marks_what_only_the_hysteresis_keeps_on_the_list() -> None:
    assert graded(previous_grade="C", score=59)["exit_warning"]
    assert not graded(previous_grade="C", score=60)["exit_warning"]
    # A lowered grade is no exit, and who has left is warned of nothing.
    assert not graded(previous_grade="A", score=67)["exit_warning"]
    assert not graded(previous_grade="C", score=50)["exit_warning"]


@pytest.mark.parametrize(
    ("previous", "score", "is_marked"),
    [
        ("A", 74.4, True), ("A", 75, False), ("B", 67.4, True), ("A", 67.4, True),
        ("A", 70, False), ("C", 59, False), ("B", 76.9, False), ("N", 74.4, False),
    ],
)  # fmt: skip
def test_the_lowering_warning_marks_what_only_the_hysteresis_keeps_in_its_grade(
    previous: str, score: float, is_marked: bool
) -> None:
    assert graded(previous_grade=previous, score=score)["lowering_warning"] == is_marked


def test_grades_and_warnings_follow_from_the_score_as_it_is_printed() -> None:
    held = graded(previous_grade="A", score=74.96)
    assert (held["grade"], held["lowering_warning"]) == ("A", False)
    assert graded(score=76.96)["grade"] == "A"
    assert graded(score=76.94)["grade"] == "B"


def test_no_lowering_warning_where_the_grade_is_not_given() -> None:
    held = {"previous_grade": "A", "score": 74.4}
    assert not graded(**held, ads=1)["lowering_warning"]
    assert not graded(**held, vacancy_ratio=0.5)["lowering_warning"]


@pytest.mark.parametrize(
    ("given_values", "reason"),
    [
        ({"score": None}, "紧缺指标"),
        ({"ads": 4.9}, "招聘信息不足5条"),
        ({"employers": 2}, "招聘单位不足3家"),
        ({"weight_present": 0.49}, "已知指标过少"),
    ],
)
def test_thin_evidence_is_x_and_says_why(given_values: dict[str, Any], reason: str) -> None:
    result = graded(**{"score": 90.0, "previous_grade": "A", **given_values})
    assert result["grade"] == "X"
    assert reason in result["insufficient"]
    assert result["change"] == "left"
    assert not result["exit_warning"]


def test_sound_evidence_gives_no_reason() -> None:
    assert pd.isna(graded()["insufficient"])
    assert graded(ads=5.0, employers=3, weight_present=0.5)["grade"] == "B"


def test_no_shortage_where_seekers_outnumber_openings_or_tightness_is_slack() -> None:
    assert graded(score=90, vacancy_ratio=0.99)["grade"] == "N"
    assert graded(score=90, vacancy_ratio=1.0)["grade"] == "A"
    assert graded(score=90, vacancy_ratio=None)["grade"] == "A"
    assert graded(score=90, vacancy_ratio=None, tightness_points=49.9)["grade"] == "N"


@pytest.mark.parametrize(
    ("previous", "score", "change"),
    [
        (None, 80, "entered"), ("N", 80, "entered"), ("X", 80, "entered"), ("B", 80, "raised"),
        ("A", 80, "unchanged"), ("A", 70, "lowered"), ("A", 10, "left"), ("N", 10, "not_listed"),
        (None, 10, "not_listed"), ("X", 10, "not_listed"),
    ],
)  # fmt: skip
def test_changes_are_told_against_the_issue_before(
    previous: str | None, score: float, change: str
) -> None:
    assert graded(previous_grade=previous, score=score)["change"] == change


SCORES = st.floats(0, 100)


@settings(max_examples=40)
@given(SCORES, SCORES, st.sampled_from([None, "A", "B", "C", "N", "X"]), st.floats(0, 30))
def test_a_higher_score_never_lowers_the_grade(
    one: float, other: float, previous: str | None, hysteresis: float
) -> None:
    parameters = GradeParameters(hysteresis=hysteresis)
    low, high = sorted((one, other))
    worse = graded(parameters, score=low, previous_grade=previous)
    better = graded(parameters, score=high, previous_grade=previous)
    assert SEVERITY[better["grade"]] >= SEVERITY[worse["grade"]]


@settings(max_examples=40)
@given(SCORES, st.floats(0, 30))
def test_who_had_the_better_grade_never_gets_the_worse_one(score: float, width: float) -> None:
    parameters = GradeParameters(hysteresis=width)
    severities = [
        SEVERITY[graded(parameters, score=score, previous_grade=previous)["grade"]]
        for previous in ("A", "B", "C", "N")
    ]
    assert severities == sorted(severities, reverse=True)
