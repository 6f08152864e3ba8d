"""Quarters: the one spelling, arithmetic, and the quarter of a date."""

import datetime
import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InputError
from data.quarters import parse_quarter, quarters_between, quarters_of, shift_quarter

QUARTERS = st.builds("{}Q{}".format, st.integers(1950, 2049), st.integers(1, 4))


@given(QUARTERS, st.integers(-80, 80))
def test_shifting_there_and_back_changes_nothing(quarter: str, by: int) -> None:
    assert shift_quarter(shift_quarter(quarter, by), -by) == quarter


@given(QUARTERS, st.integers(0, 60))
def test_quarters_between_are_successive_and_complete(first: str, count: int) -> None:
    quarters = quarters_between(first, shift_quarter(first, count))
    assert len(quarters) == count + 1
    assert quarters[0] == first
    assert all(shift_quarter(a, 1) == b for a, b in itertools.pairwise(quarters))


def test_a_span_that_ends_before_it_starts_is_empty() -> None:
    assert quarters_between("2026Q2", "2026Q1") == []


@pytest.mark.parametrize(
    "text", ["2026Q5", "2026Q0", "1899Q4", "2100Q1", "2026q4", "2026Q4\n", "20２６Q4", "", "2026"]
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="not a quarter"):
        parse_quarter(text)


@given(st.dates(datetime.date(1950, 1, 1), datetime.date(2049, 12, 31)))
def test_the_quarter_of_a_date_contains_it(day: datetime.date) -> None:
    quarter = quarters_of(pd.Series(pd.to_datetime([day])))[0]
    period = parse_quarter(quarter)
    assert period.start_time.date() <= day <= period.end_time.date()


def test_a_missing_date_has_no_quarter_and_the_index_stays() -> None:
    dates = pd.Series(pd.to_datetime(["2026-12-31", None]), index=[5, 9])
    quarters = quarters_of(dates)
    assert quarters[5] == "2026Q4"
    assert pd.isna(quarters[9])
