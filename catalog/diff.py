"""What changed between two releases, why, and in words."""

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from data.errors import MissingFileError

from .publish import read_manifest
from .tables import CHANGE_NAMES, GRADE_NAMES, LISTED_GRADES

COLUMNS = (
    "occupation_code", "occupation_name", "from_grade", "to_grade", "change",
    "from_rank", "from_rank_lower", "from_rank_upper",
    "to_rank", "to_rank_lower", "to_rank_upper", "cause", "sentence",
)  # fmt: skip
CAUSE_NAMES = {"data": "数据变化", "method": "方法变化", "taxonomy": "分类变化"}
# Best grade first; a missing grade is no worse and no better than insufficient evidence.
ORDER = {grade: place for place, grade in enumerate(GRADE_NAMES)}
# Headings of the documents change no figure.
HEADINGS = "release"


def diff_releases(before: Path | str, after: Path | str) -> pd.DataFrame:
    """Compare the grades and ranks of two releases.

    Parameters
    ----------
    before, after : path
        Folders of two releases.

    Returns
    -------
    pandas.DataFrame
        One row an occupation whose grade differs, in the order entered, raised, lowered, left,
        other: ``occupation_code, occupation_name, from_grade, to_grade, change, from_rank,
        from_rank_lower, from_rank_upper, to_rank, to_rank_lower, to_rank_upper, cause,
        sentence``. The cause is ``taxonomy`` where the taxonomy differs and the occupation stands
        in one release only, ``method`` where taxonomy, coder, program or configuration differ,
        else ``data``. Ranks are missing where there was none.

    Raises
    ------
    MissingFileError
        When a folder is no release.
    """
    old, new = _read_ranking(before), _read_ranking(after)
    both = old.merge(
        new, how="outer", left_index=True, right_index=True, suffixes=("_old", "_new")
    ).sort_index()
    cause = common_cause(read_manifest(before), read_manifest(after))
    rows = [
        _compared(str(code), row, cause)
        for code, row in both.iterrows()
        if _text(row["grade_old"]) != _text(row["grade_new"])
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    ranks = [name for name in COLUMNS if "rank" in name]
    frame[ranks] = frame[ranks].astype("Int64")
    place = frame["change"].map(list(CHANGE_NAMES).index)
    return (
        frame.assign(place=place)
        .sort_values(["place", "to_rank", "from_rank", "occupation_code"], ignore_index=True)
        .drop(columns="place")
    )


def common_cause(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Name what differs between two manifests: taxonomy, method, or the data alone.

    Examples
    --------
    >>> common_cause({"versions": {"coder": "1"}}, {"versions": {"coder": "2"}})
    'method'
    """
    old, new = before.get("versions") or {}, after.get("versions") or {}
    if old.get("taxonomy") != new.get("taxonomy"):
        return "taxonomy"
    return "data" if _method(before) == _method(after) else "method"


def _method(manifest: Mapping[str, Any]) -> tuple[Any, ...]:
    environment = manifest.get("environment") or {}
    configuration = manifest.get("configuration") or {}
    return (
        (manifest.get("versions") or {}).get("coder"),
        environment.get("product"),
        {key: value for key, value in configuration.items() if key != HEADINGS},
    )


def render_diff(changes: pd.DataFrame, *, before: str = "上期", after: str = "本期") -> str:
    """Lay the changes out as a text table for the command line.

    Parameters
    ----------
    changes : pandas.DataFrame
        Result of `diff_releases`.
    before, after : str
        Names of the two releases for the heading.
    """
    if changes.empty:
        return f"{before} → {after}：等级没有变化。\n"
    header = ["变化", "职业编码", "职业名称", before, after, "原排名", "现排名", "原因"]
    rows = [
        [
            CHANGE_NAMES[row.change], row.occupation_code, row.occupation_name,
            _grade_name(row.from_grade), _grade_name(row.to_grade),
            _rank(row.from_rank, row.from_rank_lower, row.from_rank_upper),
            _rank(row.to_rank, row.to_rank_lower, row.to_rank_upper), CAUSE_NAMES[row.cause],
        ]
        for row in _records(changes)
    ]  # fmt: skip
    cells = [[_printable(str(cell)) for cell in row] for row in [header, *rows]]
    widths = [max(map(_columns, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(map(_padded, row, widths)).rstrip() for row in cells]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(lines) + "\n"


def _records(frame: pd.DataFrame) -> Any:
    return frame.itertuples(index=False)


def _read_ranking(folder: Path | str) -> pd.DataFrame:
    path = Path(folder) / "evidence" / "ranking.parquet"
    if not path.is_file():
        raise MissingFileError(
            "this is no release: the ranking is missing",
            which=[f"{Path(folder).name}/evidence/ranking.parquet"],
            action="name the folder of a release, such as releases/2026Q4",
        )
    columns = ["occupation_code", "occupation_name", "grade", "rank", "rank_lower", "rank_upper"]
    return pq.read_table(path, columns=columns).to_pandas().set_index("occupation_code")


def _compared(code: str, row: pd.Series, cause: str) -> tuple[Any, ...]:
    old, new = _text(row["grade_old"]), _text(row["grade_new"])
    name = _text(row["occupation_name_new"]) or _text(row["occupation_name_old"]) or ""
    if cause == "taxonomy" and old and new:
        cause = "method"  # the occupation stands on both sides; the recoding moved it
    change = change_of(old, new)
    ranks = [
        row[f"{column}_{side}"]
        for side in ("old", "new") for column in ("rank", "rank_lower", "rank_upper")
    ]  # fmt: skip
    sentence = (
        f"{name}（{code}）{CHANGE_NAMES[change]}：由{_grade_name(old)}变为{_grade_name(new)}，"
        f"由{CAUSE_NAMES[cause]}引起；排名由{_rank(*ranks[:3])}变为{_rank(*ranks[3:])}。"
    )
    return (code, name, old, new, change, *ranks, cause, sentence)


def change_of(before: str | None, after: str | None) -> str:
    """Kind of a change of grade, in the words of `catalog.tables.CHANGE_NAMES`.

    Examples
    --------
    >>> change_of("N", "B"), change_of("B", "A"), change_of("C", "X"), change_of("N", None)
    ('entered', 'raised', 'left', 'not_listed')
    """
    was, is_now = before in LISTED_GRADES, after in LISTED_GRADES
    if not was and not is_now:
        return "not_listed"
    if was != is_now:
        return "entered" if is_now else "left"
    if before == after:
        return "unchanged"
    return "raised" if ORDER[str(after)] < ORDER[str(before)] else "lowered"


def _text(value: object) -> str | None:
    return None if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]


def _grade_name(grade: object) -> str:
    text = _text(grade)
    return GRADE_NAMES[text] if text else "未参评"


def _rank(rank: object, lower: object, upper: object) -> str:
    if _text(rank) is None:
        return "无"
    place = int(str(rank).removesuffix(".0"))
    if _text(lower) is None or _text(upper) is None:
        return str(place)
    return f"{place}（{float(str(lower)):.0f}～{float(str(upper)):.0f}）"


def _printable(text: str) -> str:
    """Names come from outside: no control character reaches the terminal."""
    return "".join(c if unicodedata.category(c)[0] != "C" else "�" for c in text)


def _columns(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _columns(text))
