"""Text encodings without guessing: byte-order mark, strict UTF-8, strict GB18030, else an error.

A file is validated in full before its first character is handed out, in chunks of constant
size, so that a file of any size is read and no row is used of a file that breaks later on.
"""

import codecs
import io
from pathlib import Path

from ..errors import MissingFileError, UnreadableFileError

CHUNK_BYTES = 1 << 20
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WITHOUT_MARK = ("utf-8", "gb18030")


def detect_encoding(path: Path | str) -> str:
    """Name the encoding in which the whole file is valid.

    Parameters
    ----------
    path : path
        A text file.  GB18030 contains GBK and GB 2312.

    Returns
    -------
    str
        ``utf-8-sig``, ``utf-16``, ``utf-8`` or ``gb18030``.

    Raises
    ------
    MissingFileError
        When the file is not there.
    UnreadableFileError
        When it is valid in none of them; the message names the first wrong byte.

    Notes
    -----
    Every encoding is tried strictly and in a fixed order.  UTF-8 comes first because text in
    GB18030 of any length is practically never valid UTF-8, while the reverse is common.
    """
    path = Path(path)
    if not path.is_file():
        raise MissingFileError("no such file", which=[path.name], action="check the path")
    candidates = _candidates(path)
    faults = []
    for encoding in candidates:
        fault = _first_fault(path, encoding)
        if fault is None:
            return encoding
        faults.append(f"{encoding} fails at byte {fault[0]:,} (0x{fault[1]:02X})")
    raise UnreadableFileError(
        f"the text of '{path.name}' is in no accepted encoding",
        got=", ".join(faults),
        expected="UTF-8, UTF-16 with a byte-order mark, or GB18030 (GBK)",
        action="save it again as UTF-8",
    )


def open_text(path: Path | str) -> io.TextIOWrapper:
    """Open a text file in its detected encoding, with line ends left as they are.

    The caller closes it.  Raises what `detect_encoding` raises.
    """
    encoding = detect_encoding(path)
    return Path(path).open(encoding=encoding, errors="strict", newline="")


def _candidates(path: Path) -> tuple[str, ...]:
    with path.open("rb") as stream:
        start = stream.read(3)
    for mark, encoding in BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return (encoding,)
    return WITHOUT_MARK


def _first_fault(path: Path, encoding: str) -> tuple[int, int] | None:
    """Position and value of the first byte that is wrong in the encoding, or None."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    position = 0
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(CHUNK_BYTES)
            held_back = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return position - held_back + error.start, error.object[error.start]
            if not chunk:
                return None
            position += len(chunk)
