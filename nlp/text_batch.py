"""Many short texts as one array of characters, so that features come without a loop over texts.

Words and character runs are known by a 64-bit hash: a polynomial in the code points, computed
for every position at once from prefix sums (Karp and Rabin 1987), then scrambled.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .segment import WordSegmenter

BREAK = "\n"
_WHITE_SPACE = "\n\r\t\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029\u3000"
_BLANKS = str.maketrans(_WHITE_SPACE, " " * len(_WHITE_SPACE))
_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(int(_BASE), -1, 2**64))


class Features(NamedTuple):
    """Features of many texts: which text has which, by hash.

    Parameters
    ----------
    owner : numpy.ndarray of int, shape (n_features,)
        Text of each occurrence.
    key : numpy.ndarray of uint64, shape (n_features,)
        Hash of each.
    """

    owner: np.ndarray
    key: np.ndarray

    def salted(self, field: str) -> "Features":
        """The same features as those of another field: its words have hashes of their own."""
        salt = np.uint64(int.from_bytes(field.encode()[:8].ljust(8, b"."), "little"))
        return Features(self.owner, _scrambled(self.key ^ salt))


class Words(NamedTuple):
    """Words of many texts, as `Features` that know where in ``joined`` they stand.

    Parameters
    ----------
    owner : numpy.ndarray of int, shape (n_words,)
    key : numpy.ndarray of uint64, shape (n_words,)
    starts, ends : numpy.ndarray of int, shape (n_words,)
    """

    owner: np.ndarray
    key: np.ndarray
    starts: np.ndarray
    ends: np.ndarray


class TextBatch:
    """Texts joined by line breaks.

    Parameters
    ----------
    texts : sequence of str
        Line breaks, tabs and other white space in them count as blanks.

    Attributes
    ----------
    joined : str
        The texts, a break before the first and after each.
    characters : numpy.ndarray of uint32
        Code points of ``joined``.
    owner : numpy.ndarray of int
        Text of each character; a break belongs to the text before it.

    Examples
    --------
    >>> batch = TextBatch(["电焊工", "焊工"])
    >>> runs = batch.runs(2)
    >>> [int((runs.owner == i).sum()) for i in (0, 1)]  # ^电 电焊 焊工 工$, ^焊 焊工 工$
    [4, 3]
    """

    def __init__(self, texts: Sequence[str]) -> None:
        clean = [_without_breaks(text) for text in texts]
        self.size = len(clean)
        self.joined = BREAK + BREAK.join(clean) + BREAK
        self.characters = np.frombuffer(
            self.joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32
        )
        lengths = np.fromiter(map(len, clean), dtype=np.intp, count=len(clean)) + 1
        lengths[:1] += 1
        self.owner = np.repeat(np.arange(len(clean)), lengths)
        self.is_break = self.characters == ord(BREAK)
        self._prefix, self._inverse = _prefix_sums(self.characters)

    def hashes(self, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Hash of each piece ``joined[start:end]``."""
        pieces = (self._prefix[ends] - self._prefix[starts]) * self._inverse[starts]
        return _scrambled(pieces)

    def runs(self, length: int) -> Features:
        """All runs of so many characters; the break at an end of a text frames its first and last.

        Single characters are taken without the frame.
        """
        starts = np.arange(len(self.characters) - length + 1)
        inner = slice(1, length - 1) if length > 2 else slice(0, length)
        breaks = np.concatenate([[0], np.cumsum(self.is_break)])
        within = breaks[starts + inner.stop] - breaks[starts + inner.start]
        starts = starts[within <= (length == 2)]
        return Features(self.owner[starts + (length > 1)], self.hashes(starts, starts + length))

    def words(self, segmenter: WordSegmenter) -> Words:
        """The words of each text, in their order."""
        cut = segmenter.cut(self.joined)
        lengths = np.fromiter(map(len, cut), dtype=np.intp, count=len(cut))
        ends = np.cumsum(lengths)
        starts = ends - lengths
        kept = ~self.is_break[starts] & (self.characters[starts] != ord(" "))
        starts, ends = starts[kept], ends[kept]
        return Words(self.owner[starts], self.hashes(starts, ends), starts, ends)

    def whole(self) -> Features:
        """Each text that is not empty as one feature."""
        gaps = np.flatnonzero(self.is_break)
        starts, ends = gaps[:-1] + 1, gaps[1:]
        kept = ends > starts
        return Features(np.flatnonzero(kept), self.hashes(starts[kept], ends[kept]))


def _without_breaks(text: str) -> str:
    """White space as blanks, of which every text is full that was not normalised."""
    return text if text.isprintable() else text.translate(_BLANKS)


def rank_within(owner: np.ndarray) -> np.ndarray:
    """Place of each row among those of its owner, from 0; the owners ascend.

    Examples
    --------
    >>> rank_within(np.array([0, 0, 2, 2, 2])).tolist()
    [0, 1, 0, 1, 2]
    """
    return np.arange(len(owner)) - np.searchsorted(owner, owner)


def _prefix_sums(characters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums of ``character · base^position`` before each position, and the powers' inverses."""
    powers = np.full(len(characters), _BASE, dtype=np.uint64)
    inverses = np.full(len(characters) + 1, _INVERSE, dtype=np.uint64)
    powers[:1] = inverses[:1] = 1
    powers, inverses = np.cumprod(powers), np.cumprod(inverses)
    terms = (characters.astype(np.uint64) + np.uint64(1)) * powers  # no character is nought
    return np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(terms)]), inverses


def _scrambled(keys: np.ndarray) -> np.ndarray:
    """The finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))
