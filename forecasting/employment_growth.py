"""Growth of employment: of an industry from its forecast, of an occupation from its industries.

What grows here are jobs, not openings: the series must be employment.  An industry's growth goes
to its occupations in the mix that the staffing shares tell (Bureau of Labor Statistics, Handbook
of Methods, "Employment projections": the industry-occupation matrix, with constant shares).
A planner may state growth by industry, by group of occupations, or by both.
"""

import pandas as pd
from scipy import stats

from data.contract import REASON, Split
from data.quarters import QUARTERS_PER_YEAR, shift_quarter
from data.requirements import EMPLOYMENT_GROWTH, STATED_GROWTH
from data.tables import FORECAST, SERIES, STAFFING_SHARES

from .requirements import nearest_group

DEPTHS = (1, 2, 3, 4)
MEDIUM_GROUP = r"[1-8]-\d{2}"
GROWTH = ["growth_percent_per_year", "growth_percent_standard_error"]


def yearly_growth(employment: pd.DataFrame, forecasts: pd.DataFrame) -> Split[pd.DataFrame]:
    """Growth of the mean of the next four quarters over that of the four before them.

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
        series that cannot be reckoned, with a reason: four quarters forecast and the four
        just before them known are needed, as other years would not be compared like with like.
    """
    ahead = FORECAST.check(forecasts).query("horizon <= @QUARTERS_PER_YEAR")
    latest = _year_before(SERIES.check(employment), ahead)
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
    reason[table["latest"] <= 0] = "nobody employed in the four quarters before the forecast"
    reason[table["latest"].isna()] = "the four quarters before the forecast are not all known"
    reason[table["quarters"] != QUARTERS_PER_YEAR] = "no forecast of four quarters"
    rejected = table[reason != ""].assign(**{REASON: reason}).reset_index()
    return Split(table.loc[reason == "", GROWTH].reset_index(), rejected[["industry_code", REASON]])


def _year_before(employment: pd.DataFrame, ahead: pd.DataFrame) -> pd.Series:
    """Mean of the four quarters that end just before horizon 1; missing unless all are known."""
    first = ahead[ahead["horizon"] == 1].groupby("series_id")["period"].first()
    wanted = pd.DataFrame(
        [
            (series, shift_quarter(period, -back))
            for series, period in first.items()
            for back in range(1, QUARTERS_PER_YEAR + 1)
        ],
        columns=["series_id", "period"],
    ).astype("str")
    found = wanted.merge(employment, how="left", on=["series_id", "period"])
    every = pd.Index(employment["series_id"].unique())
    means = found.groupby("series_id")["value"].agg(lambda values: values.mean(skipna=False))
    return means.reindex(every.union(means.index))


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
    weight = rows["share"] * rows["industry_code"].map(employed_persons).astype(float)
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


def sound_growth(stated: pd.DataFrame) -> Split[pd.DataFrame]:
    """Part the rows of a planner's table that say of whom they are from those that do not.

    Parameters
    ----------
    stated : pandas.DataFrame
        Contract STATED_GROWTH.

    Returns
    -------
    Split
        ``rejected``: rows with both codes or with none, and industries without employed
        persons, whose weight is not known; with a reason.

    Examples
    --------
    >>> row = {"occupation_code": "6", "industry_code": "C", "growth_percent_per_year": 1.0,
    ...     "source": "a plan"}
    >>> sound_growth(STATED_GROWTH.check(pd.DataFrame([row]))).rejected["reason"].item()
    'occupation_code, industry_code: one of the two is needed, and only one'
    """
    of_industry = stated["industry_code"].notna()
    unclear = stated["occupation_code"].notna() == of_industry
    weightless = of_industry & ~(stated["employed_persons"] > 0)
    reason = pd.Series(None, index=stated.index, dtype=object)
    reason[weightless] = "employed_persons: an industry needs them, to weigh its growth"
    reason[unclear] = "occupation_code, industry_code: one of the two is needed, and only one"
    rejected = stated[reason.notna()].assign(**{REASON: reason.dropna()})
    return Split(stated[reason.isna()], rejected)


def stated_growth(
    stated: pd.DataFrame, shares: pd.DataFrame, assumed_standard_error: float
) -> Split[pd.DataFrame]:
    """Growth by group of occupations from what a planner states by group and by industry.

    Parameters
    ----------
    stated : pandas.DataFrame
        Contract STATED_GROWTH, sound as `sound_growth` has it.
    shares : pandas.DataFrame
        Contract STAFFING_SHARES, which bring the growth of industries to medium groups. Not to
        major groups: of one industry's growth most of their occupations would know nothing.
    assumed_standard_error : float
        Percentage points a year, for rows that state no error.

    Returns
    -------
    Split
        ``valid``: contract EMPLOYMENT_GROWTH; what is stated of a group outweighs what follows
        from industries for it and the groups within it.  ``rejected``: industries without
        staffing shares, with a reason.
    """
    filled = STATED_GROWTH.check(stated).fillna({GROWTH[1]: assumed_standard_error})
    of_groups = filled[filled["occupation_code"].notna()]
    of_industries = filled[filled["industry_code"].notna()]
    with_shares = of_industries["industry_code"].isin(shares["industry_code"])
    usable = of_industries[with_shares]
    derived = growth_by_occupation(
        usable[["industry_code", *GROWTH]],
        usable.set_index("industry_code")["employed_persons"],
        shares,
    ).assign(source="、".join(usable["source"].unique()))
    derived = derived[derived["occupation_code"].str.fullmatch(MEDIUM_GROUP)]
    overruled = nearest_group(derived["occupation_code"], of_groups["occupation_code"]).notna()
    together = pd.concat([of_groups[EMPLOYMENT_GROWTH.names], derived[~overruled]])
    reason = "industry_code: no staffing shares of the industry"
    return Split(
        EMPLOYMENT_GROWTH.check(together.reset_index(drop=True)),
        of_industries[~with_shares].assign(**{REASON: reason}),
    )
