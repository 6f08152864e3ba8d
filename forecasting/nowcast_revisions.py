"""Revision history: what the nowcast said at every week's end, and what the quarter came to."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties

from data.errors import EmptyInputError
from data.whole_numbers import whole_number

from .nowcasting import COLUMNS, NowcastParameters, nowcast_grid
from .plots import (
    BENCHMARK_COLOUR,
    FORECAST_COLOUR,
    HISTORY_COLOUR,
    draw_intervals,
    thin_frame,
)
from .quarter_progress import days_in, first_day
from .weekly_counts import DAYS_PER_WEEK, DailyGrid, daily_grid, last_day

MOST_QUARTERS = 40
# Of a proleptic ordinal modulo seven.
SUNDAY = 0
REVISION_COLUMNS = [*COLUMNS, "final", "revision", "error_percent"]


def revision_history(
    counts: pd.DataFrame,
    as_of: date,
    *,
    quarters: int = 4,
    parameters: NowcastParameters | None = None,
) -> pd.DataFrame:
    """Nowcast past quarters as they would have been nowcast at the end of each of their weeks.

    Every nowcast sees the openings up to its day only, those of a week only once it has ended; its
    shares, weights and intervals rest on what was known then.

    Parameters
    ----------
    counts : pandas.DataFrame
        As for `nowcasting.nowcast`.
    as_of : date
        Last day whose openings may be used.
    quarters : int
        Past quarters to go back, 1 to 40: the last ones that ended by then.
    parameters : NowcastParameters, optional

    Returns
    -------
    pandas.DataFrame
        Columns of `nowcasting.Nowcast` and ``final`` (openings of the quarter in the end, missing
        where days are missing), ``revision`` (change of the mean against the week before,
        persons) and ``error_percent`` (mean against the final count). The days are the one before
        the quarter, its Sundays and its last day; sorted by series, quarter, day and level.

    Raises
    ------
    ConfigurationError
        When ``quarters`` is out of range or ``as_of`` no day of the years 1900 to 2099.
    UnknownColumnsError
        When a column is missing.
    """
    quarters = whole_number(quarters, "quarters of the revision history", 1, MOST_QUARTERS)
    as_of = last_day(as_of)
    grid, _ = daily_grid(counts, as_of)
    after = pd.Period(as_of + timedelta(days=1), freq="Q")
    frames = [
        _history_of(counts, grid, quarter, parameters)
        for quarter in pd.period_range(after - quarters, after - 1, freq="Q")
        if first_day(quarter) >= grid.first_day
    ]
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return pd.DataFrame(columns=REVISION_COLUMNS)
    keys = ["series_id", "quarter", "as_of", "level"]
    table = pd.concat(filled).sort_values(keys, ignore_index=True)
    table["revision"] = table.groupby(["series_id", "quarter", "level"])["mean"].diff()
    final = table["final"].where(table["final"] > 0)
    table["error_percent"] = 100 * (table["mean"] - table["final"]) / final
    return table[REVISION_COLUMNS]


def revision_chart(
    axes: Axes, history: pd.DataFrame, *, font: FontProperties | None = None
) -> None:
    """Draw how the nowcast of one series and quarter moved toward the final count.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    history : pandas.DataFrame
        Rows of `revision_history` of one series and one quarter, in any order.
    font : matplotlib.font_manager.FontProperties, optional
        Font with Chinese characters.

    Raises
    ------
    EmptyInputError
        When there is nothing to draw, or more than one series or quarter.
    """
    pairs = history[["series_id", "quarter"]].drop_duplicates()
    if len(pairs) != 1:
        raise EmptyInputError(
            "a chart of revisions shows one series and quarter",
            which=[" ".join(pair) for pair in pairs.to_numpy(dtype=str)],
            got=f"{len(pairs)} of them",
        )
    series_id, quarter = pairs.iloc[0]
    one = history.sort_values(["as_of", "level"])
    one = one.assign(day=pd.to_datetime(one["as_of"]))
    draw_intervals(axes, one, "day")
    rows = one.drop_duplicates("day")
    days = rows["day"].to_numpy()
    axes.plot(days, rows["mean"], color=FORECAST_COLOUR, marker="o", markersize=3, label="即时预测")
    axes.plot(days, rows["openings_so_far"], ":", color=BENCHMARK_COLOUR, label="截至当日已发布")
    final = rows["final"].iloc[0]
    if not np.isnan(final):
        axes.axhline(final, linestyle="--", color=HISTORY_COLOUR, label="季度最终值")
    axes.set_ylim(bottom=0)
    thin_frame(axes)
    axes.set_title(f"{series_id} {quarter[:4]}年第{quarter[-1]}季度", fontproperties=font)
    axes.set_xlabel("截至日期", fontproperties=font)
    axes.set_ylabel("招聘人数（人）", fontproperties=font)
    axes.tick_params(axis="x", rotation=30)
    axes.legend(prop=font, frameon=False)


def _history_of(
    counts: pd.DataFrame,
    grid: DailyGrid,
    quarter: pd.Period,
    parameters: NowcastParameters | None,
) -> pd.DataFrame:
    frames = []
    for day in _week_ends(quarter):
        # The day before the quarter still belongs to the quarter before: only what is known by
        # then counts, while the quarter nowcast is the one about to begin.
        seen = _known_on(day, counts, grid)
        first = date.fromordinal(max(day, first_day(quarter)))
        frames.append(
            nowcast_grid(seen, first, parameters).assign(as_of=date.fromordinal(day).isoformat())
        )
    final = grid.window(first_day(quarter), days_in(quarter)).sum(axis=1)
    finals = dict(zip(grid.series_ids, final, strict=True))
    table = pd.concat(frames)
    return table.assign(final=table["series_id"].map(finals).astype(float))


def _known_on(day: int, counts: pd.DataFrame, grid: DailyGrid) -> DailyGrid:
    """The grid as it was on a day; the counts of a week that had not ended were not there yet."""
    if day % DAYS_PER_WEEK == SUNDAY:
        return grid.until(day)
    return daily_grid(counts, date.fromordinal(day))[0]


def _week_ends(quarter: pd.Period) -> list[int]:
    """Ordinals of the day before the quarter, of its Sundays and of its last day."""
    first, last = first_day(quarter), first_day(quarter + 1) - 1
    sunday = first + (-first) % DAYS_PER_WEEK
    return sorted({first - 1, *range(sunday, last + 1, DAYS_PER_WEEK), last})
