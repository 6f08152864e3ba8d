"""Chart of how surely openings are coded: by 大类, and by the depth that was reached."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from catalog.fonts import chinese_text

from .style import BLUE, FAINT, GREEN, GREY, ORANGE, SKY, clip, finish, legend_above, new_figure

# Depth by the number of parts in a code: 6-18-01-07 has four.
DEPTHS = {4: "细类", 3: "小类", 2: "中类", 1: "大类", 0: "未能编码"}
DEPTH_COLOURS = {4: BLUE, 3: SKY, 2: GREEN, 1: ORANGE, 0: GREY}
SURE, APPORTIONED = "确定到细类", "按概率分摊到细类"


def draw_coding_quality(
    ranking: pd.DataFrame, panel: pd.DataFrame, *, quarter: str, source: str
) -> Figure | None:
    """Draw the share of openings coded surely, by 大类, and by depth of the code.

    Parameters
    ----------
    ranking : pandas.DataFrame
        Contract `catalog.tables.RANKING`.
    panel : pandas.DataFrame
        Contract `data.tables.PANEL`; may be empty, then the depths are left out.
    quarter : str
        Quarter of the panel that is shown.
    source : str
        Source note below the chart, in Chinese.

    Returns
    -------
    matplotlib.figure.Figure or None
        None when no occupation has openings.
    """
    shares = certainty_by_major_group(ranking)
    if shares.empty:
        return None
    depths = depth_shares(panel[panel["quarter"] == quarter])
    heights = [len(shares) + 0.8, 1.6] if len(depths) else [len(shares) + 0.8]
    with chinese_text():
        figure = new_figure(1.9 + 0.42 * sum(heights))
        grid = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False).ravel()
        _by_major_group(grid[0], shares)
        if len(depths):
            _by_depth(grid[1], depths)
        return finish(figure, "职业编码可靠程度", source)


def certainty_by_major_group(ranking: pd.DataFrame) -> pd.Series:
    """Share of openings coded surely to the 细类, by 大类, weighted by openings, the largest first.

    Examples
    --------
    >>> certainty_by_major_group(pd.DataFrame({"major_group_name": ["甲", "甲"],
    ...     "openings": [30.0, 10.0], "certainty_share": [1.0, 0.0]})).to_dict()
    {'甲': 0.75}
    """
    rows = ranking[ranking["openings"] > 0]
    sure = (rows["openings"] * rows["certainty_share"]).groupby(rows["major_group_name"]).sum()
    openings = rows.groupby("major_group_name")["openings"].sum()
    return (sure / openings)[openings.sort_values(ascending=False, kind="stable").index]


def depth_shares(panel: pd.DataFrame) -> pd.Series:
    """Share of openings by the number of parts in the occupation code, the deepest first."""
    total = panel["openings"].sum()
    if not total > 0:
        return pd.Series(dtype=float)
    parts = panel["occupation_code"].str.count("-").add(1).fillna(0).astype(int)
    return (panel["openings"].groupby(parts).sum() / total).sort_index(ascending=False)


def _by_major_group(axes: Axes, shares: pd.Series) -> None:
    places, sure = range(len(shares)), shares.to_numpy()
    axes.barh(places, sure, color=BLUE, height=0.6, label=SURE)
    axes.barh(places, 1 - sure, left=sure, color=FAINT, height=0.6, label=APPORTIONED)
    for place, share in zip(places, sure, strict=True):
        axes.text(1.01, place, f"{share:.0%}", va="center", fontsize=8.5)
    axes.set_yticks(places, [clip(name, 18) for name in shares.index])
    _percent(axes, "占需求人数比重", columns=2)
    axes.set_ylim(len(shares) - 0.4, -0.6)


def _by_depth(axes: Axes, shares: pd.Series) -> None:
    left = 0.0
    for depth, share in shares.items():
        label = f"{DEPTHS[int(str(depth))]} {share:.1%}"
        axes.barh(
            0, share, left=left, color=DEPTH_COLOURS[int(str(depth))], height=0.5, label=label
        )
        left += share
    axes.set_yticks([0], ["全部岗位"])
    _percent(axes, "按编码层级占需求人数比重", columns=5)


def _percent(axes: Axes, label: str, columns: int) -> None:
    axes.set_xlim(0, 1.06)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel(label, fontsize=9)
    legend_above(axes, columns=columns)
