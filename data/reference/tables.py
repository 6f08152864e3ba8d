"""Reader of the reference tables: a CSV of text, and a sidecar that says where it comes from."""

import hashlib
import json
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import csv

from ..errors import InternalError, MissingFileError, UnknownCodeError

FOLDER = Path(__file__).parent
REQUIRED = ("title", "source", "edition", "rows", "sha256")
LONGEST_CODE_COMPARED = 40


@dataclass(frozen=True)
class Sidecar:
    """Origin of a reference table.

    Parameters
    ----------
    title, description, publisher, source, edition : str
        What the table is, who publishes it, in which document and edition (Chinese).
    published_on, compiled_on : str
        Days of the document and of this table, ISO.
    rows : int
        Rows of the table.
    sha256 : str
        Hash of the bytes of the CSV file.
    notes : tuple of str
        What was checked, what is missing, what is assumed.
    columns : tuple of (str, str)
        Meaning of every column, in order.
    """

    title: str
    source: str
    edition: str
    rows: int
    sha256: str
    description: str = ""
    publisher: str = ""
    published_on: str = ""
    compiled_on: str = ""
    notes: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ReferenceTable:
    """A reference table: every cell is text, an empty cell is the empty text."""

    name: str
    arrow: pa.Table
    sidecar: Sidecar

    def frame(self) -> pd.DataFrame:
        """Return a new frame of the table, which the caller may change."""
        return self.arrow.to_pandas()

    def records(self) -> list[dict[str, str]]:
        """Return the rows as dictionaries."""
        return self.arrow.to_pylist()


@cache
def reference_table(name: str) -> ReferenceTable:
    """Read a reference table of this package and verify it against its sidecar.

    Parameters
    ----------
    name : str
        File name without ending, such as ``occupations``.

    Raises
    ------
    MissingFileError
        When there is no such table.
    InternalError
        When the sidecar is incomplete or the file differs from it.

    Examples
    --------
    >>> reference_table("skill_levels").arrow["name"].to_pylist()[1]
    '初级工'
    """
    path = FOLDER / f"{name}.csv"
    if not path.is_file() or not path.with_suffix(".json").is_file():
        raise MissingFileError(f"no reference table '{name}'", expected="a .csv with a .json")
    content = path.read_bytes()
    sidecar = _sidecar(name, json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
    digest = hashlib.sha256(content).hexdigest()
    if digest != sidecar.sha256:
        raise InternalError(
            f"reference table '{name}' differs from its sidecar",
            got=f"sha256 {digest[:12]}…",
            expected=f"{sidecar.sha256[:12]}…",
            action="restore the file, or write its sidecar anew if the change was meant",
        )
    table = _text_table(content)
    if len(table) != sidecar.rows:
        raise InternalError(
            f"rows of reference table '{name}'", got=len(table), expected=sidecar.rows
        )
    return ReferenceTable(name, table, sidecar)


def _sidecar(name: str, given: dict[str, Any]) -> Sidecar:
    missing = [key for key in REQUIRED if key not in given]
    if missing:
        raise InternalError(f"the sidecar of '{name}' lacks keys", which=missing)
    known = {key: given[key] for key in Sidecar.__dataclass_fields__ if key in given}
    known["notes"] = tuple(known.get("notes", ()))
    known["columns"] = tuple(dict(known.get("columns", {})).items())
    return Sidecar(**known)


def _text_table(content: bytes) -> pa.Table:
    header = content.split(b"\n", 1)[0].decode("utf-8").strip().split(",")
    options = csv.ConvertOptions(
        column_types={column: pa.string() for column in header}, strings_can_be_null=False
    )
    return csv.read_csv(BytesIO(content), convert_options=options)


def unknown_code(kind: str, code: str, names: dict[str, str]) -> UnknownCodeError:
    """Build the error for a code that a table lacks, naming the nearest codes.

    Parameters
    ----------
    kind : str
        What the code should have been, such as ``occupation code``.
    code : str
        The code asked for.
    names : dict
        Name of every code of the table.
    """
    near = get_close_matches(str(code)[:LONGEST_CODE_COMPARED], names, n=3, cutoff=0.6)
    hint = ", ".join(f"{known} {names[known]}" for known in near)
    return UnknownCodeError(
        f"unknown {kind}",
        which=[str(code)[:LONGEST_CODE_COMPARED]],
        action=f"did you mean {hint}?" if hint else "look it up in the reference table",
    )
