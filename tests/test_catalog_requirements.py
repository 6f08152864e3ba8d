"""The requirements account of a release: its base year, its area, its words, what it leaves out."""

import pandas as pd
import pytest

from catalog.requirements import (
    NO_SUM,
    account_of_release,
    base_year_of,
    describe_account,
    requirements_account,
)
from data.errors import ConfigurationError
from data.reference import load_employed_persons
from data.requirements import EMPLOYMENT_GROWTH, REPLACEMENT_RATES


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
    growth = EMPLOYMENT_GROWTH.check(
        pd.DataFrame([("6", 1.0, 0.5)], columns=EMPLOYMENT_GROWTH.names)
    )
    account = requirements_account("2026Q4", rates=rates, growth=growth)
    left_out = describe_account(account)["left_out"]
    assert len({group["reason"] for group in left_out}) == 4
    assert not any(character.isascii() and character.isalpha()
                   for group in left_out for character in group["reason"])  # fmt: skip
    assert {"3-03", "4-01", "4-13", "5-01"} <= {group["code"] for group in left_out}
    assert "抽样调查" in account.statements[2]


def test_a_table_without_a_usable_row_gives_no_account_rather_than_a_foreign_one() -> None:
    account = account_of_release("2026Q4", "重庆市", REPLACEMENT_RATES.empty())
    assert account.requirements.empty
    assert any("没有一行可用" in said for said in account.statements)
    assert not any("美国" in said for said in account.statements)
    assert "4-01" in {group["code"] for group in describe_account(account)["left_out"]}
