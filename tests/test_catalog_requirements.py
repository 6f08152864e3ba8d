"""The requirements account of a release: its base year, its area, its words, what it leaves out."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from golden.small_draft import small_draft
from python_calamine import CalamineWorkbook

from catalog.draft import Draft
from catalog.employment_stock import base_year_of
from catalog.formats import edition_of, render_html, structured, write_xlsx
from catalog.formats.requirements import requirements_notes, requirements_view
from catalog.formats.views import format_cell
from catalog.requirements import (
    NO_SUM,
    RequirementsAccount,
    account_of_release,
    describe_account,
    requirements_account,
)
from data.errors import ConfigurationError
from data.reference import load_employed_persons
from data.requirements import REPLACEMENT_RATES, STATED_GROWTH
from data.tables import STAFFING_SHARES
from forecasting.requirements import RequirementsParameters


def test_the_stock_is_of_the_latest_year_known_before_the_issue() -> None:
    totals = load_employed_persons("重庆")
    for quarter, base, year in (("2026Q4", 2024, 2027), ("2024Q4", 2022, 2025)):
        assert base_year_of(quarter, "重庆") == base
        account = account_of_release(quarter, "重庆市")
        assert set(account.requirements["year"]) == {year}
        persons = account.requirements["employed_persons"].sum()
        persons += account.left_out["employed_persons"].sum()
        assert persons == pytest.approx(totals[base])


@pytest.mark.parametrize(("quarter", "area"), [("2021Q4", "重庆市"), ("2026Q4", "成都市")])
def test_without_known_employment_there_is_no_account_and_a_reason(quarter: str, area: str) -> None:
    account = account_of_release(quarter, area)
    assert account.requirements.empty
    assert describe_account(account) == {"notes": list(account.statements), "left_out": []}
    assert area in account.statements[0]
    assert "不测算年度用工需求" in account.statements[0]
    with pytest.raises(ConfigurationError, match="no employment before"):
        requirements_account("2021Q4")


def test_the_warning_comes_first_and_foreign_rates_are_named() -> None:
    account = account_of_release("2026Q4", "重庆市")
    assert account.statements[0] == NO_SUM
    assert "不得相加" in NO_SUM
    assert any("美国劳工统计局" in said for said in account.statements)


def test_every_group_left_out_has_a_reason_in_chinese() -> None:
    rates = REPLACEMENT_RATES.check(
        pd.DataFrame(
            [("6", 3.0, 1.0, "抽样调查"), ("5", 3.0, 1.0, "抽样调查")],
            columns=REPLACEMENT_RATES.names[:4],
        )
    )
    account = requirements_account("2026Q4", rates=rates)
    left_out = describe_account(account)["left_out"]
    assert len({group["reason"] for group in left_out}) == 6
    assert not any(character.isascii() and character.isalpha()
                   for group in left_out for character in group["reason"])  # fmt: skip
    assert {"3-03", "4-01", "4-13", "5-01", "1-01", "1-06", "8-00"} <= {
        group["code"] for group in left_out
    }
    assert "抽样调查" in account.statements[2]


def test_a_table_without_a_usable_row_gives_no_account_rather_than_a_foreign_one() -> None:
    account = account_of_release("2026Q4", "重庆市", REPLACEMENT_RATES.empty())
    assert account.requirements.empty
    assert any("没有一行可用" in said for said in account.statements)
    assert not any("美国" in said for said in account.statements)
    assert "4-01" in {group["code"] for group in describe_account(account)["left_out"]}


# -- growth that a planner brings ---------------------------------------------------------------


def growth_of(*rows: tuple[object, ...]) -> pd.DataFrame:
    return STATED_GROWTH.check(pd.DataFrame(rows, columns=STATED_GROWTH.names))


WELDERS_IN_MANUFACTURING = STAFFING_SHARES.check(
    pd.DataFrame(
        [("C", "6-18-02-04", 1.0, 1.0, 0.0)],
        columns=["industry_code", "occupation_code", "share", "share_observed", "standard_error"],
    )
)


def test_farming_is_reckoned_only_with_figures_on_its_growth() -> None:
    constant = account_of_release("2026Q4", "重庆市")
    assert not constant.requirements["occupation_code"].str.startswith("5").any()
    growth = growth_of(("5", None, -4.0, 1.0, None, "农业农村规划"))
    account = account_of_release("2026Q4", "重庆市", growth=growth)
    table = account.requirements.set_index("occupation_code")
    assert table.loc["5-01", "growth_code"] == "5"
    ratio = table.loc["5-01", "persons_per_year_growth"] / table.loc["5-01", "employed_persons"]
    assert ratio == pytest.approx(-0.04)
    assert any("来源：农业农村规划" in said for said in account.statements)
    others = len(table) - table.index.str.startswith("5").sum()
    assert any(f"其余{others}个中类按就业规模不变测算" in said for said in account.statements)


def test_growth_by_industry_reaches_the_groups_it_employs() -> None:
    growth = growth_of(
        (None, "C", 2.0, None, 3_000_000.0, "统计年鉴"),
        (None, "T", 2.0, None, 100.0, "统计年鉴"),
    )
    account = account_of_release("2026Q4", "重庆市", growth=growth, shares=WELDERS_IN_MANUFACTURING)
    table = account.requirements.set_index("occupation_code")
    assert table.index[table["growth_code"].notna()].tolist() == ["6-18"]
    assert table.loc["6-18", "persons_per_year_growth"] > 0
    assert any("折算到职业中类" in said for said in account.remarks)
    assert any("行业门类T没有职业构成数据" in said for said in account.remarks)


@pytest.mark.parametrize("growth", [None, STATED_GROWTH.empty()])
def test_without_usable_growth_employment_is_constant_and_that_is_said(
    growth: pd.DataFrame | None,
) -> None:
    account = account_of_release("2026Q4", "重庆市", growth=growth)
    assert (account.requirements["persons_per_year_growth"] == 0).all()
    assert "按就业规模不变测算。" in account.statements[-1]
    assert ("没有一行可用" in account.statements[-1]) == (growth is not None)


# -- what readers see ---------------------------------------------------------------------------


def published(account: RequirementsAccount) -> Draft:
    """Put the account in a small edition."""
    draft = replace(
        small_draft(),
        requirements=account.requirements,
        quality=small_draft().quality | {"requirements": describe_account(account)},
    )
    return edition_of(draft).draft


def cells_of(draft: Draft, at_most: int | None = None) -> list[dict[str, str]]:
    view = requirements_view(draft, at_most)
    return [
        {
            field.header: format_cell(value, field.kind)
            for field, value in zip(view.fields, row, strict=True)
        }
        for row in view.rows
    ]


def test_neither_leaders_nor_the_undefined_have_requirements() -> None:
    account = account_of_release("2026Q4", "重庆市")
    assert set(account.requirements["occupation_code"].str[0]) == {"2", "3", "4", "6"}
    notes = requirements_notes(published(account))
    (leaders,) = [note for note in notes if "1-01 中国共产党机关和基层组织负责人" in note]
    assert "不以职业技能培训补充" in leaders
    assert "1-06 企事业单位负责人" in leaders


def test_the_stock_is_dated_by_the_total_that_it_rests_on() -> None:
    draft = published(account_of_release("2026Q4", "重庆市"))
    headers = [field.header for field in requirements_view(draft).fields]
    assert "从业人员存量（2024年末推算，人）" in headers
    assert not any("年初" in header for header in headers)
    growth = growth_of(("6", None, 1.0, 1.0, None, "规划"))
    grown = published(account_of_release("2026Q4", "重庆市", growth=growth))
    headers = [field.header for field in requirements_view(grown).fields]
    assert "从业人员存量（由2024年末至2026年末推算，人）" in headers


def test_figures_are_round_and_a_row_sums_up_every_group() -> None:
    account = account_of_release("2026Q4", "重庆市")
    draft = published(account)
    whole, top = cells_of(draft), cells_of(draft, 10)
    assert len(whole) == len(account.requirements) + 1
    assert (len(top), top[-1]) == (11, whole[-1])
    total = whole[-1]
    assert total["职业中类"] == f"合计（{len(account.requirements)}个中类）"
    required = account.requirements["persons_per_year_required"].sum()
    shown = float(total["用工需求合计（人/年）"].replace(",", ""))
    assert shown == pytest.approx(required, abs=50)
    for row in whole:
        persons = float(row["用工需求合计（人/年）"].replace(",", ""))
        assert persons % (100 if persons >= 1000 else 10) == 0
    assert any("因四舍五入，分项之和可能与合计略有出入" in n for n in requirements_notes(draft))


def test_rates_growth_and_training_of_each_group_are_shown() -> None:
    growth = growth_of(("6", None, 1.0, None, None, "规划"))
    rows = cells_of(published(account_of_release("2026Q4", "重庆市", growth=growth)))
    by_code = {row["类别编码"]: row for row in rows}
    assert by_code["4-03"]["所用退出率和转职率"] == "本类"
    assert by_code["6-18"]["所用退出率和转职率"] == "上级类别6"
    assert by_code["6-18"]["所用就业增长率"] == "上级类别6"
    assert by_code["4-03"]["所用就业增长率"] == "不变"
    assert by_code["2-08"]["属培训范围的细类/全部细类（个）"] == "无（共8）"
    assert by_code["3-01"]["属培训范围的细类/全部细类（个）"] == "10/22"


def test_items_of_the_city_open_a_group_to_training() -> None:
    items = pd.DataFrame(
        [("2-01-01-00", "研究", "专项职业能力")], columns=["occupation_code", "item", "kind"]
    )
    account = account_of_release("2026Q4", "重庆市", local_items=items)
    table = account.requirements.set_index("occupation_code")
    assert table.loc["2-01", "occupations_open_to_training"] == 1


def test_caveats_are_on_the_page_and_in_the_workbook(tmp_path: Path) -> None:
    draft = published(account_of_release("2026Q4", "重庆市"))
    edition = edition_of(draft)
    page = render_html(edition, []).split("<h2>八、")[1].split("</section>")[0]
    path = write_xlsx(edition, tmp_path / "catalog.xlsx")
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_name("年度用工需求（就业增长＋人员补充）")
    book = "".join(str(cell) for row in sheet.to_python() for cell in row)
    for words in (
        "未扣除由其他职业转入的人数",
        "不是实测误差：退出率和转职率的相对标准误25%；就业增长率的标准误每年2个百分点",
        "采用上级类别的比率",
        "本节存量为公开统计资料",
        "因四舍五入",
    ):
        assert words in page
        assert words in book
    genuine = replace(edition, draft=replace(draft, synthetic=False))
    assert "本节存量为公开统计资料" not in render_html(genuine, [])


def test_remarks_follow_the_parameters_of_the_account() -> None:
    exits = RequirementsParameters(transfers_counted=0.5, rate_relative_standard_error=0.1)
    gross, assumed, *_ = requirements_account("2026Q4", parameters=exits).remarks
    assert "转出总数的50%" in gross
    assert "相对标准误10%；" in assumed


def test_the_structured_catalog_holds_the_account() -> None:
    account = account_of_release("2026Q4", "重庆市")
    found = structured(edition_of(published(account)))["requirements"]
    assert found["notes"][0] == NO_SUM
    assert {group["code"] for group in found["left_out"]} >= {"1-01", "5-01"}
    (cooks,) = [group for group in found["groups"] if group["occupation_code"] == "4-03"]
    assert cooks["occupation_name"] == "住宿和餐饮服务人员"
    expected = account.requirements.set_index("occupation_code").loc["4-03"]
    assert cooks["persons_per_year_required"] == pytest.approx(
        expected["persons_per_year_required"], abs=0.1
    )
    assert cooks["base_year"] == 2024
    assert cooks["growth_code"] is None
    bare = replace(small_draft(), requirements=None)
    assert structured(edition_of(bare))["requirements"]["groups"] == []
