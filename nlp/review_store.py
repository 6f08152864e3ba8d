"""The store of reviews: a folder to which versions are added, and in which nothing changes.

A version is ``0001.csv`` with the answers and ``0001.json`` beside it, which states its hash and
the hash of the ``.json`` before: a file that is changed, removed or exchanged is found, unless it
is the whole last version that somebody takes away.  The folder is the user's own, outside of this
product; its texts are masked.
"""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from data.errors import InputError, MissingFileError
from data.manifest import hash_file, write_json
from data.tables import REVIEWS

CONTRACT_VERSION = "1"
ANSWERS, RECORD = ".csv", ".json"
CONTENT = [name for name in REVIEWS.names if name != "version"]
# What spreadsheet programs take for a formula; the apostrophe is escaped by itself.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")
_VERSION_FILE = re.compile(r"(\d{4})\.(?:csv|json)")


class StoredVersion(NamedTuple):
    """What an import added: number of the version, answers in it, and answers held already."""

    version: int
    rows: int
    unchanged: int


def read_reviews(folder: Path | str) -> pd.DataFrame:
    """Answers of all versions; a later answer for the same posting replaces the earlier one.

    Parameters
    ----------
    folder : path
        Folder of the store.

    Returns
    -------
    pandas.DataFrame
        Contract `data.tables.REVIEWS`, by ``posting_id``; empty for an empty folder.

    Raises
    ------
    MissingFileError
        When there is no such folder.
    InputError
        When a file is missing, or differs from its hash; the message names it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise MissingFileError(
            "no store of reviews",
            which=[folder.name],
            action="the first `jinque review import` makes it",
        )
    versions = [_read_answers(path) for path in _verified(folder)]
    if not versions:
        return REVIEWS.empty()
    answers = pd.concat(versions, ignore_index=True)
    latest = answers.drop_duplicates("posting_id", keep="last")
    return REVIEWS.check(latest.sort_values("posting_id", ignore_index=True))


def add_reviews(
    folder: Path | str,
    reviews: pd.DataFrame,
    *,
    proposed_by: Mapping[str, str],
    workbook_sha256: str,
) -> StoredVersion:
    """Write the answers that are new or changed as the next version, whole or not at all.

    Parameters
    ----------
    folder : path
        Folder of the store; made when missing.
    reviews : pandas.DataFrame
        Columns of `data.tables.REVIEWS` but ``version``; texts masked.
    proposed_by : mapping of str to str
        Versions of the coder and taxonomy that made the proposals.
    workbook_sha256 : str
        Hash of the workbook that the answers came in.

    Raises
    ------
    InputError
        When the store holds every one of these answers already (the message names the
        versions), is broken, or was added to by somebody else meanwhile.
    ContractError
        When a row breaks the contract.
    """
    folder = Path(folder)
    held = read_reviews(folder) if folder.is_dir() else REVIEWS.empty()
    rows = REVIEWS.check(reviews.assign(version=1)).sort_values("posting_id", ignore_index=True)
    known = _versions_of_equal_answers(rows, held)
    new = rows[known.isna()]
    if new.empty:
        raise InputError(
            f"the store holds all {len(rows)} answers already",
            which=[f"{version:04d}{ANSWERS}" for version in sorted(known.astype(int).unique())],
            expected="a new or changed answer",
            action="nothing is to be done, or name another workbook",
        )
    number = len(_verified(folder)) + 1 if folder.is_dir() else 1
    record = {
        "contract": REVIEWS.name,
        "contract_version": CONTRACT_VERSION,
        "version": number,
        "rows": len(new),
        "proposed_by": dict(proposed_by),
        "workbook_sha256": workbook_sha256,
        "previous_sha256": hash_file(_path(folder, number - 1, RECORD)) if number > 1 else None,
    }
    _write(folder, number, new.assign(version=number), record)
    return StoredVersion(number, len(new), len(rows) - len(new))


def _versions_of_equal_answers(rows: pd.DataFrame, held: pd.DataFrame) -> pd.Series:
    """Version that holds the same answer in every column; missing where none does."""
    blank = dict.fromkeys(CONTENT, "")
    both = (
        rows[CONTENT]
        .fillna(blank)
        .merge(held.fillna(blank), on=CONTENT, how="left", validate="one_to_one")
    )
    return both["version"]


def _path(folder: Path, number: int, ending: str) -> Path:
    return folder / f"{number:04d}{ending}"


def _verified(folder: Path) -> list[Path]:
    """Answers of all versions in order, each checked against its record and the chain."""
    matches = (_VERSION_FILE.fullmatch(path.name) for path in folder.iterdir())
    last = max((int(match[1]) for match in matches if match), default=0)
    previous = None
    answers = []
    for number in range(1, last + 1):
        path, record = _path(folder, number, ANSWERS), _path(folder, number, RECORD)
        for each in (path, record):
            if not each.is_file():
                raise _broken(each, "is missing")
        stated = _read_record(record)
        if stated.get("version") != number or stated.get("previous_sha256") != previous:
            raise _broken(record, "does not follow the version before it")
        if stated.get("sha256") != hash_file(path):
            raise _broken(path, f"differs from its hash in {record.name}")
        previous = hash_file(record)
        answers.append(path)
    return answers


def _broken(path: Path, what: str) -> InputError:
    return InputError(
        f"the store of reviews '{path.parent.name}' is broken",
        which=[f"{path.name} {what}"],
        action="restore the folder from a copy; never mend it by hand",
    )


def _read_record(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _broken(path, "is no JSON") from error
    if not isinstance(record, dict):
        raise _broken(path, "is no record")
    return record


def _read_answers(path: Path) -> pd.DataFrame:
    texts = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    plain = texts.apply(lambda column: column.str.removeprefix("'")).replace("", None)
    return REVIEWS.check(plain)


def _write(folder: Path, number: int, rows: pd.DataFrame, record: dict[str, Any]) -> None:
    """Put both files in place under names that nobody has taken, the record last."""
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, number, ANSWERS)
    with (
        tempfile.TemporaryDirectory(prefix=".partial-", dir=folder) as partial,
        ExitStack() as undo,
    ):
        answers = Path(partial) / path.name
        table = rows.apply(lambda column: column.map(_harmless, na_action="ignore"))
        answers.write_text(table.to_csv(index=False, lineterminator="\n"), "utf-8", newline="")
        described = write_json(
            Path(partial) / _path(folder, number, RECORD).name,
            record | {"sha256": hash_file(answers)},
        )
        for file in (answers, described):
            # A link, unlike a renaming, never takes the place of a file that stands there.
            try:
                os.link(file, folder / file.name)
            except FileExistsError as error:
                raise InputError(
                    f"version {number:04d} was written by another import meanwhile",
                    action="import the workbook again",
                ) from error
            undo.callback((folder / file.name).unlink)
        undo.pop_all()


def _harmless(value: object) -> object:
    """Text that no spreadsheet program takes for a formula."""
    is_formula = isinstance(value, str) and value.startswith(_FORMULA_STARTS)
    return f"'{value}" if is_formula else value
