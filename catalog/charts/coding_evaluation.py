"""Charts of how well postings are coded, measured on hand-coded ones."""

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from catalog.fonts import chinese_text
from nlp.evaluate import Evaluation
from nlp.evaluation_plots import (
    draw_accuracy_by_major_group,
    draw_precision_by_coverage,
    draw_reliability,
)

from .style import finish, new_figure

SQUARE_INCHES, ROW_INCHES, FRAME_INCHES = 6.5, 0.5, 2.0


def draw_coding_evaluation(evaluation: Evaluation, *, source: str) -> dict[str, Figure]:
    """Draw calibration, precision against coverage, and accuracy by 大类.

    Parameters
    ----------
    evaluation : nlp.evaluate.Evaluation
    source : str
        Source note below each chart, in Chinese.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        By the stem of the file; a chart without data is left out.
    """
    groups = evaluation.by_major_group
    at_unit = int((groups["postings_at_unit"] > 0).sum())
    charts: dict[str, tuple[bool, float, str, Callable[[Axes], None]]] = {
        "reliability": (
            len(evaluation.reliability) > 0, SQUARE_INCHES, "职业编码概率的校准情况",
            lambda axes: draw_reliability(axes, evaluation.reliability),
        ),
        "precision_by_coverage": (
            len(evaluation.precision_by_coverage) > 0, SQUARE_INCHES, "自动编码比例与正确率",
            lambda axes: draw_precision_by_coverage(axes, evaluation.precision_by_coverage),
        ),
        "accuracy_by_major_group": (
            at_unit > 0, FRAME_INCHES + ROW_INCHES * at_unit, "各职业大类的编码正确率",
            lambda axes: draw_accuracy_by_major_group(axes, groups),
        ),
    }  # fmt: skip
    return {
        name: _drawn(draw, height, title, source)
        for name, (has_data, height, title, draw) in charts.items()
        if has_data
    }


def _drawn(draw: Callable[[Axes], None], height: float, title: str, source: str) -> Figure:
    with chinese_text():
        figure = new_figure(height)
        draw(figure.subplots())
        return finish(figure, title, source)
