"""Sparse weights and vocabularies as plain arrays for npz files: never pickles."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.npyio import NpzFile
from scipy import sparse

from .vocabulary import Vocabulary


def write_arrays(path: Path, arrays: dict[str, Any]) -> None:
    """Write arrays as a compressed npz file; none of them holds objects."""
    np.savez_compressed(path, **arrays)


def vocabulary_arrays(name: str, vocabulary: Vocabulary) -> dict[str, np.ndarray]:
    """A vocabulary as arrays, their names beginning with the one given."""
    return {f"{name}_keys": vocabulary.keys, f"{name}_rarity": vocabulary.rarity}


def read_vocabulary(file: NpzFile, name: str) -> Vocabulary:
    """The vocabulary whose arrays begin with a name."""
    return Vocabulary(file[f"{name}_keys"], file[f"{name}_rarity"])


def weight_arrays(name: str, weights: sparse.csr_matrix) -> dict[str, np.ndarray]:
    """Weights of features by classes as arrays; half precision is finer than their errors."""
    return {
        f"{name}_data": weights.data.astype(np.float16),
        f"{name}_indices": weights.indices.astype(np.int16),
        f"{name}_indptr": weights.indptr.astype(np.int32),
    }


def read_weights(file: NpzFile, name: str, classes: int) -> sparse.csr_matrix:
    """The weights whose arrays begin with a name, shape (n_features, classes)."""
    indptr = file[f"{name}_indptr"]
    return sparse.csr_matrix(
        (
            file[f"{name}_data"].astype(np.float32),
            file[f"{name}_indices"].astype(np.int32),
            indptr,
        ),
        shape=(len(indptr) - 1, classes),
    )
