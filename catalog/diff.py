"""What changed between two releases, why, and in words."""

import json
import unicodedata
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from data.errors import MissingFileError
from data.manifest import JSON_DECIMALS, hash_file

from .grade import change_name
from .publish import MANIFEST, read_manifest
from .tables import CHANGE_NAMES, GRADE_NAMES, LISTED_GRADES

COLUMNS = (
    "occupation_code", "occupation_name", "from_grade", "recomputed_grade", "to_grade", "change",
    "from_rank", "from_rank_lower", "from_rank_upper",
    "to_rank", "to_rank_lower", "to_rank_upper", "cause", "sentence",
)  # fmt: skip
CAUSE_NAMES = {
    "data": "数据变化",
    "method": "方法变化",
    "taxonomy": "分类变化",
    "method and data": "方法和数据变化",
    "taxonomy and data": "分类和数据变化",
}
RECOMPUTED = "last_issue_recomputed"
RANKED = ["occupation_name", "grade", "rank", "rank_lower", "rank_upper"]
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
        other: ``occupation_code, occupation_name, from_grade, recomputed_grade, to_grade, change,
        from_rank, from_rank_lower, from_rank_upper, to_rank, to_rank_lower, to_rank_upper, cause,
        sentence``. Ranks are missing where there was none.

    Notes
    -----
    Where taxonomy, coder, program or configuration differ, the later release holds the earlier
    one recomputed by the later method (``recomputed_grade``): what changed from the published
    to the recomputed grade is the ``method``, or the ``taxonomy`` where that differs and the
    occupation stands on one side only; from the recomputed to the present grade it is the
    ``data``; where both moved it, the cause says both. Without a recomputed issue, or between
    releases that do not follow each other, every change counts as one of the method. Where
    nothing but the data differs, the cause is ``data``.

    Raises
    ------
    MissingFileError
        When a folder is no release.
    """
    old, new = read_ranking(before)[RANKED], read_ranking(after)[RANKED]
    both = old.merge(
        new, how="outer", left_index=True, right_index=True, suffixes=("_old", "_new")
    ).sort_index()
    differing = method_differences(read_manifest(before), read_manifest(after))
    recomputed = _read_recomputed(Path(before), Path(after)) if differing else None
    between = recomputed if recomputed is not None else new["grade"] if differing else old["grade"]
    rows = [
        _compared(
            str(code), row, between.get(str(code)), differing, is_known=recomputed is not None
        )
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
    differing = method_differences(before, after)
    if "taxonomy" in differing:
        return "taxonomy"
    return "method" if differing else "data"


def method_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Name what two manifests were not made alike by.

    Returns
    -------
    list of str
        Keys of ``versions`` (``coder``, ``taxonomy``, …), then ``product`` and
        ``configuration``; empty where nothing but the data can differ.

    Examples
    --------
    >>> method_differences({"versions": {"coder": "1"}}, {"versions": {"titles": "a"}})
    ['coder', 'titles']
    """
    old, new = _method(before), _method(after)
    return [name for name in {**old, **new} if old.get(name) != new.get(name)]


def _method(manifest: Mapping[str, Any]) -> dict[str, Any]:
    configuration = manifest.get("configuration") or {}
    figures = {key: value for key, value in configuration.items() if key != HEADINGS}
    # A manifest that was read has rounded numbers, one that will be written has not.
    rounded = json.loads(
        json.dumps(figures), parse_float=lambda text: round(float(text), JSON_DECIMALS)
    )
    return {
        **(manifest.get("versions") or {}),
        "product": (manifest.get("environment") or {}).get("product"),
        "configuration": rounded,
    }


def cause_of(
    published: object, recomputed: object, present: object, differing: Collection[str]
) -> str:
    """Cause of a change of grade, a key of `CAUSE_NAMES`.

    Parameters
    ----------
    published, recomputed, present : str, optional
        Grade of the last issue as published and by the present method, and the grade now;
        missing where the occupation does not stand there.
    differing : collection of str
        As `method_differences` returns it.

    Examples
    --------
    >>> cause_of("B", "A", "A", ["coder"]), cause_of("B", "B", "A", ["coder"])
    ('method', 'data')
    >>> cause_of("B", "C", "A", ["coder"]), cause_of("B", None, None, ["taxonomy"])
    ('method and data', 'taxonomy')
    """
    old, between, new = _text(published), _text(recomputed), _text(present)
    if not differing or old == between:
        return "data"
    # An occupation that stands on both sides was moved by the recoding, not by the taxonomy.
    stands_once = "taxonomy" in differing and not (old and between)
    method = "taxonomy" if stands_once else "method"
    return method if between == new else f"{method} and data"


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
            change_name(row.change, _text(row.to_grade)), row.occupation_code, row.occupation_name,
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


def read_ranking(folder: Path | str) -> pd.DataFrame:
    """Ranking of a release, index 细类 code.

    Raises
    ------
    MissingFileError
        When the folder is no release.
    """
    path = Path(folder) / "evidence" / "ranking.parquet"
    if not path.is_file():
        raise MissingFileError(
            "this is no release: the ranking is missing",
            which=[f"{Path(folder).name}/evidence/ranking.parquet"],
            action="name the folder of a release, such as releases/2026Q4",
        )
    return pq.read_table(path).to_pandas().set_index("occupation_code")


def _read_recomputed(before: Path, after: Path) -> pd.Series | None:
    """Grades of the earlier release by the method of the later, if it was made after that one."""
    path = after / "evidence" / f"{RECOMPUTED}.parquet"
    stated = (read_manifest(after).get("previous") or {}).get("manifest_sha256")
    if not path.is_file() or stated != hash_file(before / MANIFEST):
        return None
    table = pq.read_table(path, columns=["occupation_code", "grade"]).to_pandas()
    return table.set_index("occupation_code")["grade"]


def _compared(
    code: str, row: pd.Series, between: object, differing: Collection[str], *, is_known: bool
) -> tuple[Any, ...]:
    old, new = _text(row["grade_old"]), _text(row["grade_new"])
    name = _text(row["occupation_name_new"]) or _text(row["occupation_name_old"]) or ""
    cause = cause_of(old, between, new, differing)
    change = change_of(old, new)
    ranks = [
        row[f"{column}_{side}"]
        for side in ("old", "new") for column in ("rank", "rank_lower", "rank_upper")
    ]  # fmt: skip
    recomputed = f"（上期按现行方法重算为{_grade_name(between)}）" if is_known else ""
    sentence = (
        f"{name}（{code}）{change_name(change, new)}：由{_grade_name(old)}变为{_grade_name(new)}，"
        f"由{CAUSE_NAMES[cause]}引起{recomputed}；"
        f"排名由{_rank(*ranks[:3])}变为{_rank(*ranks[3:])}。"
    )
    stated = _text(between) if is_known else None
    return (code, name, old, stated, new, change, *ranks, cause, sentence)


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
