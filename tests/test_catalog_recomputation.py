"""The last issue by the present method: as published where the method changes nothing."""

import importlib
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from catalog.configuration import Configuration, read_configuration
from catalog.diff import diff_releases
from catalog.recomputation import NOTES, corpus_as_of
from catalog.run import load_coder, method_versions, read_corpus, run
from catalog.verify import verify_release
from data.errors import GateError
from data.reference import reference_table
from nlp.corpus import Corpus

QUARTER, LAST_QUARTER = "2026Q4", "2026Q3"
WELDER, ELECTRICIAN = "6-18-02-04", "6-31-01-03"
module = importlib.import_module("catalog.run")
recomputation = importlib.import_module("catalog.recomputation")


@pytest.fixture
def configuration(sample_project: Path) -> Configuration:
    return read_configuration(sample_project / "jinque.toml")


@pytest.fixture
def releases(sample_releases: Path, tmp_path: Path) -> Path:
    """Folder with the release of the last quarter only."""
    shutil.copytree(sample_releases / LAST_QUARTER, tmp_path / LAST_QUARTER)
    return tmp_path


def ranking(release: Path, name: str = "ranking") -> pd.DataFrame:
    path = release / "evidence" / f"{name}.parquet"
    return pd.read_parquet(path).set_index("occupation_code")


def notes(release: Path) -> list[str]:
    return json.loads((release / "quality.json").read_text("utf-8")).get(NOTES, [])


def named_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same coder under another name: a change of method that changes nothing."""
    monkeypatch.setattr(
        module, "method_versions", lambda configuration: method_versions() | {"coder": "renamed"}
    )


def test_by_the_same_method_the_last_issue_comes_out_as_published(
    configuration: Configuration, releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named_otherwise(monkeypatch)
    last, release = releases / LAST_QUARTER, run(configuration, QUARTER, releases)
    published, again = ranking(last), ranking(release, "last_issue_recomputed")
    assert set(again["quarter"]) == {LAST_QUARTER}
    pd.testing.assert_series_equal(again["grade"], published["grade"])
    pd.testing.assert_series_equal(again["previous_grade"], published["previous_grade"])
    pd.testing.assert_series_equal(again["score"], published["score"], atol=0.11)
    changes = diff_releases(last, release)
    assert len(changes) > 0
    assert changes["cause"].eq("data").all()
    assert verify_release(release, previous=last).faults == ()
    manifest = json.loads((release / "manifest.json").read_text("utf-8"))
    assert "evidence/last_issue_recomputed.parquet" in manifest["files"]
    (note,) = notes(release)
    assert note.startswith("本期职业编码程序与上期不同，上期已按现行方法重算。")
    assert note in (release / "catalog.html").read_text("utf-8")


def test_what_own_titles_change_is_a_change_of_the_method(
    configuration: Configuration, releases: Path, tmp_path: Path
) -> None:
    last = ranking(releases / LAST_QUARTER)
    known = reference_table("titles").frame()
    welders = known[(known["occupation_code"] == WELDER) & (known["kind"] != "duty")]
    # Whoever is called a welder is now an electrician.
    titles = tmp_path / "titles.csv"
    own = welders.assign(occupation_code=ELECTRICIAN)[["term", "occupation_code", "kind"]]
    own.drop_duplicates(["term", "kind"]).to_csv(titles, index=False)
    inputs = configuration.inputs.model_copy(update={"titles": str(titles)})
    release = run(configuration.model_copy(update={"inputs": inputs}), QUARTER, releases)
    versions = json.loads((release / "manifest.json").read_text("utf-8"))["versions"]
    assert len(versions["titles"]) == 12
    recomputed = ranking(release, "last_issue_recomputed")
    assert recomputed["ads"][WELDER] < last["ads"][WELDER] / 2
    assert recomputed["ads"][ELECTRICIAN] > last["ads"][ELECTRICIAN]
    moved = {
        code for code in last.index.union(recomputed.index)
        if last["grade"].get(code) != recomputed["grade"].get(code)
    }  # fmt: skip
    cause = diff_releases(releases / LAST_QUARTER, release).set_index("occupation_code")["cause"]
    assert WELDER in moved
    assert {c for c in cause.index if cause[c] != "data"} == moved & set(cause.index)
    assert cause[WELDER].startswith("method")
    assert notes(release)[0].startswith("本期自备职位名称与上期不同，上期已按现行方法重算。")


def test_where_the_history_does_not_reach_it_is_said(
    configuration: Configuration, releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named_otherwise(monkeypatch)
    old = (releases / LAST_QUARTER).rename(releases / "2023Q4")
    manifest = json.loads((old / "manifest.json").read_text("utf-8"))
    (old / "manifest.json").write_text(json.dumps(manifest | {"quarter": "2023Q4"}), "utf-8")
    release = run(configuration, QUARTER, releases)
    assert not (release / "evidence" / "last_issue_recomputed.parquet").exists()
    assert notes(release) == [
        "本期职业编码程序与上期不同，但按现行方法重算时本期所读资料不含上期季度，"
        "较上期的全部变化均按方法变化列示。"
    ]
    assert diff_releases(old, release)["cause"].eq("method").all()


def test_where_a_gate_fails_it_is_said(
    configuration: Configuration, releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withheld(quality: dict[str, object]) -> None:
        raise GateError("the release is withheld")

    monkeypatch.setattr(recomputation, "require_gates", withheld)
    gates = configuration.gates.model_copy(update={"postings_at_least": 99})
    release = run(configuration.model_copy(update={"gates": gates}), QUARTER, releases)
    (note,) = notes(release)
    assert "本期测算参数与上期不同" in note
    assert "上期未通过质量检查" in note


def test_without_a_change_of_method_nothing_is_recomputed(sample_releases: Path) -> None:
    release = sample_releases / QUARTER
    assert notes(release) == []
    assert not (release / "evidence" / "last_issue_recomputed.parquet").exists()


def test_the_corpus_as_of_a_quarter_is_the_one_read_then(configuration: Configuration) -> None:
    coder = load_coder(configuration)
    then = read_corpus(configuration, LAST_QUARTER, coder)
    as_of = corpus_as_of(read_corpus(configuration, QUARTER, coder), LAST_QUARTER)
    columns = ["posting_id", "quarter", "openings", "imputed", "days_open", "times_advertised"]

    def sorted_rows(corpus: Corpus) -> pd.DataFrame:
        return corpus.vacancies[columns].sort_values("posting_id", ignore_index=True)

    pd.testing.assert_frame_equal(sorted_rows(as_of), sorted_rows(then))
    assert len(as_of.vacancies) > 2000
