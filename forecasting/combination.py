"""The plain mean of several models, and what stands in for it when a history is short.

Combinations beat selection, and the plain mean is hard to beat (Timmermann 2006, Handbook of
Economic Forecasting 1, ch. 4; Makridakis, Spiliotis and Assimakopoulos 2020, M4, Int. J.
Forecasting 36, 54-74).  A member that cannot be fitted, or whose forecast leaves all bounds, is
left out with a reason that the result carries.

Rules by length, with m periods in a season and n observed ones:

====================  ==============================================================
fewer than m          the last observation (``naive``)
m to 2m (at least 5)  the last observation of the same season (``seasonal_naive``)
more                  ``mean(ets,theta)``, or the member that is left
====================  ==============================================================
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from data.errors import InputError

from .exponential_smoothing import ExponentialSmoothing
from .models import Fitted, Model
from .seasonal_naive import Naive, SeasonalNaive
from .theta import Theta

RANGES_BEYOND_HISTORY = 3.0


@dataclass(frozen=True, slots=True)
class FittedCombination:
    """Members fitted to one history.

    Parameters
    ----------
    names : tuple of str
        Names of the members that were fitted.
    members : tuple of Fitted
        The members, in the same order.
    failures : tuple of str
        Why others could not be fitted.
    bounds : tuple of float
        Lowest and highest forecast that is taken for possible.
    """

    names: tuple[str, ...]
    members: tuple[Fitted, ...]
    failures: tuple[str, ...]
    bounds: tuple[float, float]

    @property
    def description(self) -> str:
        """What was fitted, member by member."""
        return " + ".join(member.description for member in self.members)

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be said about the members' fits."""
        return tuple(note for member in self.members for note in member.notes)

    def label(self, horizon: int) -> str:
        """Name for results: ``mean(ets,theta)``, or the member's name when only one is left."""
        names = [name for name, _, sane in self._paths(horizon) if sane]
        return names[0] if len(names) == 1 else f"mean({','.join(names)})"

    def left_out(self, horizon: int) -> tuple[str, ...]:
        """Reason for every member that does not enter the mean."""
        low, high = self.bounds
        wild = tuple(
            f"{name} left out: its forecast leaves the range from {low:.6g} to {high:.6g}"
            for name, _, sane in self._paths(horizon)
            if not sane
        )
        return self.failures + wild

    def forecast(self, horizon: int) -> np.ndarray:
        """Mean of the members that stay within bounds, shape (horizon,).

        Raises
        ------
        InputError
            When no member stays within bounds.
        """
        paths = [path for _, path, sane in self._paths(horizon) if sane]
        if not paths:
            raise InputError("no model gives a possible forecast", which=self.left_out(horizon))
        return np.mean(paths, axis=0)

    def simulate(self, horizon: int, draws: int, seed: int) -> np.ndarray:
        """Mean of the members' sample paths under the same shocks, shape (draws, horizon)."""
        sane = [sane for _, _, sane in self._paths(horizon)]
        chosen = [member for member, kept in zip(self.members, sane, strict=True) if kept]
        return np.mean([member.simulate(horizon, draws, seed) for member in chosen], axis=0)

    def _paths(self, horizon: int) -> list[tuple[str, np.ndarray, bool]]:
        low, high = self.bounds
        paths = [member.forecast(horizon) for member in self.members]
        return [
            (name, path, bool(np.isfinite(path).all() and low <= path.min() and path.max() <= high))
            for name, path in zip(self.names, paths, strict=True)
        ]


class Combination(Model):
    """Plain mean of its members.

    Parameters
    ----------
    members : sequence of Model
        Models to combine; each must need complete histories or accept them.
    """

    needs_complete = True

    def __init__(self, members: Sequence[Model]) -> None:
        self.members = tuple(members)
        self.name = f"mean({','.join(member.name for member in self.members)})"

    def shortest(self, season_length: int) -> int:
        """Fewest observations that every member can be fitted to."""
        return max(member.shortest(season_length) for member in self.members)

    def fit(self, values: np.ndarray, season_length: int) -> FittedCombination:
        """Fit every member; see `Model.fit`."""
        names, fits, failures = self._fit_members(lambda m: [m.fit(values, season_length)])
        return _combined(names, fits, failures, values, 0)

    def fit_prefixes(
        self, values: np.ndarray, season_length: int, origins: Sequence[int]
    ) -> list[FittedCombination]:
        """Fit every member at every origin; see `Model.fit_prefixes`."""
        names, fits, failures = self._fit_members(
            lambda member: member.fit_prefixes(values, season_length, origins)
        )
        return [
            _combined(names, fits, failures, values[:origin], place)
            for place, origin in enumerate(origins)
        ]

    def _fit_members(
        self, fit: Callable[[Model], Sequence[Fitted]]
    ) -> tuple[list[str], list[Sequence[Fitted]], list[str]]:
        """Names and fits of the members that can be fitted, and why the others cannot."""
        names, fits, failures = [], [], []
        for member in self.members:
            try:
                fits.append(fit(member))
                names.append(member.name)
            except InputError as error:
                failures.append(f"{member.name} left out: {error}")
        if not fits:
            raise InputError("no model can be fitted", which=failures)
        return names, fits, failures


def _combined(
    names: list[str],
    fits: list[Sequence[Fitted]],
    failures: list[str],
    values: np.ndarray,
    place: int,
) -> FittedCombination:
    """Combine the members' fits at one origin, the one at this place."""
    members = tuple(fit[place] for fit in fits)
    return FittedCombination(tuple(names), members, tuple(failures), _bounds(values))


def model_for(n_observed: int, season_length: int, members: Sequence[Model] = ()) -> Model:
    """Model that a history of this length can bear, by the rules above.

    Parameters
    ----------
    n_observed, season_length : int
        Observations, and periods in a season.
    members : sequence of Model, optional
        Members of the combination; ETS and Theta when empty.

    Examples
    --------
    >>> [model_for(n, 4).name for n in (3, 8, 9)]
    ['naive', 'seasonal_naive', 'mean(ets,theta)']
    """
    if n_observed < season_length:
        return Naive()
    if n_observed <= max(2 * season_length, 5):
        return benchmark_for(season_length)
    candidates = members or (ExponentialSmoothing(), Theta())
    usable = [member for member in candidates if member.shortest(season_length) <= n_observed]
    return Combination(usable) if usable else benchmark_for(season_length)


def benchmark_for(season_length: int) -> Model:
    """Give the forecast to beat: seasonal naive, or naive where there is no season."""
    return SeasonalNaive() if season_length > 1 else Naive()


def _bounds(values: np.ndarray) -> tuple[float, float]:
    """Widen the range of the history by a multiple of its size on both sides."""
    low, high = float(values.min()), float(values.max())
    room = RANGES_BEYOND_HISTORY * (high - low) + 1e-6 * max(abs(low), abs(high), 1.0)
    return low - room, high + room
