"""Verification: every kind of damage to a release is found and named."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from golden.small_draft import bare_draft, quality, small_draft

from catalog.formats import edition_of, write_xlsx
from catalog.publish import MANIFEST, describe_files, publish
from catalog.verify import verify_release
from data.errors import BrokenReleaseError, MissingFileError

RANKING = "evidence/ranking.parquet"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(small_draft(), tmp_path_factory.mktemp("releases"))


@pytest.fixture
def release(original: Path, tmp_path: Path) -> Path:
    return shutil.copytree(original, tmp_path / original.name)


def seal(release: Path) -> None:
    """Write the hashes anew, as somebody would who wants to hide a change."""
    path = release / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["files"] = describe_files(release)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def edit_json(path: Path, change: Callable[[dict], None]) -> None:  # type: ignore[type-arg]
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def found(release: Path) -> dict[str, str]:
    return {fault.file: fault.what for fault in verify_release(release).faults}


@pytest.mark.parametrize("draft", [small_draft, bare_draft])
def test_a_fresh_release_passes(draft: Callable, tmp_path: Path) -> None:  # type: ignore[type-arg]
    report = verify_release(publish(draft(), tmp_path))
    assert report.faults == ()
    assert report.passed
    assert report.files >= 18
    report.require()


def test_each_file_of_the_release_is_watched(release: Path) -> None:
    for path in sorted(release.rglob("*")):
        if path.is_file() and path.name != MANIFEST:
            name, content = path.relative_to(release).as_posix(), path.read_bytes()
            path.write_bytes(content + b" ")
            assert "differs from its hash" in dict(verify_files(release))[name]
            path.write_bytes(content)
    assert verify_release(release).passed


def verify_files(release: Path) -> list[tuple[str, str]]:
    """First fault of each file, which is the one about its hash."""
    return [tuple(fault) for fault in reversed(verify_release(release).faults)]  # type: ignore[misc]


def test_missing_foreign_and_linked_files_are_named(release: Path) -> None:
    (release / "catalog.html").unlink()
    (release / "charts" / "extra.svg").write_text("<svg/>", encoding="utf-8")
    (release / "charts" / "link.png").symlink_to(release / "catalog.json")
    faults = verify_release(release).faults
    assert ("catalog.html", "is missing") in faults
    assert ("charts/extra.svg", "is not in the manifest") in faults
    assert ("charts/link.png", "is a link, not a file") in faults


def test_a_manifest_that_forgets_a_file_is_no_excuse(release: Path) -> None:
    (release / "catalog.csv").unlink()
    seal(release)
    assert "catalog.csv" in found(release)


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"files": ["a"]}'])
def test_a_broken_manifest_is_a_fault_not_a_crash(release: Path, text: str | None) -> None:
    (release / MANIFEST).unlink()
    if text is not None:
        (release / MANIFEST).write_text(text, encoding="utf-8")
    assert MANIFEST in found(release)


def test_a_manifest_cannot_point_outside(release: Path) -> None:
    edit_json(release / MANIFEST, lambda m: m["files"].update({"../../etc/passwd": {"bytes": 1}}))
    assert found(release) == {"../../etc/passwd": "is missing"}


def test_a_grade_changed_in_one_format_is_found(release: Path) -> None:
    edit_json(release / "catalog.json", lambda c: c["occupations"][0].update(grade="C"))
    seal(release)
    assert found(release) == {"catalog.json": "6-18-02-04: C 目录, in the evidence A 目录"}


def test_a_row_dropped_from_the_csv_is_found(release: Path) -> None:
    path = release / "catalog.csv"
    lines = path.read_bytes().split(b"\r\n")
    path.write_bytes(b"\r\n".join(lines[:1] + lines[2:]))
    seal(release)
    assert found(release) == {"catalog.csv": "6-18-02-04: absent, in the evidence A 目录"}


def test_a_spreadsheet_of_another_draft_is_found(release: Path) -> None:
    write_xlsx(edition_of(bare_draft()), release / "catalog.xlsx")
    seal(release)
    faults = verify_release(release).faults
    assert len(faults) == 8
    assert {fault.file for fault in faults} == {"catalog.xlsx"}


@pytest.mark.parametrize(
    "name", ["catalog.csv", "catalog.xlsx", "catalog.json", "quality.json", RANKING]
)
def test_an_unreadable_file_is_a_fault_not_a_crash(release: Path, name: str) -> None:
    (release / name).write_bytes(b"\x00\xff broken")
    seal(release)
    assert "cannot be read" in found(release)[name]


def test_evidence_must_keep_its_contract(release: Path) -> None:
    table = pq.read_table(release / RANKING)
    score = pa.array([101.0] * len(table))
    pq.write_table(
        table.set_column(table.column_names.index("score"), table.schema.field("score"), score),
        release / RANKING,
    )
    seal(release)
    assert found(release)[RANKING] == "score: 101 is above 100"
    pq.write_table(table.drop_columns(["rank"]), release / RANKING)
    seal(release)
    assert found(release)[RANKING] == "has not the columns of its contract"


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"used": 9299}, "12000 rows in, but used + duplicate + rejected = 11999"),
        ({"reasons": {}}, "2 rejected, but 0 with a reason"),
    ],
)
def test_rows_in_must_equal_rows_accounted_for(
    release: Path, counts: dict[str, object], message: str
) -> None:
    edit_json(release / "quality.json", lambda q: q["tables"]["postings"].update(counts))
    seal(release)
    assert message in found(release)["quality.json"]


def test_the_chain_of_releases_is_checked(original: Path, tmp_path: Path) -> None:
    after = publish(small_draft(quarter="2027Q1", **_moved("2027Q1")), tmp_path, previous=original)
    assert verify_release(after, previous=original).passed
    other = publish(bare_draft(), tmp_path / "other")
    faults = verify_release(after, previous=other).faults
    assert [fault.file for fault in faults] == [MANIFEST]
    assert not verify_release(original, previous=other).passed


def _moved(quarter: str) -> dict[str, object]:
    draft = small_draft()
    names = ("ranking", "indicators", "openings", "panel")
    return {name: getattr(draft, name).assign(quarter=quarter) for name in names}


def test_faults_raise_on_demand_and_name_the_files(release: Path) -> None:
    (release / "catalog.html").unlink()
    with pytest.raises(BrokenReleaseError, match=r"catalog\.html: is missing"):
        verify_release(release).require()
    with pytest.raises(MissingFileError):
        verify_release(release / "absent")


def test_quality_of_the_small_draft_adds_up() -> None:
    for counts in quality()["tables"].values():
        assert counts["rows_in"] == counts["used"] + counts["duplicate"] + counts["rejected"]
