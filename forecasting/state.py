"""The state that all smoothing models end in: level, trend and season, and how each moves.

ETS with additive errors, Theta and the seasonal naive method are one recursion with different
gains (Hyndman, Koehler, Ord and Snyder 2008, Forecasting with Exponential Smoothing, ch. 2;
Hyndman and Billah 2003 for Theta as smoothing with drift)::

    y[t]     = level[t-1] + φ trend[t-1] + season[t-m] + e[t]
    level[t] = level[t-1] + φ trend[t-1] + α e[t]
    trend[t] = φ trend[t-1] + β e[t]
    season[t] = season[t-m] + γ e[t]

and, where the season multiplies, the whole right side without season is multiplied by factors
that stay as they are.
"""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, slots=True)
class Gains:
    """How fast each part of the state follows the errors.

    Parameters
    ----------
    level, trend, season : float
        α, β and γ of the recursion above.
    damping : float
        φ, at most 1.
    """

    level: float = 0.0
    trend: float = 0.0
    season: float = 0.0
    damping: float = 1.0


@dataclass(frozen=True, slots=True)
class SmoothingState:
    """State at the origin of a forecast.

    Parameters
    ----------
    description : str
        Name of the fitted form.
    level, trend : float
        Level and trend at the origin, in units of the series.
    season : numpy.ndarray of shape (season_length,)
        Additive seasonal terms; entry 0 belongs to the first period ahead.
    factors : numpy.ndarray of shape (season_length,)
        Multiplicative seasonal factors in the same order; ones when the season adds.
    gains : Gains
        Gains of the recursion.
    error_deviation : float
        Standard deviation of the one-step errors, before the factors.
    notes : tuple of str
        What has to be said about the fit.
    """

    description: str
    level: float
    trend: float
    season: np.ndarray
    factors: np.ndarray
    gains: Gains
    error_deviation: float
    notes: tuple[str, ...] = ()

    def forecast(self, horizon: int) -> np.ndarray:
        """Point forecasts, shape (horizon,).

        Examples
        --------
        >>> zero, one = np.zeros(1), np.ones(1)
        >>> SmoothingState("drift", 10.0, 2.0, zero, one, Gains(), 1.0).forecast(3)
        array([12., 14., 16.])
        """
        steps = np.arange(horizon)
        growth = np.cumsum(self.gains.damping ** np.arange(1, horizon + 1)) * self.trend
        place = steps % self.season.size
        return (self.level + growth + self.season[place]) * self.factors[place]

    def append(self, values: np.ndarray) -> "SmoothingState":
        """Move the state on by further values; a missing one (NaN) counts as forecast.

        Examples
        --------
        >>> zero, one = np.zeros(1), np.ones(1)
        >>> state = SmoothingState("SES", 10.0, 0.0, zero, one, Gains(level=0.5), 1.0)
        >>> state.append(np.array([12.0, np.nan, 15.0])).level
        13.0
        """
        gains, level, trend = self.gains, self.level, self.trend
        season, length = self.season.tolist(), self.season.size
        factors = self.factors.tolist()
        for step, value in enumerate(np.asarray(values, dtype=float).tolist()):
            place = step % length
            trend *= gains.damping
            level += trend
            error = value / factors[place] - level - season[place]
            error = 0.0 if np.isnan(error) else error
            level += gains.level * error
            trend += gains.trend * error
            season[place] += gains.season * error
        return replace(
            self,
            level=level,
            trend=trend,
            season=np.roll(season, -len(values)),
            factors=np.roll(self.factors, -len(values)),
        )

    def simulate(self, horizon: int, draws: int, seed: int) -> np.ndarray:
        """Sample paths with normal errors, shape (draws, horizon)."""
        errors = np.random.default_rng(seed).normal(0, self.error_deviation, (draws, horizon))
        gains, length = self.gains, self.season.size
        level, trend = np.full(draws, self.level), np.full(draws, self.trend)
        season = np.tile(self.season, (draws, 1))
        paths = np.empty((draws, horizon))
        for step in range(horizon):
            place = step % length
            trend = gains.damping * trend
            level = level + trend
            paths[:, step] = (level + season[:, place] + errors[:, step]) * self.factors[place]
            level = level + gains.level * errors[:, step]
            trend = trend + gains.trend * errors[:, step]
            season[:, place] += gains.season * errors[:, step]
        return paths
