"""Small input tables: demand, seekers, supply, evidence, previous lists, corrections."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ..contract import REASON, Column, Contract, Split
from ..errors import EmptyInputError, UnknownColumnsError, UnreadableFileError
from .files import rows_of, text_columns
from .headers import find_header
from .limits import ReaderLimits, check_file, check_size


def read_table(
    path: Path | str,
    contract: Contract,
    *,
    sheet: str | int | None = None,
    may_be_empty: bool = False,
    limits: ReaderLimits | None = None,
) -> Split[pd.DataFrame]:
    """Read a csv, xlsx or parquet file into the form of its contract.

    Parameters
    ----------
    path : path
        File with Chinese or English headers; the header may stand below a heading.
    contract : Contract
        Contract of the table, from `data.tables`.
    sheet : str or int, optional
        Sheet of a workbook; the first by default.
    may_be_empty : bool
        Whether a table with headers and no row is a statement of its own ("no corrections").
    limits : ReaderLimits, optional

    Returns
    -------
    Split
        Valid rows in the contract's form, and the rejected rows (recognised columns, as text)
        with a reason.  Every row of the file is in one of the two.

    Raises
    ------
    MissingFileError
        When the file is not there.
    EmptyInputError
        When the file holds no row.
    UnreadableFileError
        When its format, encoding or size cannot be accepted.
    UnknownColumnsError
        When a required column, or every column, is missing.
    ContractError
        When a header stands twice.
    """
    path, limits = Path(path), limits or ReaderLimits()
    check_file(path)
    check_size(path, limits)
    if path.suffix.lower() == ".parquet":
        rows = _parquet_rows(path, limits)
    else:
        rows = rows_of(path, sheet=sheet, limits=limits)
    header, body = find_header(rows, contract, path.name)
    columns, reasons = text_columns(
        itertools.islice(body, limits.rows + 1), header, contract, limits
    )
    if len(reasons) > limits.rows:
        raise _too_many_rows(path, limits)
    if not reasons and not may_be_empty:
        raise EmptyInputError(
            f"'{path.name}' has headers and no row",
            expected=f"rows of the table '{contract.name}'",
            action="export it again, or leave it out",
        )
    return _split(columns, reasons, contract)


def with_other_columns(
    path: Path | str, contract: Contract, *, required: Sequence[str] = ()
) -> Contract:
    """Extend a contract by the further columns of a csv or parquet file, as optional text.

    Parameters
    ----------
    path : path
        File with its header in the first row.
    contract : Contract
        Contract of the table.
    required : sequence of str
        Columns that may hold blanks and yet must stand in the file.

    Raises
    ------
    MissingFileError, UnreadableFileError, UnknownColumnsError
        As for `read_table`, and when a required column is missing.
    """
    path = Path(path)
    check_file(path)
    if path.suffix.lower() == ".parquet":
        with _sound_parquet(path):
            names = pq.read_schema(path).names
    else:
        names = [str(name) for name in next(iter(rows_of(path, limits=ReaderLimits())), [])]
    header, _ = find_header(iter([names]), contract, path.name)
    missing = [name for name in required if name not in header.positions]
    if missing:
        raise UnknownColumnsError(
            f"'{path.name}' lacks columns of the table '{contract.name}'",
            which=missing,
            got=", ".join(name[:20] for name in names[:12]),
            expected=", ".join(contract.names),
            action="rename or add them",
        )
    others = [n for i, n in enumerate(names) if n and i not in header.positions.values()]
    group = tuple(Column(n, pa.string(), "group of the series", nullable=True) for n in others)
    return replace(contract, columns=contract.columns + group)


def _split(
    columns: dict[str, list[str | None]], reasons: list[str | None], contract: Contract
) -> Split[pd.DataFrame]:
    """Judge the rows whose shape is sound; all others are rejected for their shape."""
    frame = pd.DataFrame({name: pd.Series(texts, dtype="str") for name, texts in columns.items()})
    misshapen = pd.Series(reasons, dtype="str")
    sound = misshapen.isna()
    valid, rejected = contract.split(frame[sound])
    shapes = frame[~sound].assign(**{REASON: misshapen[~sound]})
    return Split(valid, pd.concat([rejected, shapes]).sort_index() if len(shapes) else rejected)


def _parquet_rows(path: Path, limits: ReaderLimits) -> Iterator[Sequence[object]]:
    with _sound_parquet(path):
        file = pq.ParquetFile(path)
        if file.metadata.num_rows > limits.rows:
            raise _too_many_rows(path, limits)
        table = file.read()
    yield table.column_names
    yield from zip(*(column.to_pylist() for column in table.columns), strict=True)


@contextmanager
def _sound_parquet(path: Path) -> Iterator[None]:
    """Say of a parquet file that cannot be read which one it is."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFileError(
            f"'{path.name}' is no sound parquet file", got=str(error)[:200]
        ) from error


def _too_many_rows(path: Path, limits: ReaderLimits) -> UnreadableFileError:
    return UnreadableFileError(
        f"'{path.name}' has too many rows for a table read as a whole",
        expected=f"at most {limits.rows:,}",
        action="split it, or raise the limit",
    )
