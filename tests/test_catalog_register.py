"""The register of demand: sections, divisions, districts; boundaries; corrections of each."""

import pandas as pd
import pytest

from catalog.formats.wording import issue_label
from catalog.register import Register, demand_by_district, form_register
from data.errors import ContractError
from data.tables import CORRECTIONS, DEMAND

QUARTER = "2026Q4"
Row = tuple[str, str, str | None, float]


def demand(*rows: Row) -> pd.DataFrame:
    columns = ["quarter", "industry_code", "district_code", "openings"]
    return DEMAND.check(pd.DataFrame(rows, columns=columns))


def record(series: str, **given: object) -> pd.DataFrame:
    row = {
        "table": "demand", "series": series, "quarter": QUARTER, "what": "wrong_value",
        "value": 5.0, "reason": "多写一个零", "status": "active", "guard": 50.0, **given,
    }  # fmt: skip
    return CORRECTIONS.check(pd.DataFrame([row]))


def register_of(table: pd.DataFrame, corrections: pd.DataFrame | None = None) -> Register:
    records = CORRECTIONS.empty() if corrections is None else corrections
    return form_register(table, records, QUARTER)[0]


def figures(rows: pd.DataFrame) -> dict[tuple[str, str], float]:
    code = rows.columns[1]
    return rows.set_index(["quarter", code])["openings"].to_dict()


MIXED = demand(
    (QUARTER, "36", "500101", 50.0), (QUARTER, "36", "500103", 20.0),
    (QUARTER, "371", "500101", 9.0), (QUARTER, "H", "500101", 7.0), (QUARTER, "H", None, 30.0),
)  # fmt: skip


def test_every_detail_that_is_given_is_kept() -> None:
    register = register_of(MIXED)
    assert figures(register.sections) == {(QUARTER, "C"): 79.0, (QUARTER, "H"): 30.0}
    assert figures(register.divisions) == {(QUARTER, "36"): 70.0, (QUARTER, "37"): 9.0}
    assert figures(register.districts) == {(QUARTER, "500101"): 66.0, (QUARTER, "500103"): 20.0}


def test_a_district_does_not_count_the_divisions_of_a_section_it_states() -> None:
    table = demand((QUARTER, "C", "500101", 60.0), (QUARTER, "36", "500101", 50.0))
    assert figures(register_of(table).districts) == {(QUARTER, "500101"): 60.0}


def test_a_division_put_right_puts_its_section_right() -> None:
    table = demand((QUARTER, "36", None, 50.0), (QUARTER, "37", None, 20.0))
    register = register_of(table, record("36"))
    assert figures(register.divisions) == {(QUARTER, "36"): 5.0, (QUARTER, "37"): 20.0}
    assert figures(register.sections) == {(QUARTER, "C"): 25.0}
    gap = register_of(table, record("36", what="gap", value=None))
    assert gap.sections["openings"].isna().all()


def test_records_name_sections_divisions_and_districts_and_each_guard_is_held_once() -> None:
    table = demand((QUARTER, "36", "500101", 50.0))
    for series, name in (("C", "制造业"), ("36", "汽车制造业"), ("500101", "万州区")):
        _, said = form_register(table, record(series), QUARTER)
        assert said == [f"{issue_label(QUARTER)}“{name}”需求数据：由50订正为5，多写一个零。"]
        with pytest.raises(ContractError, match=f"{series} in {QUARTER}"):
            form_register(table, record(series, guard=49.0), QUARTER)
    _, said = form_register(table, record("招聘网"), QUARTER)
    assert said == [f"{issue_label(QUARTER)}“招聘网”需求数据：订正记录未找到对应数据，未作订正。"]


def test_former_districts_are_apportioned_to_those_of_the_issue() -> None:
    table = demand(
        ("2025Q3", "C", "500105", 10.0), ("2025Q3", "C", "500112", 100.0),
        ("2025Q3", "C", "500109", 50.0), (QUARTER, "C", "500109", 50.0),
    )  # fmt: skip
    found = figures(demand_by_district(table, QUARTER))
    # 江北 whole and 97 % of 渝北 went to 两江, with 38 % of 北碚; 3 % of 渝北 came to 北碚.
    assert found == pytest.approx(
        {("2025Q3", "500157"): 126.0, ("2025Q3", "500109"): 34.0, (QUARTER, "500109"): 50.0}
    )


def test_in_the_quarter_of_the_change_old_codes_mean_old_boundaries() -> None:
    old = demand(("2025Q4", "C", "500105", 10.0), ("2025Q4", "C", "500109", 50.0))
    assert figures(demand_by_district(old, QUARTER))["2025Q4", "500109"] == pytest.approx(31.0)
    new = demand(("2025Q4", "C", "500157", 10.0), ("2025Q4", "C", "500109", 50.0))
    assert figures(demand_by_district(new, QUARTER))["2025Q4", "500109"] == 50.0


def test_a_history_that_the_register_has_recast_is_left_alone() -> None:
    table = demand(("2024Q1", "C", "500157", 10.0), ("2024Q1", "C", "500109", 50.0))
    found = figures(demand_by_district(table, QUARTER))
    assert found == {("2024Q1", "500157"): 10.0, ("2024Q1", "500109"): 50.0}


def test_nothing_gives_nothing() -> None:
    register = register_of(DEMAND.empty())
    for table in (register.sections, register.divisions, register.districts):
        assert table.empty
