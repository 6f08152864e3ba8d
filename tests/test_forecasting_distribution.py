"""Quantiles and paths say what the intervals say, together over all periods ahead."""

import numpy as np
import pandas as pd
import pytest

from data.errors import ConfigurationError
from forecasting import ForecastDistribution, ForecastParameters, forecast
from forecasting.distribution import path_correlation


def result_of(values, **parameters):
    periods = [str(q) for q in pd.period_range("2012Q1", periods=len(values), freq="Q")]
    table = pd.DataFrame({"series_id": "C", "period": periods, "value": values})
    return forecast(table, 6, ForecastParameters(levels=(50, 80, 95), **parameters))


@pytest.fixture(scope="module")
def walk():
    return result_of(5000 + np.cumsum(np.random.default_rng(3).normal(0, 40, 60)))


def test_quantiles_are_the_bounds_of_the_intervals(walk):
    quantiles = walk.distributions["C"].quantiles([0.025, 0.1, 0.5, 0.9, 0.975])
    for level, low, high in ((80, 1, 3), (95, 0, 4)):
        rows = walk.main[walk.main["level"] == level]
        assert quantiles[low] == pytest.approx(rows["lower"].to_numpy(), rel=1e-3)
        assert quantiles[high] == pytest.approx(rows["upper"].to_numpy(), rel=1e-3)
    assert quantiles[2] == pytest.approx(rows["mean"].to_numpy())
    assert (np.diff(quantiles, axis=0) > 0).all()


def test_paths_keep_every_period_calibrated_and_hang_together(walk):
    distribution = walk.distributions["C"]
    paths = distribution.sample_paths(40_000, 7)
    assert paths.shape == (40_000, 6)
    for level in (50, 80, 95):
        rows = walk.main[walk.main["level"] == level]
        inside = (paths >= rows["lower"].to_numpy()) & (paths <= rows["upper"].to_numpy())
        assert inside.mean(axis=0) == pytest.approx(level / 100, abs=0.01)
    ranks = paths.argsort(axis=0).argsort(axis=0)
    wanted = path_correlation(6, distribution.growth)
    assert np.corrcoef(ranks.T) == pytest.approx(wanted, abs=0.05)
    assert np.array_equal(paths, distribution.sample_paths(40_000, 7))
    assert not np.array_equal(paths, distribution.sample_paths(40_000, 8))


def test_sums_of_paths_are_as_uncertain_as_sums_of_a_random_walk():
    steps = np.arange(1, 9)
    errors = np.random.default_rng(0).normal(size=(50_000, 8)).cumsum(axis=1)
    walk = errors / np.sqrt(steps)
    assert np.corrcoef(walk.T) == pytest.approx(path_correlation(8, 0.5), abs=0.02)


def test_counts_never_fall_below_zero():
    values = np.random.default_rng(0).poisson(2, 40)
    distribution = result_of(values).distributions["C"]
    assert distribution.sample_paths(5000, 1).min() == 0
    assert (distribution.quantiles([0.001, 0.999])[0] >= 0).all()
    signed = result_of(values - 2.0, non_negative=False).distributions["C"]
    assert signed.sample_paths(5000, 1).min() < 0


@pytest.mark.parametrize("growth", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("horizon", [1, 12, 120])
def test_the_correlation_is_one_of_random_variables(growth, horizon):
    correlation = path_correlation(horizon, growth)
    assert np.diag(correlation) == pytest.approx(1)
    assert np.linalg.eigvalsh(correlation).min() > 0


def test_what_cannot_be_asked_for_is_refused():
    known = ForecastDistribution(np.ones(2), np.ones((99, 2)), 0.5, non_negative=True)
    for wrong in ((), (0.0,), (1.0,), (np.nan,)):
        with pytest.raises(ConfigurationError, match="quantiles"):
            known.quantiles(wrong)
    for draws in (0, 100_001):
        with pytest.raises(ConfigurationError, match="sample paths"):
            known.sample_paths(draws, 1)
