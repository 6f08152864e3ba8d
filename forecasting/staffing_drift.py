"""How fast staffing shares drift: a half-life chosen by forecasting past quarters.

The shares follow a Dirichlet-multinomial whose weight fades by a factor δ from quarter to
quarter (power discounting: Smith 1979, J. Royal Statistical Society B 41, 375-387; West and
Harrison 1997, Bayesian Forecasting and Dynamic Models, ch. 16).  Every past quarter is forecast
from the quarters before it under each half-life of a small fixed grid, and its openings are
scored by their predictive likelihood, node by node along the tree of occupations.

Sampling noise looks like drift to the eye, so the burden of proof lies with drift: the longest
half-life is taken whose score is within one standard error of the best one's (Breiman, Friedman,
Olshen and Stone 1984, Classification and Regression Trees, section 3.4.3).
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

NO_DRIFT = math.inf
DEPTHS = (1, 2, 3, 4)
HALF_LIVES_QUARTERS = (1.0, 2.0, 4.0, 8.0, NO_DRIFT)
# A half-life is seen only where a few quarters can be forecast from at least two before each.
FIRST_ORIGIN, ORIGINS_AT_LEAST, ORIGINS_AT_MOST = 2, 3, 12


class Nodes(NamedTuple):
    """Children of one depth of the tree in every industry, quarter by quarter.

    ``openings`` and ``employers`` have shape (n_nodes, n_quarters), oldest quarter first; the
    other arrays number each node's industry (0 = unknown), its parent in the industry, and its
    child and parent in all industries together. ``siblings`` counts the children of that parent,
    ``industries`` the industries of the whole panel, for some may end above the depth.
    """

    openings: np.ndarray
    employers: np.ndarray
    industry: np.ndarray
    parent: np.ndarray
    common_child: np.ndarray
    common_parent: np.ndarray
    siblings: np.ndarray
    industries: int


def estimate_half_life(
    panel: pd.DataFrame,
    ancestors: Callable[[pd.Series, int], pd.DataFrame],
    quarters: int,
    strength: float,
) -> float:
    """Quarters until half of what was seen of the shares has faded; infinite without drift.

    Parameters
    ----------
    panel : pandas.DataFrame
        Contract `data.tables.PANEL`.
    ancestors : callable
        `forecasting.staffing.ancestors`: parent and child of every code at a depth.
    quarters : int
        Quarters looked back upon, as in the estimate of the shares.
    strength : float
        Weight of all industries together, in employers.

    Returns
    -------
    float
        One of `HALF_LIVES_QUARTERS`; `NO_DRIFT` where fewer than five quarters are known.
    """
    known = panel[panel["occupation_code"].notna() & (panel["openings"] > 0)]
    names = sorted(known["quarter"].unique())
    origins = range(max(FIRST_ORIGIN, len(names) - ORIGINS_AT_MOST), len(names))
    if len(origins) < ORIGINS_AT_LEAST or not known["industry_code"].notna().any():
        return NO_DRIFT
    tree = [_nodes(known, names, ancestors(known["occupation_code"], d)) for d in DEPTHS]
    scores = [
        np.concatenate(
            [
                sum(log_score(nodes, origin, quarters, half_life, strength) for nodes in tree)
                for origin in origins
            ]
        )
        for half_life in HALF_LIVES_QUARTERS
    ]
    return _longest_as_good(np.array(scores))


def variance_growth_per_quarter(half_life: float) -> float:
    """Growth of a share's variance per quarter ahead, in relation to its present variance.

    Discounting by δ takes a variance P to P/δ one quarter on; further ahead the same amount
    ``P (1/δ - 1)`` is added each quarter, rather than discounting what was never seen (West and
    Harrison 1997, section 6.3).

    Examples
    --------
    >>> variance_growth_per_quarter(1.0), variance_growth_per_quarter(float("inf"))
    (1.0, 0.0)
    """
    return 2 ** (1 / half_life) - 1


def discount_weights(count: int, half_life: float) -> np.ndarray:
    """Weights of successive quarters, the last one 1.

    Examples
    --------
    >>> discount_weights(3, 1.0).tolist()
    [0.25, 0.5, 1.0]
    """
    return np.asarray(0.5 ** (np.arange(count)[::-1] / half_life))


def _nodes(known: pd.DataFrame, names: list[str], ancestors: pd.DataFrame) -> Nodes:
    """Number the nodes of one depth and sum what belongs to each of them."""
    rows = known.join(ancestors, how="inner")
    industries = pd.factorize(known["industry_code"], sort=True)[1]
    groups = rows.groupby(["industry_code", "parent", "child"], dropna=False)
    place = groups.ngroup().to_numpy(), np.searchsorted(names, rows["quarter"].to_numpy(str))
    sums = {name: np.zeros((groups.ngroups, len(names))) for name in ("openings", "employers")}
    for name, array in sums.items():
        np.add.at(array, place, rows[name].to_numpy(dtype=float))
    keys = groups.size().reset_index()
    return Nodes(
        **sums,
        industry=pd.Index(industries).get_indexer(keys["industry_code"]) + 1,
        parent=keys.groupby(["industry_code", "parent"], dropna=False).ngroup().to_numpy(),
        common_child=pd.factorize(keys["child"])[0],
        common_parent=pd.factorize(keys["parent"])[0],
        siblings=keys.groupby("parent")["child"].transform("nunique").to_numpy(),
        industries=len(industries),
    )


def log_score(
    nodes: Nodes, origin: int, quarters: int, half_life: float, strength: float
) -> np.ndarray:
    """Log likelihood of a quarter's decisions under shares forecast from the quarters before.

    Returns one score an industry. A quarter's openings count as so many decisions as it has
    employers. In all industries together, one employer spread evenly over the children of a
    parent is added to those seen (Perks 1947, J. Institute of Actuaries 73, 285-334), so that an
    occupation never seen before is improbable but not impossible.
    """
    past = slice(max(0, origin - quarters), origin)
    weights = discount_weights(past.stop - past.start, half_life)
    openings = nodes.openings[:, past] @ weights
    # Undiscounted, so that all half-lives lean on the prior alike and only compositions compete.
    employers = nodes.employers[:, past].max(axis=1)
    common = _share(_within(openings, nodes.common_child), _within(openings, nodes.common_parent))
    seen = _within(employers, nodes.common_parent)
    prior = (seen * common + 1 / nodes.siblings) / (seen + 1)
    in_parent = _within(openings, nodes.parent)
    size = np.where(in_parent > 0, _within(employers, nodes.parent), 0.0)
    share = (size * _share(openings, in_parent) + strength * prior) / (size + strength)
    now = nodes.openings[:, origin]
    observed = _share(now, _within(now, nodes.parent))
    decisions = _within(nodes.employers[:, origin], nodes.parent) * observed
    scores = np.bincount(nodes.industry, decisions * np.log(share), nodes.industries + 1)
    return np.asarray(scores[1:])


def _within(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Sum over each node's group, for every node."""
    return np.asarray(np.bincount(group, weights=values)[group])


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _longest_as_good(scores: np.ndarray) -> float:
    """Longest half-life within one standard error of the best; scores (n_grid, n_forecasts)."""
    best = int(np.argmax(scores.sum(axis=1)))
    behind = scores[best] - scores
    error = behind.std(axis=1, ddof=1) * np.sqrt(scores.shape[1])
    as_good = np.flatnonzero(behind.sum(axis=1) <= error)
    return HALF_LIVES_QUARTERS[as_good.max()]
