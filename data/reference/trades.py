"""Trades (工种) below the units: 57 of 2,967 are known; a full list is read from a file."""

from pathlib import Path

import pandas as pd

from ..contract import REASON, Column, Contract, Split
from ..readers import read_table
from ..tables import TEXT, UNIT_GROUP_PATTERN
from .occupations import load_occupations
from .tables import reference_table

TRADES = Contract(
    "trades",
    (
        Column("occupation_code", TEXT, "细类 of the 大典 2022", pattern=UNIT_GROUP_PATTERN),
        Column("trade_name", TEXT, "name of the trade"),
    ),
    key=("occupation_code", "trade_name"),
)


def read_trades(path: Path | str | None = None) -> Split[pd.DataFrame]:
    """Read the known trades and, when a file is given, those of the file.

    Parameters
    ----------
    path : path, optional
        A table (csv, xlsx or parquet) with the columns occupation_code and trade_name.

    Returns
    -------
    Split
        ``valid``: occupation_code, occupation_name, trade_name, sorted, each trade once;
        ``rejected``: rows of the file that break the contract or whose code the edition lacks,
        with a reason.

    Raises
    ------
    InputError
        When the file cannot be read or lacks a column.

    Examples
    --------
    >>> trades = read_trades().valid
    >>> trades.loc[trades["occupation_code"] == "6-29-01-01", "trade_name"].tolist()
    ['建筑瓦工', '瓦工', '窑炉修筑工']
    """
    known = reference_table("trades").frame()
    if path is None:
        return Split(known, known.iloc[:0].assign(**{REASON: pd.Series(dtype="str")}))
    given, rejected = read_table(path, TRADES)
    units = set(load_occupations().units)
    foreign = ~given["occupation_code"].isin(units)
    reason = "occupation_code: not in the edition of 2022"
    rejected = pd.concat([rejected, given[foreign].assign(**{REASON: reason})], ignore_index=True)
    both = pd.concat([known[TRADES.names], given[~foreign]]).drop_duplicates()
    names = both["occupation_code"].map(load_occupations().name)
    both.insert(1, "occupation_name", names)
    both = both.sort_values(["occupation_code", "trade_name"], ignore_index=True)
    return Split(both, rejected)
