"""The published forecast is one of statsmodels, and the backtest's fast fits agree with it."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel, ThetaModelResults

from forecasting import (
    ExponentialSmoothing,
    ForecastParameters,
    SeasonalNaive,
    Theta,
    forecast,
    model_for,
    rolling_origins,
    run_backtest,
)
from forecasting.exponential_smoothing import NON_SEASONAL, SEASONAL
from forecasting.statsmodels_engine import warnings_as_notes

REAL_SERIES = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "series"


def vacancies(seed, season_length, length, growth=0.0, swing=0.15, noise=0.05):
    """Counts with a wandering level, a season and errors in proportion, as postings have them."""
    rng = np.random.default_rng(seed)
    level = 2000 * np.exp(growth * np.arange(length) + np.cumsum(rng.normal(0, noise, length)))
    season = 1 + swing * np.sin(2 * np.pi * np.arange(season_length) / season_length)
    return np.round(level * np.resize(season, length) * rng.normal(1, noise / 2, length))


def real_like():
    for seed in range(2):
        for season_length, length in ((4, 24), (4, 44), (12, 72), (12, 130)):
            yield vacancies(seed, season_length, length), season_length
            yield vacancies(seed, season_length, length, growth=0.02, swing=0.0), season_length
            yield vacancies(seed, season_length, length, swing=0.4, noise=0.02), season_length


def real():
    quarterly = pd.read_parquet(REAL_SERIES / "m3_quarterly_train.parquet")
    for name in sorted(quarterly["series_id"].unique())[::50]:
        yield quarterly.loc[quarterly["series_id"] == name, "value"].to_numpy(float), 4
    monthly = pd.read_parquet(REAL_SERIES / "us_jolts_openings_by_industry_nsa.parquet")
    for name in sorted(monthly["series_id"].unique())[::4]:
        rows = monthly[monthly["series_id"] == name].sort_values("period")
        yield rows["value"].dropna().to_numpy(float), 12


def distances(series):
    """Largest distance of published and fast forecast, in standard deviations of the forecast."""
    for values, season_length in series:
        model, horizon = model_for(values.size, season_length), 2 * season_length
        published = model.fit(values, season_length).forecast(horizon)
        (fast,) = model.fit_prefixes(values, season_length, [values.size])
        spread = fast.simulate(horizon, 2000, 0).std(axis=0)
        yield np.max(np.abs(published - fast.forecast(horizon)) / spread)


def assert_agreement(found):
    """Assert that errors of the one are errors of the other, as far as intervals can tell.

    An offset of a tenth of the forecast's standard deviation adds half a per cent to the root
    mean squared error, one of a half adds 12; what a dozen origins tell about it is uncertain by
    20.  So a tenth is asked for on average and a half of every series.
    """
    found = list(found)
    assert len(found) > 20
    assert np.mean(found) < 0.1
    assert np.max(found) < 0.5


def test_fast_and_published_forecasts_agree():
    assert_agreement(distances(real_like()))


def test_fast_and_published_forecasts_agree_on_real_series():
    if not REAL_SERIES.is_dir():
        pytest.skip("the real series are not beside the project")
    assert_agreement(distances(real()))


def test_the_backtest_is_fast_and_the_forecast_published():
    values = vacancies(1, 4, 40)
    model, origins = ExponentialSmoothing(), rolling_origins(values, 9, 4)
    fitted, backtest = run_backtest(model, values, 4, 4, origins)
    fast = model.fit_prefixes(values, 4, origins)[0].forecast(4)
    assert all(isinstance(one.results.model, ETSModel) for one in fitted.members)
    first = values[origins[0] : origins[0] + 4]
    assert backtest.errors[0, : first.size] == pytest.approx(first - fast[: first.size])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("swing", [0.0, 0.3])
def test_published_ets_is_a_statsmodels_fit_no_less_likely_than_the_grid(seed, swing):
    values = vacancies(seed, 4, 40, swing=swing)
    fitted = ExponentialSmoothing().fit(values, 4)
    (fast,) = ExponentialSmoothing().fit_prefixes(values, 4, [40])
    assert fitted.description == fast.description
    for one, on_grid in zip(fitted.members, fast.members, strict=True):
        results, gains = one.results, on_grid.gains
        named = {
            "smoothing_level": gains.level,
            "smoothing_trend": gains.trend,
            "smoothing_seasonal": gains.season,
            "damping_trend": gains.damping,
        }
        of_grid = results.model.loglike([named[name] for name in results.model.param_names])
        assert results.llf >= of_grid - 1e-9
        factors = np.resize(one.factors, 8)
        assert one.forecast(8) == pytest.approx(np.asarray(results.forecast(8)) * factors)


def test_polishing_raises_the_likelihood():
    gained = []
    for values, season_length in list(real_like())[::5]:
        results = ExponentialSmoothing().fit(values, season_length).members[0].results
        (fast,) = ExponentialSmoothing().fit_prefixes(values, season_length, [values.size])
        gains = fast.members[0].gains
        gained.append(not np.isclose(results.smoothing_level, gains.level, atol=1e-6))
    # It would be a strange accident if the best gains lay on the grid.
    assert np.mean(gained) > 0.5


@pytest.mark.parametrize("form", NON_SEASONAL + SEASONAL, ids=str)
def test_gains_between_the_neighbours_of_a_grid_point_are_admissible(form):
    for place, (level, trend, season, damping) in enumerate(form.grid()):
        low, high = form.neighbours(place)
        assert low.level <= level <= high.level
        assert low.trend <= trend <= high.trend <= low.level
        assert low.season <= season <= high.season <= 1 - high.level + 1e-12
        assert low.damping <= damping <= high.damping


def test_published_theta_is_a_statsmodels_fit():
    values = vacancies(2, 4, 40, swing=0.4)
    fitted = Theta().fit(values, 4)
    assert isinstance(fitted.results, ThetaModelResults)
    assert fitted.description == "Theta(M)"
    other = ThetaModel(values, period=4, use_test=False, method="multiplicative").fit()
    assert fitted.forecast(8) == pytest.approx(np.asarray(other.forecast(8)), rel=2e-4)


@pytest.mark.parametrize("model", [ExponentialSmoothing(), Theta()])
@pytest.mark.parametrize("swing", [0.0, 0.4])
def test_sample_paths_lie_around_the_published_forecast(model, swing):
    values = vacancies(3, 4, 40, swing=swing)
    fitted = model.fit(values, 4)
    (fast,) = model.fit_prefixes(values, 4, [40])
    paths = fitted.simulate(6, 20_000, 5)
    assert paths.shape == (20_000, 6)
    assert fitted.simulate(6, 1, 5).shape == (1, 6)
    assert paths.mean(axis=0) == pytest.approx(fitted.forecast(6), rel=0.01)
    spread = fast.simulate(6, 20_000, 5).std(axis=0)
    assert paths.std(axis=0) == pytest.approx(spread, rel=0.1)
    assert np.array_equal(paths, fitted.simulate(6, 20_000, 5))


@pytest.mark.parametrize("values", [np.full(20, 7.0), np.tile([3.0, 1.0, 2.0, 6.0], 6)], ids=len)
def test_a_constant_history_is_not_handed_to_the_theta_of_statsmodels(values):
    fitted = Theta().fit(values, 4)
    wanted = SeasonalNaive().fit(values, 4).forecast(5)
    assert fitted.forecast(5) == pytest.approx(wanted)
    assert "constant history" in fitted.notes[0]
    ets = ExponentialSmoothing().fit(values, 4)
    assert ets.forecast(5) == pytest.approx(wanted)
    assert ets.notes == ()


def test_warnings_become_notes_once_each():
    notes = []
    with warnings_as_notes("ets", notes):
        warnings.warn("halted", RuntimeWarning, stacklevel=1)
        warnings.warn("halted", RuntimeWarning, stacklevel=1)
    assert notes == ["ets: statsmodels warns of RuntimeWarning: halted"]


def test_warnings_of_statsmodels_reach_the_notes_of_the_result(monkeypatch):
    fit = ThetaModel.fit

    def warning_fit(model):
        warnings.warn("failed to converge", UserWarning, stacklevel=1)
        return fit(model)

    monkeypatch.setattr(ThetaModel, "fit", warning_fit)
    periods = [str(quarter) for quarter in pd.period_range("2016Q1", periods=40, freq="Q")]
    table = pd.DataFrame({"series_id": "C", "period": periods, "value": vacancies(1, 4, 40)})
    result = forecast(table, 4, ForecastParameters(levels=(80,)))
    assert result.notes["note"].tolist() == [
        "theta: statsmodels warns of UserWarning: failed to converge"
    ]
