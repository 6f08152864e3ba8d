"""The series of demand that are forecast: histories as the models see them, and how they add up.

A declared change of source (a level shift, a board that joined) is taken out of the history of
its industry; divisions follow it in proportion, and so do the total and the districts.  Details
count only where they add up to what the register states for the whole.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd

from data.quarters import parse_quarter, quarters_between
from data.reference import load_districts, load_industries
from data.tables import SERIES
from forecasting import Hierarchy, clean_series, join_sources
from forecasting.corrections import SHIFTS
from forecasting.hierarchy import TOTAL

from .register import Register

# Figures are rounded to whole persons, and registers to more than that.
RELATIVE_TOLERANCE = 0.001
# With more quarters that do not add up, the details are not those of the whole.
DIFFERING_SHARE_AT_MOST = 0.5


Frame = TypeVar("Frame", pd.DataFrame, pd.Series)


@dataclass(frozen=True)
class DemandSeries:
    """Every series that is forecast, and how they add up.

    Parameters
    ----------
    history : pandas.DataFrame
        One row a quarter up to that of the issue, one column a series: openings as the models
        see them; missing in a gap.
    hierarchy : Hierarchy or None
        None where no section can be forecast.
    groupings : dict of str to str
        ``total``, ``section``, ``division``, ``region`` or ``district`` by series.
    statements : tuple of str
        What was left out and why, in Chinese.
    """

    history: pd.DataFrame
    hierarchy: Hierarchy | None
    groupings: dict[str, str]
    statements: tuple[str, ...]


def demand_series(register: Register, corrections: pd.DataFrame, quarter: str) -> DemandSeries:
    """Arrange what the register gives in series that add up.

    Parameters
    ----------
    register : Register
    corrections : pandas.DataFrame
        Contract `data.tables.CORRECTIONS`; active level shifts and boards that joined count.
        Guards do not: `catalog.inputs.apply_corrections` has held them against the source.
    quarter : str
        Quarter of the issue.

    Returns
    -------
    DemandSeries
        Divisions of a section where they are given in every quarter of it, regions and
        districts where they are given at all.
    """
    stated, statements = _usable_sections(register, quarter)
    if stated.empty:
        return DemandSeries(stated, None, {}, tuple(statements))
    total = _total(stated)
    divisions, said = _divisions(register, stated, quarter)
    districts, more = _districts(register, total, quarter)
    parents = {code: load_industries().section_of(code) for code in _names(divisions)}
    hierarchy, regions = _hierarchy(_names(stated), parents, _names(districts), quarter)
    seen = joined_sources(stated, corrections)
    followed = _ratio(seen, stated)[list(parents.values())].set_axis(_names(divisions), axis=1)
    of_total = _ratio(_total(seen), total)
    details = (divisions * followed).join(districts.mul(of_total, axis=0))
    history = seen.join(joined_sources(details, corrections)).assign(**{TOTAL: _total(seen)})
    for name, parts in regions.items():
        history[name] = _total(history[parts])
    groupings = {
        TOTAL: "total",
        **dict.fromkeys(_names(stated), "section"),
        **dict.fromkeys(parents, "division"),
        **dict.fromkeys(regions, "region"),
        **dict.fromkeys(_names(districts), "district"),
    }
    return DemandSeries(
        history[list(hierarchy.nodes)], hierarchy, groupings, (*statements, *said, *more)
    )


def joined_sources(history: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Take declared changes of source out of histories.

    Parameters
    ----------
    history : pandas.DataFrame
        One row a quarter, one column a series.
    corrections : pandas.DataFrame
        Contract `data.tables.CORRECTIONS`.
    """
    shifts = corrections[corrections["what"].isin(SHIFTS)].assign(guard=np.nan)
    named = [name for name in history if name in set(shifts["series"])]
    if not named:
        return history
    result = history.copy()
    for one in join_sources(clean_series(long_form(history[named])).series, shifts)[0]:
        labels = [one.periods.label(place) for place in range(one.observations.size)]
        result[one.series_id] = pd.Series(one.observations, index=labels)
    return result


def long_form(history: pd.DataFrame) -> pd.DataFrame:
    """Put one column a series into the form of the contract `data.tables.SERIES`."""
    columns = history.rename_axis(index="period", columns="series_id")
    return SERIES.check(columns.melt(ignore_index=False, value_name="value").reset_index())


def _usable_sections(register: Register, quarter: str) -> tuple[pd.DataFrame, list[str]]:
    """Sections that can be forecast, as registered, and a statement on each of the others."""
    wide = _wide(register.sections, "industry_code", quarter)
    usable = {one.series_id for one in clean_series(long_form(wide)).series}
    statements = [
        f"“{load_industries().name(code)}”未作预测：历史数据不符合预测要求，全市合计不含该行业。"
        for code in _names(wide)
        if code not in usable
    ]
    return wide[[code for code in _names(wide) if code in usable]], statements


def _names(history: pd.DataFrame) -> list[str]:
    return [str(name) for name in history.columns]


def _total(history: pd.DataFrame) -> pd.Series:
    """Sum of all series; missing where one of them is."""
    return history.sum(axis=1, skipna=False)


def _ratio(seen: Frame, stated: Frame) -> Frame:
    """What the models see in relation to what is stated; one where neither says anything."""
    return (seen / stated.where(stated > 0)).fillna(1.0)


def _wide(rows: pd.DataFrame, column: str, quarter: str) -> pd.DataFrame:
    """One column a series, one row a quarter from the first to that of the issue."""
    if rows.empty:
        return pd.DataFrame(index=pd.Index([], dtype="str"))
    quarters = quarters_between(min(rows["quarter"].min(), quarter), quarter)
    by_series = rows.set_index(["quarter", column])["openings"]
    return by_series.unstack(column).reindex(quarters)  # noqa: PD010


def _divisions(
    register: Register, sections: pd.DataFrame, quarter: str
) -> tuple[pd.DataFrame, list[str]]:
    """Divisions of the sections that are given in full, one column each."""
    wide = _wide(register.divisions, "industry_code", quarter).reindex(sections.index)
    industries = load_industries()
    taken, statements = [pd.DataFrame(index=sections.index)], []
    for section in _names(sections):
        parts = wide[[code for code in _names(wide) if industries.section_of(code) == section]]
        name = f"“{industries.name(section)}”各大类"
        known = sections[section].notna()
        without = known & parts.isna().all(axis=1)
        if parts.empty or without.all():
            continue
        if without.any():
            statements.append(
                f"{name}的需求在{known.sum()}个季度中缺{without.sum()}个季度，未按大类预测。"
            )
            continue
        agreeing, said = _agreeing(sections[section], parts, name)
        taken.append(agreeing)
        statements += said
    return pd.concat(taken, axis=1), statements


def _districts(
    register: Register, total: pd.Series, quarter: str
) -> tuple[pd.DataFrame, list[str]]:
    """Districts, one column each, the largest first."""
    wide = _wide(register.districts, "district_code", quarter).reindex(total.index)
    order = wide.sum().sort_values(ascending=False, kind="stable").index
    return _agreeing(total, wide[order], "各区县") if len(order) else (wide, [])


def _agreeing(whole: pd.Series, parts: pd.DataFrame, name: str) -> tuple[pd.DataFrame, list[str]]:
    """Parts in the quarters in which they add up to the whole; none where they seldom do."""
    total = parts.sum(axis=1, min_count=1)
    tolerance = np.maximum(RELATIVE_TOLERANCE * whole, parts.shape[1] / 2)
    differs = (total - whole).abs() > tolerance
    agreeing = parts.mask(differs | whole.isna())
    if not differs.any():
        return agreeing, []
    first = str(differs.idxmax())
    said = (
        f"{name}的需求之和在{differs.sum()}个季度与总数不符（如{first}：总数{whole[first]:,.0f}人，"
        f"分项合计{total[first]:,.0f}人）"
    )
    compared = (total.notna() & whole.notna()).sum()
    if differs.sum() > DIFFERING_SHARE_AT_MOST * compared:
        return parts.iloc[:, :0], [f"{said}，未按分项预测。"]
    return agreeing, [f"{said}，这些季度的分项数据未用于预测。"]


def _hierarchy(
    sections: list[str], parents: dict[str, str], districts: list[str], quarter: str
) -> tuple[Hierarchy, dict[str, list[str]]]:
    """Total over sections and divisions, beside total over regions and districts."""
    undivided = {code: code for code in sections if code not in parents.values()}
    leaves = parents | undivided
    table = pd.DataFrame({"series_id": list(leaves), "section": list(leaves.values())})
    industries = Hierarchy.from_groups(table, [TOTAL, "section"])
    if not districts:
        return industries, {}
    units = load_districts(parse_quarter(quarter).end_time.date())
    table = pd.DataFrame({"series_id": districts})
    table["region"] = [units.unit(code).region for code in districts]
    table["subregion"] = [units.unit(code).subregion for code in districts]
    areas = Hierarchy.from_groups(table, [TOTAL, "region", "subregion"])
    regions = {
        name: table["series_id"][row > 0].tolist()
        for name, row in zip(areas.nodes, areas.summing.toarray(), strict=True)
        if name not in (TOTAL, *areas.bottom)
    }
    return industries.joined(areas), regions
