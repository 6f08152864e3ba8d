"""Diagnostics recover what was put in, and their charts show their tables."""

import io
from pathlib import Path

import mplfonts
import numpy as np
import pandas as pd
import pytest
from matplotlib.font_manager import FontProperties

from data.errors import EmptyInputError, InputError
from forecasting import (
    backtest_coverage,
    coverage_chart,
    decomposition,
    decomposition_chart,
    residual_diagnostics,
    residuals_chart,
)

FONT = FontProperties(
    fname=str(Path(mplfonts.__file__).parent / "fonts" / "NotoSansCJKsc-Regular.otf")
)


def errors_of(values, name="C"):
    return pd.DataFrame(
        {
            "series_id": name,
            "model": "theta",
            "origin": [f"{2000 + place}Q1" for place in range(len(values))],
            "horizon": 1,
            "error": values,
        }
    )


def drawn(figure):
    figure.savefig(io.BytesIO(), format="svg")
    return figure


def test_coverage_is_that_of_normal_intervals():
    rng = np.random.default_rng(0)
    names = [f"S{number}" for number in range(4000)]
    actual = pd.DataFrame({"series_id": names, "period": "2026Q1", "value": rng.normal(size=4000)})
    forecasts = pd.concat(
        pd.DataFrame(
            {
                "series_id": names,
                "period": "2026Q1",
                "horizon": 1,
                "level": level,
                "lower": -width,
                "upper": width,
                "model": "theta",
            }
        )
        for level, width in ((80, 1.2816), (95, 1.96))
    )
    table = backtest_coverage(forecasts, actual)
    assert table["level"].tolist() == [80, 95]
    assert table["covered"].to_numpy() == pytest.approx([0.8, 0.95], abs=0.02)
    assert (table["forecasts"] == 4000).all()
    figure = drawn(coverage_chart(table, title="覆盖率", font=FONT))
    assert figure.axes[0].lines[0].get_ydata()[0] == pytest.approx(100 * table["covered"][0])
    assert backtest_coverage(forecasts, actual.assign(value=np.nan)).empty


def test_every_level_of_coverage_has_its_own_colour():
    levels = [50, 80, 90, 95, 99]
    coverage = pd.DataFrame(
        [(h, level, level / 100) for h in (1, 2) for level in levels],
        columns=["horizon", "level", "covered"],
    )
    lines = drawn(coverage_chart(coverage, font=FONT)).axes[0].lines
    colours = [tuple(line.get_color()) for line in lines]
    assert len(lines) == 10
    assert len(set(colours)) == 5
    # The line of a level and its nominal one have the same.
    assert colours[::2] == colours[1::2]
    assert [line.get_ydata()[0] for line in lines[::2]] == pytest.approx(levels)


def test_coverage_is_that_of_the_forecast_and_not_of_the_benchmark():
    coverage = pd.DataFrame(
        {"model": ["mean(ets,theta)", "naive"], "horizon": 1, "level": 80, "covered": [0.9, 0.6]}
    )
    shown = [
        coverage_chart(part, font=FONT).axes[0].lines[0].get_ydata()[0]
        for part in (coverage, coverage[1:])
    ]
    assert shown == pytest.approx([90, 60])


@pytest.mark.parametrize(("place", "change", "near"), [(30, 500.0, 8), (slice(20, 22), np.nan, 4)])
def test_decomposition_recovers_trend_and_season_in_spite_of_outlier_or_gap(place, change, near):
    time = np.arange(48)
    season = np.resize([10.0, -5, 15, -20], 48)
    values = 200 + 3.0 * time + season
    values[place] += change
    parts = decomposition(values, 4)
    calm = np.delete(time, place)
    assert parts["season"].to_numpy()[calm] == pytest.approx(season[calm], abs=near)
    assert parts["trend"].to_numpy()[calm] == pytest.approx((200 + 3.0 * time)[calm], abs=near)
    seen = parts["value"].notna()
    added = parts["trend"] + parts["season"] + parts["rest"]
    assert added[seen].to_numpy() == pytest.approx(parts["value"][seen].to_numpy())
    figure = drawn(decomposition_chart(parts, title="分解", font=FONT))
    assert len(figure.axes) == 4
    assert figure.axes[1].lines[0].get_ydata().tolist() == parts["trend"].tolist()
    assert figure.axes[3].get_xlabel() == "时期序号"
    periods = pd.period_range("2014Q1", periods=48, freq="Q").astype("str")
    named = drawn(decomposition_chart(parts.set_axis(periods), font=FONT)).axes[3]
    assert named.get_xlabel() == "时期"
    assert [label.get_text() for label in named.get_xticklabels()][:2] == ["2014Q1", "2015Q1"]


@pytest.mark.parametrize(("length", "season_length"), [(7, 4), (30, 1)])
def test_histories_without_two_seasons_are_not_decomposed(length, season_length):
    with pytest.raises(InputError, match="cannot be decomposed"):
        decomposition(np.arange(float(length)), season_length)


def test_bias_and_dependence_are_told_from_white_noise():
    rng = np.random.default_rng(1)
    white = residual_diagnostics(
        pd.concat([errors_of(rng.normal(0, 1, 60), f"W{number}") for number in range(200)])
    )
    for column in ("bias_p_value", "autocorrelation_p_value"):
        assert (white[column] < 0.05).mean() == pytest.approx(0.05, abs=0.04)
    noise = rng.normal(0, 1, 200)
    table = residual_diagnostics(
        pd.concat(
            [
                errors_of(noise + 1, "biased"),
                errors_of(np.convolve(noise, [1, 1, 1], "same"), "dependent"),
                errors_of([1.0, 2.0], "few"),
                errors_of(np.zeros(20), "none"),
            ]
        )
    ).set_index("series_id")
    assert table.loc["biased", "bias_p_value"] < 0.001
    assert table.loc["biased", "mean_error"] == pytest.approx(1, abs=0.2)
    assert table.loc["dependent", "autocorrelation_p_value"] < 0.001
    unknown = table.loc[["few", "none"], ["bias_p_value", "autocorrelation_p_value"]]
    assert unknown.isna().to_numpy().all()
    assert table["errors"].tolist() == [200, 200, 2, 20]


def test_residuals_are_drawn_with_their_dependence():
    values = np.random.default_rng(0).normal(0, 3, 40)
    axes = drawn(residuals_chart(errors_of(values), title="残差", font=FONT)).axes[0]
    assert axes.texts[0].get_text().startswith("一阶自相关")
    assert sum(bar.get_height() for bar in axes.patches) == 40
    points, expected = axes.lines[0].get_data()
    inside = axes.patches[0].get_width() * 40
    assert np.trapezoid(expected, points) == pytest.approx(inside, rel=0.03)
    constant = drawn(residuals_chart(errors_of(np.ones(9)), font=FONT)).axes[0]
    assert not constant.texts


def test_nothing_to_draw_is_an_error():
    with pytest.raises(EmptyInputError):
        residuals_chart(errors_of([]))
    with pytest.raises(EmptyInputError):
        coverage_chart(pd.DataFrame(columns=["horizon", "level", "covered"]))
    with pytest.raises(EmptyInputError):
        decomposition_chart(pd.DataFrame())
