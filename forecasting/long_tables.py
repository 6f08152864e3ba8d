"""Reading long tables of series from outside: which columns, and what their cells hold.

A cell may be anything: a name that came as a number, a number that came as text, a word where
a number was due.  Nothing here raises for a cell; what cannot be read is missing, and whoever
reads the table says so.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data.errors import ContractError, UnknownColumnsError


def require_columns(table: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    """Refuse a table that lacks columns, or has one of them twice.

    Raises
    ------
    UnknownColumnsError
        Naming the columns that are missing.
    ContractError
        Naming those that stand twice.
    """
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise UnknownColumnsError(
            f"{what} lacks columns",
            which=missing,
            got=", ".join(map(str, table.columns[:12])) or "no column at all",
            action="rename or add them",
        )
    repeated = [column for column in columns if list(table.columns).count(column) > 1]
    if repeated:
        raise ContractError(f"{what} has columns twice", which=repeated, action="leave one of each")


def refuse_repetition(table: pd.DataFrame, keys: list[str], column: str) -> None:
    """Refuse a table with several numbers for a series and period.

    Raises
    ------
    ContractError
        Naming the series.
    """
    repeated = table.duplicated(keys)
    if repeated.any():
        raise ContractError(
            f"more than one '{column}' for a series and period",
            which=table.loc[repeated, "series_id"].unique().tolist(),
            action="pass one model a series, such as ForecastResult.main",
        )


def names_of(column: pd.Series) -> pd.Series:
    """Names as text; whole numbers that gaps have made floating point are codes again: 13."""
    return column.convert_dtypes().astype("str")


def numbers_of(column: pd.Series) -> pd.Series:
    """Cells as floating point; NaN where a cell is no number, whatever else it is.

    Examples
    --------
    >>> numbers_of(pd.Series([1, "2.5", "n/a", None, 1j])).tolist()
    [1.0, 2.5, nan, nan, nan]
    """
    return pd.Series([_number(value) for value in column], index=column.index, dtype=float)


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return np.nan
