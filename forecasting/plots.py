"""Charts of a forecast: its fan, its errors and coverage by horizon; and what all charts share."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import FuncFormatter, MaxNLocator

from data.errors import EmptyInputError

from .periods import read_periods

HISTORY_COLOUR = "#333333"
FORECAST_COLOUR = "#b3261e"
BENCHMARK_COLOUR = "#6b7280"
MOST_TICKS = 12
BENCHMARK_LABELS = {"seasonal_naive": "季节性朴素预测", "naive": "朴素预测"}
COMBINATION_LABEL = "组合预测"
# From grey to red, so that the order of any number of levels can be seen.
LEVEL_COLOURS = LinearSegmentedColormap.from_list(
    "levels", [BENCHMARK_COLOUR, "#c98a2b", FORECAST_COLOUR]
)
# A forecast of one year after a history of twenty would be a line at the margin.
HORIZONS_SHOWN = 8
FEWEST_PERIODS_SHOWN = 40
LOWEST_COVERAGE_SHOWN = 50


def fan_chart(
    history: pd.DataFrame,
    forecasts: pd.DataFrame,
    *,
    title: str = "",
    value_label: str = "招聘人数（人）",
    font: FontProperties | None = None,
    periods_shown: int | None = None,
) -> Figure:
    """History, mean, intervals and benchmark of one series.

    Parameters
    ----------
    history : pandas.DataFrame
        Rows of contract SERIES of one series, in any order. The line has a hole where periods
        are missing; it may go on beside the forecast, as for one of a past origin.
    forecasts : pandas.DataFrame
        Rows of contract FORECAST of the same series, of one origin, joined to the last
        observation before them; models named ``seasonal_naive`` or ``naive`` are drawn as the
        benchmark where another one is there.
    title, value_label : str
        Heading and name of the vertical axis with its unit.
    font : matplotlib.font_manager.FontProperties, optional
        Font with Chinese characters.
    periods_shown : int, optional
        Latest periods of the history to draw; by default eight times those ahead, at least 40.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    EmptyInputError
        When there is nothing to draw.
    InputError
        When the periods of history and forecast have no common form.
    """
    observed = history[history["value"].notna()]
    if observed.empty or forecasts.empty:
        raise EmptyInputError("a fan chart needs a history and a forecast of the same series")
    past, ahead, labels = _placed(observed, forecasts, periods_shown)
    names = list(dict.fromkeys(forecasts["model"]))
    main = next((name for name in names if name not in BENCHMARK_LABELS), names[0])
    figure, axes = canvas(title, font)
    (line,) = axes.plot(past, color=HISTORY_COLOUR, linewidth=1.4, marker=".", label="历史数据")
    line.set_markevery(_isolated(past))
    joined = _joined(past, ahead)
    draw_intervals(axes, joined[joined["model"] == main], "place")
    for name in names:
        rows = joined[joined["model"] == name].drop_duplicates("place")
        style = "-" if name == main else "--"
        colour = FORECAST_COLOUR if name == main else BENCHMARK_COLOUR
        label = "预测值" if name == main else BENCHMARK_LABELS.get(name, name)
        axes.plot(rows["place"], rows["mean"], style, color=colour, label=label)
    name_periods(axes, labels, font)
    return finished(figure, axes, "时期", value_label, font)


def errors_chart(
    errors: pd.DataFrame,
    *,
    title: str = "",
    error_label: str = "均方根误差（人）",
    font: FontProperties | None = None,
) -> Figure:
    """Root mean square error of each model by horizon, from the backtest.

    Parameters
    ----------
    errors : pandas.DataFrame
        ``model, horizon, error`` as in `ForecastResult.errors` or from `backtest`. Errors of
        several series or origins are pooled; all models but the benchmarks are one forecast, as
        each series and origin has its own combination.
    title, error_label, font
        Heading, name of the vertical axis with its unit, and font, as for `fan_chart`.

    Raises
    ------
    EmptyInputError
        When there is no error to draw.
    """
    seen = errors[errors["error"].notna()]
    if seen.empty:
        raise EmptyInputError("a chart of errors needs a backtest with at least one error")
    figure, axes = canvas(title, font)
    labels = seen["model"].map(lambda name: BENCHMARK_LABELS.get(name, COMBINATION_LABEL))
    squares = seen.assign(label=labels, square=seen["error"] ** 2)
    size = np.sqrt(squares.groupby(["label", "horizon"])["square"].mean())
    for label in dict.fromkeys(labels):
        colour = FORECAST_COLOUR if label == COMBINATION_LABEL else BENCHMARK_COLOUR
        axes.plot(size.loc[label], "o-", color=colour, label=label)
    axes.set_ylim(bottom=0)
    return _finished_by_horizon(figure, axes, error_label, font)


def coverage_chart(
    coverage: pd.DataFrame, *, title: str = "", font: FontProperties | None = None
) -> Figure:
    """Share of observations within the intervals by horizon, beside the nominal coverage.

    Parameters
    ----------
    coverage : pandas.DataFrame
        ``horizon, level, covered`` of one model as `backtest_coverage` gives it; or from
        `backtest`, where benchmarks are left out if another model is there.
    title, font
        As for `fan_chart`.

    Raises
    ------
    EmptyInputError
        When there is no coverage to draw.
    """
    seen = _without_benchmarks(coverage[coverage["covered"].notna()])
    if seen.empty:
        raise EmptyInputError("a chart of coverage needs at least one interval that was tested")
    figure, axes = canvas(title, font)
    per_cent = 100 * seen.groupby(["level", "horizon"])["covered"].mean()
    levels = sorted(seen["level"].unique())
    colours = LEVEL_COLOURS(np.linspace(0, 1, len(levels)))
    for level, colour in zip(levels, colours, strict=True):
        axes.plot(per_cent.loc[level], "o-", color=colour, label=f"{level}% 区间的实际覆盖率")
        axes.axhline(float(level), linestyle="--", linewidth=1, color=colour)
    axes.set_ylim(min(LOWEST_COVERAGE_SHOWN, axes.get_ylim()[0]), 102)
    return _finished_by_horizon(figure, axes, "覆盖率（%，虚线为名义值）", font)


def canvas(title: str, font: FontProperties | None) -> tuple[Figure, Axes]:
    """Give an empty chart in the style of all charts of this package."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, fontproperties=font)
    thin_frame(axes)
    return figure, axes


def thin_frame(axes: Axes) -> None:
    """Leave two sides of the frame, lines at the ticks, and numbers that can be read."""
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    plain_numbers(axes.yaxis)


def plain_numbers(axis: Axis) -> None:
    """Write numbers in full with a comma at the thousands, never as powers of ten."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))


def draw_intervals(axes: Axes, rows: pd.DataFrame, horizontal: str) -> None:
    """One band a level, the widest first and palest.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    rows : pandas.DataFrame
        ``level, lower, upper`` and the column that is drawn on the horizontal axis.
    horizontal : str
        Name of that column.
    """
    for rank, level in enumerate(sorted(rows["level"].unique(), reverse=True)):
        band = rows[rows["level"] == level].sort_values(horizontal)
        axes.fill_between(
            band[horizontal].to_numpy(),
            band["lower"].to_numpy(),
            band["upper"].to_numpy(),
            color=FORECAST_COLOUR,
            alpha=min(0.12 + 0.12 * rank, 0.6),
            linewidth=0,
            label=f"{level}% 预测区间",
        )


def name_periods(axes: Axes, labels: Sequence[str], font: FontProperties | None) -> None:
    """Write periods at places 0, 1, … of the horizontal axis, as many as there is room for."""
    year = 4 if "Q" in labels[0] else 12 if "-" in labels[0] else 1
    step = max(1, -(-len(labels) // MOST_TICKS))
    # Whole years or whole parts of them, so that the same seasons are named throughout.
    while year % step and step % year:
        step += 1
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


def _finished_by_horizon(
    figure: Figure, axes: Axes, vertical: str, font: FontProperties | None
) -> Figure:
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return finished(figure, axes, "预测期数", vertical, font)


def _placed(
    observed: pd.DataFrame, forecasts: pd.DataFrame, periods_shown: int | None
) -> tuple[pd.Series, pd.DataFrame, list[str]]:
    """Observations by place, missing ones among them; forecasts with theirs; and all periods.

    Places count the periods from the first one shown.
    """
    shown = periods_shown or max(
        HORIZONS_SHOWN * int(forecasts["horizon"].max()), FEWEST_PERIODS_SHOWN
    )
    texts = [*observed["period"].astype("str"), *forecasts["period"].astype("str")]
    index, positions = read_periods(texts)
    seen, ahead = np.split(np.array(positions), [len(observed)])
    first = max(int(seen.max()) + 1 - shown, int(seen.min()))
    values = pd.Series(observed["value"].to_numpy(float), index=seen - first)
    past = values.reindex(range(int(seen.max()) + 1 - first))
    labels = [index.label(place) for place in range(first, max(positions) + 1)]
    return past, forecasts.assign(place=ahead - first).sort_values("place"), labels


def _isolated(past: pd.Series) -> list[int]:
    """Places of the observations without a neighbour, which no line would show."""
    seen = np.pad(past.notna().to_numpy(), 1)
    return [int(place) for place in np.flatnonzero(seen[1:-1] & ~seen[:-2] & ~seen[2:])]


def _joined(past: pd.Series, forecasts: pd.DataFrame) -> pd.DataFrame:
    """Forecasts behind the last observation before them, where each band and line begins."""
    before = past.loc[: forecasts["place"].min() - 1].dropna()
    if before.empty:
        return forecasts
    place, value = before.index[-1], float(before.iloc[-1])
    start = forecasts.drop_duplicates(["model", "level"])
    return pd.concat([start.assign(place=place, mean=value, lower=value, upper=value), forecasts])


def _without_benchmarks(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the forecast, or all where no other model stands beside the benchmark."""
    if "model" not in table.columns:
        return table
    of_forecast = ~table["model"].isin(BENCHMARK_LABELS)
    return table[of_forecast] if of_forecast.any() else table
