"""What is declared about a series: changes of source, and periods that were not measured.

A found level shift may be demand; a declared one is a change of the source and says nothing
about it.  What came before is brought to the level after it (`breaks.bring_to_level_after`), and
a declared gap becomes a missing period.  Records come from the corrections file (contract
CORRECTIONS).
"""

from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from data.tables import CORRECTIONS

from .breaks import bring_to_level_after
from .series import TimeSeries, notes_frame

SHIFTS = ("level_shift", "board_joined")
GAP = "gap"
OUTSIDE = -1
GUARD_TOLERANCE = 1e-6


def join_sources(
    series: Iterable[TimeSeries], corrections: pd.DataFrame, table: str = "demand"
) -> tuple[tuple[TimeSeries, ...], pd.DataFrame]:
    """Take declared changes of source out of series, and blank declared gaps.

    Parameters
    ----------
    series : iterable of TimeSeries
        Series; ``series`` of a record is their name.
    corrections : pandas.DataFrame
        Contract CORRECTIONS. Only active records on ``table`` of the kinds ``level_shift``,
        ``board_joined`` and ``gap`` count here.
    table : str
        Input table that the series come from.

    Returns
    -------
    tuple of TimeSeries
        In the same order.
    pandas.DataFrame
        ``series_id, note``: every record that was applied, and those that could not be, because
        there is no such series, the period is not in it or is at its end, or the guard no longer
        holds.

    Raises
    ------
    ContractError
        When the table breaks its contract.
    """
    records = CORRECTIONS.check(corrections)
    active = records[
        (records["status"] == "active")
        & (records["table"] == table)
        & records["what"].isin([*SHIFTS, GAP])
    ]
    by_series = {str(name): rows for name, rows in active.groupby("series", sort=True)}
    corrected, notes = [], []
    for one in series:
        if one.series_id in by_series:
            one, remarks = _corrected(one, by_series.pop(one.series_id))
            notes += [(one.series_id, remark) for remark in remarks]
        corrected.append(one)
    for name, rows in by_series.items():
        problem = "not applied: there is no usable series of this name"
        notes += [(name, f"{_declaration(record)} {problem}") for record in _records(rows)]
    return tuple(corrected), notes_frame(notes)


def _records(rows: pd.DataFrame) -> list[dict[Hashable, Any]]:
    return rows.sort_values("quarter").to_dict("records")


def _declaration(record: dict[Hashable, Any]) -> str:
    return f"declared {record['what'].replace('_', ' ')} at {record['quarter']}"


def _corrected(series: TimeSeries, records: pd.DataFrame) -> tuple[TimeSeries, list[str]]:
    size = series.observations.size
    positions = {series.periods.label(place): place for place in range(size)}
    shifts: list[int] = []
    gaps: list[int] = []
    remarks = []
    for record in _records(records):
        place = positions.get(record["quarter"], OUTSIDE)
        what = _declaration(record)
        problem = _problem(series, place, record["what"], record["guard"])
        if problem:
            remarks.append(f"{what} not applied: {problem}")
            continue
        (gaps if record["what"] == GAP else shifts).append(place)
        remarks.append(f"{what}: {record['reason']}")
    values = series.observations.copy()
    values[gaps] = np.nan
    joined = bring_to_level_after(values, shifts, series.season_length)
    return replace(series, observations=joined), remarks


def _problem(series: TimeSeries, place: int, what: str, guard: float) -> str:
    """Why a record cannot be applied; empty when it can."""
    if place == OUTSIDE:
        return "the period is not in the series"
    if place == 0:
        return "the series has no period before it"
    value = series.observations[place]
    if what == GAP and place == series.observations.size - 1:
        return "the last period cannot be a gap; leave it out of the input"
    if not pd.isna(guard) and not np.isclose(value, guard, rtol=GUARD_TOLERANCE, equal_nan=False):
        return f"the guard expects {guard:g}, the source has {value:g} by now"
    return ""
