"""Chart of 求人倍率 against openings, or of openings by 大类 where no seekers are known."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation, Text
from matplotlib.ticker import LogLocator, NullLocator
from matplotlib.transforms import Bbox

from catalog.fonts import chinese_text
from catalog.tables import GRADE_NAMES, LISTED_GRADES

from .style import (
    BLUE,
    FAINT,
    GRADE_COLOURS,
    GRADE_MARKERS,
    GREY,
    INK,
    clip,
    finish,
    legend_above,
    new_figure,
)

LABELLED_AT_MOST = 12
BALANCE = 1.0
DECADE = 10
HALO = (withStroke(linewidth=2.5, foreground="white"),)
LEADER = {"arrowstyle": "-", "color": GREY, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 4}
# Offsets in points tried in turn for a label, the near ones first; the first that covers nothing
# is taken, and a line leads from it to its point.
PLACES = tuple(
    (across * distance, up * distance, horizontal, vertical)
    for distance in (9, 18, 30, 44)
    for across, up, horizontal, vertical in (
        (1, 0, "left", "center"), (-1, 0, "right", "center"), (0, 1, "center", "bottom"),
        (0, -1, "center", "top"), (0.8, 0.8, "left", "bottom"), (-0.8, 0.8, "right", "bottom"),
        (0.8, -0.8, "left", "top"), (-0.8, -0.8, "right", "top"),
    )
)  # fmt: skip
# Pixels around a label that no other listed point may come into: beside two, it could be either's.
CLEARANCE = 5


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
    """Name the best ranked points, each where nobody can take it for the name of another."""
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    renderer = canvas.get_renderer()
    inside = axes.get_window_extent(renderer)
    listed = rows[rows["grade"].isin(LISTED_GRADES)]
    points = axes.transData.transform(listed[["openings", "vacancy_ratio"]].to_numpy(dtype=float))
    taken = [Bbox.from_bounds(x - 6, y - 6, 12, 12) for x, y in points]
    leaders: list[Path] = []
    chosen = rows.sort_values(["rank", "openings"], ascending=[True, False])
    for row in chosen.head(LABELLED_AT_MOST).itertuples():
        for label in _attempts(axes, clip(str(row.occupation_name), 12), row):
            box = text_box(label, renderer)
            leader = leader_of(label, box)
            if _is_inside(box, inside) and _is_free(box, leader, taken, leaders):
                taken.append(box)
                leaders.append(leader)
                break
            label.remove()


def _is_inside(box: Bbox, frame: Bbox) -> bool:
    across = frame.x0 < box.x0 and box.x1 < frame.x1
    return bool(across and frame.y0 < box.y0 and box.y1 < frame.y1)


def _is_free(box: Bbox, leader: Path, taken: list[Bbox], leaders: list[Path]) -> bool:
    """Whether a label is clear of points and names, and no line runs through a name or point."""
    x, y = np.asarray(leader.vertices)[0]
    others = [each for each in taken if not each.contains(x, y)]
    return not (
        box.padded(CLEARANCE).count_overlaps(taken)
        or any(leader.intersects_bbox(each) for each in others)
        or any(line.intersects_bbox(box) for line in leaders)
    )


def leader_of(label: Annotation, box: Bbox) -> Path:
    """Line from the point of a label to the middle of its words, in pixels."""
    point = label.axes.transData.transform(label.xy)  # type: ignore[union-attr]
    return Path([point, (box.p0 + box.p1) / 2])


def text_box(label: Annotation, renderer: RendererAgg) -> Bbox:
    """Frame of the words of a label, in pixels, without the line that leads to its point."""
    label.update_positions(renderer)
    return Text.get_window_extent(label, renderer)


def _attempts(axes: Axes, name: str, row: object) -> Iterator[Annotation]:
    font = axes.xaxis.label.get_fontproperties().copy()
    font.set_size(8)
    for x, y, horizontal, vertical in PLACES:
        yield axes.annotate(
            name, (row.openings, row.vacancy_ratio), xytext=(x, y),  # type: ignore[attr-defined]
            textcoords="offset points", ha=horizontal, va=vertical, fontproperties=font, color=INK,
            parse_math=False, in_layout=False, path_effects=HALO, zorder=4, arrowprops=LEADER,
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
