"""Run manifest: what a result was made from, in bytes that depend on nothing else.

No clock, no host name and no path enters: the same inputs and the same environment describe
themselves in the same bytes on any machine.
"""

import hashlib
import json
import math
import platform
import re
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from .errors import InternalError, MissingFileError

DISTRIBUTION = "jinque"
CHUNK_BYTES = 1 << 20
JSON_DECIMALS = 6
_REQUIREMENT_NAME = re.compile(r"[A-Za-z0-9._-]+")


def hash_file(path: Path | str) -> str:
    """SHA-256 of a file as 64 hexadecimal digits, read in chunks.

    Raises
    ------
    MissingFileError
        When the file is not there.
    """
    path = Path(path)
    if not path.is_file():
        raise MissingFileError("no such file", which=[path.name], action="check the path")
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def describe_environment() -> dict[str, object]:
    """Versions that results depend on: this product, Python, platform and direct dependencies.

    Returns
    -------
    dict
        ``product`` (name and version), ``python``, ``platform`` and ``dependencies`` (name to
        version of every direct dependency, without the optional ones).
    """
    required = [
        _REQUIREMENT_NAME.match(line)
        for line in metadata.requires(DISTRIBUTION) or []
        if "extra ==" not in line
    ]
    names = sorted(match[0].lower() for match in required if match)
    return {
        "product": {"name": DISTRIBUTION, "version": metadata.version(DISTRIBUTION)},
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "dependencies": {name: metadata.version(name) for name in names},
    }


def describe_inputs(
    paths: Iterable[Path | str], *, rows: Mapping[str, int] | None = None
) -> list[dict[str, object]]:
    """Name, size, rows and hash of every input file, sorted by name.

    Parameters
    ----------
    paths : iterable of path
        Files.
    rows : mapping of str to int, optional
        Rows by file name, where a reader has counted them; the rows of a parquet file are
        known without it, those of other files are None.

    Raises
    ------
    MissingFileError
        When a file is not there.
    """
    counted = rows or {}
    described = []
    for path in map(Path, paths):
        digest = hash_file(path)
        described.append(
            {
                "name": path.name,
                "bytes": path.stat().st_size,
                "rows": counted.get(path.name, _rows_stated_in(path)),
                "sha256": digest,
            }
        )
    return sorted(described, key=lambda item: (str(item["name"]), str(item["sha256"])))


def _rows_stated_in(path: Path) -> int | None:
    if path.suffix.lower() != ".parquet":
        return None
    return pq.read_metadata(path).num_rows


def write_json(path: Path | str, content: object, *, decimals: int = JSON_DECIMALS) -> Path:
    """Write JSON in one canonical form and return its path.

    Keys are sorted, Chinese stands as it is, floating-point numbers are rounded, not-a-number
    and infinities become null, lines end with LF: equal content gives equal bytes.

    Raises
    ------
    InternalError
        When the content holds something other than numbers, text, lists and mappings.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> print(write_json(folder / "a.json", {"乙": 1 / 3, "甲": [None, True]}).read_text("utf-8"))
    {
      "乙": 0.333333,
      "甲": [
        null,
        true
      ]
    }
    <BLANKLINE>
    """
    path = Path(path)
    text = json.dumps(
        _plain(content, decimals), ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False
    )
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path


def _plain(content: object, decimals: int) -> object:
    """Content of JSON types only, rounded."""
    if isinstance(content, np.generic):
        content = content.item()
    if content is None or isinstance(content, str | bool | int):
        return content
    if isinstance(content, float):
        # Adding zero turns the negative zero into the positive one.
        return round(content, decimals) + 0.0 if math.isfinite(content) else None
    if isinstance(content, Mapping):
        return {str(key): _plain(value, decimals) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value, decimals) for value in content]
    raise InternalError(
        "JSON cannot hold this value", got=type(content).__name__, expected="numbers, text, lists"
    )
