"""Cells: one text form for what csv, spreadsheets and parquet files hold.

Spreadsheets turn codes into floating-point numbers, quarters into dates and dates into serial
numbers; here they are turned back.  Whatever has no sure reading is left as it is, for the
contract to reject with a reason.
"""

import datetime
import re
import unicodedata

import pyarrow as pa

from ..contract import Column

# Day 0 of the 1900 date system as spreadsheets count after February 1900.
SERIAL_ORIGIN = datetime.date(1899, 12, 30)
# Serial numbers from 1955 to 2064: no other number in a date column looks like these.
_SERIAL = re.compile(r"[2-5]\d{4}(?:\.\d+)?")
_WHOLE = re.compile(r"(-?\d+)\.0+")
_THOUSANDS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_QUARTER = re.compile(
    r"((?:19|20)\d{2})(?:年|[-/.])?(?:q([1-4])|第?([1-4一二三四])季度?)", re.IGNORECASE
)
_DAY = re.compile(r"((?:19|20)\d{2})[-/.年](\d{1,2})(?:[-/.月](?:\d{1,2}日?)?)?(?:[ T].{1,20})?")
_DIGIT_OF = {"一": 1, "二": 2, "三": 3, "四": 4}
_BLANK_WORDS = frozenset({"", "null", "none", "nan", "n/a", "#n/a", "\\n"})
_BLANK_FIGURES = _BLANK_WORDS | {"-", "--", "—", "——", "/", "…", "无"}
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
DATE_COLUMNS = frozenset({"posted_on", "closed_on"})

CHINESE_VALUES = {
    ("supply", "status"): {
        "计划": "planned", "计划中": "planned", "待开班": "planned",
        "在训": "running", "进行中": "running", "开班": "running",
        "完成": "completed", "已完成": "completed", "结业": "completed", "已结业": "completed",
    },
    ("corrections", "status"): {"有效": "active", "生效": "active", "失效": "retired"},
    ("corrections", "what"): {
        "水平变动": "level_shift", "缺口": "gap", "新增来源": "board_joined", "错值": "wrong_value",
    },
}  # fmt: skip


def cell_text(value: object) -> str | None:
    """Text of a cell as a person would type it, without surrounding blanks; None when blank.

    Examples
    --------
    >>> from datetime import datetime
    >>> cell_text(6.0), cell_text(" 面议 "), cell_text(""), cell_text(datetime(2026, 10, 1))
    ('6', '面议', None, '2026-10-01')
    """
    # Only not-a-number differs from itself.
    if value is None or value != value:
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    text = str(value).strip()
    return None if text.casefold() in _BLANK_WORDS else text


def conform_text(text: str | None, table: str, column: Column) -> str | None:
    """Bring the text of a cell into the form that its contract column expects.

    Parameters
    ----------
    text : str or None
        Text of the cell from `cell_text`.
    table : str
        Name of the contract.
    column : Column
        The contract's column: numbers lose thousands separators, codes and quarters get their
        one spelling, dates their ISO form; other text stays as it is.
    """
    if text is None:
        return None
    if column.name in DATE_COLUMNS:
        return date_text(text)
    if pa.types.is_string(column.type) and not (column.pattern or column.admitted):
        return text
    text = unicodedata.normalize("NFKC", text).strip()
    if text in _BLANK_FIGURES:
        return None
    if column.name == "quarter":
        return quarter_text(text)
    if column.admitted:
        return CHINESE_VALUES.get((table, column.name), {}).get(text, text)
    return code_text(text) if column.pattern else number_text(text)


def code_text(text: str) -> str:
    """Code with plain hyphens and without the decimals that spreadsheets append.

    Examples
    --------
    >>> code_text("6.0"), code_text("6–18–01–07"), code_text("500103.0")
    ('6', '6-18-01-07', '500103')
    """
    text = text.translate(_DASHES).replace(" ", "")
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def number_text(text: str) -> str:
    """Remove separators of thousands.

    Examples
    --------
    >>> number_text("303,000"), number_text("1,2"), number_text("12")
    ('303000', '1,2', '12')
    """
    return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text


def quarter_text(text: str) -> str:
    """Quarter as ``2026Q4`` from the spellings in use; other text stays as it is.

    Examples
    --------
    >>> spellings = ("2026q4", "2026年第4季度", "2026年四季度", "2026-10-01", "46296")
    >>> {quarter_text(spelling) for spelling in spellings}
    {'2026Q4'}
    """
    compact = "".join(text.split())
    if match := _QUARTER.fullmatch(compact):
        digit = match[2] or match[3]
        return f"{match[1]}Q{_DIGIT_OF.get(digit, digit)}"
    day = _DAY.fullmatch(date_text(text))
    if day and 1 <= int(day[2]) <= 12:
        return f"{day[1]}Q{(int(day[2]) + 2) // 3}"
    return text


def date_text(text: str) -> str:
    """ISO date of a spreadsheet's serial number; other text stays as it is.

    Examples
    --------
    >>> date_text("46296"), date_text("2026年10月1日")
    ('2026-10-01', '2026年10月1日')
    """
    if not _SERIAL.fullmatch(text):
        return text
    return (SERIAL_ORIGIN + datetime.timedelta(days=int(float(text)))).isoformat()
