"""Nowcast: the openings of the current quarter from its weeks so far.

Two sources are weighed.  The ratio estimate divides the openings so far by the share of the
quarter that the same days made up in other years (`quarter_progress`).  The prior is the quarter
before times the usual step from it.  With share p, openings so far y and prior P,

    rate = w · y / p + (1 - w) · P,    w = c · n / (n + k),    n = (p · P + y) / 2,
    nowcast = y + (1 - p) · rate,

so that few openings leave the prior in charge, the last day gives what was counted, and no
nowcast falls below it.  The ceiling c and the size k are those with the smallest errors when the
same days of earlier quarters are used, each left out of its own share.

The interval is made of the same leave-one-out errors (`nowcast_intervals`).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from data.errors import ConfigurationError

from .nowcast_intervals import FEWEST_QUARTERS, PastErrors, log_half_widths
from .quarter_progress import HALF, Progress, days_in, first_day, progress, quarter_totals
from .weekly_counts import DAYS_PER_WEEK, DailyGrid, daily_grid

CEILINGS = (1.0, 0.9, 0.75, 0.5, 0.25, 0.0)
SIZES = (10.0, 0.0, 3.0, 30.0, 100.0, 300.0)
FEWEST_ERRORS = 4
SMALLEST_GAIN = 1e-12

OWN_YEARS = "往年同期进度"
OTHER_SERIES = "其他序列同期进度"
BY_DAYS = "按天数均摊"
ALIGNED = "（按春节对齐）"

NOTHING_KNOWN = "本季尚无数据，也无历史，无法推算"
NOT_BEGUN = "本季尚无数据，沿用往年水平"
NO_OWN_YEARS = "本序列无完整的往年同期数据"
NO_YEARS = "无往年同期数据，按已过天数均摊"
FEW_QUARTERS = f"可比季度不足{FEWEST_QUARTERS}个，不给区间"

COLUMNS = [
    "series_id", "quarter", "as_of", "weeks_seen", "openings_so_far", "level", "mean", "lower",
    "upper", "method", "reason",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class NowcastParameters:
    """How to nowcast.

    Parameters
    ----------
    levels : tuple of int
        Nominal coverages of the intervals, per cent.
    chinese : bool
        Whether the series are Chinese: first quarters are aligned on the Spring Festival.
    pooled_years : float
        Years of its own history that the share of all series weighs as much as.
    pooled_openings : float
        Openings a quarter at which a year of own history counts half.
    most_quarters : int
        Most earlier quarters whose errors are looked at.

    Raises
    ------
    ConfigurationError
        When a value is out of its range.
    """

    levels: tuple[int, ...] = (80, 95)
    chinese: bool = True
    pooled_years: float = 1.0
    pooled_openings: float = 100.0
    most_quarters: int = 20

    def __post_init__(self) -> None:
        """Refuse values out of range, and put the levels in order."""
        levels = tuple(sorted(set(self.levels)))
        if not levels or not all(1 <= level <= 99 for level in levels):
            raise ConfigurationError(
                "levels of the intervals", got=self.levels, expected="whole per cents, 1 to 99"
            )
        if not (0 < self.pooled_years <= 100 and 0 <= self.pooled_openings <= 1e9):
            raise ConfigurationError(
                "weight of the other series",
                got=f"{self.pooled_years} years and {self.pooled_openings} openings",
                expected="years above 0 up to 100, openings of at least 0",
            )
        if not 2 <= self.most_quarters <= 80:
            raise ConfigurationError(
                "quarters whose errors are looked at", got=self.most_quarters, expected="2 to 80"
            )
        object.__setattr__(self, "levels", levels)


@dataclass(frozen=True, slots=True)
class Nowcast:
    """Nowcasts of a quarter, and the rows that they leave out.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a series and level: ``series_id, quarter, as_of, weeks_seen, openings_so_far,
        level, mean, lower, upper, method, reason``. Openings are persons; ``weeks_seen`` are
        whole weeks of days known; ``method`` and ``reason`` are Chinese, the latter empty where
        nothing has to be said. ``mean`` is missing where nothing is known, the bounds are
        missing where fewer than two earlier quarters can be compared.
    rejected : pandas.DataFrame
        Rows of the counts that do not count, as given, with a reason in Chinese.
    """

    frame: pd.DataFrame
    rejected: pd.DataFrame


def nowcast(
    counts: pd.DataFrame, as_of: date, parameters: NowcastParameters | None = None
) -> Nowcast:
    """Nowcast the quarter of a day from its openings up to that day.

    Parameters
    ----------
    counts : pandas.DataFrame
        ``series_id, week, openings`` and perhaps ``quarter``, as `weekly_counts.daily_grid`
        reads them and `weekly_counts.weekly_openings` makes them. In any order.
    as_of : date
        Last day whose openings may be used; its quarter is nowcast. Later rows are rejected.
    parameters : NowcastParameters, optional

    Returns
    -------
    Nowcast
        Every series with a row that counts has its rows; none is an exception.

    Raises
    ------
    UnknownColumnsError
        When a column is missing.

    Examples
    --------
    >>> days = pd.date_range("2024-04-01", "2026-05-15")
    >>> counts = pd.DataFrame({"series_id": "C", "week": days.strftime("%Y-%m-%d"), "openings": 2})
    >>> row = nowcast(counts, date(2026, 5, 15)).frame.iloc[0]
    >>> row["openings_so_far"].item(), row["mean"].item(), row["method"]
    (90.0, 182.0, '往年同期进度')
    """
    grid, rejected = daily_grid(counts, as_of)
    return Nowcast(nowcast_grid(grid, as_of, parameters), rejected)


def nowcast_grid(
    grid: DailyGrid, as_of: date, parameters: NowcastParameters | None = None
) -> pd.DataFrame:
    """Nowcast from a daily grid that holds no day after ``as_of``; returns `Nowcast.frame`."""
    parameters = parameters or NowcastParameters()
    quarter = pd.Period(as_of, freq="Q")
    totals = quarter_totals(grid, quarter)
    known = ~np.isnan(grid.window(first_day(quarter), days_in(quarter)))
    now = _progress(grid, quarter, known, totals, parameters)
    past = [q for q, total in totals.items() if not np.isnan(total).all()]
    past = past[-parameters.most_quarters :]
    then = _stack([_progress(grid, q, _same_days(known, q), totals, parameters) for q in past], now)
    actual = np.array([totals[q] for q in past]).reshape(then.so_far.shape)
    weights = _best_weights(then, actual)
    estimate = _combine(now, *weights)
    errors = _errors(past, actual, _combine(then, *weights))
    widths = log_half_widths(errors, estimate, quarter, parameters.levels)
    missing = (~known[:, : as_of.toordinal() + 1 - first_day(quarter)]).sum(axis=1)
    few = len(errors.quarters) < FEWEST_QUARTERS
    common = pd.DataFrame(
        {
            "series_id": list(grid.series_ids),
            "quarter": str(quarter),
            "as_of": as_of.isoformat(),
            "weeks_seen": known.sum(axis=1) // DAYS_PER_WEEK,
            "openings_so_far": now.so_far,
            "mean": estimate,
            "method": _methods(now),
            "reason": _reasons(now, known, estimate, missing, few),
        }
    )
    return _by_level(common, parameters.levels, widths)


def _by_level(common: pd.DataFrame, levels: tuple[int, ...], widths: np.ndarray) -> pd.DataFrame:
    """One row a series and level; no bound lies on the wrong side of what was counted."""
    frames = []
    for level, width in zip(levels, widths, strict=True):
        centre = common["mean"] + HALF
        lower = np.maximum(centre * np.exp(-width) - HALF, common["openings_so_far"])
        upper = np.maximum(centre * np.exp(width) - HALF, common["mean"])
        frames.append(common.assign(level=level, lower=lower, upper=upper))
    table = pd.concat(frames).sort_values(["series_id", "level"], ignore_index=True)
    return table[COLUMNS]


def _progress(
    grid: DailyGrid,
    quarter: pd.Period,
    known: np.ndarray,
    totals: dict[pd.Period, np.ndarray],
    parameters: NowcastParameters,
) -> Progress:
    return progress(
        grid,
        quarter,
        known,
        totals,
        align=parameters.chinese,
        pooled_years=parameters.pooled_years,
        pooled_openings=parameters.pooled_openings,
    )


def _same_days(known: np.ndarray, quarter: pd.Period) -> np.ndarray:
    """The known days on a quarter that may be a day or two longer or shorter."""
    days = days_in(quarter)
    longer = np.repeat(known[:, -1:], max(days - known.shape[1], 0), axis=1)
    return np.hstack([known[:, :days], longer])


def _stack(then: list[Progress], now: Progress) -> Progress:
    """Progress of several quarters, each array of shape (n_quarters, n_series)."""
    shape = (len(then), now.so_far.size)
    so_far, share, years, prior = (
        np.array([getattr(one, name) for one in then]).reshape(shape)
        for name in ("so_far", "share", "years", "prior")
    )
    return Progress(so_far, share, years, now.is_borrowed, now.is_aligned, prior)


def _combine(one: Progress, ceiling: float, size: float) -> np.ndarray:
    """Nowcast from the ratio estimate and the prior, in the shape of the progress."""
    has_share = one.share > 0
    ratio = np.divide(one.so_far, one.share, out=np.full(one.share.shape, np.nan), where=has_share)
    evidence = (one.share * np.nan_to_num(one.prior) + one.so_far) / 2
    weight = np.divide(
        ceiling * evidence, evidence + size, out=np.zeros(evidence.shape), where=evidence > 0
    )
    rate = weight * np.where(has_share, ratio, 0) + (1 - weight) * one.prior
    rate = np.where(np.isnan(one.prior), ratio, np.where(has_share, rate, one.prior))
    return np.where(one.share >= 1, one.so_far, one.so_far + (1 - one.share) * rate)


def _best_weights(then: Progress, actual: np.ndarray) -> tuple[float, float]:
    """Ceiling and size with the smallest squared log errors of earlier quarters.

    Errors count by the openings: where they are few, chance rules whatever the weights are.
    """
    best, smallest = (CEILINGS[0], SIZES[0]), np.inf
    if np.isfinite(then.prior).any(axis=1).sum() < FEWEST_ERRORS:
        return best
    for ceiling in CEILINGS:
        for size in SIZES:
            estimate = _combine(then, ceiling, size)
            squares = np.log((actual + HALF) / (estimate + HALF)) ** 2
            loss = float(np.nansum(squares * np.minimum(actual, estimate)))
            if loss < smallest - SMALLEST_GAIN:
                best, smallest = (ceiling, size), loss
    return best


def _errors(quarters: list[pd.Period], actual: np.ndarray, estimates: np.ndarray) -> PastErrors:
    errors = np.log((actual + HALF) / (estimates + HALF))
    seen = np.flatnonzero(np.isfinite(errors).any(axis=1))
    return PastErrors(tuple(quarters[row] for row in seen), errors[seen], estimates[seen])


def _methods(now: Progress) -> list[str]:
    if not now.is_borrowed:
        return [BY_DAYS] * now.years.size
    aligned = ALIGNED if now.is_aligned else ""
    return [(OWN_YEARS if years else OTHER_SERIES) + aligned for years in now.years]


def _reasons(
    now: Progress, known: np.ndarray, mean: np.ndarray, missing_days: np.ndarray, few: bool
) -> list[str]:
    reasons = []
    for row in range(mean.size):
        said = []
        if np.isnan(mean[row]):
            said.append(NOTHING_KNOWN)
        elif not known[row].any():
            said.append(NOT_BEGUN)
        elif not now.is_borrowed:
            said.append(NO_YEARS)
        elif not now.years[row]:
            said.append(NO_OWN_YEARS)
        if known[row].any() and missing_days[row]:
            said.append(f"截至当日缺{missing_days[row]}天数据")
        if few and not np.isnan(mean[row]):
            said.append(FEW_QUARTERS)
        reasons.append("；".join(said))
    return reasons
