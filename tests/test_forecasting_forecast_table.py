"""The forecast of a table: known truths, properties, and series as they really come."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from data.errors import ConfigurationError
from data.tables import FORECAST
from forecasting import ForecastParameters, SeasonalNaive, forecast

REAL_SERIES = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "series"


MAIN = "mean(ets,theta,arima)"
WITH_POOLED = "mean(ets,theta,arima,pooled)"


def quarters(length, first="2015Q1"):
    return [str(q) for q in pd.period_range(first, periods=length, freq="Q")]


def table(values, name="C", **groups):
    periods = quarters(len(values))
    return pd.DataFrame({"series_id": name, "period": periods, "value": values, **groups})


def seasonal_truth(length, amplitude=1.0):
    time = np.arange(length)
    return (1000 + 6.0 * time) * np.resize([0.8, 1.15, 1.25, 0.8], length) * amplitude


def rows_of(result, level=80):
    main = result.main
    return main[main["level"] == level]


def test_mean_comes_near_the_truth_and_intervals_cover_it():
    truth = seasonal_truth(48)
    series = pd.concat(
        table(truth[:40] + np.random.default_rng(seed).normal(0, 40, 40), f"S{seed:03d}")
        for seed in range(60)
    )
    result = forecast(series, 8)
    for level in (80, 95):
        rows = rows_of(result, level)
        future = np.tile(truth[40:], 60)
        inside = norm.cdf(rows["upper"], future, 40) - norm.cdf(rows["lower"], future, 40)
        # Early origins know less than the last one, so the intervals err on the wide side.
        assert level / 100 - 0.03 < inside.mean() < level / 100 + 0.07
    means = rows.groupby("horizon")["mean"].mean()
    assert means.to_numpy() == pytest.approx(truth[40:], rel=0.03)
    assert set(rows["model"]) == {WITH_POOLED}


def test_it_beats_the_seasonal_naive_forecast_on_a_trend():
    truth = seasonal_truth(48)
    noise = np.random.default_rng(0).normal(0, 20, 40)
    result = forecast(table(truth[:40] + noise), 8)
    error = result.forecasts.query("level == 80").groupby("model")["mean"]
    size = {model: np.abs(mean.to_numpy() - truth[40:]).mean() for model, mean in error}
    assert size[MAIN] < size["seasonal_naive"] / 2


def test_seasonal_naive_stands_beside_under_its_own_name():
    values = seasonal_truth(30).round()
    result = forecast(table(values), 4)
    naive = result.forecasts.query("model == 'seasonal_naive' and level == 80")["mean"]
    assert naive.tolist() == SeasonalNaive().fit(values, 4).forecast(4).tolist()
    assert result.main_models["C"].startswith("mean(ets,")
    assert result.forecasts["period"].unique().tolist() == ["2022Q3", "2022Q4", "2023Q1", "2023Q2"]
    assert set(result.errors["model"]) == {result.main_models["C"], "seasonal_naive"}
    FORECAST.check(result.forecasts)


counts = st.lists(st.one_of(st.none(), st.floats(0, 1e7), st.integers(0, 50)), max_size=60)


@settings(max_examples=60, deadline=None)
@given(counts, st.integers(1, 10), st.sampled_from([None, 1, 2, 7]), st.randoms())
def test_properties_of_any_counts(values, horizon, season_length, random):
    series = table(np.array(values, dtype=float))
    parameters = ForecastParameters(levels=(95, 50, 80), season_length=season_length)
    result = forecast(series, horizon, parameters)
    assert len(result.rejected) + len(result.main_models) == (len(series) > 0)
    rows = result.forecasts
    assert np.isfinite(rows[["mean", "lower", "upper"]].to_numpy(dtype=float)).all()
    assert (rows["lower"] >= 0).all()
    assert (rows["lower"] <= rows["mean"]).all()
    assert (rows["mean"] <= rows["upper"]).all()
    for _, band in rows.groupby(["model", "horizon"]):
        ordered = band.sort_values("level")
        assert ordered["level"].tolist() == [50, 80, 95]
        assert ordered["lower"].is_monotonic_decreasing
        assert ordered["upper"].is_monotonic_increasing
    order = list(range(len(series)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(forecast(series.iloc[order], horizon, parameters).forecasts, rows)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(10, 1e5), min_size=12, max_size=40), st.sampled_from([0.01, 3.0, 1000.0]))
def test_the_unit_of_a_series_does_not_matter(values, unit):
    once = rows_of(forecast(table(np.array(values)), 4))
    other = rows_of(forecast(table(np.array(values) * unit), 4))
    assert once["mean"].to_numpy() * unit == pytest.approx(other["mean"].to_numpy(), rel=1e-6)
    assert once["upper"].to_numpy() * unit == pytest.approx(other["upper"].to_numpy(), rel=1e-6)


@pytest.mark.parametrize("value", [0.0, 7.0])
def test_a_constant_series_goes_on_and_says_that_it_never_erred(value):
    result = forecast(table(np.full(20, value)), 4)
    assert result.forecasts[["mean", "lower", "upper"]].to_numpy() == pytest.approx(value)
    assert result.notes["note"].str.contains("no error was ever seen").any()


@pytest.mark.parametrize(
    ("length", "models"),
    [
        (2, ["naive"]),
        (3, ["naive"]),
        (4, ["seasonal_naive"]),
        (8, ["seasonal_naive"]),
        (9, ["mean(ets,theta)", "seasonal_naive"]),
        (14, [MAIN, "seasonal_naive"]),
    ],
)
def test_short_histories_fall_back_visibly(length, models):
    values = 100 + np.random.default_rng(0).normal(0, 5, length)
    result = forecast(table(values), 2)
    assert result.forecasts["model"].unique().tolist() == models
    assert (result.forecasts["upper"] > result.forecasts["mean"]).all()
    notes = result.notes["note"].str
    assert notes.contains("too few for the combination").any() == (length < 9)
    assert notes.contains("rest on the changes of the series").any() == (length != 8)
    arima = result.models.set_index("model").reindex(["arima"])["reason"].iloc[0]
    assert (arima == "9 observations of the 14 it needs") == (length == 9)


def test_a_gap_is_bridged_and_noted():
    truth = seasonal_truth(44)
    holes = truth[:36].copy()
    holes[14:19] = np.nan
    result = forecast(table(holes).dropna(), 8)
    assert rows_of(result)["mean"].to_numpy() == pytest.approx(truth[36:], rel=0.05)
    assert "5 of 36 periods are missing" in result.notes["note"].iloc[0]


def test_broken_series_are_reasoned_and_the_others_forecast():
    result = forecast(
        pd.concat(
            [
                table(seasonal_truth(20), "sound"),
                table([5.0], "one point"),
                table([5.0, -1.0, 3.0], "negative"),
                pd.concat([table([5.0, 6.0], "twice"), table([5.0], "twice")]),
                table([1.0, 2.0, 3.0], "short"),
            ]
        ),
        4,
    )
    assert list(result.main_models) == ["sound"]
    reasons = dict(zip(result.rejected["series_id"], result.rejected["reason"], strict=True))
    assert list(reasons) == ["negative", "one point", "short", "twice"]
    assert "horizon is longer than the history; got 4 periods ahead of 3" in reasons["short"]
    assert "a count is negative" in reasons["negative"]
    assert "stands twice" in reasons["twice"]


def test_nothing_to_forecast_gives_empty_tables():
    result = forecast(table([5.0]), 1)
    assert list(result.forecasts.columns) == FORECAST.names
    assert result.forecasts.empty
    assert result.main.empty
    assert len(result.rejected) == 1


def test_groups_are_carried_over():
    result = forecast(table(seasonal_truth(20), industry_code="C", rank=3), 1)
    assert list(result.forecasts.columns) == [*FORECAST.names, "industry_code", "rank"]
    assert (result.forecasts["industry_code"] == "C").all()
    assert (result.forecasts["rank"] == 3).all()


def test_negative_series_keep_negative_bounds_when_they_are_no_counts():
    values = np.random.default_rng(0).normal(-50, 5, 30)
    parameters = ForecastParameters(non_negative=False)
    result = forecast(table(values), 4, parameters)
    assert (result.forecasts["upper"] < 0).any()
    assert (result.forecasts["mean"] < 0).all()


def test_only_the_latest_history_is_used_and_that_is_said():
    values = np.concatenate([np.full(60, 1e6), seasonal_truth(40)])
    parameters = ForecastParameters(longest_history=40)
    result, alone = forecast(table(values), 4, parameters), forecast(table(values[60:]), 4)
    assert result.main["mean"].tolist() == alone.main["mean"].tolist()
    assert result.main["period"].iloc[0] == quarters(101)[-1]
    assert result.notes["note"].str.contains("uses the last 40 periods only").any()


def test_progress_is_told():
    seen = []
    series = pd.concat([table(seasonal_truth(12), "A"), table(seasonal_truth(12), "B")])
    forecast(series, 1, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    "arguments",
    [
        {"levels": ()},
        {"levels": (0, 80)},
        {"levels": (100,)},
        {"season_length": 0},
        {"origins": 1},
        {"longest_history": 5},
    ],
)
def test_parameters_out_of_range_are_refused(arguments):
    with pytest.raises(ConfigurationError):
        ForecastParameters(**arguments)


@pytest.mark.parametrize("horizon", [0, 121])
def test_a_horizon_out_of_range_is_refused(horizon):
    with pytest.raises(ConfigurationError, match="horizon"):
        forecast(table([1.0, 2.0]), horizon)


def test_real_quarterly_series_of_m3_are_forecast_better_than_by_naive2():
    file = REAL_SERIES / "m3_quarterly_train.parquet"
    if not file.is_file():
        pytest.skip("the real series are not beside the project")
    train = pd.read_parquet(file)
    test = pd.read_parquet(REAL_SERIES / "m3_quarterly_test.parquet")
    names = sorted(train["series_id"].unique())[1::12]
    train = train[train["series_id"].isin(names)]
    parameters = ForecastParameters(season_length=4)
    result = forecast(train[["series_id", "period", "value"]], 8, parameters)
    actual = test.assign(period=test["period"].astype("str"))[["series_id", "period", "value"]]
    rows = rows_of(result, 95).merge(actual, on=["series_id", "period"])
    distance = (rows["mean"] - rows["value"]).abs() / (rows["mean"].abs() + rows["value"].abs())
    inside = (rows["lower"] <= rows["value"]) & (rows["value"] <= rows["upper"])
    assert len(rows) == 8 * len(names)
    # NAIVE2's symmetric percentage error on all 756 series is 9.95.
    assert 200 * distance.mean() < 9.95
    assert 0.88 < inside.mean() < 0.99


def test_real_vacancies_with_a_gap_are_forecast():
    file = REAL_SERIES / "au_labour_account_jobs_vacancies_by_industry_q.parquet"
    if not file.is_file():
        pytest.skip("the real series are not beside the project")
    series = pd.read_parquet(file).query("measure == 'Job vacancies' and seas == 'Original'")
    result = forecast(series, 4)
    assert len(result.main_models) == 20
    assert result.rejected.empty
    assert (result.notes["note"].str.contains("5 of 122 periods are missing")).sum() == 20
    assert result.main["period"].unique().tolist() == [
        "2025-03-01",
        "2025-06-01",
        "2025-09-01",
        "2025-12-01",
    ]
