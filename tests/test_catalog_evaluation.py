"""`jinque evaluate`: from a labelled file to the table, the files and the rows left out."""

import re
import sys
from pathlib import Path

import pandas as pd
import pytest

from catalog.command_line import main
from catalog.evaluation import evaluate_file
from catalog.run import method_versions
from catalog.stages import code_file
from data.reference import reference_table
from data.sample import write_sample
from nlp.baselines import BASELINES
from nlp.coder import Coder

FILES = {
    "measures.csv", "by_source.csv", "by_major_group.csv", "precision_by_coverage.csv",
    "reliability.csv", "worst_pairs.csv", "reliability.svg", "precision_by_coverage.svg",
    "accuracy_by_major_group.svg",
}  # fmt: skip
TITLES = {
    "急招电焊工10名": ("6-18-02-04", ""), "会计": ("2-06-03-00", ""),
    "养老护理员": ("4-10-01-05", ""), "网约配送员": ("4-03-02-01", "4-10-08-01"),
    "普工": ("6", ""), "给你一份开心的工作": ("X", ""), "保安": ("4-03-02-01", ""),
}  # fmt: skip
SECRET = "秘密文字"
# Other titles are names of occupations too, and may be written as such.
TEXTS = (SECRET, "急招电焊工", "开心的工作")


def labelled(tmp_path: Path, **columns: list[str]) -> Path:
    """A file of labels with texts."""
    frame = pd.DataFrame(
        {
            "posting_id": [f"p{place}" for place in range(len(TITLES))],
            "source": ["=board", *["register"] * (len(TITLES) - 1)],
            "title": list(TITLES),
            "description": SECRET,
            "occupation_code": [code for code, _ in TITLES.values()],
            "also_right_1": [code for _, code in TITLES.values()],
        }
    ).assign(**columns)
    path = tmp_path / "labelled.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder.load()


@pytest.fixture(autouse=True)
def _loaded_once(coder: Coder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Coder, "load", lambda *_: coder)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """The command as a clerk calls it; returns what it said on standard error."""
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: object, code: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["jinque", "evaluate", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        assert (left.value.code or 0) == code, err
        assert out == ""
        return err

    return call


def without_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fitting to the whole lexicon takes a minute, and is tested beside it."""
    monkeypatch.delitem(BASELINES, "support_vector_machine")


def test_tables_and_pictures_are_written(
    said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_machine(monkeypatch)
    out = tmp_path / "quality" / "dev"
    text = said(labelled(tmp_path), "--out", out)
    assert {path.name for path in out.iterdir()} == FILES
    measures = pd.read_csv(out / "measures.csv")
    assert set(measures["method"]) == {"coder", "nearest_name", "longest_term"}
    coder = measures[measures["method"] == "coder"].set_index("measure")
    assert coder["postings"]["top_1"] == 5
    assert coder["value"]["top_1"] == 3 / 5
    assert coder["value"]["among_alternatives"] == pytest.approx(4 / 7, abs=1e-4)
    pairs = pd.read_csv(out / "worst_pairs.csv")
    assert pairs[["label_code", "best_code"]].to_numpy().tolist() == [["4-03-02-01", "4-07-05-01"]]
    assert method_versions()["coder"] in text
    assert re.search(r"top_1 +5 +0\.600 +0\.\d+ to \d\.\d+ +0\.\d+ +0\.\d+", text), text
    assert "left out" not in text


def test_no_text_of_a_posting_is_written_and_no_formula(said, tmp_path: Path) -> None:
    out = tmp_path / "out"
    printed = said(labelled(tmp_path), "--out", out, "--no-baselines")
    for path in out.iterdir():
        written = path.read_text(encoding="utf-8")
        assert not any(text in written for text in TEXTS), path
    assert not any(text in printed for text in TEXTS)
    assert pd.read_csv(out / "by_source.csv")["source"].tolist() == ["register", "'=board"]


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    source = labelled(tmp_path)
    for name in ("first", "second"):
        evaluate_file(source, out=tmp_path / name, baselines=False)
    for name in sorted(FILES):
        first, second = ((tmp_path / run / name).read_bytes() for run in ("first", "second"))
        assert first == second, name


def test_texts_of_another_file_are_read_as_coding_reads_them(tmp_path: Path) -> None:
    """Labels and postings in two files, the postings under a board's headers."""
    write_sample(tmp_path / "sample", seed=3, quarter="2026Q4", postings=200)
    path = tmp_path / "sample" / "postings.csv"
    code_file(path, tmp_path / "coded.csv", alternatives=5)
    coded = pd.read_csv(tmp_path / "coded.csv", dtype=str).dropna(subset="occupation_code")
    coded[["posting_id", "occupation_code"]].to_csv(tmp_path / "labels.csv", index=False)
    evaluated = evaluate_file(tmp_path / "labels.csv", postings=path, baselines=False)
    assert evaluated.postings == len(coded) > 50
    values = evaluated.measures.set_index("measure")["value"]
    assert values[["top_1", "first_five", "minor_group", "coverage_at_precision_95"]].eq(1).all()


def test_every_row_is_judged_or_left_out_with_a_reason(said, tmp_path: Path) -> None:
    source = labelled(
        tmp_path,
        posting_id=["a", "a", "b", "c", "d", "e", "f"],
        occupation_code=["6", "6", "6-77-01-01", "厨师", "6-18-02-04", "4-03-02-01", ""],
        also_right_1=["", "", "", "", "6-18-02-99", "", ""],
        openings=["1", "1", "1", "1", "1", "-2", ""],
    )
    text = said(source, "--no-baselines")
    assert "on 2 hand-coded postings" in text
    assert "5 rows were left out:" in text
    for reason in (
        "key a stands twice", "occupation_code: 6-77-01-01 is not in the 大典",
        "occupation_code: '厨师' does not match", "also_right_1: 6-18-02-99 is not in the 大典",
        "openings: -2 is below 0",
    ):  # fmt: skip
        assert reason.replace("'厨师'", "厨师") in text, text


def test_labels_without_a_posting_are_left_out(said, tmp_path: Path) -> None:
    source = labelled(tmp_path)
    pd.read_csv(source, dtype=str).head(3).to_csv(tmp_path / "postings.csv", index=False)
    text = said(source, "--postings", tmp_path / "postings.csv", "--no-baselines")
    assert re.search(r"4  no readable posting has this posting_id", text), text


def test_figures_on_fitted_postings_are_marked(said, tmp_path: Path) -> None:
    known = reference_table("hand_codes").frame()["posting_id"].iloc[:2].tolist()
    source = labelled(tmp_path, posting_id=[*known, "c", "d", "e", "f", "g"])
    text = said(source, "--no-baselines")
    assert "knows the hand codes of 2 of these 7 postings: the figures are for looking only" in text
    assert "for looking only" not in said(labelled(tmp_path), "--no-baselines")


@pytest.mark.parametrize(
    ("columns", "arguments", "code", "message"),
    [
        (["posting_id", "occupation_code"], [], 3, r"without the texts.*--postings"),
        (["occupation_code", "title"], [], 3, "posting_id"),
        (["posting_id", "occupation_code"], ["--postings", "none.csv"], 3, r"none\.csv"),
        (["posting_id", "occupation_code"], ["--postings", "other.csv"], 3, "same posting_id"),
        (["posting_id", "occupation_code", "title"], ["--out", "other.csv"], 2, "is a file"),
    ],
)
def test_one_clear_message_and_nothing_written(
    columns: list[str], arguments: list[str], code: int, message: str, said, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    source = labelled(tmp_path)
    pd.read_csv(source, dtype=str)[columns].to_csv(source, index=False)
    (tmp_path / "other.csv").write_text("编号,职位名称\nz,电工\n", encoding="utf-8")
    text = said(source, "--no-baselines", *arguments, code=code)
    assert re.search(message, text), text
    assert len(text.strip().splitlines()) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"labelled.csv", "other.csv"}


def test_methods_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table that the benchmark saves."""
    without_machine(monkeypatch)
    table = evaluate_file(labelled(tmp_path)).side_by_side
    assert table.index.tolist() == ["coder", "nearest_name", "longest_term"]
    assert table["postings"].tolist() == [7] * 3
    assert table["top_1"]["coder"] == 0.6
    # Too few postings for a coverage: the column stays, without figures.
    assert table["coverage_at_precision_95"].isna().all()
