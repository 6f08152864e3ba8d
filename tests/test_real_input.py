"""Real postings, 2015: a board without seekers or demand gives a sound issue that claims little.

The advertisements are those of the boards ``1dagong_*`` of 2015, the courses those of the same
site.  There is neither a register nor an earlier list, so the vacancy ratio is unknown for all.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from conftest import made_once

from catalog.configuration import read_configuration
from catalog.run import run
from catalog.tables import INDICATORS, RANKING
from catalog.verify import verify_release
from data.reference import load_districts

PHONE = re.compile(rb"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
CONFIGURATION = """
[area]
postings = "{area}"
[inputs]
postings = "{material}/postings/postings.parquet"
postings_sources = ["1dagong_*"]
supply = "{material}/supply/training_course_ads_2015.csv"
[gates]
postings_at_least = 20
"""
QUARTER = "2015Q3"


class Issue(NamedTuple):
    """A release and the tables in it."""

    folder: Path
    ranking: pd.DataFrame
    indicators: pd.DataFrame
    quality: dict  # type: ignore[type-arg]
    statements: str


@pytest.fixture(scope="session", params=["everywhere", "inside"])
def issue(
    request: pytest.FixtureRequest, real_material: Path, tmp_path_factory: pytest.TempPathFactory
) -> Issue:
    area = request.param

    def make(folder: Path) -> None:
        path = folder / "jinque.toml"
        text = CONFIGURATION.format(area=area, material=real_material.as_posix())
        path.write_text(text, encoding="utf-8")
        run(read_configuration(path), QUARTER, folder / "releases")

    folder = made_once(tmp_path_factory, f"real-{area}", make) / "releases" / QUARTER
    evidence = folder / "evidence"
    return Issue(
        folder,
        RANKING.check(pd.read_parquet(evidence / "ranking.parquet")),
        INDICATORS.check(pd.read_parquet(evidence / "indicators.parquet")),
        json.loads((folder / "quality.json").read_text(encoding="utf-8")),
        "\n".join(json.loads((folder / "catalog.json").read_text(encoding="utf-8"))["statements"]),
    )


def is_inside(issue: Issue) -> bool:
    return "real-inside" in str(issue.folder)


def test_the_release_is_whole(issue: Issue) -> None:
    assert verify_release(issue.folder).faults == ()


def test_without_seekers_nothing_is_graded_and_nothing_is_called_no_shortage(issue: Issue) -> None:
    """Size and wages alone carry less than half of the weights: X, not N, for every occupation."""
    assert set(issue.ranking["grade"]) == {"X"}
    assert issue.ranking["explanation"].str.startswith("证据不足：").all()
    ratios = issue.indicators[issue.indicators["indicator"] == "vacancy_ratio"]
    assert ratios["value"].isna().all()
    assert ratios["missing_reason"].str.contains("登记需求").all()


def test_the_statements_say_plainly_what_is_absent(issue: Issue) -> None:
    for words in (
        "不代表本地区全部需求",
        "求人倍率为X",
        "未提供分行业需求历史，本期不作需求预测",
        "1311条课程广告，没有培训和取证人数",
    ):
        assert words in issue.statements
    page = (issue.folder / "catalog.html").read_text(encoding="utf-8")
    assert "证据不足不等于不紧缺" in page


def test_sales_leads_the_demand(issue: Issue) -> None:
    table = issue.ranking.sort_values("openings", ascending=False)
    assert "营销员" in table["occupation_name"].head(3).tolist()
    if not is_inside(issue):
        assert table["occupation_name"].iloc[0] == "营销员"
        leading = set(table["occupation_code"].head(8))
        # 互联网营销师, 客户服务管理员, 房地产经纪人, 行政办事员.
        assert len(leading & {"4-01-06-02", "4-07-02-03", "4-06-02-01", "3-01-01-01"}) >= 3


def test_intervals_hold_their_points(issue: Issue) -> None:
    table = issue.ranking
    assert (table["openings_lower"] <= table["openings"]).all()
    assert (table["openings"] <= table["openings_upper"]).all()
    ranked = table[table["rank"].notna()]
    for name in ("score", "rank"):
        assert (ranked[f"{name}_lower"] <= ranked[name]).all()
        assert (ranked[name] <= ranked[f"{name}_upper"]).all()


def test_every_row_is_accounted_for(issue: Issue) -> None:
    for counts in issue.quality["tables"].values():
        assert counts["rows_in"] == counts["used"] + counts["duplicate"] + counts["rejected"]
        assert sum(counts["reasons"].values()) == counts["rejected"]
    postings = issue.quality["tables"]["postings"]
    assert postings["rows_in"] > 5000
    if is_inside(issue):
        assert postings["reasons"]["工作地点不在本地区"] > postings["used"]
    else:
        assert postings["rejected"] < 0.01 * postings["rows_in"]


def test_no_telephone_number_reaches_the_release(issue: Issue) -> None:
    found = [
        path.relative_to(issue.folder).as_posix()
        for path in issue.folder.rglob("*")
        if path.suffix in (".csv", ".json", ".html", ".svg") and PHONE.search(path.read_bytes())
    ]
    assert found == []
    for path in (issue.folder / "evidence").glob("*.parquet"):
        text = pd.read_parquet(path).select_dtypes("str").to_csv().encode()
        assert not PHONE.search(text), path.name


def test_postings_of_chongqing_have_their_districts(issue: Issue) -> None:
    panel = pd.read_parquet(issue.folder / "evidence" / "panel.parquet")
    codes = panel["district_code"].dropna()
    assert set(codes) <= set(load_districts("2015-09-30").table["district_code"])
    if is_inside(issue):
        # Cells of fewer than three employers stand without their district.
        known = panel.loc[panel["district_code"].notna(), "openings"].sum()
        assert known / panel["openings"].sum() > 0.2
        assert codes.nunique() >= 8
