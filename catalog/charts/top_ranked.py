"""Chart of the first twenty occupations: score with its interval, or openings with theirs."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from catalog.fonts import chinese_text
from catalog.tables import GRADE_NAMES, LISTED_GRADES

from .style import BLUE, FAINT, GRADE_COLOURS, GRADE_MARKERS, clip, finish, legend_above, new_figure

SHOWN_AT_MOST = 20
SCORE_COLUMNS = ("score", "score_lower", "score_upper")
OPENINGS_COLUMNS = ("openings", "openings_lower", "openings_upper")


def draw_top_ranked(ranking: pd.DataFrame, *, source: str) -> Figure | None:
    """Draw the first twenty graded occupations, or by openings when none is graded.

    Parameters
    ----------
    ranking : pandas.DataFrame
        Contract `catalog.tables.RANKING`.
    source : str
        Source note below the chart, in Chinese.

    Returns
    -------
    matplotlib.figure.Figure or None
        None when no row has openings or a grade.
    """
    graded = ranking[ranking["grade"].isin(LISTED_GRADES) & ranking["score"].notna()]
    if len(graded):
        rows = graded.sort_values(["rank", "occupation_code"]).head(SHOWN_AT_MOST)
        return _draw(rows, SCORE_COLUMNS, "紧缺程度综合得分（分）", "紧缺职业综合得分", source)
    rows = ranking[ranking["openings"] > 0]
    rows = rows.sort_values(["openings", "occupation_code"], ascending=[False, True])
    if rows.empty:
        return None
    return _draw(
        rows.head(SHOWN_AT_MOST), OPENINGS_COLUMNS, "需求人数（人）", "需求人数最多的职业", source
    )


def _draw(
    rows: pd.DataFrame, columns: tuple[str, str, str], label: str, title: str, source: str
) -> Figure:
    with chinese_text():
        figure = new_figure(1.7 + 0.29 * len(rows))
        axes = figure.subplots()
        _points(axes, rows, columns, by_grade=columns == SCORE_COLUMNS)
        names = [
            f"{clip(name)}  {place}" for place, name in enumerate(rows["occupation_name"], start=1)
        ]
        axes.set_yticks(range(len(rows)), names)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        _limit(axes, rows, columns)
        axes.set_xlabel(f"{label}，横线为90%区间", fontsize=9)
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.grid(axis="x", color=FAINT, linewidth=0.7)
        return finish(figure, f"{title}（前{len(rows)}位）", source)


def _limit(axes: Axes, rows: pd.DataFrame, columns: tuple[str, str, str]) -> None:
    """Scores from the ten below the lowest to 100, openings from zero."""
    if columns == SCORE_COLUMNS:
        axes.set_xlim(rows["score_lower"].min() // 10 * 10, 100.5)
    else:
        axes.set_xlim(left=0)


def _points(
    axes: Axes, rows: pd.DataFrame, columns: tuple[str, str, str], *, by_grade: bool
) -> None:
    value, lower, upper = (rows[name].to_numpy(dtype=float) for name in columns)
    grades = rows["grade"].to_numpy()
    groups = LISTED_GRADES if by_grade else (None,)
    for group in groups:
        at = [i for i, grade in enumerate(grades) if group is None or grade == group]
        if not at:
            continue
        colour = GRADE_COLOURS[group] if group else BLUE
        axes.hlines(at, lower[at], upper[at], color=colour, linewidth=2.2, alpha=0.55)
        axes.plot(
            value[at], at, linestyle="none", marker=GRADE_MARKERS[group] if group else "o",
            color=colour, markersize=6.5, label=f"{group} {GRADE_NAMES[group]}" if group else None,
        )  # fmt: skip
    if by_grade:
        legend_above(axes, columns=len(LISTED_GRADES))
