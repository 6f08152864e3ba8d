"""Weights follow past errors, but only in part and only as far as they were known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting import (
    Arima,
    Combination,
    ExponentialSmoothing,
    Naive,
    OnLogarithms,
    SeasonalNaive,
    Theta,
    fit_weighted,
    forecast,
    prepare,
    rolling_origins,
)
from forecasting.weighting import weights_at


def seasonal(seed, length=60, season_length=4):
    rng = np.random.default_rng(seed)
    season = 1 + 0.3 * np.sin(2 * np.pi * np.arange(season_length) / season_length)
    level = 1000 * np.exp(np.cumsum(rng.normal(0.01, 0.03, length)))
    return level * np.resize(season, length)


def test_the_better_member_weighs_more_but_not_all():
    values = seasonal(1)
    model = Combination([SeasonalNaive(), Naive()])
    origins = rolling_origins(values, 9, 4)
    weighted = fit_weighted(model, prepare(values, 4, 4, origins))
    first, second = weighted.fitted.weights
    small, large = weighted.mean_absolute_errors
    assert (first > second) == (small < large)
    assert 1 / 6 < min(first, second) < 0.5
    mean = first * SeasonalNaive().fit(values, 4).forecast(4) + second * values[-1]
    assert weighted.fitted.forecast(4) == pytest.approx(mean)


@given(st.integers(1, 5), st.integers(0, 12), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_weights_are_shares_that_do_not_depend_on_the_unit(members, n_origins, horizon, seed):
    errors = np.random.default_rng(seed).normal(0, 10, (members, n_origins, horizon))
    origins = list(range(20, 20 + n_origins))
    weights = weights_at(40, origins, errors)
    assert sum(weights) == pytest.approx(1)
    assert min(weights) > 0
    assert weights == pytest.approx(weights_at(40, origins, errors * 1e6))


def test_weights_ignore_what_was_not_observed_yet():
    errors = np.random.default_rng(0).normal(0, 1, (3, 5, 4))
    origins = [20, 22, 24, 26, 28]
    changed = errors.copy()
    changed[0, 2:] *= 100
    assert weights_at(24, origins, errors) == weights_at(24, origins, changed)
    assert weights_at(26, origins, errors) != weights_at(26, origins, changed)
    assert weights_at(20, origins, errors) == (1 / 3,) * 3


def test_errors_of_the_backtest_are_those_of_the_combination_of_the_time():
    values = seasonal(2)
    model = Combination([Theta(), SeasonalNaive()])
    origins = rolling_origins(values, 9, 4)
    whole = fit_weighted(model, prepare(values, 4, 4, origins))
    last = origins[-3]
    earlier = fit_weighted(model, prepare(values[:last], 4, 4, [o for o in origins if o < last]))
    # At an earlier end, the same errors were known and the fast fit forecasts the same.
    fast = [member.fit_prefixes(values, 4, [last])[0].forecast(4) for member in model.members]
    mean = np.array(earlier.fitted.weights) @ np.array(fast)
    row = list(whole.backtest.origins).index(last)
    known = values[last : last + 4]
    assert whole.backtest.errors[row, : known.size] == pytest.approx(known - mean[: known.size])


def test_the_models_tried_are_told_with_weights_and_errors():
    periods = [str(q) for q in pd.period_range("2012Q1", periods=60, freq="Q")]
    result = forecast(pd.DataFrame({"series_id": "C", "period": periods, "value": seasonal(3)}), 4)
    tried = result.models
    assert tried["model"].tolist() == [
        "ets",
        "theta",
        "arima",
        "seasonal_naive",
    ]
    assert tried["weight"].sum() == pytest.approx(1)
    assert tried["weight"].iloc[-1] == 0
    assert (tried["mean_absolute_error"] > 0).all()
    assert "ARIMA(" in tried["description"].iloc[2]
    assert (tried["reason"] != "").all()


@pytest.mark.parametrize("model", [Arima(), ExponentialSmoothing(), Theta()])
def test_logarithms_make_no_difference_to_the_unit_and_never_go_below_zero(model):
    values = seasonal(6)
    fitted = OnLogarithms(model).fit(values, 4)
    assert fitted.description.startswith("log ")
    other = OnLogarithms(model).fit(values * 1000, 4)
    assert other.forecast(8) == pytest.approx(1000 * fitted.forecast(8), rel=1e-6)
    assert (fitted.simulate(8, 500, 1) > 0).all()
    paths = fitted.simulate(8, 20_000, 2)
    assert np.median(paths, axis=0) == pytest.approx(fitted.forecast(8), rel=0.03)


def test_values_near_zero_are_fitted_as_they_are():
    values = seasonal(7)
    values[50] = 0.0
    model = OnLogarithms(ExponentialSmoothing())
    assert not model.fit(values, 4).description.startswith("log")
    early, late = model.fit_prefixes(values, 4, [40, 55])
    assert early.description.startswith("log")
    assert not late.description.startswith("log")


def test_forecasts_made_elsewhere_are_one_more_member_with_a_weight_of_their_own():
    values = seasonal(8)
    model = Combination([SeasonalNaive(), Naive()])
    prepared = prepare(values, 4, 4, rolling_origins(values, 9, 4))
    ends = [*prepared.origins, values.size]
    future = np.append(values, values[-4:])
    foreseen = np.array([future[end : end + 4] for end in ends])
    weighted = fit_weighted(model, prepared, foreseen)
    assert weighted.fitted.ahead(4).label == "mean(seasonal_naive,naive,pooled)"
    assert weighted.mean_absolute_errors[2] == 0
    assert weighted.fitted.weights[2] > 0.7
    plain = fit_weighted(model, prepared)
    assert weighted.mean_absolute_errors[:2] == plain.mean_absolute_errors
    known = np.isfinite(plain.backtest.errors)
    errors = [np.abs(one.backtest.errors[known]).mean() for one in (weighted, plain)]
    assert errors[0] < 0.7 * errors[1]
