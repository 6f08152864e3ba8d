"""Sample paths of a hierarchy: errors of all nodes drawn together, every draw made to add up.

Panagiotelis, Gamakumara, Athanasopoulos and Hyndman (2023, European J. Operational Research
306, 693-706).  Errors are scaled to the spread of the base intervals, so the interval of a sum
reflects how its parts depend on each other; quantiles do not add up, draws do.
"""

from typing import NamedTuple

import numpy as np

from data.errors import EmptyInputError

from .minimum_trace import Projection, ShrunkCorrelation, non_negative_draws, standardised

PERIODS_TO_RESAMPLE = 40


class BaseForecasts(NamedTuple):
    """Base forecasts and their standard deviations, (n_nodes, n_periods); NaN where none."""

    means: np.ndarray
    spreads: np.ndarray
    periods: list[str]
    horizons: list[int]
    rejected: list[tuple[str, str]]


class OneStepErrors(NamedTuple):
    """What residuals say of one-step errors: deviations, correlation, and which nodes had few."""

    residuals: np.ndarray
    deviations: np.ndarray
    enough: np.ndarray
    correlation: ShrunkCorrelation


def base_draws(
    forecasts: BaseForecasts, errors: OneStepErrors, used: np.ndarray, n_draws: int, seed: int
) -> np.ndarray:
    """Draw errors of all nodes together around the base means, (n_used, n_draws, n_periods).

    With many periods the errors of one are taken, with a random sign as intervals are
    symmetric; with few, random mixtures of all periods, which have the same covariance without
    repeating a handful of values.  Errors at successive horizons are correlated like those of
    a random walk.
    """
    spreads = _spreads(forecasts, errors)[used]
    if np.isnan(spreads).any():
        raise EmptyInputError(
            "nothing to make intervals from",
            expected="upper bounds of the base forecasts, or residuals of some series",
            action="bring them, or ask for means only with levels=()",
        )
    random = np.random.default_rng(seed)
    known = np.where(errors.enough, errors.residuals, np.nan)[:, used]
    standard = standardised(known[np.isfinite(known).any(axis=1)])
    shape = (n_draws, spreads.shape[1])
    if len(standard) >= PERIODS_TO_RESAMPLE:
        picked = standard[random.integers(len(standard), size=shape)]
        shocks = picked * random.choice([-1.0, 1.0], size=(*shape, 1))
    else:
        mixture = random.standard_normal((*shape, len(standard)))
        shocks = mixture @ standard / np.sqrt(max(len(standard), 1))
    alone = ~errors.enough[used]
    shocks[..., alone] = random.standard_normal((*shape, int(alone.sum())))
    paths = np.cumsum(shocks, axis=1) / np.sqrt(np.arange(1, shape[1] + 1))[:, None]
    return forecasts.means[used][:, None] + np.moveaxis(paths, 2, 0) * spreads[:, None]


def _spreads(forecasts: BaseForecasts, errors: OneStepErrors) -> np.ndarray:
    """Standard deviations of base forecasts: of their intervals, else grown from residuals."""
    known = errors.deviations if errors.enough.any() else np.full(errors.enough.size, np.nan)
    grown = known[:, None] * np.sqrt(forecasts.horizons)
    return np.where(np.isfinite(forecasts.spreads), forecasts.spreads, grown)


def coherent_paths(
    draws: np.ndarray, summing: np.ndarray, mapping: Projection, clipped: bool
) -> np.ndarray:
    """Project every draw onto the hierarchy: shape (n_draws, n_nodes, n_periods)."""
    columns = draws.shape[1] * draws.shape[2]
    bottom = mapping.weights @ draws.reshape(len(draws), columns)
    negative = (bottom < 0).any(axis=0)
    if clipped and negative.any():
        bottom[:, negative] = non_negative_draws(bottom[:, negative], mapping.covariance)
    return np.moveaxis((summing @ bottom).reshape(len(summing), *draws.shape[1:]), 1, 0)
