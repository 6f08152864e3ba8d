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


def demand_by_section(demand: pd.DataFrame) -> pd.DataFrame:
    """Openings by quarter and section of GB/T 4754-2017.

    Parameters
    ----------
    demand : pandas.DataFrame
        Contract `data.tables.DEMAND`.  Where a quarter and industry has a row for the whole
        area (no district), that row counts and its districts do not; where it has rows of a
        section, the section's divisions do not count.

    Returns
    -------
    pandas.DataFrame
        ``quarter``, ``industry_code`` (section) and ``openings`` (persons).
    """
    key = ["quarter", "industry_code"]
    rows = _summarising(demand, key, demand["district_code"].isna())
    is_section = rows["industry_code"].str.len() == 1
    rows = rows.assign(industry_code=rows["industry_code"].map(load_industries().section_of))
    rows = _summarising(rows, key, is_section)
    return rows.groupby(key)[["openings"]].sum().reset_index()


def _summarising(rows: pd.DataFrame, key: list[str], is_summary: pd.Series) -> pd.DataFrame:
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


def demand_by_occupation(by_section: pd.DataFrame, shares: pd.DataFrame) -> pd.Series:
    """Openings of one quarter by 细类.

    Parameters
    ----------
    by_section : pandas.DataFrame
        ``industry_code`` and ``openings`` of one quarter.
    shares : pandas.DataFrame
        As `spread_groups` returns them.

    Returns
    -------
    pandas.Series, index 细类 code
        Persons.  Openings of sections without staffing shares are left out.
    """
    rows = shares.merge(by_section, on="industry_code")
    openings = rows["openings"] * rows["share"]
    return openings.groupby(rows["occupation_code"]).sum()


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
        unchanged without a register.  Occupations whose postings name no industry are brought to
        the level of all others.
    """
    if registered.empty:
        return openings
    factor = registered.reindex(openings.index) / openings["openings"]
    known = factor.notna()
    overall = registered.reindex(openings.index).sum() / openings["openings"][known].sum()
    factor = factor.fillna(overall)
    columns = ["openings", "openings_lower", "openings_upper"]
    return openings.assign(**{name: openings[name] * factor for name in columns})
