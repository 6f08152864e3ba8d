"""Coherent forecasts: means by minimum trace, intervals from sample paths that add up.

Base forecasts of all nodes of a hierarchy are projected onto those that add up, weighted by
the covariance W of their one-step errors (Wickramasuriya, Athanasopoulos and Hyndman 2019,
J. Amer. Statistical Association 114, 804-819).  W is the sample covariance with correlations
shrunk towards zero (Schäfer and Strimmer 2005, Stat. Appl. in Genetics and Molecular Biology 4,
art. 32).  Non-negative means solve the quadratic programme of Wickramasuriya, Turlach and
Hyndman (2020, Statistics and Computing 30, 1167-1182) by block principal pivoting.

Residuals may be missing: a missing one counts as no evidence, that is as zero in all products,
so every residual is used and W stays positive definite.  A node with few residuals takes a
variance in proportion to its number of bottom series and no correlation.

Intervals are quantiles of sample paths (Panagiotelis, Gamakumara, Athanasopoulos and Hyndman
2023, European J. Operational Research 306, 693-706): errors of all nodes at one period are
drawn together, scaled to the spread of the base intervals, and every draw is projected like
the means.  So the interval of a sum reflects how its parts depend on each other; quantiles
themselves do not add up, draws do.
"""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
from scipy import linalg

from data.contract import REASON
from data.errors import ConfigurationError
from data.tables import FORECAST
from data.whole_numbers import whole_number, whole_numbers

from .base_forecasts import KEYS, BaseForecasts, OneStepErrors, read_base, read_errors
from .coherent_paths import base_draws, without_negatives
from .forecast_table import ForecastResult
from .hierarchy import Hierarchy
from .minimum_trace import minimum_trace, non_negative, non_negative_draws

Method = Literal["shrink", "variance", "structural", "ols"]

RANK_TOLERANCE = 1e-8
UNDETERMINED = "没有基础预测，依据其他序列也不能确定其数值"
PARTS_ARE_ZERO = "所含序列的预测与残差均为零，非零的基础预测未予采用"


@dataclass(frozen=True, slots=True)
class ReconciliationParameters:
    """How to reconcile.

    Parameters
    ----------
    method : str
        What weights the base forecasts: ``shrink``, the covariance of the residuals with
        correlations shrunk; ``variance``, their variances; ``structural``, the number of bottom
        series in a node; ``ols``, nothing.
    non_negative : bool
        Whether the values are counts: no mean, draw or bound falls below 0.
    levels : tuple of int
        Nominal coverages of the intervals, per cent; none for means only.
    draws : int
        Sample paths behind the intervals.
    seed : int
        Seed of the sample paths.
    fewest_residuals : int
        Residuals below which a node takes the structural variance.

    Raises
    ------
    ConfigurationError
        When a value is out of its range.
    """

    method: Method = "shrink"
    non_negative: bool = True
    levels: tuple[int, ...] = (80, 95)
    draws: int = 500
    seed: int = 1
    fewest_residuals: int = 6

    def __post_init__(self) -> None:
        """Refuse values out of range, and put the levels in order."""
        if not isinstance(self.method, str) or self.method not in get_args(Method):
            raise ConfigurationError(
                "method of reconciliation",
                got=repr(self.method),
                expected=", ".join(get_args(Method)),
            )
        if not isinstance(self.non_negative, bool | np.bool_):
            raise ConfigurationError(
                "whether values are counts", got=repr(self.non_negative), expected="True or False"
            )
        what = "levels of the intervals, per cent"
        levels = whole_numbers(self.levels, what, 1, 99, may_be_empty=True)
        object.__setattr__(self, "levels", tuple(sorted(set(levels))))
        ranges = {"draws": (100, 10_000), "seed": (0, None), "fewest_residuals": (3, None)}
        for name, (lowest, highest) in ranges.items():
            value = whole_number(getattr(self, name), name, lowest, highest)
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True)
class ReconciledForecast:
    """Coherent forecasts of all nodes, and what they rest on.

    Parameters
    ----------
    means : pandas.DataFrame
        ``series_id, period, horizon, mean``, nodes in the order of the hierarchy.
    intervals : pandas.DataFrame
        Contract FORECAST with the model ``mint(…)`` around the method that was used; no row
        when no level was asked for.
    paths : numpy.ndarray of shape (n_draws, n_nodes, n_periods)
        Sample paths of the nodes of ``means``, in their order; every draw adds up.
    variances : pandas.DataFrame
        ``series_id, source, residuals`` of every node: whether its weight comes from its
        ``residuals``, is ``structural``, is that of ``ols``, or it is a ``zero`` series or had
        no base forecast (``none``); and how many residuals there were.
    method : str
        Method that was used: ``structural`` instead of ``shrink`` or ``variance`` where no node
        has enough residuals.
    shrinkage : float
        Intensity of the shrinkage of correlations, 0 to 1; 1 where none were estimated.
    rejected : pandas.DataFrame
        ``series_id, reason``: base forecasts, periods and residuals that were not used, and
        nodes without a base forecast that the others do not determine.
    """

    means: pd.DataFrame
    intervals: pd.DataFrame
    paths: np.ndarray
    variances: pd.DataFrame
    method: Method
    shrinkage: float
    rejected: pd.DataFrame


class _Estimable(NamedTuple):
    """Nodes that enter the projection, bottom series it solves for, nodes they determine."""

    used: np.ndarray
    columns: np.ndarray
    determined: np.ndarray


class _Projected(NamedTuple):
    """Means (n_nodes, n_periods) and paths (n_draws, n_nodes, n_periods); what is determined."""

    means: np.ndarray
    paths: np.ndarray
    determined: np.ndarray


def reconcile(
    base: pd.DataFrame,
    residuals: pd.DataFrame | None,
    hierarchy: Hierarchy,
    parameters: ReconciliationParameters | None = None,
) -> ReconciledForecast:
    """Make the forecasts of all nodes add up.

    A series whose forecasts and residuals are all zero stays zero, and so does a sum of such
    series.  A sum without a base forecast is the sum of its parts: leave out those that
    `Hierarchy.check` rejects.  A bottom series without one takes what the others leave for it,
    where they determine it.

    Parameters
    ----------
    base : pandas.DataFrame
        ``series_id, period, horizon, mean`` of one model a series, as `ForecastResult.main`
        gives it. With ``level`` and ``upper`` the spread of the paths is theirs, otherwise that
        of the residuals, growing with the root of the horizon. A series is rejected that lacks
        a period which most series have, or has a row with a horizon, mean, level or upper bound
        that cannot be; a period that most series lack is left out.
    residuals : pandas.DataFrame or None
        ``series_id, period, residual``: one-step errors, observation minus forecast, in sample
        or from a backtest (`one_step_errors`).
    hierarchy : Hierarchy
        How the series add up.
    parameters : ReconciliationParameters, optional
        How to reconcile.

    Returns
    -------
    ReconciledForecast
        All nodes that are determined. What cannot be used is in ``rejected`` with a reason.

    Raises
    ------
    UnknownColumnsError
        When a column is missing.
    ContractError
        When a series has several forecasts or residuals for a period, a column stands twice, or
        residuals differ too much in size to weigh forecasts by.
    EmptyInputError
        When no base forecast can be used, or intervals are asked for and there is neither an
        ``upper`` nor a series with enough residuals.

    Examples
    --------
    >>> hierarchy = Hierarchy.from_groups(pd.DataFrame({"series_id": ["a", "b"]}), ["total"])
    >>> base = pd.DataFrame({"series_id": ["total", "a", "b"], "period": "2027Q1", "horizon": 1,
    ...                      "mean": [13.0, 6.0, 4.0]})
    >>> parameters = ReconciliationParameters(method="ols", levels=())
    >>> reconcile(base, None, hierarchy, parameters).means["mean"].round(6).tolist()
    [12.0, 7.0, 5.0]
    """
    parameters = parameters or ReconciliationParameters()
    forecasts = read_base(base, hierarchy)
    errors, strangers = read_errors(residuals, hierarchy, parameters.fewest_residuals)
    silent = _silent(forecasts, errors)
    zero = silent[-len(hierarchy.bottom) :]
    method = _possible_method(parameters.method, errors)
    found = _project(forecasts, errors, hierarchy, zero, replace(parameters, method=method))
    result = _means(forecasts, found.means, hierarchy, found.determined)
    known = np.isfinite(forecasts.means).all(axis=1)
    contradicting = _only_zeros(hierarchy, zero) & known & ~silent
    rejected = [
        *forecasts.rejected,
        *strangers,
        *_with_reason(hierarchy, ~found.determined, UNDETERMINED),
        *_with_reason(hierarchy, contradicting, PARTS_ARE_ZERO),
    ]
    paths = found.paths[:, found.determined]
    return ReconciledForecast(
        means=result,
        intervals=_intervals(result, paths, parameters.levels, method),
        paths=paths,
        variances=_variances(hierarchy, errors, forecasts, zero, method),
        method=method,
        shrinkage=errors.correlation.intensity if method == "shrink" else 1.0,
        rejected=pd.DataFrame(rejected, columns=["series_id", REASON], dtype="str"),
    )


def one_step_errors(result: ForecastResult) -> pd.DataFrame:
    """Residuals for `reconcile` from the backtest of the main forecasts.

    Returns
    -------
    pandas.DataFrame
        ``series_id, period, residual``: the origin stands for the period.
    """
    errors = result.errors
    main = errors["model"] == errors["series_id"].map(result.main_models)
    chosen = errors[main & (errors["horizon"] == 1)]
    renamed = chosen.rename(columns={"origin": "period", "error": "residual"})
    return renamed[[*KEYS, "residual"]].reset_index(drop=True)


def _project(
    forecasts: BaseForecasts,
    errors: OneStepErrors,
    hierarchy: Hierarchy,
    zero: np.ndarray,
    parameters: ReconciliationParameters,
) -> _Projected:
    """Project means and draws onto the forecasts that add up, of all nodes."""
    estimable = _estimable(hierarchy, np.isfinite(forecasts.means).all(axis=1), ~zero)
    used, determined = estimable.used, estimable.determined
    summing = hierarchy.summing.toarray()[:, estimable.columns]
    covariance = _covariance(errors, hierarchy.sizes, parameters.method)
    mapping = minimum_trace(summing[used], covariance[np.ix_(used, used)])
    bottom = mapping.weights @ forecasts.means[used]
    remainders = summing[hierarchy.remainders][determined[hierarchy.remainders]]
    parts = np.vstack([remainders, np.eye(summing.shape[1])])
    if parameters.non_negative:
        bottom = without_negatives(bottom, parts, mapping.covariance, non_negative)
    paths = np.empty((0, len(summing), bottom.shape[1]))
    if parameters.levels:
        draws = base_draws(forecasts, errors, used, parameters.draws, parameters.seed)
        below = mapping.weights @ draws.reshape(len(draws), int(np.prod(draws.shape[1:])))
        if parameters.non_negative:
            below = without_negatives(below, parts, mapping.covariance, non_negative_draws)
        paths = np.moveaxis((summing @ below).reshape(len(summing), *draws.shape[1:]), 1, 0)
    # What is left of the total may fall below zero by rounding.
    floor = 0.0 if parameters.non_negative else -np.inf
    means = np.maximum(summing @ bottom, floor)
    return _Projected(means, np.maximum(paths, floor), determined)


def _possible_method(method: Method, errors: OneStepErrors) -> Method:
    """The method asked for, where it needs no residuals or some node has enough of them."""
    return method if method == "ols" or errors.enough.any() else "structural"


def _covariance(errors: OneStepErrors, sizes: np.ndarray, method: Method) -> np.ndarray:
    """Covariance of the base forecasts' errors under a method."""
    if method == "ols":
        return np.eye(sizes.size)
    if method == "structural":
        return np.diag(sizes)
    if method == "variance":
        return np.diag(errors.deviations**2)
    return errors.correlation.correlation * np.outer(errors.deviations, errors.deviations)


def _silent(forecasts: BaseForecasts, errors: OneStepErrors) -> np.ndarray:
    """Find nodes of which nothing but zero is known."""
    silent = (forecasts.means == 0).all(axis=1)
    silent &= (np.nan_to_num(forecasts.spreads) == 0).all(axis=(0, 2))
    return np.asarray(silent & (np.nan_to_num(errors.residuals) == 0).all(axis=0))


def _only_zeros(hierarchy: Hierarchy, zero: np.ndarray) -> np.ndarray:
    """Find nodes all parts of which are zero."""
    return np.asarray(abs(hierarchy.summing) @ ~zero == 0)


def _estimable(hierarchy: Hierarchy, known: np.ndarray, moving: np.ndarray) -> _Estimable:
    """Choose what can be solved for when base forecasts are missing.

    Bottom series that cannot be told apart are solved for as one: the nodes that hold all of
    them are determined, those that hold some are not.
    """
    summing = hierarchy.summing.toarray()
    columns, determined = np.flatnonzero(moving), np.ones(len(summing), dtype=bool)
    used = known & (summing[:, columns] != 0).any(axis=1)
    if not known[-len(moving) :][columns].all():
        solved = summing[np.ix_(used, columns)]
        free = linalg.null_space(solved)
        determined = (np.abs(summing[:, columns] @ free) < RANK_TOLERANCE).all(axis=1)
        _, pivots = linalg.qr(solved, mode="r", pivoting=True)
        columns = columns[np.sort(pivots[: columns.size - free.shape[1]])]
    return _Estimable(used, columns, determined)


def _with_reason(hierarchy: Hierarchy, nodes: np.ndarray, reason: str) -> list[tuple[str, str]]:
    return [(hierarchy.nodes[node], reason) for node in np.flatnonzero(nodes)]


def _means(
    forecasts: BaseForecasts, means: np.ndarray, hierarchy: Hierarchy, determined: np.ndarray
) -> pd.DataFrame:
    """Rows of all determined nodes, periods within nodes."""
    names = np.array(hierarchy.nodes)[determined]
    return pd.DataFrame(
        {
            "series_id": np.repeat(names, len(forecasts.periods)),
            "period": np.tile(forecasts.periods, names.size),
            "horizon": np.tile(forecasts.horizons, names.size),
            "mean": means[determined].ravel(),
        }
    )


def _intervals(
    means: pd.DataFrame, paths: np.ndarray, levels: tuple[int, ...], method: Method
) -> pd.DataFrame:
    """Quantiles of the paths, never beyond the mean, in the form of the contract."""
    if not levels:
        return FORECAST.empty()
    shares = np.array(levels) / 100
    bounds = np.quantile(paths, np.concatenate([1 - shares, 1 + shares]) / 2, axis=0)
    lower, upper = bounds.reshape(2, shares.size, -1).transpose(0, 2, 1)
    rows = means.loc[means.index.repeat(shares.size)]
    return FORECAST.check(
        rows.assign(
            level=np.tile(levels, len(means)),
            lower=np.minimum(lower.ravel(), rows["mean"]),
            upper=np.maximum(upper.ravel(), rows["mean"]),
            model=f"mint({method})",
        )
    )


def _variances(
    hierarchy: Hierarchy,
    errors: OneStepErrors,
    forecasts: BaseForecasts,
    zero: np.ndarray,
    method: Method,
) -> pd.DataFrame:
    """Say of every node where its weight comes from."""
    sources = np.where(errors.enough, "residuals", "structural").astype(object)
    if method in ("ols", "structural"):
        sources[:] = method
    sources[np.isnan(forecasts.means).any(axis=1)] = "none"
    sources[_only_zeros(hierarchy, zero)] = "zero"
    counts = np.isfinite(errors.residuals).sum(axis=0)
    return pd.DataFrame(
        {"series_id": hierarchy.nodes, "source": sources.astype(str), "residuals": counts}
    )
