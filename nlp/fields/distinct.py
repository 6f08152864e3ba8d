"""Parse each distinct text of a column once: postings repeat a few forms many times."""

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from ..normalise import normalise

FIELD_LIMIT = 200
REASON, REJECTION = "reason", "rejection"

Texts = pd.Series | Iterable[object]


def parse_distinct(
    texts: Texts, parse: Callable[[str], tuple[object, ...]], columns: Mapping[str, str]
) -> pd.DataFrame:
    """Apply a parser of one text to a column.

    Parameters
    ----------
    texts : pandas.Series or iterable, shape (n,)
        Field as printed; missing values and blanks are not parsed.  Numbers, as spreadsheets
        make them, are read as text.
    parse : callable
        Takes a normalised, non-empty text of at most 200 characters, returns one value a column.
    columns : mapping of str to str
        Names of the result's columns and their pandas types.

    Returns
    -------
    pandas.DataFrame, shape (n, len(columns))
        Index of ``texts``; missing throughout where nothing was printed.

    Examples
    --------
    >>> parse_distinct(["12", None], lambda text: (len(text),), {"n": "Int64"})["n"].tolist()
    [2, <NA>]
    """
    series = texts if isinstance(texts, pd.Series) else pd.Series(list(texts), dtype=object)
    codes, distinct = pd.factorize(series)
    nothing = (None,) * len(columns)
    rows = [parse(text) if (text := _printed(value)) else nothing for value in distinct]
    rows.append(nothing)  # the row that factorize's -1 for missing points to
    parsed = pd.DataFrame(rows, columns=list(columns), dtype=object)
    parsed = parsed.astype(dict(columns))
    return parsed.take(codes).set_axis(series.index)


def _printed(value: object) -> str:
    """Turn a field's value into text; whole floats lose the point that spreadsheets add."""
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    return normalise(value if isinstance(value, str) else str(value), FIELD_LIMIT)
