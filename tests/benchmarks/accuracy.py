"""Naive2, and the measures of forecasts by which the M4 competition compares.

Definitions: Makridakis, Spiliotis and Assimakopoulos (2020), The M4 Competition, International J.
Forecasting 36, 54-74, and the R code of its benchmarks.
"""

import numpy as np
import pandas as pd

# Two-sided 90 per cent point of the normal distribution, as M4 rounds it.
SEASONALITY_QUANTILE = 1.645
KEYS = ["case", "origin", "series_id"]


def is_seasonal(values: np.ndarray, season_length: int) -> bool:
    """Whether the autocorrelation at the season is beyond Bartlett's 90 per cent limit.

    Parameters
    ----------
    values : numpy.ndarray of shape (n,)
        Observations in order, none missing; fewer than three seasons are not seasonal.
    season_length : int
        Periods in a season.
    """
    if season_length < 2 or values.size < 3 * season_length:
        return False
    centred = values - values.mean()
    total = centred @ centred
    if total == 0:
        return False
    correlations = [centred[lag:] @ centred[:-lag] / total for lag in range(1, season_length + 1)]
    spread = np.sqrt((1 + 2 * np.square(correlations[:-1]).sum()) / values.size)
    return bool(abs(correlations[-1]) > SEASONALITY_QUANTILE * spread)


def seasonal_indices(values: np.ndarray, season_length: int) -> np.ndarray:
    """Multiplicative indices of the classical decomposition, shape (season_length,).

    The first belongs to the first observation; their mean is 1.
    """
    weights = np.ones(season_length) / season_length
    if season_length % 2 == 0:
        weights = np.convolve(weights, [0.5, 0.5])
    reach = weights.size // 2
    trend = np.convolve(values, weights, mode="valid")
    ratios = np.full(values.size, np.nan)
    ratios[reach : values.size - reach] = values[reach : values.size - reach] / trend
    means = np.array([np.nanmean(ratios[phase::season_length]) for phase in range(season_length)])
    return means / means.mean()


def naive2(values: np.ndarray, season_length: int, horizon: int) -> np.ndarray:
    """Last observation, seasonally adjusted where the series is seasonal, shape (horizon,)."""
    if not is_seasonal(values, season_length):
        return np.full(horizon, values[-1])
    indices = seasonal_indices(values, season_length)
    phases = np.arange(values.size - 1, values.size + horizon) % season_length
    return values[-1] / indices[phases[0]] * indices[phases[1:]]


def seasonal_scale(values: np.ndarray, season_length: int) -> float:
    """Mean absolute change over a season, which scales MASE and MSIS; NaN in a gap is left out."""
    return float(np.nanmean(np.abs(values[season_length:] - values[:-season_length])))


def errors(forecasts: pd.DataFrame, actual: pd.DataFrame, levels: tuple[int, ...]) -> pd.DataFrame:
    """Measures of every single forecast.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        ``case, origin, series_id, method, horizon, mean`` and ``lower_80, upper_80, …`` for each
        level, missing where a method has none. Counts: what is below zero is taken as zero.
    actual : pandas.DataFrame
        ``case, origin, series_id, horizon, value, scale, disturbed``: the observations.
    levels : tuple of int
        Nominal coverages, per cent.

    Returns
    -------
    pandas.DataFrame
        The keys, ``disturbed``, ``smape`` in per cent, ``mase``, and ``coverage_80, msis_80, …``
        for each level; their means are the measures of the same names.
    """
    joined = forecasts.merge(actual, on=[*KEYS, "horizon"], validate="many_to_one")
    value, scale, mean = joined["value"], joined["scale"], joined["mean"].clip(lower=0)
    off = (value - mean).abs()
    both = value.abs() + mean
    # Nothing expected and nothing seen is no error.
    result = joined[[*KEYS, "method", "horizon", "disturbed"]].assign(
        smape=(200 * off / both).where(both > 0, 0.0), mase=off / scale
    )
    for level in levels:
        low, high = (joined[f"{side}_{level}"].clip(lower=0) for side in ("lower", "upper"))
        outside = (low - value).clip(lower=0) + (value - high).clip(lower=0)
        result[f"coverage_{level}"] = outside.eq(0).astype(float).where(low.notna())
        result[f"msis_{level}"] = (high - low + 2 / (1 - level / 100) * outside) / scale
    return result


def overall_weighted_average(measures: pd.DataFrame, benchmark: pd.Series) -> pd.Series:
    """OWA: mean of sMAPE and MASE, each relative to the benchmark's.

    Parameters
    ----------
    measures : pandas.DataFrame
        ``smape`` and ``mase`` in rows.
    benchmark : pandas.Series
        The same of Naive2 on the same series.
    """
    return (measures["smape"] / benchmark["smape"] + measures["mase"] / benchmark["mase"]) / 2
