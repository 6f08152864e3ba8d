"""Classical decomposition against statsmodels."""

import numpy as np
import pytest
from statsmodels.tsa.seasonal import seasonal_decompose

from forecasting.seasonality import adjust, decompose


@pytest.mark.parametrize("season_length", [2, 3, 4, 7, 12])
@pytest.mark.parametrize("seasons", [2, 2.6, 9])
@pytest.mark.parametrize("model", ["additive", "multiplicative"])
def test_decomposition_is_that_of_statsmodels(season_length, seasons, model):
    random = np.random.default_rng(season_length)
    values = np.exp(random.normal(3, 0.4, int(np.ceil(seasons * season_length))))
    other = seasonal_decompose(values, model=model, period=season_length)
    trend, indices = decompose(values, season_length, multiplicative=model == "multiplicative")
    assert trend == pytest.approx(other.trend, rel=1e-12, nan_ok=True)
    assert np.resize(indices, values.size) == pytest.approx(other.seasonal, rel=1e-12)


def test_a_season_multiplies_only_where_it_can():
    season = np.array([0.5, 1.5, 1.2, 0.8])
    rising = np.arange(100.0, 140) * np.resize(season, 40)
    assert adjust(rising, 4).multiplicative
    assert adjust(rising, 4).indices == pytest.approx(season, rel=0.02)
    rising[20] = 0.0
    assert not adjust(rising, 4).multiplicative
