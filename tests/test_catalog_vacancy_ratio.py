"""求人倍率: the published figures of Wuxi, seekers conserved, groups marked."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.vacancy_ratio import spread_seekers, vacancy_ratios
from data.errors import UnknownCodeError
from data.reference import load_occupations

# Public employment service of Wuxi, 2013Q2 (人力资源市场供求分析, hrss.wuxi.gov.cn 2013-07-29):
# 大类, openings, seekers, ratio published; 其他 stands as the 大类 8.
WUXI = [
    ("1", 5453, 4894, 1.01),
    ("2", 27387, 23883, 1.04),
    ("3", 24709, 24939, 0.91),
    ("4", 39052, 31340, 1.12),
    ("5", 1631, 2087, 0.73),
    ("6", 70927, 74820, 0.87),
    ("8", 10672, 8135, 1.17),
]
WUXI_SEEKERS_WITHOUT_A_WISH = 16556

UNITS = ("4-01-02-01", "4-01-02-03", "4-03-02-05", "6-18-02-04", "6-18-01-07", "6-25-04-07")
GROUPS = ("4", "4-01", "4-01-02", "6", "6-18", "6-18-02")


def a_unit_of(major: str) -> str:
    codes = [c for c in load_occupations().groups if c.startswith(major) and len(c) == 10]
    return min(codes)


def test_wuxi_seven_of_seven_where_plain_division_gives_none() -> None:
    demand = pd.Series({a_unit_of(major): float(openings) for major, openings, *_ in WUXI})
    stated = {major: float(seekers) for major, _, seekers, _ in WUXI}
    seekers = pd.Series({**stated, None: float(WUXI_SEEKERS_WITHOUT_A_WISH)})
    ratios = vacancy_ratios(demand, seekers)
    published = [ratio for *_, ratio in WUXI]
    assert ratios["value"].round(2).tolist() == published
    assert ratios["basis_code"].tolist() == [major for major, *_ in WUXI]
    plain = [round(openings / registered, 2) for _, openings, registered, _ in WUXI]
    assert not any(a == b for a, b in zip(plain, published, strict=True))


@settings(max_examples=30)
@given(
    st.dictionaries(st.sampled_from(UNITS), st.floats(0.5, 1e5), min_size=1),
    st.dictionaries(st.sampled_from((*UNITS, *GROUPS, None)), st.floats(0, 1e5)),
)
def test_seekers_are_conserved_wherever_there_is_demand(
    demand: dict[str, float], seekers: dict[str | None, float]
) -> None:
    register = pd.Series(seekers, dtype=float)
    spread = spread_seekers(pd.Series(demand), register)
    reachable = sum(
        count
        for code, count in seekers.items()
        if code is None or any(unit.startswith(code) for unit in demand)
    )
    assert (spread >= 0).all()
    assert math.isclose(spread.sum(), reachable, rel_tol=1e-9, abs_tol=1e-6)


@settings(max_examples=30)
@given(st.floats(0.1, 10))
def test_the_ratio_does_not_depend_on_the_unit_of_counting(scale: float) -> None:
    demand = pd.Series({"6-18-02-04": 30.0, "6-18-01-07": 10.0, "4-01-02-01": 60.0})
    seekers = pd.Series({"6-18-02-04": 12.0, "6": 8.0, "4": 20.0, None: 10.0})
    one = vacancy_ratios(demand, seekers)["value"]
    other = vacancy_ratios(demand * scale, seekers * scale)["value"]
    pd.testing.assert_series_equal(one, other)


def test_a_ratio_of_a_group_names_the_nearest_group_with_seekers() -> None:
    demand = pd.Series({"6-18-02-04": 30.0, "6-18-02-01": 10.0, "4-01-02-01": 60.0})
    ratios = vacancy_ratios(demand, pd.Series({"6-18-02-04": 15.0, "6-18": 5.0}))
    # 30 / (15 + 5·3/4); the neighbour by its 小类, 40 / 20; nobody is registered in 大类 4.
    assert ratios["value"].round(4).tolist()[:2] == [1.6, 2.0]
    assert math.isnan(ratios["value"]["4-01-02-01"])
    assert ratios["basis_code"].isna().tolist() == [True, False, True]
    assert ratios["basis_code"]["6-18-02-01"] == "6-18-02"


def test_seekers_of_occupations_and_groups_without_demand_count_in_the_group_above() -> None:
    demand = pd.Series({"6-18-02-04": 30.0})
    idle_unit = vacancy_ratios(demand, pd.Series({"6-18-02-01": 10.0}))
    assert idle_unit["value"].tolist() == [3.0]
    assert idle_unit["basis_code"].tolist() == ["6-18-02"]
    idle_group = vacancy_ratios(demand, pd.Series({"6-18-01": 10.0, "6-18-01-07": 5.0}))
    assert idle_group["value"].tolist() == [2.0]
    assert idle_group["basis_code"].tolist() == ["6-18"]


def test_an_unknown_code_is_named() -> None:
    demand = pd.Series({"6-18-02-04": 30.0})
    with pytest.raises(UnknownCodeError, match=r"1: 9-99.*"):
        vacancy_ratios(demand, pd.Series({"9-99": 10.0}))
