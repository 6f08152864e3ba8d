"""Weights follow past errors, but only in part and only as far as they were known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
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
from forecasting.combined_forecast import FAR_WORSE
from forecasting.weighting import weights_at


def seasonal(seed, length=60, season_length=4, swing=0.3):
    rng = np.random.default_rng(seed)
    season = 1 + swing * np.sin(2 * np.pi * np.arange(season_length) / season_length)
    level = 1000 * np.exp(np.cumsum(rng.normal(0.01, 0.03, length)))
    return level * np.resize(season, length)


def test_the_better_member_weighs_more_but_not_all():
    values = seasonal(1, swing=0.05)
    model = Combination([SeasonalNaive(), Naive()])
    origins = rolling_origins(values, 9, 4)
    weighted = fit_weighted(model, prepare(values, 4, 4, origins))
    first, second = weighted.fitted.weights
    small, large = weighted.mean_absolute_errors
    assert (first > second) == (small < large)
    assert 1 / 6 < min(first, second) < 0.5
    mean = first * SeasonalNaive().fit(values, 4).forecast(4) + second * values[-1]
    assert weighted.fitted.forecast(4) == pytest.approx(mean)


def test_a_member_far_worse_than_the_best_gets_no_weight_and_a_reason():
    values = seasonal(1)
    model = Combination([SeasonalNaive(), Naive()])
    weighted = fit_weighted(model, prepare(values, 4, 4, rolling_origins(values, 9, 4)))
    assert weighted.fitted.weights == (1, 0)
    ahead = weighted.fitted.ahead(4)
    assert ahead.label == "seasonal_naive"
    assert ahead.left_out == (f"naive left out: {FAR_WORSE}",)
    assert weighted.fitted.forecast(4) == pytest.approx(SeasonalNaive().fit(values, 4).forecast(4))


def test_a_few_origins_condemn_nobody():
    errors = np.array([[[1.0]] * 5, [[40.0]] * 5])
    assert min(weights_at(23, [20, 21, 22, 23, 24], errors)) > 0.3
    assert weights_at(24, [20, 21, 22, 23, 24], errors) == (1, 0)


@given(st.integers(1, 5), st.integers(0, 12), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_weights_are_shares_that_do_not_depend_on_the_unit(members, n_origins, horizon, seed):
    errors = np.random.default_rng(seed).normal(0, 10, (members, n_origins, horizon))
    origins = list(range(20, 20 + n_origins))
    weights = weights_at(40, origins, errors)
    assert sum(weights) == pytest.approx(1)
    # Only a member far worse than the best, at enough origins, may be without any weight.
    sizes = np.abs(errors).mean(axis=(1, 2)) if n_origins else np.zeros(members)
    condemned = (sizes > 4 * sizes.min()) & (n_origins >= 4)
    assert ((np.array(weights) == 0) == condemned).all()
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
    values = seasonal(8, swing=0.05)
    model = Combination([SeasonalNaive(), Naive()])
    prepared = prepare(values, 4, 4, rolling_origins(values, 9, 4))
    ends = [*prepared.origins, values.size]
    future = np.append(values, values[-4:])
    # Better than the others, but not by far.
    nearly = future * np.random.default_rng(1).normal(1, 0.06, future.size)
    foreseen = np.array([nearly[end : end + 4] for end in ends])
    weighted = fit_weighted(model, prepared, foreseen)
    assert weighted.fitted.ahead(4).label == "mean(seasonal_naive,naive,pooled)"
    assert weighted.mean_absolute_errors[2] < min(weighted.mean_absolute_errors[:2])
    assert weighted.fitted.weights[2] > 0.5
    plain = fit_weighted(model, prepared)
    assert weighted.mean_absolute_errors[:2] == plain.mean_absolute_errors
    known = np.isfinite(plain.backtest.errors)
    errors = [np.abs(one.backtest.errors[known]).mean() for one in (weighted, plain)]
    assert errors[0] < 0.7 * errors[1]


def test_a_combination_goes_on_only_as_far_as_its_members_can():
    values = seasonal(8)
    prepared = prepare(values, 4, 4, rolling_origins(values, 9, 4))
    foreseen = np.tile(values[-4:], (len(prepared.origins) + 1, 1))
    fitted = fit_weighted(Combination([SeasonalNaive()]), prepared, foreseen).fitted
    later = fitted.append(np.array([1000.0, 1100.0]))
    assert later.forecast(2).shape == (2,)
    with pytest.raises(InputError, match="got 2 periods; expected 4"):
        later.forecast(4)


def test_paths_of_a_combination_with_a_given_forecast_keep_their_spread():
    values = seasonal(8, swing=0.05)
    prepared = prepare(values, 4, 4, rolling_origins(values, 9, 4))
    foreseen = np.tile(values[-4:], (len(prepared.origins) + 1, 1))
    alone = fit_weighted(Combination([Theta()]), prepared).fitted
    both = fit_weighted(Combination([Theta()]), prepared, foreseen).fitted
    assert both.weights[1] > 0
    spread, other = (one.simulate(4, 5000, 1).std(axis=0) for one in (alone, both))
    assert other == pytest.approx(spread)
    assert both.simulate(4, 5000, 1).mean(axis=0) == pytest.approx(both.forecast(4), rel=0.01)


def test_models_that_were_replaced_are_told_with_the_reason():
    values = np.random.default_rng(0).poisson(50, 30).astype(float)
    values[:15] *= 1000
    periods = [str(q) for q in pd.period_range("2015Q1", periods=30, freq="Q")]
    table = pd.DataFrame({"series_id": "C", "period": periods, "value": values})
    tried = forecast(table, 4).models.set_index("model")
    assert tried["weight"].to_dict() == {"ets": 0, "theta": 0, "arima": 0, "seasonal_naive": 1}
    assert tried["reason"]["ets"].endswith("replaced by seasonal_naive: at past origins it erred "
                                           "far more")  # fmt: skip
    assert tried["reason"]["theta"] == FAR_WORSE


def test_a_season_never_observed_costs_the_benchmark_only():
    values = seasonal(3)
    values[::4] = np.nan
    periods = [str(q) for q in pd.period_range("2010Q1", periods=60, freq="Q")]
    table = pd.DataFrame({"series_id": "C", "period": periods, "value": values}).dropna()
    result = forecast(table, 4)
    assert result.rejected.empty
    assert result.main_models["C"].startswith("mean(")
    assert any("no seasonal_naive beside it" in note for note in result.notes["note"])
