"""Sample paths of a hierarchy: errors of all nodes drawn together, every draw made to add up.

Panagiotelis, Gamakumara, Athanasopoulos and Hyndman (2023, European J. Operational Research
306, 693-706).  Errors are scaled to the spread of the base intervals at every level that is
brought, so heavy tails stay heavy, and the interval of a sum reflects how its parts depend on
each other; quantiles do not add up, draws do.
"""

from collections.abc import Callable

import numpy as np

from data.errors import EmptyInputError

from .base_forecasts import BaseForecasts, OneStepErrors
from .minimum_trace import standardised

PERIODS_TO_RESAMPLE = 40


def base_draws(
    forecasts: BaseForecasts, errors: OneStepErrors, used: np.ndarray, n_draws: int, seed: int
) -> np.ndarray:
    """Draw errors of all nodes together around the base means, (n_used, n_draws, n_periods).

    With many periods the errors of one are taken, with a random sign as intervals are
    symmetric; with few, random mixtures of all periods, which have the same covariance without
    repeating a handful of values.  Errors at successive horizons are correlated like those of
    a random walk.
    """
    spreads = _spreads(forecasts, errors)[:, used]
    if np.isnan(spreads).any():
        raise EmptyInputError(
            "nothing to make intervals from",
            expected="upper bounds of the base forecasts, or residuals of some series",
            action="bring them, or ask for means only with levels=()",
        )
    random = np.random.default_rng(seed)
    known = np.where(errors.enough, errors.residuals, np.nan)[:, used]
    standard = standardised(known[np.isfinite(known).any(axis=1)])
    shape = (n_draws, spreads.shape[2])
    if len(standard) >= PERIODS_TO_RESAMPLE:
        picked = standard[random.integers(len(standard), size=shape)]
        shocks = picked * random.choice([-1.0, 1.0], size=(*shape, 1))
    else:
        mixture = random.standard_normal((*shape, len(standard)))
        shocks = mixture @ standard / np.sqrt(max(len(standard), 1))
    alone = ~errors.enough[used]
    shocks[..., alone] = random.standard_normal((*shape, int(alone.sum())))
    paths = np.cumsum(shocks, axis=1) / np.sqrt(np.arange(1, shape[1] + 1))[:, None]
    scaled = _scaled(np.moveaxis(paths, 2, 0), spreads, forecasts.normal_quantiles)
    return forecasts.means[used][:, None] + scaled


def _spreads(forecasts: BaseForecasts, errors: OneStepErrors) -> np.ndarray:
    """Standard deviations of base forecasts: of their intervals, else grown from residuals."""
    known = errors.deviations if errors.enough.any() else np.full(errors.enough.size, np.nan)
    grown = known[:, None] * np.sqrt(forecasts.horizons)
    return np.where(np.isfinite(forecasts.spreads), forecasts.spreads, grown)


def _scaled(standard: np.ndarray, spreads: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Turn standard errors (n_nodes, n_draws, n_periods) into errors of the base forecasts.

    Between two levels the spread goes linearly from that of the one to that of the other.
    """
    sizes = np.abs(standard)
    spread = np.broadcast_to(spreads[0][:, None], standard.shape)
    for level in range(1, len(spreads)):
        below, above = quantiles[level - 1 : level + 1]
        share = np.clip((sizes - below) / (above - below), 0, 1)
        spread = spread + share * (spreads[level] - spreads[level - 1])[:, None]
    return np.asarray(standard * spread)


def without_negatives(
    bottom: np.ndarray,
    parts: np.ndarray,
    covariance: np.ndarray,
    programme: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> np.ndarray:
    """Bottom forecasts with which no series without parts falls below zero.

    Parameters
    ----------
    bottom : numpy.ndarray of shape (n_bottom, n_columns)
        Coherent forecasts, or draws of them.
    parts : numpy.ndarray of shape (n_parts, n_bottom)
        The series without parts as sums of the bottom series, which are the last of them.
    covariance : numpy.ndarray of shape (n_bottom, n_bottom)
        Covariance of the errors of ``bottom``.
    programme : callable
        `non_negative` or `non_negative_draws`.
    """
    negative = (parts @ bottom < 0).any(axis=0)
    if not negative.any():
        return bottom
    result = bottom.copy()
    solved = programme(parts @ bottom[:, negative], parts @ covariance @ parts.T)
    result[:, negative] = _rest_kept(solved[-len(bottom) :], parts[: -len(bottom)])
    return result


def _rest_kept(bottom: np.ndarray, remainders: np.ndarray) -> np.ndarray:
    """Scale series down that would leave less than nothing, by rounding or few iterations."""
    for row in remainders:
        taken = row < 0
        available = np.maximum(row, 0) @ bottom
        asked = -row[taken] @ bottom[taken]
        bottom[taken] *= np.minimum(1, available / np.where(asked > 0, asked, 1))
    return bottom
