"""ARIMA against statsmodels, against known truths, and at the edges of what a history can be."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.stattools import kpss

from data.errors import InputError
from forecasting import Arima
from forecasting.arima import Differencing, FittedArima, _is_stationary
from forecasting.arma import ORDERS, Arma, Order, Screening, estimate, inside, with_errors

SEASON = np.array([0.8, 1.1, 1.3, 0.8])


def shocks(seed, length):
    return np.random.default_rng(seed).normal(0, 1, length)


def at(series, order, coefficients, season_length):
    return with_errors(series, Arma(order, coefficients, season_length, np.zeros(0)))


def seasonal_series(seed, length=60, season=SEASON):
    level = 800 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0.01, 0.03, length)))
    return level * np.resize(season, length)


TRUTHS = [
    (Order(1, 0, 0, 0), [1.0], [1.0, -0.7], [0.7]),
    (Order(2, 0, 0, 0), [1.0], [1.0, -1.2, 0.5], [1.2, -0.5]),
    (Order(0, 1, 0, 0), [1.0, -0.6], [1.0], [-0.6]),
    (Order(1, 1, 0, 0), [1.0, 0.4], [1.0, -0.8], [0.8, 0.4]),
    (Order(0, 0, 1, 0), [1.0], [1.0, 0, 0, 0, -0.6], [0.6]),
    (Order(1, 0, 1, 0), [1.0], np.convolve([1, -0.5], [1.0, 0, 0, 0, -0.6]), [0.5, 0.6]),
    (Order(0, 1, 0, 1), np.convolve([1, -0.6], [1.0, 0, 0, 0, -0.4]), [1.0], [-0.6, -0.4]),
]


@pytest.mark.parametrize(("order", "shock_polynomial", "lag_polynomial", "truth"), TRUTHS)
def test_known_coefficients_are_recovered(order, shock_polynomial, lag_polynomial, truth):
    series = lfilter(shock_polynomial, lag_polynomial, shocks(7, 3000))
    fitted = estimate(series, order, np.zeros(order.size), 4)
    assert fitted.coefficients == pytest.approx(truth, abs=0.07)
    assert fitted.squares / series.size == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize(("order", "shock_polynomial", "lag_polynomial", "truth"), TRUTHS)
def test_screening_comes_near_the_coefficients(order, shock_polynomial, lag_polynomial, truth):
    series = lfilter(shock_polynomial, lag_polynomial, shocks(7, 3000))
    variance, coefficients = Screening(series, 4).estimate(order)
    # The small regressions add lags and season instead of multiplying them.
    assert coefficients == pytest.approx(truth, abs=0.3)
    assert variance == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize(("order", "shock_polynomial", "lag_polynomial", "truth"), TRUTHS)
def test_estimates_fit_as_well_as_those_of_statsmodels(
    order, shock_polynomial, lag_polynomial, truth
):
    series = lfilter(shock_polynomial, lag_polynomial, shocks(3, 160))
    own = estimate(series, order, np.zeros(order.size), 4)
    seasonal = (order.seasonal_lags, 0, order.seasonal_shocks, 4)
    model = SARIMAX(series, order=(order.lags, 0, order.shocks), seasonal_order=seasonal)
    best = model.fit(disp=False)
    parts = np.split(own.coefficients, np.cumsum([order.lags, order.seasonal_lags, order.shocks]))
    coefficients = np.concatenate([parts[place] for place in (0, 2, 1, 3)])
    assert best.llf - model.loglike([*coefficients, best.params[-1]]) < 0.5


def test_the_order_of_a_long_series_is_told():
    walk = np.cumsum(lfilter([1.0], [1.0, -0.7], shocks(1, 400)))
    fitted = Arima().fit(walk, 1)
    assert all(one.differencing.plain == 1 for one in fitted.members)
    assert fitted.members[0].arma.order.lags >= 1
    truth = 0.7 * np.diff(walk)[-1] + walk[-1]
    assert fitted.forecast(1)[0] == pytest.approx(truth, abs=0.5)


def test_noise_is_mostly_taken_for_noise():
    averages = [Arima().fit(100 + shocks(seed, 200), 1) for seed in range(20)]
    fits = [average.members[0] for average in averages]
    assert np.mean([fit.differencing.plain == 0 for fit in fits]) >= 0.9
    assert np.mean([fit.description == "ARIMA(0,0,0) with drift" for fit in fits]) >= 0.4
    assert np.median([fit.arma.order.size for fit in fits]) <= 1
    assert np.mean([average.forecast(3) for average in averages]) == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize("drift", [0.0, 0.4])
@pytest.mark.parametrize(
    ("order", "differencing", "coefficients"),
    [
        (Order(1, 1, 0, 0), Differencing(0, 1, 1), [0.6, 0.3]),
        (Order(2, 1, 0, 0), Differencing(0, 0, 1), [0.9, -0.3, 0.4]),
        (Order(0, 2, 0, 0), Differencing(0, 2, 1), [-0.9, 0.2]),
        (Order(1, 1, 0, 1), Differencing(1, 0, 4), [0.5, 0.3, -0.4]),
        (Order(0, 1, 0, 1), Differencing(1, 1, 4), [-0.5, -0.6]),
        (Order(1, 0, 1, 1), Differencing(0, 1, 4), [0.4, 0.5, -0.3]),
    ],
)
def test_forecasts_are_those_of_statsmodels(order, differencing, coefficients, drift):
    values = 50 + np.resize([3.0, 0, -2, 5], 160) + np.cumsum(shocks(4, 160))
    series = differencing.take(values) - drift
    season = differencing.season_length
    arma = at(series, order, np.array(coefficients), season)
    fitted = FittedArima(arma, differencing, drift, values, 0.0, 1.0)
    parts = np.split(np.array(coefficients), np.cumsum(
        [order.lags, order.seasonal_lags, order.shocks]
    ))  # fmt: skip
    seasonal = (order.seasonal_lags, differencing.seasonal, order.seasonal_shocks, season)
    trend = drift * _powers(values.size + 9, differencing)
    model = SARIMAX(
        values - trend[:-9],
        order=(order.lags, differencing.plain, order.shocks),
        seasonal_order=seasonal if season > 1 else (0, 0, 0, 0),
    )
    wanted = model.smooth([*parts[0], *parts[2], *parts[1], *parts[3], 1.0]).forecast(9)
    # The start of the recursions differs, and its memory fades over the history.
    assert fitted.forecast(9) == pytest.approx(wanted + trend[-9:], abs=0.02)


def _powers(length, differencing):
    """A trend whose differences are all one."""
    time = np.arange(float(length))
    season = differencing.season_length
    times = differencing.plain + differencing.seasonal
    scale = float(season) if differencing.seasonal else 1.0
    return [np.ones(length), time, time**2 / 2][times] / scale


def test_the_published_forecast_is_that_of_the_exact_filter_and_of_the_fast_one():
    values = seasonal_series(3, 100)
    published = Arima().fit(values, 4)
    (fast,) = Arima().fit_prefixes(values, 4, [100])
    assert all(one.published is not None for one in published.members)
    assert published.description == fast.description
    assert published.forecast(8) == pytest.approx(fast.forecast(8), rel=0.01)


@pytest.mark.parametrize("length", [11, 30, 60, 200])
def test_stationarity_is_judged_as_by_statsmodels(length):
    decisions = []
    for seed in range(12):
        white = shocks(seed, length)
        # From white noise to a random walk.
        for memory in (0.0, 0.6, 0.9, 1.0):
            series = lfilter([1.0], [1.0, -memory], white)
            lags = int(3 * np.sqrt(length) / 13)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                statistic = kpss(series, regression="c", nlags=lags)[0]
            decisions.append(_is_stationary(series))
            assert decisions[-1] == (statistic <= 0.463)
    assert 0 < sum(decisions) < len(decisions)


history = st.lists(st.floats(-1e3, 1e3), min_size=16, max_size=30)


@given(history, st.integers(0, 1), st.integers(0, 2), st.sampled_from([2, 4, 7]), st.integers(1, 9))
def test_differences_are_undone(values, seasonal, plain, season_length, horizon):
    differencing = Differencing(seasonal, plain, season_length)
    whole = np.array(values)
    known = whole[: max(whole.size - horizon, seasonal * season_length + plain)]
    ahead = differencing.take(whole)[differencing.take(known).size :]
    assert differencing.undo(known, ahead) == pytest.approx(whole[known.size :], abs=1e-6)
    several = differencing.undo(known, np.stack([ahead, ahead + 1]))
    assert several[0] == pytest.approx(whole[known.size :], abs=1e-6)
    assert (several[1] - several[0] > 0.5).all()


def test_prefixes_see_nothing_beyond_their_origin():
    values = seasonal_series(5, 70)
    changed = values.copy()
    changed[52:] *= np.random.default_rng(1).uniform(0.2, 5, 18)
    origins = [40, 44, 48, 52, 60, 66]
    pairs = zip(
        Arima().fit_prefixes(values, 4, origins),
        Arima().fit_prefixes(changed, 4, origins),
        strict=True,
    )
    alike = [np.array_equal(one.forecast(4), two.forecast(4)) for one, two in pairs]
    assert alike == [True] * 4 + [False] * 2


def test_appended_values_are_filtered_with_the_same_coefficients():
    values = seasonal_series(5, 70)
    fitted = Arima().fit(values[:60], 4)
    (fast,) = Arima().fit_prefixes(values[:60], 4, [60])
    later, fast_later = fitted.append(values[60:]), fast.append(values[60:])
    assert later.description == fitted.description
    assert later.weights == fitted.weights
    for one, before in zip(later.members, fitted.members, strict=True):
        assert one.arma.coefficients.tolist() == before.arma.coefficients.tolist()
        assert one.arma.errors[: before.arma.errors.size] == pytest.approx(before.arma.errors)
    assert fast_later.forecast(4) == pytest.approx(later.forecast(4), rel=0.01)
    assert later.forecast(4) != pytest.approx(fitted.forecast(14)[10:], rel=0.01)


def test_paths_lie_around_the_forecast_and_follow_the_seed():
    values = seasonal_series(6, 80)
    fitted = Arima().fit(values, 4)
    paths = fitted.simulate(8, 20_000, 5)
    assert paths.shape == (20_000, 8)
    assert paths.mean(axis=0) == pytest.approx(fitted.forecast(8), rel=0.02)
    assert np.array_equal(paths, fitted.simulate(8, 20_000, 5))
    assert not np.array_equal(paths, fitted.simulate(8, 20_000, 6))


def test_the_spread_of_paths_is_that_of_statsmodels():
    fitted = Arima().fit(np.cumsum(shocks(8, 300)), 1).members[0]
    spread = fitted.simulate(6, 40_000, 1).std(axis=0)
    deviation = fitted.unit * np.sqrt(fitted.arma.squares / fitted.arma.errors.size)
    assert spread == pytest.approx(deviation * np.sqrt(np.arange(1, 7)), rel=0.15)


@pytest.mark.parametrize("value", [0.0, -3.0, 7.0, 1e9])
def test_constants_go_on(value):
    fitted = Arima().fit(np.full(40, value), 4)
    assert fitted.forecast(6) == pytest.approx(value)
    assert fitted.simulate(6, 10, 1) == pytest.approx(value)


@pytest.mark.parametrize("length", [24, 37])
def test_a_perfect_season_and_a_perfect_trend_go_on(length):
    season = np.resize(SEASON * 1000, length + 8)
    assert Arima().fit(season[:length], 4).forecast(8) == pytest.approx(season[length:])
    line = 5.0 + 3 * np.arange(length + 8)
    assert Arima().fit(line[:length], 1).forecast(8) == pytest.approx(line[length:])


@pytest.mark.parametrize("season_length", [1, 4, 12])
def test_the_shortest_history_is_fitted_and_shorter_ones_are_refused(season_length):
    shortest = Arima().shortest(season_length)
    values = 100 + shocks(3, shortest)
    assert np.isfinite(Arima().fit(values, season_length).forecast(12)).all()
    with pytest.raises(InputError, match="too few observations for ARIMA"):
        Arima().fit(values[1:], season_length)
    with pytest.raises(InputError, match="too few observations for ARIMA"):
        Arima().fit_prefixes(values, season_length, [shortest - 1, shortest])


@pytest.mark.parametrize("unit", [1e-12, 1e-3, 1e3, 1e12])
@pytest.mark.parametrize("shift", [0.0, 5000.0])
def test_unit_and_origin_of_the_scale_do_not_matter(unit, shift):
    values = seasonal_series(9, 64)
    plain = Arima().fit(values, 4)
    other = Arima().fit(unit * (values + shift), 4)
    assert other.description == plain.description
    assert other.forecast(8) == pytest.approx(unit * (plain.forecast(8) + shift), rel=1e-5)
    paths, other_paths = (one.simulate(8, 5, 1) for one in (plain, other))
    assert other_paths == pytest.approx(unit * (paths + shift), rel=1e-5)


def roots_outside(polynomial):
    # The roots of the polynomial read backwards are the inverse ones.
    return bool((np.abs(np.roots(polynomial)) < 1).all())


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ORDERS), st.lists(st.floats(-5, 5), min_size=4, max_size=4))
def test_coefficients_are_pulled_until_roots_are_outside(order, start):
    coefficients = inside(np.array(start[: order.size]), order)
    fitted = at(shocks(0, 40), order, coefficients, 4)
    assert roots_outside(fitted.lag_polynomial)
    assert roots_outside(fitted.shock_polynomial)


@given(st.sampled_from(ORDERS), st.lists(st.floats(-0.45, 0.45), min_size=4, max_size=4))
def test_coefficients_inside_are_left_alone(order, start):
    coefficients = np.array(start[: order.size])
    assert np.array_equal(inside(coefficients, order), coefficients)


@pytest.mark.parametrize("seed", range(10))
def test_estimated_roots_stay_outside_of_the_circle(seed):
    generator = np.random.default_rng(seed)
    # Over-differenced noise and explosive growth push roots to the circle and beyond.
    for series in (np.diff(shocks(seed, 60)), 1.05 ** np.arange(60) * generator.normal(1, 0.1, 60)):
        for order in ORDERS[::4]:
            fitted = estimate(series, order, np.zeros(order.size), 4)
            assert roots_outside(fitted.lag_polynomial)
            assert roots_outside(fitted.shock_polynomial)
            assert np.isfinite(fitted.errors).all()
