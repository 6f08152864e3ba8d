"""Outliers and level shifts are told apart by what follows, and only by what is known."""

import numpy as np
import pandas as pd
import pytest

from forecasting import find_breaks, forecast, prepare
from forecasting.breaks import declared

SEASON = np.array([0.9, 1.1, 1.2, 0.8])


def history(seed=0, length=44):
    rng = np.random.default_rng(seed)
    return 1000 * np.resize(SEASON, length) * np.exp(np.cumsum(rng.normal(0, 0.02, length)))


def table(values):
    periods = [str(q) for q in pd.period_range("2015Q1", periods=len(values), freq="Q")]
    return pd.DataFrame({"series_id": "C", "period": periods, "value": values})


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


def test_after_a_break_intervals_follow_the_latest_errors():
    rng = np.random.default_rng(0)
    steps = np.concatenate([rng.normal(0, 5, 60), rng.normal(0, 60, 10)])
    values = 2000 + np.cumsum(steps)
    before, after = forecast(table(values[:60]), 4), forecast(table(values), 4)
    width = [(r.main["upper"] - r.main["lower"]).to_numpy() for r in (before, after)]
    assert (width[1] > 3 * width[0]).all()
    assert after.notes["note"].str.contains("recent errors show a break").any()
    assert not before.notes["note"].str.contains("recent errors show a break").any()


def test_a_declared_change_of_source_is_taken_out():
    truth = history(5)
    joined = truth.copy()
    joined[:20] /= 3
    restored = declared(joined, [20], 4)
    assert restored[20:].tolist() == joined[20:].tolist()
    assert restored[:20] == pytest.approx(truth[:20], rel=0.1)
    differences = declared(np.array([0.0, 1, 2, 10, 11, 12]), [3], 1)
    assert differences.tolist() == [10, 11, 12, 10, 11, 12]
