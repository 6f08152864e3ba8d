"""The register of demand: openings by section, by division and by district, put right.

What the register states for a whole counts, and its details beside it do not.  Details are kept
for forecasts of their own.
"""

from dataclasses import dataclass, field

import pandas as pd

from data.quarters import parse_quarter
from data.reference import load_districts, load_industries
from data.reference.districts import Districts

from .demand import demand_by_industry, only_summaries, sum_sections
from .inputs import apply_corrections

DIVISION_LENGTH = 2
DISTRICT_LENGTH = 6


@dataclass(frozen=True)
class Register:
    """Openings registered by quarter; missing in a declared gap.

    Parameters
    ----------
    sections, divisions : pandas.DataFrame
        ``quarter``, ``industry_code``, ``openings``; no divisions where there are none.
    districts : pandas.DataFrame
        ``quarter``, ``district_code``, ``openings``, within the boundaries of the issue.
    """

    sections: pd.DataFrame
    divisions: pd.DataFrame = field(default_factory=lambda: _nothing("industry_code"))
    districts: pd.DataFrame = field(default_factory=lambda: _nothing("district_code"))


def form_register(
    demand: pd.DataFrame, corrections: pd.DataFrame, quarter: str
) -> tuple[Register, list[str]]:
    """Sum the demand table by section, division and district, and put known errors right.

    Parameters
    ----------
    demand, corrections : pandas.DataFrame
        Contracts `data.tables.DEMAND` and `data.tables.CORRECTIONS`.  A record names a section,
        a division or a district.
    quarter : str
        Quarter of the issue: its last day decides the boundaries of the districts.

    Returns
    -------
    register : Register
    statements : list of str
        What was put right, in Chinese.

    Raises
    ------
    ContractError
        When the guard of a record has expired.
    """
    detailed = corrections["series"].str.fullmatch(r"\d{2,4}")
    of_districts = corrections["series"].str.fullmatch(rf"\d{{{DISTRICT_LENGTH}}}")
    by_industry, said = apply_corrections(demand_by_industry(demand), corrections[detailed])
    sections, more = apply_corrections(
        sum_sections(by_industry), corrections[~detailed & ~of_districts]
    )
    districts, rest = apply_corrections(
        demand_by_district(demand, quarter), corrections[of_districts], column="district_code"
    )
    is_division = by_industry["industry_code"].str.len() == DIVISION_LENGTH
    divisions = by_industry[is_division].reset_index(drop=True)
    return Register(sections, divisions, districts), [*said, *more, *rest]


def demand_by_district(demand: pd.DataFrame, quarter: str) -> pd.DataFrame:
    """Openings by quarter and district, all within the boundaries of one day.

    Parameters
    ----------
    demand : pandas.DataFrame
        Contract `data.tables.DEMAND`.
    quarter : str
        Quarter on whose last day the boundaries are those wanted.  Earlier figures are
        apportioned as `data.reference.districts` says, unless the register has done so itself:
        a quarter in which a district stands that was formed later needs nothing.

    Returns
    -------
    pandas.DataFrame
        ``quarter``, ``district_code`` and ``openings`` (persons).
    """
    columns = ["quarter", "district_code", "openings"]
    rows = demand[demand["district_code"].notna()]
    if rows.empty:
        return _nothing("district_code")
    is_section = rows["industry_code"].str.len() == 1
    sections = rows["industry_code"].map(load_industries().section_of)
    key = [*columns[:2], "industry_code"]
    rows = only_summaries(rows.assign(industry_code=sections), key, is_section)
    summed = rows.groupby(columns[:2])["openings"].sum().reset_index()
    units = _units_at_end(quarter)
    drawn = {
        each: _day_of_boundaries(str(each), set(codes), units)
        for each, codes in summed.groupby("quarter")["district_code"]
    }
    today = units.apportion(summed, ["openings"], on=summed["quarter"].map(drawn))
    return today.sort_values(columns[:2], ignore_index=True)


def _units_at_end(quarter: str) -> Districts:
    return load_districts(parse_quarter(quarter).end_time.date())


def _day_of_boundaries(quarter: str, codes: set[str], units: Districts) -> pd.Timestamp:
    """Day whose units are the districts of a quarter: its last, its first, or that of the issue."""
    period = parse_quarter(quarter)
    for day in (period.end_time.normalize(), period.start_time):
        if codes <= set(load_districts(day.date()).codes):
            return day
    return pd.Timestamp(units.on)


def _nothing(column: str) -> pd.DataFrame:
    names = ["quarter", column, "openings"]
    return pd.DataFrame(columns=names).astype({"quarter": "str", column: "str", "openings": float})
