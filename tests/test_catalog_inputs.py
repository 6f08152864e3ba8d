"""Tables of a run: each is read, each row is accounted for, unknown codes are rejected."""

from pathlib import Path

import pandas as pd
import pytest
from files_written import write_csv

from catalog.configuration import InputsSection, read_configuration
from catalog.inputs import (
    BROKEN_ROW,
    TABLES,
    UNKNOWN_CODE,
    previous_grades,
    read_inputs,
)
from data.errors import MissingFileError, UnknownColumnsError
from data.tables import PREVIOUS

QUARTER = "2026Q4"
ROWS: dict[str, list[tuple[object, ...]]] = {
    "demand": [("季度", "行业代码", "区县代码", "招聘人数"), (QUARTER, "C", "", 10)],
    "seekers": [("季度", "职业编码", "区县代码", "求职人数"), (QUARTER, "6-18", "", 10)],
    "supply": [("完成季度", "职业编码", "取证人数"), (QUARTER, "6-18-02-04", 10)],
    "evidence": [
        ("季度", "职业编码", "区县代码", "证据来源", "需求人数"),
        (QUARTER, "6-18-02-04", "", "调查", 10),
    ],
    "previous": [("期次", "职业编码", "紧缺等级"), ("2026Q3", "6-18-02-04", "A")],
    "corrections": [
        ("数据表", "序列", "起始季度", "订正类型", "正确值", "订正原因", "状态", "核对值"),
        ("demand", "C", QUARTER, "缺口", "", "停报", "有效", ""),
    ],
    "replacement_rates": [
        ("职业编码", "退出率（%）", "转职率（%）", "来源"),
        ("6-18", 2.5, 1.5, "本市抽样调查"),
    ],
    "employment_growth": [
        ("职业编码", "行业代码", "就业增长率（%）", "就业人数", "来源"),
        ("6-18", "", 2.5, "", "本市规划"),
    ],
    "local_items": [("occupation_code", "item", "kind"), ("6-18-02-04", "焊接", "专项职业能力")],
}


def read(folder: Path, **tables: list[tuple[object, ...]]):  # type: ignore[no-untyped-def]
    paths = {name: str(write_csv(folder / f"{name}.csv", *rows)) for name, rows in tables.items()}
    return read_inputs(InputsSection(postings="none.csv", **paths), QUARTER)


def test_every_table_is_read(tmp_path: Path) -> None:
    assert set(ROWS) == set(TABLES)
    found = read(tmp_path, **ROWS)
    for name in TABLES:
        assert len(getattr(found, name)) == 1, name
        assert found.accounts[name] == {
            "rows_in": 1, "used": 1, "duplicate": 0, "rejected": 0, "reasons": {},
        }  # fmt: skip
    assert found.rejected.empty


def test_what_was_not_handed_in_is_empty_and_not_accounted_for() -> None:
    found = read_inputs(InputsSection(postings="none.csv"), QUARTER)
    assert all(getattr(found, name).empty for name in TABLES)
    assert found.accounts == {}
    assert list(found.rejected.columns) == ["table", "row", "reason"]


@pytest.mark.parametrize(
    ("name", "row", "reason"),
    [
        ("demand", (QUARTER, "C", "500999", 10), "district_code: 500999"),
        # 江北区 and 渝北区 were abolished on 2025-11-06.
        ("demand", (QUARTER, "C", "500105", 10), "district_code: 500105"),
        ("demand", (QUARTER, "99", "", 10), "industry_code: 99"),
        ("seekers", (QUARTER, "6-77", "", 10), "occupation_code: 6-77"),
        ("supply", (QUARTER, "6-18-02-99", 10), "occupation_code: 6-18-02-99"),
        ("evidence", (QUARTER, "4-99-01-01", "", "调查", 10), "occupation_code: 4-99-01-01"),
        ("previous", ("2026Q3", "9-01-01-01", "A"), "occupation_code"),
        ("replacement_rates", ("6-77", 2.5, 1.5, "调查"), "occupation_code: 6-77"),
        ("employment_growth", ("6-77", "", 1, "", "规划"), "occupation_code: 6-77"),
        ("local_items", ("6-18-02-99", "焊接", "专项职业能力"), "occupation_code"),
    ],
)
def test_an_unknown_code_is_rejected_with_its_reason(
    name: str, row: tuple[object, ...], reason: str, tmp_path: Path
) -> None:
    found = read(tmp_path, **{name: [*ROWS[name], row]})
    assert len(getattr(found, name)) == 1
    assert found.rejected["table"].tolist() == [name]
    assert found.rejected["row"].tolist() == ["2"]
    assert reason in found.rejected["reason"][0]
    account = found.accounts[name]
    assert (account["rows_in"], account["used"], account["rejected"]) == (2, 1, 1)
    assert sum(account["reasons"].values()) == 1


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("demand", (QUARTER, "C", "500107", -1)),
        ("demand", ("2026-13", "C", "500107", 1)),
        ("seekers", (QUARTER, "6-18-02-04", "", "many")),
        ("previous", ("2026Q3", "6-18-02-01", "Z")),
        ("replacement_rates", ("6-19", 200, 1.5, "调查")),
        ("employment_growth", ("6-18-02", "", 1, "", "规划")),
        ("employment_growth", ("", "C", 1, "", "规划")),
        ("employment_growth", ("6", "C", 1, 10, "规划")),
        ("corrections", ("demand", "C", QUARTER, "说法", "", "原因", "有效", "")),
    ],
)
def test_a_broken_row_is_rejected_and_the_others_count(
    name: str, row: tuple[object, ...], tmp_path: Path
) -> None:
    found = read(tmp_path, **{name: [*ROWS[name], row]})
    assert len(getattr(found, name)) == 1
    assert found.accounts[name]["reasons"] == {BROKEN_ROW: 1}


def test_a_former_district_is_known_in_the_quarters_in_which_it_stood(tmp_path: Path) -> None:
    rows = [("2025Q3", "C", "500105", 10), ("2025Q4", "C", "500105", 10),
            ("2026Q1", "C", "500105", 10), ("2025Q3", "C", "500157", 10)]  # fmt: skip
    found = read(tmp_path, demand=[*ROWS["demand"], *rows])
    assert found.rejected["row"].tolist() == ["4"]
    assert found.accounts["demand"]["used"] == 4


def test_kinds_of_rejection_are_counted_apart(tmp_path: Path) -> None:
    rows = [*ROWS["demand"], (QUARTER, "99", "", 1), (QUARTER, "98", "", 1), (QUARTER, "D", "", -1)]
    account = read(tmp_path, demand=rows).accounts["demand"]
    assert account["reasons"] == {UNKNOWN_CODE: 2, BROKEN_ROW: 1}
    assert account["rows_in"] == account["used"] + account["duplicate"] + account["rejected"] == 4


def test_course_advertisements_stand_in_for_the_supply_table(tmp_path: Path) -> None:
    found = read(tmp_path, supply=[("课程名称", "培训机构"), ("电焊工", "某校"), ("钳工", "某校")])
    assert found.supply.empty
    assert found.courses["course"].tolist() == ["电焊工", "钳工"]
    assert found.accounts["supply"]["used"] == 2


def test_a_file_without_its_columns_or_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnknownColumnsError):
        read(tmp_path, demand=[("甲", "乙"), ("1", "2")])
    with pytest.raises(UnknownColumnsError):
        read(tmp_path, supply=[("甲", "乙"), ("1", "2")])
    # 退出率 alone could be a share: 0.03 would be read as three hundredths of a per cent.
    rows = [("职业编码", "退出率", "转职率（%）", "来源"), ("6-18", 0.03, 1.5, "调查")]
    with pytest.raises(UnknownColumnsError, match="labour_force_exit_percent_per_year"):
        read(tmp_path, replacement_rates=rows)
    with pytest.raises(MissingFileError, match=r"gone\.csv"):
        read_inputs(InputsSection(postings="p.csv", demand=str(tmp_path / "gone.csv")), QUARTER)


def test_no_corrections_is_a_statement_of_its_own(tmp_path: Path) -> None:
    assert read(tmp_path, corrections=ROWS["corrections"][:1]).corrections.empty


def test_the_sample_is_accounted_for_in_full(sample_project: Path) -> None:
    section = read_configuration(sample_project / "jinque.toml").inputs
    found = read_inputs(section, QUARTER)
    for name in set(TABLES) - {"local_items", "replacement_rates", "employment_growth"}:
        lines = (sample_project / "sample" / f"{name}.csv").read_text("utf-8-sig").splitlines()
        assert found.accounts[name]["rows_in"] == len(lines) - 1, name
        assert found.accounts[name]["used"] == len(getattr(found, name)), name


def test_the_latest_edition_of_the_previous_list_counts() -> None:
    rows = [("2026Q2", "6-18-02-04", "A"), ("2026Q3", "6-18-02-04", "C")]
    table = PREVIOUS.check(pd.DataFrame(rows, columns=["edition", "occupation_code", "grade"]))
    assert previous_grades(table).to_dict() == {"6-18-02-04": "C"}
    assert previous_grades(PREVIOUS.empty()).empty
