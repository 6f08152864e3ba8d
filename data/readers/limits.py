"""Limits on what a reader accepts, and the checks made before a file is opened."""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from ..errors import (
    ConfigurationError,
    EmptyInputError,
    MissingFileError,
    UnreadableFileError,
)

FORMATS = (".csv", ".xlsx", ".parquet")
# The csv module of Python refuses larger fields; a larger limit could not be kept.
CSV_FIELD_CHARACTERS = 131_072
_CHUNK_BYTES = 1 << 20
# Reference of a cell (B7) or number of a row (7), in whatever spelling a parser would take.
_REFERENCE = re.compile(rb"""\br\s{0,4}=\s{0,4}["']([A-Za-z]{0,3})([0-9]{1,10})["']""")
# The longest reference may straddle two chunks.
_OVERLAP_BYTES = 32


@dataclass(frozen=True, slots=True)
class ReaderLimits:
    """What is refused before it can fill the memory.

    Parameters
    ----------
    file_bytes : int
        Size of a file that is read as a whole (streamed files have no limit).
    unpacked_bytes : int
        Declared size of the parts of a workbook after unpacking.
    rows, columns, cells : int
        Extent of a table that is read as a whole.
    cell_characters : int
        Length of one cell; a row with a longer one is rejected with a reason.

    Raises
    ------
    ConfigurationError
        When a limit is below 1 or ``cell_characters`` above 131,072.
    """

    file_bytes: int = 256 * 1024**2
    unpacked_bytes: int = 1024**3
    rows: int = 2_000_000
    columns: int = 1_000
    cells: int = 20_000_000
    cell_characters: int = 100_000

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) < 1:
                raise ConfigurationError(
                    f"reader limit '{name}'", got=getattr(self, name), expected="at least 1"
                )
        if self.cell_characters > CSV_FIELD_CHARACTERS:
            raise ConfigurationError(
                "reader limit 'cell_characters'",
                got=f"{self.cell_characters:,}",
                expected=f"at most {CSV_FIELD_CHARACTERS:,}",
            )


def check_file(path: Path) -> None:
    """Refuse what is missing, empty or in no accepted format.

    Raises
    ------
    MissingFileError, EmptyInputError, UnreadableFileError
    """
    if not path.is_file():
        raise MissingFileError("no such file", which=[path.name], action="check the path")
    if path.suffix.lower() not in FORMATS:
        raise UnreadableFileError(
            f"the format of '{path.name}' is not accepted",
            got=path.suffix or "no ending",
            expected=" ".join(FORMATS),
        )
    if path.stat().st_size == 0:
        raise EmptyInputError(
            f"'{path.name}' is empty", got="0 bytes", action="export it again, or leave it out"
        )


def check_size(path: Path, limits: ReaderLimits) -> None:
    """Refuse a file that is too large to be read as a whole.

    Raises
    ------
    UnreadableFileError
    """
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise UnreadableFileError(
            f"'{path.name}' is too large to be read as a whole",
            got=f"{size:,} bytes",
            expected=f"at most {limits.file_bytes:,}",
            action="split it, or raise the limit",
        )


def check_workbook(path: Path, limits: ReaderLimits) -> None:
    """Refuse a workbook that would unpack to more than the limits, before it is parsed.

    Two attacks are met: a small archive with an enormous declared content, and two cells in
    opposite corners of a sheet, for which a parser would allocate 17 thousand million cells.

    Raises
    ------
    UnreadableFileError
    """
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > limits.unpacked_bytes:
                raise UnreadableFileError(
                    f"the workbook '{path.name}' unpacks to more than is accepted",
                    got=f"{unpacked:,} bytes",
                    expected=f"at most {limits.unpacked_bytes:,}",
                )
            # Any part may be named as a sheet, so all are looked through.
            for part in archive.namelist():
                _check_extent(path, archive, part, limits)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
        raise UnreadableFileError(
            f"'{path.name}' is no workbook", got=str(error), expected="an .xlsx file"
        ) from error


def _check_extent(path: Path, archive: zipfile.ZipFile, part: str, limits: ReaderLimits) -> None:
    rows = columns = 0
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            for letters, number in set(_REFERENCE.findall(tail + chunk)):
                rows, columns = max(rows, int(number)), max(columns, _column_number(letters))
            tail = chunk[-_OVERLAP_BYTES:]
    if rows > limits.rows or columns > limits.columns or rows * columns > limits.cells:
        raise UnreadableFileError(
            f"a sheet of '{path.name}' is too large",
            got=f"{rows:,} rows and {columns:,} columns",
            expected=f"at most {limits.rows:,} rows, {limits.columns:,} columns "
            f"and {limits.cells:,} cells",
            action="delete stray cells far from the table, or save it as csv",
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
