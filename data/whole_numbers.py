"""Numbers given as options: whole ones of any kind, real ones, each within its range.

Notebooks hand over what numpy and pandas made: an `numpy.int64` is as good a horizon as an `int`.
A fraction, a text or a truth value is none, even where Python would count with it.
"""

import operator
from collections.abc import Iterable
from numbers import Real
from typing import SupportsIndex, cast

from .errors import ConfigurationError


def whole_number(value: object, what: str, lowest: int, highest: int | None = None) -> int:
    """Return a whole number within its range as `int`.

    Parameters
    ----------
    value : object
        Anything that Python counts with (``__index__``), but no truth value.
    what : str
        What it is, for the message.
    lowest, highest : int
        Closed range; no upper end when left out.

    Raises
    ------
    ConfigurationError
        When it is not whole or out of its range.

    Examples
    --------
    >>> import numpy as np
    >>> whole_number(np.int64(3), "horizon", 1, 120)
    3
    >>> whole_number("3", "horizon", 1, 120)
    Traceback (most recent call last):
    data.errors.ConfigurationError: horizon; got '3'; expected a whole number, 1 to 120
    """
    number = None if isinstance(value, bool) else _index(value)
    if number is None or number < lowest or (highest is not None and number > highest):
        span = f"at least {lowest}" if highest is None else f"{lowest} to {highest}"
        expected = f"a whole number, {span}"
        raise ConfigurationError(what, got=repr(value)[:80], expected=expected)
    return number


def whole_numbers(
    values: object, what: str, lowest: int, highest: int, *, may_be_empty: bool = False
) -> tuple[int, ...]:
    """Return whole numbers within their range, in their order.

    Raises
    ------
    ConfigurationError
        When there is none and there has to be, or one is not whole or out of its range.

    Examples
    --------
    >>> whole_numbers([80, 95], "levels", 1, 99)
    (80, 95)
    """
    given = tuple(values) if isinstance(values, Iterable) else None
    if given is None or not (given or may_be_empty):
        raise ConfigurationError(
            what,
            got=repr(values)[:80],
            expected=f"a list of whole numbers, {lowest} to {highest}",
        )
    return tuple(whole_number(value, what, lowest, highest) for value in given)


def is_real(value: object, lowest: float, highest: float) -> bool:
    """Whether a value is a real number of a closed range; no truth value, text or NaN is.

    Examples
    --------
    >>> is_real(0.5, 0, 1), is_real(float("nan"), 0, 1), is_real(True, 0, 1), is_real(None, 0, 1)
    (True, False, False, False)
    """
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    return is_number and lowest <= float(cast(Real, value)) <= highest


def _index(value: object) -> int | None:
    try:
        return operator.index(cast(SupportsIndex, value))
    except TypeError:
        return None
