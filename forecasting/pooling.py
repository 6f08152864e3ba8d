"""Which series of a table share the common autoregression, and its forecasts for each of them.

Series share it that are dated alike, as those of one table of industries or districts are: at
each past origin, the series that have it among theirs are forecast together, so none sees beyond
it.  Undated series, numbered ones such as those of a competition, need not have anything in
common and have none; nor have fewer than five.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.errors import InputError

from .pooled_autoregression import lags_for, pooled_autoregression
from .preparation import Prepared
from .series import TimeSeries

FEWEST_SERIES = 5
MOST_SERIES = 400
UNDATED = "whole number"


@dataclass(frozen=True, slots=True)
class GivenPath:
    """A forecast that was made elsewhere, as a fitted model.

    Parameters
    ----------
    path : numpy.ndarray of shape (horizon,)
        Point forecasts.
    """

    path: np.ndarray

    @property
    def description(self) -> str:
        """What was fitted."""
        return "autoregression common to the series of the table"

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing has to be said."""
        return ()

    def forecast(self, horizon: int) -> np.ndarray:
        """Point forecasts, shape (horizon,).

        Raises
        ------
        InputError
            When it was not made that far ahead.
        """
        return as_far_as(horizon, self.path, "a forecast made elsewhere")

    def simulate(self, horizon: int, draws: int, seed: int) -> np.ndarray:
        """Give the point forecast as every path: nothing is known of its errors."""
        return np.tile(self.forecast(horizon), (draws, 1))

    def append(self, values: np.ndarray) -> "GivenPath":
        """Leave behind what has come; the rest stays as it was forecast."""
        return GivenPath(self.path[values.size :])


def as_far_as(horizon: int, ahead: np.ndarray, what: str) -> np.ndarray:
    """Cut what was made ahead to a horizon.

    Raises
    ------
    InputError
        When it was not made that far ahead.

    Examples
    --------
    >>> as_far_as(2, np.array([5.0, 6.0, 7.0]), "a plan")
    array([5., 6.])
    """
    if horizon > ahead.size:
        raise InputError(
            f"{what} ends before the horizon",
            got=f"{ahead.size} periods",
            expected=f"{horizon}",
            action="fit again instead of going on",
        )
    return ahead[:horizon]


def pooled_forecasts(
    series: Sequence[TimeSeries], prepared: Sequence[Prepared | None], horizon: int
) -> list[np.ndarray | None]:
    """Forecast the series of a table together.

    Parameters
    ----------
    series : sequence of TimeSeries
        Series of the table.
    prepared : sequence of Prepared or None
        What models see of each; nothing for a series that is not forecast by a combination.
    horizon : int
        Periods ahead.

    Returns
    -------
    list of numpy.ndarray of shape (n_origins + 1, horizon) or None
        For every series forecasts from its past origins and, last, from its end; nothing for a
        series that shares too little with others.
    """
    paths: list[np.ndarray | None] = [None] * len(series)
    rows = [len(one.known) if one else 0 for one in prepared]
    found: list[dict[int, np.ndarray]] = [{} for _ in series]
    for key, members in _together(series, prepared).items():
        histories = [prepared[place].known[row] for place, row in members]  # type: ignore[union-attr]
        forecasts = _forecast(histories, key[0], horizon)
        for (place, row), path in zip(members, forecasts, strict=True):
            found[place][row] = path
    for place, known in enumerate(found):
        path = np.array([known[row] for row in sorted(known)])
        if known and len(path) == rows[place] and np.isfinite(path).all():
            paths[place] = path
    return paths


def _together(
    series: Sequence[TimeSeries], prepared: Sequence[Prepared | None]
) -> dict[tuple[int, str, int, int], list[tuple[int, int]]]:
    """Series and row of their origin, by season, form and step of the periods, and the origin."""
    groups = defaultdict(list)
    for place, (one, ready) in enumerate(zip(series, prepared, strict=True)):
        if ready is None or one.periods.form == UNDATED:
            continue
        skipped = one.observations.size - ready.values.size
        shortest = lags_for(one.season_length)
        for row, known in enumerate(ready.known):
            last = one.periods.first + (skipped + known.size - 1) * one.periods.step
            if known.size > shortest:
                key = (one.season_length, one.periods.form, one.periods.step, last)
                groups[key].append((place, row))
    return {key: members for key, members in groups.items() if len(members) >= FEWEST_SERIES}


def _forecast(
    histories: Sequence[np.ndarray], season_length: int, horizon: int
) -> list[np.ndarray]:
    """Forecast histories together, in parts of at most as many as memory should hold."""
    parts = -(-len(histories) // MOST_SERIES)
    paths: list[np.ndarray] = [np.full(horizon, np.nan)] * len(histories)
    for part in range(parts):
        # Every so many-th series: neighbours in a table are often alike.
        places = range(part, len(histories), parts)
        found = pooled_autoregression([histories[p] for p in places], season_length, horizon)
        for place, path in zip(places, found or [], strict=False):
            paths[place] = path
    return paths
