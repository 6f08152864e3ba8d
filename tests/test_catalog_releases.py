"""Finding the issue before in a folder of releases, and its grades."""

import json
from pathlib import Path

import pytest

from catalog.releases import latest_release_before, read_grades
from data.errors import BrokenReleaseError


def releases(parent: Path, *names: str) -> None:
    for name in names:
        (parent / name).mkdir(parents=True)
        (parent / name / "manifest.json").write_text("{}", encoding="utf-8")


def test_the_latest_earlier_release_and_its_last_erratum(tmp_path: Path) -> None:
    releases(tmp_path, "2025Q4", "2026Q1", "2026Q1-r2", "2026Q1-r10", "2026Q2")
    assert latest_release_before(tmp_path, "2026Q2") == tmp_path / "2026Q1-r10"
    assert latest_release_before(tmp_path, "2026Q1") == tmp_path / "2025Q4"
    assert latest_release_before(tmp_path, "2025Q4") is None


def test_what_is_no_release_is_not_taken_for_one(tmp_path: Path) -> None:
    releases(tmp_path, ".2026Q1.partial-x", "2026Q1-draft", "old", "2026Q5")
    (tmp_path / "2026Q2").mkdir()
    (tmp_path / "2025Q1").write_text("a file", encoding="utf-8")
    assert latest_release_before(tmp_path, "2026Q4") is None
    assert latest_release_before(tmp_path / "none", "2026Q4") is None


def test_grades_are_read_back(tmp_path: Path) -> None:
    rows = [{"occupation_code": "6-18-02-04", "grade": "A"}]
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps({"occupations": rows}), encoding="utf-8")
    assert read_grades(tmp_path).to_dict() == {"6-18-02-04": "A"}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"occupations": [{}]}', '{"occupations": 3}'])
def test_a_broken_release_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "2026Q1").mkdir()
    (tmp_path / "2026Q1" / "catalog.json").write_text(text, encoding="utf-8")
    with pytest.raises(BrokenReleaseError, match=r"2026Q1.*jinque verify"):
        read_grades(tmp_path / "2026Q1")
