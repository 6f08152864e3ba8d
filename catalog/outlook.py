"""Forecasts behind an issue: industries, staffing shares, occupations."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from scipy import stats

from data.quarters import QUARTERS_PER_YEAR
from data.reference import load_industries, load_occupations
from data.tables import FORECAST, OCCUPATION_FORECAST, SERIES, STAFFING_SHARES
from forecasting import ForecastParameters, forecast, occupation_forecast, staffing_shares

from .configuration import ForecastSection
from .demand import demand_by_occupation, demand_by_section, spread_groups

QUARTERS_AT_LEAST = 8


@dataclass(frozen=True)
class Outlook:
    """Demand by industry, its forecast, and both divided into occupations.

    Parameters
    ----------
    history : pandas.DataFrame
        Contract `data.tables.SERIES`: openings by section and quarter.
    industry_forecast, staffing_shares, occupation_forecast : pandas.DataFrame
        Contracts of `data.tables`; empty where the history is too short or missing.
    registered_demand : pandas.Series, index 细类 code
        Openings registered in the quarter of the issue, persons; empty without a register.
    statements : tuple of str
        What the forecast rests on, in Chinese.
    """

    history: pd.DataFrame
    industry_forecast: pd.DataFrame
    staffing_shares: pd.DataFrame
    occupation_forecast: pd.DataFrame
    registered_demand: pd.Series
    statements: tuple[str, ...]


def form_outlook(
    by_section: pd.DataFrame,
    panel: pd.DataFrame,
    quarter: str,
    parameters: ForecastSection,
    progress: Callable[[int, int], None] | None = None,
) -> Outlook:
    """Forecast the demand of each industry and divide it into occupations.

    Parameters
    ----------
    by_section : pandas.DataFrame
        ``quarter``, ``industry_code`` (section), ``openings``; rows after the quarter of the
        issue are left out.
    panel : pandas.DataFrame
        Contract `data.tables.PANEL`.
    quarter : str
        Quarter of the issue.
    parameters : ForecastSection
    progress : callable, optional
        Called with (series done, series in all).
    """
    known = by_section[by_section["quarter"] <= quarter]
    history = SERIES.check(
        known.rename(
            columns={"industry_code": "series_id", "quarter": "period", "openings": "value"}
        )
    )
    shares = _shares(panel)
    current = known[known["quarter"] == quarter]
    statements = list(_statements(known, current, quarter))
    registered = demand_by_occupation(current, spread_groups(shares)) if len(current) else None
    industry, occupations = FORECAST.empty(), OCCUPATION_FORECAST.empty()
    if known["quarter"].nunique() >= QUARTERS_AT_LEAST and len(current):
        result = forecast(history, parameters.horizon_quarters, _parameters(parameters), progress)
        industry = result.forecasts
        occupations = occupation_forecast(result.main, spread_groups(shares)).forecasts
        names = load_industries()
        statements += [
            f"“{names.name(code)}”未作预测：历史数据不符合预测要求。"
            for code in result.rejected["series_id"].tolist()
        ]
    return Outlook(
        history=history,
        industry_forecast=FORECAST.check(industry),
        staffing_shares=shares,
        occupation_forecast=occupations,
        registered_demand=pd.Series(dtype=float) if registered is None else registered,
        statements=tuple(statements),
    )


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


def _parameters(section: ForecastSection) -> ForecastParameters:
    return ForecastParameters(levels=section.levels, season_length=QUARTERS_PER_YEAR)


def _shares(panel: pd.DataFrame) -> pd.DataFrame:
    known = panel["occupation_code"].notna() & panel["industry_code"].notna()
    if not known.any():
        return STAFFING_SHARES.empty()
    return staffing_shares(panel, load_occupations().groups)


def _statements(known: pd.DataFrame, current: pd.DataFrame, quarter: str) -> list[str]:
    if known.empty:
        return ["未提供分行业需求历史，本期不作需求预测，也不计算求人倍率。"]
    if current.empty:
        return [f"分行业需求历史不含{quarter}，本期不作需求预测，也不计算求人倍率。"]
    quarters = known["quarter"].nunique()
    if quarters < QUARTERS_AT_LEAST:
        return [f"分行业需求历史只有{quarters}个季度，少于{QUARTERS_AT_LEAST}个季度，不作预测。"]
    return []


def section_demand(demand: pd.DataFrame) -> pd.DataFrame:
    """Openings by section, empty where no demand was handed in."""
    if demand.empty:
        return pd.DataFrame(columns=["quarter", "industry_code", "openings"]).astype(
            {"quarter": "str", "industry_code": "str", "openings": float}
        )
    return demand_by_section(demand)
