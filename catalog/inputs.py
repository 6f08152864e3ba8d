"""Reading everything that a run needs besides the postings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.contract import REASON, Contract
from data.errors import ContractError, UnknownColumnsError
from data.quarters import QUARTER_PATTERN
from data.readers import COURSE_ADVERTISEMENTS, read_table
from data.reference import LOCAL_ITEMS, load_districts, load_industries, load_occupations
from data.tables import CORRECTIONS, DEMAND, EVIDENCE, PREVIOUS, SEEKERS, SUPPLY

from .configuration import InputsSection

TABLES: Mapping[str, Contract] = {
    "demand": DEMAND,
    "seekers": SEEKERS,
    "supply": SUPPLY,
    "evidence": EVIDENCE,
    "previous": PREVIOUS,
    "corrections": CORRECTIONS,
    "local_items": LOCAL_ITEMS,
}
REPLACING = ("wrong_value", "gap")
MAY_BE_EMPTY = ("corrections", "evidence", "local_items")
UNKNOWN_CODE = "代码不在标准目录内"
BROKEN_ROW = "行内容不合要求"


@dataclass(frozen=True)
class Inputs:
    """Tables of a run, each in its contract; empty where there was no file.

    Parameters
    ----------
    demand, seekers, supply, evidence, previous, corrections, local_items : pandas.DataFrame
        Contracts of the same names in `data.tables`.
    courses : pandas.DataFrame
        Contract `data.readers.COURSE_ADVERTISEMENTS`: advertisements in place of supply figures.
    rejected : pandas.DataFrame
        ``table``, ``row`` and ``reason`` of the rows that do not count.
    accounts : dict
        For each table ``rows_in``, ``used``, ``duplicate``, ``rejected`` and ``reasons``.
    """

    demand: pd.DataFrame
    seekers: pd.DataFrame
    supply: pd.DataFrame
    evidence: pd.DataFrame
    previous: pd.DataFrame
    corrections: pd.DataFrame
    local_items: pd.DataFrame
    courses: pd.DataFrame
    rejected: pd.DataFrame
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)


def read_inputs(section: InputsSection, quarter: str) -> Inputs:
    """Read the tables that the configuration names.

    Parameters
    ----------
    section : InputsSection
    quarter : str
        Quarter of the issue: its end decides which district codes are valid.

    Raises
    ------
    InputError
        When a file is missing, unreadable or has no column of its table.
    """
    tables = {name: contract.empty() for name, contract in TABLES.items()}
    courses = COURSE_ADVERTISEMENTS.empty()
    rejected, accounts = [], {}
    for name in TABLES:
        path = getattr(section, name)
        if path is None:
            continue
        valid, unsound, kind = _read(name, Path(path), quarter)
        if kind is COURSE_ADVERTISEMENTS:
            courses = valid
        else:
            tables[name] = valid
        rejected.append(_numbered(name, unsound))
        accounts[name] = account(len(valid), 0, unsound[REASON].map(_kind_of))
    table = pd.concat(rejected, ignore_index=True) if rejected else _numbered("", None)
    return Inputs(**tables, courses=courses, rejected=table, accounts=accounts)


def account(used: int, duplicate: int, rejection_kinds: pd.Series) -> dict[str, Any]:
    """What became of the rows of one table: rows in = used + duplicate + rejected."""
    rejected = len(rejection_kinds)
    reasons = rejection_kinds.value_counts().sort_index()
    return {
        "rows_in": used + duplicate + rejected,
        "used": used,
        "duplicate": duplicate,
        "rejected": rejected,
        "reasons": {str(kind): int(count) for kind, count in reasons.items()},
    }


def _read(name: str, path: Path, quarter: str) -> tuple[pd.DataFrame, pd.DataFrame, Contract]:
    contract = TABLES[name]
    may_be_empty = name in MAY_BE_EMPTY
    try:
        valid, unsound = read_table(path, contract, may_be_empty=may_be_empty)
    except UnknownColumnsError:
        if name != "supply":
            raise
        return (*read_table(path, COURSE_ADVERTISEMENTS), COURSE_ADVERTISEMENTS)
    valid, unknown = _with_known_codes(valid, quarter)
    return valid.reset_index(drop=True), pd.concat([unsound, unknown]), contract


def _with_known_codes(frame: pd.DataFrame, quarter: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the rows whose occupation, industry or district is in no edition that can be meant."""
    reasons = pd.Series(None, index=frame.index, dtype=object)
    known = {
        "occupation_code": set(load_occupations().groups),
        "industry_code": set(load_industries().industries),
        "district_code": _district_codes(quarter),
    }
    for column, codes in known.items():
        if column in frame:
            odd = frame[column].notna() & ~frame[column].isin(codes)
            text = column + ": " + frame[column].astype(str) + " is not in the reference table"
            reasons = reasons.mask(odd & reasons.isna(), text)
    return frame[reasons.isna()], frame[reasons.notna()].assign(**{REASON: reasons.dropna()})


def _district_codes(quarter: str) -> set[str]:
    """Codes valid at the end of the quarter, and those of earlier boundaries."""
    today = load_districts(pd.Period(quarter, freq="Q").end_time.date())
    return set(today.table["district_code"])


def _kind_of(reason: str) -> str:
    return UNKNOWN_CODE if reason.endswith("reference table") else BROKEN_ROW


def _numbered(name: str, rows: pd.DataFrame | None) -> pd.DataFrame:
    if rows is None:
        return pd.DataFrame({"table": [], "row": [], REASON: []}, dtype="str")
    numbers = pd.Series(rows.index, dtype="int64") + 1
    return pd.DataFrame(
        {"table": name, "row": numbers.astype(str).to_numpy(), REASON: rows[REASON].to_numpy()}
    ).astype("str")


def previous_grades(previous: pd.DataFrame, quarter: str | None = None) -> pd.Series:
    """Grades of the latest edition of the previous list, index 细类 code.

    Parameters
    ----------
    previous : pandas.DataFrame
        Contract `data.tables.PREVIOUS`.
    quarter : str, optional
        Quarter of the issue: editions named after a later quarter do not count.
    """
    if quarter is not None:
        is_quarter = previous["edition"].str.fullmatch(QUARTER_PATTERN)
        previous = previous[~is_quarter | (previous["edition"] <= quarter)]
    if previous.empty:
        return pd.Series(dtype="str")
    latest = previous[previous["edition"] == previous["edition"].max()]
    return latest.set_index("occupation_code")["grade"]


def apply_corrections(
    by_section: pd.DataFrame, corrections: pd.DataFrame, table: str = "demand"
) -> tuple[pd.DataFrame, list[str]]:
    """Put right the known errors of the demand history.

    Parameters
    ----------
    by_section : pandas.DataFrame
        ``quarter``, ``industry_code``, ``openings``.
    corrections : pandas.DataFrame
        Contract `data.tables.CORRECTIONS`; active records of kind ``wrong_value`` replace the
        figure, those of kind ``gap`` make it missing.  A level shift or a board that joined
        changes no figure: it is said beside the forecast.
    table : str
        Table whose records are applied.

    Returns
    -------
    corrected : pandas.DataFrame
    statements : list of str
        What was done, in Chinese.

    Raises
    ------
    ContractError
        When the figure of a record with a guard is no longer what the guard says: the source
        has been put right, and the record must be retired.
    """
    corrected, statements = by_section.copy(), []
    active = corrections[(corrections["table"] == table) & (corrections["status"] == "active")]
    for record in active.to_dict("records"):
        where = (corrected["quarter"] == record["quarter"]) & (
            corrected["industry_code"] == record["series"]
        )
        _check_guard(corrected["openings"][where], record)
        said = record["reason"]
        if record["what"] in REPLACING:
            right = record["value"] if record["what"] == "wrong_value" else np.nan
            corrected["openings"] = corrected["openings"].mask(where, right)
            said = said if where.any() else "订正记录未找到对应数据，未作订正"
        statements.append(f"{record['quarter']}“{record['series']}”需求数据：{said}")
    return corrected, statements


def _check_guard(values: pd.Series, record: Mapping[Any, Any]) -> None:
    if np.isnan(record["guard"]) or values.empty:
        return
    found = float(values.iloc[0])
    if not np.isclose(found, record["guard"], rtol=1e-6):
        raise ContractError(
            f"the source of {record['series']} in {record['quarter']} lost its known error",
            got=f"{found:g}",
            expected=f"{record['guard']:g}, as the guard says",
            action="retire the record, or state the new figure",
        )
