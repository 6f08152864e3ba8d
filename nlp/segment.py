"""Word segmentation with jieba's dictionary and algorithm.

`Segmenter` runs the algorithm in its compiled form (rjieba); `ReferenceSegmenter` runs jieba
itself and is what the first is tested against.  Both leave jieba's hidden Markov model off:
its Viterbi step is quadratic in the length of an unknown run, and postings are hostile input.
Neither reads or writes jieba's cache file, which would execute whatever stands in a shared
temporary folder.
"""

import importlib.util
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import rjieba


class WordSegmenter(Protocol):
    """What the rest of the package needs of a segmenter."""

    def cut(self, text: str) -> list[str]:
        """Split a text into words; the words joined give the text again."""


class Segmenter:
    """jieba's maximum-probability segmentation, compiled.

    Parameters
    ----------
    words : iterable of str
        Words to add to jieba's dictionary, each with the frequency that makes it stay whole.

    Examples
    --------
    >>> Segmenter().cut("设备维护工程师")
    ['设备', '维护', '工程师']
    >>> Segmenter(["维护工程师"]).cut("设备维护工程师")
    ['设备', '维护工程师']
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._jieba = rjieba.Jieba()
        for word in words:
            self._jieba.add_word(word, self._jieba.suggest_freq(word), None)

    def cut(self, text: str) -> list[str]:
        """Split a text into words."""
        return self._jieba.cut(text, False)


class ReferenceSegmenter:
    """The same segmentation by jieba itself: slower, and the measure of the other."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        with warnings.catch_warnings():
            # jieba's source has escapes that newer Pythons warn about when they compile it.
            warnings.simplefilter("ignore")
            import jieba
        with dictionary_path().open(encoding="utf-8") as lines:
            frequencies = _frequencies(lines)
        tokenizer: Any = jieba.Tokenizer()
        tokenizer.FREQ = _with_prefixes(frequencies)
        tokenizer.total = sum(frequencies.values())
        tokenizer.initialized = True
        self._tokenizer = tokenizer
        for word in words:
            tokenizer.add_word(word)

    def cut(self, text: str) -> list[str]:
        """Split a text into words."""
        return list(self._tokenizer.cut(text, HMM=False))


def dictionary_path() -> Path:
    """Where jieba's own dictionary lies, found without importing jieba."""
    spec = importlib.util.find_spec("jieba")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("jieba is not installed; run `make setup`")
    return Path(spec.origin).parent / "dict.txt"


def _frequencies(lines: Iterable[str]) -> dict[str, int]:
    entries = (line.split(" ") for line in lines if line.strip())
    return {entry[0]: int(entry[1]) for entry in entries}


def _with_prefixes(frequencies: dict[str, int]) -> dict[str, int]:
    """Add every prefix with frequency nought, as jieba's graph search expects."""
    complete = dict(frequencies)
    for word in frequencies:
        for end in range(1, len(word)):
            complete.setdefault(word[:end], 0)
    return complete
