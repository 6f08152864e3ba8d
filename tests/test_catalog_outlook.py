"""The outlook: forecasts where there is history, a plain sentence where there is none."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from catalog.configuration import ForecastSection
from catalog.demand import demand_by_section
from catalog.inputs import apply_corrections
from catalog.outlook import (
    PUBLISHED_LEVEL,
    QUARTERS_AT_LEAST,
    Outlook,
    describe_allocation,
    form_outlook,
    next_year,
)
from catalog.register import Register
from data.errors import ContractError
from data.quarters import quarters_between, shift_quarter
from data.tables import CORRECTIONS, DEMAND, PANEL
from forecasting import QUARTERLY_CALENDAR, calendar_regressors

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


NOW = pd.DataFrame(
    {"openings": 1.0, "openings_lower": 1.0, "openings_upper": 1.0},
    index=["6-18-02-04", "6-18-01-07", "4-03-02-05"],
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


def outlook(by_section: pd.DataFrame, corrections: pd.DataFrame | None = None) -> Outlook:
    register = Register(by_section)
    return form_outlook(register, PANEL_ROWS, QUARTER, ForecastSection(processes=1), corrections)


def test_registered_demand_is_divided_whole_and_a_year_is_forecast() -> None:
    found = outlook(history(16))
    now = history(16).query("quarter == @QUARTER")["openings"].sum()
    assert found.registered_demand.sum() == pytest.approx(now)
    assert sorted(found.occupation_forecast["horizon"].unique()) == [1, 2, 3, 4]
    assert found.statements == ()
    year = next_year(found, NOW)
    assert sorted(year.index) == sorted(found.registered_demand.index)
    assert (year["openings_lower"] <= year["openings_mean"]).all()
    assert (year["openings_mean"] <= year["openings_upper"]).all()
    # A year of a demand that hardly moves is about four of its quarters.
    assert year["openings_mean"].sum() == pytest.approx(4 * now, rel=0.15)
    # Bounds are those forecast for 90 per cent; industries keep the levels of the configuration.
    rows = found.occupation_forecast.query("level == @PUBLISHED_LEVEL")
    for bound in ("openings_lower", "openings_upper"):
        sums = rows.groupby("occupation_code")[bound].sum()
        np.testing.assert_allclose(year[bound], sums[year.index])
    assert PUBLISHED_LEVEL == 90
    assert sorted(found.industry_forecast["level"].unique()) == [80, 95]


def test_a_year_ahead_is_no_surer_than_the_quarter_that_is_over() -> None:
    found = outlook(history(16))
    rare, usual = "6-18-01-07", "6-18-02-04"
    now = pd.DataFrame(
        {
            "openings": [100.0, 100.0],
            "openings_lower": [2.0, 99.9],
            "openings_upper": [343.0, 100.1],
        },
        index=[rare, usual],
    )
    wide, plain = next_year(found, now), next_year(found, NOW)
    pd.testing.assert_series_equal(wide["openings_mean"], plain["openings_mean"])
    assert wide["openings_lower"][rare] == pytest.approx(0.02 * wide["openings_mean"][rare])
    assert wide["openings_upper"][rare] == pytest.approx(3.43 * wide["openings_mean"][rare])
    # Narrower ones now, or none at all, leave the forecast as it is.
    others = [usual, "4-03-02-05"]
    pd.testing.assert_frame_equal(wide.loc[others], plain.loc[others])


def with_an_industry_without_postings() -> pd.DataFrame:
    known = history(16)
    third = known.query("industry_code == 'H'").assign(industry_code="T")
    return pd.concat([known, third], ignore_index=True)


def test_openings_of_industries_without_postings_are_named_and_nothing_is_lost() -> None:
    found = outlook(with_an_industry_without_postings())
    rows = found.industry_forecast[found.industry_forecast["model"].str.endswith("+mint")]
    sections = rows.query("level == 80").groupby("period")["mean"].sum()
    given = found.occupation_forecast.query("level == 80")
    given = given.groupby("quarter")["openings_mean"].sum()
    np.testing.assert_allclose(given + found.unallocated_forecast, sections)
    (said,) = (text for text in found.statements if "未归入职业" in text)
    assert f"未来4个季度预测的行业需求中，{found.unallocated_forecast.sum():,.0f}人" in said
    assert "“国际组织”" in said
    assert found.unallocated_forecast.sum() > 1000
    assert not any("未归入职业" in text for text in outlook(history(16)).statements)


def test_what_is_registered_and_not_listed_is_accounted_for() -> None:
    found = outlook(with_an_industry_without_postings())
    now = found.history.query("period == @QUARTER").set_index("series_id")["value"]
    listed = found.registered_demand.drop("6-18-01-07")
    (said,) = describe_allocation(found, listed, QUARTER)
    numbers = [int(text.replace(",", "")) for text in re.findall(r"([\d,]+)人", said)]
    assert numbers[0] == sum(numbers[1:]) == round(now.sum())
    assert numbers[1] == pytest.approx(listed.sum(), abs=1)
    assert f"“国际组织”{now['T']:,.0f}人" in said
    assert "没有招聘信息的1个职业" in said
    whole = outlook(history(16))
    assert describe_allocation(whole, whole.registered_demand, QUARTER) == []
    (beside,) = describe_allocation(
        whole, pd.concat([whole.registered_demand, pd.Series({"2-02-10-03": 7.0})]), QUARTER
    )
    assert "另有1个职业的招聘信息不明行业，按总体比例推算7人" in beside
    without = outlook(demand_by_section(DEMAND.empty()))
    assert describe_allocation(without, listed, QUARTER) == []


def test_the_work_is_shared_out_kept_and_told_of_by_name(tmp_path: Path) -> None:
    named: list[str] = []
    section = ForecastSection(processes=2, cache=str(tmp_path / "kept"))
    found = form_outlook(
        Register(history(16)), PANEL_ROWS, QUARTER, section, on_series=named.append
    )
    assert named == ["C", "H", "total"]
    assert len(list((tmp_path / "kept").glob("*.json"))) == 3
    pd.testing.assert_frame_equal(found.industry_forecast, outlook(history(16)).industry_forecast)
    assert found.forecast_models is not None
    assert set(found.forecast_models["series_id"]) == set(named)
    weights = found.forecast_models.groupby("series_id")["weight"].sum()
    np.testing.assert_allclose(weights, 1.0)


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
    assert next_year(found, NOW).empty
    assert found.registered_demand.sum() > 0
    assert [f"只有{quarters}个季度" in text for text in found.statements] == [True]


def test_no_history_and_a_history_without_the_quarter_are_told_apart() -> None:
    nothing = outlook(demand_by_section(DEMAND.empty()))
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
    assert statements == ["2026年第四季度“制造业”需求数据：由5,000订正为500，多写一个零。"]
    gap, said = apply_corrections(WRONG, record(what="gap", value=None, guard=None))
    assert gap["openings"].isna().tolist() == [False, True]
    assert said == ["2026年第四季度“制造业”需求数据：多写一个零，按缺失处理。"]
    assert WRONG["openings"].tolist() == [510.0, 5000.0]


def test_a_record_that_is_no_error_of_a_figure_changes_none() -> None:
    for what in ("level_shift", "board_joined"):
        shift, statements = apply_corrections(WRONG, record(what=what, guard=None))
        pd.testing.assert_frame_equal(shift, WRONG)
        assert "公布的历史数据保持登记原值" in statements[0]
    _, first = apply_corrections(WRONG, record(what="level_shift", quarter="2026Q3", guard=None))
    assert "此前没有数据" in first[0]
    for idle in (record(status="retired"), record(table="postings")):
        kept, silent = apply_corrections(WRONG, idle)
        pd.testing.assert_frame_equal(kept, WRONG)
        assert silent == []


@pytest.mark.parametrize("what", ["wrong_value", "gap", "level_shift", "board_joined"])
def test_a_guard_fails_once_the_source_is_put_right(what: str) -> None:
    right = WRONG.assign(openings=[510.0, 500.0])
    with pytest.raises(ContractError, match=r"C in 2026Q4 .*got 500; expected 5000.*retire"):
        apply_corrections(right, record(what=what))


def test_a_record_that_meets_no_figure_says_so() -> None:
    kept, statements = apply_corrections(WRONG, record(series="Q"))
    pd.testing.assert_frame_equal(kept, WRONG)
    assert "未作订正" in statements[0]


def test_a_declared_change_of_source_reaches_the_models_and_not_the_evidence() -> None:
    """Once C's board joined, three times as much is registered; demand itself did not grow."""
    plain = history(16)
    before = (plain["quarter"] < "2025Q3") & (plain["industry_code"] == "C")
    broken = plain.assign(openings=plain["openings"].mask(before, plain["openings"] / 3))
    declared = record(what="board_joined", quarter="2025Q3", value=None, guard=None)
    found, undisturbed = outlook(broken, declared), outlook(plain)
    pd.testing.assert_series_equal(
        found.history["value"], broken["openings"], check_names=False, check_index=False
    )
    ours, true = (next_year(each, NOW)["openings_mean"] for each in (found, undisturbed))
    np.testing.assert_allclose(ours, true, rtol=0.1)
    without = next_year(outlook(broken), NOW)
    assert without["openings_upper"].sum() > next_year(found, NOW)["openings_upper"].sum()


def test_a_gap_in_the_quarter_of_the_issue_is_unknown_and_not_nought() -> None:
    known = history(16)
    gap = known["quarter"].eq(QUARTER) & known["industry_code"].eq("C")
    found = outlook(known.assign(openings=known["openings"].mask(gap)))
    of_c = ["6-18-01-07", "6-18-02-04"]
    assert found.registered_demand[of_c].isna().all()
    now = known.loc[~gap & known["quarter"].eq(QUARTER), "openings"].item()
    assert 0.9 * now <= found.registered_demand["4-03-02-05"] <= now
    assert "“制造业”的登记需求缺失，2个职业" in found.statements[0]
    # Forecasts of all industries are of the same year all the same.
    for section in ("C", "H"):
        rows = found.industry_forecast[found.industry_forecast["series_id"] == section]
        assert sorted(rows["period"].unique()) == quarters_between("2027Q1", "2027Q4")
        assert sorted(rows["horizon"].unique()) == [1, 2, 3, 4]
    assert next_year(found, NOW)["openings_mean"].sum() == pytest.approx(
        next_year(outlook(known), NOW)["openings_mean"].sum(), rel=0.1
    )


def test_the_city_is_the_sum_of_its_industries_and_the_benchmark_stays() -> None:
    found = outlook(history(16))
    assert found.coherent_forecast is not None
    total = found.coherent_forecast
    assert total["grouping"].unique().tolist() == ["total"]
    ours = found.industry_forecast[found.industry_forecast["model"].str.endswith("+mint")]
    assert set(ours["series_id"]) == {"C", "H"}
    key = ["period", "level"]
    sums = ours.groupby(key)["mean"].sum()
    np.testing.assert_allclose(total.set_index(key)["mean"], sums[list(total.set_index(key).index)])
    spread = total.set_index(key)["upper"] - total.set_index(key)["lower"]
    assert (spread <= (ours.groupby(key)["upper"].sum() - ours.groupby(key)["lower"].sum())).all()
    benchmark = found.industry_forecast[~found.industry_forecast["model"].str.endswith("+mint")]
    alone = outlook(history(16).query("industry_code == 'C'")).industry_forecast
    pd.testing.assert_frame_equal(
        benchmark[benchmark["series_id"] == "C"].reset_index(drop=True),
        alone[alone["model"] == benchmark["model"].iloc[0]].reset_index(drop=True),
    )


def test_the_declared_calendar_reaches_the_models() -> None:
    """The later the festival, the more of its hiring falls into the second quarter."""
    quarters = quarters_between("2015Q1", shift_quarter(QUARTER, 4))
    effect = calendar_regressors(quarters, QUARTERLY_CALENDAR).to_numpy()[:, 0]
    rows = pd.DataFrame({"quarter": quarters, "openings": 1000 * np.exp(effect)})
    rows = rows.assign(industry_code="C")
    error = {}
    for calendar in ("chinese", "none"):
        section = ForecastSection(calendar=calendar, processes=1)
        found = form_outlook(Register(rows), PANEL_ROWS, QUARTER, section).industry_forecast
        main = found[found["model"].str.endswith("+mint")].set_index("period")["mean"]
        ahead = rows.set_index("quarter")["openings"][quarters[-4:]]
        error[calendar] = (main.groupby(level=0).first() / ahead - 1).abs().max()
    assert error["chinese"] < 0.005
    assert error["none"] > 0.02
