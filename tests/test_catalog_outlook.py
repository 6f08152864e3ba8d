"""The outlook: forecasts where there is history, a plain sentence where there is none."""

import numpy as np
import pandas as pd
import pytest

from catalog.configuration import ForecastSection
from catalog.inputs import apply_corrections
from catalog.outlook import QUARTERS_AT_LEAST, Outlook, form_outlook, next_year, section_demand
from data.errors import ContractError
from data.quarters import quarters_between, shift_quarter
from data.tables import CORRECTIONS, DEMAND, PANEL

QUARTER = "2026Q4"
PANEL_ROWS = PANEL.check(
    pd.DataFrame(
        [
            (QUARTER, "6-18-02-04", "C", 30.0),
            (QUARTER, "6-18-01-07", "C", 10.0),
            (QUARTER, "4-03-02-05", "H", 20.0),
        ],
        columns=["quarter", "occupation_code", "industry_code", "openings"],
    ).assign(district_code=None, ads=5.0, employers=4, wage_yuan_month_median=5000.0)
)


def history(quarters: int, until: str = QUARTER) -> pd.DataFrame:
    """Openings of two sections with seasons."""
    periods = quarters_between(shift_quarter(until, 1 - quarters), until)
    rows = [
        (period, section, level * (1 + 0.1 * np.sin(place)) + 3.0 * place)
        for section, level in (("C", 1000.0), ("H", 400.0))
        for place, period in enumerate(periods)
    ]
    return pd.DataFrame(rows, columns=["quarter", "industry_code", "openings"])


def outlook(by_section: pd.DataFrame) -> Outlook:
    return form_outlook(by_section, PANEL_ROWS, QUARTER, ForecastSection())


def test_registered_demand_is_divided_whole_and_a_year_is_forecast() -> None:
    found = outlook(history(16))
    now = history(16).query("quarter == @QUARTER")["openings"].sum()
    assert found.registered_demand.sum() == pytest.approx(now)
    assert sorted(found.occupation_forecast["horizon"].unique()) == [1, 2, 3, 4]
    assert found.statements == ()
    year = next_year(found)
    assert sorted(year.index) == sorted(found.registered_demand.index)
    assert (year["openings_lower"] <= year["openings_mean"]).all()
    assert (year["openings_mean"] <= year["openings_upper"]).all()
    # A year of a demand that hardly moves is about four of its quarters.
    assert year["openings_mean"].sum() == pytest.approx(4 * now, rel=0.15)


def test_quarters_after_the_issue_are_not_looked_at() -> None:
    known = history(16)
    later = history(18, until="2027Q2").query("quarter > @QUARTER")
    with_later = pd.concat([known, later.assign(openings=9e6)], ignore_index=True)
    pd.testing.assert_frame_equal(
        outlook(with_later).occupation_forecast, outlook(known).occupation_forecast
    )


@pytest.mark.parametrize("quarters", [1, QUARTERS_AT_LEAST - 1])
def test_a_short_history_gives_a_sentence_and_no_forecast(quarters: int) -> None:
    found = outlook(history(quarters))
    assert found.industry_forecast.empty
    assert found.occupation_forecast.empty
    assert next_year(found).empty
    assert found.registered_demand.sum() > 0
    assert [f"只有{quarters}个季度" in text for text in found.statements] == [True]


def test_no_history_and_a_history_without_the_quarter_are_told_apart() -> None:
    nothing = outlook(section_demand(DEMAND.empty()))
    assert "未提供分行业需求历史" in nothing.statements[0]
    stale = outlook(history(12, until="2026Q2"))
    assert f"不含{QUARTER}" in stale.statements[0]
    for found in (nothing, stale):
        assert found.registered_demand.empty
        assert found.occupation_forecast.empty


def record(**given: object) -> pd.DataFrame:
    row = {
        "table": "demand", "series": "C", "quarter": QUARTER, "what": "wrong_value",
        "value": 500.0, "reason": "多写一个零", "status": "active", "guard": 5000.0, **given,
    }  # fmt: skip
    return CORRECTIONS.check(pd.DataFrame([row]))


WRONG = pd.DataFrame(
    {"quarter": ["2026Q3", QUARTER], "industry_code": ["C", "C"], "openings": [510.0, 5000.0]}
)


def test_a_wrong_value_is_replaced_and_a_gap_made() -> None:
    corrected, statements = apply_corrections(WRONG, record())
    assert corrected["openings"].tolist() == [510.0, 500.0]
    assert statements == ["2026Q4“C”需求数据：多写一个零"]
    gap, _ = apply_corrections(WRONG, record(what="gap", value=None, guard=None))
    assert gap["openings"].isna().tolist() == [False, True]
    assert WRONG["openings"].tolist() == [510.0, 5000.0]


def test_a_record_that_is_no_error_of_a_figure_changes_none() -> None:
    shift, statements = apply_corrections(WRONG, record(what="level_shift", guard=None))
    pd.testing.assert_frame_equal(shift, WRONG)
    assert len(statements) == 1
    for idle in (record(status="retired"), record(table="postings")):
        kept, silent = apply_corrections(WRONG, idle)
        pd.testing.assert_frame_equal(kept, WRONG)
        assert silent == []


def test_a_guard_fails_once_the_source_is_put_right() -> None:
    right = WRONG.assign(openings=[510.0, 500.0])
    with pytest.raises(ContractError, match=r"C in 2026Q4 .*got 500; expected 5000.*retire"):
        apply_corrections(right, record())


def test_a_record_that_meets_no_figure_says_so() -> None:
    kept, statements = apply_corrections(WRONG, record(series="Q"))
    pd.testing.assert_frame_equal(kept, WRONG)
    assert "未作订正" in statements[0]
