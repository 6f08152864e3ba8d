"""Accuracy of coding, measured on hand-coded postings."""

import numpy as np
import pandas as pd

from data.reference.occupations import CODE_LENGTHS

from .candidates import UNIT_CODE_LENGTH
from .coder import CodingResult

BINS = 10
ALTERNATIVE_COLUMNS = ("also_right_1", "also_right_2")


def evaluate_coding(result: CodingResult, labels: pd.DataFrame) -> pd.Series:
    """Accuracy and calibration of a coding against hand codes.

    Parameters
    ----------
    result : CodingResult
    labels : pandas.DataFrame
        Columns ``posting_id``, ``occupation_code`` (the deepest sure code) and
        ``also_right_1``, ``also_right_2`` (further codes that an expert accepts).

    Returns
    -------
    pandas.Series
        Shares in [0, 1]: ``top_1`` and ``first_five`` of the postings labelled at 细类;
        ``among_alternatives`` and ``minor_group`` of all; ``calibration_error`` (expected
        calibration error over ten bins of equal mass, strict figures at 细类);
        ``share_distance`` (total variation between the shares of 小类 by probability and by
        label) and ``share_distance_naive`` (the same by best code); and ``postings``.
    """
    rows = labels.merge(result.coded, on="posting_id", suffixes=("_label", ""))
    label = rows["occupation_code_label"]
    best = rows["occupation_code"].fillna("")
    at_unit = label.str.len() == UNIT_CODE_LENGTH
    accepted = best == label
    for column in ALTERNATIVE_COLUMNS:
        accepted |= (best == rows[column]) & (best != "")
    minor = CODE_LENGTHS["minor"]
    first_five = [
        code in shown for code, shown in zip(label, rows["alternatives"].fillna(""), strict=True)
    ]
    right = (best == label)[at_unit].to_numpy(dtype=float)
    return pd.Series(
        {
            "postings": float(len(rows)),
            "top_1": right.mean(),
            "among_alternatives": accepted.mean(),
            "first_five": np.mean(np.asarray(first_five)[at_unit]),
            "minor_group": (best.str[:minor] == label.str[:minor])[label.str.len() >= minor].mean(),
            "calibration_error": calibration_error(
                rows.loc[at_unit, "probability"].to_numpy(), right
            ),
            "share_distance": _share_distance(_expected_shares(result, rows), label),
            "share_distance_naive": _share_distance(_counted_shares(best), label),
        }
    )


def calibration_error(probability: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error over ten bins of equal mass (Guo et al. 2017).

    Examples
    --------
    >>> four_of_five = np.tile([1.0, 1.0, 1.0, 1.0, 0.0], 20)
    >>> float(calibration_error(np.full(100, 0.8), four_of_five).round(6))
    0.0
    """
    order = np.argsort(probability, kind="stable")
    bins = np.array_split(order, min(BINS, len(order)))
    gaps = [abs(probability[b].mean() - right[b].mean()) * len(b) for b in bins]
    return sum(gaps) / len(order)


def _expected_shares(result: CodingResult, rows: pd.DataFrame) -> pd.Series:
    pairs = result.distribution[result.distribution["posting_id"].isin(rows["posting_id"])]
    group = pairs["occupation_code"].fillna("").str[: CODE_LENGTHS["minor"]]
    return pairs.groupby(group)["probability"].sum() / len(rows)


def _counted_shares(best: pd.Series) -> pd.Series:
    return best.str[: CODE_LENGTHS["minor"]].value_counts(normalize=True)


def _share_distance(shares: pd.Series, label: pd.Series) -> float:
    """Half the sum of absolute differences, over the labels known to 小类."""
    known = label[label.str.len() >= CODE_LENGTHS["minor"]].str[: CODE_LENGTHS["minor"]]
    truth = known.value_counts(normalize=True)
    estimate = shares[shares.index.str.len() == CODE_LENGTHS["minor"]]
    estimate = estimate / estimate.sum()
    return float(truth.sub(estimate, fill_value=0).abs().sum() / 2)
