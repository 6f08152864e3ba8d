"""What a release says of its forecasts: the models tried, and what befell the series."""

from collections.abc import Callable, Collection, Iterable

import pandas as pd

from data.contract import REASON
from data.quarters import parse_quarter
from data.reference import load_districts, load_industries
from forecasting import ForecastResult

from .demand_series import DemandSeries
from .draft import BENCHMARKS
from .tables import FORECAST_MODELS

NAMED_AT_MOST = 5
NO_MODEL, RECONCILIATION = "none", "mint"
# How the notes of `forecasting.forecast` begin, and what is told of the series that have one.
NOTES = {
    "outliers replaced for fitting": "的历史数据有异常值，拟合模型时已替换，公布的历史数据不变。",
    "the level shifts at": "的历史数据有未申明的水平变动，视为需求本身的变化，未作调整。",
}


def models_tried(base: ForecastResult, unreconciled: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every model tried on every series, and the series on which none could be.

    Parameters
    ----------
    base : ForecastResult
        Forecasts of every series by itself.
    unreconciled : pandas.DataFrame, optional
        ``series_id, reason`` of what reconciliation could not use.

    Returns
    -------
    pandas.DataFrame
        Contract `catalog.tables.FORECAST_MODELS`; reasons are those of `forecasting`.
    """
    tried = base.models.rename(columns={"mean_absolute_error": "mean_absolute_error_persons"})
    parts = [tried, _without(base.rejected, NO_MODEL)]
    if unreconciled is not None:
        parts.append(_without(unreconciled, RECONCILIATION))
    filled = [part for part in parts if len(part)]
    return FORECAST_MODELS.check(pd.concat(filled)) if filled else FORECAST_MODELS.empty()


def _without(rejected: pd.DataFrame, model: str) -> pd.DataFrame:
    reasons = rejected.groupby("series_id")[REASON].agg("；".join)
    return reasons.rename("reason").reset_index().assign(model=model, weight=0.0)


def describe_forecast(
    series: DemandSeries,
    base: ForecastResult,
    *,
    used: Collection[str],
    determined: Collection[str],
) -> tuple[str, ...]:
    """Say in Chinese which series were forecast otherwise than the others, and why.

    Parameters
    ----------
    series : DemandSeries
    base : ForecastResult
        Forecasts of every series by itself.
    used : collection of str
        Series whose own forecast went into what adds up.
    determined : collection of str
        Series that have a forecast in the end.

    Returns
    -------
    tuple of str
        One sentence a remark, with the count of series and a few of their names.
    """
    nodes = [str(name) for name in series.history.columns]
    gaps = series.history.apply(_gaps)
    simple = [name for name in used if base.main_models[name] in BENCHMARKS]
    remarks: list[tuple[Collection[str], str]] = [
        (set(nodes) - set(determined), "没有预测：历史数据不符合预测要求，也不能由其他序列推算。"),
        (
            set(determined) - set(used),
            "未单独预测（历史数据不足、中断或不能使用），其预测由合计和其他序列推算。",
        ),
        (
            gaps.index[gaps > 0].tolist(),
            f"的历史数据有缺口（合计{gaps.sum()}个季度），需要完整序列的模型已作补插。",
        ),
        *((_noted(base.notes, beginning), said) for beginning, said in NOTES.items()),
        (simple, "的历史较短或组合预测误差过大，只按简单外推预测。"),
    ]
    names = _names(series)
    sentences = [
        _listed(names[name] for name in nodes if name in chosen) + said
        for chosen, said in remarks
        if chosen
    ]
    return (*sentences, *_left_out(base.models))


def _gaps(values: pd.Series) -> int:
    """Quarters without a figure between the first and the last one."""
    first, last = values.first_valid_index(), values.last_valid_index()
    return 0 if first is None else int(values.loc[first:last].isna().sum())


def _noted(notes: pd.DataFrame, beginning: str) -> set[str]:
    return set(notes.loc[notes["note"].str.startswith(beginning), "series_id"])


def _left_out(models: pd.DataFrame) -> list[str]:
    """How many models were tried in vain; which and why stands in the evidence."""
    idle = models[(models["weight"] == 0) & ~models["model"].isin(BENCHMARKS)]
    if idle.empty:
        return []
    return [
        f"{models['series_id'].nunique()}个预测序列中，{idle['series_id'].nunique()}个有模型未进入"
        f"组合（合计{len(idle)}个），各模型的权重、误差和未采用的原因见evidence文件夹forecast_models表。"
    ]


def _names(series: DemandSeries) -> dict[str, str]:
    """Name of every series as readers know it."""
    units = load_districts(parse_quarter(str(series.history.index[-1])).end_time.date())
    namers: dict[str, Callable[[str], str]] = {
        "total": lambda _: "全市",
        "section": load_industries().name,
        "division": load_industries().name,
        "region": str,
        "district": units.name,
    }
    return {name: namers[grouping](name) for name, grouping in series.groupings.items()}


def _listed(names: Iterable[str]) -> str:
    """Name a few and count all.

    Examples
    --------
    >>> _listed(["制造业"]), _listed("一二三四五六")
    ('“制造业”', '“一”、“二”、“三”、“四”、“五”等6个序列')
    """
    every = [f"“{name}”" for name in names]
    more = f"等{len(every)}个序列" if len(every) > NAMED_AT_MOST else ""
    return "、".join(every[:NAMED_AT_MOST]) + more
