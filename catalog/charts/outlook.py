"""Fan chart of forecast demand: the total and the industries with most openings."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from catalog.draft import published_forecast
from catalog.fonts import chinese_text
from catalog.formats.wording import order_of_periods, series_name, short_quarter_label

from .style import BLUE, FAINT, INK, VERMILION, clip, finish, new_figure

PANELS_AT_MOST = 6
PANELS_A_ROW = 2
TICKS_AT_MOST = 3
HISTORY_AT_MOST = 20


def draw_outlook(history: pd.DataFrame, forecast: pd.DataFrame, *, source: str) -> Figure | None:
    """Draw past and forecast openings of up to six series, the total first.

    Parameters
    ----------
    history : pandas.DataFrame
        Contract `data.tables.SERIES`, openings by industry.
    forecast : pandas.DataFrame
        Contract `data.tables.FORECAST`; the benchmark beside a forecast is not drawn.
    source : str
        Source note below the chart, in Chinese.

    Returns
    -------
    matplotlib.figure.Figure or None
        None when there is no forecast.
    """
    if forecast.empty:
        return None
    chosen = largest_series(forecast)
    rows = -(-len(chosen) // PANELS_A_ROW)
    with chinese_text():
        figure = new_figure(1.2 + 2.35 * rows)
        grid = figure.subplots(rows, min(PANELS_A_ROW, len(chosen)), squeeze=False).ravel()
        for axes, series in zip(grid, chosen, strict=False):
            ahead = forecast[forecast["series_id"] == series]
            _fan(axes, history[history["series_id"] == series], ahead)
            axes.set_title(clip(series_name(series), 20), fontsize=10)
        for axes in grid[len(chosen) :]:
            axes.set_visible(False)
        figure.supylabel("需求人数（人）", fontsize=9)
        levels = "、".join(f"{level}%" for level in sorted(forecast["level"].unique()))
        note = f"黑线：历史；蓝线：预测均值；阴影：{levels}预测区间。{source}"
        return finish(figure, "行业招聘需求预测", note)


def largest_series(forecast: pd.DataFrame, at_most: int = PANELS_AT_MOST) -> list[str]:
    """Names of the series with the largest mean forecast, the largest (the total) first."""
    sizes = forecast.groupby("series_id")["mean"].mean()
    order = sorted(sizes.index, key=lambda name: (-sizes[name], name))
    return [str(name) for name in order[:at_most]]


def _fan(axes: Axes, history: pd.DataFrame, forecast: pd.DataFrame) -> None:
    forecast = published_forecast(forecast)
    past = history.dropna(subset=["value"]).set_index("period")["value"]
    past = past.loc[order_of_periods(past.index)].tail(HISTORY_AT_MOST)
    ahead = order_of_periods(forecast["period"].unique())
    periods = [*[p for p in past.index if p not in ahead], *ahead]
    place = {period: i for i, period in enumerate(periods)}
    axes.plot([place[p] for p in past.index], past.to_numpy(), color=INK, linewidth=1.4)
    for level in sorted(forecast["level"].unique(), reverse=True):
        band = forecast[forecast["level"] == level].set_index("period").loc[ahead]
        at = [place[p] for p in band.index]
        axes.fill_between(at, band["lower"], band["upper"], color=BLUE, alpha=0.2, linewidth=0)
    mean = forecast.groupby("period")["mean"].first().loc[ahead]
    axes.plot(
        [place[p] for p in mean.index], mean.to_numpy(), color=BLUE, linewidth=1.6, marker="o",
        markersize=3.5,
    )  # fmt: skip
    if len(past):
        axes.axvline(place[ahead[0]] - 0.5, color=VERMILION, linewidth=0.7, linestyle=":")
    _ticks(axes, periods)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.grid(axis="y", color=FAINT, linewidth=0.6)


def _ticks(axes: Axes, periods: Sequence[str]) -> None:
    step = -(-len(periods) // TICKS_AT_MOST)
    shown = range(len(periods) - 1, -1, -step)
    axes.set_xticks(list(shown), [short_quarter_label(periods[i]) for i in shown])
