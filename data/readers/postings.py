"""Postings: read in batches from any number of files, never the whole corpus at once."""

import fnmatch
import hashlib
import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from ..contract import REASON, Split
from ..errors import EmptyInputError, MissingFileError, UnknownColumnsError, UnreadableFileError
from ..tables import POSTINGS
from .cells import date_text
from .files import rows_of, text_columns, too_long
from .headers import Header, find_header
from .limits import FORMATS, ReaderLimits, check_file

PathLike = Path | str
# 80 bits: one chance collision in 10¹² pairs of a corpus of 10⁸ postings.
_DERIVED_ID_BYTES = 10
_EXACT_INTEGERS_BELOW = 2.0**53
_NO_TEXT = "neither title nor description"


def read_postings(
    paths: PathLike | Iterable[PathLike],
    *,
    batch_rows: int = 8192,
    sources: Sequence[str] | None = None,
    limits: ReaderLimits | None = None,
) -> Iterator[Split[pa.Table]]:
    """Read postings batch by batch in the form of the contract ``POSTINGS``, all columns text.

    Parameters
    ----------
    paths : path, folder, glob pattern, or an iterable of them
        csv, xlsx and parquet files; a folder stands for all such files in it and below, in the
        order of their names.
    batch_rows : int
        Rows of a batch at most: the memory needed is that of one batch (a workbook is read as
        a whole, within the limits).
    sources : sequence of str, optional
        Patterns such as ``1dagong_*``: only postings whose source matches one are read.
    limits : ReaderLimits, optional

    Yields
    ------
    Split
        Valid postings, and rejected ones with a reason: neither title nor description, a cell
        beyond the limit, more cells than headers.  ``posting_id`` is derived from source and
        content where it is missing, so the same advertisement has the same identifier in any
        file and any order.

    Raises
    ------
    MissingFileError
        When a path or pattern names no file.
    EmptyInputError
        When none of the files holds a row.
    UnreadableFileError, UnknownColumnsError, ContractError
        When a file cannot be used; see `read_table`.
    """
    limits = limits or ReaderLimits()
    files = posting_files(paths)
    read = False
    for path in files:
        for table in _batches(path, batch_rows, limits):
            read = True
            if len(chosen := _of_sources(table, sources, path)):
                yield _judge(chosen, limits)
    if not read:
        raise EmptyInputError(
            f"no row in {len(files)} files of postings", which=[path.name for path in files]
        )


def posting_files(paths: PathLike | Iterable[PathLike]) -> list[Path]:
    """Files that paths, folders and patterns stand for, each once, in a fixed order.

    Raises
    ------
    MissingFileError
        When one of them names no file in an accepted format.
    """
    given = [paths] if isinstance(paths, Path | str) else list(paths)
    files = dict.fromkeys(itertools.chain.from_iterable(_expanded(Path(path)) for path in given))
    if not files:
        raise MissingFileError("no path was given", expected="files, folders or patterns")
    return list(files)


def _expanded(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if path.is_dir():
        found = [file for file in path.rglob("*") if _is_table(file, path)]
    else:
        # Patterns are relative; the anchor of an absolute one is where the search starts.
        matching = Path(path.anchor).glob(os.fspath(path.relative_to(path.anchor)))
        found = [file for file in matching if _is_table(file, file.parent)]
    if not found:
        raise MissingFileError(
            "no file of postings",
            which=[path.name],
            expected=f"a file or folder with {' '.join(FORMATS)}",
            action="check the path",
        )
    return sorted(found)


def _is_table(file: Path, root: Path) -> bool:
    """Whether a file is data: not hidden, nor a marker such as engines leave beside it."""
    names = file.relative_to(root).parts
    hidden = any(name.startswith((".", "_", "~$")) for name in names)
    return file.suffix.lower() in FORMATS and not hidden and file.is_file()


def _batches(path: Path, batch_rows: int, limits: ReaderLimits) -> Iterator[pa.Table]:
    """Recognised columns of a file as text, with the reason of misshapen rows."""
    check_file(path)
    if path.suffix.lower() == ".parquet":
        yield from _parquet_batches(path, batch_rows)
        return
    rows = rows_of(path, limits=limits)
    header, body = find_header(rows, POSTINGS, path.name)
    _require_text(header, path)
    while chunk := list(itertools.islice(body, batch_rows)):
        columns, reasons = text_columns(chunk, header, POSTINGS, limits)
        yield pa.table(
            {name: pa.array(texts, pa.string()) for name, texts in columns.items()}
            | {REASON: pa.array(reasons, pa.string())}
        )


def _parquet_batches(path: Path, batch_rows: int) -> Iterator[pa.Table]:
    try:
        dataset = ds.dataset(path, format="parquet")
        header, _ = find_header([dataset.schema.names], POSTINGS, path.name)
        _require_text(header, path)
        names = {dataset.schema.names[at]: column for column, at in header.positions.items()}
        for batch in dataset.to_batches(
            columns=list(names), batch_size=batch_rows, batch_readahead=1, fragment_readahead=1
        ):
            if batch.num_rows:
                columns = [_as_text(batch[name], column) for name, column in names.items()]
                table = pa.Table.from_arrays(columns, names=list(names.values()))
                yield table.append_column(REASON, pa.nulls(len(table), pa.string()))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise UnreadableFileError(
            f"'{path.name}' is no sound parquet file of postings", got=str(error)[:200]
        ) from error


def _as_text(array: pa.Array, column: str) -> pa.Array:
    """Text of a column of any simple type, trimmed, blanks as missing."""
    if pa.types.is_floating(array.type):
        array = pc.if_else(pc.is_finite(array), array, None)
        exact = pc.less(pc.abs(array), _EXACT_INTEGERS_BELOW)
        whole = pc.all(pc.and_(exact, pc.equal(pc.floor(array), array))).as_py()
        array = pc.cast(array, pa.int64()) if whole else array
    text = pc.utf8_trim_whitespace(pc.cast(array, pa.string()))
    text = pc.if_else(pc.equal(text, ""), None, text)
    if column in ("posted_on", "closed_on"):
        text = pc.replace_substring_regex(text, r"[ T]00:00:00(\.0+)?Z?$", "")
        serial = pc.fill_null(pc.match_substring_regex(text, r"^[2-5]\d{4}(\.\d+)?$"), False)
        if pc.any(serial).as_py():
            text = pa.array([t and date_text(t) for t in text.to_pylist()], pa.string())
    return text


def _require_text(header: Header, path: Path) -> None:
    if not {"title", "description"} & header.positions.keys():
        raise UnknownColumnsError(
            f"'{path.name}' has neither titles nor descriptions",
            got=", ".join(header.positions),
            expected="title/职位名称 or description/职位描述",
        )


def _of_sources(table: pa.Table, sources: Sequence[str] | None, path: Path) -> pa.Table:
    if not sources:
        return table
    if "source" not in table.column_names:
        raise UnknownColumnsError(
            f"sources were named, but '{path.name}' has no column of sources",
            got=", ".join(name for name in table.column_names if name != REASON),
            expected="source/来源",
        )
    known = [name for name in pc.unique(table["source"]).to_pylist() if name is not None]
    wanted = [n for n in known if any(fnmatch.fnmatchcase(n, pattern) for pattern in sources)]
    return table.filter(pc.is_in(table["source"], pa.array(wanted, pa.string())))


def _judge(table: pa.Table, limits: ReaderLimits) -> Split[pa.Table]:
    reasons = table[REASON].combine_chunks()
    columns = {}
    for name in POSTINGS.names:
        known = name in table.column_names
        text = table[name].combine_chunks() if known else pa.nulls(len(table), pa.string())
        long = pc.fill_null(pc.greater(pc.utf8_length(text), limits.cell_characters), False)
        if pc.any(long).as_py():
            reasons = _first(reasons, _long_reasons(text, name, limits))
            text = pc.utf8_slice_codeunits(text, 0, limits.cell_characters)
        columns[name] = text
    wordless = pc.and_(pc.is_null(columns["title"]), pc.is_null(columns["description"]))
    reasons = _first(reasons, pc.if_else(wordless, _NO_TEXT, None))
    columns["posting_id"] = _identifiers(columns)
    postings = pa.table(columns)
    sound = pc.is_null(reasons)
    rejected = postings.filter(pc.invert(sound)).append_column(REASON, reasons.drop_null())
    return Split(postings.filter(sound).cast(POSTINGS.schema), rejected)


def _long_reasons(text: pa.Array, name: str, limits: ReaderLimits) -> pa.Array:
    lengths = pc.utf8_length(text).to_pylist()
    return pa.array(
        [too_long(name, n, limits) if n and n > limits.cell_characters else None for n in lengths],
        pa.string(),
    )


def _identifiers(columns: dict[str, pa.Array]) -> pa.Array:
    """Given identifiers; where missing, a hash of the source and content of the row."""
    given = columns["posting_id"]
    if not given.null_count:
        return given
    contents = zip(*(columns[name].to_pylist() for name in POSTINGS.names), strict=True)
    identifiers = [
        content[0] if content[0] is not None else _derived_identifier(content[1:])
        for content in contents
    ]
    return pa.array(identifiers, pa.string())


def _derived_identifier(content: Sequence[str | None]) -> str:
    # Unit separators keep ("ab", "c") and ("a", "bc") apart.
    joined = "\x1f".join(text or "" for text in content)
    digest = hashlib.blake2b(joined.encode(), digest_size=_DERIVED_ID_BYTES)
    return f"h{digest.hexdigest()}"


def _first(reasons: pa.Array, more: pa.Array) -> pa.Array:
    return pc.coalesce(reasons, more)
