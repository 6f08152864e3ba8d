"""`catalog.xlsx`: the annex tables as an office prints and signs them."""

import datetime as dt
import math
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from .edition import Edition
from .guidance import (
    coverage_view,
    gate_view,
    input_view,
    key_points,
    notices,
    reading_guide,
)
from .requirements import REQUIREMENTS_TITLE, requirements_notes, requirements_view
from .surveys import SURVEYS_TITLE, surveys_view
from .views import (
    Figure,
    View,
    annex_view,
    catalog_views,
    changes_view,
    demand_view,
    district_outlook_view,
    indicators_view,
    outlook_view,
    split_intervals,
)
from .wording import MISSING, is_missing

CATALOG_SHEET, ANNEX_SHEET = "目录", "附录（紧缺但不属培训范围）"
CHANGES_SHEET, SURVEYS_SHEET = "较上期变化", "证据（不计分）"
# The document's time is fixed: a release must not depend on when it was written.
DOCUMENT_TIME = dt.datetime(2000, 1, 1)
OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "in_memory": True,
}
A4 = 9
NUMBER_FORMATS = {"whole": "#,##0", "tenth": "#,##0.0", "ratio": "#,##0.00", "percent": "0.0%"}
EMPTY_NOTE = "本期无"
# Of a Chinese character in 9 points, in characters of the default font that columns count in.
WIDTH_PER_CHARACTER = 1.7
LINE_POINTS = 13.5
# Punctuation may not begin a line, so lines hold fewer characters than fit.
FILLED_SHARE = 0.9


class Book:
    """A workbook under way: its formats, and where the next row of each sheet goes."""

    def __init__(self, path: Path, edition: Edition) -> None:
        self.workbook = xlsxwriter.Workbook(str(path), OPTIONS)
        self.edition = edition
        draft = edition.draft
        self.workbook.set_properties(
            {"title": draft.title, "author": draft.issuer, "created": DOCUMENT_TIME}
        )
        base = {"font_name": "宋体", "font_size": 9, "valign": "vcenter"}
        boxed = base | {"border": 1}
        make = self.workbook.add_format
        self.title = make(base | {"font_size": 18, "align": "center"})
        self.subtitle = make(base | {"align": "center"})
        self.notice = make(base | {"align": "center", "bold": True, "font_color": "#C00000"})
        self.heading = make(base | {"font_name": "黑体", "font_size": 11})
        self.header = make(
            boxed
            | {"font_name": "黑体", "align": "center", "text_wrap": True, "bg_color": "#F2F2F2"}
        )
        self.paragraph = make(base | {"text_wrap": True, "valign": "top"})
        self.cells: dict[str, Format] = {
            "label": make(boxed | {"align": "center", "text_wrap": True}),
            "text": make(boxed | {"text_wrap": True, "indent": 1}),
            **{
                kind: make(boxed | {"num_format": code, "align": "right", "indent": 1})
                for kind, code in NUMBER_FORMATS.items()
            },
        }  # fmt: skip

    def sheet(self, name: str, widths: list[int]) -> Worksheet:
        """Add a sheet for printing on A4 across, as wide as the page."""
        sheet = self.workbook.add_worksheet(name)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.8)
        sheet.set_footer("&C第&P页，共&N页")
        for column, width in enumerate(widths):
            sheet.set_column(column, column, WIDTH_PER_CHARACTER * width + 1)
        return sheet

    def top(self, sheet: Worksheet, title: str, columns: int) -> int:
        """Write title, issue and notices over the whole width; return the next row."""
        draft, last = self.edition.draft, columns - 1
        sheet.merge_range(0, 0, 0, last, title, self.title)
        sheet.set_row(0, 30)
        line = f"{draft.issuer}　{self.edition.issue}　适用地区：{draft.area}"
        sheet.merge_range(1, 0, 1, last, line, self.subtitle)
        sheet.merge_range(2, 0, 2, last, "；".join(notices(self.edition)), self.notice)
        return 3

    def header_row(self, sheet: Worksheet, view: View, row: int) -> int:
        """Write the headers; return the next row."""
        for column, field in enumerate(view.fields):
            sheet.write_string(row, column, field.header, self.header)
        lines = max(_lines(field.header, field.width) for field in view.fields)
        sheet.set_row(row, LINE_POINTS * max(2, lines) + 6)
        return row + 1

    def body(self, sheet: Worksheet, view: View, row: int) -> int:
        """Write the rows, or one saying that there is none; return the next row."""
        if not view.rows:
            sheet.merge_range(row, 0, row, len(view.fields) - 1, EMPTY_NOTE, self.cells["label"])
            return row + 1
        for cells in view.rows:
            lines = 1
            for column, (field, value) in enumerate(zip(view.fields, cells, strict=True)):
                self._cell(sheet, row, column, field.kind, value)
                lines = max(lines, _lines(value, field.width) if isinstance(value, str) else 1)
            sheet.set_row(row, LINE_POINTS * lines + 3)
            row += 1
        return row

    def _cell(self, sheet: Worksheet, row: int, column: int, kind: str, value: Any) -> None:
        if isinstance(value, Figure):
            sheet.write_number(row, column, value.value, self.cells[value.kind])
        elif is_missing(value):
            sheet.write_string(row, column, MISSING, self.cells["label"])
        elif isinstance(value, str):
            form = self.cells["text" if kind == "text" else "label"]
            sheet.write_string(row, column, value, form)
        else:
            sheet.write_number(row, column, value, self.cells[kind])

    def table_sheet(self, name: str, title: str, view: View) -> None:
        """Add a sheet with one table, to be filtered, its headers frozen and on every page."""
        view = split_intervals(view)
        sheet = self.sheet(name, [field.width for field in view.fields])
        row = self.top(sheet, title, len(view.fields))
        sheet.repeat_rows(row)
        after = self.header_row(sheet, view, row)
        sheet.freeze_panes(after, 0)
        last = self.body(sheet, view, after) - 1
        if view.rows:
            sheet.autofilter(row, 0, last, len(view.fields) - 1)

    def paragraphs(self, sheet: Worksheet, row: int, texts: list[str], width: int) -> int:
        """Write paragraphs into the first column; return the next row."""
        for text in texts:
            sheet.write_string(row, 0, text, self.paragraph)
            sheet.set_row(row, LINE_POINTS * _lines(text, width) + 4)
            row += 1
        return row


def write_xlsx(edition: Edition, path: Path) -> Path:
    """Write the workbook: catalog, annex, demand, forecasts, requirements, quality, guide."""
    draft = edition.draft
    book = Book(path, edition)
    _catalog_sheet(book)
    book.table_sheet(ANNEX_SHEET, "附录　紧缺但不属培训范围的职业", annex_view(draft))
    book.table_sheet(CHANGES_SHEET, f"较上期变化（{edition.issue}）", changes_view(draft))
    book.table_sheet("需求表", f"职业需求人数（{edition.issue}）", demand_view(draft))
    surveys = surveys_view(draft)
    if surveys.rows:
        book.table_sheet(SURVEYS_SHEET, SURVEYS_TITLE, surveys)
    book.table_sheet("指标", "各职业指标值与缺失原因", indicators_view(draft))
    book.table_sheet("行业预测", "行业需求预测", outlook_view(draft))
    districts = district_outlook_view(draft)
    if districts.rows:
        book.table_sheet("区县预测", districts.title, districts)
    _requirements_sheet(book)
    _quality_sheet(book)
    _guide_sheet(book)
    book.workbook.close()
    return path


def _catalog_sheet(book: Book) -> None:
    views = [split_intervals(view) for view in catalog_views(book.edition.draft)]
    fields = views[0].fields
    sheet = book.sheet(CATALOG_SHEET, [field.width for field in fields])
    row = book.top(sheet, book.edition.draft.title, len(fields))
    sheet.repeat_rows(row)
    row = book.header_row(sheet, views[0], row)
    sheet.freeze_panes(row, 0)
    for ordinal, view in zip("一二三", views, strict=True):
        heading = f"{ordinal}、{view.title}（{len(view.rows)}个）"
        sheet.merge_range(row, 0, row, len(fields) - 1, heading, book.heading)
        sheet.set_row(row, 22)
        row = book.body(sheet, view, row + 1)


def _requirements_sheet(book: Book) -> None:
    """Add the account beside the openings: its warning above it, the other notes below."""
    view = split_intervals(requirements_view(book.edition.draft))
    notes = requirements_notes(book.edition.draft)
    widths = [field.width for field in view.fields]
    sheet = book.sheet(REQUIREMENTS_TITLE, widths)
    row = book.top(sheet, view.title, len(widths))
    row = _notes(book, sheet, row, notes[:1], widths)
    sheet.repeat_rows(row)
    after = book.header_row(sheet, view, row)
    sheet.freeze_panes(after, 0)
    after_sum = book.body(sheet, view, after)
    if view.rows:  # the sum stays where it is when rows are filtered or sorted
        sheet.autofilter(row, 0, after_sum - 2, len(widths) - 1)
    _notes(book, sheet, after_sum, notes[1:], widths)


def _notes(book: Book, sheet: Worksheet, row: int, notes: list[str], widths: list[int]) -> int:
    """Write notes over the whole width; return the next row."""
    for note in notes:
        sheet.merge_range(row, 0, row, len(widths) - 1, note, book.paragraph)
        sheet.set_row(row, LINE_POINTS * _lines(note, sum(widths)) + 4)
        row += 1
    return row


def _quality_sheet(book: Book) -> None:
    quality = book.edition.draft.quality
    views = [input_view(quality), gate_view(quality), coverage_view(quality)]
    widths = [
        max((view.fields[column].width for view in views if column < len(view.fields)), default=8)
        for column in range(max(len(view.fields) for view in views))
    ]
    sheet = book.sheet("数据质量", widths)
    row = book.top(sheet, "数据质量", len(widths))
    for view in views:
        sheet.write_string(row, 0, view.title, book.heading)
        row = book.body(sheet, view, book.header_row(sheet, view, row + 1)) + 1


def _guide_sheet(book: Book) -> None:
    width = 72
    sheet = book.sheet("说明", [width])
    draft = book.edition.draft
    sheet.write_string(0, 0, "说明", book.title)
    sheet.set_row(0, 30)
    sheet.write_string(1, 0, "；".join(notices(book.edition)), book.notice)
    chapters = [
        ("本期要点", key_points(draft)),
        ("证据说明", list(draft.statements) or [EMPTY_NOTE]),
        *reading_guide(book.edition),
    ]
    row = 2
    for heading, texts in chapters:
        sheet.write_string(row, 0, heading, book.heading)
        sheet.set_row(row, 22)
        row = book.paragraphs(sheet, row + 1, texts, width)


def _lines(text: str, width: int) -> int:
    """Lines that a text takes in a column of so many Chinese characters.

    Examples
    --------
    >>> _lines("养老护理员", 4), _lines("ABCDEFG", 4)
    (2, 1)
    """
    halves = sum(1 if character.isascii() else 2 for character in text)
    return max(1, math.ceil(halves / (2 * width * FILLED_SHARE)))
