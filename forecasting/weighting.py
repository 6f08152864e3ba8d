"""Weights of a combination from the errors of its members at past origins.

Every member is fitted to the history without its outliers (`breaks`), at its end and at past
origins.  A weight is the inverse square of the member's mean absolute error, shrunk to the plain
mean: ``n / (n + 24)`` of it counts where n origins have been seen, as few origins tell little
(Diebold and Pauly 1990, Int. J. Forecasting 6, 503-508).  Powers of 1, 2 and 4 and shrinkage of
0, 6 and 24 origins were compared on the origins that chose the members: all lie within half a
per cent, and without shrinkage they are worse than the plain mean.

The combination of a past origin has the weights that were known then, from targets observed by
then, so the errors of the combination are honest ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .backtest import Backtest, scale_at
from .breaks import Breaks, find_breaks
from .combination import Combination, FittedCombination, possible_range
from .models import Fitted, Model
from .seasonality import fill_gaps

POWER = 2.0
PRIOR_ORIGINS = 24.0
SMALLEST_ERROR_SHARE = 1e-9


@dataclass(frozen=True, slots=True)
class WeightedFit:
    """A combination fitted, weighted and backtested.

    Parameters
    ----------
    fitted : FittedCombination
        The published combination.
    backtest : Backtest
        Its errors at past origins, under the weights that were known there.
    breaks : Breaks
        Outliers and level shifts of the history as of its end.
    mean_absolute_errors : tuple of float
        Of every member that was fitted, over all origins; NaN where none was seen.
    """

    fitted: FittedCombination
    backtest: Backtest
    breaks: Breaks
    mean_absolute_errors: tuple[float, ...]


def fit_weighted(
    model: Combination,
    values: np.ndarray,
    season_length: int,
    horizon: int,
    origins: Sequence[int],
) -> WeightedFit:
    """Fit a combination, weigh its members, and backtest both.

    Parameters
    ----------
    model : Combination
        Its members.
    values : numpy.ndarray of shape (n_periods,)
        History; NaN where missing, first and last observed.
    season_length, horizon : int
        Periods in a season, and periods to forecast.
    origins : sequence of int
        Past origins, ascending; may be empty.

    Raises
    ------
    InputError
        When no member can be fitted, or none gives a possible forecast.
    """
    complete = fill_gaps(values, season_length)
    breaks = find_breaks(complete, season_length)
    histories = cleaned_prefixes(complete, season_length, origins)

    def fits(member: Model) -> list[Fitted]:
        past = [
            fit
            for history, known_at in histories
            for fit in member.fit_prefixes(history, season_length, known_at)
        ]
        return [*past, member.fit(breaks.cleaned, season_length)]

    names, members, failures = model.fit_members(fits)
    ends = [*origins, values.size]
    errors = np.stack([_errors(fits, values, horizon, origins) for fits in members])
    combined = [
        FittedCombination(
            tuple(names),
            tuple(fits[place] for fits in members),
            tuple(failures),
            possible_range(complete[:end]),
            weights_at(end, origins, errors),
        )
        for place, end in enumerate(ends)
    ]
    of_combination = np.full((len(origins), horizon), np.nan)
    for row, origin in enumerate(origins):
        actual = values[origin : origin + horizon]
        of_combination[row, : actual.size] = actual - combined[row].forecast(horizon)[: actual.size]
    scales = np.array([scale_at(values[:origin], season_length) for origin in origins])
    backtest = Backtest(tuple(origins), of_combination, scales)
    return WeightedFit(combined[-1], backtest, breaks, _mean_absolute(errors))


def weights_at(end: int, origins: Sequence[int], errors: np.ndarray) -> tuple[float, ...]:
    """Weights of the members, from what was observed before ``end``.

    Parameters
    ----------
    end : int
        Observations known.
    origins : sequence of int
        Past origins.
    errors : numpy.ndarray of shape (n_members, n_origins, horizon)
        Errors of every member.

    Examples
    --------
    >>> errors = np.array([[[1.0], [1.0]], [[3.0], [9.0]]])
    >>> weights_at(11, [10, 11], errors)  # the target of the second origin is unknown
    (0.516, 0.484)
    """
    members, _, horizon = errors.shape
    targets = np.asarray(origins, dtype=int)[:, None] + np.arange(1, horizon + 1)
    known = (targets <= end) & np.isfinite(errors).all(axis=0)
    seen = int(known.any(axis=1).sum())
    if seen == 0:
        return (1 / members,) * members
    sizes = np.abs(errors[:, known]).mean(axis=1)
    if not sizes.any():
        return (1 / members,) * members
    # A member without any error would take all the weight, whatever the others' errors are.
    sizes = np.maximum(sizes, SMALLEST_ERROR_SHARE * sizes.max())
    inverse = (sizes / sizes.min()) ** -POWER
    share = seen / (seen + PRIOR_ORIGINS)
    weights = share * inverse / inverse.sum() + (1 - share) / members
    return tuple(weights.round(15).tolist())


def cleaned_prefixes(
    complete: np.ndarray, season_length: int, origins: Sequence[int]
) -> list[tuple[np.ndarray, list[int]]]:
    """Histories without the outliers that were known at past origins, and those origins.

    Neighbouring origins that know of the same outliers share one history, with the replacements
    that the first of them has found, so that a model can fit them in one pass.
    """
    groups: list[tuple[Breaks, list[int]]] = []
    for origin in origins:
        found = find_breaks(complete[:origin], season_length)
        if groups and groups[-1][0].outliers == found.outliers:
            groups[-1][1].append(origin)
        else:
            groups.append((found, [origin]))
    histories = []
    for found, known_at in groups:
        history = complete[: known_at[-1]].copy()
        places = list(found.outliers)
        history[places] = found.cleaned[places]
        histories.append((history, known_at))
    return histories


def _errors(
    fits: Sequence[Fitted], values: np.ndarray, horizon: int, origins: Sequence[int]
) -> np.ndarray:
    """Errors of one member, an impossible forecast counting with the bound that it leaves."""
    errors = np.full((len(origins), horizon), np.nan)
    for row, origin in enumerate(origins):
        actual = values[origin : origin + horizon]
        low, high = possible_range(values[:origin])
        path = np.nan_to_num(fits[row].forecast(horizon), nan=high, posinf=high, neginf=low)
        errors[row, : actual.size] = actual - np.clip(path, low, high)[: actual.size]
    return errors


def _mean_absolute(errors: np.ndarray) -> tuple[float, ...]:
    seen = np.isfinite(errors).all(axis=0)
    if not seen.any():
        return (float("nan"),) * len(errors)
    return tuple(np.abs(errors[:, seen]).mean(axis=1).tolist())
