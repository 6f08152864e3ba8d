"""The public formula: points of the indicators, their weighted mean, and intervals of ranks.

Points are absolute where the indicator has a meaning of its own, so that a catalog may be empty:
a 求人倍率 of 1 gives 50 points, whatever the other occupations have.

====================  =====================================================================
indicator             points
====================  =====================================================================
vacancy_ratio         100 · r / (1 + r), the share of openings in openings and seekers
openings              share of all occupations' openings in occupations no larger than this
openings_growth       50 + 50 · tanh(growth % / 20)
wage_growth           50 + 50 · tanh(growth % a year / 10)
days_open             100 · d / (d + 30)
training_shortfall    the shortfall itself, per cent
====================  =====================================================================
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from .tables import TIGHTNESS_INDICATORS

INTERVAL = (5, 95)
DRAWN_AT_ONCE = 200
PROPORTIONAL_TO_OPENINGS = ("openings", "vacancy_ratio")
NORMAL_90 = float(stats.norm.ppf(0.95))


@dataclass(frozen=True, slots=True)
class ScoreParameters:
    """Weights of the formula and the draws behind the intervals.

    Parameters
    ----------
    weights : mapping of str to float
        Weight of each indicator; those present are rescaled to sum to one.
    largest_employer_share_counted : float
        Share with which one employer counts at most in the points of ``openings``.
    draws, seed : int
        Number of random draws behind the intervals, and their seed.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    largest_employer_share_counted: float = 0.30
    draws: int = 1_000
    seed: int = 1


def score_occupations(
    indicators: pd.DataFrame, largest_employer_share: pd.Series, parameters: ScoreParameters
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score and rank occupations.

    Parameters
    ----------
    indicators : pandas.DataFrame
        Contract `catalog.tables.INDICATORS`, one quarter.
    largest_employer_share : pandas.Series, index 细类 code
        Share of the largest employer in the openings.
    parameters : ScoreParameters

    Returns
    -------
    scores : pandas.DataFrame, index 细类 code
        ``score``, ``score_lower``, ``score_upper`` (points) and ``rank``, ``rank_lower``,
        ``rank_upper``; ``weight_present`` is the share of the weights whose indicators are
        known and ``tightness_points`` the mean points of those of tightness.  An occupation
        without any of tightness has neither score nor rank.
    indicators : pandas.DataFrame
        The indicators with ``points``.
    """
    values = {name: _matrix(indicators, name) for name in ("value", "lower", "upper")}
    occupations, names = values["value"].index, list(values["value"].columns)
    counted = _counted_share(largest_employer_share.reindex(occupations), parameters)
    points = _points(values["value"].to_numpy(), names, counted)
    weights = np.array([parameters.weights.get(name, 0.0) for name in names])
    tightness = _weighted(points, weights * np.isin(names, TIGHTNESS_INDICATORS))
    unknown = np.isnan(tightness)
    draws = _draw_scores(values, names, counted, weights, parameters)
    draws[:, unknown] = np.nan
    scores = pd.DataFrame(
        {
            "score": np.where(unknown, np.nan, _weighted(points, weights)),
            "weight_present": np.isfinite(points) @ weights / weights.sum(),
            "tightness_points": tightness,
        },
        index=occupations,
    )
    scores = scores.join(_intervals(draws, scores["score"]))
    return scores, _with_points(indicators, pd.DataFrame(points, occupations, names))


def _matrix(indicators: pd.DataFrame, column: str) -> pd.DataFrame:
    return indicators.set_index(["occupation_code", "indicator"])[column].unstack()  # noqa: PD010


def _counted_share(largest: pd.Series, parameters: ScoreParameters) -> np.ndarray:
    """Share of openings that counts once the largest employer is capped."""
    cap = parameters.largest_employer_share_counted
    capped = (1 - largest) / (1 - cap) if cap < 1 else pd.Series(1.0, largest.index)
    return np.where(largest > cap, capped, 1.0)


def _points(values: np.ndarray, names: list[str], counted: np.ndarray) -> np.ndarray:
    points = np.empty_like(values, dtype=float)
    for column, name in enumerate(names):
        given = values[:, column] * counted if name == "openings" else values[:, column]
        points[:, column] = POINTS[name](given)
    return np.clip(points, 0, 100)


def _share_in_no_larger(openings: np.ndarray) -> np.ndarray:
    """Share of all openings that lies in occupations with no more openings, ties included."""
    order = np.sort(openings[np.isfinite(openings)])
    cumulative = np.concatenate([[0.0], np.cumsum(order)])
    found = cumulative[np.searchsorted(order, openings, side="right")]
    total = max(cumulative[-1], np.finfo(float).tiny)
    return np.where(np.isfinite(openings), 100 * found / total, np.nan)


POINTS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "vacancy_ratio": lambda ratio: 100 * ratio / (1 + ratio),
    "openings": _share_in_no_larger,
    "openings_growth": lambda growth: 50 + 50 * np.tanh(growth / 20),
    "wage_growth": lambda growth: 50 + 50 * np.tanh(growth / 10),
    "days_open": lambda days: 100 * days / (days + 30),
    "training_shortfall": lambda shortfall: shortfall,
}


def _weighted(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
    present = np.isfinite(points) * weights
    total = present.sum(axis=1)
    weighted = np.nansum(points * weights, axis=1)
    return np.divide(weighted, total, out=np.full(len(points), np.nan), where=total > 0)


def _draw_scores(
    values: dict[str, pd.DataFrame],
    names: list[str],
    counted: np.ndarray,
    weights: np.ndarray,
    parameters: ScoreParameters,
) -> np.ndarray:
    """Scores under random draws of the indicators, shape (draws, occupations).

    Openings are drawn from a gamma distribution; the 求人倍率, which rests on them, moves in
    proportion.  The other indicators are normal.
    """
    generator = np.random.default_rng(parameters.seed)
    value, lower, upper = (values[n].to_numpy(dtype=float) for n in ("value", "lower", "upper"))
    deviation = np.nan_to_num((upper - lower) / (2 * NORMAL_90))
    proportional = np.isin(names, PROPORTIONAL_TO_OPENINGS)
    shape = _gamma_shape(value, deviation, names)
    draws = np.empty((parameters.draws, len(value)))
    for row in range(parameters.draws):
        drawn = value + generator.standard_normal(value.shape) * deviation
        factor = generator.gamma(shape) / shape
        drawn[:, proportional] = value[:, proportional] * factor[:, np.newaxis]
        draws[row] = _weighted(_points(drawn, names, counted), weights)
    return draws


def _gamma_shape(value: np.ndarray, deviation: np.ndarray, names: list[str]) -> np.ndarray:
    """Shape of the gamma distribution with the mean and standard deviation of the openings."""
    column = names.index("openings")
    mean = value[:, column]
    relative = np.divide(deviation[:, column], mean, out=np.zeros_like(mean), where=mean > 0)
    return 1 / np.clip(relative, 1e-6, 1e2) ** 2


def _intervals(draws: np.ndarray, score: pd.Series) -> pd.DataFrame:
    """Ranks of the scores, and the 90 % intervals of score and rank; widened to hold both."""
    ranks = score.rank(ascending=False, method="min")
    ranked = score.notna().to_numpy()
    result = pd.DataFrame({"rank": ranks}, index=score.index)
    for name in ("score_lower", "score_upper", "rank_lower", "rank_upper"):
        result[name] = np.nan
    if ranked.any():
        scored = draws[:, ranked]
        drawn_ranks = np.vstack(
            [stats.rankdata(-scored[i : i + DRAWN_AT_ONCE], axis=1, method="min")
             for i in range(0, len(scored), DRAWN_AT_ONCE)]
        )  # fmt: skip
        for name, table, own in (("score", scored, score), ("rank", drawn_ranks, ranks)):
            low, high = np.percentile(table, INTERVAL, axis=0)
            own_values = own[ranked].to_numpy()
            result.loc[ranked, f"{name}_lower"] = np.minimum(low, own_values)
            result.loc[ranked, f"{name}_upper"] = np.maximum(high, own_values)
    result[["rank_lower", "rank_upper"]] = result[["rank_lower", "rank_upper"]].round()
    return result


def _with_points(indicators: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    long = points.rename_axis("occupation_code").reset_index()
    long = long.melt("occupation_code", var_name="indicator", value_name="points")
    return indicators.drop(columns="points").merge(
        long, how="left", on=["occupation_code", "indicator"], validate="one_to_one"
    )
