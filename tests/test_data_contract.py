"""Contracts: no row is lost, every fault is named, both kinds of table agree."""

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.contract import REASON, Column, Contract
from data.errors import ContractError, UnknownColumnsError
from data.tables import CORRECTIONS, DEMAND, SEEKERS

STAFF = Contract(
    "staff",
    (
        Column("code", pa.string(), "code", pattern=r"[A-T]|\d{2}"),
        Column("state", pa.string(), "state", nullable=True, admitted=("open", "closed")),
        Column("persons", pa.float64(), "persons", minimum=0, maximum=100),
        Column("classes", pa.int64(), "classes", nullable=True),
        Column("day", pa.date32(), "day", nullable=True),
    ),
    key=("code",),
)


def frame(**columns: list[object]) -> pd.DataFrame:
    rows = len(next(iter(columns.values())))
    return pd.DataFrame({"code": ["A"] * rows, "persons": [1.0] * rows} | columns)


def reasons(table: pd.DataFrame) -> list[str]:
    return STAFF.split(table).rejected[REASON].tolist()


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"code": [None]}, "code: missing"),
        ({"code": ["AB"]}, r"code: AB does not match [A-T]|\d{2}"),
        ({"code": ["A\n"]}, "code: A\n does not match [A-T]|\\d{2}"),
        ({"state": ["ajar"]}, "state: ajar is not one of open, closed"),
        ({"persons": [-0.5]}, "persons: -0.5 is below 0"),
        ({"persons": [100.5]}, "persons: 100.5 is above 100"),
        ({"persons": [np.inf]}, "persons: inf is not a finite number"),
        ({"persons": ["many"]}, "persons: 'many' is not a number"),
        ({"classes": [2.5]}, "classes: '2.5' is not a whole number"),
        ({"day": ["1 May"]}, "day: '1 May' is not a date"),
    ],
)
def test_every_kind_of_fault_is_named(columns: dict[str, list[object]], reason: str) -> None:
    assert reasons(frame(**columns)) == [reason]


def test_valid_rows_take_the_form_of_the_contract() -> None:
    given_rows = frame(code=["12"], persons=["3.5"], classes=["4"], day=["2026-10-01"], other=["x"])
    valid, rejected = STAFF.split(given_rows)
    assert len(rejected) == 0
    assert list(valid.columns) == STAFF.names
    expected = ["12", None, 3.5, 4, datetime.date(2026, 10, 1)]
    assert [None if pd.isna(value) else value for value in valid.iloc[0]] == expected


def test_only_the_first_sound_row_of_a_key_is_valid() -> None:
    valid, rejected = STAFF.split(frame(code=["A", "A", "A", "B"], persons=[-1.0, 2.0, 3.0, 4.0]))
    assert valid["persons"].tolist() == [2.0, 4.0]
    assert rejected[REASON].tolist() == ["persons: -1 is below 0", "key A stands twice"]


def test_missing_parts_of_a_key_are_equal_to_each_other() -> None:
    rows = pd.DataFrame(
        {"quarter": ["2026Q4"] * 2, "industry_code": ["C"] * 2, "openings": [1.0, 2.0]}
    )
    assert DEMAND.split(rows).rejected[REASON].tolist() == ["key 2026Q4 C - stands twice"]


def test_rejected_rows_stay_as_given_and_keep_their_index() -> None:
    rows = frame(persons=[1.0, -1.0], remark=["x", "y"]).set_axis([7, 9])
    rejected = STAFF.split(rows).rejected
    assert rejected.index.tolist() == [9]
    assert rejected["remark"].tolist() == ["y"]


def test_codes_that_became_numbers_are_read_back() -> None:
    valid, _ = STAFF.split(frame(code=[12.0, np.nan, 34.0]))
    assert valid["code"].tolist() == ["12", "34"]


@pytest.mark.parametrize("as_arrow", [False, True])
def test_text_from_numbers_with_decimals_is_not_cut(as_arrow: bool) -> None:
    contract = Contract("wages", (Column("wage", pa.string(), "as printed", nullable=True),))
    rows = pd.DataFrame({"wage": [4500.5, 5000.0, np.nan]})
    table = pa.Table.from_pandas(rows, preserve_index=False) if as_arrow else rows
    valid = contract.split(table).valid
    values = valid["wage"].to_pylist() if as_arrow else valid["wage"].tolist()
    assert values[:2] == ["4500.5", "5000"]
    assert pd.isna(values[2])


def test_check_raises_with_count_and_reasons() -> None:
    with pytest.raises(ContractError, match=r"1 of 2 rows .* 'staff' .*persons: -1 is below 0"):
        STAFF.check(frame(code=["A", "B"], persons=[1.0, -1.0]))


def test_a_required_column_that_is_missing_is_named() -> None:
    with pytest.raises(UnknownColumnsError, match=r"lacks columns \(1: persons\); got code"):
        STAFF.split(pd.DataFrame({"code": ["A"]}))


def test_an_empty_table_keeps_every_contract() -> None:
    for contract in (STAFF, DEMAND, SEEKERS, CORRECTIONS):
        empty = contract.empty()
        assert list(contract.check(empty).columns) == contract.names


CELLS = st.one_of(
    st.none(), st.text(max_size=4), st.integers(-5, 200), st.floats(), st.sampled_from("ABC")
)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12))
def test_no_row_is_lost_and_valid_rows_are_stable(rows: list[tuple[object, ...]]) -> None:
    table = pd.DataFrame(rows, columns=["code", "persons", "classes"], dtype=object)
    valid, rejected = STAFF.split(table)
    assert len(valid) + len(rejected) == len(table)
    assert rejected[REASON].notna().all()
    again = STAFF.split(valid)
    assert len(again.rejected) == 0
    pd.testing.assert_frame_equal(again.valid, valid)


@given(
    st.lists(
        st.tuples(st.sampled_from(["A", "B", "12", "??", None]), st.floats(-2, 102)), max_size=12
    )
)
def test_arrow_tables_and_frames_are_judged_alike(rows: list[tuple[str | None, float]]) -> None:
    codes, persons = [row[0] for row in rows], [row[1] for row in rows]
    arrow = pa.table(
        {"code": pa.array(codes, pa.string()), "persons": pa.array(persons, pa.float64())}
    )
    from_arrow, from_frame = STAFF.split(arrow), STAFF.split(arrow.to_pandas())
    assert from_arrow.rejected[REASON].to_pylist() == from_frame.rejected[REASON].tolist()
    assert from_arrow.valid.schema == STAFF.schema
    assert from_arrow.valid["persons"].to_pylist() == from_frame.valid["persons"].tolist()
