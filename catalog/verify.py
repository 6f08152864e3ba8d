"""Checking a release: nothing missing, nothing changed, nothing added, and all formats agree."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from data.contract import REASON
from data.errors import BrokenReleaseError, JinqueError, MissingFileError
from data.manifest import hash_file

from .formats import ANNEX_SHEET, CATALOG_SHEET, CONTRACTS, OPTIONAL_CONTRACTS
from .formats.csv import ANNEX, HEADERS, LISTED, listing_of
from .formats.json import LISTING_KEYS
from .publish import MANIFEST, describe_files, read_manifest

REQUIRED_FILES = (
    "catalog.csv", "catalog.xlsx", "catalog.json", "catalog.html", "quality.json",
    *(f"evidence/{name}.parquet" for name in (*CONTRACTS, "rejected")),
)  # fmt: skip
# What a damaged file makes its reader raise; each of these is a fault of the release.
READING_ERRORS = (
    OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, pa.ArrowException,
    CalamineError, JinqueError,
)  # fmt: skip
# Columns of the spreadsheet's listing that carry the code and the grade.
CODE_COLUMN, GRADE_COLUMN = "职业编码", "紧缺等级"

Grades = dict[str, tuple[str, str]]


class Fault(NamedTuple):
    """A file of the release and what is wrong with it."""

    file: str
    what: str


@dataclass(frozen=True)
class VerificationReport:
    """What was found: name of the release, number of files checked, and every fault."""

    release: str
    files: int
    faults: tuple[Fault, ...]

    @property
    def passed(self) -> bool:
        """Whether the release is whole and unchanged."""
        return not self.faults

    def require(self) -> None:
        """Raise when there is any fault.

        Raises
        ------
        BrokenReleaseError
            Naming the faults.
        """
        if self.faults:
            raise BrokenReleaseError(
                f"the release {self.release} is broken",
                which=[f"{fault.file}: {fault.what}" for fault in self.faults],
                action="restore the folder from the archive; never mend it by hand",
            )


def verify_release(folder: Path | str, *, previous: Path | str | None = None) -> VerificationReport:
    """Check a release folder against its manifest and its formats against each other.

    Parameters
    ----------
    folder : path
        Folder of the release.
    previous : path, optional
        Folder of the release that the manifest names as the previous one.

    Returns
    -------
    VerificationReport
        Every fault found; a check that needs a missing file is left to the fault of that file.

    Raises
    ------
    MissingFileError
        When the folder is not there.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise MissingFileError(
            "no such release", which=[folder.name], action="name the folder of a release"
        )
    try:
        manifest = read_manifest(folder)
    except JinqueError as error:
        return VerificationReport(folder.name, 0, (Fault(MANIFEST, str(error)),))
    faults = _file_faults(folder, manifest)
    for check, file in _CHECKS:
        if (folder / file).is_file():
            faults += _guarded(check, folder, file)
    faults += _agreement_faults(folder)
    if previous is not None:
        faults += _previous_faults(manifest, Path(previous))
    return VerificationReport(
        str(manifest.get("release", folder.name)), len(describe_files(folder)), tuple(faults)
    )


def _file_faults(folder: Path, manifest: Mapping[str, Any]) -> list[Fault]:
    """Missing, changed, foreign and linked files."""
    stated = manifest.get("files")
    if not isinstance(stated, dict):
        return [Fault(MANIFEST, "lists no files")]
    found = describe_files(folder)
    faults = [
        Fault(path.relative_to(folder).as_posix(), "is a link, not a file")
        for path in sorted(folder.rglob("*"))
        if path.is_symlink()
    ]
    faults += [Fault(name, "is missing") for name in sorted(set(stated) - set(found))]
    faults += [Fault(name, "is not in the manifest") for name in sorted(set(found) - set(stated))]
    faults += [
        Fault(name, "belongs to every release, but the manifest does not list it")
        for name in REQUIRED_FILES
        if name not in stated
    ]
    for name in sorted(set(stated) & set(found)):
        if stated[name] != found[name]:
            faults.append(Fault(name, "differs from its hash in the manifest"))
    return faults


def _guarded(check: Callable[[Path], list[str]], folder: Path, file: str) -> list[Fault]:
    try:
        return [Fault(file, what) for what in check(folder / file)]
    except READING_ERRORS as error:
        return [Fault(file, f"cannot be read: {type(error).__name__}: {error}")]


def _contract_faults(path: Path) -> list[str]:
    contract = (CONTRACTS | OPTIONAL_CONTRACTS)[path.stem]
    table = pq.read_table(path)
    if table.schema != contract.schema:
        return ["has not the columns of its contract"]
    rejected = contract.split(table.to_pandas()).rejected
    return sorted(set(rejected[REASON]))


def _quality_faults(path: Path) -> list[str]:
    """Rows read must be used, duplicate or rejected, and every rejection have a reason."""
    faults = []
    quality = json.loads(path.read_text(encoding="utf-8"))
    for name, counts in quality["tables"].items():
        parts = counts["used"] + counts["duplicate"] + counts["rejected"]
        if counts["rows_in"] != parts:
            faults.append(
                f"{name}: {counts['rows_in']} rows in, but used + duplicate + rejected = {parts}"
            )
        explained = sum(counts.get("reasons", {}).values())
        if explained != counts["rejected"]:
            faults.append(f"{name}: {counts['rejected']} rejected, but {explained} with a reason")
    return faults


_CHECKS: tuple[tuple[Callable[[Path], list[str]], str], ...] = (
    *((_contract_faults, f"evidence/{name}.parquet") for name in (*CONTRACTS, *OPTIONAL_CONTRACTS)),
    (_quality_faults, "quality.json"),
)


def _agreement_faults(folder: Path) -> list[Fault]:
    """Codes, grades and listing of each format against the ranking in the evidence."""
    try:
        expected = _grades_of_ranking(folder / "evidence" / "ranking.parquet")
    except READING_ERRORS:
        return []  # the file's own check has reported it
    listed = {code: row for code, row in expected.items() if row[1] in (LISTED, ANNEX)}
    faults = []
    for read, file, right in (
        (_grades_of_csv, "catalog.csv", expected),
        (_grades_of_json, "catalog.json", expected),
        (_grades_of_xlsx, "catalog.xlsx", listed),
    ):
        try:
            got = read(folder / file)
        except READING_ERRORS as error:
            faults.append(Fault(file, f"cannot be read: {type(error).__name__}: {error}"))
            continue
        odd = sorted(code for code in set(got) | set(right) if got.get(code) != right.get(code))
        faults += [
            Fault(
                file,
                f"{code}: {_worded(got.get(code))}, in the evidence {_worded(right.get(code))}",
            )
            for code in odd
        ]
    return faults


def _worded(row: tuple[str, str] | None) -> str:
    return " ".join(row) if row else "absent"


def _grades_of_ranking(path: Path) -> Grades:
    ranking = pq.read_table(path).to_pandas()
    rows = zip(ranking["occupation_code"], ranking["grade"], listing_of(ranking), strict=True)
    return {code: (grade, place) for code, grade, place in rows}


def _grades_of_csv(path: Path) -> Grades:
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    columns = (table[HEADERS[name]] for name in ("occupation_code", "grade", "listing"))
    return {code: (grade, place) for code, grade, place in zip(*columns, strict=True)}


def _grades_of_json(path: Path) -> Grades:
    names = {key: name for name, key in LISTING_KEYS.items()}
    occupations = json.loads(path.read_text(encoding="utf-8"))["occupations"]
    return {row["occupation_code"]: (row["grade"], names[row["listing"]]) for row in occupations}


def _grades_of_xlsx(path: Path) -> Grades:
    workbook = CalamineWorkbook.from_path(path)
    grades: Grades = {}
    for sheet, place in ((CATALOG_SHEET, LISTED), (ANNEX_SHEET, ANNEX)):
        rows = workbook.get_sheet_by_name(sheet).to_python()
        header = next(row for row in rows if CODE_COLUMN in row)
        code_at, grade_at = header.index(CODE_COLUMN), header.index(GRADE_COLUMN)
        for row in rows[rows.index(header) + 1 :]:
            if row[code_at]:
                grades[str(row[code_at])] = (str(row[grade_at])[:1], place)
    return grades


def _previous_faults(manifest: Mapping[str, Any], previous: Path) -> list[Fault]:
    stated = manifest.get("previous")
    if not isinstance(stated, dict):
        return [Fault(MANIFEST, f"names no previous release, {previous.name} was given")]
    path = previous / MANIFEST
    if not path.is_file() or hash_file(path) != stated.get("manifest_sha256"):
        return [
            Fault(
                MANIFEST,
                f"was made after {stated.get('release')} in another state than {previous.name}",
            )
        ]
    return []
