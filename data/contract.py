"""Contracts: what a table must look like where it crosses a package boundary.

One contract serves both stages: Arrow tables and record batches of the heavy stage,
pandas frames of the light one.  The rules are evaluated on Arrow arrays; what comes
back is of the kind that was given.

`Contract.check` raises on the first broken table; `Contract.split` never drops a row:
it returns the valid rows and, as a second value, the rejected ones with a reason.
"""

from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .errors import ContractError, UnknownColumnsError

Table = TypeVar("Table", pd.DataFrame, pa.Table)

REASON = "reason"
EXACT_WHOLE_NUMBERS = 2.0**53


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract.

    Parameters
    ----------
    name : str
        Name with its unit, such as ``wage_yuan_month``.
    type : pyarrow.DataType
        Logical type; values that can be converted without loss are converted.
    description : str
        What the column holds, in the field's terms.
    nullable : bool
        Whether a value, or the whole column, may be missing.
    minimum, maximum : float, optional
        Closed range of a number.
    admitted : tuple of str
        The only admitted values, when not empty.
    pattern : str
        RE2 pattern that a text must match in full, when not empty.
    """

    name: str
    type: pa.DataType
    description: str
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    admitted: tuple[str, ...] = ()
    pattern: str = ""


class Split(NamedTuple, Generic[Table]):
    """Valid rows in the contract's form, and rejected rows as given with a reason."""

    valid: Table
    rejected: Table


@dataclass(frozen=True, slots=True)
class Contract:
    r"""Columns, types, units, ranges and key of a table.

    Examples
    --------
    >>> import pandas as pd, pyarrow as pa
    >>> demand = Contract("demand", (
    ...     Column("quarter", pa.string(), "calendar quarter", pattern=r"\d{4}Q[1-4]"),
    ...     Column("openings", pa.float64(), "openings, persons", minimum=0),
    ... ), key=("quarter",))
    >>> valid, rejected = demand.split(
    ...     pd.DataFrame({"quarter": ["2026Q1", "2026Q2"], "openings": [10, -1]}))
    >>> len(valid), rejected["reason"].tolist()
    (1, ['openings: -1 is below 0'])
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema of a table that keeps the contract."""
        return pa.schema(
            pa.field(column.name, column.type, nullable=column.nullable) for column in self.columns
        )

    @property
    def names(self) -> list[str]:
        """Column names in the contract's order."""
        return [column.name for column in self.columns]

    def check(self, table: Table) -> Table:
        """Return the table in the contract's form, or raise when any row breaks it.

        Columns outside the contract are left out; missing nullable columns are added empty.

        Raises
        ------
        ContractError
            When a row breaks a rule; the message counts the rows and quotes the reasons.
        UnknownColumnsError
            When a required column is missing.
        """
        valid, rejected = self.split(table)
        if len(rejected):
            reasons = rejected[REASON]
            distinct = list(dict.fromkeys(
                reasons.to_pylist() if isinstance(reasons, pa.ChunkedArray) else reasons.tolist()
            ))  # fmt: skip
            raise ContractError(
                f"{len(rejected)} of {len(table)} rows break the contract of '{self.name}'",
                which=distinct,
                action="correct these rows, or take the valid ones with Contract.split",
            )
        return valid

    def split(self, table: Table) -> Split[Table]:
        """Return the valid rows in the contract's form and the rejected rows with reasons.

        Raises
        ------
        UnknownColumnsError
            When a required column is missing: then no row could be judged.
        """
        given = list(table.column_names if isinstance(table, pa.Table) else table.columns)
        self._require(given)
        arrays, reasons = [], pa.nulls(len(table), pa.string())
        for column in self.columns:
            if column.name not in given:
                arrays.append(pa.nulls(len(table), column.type))
                continue
            array, converted = _convert(_array_of(table, column.name), column)
            arrays.append(array)
            reasons = _first(reasons, converted)
            reasons = _first(reasons, _violations(array, column))
        conformed = pa.Table.from_arrays(arrays, names=self.names)
        reasons = _first(reasons, self._repeated(conformed, pc.is_null(reasons)))
        return self._parted(table, conformed, reasons)

    def _require(self, given: list[str]) -> None:
        required = [c.name for c in self.columns if not c.nullable]
        missing = [name for name in required if name not in given]
        if missing:
            raise UnknownColumnsError(
                f"the table '{self.name}' lacks columns",
                which=missing,
                got=", ".join(given[:12]) or "no column at all",
                expected=", ".join(required),
                action="rename or add them",
            )

    def _repeated(self, conformed: pa.Table, sound: pa.Array) -> pa.Array:
        """Reasons for rows whose key stands in an earlier sound row."""
        if not self.key:
            return pa.nulls(len(conformed), pa.string())
        keys = conformed.select(list(self.key)).to_pandas()
        sound_rows = sound.to_numpy(zero_copy_only=False)
        repeated = keys[sound_rows].duplicated()
        reasons: list[str | None] = [None] * len(keys)
        for row in repeated.index[repeated]:
            values = " ".join("-" if pd.isna(v) else str(v) for v in keys.loc[row])
            reasons[row] = f"key {values} stands twice"
        return pa.array(reasons, pa.string())

    def _parted(self, table: Table, conformed: pa.Table, reasons: pa.Array) -> Split[Table]:
        sound = pc.is_null(reasons)
        valid = conformed.filter(sound).cast(self.schema)
        if isinstance(table, pa.Table):
            rejected = table.filter(pc.invert(sound))
            return Split(valid, rejected.append_column(REASON, reasons.drop_null()))
        broken = ~sound.to_numpy(zero_copy_only=False)
        rejected = table[broken].assign(**{REASON: reasons.drop_null().to_pylist()})
        return Split(valid.to_pandas(), rejected)

    def empty(self) -> pd.DataFrame:
        """A frame with the contract's columns and no row."""
        return self.schema.empty_table().to_pandas()


def _array_of(table: pd.DataFrame | pa.Table, name: str) -> pa.Array:
    if isinstance(table, pa.Table):
        return table[name].combine_chunks()
    try:
        array = pa.Array.from_pandas(table[name])
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        # A column of mixed kinds, as spreadsheets make them, is judged as text.
        values = table[name]
        array = pa.array([None if pd.isna(v) else str(v) for v in values], pa.string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _convert(array: pa.Array, column: Column) -> tuple[pa.Array, pa.Array]:
    """Convert to the column's type; values that cannot be converted become null with a reason."""
    none = pa.nulls(len(array), pa.string())
    if pa.types.is_string(column.type) and pa.types.is_floating(array.type):
        array = _without_point(array)
    try:
        return pc.cast(array, column.type), none
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _convert_one_by_one(array, column)


def _without_point(array: pa.Array) -> pa.Array:
    """Undo what spreadsheets and csv readers make of codes with gaps (1.0, 2.0)."""
    array = pc.if_else(pc.is_finite(array), array, None)
    exact = pc.less(pc.abs(array), EXACT_WHOLE_NUMBERS)
    whole = pc.and_(exact, pc.equal(pc.floor(array), array))
    return pc.cast(array, pa.int64()) if pc.all(whole).as_py() else array


def _convert_one_by_one(array: pa.Array, column: Column) -> tuple[pa.Array, pa.Array]:
    values: list[pa.Scalar] = []
    reasons: list[str | None] = []
    for value in array:
        try:
            values.append(pc.cast(value, column.type))
            reasons.append(None)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            values.append(pa.scalar(None, column.type))
            reasons.append(f"{column.name}: '{str(value)[:40]}' is not {_kind(column.type)}")
    return (
        pa.array([v.as_py() for v in values], column.type),
        pa.array(reasons, pa.string()),
    )


def _kind(data_type: pa.DataType) -> str:
    if pa.types.is_integer(data_type):
        return "a whole number"
    if pa.types.is_floating(data_type):
        return "a number"
    return "a date" if pa.types.is_date(data_type) else f"of type {data_type}"


def _violations(array: pa.Array, column: Column) -> pa.Array:
    """Reasons per row for nulls, ranges, admitted values and patterns; null where sound."""
    reasons = pa.nulls(len(array), pa.string())
    if not column.nullable and array.null_count:
        reasons = _where(pc.is_null(array), f"{column.name}: missing", reasons)
    if pa.types.is_floating(array.type):
        infinite = pc.fill_null(pc.invert(pc.is_finite(array)), False)
        reasons = _quoted(infinite, array, column, "is not a finite number", reasons)
    if column.minimum is not None:
        low = pc.fill_null(pc.less(array, column.minimum), False)
        reasons = _quoted(low, array, column, f"is below {column.minimum:g}", reasons)
    if column.maximum is not None:
        high = pc.fill_null(pc.greater(array, column.maximum), False)
        reasons = _quoted(high, array, column, f"is above {column.maximum:g}", reasons)
    if column.admitted:
        known = pc.is_in(array, pa.array(column.admitted, column.type))
        other = pc.and_(pc.is_valid(array), pc.invert(known))
        expected = f"is not one of {', '.join(column.admitted[:8])}"
        reasons = _quoted(other, array, column, expected, reasons)
    if column.pattern:
        match = pc.match_substring_regex(array, f"^(?:{column.pattern})$")
        odd = pc.fill_null(pc.invert(match), False)
        reasons = _quoted(odd, array, column, f"does not match {column.pattern}", reasons)
    return reasons


def _quoted(
    mask: pa.Array, array: pa.Array, column: Column, fault: str, reasons: pa.Array
) -> pa.Array:
    if not pc.any(mask).as_py():
        return reasons
    shown = pc.utf8_slice_codeunits(pc.cast(array, pa.string()), 0, 40)
    text = pc.binary_join_element_wise(f"{column.name}: ", shown, f" {fault}", "")
    return _first(reasons, pc.if_else(mask, text, None))


def _where(mask: pa.Array, text: str, reasons: pa.Array) -> pa.Array:
    return _first(reasons, pc.if_else(mask, text, None))


def _first(reasons: pa.Array, more: pa.Array) -> pa.Array:
    """Keep the earlier reason of each row, else take the later one."""
    return pc.coalesce(reasons, more)
