"""Periods are recognised, counted and continued; broken series are set apart with a reason."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError, UnknownColumnsError
from forecasting import clean_series, read_periods


def table(periods, values, name="A"):
    return pd.DataFrame({"series_id": name, "period": periods, "value": values})


@pytest.mark.parametrize(
    ("texts", "season_length", "following"),
    [
        (["2026Q3", "2026Q4"], 4, "2027Q1"),
        (["2026-11", "2026-12"], 12, "2027-01"),
        (["2026-01", "2026-04"], 4, "2026-07"),
        (["1994-09-01", "1994-12-01"], 4, "1995-03-01"),
        (["1998-09-30", "1998-12-31"], 4, "1999-03-31"),
        (["2024-01-31", "2024-02-29"], 12, "2024-03-31"),
        (["2020-01-01", "2021-01-01"], 1, "2022-01-01"),
        (["9", "10"], 1, "11"),
        (["-1", "0"], 1, "1"),
    ],
)
def test_forms_are_recognised_and_continued(texts, season_length, following):
    index, positions = read_periods(texts)
    assert index.season_length == season_length
    assert positions == [0, 1]
    assert index.label(2) == following
    assert [index.label(position) for position in positions] == texts


@given(st.integers(1950, 2090), st.integers(1, 4), st.integers(0, 80))
def test_quarters_follow_the_calendar(year, quarter, ahead):
    index, _ = read_periods([f"{year}Q{quarter}"])
    assert index.label(ahead) == str(pd.Period(f"{year}Q{quarter}", freq="Q") + ahead)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["2026Q1", "2026-05"], "different frequency.*month and quarter"),
        (["2026Q5"], "not a period; got '2026Q5'"),
        (["2026-13"], "not a period"),
        (["2026-02-30"], "not a day of the calendar"),
        (["2026-01-01", "2026-02-05"], "different days of the month; got days 1, 5"),
        (["２０２６Q1"], "not a period"),
        (["1" * 50], "not a period"),
        ([], "no period"),
    ],
)
def test_what_is_no_period_is_refused(texts, message):
    with pytest.raises(InputError, match=message):
        read_periods(texts)


def test_rows_are_sorted_and_gaps_made_explicit():
    clean = clean_series(table(["2026Q4", "2026Q1", "2026Q2"], [4, 1, 2]))
    series = clean.series[0]
    assert np.array_equal(series.observations, [1, 2, np.nan, 4], equal_nan=True)
    assert series.gaps == 1
    assert series.periods.label(4) == "2027Q1"
    assert "1 of 4 periods are missing" in clean.notes["note"].iloc[0]


def test_missing_ends_are_left_out_with_a_note():
    clean = clean_series(table(["2026Q1", "2026Q2", "2026Q3", "2026Q4"], [None, 2, 3, None]))
    assert clean.series[0].observations.tolist() == [2, 3]
    assert clean.series[0].periods.label(0) == "2026Q2"
    assert "last observation is of 2026Q3" in clean.notes["note"].iloc[0]


@pytest.mark.parametrize(
    ("periods", "values", "reason"),
    [
        (["2026Q1"], [1.0], "too few observations; got 1"),
        (["2026Q1", "2026Q2"], [None, None], "too few observations; got 0"),
        (["2026Q1", "2026Q2"], [1.0, -2.0], "a count is negative; got -2"),
        (["2026Q1", "2026Q1"], [1.0, 2.0], "key A 2026Q1 stands twice"),
        (["2026Q1", "2026Q2"], [1.0, np.inf], "inf is not a finite number"),
        (["2026Q1", "2026Q2"], [1.0, 1e30], "too large to be true"),
        (["2026Q1", "2026Q2"], ["1", "many"], "'many' is not a number"),
        (["2026Q1", "2026-05"], [1.0, 2.0], "different frequency"),
        (["1", "999999999"], [1.0, 2.0], "most periods are missing"),
        (["202611", "202612", "202701"], [1.0, 2.0, 3.0], "most periods are missing"),
    ],
)
def test_a_broken_series_is_rejected_and_the_other_goes_on(periods, values, reason):
    sound = table(["2026Q1", "2026Q2"], [5.0, 6.0], "B")
    clean = clean_series(pd.concat([table(periods, values), sound], ignore_index=True))
    assert [series.series_id for series in clean.series] == ["B"]
    assert clean.rejected["series_id"].tolist() == ["A"]
    assert reason in clean.rejected["reason"].iloc[0]


def test_negative_values_pass_when_they_are_no_counts():
    clean = clean_series(table(["2026Q1", "2026Q2"], [1.0, -2.0]), non_negative=False)
    assert clean.series[0].observations.tolist() == [1, -2]


def test_pandas_dates_and_periods_are_read_too():
    dates = clean_series(table(pd.to_datetime(["2026-01-01", "2026-04-01"]), [1, 2]))
    quarters = clean_series(table(pd.period_range("2026Q1", periods=2, freq="Q"), [1, 2]))
    assert dates.series[0].season_length == quarters.series[0].season_length == 4
    assert quarters.series[0].periods.label(2) == "2026Q3"


def test_constant_columns_are_groups_and_others_are_named():
    rows = table(["2026Q1", "2026Q2"], [1, 2]).assign(industry="C", remark=["x", "y"], level="z")
    clean = clean_series(rows)
    assert clean.series[0].groups == {"industry": "C"}
    assert "['remark', 'level']" in clean.notes["note"].iloc[0]


def test_a_missing_column_is_an_error():
    with pytest.raises(UnknownColumnsError, match="value"):
        clean_series(pd.DataFrame({"series_id": ["A"], "period": ["2026Q1"]}))
