"""Replacement rates by occupational group: who leaves the labour force, who the occupation.

The rates kept here are those of the United States, standing in until the bureau hands in its
own; the sidecar says from which groups each row was taken.
"""

from pathlib import Path

import pandas as pd

from ..contract import REASON, Split
from ..readers import read_table
from ..requirements import REPLACEMENT_RATES
from .occupations import load_occupations
from .tables import reference_table


def read_replacement_rates(path: Path | str | None = None) -> Split[pd.DataFrame]:
    """Read a table of replacement rates, or the foreign one that stands in.

    Parameters
    ----------
    path : path, optional
        The bureau's own table (csv, xlsx or parquet), which replaces the one kept here as a
        whole: rates of two sources are never mixed.

    Returns
    -------
    Split
        ``valid``: contract `data.requirements.REPLACEMENT_RATES`; ``rejected``: rows that break
        it or whose code the edition of 2022 lacks, with a reason.

    Raises
    ------
    InputError
        When the file cannot be read or lacks a column.

    Examples
    --------
    >>> rates = read_replacement_rates().valid.set_index("occupation_code")
    >>> rates.loc["6-29", "labour_force_exit_percent_per_year"].item()
    3.1
    """
    if path is None:
        given, rejected = REPLACEMENT_RATES.split(reference_table("replacement_rates").frame())
    else:
        given, rejected = read_table(path, REPLACEMENT_RATES)
    foreign = ~given["occupation_code"].isin(set(load_occupations().groups))
    reason = "occupation_code: not in the edition of 2022"
    rejected = pd.concat([rejected, given[foreign].assign(**{REASON: reason})], ignore_index=True)
    return Split(given[~foreign].reset_index(drop=True), rejected)
