"""Pictures of an evaluation, drawn onto axes that the caller gives, with texts in Chinese.

Font, size, title and file are the caller's: the same drawing serves a notebook and a report.
"""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from .evaluation_tables import PRECISION

LINE_COLOUR, BAR_COLOUR, SECOND_COLOUR, REFERENCE_COLOUR, GRID_COLOUR = (
    "#0072B2", "#56B4E9", "#D55E00", "#222222", "#DDDDDD",
)  # fmt: skip
LABEL_SIZE, NOTE_SIZE = 9, 8.5
NAME_CHARACTERS = 18
# Below this coverage a handful of postings decides, and the curve says little.
STEPS_AT_LEAST = 10


def draw_reliability(axes: Axes, reliability: pd.DataFrame) -> None:
    """Draw the share that is right against the probability said, with 95 % intervals.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    reliability : pandas.DataFrame
        As `nlp.evaluation_tables.reliability` returns it.
    """
    said, right = reliability["probability_mean"], reliability["share_right"]
    below = (right - reliability["share_right_lower"]).clip(lower=0)
    above = (reliability["share_right_upper"] - right).clip(lower=0)
    axes.plot([0, 1], [0, 1], "--", color=REFERENCE_COLOUR, linewidth=0.8, label="完全校准")
    axes.errorbar(
        said, right, yerr=[below, above], fmt="o-", color=LINE_COLOUR, linewidth=1.2,
        markersize=5, capsize=3, label="实际正确率（竖线为95%区间）",
    )  # fmt: skip
    _as_shares(axes, "编码器给出的概率（各点岗位数相等）", "首选细类与人工编码一致的比例")
    _legend(axes)


def draw_precision_by_coverage(
    axes: Axes, curve: pd.DataFrame, *, precision: float = PRECISION
) -> None:
    """Draw the precision against the share of postings coded, the surest first.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    curve : pandas.DataFrame
        As `nlp.evaluation_tables.precision_by_coverage` returns it.
    precision : float
        Level marked by a line.
    """
    rows = curve[curve["postings"] >= STEPS_AT_LEAST]
    coverage = rows["coverage"]
    axes.axhline(
        precision, linestyle="--", color=REFERENCE_COLOUR, linewidth=0.8,
        label=f"正确率{precision:.0%}",
    )  # fmt: skip
    axes.plot(coverage, rows["precision"], color=LINE_COLOUR, label="人工编码或者可接受的其他编码")
    axes.plot(
        coverage, rows["precision_label_only"], "-.", color=SECOND_COLOUR,
        label="仅人工编码（标到细类的岗位）",
    )  # fmt: skip
    _as_shares(axes, "自动编码的岗位比例（按概率从高到低）", "其中正确的比例")
    lowest = rows[["precision", "precision_label_only"]].min().min() if len(rows) else 0.0
    axes.set_ylim(max(0.0, min(lowest, precision) - 0.05), 1.01)
    _legend(axes)


def draw_accuracy_by_major_group(axes: Axes, by_major_group: pd.DataFrame) -> None:
    """Draw the share of postings coded right, by 大类 of the label.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    by_major_group : pandas.DataFrame
        As `nlp.evaluation_tables.accuracy_by_major_group` returns it; groups without a posting
        labelled at 细类 are left out.
    """
    rows = by_major_group[by_major_group["postings_at_unit"] > 0]
    places = range(len(rows))
    strict = rows["top_1"]
    below = (strict - rows["top_1_lower"]).clip(lower=0)
    above = (rows["top_1_upper"] - strict).clip(lower=0)
    axes.barh(places, strict, height=0.6, color=BAR_COLOUR, label="首选细类与人工编码一致")
    axes.errorbar(
        strict, places, xerr=[below, above], fmt="none", ecolor=REFERENCE_COLOUR, elinewidth=1,
        capsize=3, label="95%区间",
    )  # fmt: skip
    axes.plot(
        rows["first_five"], places, linestyle="none", marker="D", markersize=5,
        color=SECOND_COLOUR, label="人工编码在前五位",
    )  # fmt: skip
    axes.set_yticks(places, _group_labels(rows))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 1.02)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xlabel("占标到细类岗位的比例（括号内为岗位数）", fontsize=LABEL_SIZE)
    axes.grid(axis="x", color=GRID_COLOUR, linewidth=0.7)
    _legend(axes)


def _group_labels(rows: pd.DataFrame) -> Sequence[str]:
    columns = (rows["major_group_code"], rows["major_group_name"], rows["postings_at_unit"])
    return [
        f"{code} {name if len(name) <= NAME_CHARACTERS else name[: NAME_CHARACTERS - 1] + '…'}"
        f"（{count:,}）"
        for code, name, count in zip(*columns, strict=True)
    ]


def _as_shares(axes: Axes, horizontal: str, vertical: str) -> None:
    axes.set_xlim(0, 1.01)
    axes.set_ylim(0, 1.01)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xlabel(horizontal, fontsize=LABEL_SIZE)
    axes.set_ylabel(vertical, fontsize=LABEL_SIZE)
    axes.grid(color=GRID_COLOUR, linewidth=0.7)


def _legend(axes: Axes) -> None:
    axes.legend(
        loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, fontsize=NOTE_SIZE, frameon=False
    )
