"""Every reference table agrees with its sidecar, and the loaders with the official counts."""

import json
from pathlib import Path

import pandas as pd
import pytest

import data.reference
from data.errors import (
    ConfigurationError,
    InputError,
    InternalError,
    MissingFileError,
    UnknownCodeError,
)
from data.reference import (
    load_census_employment,
    load_industries,
    load_licences,
    load_new_occupations,
    load_occupations,
    load_qualifications,
    load_skill_levels,
    load_spring_festivals,
    load_standards,
    read_trades,
    reference_table,
    skill_level_of,
    spring_festival,
    tables,
)

FOLDER = Path(data.reference.__file__).parent
OWN_TABLES = (
    "census_employment",
    "district_apportionment",
    "districts",
    "employed_persons",
    "industries",
    "licensed_occupations",
    "new_occupations",
    "occupations",
    "qualifications",
    "replacement_rates",
    "skill_levels",
    "skill_standards",
    "spring_festival",
    "traditional_holidays",
    "trades",
)


@pytest.mark.parametrize("name", OWN_TABLES)
def test_table_agrees_with_its_sidecar(name):
    table = reference_table(name)
    content = (FOLDER / f"{name}.csv").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert dict(table.sidecar.columns).keys() == set(table.arrow.column_names)
    assert table.sidecar.notes
    assert table.sidecar.source
    assert table.sidecar.compiled_on == "2026-11-23"
    frame = table.frame()
    assert not frame.duplicated().any()
    assert (frame == frame.apply(lambda column: column.str.strip())).all(axis=None)


def test_a_changed_table_is_refused(tmp_path, monkeypatch):
    for ending in (".csv", ".json"):
        content = (FOLDER / f"skill_levels{ending}").read_bytes()
        (tmp_path / f"levels_copy{ending}").write_bytes(content)
    monkeypatch.setattr(tables, "FOLDER", tmp_path)
    assert reference_table("levels_copy").sidecar.rows == 8
    changed = tmp_path / "levels_changed.csv"
    changed.write_bytes((tmp_path / "levels_copy.csv").read_bytes().replace(b"true", b"TRUE"))
    sidecar = (tmp_path / "levels_copy.json").read_bytes()
    changed.with_suffix(".json").write_bytes(sidecar)
    with pytest.raises(InternalError, match="differs from its sidecar"):
        reference_table("levels_changed")
    changed.with_suffix(".json").write_text(json.dumps({"title": "x"}), encoding="utf-8")
    with pytest.raises(InternalError, match="lacks keys"):
        reference_table("levels_changed")


def test_a_missing_table_is_named():
    with pytest.raises(MissingFileError, match="no_such_table"):
        reference_table("no_such_table")


def test_frames_are_copies():
    first = load_standards()
    first["occupation_name"] = "changed"
    assert "焊工" in set(load_standards()["occupation_name"])


def test_occupations_have_the_official_counts():
    occupations = load_occupations()
    levels = pd.Series([group.level for group in occupations.groups.values()]).value_counts()
    assert levels.to_dict() == {"major": 8, "medium": 79, "minor": 450, "unit": 1639}
    green = {code for code in occupations.units if occupations.is_green(code)}
    digital = {code for code in occupations.units if occupations.is_digital(code)}
    assert (len(green), len(digital), len(green & digital)) == (134, 97, 23)
    assert len({occupations.name(code) for code in occupations.units}) == 1639


def test_parent_codes_are_prefixes_and_exist():
    occupations = load_occupations()
    for code, group in occupations.groups.items():
        above = occupations.ancestors(code)
        assert group.parent_code == (above[-1] if above else "")
        assert all(parent in occupations.groups for parent in above)


def test_units_under_groups_add_up():
    occupations = load_occupations()
    majors = [code for code in occupations.groups if len(code) == 1]
    counts = [len(occupations.units_under(code)) for code in majors]
    assert counts == [25, 492, 36, 356, 54, 671, 4, 1]
    assert occupations.units_under("2-01-99") == ()
    assert occupations.units_under("6-18-02-04") == ("6-18-02-04",)


def test_occupation_lookups():
    occupations = load_occupations()
    assert occupations.level_of("6-18") == "medium"
    assert occupations.parent("6-18-02-04", "unit") == "6-18-02-04"
    assert occupations.parent("8-00-00-00", "major") == "8"
    assert occupations.code_of("焊工") == "6-18-02-04"
    both = [c for c in occupations.units if occupations.is_green(c) and occupations.is_digital(c)]
    assert all(occupations.label(code).endswith("L/S") for code in both)
    assert occupations.label("6") == occupations.name("6")


@pytest.mark.parametrize("code", ["6-18-02-99", "", None, "x" * 1_000_000])
def test_unknown_occupations_are_refused(code):
    with pytest.raises(UnknownCodeError):
        load_occupations().name(code)


def test_unknown_codes_come_with_suggestions():
    with pytest.raises(UnknownCodeError, match="6-18-02-04 焊工"):
        load_occupations().name("6-18-02-044")
    with pytest.raises(UnknownCodeError, match="养老护理员"):
        load_occupations().code_of("养老护理")


def test_a_parent_below_the_code_is_refused():
    with pytest.raises(ConfigurationError, match="no parent of 6-18 at level 'unit'"):
        load_occupations().parent("6-18", "unit")


def test_industries_have_the_official_counts():
    industries = load_industries()
    levels = industries.table["level"].value_counts().to_dict()
    assert levels == {"section": 20, "division": 97, "group": 473, "class": 1381}
    assert "".join(industries.sections) == "ABCDEFGHIJKLMNOPQRST"
    for industry in industries.industries.values():
        if industry.level == "section":
            assert industry.section_code == industry.code
            assert industry.short_name
        else:
            parent = industries.industry(industry.parent_code)
            assert parent.section_code == industry.section_code
    with pytest.raises(UnknownCodeError):
        industries.name("U")


def test_skill_levels():
    levels = load_skill_levels()
    assert [level.rank for level in levels] == list(range(1, 9))
    assert [level.name for level in levels][:: len(levels) - 1] == ["学徒工", "首席技师"]
    base = [level.certificate_level for level in levels if level.five_level_base]
    assert base == ["五级", "四级", "三级", "二级", "一级"]
    for level in levels:
        assert skill_level_of(level.name) == level
    assert skill_level_of("高级技师（一级）").rank == 6
    assert skill_level_of("一级/中级工") is None


def test_spring_festivals_are_the_known_ones():
    festivals = load_spring_festivals()
    assert list(festivals) == list(range(1990, 2051))
    known = {2008: "2008-02-07", 2020: "2020-01-25", 2026: "2026-02-17", 2033: "2033-01-31"}
    for year, day in known.items():
        assert spring_festival(year).isoformat() == day
    # A lunar year has 12 or 13 months of 29 or 30 days; the festival lies in 大寒 to 雨水.
    days = pd.Series(festivals).map(pd.Timestamp)
    assert set(days.diff().dropna().dt.days) <= {353, 354, 355, 383, 384, 385}
    assert days.dt.strftime("%m-%d").between("01-21", "02-20").all()
    with pytest.raises(InputError, match="1990 to 2050"):
        spring_festival(2051)


def test_codes_of_the_other_tables_exist():
    occupations = load_occupations()
    for frame in (load_standards(), load_qualifications(), read_trades().valid):
        codes = set(frame["occupation_code"]) - {""}
        assert codes <= set(occupations.units)
    licences = load_licences()
    assert licences["occupation_name"].tolist() == [
        occupations.name(code) for code in licences["occupation_code"]
    ]
    assert load_qualifications()["item"].nunique() == 13
    assert not set(load_new_occupations()["occupation_code"]) & {"6-18-02-04"}


def test_trades_of_a_file_join_the_known_ones(tmp_path):
    path = tmp_path / "trades.csv"
    path.write_text(
        "occupation_code,trade_name\n6-18-02-04,电焊工\n6-29-01-01,瓦工\n6-99-99-99,无\n6-18,无\n",
        encoding="utf-8",
    )
    valid, rejected = read_trades(path)
    known = read_trades().valid
    assert len(valid) == len(known) + 1
    row = valid[valid["trade_name"] == "电焊工"].iloc[0]
    assert (row["occupation_code"], row["occupation_name"]) == ("6-18-02-04", "焊工")
    assert len(rejected) == 2
    assert rejected["reason"].str.contains("occupation_code").all()


def test_census_employment_adds_up():
    total = load_census_employment("重庆")
    men, women = (load_census_employment("重庆", sex) for sex in ("male", "female"))
    column = "employed_long_form_10pct"
    assert total[column].sum() == 1_526_217
    assert load_census_employment("全国")[column].sum() == 65_631_786
    assert (men[column] + women[column]).tolist() == total[column].tolist()
    assert total["medium_code_2015"].is_unique
    with pytest.raises(InputError, match="重庆 or 全国"):
        load_census_employment("四川")
