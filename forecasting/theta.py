"""Theta: simple smoothing with half the slope of the trend line as its drift.

Assimakopoulos and Nikolopoulos (2000, Int. J. Forecasting 16, 521-530) in the form of Hyndman
and Billah (2003, 19, 287-290).  The published forecast is that of the `ThetaModel` of statsmodels
(`statsmodels_engine`, with the times of both).  The origins of a backtest are fitted by the
recursion below, where a direct search finds the smoothing gain some ten times faster.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from data.errors import InputError

from .models import Fitted, Model
from .seasonality import Adjusted, adjust, ahead, has_season, unadjusted
from .smoothing import standardise
from .state import Gains, SmoothingState
from .statsmodels_engine import publish_theta

SMALLEST_GAIN, LARGEST_GAIN = 1e-4, 1 - 1e-4
POINTS = 41
ROUNDS = 3
CONSTANT_NOTE = "theta: a constant history goes on as it is, without the fit of statsmodels"


class Theta(Model):
    """The Theta method, seasonally adjusted only when the season is significant.

    Examples
    --------
    >>> Theta().fit(np.tile([3.0, 1.0, 2.0, 6.0], 6), 4).forecast(4).round(2)
    array([3., 1., 2., 6.])
    """

    name = "theta"
    needs_complete = True

    def shortest(self, season_length: int) -> int:
        """Enough for a slope; the season needs three full ones and is otherwise left in."""
        return 5

    def fit(self, values: np.ndarray, season_length: int) -> Fitted:
        """Fit to a complete history by statsmodels; see `Model.fit`.

        A history that is constant after adjustment stays with the recursion, and a note says
        so: the regression of statsmodels drops its intercept there, and the forecast is wrong.
        """
        adjusted, state = self._smooth(values, season_length)
        if not standardise(adjusted.values)[0].any():
            return replace(state, notes=(CONSTANT_NOTE,))
        return publish_theta(values, season_length, adjusted, state)

    def fit_prefixes(
        self, values: np.ndarray, season_length: int, origins: Sequence[int]
    ) -> list[SmoothingState]:
        """Fit to every prefix by the fast recursion; see `Model.fit_prefixes`."""
        return [self._smooth(values[:origin], season_length)[1] for origin in origins]

    def _smooth(self, values: np.ndarray, season_length: int) -> tuple[Adjusted, SmoothingState]:
        """Seasonally adjusted values, and the state that the recursion ends in."""
        if values.size < self.shortest(season_length):
            raise InputError(
                "too few observations for Theta",
                got=values.size,
                expected=f"at least {self.shortest(season_length)}",
            )
        seasonal = has_season(values, season_length)
        adjusted = adjust(values, season_length) if seasonal else unadjusted(values)
        drift = _slope(adjusted.values) / 2
        gain, level, deviation = _simple_smoothing(adjusted.values)
        start = (1 - (1 - gain) ** values.size) / gain - 1
        indices = ahead(adjusted.indices, values.size)
        nothing = np.zeros(indices.size)
        return adjusted, SmoothingState(
            description="Theta" + ("(M)" if adjusted.multiplicative else "(A)") * seasonal,
            level=level + drift * start,
            trend=drift,
            season=nothing if adjusted.multiplicative else indices,
            factors=indices if adjusted.multiplicative else nothing + 1,
            gains=Gains(level=gain),
            error_deviation=deviation,
        )


def _slope(values: np.ndarray) -> float:
    """Slope of the least-squares line through time."""
    time = np.arange(values.size) - (values.size - 1) / 2
    return float(time @ values / (time @ time))


def _simple_smoothing(values: np.ndarray) -> tuple[float, float, float]:
    """Gain with the least squares, last level and error deviation; starts at the first value."""
    low, high = SMALLEST_GAIN, LARGEST_GAIN
    for _ in range(ROUNDS):
        gains = np.linspace(low, high, POINTS)
        squares, levels = _squares(values, gains)
        best = int(np.argmin(squares))
        width = (high - low) / (POINTS - 1)
        low, high = max(gains[best] - width, low), min(gains[best] + width, high)
    deviation = np.sqrt(squares[best] / max(values.size - 2, 1))
    return float(gains[best]), float(levels[best]), float(deviation)


def _squares(values: np.ndarray, gains: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    level = np.full(gains.size, values[0])
    squares = np.zeros(gains.size)
    for value in values.tolist():
        error = value - level
        squares += error * error
        level = level + gains * error
    return squares, level
