"""Similarity to postings that experts have coded: what vague titles owe to their descriptions.

Nearest neighbours and class centroids over words of title, description and category.  What is
kept of the coded postings are hashed, weighted counts of words in plain arrays: no text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.preprocessing import normalize

from .posting import Posting, is_search_word
from .segment import WordSegmenter
from .titles import parse_title

FEATURES = 2**20
DESCRIPTION_CHARACTERS = 400
POSTINGS_WITH_WORD_AT_LEAST = 2
DECIMALS = 9


@dataclass(frozen=True, slots=True)
class HandCodedArrays:
    """The coded postings as arrays.

    Parameters
    ----------
    codes : numpy.ndarray of str, shape (n_codes,)
        Occupations and groups that occur, sorted.
    starts : numpy.ndarray of int, shape (n_codes,)
        First row of each code in ``vectors``.
    columns : numpy.ndarray of int, shape (n_words,)
        Hashes of the words that count.
    rarity : numpy.ndarray of float, shape (n_words,)
        Inverse document frequency of each.
    vectors : scipy.sparse.csr_matrix, shape (n_postings, n_words)
        Rows of unit length, in the order of the codes.
    """

    codes: np.ndarray
    starts: np.ndarray
    columns: np.ndarray
    rarity: np.ndarray
    vectors: sparse.csr_matrix


class HandCodedSimilarity:
    """Similarity of postings to hand-coded ones.

    Parameters
    ----------
    arrays : HandCodedArrays
    segmenter : WordSegmenter
    """

    def __init__(self, arrays: HandCodedArrays, segmenter: WordSegmenter) -> None:
        self.arrays = arrays
        self.codes: list[str] = arrays.codes.tolist()
        self.column = {code: column for column, code in enumerate(self.codes)}
        self._words = _vectoriser(segmenter)
        sums = np.add.reduceat(arrays.vectors.toarray(), arrays.starts, axis=0)
        self._centroids = normalize(sparse.csr_matrix(sums)).T.tocsr()
        self._transposed = arrays.vectors.T.tocsr()

    @classmethod
    def fit(
        cls, postings: Sequence[Posting], codes: Sequence[str], segmenter: WordSegmenter
    ) -> "HandCodedSimilarity":
        """Keep coded postings as arrays."""
        order = np.argsort(np.asarray(codes, dtype=str), kind="stable")
        counts = _vectoriser(segmenter).transform([postings[i] for i in order])
        frequency = np.asarray((counts > 0).sum(axis=0)).ravel()
        columns = np.flatnonzero(frequency >= POSTINGS_WITH_WORD_AT_LEAST)
        weighting = TfidfTransformer(sublinear_tf=True)
        vectors = weighting.fit_transform(counts[:, columns]).tocsr()
        names, starts = np.unique(np.asarray(codes, dtype=str)[order], return_index=True)
        rarity = weighting.idf_.astype(np.float32)
        return cls(HandCodedArrays(names, starts, columns, rarity, vectors), segmenter)

    def scores(self, postings: Sequence[Posting]) -> tuple[np.ndarray, np.ndarray]:
        """Similarity of each posting to each code.

        Returns
        -------
        centroids, nearest : numpy.ndarray, shape (n_postings, n_codes)
            Cosine with the centroid of the code's postings, and with the nearest of them.
        """
        counts = self._words.transform(postings)[:, self.arrays.columns]
        counts.data = 1 + np.log(counts.data)
        vectors = normalize(counts.multiply(self.arrays.rarity).tocsr())
        each = (vectors @ self._transposed).toarray()
        nearest = np.maximum.reduceat(each, self.arrays.starts, axis=1)
        # The last digits depend on the batch; they must not decide between equals.
        centroids = (vectors @ self._centroids).toarray()
        return centroids.round(DECIMALS), nearest.round(DECIMALS)

    def save(self, path: Path) -> None:
        """Write the arrays as an npz file without pickles."""
        kept, vectors = self.arrays, self.arrays.vectors
        np.savez_compressed(
            path,
            codes=kept.codes,
            starts=kept.starts.astype(np.int32),
            columns=kept.columns.astype(np.int32),
            rarity=kept.rarity,
            data=vectors.data.astype(np.float16),
            indices=vectors.indices.astype(np.int32),
            indptr=vectors.indptr.astype(np.int32),
        )

    @classmethod
    def load(cls, path: Path, segmenter: WordSegmenter) -> "HandCodedSimilarity":
        """Read the arrays that `save` wrote."""
        with np.load(path) as file:
            shape = (len(file["indptr"]) - 1, len(file["columns"]))
            data = file["data"].astype(np.float64)
            vectors = sparse.csr_matrix((data, file["indices"], file["indptr"]), shape=shape)
            arrays = HandCodedArrays(
                file["codes"], file["starts"], file["columns"], file["rarity"], vectors
            )
        return cls(arrays, segmenter)


def _vectoriser(segmenter: WordSegmenter) -> HashingVectorizer:
    def words(posting: Posting) -> list[str]:
        title = " ".join(parse_title(posting.title).segments)
        found = [f"title {word}" for word in segmenter.cut(title)] * 2
        found += [f"pair {title[i : i + 2]}" for i in range(len(title) - 1)]
        description = posting.description[:DESCRIPTION_CHARACTERS].lower()
        found += [f"text {word}" for word in segmenter.cut(description) if len(word) > 1]
        if not is_search_word(posting.category):
            found += [f"category {word}" for word in segmenter.cut(posting.category)]
        return found

    return HashingVectorizer(analyzer=words, n_features=FEATURES, alternate_sign=False, norm=None)
