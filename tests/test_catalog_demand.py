"""Registered demand: sections summed, groups spread, postings brought to the register's level."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.demand import (
    calibrate_openings,
    demand_by_occupation,
    demand_by_section,
    spread_groups,
)
from data.tables import DEMAND, STAFFING_SHARES

UNITS = ("4-01-02-01", "4-01-02-03", "4-03-02-05", "6-18-02-04", "6-18-01-07")
GROUPS = ("4", "4-01-02", "6", "6-18", "6-18-02", "2-02")


def shares(values: dict[tuple[str, str], float]) -> pd.DataFrame:
    """Staffing shares, brought to one in each industry."""
    table = pd.DataFrame(
        [(industry, code, share) for (industry, code), share in values.items()],
        columns=["industry_code", "occupation_code", "share"],
    )
    table["share"] /= table.groupby("industry_code")["share"].transform("sum")
    return STAFFING_SHARES.check(table.assign(share_observed=table["share"], standard_error=0.01))


def test_divisions_are_summed_into_sections_and_districts_only_without_a_whole() -> None:
    rows = pd.DataFrame(
        [
            ("2026Q4", "36", None, 100.0),
            ("2026Q4", "37", None, 50.0),
            ("2026Q4", "H", None, 30.0),
            ("2026Q4", "H", "500107", 20.0),
            ("2026Q3", "H", "500107", 7.0),
            ("2026Q3", "H", "500103", 5.0),
        ],
        columns=["quarter", "industry_code", "district_code", "openings"],
    )
    by_section = demand_by_section(DEMAND.check(rows))
    found = by_section.set_index(["quarter", "industry_code"])["openings"].to_dict()
    assert found == {("2026Q3", "H"): 12.0, ("2026Q4", "C"): 150.0, ("2026Q4", "H"): 30.0}


def test_a_group_goes_to_its_units_in_proportion_and_a_bare_group_to_the_whole_industry() -> None:
    table = shares(
        {("C", "6-18-02-04"): 0.3, ("C", "6-18-01-07"): 0.1, ("C", "4-01-02-01"): 0.2,
         ("C", "6-18"): 0.2, ("C", "2-02"): 0.2}
    )  # fmt: skip
    spread = spread_groups(table).set_index("occupation_code")["share"]
    # 6-18 at three to one; 2-02, of which no unit is seen, enlarges all by a quarter.
    assert spread.round(6).to_dict() == {
        "4-01-02-01": 0.25, "6-18-01-07": 0.1875, "6-18-02-04": 0.5625,
    }  # fmt: skip


@settings(max_examples=40)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from("CH"), st.sampled_from((*UNITS, *GROUPS))),
        st.floats(0.01, 10),
        min_size=1,
    )
)
def test_the_shares_of_an_industry_with_a_unit_still_sum_to_one(
    values: dict[tuple[str, str], float],
) -> None:
    spread = spread_groups(shares(values))
    assert spread["occupation_code"].str.len().eq(10).all()
    sums = spread.groupby("industry_code")["share"].sum()
    assert sums.to_numpy() == pytest.approx([1.0] * len(sums))
    assert set(sums.index) == {i for i, code in values if code in UNITS}


def test_occupations_add_up_over_industries() -> None:
    table = shares({("C", "6-18-02-04"): 1.0, ("H", "4-03-02-05"): 3.0, ("H", "6-18-02-04"): 1.0})
    by_section = pd.DataFrame({"industry_code": ["C", "H", "Q"], "openings": [100.0, 40.0, 9.0]})
    found = demand_by_occupation(by_section, table)
    assert found.to_dict() == pytest.approx({"6-18-02-04": 110.0, "4-03-02-05": 30.0})


def test_an_occupation_is_unknown_where_much_of_its_usual_demand_is() -> None:
    table = shares(
        {("C", "6-18-02-04"): 1.0, ("H", "4-03-02-05"): 0.98, ("C", "4-03-02-05"): 0.01,
         ("H", "6-18-02-04"): 0.02}
    )  # fmt: skip
    by_section = pd.DataFrame({"industry_code": ["C", "H"], "openings": [float("nan"), 100.0]})
    usual = pd.Series({"C": 300.0, "H": 90.0})
    found = demand_by_occupation(by_section, table, usual)
    assert pd.isna(found["6-18-02-04"])
    assert found["4-03-02-05"] == pytest.approx(98.0)
    much = demand_by_occupation(by_section, table, usual * 10)
    assert much.isna().all()


def test_calibrated_openings_sum_to_the_register_and_keep_their_relative_width() -> None:
    openings = pd.DataFrame(
        {"openings": [10.0, 30.0], "openings_lower": [5.0, 24.0], "openings_upper": [20.0, 45.0]},
        index=["6-18-02-04", "4-03-02-05"],
    )
    registered = pd.Series({"4-03-02-05": 900.0, "6-18-02-04": 600.0})
    unknown = calibrate_openings(openings, registered.mask(registered < 700))
    assert unknown["openings"].tolist() == pytest.approx([300.0, 900.0])
    found = calibrate_openings(openings, registered)
    assert found["openings"].sum() == pytest.approx(1500.0)
    assert found.loc["6-18-02-04"].tolist() == pytest.approx([600.0, 300.0, 1200.0])
    assert found.loc["4-03-02-05"].tolist() == pytest.approx([900.0, 720.0, 1350.0])


def test_without_a_register_the_postings_own_count_stands() -> None:
    openings = pd.DataFrame(
        {"openings": [10.0], "openings_lower": [5.0], "openings_upper": [20.0]},
        index=["6-18-02-04"],
    )
    pd.testing.assert_frame_equal(calibrate_openings(openings, pd.Series(dtype=float)), openings)
