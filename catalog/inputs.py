"""Reading everything that a run needs besides the postings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.contract import REASON, Contract
from data.errors import ContractError, UnknownColumnsError
from data.quarters import QUARTER_PATTERN, parse_quarter
from data.readers import COURSE_ADVERTISEMENTS, read_table
from data.reference import (
    LOCAL_ITEMS,
    load_districts,
    load_industries,
    load_occupations,
    reference_table,
)
from data.requirements import REPLACEMENT_RATES, STATED_GROWTH
from data.tables import CORRECTIONS, DEMAND, EVIDENCE, PREVIOUS, SEEKERS, SUPPLY
from forecasting.employment_growth import sound_growth

from .configuration import InputsSection
from .formats.wording import issue_label, number

TABLES: Mapping[str, Contract] = {
    "demand": DEMAND,
    "seekers": SEEKERS,
    "supply": SUPPLY,
    "evidence": EVIDENCE,
    "previous": PREVIOUS,
    "corrections": CORRECTIONS,
    "local_items": LOCAL_ITEMS,
    "replacement_rates": REPLACEMENT_RATES,
    "employment_growth": STATED_GROWTH,
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
    replacement_rates, employment_growth : pandas.DataFrame
        Contracts `data.requirements.REPLACEMENT_RATES` and `data.requirements.STATED_GROWTH`.
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
    replacement_rates: pd.DataFrame
    employment_growth: pd.DataFrame
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
    unsound = pd.concat([unsound, unknown])
    if contract is STATED_GROWTH:
        valid, unclear = sound_growth(valid)
        unsound = pd.concat([unsound, unclear])
    return valid.reset_index(drop=True), unsound, contract


def _with_known_codes(frame: pd.DataFrame, quarter: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the rows whose occupation, industry or district is in no edition that can be meant."""
    reasons = pd.Series(None, index=frame.index, dtype=object)
    known = {
        "occupation_code": set(load_occupations().groups),
        "industry_code": set(load_industries().industries),
    }
    odd = {column: ~frame[column].isin(codes) for column, codes in known.items() if column in frame}
    if "district_code" in frame and frame["district_code"].notna().any():
        odd["district_code"] = ~_stood(frame, quarter)
    for column, unknown in odd.items():
        text = column + ": " + frame[column].astype(str) + " is not in the reference table"
        reasons = reasons.mask(unknown & frame[column].notna() & reasons.isna(), text)
    return frame[reasons.isna()], frame[reasons.notna()].assign(**{REASON: reasons.dropna()})


def _stood(frame: pd.DataFrame, quarter: str) -> pd.Series:
    """Whether the district of each row stood in its quarter, or stands in that of the issue."""
    admitted = _district_codes(quarter)
    stood = frame["district_code"].isin(admitted)
    for each, codes in frame["district_code"][~stood].groupby(frame["quarter"]):
        stood[codes.index] = codes.isin(_district_codes(str(each)))
    return stood


def _district_codes(quarter: str) -> set[str]:
    """Codes valid on the first or the last day of a quarter."""
    period = parse_quarter(quarter)
    days = (period.start_time.date(), period.end_time.date())
    return {code for day in days for code in load_districts(day).codes}


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
    history: pd.DataFrame,
    corrections: pd.DataFrame,
    table: str = "demand",
    column: str = "industry_code",
) -> tuple[pd.DataFrame, list[str]]:
    """Put right the known errors of a history, and say what was declared of it.

    Parameters
    ----------
    history : pandas.DataFrame
        ``quarter``, ``openings``, and the column that names the series.
    corrections : pandas.DataFrame
        Contract `data.tables.CORRECTIONS`; active records of kind ``wrong_value`` replace the
        figure, those of kind ``gap`` make it missing.  A level shift or a board that joined
        changes no figure here: it is taken out of what the models see (`catalog.demand_series`).
    table : str
        Table whose records are applied.
    column : str
        Column that names the series.

    Returns
    -------
    corrected : pandas.DataFrame
    statements : list of str
        What was done, in Chinese.

    Raises
    ------
    ContractError
        When the figure of a record with a guard is no longer what the guard says: the source
        has been put right, and the record, of whatever kind, must be retired.
    """
    corrected, statements = history.copy(), []
    active = corrections[(corrections["table"] == table) & (corrections["status"] == "active")]
    for record in active.to_dict("records"):
        own = history[column] == record["series"]
        where = own & (history["quarter"] == record["quarter"])
        _check_guard(history["openings"][where], record)
        if record["what"] in REPLACING:
            right = record["value"] if record["what"] == "wrong_value" else np.nan
            corrected["openings"] = corrected["openings"].mask(where, right)
        earlier = (own & (history["quarter"] < record["quarter"])).any()
        statements.append(
            f"{issue_label(record['quarter'])}“{_series_name(record['series'])}”需求数据："
            f"{_said(record, history['openings'][where], has_earlier=bool(earlier))}。"
        )
    return corrected, statements


def _said(record: Mapping[Any, Any], found: pd.Series, *, has_earlier: bool) -> str:
    """What a record says and what was done about it."""
    reason = record["reason"].rstrip("。；")
    if found.empty:
        return "订正记录未找到对应数据，未作订正"
    if record["what"] == "wrong_value":
        return f"由{number(found.iloc[0])}订正为{number(record['value'])}，{reason}"
    if record["what"] == "gap":
        return f"{reason}，按缺失处理"
    if not has_earlier:
        return f"{reason}；此前没有数据，无需衔接"
    return f"{reason}；公布的历史数据保持登记原值，预测时此前各季度已按变动后的口径衔接"


def _series_name(code: str) -> str:
    """Official name of an industry or a district; other series keep their name."""
    industries = load_industries().industries
    if code in industries:
        return industries[code].name
    districts = reference_table("districts").frame().set_index("district_code")["name"]
    return str(districts.get(code, code))


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
