"""A table is forecast at past origins as `forecast` would have then, and held against the truth."""

import numpy as np
import pandas as pd
import pytest

from data.errors import ConfigurationError
from forecasting import (
    ForecastParameters,
    backtest,
    backtest_coverage,
    coverage_chart,
    errors_chart,
    forecast,
)

FORECAST_COLUMNS = ["period", "horizon", "level", "mean", "lower", "upper", "model"]
QUICK = ForecastParameters(pooled=False)


def quarters(values, name="C", first="2017Q1"):
    periods = [str(q) for q in pd.period_range(first, periods=len(values), freq="Q")]
    return pd.DataFrame({"series_id": name, "period": periods, "value": values})


def market(n_series=6, length=36, seed=0):
    rng = np.random.default_rng(seed)
    level = np.exp(np.cumsum(rng.normal(0, 0.04, (n_series, length)), axis=1))
    season = np.resize([0.9, 1.1, 1.2, 0.8], length)
    return pd.concat(quarters(500 * values * season, f"S{row}") for row, values in enumerate(level))


def shown(table, series_id):
    rows = table[table["series_id"] == series_id][FORECAST_COLUMNS]
    return rows.sort_values(["model", "horizon", "level"]).reset_index(drop=True)


def test_every_origin_is_the_forecast_of_the_table_cut_there():
    table = market()
    tested = backtest(table, 2, origins=2, step=3)
    assert tested.rejected.empty
    assert tested.frame["origin"].unique().tolist() == ["2024Q3", "2025Q2"]
    for origin, frame in tested.frame.groupby("origin"):
        then = forecast(table[table["period"] <= origin], 2)
        assert any("pooled" in model for model in then.main_models.values())
        for name in table["series_id"].unique():
            pd.testing.assert_frame_equal(shown(frame, name), shown(then.forecasts, name))
    truth = table.set_index(["series_id", "period"])["value"]
    keys = pd.MultiIndex.from_frame(tested.frame[["series_id", "period"]])
    assert tested.frame["observed"].tolist() == truth[keys].tolist()
    errors = tested.frame["observed"] - tested.frame["mean"]
    assert tested.frame["error"].tolist() == errors.tolist()


def test_what_comes_after_the_last_origin_changes_the_observations_only():
    table = market(1)
    later = table["period"] >= "2025Q1"
    changed = table.assign(value=table["value"].where(~later, 7 * table["value"]))
    one, two = (backtest(each, 4, QUICK, origins=2).frame for each in (table, changed))
    said = ["origin", *FORECAST_COLUMNS]
    pd.testing.assert_frame_equal(one[said], two[said])
    assert (two["observed"] >= one["observed"]).all()
    assert (two["observed"] > one["observed"]).any()


def test_the_frame_is_drawn_as_it_is():
    table = market(2)
    tested = backtest(table, 3, QUICK, origins=5).frame
    axes = errors_chart(tested).axes[0]
    assert axes.lines[0].get_xdata().tolist() == [1, 2, 3]
    main = tested[tested["model"] != "seasonal_naive"]
    size = np.sqrt(np.mean(main.query("horizon == 1 and level == 80")["error"] ** 2))
    assert axes.lines[0].get_ydata()[0] == pytest.approx(size)
    shares = backtest_coverage(main.assign(model="all"), table)
    drawn = coverage_chart(tested).axes[0].lines[::2]
    for line, (_, rows) in zip(drawn, shares.groupby("level"), strict=True):
        assert line.get_ydata() == pytest.approx(100 * rows["covered"].to_numpy())


def test_a_series_not_observed_at_an_origin_is_named():
    table = market(4, 20)
    late = (table["series_id"] == "S1") & (table["period"] == "2021Q2")
    ended = (table["series_id"] == "S2") & (table["period"] >= "2021Q2")
    young = (table["series_id"] == "S3") & (table["period"] < "2021Q3")
    broken = quarters([1.0, -2.0, 3.0], "B")
    tested = backtest(pd.concat([table[~(late | ended | young)], broken]), 1, QUICK, origins=3)
    reasons = tested.rejected.sort_values(["series_id", "origin"])
    assert reasons[["series_id", "origin"]].to_numpy().tolist() == [
        ["B", ""], ["S1", "2021Q2"], ["S2", "2021Q2"], ["S2", "2021Q3"],
        ["S3", "2021Q1"], ["S3", "2021Q2"], ["S3", "2021Q3"],
    ]  # fmt: skip
    assert reasons["reason"].iloc[0].startswith("a count is negative")
    assert (reasons["reason"].iloc[1:6] == "not observed at this origin").all()
    assert reasons["reason"].iloc[6].startswith("too few observations")
    pairs = tested.frame[["series_id", "origin"]].drop_duplicates()
    assert len(pairs) == 3 + 2 + 1


def test_gaps_among_the_observations_are_neither_errors_nor_misses():
    table = quarters(100 + 10 * np.resize([1.0, -1, 2, -2], 24))
    holes = table[table["period"] != "2022Q2"]
    frame = backtest(holes, 4, QUICK, origins=1).frame
    assert frame["origin"].unique().tolist() == ["2021Q4"]
    unknown = frame["period"] == "2022Q2"
    assert frame.loc[unknown, ["observed", "error", "covered"]].isna().all(axis=None)
    assert set(frame.loc[~unknown, "covered"]) <= {0.0, 1.0}
    assert frame.loc[~unknown, "error"].notna().all()


def test_frequencies_of_one_table_have_their_own_origins():
    months = [str(m) for m in pd.period_range("2019-01", periods=60, freq="M")]
    monthly = pd.DataFrame({"series_id": "M", "period": months, "value": np.arange(100.0, 160)})
    yearly = pd.DataFrame({"series_id": "Y", "period": np.arange(2000, 2020), "value": 5.0})
    table = pd.concat([monthly, quarters(np.arange(50.0, 74)), yearly])
    frame = backtest(table, 2, QUICK, origins=2).frame
    origins = frame.groupby("series_id")["origin"].unique().map(sorted).to_dict()
    assert origins == {
        "C": ["2022Q1", "2022Q2"],
        "M": ["2023-09", "2023-10"],
        "Y": ["2016", "2017"],
    }


def test_declared_changes_of_source_are_taken_out_before_the_table_is_cut():
    truth = 400 + 10 * np.resize([3.0, -1, 2, -4], 32)
    table = quarters(np.where(np.arange(32) < 28, truth / 4, truth))
    record = {
        "table": "demand", "series": "C", "quarter": "2024Q1", "what": "board_joined",
        "value": np.nan, "reason": "a new board", "status": "active", "guard": np.nan,
    }  # fmt: skip
    corrections = pd.DataFrame([record])
    frame = backtest(table, 4, QUICK, origins=1, corrections=corrections).frame
    assert frame["origin"].unique().tolist() == ["2023Q4"]
    assert frame["mean"].to_numpy() == pytest.approx(frame["observed"].to_numpy(), rel=0.05)


def test_nothing_usable_gives_reasons_and_no_row():
    tested = backtest(quarters([1.0]), 1)
    assert tested.frame.empty
    assert tested.rejected["series_id"].tolist() == ["C"]
    short = backtest(quarters([1.0, 2.0, 3.0]), 1, origins=2)
    assert short.frame["origin"].unique().tolist() == ["2017Q2"]
    assert short.rejected["origin"].tolist() == ["2017Q1"]


@pytest.mark.parametrize("wrong", [{"origins": 0}, {"origins": 201}, {"step": 0}])
def test_origins_out_of_range_are_refused(wrong):
    with pytest.raises(ConfigurationError, match="origins of the backtest"):
        backtest(market(1), 1, **wrong)
