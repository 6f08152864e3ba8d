"""Reader of postings: batches from any format, identifiers, sources, folders, streaming."""

import datetime
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from files_written import write_csv, write_parquet, write_workbook

from data.contract import REASON
from data.errors import (
    EmptyInputError,
    MissingFileError,
    UnknownColumnsError,
)
from data.readers import (
    ReaderLimits,
    open_text,
    posting_files,
    read_postings,
)
from data.tables import (
    POSTINGS,
)

SHARED = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"


def all_postings(paths: object, **options: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    splits = list(read_postings(paths, **options))  # type: ignore[arg-type]
    valid, rejected = (pa.concat_tables(tables).to_pandas() for tables in zip(*splits, strict=True))
    return valid, rejected


POSTING_ROWS = (
    ["编号", "来源", "职位名称", "职位描述", "招聘人数", "发布日期", "备注"],
    ["1", "甲网", "焊工", "负责焊接\n要求：有证，“熟手”", "5.0", "2026-10-08", "x"],
    ["2", "乙网", "电工", "", "若干", "46296", ""],
    ["3", "乙网", "", " ", "2", "2026-10-08", ""],
    ["", "甲_网", "普工", "流水线", "3", "2026-10-08", ""],
)


@pytest.mark.parametrize(
    ("write", "name"),
    [(write_csv, "a.csv"), (write_workbook, "a.xlsx"), (write_parquet, "a.parquet")],
)
@pytest.mark.parametrize("batch_rows", [1, 3, 100])
def test_postings_come_back_from_every_format_in_any_batch(
    tmp_path: Path, write: Callable[..., Path], name: str, batch_rows: int
) -> None:
    path = write(tmp_path / name, *POSTING_ROWS)
    splits = list(read_postings(path, batch_rows=batch_rows))
    assert all(len(s.valid) + len(s.rejected) <= batch_rows for s in splits)
    assert all(split.valid.schema == POSTINGS.schema for split in splits)
    valid, rejected = all_postings(path, batch_rows=batch_rows)
    assert valid["title"].tolist() == ["焊工", "电工", "普工"]
    assert valid["description"].iloc[0] == "负责焊接\n要求：有证，“熟手”"
    assert valid["description"].isna().tolist() == [False, True, False]
    assert valid["posted_on"].tolist() == ["2026-10-08", "2026-10-01", "2026-10-08"]
    assert rejected["posting_id"].tolist() == ["3"]
    assert rejected[REASON].tolist() == ["neither title nor description"]


def test_numbers_and_dates_of_parquet_become_text(tmp_path: Path) -> None:
    table = pa.table({
        "id": pa.array([7, 8]),
        "title": pa.array(["焊工", "电工"]).dictionary_encode(),
        "headcount_raw": pa.array([5.0, float("nan")]),
        "salary_raw": pa.array([4500.5, 5000.0]),
        "posted_raw": pa.array([datetime.datetime(2026, 10, 1)] * 2, pa.timestamp("s")),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "a.parquet")
    valid, _ = all_postings(tmp_path / "a.parquet")
    assert valid["posting_id"].tolist() == ["7", "8"]
    assert valid["headcount"].fillna("").tolist() == ["5", ""]
    assert valid["wage"].tolist() == ["4500.5", "5000"]
    assert valid["posted_on"].tolist() == ["2026-10-01"] * 2


def test_missing_identifiers_follow_content_not_position(tmp_path: Path) -> None:
    header, *rows = (row[1:] for row in POSTING_ROWS)
    first, _ = all_postings(write_csv(tmp_path / "a.csv", header, *rows))
    second, _ = all_postings(write_workbook(tmp_path / "b.xlsx", header, *reversed(rows)))
    assert first["posting_id"].is_unique
    assert set(first["posting_id"]) == set(second["posting_id"])
    titled = dict(zip(first["posting_id"], first["title"], strict=True))
    assert titled == dict(zip(second["posting_id"], second["title"], strict=True))


def test_sources_are_chosen_by_pattern(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", *POSTING_ROWS)
    valid, _ = all_postings(path, sources=["甲*"])
    assert valid["source"].tolist() == ["甲网", "甲_网"]
    assert list(read_postings(path, sources=["丙*"])) == []
    bare = write_csv(tmp_path / "b.csv", ["title"], ["焊工"])
    with pytest.raises(UnknownColumnsError, match="no column of sources"):
        list(read_postings(bare, sources=["甲*"]))


def test_folders_patterns_and_lists_name_the_same_files(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.csv", "a.csv", "deep/c.csv", "_SUCCESS.csv", ".hidden.csv", "README.txt"):
        write_csv(tmp_path / name, ["title"], [f"职位{name}"])
    names = [path.name for path in posting_files(tmp_path)]
    assert names == ["a.csv", "b.csv", "c.csv"]
    assert [p.name for p in posting_files(tmp_path / "*.csv")] == ["a.csv", "b.csv"]
    assert [p.name for p in posting_files(str(tmp_path / "**" / "*.csv"))] == names
    twice = [tmp_path / "b.csv", tmp_path, tmp_path / "b.csv"]
    assert [p.name for p in posting_files(twice)] == ["b.csv", "a.csv", "c.csv"]
    with pytest.raises(MissingFileError, match="no file of postings"):
        posting_files(tmp_path / "*.parquet")


def test_huge_cells_of_postings_are_rejected_and_cut(tmp_path: Path) -> None:
    rows = (["title", "description"], ["焊工", "x" * 50], ["电工", "短"])
    limits = ReaderLimits(cell_characters=40)
    for path in (
        write_csv(tmp_path / "a.csv", *rows),
        write_parquet(tmp_path / "a.parquet", *rows),
    ):
        valid, rejected = all_postings(path, limits=limits)
        assert valid["title"].tolist() == ["电工"]
        assert rejected["description"].str.len().tolist() == [40]
        assert rejected[REASON].tolist() == ["description: 50 characters, at most 40 are accepted"]


def test_a_folder_without_any_row_is_an_error_but_an_empty_part_is_not(tmp_path: Path) -> None:
    write_csv(tmp_path / "part-1.csv", ["title"])
    with pytest.raises(EmptyInputError, match="no row in 1 files"):
        list(read_postings(tmp_path))
    write_csv(tmp_path / "part-2.csv", ["title"], ["焊工"])
    assert len(all_postings(tmp_path)[0]) == 1


def test_a_file_without_titles_and_descriptions_is_no_file_of_postings(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["公司", "薪资"], ["甲", "5000"])
    with pytest.raises(UnknownColumnsError, match="neither titles nor descriptions"):
        list(read_postings(path))


def test_postings_are_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write("title\n" + "焊工\n" * 200_000)
    opened: list[io.TextIOWrapper] = []

    def remember(path: Path) -> io.TextIOWrapper:
        opened.append(open_text(path))
        return opened[-1]

    monkeypatch.setattr("data.readers.files.open_text", remember)
    batches = read_postings(path, batch_rows=10)
    assert len(next(batches).valid) == 10
    assert opened[0].buffer.tell() < path.stat().st_size / 10
    batches.close()  # type: ignore[attr-defined]
    opened[0].close()


def test_real_postings_are_all_read() -> None:
    path = SHARED / "postings" / "postings.parquet"
    if not path.is_file():
        pytest.skip("the real postings are not beside the project")
    counts = [(len(s.valid), len(s.rejected)) for s in read_postings(path, sources=["1dagong_*"])]
    assert tuple(map(sum, zip(*counts, strict=True))) == (5291, 0)
