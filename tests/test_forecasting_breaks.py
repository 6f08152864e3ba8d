"""Outliers and level shifts are told apart by what follows, and only by what is known."""

import numpy as np
import pandas as pd
import pytest

from forecasting import find_breaks, forecast, prepare
from forecasting.breaks import bring_to_level_after

SEASON = np.array([0.9, 1.1, 1.2, 0.8])


def history(seed=0, length=44):
    rng = np.random.default_rng(seed)
    return 1000 * np.resize(SEASON, length) * np.exp(np.cumsum(rng.normal(0, 0.02, length)))


def table(values, name="C"):
    periods = [str(q) for q in pd.period_range("2015Q1", periods=len(values), freq="Q")]
    return pd.DataFrame({"series_id": name, "period": periods, "value": values})


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("factor", [0.4, 1.8])
def test_an_outlier_is_found_and_replaced_near_the_truth(seed, factor):
    truth = history(seed)
    struck = truth.copy()
    struck[30] *= factor
    found = find_breaks(struck, 4)
    assert 30 in found.outliers
    assert found.cleaned[30] == pytest.approx(truth[30], rel=0.12)
    untouched = np.setdiff1d(np.arange(truth.size), found.outliers)
    assert found.cleaned[untouched].tolist() == struck[untouched].tolist()


@pytest.mark.parametrize("seed", range(8))
def test_a_shift_is_named_and_left_in(seed):
    shifted = history(seed)
    shifted[28:] *= 1.9
    found = find_breaks(shifted, 4)
    assert 28 in found.shifts
    assert 28 not in found.outliers
    assert found.cleaned[28:].tolist() == shifted[28:].tolist()


def test_quiet_histories_have_few_breaks():
    found = [find_breaks(history(seed), 4) for seed in range(60)]
    assert np.mean([bool(one.outliers) for one in found]) < 0.1
    assert np.mean([bool(one.shifts) for one in found]) < 0.1


def test_the_last_value_is_no_outlier_before_something_follows():
    struck = history()
    struck[-1] *= 0.3
    assert find_breaks(struck, 4).outliers == ()
    followed = np.append(struck, history(length=47)[44:])
    assert find_breaks(followed, 4).outliers == (43,)


@pytest.mark.parametrize("values", [np.zeros(20), np.full(20, 5.0), np.arange(3.0)])
def test_nothing_is_found_where_nothing_moves(values):
    found = find_breaks(values, 4)
    assert found.cleaned.tolist() == values.tolist()
    assert found.outliers == found.shifts == ()


@pytest.mark.parametrize("depth", [0.25, 0.6, 1.6])
@pytest.mark.parametrize("length", [3, 4])
def test_a_slump_that_is_over_no_longer_hides_the_season(depth, length):
    truth = history(5)
    struck = truth.copy()
    struck[24 : 24 + length] *= depth
    found = find_breaks(struck, 4)
    assert found.outliers == tuple(range(24, 24 + length))
    assert found.shifts == ()
    assert found.cleaned == pytest.approx(truth, rel=0.12)
    # In its midst it is a shift, and nothing is known of its end.
    assert find_breaks(struck[:26], 4).outliers == ()
    calm, result = forecast(table(truth), 4), forecast(table(struck), 4)
    assert result.main["mean"].to_numpy() == pytest.approx(calm.main["mean"].to_numpy(), rel=0.1)


def test_a_shift_that_stays_is_no_slump():
    values = history(5)
    values[24:] *= 0.5
    assert find_breaks(values, 4).outliers == ()
    values[30:] *= 1.25
    assert find_breaks(values, 4).outliers == ()


def test_past_origins_do_not_see_what_came_later():
    struck = history()
    struck[30] *= 0.3
    origins = [29, 31, 34, 40]
    prepared = prepare(struck, 4, 4, origins)
    assert prepared.origins == tuple(origins)
    for origin, known in zip(origins, prepared.known[:-1], strict=True):
        # At 31 the outlier is the last value; at 34 and 40 its surroundings have returned.
        assert (known == struck[:origin]).all() == (origin <= 31)


def test_an_outlier_hardly_moves_the_forecast_and_is_noted():
    truth = history(3)
    struck = truth.copy()
    struck[38] *= 0.3
    calm, result = forecast(table(truth), 4), forecast(table(struck), 4)
    assert result.main["mean"].to_numpy() == pytest.approx(calm.main["mean"].to_numpy(), rel=0.05)
    assert "outliers replaced for fitting: 2024Q3" in result.notes["note"].tolist()


@pytest.mark.parametrize("times", [20, 100, 1000])
@pytest.mark.parametrize("seed", range(3))
def test_a_series_that_fell_to_a_fraction_is_forecast_at_its_new_level(times, seed):
    values = np.random.default_rng(seed).poisson(50, 30).astype(float)
    values[:15] *= times
    result = forecast(table(values), 4)
    assert result.main["mean"].between(25, 75).all()
    assert any("its errors at past origins" in note or "it erred far more" in note
               for note in result.notes["note"])  # fmt: skip


@pytest.mark.parametrize("step", [1000.0, 1e6, 1e12])
def test_a_straight_line_goes_on_and_takes_no_other_series_along(step):
    line = table(step * np.arange(5.0, 30), "line")
    other = table(history(2), "other")
    result = forecast(pd.concat([line, other]), 4)
    assert result.rejected.empty
    mean = result.main.set_index("series_id")["mean"]
    truth = np.repeat(step * np.arange(30.0, 34), 2)
    assert mean["line"].to_numpy() == pytest.approx(truth, rel=0.01)
    assert mean["other"].tolist() == forecast(other, 4).main["mean"].tolist()


def test_after_a_break_intervals_follow_the_latest_errors():
    rng = np.random.default_rng(0)
    steps = np.concatenate([rng.normal(0, 5, 60), rng.normal(0, 60, 10)])
    values = 2000 + np.cumsum(steps)
    before, after = forecast(table(values[:60]), 4), forecast(table(values), 4)
    width = [(r.main["upper"] - r.main["lower"]).to_numpy() for r in (before, after)]
    assert (width[1] > 3 * width[0]).all()
    assert after.notes["note"].str.contains("intervals of mean.* follow them").any()
    assert not before.notes["note"].str.contains("intervals of mean.* follow them").any()


def test_a_declared_change_of_source_is_taken_out():
    truth = history(5)
    joined = truth.copy()
    joined[:20] /= 3
    restored = bring_to_level_after(joined, [20], 4)
    assert restored[20:].tolist() == joined[20:].tolist()
    assert restored[:20] == pytest.approx(truth[:20], rel=0.1)


@pytest.mark.parametrize("after", range(1, 9))
@pytest.mark.parametrize("factor", [0.25, 1.0, 3.0])
def test_a_declared_change_is_not_mistaken_for_the_season(after, factor):
    pattern = np.array([80.0, 100, 120, 200])
    truth = np.resize(pattern, 16 + after)
    for turned in range(4):
        old = np.roll(truth, turned)[:16]
        new = np.resize(np.roll(pattern, turned), 16 + after)[16:]
        restored = bring_to_level_after(np.append(old / factor, new), [16], 4)
        assert restored == pytest.approx(np.append(old, new))


def test_seasons_are_compared_within_the_sources_on_both_sides():
    pattern = np.array([80.0, 100, 120, 200])
    values = np.resize(pattern, 16)
    values[:6] /= 10
    values[6:11] /= 2
    values[[3, 12]] = np.nan
    restored = bring_to_level_after(values, [6, 11], 4)
    seen = ~np.isnan(values)
    assert restored[seen] == pytest.approx(np.resize(pattern, 16)[seen])
    assert np.isnan(restored[~seen]).all()


def test_without_a_season_of_both_sources_medians_stand_on_both_sides():
    # The only quarter before the change has no counterpart within the three after it.
    values = np.array([50.0, 100, 110, 90])
    assert bring_to_level_after(values, [1], 4).tolist() == [100, 100, 110, 90]
    untold = np.array([np.nan, np.nan, 100, 110])
    assert bring_to_level_after(untold, [2], 4)[2:].tolist() == [100, 110]


@pytest.mark.parametrize("season_length", [1, 4])
@pytest.mark.parametrize("turned", range(8))
def test_counts_near_zero_never_fall_below_it(season_length, turned):
    old = np.roll([12.0, 0, 9, 15, 11, 0, 10, 14], turned)
    for new in ([2.0, 1, 3, 2], [0.0, 0, 0, 0], [0.0, 0, 1, 0], [40.0, 30, 0, 50]):
        values = np.append(old, new)
        restored = bring_to_level_after(values, [8], season_length)
        assert (restored >= 0).all()
        assert restored[8:].tolist() == new


def test_counts_near_zero_come_to_the_level_after():
    old, new = np.array([12.0, 0, 9, 15]), np.array([3.0, 1, 2, 3])
    restored = bring_to_level_after(np.append(np.tile(old, 3), new), [12], 4)
    assert restored[:12] == pytest.approx(np.tile(old, 3) * 9 / 36)


def test_balances_are_moved_by_a_difference():
    truth = np.resize([-3.0, 5, 1, -8], 15)
    moved = truth.copy()
    moved[:12] += 20
    assert bring_to_level_after(moved, [12], 4) == pytest.approx(truth)
    emptied = bring_to_level_after(np.array([4.0, 5, 6, 0, 0, 0]), [3], 1)
    assert emptied.tolist() == [0, 0, 1, 0, 0, 0]


def test_a_small_series_with_a_declared_change_is_still_forecast():
    values = np.append(np.tile([30.0, 0, 25, 40], 4), np.tile([3.0, 1, 2, 4], 2))
    record = {
        "table": "demand", "series": "C", "quarter": "2019Q1", "what": "level_shift",
        "value": np.nan, "reason": "a board left", "status": "active", "guard": np.nan,
    }  # fmt: skip
    result = forecast(table(values), 4, corrections=pd.DataFrame([record]))
    assert result.rejected.empty
    assert "declared level shift at 2019Q1: a board left" in result.notes["note"].tolist()
    # Without the correction the forecast would still remember tens.
    assert result.main["mean"].between(0, 8).all()


def test_once_a_break_is_over_intervals_narrow_again():
    rng = np.random.default_rng(0)
    steps = np.concatenate([rng.normal(0, 60, 58), rng.normal(0, 5, 12)])
    values = 4000 + np.cumsum(steps)
    wild, calm = forecast(table(values[:58]), 4), forecast(table(values), 4)
    width = [(r.main["upper"] - r.main["lower"]).to_numpy() for r in (wild, calm)]
    assert (width[1] < 0.6 * width[0]).all()
    assert calm.notes["note"].str.contains("unlike earlier ones").any()
