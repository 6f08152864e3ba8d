"""Intervals of a nowcast, from what the same days of earlier quarters would have led to.

An interval is symmetric in logarithms.  Its scale is that of the leave-one-out errors: a constant
part and one that shrinks with the number of openings, times how much larger errors are in this
quarter of the year and of this series, both shrunk to one.  Its quantiles are those of
`intervals.score_quantile` with as many origins as earlier quarters, as the series of a quarter
err together.

An error that no chance explains is that of a quarter in which the level broke.  It is left out
and named: one such quarter would make every interval useless for years.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import nnls
from scipy.stats import chi2

from .intervals import score_quantile
from .unusual_years import HALF

FEWEST_QUARTERS = 2
SEASON_PRIOR = 2.0
SERIES_PRIOR = 8.0
# First guess of the variance of log errors: a constant, and a part per opening.
GUESSED_VARIANCE = (0.01, 4.0)
# Standard deviations beyond which an error is a break of the level.
BREAK = 8.0
MEDIAN_SQUARE = float(chi2.ppf(0.5, 1))


@dataclass(frozen=True, slots=True)
class PastErrors:
    """Nowcasts of earlier quarters on the same days, and their errors.

    Parameters
    ----------
    quarters : tuple of pandas.Period
        Earlier quarters with an error of at least one series.
    errors : numpy.ndarray of shape (n_quarters, n_series)
        Logarithm of the final count over the nowcast, a half added to both; NaN where unknown.
    estimates : numpy.ndarray of shape (n_quarters, n_series)
        The nowcasts.
    left_out : tuple of tuple of pandas.Period
        For every series the quarters whose error is a break of the level.
    """

    quarters: tuple[pd.Period, ...]
    errors: np.ndarray
    estimates: np.ndarray
    left_out: tuple[tuple[pd.Period, ...], ...]


def past_errors(quarters: list[pd.Period], actual: np.ndarray, estimates: np.ndarray) -> PastErrors:
    """Compare final counts with nowcasts, both of shape (n_quarters, n_series)."""
    errors = np.log((actual + HALF) / (estimates + HALF))
    constant, shrinking = GUESSED_VARIANCE
    squares = errors**2 / (constant + shrinking / (estimates + HALF))
    known = squares[np.isfinite(squares)]
    # Where errors are larger than guessed throughout, they are no breaks.
    usual = max(1.0, np.median(known) / MEDIAN_SQUARE) if known.size else 1.0
    is_break = squares > BREAK**2 * usual
    errors = np.where(is_break, np.nan, errors)
    seen = np.flatnonzero(np.isfinite(errors).any(axis=1))
    left_out = tuple(
        tuple(quarter for quarter, broke in zip(quarters, column, strict=True) if broke)
        for column in is_break.T
    )
    return PastErrors(tuple(quarters[row] for row in seen), errors[seen], estimates[seen], left_out)


def log_half_widths(
    past: PastErrors, estimate: np.ndarray, quarter: pd.Period, levels: tuple[int, ...]
) -> np.ndarray:
    """Half-widths of the intervals around nowcasts, in logarithms of openings plus a half.

    Parameters
    ----------
    past : PastErrors
        What the same days of earlier quarters would have led to.
    estimate : numpy.ndarray of shape (n_series,)
        Nowcasts; NaN where nothing is known.
    quarter : pandas.Period
        Quarter of the nowcasts.
    levels : tuple of int
        Nominal coverages, per cent, ascending.

    Returns
    -------
    numpy.ndarray of shape (n_levels, n_series)
        NaN where fewer than two earlier quarters can be compared.
    """
    if len(past.quarters) < FEWEST_QUARTERS:
        return np.full((len(levels), estimate.size), np.nan)
    seen = np.isfinite(past.errors)
    constant, shrinking = _variance(past.errors[seen], past.estimates[seen])
    if constant + shrinking == 0:
        return np.where(np.isnan(estimate), np.nan, np.zeros((len(levels), estimate.size)))
    expected = constant + shrinking / (past.estimates + HALF)
    squares = np.where(seen, past.errors**2 / expected, np.nan)
    seasons = np.array([q.quarter for q in past.quarters])
    by_quarter = np.nanmean(squares, axis=1)
    season = {s: _shrunk(by_quarter[seasons == s], SEASON_PRIOR) for s in {*seasons}}
    now = season.get(quarter.quarter, 1.0)
    then = np.array([season[s] for s in seasons])[:, np.newaxis]
    own = np.array([_shrunk(column[np.isfinite(column)], SERIES_PRIOR) for column in squares.T])
    scores = np.sqrt(squares / then / own)[seen]
    scale = np.sqrt((constant + shrinking / (estimate + HALF)) * now * own)
    origins = len(past.quarters)
    quantiles = [score_quantile(scores, origins, level / 100) for level in levels]
    return np.maximum.accumulate(quantiles)[:, np.newaxis] * scale


def _variance(errors: np.ndarray, estimates: np.ndarray) -> tuple[float, float]:
    """Variance of log errors: a constant, and a part that shrinks with the openings."""
    design = np.column_stack([np.ones(errors.size), 1 / (estimates + HALF)])
    # Squares spread in proportion to their mean, for which the guess stands.
    weight = 1 / (design @ np.array(GUESSED_VARIANCE))
    constant, shrinking = nnls(design * weight[:, np.newaxis], errors**2 * weight)[0]
    return float(constant), float(shrinking)


def _shrunk(squares: np.ndarray, prior: float) -> float:
    """Mean of standardised squares, shrunk to one as by so many further ones."""
    return float((squares.sum() + prior) / (squares.size + prior))
