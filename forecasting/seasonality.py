"""Is there a season, what are its indices, and how are gaps bridged with it."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from statsmodels.tsa.stattools import acf

from .logarithms import safely_positive
from .smoothing import standardise

NORMAL_QUANTILE_90 = 1.645
SMALLEST_SAFE_FACTOR = 0.05
FILLING_ROUNDS = 3


class Adjusted(NamedTuple):
    """Seasonally adjusted values and the indices that were taken out, by position modulo m."""

    values: np.ndarray
    indices: np.ndarray
    multiplicative: bool


def has_season(values: np.ndarray, season_length: int) -> bool:
    """Whether the autocorrelation at the seasonal lag is significant at 10 per cent.

    The test of the M competitions (Assimakopoulos and Nikolopoulos 2000, Int. J. Forecasting
    16, 521-530), with Bartlett's standard error; it needs three full seasons.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_periods,)
        Complete history.

    Examples
    --------
    >>> has_season(np.tile([1.0, 5.0, 2.0, 8.0], 6), 4), has_season(np.arange(24.0), 4)
    (True, False)
    """
    standard, _, _ = standardise(values)
    if season_length < 2 or values.size < 3 * season_length or not standard.any():
        return False
    correlations = acf(standard, nlags=season_length, fft=False)[1:]
    variance = (1 + 2 * np.sum(correlations[:-1] ** 2)) / values.size
    return bool(abs(correlations[-1]) > NORMAL_QUANTILE_90 * np.sqrt(variance))


def adjust(values: np.ndarray, season_length: int) -> Adjusted:
    """Take out the season by classical decomposition.

    Multiplicative where all values are well above zero (a hundredth of their mean) and so is
    every factor, else additive.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_periods,)
        Complete history of at least two seasons.
    """
    if safely_positive(values):
        indices = decompose(values, season_length, multiplicative=True)[1]
        if indices.min() > SMALLEST_SAFE_FACTOR:
            return Adjusted(values / np.resize(indices, values.size), indices, multiplicative=True)
    indices = decompose(values, season_length, multiplicative=False)[1]
    return Adjusted(values - np.resize(indices, values.size), indices, multiplicative=False)


def decompose(
    values: np.ndarray, season_length: int, *, multiplicative: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Classical decomposition: a centred moving average, and mean deviations by season.

    The figures are those of `statsmodels.tsa.seasonal.seasonal_decompose`, which takes .4 ms a
    call; the origins of a backtest make some sixty.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_periods,)
        Complete history of at least two seasons.
    season_length : int
        Periods in a season.
    multiplicative : bool
        Whether the season multiplies.

    Returns
    -------
    numpy.ndarray of shape (n_periods,)
        Trend; NaN for half a season at both ends.
    numpy.ndarray of shape (season_length,)
        Indices by position modulo the season, with mean 1 or 0.
    """
    weights = np.ones(season_length + 1 - season_length % 2)
    if season_length % 2 == 0:
        weights[[0, -1]] = 0.5
    half = weights.size // 2
    trend = np.full(values.size, np.nan)
    trend[half : values.size - half] = np.convolve(values, weights / season_length, "valid")
    inner = slice(half, values.size - half)
    free = values[inner] / trend[inner] if multiplicative else values[inner] - trend[inner]
    places = np.arange(half, values.size - half) % season_length
    indices = np.bincount(places, free) / np.bincount(places)
    return trend, indices / indices.mean() if multiplicative else indices - indices.mean()


def unadjusted(values: np.ndarray) -> Adjusted:
    """Leave the values as they are: a season of length 1 that adds nothing."""
    return Adjusted(values, np.zeros(1), multiplicative=False)


def ahead(indices: np.ndarray, n_periods: int) -> np.ndarray:
    """Turn indices by position so that entry 0 belongs to the period after ``n_periods``.

    Examples
    --------
    >>> ahead(np.array([1, 2, 3, 4]), 5)
    array([2, 3, 4, 1])
    """
    return np.roll(indices, -(n_periods % indices.size))


def fill_gaps(values: np.ndarray, season_length: int) -> np.ndarray:
    """Bridge missing values by a straight line through the seasonally adjusted series.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_periods,)
        First and last value are observed.

    Examples
    --------
    >>> fill_gaps(np.array([1.0, np.nan, 3.0]), 1)
    array([1., 2., 3.])
    """
    missing = np.isnan(values)
    if not missing.any():
        return values
    filled = _bridged(values, missing)
    if season_length < 2 or values.size < 2 * season_length:
        return filled
    # The season is estimated from the filled series, so a few rounds settle it.
    for _ in range(FILLING_ROUNDS):
        adjusted = adjust(filled, season_length)
        bridged = _bridged(adjusted.values, missing)
        pattern = np.resize(adjusted.indices, values.size)
        restored = bridged * pattern if adjusted.multiplicative else bridged + pattern
        if values[~missing].min() >= 0:
            restored = np.maximum(restored, 0)
        filled = np.where(missing, restored, values)
    return filled


def fill_gaps_at(
    values: np.ndarray, season_length: int, origins: Sequence[int]
) -> Iterator[tuple[np.ndarray, tuple[int, ...]]]:
    """Bridge gaps as they were bridged at the first past origin that had them behind it.

    Later origins keep such a bridge, so that they share one history; nothing beyond an origin
    has a part in it.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_periods,)
        NaN where missing; the first value and the last one before each origin are observed.
    season_length : int
        Periods in a season.
    origins : sequence of int
        Past origins, ascending; may be empty.

    Yields
    ------
    numpy.ndarray of shape (last origin,)
        A bridged history.
    tuple of int
        The origins that it serves: those with the same gaps behind them.

    Examples
    --------
    >>> values = np.array([1.0, 2, 3, np.nan, 5, 6])
    >>> [(bridged.tolist(), served) for bridged, served in fill_gaps_at(values, 1, [2, 3, 5, 6])]
    [([1.0, 2.0, 3.0], (2, 3)), ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], (5, 6))]
    """
    gaps = np.cumsum(np.isnan(values))
    known = values.copy()
    for _, group in groupby(origins, key=lambda origin: int(gaps[origin - 1])):
        served = tuple(group)
        known[: served[0]] = fill_gaps(known[: served[0]], season_length)
        yield known[: served[-1]].copy(), served


def _bridged(values: np.ndarray, missing: np.ndarray) -> np.ndarray:
    places = np.arange(values.size)
    return np.interp(places, places[~missing], values[~missing])
