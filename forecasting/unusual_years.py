"""Which past years to compare with: a year whose quarter breaks counts little or nothing.

Two amounts of a quarter, such as the openings before and after a day of it, stand in much the
same proportion every year.  A year whose proportion lies far from the middle one is not: the
source changed, or a level shifted within it.  The middle is the median of the years and of one
vote more, the proportion expected without any year, which decides where only one or two years
are known and bears no outlier (breakdown point one half: Rousseeuw and Leroy 1987, Robust
Regression and Outlier Detection, ch. 1).

Distances are judged in log odds against overdispersed counts whose shares also differ a little
between sound years.  A year counts in full up to two standard deviations and nothing from four
(the redescending part of Hampel 1974, J. American Statistical Association 69, 383-393), so that
ordinary years keep their exact weight.
"""

import numpy as np
from scipy.special import expit

HALF = 0.5
DISPERSION = 4.0
FULL_UP_TO, NOTHING_FROM = 2.0, 4.0


def redescending(distance: np.ndarray) -> np.ndarray:
    """Weight of what lies so many standard deviations from the expected; 0 where that is unknown.

    Examples
    --------
    >>> redescending(np.array([0.0, -2.0, 3.0, 9.0, np.nan])).tolist()
    [1.0, 1.0, 0.5, 0.0, 0.0]
    """
    weight = (NOTHING_FROM - np.abs(distance)) / (NOTHING_FROM - FULL_UP_TO)
    return np.clip(np.nan_to_num(weight), 0.0, 1.0)


def year_weights(part: np.ndarray, rest: np.ndarray, vote: np.ndarray, spread: float) -> np.ndarray:
    """Weight of every year by how usual its proportion of two amounts is.

    Parameters
    ----------
    part, rest : numpy.ndarray of shape (n_years, n_series)
        Openings of both amounts; NaN where a year is not known.
    vote : numpy.ndarray of shape (n_series,)
        Logarithm of part over rest that is expected without any year.
    spread : float
        Standard deviation between sound years of the part's share, over that of one draw.

    Returns
    -------
    numpy.ndarray of shape (n_years, n_series)
        From 0 to 1; 0 where a year is not known or has no opening at all.

    Examples
    --------
    >>> before = np.array([[50.0], [52.0], [50.0]])
    >>> year_weights(before, np.array([[50.0], [48.0], [50000.0]]), np.zeros(1), 0.08).T
    array([[1., 1., 0.]])
    """
    total = part + rest
    known = total > 0
    odds = np.where(known, np.log((part + HALF) / (rest + HALF)), np.nan)
    middle = np.nanmedian(np.vstack([odds, vote]), axis=0)
    share = expit(middle)
    noise = DISPERSION / np.where(known, total, np.nan) + spread**2
    return redescending((odds - middle) / np.sqrt(noise / (share * (1 - share))))
