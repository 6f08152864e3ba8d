"""The indicators of shortage: each a value with an interval, or X with the reason.

Rising demand alone is no sign of shortage, so that several indicators are formed, three of them
of tightness (求人倍率, 工资变化, 空缺时长).  A missing indicator is X and says why; it is never
read as "no shortage".
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from data.quarters import QUARTERS_PER_YEAR, parse_quarter
from data.reference.occupations import CODE_LENGTHS

from .outlook import BOUNDS, PUBLISHED_LEVEL
from .tables import INDICATORS
from .vacancy_ratio import vacancy_ratios

NORMAL_90 = float(stats.norm.ppf(0.95))
WAGE_ADS_AT_LEAST = 10.0
NOT_DIVIDED = "所在行业不明或者无登记需求"
NOT_KNOWN = "所属类别的登记需求不全"
# Wages are advertised in brackets and boards change their mix: a change of wages that is not
# known to fifteen points a year either way says nothing of a labour market.
WAGE_HALF_WIDTH_AT_MOST = 15.0
COLUMNS = ["value", "lower", "upper", "basis_code", "missing_reason"]


@dataclass(frozen=True)
class Market:
    """What is known of the labour market for one issue.

    Parameters
    ----------
    quarter : str
        Quarter of the issue.
    openings : pandas.DataFrame, index 细类 code
        Openings of the quarter, at the register's level where there is one: the columns of
        `data.tables.OPENINGS`.
    panel : pandas.DataFrame
        Contract `data.tables.PANEL`.
    registered_demand : pandas.Series
        Openings registered in the quarter by 细类, persons; missing where they are not known,
        empty without the register.
    seekers : pandas.Series
        Seekers of the same register, area and quarter by code of any level; empty when there
        are none.
    no_ratio_reason : str
        Why the ratio cannot be formed, in Chinese; empty where it can.
    occupation_forecast : pandas.DataFrame
        Contract `data.tables.OCCUPATION_FORECAST`, with the 90 % interval; empty without a
        forecast.
    certificates_year : pandas.Series
        Certificates of the last four quarters by 细类, persons; empty where none are recorded.
    eligible : frozenset of str
        细类 that training can serve.
    """

    quarter: str
    openings: pd.DataFrame
    panel: pd.DataFrame
    registered_demand: pd.Series
    seekers: pd.Series
    no_ratio_reason: str
    occupation_forecast: pd.DataFrame
    certificates_year: pd.Series
    eligible: frozenset[str]


def form_indicators(market: Market) -> pd.DataFrame:
    """Form every indicator of every occupation with openings in the quarter.

    Parameters
    ----------
    market : Market

    Returns
    -------
    pandas.DataFrame
        Contract `catalog.tables.INDICATORS`; ``points`` are left missing.
    """
    current = market.openings
    formed = {
        "openings": _openings(current),
        "vacancy_ratio": _vacancy_ratio(current, market),
        "openings_growth": _openings_growth(current, market),
        "wage_growth": _wage_growth(current, market),
        "days_open": _days_open(current),
        "training_shortfall": _training_shortfall(current, market),
    }
    parts = [frame.assign(indicator=name) for name, frame in formed.items()]
    table = pd.concat(parts).rename_axis("occupation_code").reset_index()
    table = table.assign(quarter=market.quarter, points=np.nan)
    return INDICATORS.check(table.sort_values(["occupation_code", "indicator"], ignore_index=True))


def _frame(index: pd.Index, reason: str | None = None) -> pd.DataFrame:
    frame = pd.DataFrame(index=index, columns=COLUMNS, dtype=object)
    frame["missing_reason"] = reason
    return frame.astype({"value": float, "lower": float, "upper": float})


def _openings(current: pd.DataFrame) -> pd.DataFrame:
    frame = _frame(current.index)
    frame["value"] = current["openings"]
    frame["lower"] = current["openings_lower"]
    frame["upper"] = current["openings_upper"]
    return frame


def _vacancy_ratio(current: pd.DataFrame, market: Market) -> pd.DataFrame:
    if market.no_ratio_reason:
        return _frame(current.index, market.no_ratio_reason)
    demand = market.registered_demand
    # Seekers without a stated wish are spread over all demand, so an unknown one is estimated.
    whole = demand.fillna(current["openings"]).fillna(0.0)
    ratios = vacancy_ratios(whole, market.seekers).reindex(current.index)
    unknown = _rests_on_unknown(ratios["basis_code"], demand)
    ratios = ratios.mask(unknown)
    frame = _frame(current.index)
    frame["value"] = ratios["value"]
    frame["basis_code"] = ratios["basis_code"]
    # The ratio is as uncertain as the demand in it; seekers are counted, not estimated.
    frame["lower"] = ratios["value"] * current["openings_lower"] / current["openings"]
    frame["upper"] = ratios["value"] * current["openings_upper"] / current["openings"]
    frame.loc[ratios["value"].isna(), "missing_reason"] = "该职业及其上级类别均无登记求职人员"
    frame.loc[unknown, "missing_reason"] = NOT_KNOWN
    not_divided = demand.reindex(current.index).isna()
    frame.loc[not_divided, "missing_reason"] = NOT_DIVIDED
    return frame


def _rests_on_unknown(basis: pd.Series, demand: pd.Series) -> pd.Series:
    """Whether the demand of the occupation, or of one in the group measured, is not known."""
    unknown = demand.index[demand.isna()]
    groups = {code[:length] for code in unknown for length in CODE_LENGTHS.values()}
    return basis.fillna(basis.index.to_series()).isin(groups)


def _openings_growth(current: pd.DataFrame, market: Market) -> pd.DataFrame:
    """Forecast openings of the same quarter a year ahead against those of this quarter."""
    forecast = market.occupation_forecast
    ahead = forecast[forecast["horizon"] == QUARTERS_PER_YEAR]
    if forecast.empty or market.registered_demand.empty:
        return _frame(current.index, "无分行业需求历史或历史过短，不作预测")
    if ahead.empty:
        return _frame(current.index, "预测期不足四个季度")
    published = ahead[ahead["level"] == PUBLISHED_LEVEL].set_index("occupation_code")
    openings = published[BOUNDS].reindex(current.index)
    base = market.registered_demand.reindex(current.index)
    frame = _frame(current.index)
    for column, source in (("value", "mean"), ("lower", "lower"), ("upper", "upper")):
        frame[column] = 100 * (openings[f"openings_{source}"] / base.where(base > 0) - 1)
    frame.loc[frame["value"].isna(), "missing_reason"] = "所在行业无预测"
    frame.loc[base.isna() & openings["openings_mean"].notna(), "missing_reason"] = NOT_DIVIDED
    return frame


def _wage_growth(current: pd.DataFrame, market: Market) -> pd.DataFrame:
    """Change of wages offered since the last quarter read, within industry and district.

    A matched-model index: the mean change of the log median wage over the cells (industry and
    district) advertised in both quarters, weighted by the smaller of the two counts of
    advertisements, so that a shift of hiring between cells is no change of wages.
    """
    panel = market.panel[market.panel["wage_yuan_month_median"].notna()]
    earlier = sorted(q for q in panel["quarter"].unique() if q < market.quarter)
    if not earlier:
        return _frame(current.index, "只有一个季度的工资资料")
    key = ["occupation_code", "industry_code", "district_code"]
    now = panel[panel["quarter"] == market.quarter]
    before = panel[panel["quarter"] == earlier[-1]]
    both = now.merge(before, on=key, suffixes=("_now", "_before"))
    both["weight"] = both[["ads_now", "ads_before"]].min(axis=1)
    both["change"] = np.log(
        both["wage_yuan_month_median_now"] / both["wage_yuan_month_median_before"]
    )
    index = _weighted_mean(both).reindex(current.index)
    quarters = (parse_quarter(market.quarter) - parse_quarter(earlier[-1])).n
    frame = _frame(current.index)
    for column, shift in (("value", 0.0), ("lower", -NORMAL_90), ("upper", NORMAL_90)):
        change = index["mean"] + shift * index["standard_error"]
        frame[column] = 100 * np.expm1(change * QUARTERS_PER_YEAR / quarters)
    # One cell alone does not show by how much cells differ.
    few = ~(index["weight"] >= WAGE_ADS_AT_LEAST) | index["standard_error"].isna()
    vague = (frame["upper"] - frame["lower"]) / 2 > WAGE_HALF_WIDTH_AT_MOST
    frame.loc[few | vague, ["value", "lower", "upper"]] = np.nan
    frame.loc[vague, "missing_reason"] = "工资变化的误差过大"
    frame.loc[few, "missing_reason"] = "两个季度可比的工资样本不足"
    return frame


def _weighted_mean(cells: pd.DataFrame) -> pd.DataFrame:
    grouped = cells.groupby("occupation_code")
    weight = grouped["weight"].sum()
    mean = (cells["change"] * cells["weight"]).groupby(cells["occupation_code"]).sum() / weight
    deviation = cells["change"] - cells["occupation_code"].map(mean)
    count = grouped["weight"].count()
    freedom = (count - 1).where(count > 1) / count
    squares = (deviation**2 * cells["weight"]).groupby(cells["occupation_code"]).sum()
    variance = squares / weight / freedom
    effective = weight**2 / (cells["weight"] ** 2).groupby(cells["occupation_code"]).sum()
    return pd.DataFrame(
        {"mean": mean, "standard_error": np.sqrt(variance / effective), "weight": weight}
    )


def _days_open(current: pd.DataFrame) -> pd.DataFrame:
    frame = _frame(current.index)
    frame["value"] = current["days_open_median"]
    frame.loc[frame["value"].isna(), "missing_reason"] = "未观察到招聘截止或者再次发布"
    return frame


def _training_shortfall(current: pd.DataFrame, market: Market) -> pd.DataFrame:
    """Share of a year's openings that the year's certificates do not cover."""
    if market.certificates_year.empty:
        return _frame(current.index, "无培训取证人数")
    if market.registered_demand.empty:
        return _frame(current.index, "无登记需求，不能与取证人数比较")
    yearly = market.registered_demand.reindex(current.index) * QUARTERS_PER_YEAR
    certificates = market.certificates_year.reindex(current.index).fillna(0.0)
    frame = _frame(current.index)
    covered = (certificates / yearly.where(yearly > 0)).clip(upper=1.0)
    frame["value"] = 100 * (1 - covered)
    frame.loc[frame["value"].isna(), "missing_reason"] = NOT_DIVIDED
    outside = ~current.index.isin(market.eligible)
    frame.loc[outside, "value"] = np.nan
    frame.loc[outside, "missing_reason"] = "不属培训范围，不计算培训缺口"
    return frame
