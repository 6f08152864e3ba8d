"""Nowcast: the openings of the current quarter from its weeks so far.

Two sources are weighed.  The ratio estimate divides the openings so far by the share of the
quarter that the same days made up in other years (`quarter_progress`).  The prior is the quarter
before times the usual step from it.  With share p, openings so far y and prior P,

    rate = w · y / p + (1 - w) · P,    w = c · n / (n + k),    n = (p · P + y) / 2,
    nowcast = y + (1 - p) · rate,

so that few openings leave the prior in charge, the last day gives what was counted, and no
nowcast falls below it.  The ceiling c and the size k are those with the smallest errors when the
same days of earlier quarters are used, each left out of its own share.  A prior that the openings
so far contradict beyond chance counts less, and in the end nothing.

The interval is made of the same leave-one-out errors (`nowcast_intervals`), without those of
quarters in which the level broke.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from data.errors import ConfigurationError
from data.whole_numbers import is_real, whole_number, whole_numbers

from .nowcast_intervals import FEWEST_QUARTERS, PastErrors, log_half_widths, past_errors
from .quarter_progress import Progress, days_in, first_day, progress, quarter_totals
from .unusual_years import DISPERSION, HALF, redescending
from .weekly_counts import DAYS_PER_WEEK, DailyGrid, daily_grid, last_day

CEILINGS = (1.0, 0.9, 0.75, 0.5, 0.25, 0.0)
SIZES = (10.0, 0.0, 3.0, 30.0, 100.0, 300.0)
FEWEST_ERRORS = 4
SMALLEST_GAIN = 1e-12
SMALLEST_YEARS = 0.001
# Beyond a factor of two an error is a break, and says no more against a weight.
LARGEST_LOG_ERROR = np.log(2.0)
# How far prior and ratio estimate of a whole quarter usually lie apart, in logarithms.
USUAL_CONFLICT = 0.25
LEAST_TRUST = 0.5

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
        levels = whole_numbers(self.levels, "levels of the intervals, per cent", 1, 99)
        most = whole_number(self.most_quarters, "quarters whose errors are looked at", 2, 80)
        object.__setattr__(self, "levels", tuple(sorted(set(levels))))
        object.__setattr__(self, "most_quarters", most)
        years = is_real(self.pooled_years, SMALLEST_YEARS, 100)
        if not (years and is_real(self.pooled_openings, 0, 1e9)):
            raise ConfigurationError(
                "weight of the other series",
                got=f"{self.pooled_years} years and {self.pooled_openings} openings",
                expected="years from 0.001 to 100, openings from 0 to 1e9",
            )


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
    ConfigurationError
        When ``as_of`` is no day of the years 1900 to 2099.
    ContractError
        When a column stands twice.
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
    as_of = last_day(as_of)
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
    errors = past_errors(past, actual, _combine(then, *weights))
    untrusted = _untrusted_priors(now, errors, quarter)
    now, then = (replace(one, prior=np.where(untrusted, np.nan, one.prior)) for one in (now, then))
    estimate = _combine(now, *weights)
    errors = past_errors(past, actual, _combine(then, *weights))
    widths = log_half_widths(errors, estimate, quarter, parameters.levels)
    missing = (~known[:, : as_of.toordinal() + 1 - first_day(quarter)]).sum(axis=1)
    common = pd.DataFrame(
        {
            "series_id": list(grid.series_ids),
            "quarter": str(quarter),
            "as_of": as_of.isoformat(),
            "weeks_seen": known.sum(axis=1) // DAYS_PER_WEEK,
            "openings_so_far": now.so_far,
            "mean": estimate,
            "method": _methods(now),
            "reason": _reasons(now, known, estimate, missing, errors),
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
    return Progress(so_far, share, years, now.is_borrowed, now.is_aligned, prior, now.left_out)


def _combine(one: Progress, ceiling: float, size: float) -> np.ndarray:
    """Nowcast from the ratio estimate and the prior, in the shape of the progress."""
    has_share = one.share > 0
    ratio, evidence = _ratio(one), _evidence(one)
    weight = np.divide(
        ceiling * evidence, evidence + size, out=np.zeros(evidence.shape), where=evidence > 0
    )
    weight = 1 - (1 - weight) * _trust_in_prior(one)
    rate = weight * np.where(has_share, ratio, 0) + (1 - weight) * one.prior
    rate = np.where(np.isnan(one.prior), ratio, np.where(has_share, rate, one.prior))
    return np.where(one.share >= 1, one.so_far, one.so_far + (1 - one.share) * rate)


def _ratio(one: Progress) -> np.ndarray:
    """Openings so far over their share; NaN before the first day."""
    missing = np.full(one.share.shape, np.nan)
    return np.divide(one.so_far, one.share, out=missing, where=one.share > 0)


def _evidence(one: Progress) -> np.ndarray:
    """Openings that the days known hold, between what came and what was expected."""
    return (one.share * np.nan_to_num(one.prior) + one.so_far) / 2


def _trust_in_prior(one: Progress) -> np.ndarray:
    """From 1, where the openings so far agree with the prior, to 0 where they rule it out."""
    evidence = _evidence(one)
    begun = (one.share > 0) & (evidence > 0)
    conflict = np.log((_ratio(one) + HALF) / (one.prior + HALF))
    share, evidence = np.where(begun, one.share, 1.0), np.where(begun, evidence, 1.0)
    noise = np.sqrt(USUAL_CONFLICT**2 / share + DISPERSION / evidence)
    return np.where(begun, redescending(conflict / noise), 1.0)


def _untrusted_priors(now: Progress, past: PastErrors, quarter: pd.Period) -> np.ndarray:
    """Series whose prior says less than the openings so far: it is contradicted, or of a break.

    Their earlier quarters are nowcast without a prior too, so that the errors are comparable.
    """
    broke = np.array([quarter - 1 in quarters for quarters in past.left_out], dtype=bool)
    return (now.so_far > 0) & (now.share > 0) & (broke | (_trust_in_prior(now) < LEAST_TRUST))


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
            errors = np.abs(np.log((actual + HALF) / (estimate + HALF)))
            squares = np.minimum(errors, LARGEST_LOG_ERROR) ** 2
            loss = float(np.nansum(squares * np.minimum(actual, estimate)))
            if loss < smallest - SMALLEST_GAIN:
                best, smallest = (ceiling, size), loss
    return best


def _methods(now: Progress) -> list[str]:
    if not now.is_borrowed:
        return [BY_DAYS] * now.years.size
    aligned = ALIGNED if now.is_aligned else ""
    return [(OWN_YEARS if years else OTHER_SERIES) + aligned for years in now.years]


def _reasons(
    now: Progress, known: np.ndarray, mean: np.ndarray, missing_days: np.ndarray, past: PastErrors
) -> list[str]:
    few = len(past.quarters) < FEWEST_QUARTERS
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
        if now.left_out[row]:
            said.append(f"本季进度异常的年份不计：{'、'.join(map(str, now.left_out[row]))}年")
        if past.left_out[row]:
            said.append(f"水平突变的季度不计入区间：{'、'.join(map(str, past.left_out[row]))}")
        if few and not np.isnan(mean[row]):
            said.append(FEW_QUARTERS)
        reasons.append("；".join(said))
    return reasons
