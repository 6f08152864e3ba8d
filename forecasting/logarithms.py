"""A model of the logarithms: what adds there multiplies in the series.

Openings grow, swing and err in proportion to their size, which logarithms make constant (Box and
Cox 1964, J. Royal Statistical Society B 26, 211-252).  The forecast is the median of the series,
not its mean: it is what minimises absolute and percentage errors.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.errors import InputError

from .models import Fitted, Model

SMALLEST_SHARE_OF_MEAN = 0.01


@dataclass(frozen=True, slots=True)
class FittedOnLogarithms:
    """A model fitted to the logarithms of a history in multiples of its first value.

    Parameters
    ----------
    inner : Fitted
        The model of the logarithms.
    unit : float
        First value of the history.
    """

    inner: Fitted
    unit: float

    @property
    def description(self) -> str:
        """What was fitted to the logarithms."""
        return f"log {self.inner.description}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be said about the fit."""
        return self.inner.notes

    def forecast(self, horizon: int) -> np.ndarray:
        """Point forecasts in units of the series, shape (horizon,)."""
        return self._to_values(self.inner.forecast(horizon))

    def simulate(self, horizon: int, draws: int, seed: int) -> np.ndarray:
        """Sample paths in units of the series, shape (draws, horizon)."""
        return self._to_values(self.inner.simulate(horizon, draws, seed))

    def append(self, values: np.ndarray) -> "FittedOnLogarithms":
        """Go on with the logarithms of positive values; see `Fitted.append`.

        Raises
        ------
        InputError
            When a value is not positive.
        """
        if not np.nanmin(values) > 0:
            raise InputError("a model of logarithms goes on with positive values only")
        return FittedOnLogarithms(self.inner.append(np.log(values / self.unit)), self.unit)

    def _to_values(self, logarithms: np.ndarray) -> np.ndarray:
        # What overflows becomes infinite, and is left out of a combination as impossible.
        with np.errstate(over="ignore"):
            return np.exp(logarithms) * self.unit


class OnLogarithms(Model):
    """Fit a model to logarithms, or to the values where one of them is near zero.

    Parameters
    ----------
    inner : Model
        The model to fit; it keeps its name.

    Examples
    --------
    >>> from .exponential_smoothing import ExponentialSmoothing
    >>> growing = 1.1 ** np.arange(12)
    >>> OnLogarithms(ExponentialSmoothing()).fit(growing, 1).forecast(2).round(3)
    array([3.138, 3.452])
    """

    needs_complete = True

    def __init__(self, inner: Model) -> None:
        self.inner = inner
        self.name = inner.name

    def shortest(self, season_length: int) -> int:
        """As many observations as the model itself needs."""
        return self.inner.shortest(season_length)

    def fit(self, values: np.ndarray, season_length: int) -> Fitted:
        """Fit to a complete history; see `Model.fit`."""
        if not safely_positive(values):
            return self.inner.fit(values, season_length)
        # Against the first value, logarithms do not depend on the unit of the series.
        unit = float(values[0])
        return FittedOnLogarithms(self.inner.fit(np.log(values / unit), season_length), unit)

    def fit_prefixes(
        self, values: np.ndarray, season_length: int, origins: Sequence[int]
    ) -> Sequence[Fitted]:
        """Fit to every prefix, each by the rule that its own values call for."""
        positive = [origin for origin in origins if safely_positive(values[:origin])]
        others = [origin for origin in origins if origin not in positive]
        fits: dict[int, Fitted] = {}
        if positive:
            unit = float(values[0])
            logarithms = np.log(values[: positive[-1]] / unit)
            inner = self.inner.fit_prefixes(logarithms, season_length, positive)
            fits |= {
                origin: FittedOnLogarithms(fit, unit)
                for origin, fit in zip(positive, inner, strict=True)
            }
        if others:
            inner = self.inner.fit_prefixes(values, season_length, others)
            fits |= dict(zip(others, inner, strict=True))
        return [fits[origin] for origin in origins]


def safely_positive(values: np.ndarray) -> bool:
    """Whether all values are well above zero: a hundredth of their mean.

    Examples
    --------
    >>> safely_positive(np.array([5.0, 1.0])), safely_positive(np.array([5.0, 0.0]))
    (True, False)
    """
    return bool(values.min() > SMALLEST_SHARE_OF_MEAN * np.abs(values).mean())
