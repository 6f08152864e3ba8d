"""Which models were tried on a series, with what weight and error, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .combination import Combination
from .combined_forecast import CombinedForecast
from .models import Fitted, Model
from .past_origins import Backtest
from .weighting import POOLED, WeightedFit

UNKNOWN = float("nan")
IN_THE_MEAN = "in the mean, by its errors at past origins"
BESIDE = "stands beside to be beaten"


@dataclass(frozen=True, slots=True)
class ModelTried:
    """A model that was tried on a series.

    Parameters
    ----------
    model : str
        Its name.
    description : str
        What was fitted; empty where nothing could be.
    weight : float
        Weight in the main forecast.
    mean_absolute_error : float
        At the origins of the backtest, over all horizons; NaN where none was seen.
    reason : str
        Why it has no weight, or why it stands here at all.
    """

    model: str
    description: str
    weight: float
    mean_absolute_error: float
    reason: str


def members_tried(
    model: Combination, weighted: WeightedFit, ahead: CombinedForecast
) -> tuple[ModelTried, ...]:
    """Every member with its weight, in the order of the combination.

    Members that the history is too short for, or that failed, stand here with the reason.
    """
    fitted = weighted.fitted
    weights = dict(zip(fitted.names, ahead.weights.tolist(), strict=True))
    sizes = dict(zip(fitted.names, weighted.mean_absolute_errors, strict=True))
    descriptions = {
        name: member.description for name, member in zip(fitted.names, fitted.members, strict=True)
    }
    reasons = dict(text.split(" left out: ", 1) for text in ahead.left_out)
    names = [member.name for member in model.members]
    names += [name for name in reasons if name not in [*names, POOLED]]
    names += [POOLED] if POOLED in fitted.names else []
    return tuple(
        ModelTried(
            name,
            descriptions.get(name, ""),
            weights.get(name, 0.0),
            sizes.get(name, UNKNOWN),
            reasons.get(name, IN_THE_MEAN),
        )
        for name in names
    )


def tried_alone(model: Model, fitted: Fitted, backtest: Backtest) -> tuple[ModelTried, ...]:
    """Describe a model outside of the combination."""
    errors = np.abs(backtest.errors[np.isfinite(backtest.errors)])
    size = float(errors.mean()) if errors.size else UNKNOWN
    return (ModelTried(model.name, fitted.description, 0.0, size, BESIDE),)


def replaced(tried: Sequence[ModelTried], reason: str) -> tuple[ModelTried, ...]:
    """Take the weights away from members whose combination was replaced."""
    return tuple(
        replace(one, weight=0.0, reason=reason if one.reason == IN_THE_MEAN else one.reason)
        for one in tried
    )


def not_fitted(model: Combination, reason: str) -> tuple[ModelTried, ...]:
    """Describe members of which none gave a forecast."""
    return tuple(ModelTried(member.name, "", 0.0, UNKNOWN, reason) for member in model.members)
