"""Reading what is reconciled: base forecasts and one-step errors, arranged by node and period."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from data.errors import EmptyInputError

from .hierarchy import UNKNOWN_SERIES, Hierarchy, require_columns
from .minimum_trace import ShrunkCorrelation, shrunk_correlation

KEYS = ["series_id", "period"]
LACKING = "基础预测缺少以下时期的均值："


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
    rejected: list[tuple[str, str]]


class OneStepErrors(NamedTuple):
    """What residuals say of one-step errors: deviations, correlation, and which nodes had few."""

    residuals: np.ndarray
    deviations: np.ndarray
    enough: np.ndarray
    correlation: ShrunkCorrelation


def read_base(base: pd.DataFrame, hierarchy: Hierarchy) -> BaseForecasts:
    """Arrange base forecasts on the periods that most series have."""
    require_columns(base, [*KEYS, "horizon", "mean"], "the table of base forecasts")
    per_level = [*KEYS, "level"] if "level" in base.columns else KEYS
    # Several models a series are left in, for `arranged` to refuse.
    first = base if base.duplicated(per_level).any() else base.drop_duplicates(KEYS)
    means = hierarchy.arranged(first, "mean")
    steps = hierarchy.arranged(first, "horizon")
    known = means.notna()
    if not known.to_numpy().any():
        raise EmptyInputError("no base forecast belongs to the hierarchy")
    reach = known[known.any(axis=1)].value_counts().index[0]
    periods = [period for period, reached in zip(known.columns, reach, strict=True) if reached]
    horizons = steps[periods].median()
    periods = sorted(periods, key=lambda period: horizons[period])
    lacking = known.any(axis=1) & ~known[periods].all(axis=1)
    spreads, normal_quantiles = _read_spreads(base, hierarchy, periods)
    rejected = [(name, UNKNOWN_SERIES) for name in _strangers(base, hierarchy)]
    rejected += [
        (name, LACKING + "、".join(known.columns[known.columns.isin(periods) & ~known.loc[name]]))
        for name in lacking.index[lacking]
    ]
    return BaseForecasts(
        means[periods].to_numpy(),
        spreads,
        normal_quantiles,
        periods,
        [int(horizons[p]) for p in periods],
        rejected,
    )


def _read_spreads(
    base: pd.DataFrame, hierarchy: Hierarchy, periods: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Arrange the standard deviations behind the intervals of every level."""
    if not {"level", "upper"} <= set(base.columns):
        return np.full((1, len(hierarchy.nodes), len(periods)), np.nan), np.ones(1)
    levels = np.sort(base["level"].unique())
    normal = stats.norm.ppf(0.5 + levels.astype(float) / 200)
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


def _strangers(table: pd.DataFrame, hierarchy: Hierarchy) -> list[str]:
    names = table["series_id"].dropna().unique()
    return sorted(set(map(str, names)) - set(hierarchy.nodes))


def read_errors(
    residuals: pd.DataFrame | None, hierarchy: Hierarchy, fewest_residuals: int
) -> tuple[OneStepErrors, list[tuple[str, str]]]:
    """Arrange residuals and estimate the size and correlation of one-step errors."""
    if residuals is None:
        residuals = pd.DataFrame(columns=[*KEYS, "residual"])
    values = hierarchy.arranged(residuals, "residual").to_numpy().T
    squares, counts = np.nansum(values**2, axis=0), np.isfinite(values).sum(axis=0)
    enough = (counts >= fewest_residuals) & (squares > 0)
    sizes = hierarchy.sizes
    variances = squares / np.maximum(counts, 1)
    unit = float(np.median((variances / sizes)[enough])) if enough.any() else 1.0
    deviations = np.sqrt(np.where(enough, variances, unit * sizes))
    correlation = shrunk_correlation(np.where(enough, values, np.nan))
    strangers = [(name, UNKNOWN_SERIES) for name in _strangers(residuals, hierarchy)]
    return OneStepErrors(values, deviations, enough, correlation), strangers
