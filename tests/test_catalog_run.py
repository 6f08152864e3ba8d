"""The quarterly run: a sound release, the chain of issues, the same bytes, nothing half-written."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from catalog.configuration import Configuration, read_configuration
from catalog.inputs import BROKEN_ROW, UNKNOWN_CODE
from catalog.progress import tell_series
from catalog.run import own_titles, run
from catalog.tables import FORECAST_MODELS
from catalog.verify import verify_release
from data.errors import ConfigurationError, ContractError
from data.manifest import hash_file
from data.requirements import REQUIREMENTS


def edited(project: Path, section: str, **values: Any) -> Configuration:
    configuration = read_configuration(project / "bare.toml")
    part = getattr(configuration, section).model_copy(update=values)
    return configuration.model_copy(update={section: part})


def manifest(release: Path) -> dict[str, Any]:
    return json.loads((release / "manifest.json").read_text(encoding="utf-8"))


def grades(release: Path, column: str = "grade") -> pd.Series:
    table = pd.read_parquet(release / "evidence" / "ranking.parquet")
    return table.set_index("occupation_code")[column].dropna()


@pytest.mark.parametrize("quarter", ["2026Q3", "2026Q4"])
def test_the_release_of_the_sample_is_whole(quarter: str, sample_releases: Path) -> None:
    report = verify_release(sample_releases / quarter)
    assert report.faults == ()
    assert sorted(path.name for path in sample_releases.iterdir()) == ["2026Q3", "2026Q4"]


def test_the_second_issue_rests_on_the_first_and_names_it(sample_releases: Path) -> None:
    first, second = sample_releases / "2026Q3", sample_releases / "2026Q4"
    assert verify_release(second, previous=first).passed
    assert manifest(second)["previous"] == {
        "release": "2026Q3", "manifest_sha256": hash_file(first / "manifest.json"),
    }  # fmt: skip
    assert manifest(first)["previous"] is None
    before, stated = grades(first), grades(second, "previous_grade")
    assert stated.isin(["A", "B", "C"]).sum() == before.isin(["A", "B", "C"]).sum()
    assert (stated == before.reindex(stated.index)).all()


def test_the_first_issue_rests_on_the_list_in_force(
    sample_releases: Path, sample_project: Path
) -> None:
    listed = pd.read_csv(sample_project / "sample" / "previous.csv")
    in_force = listed.set_index("职业编码")["紧缺等级"]
    stated = grades(sample_releases / "2026Q3", "previous_grade")
    assert len(stated) > 30
    assert (stated == in_force.reindex(stated.index)).all()


def test_the_manifest_holds_hashes_and_no_path(sample_releases: Path, sample_project: Path) -> None:
    text = (sample_releases / "2026Q4" / "manifest.json").read_text(encoding="utf-8")
    assert str(sample_project) not in text
    names = {each["name"] for each in manifest(sample_releases / "2026Q4")["inputs"]}
    files = {path.name for path in (sample_project / "sample").iterdir()}
    assert names == files - {"README.txt"}


def test_rows_in_are_used_duplicate_or_rejected(
    sample_releases: Path, sample_project: Path
) -> None:
    release = sample_releases / "2026Q4"
    tables = json.loads((release / "quality.json").read_text(encoding="utf-8"))["tables"]
    for name, counts in tables.items():
        assert counts["rows_in"] == counts["used"] + counts["duplicate"] + counts["rejected"], name
    assert tables["postings"]["rows_in"] == 6000
    rejected = pd.read_parquet(release / "evidence" / "rejected.parquet")
    assert len(rejected) == sum(counts["rejected"] for counts in tables.values())


def test_the_models_behind_the_forecasts_are_in_the_evidence(sample_releases: Path) -> None:
    evidence = sample_releases / "2026Q4" / "evidence"
    models = FORECAST_MODELS.check(pd.read_parquet(evidence / "forecast_models.parquet"))
    sections = pd.read_parquet(evidence / "industry_forecast.parquet")["series_id"]
    assert set(models["series_id"]) == {*sections, "total"}
    weights = models.groupby("series_id")["weight"].sum()
    assert weights.between(0.999, 1.001).all()


def test_no_forecast_is_surer_than_the_quarter_that_is_over(sample_releases: Path) -> None:
    table = pd.read_parquet(sample_releases / "2026Q4" / "evidence" / "ranking.parquet")
    table = table[table["openings"] >= 100].dropna(subset="openings_forecast_next_year")
    now, year = (
        (table[f"{name}_upper"] - table[f"{name}_lower"]) / table[name]
        for name in ("openings", "openings_forecast_next_year")
    )
    assert len(table) > 50
    # Figures are rounded to a tenth of a person.
    assert (year >= now - 0.005).all()


def test_long_work_is_told_of_by_the_name_of_the_series() -> None:
    told: list[tuple[str, int, str]] = []
    on_series = tell_series(lambda step, done, name="": told.append((step, done, name)))
    assert on_series is not None
    for name in ("C", "total"):
        on_series(name)
    assert told == [("forecast", 1, "C"), ("forecast", 2, "total")]
    assert tell_series(None) is None


def test_a_draft_is_replaced_by_the_same_bytes(
    small_project: Path, bare_release: Path, tmp_path: Path
) -> None:
    release = shutil.copytree(bare_release, tmp_path / "2026Q4")
    (release / "catalog.csv").write_text("a draft that somebody wrote on", encoding="utf-8")
    configuration = read_configuration(small_project / "bare.toml")
    assert run(configuration, "2026Q4", tmp_path, replace_draft=True) == release
    for path in (path for path in bare_release.rglob("*") if path.is_file()):
        assert hash_file(release / path.relative_to(bare_release)) == hash_file(path)
    assert [path.name for path in tmp_path.iterdir()] == ["2026Q4"]


@pytest.fixture(scope="module")
def running(small_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Release of a quarter still running, with rates of the bureau's own, one of them broken."""
    folder = tmp_path_factory.mktemp("running")
    rates = folder / "rates.csv"
    rates.write_text(
        "职业编码,退出率（%）,转职率（%）,来源\n6,3,1,本市抽样调查\n6-77,3,1,本市抽样调查\n",
        encoding="utf-8",
    )
    growth = folder / "growth.csv"
    growth.write_text(
        "职业编码,行业代码,就业增长率（%）,就业人数,来源\n6-18,,10,,本市规划\n,C,10,,本市规划\n",
        encoding="utf-8",
    )
    configuration = edited(
        small_project, "inputs", postings_collected_on="2026-12-05",
        replacement_rates=str(rates), employment_growth=str(growth),
    )  # fmt: skip
    return run(configuration, "2026Q4", folder / "releases")


def statements(release: Path) -> list[str]:
    return json.loads((release / "catalog.json").read_text(encoding="utf-8"))["statements"]


def test_a_quarter_that_is_still_running_says_so(running: Path, sample_releases: Path) -> None:
    (said,) = (each for each in statements(running) if "尚未结束" in each)
    assert said.startswith("招聘信息截至2026年12月5日，2026年第四季度尚未结束，未推算至季末：")
    assert "需求人数为截至当日数" in said
    # The postings of the sample were collected after the end of the quarter.
    assert not any("尚未结束" in each for each in statements(sample_releases / "2026Q4"))


def test_rates_of_ones_own_replace_the_foreign_ones_and_are_accounted_for(running: Path) -> None:
    table = REQUIREMENTS.check(pd.read_parquet(running / "evidence" / "requirements.parquet"))
    assert set(table["occupation_code"].str[0]) == {"6"}
    share = table["persons_per_year_required"] / table["employed_persons"]
    constant = share[table["growth_code"].isna()]
    assert constant.tolist() == pytest.approx([0.04] * (len(table) - 1), rel=0.01)
    quality = json.loads((running / "quality.json").read_text(encoding="utf-8"))
    assert quality["tables"]["replacement_rates"]["reasons"] == {UNKNOWN_CODE: 1}
    reasons = {group["code"]: group["reason"] for group in quality["requirements"]["left_out"]}
    assert reasons["4-01"] == "本类及其上级类别均无退出率和转职率"
    assert quality["requirements"]["notes"][:4] == statements(running)[-4:]
    assert not any("美国" in said for said in statements(running))
    assert {"rates.csv", "growth.csv"} <= {each["name"] for each in manifest(running)["inputs"]}
    assert verify_release(running).passed


def test_growth_that_a_planner_brings_enters_the_account(running: Path) -> None:
    table = pd.read_parquet(running / "evidence" / "requirements.parquet")
    grown = table[table["growth_code"].notna()].set_index("occupation_code")
    assert grown.index.tolist() == ["6-18"]
    ratio = grown["persons_per_year_growth"] / grown["employed_persons"]
    assert ratio.item() == pytest.approx(0.1, rel=0.001)
    quality = json.loads((running / "quality.json").read_text(encoding="utf-8"))
    assert quality["tables"]["employment_growth"]["reasons"] == {BROKEN_ROW: 1}
    assert any("来源：本市规划" in said for said in statements(running))


def test_the_account_of_the_sample_is_of_the_next_year_and_warns(sample_releases: Path) -> None:
    release = sample_releases / "2026Q4"
    table = REQUIREMENTS.check(pd.read_parquet(release / "evidence" / "requirements.parquet"))
    assert set(table["year"]) == {2027}
    page = (release / "catalog.html").read_text(encoding="utf-8")
    section = page.split("<h2>八、2027年度用工需求（就业增长＋人员补充）</h2>")[1].split(
        "</section>"
    )[0]
    for words in (
        "不得相加",
        "美国劳工统计局",
        "2020年人口普查数据不能沿用）：4-13 文化、体育和娱乐服务人员",
    ):
        assert words in section


def test_a_day_that_is_none_is_refused(small_project: Path, tmp_path: Path) -> None:
    configuration = edited(small_project, "inputs", postings_collected_on="5 January")
    with pytest.raises(ConfigurationError, match=r"postings_collected_on.*'5 January'"):
        run(configuration, "2026Q4", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_title_of_ones_own_that_breaks_the_contract_does_not_go_unnoticed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "titles.csv"
    head = "term,occupation_code,kind,also_right\n"
    path.write_text(head + "天车工,6-30-05-01,title,\n", encoding="utf-8")
    rows = own_titles(path)
    assert rows is not None
    assert rows["also_right"].tolist() == [""]
    path.write_text(head + "天车工,6-30-05-01,nickname,\n", encoding="utf-8")
    with pytest.raises(ContractError, match="nickname"):
        own_titles(path)
    assert own_titles(None) is None


def test_evidence_and_corrections_are_told_in_the_release(sample_releases: Path) -> None:
    page = (sample_releases / "2026Q4" / "catalog.html").read_text(encoding="utf-8")
    section = page.split("企业调查、重点项目等证据（不计分）</h3>")[1].split("</section>")[0]
    assert section.count("<tr>") == 1 + 4
    assert "示例：整车新线投产" in section
    assert "2023年第二季度“金融业”需求数据：由51,630订正为5,163，示例：填报时多写一个零" in page
