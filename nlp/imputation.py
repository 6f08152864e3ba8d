"""Openings of advertisements that state no headcount (若干)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

GROUP_LENGTHS = (7, 4, 1)


@dataclass(frozen=True, slots=True)
class ImputationParameters:
    """How unstated headcounts are filled in.

    Parameters
    ----------
    winsorised_quantile : float
        Stated headcounts above this quantile of their 大类 count as the quantile, in the mean
        only: one call for a thousand workers says nothing of what 若干 means elsewhere.
    stated_at_least : int
        Stated headcounts that a group needs before its own mean is used.
    """

    winsorised_quantile: float = 0.95
    stated_at_least: int = 20


def impute_openings(
    openings: pd.Series, codes: pd.Series, parameters: ImputationParameters | None = None
) -> pd.DataFrame:
    """Fill unstated headcounts with the winsorised mean of the nearest group that has enough.

    Parameters
    ----------
    openings : pandas.Series of float
        Persons wanted; missing = not stated.
    codes : pandas.Series of str
        Best 细类 of each advertisement; may be missing.

    Returns
    -------
    pandas.DataFrame
        ``openings`` (persons, without gaps) and ``imputed`` (bool), in the order given.  Where
        no advertisement states a headcount, each counts as one opening.

    Examples
    --------
    >>> impute_openings(pd.Series([2.0, 4.0, None]), pd.Series(["1-01-00-01"] * 3),
    ...                 ImputationParameters(1.0, stated_at_least=2))["openings"].tolist()
    [2.0, 4.0, 3.0]
    """
    chosen = parameters or ImputationParameters()
    code = codes.fillna("").astype(str)
    major = code.str[: GROUP_LENGTHS[-1]]
    ceiling = openings.groupby(major).transform("quantile", chosen.winsorised_quantile)
    stated = openings.where(openings.isna(), np.minimum(openings, ceiling))
    filled = openings.copy()
    for length in GROUP_LENGTHS:
        group = stated.groupby(code.str[:length])
        enough = group.transform("count") >= chosen.stated_at_least
        filled = filled.fillna(group.transform("mean").where(enough))
    overall = stated.mean()
    filled = filled.fillna(overall if np.isfinite(overall) else 1.0)
    return pd.DataFrame({"openings": filled, "imputed": openings.isna()})
