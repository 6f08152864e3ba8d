"""Registered demand by occupation: openings of industries divided by staffing shares.

Postings are a sample of demand, good for its structure; the register knows its level by
industry.  Dividing the register's openings by the postings' staffing shares calibrates the one
to the other (post-stratification by industry; Deville and Särndal 1992).
"""

import pandas as pd

from data.reference import load_industries
from data.reference.occupations import CODE_LENGTHS

UNIT_LENGTH = CODE_LENGTHS["unit"]
SCALED = ["share", "share_observed", "standard_error"]
KEY = ["quarter", "industry_code"]
DIVISION_LENGTH = 2
# What is known of an occupation's demand stands for all of it while no more than this is missing.
MISSING_SHARE_AT_MOST = 0.05


def demand_by_industry(demand: pd.DataFrame) -> pd.DataFrame:
    """Openings by quarter and industry as the register states them, sections and divisions.

    Parameters
    ----------
    demand : pandas.DataFrame
        Contract `data.tables.DEMAND`.  Where a quarter and industry has a row for the whole
        area (no district), that row counts and its districts do not; groups and classes are
        summed into divisions, where there is no row of the division.

    Returns
    -------
    pandas.DataFrame
        ``quarter``, ``industry_code`` (section or division) and ``openings`` (persons).
    """
    rows = only_summaries(demand, KEY, demand["district_code"].isna())
    codes = rows["industry_code"].str[:DIVISION_LENGTH]
    rows = only_summaries(rows.assign(industry_code=codes), KEY, rows["industry_code"] == codes)
    return rows.groupby(KEY)[["openings"]].sum().reset_index()


def demand_by_section(demand: pd.DataFrame) -> pd.DataFrame:
    """Openings by quarter and section of GB/T 4754-2017: the sums of `demand_by_industry`."""
    return sum_sections(demand_by_industry(demand))


def sum_sections(by_industry: pd.DataFrame) -> pd.DataFrame:
    """Openings by quarter and section from sections and divisions.

    Parameters
    ----------
    by_industry : pandas.DataFrame
        As `demand_by_industry` returns it.  Where a quarter has a row of a section, the
        section's divisions do not count.

    Returns
    -------
    pandas.DataFrame
        ``quarter``, ``industry_code`` (section) and ``openings`` (persons; missing where a
        part of them is).
    """
    is_section = by_industry["industry_code"].str.len() == 1
    sections = by_industry["industry_code"].map(load_industries().section_of)
    rows = only_summaries(by_industry.assign(industry_code=sections), KEY, is_section)
    return rows.groupby(KEY)[["openings"]].sum(skipna=False).reset_index()


def only_summaries(rows: pd.DataFrame, key: list[str], is_summary: pd.Series) -> pd.DataFrame:
    """Leave out the details of what a summary row of the same key tells already."""
    has_summary = is_summary.groupby([rows[name] for name in key]).transform("any")
    return rows[is_summary | ~has_summary]


def spread_groups(shares: pd.DataFrame) -> pd.DataFrame:
    """Give the shares of groups to the 细类 in them, in proportion.

    What could be coded only to a group is taken to be distributed like what could be coded to
    its 细类; a group without one is spread over the whole industry.

    Parameters
    ----------
    shares : pandas.DataFrame
        Contract `data.tables.STAFFING_SHARES`.

    Returns
    -------
    pandas.DataFrame
        The same contract with 细类 only; the shares of an industry still sum to one.
    """
    is_unit = shares["occupation_code"].str.len() == UNIT_LENGTH
    units = shares[is_unit].copy()
    code, industry = units["occupation_code"], units["industry_code"]
    original = units["share"].copy()
    for length in (CODE_LENGTHS[level] for level in ("minor", "medium", "major")):
        groups = shares[shares["occupation_code"].str.len() == length]
        given = groups.set_index(["industry_code", "occupation_code"])["share"]
        key = pd.MultiIndex.from_arrays([industry, code.str[:length]])
        within = original.groupby([industry, code.str[:length]]).transform("sum")
        extra = pd.Series(given.reindex(key).fillna(0.0).to_numpy(), index=units.index)
        units["share"] += extra * (original / within).fillna(0.0)
    total = units["share"].groupby(industry).transform("sum")
    factor = (units["share"] / total / original.where(original > 0)).fillna(0.0)
    for column in SCALED:
        units[column] = (shares.loc[units.index, column] * factor).clip(0, 1)
    return units.reset_index(drop=True)


def demand_by_occupation(
    by_section: pd.DataFrame, shares: pd.DataFrame, usual: pd.Series | None = None
) -> pd.Series:
    """Openings of one quarter by 细类.

    Parameters
    ----------
    by_section : pandas.DataFrame
        ``industry_code`` and ``openings`` of one quarter; missing where they are not known.
    shares : pandas.DataFrame
        As `spread_groups` returns them.
    usual : pandas.Series, index industry code, optional
        Openings that stand in for missing ones, to tell how much of an occupation is missing.

    Returns
    -------
    pandas.Series, index 细类 code
        Persons; missing where more than a twentieth of the usual demand is not known.  Openings
        of sections without staffing shares are left out.
    """
    rows = shares.merge(by_section, on="industry_code")
    known = (rows["openings"] * rows["share"]).groupby(rows["occupation_code"]).sum()
    if usual is None:
        return known
    expected = rows["industry_code"].map(usual).where(rows["openings"].isna(), 0.0)
    missing = (expected * rows["share"]).groupby(rows["occupation_code"]).sum()
    return known.where(missing <= MISSING_SHARE_AT_MOST * (known + missing))


def calibrate_openings(openings: pd.DataFrame, registered: pd.Series) -> pd.DataFrame:
    """Bring openings counted in postings to the level of the register.

    Parameters
    ----------
    openings : pandas.DataFrame, index 细类 code
        Columns ``openings``, ``openings_lower`` and ``openings_upper``, persons in postings.
    registered : pandas.Series, index 细类 code
        Openings of the register, persons; empty without a register.

    Returns
    -------
    pandas.DataFrame
        The same columns at the register's level, with the relative width of the intervals kept;
        unchanged without a register.  Occupations whose postings name no industry, or whose
        registered openings are missing, are brought to the level of all others.
    """
    if registered.empty:
        return openings
    factor = registered.reindex(openings.index) / openings["openings"]
    known = factor.notna()
    overall = registered.reindex(openings.index).sum() / openings["openings"][known].sum()
    factor = factor.fillna(overall)
    columns = ["openings", "openings_lower", "openings_upper"]
    return openings.assign(**{name: openings[name] * factor for name in columns})
