"""Forms of one model share the forecast by how well they describe the history."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting import Arima, ExponentialSmoothing
from forecasting.model_averaging import SMALLEST_WEIGHT, AveragedFit, akaike_weights
from forecasting.seasonal_naive import Naive, SeasonalNaive

MODELS = [Arima(), ExponentialSmoothing()]


def walk(seed, length=48):
    random = np.random.default_rng(seed)
    return 400 + np.cumsum(random.normal(0, 6, length)) + random.normal(0, 10, length)


def test_two_units_of_the_criterion_are_odds_of_e():
    weights = akaike_weights([310.0, 312.0, 314.0])
    assert weights[:-1] / weights[1:] == pytest.approx([np.e, np.e])


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.floats(-1e6, 1e6))
def test_weights_add_up_fall_with_the_criterion_and_depend_on_differences_only(criteria, shift):
    weights = akaike_weights(criteria)
    assert weights.sum() == pytest.approx(1)
    assert weights[int(np.argmin(criteria))] == weights.max() > 0
    order = np.argsort(criteria, kind="stable")
    assert (np.diff(weights[order]) <= 1e-12).all()
    rounded = np.round(np.array(criteria))
    assert akaike_weights(rounded + round(shift)) == pytest.approx(akaike_weights(rounded))


def test_small_weights_are_dropped_but_never_the_best():
    assert akaike_weights([0.0, 6.0]).tolist() == [1.0, 0.0]
    assert (akaike_weights(np.zeros(50)) == 1 / 50).all()


def test_the_forecast_is_the_weighted_mean_of_the_forms():
    values = np.array([1.0, 2, 3, 4, 5, 6, 7, 8])
    members = (SeasonalNaive().fit(values, 4), Naive().fit(values, 4))
    fitted = AveragedFit(members, (0.75, 0.25))
    assert fitted.forecast(2).tolist() == [0.75 * 5 + 2, 0.75 * 6 + 2]
    assert fitted.append(np.array([9.0])).forecast(1).tolist() == [0.75 * 6 + 0.25 * 9]
    assert fitted.description == "75% SeasonalNaive, 25% Naive"
    assert fitted.simulate(3, 40_000, 1).mean(axis=0) == pytest.approx(fitted.forecast(3), abs=0.05)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_several_forms_of_a_short_history_count_and_the_best_comes_first(model):
    several = 0
    for seed in range(8):
        fitted = model.fit(walk(seed), 4)
        assert list(fitted.weights) == sorted(fitted.weights, reverse=True)
        assert sum(fitted.weights) == pytest.approx(1)
        assert min(fitted.weights) >= SMALLEST_WEIGHT
        several += len(fitted.members) > 1
    assert several >= 6


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_slight_change_of_a_value_never_makes_the_forecast_jump(model):
    steps = np.linspace(0, 12, 25)
    for seed in range(4):
        values = walk(seed)
        paths, best = [], []
        for step in steps:
            moved = values.copy()
            moved[30] += step
            (fitted,) = model.fit_prefixes(moved, 4, [moved.size])
            paths.append(fitted.forecast(4))
            best.append(fitted.members[0].forecast(4))
        jumps = np.abs(np.diff(paths, axis=0)).max()
        choices = np.abs(np.diff(best, axis=0)).max()
        assert jumps < max(choices, 2.0)
