"""The mean of several forms of one model, weighted by how well each describes the history.

The form with the lowest information criterion often leads by a hair, and one new value then
flips the choice and the forecast with it.  With Akaike's weights (Burnham and Anderson 2002,
Model Selection and Multimodel Inference, ch. 2; Kolassa 2011, Int. J. Forecasting 27, 238-251)
every form counts by its likelihood, and forms that hardly differ share the forecast.

On the origins that chose the members (`combination`), errors relative to Naive2 fell from .956 to
.942 for ETS and from .977 to .972 for ARIMA; in the combination by two thousandths.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from .models import Fitted

SMALLEST_WEIGHT = 0.05
SMALLEST_MEAN_SQUARE = 1e-12
Form = TypeVar("Form", bound=Fitted)


@dataclass(frozen=True, slots=True)
class AveragedFit(Generic[Form]):
    """Forms of one model, fitted to the same history.

    Parameters
    ----------
    members : tuple of Fitted
        The forms, the best one first.
    weights : tuple of float
        Their weights, which add up to one.
    """

    members: tuple[Form, ...]
    weights: tuple[float, ...]

    @property
    def description(self) -> str:
        """Names of the forms, with shares where there are several."""
        if len(self.members) == 1:
            return self.members[0].description
        pairs = zip(self.weights, self.members, strict=True)
        return ", ".join(f"{weight:.0%} {member.description}" for weight, member in pairs)

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be said about any of the fits, once."""
        return tuple(dict.fromkeys(note for member in self.members for note in member.notes))

    def forecast(self, horizon: int) -> np.ndarray:
        """Weighted mean of the point forecasts, shape (horizon,)."""
        paths = np.array([member.forecast(horizon) for member in self.members])
        return np.asarray(np.array(self.weights) @ paths)

    def simulate(self, horizon: int, draws: int, seed: int) -> np.ndarray:
        """Weighted mean of sample paths under the same shocks, shape (draws, horizon)."""
        pairs = zip(self.weights, self.members, strict=True)
        return np.asarray(
            sum(weight * member.simulate(horizon, draws, seed) for weight, member in pairs)
        )

    def append(self, values: np.ndarray) -> "AveragedFit[Fitted]":
        """Every form goes on, with the weight that it has; see `Fitted.append`."""
        return AveragedFit(tuple(member.append(values) for member in self.members), self.weights)


def corrected_information_criterion(mean_square: float, parameters: int, size: int) -> float:
    """AICc of normal errors, without the constant (Hurvich and Tsai 1989, Biometrika 76, 297).

    Parameters
    ----------
    mean_square : float
        Mean squared error, in units in which 1e-12 is as good as nothing.
    parameters : int
        Estimated ones, the error variance among them.
    size : int
        Observations.

    Examples
    --------
    >>> round(corrected_information_criterion(1.0, 2, 13), 2)  # 2·2 + 2·2·3/(13 - 2 - 1)
    5.2
    """
    likelihood = size * float(np.log(max(mean_square, SMALLEST_MEAN_SQUARE)))
    return likelihood + 2 * parameters * size / max(size - parameters - 1, 1)


def akaike_weights(criteria: Sequence[float]) -> np.ndarray:
    """Weights of forms from their information criteria; 0 for those that hardly count.

    Parameters
    ----------
    criteria : sequence of float
        AICc of every form, all for the same values.

    Returns
    -------
    numpy.ndarray of shape (n_forms,)
        Shares of at least a twentieth, or 0; they add up to one.

    Examples
    --------
    >>> akaike_weights([100.0, 102.0, 120.0]).round(2)
    array([0.73, 0.27, 0.  ])
    """
    distance = np.asarray(criteria, dtype=float) - min(criteria)
    likelihood = np.exp(-distance / 2)
    shares = likelihood / likelihood.sum()
    # With very many equal forms all would be small: the best one always stays.
    shares[(shares < SMALLEST_WEIGHT) & (distance > 0)] = 0
    return np.asarray(shares / shares.sum())
