"""The forecasts of a combination's members, which of them are possible, and their mean."""

from dataclasses import dataclass

import numpy as np

from data.errors import InputError

FAR_WORSE = "its errors at past origins are many times those of the best"


@dataclass(frozen=True, slots=True)
class CombinedForecast:
    """What every member forecasts.

    Parameters
    ----------
    names : tuple of str
        Names of the members.
    paths : numpy.ndarray of shape (n_members, horizon)
        Point forecasts of every member.
    given_weights : tuple of float
        Weight of every member; equal ones when empty.  Those that err far more than the best at
        past origins have none.
    bounds : tuple of float
        Lowest and highest forecast that is taken for possible.
    failures : tuple of str
        Why further members could not be fitted.

    Examples
    --------
    >>> paths = np.array([[10.0, 11.0], [12.0, 13.0], [50.0, 900.0]])
    >>> ahead = CombinedForecast(("a", "b", "c"), paths, (), (0.0, 100.0), ())
    >>> ahead.label, ahead.mean
    ('mean(a,b)', array([11., 12.]))
    >>> ahead.left_out
    ('c left out: its forecast leaves the range from 0 to 100',)
    """

    names: tuple[str, ...]
    paths: np.ndarray
    given_weights: tuple[float, ...]
    bounds: tuple[float, float]
    failures: tuple[str, ...]

    @property
    def is_possible(self) -> np.ndarray:
        """Whether a member's forecast is finite and within bounds, shape (n_members,)."""
        low, high = self.bounds
        inside = (self.paths >= low) & (self.paths <= high)
        return np.asarray(inside.all(axis=1))

    @property
    def label(self) -> str:
        """Name for results: ``mean(ets,theta)``, or the member's name when only one is left."""
        names = [self.names[place] for place in np.flatnonzero(self.is_possible & self._is_wanted)]
        return names[0] if len(names) == 1 else f"mean({','.join(names)})"

    @property
    def left_out(self) -> tuple[str, ...]:
        """Reason for every member that does not enter the mean."""
        low, high = self.bounds
        wild = f"its forecast leaves the range from {low:.6g} to {high:.6g}"
        reasons = [
            (name, wild if wanted else FAR_WORSE)
            for name, possible, wanted in zip(
                self.names, self.is_possible, self._is_wanted, strict=True
            )
            if not (possible and wanted)
        ]
        return self.failures + tuple(f"{name} left out: {reason}" for name, reason in reasons)

    @property
    def weights(self) -> np.ndarray:
        """Weight of every member, 0 for those out of bounds; they add up to one.

        Raises
        ------
        InputError
            When no member stays within bounds.
        """
        given = self.given_weights or np.ones(len(self.names))
        weights = np.where(self.is_possible, given, 0.0)
        if not weights.any():
            raise InputError("no model gives a possible forecast", which=self.left_out)
        return np.asarray(weights / weights.sum())

    @property
    def mean(self) -> np.ndarray:
        """Weighted mean of the members that stay within bounds, shape (horizon,).

        Raises
        ------
        InputError
            When no member stays within bounds.
        """
        weights = self.weights
        used = np.flatnonzero(weights)
        return np.asarray(weights[used] @ self.paths[used])

    @property
    def _is_wanted(self) -> np.ndarray:
        """Whether a member was given any weight, shape (n_members,)."""
        return np.array(self.given_weights or np.ones(len(self.names))) > 0
