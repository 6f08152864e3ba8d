"""The workbook that reviewers fill in: postings, proposals to choose from, and all codes.

What an import needs to know again stands on a hidden sheet: the version of the form, of the coder
and of the taxonomy, and for each row a hash of its texts and the fields that are not shown.
"""

import hashlib
import math
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from data.errors import ConfigurationError
from data.reference import load_occupations
from data.reference.occupations import CODE_LENGTHS, LEVEL_NAMES
from data.tables import NO_OCCUPATION

from .formats.xlsx import DOCUMENT_TIME, OPTIONS

FORM_NAME, FORM_VERSION = "jinque review", "1"
REVIEW_SHEET, CODES_SHEET, GUIDE_SHEET, CHECK_SHEET = "审定", "职业代码", "说明", "_核对"
IDENTIFIER, TITLE, EXCERPT = "编号", "招聘标题", "描述（节选）"
ANSWER, ALSO_1, ALSO_2, REVIEWER, NOTE = "审定职业", "也可1", "也可2", "审定人", "说明"
# Header and width in characters; the last five are for the reviewer.
COLUMNS = {
    IDENTIFIER: 14, TITLE: 24, EXCERPT: 80, "雇主行业/类别": 20, "招聘人数": 9, "建议职业": 24,
    "把握": 7, ANSWER: 30, ALSO_1: 24, ALSO_2: 24, REVIEWER: 10, NOTE: 24,
}  # fmt: skip
TO_FILL_IN = (ANSWER, ALSO_1, ALSO_2, REVIEWER, NOTE)
OTHER = "其他（请填代码）"
NONE_FITS = f"{NO_OCCUPATION} 无法归入任何职业"
CHECK_COLUMNS = ("posting_id", "sha256", "category", "industry", "employer")
# Fields that the hash of a row covers, in this order.
HASHED = ("posting_id", "title", "description", "category", "industry", "employer")
HEADING_ROW, HEADER_ROW = 0, 1
LINE_POINTS, ROW_POINTS_AT_LEAST = 13.5, 32
# Half a Chinese character in 10 points, in the unit of column widths.
HALF_CHARACTER = 0.95
LEVEL_HEADERS = dict(zip(LEVEL_NAMES, ("大类", "中类", "小类", "职业（细类）"), strict=True))
PROTECTION = {"format_columns": True, "format_rows": True, "autofilter": True}
GUIDE = (
    "一、这张表列出编码程序最没有把握、且招聘人数较多的招聘信息，按可能归错的人数由多到少排列。"
    "文字相同的招聘信息只列一次，招聘人数为合计数；未写明人数的按同类职业推算。",
    f"二、请阅读招聘标题和描述，在“{ANSWER}”栏从下拉列表中选择职业，或者直接填写职业代码，"
    "如6-18-02-04。描述只节选前400字，电话、姓名等个人信息已隐去。",
    f"三、下拉列表中没有合适的职业时，到“{CODES_SHEET}”表查找，把代码填入“{ANSWER}”栏，"
    f"代替“{OTHER}”。",
    "四、只能确定到小类、中类或者大类的，填写该类别的代码，如6-18-02、6-18、6。"
    f"从文字看不出是什么职业，或者不是招聘信息的，选“{NONE_FITS}”。",
    f"五、另有职业同样正确的，把代码填入“{ALSO_1}”“{ALSO_2}”栏；没有的不填。",
    f"六、“{ANSWER}”栏空着的行视为未审定，导入时跳过，以后仍可填写并再次导入。",
    "七、请勿改动其他各栏和工作表名称：导入时逐行核对，文字被改动的行不予采用。可以增减行高列宽。",
    "八、填完后保存为xlsx文件，用jinque review import命令导入。",
)


def write_review_workbook(chosen: pd.DataFrame, path: Path, versions: Mapping[str, str]) -> Path:
    """Write the workbook; its bytes depend on nothing but the arguments.

    Parameters
    ----------
    chosen : pandas.DataFrame
        As `nlp.review.choose_for_review` returns them.
    path : pathlib.Path
        Workbook to write; must not be there.
    versions : mapping of str to str
        Versions of the coder and taxonomy that make the proposals.

    Raises
    ------
    ConfigurationError
        When the file is there: it may hold answers that somebody has filled in.
    """
    if path.suffix.lower() != ".xlsx":
        raise ConfigurationError(
            "the ending of the workbook", got=f"'{path.name}'", expected=".xlsx"
        )
    if os.path.lexists(path):
        raise ConfigurationError(
            f"'{path.name}' exists and may hold answers",
            action="name another file, or take this one away",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as partial:
        made = Path(partial) / path.name
        _Form(made).write(chosen, versions)
        made.rename(path)
    return path


def row_hash(row: Mapping[Any, Any]) -> str:
    """SHA-256 of the fields of a row that a reviewer must not change."""
    fields = (row[name] for name in HASHED)
    # Unit separators keep ("ab", "c") and ("a", "bc") apart.
    return hashlib.sha256("\x1f".join(map(plain_text, fields)).encode()).hexdigest()


def plain_text(value: object) -> str:
    """Text of a field as a spreadsheet gives it back: no missing values, no blanks around."""
    return "" if value is None or value != value else str(value).strip()


def proposal(code: str) -> str:
    """Wording of a code in the lists.

    Examples
    --------
    >>> proposal("6-18-02-04")
    '6-18-02-04 焊工'
    """
    return f"{code} {load_occupations().name(code)}"


def proposals(alternatives: object) -> list[str]:
    """Entries of the list of a row: the alternatives, groups above the best, none, another.

    Examples
    --------
    >>> proposals("6-18-02-04:0.4100|6-18-02-05:0.2000")[:3]
    ['6-18-02-04 焊工', '6-18-02-05 机械加工材料切割工', '6-18-02 机械热加工人员']
    """
    codes = [pair.split(":")[0] for pair in plain_text(alternatives).split("|") if pair]
    groups = reversed(load_occupations().ancestors(codes[0])) if codes else ()
    return [*map(proposal, (*codes, *groups)), NONE_FITS, OTHER]


class _Form:
    """The workbook under way, with its formats."""

    def __init__(self, path: Path) -> None:
        self.workbook = xlsxwriter.Workbook(str(path), OPTIONS)
        self.workbook.set_properties({"title": "招聘信息职业审定表", "created": DOCUMENT_TIME})
        base = {"font_name": "宋体", "font_size": 10, "valign": "top"}
        boxed = base | {"border": 1, "text_wrap": True}
        # Cells in text format: a spreadsheet would take the code 6-18-02 for a date.
        text = boxed | {"num_format": "@"}
        make = self.workbook.add_format
        self.heading = make(base | {"font_name": "黑体", "font_size": 14, "valign": "vcenter"})
        self.header = make(boxed | {"font_name": "黑体", "align": "center", "bg_color": "#F2F2F2"})
        self.text = make(text)
        self.answer = make(text | {"locked": False, "bg_color": "#FFFBE6"})
        self.count = make(boxed | {"num_format": "#,##0", "align": "center"})
        self.share = make(boxed | {"num_format": "0%", "align": "center"})
        self.plain = make(base | {"text_wrap": True})

    def write(self, chosen: pd.DataFrame, versions: Mapping[str, str]) -> None:
        rows = chosen.to_dict("records")
        sheet = self.workbook.add_worksheet(REVIEW_SHEET)
        self._codes()
        self._guide()
        ranges = self._check(rows, versions)
        self._review(sheet, rows, ranges)
        sheet.activate()
        self.workbook.close()

    def _review(self, sheet: Worksheet, rows: list[dict[Any, Any]], ranges: list[str]) -> None:
        sheet.write_string(
            HEADING_ROW, 0, f"招聘信息职业审定表（共{len(rows)}条；填写方法见“{GUIDE_SHEET}”表）",
            self.heading,
        )  # fmt: skip
        sheet.set_row(HEADING_ROW, 26)
        for column, (header, width) in enumerate(COLUMNS.items()):
            sheet.write_string(HEADER_ROW, column, header, self.header)
            sheet.set_column(column, column, width)
        sheet.freeze_panes(HEADER_ROW + 1, 2)
        sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + len(rows), len(COLUMNS) - 1)
        sheet.set_landscape()
        sheet.set_paper(8)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER_ROW)
        sheet.protect("", PROTECTION)
        for at, (row, choices) in enumerate(zip(rows, ranges, strict=True), HEADER_ROW + 1):
            sheet.set_row(at, _row_points(row))
            self._row(sheet, at, row, choices)

    def _row(self, sheet: Worksheet, at: int, row: dict[Any, Any], choices: str) -> None:
        code = plain_text(row["occupation_code"])
        texts = {
            IDENTIFIER: row["posting_id"],
            TITLE: row["title"],
            EXCERPT: row["description"],
            "雇主行业/类别": _setting(row["industry"], row["category"]),
            "建议职业": proposal(code) if code else "无建议",
        }
        for column, header in enumerate(COLUMNS):
            if header in texts:
                sheet.write_string(at, column, plain_text(texts[header]), self.text)
            elif header in TO_FILL_IN:
                sheet.write_blank(at, column, None, self.answer)
        places = list(COLUMNS)
        sheet.write_number(at, places.index("招聘人数"), row["openings"], self.count)
        sheet.write_number(at, places.index("把握"), row["probability"], self.share)
        for header in (ANSWER, ALSO_1, ALSO_2):
            sheet.data_validation(
                at, places.index(header), at, places.index(header),
                {
                    "validate": "list",
                    "source": choices,
                    # Any other code may be typed in; the import judges it.
                    "show_error": False,
                    "input_title": header,
                    "input_message": "从列表选择，或直接填写职业代码",
                },
            )  # fmt: skip

    def _check(self, rows: list[dict[Any, Any]], versions: Mapping[str, str]) -> list[str]:
        """Write the hidden sheet; return the range of each row's list."""
        sheet = self.workbook.add_worksheet(CHECK_SHEET)
        sheet.hide()
        head = [(FORM_NAME, FORM_VERSION), *sorted(versions.items()), CHECK_COLUMNS]
        for at, cells in enumerate(head):
            self._strings(sheet, at, 0, cells)
        ranges = []
        first = len(CHECK_COLUMNS)
        for at, row in enumerate(rows, len(head)):
            stated = row | {"sha256": row_hash(row)}
            self._strings(sheet, at, 0, [plain_text(stated[name]) for name in CHECK_COLUMNS])
            choices = proposals(row["alternatives"])
            self._strings(sheet, at, first, choices)
            cells = xl_range_abs(at, first, at, first + len(choices) - 1)
            ranges.append(f"='{CHECK_SHEET}'!{cells}")
        return ranges

    def _codes(self) -> None:
        """Write every occupation with the groups above it."""
        sheet = self.workbook.add_worksheet(CODES_SHEET)
        occupations = load_occupations()
        headers = ("代码", *reversed(LEVEL_HEADERS.values()))
        self._strings(sheet, 0, 0, headers, self.header)
        for column, width in enumerate((14, 34, 40, 40, 40)):
            sheet.set_column(column, column, width)
        lengths = list(CODE_LENGTHS.values())[-2::-1]
        for at, unit in enumerate(occupations.units, 1):
            groups = [proposal(unit[:length]) for length in lengths]
            self._strings(sheet, at, 0, [unit, occupations.label(unit), *groups], self.plain)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, len(occupations.units), len(headers) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _guide(self) -> None:
        sheet = self.workbook.add_worksheet(GUIDE_SHEET)
        sheet.set_column(0, 0, 100)
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, "填写说明", self.heading)
        for at, text in enumerate(GUIDE, 1):
            sheet.write_string(at, 0, text, self.plain)
            sheet.set_row(at, 32)

    @staticmethod
    def _strings(
        sheet: Worksheet, row: int, column: int, texts: Any, form: Format | None = None
    ) -> None:
        for place, text in enumerate(texts, column):
            sheet.write_string(row, place, text, form)


def _row_points(row: Mapping[Any, Any]) -> float:
    """Height of a row in which the whole excerpt is seen."""
    halves = sum(1 if character.isascii() else 2 for character in plain_text(row["description"]))
    lines = math.ceil(halves * HALF_CHARACTER / COLUMNS[EXCERPT])
    return max(ROW_POINTS_AT_LEAST, LINE_POINTS * (lines + 1))


def _setting(industry: object, category: object) -> str:
    """Industry of the employer and category of the board, as far as they are known."""
    return " / ".join(filter(None, map(plain_text, (industry, category))))
