"""From the long table of series to one clean array each.

Rows may come in any order.  Gaps become explicit missing values; a series with a row that
breaks the contract is rejected as a whole, with the reason, while the others go on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.contract import REASON
from data.errors import InputError
from data.tables import FORECAST, SERIES

from .long_tables import require_columns
from .periods import PeriodIndex, read_periods

SMALLEST_OBSERVED_SHARE = 0.5
LARGEST_SIZE = 1e15
TABLE = "the table 'series'"


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """One regular series.

    Parameters
    ----------
    series_id : str
        Name of the series.
    periods : PeriodIndex
        Its periods; position 0 is the first observation, the last position the last one.
    observations : numpy.ndarray of shape (n_periods,)
        One value a period; NaN where a period is missing. First and last are observed.
    season_length : int
        Periods in a season; 1 for none.
    groups : dict of str to object
        Values of the group columns, to be carried over.
    """

    series_id: str
    periods: PeriodIndex
    observations: np.ndarray
    season_length: int
    groups: dict[str, object] = field(default_factory=dict)

    @property
    def gaps(self) -> int:
        """Periods without an observation."""
        return int(np.isnan(self.observations).sum())


class CleanSeries(NamedTuple):
    """Usable series; rejected ones (``series_id, reason``); remarks (``series_id, note``)."""

    series: tuple[TimeSeries, ...]
    rejected: pd.DataFrame
    notes: pd.DataFrame


def clean_series(
    frame: pd.DataFrame, *, season_length: int | None = None, non_negative: bool = True
) -> CleanSeries:
    """Sort, complete and check the series of a long table.

    Parameters
    ----------
    frame : pandas.DataFrame
        Contract SERIES; further columns that are constant within each series are its groups.
        Periods may also be pandas dates or periods.
    season_length : int, optional
        Periods in a season, instead of the one that follows from the periods.
    non_negative : bool
        Reject a series that holds a negative value.

    Returns
    -------
    CleanSeries
        Series in the order of their names. Rows without a name are one line of the rejected,
        under an empty name.

    Raises
    ------
    ContractError
        When a column stands twice.
    UnknownColumnsError
        When ``series_id``, ``period`` or ``value`` is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"series_id": "A", "period": ["2026Q3", "2026Q1"], "value": [5, 3]})
    >>> clean_series(table).series[0].observations
    array([ 3., nan,  5.])
    """
    # The contract lets a column of missing values be left out; here nothing would remain.
    require_columns(frame, list(dict.fromkeys([*SERIES.names, *frame.columns])), TABLE)
    table = frame.reset_index(drop=True)
    table = table.assign(
        series_id=_plain(table["series_id"]),
        period=_plain(_period_texts(table["period"])),
        value=_plain(table["value"]),
    )
    groups, note = _group_columns(table)
    valid, broken = SERIES.split(table)
    valid = valid.set_index(table.index.difference(broken.index))
    nameless = broken["series_id"].isna()
    reasons = _reasons_of_rows(broken[~nameless])
    series: list[TimeSeries] = []
    remarks: list[tuple[str, str]] = [("", note)] if note else []
    for name, rows in valid.groupby("series_id", sort=True):
        series_id = str(name)
        if series_id in reasons:
            continue
        try:
            one = _one_series(series_id, rows, season_length, non_negative)
        except InputError as error:
            reasons[series_id] = str(error)
            continue
        carried: dict[str, object] = {
            column: table[column].iloc[rows.index[0]] for column in groups
        }
        series.append(TimeSeries(*one, groups=carried))
        remarks += [(series_id, remark) for remark in _remarks(series[-1], rows)]
    lines = [("", _reason_of(broken[nameless]))] if nameless.any() else []
    lines += sorted(reasons.items())
    rejected = pd.DataFrame(lines, columns=["series_id", REASON], dtype="str")
    return CleanSeries(tuple(series), rejected, notes_frame(remarks))


def notes_frame(remarks: list[tuple[str, str]]) -> pd.DataFrame:
    """Table ``series_id, note``; an empty name is a remark on all series."""
    return pd.DataFrame(remarks, columns=["series_id", "note"], dtype="str")


def _period_texts(periods: pd.Series) -> pd.Series:
    if isinstance(periods.dtype, pd.PeriodDtype):
        return periods.astype("str")
    if pd.api.types.is_datetime64_any_dtype(periods):
        return periods.dt.strftime("%Y-%m-%d")
    return periods


def _plain(column: pd.Series) -> pd.Series:
    """Write as text what Arrow cannot hold, so that it is one row with a reason."""
    if column.dtype.kind not in "Oc":
        return column
    return column.astype("object").map(_plain_cell)


def _plain_cell(cell: object) -> object:
    if isinstance(cell, complex) and cell.imag == 0:
        return cell.real
    is_huge = isinstance(cell, int) and abs(cell) > LARGEST_SIZE
    return str(cell) if is_huge or isinstance(cell, complex) or not _is_hashable(cell) else cell


def _is_hashable(cell: object) -> bool:
    try:
        hash(cell)
    except TypeError:
        return False
    return True


def _group_columns(table: pd.DataFrame) -> tuple[list[str], str]:
    """Columns to carry over, and a remark on the others."""
    further = [c for c in table.columns if c not in SERIES.names]
    if not further:
        return [], ""
    single = [c for c in further if table[c].map(_is_hashable).all()]
    distinct = table.groupby("series_id")[single].nunique(dropna=False)
    constant = [c for c in single if c not in FORECAST.names and bool((distinct[c] <= 1).all())]
    others = [str(c) for c in further if c not in constant]
    note = (
        "columns not carried over, as they vary within a series, hold lists or name a result: "
        f"{others}"
    )
    return constant, note if others else ""


def _reasons_of_rows(broken: pd.DataFrame) -> dict[str, str]:
    """Reason per series that has a broken row."""
    reasons: dict[str, str] = {}
    for name, rows in broken.groupby("series_id", sort=True):
        reasons[str(name)] = _reason_of(rows)
    return reasons


def _reason_of(rows: pd.DataFrame) -> str:
    return f"{len(rows)} rows cannot be used; first: {rows[REASON].iloc[0]}"


def _one_series(
    series_id: str, rows: pd.DataFrame, season_length: int | None, non_negative: bool
) -> tuple[str, PeriodIndex, np.ndarray, int]:
    index, positions = read_periods(rows["period"].tolist())
    values = rows["value"].to_numpy(dtype=float)
    observed = np.flatnonzero(~np.isnan(values))
    if observed.size < 2:
        raise InputError("too few observations", got=observed.size, expected="at least 2")
    if non_negative and np.nanmin(values) < 0:
        raise InputError(
            "a count is negative",
            got=f"{np.nanmin(values):g}",
            action="correct it, or forecast with non_negative=False",
        )
    if np.nanmax(np.abs(values)) > LARGEST_SIZE:
        raise InputError(
            "a value is too large to be true",
            got=f"{np.nanmax(np.abs(values)):g}",
            expected=f"at most {LARGEST_SIZE:g}",
        )
    places = np.asarray(positions)[observed]
    first, last = int(places.min()), int(places.max())
    length = last - first + 1
    if observed.size < SMALLEST_OBSERVED_SHARE * length:
        raise InputError(
            "most periods are missing",
            got=f"{observed.size} observations on {length} periods",
            expected="at least half of them",
        )
    regular = np.full(length, np.nan)
    regular[places - first] = values[observed]
    shifted = PeriodIndex(index.form, index.first + first * index.step, index.step, index.day)
    return series_id, shifted, regular, season_length or shifted.season_length


def _remarks(series: TimeSeries, rows: pd.DataFrame) -> Iterator[str]:
    if series.gaps:
        length = series.observations.size
        yield f"{series.gaps} of {length} periods are missing; filled for models that need it"
    last = series.periods.label(series.observations.size - 1)
    beyond = rows["value"].isna().sum() - series.gaps
    if beyond > 0:
        yield f"missing values at the ends are left out; the last observation is of {last}"
