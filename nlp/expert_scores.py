"""What experts' codes of other postings say: linear scores of whole postings.

One-against-rest support vector machines over words and character runs of title, description,
category, industry and employer (Joachims 1998), one set for the code that the expert gave and
one for its minor group, for which there are more examples.  Kept are arrays of hashes and
weights: no text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.npyio import NpzFile
from scipy import sparse
from sklearn.svm import LinearSVC

from data.reference.occupations import CODE_LENGTHS

from .arrays import read_vocabulary, read_weights, vocabulary_arrays, weight_arrays, write_arrays
from .code_index import CodeIndex
from .posting_features import FIELD_WEIGHTS, PostingFeatures, PostingVectors

LEVELS = ("unit", "minor")
COST = 0.5
TOLERANCE = 1e-3
# Weights nearer to nought are left out; see the benchmark of coding for what that costs.
SMALLEST_WEIGHT = 0.02
UNKNOWN = -1


@dataclass(frozen=True)
class LinearScores:
    """One linear score a class.

    Parameters
    ----------
    codes : tuple of str
        Classes: codes of the 大典.
    weights : scipy.sparse.csr_matrix of float32, shape (n_columns, n_classes)
    intercepts : numpy.ndarray of float32, shape (n_classes,)
    """

    codes: tuple[str, ...]
    weights: sparse.csr_matrix
    intercepts: np.ndarray

    @classmethod
    def fit(cls, vectors: sparse.csr_matrix, codes: Sequence[str]) -> "LinearScores":
        """Fit one class against the rest; the solver visits the rows in a fixed order."""
        machine = LinearSVC(C=COST, tol=TOLERANCE, random_state=0)
        machine.fit(vectors, np.asarray(codes, dtype=str))
        names, coefficients, intercepts = machine.classes_, machine.coef_, machine.intercept_
        if len(names) == 2:
            coefficients = np.vstack([-coefficients, coefficients])
            intercepts = np.concatenate([-intercepts, intercepts])
        coefficients[np.abs(coefficients) < SMALLEST_WEIGHT] = 0
        weights = sparse.csr_matrix(coefficients.T.astype(np.float16).astype(np.float32))
        return cls(tuple(names.tolist()), weights, intercepts.astype(np.float32))

    def of(self, vectors: sparse.csr_matrix) -> np.ndarray:
        """Scores of postings, shape (n_postings, n_classes)."""
        return (vectors @ self.weights).toarray() + self.intercepts


@dataclass(frozen=True)
class ExpertScores:
    """Linear scores at both levels, and how postings become vectors.

    Parameters
    ----------
    vectors : PostingVectors
    scores : dict of str to LinearScores
        One for each of `LEVELS`.
    """

    vectors: PostingVectors
    scores: dict[str, LinearScores]

    @classmethod
    def fit(
        cls, vectors: PostingVectors, rows: sparse.csr_matrix, codes: Sequence[str]
    ) -> "ExpertScores":
        """Fit to coded postings.

        Parameters
        ----------
        vectors : PostingVectors
        rows : scipy.sparse.csr_matrix
            Vectors of the coded postings.
        codes : sequence of str
            Code of each, at any level.
        """
        cut = {"unit": CODE_LENGTHS["unit"], "minor": CODE_LENGTHS["minor"]}
        return cls(
            vectors,
            {
                level: LinearScores.fit(rows, [code[: cut[level]] for code in codes])
                for level in LEVELS
            },
        )

    def of(self, features: PostingFeatures) -> dict[str, np.ndarray]:
        """Scores of postings at each level."""
        rows = self.vectors.of(features)
        return {level: self.scores[level].of(rows) for level in LEVELS}

    def columns(self, level: str, index: CodeIndex) -> np.ndarray:
        """Column of the score that speaks for each position of the index, or `UNKNOWN`."""
        column = {code: place for place, code in enumerate(self.scores[level].codes)}
        length = CODE_LENGTHS[level]
        return np.array([column.get(code[:length], UNKNOWN) if code else UNKNOWN
                         for code in index.codes])  # fmt: skip

    def save(self, path: Path) -> None:
        """Write the arrays as an npz file without pickles."""
        arrays: dict[str, np.ndarray] = {}
        for name, vocabulary in self.vectors.vocabularies.items():
            arrays |= vocabulary_arrays(name, vocabulary)
        for level, linear in self.scores.items():
            arrays |= weight_arrays(level, linear.weights)
            arrays[f"{level}_codes"] = np.asarray(linear.codes)
            arrays[f"{level}_intercepts"] = linear.intercepts
        write_arrays(path, arrays)

    @classmethod
    def load(cls, path: Path) -> "ExpertScores":
        """Read the arrays that `save` wrote."""
        with np.load(path) as file:
            vectors = PostingVectors({name: read_vocabulary(file, name) for name in FIELD_WEIGHTS})
            return cls(vectors, {level: _read_scores(file, level) for level in LEVELS})


def _read_scores(file: NpzFile, level: str) -> LinearScores:
    codes = tuple(file[f"{level}_codes"].tolist())
    return LinearScores(codes, read_weights(file, level, len(codes)), file[f"{level}_intercepts"])
