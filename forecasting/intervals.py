"""Intervals from the errors that a rolling-origin backtest has seen.

The half-width at horizon h and level L is ``q(L) · h^p · scale``:

- absolute errors are divided by the square root of the level of the series at their origin, as
  the spread of counts grows with the root of their size, and multiplied back at the end;
- the growth ``p`` is the slope of log error on log horizon, shrunk to that of a random walk
  (0.5) and kept within 0 and 1, so that widths never fall with the horizon;
- all horizons are pooled; ``q`` is the mean of the split-conformal quantile with its correction
  for small samples (Vovk, Gammerman and Shafer 2005; Stankevičiūtė, Alaa and van der Schaar
  2021, NeurIPS, for several horizons) and the quantile of Student's t with as many degrees of
  freedom as origins less one, which is calmer where a backtest has few.

Errors of neighbouring origins overlap, so the effective sample is the number of origins, not
of errors, and coverage is approximate: it is measured on real series, not guaranteed.
"""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from .backtest import Backtest, scale_at

FEWEST_ORIGINS = 3
RANDOM_WALK_GROWTH = 0.5
PRIOR_WEIGHT = 5.0
SMALLEST_SCALE_SHARE = 0.25


def half_widths(
    backtest: Backtest,
    values: np.ndarray,
    season_length: int,
    horizon: int,
    levels: Sequence[int],
) -> np.ndarray:
    """Half-widths of the intervals around a point forecast.

    Parameters
    ----------
    backtest : Backtest
        Errors of the model at past origins. With errors at fewer than three origins, the
        changes of the series itself, that is the errors of the naive forecast, stand in.
    values : numpy.ndarray of shape (n_periods,)
        History; NaN where missing.
    season_length, horizon : int
        Periods in a season, and periods forecast.
    levels : sequence of int
        Nominal coverages, per cent, ascending.

    Returns
    -------
    numpy.ndarray of shape (n_levels, horizon)
        Never negative, and never smaller at a higher level or a longer horizon.
    """
    if np.isfinite(backtest.errors).any(axis=1).sum() < FEWEST_ORIGINS:
        backtest = errors_of_changes(values, season_length, horizon)
    scaled = backtest.errors / root_scale(backtest.scales, values)[:, None]
    seen = np.isfinite(scaled)
    growth = error_growth(scaled)
    scores = np.abs(scaled / _widening(scaled.shape[1], growth))[seen]
    origins = int(seen.any(axis=1).sum())
    quantiles = [score_quantile(scores, origins, level / 100) for level in levels]
    now = root_scale(np.array([scale_at(values, season_length)]), values)[0]
    return np.maximum.accumulate(quantiles)[:, None] * _widening(horizon, growth) * now


def _widening(horizon: int, growth: float) -> np.ndarray:
    """How many times wider than one step ahead, for every horizon."""
    return np.arange(1, horizon + 1) ** growth


def errors_of_changes(values: np.ndarray, season_length: int, horizon: int) -> Backtest:
    """Take the errors of the naive forecast from every origin of a short history.

    They reach ``horizon`` periods ahead, or further where a gap has to be crossed.
    """
    observed = np.flatnonzero(~np.isnan(values))
    origins = (observed[:-1] + 1).tolist()
    reach = max(horizon, int(np.diff(observed).max()))
    errors = np.full((len(origins), reach), np.nan)
    for row, origin in enumerate(origins):
        ahead = values[origin : origin + reach]
        errors[row, : ahead.size] = ahead - values[origin - 1]
    scales = np.array([scale_at(values[:origin], season_length) for origin in origins])
    return Backtest(tuple(origins), errors, scales)


def root_scale(scales: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Square root of the level of a series, kept away from zero.

    A level below a quarter of the whole history's mean is raised to that: in a run of zeros an
    error would otherwise count without bound.

    Examples
    --------
    >>> root_scale(np.array([0.0, 9.0]), np.array([4.0, 4.0]))
    array([1., 3.])
    """
    usual = float(np.nanmean(np.abs(values)))
    return np.sqrt(np.maximum(scales, SMALLEST_SCALE_SHARE * usual or 1.0))


def error_growth(errors: np.ndarray) -> float:
    """Exponent with which errors grow in the horizon, within 0 and 1.

    Parameters
    ----------
    errors : numpy.ndarray of shape (n_origins, horizon)
        Scaled errors; NaN where unknown.

    Examples
    --------
    >>> error_growth(np.ones((12, 1)))
    0.5
    """
    counts = np.isfinite(errors).sum(axis=0)
    squares = np.nansum(errors**2, axis=0)
    used = squares > 0
    if used.sum() < 2:
        return RANDOM_WALK_GROWTH
    weights = counts[used]
    horizon = np.log(np.flatnonzero(used) + 1)
    size = np.log(squares[used] / weights) / 2
    horizon = horizon - np.average(horizon, weights=weights)
    size = size - np.average(size, weights=weights)
    cross = np.sum(weights * horizon * size) + PRIOR_WEIGHT * RANDOM_WALK_GROWTH
    return float(np.clip(cross / (np.sum(weights * horizon**2) + PRIOR_WEIGHT), 0, 1))


def score_quantile(scores: np.ndarray, origins: int, level: float) -> float:
    """Quantile of absolute scores with small-sample corrections.

    Parameters
    ----------
    scores : numpy.ndarray of shape (n_scores,)
        Absolute errors on a common scale.
    origins : int
        Origins they come from: the effective sample.
    level : float
        Nominal coverage, between 0 and 1.

    Examples
    --------
    >>> round(score_quantile(np.linspace(0, 1, 101), 1000, 0.8), 1)
    0.8
    """
    spread = float(np.sqrt(np.mean(scores**2)))
    normal_theory = spread * float(stats.t.ppf((1 + level) / 2, max(origins - 1, 1)))
    corrected = level * (1 + 1 / origins)
    if corrected < 1:
        conformal = float(np.quantile(scores, corrected))
    else:
        # No quantile this far out was ever observed: take what theory gives beyond the largest.
        conformal = max(normal_theory, float(scores.max()))
    return (conformal + normal_theory) / 2
