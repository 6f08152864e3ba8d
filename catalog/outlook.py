"""Forecasts behind an issue: the city, industries, districts, staffing shares, occupations."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.quarters import QUARTERS_PER_YEAR
from data.reference import load_industries, load_occupations
from data.tables import CORRECTIONS, FORECAST, OCCUPATION_FORECAST, SERIES, STAFFING_SHARES
from forecasting import (
    ChineseCalendar,
    ForecastParameters,
    occupation_forecast,
    staffing_shares,
)

from .coherence import CoherentForecast, forecast_coherently
from .configuration import ForecastSection, processes_used
from .demand import demand_by_occupation, spread_groups
from .demand_series import DemandSeries, demand_series
from .register import Register

QUARTERS_AT_LEAST = 8
# Coverage of the bounds published of occupations, per cent.
PUBLISHED_LEVEL = 90
BOUNDS = ["openings_mean", "openings_lower", "openings_upper"]
CALENDARS: Mapping[str, ChineseCalendar | None] = {"chinese": ChineseCalendar(), "none": None}


@dataclass(frozen=True)
class Outlook:
    """Demand by industry, its forecast, and both divided into occupations.

    Parameters
    ----------
    history : pandas.DataFrame
        Contract `data.tables.SERIES`: openings by section and quarter, as registered.
    industry_forecast, staffing_shares, occupation_forecast : pandas.DataFrame
        Contracts of `data.tables`; empty where the history is too short or missing.
    coherent_forecast : pandas.DataFrame or None
        Contract `catalog.tables.COHERENT_FORECAST`; None without a forecast.
    forecast_models : pandas.DataFrame or None
        Contract `catalog.tables.FORECAST_MODELS`; None where nothing was forecast.
    unallocated_forecast : pandas.Series, index quarter
        Forecast openings of industries without staffing shares, which no occupation is given.
    registered_demand : pandas.Series, index 细类 code
        Openings registered in the quarter of the issue, persons; missing where they are not
        known, empty without a register.
    statements : tuple of str
        What the forecast rests on, in Chinese.
    """

    history: pd.DataFrame
    industry_forecast: pd.DataFrame
    staffing_shares: pd.DataFrame
    occupation_forecast: pd.DataFrame
    coherent_forecast: pd.DataFrame | None
    forecast_models: pd.DataFrame | None
    unallocated_forecast: pd.Series
    registered_demand: pd.Series
    statements: tuple[str, ...]


def form_outlook(
    register: Register,
    panel: pd.DataFrame,
    quarter: str,
    parameters: ForecastSection,
    corrections: pd.DataFrame | None = None,
    on_series: Callable[[str], None] | None = None,
) -> Outlook:
    """Forecast the demand of each industry and divide it into occupations.

    Parameters
    ----------
    register : Register
        Openings by section and whatever detail there is; figures after the quarter of the issue
        are left out.
    panel : pandas.DataFrame
        Contract `data.tables.PANEL`.
    quarter : str
        Quarter of the issue.
    parameters : ForecastSection
    corrections : pandas.DataFrame, optional
        Contract `data.tables.CORRECTIONS`: declared changes of source are taken out of what the
        models see.
    on_series : callable, optional
        Called with the name of each series when it is forecast.
    """
    known = register.sections[register.sections["quarter"] <= quarter]
    shares = _shares(panel)
    spread = spread_groups(shares)
    obstacles = _obstacles(known, quarter)
    registered, statements = _registered_demand(known, spread, quarter)
    statements += obstacles
    found, divided = CoherentForecast(), _divided(FORECAST.empty(), spread)
    if not obstacles:
        records = CORRECTIONS.empty() if corrections is None else corrections
        series = demand_series(register, records, quarter)
        found = _forecast(series, parameters, on_series)
        divided = _divided(found.main, spread)
        statements += [*series.statements, *found.statements, *divided.statements]
    return Outlook(
        history=SERIES.check(
            known.rename(
                columns={"industry_code": "series_id", "quarter": "period", "openings": "value"}
            )
        ),
        industry_forecast=_at_levels(found.industries, parameters.levels),
        staffing_shares=shares,
        occupation_forecast=divided.forecasts,
        coherent_forecast=_at_levels(found.others, parameters.levels) if len(found.main) else None,
        forecast_models=found.models if len(found.models) else None,
        unallocated_forecast=divided.unallocated,
        registered_demand=registered,
        statements=tuple(statements),
    )


def _forecast(
    series: DemandSeries, section: ForecastSection, on_series: Callable[[str], None] | None
) -> CoherentForecast:
    return forecast_coherently(
        series,
        section.horizon_quarters,
        ForecastParameters(
            levels=(*section.levels, PUBLISHED_LEVEL),
            season_length=QUARTERS_PER_YEAR,
            calendar=CALENDARS[section.calendar],
        ),
        processes=processes_used(section.processes),
        cache=section.cache,
        on_series=on_series,
    )


def _at_levels(forecast: pd.DataFrame, levels: tuple[int, ...]) -> pd.DataFrame:
    """Rows of the coverages that the configuration asks for."""
    return forecast[forecast["level"].isin(levels)].reset_index(drop=True)


class _Divided(NamedTuple):
    """Forecasts by 细类; openings by quarter that no 细类 is given, and what is said of them."""

    forecasts: pd.DataFrame
    unallocated: pd.Series
    statements: list[str]


def _divided(main: pd.DataFrame, shares: pd.DataFrame) -> _Divided:
    """Divide the forecasts of industries into occupations."""
    if main.empty:
        return _Divided(OCCUPATION_FORECAST.empty(), pd.Series(dtype=float), [])
    forecasts, rest = occupation_forecast(main, shares)
    unallocated = rest.groupby("quarter")["openings_mean"].sum()
    without = _named(set(main["series_id"]) - set(shares["industry_code"]))
    if not unallocated.round().any():
        return _Divided(forecasts, unallocated, [])
    said = (
        f"未来{len(unallocated)}个季度预测的行业需求中，{unallocated.sum():,.0f}人未归入职业："
        f"所读招聘信息中没有{without}的职业构成。"
    )
    return _Divided(forecasts, unallocated, [said])


def _named(sections: Collection[str]) -> str:
    return "、".join(f"“{load_industries().name(code)}”" for code in sorted(sections))


def describe_allocation(outlook: Outlook, advertised: pd.Series, quarter: str) -> list[str]:
    """Say why the openings of all occupations are not those that the register states.

    Parameters
    ----------
    outlook : Outlook
    advertised : pandas.Series, index 细类 code
        Openings published, persons, of the occupations that are advertised in the quarter.
    quarter : str
        Quarter of the issue.

    Returns
    -------
    list of str
        One sentence, whose figures add up; none where nothing is left over or much is unknown.
    """
    registered = outlook.registered_demand
    if registered.empty or registered.isna().any():
        return []
    now = outlook.history[outlook.history["period"] == quarter].set_index("series_id")["value"]
    divided = spread_groups(outlook.staffing_shares)["industry_code"]
    without = now[(now > 0) & ~now.index.isin(divided)]
    silent = registered[(registered > 0) & ~registered.index.isin(advertised.index)]
    beyond = advertised[~advertised.index.isin(registered.index)]
    parts = [
        (_named(without.index), without.sum(), "所读招聘信息中没有其职业构成"),
        (f"本季度没有招聘信息的{len(silent)}个职业", silent.sum(), "按以往招聘信息分得"),
    ]
    told = [f"{what}{persons:,.0f}人（{why}）" for what, persons, why in parts if round(persons)]
    if not told and beyond.empty:
        return []
    rest = sum(round(persons) for _, persons, _ in parts)
    said = f"分行业登记需求合计{now.sum():,.0f}人，归入本期所列职业{round(now.sum()) - rest:,}人"
    said += f"，未归入的有{'、'.join(told)}" if told else ""
    if len(beyond):
        said += f"；另有{len(beyond)}个职业的招聘信息不明行业，按总体比例推算{beyond.sum():,.0f}人"
    return [f"{said}。"]


def _registered_demand(
    known: pd.DataFrame, shares: pd.DataFrame, quarter: str
) -> tuple[pd.Series, list[str]]:
    """Openings of the quarter by 细类, and what is not known of them."""
    current = known[known["quarter"] == quarter]
    if current["openings"].isna().all():
        return pd.Series(dtype=float), []
    latest = known.dropna(subset=["openings"]).sort_values("quarter")
    usual = latest.groupby("industry_code")["openings"].last()
    registered = demand_by_occupation(current, shares, usual)
    gaps = current.loc[current["openings"].isna(), "industry_code"]
    if gaps.empty:
        return registered, []
    names = "、".join(load_industries().name(code) for code in gaps)
    return registered, [
        f"本季度“{names}”的登记需求缺失，{registered.isna().sum()}个职业的登记需求因此不明，"
        "其需求人数按招聘信息推算，不计算求人倍率。"
    ]


def next_year(outlook: Outlook, current: pd.DataFrame) -> pd.DataFrame:
    """Forecast openings of the next four quarters by 细类, with the bounds of the 90 % interval.

    Bounds are sums of the quarterly bounds: errors of successive quarters are taken to be fully
    correlated, which makes the interval too wide rather than too narrow.  A staffing share
    pooled over quarters has less sampling error than the postings of one, but it shares their
    errors of coding and of unstated headcounts, which its standard error does not hold.  So
    neither bound lies nearer to the forecast, in relation to it, than the same bound of the
    current openings lies to them.

    Parameters
    ----------
    outlook : Outlook
    current : pandas.DataFrame, index 细类 code
        ``openings``, ``openings_lower`` and ``openings_upper`` of the quarter of the issue.
    """
    rows = outlook.occupation_forecast
    year = rows[(rows["horizon"] <= QUARTERS_PER_YEAR) & (rows["level"] == PUBLISHED_LEVEL)]
    if year.empty or year["horizon"].max() < QUARTERS_PER_YEAR:
        return pd.DataFrame(columns=BOUNDS)
    total = year.groupby("occupation_code")[BOUNDS].sum()
    mean = total["openings_mean"]
    now = current["openings"].where(current["openings"] > 0)
    for bound, wider in (("lower", np.fmin), ("upper", np.fmax)):
        column = f"openings_{bound}"
        as_now = mean * (current[column] / now).reindex(mean.index)
        total[column] = wider(total[column], as_now)
    return total


def _shares(panel: pd.DataFrame) -> pd.DataFrame:
    known = panel["occupation_code"].notna() & panel["industry_code"].notna()
    if not known.any():
        return STAFFING_SHARES.empty()
    return staffing_shares(panel, load_occupations().groups)


def _obstacles(known: pd.DataFrame, quarter: str) -> list[str]:
    """Why nothing can be forecast; empty where something can."""
    if known.empty:
        return ["未提供分行业需求历史，本期不作需求预测，也不计算求人倍率。"]
    if known.loc[known["quarter"] == quarter, "openings"].isna().all():
        return [f"分行业需求历史不含{quarter}，本期不作需求预测，也不计算求人倍率。"]
    quarters = known["quarter"].nunique()
    if quarters < QUARTERS_AT_LEAST:
        return [f"分行业需求历史只有{quarters}个季度，少于{QUARTERS_AT_LEAST}个季度，不作预测。"]
    return []
