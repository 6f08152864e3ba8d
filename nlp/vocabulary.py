"""Features by hash with their rarity: from the features of texts to weighted vectors."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.preprocessing import normalize

from .text_batch import Features


class Vocabulary:
    """Features that count, and how rare each is.

    A vector holds ``(1 + log(count)) · rarity`` for each feature and has unit length; the rarity
    is the smoothed inverse document frequency of Salton and Buckley (1988).

    Parameters
    ----------
    keys : numpy.ndarray of uint64, shape (n_columns,)
        Hashes of the features, ascending.
    rarity : numpy.ndarray of float32, shape (n_columns,)
    """

    def __init__(self, keys: np.ndarray, rarity: np.ndarray) -> None:
        self.keys = keys
        self.rarity = rarity

    @classmethod
    def fit(cls, features: Sequence[Features], texts: int, *, at_least: int = 1) -> "Vocabulary":
        """The features that occur in so many texts at least.

        Parameters
        ----------
        features : sequence of Features
        texts : int
            Number of texts.
        at_least : int
        """
        owner = np.concatenate([each.owner for each in features])
        keys, column = np.unique(
            np.concatenate([each.key for each in features]), return_inverse=True
        )
        counts = sparse.csr_matrix(
            (np.ones(len(column), dtype=np.float32), (owner, column)), shape=(texts, len(keys))
        )
        frequency = np.bincount(counts.indices, minlength=len(keys))
        kept = frequency >= at_least
        rarity = np.log((1 + texts) / (1 + frequency[kept])) + 1
        return cls(keys[kept], rarity.astype(np.float32))

    def extended(self, features: Sequence[Features], texts: int, before: int) -> "Vocabulary":
        """The vocabulary with the features of further texts.

        Parameters
        ----------
        features : sequence of Features
        texts : int
            Number of further texts.
        before : int
            Number of texts that the vocabulary was fitted to.
        """
        further = Vocabulary.fit(features, texts)
        is_new = ~np.isin(further.keys, self.keys)
        # A feature new here occurred in none of the texts before.
        frequency = (1 + texts) / np.exp(further.rarity[is_new] - 1) - 1
        rarity = np.log((1 + before + texts) / (1 + frequency)) + 1
        keys = np.concatenate([self.keys, further.keys[is_new]])
        order = np.argsort(keys)
        both = np.concatenate([self.rarity, rarity.astype(np.float32)])
        return Vocabulary(keys[order], both[order])

    def vectors(self, features: Sequence[Features], texts: int) -> sparse.csr_matrix:
        """Weighted features of each text; unknown ones are left out.

        Returns
        -------
        scipy.sparse.csr_matrix of float32, shape (texts, n_columns)
        """
        owner = np.concatenate([each.owner for each in features])
        column, known = self._columns(np.concatenate([each.key for each in features]))
        counts = sparse.csr_matrix(
            (np.ones(int(known.sum()), dtype=np.float32), (owner[known], column[known])),
            shape=(texts, len(self.keys)),
        )
        counts.data = _damped(counts.data) * self.rarity[counts.indices]
        return normalize(counts, copy=False) if min(counts.shape) else counts

    def _columns(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if not len(self.keys):
            return np.zeros(len(keys), dtype=np.intp), np.zeros(len(keys), dtype=bool)
        column = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return column, self.keys[column] == keys


def _damped(counts: np.ndarray) -> np.ndarray:
    """``1 + log(count)``, from a table: computed in bulk, the last digit depends on the place."""
    table = 1 + np.log(np.arange(1, counts.max(initial=1) + 1))
    return table.astype(np.float32)[counts.astype(np.intp) - 1]
