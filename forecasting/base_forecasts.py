"""Reading what is reconciled: base forecasts and one-step errors, arranged by node and period.

A series with a row of base forecasts that cannot be used is left out whole, a residual alone;
the reason is told of either.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from data.errors import EmptyInputError

from .hierarchy import UNKNOWN_SERIES, Hierarchy
from .long_tables import names_of, numbers_of, refuse_repetition, require_columns
from .minimum_trace import ShrunkCorrelation, shrunk_correlation
from .series import LARGEST_SIZE

KEYS = ["series_id", "period"]
LABELS = {
    "horizon": "预测期数",
    "level": "区间水平",
    "mean": "均值",
    "upper": "区间上限",
    "residual": "残差",
}

NAMELESS = "缺少序列名称"
UNDATED = "缺少时期"
LACKING = "基础预测缺少以下时期的均值："
ASIDE = "以下时期多数序列没有可用的均值，未予调和："
NO_NUMBER = f"不是绝对值至多为{LARGEST_SIZE:g}的数"
ODD_HORIZON = "预测期数须为正整数"
ODD_LEVEL = "区间水平须为1至99的整数"
UPPER_BELOW_MEAN = "区间上限低于均值"
DIFFERING = "同一时期各行的均值或预测期数不一致"

# A sum of squares below this would be distorted by underflow, and counts as zero.
SMALLEST_SQUARES = 1e-200

Reasons = list[tuple[str, str]]


class BaseForecasts(NamedTuple):
    """Base forecasts, (n_nodes, n_periods), and the standard deviations behind their intervals.

    The latter have the shape (n_levels, n_nodes, n_periods), as the intervals of errors with
    heavy tails tell a larger one the higher their level; ``normal_quantiles`` says, ascending,
    how many standard deviations of normal errors each level reaches.  NaN where there is none.
    """

    means: np.ndarray
    spreads: np.ndarray
    normal_quantiles: np.ndarray
    periods: list[str]
    horizons: list[int]
    rejected: Reasons


class OneStepErrors(NamedTuple):
    """What residuals say of one-step errors: deviations, correlation, and which nodes had few."""

    residuals: np.ndarray
    deviations: np.ndarray
    enough: np.ndarray
    correlation: ShrunkCorrelation


class _Rows(NamedTuple):
    """Rows of the hierarchy's series, why one cannot be used, and reasons of other rows."""

    table: pd.DataFrame
    faults: pd.Series
    rejected: Reasons


def read_base(base: pd.DataFrame, hierarchy: Hierarchy) -> BaseForecasts:
    """Arrange base forecasts on the periods that most series have."""
    require_columns(base, [*KEYS, "horizon", "mean"], "the table of base forecasts")
    per_level = [*KEYS, "level"] if "level" in base.columns else KEYS
    rows = _read_rows(base, ["horizon", "mean", "level", "upper"], hierarchy)
    refuse_repetition(rows.table[rows.faults.isna()], per_level, "mean")
    faults = _faults_of_forecasts(rows)
    faulty = rows.table.loc[faults.notna(), "series_id"]
    sound = rows.table[~rows.table["series_id"].isin(faulty)]
    rejected = rows.rejected + _first_of_series(rows.table, faults)
    first = sound.drop_duplicates(KEYS)
    means = hierarchy.arranged(first, "mean")
    known = means.notna()
    if not known.to_numpy().any():
        raise EmptyInputError(
            "no base forecast can be used",
            which=[f"{name} {reason}" for name, reason in rejected],
            expected="means of series in the hierarchy",
            action="correct these rows",
        )
    reach = known[known.any(axis=1)].value_counts().index[0]
    periods = [period for period, reached in zip(known.columns, reach, strict=True) if reached]
    horizons = hierarchy.arranged(first, "horizon")[periods].median()
    periods = sorted(periods, key=lambda period: horizons[period])
    return BaseForecasts(
        means[periods].to_numpy(),
        *_read_spreads(sound, hierarchy, periods),
        periods,
        [int(horizons[period]) for period in periods],
        rejected + _incomplete(first, known, periods),
    )


def _read_rows(table: pd.DataFrame, columns: list[str], hierarchy: Hierarchy) -> _Rows:
    """Make names of the keys and numbers of the columns that there are."""
    columns = [column for column in columns if column in table.columns]
    require_columns(table, columns, "the table of forecasts or residuals")
    given = table[[*KEYS, *columns]].reset_index(drop=True)
    rows = given.assign(**{key: names_of(given[key]) for key in KEYS})
    faults = _noted(pd.Series(index=rows.index, dtype="str"), rows["period"].isna(), UNDATED)
    rows["period"] = rows["period"].fillna("")
    for column in columns:
        numbers = numbers_of(given[column])
        # Comparison with a missing number is false.
        odd = given[column].notna() & ~(numbers.abs() <= LARGEST_SIZE)
        faults = _noted(faults, odd, LABELS[column] + NO_NUMBER, given[column])
        rows[column] = numbers.mask(odd)
    known = rows["series_id"].isin(hierarchy.nodes)
    strangers = sorted(rows.loc[~known, "series_id"].dropna().unique())
    rejected = [(name, UNKNOWN_SERIES) for name in strangers]
    rejected += [("", NAMELESS)] if rows["series_id"].isna().any() else []
    return _Rows(rows[known], faults[known], rejected)


def _noted(
    faults: pd.Series, where: pd.Series, reason: str, got: pd.Series | None = None
) -> pd.Series:
    """Put a reason, with what was got, to rows that have none yet."""
    new = where & faults.isna()
    if got is None or not new.any():
        return faults.mask(new, reason)
    shown = [f"{reason}（{str(value)[:40]}）" for value in got[new]]
    return faults.where(~new, pd.Series(shown, index=faults.index[new], dtype="str"))


def _faults_of_forecasts(rows: _Rows) -> pd.Series:
    """Why a row of base forecasts cannot be used; missing where it can."""
    table, faults = rows.table, rows.faults
    whole = (table["horizon"] >= 1) & (table["horizon"] % 1 == 0)
    faults = _noted(faults, ~whole, ODD_HORIZON, table["horizon"])
    if "level" not in table.columns:
        return faults
    level = table["level"]
    upper = table["upper"] if "upper" in table.columns else pd.Series(np.nan, index=table.index)
    admitted = level.between(1, 99) & (level % 1 == 0)
    faults = _noted(faults, ~admitted & (level.notna() | upper.notna()), ODD_LEVEL, level)
    faults = _noted(faults, upper < table["mean"], UPPER_BELOW_MEAN, upper)
    distinct = table.groupby(KEYS)[["mean", "horizon"]].transform("nunique", dropna=False)
    return _noted(faults, (distinct > 1).any(axis=1), DIFFERING)


def _first_of_series(table: pd.DataFrame, faults: pd.Series) -> Reasons:
    """First fault of every series, with its period and the number of rows."""
    told = (table["period"] + "：" + faults).dropna()
    return [
        (str(name), f"{len(reasons)}行不可用，如{reasons.iloc[0]}")
        for name, reasons in told.groupby(table["series_id"], sort=False)
    ]


def _incomplete(table: pd.DataFrame, known: pd.DataFrame, periods: list[str]) -> Reasons:
    """Series that lack a period that is reconciled, and those with one that is not."""
    absent = ~known.loc[table["series_id"].unique(), periods]
    lacking = absent[absent.any(axis=1)]
    aside = table[~table["period"].isin(periods)].groupby("series_id", sort=False)["period"]
    return [
        *((str(name), LACKING + "、".join(row.index[row])) for name, row in lacking.iterrows()),
        *((str(name), ASIDE + "、".join(labels)) for name, labels in aside),
    ]


def _read_spreads(
    base: pd.DataFrame, hierarchy: Hierarchy, periods: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Arrange the standard deviations behind the intervals of every level."""
    if not {"level", "upper"} <= set(base.columns) or base["level"].isna().all():
        return np.full((1, len(hierarchy.nodes), len(periods)), np.nan), np.ones(1)
    levels = np.sort(base["level"].dropna().unique())
    normal = stats.norm.ppf(0.5 + levels / 200)
    tables = []
    for level, quantile in zip(levels, normal, strict=True):
        rows = base[base["level"] == level]
        # The upper side, since the lower one may be cut off at zero.
        widths = rows[KEYS].assign(spread=(rows["upper"] - rows["mean"]) / quantile)
        tables.append(hierarchy.arranged(widths, "spread").reindex(columns=periods).to_numpy())
    spreads = np.array(tables)
    known = np.isfinite(spreads)
    # A level that a node lacks is read from those that it has.
    usual = np.where(known, spreads, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    usual[~known.any(axis=0)] = np.nan
    return np.where(known, spreads, usual), normal


def read_errors(
    residuals: pd.DataFrame | None, hierarchy: Hierarchy, fewest_residuals: int
) -> tuple[OneStepErrors, Reasons]:
    """Arrange residuals and estimate the size and correlation of one-step errors."""
    if residuals is None:
        residuals = pd.DataFrame(columns=[*KEYS, "residual"])
    require_columns(residuals, [*KEYS, "residual"], "the table of residuals")
    rows = _read_rows(residuals, ["residual"], hierarchy)
    sound = rows.table[rows.faults.isna()]
    values = hierarchy.arranged(sound, "residual").to_numpy().T
    squares, counts = np.nansum(values**2, axis=0), np.isfinite(values).sum(axis=0)
    enough = (counts >= fewest_residuals) & (squares > SMALLEST_SQUARES)
    sizes = hierarchy.sizes
    variances = squares / np.maximum(counts, 1)
    unit = float(np.median((variances / sizes)[enough])) if enough.any() else 1.0
    deviations = np.sqrt(np.where(enough, variances, unit * sizes))
    correlation = shrunk_correlation(np.where(enough, values, np.nan))
    rejected = rows.rejected + _first_of_series(rows.table, rows.faults)
    return OneStepErrors(values, deviations, enough, correlation), rejected
