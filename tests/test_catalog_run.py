"""The quarterly run: a sound release, the chain of issues, the same bytes, nothing half-written."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from catalog.configuration import Configuration, read_configuration
from catalog.run import own_titles, run
from catalog.verify import verify_release
from data.errors import ConfigurationError, ContractError
from data.manifest import hash_file


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
