"""Minimum-trace projection: shrunk correlations, weights, and the non-negative programme.

Wickramasuriya, Athanasopoulos and Hyndman (2019, J. Amer. Statistical Association 114, 804-819)
with correlations shrunk towards zero (Schäfer and Strimmer 2005, Stat. Appl. in Genetics and
Molecular Biology 4, art. 32).  Non-negative forecasts solve the quadratic programme of
Wickramasuriya, Turlach and Hyndman (2020, Statistics and Computing 30, 1167-1182).
"""

from typing import NamedTuple

import numpy as np
from scipy import linalg, optimize

from data.errors import ContractError

PATH_ITERATIONS = 12
RELAXATION = 1.6
SMALLEST_SHRINKAGE = 1e-6
SIGN_TOLERANCE = 1e-10
PIVOTS_AT_MOST = 30
RANK_TOLERANCE = 1e-12
LEAST_INDEPENDENCE = 1e-7


class ShrunkCorrelation(NamedTuple):
    """Positive definite correlation of shape (n, n), and the intensity of its shrinkage."""

    correlation: np.ndarray
    intensity: float


class Projection(NamedTuple):
    """Minimum-trace mapping of base forecasts to bottom series.

    Parameters
    ----------
    weights : numpy.ndarray of shape (n_bottom, n_nodes)
        Bottom forecasts are these weights times the base forecasts.
    covariance : numpy.ndarray of shape (n_bottom, n_bottom)
        Covariance of the errors of the bottom forecasts.
    """

    weights: np.ndarray
    covariance: np.ndarray


def shrunk_correlation(residuals: np.ndarray) -> ShrunkCorrelation:
    """Correlation about zero, shrunk to the identity as its sampling error demands.

    Parameters
    ----------
    residuals : numpy.ndarray of shape (n_periods, n)
        Errors; NaN where unknown.

    Returns
    -------
    ShrunkCorrelation
        The intensity is the sum of the sampling variances of the correlations over the sum of
        their squares, at most 1, and 1 where nothing can be estimated.

    Examples
    --------
    >>> shrunk_correlation(np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])).intensity
    1.0
    """
    standard = standardised(residuals)
    n_periods, n = standard.shape
    other = ~np.eye(n, dtype=bool)
    products = standard.T @ standard / max(n_periods, 1)
    size = float((products[other] ** 2).sum())
    if n_periods < 2 or size == 0:
        return ShrunkCorrelation(np.eye(n), 1.0)
    fourth = (standard**2).T @ standard**2 / n_periods
    variance = float((fourth - products**2)[other].sum()) / (n_periods - 1)
    intensity = min(max(variance / size, SMALLEST_SHRINKAGE), 1.0)
    return ShrunkCorrelation(np.where(other, (1 - intensity) * products, 1.0), intensity)


def minimum_trace(summing: np.ndarray, covariance: np.ndarray) -> Projection:
    """Weights of the base forecasts with the least variance among those that are unbiased.

    Parameters
    ----------
    summing : numpy.ndarray of shape (n_nodes, n_bottom)
        Summing matrix, of full column rank.
    covariance : numpy.ndarray of shape (n_nodes, n_nodes)
        Covariance of the errors of the base forecasts, positive definite.

    Raises
    ------
    ContractError
        When the errors differ so much in size that floating point cannot weigh them.

    Examples
    --------
    >>> mapping = minimum_trace(np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]), np.eye(3))
    >>> (3 * mapping.weights).round(6)
    array([[ 1.,  2., -1.],
           [ 1., -1.,  2.]])
    """
    root = np.linalg.cholesky(covariance)
    whitened = linalg.solve_triangular(root, summing, lower=True)
    # Least squares by orthogonal factors: normal equations would square the differences in size.
    sizes = np.linalg.norm(whitened, axis=0)
    orthogonal, triangle = np.linalg.qr(whitened / sizes)
    if (np.abs(np.diag(triangle)) < LEAST_INDEPENDENCE).any():
        deviations = np.sqrt(np.diag(covariance))
        raise ContractError(
            "errors of base forecasts that differ too much in size to be weighed",
            got=f"standard deviations of {deviations.min():.3g} to {deviations.max():.3g}",
            action="bring all residuals in one unit, or reconcile with method='structural'",
        )
    inverse = linalg.solve_triangular(triangle, np.eye(sizes.size)) / sizes[:, None]
    weights = linalg.solve_triangular(root, orthogonal, lower=True, trans="T").T
    return Projection(inverse @ weights, inverse @ inverse.T)


def non_negative(bottom: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Nearest non-negative forecasts in the metric of the inverse covariance.

    Parameters
    ----------
    bottom : numpy.ndarray of shape (n_bottom, n_columns)
        Forecasts, negative ones among them.
    covariance : numpy.ndarray of shape (n_bottom, n_bottom)
        Covariance of their errors. Where it is singular, forecasts and solution keep to the
        linear relations that it implies.

    Examples
    --------
    >>> non_negative(np.array([[-1.0], [3.0]]), np.array([[1.0, -0.5], [-0.5, 1.0]]))
    array([[0. ],
           [2.5]])
    """
    scale = np.sqrt(np.diag(covariance))[:, None]
    correlation = covariance / (scale * scale.T)
    result = bottom / scale
    for column in np.flatnonzero((bottom < 0).any(axis=0)):
        result[:, column] = _block_pivoting(result[:, column], correlation)
    return result * scale


def _block_pivoting(values: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Solve for one column: exchange all that break a sign, until none does."""
    at_zero = values < 0
    for _ in range(PIVOTS_AT_MOST):
        if at_zero.all():
            break
        multipliers = np.zeros(values.size)
        block = covariance[np.ix_(at_zero, at_zero)]
        multipliers[at_zero] = linalg.solve(block, -values[at_zero], assume_a="pos")
        point = np.where(at_zero, 0.0, values + covariance @ multipliers)
        wrong = (multipliers < 0) | (point < -SIGN_TOLERANCE)
        if not wrong.any():
            return np.maximum(point, 0)
        at_zero = at_zero ^ wrong
    return _least_squares(values, covariance)


def _least_squares(values: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Solve for one column by its multipliers: slower, and always ends.

    Exchanging in blocks may cycle, and has no equations to solve with all at zero where the
    covariance is singular.
    """
    eigenvalues, vectors = _spectrum(covariance)
    roots = np.sqrt(eigenvalues)
    target = -(vectors.T @ values) / roots
    multipliers = optimize.nnls(roots[:, None] * vectors.T, target)[0]
    return np.maximum(values + covariance @ multipliers, 0)


def _spectrum(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues that are not zero, ascending, and their eigenvectors."""
    eigenvalues, vectors = np.linalg.eigh(covariance)
    kept = eigenvalues > RANK_TOLERANCE * eigenvalues[-1]
    return eigenvalues[kept], vectors[:, kept]


def non_negative_draws(bottom: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Solve what `non_negative` solves for thousands of columns at once, to Monte Carlo accuracy.

    Alternating directions with over-relaxation and the step of Ghadimi et al. (2015, IEEE
    Transactions on Automatic Control 60, 644-658), whose one matrix serves all columns.
    """
    scale = np.sqrt(np.diag(covariance))[:, None]
    eigenvalues, vectors = _spectrum(covariance / (scale * scale.T))
    precisions = 1 / eigenvalues
    step = float(np.sqrt(precisions[0] * precisions[-1]))
    inverse = (vectors / (precisions + step)) @ vectors.T
    towards = (vectors * (precisions / (precisions + step))) @ vectors.T
    start = RELAXATION * (towards @ (bottom / scale))
    # The positive part of the state is the solution, its negative part the scaled dual.
    state = np.maximum(bottom / scale, 0)
    for _ in range(PATH_ITERATIONS):
        positive, negative = np.maximum(state, 0), np.minimum(state, 0)
        state = (RELAXATION * step * inverse) @ (positive - negative)
        state += start + (1 - RELAXATION) * positive + negative
    return np.maximum(state, 0) * scale


def standardised(residuals: np.ndarray) -> np.ndarray:
    """Residuals with mean square one over all periods; unknown ones, and columns, are zero."""
    filled = np.nan_to_num(residuals)
    size = np.sqrt((filled**2).sum(axis=0) / max(len(filled), 1))
    return filled / np.where(size > 0, size, 1.0)
