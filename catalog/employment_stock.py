"""Employed persons by medium group: the census of 2020 brought to the latest known total."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.contract import Split
from data.errors import ConfigurationError
from data.quarters import parse_quarter
from data.reference import census_employment_2022, load_employed_persons, reference_table
from data.requirements import EMPLOYMENT

SAMPLED_SHARE = 0.1
CENSUS_YEAR = 2020


@dataclass(frozen=True, slots=True)
class StockParameters:
    """How to bring the census to the present.

    Parameters
    ----------
    region : str
        Region of the census and of the total.
    structure_relative_standard_error : float
        How far a group's share of employment may have moved since the census, in relation to
        it. An assumption.

    Raises
    ------
    ConfigurationError
        When the error is negative.
    """

    region: str = "重庆"
    structure_relative_standard_error: float = 0.10

    def __post_init__(self) -> None:
        """Refuse a negative error."""
        if self.structure_relative_standard_error < 0:
            raise ConfigurationError(
                "error of the structure of employment",
                got=self.structure_relative_standard_error,
                expected=">= 0",
            )


def base_year_of(quarter: str, region: str) -> int | None:
    """Latest year before an issue's of which the total is known; none where there is none.

    Examples
    --------
    >>> [base_year_of(quarter, "重庆") for quarter in ("2026Q4", "2024Q4", "2021Q1")]
    [2024, 2022, None]
    """
    totals = reference_table("employed_persons").frame()
    years = totals.loc[totals["region"] == region, "year"].astype(int)
    earlier = years[years < parse_quarter(quarter).year]
    return None if earlier.empty else int(earlier.max())


def employment_stock(
    base_year: int | None = None, parameters: StockParameters | None = None
) -> tuple[int, Split[pd.DataFrame]]:
    """Employed persons by medium group at the end of the base year.

    Parameters
    ----------
    base_year : int, optional
        A year whose total is known; the latest by default.
    parameters : StockParameters, optional

    Returns
    -------
    tuple of int and Split
        The base year; ``valid``: contract `data.requirements.EMPLOYMENT`, ``rejected``: census
        groups without a counterpart in the edition of 2022, with a reason.  The persons of
        both parts add up to the total of the year.

    Raises
    ------
    ConfigurationError
        When the total of that year is not known.

    Examples
    --------
    >>> year, stock = employment_stock()
    >>> year, round(sum(part["employed_persons"].sum() for part in stock))
    (2024, 16511500)
    """
    parameters = parameters or StockParameters()
    totals = load_employed_persons(parameters.region)
    year = int(totals.index.max()) if base_year is None else base_year
    if year not in totals.index:
        raise ConfigurationError(
            "base year of employment", got=year, expected=f"one of {totals.index.tolist()}"
        )
    valid, rejected = census_employment_2022(parameters.region)
    counted = "employed_long_form_10pct"
    factor = totals[year] / (valid[counted].sum() + rejected[counted].sum())
    sampling = (1 - SAMPLED_SHARE) / valid[counted].clip(lower=1)
    relative = np.sqrt(sampling + parameters.structure_relative_standard_error**2)
    persons = valid[counted] * factor
    stock = valid.assign(
        employed_persons=persons, employed_persons_standard_error=persons * relative
    )
    rejected = rejected.assign(employed_persons=rejected[counted] * factor)
    return year, Split(EMPLOYMENT.check(stock), rejected)
