"""Tables of an evaluation: by source, by 大类, by coverage, by probability, and by confusion."""

import numpy as np
import pandas as pd

from data.reference import load_occupations
from data.reference.occupations import CODE_LENGTHS

from .judge import SHARE_MEASURES

BINS = 10
PRECISION = 0.95
POSTINGS_AT_LEAST = 30
# Two-sided 95 % of the normal distribution.
NORMAL_QUANTILE = 1.959964


def accuracy_by_source(judged: pd.DataFrame) -> pd.DataFrame:
    """Shares of `nlp.judge.SHARE_MEASURES` for each board or register.

    Parameters
    ----------
    judged : pandas.DataFrame
        As `nlp.judge.judge` returns it.

    Returns
    -------
    pandas.DataFrame
        ``source``, ``postings`` and one column a measure, the largest source first; postings
        without a source stand together under the empty name.
    """
    return _by(judged, judged["source"].rename("source"))


def accuracy_by_major_group(judged: pd.DataFrame) -> pd.DataFrame:
    """Shares of `nlp.judge.SHARE_MEASURES` for each 大类 of the label.

    Returns
    -------
    pandas.DataFrame
        ``major_group_code``, ``major_group_name``, ``postings``, ``postings_at_unit`` (labelled
        at 细类), one column a measure, and the Wilson interval of the first as ``top_1_lower``,
        ``top_1_upper``; by code.  Postings whose label says nothing are in no group.
    """
    known = judged[judged["label"] != ""]
    group = known["label"].str[: CODE_LENGTHS["major"]].rename("major_group_code")
    table = _by(known, group).sort_values("major_group_code", ignore_index=True)
    at_unit = known.groupby(group)["top_1"].agg(["count", "sum"]).loc[table["major_group_code"]]
    lower, upper = wilson_interval(at_unit["sum"].to_numpy(), at_unit["count"].to_numpy())
    names = [load_occupations().name(code) for code in table["major_group_code"]]
    table.insert(1, "major_group_name", names)
    table.insert(3, "postings_at_unit", at_unit["count"].to_numpy())
    return table.assign(top_1_lower=lower, top_1_upper=upper)


def _by(judged: pd.DataFrame, key: pd.Series) -> pd.DataFrame:
    grouped = judged.groupby(key)
    table = grouped[list(SHARE_MEASURES)].mean()
    table.insert(0, "postings", grouped.size())
    table = table.reset_index()
    return table.sort_values(
        ["postings", str(key.name)], ascending=[False, True], ignore_index=True
    )


def precision_by_coverage(judged: pd.DataFrame) -> pd.DataFrame:
    """Precision when only the surest postings are coded, for every threshold of probability.

    Returns
    -------
    pandas.DataFrame
        One row for each distinct probability, the highest first: ``probability_at_least``,
        ``postings`` (as probable or more), ``coverage`` (their share), ``precision`` (share of
        them whose best code is accepted, alternatives counting as right) and
        ``precision_label_only`` (the same against the label alone, of those labelled at 细类).
        A posting without any code is coded at no threshold.

    Examples
    --------
    >>> judged = pd.DataFrame({"probability": [0.9, 0.8, 0.8, 0.2], "best": "6-18-02-04",
    ...     "among_alternatives": [1.0, 1.0, 0.0, 0.0], "top_1": [1.0, 0.0, 0.0, 0.0]})
    >>> precision_by_coverage(judged)["precision"].round(3).tolist()
    [1.0, 0.667, 0.5]
    """
    coded = judged[judged["best"] != ""]
    each = coded.groupby("probability").agg(
        postings=("among_alternatives", "size"),
        accepted=("among_alternatives", "sum"),
        at_unit=("top_1", "count"),
        right=("top_1", "sum"),
    )
    sums = each.sort_index(ascending=False).cumsum()
    return pd.DataFrame(
        {
            "probability_at_least": sums.index.to_numpy(dtype=float),
            "postings": sums["postings"].to_numpy(),
            "coverage": sums["postings"].to_numpy() / len(judged),
            "precision": (sums["accepted"] / sums["postings"]).to_numpy(),
            "precision_label_only": (sums["right"] / sums["at_unit"].replace(0, np.nan)).to_numpy(),
        }
    )


def coverage_at_precision(
    curve: pd.DataFrame,
    precision: float = PRECISION,
    *,
    postings_at_least: int = POSTINGS_AT_LEAST,
) -> float:
    """Largest share of postings that can be coded at a precision.

    Parameters
    ----------
    curve : pandas.DataFrame
        As `precision_by_coverage` returns it.
    precision : float
        Share of the coded postings that must be right.
    postings_at_least : int
        Fewer postings than these prove no precision, however right they are.

    Returns
    -------
    float
        The largest coverage at which the precision is reached, whatever it is at a smaller one:
        a mistake among the first few does not count against those that follow.  Zero where it is
        reached nowhere, so that a lower precision never gives a smaller coverage.
    """
    enough = (curve["precision"] >= precision) & (curve["postings"] >= postings_at_least)
    return float(curve.loc[enough, "coverage"].max()) if enough.any() else 0.0


def equal_mass_bins(probability: np.ndarray) -> list[np.ndarray]:
    """Positions of the postings in ten bins of equal mass, the least probable first."""
    order = np.argsort(probability, kind="stable")
    return np.array_split(order, min(BINS, len(order))) if len(order) else []


def reliability(judged: pd.DataFrame) -> pd.DataFrame:
    """Probability against the share that is right, in ten bins of equal mass.

    Returns
    -------
    pandas.DataFrame
        For each bin of the postings labelled at 细类, the least probable first: ``bin`` (from 1),
        ``postings``, ``probability_mean``, ``share_right`` (the best code is the label) and its
        95 % interval of Wilson, ``share_right_lower`` and ``share_right_upper``.
    """
    rows = judged[judged["top_1"].notna()]
    probability, right = rows["probability"].to_numpy(), rows["top_1"].to_numpy()
    bins = equal_mass_bins(probability)
    count = np.array([len(b) for b in bins], dtype=int)
    hits = np.array([right[b].sum() for b in bins], dtype=float)
    lower, upper = wilson_interval(hits, count)
    return pd.DataFrame(
        {
            "bin": np.arange(1, len(bins) + 1),
            "postings": count,
            "probability_mean": np.array([probability[b].mean() for b in bins], dtype=float),
            "share_right": hits / count,
            "share_right_lower": lower,
            "share_right_upper": upper,
        }
    )


def wilson_interval(hits: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper bound of the 95 % interval of a share (Wilson 1927); missing without rows.

    Examples
    --------
    >>> lower, upper = wilson_interval(np.array([8.0]), np.array([10]))
    >>> lower.round(3).tolist(), upper.round(3).tolist()
    ([0.49], [0.943])
    """
    rows = np.where(count > 0, count, np.nan)
    share, spread = hits / rows, NORMAL_QUANTILE**2 / rows
    middle = (share + spread / 2) / (1 + spread)
    half = np.sqrt(spread * share * (1 - share) + spread**2 / 4) / (1 + spread)
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def worst_pairs(judged: pd.DataFrame) -> pd.DataFrame:
    """What is taken for what, the most frequent confusion first.

    Returns
    -------
    pandas.DataFrame
        ``label_code``, ``label_name``, ``best_code``, ``best_name`` (empty where the coder named
        none) and ``postings``.  A best code within a coarser label contradicts it not, and a
        label that says nothing cannot be missed: neither is listed.
    """
    wrong = judged[(judged["among_alternatives"] == 0) & (judged["label"] != "")]
    within = [
        best.startswith(label) for label, best in zip(wrong["label"], wrong["best"], strict=True)
    ]
    pairs = wrong[~np.array(within, dtype=bool)].groupby(["label", "best"]).size()
    table = pairs.rename("postings").reset_index()
    table = table.sort_values(
        ["postings", "label", "best"], ascending=[False, True, True], ignore_index=True
    )
    name = load_occupations().name
    return pd.DataFrame(
        {
            "label_code": table["label"],
            "label_name": [name(code) for code in table["label"]],
            "best_code": table["best"],
            "best_name": [name(code) if code else "" for code in table["best"]],
            "postings": table["postings"],
        }
    )
