"""Charts of a forecast: its fan, its errors and coverage by horizon."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from data.errors import EmptyInputError

HISTORY_COLOUR = "#333333"
FORECAST_COLOUR = "#b3261e"
BENCHMARK_COLOUR = "#6b7280"
MOST_TICKS = 12
BENCHMARK_LABELS = {"seasonal_naive": "季节性朴素预测", "naive": "朴素预测"}


def fan_chart(
    history: pd.DataFrame,
    forecasts: pd.DataFrame,
    *,
    title: str = "",
    value_label: str = "招聘人数（人）",
    font: FontProperties | None = None,
) -> Figure:
    """History, mean, intervals and benchmark of one series.

    Parameters
    ----------
    history : pandas.DataFrame
        Rows of contract SERIES of one series, in any order.
    forecasts : pandas.DataFrame
        Rows of contract FORECAST of the same series; models named ``seasonal_naive`` or
        ``naive`` are drawn as the benchmark where another one is there.
    title, value_label : str
        Heading and name of the vertical axis with its unit.
    font : matplotlib.font_manager.FontProperties, optional
        Font with Chinese characters.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    EmptyInputError
        When there is nothing to draw.
    """
    if history.empty or forecasts.empty:
        raise EmptyInputError("a fan chart needs a history and a forecast of the same series")
    past = history.sort_values("period", key=_sortable).reset_index(drop=True)
    names = list(dict.fromkeys(forecasts["model"]))
    main = next((name for name in names if name not in BENCHMARK_LABELS), names[0])
    figure, axes = canvas(title, font)
    axes.plot(past.index, past["value"], color=HISTORY_COLOUR, linewidth=1.4, label="历史数据")
    last = len(past) - 1
    _draw_intervals(axes, forecasts[forecasts["model"] == main], last)
    for name in names:
        rows = forecasts[forecasts["model"] == name].drop_duplicates("horizon")
        style = "-" if name == main else "--"
        colour = FORECAST_COLOUR if name == main else BENCHMARK_COLOUR
        label = "预测值" if name == main else BENCHMARK_LABELS.get(name, name)
        axes.plot(last + rows["horizon"], rows["mean"], style, color=colour, label=label)
    periods = forecasts.drop_duplicates("horizon").sort_values("horizon")["period"]
    _name_ticks(axes, [*past["period"].astype("str"), *periods], font)
    return finished(figure, axes, "时期", value_label, font)


def errors_chart(
    errors: pd.DataFrame, *, title: str = "", font: FontProperties | None = None
) -> Figure:
    """Root mean square error of each model by horizon, from the backtest.

    Parameters
    ----------
    errors : pandas.DataFrame
        ``model, horizon, error`` as in `ForecastResult.errors`, of one series.
    title : str
        Heading.
    font : matplotlib.font_manager.FontProperties, optional
        Font with Chinese characters.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    EmptyInputError
        When there is no error to draw.
    """
    if errors.empty:
        raise EmptyInputError("a chart of errors needs a backtest with at least one error")
    figure, axes = canvas(title, font)
    squares = errors.assign(square=errors["error"] ** 2)
    size = np.sqrt(squares.groupby(["model", "horizon"])["square"].mean())
    for name in dict.fromkeys(errors["model"]):
        label = BENCHMARK_LABELS.get(name, "组合预测")
        colour = BENCHMARK_COLOUR if name in BENCHMARK_LABELS else FORECAST_COLOUR
        line = size.loc[name]
        axes.plot(line.index, line.to_numpy(), marker="o", color=colour, label=label)
    axes.set_ylim(bottom=0)
    return finished(figure, axes, "预测期数", "均方根误差", font)


def coverage_chart(
    coverage: pd.DataFrame, *, title: str = "", font: FontProperties | None = None
) -> Figure:
    """Share of observations within the intervals by horizon, beside the nominal coverage.

    Parameters
    ----------
    coverage : pandas.DataFrame
        ``horizon, level, covered`` as `backtest_coverage` gives it.
    title : str
        Heading.
    font : matplotlib.font_manager.FontProperties, optional
        Font with Chinese characters.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    EmptyInputError
        When there is no coverage to draw.
    """
    if coverage.empty:
        raise EmptyInputError("a chart of coverage needs at least one interval that was tested")
    figure, axes = canvas(title, font)
    for rank, (level, rows) in enumerate(coverage.groupby("level", sort=True)):
        line = rows.sort_values("horizon")
        colour = (BENCHMARK_COLOUR, FORECAST_COLOUR)[rank % 2]
        axes.plot(
            line["horizon"], 100 * line["covered"], "o-", color=colour, label=f"{level}% 实际覆盖率"
        )
        axes.axhline(float(str(level)), linestyle="--", linewidth=1, color=colour)
    axes.set_ylim(0, 102)
    return finished(figure, axes, "预测期数", "覆盖率（%，虚线为名义值）", font)


def _sortable(periods: pd.Series) -> pd.Series:
    """Whole numbers sort as numbers, every other form as text."""
    numbers = pd.to_numeric(periods, errors="coerce")
    return numbers if numbers.notna().all() else periods.astype("str")


def canvas(title: str, font: FontProperties | None) -> tuple[Figure, Axes]:
    """Give an empty chart in the style of all charts of this package."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, fontproperties=font)
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _draw_intervals(axes: Axes, rows: pd.DataFrame, last: int) -> None:
    """One band a level, the widest first and palest."""
    for rank, level in enumerate(sorted(rows["level"].unique(), reverse=True)):
        band = rows[rows["level"] == level].sort_values("horizon")
        axes.fill_between(
            (last + band["horizon"]).to_numpy(),
            band["lower"].to_numpy(),
            band["upper"].to_numpy(),
            color=FORECAST_COLOUR,
            alpha=min(0.12 + 0.12 * rank, 0.6),
            linewidth=0,
            label=f"{level}% 预测区间",
        )


def _name_ticks(axes: Axes, labels: Sequence[str], font: FontProperties | None) -> None:
    step = max(1, -(-len(labels) // MOST_TICKS))
    places = list(range(0, len(labels), step))
    axes.set_xticks(places, [labels[place] for place in places], fontproperties=font)
    axes.tick_params(axis="x", rotation=30)


def finished(
    figure: Figure, axes: Axes, horizontal: str, vertical: str, font: FontProperties | None
) -> Figure:
    """Name the axes and the lines of a chart."""
    axes.set_xlabel(horizontal, fontproperties=font)
    axes.set_ylabel(vertical, fontproperties=font)
    axes.legend(prop=font, frameon=False)
    return figure
