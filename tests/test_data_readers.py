"""Readers of tables: encodings, headers, cells, and every row accounted for."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from files_written import write_csv, write_parquet, write_workbook
from hypothesis import assume, given
from hypothesis import strategies as st

from data.contract import REASON, Contract
from data.errors import (
    UnreadableFileError,
)
from data.readers import (
    ALIASES,
    COURSE_ADVERTISEMENTS,
    ReaderLimits,
    detect_encoding,
    open_text,
    read_table,
    recognise,
)
from data.readers.cells import quarter_text
from data.reference import LOCAL_ITEMS, read_trades
from data.tables import (
    CORRECTIONS,
    DEMAND,
    EVIDENCE,
    POSTINGS,
    PREVIOUS,
    SEEKERS,
    SUPPLY,
)

INPUTS = (POSTINGS, DEMAND, SEEKERS, SUPPLY, EVIDENCE, PREVIOUS, CORRECTIONS, COURSE_ADVERTISEMENTS)
SHARED = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"))


# -- encodings ------------------------------------------------------------------------------


@given(TEXT, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_text_in_unicode_comes_back(
    tmp_path_factory: pytest.TempPathFactory, text: str, encoding: str
) -> None:
    path = tmp_path_factory.mktemp("encoding") / "a.txt"
    path.write_bytes(text.encode(encoding))
    with open_text(path) as stream:
        assert stream.read() == text


def valid_as_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@given(TEXT)
def test_text_in_gb18030_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    content = text.encode("gb18030")
    # Bytes that are valid in both have one reading, the Unicode one.
    assume(text.isascii() or not valid_as_utf8(content))
    path = tmp_path_factory.mktemp("encoding") / "a.txt"
    path.write_bytes(content)
    with open_text(path) as stream:
        assert stream.read() == text


def test_the_notepad_riddle_is_solved(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("联通".encode("gbk"))
    assert detect_encoding(path) == "gb18030"


@pytest.mark.parametrize("length", [0, 1 << 20, (1 << 20) + 1])
def test_the_first_wrong_byte_is_named_wherever_it_stands(tmp_path: Path, length: int) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(b"x" * length + b"\xff\xff")
    with pytest.raises(UnreadableFileError, match=rf"utf-8 fails at byte {length:,} \(0xFF\)"):
        detect_encoding(path)


def test_a_character_across_two_chunks_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    text = "x" * ((1 << 20) - 1) + "紧缺"
    path.write_text(text, encoding="utf-8")
    with open_text(path) as stream:
        assert stream.read() == text


def test_a_wrong_byte_after_a_split_character_has_its_own_position(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * ((1 << 20) - 1) + "紧".encode()[:2] + b"\xff")
    with pytest.raises(UnreadableFileError, match=f"utf-8 fails at byte {(1 << 20) - 1:,} "):
        detect_encoding(path)


# -- headers --------------------------------------------------------------------------------


@pytest.mark.parametrize("contract", INPUTS, ids=lambda contract: contract.name)
def test_every_alias_names_its_column(contract: Contract) -> None:
    aliases = ALIASES[contract.name]
    assert set(aliases) <= set(contract.names)
    for column, names in aliases.items():
        for name in (column, *names):
            assert column in recognise([name], contract), name


@pytest.mark.parametrize(
    "header", ["薪资", "薪资（元/月）", " 薪 资 ", "薪资(元/月)*", "SALARY_RAW", "ｓａｌａｒｙ"]
)
def test_headers_are_compared_folded(header: str) -> None:
    assert recognise([header], POSTINGS) == {"wage": 0}


def test_a_unit_that_changes_the_figures_is_not_taken() -> None:
    assert recognise(["招聘人数（人）"], DEMAND) == {"openings": 0}
    assert recognise(["招聘人数（万人）"], DEMAND) == {}


def test_the_more_exact_of_two_headers_wins() -> None:
    assert recognise(["单位", "公司名称"], POSTINGS) == {"employer": 1}
    assert recognise(["区县", "区县代码"], DEMAND) == {"district_code": 1}


def test_the_header_may_stand_below_a_heading(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        ["2026年招聘需求统计表"],
        [],
        ["季度", "行业代码", "招聘人数"],
        ["2026Q1", "C", "5"],
    )
    assert read_table(path, DEMAND).valid["openings"].tolist() == [5.0]


# -- tables ---------------------------------------------------------------------------------

DEMAND_ROWS = (
    ["季度", "行业代码", "区县代码", "招聘人数（人）"],
    ["2026Q1", "A", 500103, 12],
    [datetime.date(2026, 10, 1), "C", 500101.0, 1200.5],
    ["2026年第2季度", "06", None, "1,200"],
)
DEMAND_READ = [
    ["2026Q1", "A", "500103", 12.0],
    ["2026Q4", "C", "500101", 1200.5],
    ["2026Q2", "06", None, 1200.0],
]


@pytest.mark.parametrize(
    ("write", "name"),
    [(write_csv, "a.csv"), (write_workbook, "a.xlsx"), (write_parquet, "a.parquet")],
)
def test_codes_and_quarters_survive_every_format(
    tmp_path: Path, write: Callable[..., Path], name: str
) -> None:
    valid, rejected = read_table(write(tmp_path / name, *DEMAND_ROWS), DEMAND)
    assert rejected.empty
    columns = ["quarter", "industry_code", "district_code", "openings"]
    rows = valid[columns].astype(object).where(valid[columns].notna(), None)
    assert rows.to_numpy().tolist() == DEMAND_READ


@pytest.mark.parametrize(
    "text",
    ["2026Q4", "2026 q4", "2026-Q4", "2026年第4季度", "2026年第四季度", "2026年四季度",
     "2026-10-01", "2026/12/31", "2026年11月", "2026-10-01 00:00:00", "46296"],
)  # fmt: skip
def test_spellings_of_a_quarter(text: str) -> None:
    assert quarter_text(text) == "2026Q4"


@pytest.mark.parametrize("text", ["2026", "2026Q5", "2026-13-01", "四季度", "20261", "2026年5季度"])
def test_what_is_no_quarter_stays_as_it_is(text: str) -> None:
    assert not quarter_text(text).startswith("2026Q") or quarter_text(text) == text


def test_a_group_code_that_became_a_number_is_read(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "a.xlsx",
        ["季度", "职业编码", "求职人数", "来源"],
        ["2026Q4", 6.0, 3, "s"],
        ["2026Q4", "6－18", 4, "s"],
        ["2026Q4", None, 5, "s"],
    )
    valid, _ = read_table(path, SEEKERS)
    assert valid["occupation_code"].tolist()[:2] == ["6", "6-18"]
    assert valid["occupation_code"].isna().tolist() == [False, False, True]


def test_a_code_that_became_a_date_is_rejected_not_guessed(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "a.xlsx",
        ["季度", "职业编码", "求职人数"],
        ["2026Q4", datetime.date(2026, 6, 18), 3],
    )
    assert "2026-06-18 does not match" in read_table(path, SEEKERS).rejected[REASON].iloc[0]


def test_chinese_states_are_understood(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        ["完成季度", "职业编码", "状态", "培训人数"],
        ["2026Q3", "6-18-02-04", "已结业", "30"],
        ["2026Q4", "6-18-02-04", "取消", "30"],
    )
    valid, rejected = read_table(path, SUPPLY)
    assert valid["status"].tolist() == ["completed"]
    assert rejected[REASON].tolist() == ["status: 取消 is not one of planned, running, completed"]


def test_cells_beyond_the_header_and_huge_cells_are_rejected(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        ["季度", "行业代码", "招聘人数", "来源"],
        ["2026Q1", "C", "5", "s"],
        ["2026Q2", "C", "5", "s", "1,200"],
        ["2026Q3", "C", "5", "s" * 21],
        ["2026Q4", "C"],
    )
    valid, rejected = read_table(path, DEMAND, limits=ReaderLimits(cell_characters=20))
    assert valid["quarter"].tolist() == ["2026Q1"]
    assert rejected[REASON].tolist() == [
        "5 cells stand below 4 headers",
        "source: 21 characters, at most 20 are accepted",
        "openings: missing",
    ]


def test_formulas_are_read_as_values_or_as_text_never_evaluated(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["季度", "行业代码", "招聘人数", "来源"])
        sheet.write_row(1, 0, ["2026Q1", "C"])
        sheet.write_formula(1, 2, "=2+3", None, 5)
        sheet.write_row(2, 0, ["2026Q2", "C"])
        sheet.write_formula(2, 2, "=1/0", None, "#DIV/0!")
        sheet.write_row(3, 0, ["2026Q3", "C", 7])
        sheet.write_string(3, 3, '=cmd|" /C calc"!A0')
    valid, rejected = read_table(path, DEMAND)
    assert valid["openings"].tolist() == [5.0, 7.0]
    assert valid["source"].iloc[1] == '=cmd|" /C calc"!A0'
    assert rejected[REASON].tolist() == ["openings: missing"]


def test_a_sheet_is_chosen_by_name_or_place(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", *DEMAND_ROWS, sheet="需求")
    assert len(read_table(path, DEMAND, sheet="需求").valid) == 3
    assert len(read_table(path, DEMAND, sheet=0).valid) == 3
    with pytest.raises(UnreadableFileError, match="has no sheet '供给'; expected 需求"):
        read_table(path, DEMAND, sheet="供给")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2026Q1", "2026Q2", "x", ""]),
            st.sampled_from(["A", "C", "06", "Z"]),
            TEXT.filter(lambda text: "\x00" not in text),
        ),
        min_size=1,
        max_size=10,
    )
)
def test_every_row_of_a_file_is_valid_or_rejected(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    path = tmp_path_factory.mktemp("rows") / "a.csv"
    write_csv(path, ["季度", "行业代码", "招聘人数"], *rows)
    valid, rejected = read_table(path, DEMAND)
    assert len(valid) + len(rejected) == len(rows)
    assert rejected[REASON].notna().all()


def test_real_course_advertisements_are_read() -> None:
    path = SHARED / "supply" / "training_course_ads_2015.csv"
    if not path.is_file():
        pytest.skip("the real course advertisements are not beside the project")
    valid, rejected = read_table(path, COURSE_ADVERTISEMENTS)
    assert (len(valid), len(rejected)) == (1311, 0)
    assert valid["place"].str.contains("重庆").sum() == 109


def test_trades_and_local_items_are_read_under_chinese_headers(tmp_path: Path) -> None:
    trades = tmp_path / "trades.csv"
    trades.write_text(
        "职业编码,工种名称\n6-18-02-04,电焊工\n6-18-02-04,气焊工\n", encoding="gb18030"
    )
    valid, rejected = read_trades(trades)
    assert {"电焊工", "气焊工"} <= set(valid["trade_name"])
    assert rejected.empty
    items = tmp_path / "items.csv"
    items.write_text(
        "职业编码,项目名称,类别\n4-03-02-01,重庆小面制作,专项职业能力\n", encoding="utf-8"
    )
    assert read_table(items, LOCAL_ITEMS).valid["item"].tolist() == ["重庆小面制作"]
