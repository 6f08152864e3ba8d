"""Readers of tables: files that are broken or built to do harm are refused with a reason."""

import datetime
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from files_written import write_csv

from data.errors import (
    ConfigurationError,
    ContractError,
    EmptyInputError,
    InputError,
    MissingFileError,
    UnknownColumnsError,
    UnreadableFileError,
)
from data.readers import (
    ReaderLimits,
    read_table,
)
from data.tables import (
    CORRECTIONS,
    DEMAND,
)

DEMAND_ROWS = (
    ["季度", "行业代码", "区县代码", "招聘人数（人）"],
    ["2026Q1", "A", 500103, 12],
    [datetime.date(2026, 10, 1), "C", 500101.0, 1200.5],
    ["2026年第2季度", "06", None, "1,200"],
)

HOSTILE = [
    ("empty.csv", b"", EmptyInputError, "0 bytes"),
    ("blank.csv", b"\n\n , \n"[:2], EmptyInputError, "has no row"),
    ("header.csv", "季度,行业代码,招聘人数\n".encode(), EmptyInputError, "headers and no row"),
    (
        "unknown.csv",
        "甲,乙\n1,2\n".encode(),
        UnknownColumnsError,
        "got 甲, 乙; expected quarter/季度",
    ),
    ("lacking.csv", "季度,招聘人数\n2026Q1,2\n".encode(), UnknownColumnsError, "industry_code"),
    ("twice.csv", "季度,季度,行业代码\n1,2,3\n".encode(), ContractError, "stands 2 times"),
    ("latin.csv", b"caf\xe9,b\n", UnreadableFileError, "in no accepted encoding"),
    ("quote.csv", '季度\n"'.encode() + b"x" * 140_000, UnreadableFileError, "no sound csv"),
    ("fake.xlsx", b"PK\x03\x04 nonsense", UnreadableFileError, "is no workbook"),
    ("fake.parquet", b"PAR1 nonsense", UnreadableFileError, "no sound parquet"),
    ("table.pdf", b"%PDF", UnreadableFileError, "not accepted; got .pdf"),
]


@pytest.mark.parametrize(
    ("name", "content", "error", "message"), HOSTILE, ids=[case[0] for case in HOSTILE]
)
def test_unusable_files_are_refused_with_a_reason(
    tmp_path: Path, name: str, content: bytes, error: type[InputError], message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(error, match=message) as caught:
        read_table(path, DEMAND)
    assert str(tmp_path) not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="gone"):
        read_table(tmp_path / "gone.csv", DEMAND)


def test_a_table_without_rows_may_be_a_statement(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", CORRECTIONS.names)
    valid, rejected = read_table(path, CORRECTIONS, may_be_empty=True)
    assert list(valid.columns) == CORRECTIONS.names
    assert len(valid) == len(rejected) == 0


def test_cells_in_opposite_corners_are_refused_before_parsing(tmp_path: Path) -> None:
    path = tmp_path / "corners.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["季度", "行业代码", "招聘人数"])
        sheet.write(999_999, 999, "x")
    with pytest.raises(UnreadableFileError, match="1,000,000 rows and 1,000 columns"):
        read_table(path, DEMAND)


def test_a_workbook_that_unpacks_enormously_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 5_000_000)
    assert path.stat().st_size < 10_000
    with pytest.raises(UnreadableFileError, match="5,000,000 bytes; expected at most 4,000,000"):
        read_table(path, DEMAND, limits=ReaderLimits(unpacked_bytes=4_000_000))


def test_limits_of_size_and_rows(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", *DEMAND_ROWS)
    with pytest.raises(UnreadableFileError, match="too large"):
        read_table(path, DEMAND, limits=ReaderLimits(file_bytes=10))
    with pytest.raises(UnreadableFileError, match="too many rows"):
        read_table(path, DEMAND, limits=ReaderLimits(rows=2))
    assert len(read_table(path, DEMAND, limits=ReaderLimits(rows=3)).valid) == 3


@pytest.mark.parametrize("limits", [{"rows": 0}, {"cell_characters": 131_073}])
def test_impossible_limits_are_refused(limits: dict[str, int]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(limits))):
        ReaderLimits(**limits)
