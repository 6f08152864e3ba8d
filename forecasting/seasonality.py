"""Is there a season, what are its indices, and how are gaps bridged with it."""

from typing import NamedTuple

import numpy as np
from statsmodels.tsa.seasonal import seasonal_decompose
from statsmodels.tsa.stattools import acf

from .smoothing import standardise

NORMAL_QUANTILE_90 = 1.645
SMALLEST_SAFE_FACTOR = 0.05
SMALLEST_SAFE_VALUE = 0.01
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
    if values.min() > SMALLEST_SAFE_VALUE * np.abs(values).mean():
        seasonal = seasonal_decompose(values, model="mul", period=season_length).seasonal
        if seasonal.min() > SMALLEST_SAFE_FACTOR:
            return Adjusted(values / seasonal, seasonal[:season_length], multiplicative=True)
    seasonal = seasonal_decompose(values, model="add", period=season_length).seasonal
    return Adjusted(values - seasonal, seasonal[:season_length], multiplicative=False)


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


def _bridged(values: np.ndarray, missing: np.ndarray) -> np.ndarray:
    places = np.arange(values.size)
    return np.interp(places, places[~missing], values[~missing])
