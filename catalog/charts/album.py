"""The charts of one release: which there are, what they are called and what they show."""

from typing import NamedTuple

from matplotlib.figure import Figure

from catalog.draft import Draft
from catalog.formats.wording import issue_label

from .coding_quality import draw_coding_quality
from .outlook import draw_outlook
from .tightness import draw_tightness
from .top_ranked import draw_top_ranked


class Chart(NamedTuple):
    """A figure, the stem of its files and the text for readers who cannot see it."""

    name: str
    caption: str
    figure: Figure


def draw_charts(draft: Draft) -> list[Chart]:
    """Draw every chart that the draft has figures for.

    A chart without data is left out: no release holds an empty picture.
    """
    source = source_note(draft)
    figures = {
        "top_ranked": (
            "紧缺程度或需求人数居前的职业及其90%区间",
            draw_top_ranked(draft.ranking, source=source),
        ),
        "tightness": (
            "求人倍率与需求人数，或各职业大类需求人数",
            draw_tightness(draft.ranking, source=source),
        ),
        "outlook": (
            "总需求和主要行业招聘需求的历史与预测",
            draw_outlook(*draft.total_and_industries, source=source),
        ),
        "coding_quality": (
            "各职业大类岗位编码的可靠程度",
            draw_coding_quality(draft.ranking, draft.panel, quarter=draft.quarter, source=source),
        ),
    }
    return [
        Chart(name, caption, figure)
        for name, (caption, figure) in figures.items()
        if figure is not None
    ]


def source_note(draft: Draft) -> str:
    """Source line below every chart; made-up inputs are named as such."""
    if draft.synthetic:
        return f"合成示例数据，不反映真实劳动力市场。{issue_label(draft.quarter)}"
    return f"数据来源：{draft.area}招聘信息及本期所用登记数据，{issue_label(draft.quarter)}"
