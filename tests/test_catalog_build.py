"""The draft of the sample: what was made short is found short, what is crowded is not."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from catalog.build import describe_running_quarter, rank_occupations
from catalog.configuration import read_configuration
from catalog.inputs import read_inputs
from catalog.tables import INDICATORS, LISTED_GRADES, RANKING
from data.sample import CROWDED, SHORT
from data.tables import CORRECTIONS, OPENINGS, PANEL

QUARTER = "2026Q4"


@pytest.fixture(scope="module")
def ranking(sample_releases: Path) -> pd.DataFrame:
    table = pd.read_parquet(sample_releases / QUARTER / "evidence" / "ranking.parquet")
    return RANKING.check(table).set_index("occupation_code")


@pytest.fixture(scope="module")
def indicators(sample_releases: Path) -> pd.DataFrame:
    path = sample_releases / QUARTER / "evidence" / "indicators.parquet"
    return INDICATORS.check(pd.read_parquet(path))


def statements(sample_releases: Path) -> str:
    text = (sample_releases / QUARTER / "catalog.json").read_text(encoding="utf-8")
    return "\n".join(json.loads(text)["statements"])


def test_occupations_made_short_are_graded_short_and_crowded_ones_are_not(
    ranking: pd.DataFrame,
) -> None:
    short = ranking["grade"].reindex(sorted(SHORT)).isin(LISTED_GRADES)
    assert short.mean() >= 0.8
    crowded = ranking["grade"].reindex(sorted(CROWDED))
    # The 求人倍率 is the parent group's, so one that was listed before may stay at the lower bound.
    kept = crowded.index[crowded.isin(LISTED_GRADES)]
    assert len(kept) <= 1
    assert (ranking.loc[kept, "score"] <= 61).all()
    assert ranking.loc[kept, "previous_grade"].isin(LISTED_GRADES).all()
    # A list that names everything would pass the first line.
    listed = ranking.index[ranking["grade"].isin(LISTED_GRADES)]
    assert len(set(listed) & SHORT) / len(listed) >= 0.3
    assert ranking.loc[sorted(SHORT), "rank"].median() < ranking["rank"].median() / 2


def test_the_better_the_grade_the_better_the_score(ranking: pd.DataFrame) -> None:
    means = ranking.groupby("grade")["score"].mean()
    assert means["A"] > means["B"] > means["C"] > means["N"]


def test_intervals_hold_their_points(ranking: pd.DataFrame) -> None:
    ranked = ranking[ranking["rank"].notna()]
    for name in ("score", "rank", "openings"):
        assert (ranked[f"{name}_lower"] <= ranked[name]).all()
        assert (ranked[name] <= ranked[f"{name}_upper"]).all()


def test_openings_are_at_the_registers_level(ranking: pd.DataFrame, sample_project: Path) -> None:
    section = read_configuration(sample_project / "jinque.toml").inputs
    demand = read_inputs(section, QUARTER).demand
    registered = demand.loc[demand["quarter"] == QUARTER, "openings"].sum()
    # Occupations advertised in the quarter before only keep a little of it.
    assert 0.97 * registered <= ranking["openings"].sum() <= registered * 1.0001


def test_every_occupation_says_why_and_whether_training_can_serve_it(
    ranking: pd.DataFrame, indicators: pd.DataFrame
) -> None:
    assert ranking["explanation"].str.contains("需求约").all()
    assert ranking["eligibility_basis"].str.len().gt(0).all()
    insufficient = ranking["grade"] == "X"
    assert (ranking["explanation"].str.startswith("证据不足：") == insufficient).all()
    assert (indicators["value"].isna() == indicators["missing_reason"].notna()).all()
    assert set(indicators["occupation_code"]) == set(ranking.index)


def test_statements_tell_what_the_figures_rest_on(sample_releases: Path) -> None:
    said = statements(sample_releases)
    for words in ("登记需求总量", "证据4条", "填报时多写一个零"):
        assert words in said


def test_what_is_partial_of_a_running_quarter_is_only_what_postings_tell() -> None:
    with_register, without = (
        describe_running_quarter(date(2026, 12, 5), QUARTER, has_register=known)[0]
        for known in (True, False)
    )
    for said in (with_register, without):
        assert said.startswith("招聘信息截至2026年12月5日，2026年第四季度尚未结束，未推算至季末：")
    assert "只有取自招聘信息的数字" in with_register
    assert "登记需求等统计数据为全季数" in with_register
    assert "需求人数为截至当日数" in without
    assert "全季数，" not in without
    for day in (None, date(2026, 12, 31)):
        assert describe_running_quarter(day, QUARTER, has_register=True) == []


def test_a_ratio_of_a_group_is_marked(ranking: pd.DataFrame) -> None:
    """Seekers of 6-25 are registered by the 中类 only, those of agriculture by the 大类."""
    assert ranking["vacancy_ratio_basis_code"]["6-25-02-05"] == "6-25"
    assert set(ranking["vacancy_ratio_basis_code"].filter(like="5-", axis=0)) >= {"5"}
    assert pd.isna(ranking["vacancy_ratio_basis_code"]["6-18-02-04"])


def test_a_gap_in_the_quarter_of_the_issue_makes_the_ratio_x(
    sample_releases: Path, sample_project: Path, ranking: pd.DataFrame
) -> None:
    evidence = sample_releases / QUARTER / "evidence"
    configuration = read_configuration(sample_project / "jinque.toml")
    inputs = read_inputs(configuration.inputs, QUARTER)
    gap = {"table": "demand", "series": "C", "quarter": QUARTER, "what": "gap", "value": None,
           "reason": "停报", "status": "active", "guard": None}  # fmt: skip
    # Too short a history for a forecast, which this is not about.
    recent = inputs.demand[inputs.demand["quarter"] >= "2025Q4"]
    found = rank_occupations(
        OPENINGS.check(pd.read_parquet(evidence / "openings.parquet")),
        PANEL.check(pd.read_parquet(evidence / "panel.parquet")),
        replace(inputs, demand=recent, corrections=CORRECTIONS.check(pd.DataFrame([gap]))),
        configuration,
        QUARTER,
    )
    table = found.table.set_index("occupation_code")
    welder, waiter = "6-18-02-04", "4-03-02-05"
    assert pd.isna(table.loc[welder, "vacancy_ratio"])
    assert pd.isna(found.outlook.registered_demand[welder])
    assert table.loc[welder, "openings"] == pytest.approx(ranking.loc[welder, "openings"], rel=0.5)
    assert table.loc[waiter, "vacancy_ratio"] == pytest.approx(
        ranking.loc[waiter, "vacancy_ratio"], rel=0.15
    )
    assert any("“制造业”的登记需求缺失" in said for said in found.statements)
