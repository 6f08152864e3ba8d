"""Features by hash with their rarity, against scikit-learn's own weighting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer

from nlp.text_batch import Features
from nlp.vocabulary import Vocabulary

COUNTS = st.lists(st.lists(st.integers(0, 4), min_size=6, max_size=6), min_size=1, max_size=8)


def _features(counts: np.ndarray) -> Features:
    """Occurrences of the features 10, 11, …, mixed up as no batch would give them."""
    owner, column = np.nonzero(counts)
    repeats = counts[owner, column]
    order = np.random.default_rng(1).permutation(int(repeats.sum()))
    keys = np.repeat(column, repeats)[order].astype(np.uint64) + np.uint64(10)
    return Features(np.repeat(owner, repeats)[order], keys)


@given(COUNTS)
def test_vectors_are_those_of_scikit_learn(rows: list[list[int]]) -> None:
    counts = np.array(rows)
    occurring = counts.any(axis=0)
    vocabulary = Vocabulary.fit([_features(counts)], len(counts))
    np.testing.assert_array_equal(vocabulary.keys, 10 + np.flatnonzero(occurring))
    found = vocabulary.vectors([_features(counts)], len(counts))
    assert found.shape == (len(counts), occurring.sum())
    if not occurring.any():
        return
    weighting = TfidfTransformer(sublinear_tf=True, smooth_idf=True)
    expected = weighting.fit_transform(sparse.csr_matrix(counts[:, occurring])).toarray()
    np.testing.assert_allclose(vocabulary.rarity, weighting.idf_, rtol=1e-6)
    np.testing.assert_allclose(found.toarray(), expected, atol=1e-6)


@given(COUNTS, st.integers(1, 4))
def test_rare_features_are_left_out(rows: list[list[int]], at_least: int) -> None:
    counts = np.array(rows)
    vocabulary = Vocabulary.fit([_features(counts)], len(counts), at_least=at_least)
    frequency = (counts > 0).sum(axis=0)
    np.testing.assert_array_equal(vocabulary.keys, 10 + np.flatnonzero(frequency >= at_least))


@given(COUNTS)
def test_parts_of_the_features_count_together(rows: list[list[int]]) -> None:
    counts = np.array(rows)
    whole, size = _features(counts), len(counts)
    half = len(whole.owner) // 2
    parts = [
        Features(whole.owner[:half], whole.key[:half]),
        Features(whole.owner[half:], whole.key[half:]),
    ]
    one, other = Vocabulary.fit([whole], size), Vocabulary.fit(parts, size)
    np.testing.assert_array_equal(one.keys, other.keys)
    np.testing.assert_array_equal(one.rarity, other.rarity)
    vectors = one.vectors([whole], size).toarray(), other.vectors(parts, size).toarray()
    np.testing.assert_allclose(*vectors, atol=1e-6)


@given(COUNTS)
def test_vectors_have_unit_length_or_none(rows: list[list[int]]) -> None:
    counts = np.array(rows)
    vectors = Vocabulary.fit([_features(counts)], len(counts)).vectors(
        [_features(counts)], len(counts)
    )
    lengths = np.linalg.norm(vectors.toarray(), axis=1)
    np.testing.assert_allclose(lengths, counts.any(axis=1), atol=1e-6)


def test_unknown_features_change_nothing() -> None:
    counts = np.array([[2, 1, 0], [0, 1, 3]])
    vocabulary = Vocabulary.fit([_features(counts)], 2)
    known = _features(counts)
    # One below, one between and one above the known keys.
    unknown = Features(np.array([0, 0, 1]), np.array([3, 10**6, 2**64 - 1], dtype=np.uint64))
    with_unknown = vocabulary.vectors([known, unknown], 2)
    np.testing.assert_array_equal(with_unknown.toarray(), vocabulary.vectors([known], 2).toarray())


def test_a_vocabulary_of_nothing_knows_nothing() -> None:
    nothing = Features(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.uint64))
    vocabulary = Vocabulary.fit([nothing], 3)
    assert len(vocabulary.keys) == len(vocabulary.rarity) == 0
    vectors = vocabulary.vectors([_features(np.array([[1, 2]]))], 3)
    assert vectors.shape == (3, 0)


def test_rarity_by_hand() -> None:
    counts = np.array([[1, 1], [5, 0], [1, 0]])
    rarity = Vocabulary.fit([_features(counts)], 3).rarity
    assert rarity.tolist() == pytest.approx([1.0, np.log(4 / 2) + 1])


@given(COUNTS, COUNTS)
def test_an_extended_vocabulary_keeps_what_it_was_fitted_to(
    first: list[list[int]], second: list[list[int]]
) -> None:
    """Old features keep their rarity; new ones have that of the texts of both together."""
    before, further = np.array(first), np.array(second)
    fitted = Vocabulary.fit([_features(before)], len(before))
    extended = fitted.extended([_features(further)], len(further), len(before))
    occurring = before.any(axis=0) | further.any(axis=0)
    np.testing.assert_array_equal(extended.keys, 10 + np.flatnonzero(occurring))
    rarity = dict(zip(extended.keys.tolist(), extended.rarity.tolist(), strict=True))
    for key, value in zip(fitted.keys.tolist(), fitted.rarity.tolist(), strict=True):
        assert rarity[key] == value
    together = Vocabulary.fit([_features(np.vstack([before, further]))], len(before) + len(further))
    for key, value in zip(together.keys.tolist(), together.rarity.tolist(), strict=True):
        if key not in fitted.keys:
            assert rarity[key] == pytest.approx(value, rel=1e-5)
