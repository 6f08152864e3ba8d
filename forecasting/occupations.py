"""From industries to occupations: forecast openings times staffing shares, summed.

This is the market account: openings of the quarter.  The requirements account, growth and
replacement by the year, is in `forecasting.requirements`; the two are never summed, for an
opening may be either.

The uncertainty of both factors is combined by the delta method in the exact form for products of
independent quantities (Goodman 1960, J. Amer. Statistical Association 55, 708-713).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from data.errors import ConfigurationError, ContractError
from data.tables import (
    FORECAST,
    INDUSTRY_PATTERN,
    OCCUPATION_FORECAST,
    QUARTER_PATTERN,
    STAFFING_SHARES,
    UNIT_GROUP_PATTERN,
)

from .staffing_drift import NO_DRIFT, variance_growth_per_quarter

KEYS = ["quarter", "horizon", "level", "occupation_code"]


@dataclass(frozen=True, slots=True)
class OccupationForecastParameters:
    """How to combine industries.

    Parameters
    ----------
    industry_correlation : float
        Correlation of the forecast errors of two industries, from 0 to 1. Measured on job
        openings by industry in the United States, the United Kingdom and Australia: 0.0 to 0.2
        in the years before 2020, 0.1 to 0.8, rising with the horizon, when 2020-2023 is in.

    Raises
    ------
    ConfigurationError
        When it is outside of 0 to 1.
    """

    industry_correlation: float = 0.3

    def __post_init__(self) -> None:
        """Refuse what is no correlation."""
        if not 0 <= self.industry_correlation <= 1:
            raise ConfigurationError(
                "correlation of industries", got=self.industry_correlation, expected="0 to 1"
            )


class OccupationForecast(NamedTuple):
    """Forecasts by 细类 (contract OCCUPATION_FORECAST), and what no 细类 can be given.

    ``unallocated`` has ``quarter, horizon, occupation_code, openings_mean``: openings of group
    codes, and under a missing code those of industries without staffing shares.
    """

    forecasts: pd.DataFrame
    unallocated: pd.DataFrame


def occupation_forecast(
    industry_forecast: pd.DataFrame,
    shares: pd.DataFrame,
    parameters: OccupationForecastParameters | None = None,
) -> OccupationForecast:
    """Divide forecast openings of industries into occupations.

    Parameters
    ----------
    industry_forecast : pandas.DataFrame
        Contract FORECAST with one model per series, as `ForecastResult.main` gives it; the
        industry is ``industry_code`` if there is such a column, else ``series_id``. Periods are
        quarters.
    shares : pandas.DataFrame
        Contract STAFFING_SHARES. The variance of a share grows with the horizon by its half-life,
        its value is extrapolated flat.
    parameters : OccupationForecastParameters, optional
        How to combine industries.

    Returns
    -------
    OccupationForecast
        The means of both parts add up to the forecast openings of all industries.

    Raises
    ------
    ContractError
        When a series has several models, an industry several series, or a period is no quarter.
    """
    parameters = parameters or OccupationForecastParameters()
    shares = STAFFING_SHARES.check(shares)
    industries = _industries(industry_forecast)
    products = industries.merge(shares, how="left", on="industry_code")
    products = products.assign(
        share=products["share"].fillna(1.0),
        standard_error=_error_ahead(products).fillna(0.0),
    )
    table = _summed(products, parameters.industry_correlation)
    unit = table["occupation_code"].str.fullmatch(UNIT_GROUP_PATTERN).fillna(value=False)
    rest = table.loc[~unit, [*KEYS, "openings_mean"]].drop(columns="level").drop_duplicates()
    return OccupationForecast(
        OCCUPATION_FORECAST.check(table[unit.astype(bool)]), rest.reset_index(drop=True)
    )


def _industries(frame: pd.DataFrame) -> pd.DataFrame:
    """Mean and standard deviation of every industry, quarter and level."""
    checked = FORECAST.check(frame)
    codes = frame["industry_code"] if "industry_code" in frame.columns else frame["series_id"]
    checked = checked.assign(industry_code=codes.astype("str").to_numpy())
    _require_pattern(checked["industry_code"], INDUSTRY_PATTERN, "industries", "codes like C")
    _require_pattern(checked["period"], QUARTER_PATTERN, "periods", "quarters like 2026Q4")
    repeated = checked.duplicated(["industry_code", "period", "level"])
    if repeated.any():
        raise ContractError(
            "more than one forecast for an industry, quarter and level",
            which=checked.loc[repeated, "industry_code"].unique().tolist(),
            action="pass ForecastResult.main, which holds one model per series",
        )
    normal = stats.norm.ppf(0.5 + checked["level"].to_numpy() / 200)
    # The upper side, since the lower one may be cut off at zero.
    deviation = (checked["upper"] - checked["mean"]).to_numpy() / normal
    return checked.assign(deviation=deviation).rename(columns={"period": "quarter"})[
        ["quarter", "horizon", "level", "industry_code", "mean", "deviation"]
    ]


def _require_pattern(texts: pd.Series, pattern: str, what: str, expected: str) -> None:
    wrong = texts[~texts.str.fullmatch(pattern)].unique().tolist()
    if wrong:
        raise ContractError(
            f"{what} of an industry forecast that cannot be used", which=wrong, expected=expected
        )


def _error_ahead(products: pd.DataFrame) -> pd.Series:
    """Standard error of each share at the horizon."""
    growth = products["half_life_quarters"].fillna(NO_DRIFT).map(variance_growth_per_quarter)
    variance = products["standard_error"] ** 2 * (1 + products["horizon"] * growth)
    # No quantity between 0 and 1 varies more about its mean.
    largest = products["share"] * (1 - products["share"])
    return variance.clip(upper=largest) ** 0.5


def _summed(products: pd.DataFrame, correlation: float) -> pd.DataFrame:
    """Sum over industries: means, and variances under a common correlation of their errors."""
    mean, share = products["mean"], products["share"]
    from_forecast = share * products["deviation"]
    of_shares = products["standard_error"] ** 2 * (mean**2 + products["deviation"] ** 2)
    table = (
        products.assign(
            openings_mean=mean * share,
            linear=from_forecast,
            square=from_forecast**2,
            of_shares=of_shares,
        )
        .groupby(KEYS, dropna=False, as_index=False)[
            ["openings_mean", "linear", "square", "of_shares"]
        ]
        .sum()
    )
    variance = ((1 - correlation) * table["square"] + correlation * table["linear"] ** 2) + table[
        "of_shares"
    ]
    half_width = np.sqrt(variance) * stats.norm.ppf(0.5 + table["level"].to_numpy() / 200)
    return table.assign(
        openings_lower=np.maximum(table["openings_mean"] - half_width, 0),
        openings_upper=table["openings_mean"] + half_width,
    )
