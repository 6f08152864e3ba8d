"""The tables that people read, alike in the spreadsheet and on the page: rows, headers, units."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import pandas as pd

from catalog.draft import Draft, published_forecast
from catalog.grade import change_name
from catalog.tables import (
    GRADE_NAMES,
    INDICATOR_NAMES,
    INDICATOR_UNITS,
    LISTED_GRADES,
)
from data.quarters import parse_quarter
from data.reference import load_districts

from .csv import ANNEX, LISTED
from .places import places_in_order
from .wording import (
    interval,
    is_missing,
    issue_label,
    number,
    order_of_periods,
    percent,
    series_name,
    year_ahead_label,
)

# "text" stands to the left, "label" and "interval" in the middle; the others are numbers, to the
# right.
Kind = Literal["label", "text", "interval", "whole", "tenth", "ratio", "percent"]
DECIMALS: dict[Kind, int] = {"interval": 0, "whole": 0, "tenth": 1, "ratio": 2}
CHANGED = ("entered", "raised", "lowered", "left")
NO_EVIDENCE = "证据不足"
BOUND_WIDTH = 6


@dataclass(frozen=True)
class Field:
    """A column: its header with the unit, its kind, and its width in Chinese characters."""

    header: str
    kind: Kind
    width: int


@dataclass(frozen=True)
class View:
    """A table for readers; a cell of a number column may hold a text instead."""

    title: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Any, ...], ...]


class Figure(NamedTuple):
    """A number whose kind is not that of its column."""

    value: float
    kind: Kind


class Range(NamedTuple):
    """A closed range, its bounds both of one kind."""

    lower: float
    upper: float
    kind: Kind


def range_of(lower: Any, upper: Any, kind: Kind = "whole") -> Range | None:
    """Make a range of its bounds; one bound alone is no range."""
    return None if is_missing(lower) or is_missing(upper) else Range(lower, upper, kind)


def split_intervals(view: View) -> View:
    """Give every interval two columns of numbers, as those who reckon with it need them.

    Examples
    --------
    >>> view = View("", (Field("90%区间（人）", "interval", 8),), ((Range(1.0, 2.0, "whole"),),))
    >>> [field.header for field in split_intervals(view).fields]
    ['90%区间下限（人）', '90%区间上限（人）']
    """
    fields = tuple(part for field in view.fields for part in _bound_fields(field))
    rows = tuple(
        tuple(
            part
            for field, value in zip(view.fields, cells, strict=True)
            for part in _bound_cells(field, value)
        )
        for cells in view.rows
    )
    return View(view.title, fields, rows)


def _bound_fields(field: Field) -> tuple[Field, ...]:
    if field.kind != "interval":
        return (field,)
    return tuple(
        Field(field.header.replace("区间", f"区间{side}"), "whole", BOUND_WIDTH)
        for side in ("下限", "上限")
    )


def _bound_cells(field: Field, value: Any) -> tuple[Any, ...]:
    if field.kind != "interval":
        return (value,)
    if not isinstance(value, Range):
        return (value, value)
    return (Figure(value.lower, value.kind), Figure(value.upper, value.kind))


def format_cell(value: object, kind: Kind) -> str:
    """Word a cell as text.

    Examples
    --------
    >>> format_cell(0.5, "percent"), format_cell("证据不足", "ratio"), format_cell(None, "whole")
    ('50.0%', '证据不足', '—')
    """
    if isinstance(value, Figure):
        return format_cell(value.value, value.kind)
    if isinstance(value, Range):
        return interval(value.lower, value.upper, DECIMALS[value.kind])
    if isinstance(value, str):
        return value
    if kind in ("label", "text"):
        return "" if is_missing(value) else str(value)
    return percent(value) if kind == "percent" else number(value, DECIMALS[kind])


def _listing_fields(quarter: str) -> tuple[Field, ...]:
    return (
        Field("序号", "whole", 3),
        Field("职业编码", "label", 7),
        Field("职业名称", "text", 13),
        Field("紧缺等级", "label", 7),
        Field("得分（0～100分）", "tenth", 5),
        Field(f"{issue_label(quarter)}需求人数（人）", "whole", 7),
        Field("需求人数90%区间（人）", "interval", 8),
        Field("求人倍率（倍）", "ratio", 5),
        Field("工资中位数（元/月）", "whole", 6),
        Field("排名区间", "interval", 6),
        Field("较上期", "text", 8),
        Field("说明", "text", 26),
    )


def catalog_views(draft: Draft) -> tuple[View, ...]:
    """Build the three tables of the catalog proper, by grade; one without rows stays, empty."""
    rows = draft.catalog
    return tuple(
        listing_view(f"{GRADE_NAMES[grade]}职业", rows[rows["grade"] == grade], draft.quarter)
        for grade in LISTED_GRADES
    )


def annex_view(draft: Draft) -> View:
    """Short, but not for training to mend: licensed elsewhere or without a standard."""
    view = listing_view("紧缺但不属培训范围的职业", draft.outside_training, draft.quarter)
    basis = [(value,) for value in draft.outside_training["eligibility_basis"]]
    rows = tuple(row + more for row, more in zip(view.rows, basis, strict=True))
    return View(view.title, (*view.fields, Field("不属培训范围的依据", "text", 14)), rows)


def listing_view(title: str, ranking: pd.DataFrame, quarter: str) -> View:
    """Rows of the ranking as an official annex prints them, numbered from 1."""
    rows = (
        (
            place,
            row.occupation_code,
            row.occupation_name,
            f"{row.grade} {GRADE_NAMES[row.grade]}",
            row.score,
            row.openings,
            range_of(row.openings_lower, row.openings_upper),
            NO_EVIDENCE if is_missing(row.vacancy_ratio) else row.vacancy_ratio,
            row.wage_yuan_month_median,
            range_of(row.rank_lower, row.rank_upper),
            change_text(row),
            remark(row),
        )
        for place, row in enumerate(_records(ranking), start=1)
    )
    return View(title, _listing_fields(quarter), tuple(rows))


def change_text(row: Any) -> str:
    """Change against the issue before, with the earlier grade where there was one."""
    words = change_name(row.change, row.grade)
    if row.change in CHANGED and not is_missing(row.previous_grade):
        words += f"（上期：{GRADE_NAMES[row.previous_grade]}）"
    return words


def remark(row: Any) -> str:
    """Why the grade was given, with every caution that a reader of the row must know."""
    parts = [str(row.explanation).rstrip("。") + "。"]
    if row.exit_warning:
        parts.append("退出预警：下期可能退出目录。")
    if not is_missing(row.flags) and row.flags:
        parts.append(f"注意：{row.flags}。")
    return "".join(parts)


def changes_view(draft: Draft) -> View:
    """Occupations whose grade changed against the issue before, in the catalog or its annex."""
    rows = draft.ranking[draft.ranking["change"].isin(CHANGED)]
    order = rows["change"].map(CHANGED.index)
    rows = rows.assign(order=order, annex=~rows["eligible"])
    rows = rows.sort_values(["order", "annex", "occupation_code"])
    fields = (
        Field("变化", "label", 9), Field("名录", "label", 4), Field("职业编码", "label", 7),
        Field("职业名称", "text", 16), Field("上期", "label", 6), Field("本期", "label", 6),
        Field("说明", "text", 40),
    )  # fmt: skip
    return View(
        "较上期变化",
        fields,
        tuple(
            (
                change_name(row.change, row.grade), LISTED if row.eligible else ANNEX,
                row.occupation_code, row.occupation_name,
                "未列入" if is_missing(row.previous_grade) else GRADE_NAMES[row.previous_grade],
                GRADE_NAMES[row.grade], remark(row),
            )
            for row in _records(rows)
        ),
    )  # fmt: skip


def demand_view(draft: Draft, at_most: int | None = None) -> View:
    """List the openings of every occupation with their interval and what they rest on."""
    this_quarter = issue_label(draft.quarter)
    fields = (
        Field("序号", "whole", 3), Field("职业编码", "label", 7), Field("职业名称", "text", 13),
        Field("职业大类", "text", 10), Field(f"{this_quarter}需求人数（人）", "whole", 7),
        Field("需求人数90%区间（人）", "interval", 8), Field("招聘广告（条）", "whole", 5),
        Field("用人单位（家）", "whole", 6), Field("最大单位占比", "percent", 5),
        Field("人数推算占比", "percent", 5), Field("编码确定占比", "percent", 5),
        Field("工资中位数（元/月）", "whole", 6),
        Field(f"{year_ahead_label(draft.quarter)}预测需求合计（人）", "whole", 8),
        Field("预测合计90%区间（人）", "interval", 8), Field("紧缺等级", "label", 7),
    )  # fmt: skip
    rows = (
        (
            place, row.occupation_code, row.occupation_name, row.major_group_name, row.openings,
            range_of(row.openings_lower, row.openings_upper), row.ads, row.employers,
            row.largest_employer_share, row.imputed_share, row.certainty_share,
            row.wage_yuan_month_median, row.openings_forecast_next_year,
            range_of(
                row.openings_forecast_next_year_lower, row.openings_forecast_next_year_upper
            ),
            f"{row.grade} {GRADE_NAMES[row.grade]}",
        )
        for place, row in enumerate(_records(draft.demand[:at_most]), start=1)
    )  # fmt: skip
    return View("职业需求人数", fields, tuple(rows))


def indicators_view(draft: Draft) -> View:
    """Value, interval and points of every indicator, or the reason why there is none."""
    fields = (
        Field("职业编码", "label", 7), Field("职业名称", "text", 16), Field("指标", "label", 7),
        Field("单位", "label", 3), Field("指标值", "tenth", 7), Field("90%区间", "interval", 10),
        Field("得分（0～100）", "tenth", 6), Field("测算所用类别", "label", 7),
        Field("缺失原因", "text", 24),
    )  # fmt: skip
    names = draft.ranking.set_index("occupation_code")["occupation_name"]
    place = {name: i for i, name in enumerate(INDICATOR_NAMES)}
    rows = draft.indicators[draft.indicators["quarter"] == draft.quarter]
    rows = rows.assign(place=rows["indicator"].map(place)).sort_values(["occupation_code", "place"])
    return View(
        "指标",
        fields,
        tuple(
            (
                row.occupation_code, names.get(row.occupation_code, ""),
                INDICATOR_NAMES[row.indicator], INDICATOR_UNITS[row.indicator],
                _measured(row.indicator, row.value),
                range_of(row.lower, row.upper, _kind(row.indicator)), row.points,
                row.basis_code, row.missing_reason,
            )
            for row in _records(rows)
        ),
    )  # fmt: skip


def outlook_view(draft: Draft) -> View:
    """Forecast openings of the city and of each industry by period, beside those of the issue."""
    history, forecast = draft.total_and_industries
    actual = history[history["period"] == draft.quarter].set_index("series_id")["value"]
    lead = (
        Field("行业", "text", 18), Field(f"{issue_label(draft.quarter)}实际需求（人）", "whole", 9)
    )  # fmt: skip
    return _forecast_table(
        "行业需求预测", lead, forecast, lambda code: (series_name(code), actual.get(code))
    )


def district_outlook_view(draft: Draft) -> View:
    """Forecast openings of the city by region and district; empty where none was forecast."""
    forecast = draft.coherent_forecast
    if forecast is None:
        forecast = draft.industry_forecast[:0].assign(grouping="")
    parts = forecast["grouping"].isin(("region", "district"))
    wanted = parts | forecast["grouping"].eq("total") if parts.any() else parts
    units = load_districts(parse_quarter(draft.quarter).end_time.date())
    places = {
        place.series_id: (place.level, place.name)
        for place in places_in_order(set(forecast.loc[wanted, "series_id"]), units)
    }
    return _forecast_table(
        "区县需求预测",
        (Field("层级", "label", 4), Field("地区", "text", 18)),
        forecast[wanted],
        places.__getitem__,
        order=list(places),
    )


def _forecast_table(
    title: str,
    lead: tuple[Field, ...],
    forecast: pd.DataFrame,
    describe: Callable[[str], tuple[Any, ...]],
    order: Sequence[str] | None = None,
) -> View:
    """Rows by series, largest first where no order is given, and period: mean and intervals."""
    levels = sorted(forecast["level"].unique())
    fields = (
        *lead, Field("时期", "label", 9), Field("预测需求（人）", "whole", 9),
        *(Field(f"{level}%预测区间（人）", "interval", 14) for level in levels),
    )  # fmt: skip
    if forecast.empty:
        return View(title, fields, ())
    forecast = published_forecast(forecast)
    sizes = forecast.groupby("series_id")["mean"].mean()
    rows = []
    for series in order or sorted(sizes.index, key=lambda name: (-sizes[name], name)):
        own = forecast[forecast["series_id"] == series]
        for period in order_of_periods(own["period"]):
            cells = own[own["period"] == period].set_index("level")
            bands = (
                range_of(cells["lower"].get(level), cells["upper"].get(level)) for level in levels
            )
            rows.append((*describe(series), issue_label(period), cells["mean"].iloc[0], *bands))
    return View(title, fields, tuple(rows))


def _kind(indicator: str) -> Kind:
    return "ratio" if INDICATOR_UNITS[indicator] == "倍" else "tenth"


def _measured(indicator: str, value: float) -> Figure | str:
    return f"X（{NO_EVIDENCE}）" if is_missing(value) else Figure(value, _kind(indicator))


def _records(frame: pd.DataFrame) -> Iterable[Any]:
    """Rows as named tuples whose fields are the columns of the contract."""
    return frame.itertuples(index=False)
