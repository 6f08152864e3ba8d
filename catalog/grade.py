"""Grades of shortage: bounds on the score, hysteresis, and X where the evidence is thin."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .tables import CHANGE_NAMES, LISTED_GRADES

SEVERITY = {"A": 3, "B": 2, "C": 1, "N": 0}
SCORE_DECIMALS = 1
SUSPENDED = "证据不足，暂不评定"
LOWERING_WARNING = "降级预警"
BOUND_OF_GRADE = (("A", "very_short"), ("B", "short"), ("C", "somewhat_short"))


@dataclass(frozen=True, slots=True)
class GradeParameters:
    """Bounds of the grades and the evidence that a grade needs.

    Parameters
    ----------
    very_short, short, somewhat_short : float
        Points of the score from which a grade is given.
    hysteresis : float
        Points above a bound to enter a grade and below it to leave: a wrong exit costs training
        capacity, and a list that follows noise is of use to nobody.
    ads_at_least, employers_at_least : float
        Advertisements and employers below which the evidence is insufficient.
    vacancy_ratio_at_least : float
        No grade of shortage below this ratio, where one is known.
    tightness_points_at_least : float
        No grade of shortage below these mean points of the indicators of tightness: much demand
        alone is no shortage.
    weight_present_at_least : float
        Share of the formula's weights whose indicators must be known.
    """

    very_short: float = 75
    short: float = 68
    somewhat_short: float = 60
    hysteresis: float = 2
    ads_at_least: float = 5
    employers_at_least: int = 3
    vacancy_ratio_at_least: float = 1.0
    tightness_points_at_least: float = 50
    weight_present_at_least: float = 0.5


def grade_occupations(table: pd.DataFrame, parameters: GradeParameters) -> pd.DataFrame:
    """Give each occupation its grade.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``score`` (points; missing without an indicator of tightness),
        ``weight_present``, ``tightness_points``, ``ads``, ``employers``, ``vacancy_ratio``
        (missing = X) and ``previous_grade`` (missing = none).
    parameters : GradeParameters

    Returns
    -------
    pandas.DataFrame
        ``grade``, ``change`` (keys of `catalog.tables.CHANGE_NAMES`), ``exit_warning`` (the
        occupation is listed only because of the hysteresis), ``lowering_warning`` (it would be
        listed with a lower grade without it) and ``insufficient`` (why the grade is X, in
        Chinese; missing otherwise).

    Examples
    --------
    >>> table = pd.DataFrame({"score": [70.0, 67.0], "ads": [9.0, 9.0], "employers": [4, 4],
    ...     "weight_present": 0.8, "tightness_points": 66.0, "vacancy_ratio": [2.0, 2.0],
    ...     "previous_grade": [None, "B"]})
    >>> grade_occupations(table, GradeParameters())["grade"].tolist()
    ['B', 'B']
    """
    insufficient = _insufficient(table, parameters)
    # As published: a reader can check every grade and warning by the printed score.
    score = table["score"].astype(float).round(SCORE_DECIMALS)
    grade = pd.Series("N", index=table.index)
    bare = pd.Series("N", index=table.index)
    severity = table["previous_grade"].map(SEVERITY).fillna(-1)
    for name, bound_name in reversed(BOUND_OF_GRADE):
        bound = getattr(parameters, bound_name)
        held = severity >= SEVERITY[name]
        effective = np.where(held, bound - parameters.hysteresis, bound + parameters.hysteresis)
        grade = grade.mask(score >= effective, name)
        bare = bare.mask(score >= bound, name)
    slack = (table["vacancy_ratio"] < parameters.vacancy_ratio_at_least) | (
        table["tightness_points"] < parameters.tightness_points_at_least
    )
    grade = grade.mask(slack, "N").mask(insufficient.notna(), "X")
    listed, would_be_listed = grade.isin(LISTED_GRADES), bare.isin(LISTED_GRADES)
    is_held = grade.map(SEVERITY) > bare.map(SEVERITY)
    return pd.DataFrame(
        {
            "grade": grade,
            "change": _changes(grade, table["previous_grade"]),
            "exit_warning": listed & ~would_be_listed,
            "lowering_warning": listed & would_be_listed & is_held,
            "insufficient": insufficient,
        }
    )


def change_name(change: str, grade: str | None) -> str:
    """Word a change of grade; who leaves for want of evidence has not been judged.

    Parameters
    ----------
    change : str
        Key of `catalog.tables.CHANGE_NAMES`.
    grade : str, optional
        Grade of this issue; None where the occupation does not stand in it.

    Examples
    --------
    >>> change_name("left", "N"), change_name("left", "X"), change_name("entered", "B")
    ('退出', '证据不足，暂不评定', '新进')
    """
    return SUSPENDED if (change, grade) == ("left", "X") else CHANGE_NAMES[change]


def has_lowering_warning(ranking: pd.DataFrame) -> pd.Series:
    """Tell which rows of a ranking are marked as keeping their grade by the hysteresis only.

    Parameters
    ----------
    ranking : pandas.DataFrame
        Contract `catalog.tables.RANKING`: the mark stands among the ``flags``.
    """
    return ranking["flags"].str.startswith(LOWERING_WARNING, na=False)


def _insufficient(table: pd.DataFrame, parameters: GradeParameters) -> pd.Series:
    reasons = pd.Series(None, index=table.index, dtype=object)
    few_employers = table["employers"] < parameters.employers_at_least
    few_ads = table["ads"] < parameters.ads_at_least
    few_indicators = table["weight_present"] < parameters.weight_present_at_least
    reasons = reasons.mask(few_indicators, "已知指标过少，不足以定等级")
    reasons = reasons.mask(table["score"].isna(), "无求人倍率、工资变化或者空缺时长等紧缺指标")
    reasons = reasons.mask(few_employers, f"招聘单位不足{parameters.employers_at_least}家")
    return reasons.mask(few_ads, f"招聘信息不足{parameters.ads_at_least:g}条")


def _changes(grade: pd.Series, previous: pd.Series) -> pd.Series:
    """Change against the previous list; an occupation that turns X keeps no place in it."""
    now = grade.map(SEVERITY).fillna(0)
    before = previous.map(SEVERITY).fillna(0)
    change = pd.Series("not_listed", index=grade.index)
    change = change.mask((now > 0) & (before == 0), "entered")
    change = change.mask((now == 0) & (before > 0), "left")
    both = (now > 0) & (before > 0)
    change = change.mask(both & (now == before), "unchanged")
    change = change.mask(both & (now > before), "raised")
    return change.mask(both & (now < before), "lowered")
