"""The seasonal naive forecast: what was last seen in the same season; the floor to beat."""

import numpy as np

from data.errors import InputError

from .models import Model
from .state import Gains, SmoothingState


class SeasonalNaive(Model):
    """Last observation of the same season; without a season, the last observation.

    Gaps need no filling: the last value that was observed in the season counts.

    Examples
    --------
    >>> SeasonalNaive().fit(np.array([1.0, 2, 3, 4, 5, np.nan, 7, 8]), 4).forecast(5)
    array([5., 2., 7., 8., 5.])
    """

    name = "seasonal_naive"
    needs_complete = False

    def shortest(self, season_length: int) -> int:
        """One full season."""
        return season_length

    def fit(self, values: np.ndarray, season_length: int) -> SmoothingState:
        """Take the last season; see `Model.fit`."""
        last = np.array([_last(values[phase::season_length]) for phase in range(season_length)])
        if np.isnan(last).any():
            raise InputError(
                "too few observations for the seasonal naive forecast",
                got=f"{int(np.isnan(last).sum())} of {season_length} seasons never observed",
            )
        changes = values[season_length:] - values[:-season_length]
        seen = changes[~np.isnan(changes)]
        deviation = float(np.sqrt(np.mean(seen**2))) if seen.size else 0.0
        season = np.roll(last, -(values.size % season_length))
        return SmoothingState(
            "SeasonalNaive" if season_length > 1 else "Naive",
            level=0.0,
            trend=0.0,
            season=season,
            factors=np.ones(season_length),
            gains=Gains(season=1.0),
            error_deviation=deviation,
        )


class Naive(SeasonalNaive):
    """Last observation, for histories too short to know a season."""

    name = "naive"

    def shortest(self, season_length: int) -> int:
        """One observation."""
        return 1

    def fit(self, values: np.ndarray, season_length: int) -> SmoothingState:
        """Take the last value; see `Model.fit`."""
        return super().fit(values, 1)


def _last(values: np.ndarray) -> float:
    seen = values[~np.isnan(values)]
    return float(seen[-1]) if seen.size else np.nan
