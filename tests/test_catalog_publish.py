"""Publishing: whole or not at all, never over another release, the same bytes every time."""

import importlib
import json
from pathlib import Path

import pytest
from golden.small_draft import bare_draft, small_draft

from catalog.publish import MANIFEST, publish
from data.errors import ConfigurationError, ContractError, MissingFileError, ReleaseExistsError
from data.manifest import hash_file

module = importlib.import_module("catalog.publish")

FILES = {
    "catalog.csv", "catalog.xlsx", "catalog.json", "catalog.html", "quality.json",
    *(
        f"charts/{name}.{kind}"
        for name in ("top_ranked", "tightness", "outlook", "coding_quality")
        for kind in ("svg", "png")
    ),
    *(
        f"evidence/{name}.parquet"
        for name in (
            "ranking", "indicators", "openings", "panel", "staffing_shares", "industry_history",
            "industry_forecast", "occupation_forecast", "requirements", "rejected",
        )
    ),
}  # fmt: skip


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def manifest_of(folder: Path) -> dict:  # type: ignore[type-arg]
    return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publishing without pictures, for tests of what happens to folders."""
    monkeypatch.setattr(module, "draw_charts", lambda draft: [])


def test_the_same_draft_gives_the_same_bytes(tmp_path: Path) -> None:
    first = publish(small_draft(), tmp_path / "a", inputs=[__file__])
    second = publish(small_draft(), tmp_path / "b", inputs=[__file__])
    assert set(content(first)) == FILES | {MANIFEST}
    assert content(first) == content(second)


def test_the_manifest_vouches_for_every_file_and_input(tmp_path: Path, light: None) -> None:
    folder = publish(
        small_draft(configuration={"inputs": {"postings": "/secret/a.csv"}, "score": {"seed": 1}}),
        tmp_path,
        inputs=[__file__],
        versions={"coder": "1", "taxonomy": "2022"},
    )
    manifest = manifest_of(folder)
    for name, described in manifest["files"].items():
        assert described == {
            "bytes": (folder / name).stat().st_size, "sha256": hash_file(folder / name)
        }  # fmt: skip
    assert set(manifest["files"]) == set(content(folder)) - {MANIFEST}
    assert manifest["inputs"][0]["sha256"] == hash_file(__file__)
    assert manifest["environment"]["product"]["name"] == "jinque"
    assert (manifest["release"], manifest["status"], manifest["previous"]) == (
        "2026Q4", "draft", None
    )  # fmt: skip
    assert manifest["configuration"] == {"score": {"seed": 1}}
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    assert "/secret" not in text
    assert str(tmp_path) not in text


def test_a_chart_without_data_is_no_file(tmp_path: Path) -> None:
    folder = publish(bare_draft(), tmp_path)
    assert not (folder / "charts" / "outlook.svg").exists()
    page = (folder / "catalog.html").read_text(encoding="utf-8")
    assert "outlook" not in page
    assert page.count("<img") == 3


def test_a_release_is_never_overwritten(tmp_path: Path, light: None) -> None:
    folder = publish(small_draft(), tmp_path, status="published")
    before = content(folder)
    for replace_draft in (False, True):
        with pytest.raises(ReleaseExistsError, match="2026Q4-r2"):
            publish(bare_draft(), tmp_path, replace_draft=replace_draft)
    assert content(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["2026Q4"]


def test_a_draft_gives_way_only_when_asked(tmp_path: Path, light: None) -> None:
    publish(small_draft(), tmp_path)
    with pytest.raises(ReleaseExistsError):
        publish(bare_draft(), tmp_path)
    folder = publish(bare_draft(), tmp_path, status="published", replace_draft=True)
    assert manifest_of(folder)["status"] == "published"
    assert [path.name for path in tmp_path.iterdir()] == ["2026Q4"]


def test_a_folder_that_is_no_release_is_not_replaced(tmp_path: Path, light: None) -> None:
    (tmp_path / "2026Q4").mkdir()
    (tmp_path / "2026Q4" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ReleaseExistsError):
        publish(small_draft(), tmp_path, replace_draft=True)
    assert (tmp_path / "2026Q4" / "notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("step", ["draw_charts", "write_xlsx", "write_evidence", "_flush"])
def test_a_failure_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(module, "draw_charts", lambda draft: [])
    monkeypatch.setattr(module, step, fail)
    with pytest.raises(OSError, match="no space left"):
        publish(small_draft(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_replacement_brings_the_draft_back(
    tmp_path: Path, light: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = publish(small_draft(), tmp_path)
    before = content(folder)
    rename = Path.rename

    def fail_into_place(self: Path, target: Path) -> Path:
        if ".partial-" in self.name:
            raise OSError("disk gone")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_into_place)
    with pytest.raises(OSError, match="disk gone"):
        publish(bare_draft(), tmp_path, replace_draft=True)
    assert content(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["2026Q4"]


def test_two_runs_at_once_end_with_one_release(
    tmp_path: Path, light: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = module._flush

    def overtaken(folder: Path) -> None:
        monkeypatch.setattr(module, "_flush", flush)
        publish(bare_draft(), tmp_path)
        flush(folder)

    monkeypatch.setattr(module, "_flush", overtaken)
    with pytest.raises(ReleaseExistsError):
        publish(small_draft(), tmp_path)
    assert manifest_of(tmp_path / "2026Q4")["synthetic"] is False
    assert [path.name for path in tmp_path.iterdir()] == ["2026Q4"]


def test_an_erratum_needs_a_release_and_stands_beside_it(tmp_path: Path, light: None) -> None:
    with pytest.raises(ConfigurationError, match="no release to correct"):
        publish(small_draft(), tmp_path, revision=2)
    first = publish(small_draft(), tmp_path, status="published")
    second = publish(small_draft(), tmp_path, revision=2, previous=first)
    assert second.name == "2026Q4-r2"
    assert manifest_of(second)["previous"] == {
        "release": "2026Q4", "manifest_sha256": hash_file(first / MANIFEST)
    }  # fmt: skip


def test_wrong_input_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    target = tmp_path / "releases"
    with pytest.raises(ContractError):
        publish(small_draft(panel=small_draft().panel.assign(ads=-1.0)), target)
    with pytest.raises(MissingFileError):
        publish(small_draft(), target, inputs=[tmp_path / "absent.csv"])
    with pytest.raises(MissingFileError):
        publish(small_draft(), target, previous=tmp_path)
    assert not target.exists()


def test_everybody_may_read_a_release(tmp_path: Path, light: None) -> None:
    folder = publish(small_draft(), tmp_path)
    assert folder.stat().st_mode & 0o777 == 0o755
