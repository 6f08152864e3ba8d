"""Backtests see only the past; intervals cover what they promise and never shrink."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting import (
    Backtest,
    Naive,
    SeasonalNaive,
    half_widths,
    read_periods,
    rolling_origins,
    run_backtest,
)
from forecasting.intervals import error_growth, errors_of_changes, score_quantile


def test_errors_are_observation_minus_forecast():
    values = np.array([1.0, 3, 6, 10, 15, 21])
    fitted, backtest = run_backtest(Naive(), values, 1, 2, (3, 4, 5))
    assert fitted.forecast(1).tolist() == [21]
    wanted = [[4, 9], [5, 11], [6, np.nan]]
    assert np.array_equal(backtest.errors, wanted, equal_nan=True)


def test_errors_at_gaps_are_unknown():
    values = np.array([1.0, 2, 3, 4, 1, np.nan, 3, 4])
    _, backtest = run_backtest(SeasonalNaive(), values, 4, 3, (4,))
    assert np.array_equal(backtest.errors, [[0, np.nan, 0]], equal_nan=True)


@given(
    st.lists(st.booleans(), min_size=2, max_size=80),
    st.integers(1, 20),
    st.integers(1, 24),
    st.integers(3, 15),
)
def test_origins_are_bounded_ascending_and_observed(missing, shortest, horizon, at_most):
    values = np.where(missing, np.nan, 1.0)
    origins = rolling_origins(values, shortest, horizon, at_most)
    assert len(origins) <= at_most
    assert list(origins) == sorted(set(origins))
    for origin in origins:
        assert origin < values.size
        assert np.isfinite(values[origin - 1])
        assert np.isfinite(values[:origin]).sum() >= shortest


def test_growth_of_errors_is_recovered():
    rng = np.random.default_rng(0)
    steps = np.arange(1, 13)
    assert error_growth(rng.normal(0, 1, (400, 12)) * steps**0.9) == pytest.approx(0.9, abs=0.05)
    assert error_growth(rng.normal(0, 1, (400, 12))) == pytest.approx(0.0, abs=0.05)
    assert error_growth(np.full((3, 4), np.nan)) == 0.5


def test_quantile_comes_near_the_normal_one_and_is_wider_for_few_origins():
    scores = np.abs(np.random.default_rng(0).normal(0, 1, 20_000))
    assert score_quantile(scores, 20_000, 0.95) == pytest.approx(1.96, abs=0.04)
    few = score_quantile(scores[:12], 4, 0.95)
    assert few > scores[:12].max()


@pytest.mark.parametrize("level", [80, 95])
def test_intervals_of_a_random_walk_cover_near_the_nominal_level(level):
    horizon, inside = 4, []
    for seed in range(300):
        path = 500 + np.cumsum(np.random.default_rng(seed).normal(0, 10, 44))
        past, future = path[:40], path[40:]
        fitted, backtest = run_backtest(
            Naive(), past, 1, horizon, rolling_origins(past, 1, horizon)
        )
        widths = half_widths(backtest, past, 1, horizon, [level])[0]
        inside.append(np.abs(future - fitted.forecast(horizon)) <= widths)
    assert np.mean(inside) == pytest.approx(level / 100, abs=0.05)


def test_few_errors_give_way_to_the_changes_of_the_series():
    values = np.array([10.0, 14, 11, 15])
    nothing = Backtest((), np.full((0, 2), np.nan), np.zeros(0))
    widths = half_widths(nothing, values, 4, 2, [80, 95])
    changes = errors_of_changes(values, 4, 2)
    assert np.array_equal(changes.errors, [[4, 1], [-3, 1], [4, np.nan]], equal_nan=True)
    assert widths == pytest.approx(half_widths(changes, values, 4, 2, [80, 95]))
    assert widths[1, 0] > 4
    across_gap = errors_of_changes(np.array([1.0, np.nan, 4.0]), 4, 1)
    assert np.array_equal(across_gap.errors, [[np.nan, 3]], equal_nan=True)


def test_a_run_of_zeros_does_not_blow_up_the_intervals():
    values = np.concatenate([np.zeros(12), 1000 + np.random.default_rng(0).normal(0, 20, 24)])
    origins = rolling_origins(values, 1, 4, 30)
    _, backtest = run_backtest(Naive(), values, 4, 4, tuple(range(4, 36, 2)))
    assert half_widths(backtest, values, 4, 4, [95]).max() < 8000
    _, later = run_backtest(Naive(), values, 4, 4, origins)
    assert half_widths(later, values, 4, 4, [80]).max() < 200


@given(
    st.lists(st.floats(0, 1e6), min_size=2, max_size=40),
    st.integers(1, 12),
    st.sampled_from([1, 4]),
)
def test_widths_never_shrink(values, horizon, season):
    history = np.array(values)
    origins = rolling_origins(history, season, horizon)
    _, backtest = run_backtest(Naive(), history, season, horizon, origins)
    widths = half_widths(backtest, history, season, horizon, [50, 80, 95, 99])
    assert np.isfinite(widths).all()
    assert (widths >= 0).all()
    assert (np.diff(widths, axis=0) >= 0).all()
    assert (np.diff(widths, axis=1) >= 0).all()


def test_table_of_errors_names_the_origin():
    values = np.arange(40.0) ** 2
    index, _ = read_periods([f"{year}Q{q}" for year in range(2016, 2026) for q in (1, 2, 3, 4)])
    _, backtest = run_backtest(SeasonalNaive(), values, 4, 4, (36, 39))
    table = backtest.frame("A", "seasonal_naive", index)
    assert table["origin"].unique().tolist() == ["2024Q4", "2025Q3"]
    assert len(table) == 5
    assert table["error"].iloc[-1] == pytest.approx(values[39] - values[35])
