"""Rows of csv files and workbooks, and the columns of text that a contract takes from them."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import python_calamine

from ..contract import Contract
from ..errors import UnreadableFileError
from .cells import cell_text, conform_text
from .encoding import open_text
from .headers import Header
from .limits import ReaderLimits, check_size, check_workbook


def rows_of(
    path: Path, *, sheet: str | int | None = None, limits: ReaderLimits
) -> Iterator[Sequence[object]]:
    """Yield the rows of a csv file (streamed) or of one sheet of a workbook, without blank rows.

    Raises
    ------
    UnreadableFileError
        When the file is broken, in no accepted encoding, or beyond the limits.
    """
    rows = (
        _workbook_rows(path, sheet, limits) if path.suffix.lower() == ".xlsx" else _csv_rows(path)
    )
    return (row for row in rows if any(value not in (None, "") for value in row))


def _csv_rows(path: Path) -> Iterator[list[str]]:
    with open_text(path) as stream:
        reader = csv.reader(stream)
        try:
            yield from reader
        except csv.Error as error:
            raise UnreadableFileError(
                f"'{path.name}' is no sound csv near line {reader.line_num}",
                got=str(error),
                expected="comma-separated values with quotes in pairs",
                action="look for an unclosed quotation mark above this line",
            ) from error


def _workbook_rows(
    path: Path, sheet: str | int | None, limits: ReaderLimits
) -> Iterator[Sequence[object]]:
    check_size(path, limits)
    check_workbook(path, limits)
    try:
        with python_calamine.load_workbook(path) as workbook:
            yield from _chosen_sheet(workbook, sheet, path).iter_rows()
    except python_calamine.CalamineError as error:
        raise UnreadableFileError(
            f"the workbook '{path.name}' cannot be read",
            got=str(error) or type(error).__name__,
            expected="an .xlsx file without password",
        ) from error


def _chosen_sheet(
    workbook: python_calamine.CalamineWorkbook, sheet: str | int | None, path: Path
) -> python_calamine.CalamineSheet:
    names = workbook.sheet_names
    wanted = 0 if sheet is None else sheet
    known = wanted in names if isinstance(wanted, str) else 0 <= wanted < len(names)
    if not known:
        raise UnreadableFileError(
            f"'{path.name}' has no sheet '{wanted}'", expected=", ".join(names) or "any sheet"
        )
    if isinstance(wanted, str):
        return workbook.get_sheet_by_name(wanted)
    return workbook.get_sheet_by_index(wanted)


def text_columns(
    rows: Iterable[Sequence[object]], header: Header, contract: Contract, limits: ReaderLimits
) -> tuple[dict[str, list[str | None]], list[str | None]]:
    """Text of the recognised columns, and the reason for each row that cannot be taken.

    Parameters
    ----------
    rows : iterable of sequence
        Rows below the header; a short row is filled with blanks.
    header : Header
        Where the contract's columns stand.

    Returns
    -------
    columns : dict of str to list of (str or None)
        One list per recognised column, of equal length.
    reasons : list of (str or None)
        None where the shape of the row is sound.
    """
    kinds = {column.name: column for column in contract.columns}
    taken = [(kinds[name], position) for name, position in header.positions.items()]
    columns: dict[str, list[str | None]] = {name: [] for name in header.positions}
    reasons: list[str | None] = []
    for row in rows:
        reason = _surplus(row, header.width)
        for column, position in taken:
            text = cell_text(row[position]) if position < len(row) else None
            if text is not None and len(text) > limits.cell_characters:
                reason = reason or too_long(column.name, len(text), limits)
                text = text[: limits.cell_characters]
            columns[column.name].append(conform_text(text, contract.name, column))
        reasons.append(reason)
    return columns, reasons


def too_long(column: str, characters: int, limits: ReaderLimits) -> str:
    """Reason for a row with a cell beyond the limit; of the cell only the start is kept."""
    return f"{column}: {characters} characters, at most {limits.cell_characters} are accepted"


def _surplus(row: Sequence[object], width: int) -> str | None:
    if len(row) > width and any(value not in (None, "") for value in row[width:]):
        return f"{len(row)} cells stand below {width} headers"
    return None
