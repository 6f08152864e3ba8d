"""Charts show what they are given, in Chinese, and draw without a warning."""

import io
from pathlib import Path

import mplfonts
import numpy as np
import pandas as pd
import pytest
from matplotlib.font_manager import FontProperties

from data.errors import EmptyInputError
from forecasting import errors_chart, fan_chart, forecast

FONT = FontProperties(
    fname=str(Path(mplfonts.__file__).parent / "fonts" / "NotoSansCJKsc-Regular.otf")
)


@pytest.fixture(scope="module")
def example():
    periods = [str(q) for q in pd.period_range("2018Q1", periods=36, freq="Q")]
    values = 500 + 50 * np.resize([1.0, -1, 2, -2], 36)
    values += np.random.default_rng(0).normal(0, 10, 36)
    history = pd.DataFrame({"series_id": "C", "period": periods, "value": values})
    return history, forecast(history, 4)


def drawn(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg")
    return buffer.getvalue()


def test_fan_chart_shows_history_mean_bands_and_benchmark(example):
    history, result = example
    figure = fan_chart(history, result.forecasts, title="制造业招聘需求", font=FONT)
    axes = figure.axes[0]
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["历史数据", "95% 预测区间", "80% 预测区间", "预测值", "季节性朴素预测"]
    past, mean, naive = (line.get_ydata() for line in axes.lines)
    assert past.tolist() == history["value"].tolist()
    last = history["value"].iloc[-1]
    at_80 = result.forecasts.query("level == 80")
    main = at_80[at_80["model"] == result.main_models["C"]]
    assert list(mean) == [last, *main["mean"]]
    assert list(naive) == [last, *at_80.query("model == 'seasonal_naive'")["mean"]]
    assert axes.lines[1].get_xdata().tolist() == [35, 36, 37, 38, 39]
    corners = axes.collections[1].get_paths()[0].vertices
    assert {*main["lower"], *main["upper"], last} <= set(corners[:, 1])
    assert axes.get_ylabel() == "招聘人数（人）"
    assert drawn(figure).startswith(b"<?xml")


def test_fan_chart_does_not_depend_on_the_order_of_rows(example):
    history, result = example
    one = fan_chart(history, result.forecasts, font=FONT).axes[0]
    other = fan_chart(history[::-1], result.forecasts, font=FONT).axes[0]
    assert one.lines[0].get_ydata().tolist() == other.lines[0].get_ydata().tolist()


def test_a_long_history_is_cut_to_what_shows_the_forecast(example):
    history, result = example
    for shown in (12, 36, 99):
        axes = fan_chart(history, result.forecasts, periods_shown=shown, font=FONT).axes[0]
        past = axes.lines[0].get_ydata().tolist()
        assert past == history["value"].tolist()[-shown:]
        assert axes.lines[1].get_xdata()[0] == len(past) - 1
        assert axes.get_xticklabels()[0].get_text() == history["period"].iloc[-len(past)]


def test_missing_periods_keep_their_place(example):
    history, result = example
    holes = history[~history["period"].isin(["2021Q2", "2021Q3", "2022Q1"])]
    axes = fan_chart(holes, result.forecasts, font=FONT).axes[0]
    past, mean = axes.lines[:2]
    assert past.get_xdata().tolist() == list(range(36))
    assert np.flatnonzero(np.isnan(past.get_ydata())).tolist() == [13, 14, 16]
    # A quarter between two gaps has no line that would show it.
    assert past.get_markevery() == [15]
    assert mean.get_xdata().tolist() == [35, 36, 37, 38, 39]
    assert [label.get_text() for label in axes.get_xticklabels()][-1] == "2027Q1"
    drawn(axes.figure)


def test_the_fan_begins_at_the_last_observation(example):
    history, _ = example
    late = history.assign(value=history["value"].where(history["period"] < "2026Q3"))
    axes = fan_chart(late, forecast(late, 4).forecasts, font=FONT).axes[0]
    _, mean = axes.lines[:2]
    assert mean.get_xdata().tolist() == [33, 34, 35, 36, 37]
    assert mean.get_ydata()[0] == history["value"].iloc[33]
    assert np.isfinite(axes.collections[0].get_paths()[0].vertices).all()


def test_a_forecast_of_a_past_origin_stands_beside_what_came(example):
    history, _ = example
    then = forecast(history.iloc[:30], 4).forecasts
    past, mean = fan_chart(history, then, font=FONT).axes[0].lines[:2]
    assert past.get_ydata().tolist() == history["value"].tolist()
    assert mean.get_xdata().tolist() == [29, 30, 31, 32, 33]
    assert mean.get_ydata()[0] == history["value"].iloc[29]


@pytest.mark.parametrize("as_dates", [False, True])
def test_dates_of_quarters_are_one_step_apart(as_dates):
    days = pd.date_range("2020-01-01", periods=12, freq="QS").delete(5)
    history = pd.DataFrame({"series_id": "A", "period": days, "value": np.arange(11.0)})
    if not as_dates:
        history["period"] = history["period"].dt.strftime("%Y-%m-%d")
    axes = fan_chart(history, forecast(history, 2).forecasts, font=FONT).axes[0]
    assert np.flatnonzero(np.isnan(axes.lines[0].get_ydata())).tolist() == [5]
    assert axes.lines[1].get_xdata().tolist() == [11, 12, 13]


def test_numbers_are_written_in_full():
    periods = [f"{year}Q{quarter}" for year in range(2020, 2024) for quarter in range(1, 5)]
    values = 1e7 * np.resize([1.0, 1.2, 1.1, 0.9], 16)
    history = pd.DataFrame({"series_id": "C", "period": periods, "value": values})
    axes = fan_chart(history, forecast(history, 2).forecasts, font=FONT).axes[0]
    drawn(axes.figure)
    assert "10,000,000" in [label.get_text() for label in axes.get_yticklabels()]
    assert axes.yaxis.get_offset_text().get_text() == ""


def test_whole_numbers_are_sorted_as_numbers():
    history = pd.DataFrame({"series_id": "A", "period": [10, 9, 11], "value": [2.0, 1.0, 3.0]})
    figure = fan_chart(history, forecast(history, 1).forecasts, font=FONT)
    assert figure.axes[0].lines[0].get_ydata().tolist() == [1, 2, 3]


def test_errors_chart_shows_root_mean_squares(example):
    _, result = example
    figure = errors_chart(result.errors, title="回测误差", font=FONT)
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "组合预测",
        "季节性朴素预测",
    ]
    first = result.errors.query("model != 'seasonal_naive' and horizon == 1")["error"]
    assert axes.lines[0].get_ydata()[0] == pytest.approx(np.sqrt(np.mean(first**2)))
    assert axes.lines[0].get_xdata().tolist() == [1, 2, 3, 4]
    assert all(place == int(place) for place in axes.get_xticks())
    assert drawn(figure).startswith(b"<?xml")


def test_combinations_of_several_series_are_one_line(example):
    _, result = example
    other = result.errors.assign(series_id="D", error=3 * result.errors["error"])
    other["model"] = other["model"].replace({result.main_models["C"]: "mean(ets,theta,pooled)"})
    both = pd.concat([result.errors, other])
    lines = errors_chart(both, font=FONT).axes[0].lines
    assert [line.get_label() for line in lines] == ["组合预测", "季节性朴素预测"]
    first = both.query("model != 'seasonal_naive' and horizon == 1")["error"]
    assert lines[0].get_ydata()[0] == pytest.approx(np.sqrt(np.mean(first**2)))


def test_nothing_to_draw_is_an_error(example):
    history, result = example
    with pytest.raises(EmptyInputError):
        fan_chart(history, result.forecasts.iloc[:0])
    with pytest.raises(EmptyInputError):
        errors_chart(result.errors.iloc[:0])
    with pytest.raises(EmptyInputError):
        errors_chart(result.errors.assign(error=np.nan))
    with pytest.raises(EmptyInputError):
        fan_chart(history.assign(value=np.nan), result.forecasts)
