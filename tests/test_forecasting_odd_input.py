"""Odd cells, columns and options: a reason for the row, or a clear error; never a foreign one."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from data.errors import ConfigurationError, ContractError
from forecasting.distribution import ForecastDistribution
from forecasting.forecast_table import forecast
from forecasting.nowcast_revisions import revision_history
from forecasting.nowcasting import NowcastParameters, nowcast
from forecasting.one_series import ForecastParameters
from forecasting.requirements import (
    EXITS,
    TRANSFERS,
    RequirementsParameters,
    occupation_requirements,
)
from forecasting.series import clean_series
from forecasting.staffing import StaffingParameters
from forecasting.weekly_counts import daily_grid


def table(series_id, values):
    periods = [str(pd.Period("2018Q1", freq="Q") + step) for step in range(len(values))]
    return pd.DataFrame({"series_id": series_id, "period": periods, "value": values})


SOUND = table("A", [1.0, 2.0, 3.0, 4.0] * 6)

# -- cells and columns of series --------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (10**30, "too large to be true"),
        (-(10**30), "negative"),
        (3j, "'3j' is not a number"),
        ([2], "is not a number"),
        ({"a": 1}, "is not a number"),
    ],
)
def test_a_cell_that_no_table_holds_rejects_its_series_alone(cell, reason):
    odd = table("B", pd.Series([1, 2, cell, 4], dtype="object"))
    clean = clean_series(pd.concat([SOUND.astype("object"), odd]))
    assert [one.series_id for one in clean.series] == ["A"]
    assert clean.rejected["series_id"].tolist() == ["B"]
    assert reason in clean.rejected["reason"].iloc[0]


def test_a_complex_cell_leaves_the_real_ones_of_its_column_alone():
    clean = clean_series(pd.concat([SOUND, table("B", [1, 2, 3j, 4])]))
    assert clean.series[0].observations.tolist() == SOUND["value"].tolist()
    assert clean.rejected["series_id"].tolist() == ["B"]


def test_rows_without_a_name_do_not_reject_the_series_of_an_empty_name():
    nameless = table("B", [5.0, 6.0]).assign(series_id=None)
    clean = clean_series(pd.concat([SOUND.assign(series_id=""), nameless]))
    assert [one.series_id for one in clean.series] == [""]
    assert clean.rejected["reason"].tolist() == ["2 rows cannot be used; first: series_id: missing"]


def test_names_and_periods_that_are_lists_are_text():
    rows = pd.DataFrame({"series_id": [["a"], "b"], "period": ["2026Q1", ["x"]], "value": [1, 2]})
    rejected = clean_series(rows).rejected
    assert rejected["series_id"].tolist() == ["['a']", "b"]


@pytest.mark.parametrize("column", ["value", "series_id", "period", "region"])
def test_a_column_that_stands_twice_is_refused(column):
    rows = SOUND.assign(region="X")
    with pytest.raises(ContractError, match=column):
        clean_series(pd.concat([rows, rows[[column]]], axis=1))


def test_a_group_of_lists_is_not_carried_over_and_said_so():
    rows = SOUND.assign(region="X", tags=[["a"]] * len(SOUND))
    clean = clean_series(rows)
    assert clean.series[0].groups == {"region": "X"}
    assert "['tags']" in clean.notes["note"].iloc[0]


# -- horizon and parameters -------------------------------------------------------------------


def test_a_horizon_may_be_of_any_whole_kind():
    noisy = table("A", np.random.default_rng(0).poisson(50, 40) * (1.0 + np.arange(40) % 4))
    one, other = forecast(noisy, np.int64(3)), forecast(noisy, 3)
    pd.testing.assert_frame_equal(one.forecasts, other.forecasts)


@pytest.mark.parametrize("horizon", [1.5, "4", None, True, 0, 121, np.float64(3)])
def test_a_horizon_of_another_kind_is_refused(horizon):
    with pytest.raises(ConfigurationError, match="horizon"):
        forecast(SOUND, horizon)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (ForecastParameters, {"levels": (80.5,)}),
        (ForecastParameters, {"levels": ("80",)}),
        (ForecastParameters, {"levels": 80}),
        (ForecastParameters, {"levels": None}),
        (ForecastParameters, {"season_length": 2.5}),
        (ForecastParameters, {"season_length": 0}),
        (ForecastParameters, {"origins": 3.5}),
        (ForecastParameters, {"longest_history": 24.5}),
        (ForecastParameters, {"calendar": "chinese"}),
        (ForecastParameters, {"members": "x"}),
        (ForecastParameters, {"members": ("x",)}),
        (NowcastParameters, {"levels": 80}),
        (NowcastParameters, {"levels": (80.5,)}),
        (NowcastParameters, {"most_quarters": 2.5}),
        (NowcastParameters, {"pooled_years": "x"}),
        (NowcastParameters, {"pooled_openings": None}),
        (StaffingParameters, {"quarters": 2.5}),
        (StaffingParameters, {"fallback_employers": None}),
        (StaffingParameters, {"prior_employers": float("inf")}),
        (StaffingParameters, {"half_life_quarters": "x"}),
        (RequirementsParameters, {"level": 90.5}),
        (RequirementsParameters, {"transfers_counted": "1"}),
        (RequirementsParameters, {"growth_percent_standard_error": float("inf")}),
    ],
)
def test_parameters_that_would_fail_later_are_refused_at_once(kind, given):
    with pytest.raises(ConfigurationError):
        kind(**given)


def test_whole_numbers_of_numpy_are_kept_as_int():
    parameters = ForecastParameters(levels=[np.int64(95), 80], season_length=np.int64(4))
    assert (parameters.levels, parameters.season_length) == ((80, 95), 4)
    assert {type(level) for level in parameters.levels} == {int}


def test_distributions_refuse_odd_requests():
    known = ForecastDistribution(np.array([5.0]), np.ones((99, 1)).cumsum(axis=0), 0.5, True)
    assert known.sample_paths(np.int64(2), np.int64(1)).shape == (2, 1)
    for draws, seed in ((1, -1), (1.5, 1), (1, 1.5), ("1", 1), (1, None)):
        with pytest.raises(ConfigurationError):
            known.sample_paths(draws, seed)
    for probabilities in (0.5, ["x"], [], None, [float("nan")], [0.0]):
        with pytest.raises(ConfigurationError, match="probabilities"):
            known.quantiles(probabilities)


@pytest.mark.parametrize("years", [["2025"], [2025.5], [2024], [2100], [None]])
def test_years_of_requirements_are_whole_and_later(years):
    employment = pd.DataFrame({"occupation_code": ["6-29"], "employed_persons": [1000.0]})
    rates = pd.DataFrame(
        {"occupation_code": ["6"], EXITS: [4.0], TRANSFERS: [6.0], "source": ["a survey"]}
    )
    with pytest.raises(ConfigurationError, match="years of requirements"):
        occupation_requirements(employment, rates, 2024, years)
    with pytest.raises(ConfigurationError, match="base year"):
        occupation_requirements(employment, rates, "2024", [2025])


# -- nowcasts ---------------------------------------------------------------------------------

COUNTS = pd.DataFrame({"series_id": "C", "week": ["2025-W02", "2025-W03"], "openings": [1, 2]})


@pytest.mark.parametrize("as_of", ["2025-11-16", None, pd.NaT, date(9999, 12, 31), 20251116])
def test_a_last_day_that_is_no_date_is_refused(as_of):
    for function in (nowcast, revision_history, daily_grid):
        with pytest.raises(ConfigurationError, match="last day"):
            function(COUNTS, as_of)


def test_a_timestamp_is_its_day():
    frame = nowcast(COUNTS, datetime(2025, 1, 31, 8)).frame
    pd.testing.assert_frame_equal(frame, nowcast(COUNTS, date(2025, 1, 31)).frame)


@pytest.mark.parametrize("quarters", [2.5, "2", None, True])
def test_quarters_of_the_revision_history_are_whole(quarters):
    with pytest.raises(ConfigurationError, match="revision history"):
        revision_history(COUNTS, date(2025, 11, 16), quarters=quarters)


@pytest.mark.parametrize("cell", [10**30, 3j, [2]])
def test_openings_that_are_no_count_are_rejected_rows(cell):
    odd = COUNTS.assign(openings=pd.Series([1, cell], dtype="object"))
    result = nowcast(odd, date(2025, 1, 31))
    assert result.rejected["reason"].tolist() == ["招聘人数不是非负数"]
    assert result.frame["openings_so_far"].tolist() == [1, 1]


def test_openings_that_stand_twice_are_refused():
    with pytest.raises(ContractError, match="openings"):
        nowcast(pd.concat([COUNTS, COUNTS[["openings"]]], axis=1), date(2025, 1, 31))


def test_quarters_that_are_lists_are_rejected_rows():
    odd = COUNTS.assign(quarter=pd.Series([None, ["2025Q1", "2025Q2"]], dtype="object"))
    assert nowcast(odd, date(2025, 1, 31)).rejected["reason"].tolist() == ["周或日期无法识别"]
