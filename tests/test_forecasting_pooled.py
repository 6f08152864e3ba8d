"""What series of a table have in common is learnt from all of them, and from nothing later."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.errors import ConfigurationError
from forecasting import (
    ForecastParameters,
    PeriodIndex,
    PooledParameters,
    TimeSeries,
    forecast,
    pooled_autoregression,
)
from forecasting import parallel as parallel_module
from forecasting.one_series import prepare_series
from forecasting.pooling import pooled_forecasts

ALONE = "mean(ets,theta,arima)"
TOGETHER = "mean(ets,theta,arima,pooled)"
FIRST_QUARTER = 2010 * 4
SEASON = np.array([0.8, 1.1, 1.3, 0.8])


def with_momentum(seed, count=30, length=64, memory=0.85):
    """Logarithms whose changes go on alike, around levels of their own."""
    generator = np.random.default_rng(seed)
    changes = np.zeros((count, length))
    shocks = generator.normal(0, 0.02, changes.shape)
    for time in range(1, length):
        changes[:, time] = memory * changes[:, time - 1] + shocks[:, time]
    levels = generator.normal(7, 1, (count, 1))
    return list(np.exp(levels + np.cumsum(changes, axis=1)))


def quarterly(values, name="S", skipped=0):
    return TimeSeries(name, PeriodIndex("quarter", FIRST_QUARTER + skipped), values, 4)


def together(series, horizon=4):
    parameters = ForecastParameters()
    prepared = [prepare_series(one, horizon, parameters) for one in series]
    return pooled_forecasts(series, prepared, horizon), prepared


def table(histories):
    parts = []
    for number, values in enumerate(histories):
        periods = [str(q) for q in pd.period_range("2010Q1", periods=len(values), freq="Q")]
        parts.append(pd.DataFrame({"series_id": f"S{number}", "period": periods, "value": values}))
    return pd.concat(parts)


def main_of(result, name):
    return result.main.query("series_id == @name").reset_index(drop=True)


def sizes(paths, actual):
    return np.mean([np.abs(np.log(p / a)).mean() for p, a in zip(paths, actual, strict=True)])


def test_a_common_momentum_is_found_and_forecasts_better():
    errors = []
    for seed in range(4):
        series = with_momentum(seed)
        known, actual = [one[:60] for one in series], [one[60:] for one in series]
        paths = pooled_autoregression(known, 1, 4)
        first = np.array([np.log(p[0] / k[-1]) for p, k in zip(paths, known, strict=True)])
        truth = np.array([0.85 * np.log(k[-1] / k[-2]) for k in known])
        # Ridge shrinks, and the mean change of each series takes a part.
        assert 0.55 < first @ truth / (truth @ truth) < 1.05
        assert np.corrcoef(first, truth)[0, 1] > 0.8
        alone = [pooled_autoregression([one], 1, 4)[0] for one in known]
        naive = [np.repeat(one[-1], 4) for one in known]
        errors.append([sizes(each, actual) for each in (paths, alone, naive)])
    pooled, alone, naive = np.mean(errors, axis=0)
    assert pooled < 0.87 * naive
    assert pooled < 0.95 * alone


def test_a_season_is_taken_out_and_put_back():
    series = [one * np.resize(SEASON, 64) for one in with_momentum(5, 10)]
    known, actual = [one[:60] for one in series], [one[60:] for one in series]
    paths = pooled_autoregression(known, 4, 4)
    assert sizes(paths, actual) < 0.1
    for path in paths:
        assert (path / path.mean())[[1, 2]] == pytest.approx(SEASON[[1, 2]], rel=0.2)


def test_units_and_order_of_the_series_do_not_matter():
    series = with_momentum(6, 8)
    paths = pooled_autoregression(series, 4, 6)
    turned = pooled_autoregression(series[::-1], 4, 6)[::-1]
    assert np.array(turned) == pytest.approx(np.array(paths), rel=1e-9)
    units = 10.0 ** np.arange(-4, 4)
    scaled = [unit * one for unit, one in zip(units, series, strict=True)]
    again = pooled_autoregression(scaled, 4, 6)
    assert np.array(again) == pytest.approx(units[:, None] * np.array(paths), rel=1e-9)


def test_histories_that_are_zero_negative_or_constant_are_borne():
    odd = [np.zeros(40), np.full(40, 7.0), np.resize([0.0, 3, 1], 40), -with_momentum(7, 1)[0]]
    paths = pooled_autoregression([*odd, *with_momentum(8, 5)], 4, 4)
    assert np.isfinite(paths).all()
    assert paths[0] == pytest.approx(0, abs=0.5)
    assert paths[1] == pytest.approx(7, rel=0.1)


def test_too_few_rows_for_the_coefficients_give_nothing():
    assert pooled_autoregression([np.arange(1.0, 21)], 4, 4) is None
    assert pooled_autoregression([np.arange(1.0, 21)] * 5, 4, 4) is not None


@pytest.mark.parametrize("arguments", [{"ridge": 0.0}, {"bend": -1.0}, {"rounds": 0}])
def test_parameters_that_are_not_positive_are_refused(arguments):
    with pytest.raises(ConfigurationError, match="common autoregression"):
        PooledParameters(**arguments)


@pytest.mark.parametrize("size", [8, 1000])
def test_a_wild_break_in_one_series_hardly_moves_the_others(size):
    series = with_momentum(9, 12)
    broken = series[0].copy()
    broken[45:] *= size
    calm = pooled_autoregression(series, 1, 4)[1:]
    struck = pooled_autoregression([broken, *series[1:]], 1, 4)[1:]
    assert 0 < sizes(struck, calm) < 0.01


def test_a_shock_common_to_all_moves_forecasts_less_than_least_squares_would_have_it():
    moved = {1.0: [], 1e9: []}
    for seed in range(4):
        series = with_momentum(seed, 12, memory=0.7)
        struck = [np.r_[one[:32], one[32:34] / 6, one[34:]] for one in series]
        for bend, changes in moved.items():
            parameters = PooledParameters(bend=bend)
            calm = pooled_autoregression(series, 1, 4, parameters)
            changes.append(sizes(pooled_autoregression(struck, 1, 4, parameters), calm))
    assert np.mean(moved[1.0]) < 0.8 * np.mean(moved[1e9])


def test_forecasts_are_those_of_each_origin_and_last_of_the_end():
    histories = with_momentum(10, 6, 40)
    paths, prepared = together([quarterly(values) for values in histories])
    origins = prepared[0].origins
    assert [path.shape for path in paths] == [(len(origins) + 1, 4)] * 6
    for row in (0, len(origins)):
        known = [one.known[row] for one in prepared]
        wanted = pooled_autoregression(known, 4, 4)
        assert np.array([path[row] for path in paths]) == pytest.approx(np.array(wanted))


def test_no_series_is_seen_beyond_an_origin():
    histories = with_momentum(11, 6, 44)
    series = [quarterly(values) for values in histories]
    changed = [replace(one, observations=one.observations.copy()) for one in series]
    for one in changed[1:]:
        one.observations[37:] *= 3
    before, prepared = together(series)
    after, _ = together(changed)
    origins = np.array([*prepared[0].origins, 44])
    for one, two in zip(before, after, strict=True):
        alike = (one == two).all(axis=1)
        assert alike.tolist() == (origins <= 37).tolist()


def test_fewer_than_five_series_and_undated_ones_have_none():
    histories = with_momentum(12, 6, 40)
    series = [quarterly(values) for values in histories]
    assert together(series[:4])[0] == [None] * 4
    assert all(path is not None for path in together(series[:5])[0])
    numbered = [
        TimeSeries(str(place), PeriodIndex("whole number", 1), values, 4)
        for place, values in enumerate(histories)
    ]
    assert together(numbered)[0] == [None] * 6
    mixed, _ = together([*series[:4], numbered[4]])
    assert mixed == [None] * 5


def test_series_of_other_seasons_or_too_short_do_not_share():
    histories = with_momentum(13, 6, 40)
    series = [quarterly(values) for values in histories]
    others = [replace(series[4], season_length=1), quarterly(histories[5][-7:], skipped=33)]
    assert together([*series[:4], *others])[0] == [None] * 6


def test_series_that_end_at_other_times_share_only_origins_in_common():
    histories = with_momentum(14, 10, 44)
    late = [quarterly(values) for values in histories[:5]]
    early = [quarterly(values[:36]) for values in histories[5:]]
    both, prepared = together([*late, *early])
    only, _ = together(late)
    shared = {*prepared[5].origins, 36}
    origins = [*prepared[0].origins, 44]
    alike = (both[0] == only[0]).all(axis=1)
    assert alike.tolist() == [origin not in shared for origin in origins]
    assert 0 < alike.sum() < len(origins)


def test_a_series_without_company_at_its_end_has_none():
    histories = with_momentum(15, 6, 41)
    series = [quarterly(values[:40]) for values in histories[:5]]
    paths, _ = together([*series, quarterly(histories[5])])
    assert paths[5] is None
    assert all(path is not None for path in paths[:5])


def test_the_switch_leaves_it_out_and_makes_series_independent():
    histories = with_momentum(16, 5, 40)
    series = table(histories)
    result = forecast(series, 4)
    assert set(result.main_models.values()) == {TOGETHER}
    tried = result.models.query("series_id == 'S0' and model == 'pooled'")
    assert tried["weight"].iloc[0] > 0
    assert "common to the series" in tried["description"].iloc[0]
    parameters = ForecastParameters(pooled=False)
    switched = forecast(series, 4, parameters)
    assert set(switched.main_models.values()) == {ALONE}
    alone = forecast(table(histories[:1]), 4, parameters)
    pd.testing.assert_frame_equal(main_of(switched, "S0"), main_of(alone, "S0"))
    others = [histories[0], *(2 * one[::-1] for one in histories[1:])]
    again = forecast(table(others), 4, parameters)
    pd.testing.assert_frame_equal(main_of(again, "S0"), main_of(switched, "S0"))
    moved = main_of(forecast(table(others), 4), "S0")["mean"]
    assert not np.allclose(moved, main_of(result, "S0")["mean"])


def test_processes_make_no_difference_and_kept_results_know_the_other_series(tmp_path, monkeypatch):
    histories = with_momentum(17, 5, 36)
    fresh = forecast(table(histories), 4, cache=tmp_path)
    pd.testing.assert_frame_equal(
        forecast(table(histories), 4, processes=2).forecasts, fresh.forecasts
    )
    changed = [*histories[:4], histories[4][::-1]]
    other = forecast(table(changed), 4, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 10
    pd.testing.assert_frame_equal(other.forecasts, forecast(table(changed), 4).forecasts)

    def never(*_):
        raise AssertionError("a kept result was made again")

    monkeypatch.setattr(parallel_module, "forecast_one", never)
    again = forecast(table(histories), 4, cache=tmp_path, processes=1)
    pd.testing.assert_frame_equal(again.forecasts, fresh.forecasts)
    pd.testing.assert_frame_equal(again.models, fresh.models)
