"""How far a quarter has come by a given day, judged by the same days of other years.

The share that has been reached is that of the openings of the same days in other years.  The
same days are those with the same distance from the quarter's first day; in a first quarter of
Chinese series they are those with the same distance from the Spring Festival, so that the window
of another year begins as much before or after 1 January as its festival is earlier or later.

Shares of a series are shrunk to those of all series together: with little history, or with few
openings, what others have reached says more.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from data.reference import load_spring_festivals

from .weekly_openings import DailyGrid

MOST_GROWTH = 2.0
HALF = 0.5


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
    """

    so_far: np.ndarray
    share: np.ndarray
    years: np.ndarray
    is_borrowed: bool
    is_aligned: bool
    prior: np.ndarray


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


def window_start(quarter: pd.Period, year: int, align: bool) -> int:
    """Ordinal of the day of another year that corresponds to the first day of a quarter.

    Parameters
    ----------
    quarter : pandas.Period
        Quarter that is judged.
    year : int
        Year to compare it with.
    align : bool
        Whether a first quarter is aligned on the Spring Festival, where both are known.

    Examples
    --------
    >>> start = window_start(pd.Period("2026Q1", freq="Q"), 2025, align=True)
    >>> date.fromordinal(start).isoformat()  # the festival was 19 days earlier
    '2024-12-13'
    """
    festivals = load_spring_festivals()
    start = first_day(quarter)
    if align and quarter.quarter == 1 and {year, quarter.year} <= set(festivals):
        return festivals[year].toordinal() + start - festivals[quarter.year].toordinal()
    return date(year, 3 * quarter.quarter - 2, 1).toordinal()


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
        As in `nowcast.NowcastParameters`.
    """
    days, shape, is_aligned = days_in(quarter), known.shape[0], False
    seen, total, years, profile = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(days)
    for year in _other_years(grid, quarter):
        window, is_shifted = _window(grid, quarter, year, align)
        complete = ~np.isnan(window).any(axis=1)
        is_aligned |= is_shifted and bool(complete.any())
        window = np.where(complete[:, np.newaxis], window, 0.0)
        seen += (window * known).sum(axis=1)
        total += window.sum(axis=1)
        years += complete
        profile += window.sum(axis=0)
    so_far = np.nansum(np.where(known, grid.window(first_day(quarter), days), 0.0), axis=1)
    is_borrowed = bool(profile.sum() > 0)
    pooled = known @ (profile / profile.sum() if is_borrowed else np.full(days, 1 / days))
    own = np.divide(seen, total, out=np.zeros(shape), where=total > 0)
    trust = np.divide(
        years * total, total + years * pooled_openings, out=np.zeros(shape), where=total > 0
    )
    share = np.clip((trust * own + pooled_years * pooled) / (trust + pooled_years), 0, 1)
    share = np.where(known.all(axis=1), 1.0, share)
    prior = _prior(totals, quarter, shape)
    return Progress(so_far, share, years, is_borrowed, is_aligned, prior)


def quarter_totals(grid: DailyGrid, before: pd.Period) -> dict[pd.Period, np.ndarray]:
    """Openings of every quarter before a given one; NaN for a series that is incomplete in it."""
    first = pd.Period(date.fromordinal(grid.first_day), freq="Q")
    return {
        quarter: grid.history(first_day(quarter), days_in(quarter)).sum(axis=1)
        for quarter in pd.period_range(first, before - 1, freq="Q")
    }


def _window(grid: DailyGrid, quarter: pd.Period, year: int, align: bool) -> tuple[np.ndarray, bool]:
    """Openings of the corresponding days of another year, and whether they were shifted.

    A feed may have begun with a quarter whose aligned days begin before it: then the same dates
    are better than nothing.
    """
    plain, days = window_start(quarter, year, align=False), days_in(quarter)
    start = window_start(quarter, year, align)
    shifted = grid.history(start, days)
    if start != plain and np.isnan(shifted).any(axis=1).all():
        return grid.history(plain, days), False
    return shifted, align and quarter.quarter == 1


def _other_years(grid: DailyGrid, quarter: pd.Period) -> list[int]:
    first = date.fromordinal(grid.first_day).year
    last = date.fromordinal(max(grid.day_after - 1, grid.first_day)).year
    return [year for year in range(first, last + 1) if year != quarter.year]


def _prior(totals: dict[pd.Period, np.ndarray], quarter: pd.Period, shape: int) -> np.ndarray:
    """The same quarter a year ago with half of the growth since, else the quarter before.

    Half of the growth in logarithms: what the last quarter shows is partly noise.
    """
    nothing = np.full(shape, np.nan)
    year_ago, last, before = (totals.get(quarter - back, nothing) for back in (4, 1, 5))
    growth = np.sqrt((last + HALF) / (before + HALF))
    growth = np.clip(np.nan_to_num(growth, nan=1.0), 1 / MOST_GROWTH, MOST_GROWTH)
    prior = year_ago * growth
    return np.where(np.isnan(prior), last, prior)
