"""Forecasts behind an issue: the city, industries, districts, staffing shares, occupations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd
from scipy import stats

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
from .configuration import ForecastSection
from .demand import demand_by_occupation, spread_groups
from .demand_series import demand_series
from .register import Register

QUARTERS_AT_LEAST = 8
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
    registered_demand: pd.Series
    statements: tuple[str, ...]


def form_outlook(
    register: Register,
    panel: pd.DataFrame,
    quarter: str,
    parameters: ForecastSection,
    corrections: pd.DataFrame | None = None,
    progress: Callable[[int, int], None] | None = None,
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
    progress : callable, optional
        Called with (series done, series in all).
    """
    known = register.sections[register.sections["quarter"] <= quarter]
    shares = _shares(panel)
    spread = spread_groups(shares)
    obstacles = _obstacles(known, quarter)
    registered, statements = _registered_demand(known, spread, quarter)
    statements += obstacles
    found, occupations = None, OCCUPATION_FORECAST.empty()
    if not obstacles:
        records = CORRECTIONS.empty() if corrections is None else corrections
        found, said = _forecast(register, records, quarter, parameters, progress)
        occupations = occupation_forecast(found.main, spread).forecasts
        statements += said
    return Outlook(
        history=SERIES.check(
            known.rename(
                columns={"industry_code": "series_id", "quarter": "period", "openings": "value"}
            )
        ),
        industry_forecast=found.industries if found else FORECAST.empty(),
        staffing_shares=shares,
        occupation_forecast=occupations,
        coherent_forecast=found.others if found and len(found.main) else None,
        registered_demand=registered,
        statements=tuple(statements),
    )


def _forecast(
    register: Register,
    corrections: pd.DataFrame,
    quarter: str,
    section: ForecastSection,
    progress: Callable[[int, int], None] | None,
) -> tuple[CoherentForecast, list[str]]:
    series = demand_series(register, corrections, quarter)
    found = forecast_coherently(
        series,
        section.horizon_quarters,
        ForecastParameters(
            levels=section.levels,
            season_length=QUARTERS_PER_YEAR,
            calendar=CALENDARS[section.calendar],
        ),
        section.processes,
        progress,
    )
    return found, list(series.statements)


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


def next_year(outlook: Outlook) -> pd.DataFrame:
    """Forecast openings of the next four quarters by 细类, with the bounds of the 90 % interval.

    Bounds are sums of the quarterly bounds: errors of successive quarters are taken to be fully
    correlated, which makes the interval too wide rather than too narrow.  They are brought from
    the narrowest level forecast to 90 % in proportion to normal quantiles.
    """
    forecast_rows = outlook.occupation_forecast
    year = forecast_rows[forecast_rows["horizon"] <= QUARTERS_PER_YEAR]
    if year.empty or year["horizon"].max() < QUARTERS_PER_YEAR:
        return pd.DataFrame(columns=["openings_mean", "openings_lower", "openings_upper"])
    level = int(year["level"].min())
    columns = ["openings_mean", "openings_lower", "openings_upper"]
    total = year[year["level"] == level].groupby("occupation_code")[columns].sum()
    ratio = stats.norm.ppf(0.95) / stats.norm.ppf(0.5 + level / 200)
    mean = total["openings_mean"]
    return pd.DataFrame(
        {
            "openings_mean": mean,
            "openings_lower": (mean - ratio * (mean - total["openings_lower"])).clip(lower=0),
            "openings_upper": mean + ratio * (total["openings_upper"] - mean),
        }
    )


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
