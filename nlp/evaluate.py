"""Accuracy of coding, measured on hand-coded postings."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.reference.occupations import CODE_LENGTHS

from .coding_result import CodingResult
from .evaluation_tables import (
    POSTINGS_AT_LEAST,
    PRECISION,
    accuracy_by_major_group,
    accuracy_by_source,
    coverage_at_precision,
    equal_mass_bins,
    precision_by_coverage,
    reliability,
    worst_pairs,
)
from .judge import SHARE_MEASURES, judge

COVERAGE = f"coverage_at_precision_{100 * PRECISION:.0f}"
# Resampled at most so many at a time, so that memory does not grow with the resamples.
RESAMPLES_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class EvaluationParameters:
    """How sure the measures are said to be.

    Parameters
    ----------
    resamples : int
        Bootstrap samples of the postings.
    interval : float
        Coverage of the intervals.
    seed : int
        Seed of the resampling.
    """

    resamples: int = 500
    interval: float = 0.95
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well postings are coded.

    Parameters
    ----------
    measures : pandas.DataFrame
        ``measure`` (as `evaluate_coding` names them), ``value``, ``lower``, ``upper`` and
        ``postings``, the number that the value rests on.
    by_source, by_major_group, precision_by_coverage, reliability, worst_pairs : pandas.DataFrame
        As the functions of `nlp.evaluation_tables` return them.
    """

    measures: pd.DataFrame
    by_source: pd.DataFrame
    by_major_group: pd.DataFrame
    precision_by_coverage: pd.DataFrame
    reliability: pd.DataFrame
    worst_pairs: pd.DataFrame


def evaluate(
    result: CodingResult, labels: pd.DataFrame, parameters: EvaluationParameters | None = None
) -> Evaluation:
    """Every table of a coding's quality against hand codes.

    Parameters
    ----------
    result : CodingResult
    labels : pandas.DataFrame
        As `nlp.judge.judge` takes them.
    parameters : EvaluationParameters, optional

    Raises
    ------
    EmptyInputError
        When no posting is both labelled and coded.
    """
    judged = judge(result, labels)
    return Evaluation(
        measures=_measures(judged, result.distribution, parameters or EvaluationParameters()),
        by_source=accuracy_by_source(judged),
        by_major_group=accuracy_by_major_group(judged),
        precision_by_coverage=precision_by_coverage(judged),
        reliability=reliability(judged),
        worst_pairs=worst_pairs(judged),
    )


def evaluate_coding(result: CodingResult, labels: pd.DataFrame) -> pd.Series:
    """Accuracy and calibration of a coding against hand codes.

    Parameters
    ----------
    result : CodingResult
    labels : pandas.DataFrame
        As `nlp.judge.judge` takes them.

    Returns
    -------
    pandas.Series
        ``postings``, then shares in [0, 1], missing where no posting has a say: those of
        `nlp.judge.SHARE_MEASURES`; ``coverage_at_precision_95`` (the largest share of the
        postings, surest first, of which 95 % are right, alternatives counting as right; missing
        below thirty postings); ``calibration_error`` (expected calibration error over ten bins
        of equal mass, against the label, of those labelled at 细类); ``share_distance`` (total
        variation between the openings shares of 小类 by probability and by label) and
        ``share_distance_naive`` (the same by best code).

    Raises
    ------
    EmptyInputError
        When no posting is both labelled and coded.
    """
    judged = judge(result, labels)
    return pd.Series({"postings": float(len(judged))} | _values(judged, result.distribution))


def calibration_error(probability: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error over ten bins of equal mass (Guo et al. 2017).

    Examples
    --------
    >>> four_of_five = np.tile([1.0, 1.0, 1.0, 1.0, 0.0], 20)
    >>> float(calibration_error(np.full(100, 0.8), four_of_five).round(6))
    0.0
    """
    bins = equal_mass_bins(probability)
    gaps = [abs(probability[b].mean() - right[b].mean()) * len(b) for b in bins]
    return sum(gaps) / len(probability)


def _values(judged: pd.DataFrame, distribution: pd.DataFrame) -> dict[str, float]:
    curve = precision_by_coverage(judged)
    enough = len(judged) >= POSTINGS_AT_LEAST
    at_unit = judged[judged["top_1"].notna()]
    error = (
        calibration_error(at_unit["probability"].to_numpy(), at_unit["top_1"].to_numpy())
        if len(at_unit)
        else np.nan
    )
    return {
        **{str(name): float(share) for name, share in judged[list(SHARE_MEASURES)].mean().items()},
        COVERAGE: coverage_at_precision(curve) if enough else np.nan,
        "calibration_error": float(error),
        "share_distance": _share_distance(judged, _pairs(judged, distribution)),
        "share_distance_naive": _share_distance(
            judged, judged.rename(columns={"best": "occupation_code"}).assign(probability=1.0)
        ),
    }


def _measures(
    judged: pd.DataFrame, distribution: pd.DataFrame, parameters: EvaluationParameters
) -> pd.DataFrame:
    values = pd.Series(_values(judged, distribution))
    bounds = bootstrap_intervals(judged, parameters).reindex(values.index)
    counts = judged[list(SHARE_MEASURES)].count().reindex(values.index, fill_value=len(judged))
    counts["calibration_error"] = counts["top_1"]
    return pd.DataFrame(
        {
            "measure": values.index,
            "value": values.to_numpy(),
            "lower": bounds["lower"].to_numpy(),
            "upper": bounds["upper"].to_numpy(),
            "postings": counts.to_numpy(),
        }
    )


def bootstrap_intervals(judged: pd.DataFrame, parameters: EvaluationParameters) -> pd.DataFrame:
    """Percentile intervals of the shares and of the coverage, over resampled postings.

    Efron (1979).  Distances have none: noise adds to a distance, so that resampled ones lie
    above that of the sample and bound nothing.

    Parameters
    ----------
    judged : pandas.DataFrame
        As `nlp.judge.judge` returns it.
    parameters : EvaluationParameters

    Returns
    -------
    pandas.DataFrame
        ``lower`` and ``upper``, indexed by the measure; a measure without postings has no row.
    """
    generator = np.random.default_rng(parameters.seed)
    rows = judged.sort_values("probability", ascending=False, kind="stable")
    size, drawn = len(rows), []
    for first in range(0, parameters.resamples, RESAMPLES_AT_ONCE):
        count = min(RESAMPLES_AT_ONCE, parameters.resamples - first)
        times = generator.multinomial(size, np.full(size, 1 / size), size=count)
        drawn.append(np.column_stack([_shares(rows, times), _coverages(rows, times)]))
    estimates = pd.DataFrame(np.vstack(drawn), columns=[*SHARE_MEASURES, COVERAGE])
    if size < POSTINGS_AT_LEAST:
        estimates = estimates.drop(columns=COVERAGE)
    tail = (1 - parameters.interval) / 2
    bounds = estimates.dropna(axis="columns", how="all").quantile([tail, 1 - tail])
    return bounds.T.set_axis(["lower", "upper"], axis="columns")


def _shares(rows: pd.DataFrame, times: np.ndarray) -> np.ndarray:
    """Shares of each resample, shape (n_resamples, n_measures), from how often each row stands."""
    holds = rows[list(SHARE_MEASURES)].to_numpy()
    applies = times @ ~np.isnan(holds)
    return times @ np.nan_to_num(holds) / np.where(applies > 0, applies, np.nan)


def _coverages(rows: pd.DataFrame, times: np.ndarray) -> np.ndarray:
    """Coverage at the precision of each resample; the rows stand from sure to unsure."""
    coded = (rows["best"] != "").to_numpy()
    probability = rows.loc[coded, "probability"].to_numpy()
    ends = np.append(np.flatnonzero(np.diff(probability)), len(probability) - 1)
    times_coded = times[:, coded]
    postings = times_coded.cumsum(axis=1)[:, ends]
    accepted = (times_coded * rows.loc[coded, "among_alternatives"].to_numpy()).cumsum(axis=1)
    precise = accepted[:, ends] / np.maximum(postings, 1) >= PRECISION
    reached = precise & (postings >= POSTINGS_AT_LEAST)
    return np.where(reached, postings, 0).max(axis=1, initial=0) / len(rows)


def _pairs(judged: pd.DataFrame, distribution: pd.DataFrame) -> pd.DataFrame:
    """Probabilities of the judged postings, with their openings."""
    columns = ["posting_id", "occupation_code", "probability"]
    return distribution[columns].merge(judged[["posting_id", "openings"]], on="posting_id")


def _share_distance(judged: pd.DataFrame, estimated: pd.DataFrame) -> float:
    """Half the sum of absolute differences of openings shares, over what is known to 小类."""
    truth = _minor_group_shares(judged["label"], judged["openings"])
    openings = estimated["openings"] * estimated["probability"]
    estimate = _minor_group_shares(estimated["occupation_code"].fillna(""), openings)
    if truth.empty or estimate.empty:
        return np.nan
    return float(truth.sub(estimate, fill_value=0).abs().sum() / 2)


def _minor_group_shares(codes: pd.Series, openings: pd.Series) -> pd.Series:
    length = CODE_LENGTHS["minor"]
    known = (codes.str.len() >= length) & (openings > 0)
    sums = openings[known].groupby(codes[known].str[:length]).sum()
    return sums / sums.sum()
