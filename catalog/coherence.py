"""Forecasts that add up: the city, its industries down to divisions, its regions and districts.

Industries and districts are two divisions of one total.  Crossed they would be hundreds of small
series, which the register seldom gives and nobody publishes, so they are joined at the total
(`forecasting.hierarchy`) and made to add up by minimum trace (`forecasting.reconciliation`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from data.quarters import parse_quarter, quarters_between, shift_quarter
from data.tables import FORECAST
from forecasting import (
    ForecastParameters,
    ForecastResult,
    Hierarchy,
    ReconciliationParameters,
    forecast,
    one_step_errors,
    reconcile,
)

from .demand_series import DemandSeries, long_form
from .tables import COHERENT_FORECAST

SUFFIX = "mint"
# Quantiles of so many paths lie within two per cent of their own limit.
DRAWS = 2_000
SEED = 1
# A series that ended longer ago gets no forecast of its own.
LATEST_END_QUARTERS = 4


@dataclass(frozen=True)
class CoherentForecast:
    """Forecasts of one issue that add up.

    Parameters
    ----------
    industries : pandas.DataFrame
        Contract `data.tables.FORECAST`: sections, with the benchmark beside them.
    main : pandas.DataFrame
        The same without the benchmark.
    others : pandas.DataFrame
        Contract `catalog.tables.COHERENT_FORECAST`: total, divisions, regions and districts.
    """

    industries: pd.DataFrame
    main: pd.DataFrame
    others: pd.DataFrame


def forecast_coherently(
    series: DemandSeries,
    horizon: int,
    parameters: ForecastParameters,
    processes: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> CoherentForecast:
    """Forecast every series and make the forecasts add up.

    Parameters
    ----------
    series : DemandSeries
    horizon : int
        Quarters after that of the issue; a series that ends before is forecast further.
    parameters : ForecastParameters
    processes : int
        Processes that share the series.
    progress : callable, optional
        Called with (series done, series in all).

    Returns
    -------
    CoherentForecast
        ``model`` is the name of what forecast a series, with ``+mint``; ``mint`` alone where
        nothing did and the others determine it.
    """
    nothing = CoherentForecast(FORECAST.empty(), FORECAST.empty(), COHERENT_FORECAST.empty())
    if series.hierarchy is None:
        return nothing
    issue = str(series.history.index[-1])
    further = horizon + _quarters_without_figure(series.history)
    base = forecast(long_form(series.history), further, parameters, progress, processes=processes)
    ahead = quarters_between(shift_quarter(issue, 1), shift_quarter(issue, horizon))
    main = _from_the_issue(base.main, ahead)
    if main.empty:
        return nothing
    main = _added_up(main, base, series.hierarchy, parameters.levels)
    groups = main["series_id"].map(series.groupings)
    is_section = groups == "section"
    main, others = main[is_section], main.assign(grouping=groups)[~is_section]
    benchmark = base.forecasts[
        base.forecasts["model"] != base.forecasts["series_id"].map(base.main_models)
    ]
    benchmark = _from_the_issue(benchmark, ahead)
    beside = benchmark[benchmark["series_id"].isin(main["series_id"])]
    return CoherentForecast(
        FORECAST.check(pd.concat([main, beside], ignore_index=True)),
        main.reset_index(drop=True),
        COHERENT_FORECAST.check(others),
    )


def _quarters_without_figure(history: pd.DataFrame) -> int:
    """Quarters that the series ending first, and not long ago, lies behind."""
    issue = parse_quarter(str(history.index[-1]))
    ends = [history[name].last_valid_index() for name in history]
    behind = [(issue - parse_quarter(str(end))).n for end in ends if end is not None]
    return max((n for n in behind if n <= LATEST_END_QUARTERS), default=0)


def _from_the_issue(rows: pd.DataFrame, ahead: list[str]) -> pd.DataFrame:
    """Rows of the quarters wanted, their horizon counted from the quarter of the issue."""
    wanted = rows[rows["period"].isin(ahead)]
    places = {period: place for place, period in enumerate(ahead, start=1)}
    return wanted.assign(horizon=wanted["period"].map(places)).reset_index(drop=True)


def _added_up(
    main: pd.DataFrame, base: ForecastResult, hierarchy: Hierarchy, levels: tuple[int, ...]
) -> pd.DataFrame:
    """Reconciled rows of all series that are determined."""
    parameters = ReconciliationParameters(levels=levels, draws=DRAWS, seed=SEED)
    rows = reconcile(main, one_step_errors(base), hierarchy, parameters).intervals
    forecaster = rows["series_id"].map(base.main_models)
    return rows.assign(model=(forecaster + "+").fillna("") + SUFFIX)
