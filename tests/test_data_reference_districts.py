"""Districts on a day, recognition of places, and figures carried over a change of boundaries."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError, UnknownCodeError, UnknownColumnsError
from data.reference import load_districts, reference_table

NOW = load_districts("2026-11-23")
BEFORE = load_districts(date(2025, 11, 5))


def test_thirty_seven_units_today():
    assert len(NOW.units) == 37
    kinds = pd.Series([unit.kind for unit in NOW.units]).value_counts().to_dict()
    assert kinds == {"district": 25, "county": 8, "autonomous_county": 4}
    assert NOW.codes == tuple(sorted(NOW.codes))
    assert list(NOW.table["district_code"]) == list(NOW.codes)


def test_thirty_eight_units_before_the_change():
    assert len(BEFORE.units) == 38
    assert set(BEFORE.codes) - set(NOW.codes) == {"500105", "500112"}
    assert set(NOW.codes) - set(BEFORE.codes) == {"500157"}
    assert load_districts("2025-11-06").codes == NOW.codes


def test_regions_and_key_counties():
    regions = pd.Series([unit.region for unit in BEFORE.units]).value_counts().to_dict()
    assert regions == {"主城都市区": 21, "渝东北三峡库区城镇群": 11, "渝东南武陵山区城镇群": 6}
    assert sum(unit.central_urban for unit in BEFORE.units) == 9
    plan = [unit.region_2024_plan for unit in BEFORE.units]
    assert plan.count("主城都市区") == 22
    counties = pd.Series([unit.rural_key_county for unit in NOW.units]).value_counts()
    assert counties.to_dict() == {"none": 23, "municipal": 8, "national": 4, "treated_alike": 2}


def test_zones_lie_in_units_and_are_not_counted():
    zones = reference_table("districts").frame().query("kind == 'functional_zone'")
    assert (zones["district_code"] == "").all()
    for within in zones["within_code"]:
        assert set(within.split("|")) <= set(NOW.codes) | set(BEFORE.codes)


def test_unknown_districts_and_days_are_refused():
    with pytest.raises(UnknownCodeError, match=r"did you mean 5001\d\d"):
        NOW.name("50010")
    with pytest.raises(UnknownCodeError):
        NOW.unit("500112")
    with pytest.raises(InputError, match="not a day"):
        load_districts("2026Q4")


@pytest.mark.parametrize(
    ("text", "today", "earlier"),
    [
        ("重庆市/九龙坡区", "500107", "500107"),
        ("重庆-江津市", "500116", "500116"),
        ("璧山县", "500120", "500120"),
        ("500107", "500107", "500107"),
        ("500107001002", "500107", "500107"),
        ("渝北", "500157", "500112"),
        ("两江新区", "500157", None),
        ("重庆 · 渝北 · 大竹林", "500157", "500112"),
        ("重庆·渝北·大湾镇", "500109", "500112"),
        ("重庆·北碚·水土", "500157", "500109"),
        ("重庆市/北碚区", "500109", "500109"),
        ("重庆重庆渝北区", "500157", "500112"),
        ("重庆市市辖区南岸区", "500108", "500108"),
        ("重庆市/县/忠县", "500233", "500233"),
        ("重庆市开县", "500154", "500154"),
        ("重庆市 - 石柱县", "500240", "500240"),
        ("重庆·万盛区", "500110", "500110"),
        ("重庆·双桥", "500111", "500111"),
        ("500381", "500116", "500116"),
        ("500112", "500157", "500112"),
        ("500157", "500157", None),
        ("江北区", "500157", "500105"),
        ("宁波-江北区", None, None),
        ("南京·江北新区", None, None),
        ("南岸花园小区", None, None),
        ("重庆高新区", None, None),
        ("重庆江津路8号", None, None),
        ("重庆", None, None),
        ("110105", None, None),
        ("", None, None),
        (None, None, None),
        (500107.0, None, None),
    ],
)
def test_places_lead_to_units(text, today, earlier):
    assert NOW.code_of(text) == today
    assert BEFORE.code_of(text) == earlier


def test_every_name_leads_to_its_unit():
    for districts in (NOW, BEFORE):
        for unit in districts.units:
            for name in (unit.name, unit.short_name, *unit.aliases):
                assert districts.code_of(name) == unit.code
                assert districts.code_of(f"重庆市 / {name}") == unit.code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("重庆", True),
        ("中国/重庆", True),
        ("Chongqing", True),
        ("重庆-五里店", True),
        ("重庆高新区", True),
        ("綦江区", True),
        ("500999", True),
        ("510100", False),
        ("高新区", False),
        ("重庆路", False),
        ("青岛-重庆南路", False),
        ("重庆中路88号", False),
        ("宁波-江北区", False),
        (None, False),
    ],
)
def test_is_chongqing(text, expected):
    assert NOW.is_chongqing(text) is expected


@pytest.mark.parametrize(
    "text",
    ["重庆" * 500_000, "县" * 1_000_000, " " * 1_000_000, "/" * 1_000_000, "5" * 1_000_000],
)
def test_hostile_texts_name_no_unit(text):
    assert NOW.code_of(text) is None
    assert NOW.is_chongqing(text) is text.startswith("重庆")


def test_what_follows_a_place_cannot_change_it():
    assert NOW.code_of("重庆·渝北" + "·大湾" * 300_000) == "500109"


@given(st.text())
def test_any_text_gives_a_valid_code_or_none(text):
    assert NOW.code_of(text) in {None, *NOW.codes}
    assert NOW.code_of("重庆" + text) in {None, *NOW.codes}


def test_weights_sum_to_one():
    weights = reference_table("district_apportionment").frame().astype({"weight": float})
    sums = weights.groupby("from_code")["weight"].sum()
    assert np.allclose(sums, 1)
    assert set(weights["to_code"]) <= set(NOW.codes)
    assumed = weights["basis"].str.startswith("假设")
    assert (assumed | (weights["weight"] == 1)).all()


@given(
    st.lists(
        st.tuples(st.sampled_from(BEFORE.codes), st.integers(0, 10**6)), min_size=1, max_size=60
    )
)
def test_apportioning_keeps_totals(rows):
    frame = pd.DataFrame(rows, columns=["district_code", "openings"])
    spread = NOW.apportion(frame, ["openings"], on="2025-09-30")
    assert spread["district_code"].is_unique
    assert set(spread["district_code"]) <= set(NOW.codes)
    assert spread["openings"].sum() == pytest.approx(frame["openings"].sum())


def test_apportioning_depends_on_the_day_of_the_figures():
    frame = pd.DataFrame(
        {
            "quarter": ["2025Q3", "2026Q1"],
            "district_code": ["500109", "500109"],
            "openings": [100.0, 100.0],
            "note": ["x", "x"],
        }
    )
    days = pd.Series(["2025-09-30", "2026-03-31"], index=[7, 8])
    spread = NOW.apportion(frame, ["openings"], on=days)
    assert list(spread.columns) == list(frame.columns)
    by_unit = spread.set_index(["quarter", "district_code"])["openings"]
    assert by_unit["2026Q1", "500109"] == 100
    assert by_unit["2025Q3", "500109"] == pytest.approx(62)
    assert by_unit["2025Q3", "500157"] == pytest.approx(38)
    untouched = BEFORE.apportion(frame, ["openings"], on=days)
    assert untouched["openings"].tolist() == [100, 100]


def test_apportioning_adds_former_codes_and_keeps_unknown_districts():
    frame = pd.DataFrame(
        {"district_code": ["500381", "500116", None, "500105"], "openings": [1, 2, 4, 8]}
    )
    # An abolished code follows the old boundaries even in later figures.
    spread = NOW.apportion(frame, ["openings"], on="2025-12-31").set_index("district_code")
    assert spread.loc["500116", "openings"] == 3
    assert spread.loc["500157", "openings"] == 8
    assert spread["openings"].sum() == 15
    assert spread.index.isna().sum() == 1


def test_apportioning_refuses_unknown_codes_and_columns():
    frame = pd.DataFrame({"district_code": ["110105"], "openings": [1]})
    with pytest.raises(UnknownCodeError, match="110105"):
        NOW.apportion(frame, ["openings"], on="2026-01-01")
    with pytest.raises(UnknownColumnsError, match="seekers"):
        NOW.apportion(frame, ["seekers"], on="2026-01-01")


def test_an_empty_frame_stays_empty():
    frame = pd.DataFrame({"district_code": pd.Series(dtype="str"), "openings": []})
    assert len(NOW.apportion(frame, ["openings"], on="2025-01-01")) == 0
