"""Charts: Chinese on any machine, no picture without data, the same bytes every time."""

import io
import re
from itertools import combinations

import matplotlib
import numpy as np
import pandas as pd
import pytest
from golden.small_draft import bare_draft, ranking, small_draft
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager, get_font
from matplotlib.text import Annotation, Text
from PIL import Image

from catalog.charts import (
    draw_charts,
    draw_coding_quality,
    draw_outlook,
    draw_tightness,
    draw_top_ranked,
    png_bytes,
    svg_bytes,
)
from catalog.charts.coding_quality import depth_shares
from catalog.charts.tightness import leader_of, text_box
from catalog.draft import published_forecast
from catalog.fonts import chinese_font_path
from catalog.tables import LISTED_GRADES, RANKING
from data.tables import FORECAST, PANEL, SERIES

SOURCE = "数据来源：测试"


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def test_every_text_has_the_free_font_and_no_character_is_missing() -> None:
    font = chinese_font_path()
    known = set(get_font(font).get_charmap())
    for draft in (small_draft(), bare_draft()):
        for chart in draw_charts(draft):
            for text in chart.figure.findobj(Text):
                if text.get_text():
                    assert str(text.get_fontproperties().get_file()) == str(font)
                    assert not {ord(c) for c in text.get_text()} - known - {10}


def test_no_setting_or_font_is_left_behind() -> None:
    settings, fonts = dict(matplotlib.rcParams), list(fontManager.ttflist)
    for chart in draw_charts(small_draft()):
        svg_bytes(chart.figure)
    assert dict(matplotlib.rcParams) == settings
    assert fontManager.ttflist == fonts


def test_the_font_that_is_not_free_is_never_named() -> None:
    assert "SimHei" not in str(chinese_font_path()) + str(chinese_font_path("serif"))


def test_pictures_are_the_same_bytes_every_time_and_hold_no_date() -> None:
    first, second = (draw_charts(small_draft()) for _ in range(2))
    assert [chart.name for chart in first] == [
        "top_ranked",
        "tightness",
        "outlook",
        "coding_quality",
    ]
    for one, other in zip(first, second, strict=True):
        svg = svg_bytes(one.figure)
        assert svg == svg_bytes(other.figure)
        assert b"<dc:date>" not in svg
        assert b"<text" not in svg  # letters are paths: the reader needs no font
        picture = png_bytes(one.figure)
        assert picture == png_bytes(other.figure)
        assert Image.open(io.BytesIO(picture)).width == 1200


def test_every_chart_has_title_unit_and_source() -> None:
    for chart in draw_charts(small_draft()):
        words = "".join(texts(chart.figure))
        assert "合成示例数据，不反映真实劳动力市场" in words
        assert chart.figure.get_suptitle()
        assert any(unit in words for unit in ("（人", "（分）", "比重"))


def test_nothing_is_drawn_without_data() -> None:
    empty = RANKING.empty()
    assert draw_top_ranked(empty, source=SOURCE) is None
    assert draw_tightness(empty, source=SOURCE) is None
    assert draw_outlook(SERIES.empty(), FORECAST.empty(), source=SOURCE) is None
    assert draw_coding_quality(empty, PANEL.empty(), quarter="2026Q4", source=SOURCE) is None


def test_top_ranked_shows_scores_with_intervals_in_the_order_of_rank() -> None:
    figure = draw_top_ranked(ranking(), source=SOURCE)
    assert figure is not None
    axes = figure.axes[0]
    assert [label.get_text()[-1] for label in axes.get_yticklabels()] == list("12345678")
    spans = sorted(
        (segment[0][1], segment[0][0], segment[1][0])
        for lines in axes.collections if isinstance(lines, LineCollection)
        for segment in lines.get_segments()
    )  # fmt: skip
    expected = ranking().dropna(subset=["score"]).sort_values("rank").head(8)
    np.testing.assert_allclose([s[1] for s in spans], expected["score_lower"])
    np.testing.assert_allclose([s[2] for s in spans], expected["score_upper"])


def test_without_grades_the_largest_openings_are_shown() -> None:
    figure = draw_top_ranked(bare_draft().ranking, source=SOURCE)
    assert figure is not None
    assert "需求人数最多的职业" in figure.get_suptitle()
    assert figure.axes[0].get_yticklabels()[0].get_text().startswith("营销员")


def test_without_seekers_openings_are_summed_by_major_group() -> None:
    figure = draw_tightness(bare_draft().ranking, source=SOURCE)
    assert figure is not None
    lengths = sorted(bar.get_width() for bar in figure.axes[0].patches)
    sums = ranking().groupby("major_group_name")["openings"].sum()
    np.testing.assert_allclose(lengths, sorted(sums[sums > 0]))


@pytest.mark.parametrize("seed", [1, 2])
def test_names_cover_neither_each_other_nor_the_frame(seed: int) -> None:
    generator = np.random.default_rng(seed)
    rows = pd.concat([ranking()] * 15, ignore_index=True)
    rows = rows.assign(
        openings=generator.lognormal(6, 0.8, len(rows)),
        vacancy_ratio=generator.lognormal(0.3, 0.3, len(rows)),
        rank=range(1, len(rows) + 1),
    )
    figure = draw_tightness(rows, source=SOURCE)
    assert figure is not None
    axes = figure.axes[0]
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    names = [label for label in axes.texts if isinstance(label, Annotation)]
    boxes = [text_box(name, renderer) for name in names]
    assert len(boxes) >= 5
    assert not [1 for one, other in combinations(boxes, 2) if one.overlaps(other)]
    frame = axes.get_window_extent(renderer)
    assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)
    listed = rows[rows["grade"].isin(LISTED_GRADES)][["openings", "vacancy_ratio"]]
    points = axes.transData.transform(listed.to_numpy(dtype=float))
    assert not [1 for box in boxes if box.count_contains(points)]
    assert all(name.arrow_patch is not None for name in names)
    leaders = [leader_of(name, box) for name, box in zip(names, boxes, strict=True)]
    through = [
        (line, box) for place, line in enumerate(leaders) for other, box in enumerate(boxes)
        if place != other and line.intersects_bbox(box)
    ]  # fmt: skip
    assert not through


def test_dollar_signs_are_no_formulas() -> None:
    rows = ranking().assign(occupation_name=r"$\undefined_{x}$")
    figure = draw_top_ranked(rows, source=SOURCE)
    assert figure is not None
    assert b"<svg" in svg_bytes(figure)


def test_fan_chart_names_industries_and_joins_history_with_forecast() -> None:
    draft = small_draft()
    figure = draw_outlook(draft.industry_history, draft.industry_forecast, source=SOURCE)
    assert figure is not None
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["总需求", "制造业", "住宿和餐饮业", "居民服务、修理和其他服务业"]
    assert figure.get_suptitle() == "行业招聘需求预测"
    ticks = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert ticks[0] == "2027年四季度"
    assert all(re.fullmatch(r"\d{4}年[一二三四]季度", tick) for tick in ticks)
    bands = figure.axes[0].collections
    assert len(bands) == 2  # one an interval of 80 % and 95 %
    assert "80%、95%预测区间" in "".join(texts(figure))


def test_fan_chart_copes_with_a_forecast_without_history() -> None:
    assert draw_outlook(SERIES.empty(), small_draft().industry_forecast, source=SOURCE) is not None


def test_depth_shares_are_weighted_by_openings() -> None:
    shares = depth_shares(small_draft().panel)
    assert list(shares.index) == [4, 2, 1, 0]
    assert shares.sum() == pytest.approx(1)
    assert shares[2] == pytest.approx(120 / (1007.75 + 120 + 300 + 55))


def test_the_benchmark_is_never_published_as_the_forecast() -> None:
    rows = [
        ("C", "2027Q1", 1, 80, 10.0, 9.0, 11.0, "theta"),
        ("C", "2027Q1", 1, 80, 99.0, 90.0, 110.0, "seasonal_naive"),
        ("F", "2027Q1", 1, 80, 5.0, 4.0, 6.0, "naive"),
    ]
    forecast = FORECAST.check(pd.DataFrame(rows, columns=FORECAST.names))
    published = published_forecast(forecast).set_index("series_id")["mean"]
    assert published.to_dict() == {"C": 10.0, "F": 5.0}
