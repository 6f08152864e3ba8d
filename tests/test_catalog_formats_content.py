"""What a release tells its readers: evidence, warnings, rules, method, and figures that agree."""

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from golden.small_draft import bare_draft, quality, ranking, small_draft
from python_calamine import CalamineWorkbook

from catalog.draft import Draft
from catalog.formats import edition_of, flat_table, render_html, structured, write_xlsx
from catalog.formats.guidance import coverage_view, gate_view, input_view, key_points
from catalog.formats.method import NO_FORECAST, forecast_method, grade_rules
from catalog.formats.surveys import SURVEYS_TITLE, describe_evidence, surveys_view
from catalog.formats.views import (
    Figure,
    Range,
    catalog_views,
    changes_view,
    demand_view,
    outlook_view,
)
from catalog.tables import RANKING
from data.tables import EVIDENCE

HOSTILE = "<script>alert(2)</script>"


def evidence() -> pd.DataFrame:
    rows = [
        ("2026Q3", "6-18-02-04", None, "旧调查", 5.0, None),
        ("2026Q4", "6-18-02-04", "500151", "重点企业用工调查", 260.0, HOSTILE),
        ("2027Q1", "4-10-01-05", None, "=1+1", 900.0, None),
    ]
    return EVIDENCE.check(pd.DataFrame(rows, columns=EVIDENCE.names))


@pytest.fixture
def surveyed() -> Draft:
    described = describe_evidence(evidence(), "2026Q4")
    return small_draft(quality=quality() | {"evidence": described})


def changed_ranking() -> pd.DataFrame:
    """One leaves for want of evidence, one of the annex enters, two keep grades by hysteresis."""
    rows = ranking().set_index("occupation_code")
    rows[["previous_grade", "change"]] = [None, "not_listed"]
    annex = rows.index[~rows["eligible"] & rows["grade"].isin(["A", "B", "C"])][0]
    rows.loc[annex, "change"] = "entered"
    suspended = rows.index[rows["grade"] == "X"][0]
    rows.loc[suspended, ["previous_grade", "change"]] = ["B", "left"]
    rows.loc["6-18-02-04", ["previous_grade", "change"]] = ["B", "raised"]
    warned = rows.index[rows["eligible"] & (rows["grade"] == "B")]
    rows.loc[warned, "flags"] = "降级预警：得分低于本等级界限，仅因升降级缓冲规定保留"
    return RANKING.check(rows.reset_index())


# -- evidence that is printed and not scored ------------------------------------------------


def test_evidence_of_the_quarter_and_later_is_described(surveyed: Draft) -> None:
    described = surveyed.quality["evidence"]
    assert [row["quarter"] for row in described] == ["2026Q4", "2027Q1"]
    assert described[1]["note"] is None
    rows = surveys_view(surveyed).rows
    assert rows[0] == (
        1, "2026年第四季度", "6-18-02-04", "焊工", "铜梁区", "重点企业用工调查", 260.0, HOSTILE
    )  # fmt: skip
    assert rows[1][4:6] == ("未分区县", "=1+1")


def test_evidence_is_on_the_page_and_in_the_workbook_and_does_no_harm(
    surveyed: Draft, tmp_path: Path
) -> None:
    page = render_html(edition_of(surveyed), [])
    section = page.split(SURVEYS_TITLE)[1].split("</section>")[0]
    assert "未计入需求人数、综合得分和等级" in section
    assert "重点企业用工调查" in section
    assert "&lt;script&gt;alert(2)" in section
    assert HOSTILE not in page
    path = write_xlsx(edition_of(surveyed), tmp_path / "catalog.xlsx")
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("证据（不计分）").to_python()
    assert rows[-1][3:7] == ["养老护理员", "未分区县", "=1+1", 900.0]


def test_without_evidence_there_is_no_table() -> None:
    assert describe_evidence(EVIDENCE.empty(), "2026Q4") == []
    assert SURVEYS_TITLE not in render_html(edition_of(small_draft()), [])


# -- headings tell the period ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("quarter", "this", "year"),
    [
        ("2026Q4", "2026年第四季度", "2027年四个季度"),
        ("2027Q1", "2027年第一季度", "2027年第二季度至2028年第一季度四个季度"),
    ],
)
def test_a_quarter_and_a_year_are_not_to_be_mistaken(quarter: str, this: str, year: str) -> None:
    draft = small_draft(quarter=quarter)
    for view in (demand_view(draft), catalog_views(draft)[0]):
        assert f"{this}需求人数（人）" in [field.header for field in view.fields]
    headers = [field.header for field in demand_view(draft).fields]
    assert f"{year}预测需求合计（人）" in headers
    assert not {"需求人数（人）", "未来一年预测需求（人）"} & set(headers)
    assert {"本季度需求人数（人）", "未来四个季度预测需求合计（人）"} <= set(
        flat_table(edition_of(draft)).columns
    )


def test_a_forecast_stands_beside_the_quarter_it_continues() -> None:
    draft = small_draft()
    view = outlook_view(draft)
    assert view.fields[1].header == "2026年第四季度实际需求（人）"
    history = draft.industry_history.set_index(["series_id", "period"])["value"]
    assert view.rows[0][:2] == ("总需求", history["total", "2026Q4"])


# -- changes and warnings -------------------------------------------------------------------


def test_changes_of_the_annex_are_counted_apart_and_x_is_no_exit() -> None:
    draft = small_draft(ranking=changed_ranking())
    sentence = next(point for point in key_points(draft) if point.startswith("与上期相比"))
    assert sentence == (
        "与上期相比，目录新进0个，上调1个，下调0个，退出0个；附录新进1个，上调0个，下调0个，退出0个；"
        "另有1个上期列入的职业本期证据不足，暂不评定。"
    )
    view = changes_view(draft)
    assert [(row[0], row[1]) for row in view.rows] == [
        ("新进", "附录"), ("上调", "目录"), ("证据不足，暂不评定", "目录")
    ]  # fmt: skip
    table = flat_table(edition_of(draft))
    assert set(table["较上期"]) == {"新进", "上调", "证据不足，暂不评定", "未列入"}


def test_a_lowering_warning_is_in_every_format() -> None:
    edition = edition_of(small_draft(ranking=changed_ranking()))
    warned = catalog_views(edition.draft)[1]
    assert warned.rows
    assert all("降级预警" in row[-1] for row in warned.rows)
    table = flat_table(edition)
    assert (table["降级预警"] == "是").sum() == len(warned.rows)
    marks = [row["lowering_warning"] for row in structured(edition)["occupations"]]
    assert sum(marks) == len(warned.rows)
    assert f"{len(warned.rows)}个已列入的职业有降级预警" in "".join(key_points(edition.draft))


# -- rules and method -----------------------------------------------------------------------


def test_the_release_prints_the_rules_it_was_made_by() -> None:
    rules = "".join(grade_rules({}))
    for words in (
        "75分以上为A", "68分以上为B", "60分以上为C", "高出该等级界限2分", "不足5条", "不足3家",
        "倍率低于1的", "低于50分", "不足50%", "退出预警", "降级预警",
    ):  # fmt: skip
        assert words in rules
    own = {"grades": {"very_short": 81.5, "hysteresis": 3, "employers_at_least": 4}}
    page = render_html(edition_of(small_draft(configuration=own)), [])
    for words in ("81.5分以上为A", "高出该等级界限3分", "招聘单位不足4家"):
        assert words in page


def test_rules_and_method_are_in_the_workbook_too_and_scores_in_the_listing(
    tmp_path: Path,
) -> None:
    book = CalamineWorkbook.from_path(
        write_xlsx(edition_of(small_draft()), tmp_path / "catalog.xlsx")
    )
    guide = "".join(str(row[0]) for row in book.get_sheet_by_name("说明").to_python())
    assert "75分以上为A" in guide
    assert "最小迹法" in guide
    headers = book.get_sheet_by_name("目录").to_python()[3]
    assert "得分（0～100分）" in headers


def test_the_method_of_the_forecast_is_told_as_it_was_run() -> None:
    told = "".join(forecast_method(small_draft()))
    for words in (
        "ETS",
        "Theta",
        "ARIMA",
        "自回归",
        "80%、95%",
        "未作春节调整",
        "缺口",
        "不宜作为",
    ):
        assert words in told
    assert 6 <= told.count("。") <= 14
    chinese = small_draft(configuration={"forecast": {"calendar": "chinese"}})
    assert "检验春节日期" in "".join(forecast_method(chinese))
    assert forecast_method(bare_draft()) == [NO_FORECAST]


# -- quality of the data --------------------------------------------------------------------


def test_shares_are_per_cent_and_counts_are_whole() -> None:
    gate = {"name": "招聘信息剔除比例不高于", "value": 0.0015, "bound": 0.5, "passed": True}
    figures = {
        "coverage": {"本季度需求人数（人）": 9047.1608, "有把握归入细类的需求比例": 0.9831},
        "gates": [gate],
    }
    rows = dict(coverage_view(figures).rows)
    assert rows == {
        "招聘信息中的招聘人数（人）": Figure(9047.1608, "whole"),
        "有把握归入细类的比例（占招聘信息中的招聘人数）": Figure(0.9831, "percent"),
    }
    assert gate_view(figures).rows[0][1:3] == (Figure(0.0015, "percent"), Figure(0.5, "percent"))
    page = render_html(edition_of(small_draft(quality=figures)), [])
    assert all(words in page for words in (">9,047<", ">98.3%<", ">0.2%<", ">50.0%<"))
    assert "9,047.1608" not in page


def test_tables_are_named_as_the_manual_names_them() -> None:
    counts = {"rows_in": 1, "used": 1, "duplicate": 0, "rejected": 0}
    names = ("corrections", "demand", "evidence", "previous")
    view = input_view({"tables": dict.fromkeys(names, counts)})
    assert [row[0] for row in view.rows] == [
        "数据订正记录", "登记招聘需求", "企业调查、重点项目等证据", "现行目录"
    ]  # fmt: skip


# -- the workbook as a tool -----------------------------------------------------------------


def cells_of(book: CalamineWorkbook, sheet: str) -> tuple[list[Any], list[list[Any]]]:
    rows = book.get_sheet_by_name(sheet).to_python()
    return rows[3], rows[4:]


def test_intervals_are_numbers_of_their_own_in_the_workbook(tmp_path: Path) -> None:
    draft = small_draft()
    book = CalamineWorkbook.from_path(write_xlsx(edition_of(draft), tmp_path / "catalog.xlsx"))
    for sheet in ("需求表", "指标", "行业预测", "附录（紧缺但不属培训范围）"):
        headers, rows = cells_of(book, sheet)
        bounds = [place for place, name in enumerate(headers) if "区间下限" in name]
        assert bounds
        for lower in bounds:
            assert "区间上限" in headers[lower + 1]
            pairs = [(row[lower], row[lower + 1]) for row in rows if row[lower] != "—"]
            assert pairs
            assert all(isinstance(low, float) and low <= high for low, high in pairs)
    interval = demand_view(draft).rows[0][5]
    assert isinstance(interval, Range)
    _, rows = cells_of(book, "需求表")
    assert rows[0][5] == pytest.approx(interval.lower, abs=0.05)


def test_every_long_table_can_be_filtered_and_keeps_its_headers(tmp_path: Path) -> None:
    path = write_xlsx(edition_of(small_draft()), tmp_path / "catalog.xlsx")
    names = CalamineWorkbook.from_path(path).sheet_names
    with ZipFile(path) as archive:
        sheets = {
            name: archive.read(f"xl/worksheets/sheet{place}.xml").decode()
            for place, name in enumerate(names, start=1)
        }
    listed = set(names) - {"数据质量", "说明"}
    assert {name for name in names if 'state="frozen"' in sheets[name]} == listed
    filtered = {name for name in names if "<autoFilter" in sheets[name]}
    assert filtered == listed - {"目录"}  # grades are separate blocks of one printed sheet


def test_exits_are_in_the_workbook(tmp_path: Path) -> None:
    edition = edition_of(small_draft(ranking=changed_ranking()))
    book = CalamineWorkbook.from_path(write_xlsx(edition, tmp_path / "catalog.xlsx"))
    headers, rows = cells_of(book, "较上期变化")
    assert headers[:4] == ["变化", "名录", "职业编码", "职业名称"]
    assert [row[0] for row in rows] == ["新进", "上调", "证据不足，暂不评定"]
