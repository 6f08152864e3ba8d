"""Pictures of an evaluation: what is drawn are the figures of the tables."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure

from nlp.evaluation_plots import (
    draw_accuracy_by_major_group,
    draw_precision_by_coverage,
    draw_reliability,
)

RELIABILITY = pd.DataFrame(
    {
        "bin": [1, 2],
        "postings": [50, 50],
        "probability_mean": [0.4, 0.9],
        "share_right": [0.5, 1.0],
        "share_right_lower": [0.37, 0.93],
        # Rounded below the share itself: no whisker of negative length.
        "share_right_upper": [0.63, 0.9999],
    }
)
CURVE = pd.DataFrame(
    {
        "probability_at_least": [0.99, 0.9, 0.5],
        "postings": [1, 40, 100],
        "coverage": [0.01, 0.4, 1.0],
        "precision": [0.0, 1.0, 0.8],
        "precision_label_only": [np.nan, 0.9, 0.7],
    }
)
GROUPS = pd.DataFrame(
    {
        "major_group_code": ["4", "5", "6"],
        "major_group_name": ["社会生产服务和生活服务人员", "农业" * 20, "生产制造及有关人员"],
        "postings_at_unit": [1200, 0, 30],
        "top_1": [0.8, np.nan, 0.6],
        "first_five": [0.9, np.nan, 0.7],
        "top_1_lower": [0.7, np.nan, 0.5],
        "top_1_upper": [0.9, np.nan, 0.7],
    }
)


@pytest.fixture
def axes() -> Axes:
    return Figure().subplots()


def test_reliability(axes: Axes) -> None:
    draw_reliability(axes, RELIABILITY)
    diagonal, points = axes.lines[:2]
    assert list(diagonal.get_xdata()) == list(diagonal.get_ydata()) == [0, 1]
    assert list(points.get_xdata()) == [0.4, 0.9]
    assert list(points.get_ydata()) == [0.5, 1.0]
    (whiskers,) = axes.collections
    ends = [segment[:, 1].tolist() for segment in whiskers.get_segments()]
    assert ends[0] == pytest.approx([0.37, 0.63])
    assert ends[1] == pytest.approx([0.93, 1.0])


def test_precision_by_coverage_leaves_out_the_first_few(axes: Axes) -> None:
    draw_precision_by_coverage(axes, CURVE, precision=0.9)
    level, accepted, strict = axes.lines
    assert set(level.get_ydata()) == {0.9}
    assert list(accepted.get_xdata()) == [0.4, 1.0]
    assert list(accepted.get_ydata()) == [1.0, 0.8]
    assert list(strict.get_ydata()) == [0.9, 0.7]
    assert axes.get_ylim()[0] == pytest.approx(0.65)
    assert "正确率90%" in {text.get_text() for text in axes.get_legend().get_texts()}


def test_a_curve_of_a_few_postings_is_an_empty_frame(axes: Axes) -> None:
    draw_precision_by_coverage(axes, CURVE[:1])
    assert [len(line.get_xdata()) for line in axes.lines[1:]] == [0, 0]


def test_accuracy_by_major_group(axes: Axes) -> None:
    draw_accuracy_by_major_group(axes, GROUPS)
    (bars,) = (each for each in axes.containers if isinstance(each, BarContainer))
    assert [bar.get_width() for bar in bars] == [0.8, 0.6]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["4 社会生产服务和生活服务人员（1,200）", "6 生产制造及有关人员（30）"]


def test_long_names_are_cut(axes: Axes) -> None:
    draw_accuracy_by_major_group(axes, GROUPS.assign(postings_at_unit=1))
    assert axes.get_yticklabels()[1].get_text() == f"5 {'农业' * 8}农…（1）"
