"""The requirements account for readers: its table in round figures, and what to know before it."""

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from catalog.draft import Draft
from data.reference import load_occupations

from .views import Field, View, range_of
from .wording import is_missing

REQUIREMENTS_TITLE = "年度用工需求（就业增长＋人员补充）"
FLOWS = ("growth", "exits", "transfers", "required")
# Figures from here on are known to hundreds at best, smaller ones to tens.
LARGE_PERSONS, LARGE_STEP, SMALL_STEP = 1000, 100, 10
ROUNDING_NOTE = (
    f"表中数字{LARGE_PERSONS}人以上的取整到百位，不足{LARGE_PERSONS}人的取整到十位；"
    "因四舍五入，分项之和可能与合计略有出入。"
)
REAL_STOCK_NOTE = "本节存量为公开统计资料，不是合成示例数据。"


def requirements_view(draft: Draft, at_most: int | None = None) -> View:
    """Persons required a year by 中类, most first, and their sum; no rows without an account.

    Parameters
    ----------
    draft : Draft
    at_most : int, optional
        Groups shown; the last row sums up those that are not shown too.
    """
    table = _next_year(draft)
    fields = _fields(table)
    if table.empty:
        return View(REQUIREMENTS_TITLE, fields, ())
    order = table.sort_values(
        ["persons_per_year_required", "occupation_code"], ascending=[False, True]
    )
    shown = order[:at_most].itertuples(index=False)
    rows = (*(_row(place, row) for place, row in enumerate(shown, start=1)), _sum_row(table))
    return View(f"{table['year'].iloc[0]}{REQUIREMENTS_TITLE}", fields, rows)


def round_persons(value: float) -> float:
    """Round persons half up, to hundreds where there are a thousand or more, else to tens.

    Examples
    --------
    >>> [round_persons(value) for value in (292564.3, 1250.0, 42.4, -15.0)]
    [292600.0, 1300.0, 40.0, -10.0]
    """
    step = LARGE_STEP if abs(value) >= LARGE_PERSONS else SMALL_STEP
    return float(math.floor(value / step + 0.5) * step)


def requirements_notes(draft: Draft) -> list[str]:
    """What a reader must know before using the requirements account, and which 中类 it lacks."""
    described = draft.quality.get("requirements", {})
    notes = [*described.get("notes", []), *_left_out(described.get("left_out", []))]
    if _next_year(draft).empty:
        return notes
    return [*notes, ROUNDING_NOTE, *([REAL_STOCK_NOTE] if draft.synthetic else [])]


def _left_out(groups: Iterable[dict[str, Any]]) -> list[str]:
    """One note for each reason, with the groups that it is about."""
    by_reason: dict[str, list[str]] = {}
    for group in groups:
        by_reason.setdefault(group["reason"], []).append(f"{group['code']} {group['name']}")
    return [
        f"未测算的中类（{reason}）：{'；'.join(those)}。" for reason, those in by_reason.items()
    ]


def _next_year(draft: Draft) -> pd.DataFrame:
    """Rows of the first year of the account."""
    table = draft.requirements
    if table is None:
        return pd.DataFrame()
    return table[table["year"] == table["year"].min()]


def _fields(table: pd.DataFrame) -> tuple[Field, ...]:
    return (
        Field("序号", "whole", 3), Field("类别编码", "label", 4), Field("职业中类", "text", 13),
        Field(f"从业人员存量（{_dated(table)}推算，人）", "whole", 7),
        Field("就业增长（人/年）", "whole", 5), Field("退出劳动力（人/年）", "whole", 5),
        Field("转到其他职业（未扣除转入，人/年）", "whole", 6),
        Field("用工需求合计（人/年）", "whole", 6), Field("90%区间（人/年）", "interval", 8),
        Field("所用退出率和转职率", "label", 5), Field("所用就业增长率", "label", 5),
        Field("属培训范围的细类/全部细类（个）", "label", 7),
    )  # fmt: skip


def _dated(table: pd.DataFrame) -> str:
    """Of which year's end the stock is: that of the total, carried on where growth is known."""
    if table.empty or table["base_year"].isna().all():
        return ""
    end = f"{int(table['base_year'].max())}年末"
    if table["growth_code"].isna().all():
        return end
    return f"由{end}至{table['year'].iloc[0] - 1}年末"


def _row(place: int, row: Any) -> tuple[Any, ...]:
    flows = [getattr(row, f"persons_per_year_{flow}") for flow in FLOWS]
    lower, upper = map(round_persons, (row.persons_per_year_lower, row.persons_per_year_upper))
    return (
        place,
        row.occupation_code,
        load_occupations().name(row.occupation_code),
        *(round_persons(value) for value in (row.employed_persons, *flows)),
        range_of(lower, upper),
        _group_used(row.rates_code, row.occupation_code),
        "不变"
        if is_missing(row.growth_code)
        else _group_used(row.growth_code, row.occupation_code),
        _open_to_training(row.occupations_open_to_training, row.occupations),
    )


def _sum_row(table: pd.DataFrame) -> tuple[Any, ...]:
    """Sums of all groups; errors of the groups are not independent, so there is no interval."""
    columns = ["employed_persons", *(f"persons_per_year_{flow}" for flow in FLOWS)]
    sums = (round_persons(float(table[column].sum())) for column in columns)
    return ("", "", f"合计（{len(table)}个中类）", *sums, None, "", "", "")


def _group_used(used: str, own: str) -> str:
    """Name the group whose figure stands in; it is the group itself or one above it."""
    return "本类" if used == own else f"上级类别{used}"


def _open_to_training(eligible: float, every: float) -> str:
    """Say how many occupations of a group training can serve, none being plainest."""
    if is_missing(every):
        return ""
    return f"{int(eligible)}/{int(every)}" if eligible else f"无（共{int(every)}）"
