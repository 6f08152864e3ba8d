"""Forecasts that add up: the city, its industries down to divisions, its regions and districts.

Industries and districts are two divisions of one total.  Crossed they would be hundreds of small
series, which the register seldom gives and nobody publishes, so they are joined at the total
(`forecasting.hierarchy`) and made to add up by minimum trace (`forecasting.reconciliation`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from data.quarters import parse_quarter, quarters_between, shift_quarter
from data.tables import FORECAST
from forecasting import (
    ForecastParameters,
    ForecastResult,
    ReconciledForecast,
    ReconciliationParameters,
    forecast,
    one_step_errors,
    reconcile,
)

from .demand_series import DemandSeries, long_form
from .forecast_account import RECONCILIATION, describe_forecast, models_tried
from .tables import COHERENT_FORECAST, FORECAST_MODELS

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
    models : pandas.DataFrame
        Contract `catalog.tables.FORECAST_MODELS`: every model tried on every series.
    statements : tuple of str
        What has to be said of the series and their models, in Chinese.
    """

    industries: pd.DataFrame = field(default_factory=FORECAST.empty)
    main: pd.DataFrame = field(default_factory=FORECAST.empty)
    others: pd.DataFrame = field(default_factory=COHERENT_FORECAST.empty)
    models: pd.DataFrame = field(default_factory=FORECAST_MODELS.empty)
    statements: tuple[str, ...] = ()


def forecast_coherently(
    series: DemandSeries,
    horizon: int,
    parameters: ForecastParameters,
    *,
    processes: int = 1,
    cache: Path | str | None = None,
    on_series: Callable[[str], None] | None = None,
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
    cache : path, optional
        Folder where the forecast of each series is kept.
    on_series : callable, optional
        Called with the name of each series when it is forecast.

    Returns
    -------
    CoherentForecast
        ``model`` is the name of what forecast a series, with ``+mint``; ``mint`` alone where
        nothing did and the others determine it.
    """
    if series.hierarchy is None:
        return CoherentForecast()
    issue = str(series.history.index[-1])
    further = horizon + _quarters_without_figure(series.history)
    base = forecast(
        long_form(series.history),
        further,
        parameters,
        on_series=on_series,
        cache=cache,
        processes=processes,
    )
    ahead = quarters_between(shift_quarter(issue, 1), shift_quarter(issue, horizon))
    own = _from_the_issue(base.main, ahead)
    if own.empty:
        said = describe_forecast(series, base, used=[], determined=[])
        return CoherentForecast(models=models_tried(base), statements=said)
    found = reconcile(
        own,
        one_step_errors(base),
        series.hierarchy,
        ReconciliationParameters(levels=parameters.levels, draws=DRAWS, seed=SEED),
    )
    used = _used(own, found)
    rows = _with_models(found.intervals, {name: base.main_models[name] for name in used})
    groups = rows["series_id"].map(series.groupings)
    main = rows[groups == "section"].reset_index(drop=True)
    return CoherentForecast(
        _with_benchmark(main, base, ahead),
        main,
        COHERENT_FORECAST.check(rows.assign(grouping=groups)[groups != "section"]),
        models_tried(base, found.rejected),
        describe_forecast(series, base, used=used, determined=rows["series_id"].unique().tolist()),
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


def _used(own: pd.DataFrame, found: ReconciledForecast) -> list[str]:
    """Series whose own forecast went into what adds up."""
    without = found.variances.loc[found.variances["source"] == "none", "series_id"]
    names = own["series_id"].drop_duplicates()
    return names[~names.isin(without)].tolist()


def _with_benchmark(main: pd.DataFrame, base: ForecastResult, ahead: list[str]) -> pd.DataFrame:
    """Reconciled rows of sections, and behind them what the benchmark says of the same."""
    is_main = base.forecasts["model"] == base.forecasts["series_id"].map(base.main_models)
    benchmark = _from_the_issue(base.forecasts[~is_main], ahead)
    beside = benchmark[benchmark["series_id"].isin(main["series_id"])]
    return FORECAST.check(pd.concat([main, beside], ignore_index=True))


def _with_models(rows: pd.DataFrame, models: dict[str, str]) -> pd.DataFrame:
    """Reconciled rows under the name of the model that forecast the series, where one did."""
    forecaster = rows["series_id"].map(models).astype("str")
    return rows.assign(model=(forecaster + "+").fillna("") + RECONCILIATION)
