"""Near-duplicate texts by MinHash signatures and banded buckets, in nearly linear time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data.errors import ConfigurationError

# Arrays of this length stay in the cache: twice as fast as ones of a million.
_CHARACTERS_PER_CHUNK = 1 << 17
_PAIRS_PER_CHUNK = 1 << 16
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_HIGH_BITS = np.uint64(32)


@dataclass(frozen=True, slots=True)
class MinHashParameters:
    """How texts are compared.

    Parameters
    ----------
    threshold : float
        Least Jaccard similarity of the sets of shingles of near-duplicates.
    shingle : int
        Characters of a shingle.
    bands, rows : int
        Two texts of similarity s meet in a bucket with probability 1 - (1 - s**rows)**bands:
        .9998 at s = .8 and .03 at s = .2 with 16 bands of 4 rows.
    seed : int
        Seed of the hash functions.

    Raises
    ------
    ConfigurationError
        When a number is out of its range.
    """

    threshold: float = 0.8
    shingle: int = 4
    bands: int = 16
    rows: int = 4
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise ConfigurationError(
                "similarity of near-duplicates", got=self.threshold, expected="in (0, 1]"
            )
        if min(self.shingle, self.bands, self.rows) < 1:
            raise ConfigurationError(
                "shingle, bands and rows of MinHash",
                got=(self.shingle, self.bands, self.rows),
                expected="1 at least",
            )


def minhash_signatures(
    texts: Sequence[str], parameters: MinHashParameters | None = None
) -> NDArray[np.uint32]:
    """MinHash signatures of the sets of character shingles.

    Parameters
    ----------
    texts : sequence of str, length n
    parameters : MinHashParameters, optional

    Returns
    -------
    numpy.ndarray of uint32, shape (n, bands * rows)
        The share of equal entries of two rows estimates their Jaccard similarity.

    Notes
    -----
    Broder (1997), "On the resemblance and containment of documents"; multiply-shift hashing
    after Dietzfelbinger et al. (1997).  Time is linear in the length of all texts.

    Examples
    --------
    >>> first, second = minhash_signatures(["负责仓库收发货", "负责仓库收发货"])
    >>> bool((first == second).all())
    True
    """
    parameters = parameters or MinHashParameters()
    count = parameters.bands * parameters.rows
    generator = np.random.default_rng(parameters.seed)
    multipliers = generator.integers(1, 1 << 63, count, dtype=np.uint64) * np.uint64(2) + np.uint64(
        1
    )
    offsets = generator.integers(0, 1 << 63, count, dtype=np.uint64)
    signatures = np.empty((len(texts), count), np.uint32)
    # Zeros between texts keep shingles from spanning two of them.
    padding = "\0" * parameters.shingle
    for begin, end in _chunks([len(text) + parameters.shingle for text in texts]):
        shingles, starts = _shingles(texts[begin:end], parameters.shingle, padding)
        for j in range(count):
            hashed = (shingles * multipliers[j] + offsets[j]) >> _HIGH_BITS
            signatures[begin:end, j] = np.minimum.reduceat(hashed, starts)
    return signatures


def _chunks(lengths: list[int]) -> list[tuple[int, int]]:
    """Ranges of texts whose characters fit into a chunk together."""
    if not lengths:
        return []
    chunk = np.cumsum(lengths) // _CHARACTERS_PER_CHUNK
    begins = [0, *(np.flatnonzero(np.diff(chunk)) + 1).tolist()]
    return list(zip(begins, [*begins[1:], len(lengths)], strict=True))


def _shingles(
    texts: Sequence[str], length: int, padding: str
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hash every shingle of the joined texts; also say where each text starts."""
    joined = padding.join(texts) + 2 * padding
    characters = np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    hashed = np.zeros(len(characters) - length, np.uint64)
    for offset in range(length):
        hashed = hashed * _MULTIPLIER + characters[offset : offset + len(hashed)]
    hashed = (hashed ^ (hashed >> _HIGH_BITS)) * _MULTIPLIER
    ends = np.cumsum([len(text) + length for text in texts])
    starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)
    # A shingle that starts in the padding reaches into the next text: the text's first shingle
    # takes its place, which adds nothing to the set.
    between = (ends[:, None] - np.arange(length, 0, -1)).ravel()
    hashed[between] = np.repeat(hashed[starts], length)
    return hashed, starts


def near_duplicates(
    blocks: Sequence[str], texts: Sequence[str], parameters: MinHashParameters | None = None
) -> NDArray[np.int64]:
    """Group the near-duplicate texts within each block.

    Within a bucket each text is compared with the first and with its neighbour in the order of
    the texts, so that a block of thousands of texts stays linear; links join to groups.

    Parameters
    ----------
    blocks : sequence of str, length n
        Texts of different blocks never share a group.
    texts : sequence of str, length n
    parameters : MinHashParameters, optional

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        Group of each text; the grouping does not depend on the order of the rows.

    Examples
    --------
    >>> near_duplicates(["a", "a", "b"], ["负责仓库收发货"] * 3).tolist()
    [0, 0, 1]
    """
    parameters = parameters or MinHashParameters()
    rows = pd.DataFrame({"block": list(blocks), "text": list(texts)})
    distinct = rows.drop_duplicates().sort_values(["block", "text"], ignore_index=True)
    groups = np.arange(len(distinct))
    several = np.flatnonzero(distinct["block"].duplicated(keep=False).to_numpy())
    if len(several):
        chosen = distinct.loc[several]
        signatures = minhash_signatures(chosen["text"].tolist(), parameters)
        block_codes = pd.factorize(chosen["block"])[0].astype(np.uint64)
        left, right = _links(block_codes, signatures, parameters)
        graph = coo_array((np.ones(len(left), bool), (left, right)), (len(several), len(several)))
        # Each group takes the number of its first text, so that single texts keep theirs.
        component = pd.Series(connected_components(graph, directed=False)[1])
        groups[several] = several[component.groupby(component).transform("idxmin")]
    distinct["group"] = pd.factorize(groups)[0]
    return rows.merge(distinct, on=["block", "text"], how="left")["group"].to_numpy()


def _links(
    blocks: NDArray[np.uint64], signatures: NDArray[np.uint32], parameters: MinHashParameters
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of texts that share a bucket and are similar enough by their signatures."""
    pairs: list[NDArray[np.int64]] = []
    for band in range(parameters.bands):
        key = blocks * _MULTIPLIER
        for row in range(band * parameters.rows, (band + 1) * parameters.rows):
            key = (key ^ signatures[:, row]) * _MULTIPLIER
            key ^= key >> _HIGH_BITS
        order = np.argsort(key, kind="stable")
        same = key[order][1:] == key[order][:-1]
        run_start = np.maximum.accumulate(
            np.where(np.concatenate([[True], ~same]), np.arange(len(key)), 0)
        )
        later = np.flatnonzero(same) + 1
        pairs.append(order[later - 1] * len(blocks) + order[later])
        pairs.append(order[run_start[later]] * len(blocks) + order[later])
    left, right = np.divmod(np.unique(np.concatenate(pairs)), len(blocks))
    similar = np.zeros(len(left), bool)
    for begin in range(0, len(left), _PAIRS_PER_CHUNK):
        part = slice(begin, begin + _PAIRS_PER_CHUNK)
        agreement = (signatures[left[part]] == signatures[right[part]]).mean(axis=1)
        similar[part] = (agreement >= parameters.threshold) & (
            blocks[left[part]] == blocks[right[part]]
        )
    return left[similar], right[similar]
