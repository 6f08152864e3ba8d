"""Chart of 求人倍率 against openings, or of openings by 大类 where no seekers are known."""

from collections.abc import Iterator

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from matplotlib.ticker import LogLocator, NullLocator
from matplotlib.transforms import Bbox

from catalog.fonts import chinese_text
from catalog.tables import GRADE_NAMES, LISTED_GRADES

from .style import (
    BLUE,
    FAINT,
    GRADE_COLOURS,
    GRADE_MARKERS,
    INK,
    clip,
    finish,
    legend_above,
    new_figure,
)

LABELLED_AT_MOST = 18
BALANCE = 1.0
DECADE = 10
HALO = (withStroke(linewidth=2.5, foreground="white"),)
# Offsets in points tried in turn for a label; the first that covers nothing is taken.
PLACES = (
    (8, 0, "left", "center"), (-8, 0, "right", "center"), (0, 8, "center", "bottom"),
    (0, -8, "center", "top"), (8, 10, "left", "bottom"), (-8, 10, "right", "bottom"),
    (8, -10, "left", "top"), (-8, -10, "right", "top"),
)  # fmt: skip


def draw_tightness(ranking: pd.DataFrame, *, source: str) -> Figure | None:
    """Draw 求人倍率 against openings; without any ratio, openings by 大类.

    Parameters
    ----------
    ranking : pandas.DataFrame
        Contract `catalog.tables.RANKING`.
    source : str
        Source note below the chart, in Chinese.

    Returns
    -------
    matplotlib.figure.Figure or None
        None when no occupation has openings.
    """
    rows = ranking[ranking["openings"] > 0]
    if rows.empty:
        return None
    measured = rows[rows["vacancy_ratio"] > 0]
    return _scatter(measured, source) if len(measured) else _by_major_group(rows, source)


def _scatter(rows: pd.DataFrame, source: str) -> Figure:
    with chinese_text():
        figure = new_figure(6.0)
        axes = figure.subplots()
        _points(axes, rows)
        axes.set_xscale("log")
        wide = rows["openings"].max() > DECADE**2 * rows["openings"].min()
        axes.xaxis.set_major_locator(LogLocator(subs=(1,) if wide else (1, 2, 5)))
        axes.xaxis.set_major_formatter("{x:,g}")
        axes.xaxis.set_minor_locator(NullLocator())
        axes.margins(x=0.16, y=0.1)
        axes.axhline(BALANCE, color=INK, linewidth=0.8, linestyle="--")
        axes.set_xlabel("需求人数（人，对数刻度）", fontsize=9)
        axes.set_ylabel("求人倍率（需求人数÷求职人数，倍）", fontsize=9)
        axes.grid(color=FAINT, linewidth=0.6)
        legend_above(axes, columns=len(GRADE_NAMES))
        note = (
            f"虚线：供求平衡（求人倍率＝1）；只标注得分最高的{LABELLED_AT_MOST}个以内职业。{source}"
        )
        finish(figure, "求人倍率与需求人数", note)
        _label(figure, axes, rows)
        return figure


def _points(axes: Axes, rows: pd.DataFrame) -> None:
    """One kind of marker a grade; what is not listed stays small and behind."""
    for grade, name in GRADE_NAMES.items():
        group, listed = rows[rows["grade"] == grade], grade in LISTED_GRADES
        if len(group):
            axes.scatter(
                group["openings"], group["vacancy_ratio"], color=GRADE_COLOURS[grade],
                marker=GRADE_MARKERS[grade], label=f"{grade} {name}", linewidths=0.8,
                s=36 if listed else 14, alpha=0.9 if listed else 0.45, zorder=3 if listed else 2,
            )  # fmt: skip


def _label(figure: Figure, axes: Axes, rows: pd.DataFrame) -> None:
    """Name the best ranked points, each where it covers no listed point and no other name."""
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    renderer = canvas.get_renderer()
    inside = axes.get_window_extent(renderer)
    listed = rows[rows["grade"].isin(LISTED_GRADES)]
    points = axes.transData.transform(listed[["openings", "vacancy_ratio"]].to_numpy(dtype=float))
    taken = [Bbox.from_bounds(x - 6, y - 6, 12, 12) for x, y in points]
    chosen = rows.sort_values(["rank", "openings"], ascending=[True, False])
    for row in chosen.head(LABELLED_AT_MOST).itertuples():
        for label in _attempts(axes, clip(str(row.occupation_name), 12), row):
            box = label.get_window_extent(renderer)
            free = inside.x0 < box.x0 and box.x1 < inside.x1 and inside.y0 < box.y0
            if free and box.y1 < inside.y1 and not box.count_overlaps(taken):
                taken.append(box)
                break
            label.remove()


def _attempts(axes: Axes, name: str, row: object) -> Iterator[Annotation]:
    font = axes.xaxis.label.get_fontproperties().copy()
    font.set_size(8)
    for x, y, horizontal, vertical in PLACES:
        yield axes.annotate(
            name, (row.openings, row.vacancy_ratio), xytext=(x, y),  # type: ignore[attr-defined]
            textcoords="offset points", ha=horizontal, va=vertical, fontproperties=font, color=INK,
            parse_math=False, in_layout=False, path_effects=HALO, zorder=4,
        )  # fmt: skip


def _by_major_group(rows: pd.DataFrame, source: str) -> Figure:
    sums = rows.groupby("major_group_name")["openings"].sum().sort_values()
    with chinese_text():
        figure = new_figure(1.9 + 0.42 * len(sums))
        axes = figure.subplots()
        bars = axes.barh(range(len(sums)), sums.to_numpy(), color=BLUE, height=0.62)
        axes.bar_label(bars, fmt="{:,.0f}", padding=3, fontsize=8.5)
        axes.set_yticks(range(len(sums)), [clip(name, 18) for name in sums.index])
        axes.margins(x=0.12)
        axes.set_xlabel("需求人数（人）", fontsize=9)
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.grid(axis="x", color=FAINT, linewidth=0.7)
        note = f"本期没有可用的求职登记数据，不计算求人倍率。{source}"
        return finish(figure, "各职业大类需求人数", note)
