"""Indicators: hand-computed values, and a reason in Chinese wherever one is missing."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from catalog.indicators import NOT_KNOWN, WAGE_ADS_AT_LEAST, Market, form_indicators
from catalog.tables import INDICATOR_NAMES
from data.tables import OCCUPATION_FORECAST, OPENINGS, PANEL

WELDER, FITTER, WAITER = "6-18-02-04", "6-18-01-07", "4-03-02-05"
HAN = re.compile(r"[一-鿿]")


def openings(**columns: list[float]) -> pd.DataFrame:
    codes = [WELDER, FITTER, WAITER]
    table = pd.DataFrame(
        {
            "quarter": "2026Q4",
            "occupation_code": codes,
            "openings": [400.0, 100.0, 50.0],
            "openings_lower": [300.0, 60.0, 10.0],
            "openings_upper": [500.0, 150.0, 120.0],
            "ads": [40.0, 20.0, 10.0],
            "employers": [20, 10, 5],
            "largest_employer_share": 0.1,
            "imputed_share": 0.0,
            "certainty_share": 1.0,
            "wage_ads": 10,
            "days_open_median": [45.0, None, None],
            "repost_share": 0.0,
            **columns,
        }
    )
    return OPENINGS.check(table).set_index("occupation_code")


def wage_panel(*cells: tuple[str, str, str, float, float]) -> pd.DataFrame:
    """Quarter, industry, district, advertisements and wage of cells of the welders."""
    columns = ["quarter", "industry_code", "district_code", "ads", "wage_yuan_month_median"]
    rows = pd.DataFrame(list(cells), columns=columns)
    return PANEL.check(rows.assign(occupation_code=WELDER, openings=rows["ads"], employers=3))


def forecast(level: int = 90, horizons: tuple[int, ...] = (1, 2, 3, 4)) -> pd.DataFrame:
    rows = pd.DataFrame({"horizon": list(horizons), "occupation_code": WELDER, "level": level})
    rows = rows.assign(quarter=[f"2027Q{h}" for h in horizons], openings_mean=500.0)
    return OCCUPATION_FORECAST.check(rows.assign(openings_lower=420.0, openings_upper=600.0))


NOTHING = Market(
    quarter="2026Q4",
    openings=openings(),
    panel=PANEL.empty(),
    registered_demand=pd.Series(dtype=float),
    seekers=pd.Series(dtype=float),
    no_ratio_reason="无同一来源的登记需求",
    occupation_forecast=OCCUPATION_FORECAST.empty(),
    certificates_year=pd.Series(dtype=float),
    eligible=frozenset({WELDER, FITTER}),
)
FULL = replace(
    NOTHING,
    registered_demand=pd.Series({WELDER: 400.0, FITTER: 100.0}),
    seekers=pd.Series({WELDER: 200.0, None: 100.0}),
    no_ratio_reason="",
    occupation_forecast=forecast(),
    certificates_year=pd.Series({WELDER: 400.0, FITTER: 1000.0, WAITER: 10.0}),
)


def row(market: Market, indicator: str, code: str = WELDER) -> pd.Series:
    table = form_indicators(market).set_index(["occupation_code", "indicator"])
    return table.loc[(code, indicator)]


@pytest.mark.parametrize("market", [NOTHING, FULL], ids=["nothing known", "all known"])
def test_every_indicator_stands_with_a_value_or_a_chinese_reason(market: Market) -> None:
    table = form_indicators(market)
    assert len(table) == 3 * len(INDICATOR_NAMES)
    missing = table["value"].isna()
    assert table.loc[missing, "missing_reason"].map(lambda text: bool(HAN.search(text))).all()
    assert table.loc[~missing, "missing_reason"].isna().all()


def test_the_vacancy_ratio_takes_its_interval_from_the_demand() -> None:
    found = row(FULL, "vacancy_ratio")
    value = 400 / (200 + 100 * 400 / 500)
    assert found["value"] == pytest.approx(value)
    assert found["lower"] == pytest.approx(value * 300 / 400)
    assert found["upper"] == pytest.approx(value * 500 / 400)
    assert pd.isna(found["basis_code"])
    assert row(FULL, "vacancy_ratio", FITTER)["basis_code"] == "6-18"
    # Nobody looks for work as a waiter, but the reason is that no demand is registered for one.
    assert "登记需求" in row(FULL, "vacancy_ratio", WAITER)["missing_reason"]


def test_growth_is_the_quarter_a_year_ahead_against_this_one_at_90_per_cent() -> None:
    narrower = forecast(level=80).assign(openings_lower=490.0, openings_upper=510.0)
    levels = pd.concat([narrower, forecast()], ignore_index=True)
    found = row(replace(FULL, occupation_forecast=levels), "openings_growth")
    assert found["value"] == pytest.approx(25.0)
    assert found["lower"] == pytest.approx(100 * (420 / 400 - 1))
    assert found["upper"] == pytest.approx(100 * (600 / 400 - 1))
    assert "无预测" in row(FULL, "openings_growth", FITTER)["missing_reason"]
    short = replace(FULL, occupation_forecast=forecast(horizons=(1, 2)))
    assert "不足四个季度" in row(short, "openings_growth")["missing_reason"]


def test_wages_within_cells_are_compared_and_a_shift_between_cells_is_no_change() -> None:
    before = [("2026Q3", "C", "500107", 90.0, 6000.0), ("2026Q3", "E", "500107", 10.0, 9000.0)]
    # Hiring has moved to the better paid industry; no wage has changed.
    after = [("2026Q4", "C", "500107", 10.0, 6000.0), ("2026Q4", "E", "500107", 90.0, 9000.0)]
    found = row(replace(NOTHING, panel=wage_panel(*before, *after)), "wage_growth")
    assert found["value"] == pytest.approx(0.0)


def test_wage_growth_by_hand() -> None:
    panel = wage_panel(
        ("2025Q4", "C", "500107", 30.0, 6000.0), ("2026Q4", "C", "500107", 40.0, 6300.0),
        ("2025Q4", "E", "500107", 20.0, 8000.0), ("2026Q4", "E", "500107", 10.0, 8160.0),
        ("2026Q4", "F", "500107", 99.0, 9999.0),
    )  # fmt: skip
    found = row(replace(NOTHING, panel=panel), "wage_growth")
    changes, weights = np.log([1.05, 1.02]), np.array([30, 10]) / 40
    mean = changes @ weights
    assert found["value"] == pytest.approx(100 * np.expm1(mean))
    # Two cells: unbiased variance, and as many as 1 / Σ w² equal ones would tell.
    error = np.sqrt(2 * ((changes - mean) ** 2 @ weights) * (weights @ weights))
    low, high = mean + np.array([-1, 1]) * stats.norm.ppf(0.95) * error
    assert found["lower"] == pytest.approx(100 * np.expm1(low))
    assert found["upper"] == pytest.approx(100 * np.expm1(high))


def test_wage_growth_of_one_quarter_is_brought_to_a_year() -> None:
    panel = wage_panel(
        ("2026Q3", "C", "500107", 30.0, 6000.0), ("2026Q4", "C", "500107", 40.0, 6060.0),
        ("2026Q3", "E", "500107", 30.0, 7000.0), ("2026Q4", "E", "500107", 40.0, 7070.0),
    )  # fmt: skip
    found = row(replace(NOTHING, panel=panel), "wage_growth")
    assert found["value"] == pytest.approx(100 * (1.01**4 - 1))


def test_wage_growth_needs_a_sample_and_two_quarters() -> None:
    few = WAGE_ADS_AT_LEAST - 2
    panel = wage_panel(
        ("2026Q3", "C", "500107", 99.0, 6000.0), ("2026Q4", "C", "500107", few, 6060.0),
        ("2026Q3", "E", "500107", 99.0, 6000.0), ("2026Q4", "E", "500107", 1.0, 6060.0),
    )  # fmt: skip
    assert "样本不足" in row(replace(NOTHING, panel=panel), "wage_growth")["missing_reason"]
    alone = wage_panel(("2026Q4", "C", "500107", 99.0, 6000.0))
    assert "一个季度" in row(replace(NOTHING, panel=alone), "wage_growth")["missing_reason"]


def test_wage_growth_of_a_single_cell_has_no_known_error() -> None:
    panel = wage_panel(
        ("2026Q3", "C", "500107", 99.0, 6000.0), ("2026Q4", "C", "500107", 99.0, 9000.0)
    )
    assert "样本不足" in row(replace(NOTHING, panel=panel), "wage_growth")["missing_reason"]


def test_wage_growth_of_cells_that_contradict_each_other_is_not_told() -> None:
    panel = wage_panel(
        ("2026Q3", "C", "500107", 10.0, 4000.0), ("2026Q4", "C", "500107", 10.0, 6500.0),
        ("2026Q3", "E", "500107", 10.0, 6500.0), ("2026Q4", "E", "500107", 10.0, 4000.0),
    )  # fmt: skip
    found = row(replace(NOTHING, panel=panel), "wage_growth")
    assert np.isnan(found["value"])
    assert "误差过大" in found["missing_reason"]


def test_days_open_and_openings_are_those_of_the_postings() -> None:
    assert row(NOTHING, "days_open")["value"] == 45
    assert row(NOTHING, "openings")[["value", "lower", "upper"]].tolist() == [400, 300, 500]


def test_the_training_shortfall_is_what_certificates_leave_of_a_years_openings() -> None:
    assert row(FULL, "training_shortfall")["value"] == pytest.approx(100 * (1 - 400 / 1600))
    assert row(FULL, "training_shortfall", FITTER)["value"] == 0
    assert "不属培训范围" in row(FULL, "training_shortfall", WAITER)["missing_reason"]
    all_eligible = replace(FULL, eligible=frozenset({WELDER, FITTER, WAITER}))
    assert "登记需求" in row(all_eligible, "training_shortfall", WAITER)["missing_reason"]


def test_an_unknown_demand_is_x_and_so_is_the_group_it_stands_in() -> None:
    """Seekers without a wish are still spread over all demand, the unknown one by its estimate."""
    unknown = replace(FULL, registered_demand=pd.Series({WELDER: 400.0, FITTER: np.nan}))
    table = form_indicators(unknown).set_index(["occupation_code", "indicator"])
    assert table["value"].isna().equals(table["missing_reason"].notna())
    known = row(FULL, "vacancy_ratio")["value"]
    assert table.loc[(WELDER, "vacancy_ratio"), "value"] == pytest.approx(known)
    for name in ("vacancy_ratio", "training_shortfall"):
        assert "登记需求" in table.loc[(FITTER, name), "missing_reason"]
    by_group = replace(unknown, seekers=pd.Series({"6-18": 200.0}))
    found = row(by_group, "vacancy_ratio")
    assert pd.isna(found["value"])
    assert found["missing_reason"] == NOT_KNOWN
    assert row(by_group, "openings_growth")["value"] == pytest.approx(25.0)
