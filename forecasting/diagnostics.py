"""What a forecast rests on: coverage in the past, decomposition, and the residuals.

Tables first, charts of them after: a chart shows nothing that cannot be read off a table.
"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import MaxNLocator
from scipy import stats
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.tsa.seasonal import STL
from statsmodels.tsa.stattools import acf

from data.errors import EmptyInputError, InputError

from .breaks import find_breaks
from .plots import (
    FORECAST_COLOUR,
    HISTORY_COLOUR,
    canvas,
    finished,
    name_periods,
    plain_numbers,
    thin_frame,
)
from .seasonality import fill_gaps

FEWEST_RESIDUALS = 8
LAGS_OF_TEST = 4
PARTS = {"value": "原始数据", "trend": "趋势", "season": "季节", "rest": "余项"}


def backtest_coverage(forecasts: pd.DataFrame, actual: pd.DataFrame) -> pd.DataFrame:
    """Share of later observations that lay within the intervals, by model, level and horizon.

    Parameters
    ----------
    forecasts : pandas.DataFrame
        Contract FORECAST, of one or several past origins.
    actual : pandas.DataFrame
        ``series_id, period, value``; periods that are not there are left out.

    Returns
    -------
    pandas.DataFrame
        ``model, level, horizon, forecasts, covered``.

    Examples
    --------
    >>> made = pd.DataFrame({"series_id": "C", "period": ["2026Q1", "2026Q2"], "horizon": [1, 2],
    ...                      "level": 80, "lower": [8.0, 7], "upper": [12.0, 13], "model": "naive"})
    >>> seen = pd.DataFrame({"series_id": "C", "period": ["2026Q1", "2026Q2"], "value": [9.0, 15]})
    >>> backtest_coverage(made, seen)["covered"].tolist()
    [1.0, 0.0]
    """
    both = forecasts.merge(actual[["series_id", "period", "value"]], on=["series_id", "period"])
    both = both[both["value"].notna()]
    inside = (both["lower"] <= both["value"]) & (both["value"] <= both["upper"])
    keys = ["model", "level", "horizon"]
    table = both.assign(covered=inside.astype(float)).groupby(keys)["covered"]
    return table.agg(forecasts="size", covered="mean").reset_index()


def decomposition(values: np.ndarray, season_length: int) -> pd.DataFrame:
    """Trend, season and rest of one history by STL.

    Outliers (`breaks`) are left to the rest and hardly bend the other parts.  Cleveland,
    Cleveland, McRae and Terpenning (1990, J. Official Statistics 6, 3-73).

    Parameters
    ----------
    values : numpy.ndarray of shape (n_periods,)
        History of at least two seasons; NaN where missing, first and last observed.
    season_length : int
        Periods in a season, at least 2.

    Returns
    -------
    pandas.DataFrame
        ``value, trend, season, rest``, the last three adding up to the bridged history.

    Raises
    ------
    InputError
        When there is no season, or less than two of them.
    """
    if season_length < 2 or values.size < 2 * season_length:
        raise InputError(
            "a history that cannot be decomposed",
            got=f"{values.size} periods, {season_length} in a season",
            expected="at least two seasons of at least 2 periods",
        )
    complete = fill_gaps(values, season_length)
    cleaned = find_breaks(complete, season_length).cleaned
    parts = STL(cleaned, period=season_length).fit()
    rest = complete - parts.trend - parts.seasonal
    return pd.DataFrame(
        {"value": values, "trend": parts.trend, "season": parts.seasonal, "rest": rest}
    )


def residual_diagnostics(errors: pd.DataFrame) -> pd.DataFrame:
    """Describe the errors of the backtest one period ahead, by series and model.

    Parameters
    ----------
    errors : pandas.DataFrame
        ``series_id, model, origin, horizon, error`` as in `ForecastResult.errors`.

    Returns
    -------
    pandas.DataFrame
        ``series_id, model, errors, mean_error, standard_deviation, bias_p_value``: whether the
        errors are zero on average (Student's t), and ``autocorrelation_p_value``: whether they
        are independent (Ljung and Box 1978, Biometrika 65, 297-303).  The p-values are missing
        below eight errors or where all are equal; origins that lie several periods apart say
        less about independence.
    """
    first = errors[errors["horizon"] == 1]
    rows = [
        (str(name), str(model), *_described(table["error"].to_numpy(float)))
        for (name, model), table in first.groupby(["series_id", "model"], sort=True)
    ]
    return pd.DataFrame(
        rows,
        columns=[
            "series_id",
            "model",
            "errors",
            "mean_error",
            "standard_deviation",
            "bias_p_value",
            "autocorrelation_p_value",
        ],
    )


def decomposition_chart(
    parts: pd.DataFrame, *, title: str = "", font: FontProperties | None = None
) -> Figure:
    """History, trend, season and rest, one below the other.

    Parameters
    ----------
    parts : pandas.DataFrame
        From `decomposition`; periods in its index are written below, as after
        ``decomposition(values, 4).set_axis(periods)``.
    title : str
        Heading.
    font : matplotlib.font_manager.FontProperties, optional
        Font with Chinese characters.

    Raises
    ------
    EmptyInputError
        When there is no history.
    """
    if parts.empty:
        raise EmptyInputError("a chart of a decomposition needs a history")
    figure = Figure(figsize=(8, 7), layout="constrained")
    figure.suptitle(title, fontproperties=font)
    panels = figure.subplots(len(PARTS), sharex=True)
    for axes, (column, label) in zip(panels, PARTS.items(), strict=True):
        axes.plot(np.arange(len(parts)), parts[column], color=HISTORY_COLOUR, linewidth=1.2)
        axes.set_ylabel(label, fontproperties=font)
        thin_frame(axes)
    is_numbered = isinstance(parts.index, pd.RangeIndex)
    if not is_numbered:
        name_periods(panels[-1], parts.index.astype("str").tolist(), font)
    panels[-1].set_xlabel("时期序号" if is_numbered else "时期", fontproperties=font)
    figure.align_ylabels()
    return figure


def residuals_chart(
    errors: pd.DataFrame, *, title: str = "", font: FontProperties | None = None
) -> Figure:
    """Count the errors one period ahead, beside what a normal distribution lets expect.

    The normal distribution has the mean and the standard deviation of the errors.

    Parameters
    ----------
    errors : pandas.DataFrame
        Errors of one series and model, as in `ForecastResult.errors`.
    title : str
        Heading.
    font : matplotlib.font_manager.FontProperties, optional
        Font with Chinese characters.

    Raises
    ------
    EmptyInputError
        When there is no error one period ahead.
    """
    values = errors.loc[errors["horizon"] == 1, "error"].to_numpy(float)
    if values.size == 0:
        raise EmptyInputError("a chart of residuals needs errors one period ahead")
    figure, axes = canvas(title, font)
    # Sturges' rule: a dozen errors in fifteen bins would be a comb.
    _, edges, _ = axes.hist(values, bins="sturges", color="#b9bec6", label="回测误差")
    spread = float(values.std())
    if spread > 0:
        points = np.linspace(values.min() - spread, values.max() + spread, 200)
        expected = (
            values.size * (edges[1] - edges[0]) * stats.norm.pdf(points, values.mean(), spread)
        )
        axes.plot(points, expected, color=FORECAST_COLOUR, label="正态分布")
    axes.axvline(0, color=HISTORY_COLOUR, linewidth=1)
    if values.size >= FEWEST_RESIDUALS and spread > 0:
        lag = acf(values, nlags=1, fft=False)[1]
        said = f"一阶自相关：{lag:.2f}"
        axes.text(0.02, 0.95, said, transform=axes.transAxes, fontproperties=font, va="top")
    plain_numbers(axes.xaxis)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return finished(figure, axes, "误差（实际值减预测值，人）", "次数", font)


def _described(values: np.ndarray) -> tuple[int, float, float, float, float]:
    size, spread = values.size, float(values.std(ddof=1)) if values.size > 1 else float("nan")
    mean = float(values.mean())
    if size < FEWEST_RESIDUALS or not spread > 0:
        return size, mean, spread, float("nan"), float("nan")
    bias = float(stats.ttest_1samp(values, 0).pvalue)
    independent = acorr_ljungbox(values, lags=[min(LAGS_OF_TEST, size // 2 - 1)])
    return size, mean, spread, bias, float(independent["lb_pvalue"].iloc[0])
