"""How far a quarter has come by a given day, judged by the same days of other years.

The share that has been reached is that of the openings of the same days in other years.  The
same days are those with the same distance from the quarter's first day; in a first quarter of
Chinese series, those around the Spring Festival are those with the same distance from it.

Shares of a series are shrunk to those of all series together: with little history, or with few
openings, what others have reached says more.  Years whose quarter breaks, by a change of source
or a shift of the level, do not count (`unusual_years`).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from data.reference import load_spring_festivals

from .unusual_years import HALF, year_weights
from .weekly_counts import DailyGrid

# Quiet weeks before the festival and the rush after it; both lie in the first quarter every year.
DAYS_BEFORE_FESTIVAL, DAYS_AFTER_FESTIVAL = 21, 35
STEP_YEARS = 3
# A usual step lies within twice and half of that of all series.
MOST_STEP = np.log(2.0)
# How far sound years differ: at mid-quarter the share by 4 points, the usual step by a quarter.
SHARE_SPREAD, STEP_SPREAD = 0.08, 0.125
# No quarter has reached less than this part of what its days would say.
LEAST_OF_DAYS = 0.1


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known about a quarter on a day, by series.

    Parameters
    ----------
    so_far : numpy.ndarray of shape (n_series,)
        Openings of the days known.
    share : numpy.ndarray of shape (n_series,)
        Share of the quarter's openings expected to lie in the days known.
    years : numpy.ndarray of shape (n_series,)
        Other years of the series itself behind the share.
    is_borrowed : bool
        Whether any series had another year; without, the share is that of the days.
    is_aligned : bool
        Whether other years were aligned on the Spring Festival.
    prior : numpy.ndarray of shape (n_series,)
        Openings of the quarter expected before it began; NaN without a quarter before.
    left_out : numpy.ndarray of shape (n_series,)
        Other years, as tuples, that do not count as the quarter breaks in them.
    """

    so_far: np.ndarray
    share: np.ndarray
    years: np.ndarray
    is_borrowed: bool
    is_aligned: bool
    prior: np.ndarray
    left_out: np.ndarray


def first_day(quarter: pd.Period) -> int:
    """Ordinal of the first day of a quarter."""
    return quarter.start_time.toordinal()


def days_in(quarter: pd.Period) -> int:
    """Days of a quarter.

    Examples
    --------
    >>> days_in(pd.Period("2024Q1", freq="Q"))
    91
    """
    return first_day(quarter + 1) - first_day(quarter)


def corresponding_days(quarter: pd.Period, year: int, align: bool) -> np.ndarray:
    """Days of the same quarter of another year that correspond to the days of a quarter.

    Around the festival, days at the same distance from it correspond; before and after, the days
    between are stretched over what is left of the quarter.  No day lies outside the quarter, so
    that a step of the level at New Year's Day is none of the festival's.

    Parameters
    ----------
    quarter : pandas.Period
        Quarter that is judged.
    year : int
        Year to compare it with.
    align : bool
        Whether a first quarter is aligned on the Spring Festival, where both are known.

    Returns
    -------
    numpy.ndarray of shape (n_days,)
        Days counted from 0, for every day of the quarter.

    Examples
    --------
    >>> days = corresponding_days(pd.Period("2026Q1", freq="Q"), 2025, align=True)
    >>> int(days[47])  # 17 February 2026 and 29 January 2025
    28
    """
    other = quarter + 4 * (year - quarter.year)
    days, last = np.arange(days_in(quarter)), days_in(other) - 1
    festivals = load_spring_festivals()
    if not (align and quarter.quarter == 1 and {year, quarter.year} <= set(festivals)):
        return np.minimum(days, last)
    now = festivals[quarter.year].toordinal() - first_day(quarter)
    then = festivals[year].toordinal() - first_day(other)
    before = min(DAYS_BEFORE_FESTIVAL, now, then)
    after = min(DAYS_AFTER_FESTIVAL, days[-1] - now, last - then)
    matched = np.interp(
        days, [0, now - before, now + after, days[-1]], [0, then - before, then + after, last]
    )
    return matched.round().astype(int)


def progress(
    grid: DailyGrid,
    quarter: pd.Period,
    known: np.ndarray,
    totals: dict[pd.Period, np.ndarray],
    *,
    align: bool,
    pooled_years: float,
    pooled_openings: float,
) -> Progress:
    """Judge how far a quarter has come in the days known.

    Parameters
    ----------
    grid : DailyGrid
    quarter : pandas.Period
    known : numpy.ndarray of bool, shape (n_series, n_days)
        Days of the quarter that count as known.
    totals : dict of pandas.Period to numpy.ndarray of shape (n_series,)
        Openings of the complete quarters; NaN where a series has none. Only earlier quarters
        enter the prior, whereas the share may rest on later years: it is a leave-one-out share.
    align, pooled_years, pooled_openings
        As in `nowcasting.NowcastParameters`.
    """
    days, shape = days_in(quarter), known.shape[0]
    years = _other_years(grid, quarter)
    windows = _same_quarters(grid, quarter, years, align)
    seen = (windows * known).sum(axis=2)
    total = windows.sum(axis=2)
    elapsed = known.sum(axis=1)
    vote = np.log((elapsed + HALF) / (days - elapsed + HALF))
    weights = year_weights(seen, total - seen, vote, SHARE_SPREAD)
    profile = np.einsum("ys,ysd->d", weights, np.nan_to_num(windows))
    is_borrowed = bool(profile.sum() > 0)
    pooled = known @ (profile / profile.sum() if is_borrowed else np.full(days, 1 / days))
    own_years = ((weights > 0) | (total == 0)).sum(axis=0)
    sums = np.nansum(weights * seen, axis=0), np.nansum(weights * total, axis=0)
    share = _shrunk_share(*sums, own_years, pooled, pooled_years, pooled_openings)
    share = np.clip(share, LEAST_OF_DAYS * elapsed / days, 1)
    return Progress(
        so_far=np.nansum(np.where(known, grid.window(first_day(quarter), days), 0.0), axis=1),
        share=np.where(known.all(axis=1), 1.0, share),
        years=own_years,
        is_borrowed=is_borrowed,
        is_aligned=align and quarter.quarter == 1 and is_borrowed,
        prior=_prior(totals, quarter, shape),
        left_out=_years_where((total > 0) & (weights == 0), years),
    )


def _same_quarters(
    grid: DailyGrid, quarter: pd.Period, years: list[int], align: bool
) -> np.ndarray:
    """Openings of the same days of other years, shape (n_years, n_series, n_days).

    NaN throughout where a series has not all days of a year's quarter.
    """
    windows = np.empty((len(years), len(grid.series_ids), days_in(quarter)))
    for row, year in enumerate(years):
        other = quarter + 4 * (year - quarter.year)
        history = grid.history(first_day(other), days_in(other))
        complete = ~np.isnan(history).any(axis=1)
        days = corresponding_days(quarter, year, align)
        windows[row] = np.where(complete[:, np.newaxis], history[:, days], np.nan)
    return windows


def _shrunk_share(
    seen: np.ndarray,
    total: np.ndarray,
    years: np.ndarray,
    pooled: np.ndarray,
    pooled_years: float,
    pooled_openings: float,
) -> np.ndarray:
    """Share of a series in its own years, shrunk to that of all series together."""
    nothing, some = np.zeros(total.size), total > 0
    own = np.divide(seen, total, out=nothing.copy(), where=some)
    trust = np.divide(
        years * total, total + years * pooled_openings, out=nothing.copy(), where=some
    )
    return (trust * own + pooled_years * pooled) / (trust + pooled_years)


def _years_where(chosen: np.ndarray, years: list[int]) -> np.ndarray:
    named = np.empty(chosen.shape[1], dtype=object)
    for column, marks in enumerate(chosen.T):
        named[column] = tuple(year for year, mark in zip(years, marks, strict=True) if mark)
    return named


def quarter_totals(grid: DailyGrid, before: pd.Period) -> dict[pd.Period, np.ndarray]:
    """Openings of every quarter before a given one; NaN for a series that is incomplete in it."""
    first = pd.Period(date.fromordinal(grid.first_day), freq="Q")
    return {
        quarter: grid.history(first_day(quarter), days_in(quarter)).sum(axis=1)
        for quarter in pd.period_range(first, before - 1, freq="Q")
    }


def _other_years(grid: DailyGrid, quarter: pd.Period) -> list[int]:
    first = date.fromordinal(grid.first_day).year
    last = date.fromordinal(max(grid.day_after - 1, grid.first_day)).year
    return [year for year in range(first, last + 1) if year != quarter.year]


def _prior(totals: dict[pd.Period, np.ndarray], quarter: pd.Period, shape: int) -> np.ndarray:
    """The quarter before, times the usual step from it; else the same quarter a year ago.

    The usual step is the mean, in logarithms, of those of up to three earlier years, with that of
    all series together as one more: a single year's step is mostly noise.  A step far from the
    others, or alone and far from none, is a break and no usual one.
    """
    nothing = np.full(shape, np.nan)
    last, year_ago = totals.get(quarter - 1, nothing), totals.get(quarter - 4, nothing)
    years = range(1, STEP_YEARS + 1)
    after = np.array([totals.get(quarter - 4 * year, nothing) for year in years])
    before = np.array([totals.get(quarter - 4 * year - 1, nothing) for year in years])
    known = ~np.isnan(after + before)
    weights = year_weights(after, before, np.zeros(shape), STEP_SPREAD)
    own = np.where(known, np.log((after + HALF) / (before + HALF)), 0.0)
    sums = [np.nansum(weights * amount) + HALF for amount in (after, before)]
    together = np.log(sums[0] / sums[1])
    step = ((weights * own).sum(axis=0) + together) / (weights.sum(axis=0) + 1)
    step = np.clip(step, together - MOST_STEP, together + MOST_STEP)
    prior = np.where(known.any(axis=0), last * np.exp(step), np.nan)
    # Without a step of its own, the same season weighs more than the last quarter.
    prior = np.where(np.isnan(prior), year_ago, prior)
    return np.where(np.isnan(prior), last, prior)
