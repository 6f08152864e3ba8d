"""Growth of employment: of an industry from its forecast, of an occupation from its industries.

What grows here are jobs, not openings: the series must be employment.  An industry's growth goes
to its occupations in the mix that the staffing shares tell (Bureau of Labor Statistics, Handbook
of Methods, "Employment projections": the industry-occupation matrix, with constant shares).
"""

import pandas as pd
from scipy import stats

from data.contract import REASON, Split
from data.quarters import QUARTERS_PER_YEAR
from data.requirements import EMPLOYMENT_GROWTH
from data.tables import FORECAST, SERIES, STAFFING_SHARES

DEPTHS = (1, 2, 3, 4)
GROWTH = ["growth_percent_per_year", "growth_percent_standard_error"]


def yearly_growth(employment: pd.DataFrame, forecasts: pd.DataFrame) -> Split[pd.DataFrame]:
    """Growth of the mean of the next four quarters over that of the last four.

    Parameters
    ----------
    employment : pandas.DataFrame
        Contract SERIES: employed persons by industry (``series_id``) and quarter.
    forecasts : pandas.DataFrame
        Contract FORECAST of the same series, one model per series, horizons 1 to 4 at least.

    Returns
    -------
    Split
        ``valid``: ``industry_code``, ``growth_percent_per_year`` and its standard error, for
        which the errors of the four quarters are taken as fully correlated; ``rejected``:
        series that cannot be reckoned, with a reason.
    """
    known = SERIES.check(employment).dropna(subset="value").sort_values("period")
    latest = known.groupby("series_id")["value"].apply(lambda v: v.tail(QUARTERS_PER_YEAR).mean())
    ahead = FORECAST.check(forecasts).query("horizon <= @QUARTERS_PER_YEAR")
    # One level is enough: all are quantiles of one distribution.
    ahead = ahead[ahead["level"] == ahead.groupby("series_id")["level"].transform("max")]
    normal = stats.norm.ppf(0.5 + ahead["level"].to_numpy() / 200)
    ahead = ahead.assign(deviation=(ahead["upper"] - ahead["mean"]) / normal)
    table = ahead.groupby("series_id").agg(
        mean=("mean", "mean"), deviation=("deviation", "mean"), quarters=("horizon", "nunique")
    )
    table = table.join(latest.rename("latest"), how="outer").rename_axis("industry_code")
    table[GROWTH[0]] = (table["mean"] / table["latest"] - 1) * 100
    table[GROWTH[1]] = table["deviation"] / table["latest"] * 100
    reason = pd.Series("", index=table.index, dtype="str")
    reason[table["quarters"] != QUARTERS_PER_YEAR] = "no forecast of four quarters"
    reason[~(table["latest"] > 0)] = "nobody employed in the last four quarters known"
    rejected = table[reason != ""].assign(**{REASON: reason}).reset_index()
    return Split(table.loc[reason == "", GROWTH].reset_index(), rejected[["industry_code", REASON]])


def growth_by_occupation(
    growth: pd.DataFrame, employed_persons: pd.Series, shares: pd.DataFrame
) -> pd.DataFrame:
    """Growth of each occupation: that of its industries, weighted by where it is employed.

    Parameters
    ----------
    growth : pandas.DataFrame
        As `yearly_growth` returns it.
    employed_persons : pandas.Series, index industry code
        Employment of each industry, the weight of its share.
    shares : pandas.DataFrame
        Contract STAFFING_SHARES; shares of openings stand in for shares of employment.

    Returns
    -------
    pandas.DataFrame
        Contract EMPLOYMENT_GROWTH, for the occupations of the shares and every group above
        them. Errors of industries are taken as fully correlated. Industries without growth or
        employment have no say.
    """
    rows = STAFFING_SHARES.check(shares).merge(growth, on="industry_code")
    weight = rows["share"] * rows["industry_code"].map(employed_persons)
    rows = rows.assign(weight=weight)[weight > 0]
    if rows.empty:
        return EMPLOYMENT_GROWTH.empty()
    parts = rows["occupation_code"].str.split("-")
    every = pd.concat(
        rows.assign(occupation_code=parts.str[:depth].str.join("-"))[parts.str.len() >= depth]
        for depth in DEPTHS
    )
    sums = (
        every.assign(**{name: every[name] * every["weight"] for name in GROWTH})
        .groupby("occupation_code")[[*GROWTH, "weight"]]
        .sum()
    )
    means = sums[GROWTH].div(sums["weight"], axis=0)
    return EMPLOYMENT_GROWTH.check(means.reset_index())
