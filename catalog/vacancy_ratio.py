"""求人倍率: openings per job seeker, with seekers known at different levels of the 大典.

Seekers who state no occupation, or only a group, are spread over its occupations in proportion
to demand: ``D / (S + S_free · D / ΣD)``.  With the demand and seekers of the public employment
service of Wuxi, 2013Q2, this gives all seven published ratios to two decimals; ``D / S`` gives
none of them.
"""

import numpy as np
import pandas as pd

from data.errors import UnknownCodeError
from data.reference import load_occupations
from data.reference.occupations import CODE_LENGTHS

ANCESTOR_LENGTHS = tuple(CODE_LENGTHS[level] for level in ("minor", "medium", "major"))


def spread_seekers(demand: pd.Series, seekers: pd.Series) -> pd.Series:
    """Seekers of each occupation, those of its groups and those without a wish included.

    Parameters
    ----------
    demand : pandas.Series of float, index 细类 code
        Openings, persons.
    seekers : pandas.Series of float, index code of any level or missing
        Persons as registered; a group's figure holds those who state only the group, and a
        missing code those who state nothing.

    Returns
    -------
    pandas.Series, index as ``demand``
        Persons.  Seekers of a group without demand stay outside.

    Raises
    ------
    UnknownCodeError
        When a code is not in the 大典.

    Examples
    --------
    >>> demand = pd.Series({"6-18-02-04": 30.0, "6-18-02-05": 10.0})
    >>> spread_seekers(demand, pd.Series({"6-18-02-04": 5.0, "6-18": 8.0, None: 4.0})).tolist()
    [14.0, 3.0]
    """
    _require_known(seekers)
    codes = demand.index.to_series()
    stated = seekers[seekers.index.notna()]
    free = float(seekers[seekers.index.isna()].sum())
    total = demand.sum()
    result = stated.reindex(demand.index).fillna(0.0)
    result += free * demand / total if total > 0 else 0.0
    for length in ANCESTOR_LENGTHS:
        group = codes.str[:length]
        group_demand = demand.groupby(group).transform("sum")
        group_seekers = group.map(stated).fillna(0.0).astype(float)
        result += group_seekers * (demand / group_demand).fillna(0.0)
    return result


def vacancy_ratios(demand: pd.Series, seekers: pd.Series) -> pd.DataFrame:
    """Openings per seeker of each occupation, or of the nearest group that has seekers.

    Parameters
    ----------
    demand, seekers : pandas.Series
        As for `spread_seekers`; both of the same source, area and period.

    Returns
    -------
    pandas.DataFrame, index as ``demand``
        ``value`` (openings per seeker; missing where no seeker is known) and ``basis_code``
        (the group it was measured on; missing where it is the 细类 itself).

    Examples
    --------
    >>> demand = pd.Series({"6-18-02-04": 30.0, "6-18-02-05": 10.0})
    >>> vacancy_ratios(demand, pd.Series({"6-18-02-04": 15.0, "6-18": 5.0}))["value"].tolist()
    [1.6, 2.0]
    """
    own = spread_seekers(demand, seekers)
    stated = seekers[seekers.index.notna()]
    result = pd.DataFrame({"value": np.nan, "basis_code": None}, index=demand.index)
    has_own = demand.index.isin(stated[stated > 0].index)
    result.loc[has_own, "value"] = (demand / own)[has_own]
    for length in ANCESTOR_LENGTHS:
        open_codes = result.index[result["value"].isna()]
        groups = pd.Series(open_codes.str[:length], index=open_codes)
        by_group = _group_ratios(demand, own, stated, length)
        found = groups.map(by_group).dropna()
        result.loc[found.index, "value"] = found
        result.loc[found.index, "basis_code"] = groups[found.index]
    return result


def _group_ratios(demand: pd.Series, own: pd.Series, stated: pd.Series, length: int) -> pd.Series:
    """Ratio of each group in which somebody is registered, under whatever code."""
    below = stated[stated.index.str.len() >= length]
    registered = below.groupby(below.index.str[:length]).sum()
    # Seekers of occupations and groups without demand belong to the group above all the same.
    demanded = {code[:n] for code in demand.index for n in CODE_LENGTHS.values()}
    idle = below[~below.index.isin(demanded)]
    group_demand = demand.groupby(demand.index.str[:length]).sum()
    group_seekers = (
        own.groupby(own.index.str[:length])
        .sum()
        .add(idle.groupby(idle.index.str[:length]).sum(), fill_value=0.0)
    )
    ratio = (group_demand / group_seekers).replace([np.inf], np.nan)
    return ratio[ratio.index.isin(registered[registered > 0].index)]


def _require_known(seekers: pd.Series) -> None:
    known = set(load_occupations().groups)
    unknown = [code for code in seekers.index.dropna() if code not in known]
    if unknown:
        raise UnknownCodeError(
            "seekers stand under codes that the 大典 does not have", which=unknown
        )
