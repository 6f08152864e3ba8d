"""Checks that parameter objects share: whole numbers of any type, and levels of intervals."""

import operator

import numpy as np

from data.errors import ConfigurationError


def whole_number(what: str, value: object, lowest: int, highest: int | None = None) -> int:
    """Return a whole number within its range, whatever its type, as an ``int``.

    Parameters
    ----------
    what : str
        What it is, for the message.
    value : object
        Any type that stands for a whole number (``__index__``), such as NumPy's; not a truth
        value, nor a floating-point number without a fraction.
    lowest, highest : int
        Closed range; no upper end when left out.

    Raises
    ------
    ConfigurationError
        When it is not one, or out of its range.

    Examples
    --------
    >>> whole_number("draws", np.int64(500), 100, 10_000)
    500
    """
    try:
        whole = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        whole = None
    is_truth = isinstance(value, bool | np.bool_)
    if is_truth or whole is None or whole < lowest or (highest is not None and whole > highest):
        span = f"at least {lowest:,}" if highest is None else f"{lowest:,} to {highest:,}"
        raise ConfigurationError(what, got=repr(value), expected=f"a whole number, {span}")
    return whole


def interval_levels(levels: object) -> tuple[int, ...]:
    """Return nominal coverages of intervals in per cent, ascending, each once.

    Raises
    ------
    ConfigurationError
        When they are not a sequence of whole numbers, 1 to 99.

    Examples
    --------
    >>> interval_levels([95, 80, 95])
    (80, 95)
    """
    try:
        given: tuple[object, ...] = tuple(levels)  # type: ignore[arg-type]
    except TypeError as error:
        raise ConfigurationError(
            "levels of the intervals", got=repr(levels), expected="a sequence such as (80, 95)"
        ) from error
    return tuple(sorted({whole_number("level of the intervals", one, 1, 99) for one in given}))
