"""The conditional logit: known weights come back, probabilities stay probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from nlp.choice import ChoiceSets, fit_weights, probabilities


def _random_sets(generator: np.random.Generator, sets: int, features: int) -> ChoiceSets:
    sizes = generator.integers(1, 9, sets)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return ChoiceSets(generator.normal(size=(sizes.sum(), features)), starts)


def _simulate(generator: np.random.Generator, sets: ChoiceSets, weights: np.ndarray) -> np.ndarray:
    """Choose the candidate of highest utility with Gumbel noise, as the model supposes."""
    utility = sets.features @ weights + generator.gumbel(size=len(sets.features))
    ends = np.append(sets.starts[1:], len(utility))
    return np.array([s + utility[s:e].argmax() for s, e in zip(sets.starts, ends, strict=True)])


def _standard_errors(sets: ChoiceSets, weights: np.ndarray) -> np.ndarray:
    """From the information matrix, the sum of the within-set covariances of the features."""
    p = probabilities(sets, weights)
    means = np.add.reduceat(p[:, None] * sets.features, sets.starts)[sets.owner]
    centred = sets.features - means
    return np.sqrt(np.diag(np.linalg.inv(centred.T @ (p[:, None] * centred))))


def test_known_weights_come_back() -> None:
    generator = np.random.default_rng(7)
    truth = np.array([1.5, -0.8, 0.0, 0.4])
    sets = _random_sets(generator, 6_000, len(truth))
    fitted = fit_weights(sets, _simulate(generator, sets, truth))
    assert np.abs((fitted - truth) / _standard_errors(sets, truth)).max() < 3.5
    assert _standard_errors(sets, truth).max() < 0.04


def test_the_fit_is_a_stationary_point_of_the_penalised_likelihood() -> None:
    generator = np.random.default_rng(3)
    sets = _random_sets(generator, 200, 3)
    chosen = _simulate(generator, sets, np.array([1.0, -1.0, 0.5]))

    def loss(weights: np.ndarray, penalty: float) -> float:
        likelihood = np.log(probabilities(sets, weights)[chosen]).sum()
        return penalty * weights @ weights / 2 - likelihood

    for penalty in (0.1, 5.0):
        slope = approx_fprime(fit_weights(sets, chosen, penalty=penalty), loss, 1e-6, penalty)
        np.testing.assert_allclose(slope, 0, atol=0.01)


def test_penalty_shrinks_the_weights() -> None:
    generator = np.random.default_rng(5)
    sets = _random_sets(generator, 300, 2)
    chosen = _simulate(generator, sets, np.array([2.0, -2.0]))
    sizes = [np.linalg.norm(fit_weights(sets, chosen, penalty=p)) for p in (0.01, 1, 100, 1e5)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < 0.05


def test_separable_choices_stay_finite() -> None:
    # The chosen candidate always has the greater feature: without a penalty no optimum exists.
    sets = ChoiceSets(np.tile([[1.0], [0.0]], (50, 1)), np.arange(0, 100, 2))
    weights = fit_weights(sets, np.arange(0, 100, 2))
    assert np.isfinite(weights).all()
    assert probabilities(sets, weights)[0] > 0.9


sizes = st.lists(st.integers(1, 6), min_size=1, max_size=20)


@given(sizes, st.integers(0, 2**32 - 1), st.sampled_from([0.1, 1.0, 1e3, 1e6]))
def test_probabilities_of_a_set_sum_to_one(lengths: list[int], seed: int, scale: float) -> None:
    generator = np.random.default_rng(seed)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(int)
    sets = ChoiceSets(generator.normal(size=(sum(lengths), 3)), starts)
    p = probabilities(sets, scale * generator.normal(size=3))
    assert ((p >= 0) & (p <= 1)).all()
    np.testing.assert_allclose(np.add.reduceat(p, starts), 1)


@pytest.mark.parametrize("height", [1e3, -1e3, 1e300, -1e300])
def test_extreme_utilities_do_not_overflow(height: float) -> None:
    sets = ChoiceSets(np.array([[height], [height], [0.0]]), np.array([0, 2]))
    np.testing.assert_allclose(probabilities(sets, np.array([1.0])), [0.5, 0.5, 1.0])


def test_only_differences_within_a_set_count() -> None:
    generator = np.random.default_rng(11)
    sets = _random_sets(generator, 50, 3)
    shifted = ChoiceSets(sets.features + generator.normal(size=(50, 3))[sets.owner], sets.starts)
    weights = np.array([0.3, -1.0, 2.0])
    np.testing.assert_allclose(probabilities(sets, weights), probabilities(shifted, weights))
