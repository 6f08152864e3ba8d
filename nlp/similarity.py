"""Similarity of titles to the terms of each occupation.

One vector an occupation over words and character runs: the normalised sum of the tf-idf vectors
of its terms (Rocchio's centroids).  Measured on hand-coded titles against a support vector
machine fitted to the same terms, the centroids reach the same first-five accuracy (.80 and .81),
are made in a second instead of two minutes, and follow the lexicon, a user's own rows included.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.preprocessing import normalize

from .arrays import read_vocabulary, read_weights, vocabulary_arrays, weight_arrays, write_arrays
from .segment import WordSegmenter
from .text_batch import Features, TextBatch, Words
from .vocabulary import Vocabulary

# Features of a term that so many occupations share that they hardly tell them apart.
SMALLEST_WEIGHT = 0.02


@dataclass(frozen=True)
class TitleSimilarity:
    """Cosine similarity of a title to each occupation's terms.

    Parameters
    ----------
    codes : tuple of str
        Occupations in the order of the columns of `scores`.
    vocabulary : Vocabulary
    centroids : scipy.sparse.csr_matrix of float32, shape (n_columns, n_occupations)
    """

    codes: tuple[str, ...]
    vocabulary: Vocabulary
    centroids: sparse.csr_matrix

    @classmethod
    def fit(
        cls, terms: Sequence[str], codes: Sequence[str], segmenter: WordSegmenter
    ) -> "TitleSimilarity":
        """Make the centroids.

        Parameters
        ----------
        terms, codes : sequence of str
            Terms of the lexicon and the occupation of each.
        segmenter : WordSegmenter
            Cuts terms into words.
        """
        batch = TextBatch(terms)
        features = title_features(batch, batch.words(segmenter))
        vocabulary = Vocabulary.fit(features, batch.size)
        vectors = vocabulary.vectors(features, batch.size)
        names, column = np.unique(np.asarray(codes, dtype=str), return_inverse=True)
        membership = sparse.csr_matrix(
            (np.ones(len(column), dtype=np.float32), (column, np.arange(len(column)))),
            shape=(len(names), len(column)),
        )
        centroids = normalize(membership @ vectors)
        centroids.data[centroids.data < SMALLEST_WEIGHT] = 0
        centroids.eliminate_zeros()
        return cls(tuple(names.tolist()), vocabulary, centroids.T.tocsr())

    def save(self, path: Path) -> None:
        """Write the arrays as an npz file without pickles."""
        arrays = {"codes": np.asarray(self.codes)}
        arrays |= vocabulary_arrays("title", self.vocabulary)
        write_arrays(path, arrays | weight_arrays("title", self.centroids))

    @classmethod
    def load(cls, path: Path) -> "TitleSimilarity":
        """Read the arrays that `save` wrote."""
        with np.load(path) as file:
            codes = tuple(file["codes"].tolist())
            return cls(
                codes, read_vocabulary(file, "title"), read_weights(file, "title", len(codes))
            )

    def scores(self, features: Sequence[Features], titles: int) -> np.ndarray:
        """Similarity of each title to each occupation.

        Parameters
        ----------
        features : sequence of Features
            As `title_features` gives them.
        titles : int
            Number of titles.

        Returns
        -------
        numpy.ndarray of float32, shape (titles, n_occupations)
            Cosines in [0, 1], without what very common features would add.
        """
        return (self.vocabulary.vectors(features, titles) @ self.centroids).toarray()


def title_features(titles: TextBatch, words: Words) -> list[Features]:
    """Words, the last word (the head of a Chinese noun phrase), and runs of 1 to 3 characters."""
    last = np.ones(len(words.owner), dtype=bool)
    last[:-1] = words.owner[1:] != words.owner[:-1]
    return [
        Features(words.owner, words.key).salted("word"),
        Features(words.owner[last], words.key[last]).salted("head"),
        *(titles.runs(length) for length in (1, 2, 3)),
    ]
