"""What a forecasting model is: it is fitted to a history, then forecasts, simulates, or goes on.

A model that cannot serve a history (too short, not positive, …) raises `InputError` with the
reason; the caller decides what stands in.  Every further member keeps this interface.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class Fitted(Protocol):
    """A model fitted to one history."""

    @property
    def description(self) -> str:
        """What was fitted, such as ``ETS(A,Ad,A)``."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be said about the fit: warnings of the numerical library."""
        ...

    def forecast(self, horizon: int) -> np.ndarray:
        """Point forecasts, shape (horizon,)."""
        ...

    def simulate(self, horizon: int, draws: int, seed: int) -> np.ndarray:
        """Sample paths, shape (draws, horizon), the same for the same seed."""
        ...

    def append(self, values: np.ndarray) -> "Fitted":
        """Go on to a later origin: further values move the state, parameters stay.

        Parameters
        ----------
        values : numpy.ndarray of shape (n_later,)
            What came after the history, finite if the model needs it complete.
        """
        ...


class Model(Protocol):
    """A way to forecast one series.

    Subclass it to inherit `fit_prefixes`; override that where a backtest can be had faster.
    """

    name: str
    needs_complete: bool
    """Whether gaps must be filled before fitting."""

    def shortest(self, season_length: int) -> int:
        """Fewest observations that can be fitted."""
        ...

    def fit(self, values: np.ndarray, season_length: int) -> Fitted:
        """Fit to a history; the forecast of this fit is the published one.

        Parameters
        ----------
        values : numpy.ndarray of shape (n_periods,)
            History in the order of time, finite if the model needs it complete.
        season_length : int
            Periods in a season; 1 for none.

        Raises
        ------
        InputError
            When the model cannot serve this history.
        """
        ...

    def fit_prefixes(
        self, values: np.ndarray, season_length: int, origins: Sequence[int]
    ) -> Sequence[Fitted]:
        """Fit to the first ``origin`` values for each origin, seeing nothing beyond it.

        These fits serve the backtest.  They may be found by a faster way than the published
        one, as long as both forecast the same.
        """
        return [self.fit(values[:origin], season_length) for origin in origins]
