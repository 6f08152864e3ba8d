"""The formats of a release: what they say, and that hostile or missing values do no harm.

The golden files hold `catalog.json` and `catalog.html` of the small draft.  After a wanted change
look at the difference, then renew them with
``JINQUE_RENEW_GOLDEN=1 pytest tests/test_catalog_formats.py -k golden``.
"""

import csv
import io
import json
import os
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from golden.small_draft import HOSTILE_NAME, bare_draft, ranking, small_draft
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from catalog.draft import Draft
from catalog.formats import (
    edition_of,
    flat_table,
    render_html,
    structured,
    without_small_cells,
    write_csv,
    write_evidence,
    write_json,
    write_xlsx,
)
from catalog.formats.csv import FORMULA_STARTS, neutral_text
from catalog.formats.guidance import input_view, key_points
from catalog.formats.requirements import REQUIREMENTS_TITLE, requirements_view
from catalog.formats.views import (
    Range,
    annex_view,
    catalog_views,
    district_outlook_view,
    listing_view,
    outlook_view,
)
from catalog.formats.wording import score_weights
from catalog.tables import COHERENT_FORECAST
from data.errors import ConfigurationError, ContractError
from data.tables import PANEL

GOLDEN = Path(__file__).parent / "golden"
CHARTS = [("charts/top_ranked.svg", "前20位"), ("charts/tightness.svg", "求人倍率")]
SHEETS = [
    "目录", "附录（紧缺但不属培训范围）", "较上期变化", "需求表", "指标", "行业预测",
    "年度用工需求（就业增长＋人员补充）", "数据质量", "说明",
]  # fmt: skip


# -- golden files ---------------------------------------------------------------------------


def compare_with_golden(name: str, text: str) -> None:
    path = GOLDEN / name
    lines = "\n".join(line.rstrip() for line in text.splitlines() if line.strip()) + "\n"
    if os.environ.get("JINQUE_RENEW_GOLDEN"):
        path.write_text(lines, encoding="utf-8")
    assert lines == path.read_text(encoding="utf-8"), f"{name} differs from its golden file"


def test_json_equals_the_golden_file(tmp_path: Path) -> None:
    written = write_json(edition_of(small_draft()), tmp_path / "catalog.json")
    compare_with_golden("catalog.json", written.read_text(encoding="utf-8"))


def test_html_equals_the_golden_file() -> None:
    compare_with_golden("catalog.html", render_html(edition_of(small_draft()), CHARTS))


# -- edition --------------------------------------------------------------------------------


def test_rounding_keeps_values_inside_their_intervals() -> None:
    rows = edition_of(small_draft()).draft.ranking
    for name in ("score", "rank", "openings", "openings_forecast_next_year"):
        known = rows.dropna(subset=[name])
        assert (known[f"{name}_lower"] <= known[name]).all()
        assert (known[name] <= known[f"{name}_upper"]).all()
    assert rows["wage_yuan_month_median"].dropna().mod(1).eq(0).all()
    assert rows["openings"].tolist() == rows["openings"].round(1).tolist()


def test_order_of_the_rows_handed_in_does_not_matter() -> None:
    draft = small_draft()
    turned = small_draft(ranking=draft.ranking[::-1], panel=draft.panel[::-1])
    assert structured(edition_of(turned)) == structured(edition_of(draft))


def test_a_broken_table_is_refused() -> None:
    with pytest.raises(ContractError, match="ranking"):
        edition_of(small_draft(ranking=ranking().assign(openings=-1.0)))


@pytest.mark.parametrize("wrong", [{"revision": 1}, {"revision": 0}, {"status": "signed"}])
def test_status_and_revision_are_checked(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        edition_of(small_draft(), **wrong)  # type: ignore[arg-type]


def test_an_erratum_names_itself_in_every_heading() -> None:
    edition = edition_of(small_draft(), status="published", revision=2)
    page = render_html(edition, [])
    assert edition.name == "2026Q4-r2"
    assert "2026年第四季度（第2次修订版）" in page
    assert "正式发布" in page
    assert "尚未签发" not in page


# -- forecasts --------------------------------------------------------------------------------


def draft_with_places() -> Draft:
    """Draft whose total stands beside the industries, with a region and its districts."""
    draft = small_draft()
    total = draft.industry_forecast[draft.industry_forecast["series_id"] == "total"]
    shares = {"主城都市区": 0.8, "500103": 0.5, "500108": 0.3}
    places = [
        total.assign(
            grouping="district" if name.isdigit() else "region", series_id=name,
            **{column: total[column] * share for column in ("mean", "lower", "upper")},
        )
        for name, share in shares.items()
    ]  # fmt: skip
    return small_draft(
        industry_forecast=draft.industry_forecast.drop(total.index),
        industry_history=draft.industry_history.query("series_id != 'total'"),
        coherent_forecast=COHERENT_FORECAST.check(
            pd.concat([total.assign(grouping="total"), *places])
        ),
    )


def test_the_total_leads_the_industries_and_places_have_a_table_of_their_own() -> None:
    draft = edition_of(draft_with_places()).draft
    alone = outlook_view(edition_of(small_draft()).draft)
    assert [row[2:] for row in outlook_view(draft).rows] == [row[2:] for row in alone.rows]
    assert [row[0] for row in outlook_view(draft).rows] == [row[0] for row in alone.rows]
    view = district_outlook_view(draft)
    assert list(dict.fromkeys(row[:2] for row in view.rows)) == [
        ("全市", "全市"), ("片区", "　主城都市区"), ("区县", "　　渝中区"), ("区县", "　　南岸区"),
    ]  # fmt: skip
    history, forecast = draft.total_and_industries
    past = history[history["series_id"] == "total"].set_index("period")["value"]
    assert past["2026Q4"] == draft.industry_history.query("period == '2026Q4'")["value"].sum()
    assert set(forecast["series_id"]) == {"total", "C", "H", "O"}


def test_places_are_on_the_page_and_in_the_workbook_only_where_there_are_any(
    tmp_path: Path,
) -> None:
    edition = edition_of(draft_with_places())
    page = render_html(edition, [])
    assert "区县需求预测" in page
    assert "　　渝中区" in page
    book = CalamineWorkbook.from_path(write_xlsx(edition, tmp_path / "catalog.xlsx"))
    assert "区县预测" in book.sheet_names
    assert "区县需求预测" not in render_html(edition_of(small_draft()), [])
    evidence = {path.name for path in write_evidence(edition, tmp_path / "evidence")}
    assert {"coherent_forecast.parquet", "requirements.parquet"} <= evidence


# -- requirements -----------------------------------------------------------------------------


def test_the_requirements_account_shows_its_next_year_and_the_largest_first() -> None:
    draft = edition_of(small_draft()).draft
    whole, top = requirements_view(draft), requirements_view(draft, 10)
    assert whole.title == "2027年度用工需求（就业增长＋人员补充）"
    assert len(whole.rows) == 12 + 1
    assert top.rows == (*whole.rows[:10], whole.rows[-1])
    assert [row[1] for row in top.rows[:3]] == ["6-07", "6-06", "6-08"]
    assert top.rows[0][3:8] == (12000, 120, 480, 600, 1200)
    assert top.rows[0][8:] == (Range(600, 1800, "whole"), "上级类别6", "不变", "")


def test_page_and_workbook_warn_before_the_account_and_show_ten_and_all(tmp_path: Path) -> None:
    edition = edition_of(small_draft())
    page = render_html(edition, [])
    section = page.split("<h2>八、")[1].split("</section>")[0]
    warning = '<p class="status">两个口径，不得相加。</p>'
    assert section.index(warning) < section.index("<table>")
    assert "未测算的中类（新设）：3-03 法律辅助人员。" in section
    assert section.count("<tr>") == 1 + 10 + 1
    assert "本期未测算年度用工需求。" in render_html(edition_of(bare_draft()), [])
    path = write_xlsx(edition, tmp_path / "catalog.xlsx")
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(REQUIREMENTS_TITLE).to_python()
    assert rows[3][0] == "两个口径，不得相加。"
    codes = [row[1] for row in rows if str(row[1]).startswith("6-")]
    assert (codes[0], len(codes)) == ("6-07", 12)


# -- csv ------------------------------------------------------------------------------------


def test_csv_opens_in_a_spreadsheet_without_running_anything(tmp_path: Path) -> None:
    content = write_csv(edition_of(small_draft()), tmp_path / "catalog.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 1 + len(ranking())
    texts = [cell for row in rows for cell in row]
    assert not [cell for cell in texts if cell.startswith(FORMULA_STARTS)]
    assert "'" + HOSTILE_NAME in texts


def test_csv_says_where_each_occupation_is_listed() -> None:
    table = flat_table(edition_of(small_draft()))
    assert table["列入"].value_counts().to_dict() == {"目录": 6, "附录": 2, "未列入": 4}
    assert table["排名"].dropna().tolist() == sorted(table["排名"].dropna())
    assert table.loc[table["等级"] == "X", "求人倍率（倍）"].isna().all()
    assert set(table["退出预警"]) == {"是", "否"}


@given(st.text(max_size=20))
def test_no_text_stays_a_formula(text: str) -> None:
    assert not neutral_text(text).startswith(FORMULA_STARTS)
    assert neutral_text(text).endswith(text)


# -- xlsx -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_xlsx(edition_of(small_draft()), tmp_path_factory.mktemp("xlsx") / "catalog.xlsx")


def test_xlsx_has_the_sheets_of_an_official_annex(workbook: Path) -> None:
    book = CalamineWorkbook.from_path(workbook)
    assert book.sheet_names == SHEETS
    rows = book.get_sheet_by_name("目录").to_python()
    headings = [row[0] for row in rows if str(row[0]).startswith(("一、", "二、", "三、"))]
    assert headings == ["一、非常紧缺职业（2个）", "二、紧缺职业（2个）", "三、一般紧缺职业（2个）"]
    welder = next(row for row in rows if row[1] == "6-18-02-04")
    assert welder[:10] == [
        1.0, "6-18-02-04", "焊工", "A 非常紧缺", 91.3, 1834.4, 1607.9, 2076.9, 3.13, 6500.0
    ]  # fmt: skip


def test_xlsx_holds_texts_as_texts_and_prints_across_a4(workbook: Path) -> None:
    with zipfile.ZipFile(workbook) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "sheet" in name]
        texts = archive.read("xl/sharedStrings.xml").decode()
        names = archive.read("xl/workbook.xml").decode()
        core = archive.read("docProps/core.xml").decode()
    assert not [sheet for sheet in sheets if "<f>" in sheet or "<hyperlink" in sheet]
    assert "=HYPERLINK(" in texts
    across = [s for s in sheets if 'paperSize="9"' in s and 'orientation="landscape"' in s]
    assert len(across) == len(SHEETS)
    assert names.count("_xlnm.Print_Titles") == 7
    assert "2000-01-01T00:00:00Z" in core


def test_xlsx_says_x_where_an_indicator_is_missing(workbook: Path) -> None:
    rows = CalamineWorkbook.from_path(workbook).get_sheet_by_name("指标").to_python()
    missing = [row for row in rows if row[4] == "X（证据不足）"]
    assert len(missing) == 12
    assert {row[9] for row in missing} == {"广告不足10条"}


# -- json -----------------------------------------------------------------------------------


def test_json_has_null_for_what_is_missing(tmp_path: Path) -> None:
    text = write_json(edition_of(bare_draft()), tmp_path / "a.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    content = json.loads(text)
    first = content["occupations"][0]
    assert first["vacancy_ratio"] is None
    assert first["score"] == {"value": None, "lower": None, "upper": None}
    assert first["indicators"]["vacancy_ratio"]["missing_reason"] == "未提供求职登记数据"
    assert {row["listing"] for row in content["occupations"]} == {"not_listed"}


def test_weights_are_found_and_sum_to_one() -> None:
    assert score_weights({"grades": {"short": 68}, "score": {"seed": 1, "weights": {
        "openings": 1, "days_open": 3}}}) == {"openings": 0.25, "days_open": 0.75}  # fmt: skip
    assert score_weights({"score": {"seed": 3}}) == {}


# -- html -----------------------------------------------------------------------------------


class Tags(HTMLParser):
    """Checks that tags close in order; collects tags and addresses."""

    VOID = ("meta", "img", "col", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.addresses += [str(value) for name, value in attrs if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("make", [small_draft, bare_draft])
def test_html_is_whole_and_needs_nothing_from_elsewhere(make: object) -> None:
    parser = Tags()
    parser.feed(render_html(edition_of(make()), CHARTS))  # type: ignore[operator]
    assert parser.open == []
    assert not {"script", "b", "link", "iframe", "object"} & parser.seen
    assert parser.addresses == [file for file, _ in CHARTS]


def test_html_marks_synthetic_inputs_and_only_those() -> None:
    banner = "合成示例数据，不反映真实劳动力市场"
    assert f'<div class="banner">{banner}</div>' in render_html(edition_of(small_draft()), [])
    assert banner not in render_html(edition_of(small_draft(synthetic=False)), [])


def test_html_without_evidence_says_so() -> None:
    page = render_html(edition_of(bare_draft()), [])
    for sentence in (
        "本期没有职业达到列入目录的证据要求：参评12个职业，其中暂不紧缺0个，证据不足12个。",
        "证据不足不等于不紧缺",
        "没有可比的上期目录",
        "本期没有足够的行业需求历史数据",
        "本期没有可供绘图的数据",
        "本期没有数据质量记录",
    ):
        assert sentence in page
    assert not re.search(r">(nan|None|NaN|<NA>)<", page)


def test_views_word_what_a_signatory_must_see() -> None:
    draft = edition_of(small_draft()).draft
    very_short, short, somewhat = catalog_views(draft)
    assert [len(view.rows) for view in (very_short, short, somewhat)] == [2, 2, 2]
    assert very_short.rows[0][-2] == "上调（上期：紧缺）"
    assert "按上级类别" not in short.rows[0][-1]  # the explanation tells it, once
    assert "退出预警" in somewhat.rows[0][-1]
    assert annex_view(draft).rows[0][-1] == "由其他部门实施准入许可"
    unknown = listing_view("", draft.ranking[draft.ranking["grade"] == "X"], draft.quarter)
    assert unknown.rows[0][7] == "证据不足"
    assert key_points(draft)[0].startswith("参评职业12个，列入目录6个")


def test_many_reasons_are_shortened_and_all_counted() -> None:
    reasons = {f"原因{i}": 10 - i for i in range(8)}
    counts = {"rows_in": 52, "used": 0, "duplicate": 0, "rejected": 52, "reasons": reasons}
    cell = input_view({"tables": {"postings": counts}}).rows[0][-1]
    assert cell.startswith("原因0（10）；原因1（9）")
    assert cell.endswith("其他3类")


# -- evidence -------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["6-18-02-04", "4-03-02-01"]), st.sampled_from(["C", "H"]),
            st.sampled_from(["500103", "500105", "500112", None]),
            st.integers(1, 500), st.integers(1, 6),
        ), min_size=1, max_size=12, unique_by=lambda cell: cell[:3],
    )
)  # fmt: skip
def test_no_published_district_cell_rests_on_few_employers(cells: list[tuple]) -> None:  # type: ignore[type-arg]
    names = ["occupation_code", "industry_code", "district_code", "openings", "employers"]
    panel = PANEL.check(
        pd.DataFrame(cells, columns=names).assign(
            quarter="2026Q4", ads=1.0, wage_yuan_month_median=6000.0
        )
    )
    public = without_small_cells(panel)
    assert (public.loc[public["district_code"].notna(), "employers"] >= 3).all()
    key = ["occupation_code", "industry_code"]
    expected, got = (frame.groupby(key)["openings"].sum() for frame in (panel, public))
    pd.testing.assert_series_equal(expected, got)
