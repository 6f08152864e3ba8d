"""The command: good paths, columns of the outputs, exit codes, and one clear message each."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import typer
from conftest import Jinque

from catalog import command_line
from catalog.command_line import app
from catalog.diff import diff_releases, render_diff
from catalog.verify import verify_release
from data.manifest import hash_file
from data.tables import CODED_POSTINGS, PANEL

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.fixture
def project(small_project: Path, tmp_path: Path) -> Path:
    """A copy of the small project that a test may change."""
    return shutil.copytree(small_project, tmp_path / "project")


def nothing_in(folder: Path) -> bool:
    return not folder.exists() or list(folder.iterdir()) == []


def hashes(release: Path) -> dict[Path, str]:
    files = (path for path in release.rglob("*") if path.is_file())
    return {path.relative_to(release): hash_file(path) for path in files}


def add_posting(project: Path, **values: str) -> None:
    """Append a posting of the sample with some cells changed."""
    path = project / "sample" / "postings.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with path.open("a", encoding="utf-8", newline="") as stream:
        csv.DictWriter(stream, list(rows[0])).writerow(rows[0] | values)


# -- help ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_has_a_help_text(name: str) -> None:
    command = COMMANDS[name]
    assert re.match(r"[A-Z].*\.", command.help or "")
    for parameter in command.params:
        if parameter.name != "help":
            assert len(getattr(parameter, "help", None) or "") > 5, parameter.name


def test_help_and_misuse(jinque: Jinque) -> None:
    for name in sorted(COMMANDS):
        assert name in jinque("--help")
        assert COMMANDS[name].help in " ".join(jinque(name, "--help").split())
    assert "No such command" in jinque("rum", code=2)
    assert "--quarter" in jinque("run", "--config", "a.toml", "--out", "b", code=2)


# -- good paths ------------------------------------------------------------------------------


def test_sample_writes_its_files(jinque: Jinque, tmp_path: Path) -> None:
    said = jinque("sample", "--out", tmp_path / "s", "--postings", 150, "--quarter", "2025Q2")
    assert "8 files of invented data" in said
    assert len(pd.read_csv(tmp_path / "s" / "postings.csv")) == 150


def test_run_as_a_process_of_its_own_gives_the_bytes_of_the_function(
    small_project: Path, bare_release: Path, tmp_path: Path
) -> None:
    """Another process with another hash seed writes the same release, and warns of nothing."""
    arguments = ["run", "--config", "bare.toml", "--quarter", "2026Q4", "--out", str(tmp_path)]
    done = subprocess.run(
        [str(Path(sys.executable).with_name("jinque")), *arguments],
        cwd=small_project,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "catalog.html" in done.stderr
    assert "Warning" not in done.stderr
    assert done.stdout == ""
    assert hashes(tmp_path / "2026Q4") == hashes(bare_release)
    assert verify_release(bare_release).passed


def test_code(jinque: Jinque, small_project: Path, tmp_path: Path) -> None:
    out = tmp_path / "coded.csv"
    said = jinque("code", small_project / "sample" / "postings.csv", out, "--top", 3)
    table = pd.read_csv(out, dtype=str)
    assert list(table.columns) == [
        "posting_id", "occupation_code", "probability", "level", "alternatives",
    ]  # fmt: skip
    coded = CODED_POSTINGS.check(table.assign(probability=table["probability"].astype(float)))
    rejected = int(re.search(r"(\d+) rows were left out", said)[1])  # type: ignore[index]
    assert len(coded) + rejected == 600
    alternatives = coded["alternatives"].dropna().str.split("|")
    assert alternatives.str.len().max() == 3
    first = alternatives.str[0].str.split(":")
    best = coded["occupation_code"].dropna()
    assert (first.str[0].reindex(best.index) == best).all()


def test_code_with_titles_of_ones_own(jinque: Jinque, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("编号,职位名称\n1,摸鱼师\n", encoding="utf-8")
    titles = "term,occupation_code,kind,also_right\n摸鱼师,6-18-02-04,title,\n"
    (tmp_path / "t.csv").write_text(titles, encoding="utf-8")
    jinque("code", tmp_path / "p.csv", tmp_path / "c.csv", "--titles", tmp_path / "t.csv")
    assert pd.read_csv(tmp_path / "c.csv")["occupation_code"].tolist() == ["6-18-02-04"]


@pytest.fixture(scope="module")
def panel(small_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("panel") / "panel.parquet"
    source = small_project / "sample" / "postings.csv"
    command_line.stages.tabulate_file(source, out, quarter="2026Q4", inside_only=True)
    return out


def test_tabulate(jinque: Jinque, panel: Path, small_project: Path, tmp_path: Path) -> None:
    out = tmp_path / "panel.parquet"
    source = small_project / "sample" / "postings.csv"
    jinque("tabulate", source, out)
    table = pd.read_parquet(out)
    assert list(table.columns) == [
        "quarter", "occupation_code", "industry_code", "district_code", "openings", "ads",
        "employers", "wage_yuan_month_median",
    ]  # fmt: skip
    PANEL.check(table)
    # Without --quarter all quarters are counted; that of the sample is the last of them.
    pd.testing.assert_frame_equal(table, pd.read_parquet(panel))
    assert sorted(table["quarter"].unique()) == ["2026Q3", "2026Q4"]


def test_rank(jinque: Jinque, panel: Path, small_project: Path, tmp_path: Path) -> None:
    out = tmp_path / "ranking.csv"
    config = small_project / "jinque.toml"
    jinque("rank", panel, out, "--config", config, "--quarter", "2026Q4")
    table = pd.read_csv(out)
    assert {"occupation_code", "grade", "rank", "rank_lower", "rank_upper", "explanation"} <= set(
        table.columns
    )
    assert table["rank"].dropna().is_monotonic_increasing
    assert "2026Q1" in jinque(
        "rank", panel, tmp_path / "no.csv", "--config", config, "--quarter", "2026Q1", code=3
    )
    assert not (tmp_path / "no.csv").exists()


def test_diff_and_verify(jinque: Jinque, sample_releases: Path) -> None:
    first, second = sample_releases / "2026Q3", sample_releases / "2026Q4"
    assert jinque("diff", first, second) == render_diff(diff_releases(first, second))
    assert "whole and consistent" in jinque("verify", second, "--previous", first)


# -- what goes wrong -------------------------------------------------------------------------


def run_arguments(project: Path, out: Path, **options: str) -> list[object]:
    chosen = {"config": project / "bare.toml", "quarter": "2026Q4", "out": out, **options}
    return ["run", *(part for k, v in chosen.items() for part in (f"--{k}", v))]


def edit(project: Path, text: str) -> None:
    with (project / "bare.toml").open("a", encoding="utf-8") as stream:
        stream.write(text)


def no_postings(project: Path) -> None:
    (project / "sample" / "postings.csv").unlink()


def no_known_column(project: Path) -> None:
    (project / "sample" / "postings.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")


WRONG: dict[str, tuple[Callable[[Path], None], dict[str, str], int, str]] = {
    "unknown key": (lambda p: edit(p, "[score]\nsead = 1\n"), {}, 2, "score.sead: unknown key"),
    "no configuration": (lambda p: (p / "bare.toml").unlink(), {}, 3, r"\(1: bare.toml\)"),
    "no postings": (no_postings, {}, 3, r"postings\.csv"),
    "no known column": (no_known_column, {}, 3, r"postings\.csv.*甲.*expected.*职位名称"),
    "no such quarter": (lambda _: None, {"quarter": "2019Q2"}, 3, "no posting of 2019Q2.*expected"),
    "malformed quarter": (lambda _: None, {"quarter": "2026-4"}, 2, "'2026-4'.*like 2026Q4"),
    "gate": (
        lambda p: edit(p, "[gates]\npostings_at_least = 9999\n"), {}, 4,
        r"withheld \(1: 本季度岗位数不少于 \d+, 界限9999\); mend",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_one_clear_message_and_nothing_written(name: str, jinque: Jinque, project: Path) -> None:
    spoil, options, code, message = WRONG[name]
    spoil(project)
    out = project / "releases"
    said = jinque(*run_arguments(project, out, **options), code=code)
    assert re.search(message, said), said
    if name != "malformed quarter":
        assert len(said.strip().splitlines()) == 1
        assert said.startswith("jinque: ")
    assert nothing_in(out)


def test_bad_rows_are_rejected_with_a_reason_and_the_run_goes_on(
    jinque: Jinque, project: Path
) -> None:
    add_posting(project, 编号="NEG", 招聘人数="-3")
    add_posting(project, 编号="FAR", 工作地点="500999")
    jinque(*run_arguments(project, project / "releases"))
    release = project / "releases" / "2026Q4"
    rejected = pd.read_parquet(release / "evidence" / "rejected.parquet").set_index("row")["reason"]
    assert rejected["NEG"] == "招聘人数为负"
    assert rejected["FAR"] == "工作地点代码有误"
    counts = json.loads((release / "quality.json").read_text(encoding="utf-8"))["tables"][
        "postings"
    ]
    assert counts["rows_in"] == 602
    # A second run of the quarter is refused and leaves the first as it is.
    before = hash_file(release / "manifest.json")
    said = jinque(*run_arguments(project, project / "releases"), code=2)
    assert "2026Q4 exists and is never overwritten" in said
    assert hash_file(release / "manifest.json") == before
    assert [path.name for path in (project / "releases").iterdir()] == ["2026Q4"]


def test_an_output_that_cannot_be_written_is_no_fault_of_ours(
    jinque: Jinque, project: Path, tmp_path: Path
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be", encoding="utf-8")
    said = jinque(*run_arguments(project, blocked), code=2)
    assert "blocked" in said
    source = project / "sample" / "postings.csv"
    said = jinque("code", source, blocked / "coded.csv", code=2)
    assert "blocked" in said
    assert blocked.read_text(encoding="utf-8").startswith("a file")


@pytest.mark.parametrize("command", [["code"], ["tabulate"], ["forecast", "--horizon", 2]])
def test_a_wrong_ending_is_refused_before_any_work(
    command: list[object], jinque: Jinque, tmp_path: Path
) -> None:
    name, *options = command
    said = jinque(name, "none.csv", tmp_path / "out.xls", *options, code=2)
    assert "got 'out.xls'; expected .csv or .parquet" in said
    assert nothing_in(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["code", "none.csv", "o.csv"], 3, r"none\.csv"),
        (["tabulate", "none.csv", "o.csv"], 3, r"none\.csv"),
        (["forecast", "none.csv", "o.csv", "--horizon", 2], 3, r"none\.csv"),
        (["forecast", "none.csv", "o.csv"], 2, "--horizon"),
        (["forecast", "none.csv", "o.csv", "--horizon", 0], 2, "--horizon"),
        (["code", "none.csv", "o.csv", "--top", 99], 2, "--top"),
        (["tabulate", "none.csv", "o.csv", "--quarter", "Q4"], 2, "2026Q4"),
        (["sample", "--out", "s", "--postings", 5], 2, "at least 100"),
        (["sample", "--out", "s", "--quarter", "2026Q7"], 2, "2026Q7"),
        (["verify", "none"], 3, "no such release.*none"),
        (["diff", "none", "none"], 3, "none"),
    ],
)
def test_misuse_and_missing_inputs(
    arguments: list[object], code: int, message: str, jinque: Jinque, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert re.search(message, jinque(*arguments, code=code))
    assert nothing_in(tmp_path)


def test_a_broken_release_is_reported(
    jinque: Jinque, sample_releases: Path, tmp_path: Path
) -> None:
    release = shutil.copytree(sample_releases / "2026Q4", tmp_path / "2026Q4")
    (release / "catalog.csv").write_text("changed", encoding="utf-8")
    assert "catalog.csv" in jinque("verify", release, code=3)


def test_a_fault_of_ours_says_so(
    jinque: Jinque, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the sky has fallen")

    monkeypatch.setattr(command_line, "run_job", broken)
    said = jinque(*run_arguments(project, project / "releases"), code=5)
    assert "the sky has fallen" in said
    assert said.rstrip().endswith("a fault of ours; please report the lines above")
    assert nothing_in(project / "releases")


def test_a_failure_while_writing_leaves_nothing_behind(
    jinque: Jinque, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "catalog.xlsx")

    monkeypatch.setattr(sys.modules["catalog.publish"], "write_xlsx", full)
    said = jinque(*run_arguments(project, project / "releases"), code=2)
    assert "No space left on device" in said
    assert "catalog.xlsx" in said
    assert nothing_in(project / "releases")


def test_an_interruption_leaves_nothing_behind(
    jinque: Jinque, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pyarrow.csv.write_csv", interrupted)
    out = project / "out" / "coded.csv"
    jinque("code", project / "sample" / "postings.csv", out, code=130)
    assert nothing_in(out.parent)
