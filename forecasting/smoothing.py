"""Least squares for additive exponential smoothing: all gains of a grid, at many origins, at once.

One-step errors are linear in the initial state (Hyndman, Koehler, Ord and Snyder 2008, ch. 5),
so for each set of gains the best initial state is a small regression, and its cross products
add up over time: one pass over a history fits every prefix of it exactly.  A fixed grid in
place of an optimiser cannot stop half-way or depend on a starting point, and one pass for six
forms and twelve origins takes less time than one numerical maximisation.  It serves the backtest
and is where statsmodels starts for the published forecast (`statsmodels_engine`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .state import Gains, SmoothingState

RIDGE = 1e-11


def standardise(values: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Values with mean 0 and deviation 1 (0 if constant), the mean, and the deviation."""
    centre = float(values.mean())
    scale = float(values.std())
    if scale <= 1e-12 * max(abs(centre), 1.0):
        return np.zeros_like(values), centre, 1.0
    return (values - centre) / scale, centre, scale


def prefix_products(
    values: np.ndarray, grid: np.ndarray, season_length: int, origins: Sequence[int]
) -> np.ndarray:
    """Cross products of the one-step errors and their derivatives by the initial state.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_periods,)
        Complete history.
    grid : numpy.ndarray of shape (n_points, 4)
        Gains of level, trend and season, and damping.
    season_length : int
        Periods in a season; 1 for none.
    origins : sequence of int
        Ascending lengths of the prefixes.

    Returns
    -------
    numpy.ndarray of shape (n_origins, n_points, 2 + season_length, 2 + season_length)
        Row and column 0 belong to the errors from an initial state of zero, 1 to the initial
        level, 2 to the trend, the rest to the seasonal terms but the last, which is minus their
        sum.
    """
    size = 2 + season_length
    products = np.zeros((len(origins), len(grid), size, size))
    total = np.zeros((len(grid), size, size))
    rows = _error_rows(values[: origins[-1]], grid, season_length)
    start = 0
    for place, origin in enumerate(origins):
        segment = rows[start:origin].transpose(1, 0, 2)
        total = total + segment.transpose(0, 2, 1) @ segment
        products[place] = total
        start = origin
    return products


def _error_rows(values: np.ndarray, grid: np.ndarray, season_length: int) -> np.ndarray:
    """Errors (column 0) and their derivatives by the initial state, (n_periods, n_points, size)."""
    size = 2 + season_length
    alpha, beta, gamma, phi = (grid[:, [column]] for column in range(4))
    level, trend = np.zeros((len(grid), size)), np.zeros((len(grid), size))
    season = np.zeros((season_length, len(grid), size))
    level[:, 1], trend[:, 2] = 1, 1
    for term in range(season_length - 1):
        season[term, :, 3 + term], season[-1, :, 3 + term] = 1, -1
    rows = np.empty((values.size, len(grid), size))
    for time, value in enumerate(values):
        place = time % season_length
        trend = phi * trend
        level = level + trend
        error = rows[time]
        np.negative(level + season[place], out=error)
        error[:, 0] += value
        level += alpha * error
        trend += beta * error
        season[place] += gamma * error
    return rows


def best_initial_states(products: np.ndarray, free: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Least-squares initial states and sums of squared errors of every grid point.

    Parameters
    ----------
    products : numpy.ndarray of shape (n_points, size, size)
        Cross products at one origin.
    free : sequence of int
        Columns of the initial state that the form has; the others stay zero.

    Returns
    -------
    numpy.ndarray of shape (n_points, size - 1)
        Initial states.
    numpy.ndarray of shape (n_points,)
        Sums of squared one-step errors.
    """
    columns = np.asarray(free)
    normal = products[:, columns[:, None], columns]
    weight = np.trace(normal, axis1=1, axis2=2) / columns.size
    normal = normal + RIDGE * weight[:, None, None] * np.eye(columns.size)
    right = products[:, columns, 0]
    solution = -np.linalg.solve(normal, right[:, :, None])[:, :, 0]
    squares = products[:, 0, 0] + np.einsum("pk,pk->p", right, solution)
    states = np.zeros((len(products), products.shape[1] - 1))
    states[:, columns - 1] = solution
    return states, np.maximum(squares, 0)


def run(
    values: np.ndarray, gains: Gains, initial: np.ndarray, season_length: int
) -> tuple[float, float, np.ndarray, np.ndarray]:
    """Level, trend and seasonal terms (in the order ahead) at the end, and the one-step errors.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_periods,)
        Complete history.
    gains : Gains
        Gains of the recursion.
    initial : numpy.ndarray of shape (1 + season_length,)
        Initial level and trend, and seasonal terms but the last.
    season_length : int
        Periods in a season.
    """
    level, trend = float(initial[0]), float(initial[1])
    season = [*map(float, initial[2:]), -float(initial[2:].sum())]
    errors = np.empty(values.size)
    for time, value in enumerate(values.tolist()):
        place = time % season_length
        trend *= gains.damping
        level += trend
        error = value - level - season[place]
        level += gains.level * error
        trend += gains.trend * error
        season[place] += gains.season * error
        errors[time] = error
    return level, trend, np.roll(season, -(values.size % season_length)), errors


@dataclass(frozen=True, slots=True)
class Specification:
    """All that determines additive smoothing of one history.

    Parameters
    ----------
    trend : str
        N, A or Ad (damped).
    season : str
        N, A, or M where the season was taken out by factors.
    values : numpy.ndarray of shape (n_periods,)
        History without its multiplicative season.
    gains : Gains
        Gains of the recursion.
    neighbours : tuple of Gains
        Lowest and highest gains that were not found to be worse.
    initial : numpy.ndarray of shape (1 + season_length,)
        Initial level and trend, and seasonal terms but the last.
    factors : numpy.ndarray
        Multiplicative factors in the order ahead, or a single one.
    parameters : int
        Estimated parameters without the error variance.
    """

    trend: str
    season: str
    values: np.ndarray
    gains: Gains
    neighbours: tuple[Gains, Gains]
    initial: np.ndarray
    factors: np.ndarray
    parameters: int

    @property
    def description(self) -> str:
        """Name of the form, such as ``ETS(A,Ad,A)``."""
        return f"ETS(A,{self.trend},{self.season})"

    def final_state(self) -> SmoothingState:
        """State after the history, with the error deviation for the estimated parameters."""
        season_length = self.initial.size - 1
        level, trend, season, errors = run(self.values, self.gains, self.initial, season_length)
        freedom = max(self.values.size - self.parameters, 1)
        length = max(season.size, self.factors.size)
        return SmoothingState(
            self.description,
            level,
            trend,
            np.resize(season, length),
            np.resize(self.factors, length),
            self.gains,
            float(np.sqrt(np.sum(errors**2) / freedom)),
        )
