"""The whole distribution of a forecast: quantiles and sample paths behind its intervals.

Quantiles are read off the calibrated half-widths, so that an interval and its two quantiles are
the same.  Paths join the horizons by the correlation of a self-similar process with stationary
changes (Mandelbrot and Van Ness 1968, SIAM Review 10, 422-437), whose one parameter is the
growth of the errors in the horizon that the backtest has shown; each horizon alone keeps its
calibrated distribution (a Gaussian copula).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from data.errors import ConfigurationError
from data.whole_numbers import is_real, whole_number

from .intervals import ErrorScores

LEVELS = tuple(range(1, 100))
SMALLEST_GROWTH, LARGEST_GROWTH = 0.05, 0.98
LARGEST_PATH_COUNT = 100_000
LARGEST_SEED = 2**63 - 1
PROBABILITIES = (0.001, 0.999)


@dataclass(frozen=True, slots=True)
class ForecastDistribution:
    """Distribution of one series over all periods ahead.

    Parameters
    ----------
    mean : numpy.ndarray of shape (horizon,)
        Point forecast.
    widths : numpy.ndarray of shape (99, horizon)
        Half-widths of the intervals of 1 to 99 per cent.
    growth : float
        Exponent with which errors grow in the horizon.
    non_negative : bool
        Whether nothing may fall below zero.
    """

    mean: np.ndarray
    widths: np.ndarray
    growth: float
    non_negative: bool

    def quantiles(self, probabilities: Sequence[float]) -> np.ndarray:
        """Quantiles of every period, shape (n_probabilities, horizon).

        Parameters
        ----------
        probabilities : sequence of float
            Between 0.001 and 0.999.

        Raises
        ------
        ConfigurationError
            When a probability is out of that range.

        Examples
        --------
        >>> flat = np.tile(np.linspace(0.1, 9.9, 99)[:, None], 2)
        >>> known = ForecastDistribution(np.array([50.0, 60.0]), flat, 0.5, True)
        >>> known.quantiles([0.1, 0.5, 0.9]).round(1).tolist()
        [[42.0, 52.0], [50.0, 60.0], [58.0, 68.0]]
        """
        wanted = list(probabilities) if isinstance(probabilities, Iterable) else []
        if not wanted or not all(is_real(one, *PROBABILITIES) for one in wanted):
            raise ConfigurationError(
                "probabilities of quantiles",
                got=repr(probabilities)[:80],
                expected="a list of numbers, 0.001 to 0.999",
            )
        normal = np.repeat(stats.norm.ppf(wanted)[:, None], self.mean.size, axis=1)
        return self._at(normal)

    def sample_paths(self, draws: int, seed: int) -> np.ndarray:
        """Draw paths over all periods, shape (draws, horizon), the same for the same seed.

        Parameters
        ----------
        draws : int
            Paths, at most 100 000.
        seed : int
            Seed of the random numbers.

        Raises
        ------
        ConfigurationError
            When the number of paths is not between 1 and 100 000, or the seed is no whole
            number of at least 0.
        """
        draws = whole_number(draws, "sample paths", 1, LARGEST_PATH_COUNT)
        seed = whole_number(seed, "seed of the sample paths", 0, LARGEST_SEED)
        factor = np.linalg.cholesky(path_correlation(self.mean.size, self.growth))
        shocks = np.random.default_rng(seed).normal(size=(draws, self.mean.size))
        return self._at(shocks @ factor.T)

    def _at(self, normal: np.ndarray) -> np.ndarray:
        """Values at quantiles of the standard normal distribution, shape (n, horizon)."""
        levels = 100 * (2 * stats.norm.cdf(np.abs(normal)) - 1)
        beyond = np.maximum(np.abs(normal) / stats.norm.ppf(0.5 + LEVELS[-1] / 200), 1.0)
        known = np.concatenate([np.zeros((1, self.mean.size)), self.widths])
        distance = np.column_stack(
            [
                np.interp(levels[:, step], (0, *LEVELS), known[:, step])
                for step in range(self.mean.size)
            ]
        )
        values = self.mean + np.sign(normal) * distance * beyond
        return np.maximum(values, 0) if self.non_negative else values


def distribution_of(
    mean: np.ndarray, scores: ErrorScores, *, non_negative: bool
) -> ForecastDistribution:
    """Join a point forecast with the errors of its backtest."""
    widths = scores.half_widths(mean.size, LEVELS)
    return ForecastDistribution(mean, widths, scores.growth, non_negative)


def path_correlation(horizon: int, growth: float) -> np.ndarray:
    """Correlation of the errors at all horizons, shape (horizon, horizon).

    Examples
    --------
    >>> path_correlation(3, 0.5).round(2)  # a random walk
    array([[1.  , 0.71, 0.58],
           [0.71, 1.  , 0.82],
           [0.58, 0.82, 1.  ]])
    """
    power = 2 * min(max(growth, SMALLEST_GROWTH), LARGEST_GROWTH)
    steps = np.arange(1.0, horizon + 1)
    own = steps**power
    between = np.abs(steps[:, None] - steps) ** power
    covariance = (own[:, None] + own - between) / 2
    return np.asarray(covariance / np.sqrt(own[:, None] * own))
