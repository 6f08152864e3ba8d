"""The review loop on files: the workbook out, the answers in, and every way to get it wrong."""

import html
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import python_calamine
import xlsxwriter
from files_written import write_csv, write_workbook
from typer.testing import CliRunner

from catalog.command_line import app
from catalog.review import export_reviews, import_reviews
from catalog.review_answers import (
    ALTERED,
    NO_ANSWER,
    NO_CODE_GIVEN,
    NOT_EXPORTED,
    REPEATED,
    STANDS_TWICE,
    X_AND_ALTERNATIVE,
    parse_answer,
    read_answers,
)
from catalog.review_workbook import (
    ALSO_1,
    ANSWER,
    CHECK_SHEET,
    CODES_SHEET,
    EXCERPT,
    GUIDE_SHEET,
    IDENTIFIER,
    NONE_FITS,
    NOTE,
    OTHER,
    REVIEW_SHEET,
    REVIEWER,
    TITLE,
    proposals,
    write_review_workbook,
)
from catalog.run import method_versions
from data.errors import ConfigurationError, EmptyInputError, InputError, UnreadableFileError
from data.manifest import hash_file
from data.reference import load_occupations
from data.tables import REVIEWS
from nlp.review import COLUMNS, ReviewParameters
from nlp.review_store import read_reviews

WELDER, WELDING_GROUP = "6-18-02-04", "6-18-02"
VERSIONS = {"coder": "a1", "taxonomy": "2022"}
HOSTILE = ["=1+1", "+86", "-1", "@SUM(A1)", "null", "<b>&\"'", '=HYPERLINK("http://x.example")']
Edit = Callable[[list[dict[str, str]]], object]


def chosen(*titles: str) -> pd.DataFrame:
    rows = [
        {
            "posting_id": f"p{at}", "title": title, "description": f"{title}，负责焊接。",
            "category": "技工", "industry": "制造", "employer": None, "openings": 12.0,
            "postings": 1, "occupation_code": WELDER, "probability": 0.4,
            "alternatives": f"{WELDER}:0.4000|6-18-02-05:0.1000", "misallocated_openings": 7.2,
        }
        for at, title in enumerate(titles)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return write_review_workbook(chosen("甲", "乙", "丙"), tmp_path / "out.xlsx", VERSIONS)


def sheets_of(path: Path) -> dict[str, list[list[object]]]:
    book = python_calamine.CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def filled(path: Path, edit: Edit, name: str = "filled.xlsx") -> Path:
    """The workbook as another program saves it, after somebody has edited the rows."""
    sheets = sheets_of(path)
    header = [str(cell) for cell in sheets[REVIEW_SHEET][1]]
    rows = [dict(zip(header, row, strict=True)) for row in sheets[REVIEW_SHEET][2:]]
    edit(rows)  # type: ignore[arg-type]
    sheets[REVIEW_SHEET][2:] = [[row[name] for name in header] for row in rows]
    target = path.with_name(name)
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as book:
        for sheet, cells in sheets.items():
            written = book.add_worksheet(sheet)
            for at, row in enumerate(cells):
                written.write_row(at, 0, row)
    return target


def answered(*answers: str) -> Edit:
    def edit(rows: list[dict[str, str]]) -> None:
        for row, answer in zip(rows, answers, strict=False):
            row[ANSWER] = answer

    return edit


# -- out -------------------------------------------------------------------------------------


def test_each_row_offers_its_own_alternatives_from_the_hidden_sheet(workbook: Path) -> None:
    with zipfile.ZipFile(workbook) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        book = archive.read("xl/workbook.xml").decode()
    assert re.search(rf'name="{CHECK_SHEET}"[^>]*state="hidden"', book)
    validations = re.findall(r'sqref="([A-Z]+\d+)"><formula1>([^<]*)</formula1>', sheet)
    lists = {cell: html.unescape(text) for cell, text in validations}
    assert lists["H3"] == lists["I3"] == f"'{CHECK_SHEET}'!$F$5:$L$5"
    assert lists["H5"] == f"'{CHECK_SHEET}'!$F$7:$L$7"
    offered = [str(text) for text in sheets_of(workbook)[CHECK_SHEET][4][5:]]
    assert [text for text in offered if text] == proposals(chosen("甲").loc[0, "alternatives"])
    # Another code may be typed in, and a code is never taken for a date.
    assert 'showErrorMessage="1"' not in sheet
    with zipfile.ZipFile(workbook) as archive:
        assert 'formatCode="@"' in archive.read("xl/styles.xml").decode()


def test_the_list_holds_alternatives_then_groups_then_the_ways_out() -> None:
    listed = proposals(f"{WELDER}:0.4|4-03-02-01:0.2")
    assert [text.split()[0] for text in listed] == [
        WELDER, "4-03-02-01", WELDING_GROUP, "6-18", "6", "X", OTHER,
    ]  # fmt: skip
    assert proposals(None) == [NONE_FITS, OTHER]


def test_no_cell_is_a_formula_or_a_link(tmp_path: Path) -> None:
    path = write_review_workbook(chosen(*HOSTILE), tmp_path / "out.xlsx", VERSIONS)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                cells = archive.read(name).decode()
                assert "<f>" not in cells
                assert "hyperlink" not in cells
    assert [row[1] for row in sheets_of(path)[REVIEW_SHEET][2:]] == HOSTILE
    # And what stands in the cells comes back as it went out.
    answers = read_answers(filled(path, answered(*[WELDER] * len(HOSTILE))))
    assert answers.reviews["title"].tolist() == HOSTILE
    assert answers.rejected.empty


def test_all_codes_and_a_guide_are_in_the_workbook(workbook: Path) -> None:
    sheets = sheets_of(workbook)
    assert list(sheets) == [REVIEW_SHEET, CODES_SHEET, GUIDE_SHEET, CHECK_SHEET]
    assert [row[0] for row in sheets[CODES_SHEET][1:]] == list(load_occupations().units)
    assert any(ANSWER in str(row[0]) for row in sheets[GUIDE_SHEET])


def test_the_same_rows_give_the_same_bytes(workbook: Path, tmp_path: Path) -> None:
    again = write_review_workbook(chosen("甲", "乙", "丙"), tmp_path / "again.xlsx", VERSIONS)
    assert hash_file(again) == hash_file(workbook)


def test_a_workbook_that_may_hold_answers_is_not_overwritten(workbook: Path) -> None:
    before = hash_file(workbook)
    with pytest.raises(ConfigurationError, match="may hold answers"):
        write_review_workbook(chosen("甲"), workbook, VERSIONS)
    assert hash_file(workbook) == before
    with pytest.raises(ConfigurationError, match=r"expected \.xlsx"):
        write_review_workbook(chosen("甲"), workbook.with_suffix(".csv"), VERSIONS)
    assert [path.name for path in workbook.parent.iterdir()] == ["out.xlsx"]


# -- in --------------------------------------------------------------------------------------


def test_answers_come_back_in_the_contract(workbook: Path) -> None:
    def edit(rows: list[dict[str, str]]) -> None:
        rows[0] |= {ANSWER: f"{WELDER} 焊工", ALSO_1: "6-18-02-05", REVIEWER: " 张某 "}
        rows[0][NOTE] = "电话13812345678"
        rows[2][ANSWER] = NONE_FITS
        rows.reverse()

    answers = read_answers(filled(workbook, edit))
    reviews = REVIEWS.check(answers.reviews.assign(version=1)).set_index("posting_id")
    assert answers.unanswered == 1
    assert answers.versions == VERSIONS
    assert reviews["occupation_code"].to_dict() == {"p0": WELDER, "p2": "X"}
    first = reviews.loc["p0", ["title", "category", "industry", "also_right_1", "reviewer", "note"]]
    assert first.tolist() == ["甲", "技工", "制造", "6-18-02-05", "张某", "电话[电话]"]


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        (TITLE, "别的", ALTERED),
        (EXCERPT, "", ALTERED),
        (IDENTIFIER, "p9", NOT_EXPORTED),
        (IDENTIFIER, "p1", ALTERED),
        (ANSWER, "6-18-02-99", "in no edition"),
        (ANSWER, "2006-02-18", "in no edition"),
        (ANSWER, f"{WELDER} 电工", f"{WELDER} is 焊工"),
        (ANSWER, OTHER, NO_CODE_GIVEN),
        (ANSWER, "", NO_ANSWER),
        (ANSWER, "X", X_AND_ALTERNATIVE),
        (ALSO_1, WELDER, REPEATED),
        (ALSO_1, "焊", "in no edition"),
    ],
)
def test_a_bad_row_comes_back_with_its_reason(
    workbook: Path, column: str, text: str, reason: str
) -> None:
    def edit(rows: list[dict[str, str]]) -> None:
        rows[0] |= {ANSWER: WELDER, ALSO_1: "6-18-02-05"}
        rows[0][column] = text
        rows[1][ANSWER] = WELDING_GROUP

    answers = read_answers(filled(workbook, edit))
    assert reason in " ".join(answers.rejected["reason"])
    assert "p0" not in answers.reviews["posting_id"].tolist()


def test_a_row_that_stands_twice_counts_once(workbook: Path) -> None:
    def edit(rows: list[dict[str, str]]) -> None:
        rows[0][ANSWER] = WELDER
        rows.append(rows[0] | {ANSWER: "6"})

    answers = read_answers(filled(workbook, edit))
    assert answers.reviews["occupation_code"].tolist() == [WELDER]
    assert answers.rejected["reason"].tolist() == [STANDS_TWICE]
    assert answers.unanswered == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("6-18-02-04", WELDER), ("６－１８－０２－０４", WELDER), ("6-18-02-04焊工", WELDER),
        ("焊工", WELDER), ("6", "6"), ("X", "X"), ("2-02-38-10 机器人工程技术人员S", "2-02-38-10"),
    ],
)  # fmt: skip
def test_spellings_of_an_answer(text: str, code: str) -> None:
    assert parse_answer(text) == (code, None)


def test_every_code_offered_is_understood() -> None:
    occupations = load_occupations()
    for code, group in occupations.groups.items():
        assert parse_answer(f"{code} {group.name}") == (code, None)


@pytest.mark.parametrize("sheet", [REVIEW_SHEET, CHECK_SHEET, "数据"])
def test_another_workbook_is_refused(tmp_path: Path, sheet: str) -> None:
    other = write_workbook(tmp_path / "other.xlsx", [IDENTIFIER, "x"], ["p1", "y"], sheet=sheet)
    with pytest.raises(UnreadableFileError, match="no review workbook"):
        read_answers(other)
    with pytest.raises(UnreadableFileError, match="no review workbook"):
        read_answers(write_csv(tmp_path / "a.csv", [IDENTIFIER], ["p1"]))


def test_a_form_of_another_version_is_refused(workbook: Path) -> None:
    sheets = sheets_of(workbook)
    sheets[CHECK_SHEET][0][1] = "99"
    with xlsxwriter.Workbook(workbook) as book:
        for sheet, cells in sheets.items():
            written = book.add_worksheet(sheet)
            for at, row in enumerate(cells):
                written.write_row(at, 0, row)
    with pytest.raises(UnreadableFileError, match="version 99 of the form"):
        read_answers(workbook)


def test_import_is_versioned_and_refused_when_nothing_is_new(
    workbook: Path, tmp_path: Path
) -> None:
    store = tmp_path / "reviews"
    first = filled(workbook, answered(WELDER, "6"))
    assert import_reviews(first, store).rows == 2
    with pytest.raises(InputError, match=r"already \(1: 0001.csv\)") as refused:
        import_reviews(first, store)
    assert refused.value.exit_code == 3
    changed = import_reviews(filled(workbook, answered(WELDER, "X", "6")), store)
    assert (changed.version, changed.rows, changed.unchanged) == (2, 2, 1)
    codes = read_reviews(store).set_index("posting_id")["occupation_code"]
    assert codes.to_dict() == {"p0": WELDER, "p1": "X", "p2": "6"}


def test_a_workbook_without_an_answer_makes_no_store(workbook: Path, tmp_path: Path) -> None:
    with pytest.raises(EmptyInputError, match="3 rows unanswered"):
        import_reviews(workbook, tmp_path / "reviews")
    with pytest.raises(EmptyInputError, match=r"1 × .*in no edition"):
        import_reviews(filled(workbook, answered("9")), tmp_path / "reviews")
    assert not (tmp_path / "reviews").exists()


# -- the whole loop --------------------------------------------------------------------------


def test_the_loop_on_the_sample(small_project: Path, tmp_path: Path) -> None:
    postings, store = small_project / "sample" / "postings.csv", tmp_path / "reviews"
    parameters = ReviewParameters(rows=15, of_one_occupation=3, quarter="2026Q4")
    result = export_reviews(postings, tmp_path / "one.xlsx", parameters)
    assert result.rows == 15
    assert 0 < result.misallocated_openings <= result.of_misallocated_openings
    rows = sheets_of(tmp_path / "one.xlsx")[REVIEW_SHEET][2:]
    assert max(pd.Series([row[5] for row in rows]).value_counts()) <= 3
    assert not re.search(r"1[3-9]\d{9}", str([row[:4] for row in rows]))
    versions = read_answers(tmp_path / "one.xlsx").versions
    assert versions == method_versions()

    import_reviews(filled(tmp_path / "one.xlsx", answered(*["X"] * 15)), store)
    export_reviews(postings, tmp_path / "two.xlsx", parameters, reviews=store)
    asked = {row[0] for row in rows}
    asked_next = {row[0] for row in sheets_of(tmp_path / "two.xlsx")[REVIEW_SHEET][2:]}
    assert asked == set(read_reviews(store)["posting_id"])
    assert not asked & asked_next


def test_the_commands(small_project: Path, tmp_path: Path) -> None:
    def jinque(*arguments: object, code: int = 0) -> None:
        result = CliRunner().invoke(app, ["review", *map(str, arguments)])
        found = getattr(result.exception, "exit_code", result.exit_code)
        assert found == code, result.output

    project = shutil.copytree(small_project, tmp_path / "project")
    out, store = tmp_path / "out.xlsx", tmp_path / "reviews"
    postings = project / "sample" / "postings.csv"
    jinque("export", postings, out, "--config", project / "jinque.toml", "--rows", 4)
    assert len(sheets_of(out)[REVIEW_SHEET]) == 2 + 4
    jinque("export", postings, out, code=2)
    jinque("import", out, "--reviews", store, code=3)
    ready = filled(out, answered("X"))
    jinque("import", ready, "--reviews", store)
    jinque("import", ready, "--reviews", store, code=3)
    jinque("export", postings, tmp_path / "next.xlsx", "--reviews", store, "--rows", 4)
    jinque("export", postings, tmp_path / "q.xlsx", "--quarter", "2026", code=2)
    assert len(read_reviews(store)) == 1
