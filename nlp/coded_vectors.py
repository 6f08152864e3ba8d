"""Coded postings as arrays: what further training needs of them, without their texts."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from .arrays import write_arrays
from .coder import texts_of
from .expert_scores import ExpertScores
from .posting_features import FIELD_WEIGHTS, PostingFeatures, PostingVectors
from .segment import WordSegmenter

VECTORS_FILE = "coded_vectors.npz"


@dataclass(frozen=True)
class CodedVectors:
    """Vectors of postings that experts have coded.

    Parameters
    ----------
    identifiers : tuple of str
        ``posting_id`` of each.
    codes : tuple of str
        Code of each, at any level.
    vectors : PostingVectors
    rows : scipy.sparse.csr_matrix of float32, shape (n_postings, n_columns)
    """

    identifiers: tuple[str, ...]
    codes: tuple[str, ...]
    vectors: PostingVectors
    rows: sparse.csr_matrix

    @classmethod
    def of(cls, coded: pd.DataFrame, segmenter: WordSegmenter) -> "CodedVectors":
        """Read coded postings.

        Parameters
        ----------
        coded : pandas.DataFrame
            ``posting_id``, ``occupation_code`` and the texts of `nlp.posting.Posting`.
        segmenter : WordSegmenter
        """
        features = PostingFeatures.of(texts_of(coded), segmenter)
        vectors = PostingVectors.fit(features)
        return cls(
            tuple(coded["posting_id"]), tuple(coded["occupation_code"]), vectors,
            vectors.of(features),
        )  # fmt: skip

    def with_coded(self, coded: pd.DataFrame, segmenter: WordSegmenter) -> "CodedVectors":
        """These postings and further ones, which replace those of the same identifier."""
        features = PostingFeatures.of(texts_of(coded), segmenter)
        vectors = self.vectors.extended(features, len(self.codes))
        replaced = set(coded["posting_id"])
        kept = [row for row, each in enumerate(self.identifiers) if each not in replaced]
        own = self.rows[kept]
        columns = self.vectors.columns_in(vectors)[own.indices]
        further = vectors.of(features)
        moved = sparse.csr_matrix(
            (own.data, columns, own.indptr), shape=(len(kept), further.shape[1])
        )
        return CodedVectors(
            (*(self.identifiers[row] for row in kept), *coded["posting_id"]),
            (*(self.codes[row] for row in kept), *coded["occupation_code"]),
            vectors,
            sparse.vstack([moved, further], format="csr"),
        )

    def experts(self, kept: np.ndarray | None = None) -> ExpertScores:
        """Scores fitted to the postings, or to some of them."""
        which = np.arange(len(self.codes)) if kept is None else np.flatnonzero(kept)
        order = which[np.argsort(np.asarray(self.identifiers)[which], kind="stable")]
        return ExpertScores.fit(self.vectors, self.rows[order], [self.codes[row] for row in order])

    def save(self, path: Path) -> None:
        """Write the arrays as an npz file without pickles; the vocabularies are not among them."""
        write_arrays(
            path,
            {
                "identifiers": np.asarray(self.identifiers),
                "codes": np.asarray(self.codes),
                "data": self.rows.data.astype(np.float16),
                "indices": self.rows.indices.astype(np.int32),
                "indptr": self.rows.indptr.astype(np.int32),
            },
        )

    @classmethod
    def load(cls, path: Path, vectors: PostingVectors) -> "CodedVectors":
        """Read the arrays that `save` wrote, with the vocabularies that they refer to."""
        columns = sum(len(vectors.vocabularies[name].keys) for name in FIELD_WEIGHTS)
        with np.load(path) as file:
            indptr = file["indptr"]
            rows = sparse.csr_matrix(
                (file["data"].astype(np.float32), file["indices"], indptr),
                shape=(len(indptr) - 1, columns),
            )
            return cls(
                tuple(file["identifiers"].tolist()), tuple(file["codes"].tolist()), vectors, rows
            )
