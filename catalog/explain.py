"""Why an occupation has its grade, and what must be kept in mind, in an official's words."""

import math

import numpy as np
import pandas as pd

from data.quarters import QUARTERS_PER_YEAR, shift_quarter
from data.reference import load_occupations

from .formats.wording import issue_label, number, percent, persons
from .grade import LOWERING_WARNING

CONCENTRATED_SHARE = 0.5
IMPUTED_SHARE = 0.5
UNSURE_SHARE = 0.5


def explain(row: pd.Series, indicators: pd.DataFrame, insufficient: str | None) -> str:
    """State the grounds of one occupation's grade.

    Parameters
    ----------
    row : pandas.Series
        Row of the ranking: ``openings`` and its interval.
    indicators : pandas.DataFrame
        Its indicators, index ``indicator``: ``quarter``, ``value`` and ``basis_code``.
    insufficient : str, optional
        Why the grade is X.
    """
    clauses = [] if insufficient is None else [f"证据不足：{insufficient}"]
    lower, upper = persons(row["openings_lower"]), persons(row["openings_upper"])
    clauses.append(f"本季度需求约{persons(row['openings'])}人（90%区间{lower}～{upper}人）")
    if (ratio := _value(indicators, "vacancy_ratio")) is not None:
        clauses.append(f"求人倍率{number(np.round(ratio, 2), 2)}{_basis(indicators)}")
    if (growth := _value(indicators, "openings_growth")) is not None:
        clauses.append(f"{_same_quarter_ahead(indicators)}需求预计比上年同期{_movement(growth)}")
    if (wages := _value(indicators, "wage_growth")) is not None:
        clauses.append(f"招聘工资年率{_movement(wages)}")
    if (days := _value(indicators, "days_open")) is not None:
        clauses.append(f"空缺时长中位数{number(days)}天")
    if (shortfall := _value(indicators, "training_shortfall")) is not None:
        clauses.append(_coverage(100 - shortfall))
    return "；".join(clauses)


def cautions(row: pd.Series) -> str | None:
    """State what a reader must keep in mind about one occupation; None when nothing."""
    found = []
    if row["lowering_warning"]:
        found.append(
            f"{LOWERING_WARNING}（得分低于本等级界限，仅因升降级缓冲规定保留，下期可能下调）"
        )
    if row["largest_employer_share"] > CONCENTRATED_SHARE and row["employers"] > 0:
        found.append(f"需求集中于一家单位（占{percent(row['largest_employer_share'])}）")
    if row["imputed_share"] > IMPUTED_SHARE:
        found.append(f"招聘人数多为推算（占{percent(row['imputed_share'])}）")
    if row["certainty_share"] < UNSURE_SHARE and row["openings"] > 0:
        found.append(f"职业归类把握不足（有把握部分占{percent(row['certainty_share'])}）")
    return "；".join(found) or None


def _value(indicators: pd.DataFrame, name: str) -> float | None:
    if name not in indicators.index:
        return None
    value = float(indicators["value"][name])
    return None if math.isnan(value) else value


def _basis(indicators: pd.DataFrame) -> str:
    code = indicators["basis_code"]["vacancy_ratio"]
    if not isinstance(code, str):
        return ""
    return f"（按上级类别{code}“{load_occupations().name(code)}”测算）"


def _same_quarter_ahead(indicators: pd.DataFrame) -> str:
    quarter = str(indicators["quarter"]["openings_growth"])
    return issue_label(shift_quarter(quarter, QUARTERS_PER_YEAR))


def _coverage(per_cent: float) -> str:
    """Word how much of a year's demand new certificates cover; little is not nothing."""
    if per_cent <= 0:
        return "近一年没有新增取证人员"
    if per_cent >= 100:
        return "近一年新增取证人员不少于全年需求"
    share = "不足全年需求的1%" if per_cent < 1 else f"相当于全年需求的{number(per_cent)}%"
    return f"近一年新增取证人员{share}"


def _movement(per_cent: float) -> str:
    if abs(per_cent) < 0.5:
        return "基本持平"
    return f"{'上升' if per_cent > 0 else '下降'}{number(abs(per_cent))}%"
