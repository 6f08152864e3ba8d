"""Reading a filled-in review workbook: each answer judged, each bad row returned with a reason."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from data.contract import REASON
from data.errors import UnreadableFileError
from data.readers.cells import cell_text, code_text
from data.readers.files import rows_of
from data.readers.limits import ReaderLimits, check_file
from data.reference import load_occupations
from data.tables import NO_OCCUPATION, OCCUPATION_PATTERN, REVIEWS
from nlp.mask import mask
from nlp.normalise import TITLE_LIMIT, normalise

from .review_workbook import (
    ALSO_1,
    ALSO_2,
    ANSWER,
    CHECK_COLUMNS,
    CHECK_SHEET,
    EXCERPT,
    FORM_NAME,
    FORM_VERSION,
    IDENTIFIER,
    NONE_FITS,
    NOTE,
    OTHER,
    REVIEW_SHEET,
    REVIEWER,
    TITLE,
    plain_text,
    row_hash,
)

LIMITS = ReaderLimits()
VISIBLE = {
    "posting_id": IDENTIFIER, "title": TITLE, "description": EXCERPT, "occupation_code": ANSWER,
    "also_right_1": ALSO_1, "also_right_2": ALSO_2, "reviewer": REVIEWER, "note": NOTE,
}  # fmt: skip
CODES = ("occupation_code", "also_right_1", "also_right_2")
NOT_EXPORTED = "posting_id is not one of this workbook"
STANDS_TWICE = "posting_id stands twice"
ALTERED = "title, description or identifier differ from what was exported"
NO_ANSWER = "an alternative is given, but no answer"
NO_CODE_GIVEN = f"'{OTHER}' was chosen, but no code filled in"
X_AND_ALTERNATIVE = "no occupation fits, but an alternative is given"
REPEATED = "the same code stands twice in the row"
_CODE = re.compile(rf"({OCCUPATION_PATTERN}|{NO_OCCUPATION})\s{{0,3}}(\D.{{0,100}})?")


class Answers(NamedTuple):
    """What a workbook holds.

    Parameters
    ----------
    reviews : pandas.DataFrame
        Columns of `data.tables.REVIEWS` but ``version``.
    rejected : pandas.DataFrame
        ``posting_id`` and ``reason`` of the rows that cannot be taken.
    unanswered : int
        Rows exported that hold no answer, or were deleted.
    versions : dict of str to str
        Versions of the coder and taxonomy that made the proposals.
    """

    reviews: pd.DataFrame
    rejected: pd.DataFrame
    unanswered: int
    versions: dict[str, str]


def read_answers(path: Path) -> Answers:
    """Read the answers of a workbook that `write_review_workbook` wrote.

    Raises
    ------
    MissingFileError, EmptyInputError, UnreadableFileError
        When the file is missing, broken or no workbook of this kind.
    """
    check_file(path)
    if path.suffix.lower() != ".xlsx":
        raise _wrong(path, f"the ending {path.suffix}")
    exported, versions = _read_check_sheet(path)
    reviews, rejected, answered = [], [], set()
    seen: set[str] = set()
    for row in _read_review_sheet(path):
        given = {name: row[name] for name in (*CODES, "reviewer", "note") if row[name]}
        identifier, reason = row["posting_id"], None
        if identifier not in exported:
            reason = NOT_EXPORTED if given else None
        elif identifier in seen:
            reason = STANDS_TWICE
        elif row["occupation_code"]:
            review, reason = _judged(row, exported[identifier])
            reviews += [review] if reason is None else []
            answered.add(identifier)
        elif row["also_right_1"] or row["also_right_2"]:
            reason = NO_ANSWER
            answered.add(identifier)
        seen.add(identifier)
        if reason is not None:
            rejected.append({"posting_id": identifier, REASON: reason})
    return Answers(
        pd.DataFrame(reviews, columns=[name for name in REVIEWS.names if name != "version"]),
        pd.DataFrame(rejected, columns=["posting_id", REASON]),
        len(exported) - len(answered),
        versions,
    )


def parse_answer(text: str) -> tuple[str | None, str | None]:
    """Read what was chosen or typed in: a code, a code with its name, or a name.

    Returns
    -------
    code, reason : str or None
        One of the two.

    Examples
    --------
    >>> parse_answer("6-18-02-04 焊工"), parse_answer("6–18–02"), parse_answer("焊工")
    (('6-18-02-04', None), ('6-18-02', None), ('6-18-02-04', None))
    >>> parse_answer("6-18-02-04 电工")[1]
    'occupation_code: 6-18-02-04 is 焊工, not 电工'
    """
    if text == OTHER:
        return None, NO_CODE_GIVEN
    if text == NONE_FITS:
        return NO_OCCUPATION, None
    occupations = load_occupations()
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain in (by_name := _units_by_name()):
        return by_name[plain], None
    head, _, name = plain.partition(" ")
    match = _CODE.fullmatch(f"{code_text(head)} {name}".strip())
    if not match or (match[1] != NO_OCCUPATION and match[1] not in occupations.groups):
        return None, f"occupation_code: '{plain[:40]}' is in no edition of the 大典"
    code, said = match[1], (match[2] or "").strip()
    if said and code != NO_OCCUPATION and said not in (
        occupations.name(code), occupations.label(code)
    ):  # fmt: skip
        return None, f"occupation_code: {code} is {occupations.name(code)}, not {said[:40]}"
    return code, None


@cache
def _units_by_name() -> dict[str, str]:
    occupations = load_occupations()
    return {occupations.name(unit): unit for unit in occupations.units}


def _judged(
    row: Mapping[str, str], hidden: Mapping[str, str]
) -> tuple[dict[str, str | None], str | None]:
    """The review of an answered row, or the reason why it cannot be taken."""
    fields = {**hidden, **{name: row[name] for name in ("posting_id", "title", "description")}}
    if row_hash(fields) != hidden["sha256"]:
        return {}, ALTERED
    codes: dict[str, str | None] = {}
    for name in CODES:
        codes[name], reason = parse_answer(row[name]) if row[name] else (None, None)
        if reason is not None:
            return {}, reason
    given = [code for code in codes.values() if code]
    if NO_OCCUPATION in given and len(given) > 1:
        return {}, X_AND_ALTERNATIVE
    if len(set(given)) < len(given):
        return {}, REPEATED
    words = {
        "reviewer": normalise(row["reviewer"], TITLE_LIMIT),
        "note": mask(normalise(row["note"], TITLE_LIMIT)),
    }
    texts = {name: text or None for name, text in (fields | words).items() if name != "sha256"}
    return {**texts, **codes}, None


def _read_check_sheet(path: Path) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Hidden fields of each posting exported, and the versions."""
    rows = [_texts(row) for row in _rows(path, CHECK_SHEET)]
    name, version = (rows[0] + ["", ""])[:2] if rows else ("", "")
    if name != FORM_NAME:
        raise _wrong(path, f"a sheet '{CHECK_SHEET}' without its heading")
    if version != FORM_VERSION:
        raise _wrong(path, f"version {version} of the form, this program reads {FORM_VERSION}")
    heads = [at for at, row in enumerate(rows) if row[: len(CHECK_COLUMNS)] == [*CHECK_COLUMNS]]
    if not heads:
        raise _wrong(path, f"a sheet '{CHECK_SHEET}' without its columns")
    head = heads[0]
    versions = {row[0]: row[1] for row in rows[1:head]}
    exported = {
        row[0]: dict(zip(CHECK_COLUMNS, row, strict=False)) for row in rows[head + 1 :] if row[0]
    }
    return exported, versions


def _read_review_sheet(path: Path) -> Iterable[dict[str, str]]:
    rows = iter(_rows(path, REVIEW_SHEET))
    for row in rows:
        header = _texts(row)
        if IDENTIFIER in header:
            break
    else:
        raise _wrong(path, f"a sheet '{REVIEW_SHEET}' without the column {IDENTIFIER}")
    missing = [name for name in VISIBLE.values() if name not in header]
    if missing:
        raise _wrong(path, f"a sheet '{REVIEW_SHEET}' without {'、'.join(missing)}")
    places = {name: header.index(shown) for name, shown in VISIBLE.items()}
    for row in rows:
        texts = _texts(row)
        if any(texts):
            yield {name: texts[at] if at < len(texts) else "" for name, at in places.items()}


def _rows(path: Path, sheet: str) -> Iterable[Sequence[object]]:
    try:
        yield from rows_of(path, sheet=sheet, limits=LIMITS)
    except UnreadableFileError as error:
        if "has no sheet" in str(error):
            raise _wrong(path, f"no sheet '{sheet}'") from error
        raise


def _texts(row: Sequence[object]) -> list[str]:
    """Texts of a row; words such as `null` are texts here, for a title may say so."""
    return [
        plain_text(value) if isinstance(value, str) else cell_text(value) or "" for value in row
    ]


def _wrong(path: Path, got: str) -> UnreadableFileError:
    return UnreadableFileError(
        f"'{path.name}' is no review workbook",
        got=got,
        expected="a workbook that `jinque review export` wrote, filled in",
        action="export it again, or name the right file",
    )
