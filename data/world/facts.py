"""Published facts that the world must give back before any test on it means anything."""

from itertools import pairwise

import numpy as np
import pandas as pd

from .registers import Registers
from .truth import Truth

LIST_LENGTH = 100
QUARTERS_OF_YEAR = 4

# Published or measured: turnover of the ministry's list of 100 scarcest occupations (a median
# of 27 entries a quarter); growth of demand against an official list (AUC 0.50 on Australia's).
BOUNDS = {
    "list_turnover": (20.0, 35.0),
    "growth_auc": (0.45, 0.60),
    "shortage_jaccard": (0.70, 0.90),
}


def facts_of(registers: Registers, truth: Truth) -> pd.Series:
    """Measure the facts on one world.

    Returns
    -------
    pandas.Series
        ``list_turnover`` (mean number of new entries a quarter in the list of the 100 largest
        registered gaps), ``growth_auc`` (past growth of true openings against true shortage),
        ``shortage_jaccard`` (overlap of true shortages a year apart), ``short_share`` (share of
        occupations truly short).  Missing where the world has too few quarters.
    """
    short = truth.shortage.pivot_table("is_short", "quarter", "occupation_code").to_numpy() > 0.5
    openings = truth.shortage.pivot_table("openings", "quarter", "occupation_code").to_numpy()
    return pd.Series(
        {
            "list_turnover": list_turnover(registers),
            "growth_auc": growth_auc(openings, short),
            "shortage_jaccard": yearly_jaccard(short),
            "short_share": float(short.mean()),
        }
    )


def list_turnover(registers: Registers) -> float:
    """Mean number of new entries a quarter among the 100 largest gaps of openings to seekers."""
    gaps = registers.openings.sum(axis=2) - registers.seekers
    lists = [set(np.argsort(-gap, kind="stable")[:LIST_LENGTH]) for gap in gaps]
    new = [len(later - earlier) for earlier, later in pairwise(lists)]
    return float(np.mean(new)) if new else float("nan")


def yearly_jaccard(short: np.ndarray) -> float:
    """Mean overlap of the true shortages of two quarters a year apart."""
    pairs = zip(short[:-QUARTERS_OF_YEAR], short[QUARTERS_OF_YEAR:], strict=True)
    overlaps = [(a & b).sum() / (a | b).sum() for a, b in pairs if (a | b).any()]
    return float(np.mean(overlaps)) if overlaps else float("nan")


def growth_auc(openings: np.ndarray, short: np.ndarray) -> float:
    """Mean probability that a short occupation has grown more than another one.

    Growth is that of the year's openings over the year before; occupations with fewer than
    twenty openings in either year are left out.
    """
    values = []
    for step in range(2 * QUARTERS_OF_YEAR - 1, len(openings)):
        year = openings[step - 3 : step + 1].sum(axis=0)
        before = openings[step - 7 : step - 3].sum(axis=0)
        known = (year >= 20) & (before >= 20)
        values.append(_auc(np.log(year[known] / before[known]), short[step][known]))
    return float(np.nanmean(values)) if values else float("nan")


def _auc(score: np.ndarray, positive: np.ndarray) -> float:
    """Area under the curve from rank sums (Mann and Whitney 1947)."""
    count = int(positive.sum())
    others = len(positive) - count
    if not count or not others:
        return float("nan")
    ranks = pd.Series(score).rank().to_numpy()
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * others))
