"""A linear model of titles: one weight vector an occupation over words and character runs.

The vectors are the normalised sums of the tf-idf vectors of an occupation's terms (Rocchio's
centroids).  Measured on hand-coded titles against a support vector machine fitted to the same
terms, the centroids reach the same first-five accuracy (.80 and .81), are made in two seconds
instead of two minutes, and need no stored arrays: they follow the lexicon, a user's own rows
included.
"""

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.preprocessing import normalize

from .segment import WordSegmenter

FEATURES = 2**18


class TitleSimilarity:
    """Cosine similarity of a title to each occupation's terms.

    Parameters
    ----------
    terms, codes : sequence of str
        Terms of the lexicon and the occupation of each.
    segmenter : WordSegmenter
        Cuts titles into words.

    Attributes
    ----------
    codes : numpy.ndarray of str, shape (n_occupations,)
        Occupations in the order of the columns of `scores`.
    """

    def __init__(
        self, terms: Sequence[str], codes: Sequence[str], segmenter: WordSegmenter
    ) -> None:
        self._segmenter = segmenter
        self._vectoriser = HashingVectorizer(
            analyzer=self._features, n_features=FEATURES, alternate_sign=False, norm=None
        )
        self._weighting = TfidfTransformer(sublinear_tf=True)
        vectors = self._weighting.fit_transform(self._vectoriser.transform(terms))
        self.codes, column = np.unique(np.asarray(codes, dtype=str), return_inverse=True)
        membership = sparse.csr_matrix(
            (np.ones(len(column)), (column, np.arange(len(column)))),
            shape=(len(self.codes), len(column)),
        )
        self._centroids = normalize(membership @ vectors).T.tocsr()

    def scores(self, titles: Sequence[str]) -> np.ndarray:
        """Similarity of each title to each occupation.

        Returns
        -------
        numpy.ndarray, shape (n_titles, n_occupations)
            Cosines in [0, 1].
        """
        vectors = self._weighting.transform(self._vectoriser.transform(titles))
        return (vectors @ self._centroids).toarray()

    def _features(self, title: str) -> list[str]:
        """Words, the last word (the head of a Chinese noun phrase), and runs of 1 to 3."""
        if not title:
            return []
        words = self._segmenter.cut(title)
        framed = f"^{title}$"
        features = [f"word {word}" for word in words]
        features += [framed[i : i + 2] for i in range(len(framed) - 1)]
        features += [framed[i : i + 3] for i in range(len(framed) - 2)]
        features += list(title)
        if words:
            features.append(f"head {words[-1]}")
        return features
