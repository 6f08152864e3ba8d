"""Why an occupation has its grade, and what must be kept in mind, in an official's words."""

import math

import pandas as pd

from data.reference import load_occupations

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
        Its indicators, index ``indicator``: ``value`` and ``basis_code``.
    insufficient : str, optional
        Why the grade is X.
    """
    clauses = [] if insufficient is None else [f"证据不足：{insufficient}"]
    clauses.append(
        f"需求约{row['openings']:,.0f}人"
        f"（90%区间{row['openings_lower']:,.0f}—{row['openings_upper']:,.0f}人）"
    )
    if (ratio := _value(indicators, "vacancy_ratio")) is not None:
        clauses.append(f"求人倍率{ratio:.2f}{_basis(indicators)}")
    if (growth := _value(indicators, "openings_growth")) is not None:
        clauses.append(f"一年后需求预计{_movement(growth)}")
    if (wages := _value(indicators, "wage_growth")) is not None:
        clauses.append(f"招聘工资年率{_movement(wages)}")
    if (days := _value(indicators, "days_open")) is not None:
        clauses.append(f"空缺时长中位数{days:.0f}天")
    if (shortfall := _value(indicators, "training_shortfall")) is not None:
        clauses.append(f"全年需求的{100 - shortfall:.0f}%有新增取证人员对应")
    return "；".join(clauses)


def cautions(row: pd.Series) -> str | None:
    """State what a reader must keep in mind about one occupation; None when nothing."""
    found = []
    if row["largest_employer_share"] > CONCENTRATED_SHARE and row["employers"] > 0:
        found.append(f"需求集中于一家单位（占{row['largest_employer_share']:.0%}）")
    if row["imputed_share"] > IMPUTED_SHARE:
        found.append(f"招聘人数多为推算（占{row['imputed_share']:.0%}）")
    if row["certainty_share"] < UNSURE_SHARE and row["openings"] > 0:
        found.append(f"职业归类把握不足（有把握部分占{row['certainty_share']:.0%}）")
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
    return f"（按“{load_occupations().name(code)}”类计）"


def _movement(per_cent: float) -> str:
    if abs(per_cent) < 0.5:
        return "基本持平"
    return f"{'上升' if per_cent > 0 else '下降'}{abs(per_cent):.0f}%"
