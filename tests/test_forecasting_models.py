"""Each model against statsmodels, against its definition, and against known truths."""

import warnings

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel

from data.errors import InputError
from forecasting import (
    Arima,
    Combination,
    ExponentialSmoothing,
    Naive,
    SeasonalNaive,
    Theta,
    model_for,
)
from forecasting.exponential_smoothing import NON_SEASONAL, SEASONAL
from forecasting.seasonality import adjust, fill_gaps, has_season
from forecasting.smoothing import best_initial_states, prefix_products
from forecasting.state import Gains, SmoothingState

SEASON = np.array([0.8, 1.1, 1.3, 0.8])


def seasonal_series(seed, length=40, noise=20.0):
    time = np.arange(length)
    level = 800 + 5 * time
    return level * np.resize(SEASON, length) + np.random.default_rng(seed).normal(0, noise, length)


def trending_series(seed, length=40):
    return 300 + np.cumsum(np.random.default_rng(seed).normal(2, 10, length))


def statsmodels_ets(values, form, **arguments):
    return ETSModel(
        values,
        trend=None if form.trend == "N" else "add",
        damped_trend=form.trend == "Ad",
        seasonal="add" if form.season == "A" else None,
        seasonal_periods=4,
        **arguments,
    )


@pytest.mark.parametrize("form", NON_SEASONAL + SEASONAL, ids=str)
def test_squares_of_errors_are_those_of_statsmodels(form):
    values, grid = seasonal_series(1) - 900, form.grid()
    products = prefix_products(values, grid, 4, [30, 40])[1]
    states, squares = best_initial_states(products, form.free_states(4))
    for place in range(0, len(grid), 7):
        gains, initial = grid[place], states[place]
        season = np.append(initial[2:], -initial[2:].sum())
        model = statsmodels_ets(
            values,
            form,
            initialization_method="known",
            initial_level=initial[0],
            initial_trend=initial[1] if form.trend != "N" else None,
            initial_seasonal=season if form.season == "A" else None,
        )
        wanted = dict(
            zip(
                ["smoothing_level", "smoothing_trend", "smoothing_seasonal", "damping_trend"],
                gains,
                strict=True,
            )
        )
        fitted = model.smooth([wanted[name] for name in model.param_names])
        assert np.sum(fitted.resid**2) == pytest.approx(squares[place], rel=1e-5)


@pytest.mark.parametrize("form", NON_SEASONAL + SEASONAL, ids=str)
@pytest.mark.parametrize("make", [seasonal_series, trending_series])
def test_grid_is_as_good_as_the_optimiser_of_statsmodels(form, make):
    values = make(3)
    products = prefix_products(values - values.mean(), form.grid(), 4, [values.size])[0]
    squares = best_initial_states(products, form.free_states(4))[1].min()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = np.sum(statsmodels_ets(values, form).fit(disp=False).resid ** 2)
    # Half a unit of log likelihood is far below what AICc distinguishes.
    assert values.size / 2 * np.log(squares / other) < 0.6


@pytest.mark.parametrize("form", NON_SEASONAL + SEASONAL, ids=str)
def test_forecast_and_spread_are_those_of_statsmodels(form):
    values = pd.Series(seasonal_series(5))
    gains = Gains(*form.grid()[-1])
    initial = {"initial_level": 800.0}
    initial |= {"initial_trend": 5.0} if form.trend != "N" else {}
    season = np.array([-150.0, 90.0, 250.0, -190.0])
    initial |= {"initial_seasonal": season} if form.season == "A" else {}
    model = statsmodels_ets(values, form, initialization_method="known", **initial)
    names = {
        "smoothing_level": gains.level,
        "smoothing_trend": gains.trend,
        "smoothing_seasonal": gains.season,
        "damping_trend": gains.damping,
    }
    fitted = model.smooth([names[name] for name in model.param_names])
    states = np.asarray(fitted.states).reshape(40, -1)
    place = 2 if form.trend != "N" else 1
    state = SmoothingState(
        str(form),
        level=states[-1, 0],
        trend=states[-1, 1] if form.trend != "N" else 0.0,
        season=states[-4:, place] if form.season == "A" else np.zeros(4),
        factors=np.ones(4),
        gains=gains,
        error_deviation=float(np.sqrt(fitted.scale)),
    )
    assert state.forecast(9) == pytest.approx(np.asarray(fitted.forecast(9)), rel=1e-9)
    spread = np.sqrt(fitted.get_prediction(start=40, end=45).forecast_variance)
    assert state.simulate(6, 40_000, 1).std(axis=0) == pytest.approx(np.asarray(spread), rel=0.02)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("make", [seasonal_series, trending_series])
def test_theta_is_that_of_statsmodels(make, seed):
    values = make(seed)
    (fast,) = Theta().fit_prefixes(values, 4, [values.size])
    other = ThetaModel(values, period=4, deseasonalize=fast.season.size == 4, use_test=False)
    wanted = np.asarray(other.fit().forecast(8))
    assert fast.forecast(8) == pytest.approx(wanted, rel=2e-4)
    assert Theta().fit(values, 4).forecast(8) == pytest.approx(wanted, rel=2e-4)


def test_theta_adjusts_only_a_significant_season():
    assert Theta().fit(seasonal_series(1), 4).description == "Theta(M)"
    assert Theta().fit(trending_series(1), 4).description == "Theta"
    assert Theta().fit(seasonal_series(1) - 900, 4).description == "Theta(A)"


@pytest.mark.parametrize(
    ("values", "trend", "season"),
    [
        (100 + 5.0 * np.arange(30) + np.random.default_rng(0).normal(0, 1, 30), "A", "N"),
        (np.resize([50.0, 10, 90, 30], 30) + np.random.default_rng(0).normal(0, 1, 30), "N", "AM"),
        (100 + np.random.default_rng(1).normal(0, 5, 60), "N", "N"),
    ],
)
def test_ets_finds_the_form_of_a_series(values, trend, season):
    description = ExponentialSmoothing().fit(values, 4).members[0].description
    _, got_trend, got_season = description.strip("ETS()").split(",")
    assert got_trend == trend
    assert got_season in season


def test_ets_multiplies_the_season_of_a_growing_series():
    time = np.arange(48)
    values = (100 + 30.0 * time) * np.resize(SEASON, 48)
    values *= np.random.default_rng(0).normal(1, 0.01, 48)
    fitted = ExponentialSmoothing().fit(values, 4)
    truth = (100 + 30.0 * np.arange(48, 56)) * np.resize(SEASON, 8)
    assert all(one.description.endswith("M)") for one in fitted.members)
    assert fitted.forecast(8) == pytest.approx(truth, rel=0.03)


@pytest.mark.parametrize("model", [ExponentialSmoothing(), Theta(), SeasonalNaive()])
def test_a_prefix_knows_nothing_of_what_follows(model):
    values = seasonal_series(2)
    changed = np.concatenate([values[:30], values[30:] * 5])
    alone = model.fit_prefixes(values[:30], 4, [30])[0].forecast(4)
    for one in (values, changed):
        at_origin = model.fit_prefixes(one, 4, [20, 30, 40])[1].forecast(4)
        assert at_origin == pytest.approx(alone, rel=1e-6)


@pytest.mark.parametrize(
    "model", [ExponentialSmoothing(), Theta(), Arima(), Combination([Theta()])]
)
def test_histories_that_are_too_short_are_refused(model):
    with pytest.raises(InputError, match=r"too few observations|no model can be fitted"):
        model.fit(np.arange(4.0), 4)


def test_seasonal_naive_is_exact():
    values = np.array([1.0, 2, 3, 4, 5, 6])
    assert SeasonalNaive().fit(values, 4).forecast(6).tolist() == [3, 4, 5, 6, 3, 4]
    assert SeasonalNaive().fit(values, 1).forecast(2).tolist() == [6, 6]
    assert Naive().fit(values, 4).forecast(2).tolist() == [6, 6]
    with pytest.raises(InputError, match="2 of 4 seasons never observed"):
        SeasonalNaive().fit(np.array([1.0, 2.0]), 4)


def test_seasonal_naive_paths_are_seasonal_random_walks():
    values = np.resize([1.0, 2, 3, 4], 40) + np.random.default_rng(0).normal(0, 1, 40)
    paths = SeasonalNaive().fit(values, 4).simulate(12, 20_000, 0)
    spread = paths.std(axis=0)
    assert spread[8:] == pytest.approx(np.sqrt(3) * spread[:4], rel=0.05)
    assert np.array_equal(paths, SeasonalNaive().fit(values, 4).simulate(12, 20_000, 0))


def test_season_is_told_from_trend_and_noise():
    noise = np.random.default_rng(0).normal(0, 1, (400, 40))
    assert has_season(seasonal_series(0), 4)
    assert not has_season(np.ones(40), 4)
    assert not has_season(seasonal_series(0)[:11], 4)
    # The nominal size of the test is 10 per cent.
    assert 0.03 < np.mean([has_season(one, 4) for one in noise]) < 0.13


def test_adjustment_recovers_the_season():
    values = 100 * np.resize(SEASON, 40)
    adjusted = adjust(values, 4)
    assert adjusted.multiplicative
    assert adjusted.indices == pytest.approx(SEASON / SEASON.mean())
    assert adjust(values - 100, 4).multiplicative is False


def test_gaps_are_bridged_with_the_season():
    values = seasonal_series(0, noise=0.0)
    holes = values.copy()
    holes[[9, 17, 18, 19, 20, 21]] = np.nan
    assert fill_gaps(holes, 4) == pytest.approx(values, rel=0.05)


class Exploding(Theta):
    """A member that always runs away."""

    name = "exploding"

    def fit(self, values, season_length):
        return SmoothingState("Exploding", values[-1], 1e6, np.zeros(1), np.ones(1), Gains(), 1.0)


class Failing(Theta):
    """A member that never fits."""

    name = "failing"

    def fit(self, values, season_length):
        raise InputError("it never fits")


def test_combination_is_the_mean_of_its_members():
    values = seasonal_series(4)
    model = model_for(values.size, 4)
    fitted = model.fit(values, 4)
    members = [member.fit(values, 4) for member in model.members]
    assert fitted.ahead(4).label == "mean(ets,theta,arima)"
    assert fitted.forecast(4) == pytest.approx(np.mean([m.forecast(4) for m in members], axis=0))
    # Paths on logarithms lie around the median, so their mean is a little higher.
    assert fitted.simulate(4, 20_000, 1).mean(axis=0) == pytest.approx(fitted.forecast(4), rel=0.02)


def test_members_that_fail_or_explode_are_left_out_with_a_reason():
    values = seasonal_series(4)
    fitted = Combination([Theta(), Exploding(), Failing()]).fit(values, 4)
    assert fitted.ahead(4).label == "theta"
    assert fitted.forecast(4) == pytest.approx(Theta().fit(values, 4).forecast(4))
    failure, explosion = fitted.ahead(4).left_out
    assert failure == "failing left out: it never fits"
    assert explosion.startswith("exploding left out: its forecast leaves the range")
    with pytest.raises(InputError, match="no model gives a possible forecast"):
        Combination([Exploding()]).fit(values, 4).forecast(4)
