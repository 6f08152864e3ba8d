"""The conditional logit model: one probability for each candidate of each posting.

McFadden (1974), "Conditional logit analysis of qualitative choice behavior".  A posting has its
own set of candidates, each described by the same few features; one weight a feature decides.
With a score of weights and thousands of coded postings, the probabilities come out calibrated
without a second step.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize


@dataclass(frozen=True, slots=True)
class ChoiceSets:
    """Candidates of many postings, stacked.

    Parameters
    ----------
    features : numpy.ndarray of float, shape (n_candidates, n_features)
    starts : numpy.ndarray of int, shape (n_postings,)
        First row of each posting's candidates; every posting has at least one.
    """

    features: np.ndarray
    starts: np.ndarray

    @property
    def owner(self) -> np.ndarray:
        """Posting of each candidate, shape (n_candidates,)."""
        lengths = np.diff(np.append(self.starts, len(self.features)))
        return np.repeat(np.arange(len(self.starts)), lengths)


def probabilities(sets: ChoiceSets, weights: np.ndarray) -> np.ndarray:
    """Probability of each candidate; those of one posting sum to one.

    Returns
    -------
    numpy.ndarray, shape (n_candidates,)

    Examples
    --------
    >>> sets = ChoiceSets(np.array([[1.0], [0.0], [5.0]]), np.array([0, 2]))
    >>> probabilities(sets, np.array([0.0])).tolist()
    [0.5, 0.5, 1.0]
    """
    utilities = sets.features @ weights
    owner = sets.owner
    highest = np.maximum.reduceat(utilities, sets.starts)
    exponentials = np.exp(utilities - highest[owner])
    return exponentials / np.add.reduceat(exponentials, sets.starts)[owner]


def fit_weights(
    sets: ChoiceSets,
    chosen: np.ndarray,
    *,
    penalty: float = 1.0,
    non_negative: np.ndarray | None = None,
) -> np.ndarray:
    """Weights that make the chosen candidates most probable.

    Parameters
    ----------
    sets : ChoiceSets
    chosen : numpy.ndarray of int, shape (n_postings,)
        Row in ``sets.features`` of the right candidate of each posting.
    penalty : float
        Strength of the quadratic penalty, in units of one posting's log-likelihood.
    non_negative : numpy.ndarray of bool, shape (n_features,), optional
        Features that cannot speak against a candidate.

    Returns
    -------
    numpy.ndarray, shape (n_features,)
    """

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        probability = probabilities(sets, weights)
        likelihood = np.log(np.maximum(probability[chosen], 1e-300)).sum()
        gradient = sets.features[chosen].sum(axis=0) - probability @ sets.features
        return penalty * weights @ weights / 2 - likelihood, penalty * weights - gradient

    start = np.zeros(sets.features.shape[1])
    bounded = np.zeros(len(start), dtype=bool) if non_negative is None else non_negative
    bounds = [(0.0, None) if each else (None, None) for each in bounded]
    options = {"maxiter": 500}
    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
