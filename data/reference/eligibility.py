"""Which occupations subsidised training can serve, with the reason for each of the 1,639 units.

An occupation is eligible when a national standard, a vocational qualification, an assessment
rule or a special-ability item exists for it, and no other authority licenses it as a whole and
the state itself does not recruit for it.
"""

from collections.abc import Callable

import pandas as pd

from ..contract import Column, Contract
from ..tables import TEXT, UNIT_GROUP_PATTERN
from .occupations import load_occupations
from .standards import EXCLUDING, LICENSED
from .tables import reference_table

Record = dict[str, str]

LOCAL_KINDS = ("专项职业能力", "职业技能评价规范")
LOCAL_ITEMS = Contract(
    "local items",
    (
        Column("occupation_code", TEXT, "细类 of the 大典 2022", pattern=UNIT_GROUP_PATTERN),
        Column("item", TEXT, "name of the item or rule"),
        Column("kind", TEXT, "kind of item", admitted=LOCAL_KINDS),
    ),
    key=("occupation_code", "item"),
)
NO_BASIS = "尚无国家职业标准、技能人员职业资格或者评价规范"


def training_eligibility(local_items: pd.DataFrame | None = None) -> pd.DataFrame:
    """Judge every unit of the 大典 2022.

    Parameters
    ----------
    local_items : pandas.DataFrame, optional
        Special-ability items (专项职业能力) and assessment rules of the city: columns
        occupation_code, item, kind.

    Returns
    -------
    pandas.DataFrame
        One row a unit in code order: occupation_code, eligible (bool), basis (a clause in
        Chinese: the standards and qualifications, or the licence, or that there is none).

    Raises
    ------
    ContractError
        When a row of the local items breaks its contract.
    UnknownCodeError
        When a local item is about a code that the edition lacks.

    Examples
    --------
    >>> eligibility = training_eligibility().set_index("occupation_code")
    >>> eligibility["eligible"][["6-18-02-04", "2-07-04-00"]].tolist()
    [True, False]
    >>> eligibility["basis"]["4-10-01-05"]
    '有国家职业标准“养老护理员”（2019年版）'
    """
    occupations = load_occupations()
    grounds = _grounds(local_items)
    exclusions, certificates = _covered()
    rows = []
    for unit in occupations.units:
        ground = grounds.get(unit, [])
        if unit in exclusions:
            rows.append((unit, False, exclusions[unit]))
        else:
            basis = "；".join([*ground, *certificates.get(unit, [])]) if ground else NO_BASIS
            rows.append((unit, bool(ground), basis))
    return pd.DataFrame(rows, columns=["occupation_code", "eligible", "basis"])


def _grounds(local_items: pd.DataFrame | None) -> dict[str, list[str]]:
    """Clauses that speak for training, by unit."""
    grounds: dict[str, list[str]] = {}
    for code, titles in _titles("skill_standards", _standard_title).items():
        grounds.setdefault(code, []).append("有国家职业标准" + "、".join(titles))
    for code, titles in _titles("qualifications", _qualification_title).items():
        clause = f"列入国家职业资格目录（{'、'.join(titles)}）"
        grounds.setdefault(code, []).append(clause)
    if local_items is not None:
        occupations = load_occupations()
        for item in LOCAL_ITEMS.check(local_items).astype(str).to_dict("records"):
            code = occupations.group(item["occupation_code"]).code
            grounds.setdefault(code, []).append(f"有{item['kind']}“{item['item']}”")
    return grounds


def _titles(table: str, title: Callable[[Record], str]) -> dict[str, list[str]]:
    """Titles of a table's rows by the unit they belong to; rows without a unit are left out."""
    titles: dict[str, list[str]] = {}
    for record in reference_table(table).records():
        if record["occupation_code"]:
            titles.setdefault(record["occupation_code"], []).append(title(record))
    return titles


def _standard_title(record: Record) -> str:
    trade = f"（{record['trade_name']}）" if record["trade_name"] else ""
    edition = f"（{record['edition']}年版）" if record["edition"] else ""
    return f"“{record['occupation_name']}{trade}”{edition}"


def _qualification_title(record: Record) -> str:
    return record["qualification"]


def _covered() -> tuple[dict[str, str], dict[str, list[str]]]:
    """Reasons against training, and remarks on certificates needed besides, by unit."""
    occupations = load_occupations()
    exclusions: dict[str, str] = {}
    certificates: dict[str, list[str]] = {}
    for record in reference_table("licensed_occupations").records():
        for unit in occupations.units_under(record["occupation_code"]):
            if record["reason_kind"] in EXCLUDING:
                exclusions[unit] = _exclusion(record)
            else:
                remark = f"另涉{record['licence']}（{record['authority']}）"
                certificates.setdefault(unit, []).append(remark)
    return exclusions, certificates


def _exclusion(record: Record) -> str:
    remark, law = record["remark"], record["legal_basis"]
    if record["reason_kind"] != LICENSED:
        return f"{remark}（{law}）"
    clause = f"须取得{record['licence']}，由{record['authority']}管理（{law}）"
    return f"{clause}；{remark}" if remark else clause
