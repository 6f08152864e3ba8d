"""The requirements account: persons a year whom an occupation needs, by growth and replacement.

    required = growth + (exit rate + transfer rate) × mean employment of the year

as the employment projections of many countries have it (US Bureau of Labor Statistics 2018,
Monthly Labor Review, May, "Occupational separations: a new method for projecting workforce
needs"; Cedefop 2018, "Skills forecast: trends and challenges to 2030").  Replacement is what
leaves the labour force and what leaves the occupation for another.  Transfers are gross: those
who come in from another occupation are not taken off, for they have to learn the occupation too.

This account is never summed with the market account, the openings of `forecasting.occupations`:
a leaver's place may be advertised, and then stands in both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from data.contract import REASON
from data.errors import ConfigurationError
from data.requirements import EMPLOYMENT, EMPLOYMENT_GROWTH, REPLACEMENT_RATES, REQUIREMENTS
from data.whole_numbers import is_real, whole_number

PERCENT = 0.01
LARGEST_ERROR = 1000.0
FIRST_YEAR, LAST_YEAR = 1900, 2099
EXITS, TRANSFERS = "labour_force_exit_percent_per_year", "occupational_transfer_percent_per_year"


@dataclass(frozen=True, slots=True)
class RequirementsParameters:
    """How to reckon requirements.

    Parameters
    ----------
    transfers_counted : float
        Share of the gross transfers that counts as replacement, from 0 to 1: 1 counts everyone
        who goes to another occupation, 0 only those who leave the labour force.
    rate_relative_standard_error : float
        Uncertainty of the replacement rates, in relation to them. An assumption: the sources
        state none, and rates of another country can be a quarter off.
    growth_percent_standard_error : float
        Uncertainty of growth where none is handed in and employment is taken as constant,
        percentage points a year. An assumption.
    level : int
        Nominal coverage of the interval, per cent.

    Raises
    ------
    ConfigurationError
        When a value is out of its range.
    """

    transfers_counted: float = 1.0
    rate_relative_standard_error: float = 0.25
    growth_percent_standard_error: float = 2.0
    level: int = 90

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        level = whole_number(self.level, "level of the requirements' interval, per cent", 1, 99)
        object.__setattr__(self, "level", level)
        highest = {
            "transfers_counted": 1.0,
            "rate_relative_standard_error": LARGEST_ERROR,
            "growth_percent_standard_error": LARGEST_ERROR,
        }
        wrong = [
            name for name, most in highest.items() if not is_real(getattr(self, name), 0, most)
        ]
        if wrong:
            raise ConfigurationError(
                "parameters of requirements",
                which=wrong,
                expected=f"shares 0 to 1, errors 0 to {LARGEST_ERROR:g}",
            )


class Requirements(NamedTuple):
    """Requirements (contract REQUIREMENTS), and employment without rates, with a reason.

    ``unmatched`` has the columns of the contract EMPLOYMENT and ``reason``.
    """

    requirements: pd.DataFrame
    unmatched: pd.DataFrame


def occupation_requirements(
    employment: pd.DataFrame,
    rates: pd.DataFrame,
    base_year: int,
    years: Sequence[int],
    growth: pd.DataFrame | None = None,
    parameters: RequirementsParameters | None = None,
) -> Requirements:
    """Persons required by occupation and year.

    Parameters
    ----------
    employment : pandas.DataFrame
        Contract EMPLOYMENT: stock at the end of the base year, by codes of any level.
    rates : pandas.DataFrame
        Contract REPLACEMENT_RATES. An occupation without rates has those of the nearest group
        above it.
    base_year : int
    years : sequence of int
        Calendar years after the base year.
    growth : pandas.DataFrame, optional
        Contract EMPLOYMENT_GROWTH, again with the nearest group above; employment of an
        occupation without it is constant, and uncertain.
    parameters : RequirementsParameters, optional

    Returns
    -------
    Requirements
        ``persons_per_year_required`` is growth, exits and the counted transfers together, and
        none where employment falls faster than people leave.

    Raises
    ------
    ConfigurationError
        When a year is not whole or does not lie after the base year, up to 2099.

    Notes
    -----
    The interval is normal, by the delta method from independent errors of stock, growth and
    rates; the error of growth is the same in every year.

    Examples
    --------
    >>> employment = pd.DataFrame({"occupation_code": ["6-29"], "employed_persons": [1000.0]})
    >>> rates = pd.DataFrame({"occupation_code": ["6"], EXITS: [4.0], TRANSFERS: [6.0],
    ...     "source": ["a survey"]})
    >>> result = occupation_requirements(employment, rates, 2024, [2025])
    >>> result.requirements[["persons_per_year_exits", "persons_per_year_required", "rates_code"]]
       persons_per_year_exits  persons_per_year_required rates_code
    0                    40.0                      100.0          6
    """
    parameters = parameters or RequirementsParameters()
    base_year = whole_number(base_year, "base year of requirements", FIRST_YEAR, LAST_YEAR)
    years = [whole_number(y, "years of requirements", base_year + 1, LAST_YEAR) for y in years]
    known, unmatched = _with_rates_and_growth(
        EMPLOYMENT.check(employment), REPLACEMENT_RATES.check(rates), growth, parameters
    )
    tables = [_of_year(known, year, year - base_year, parameters) for year in years]
    together = pd.concat(tables, ignore_index=True) if tables else REQUIREMENTS.empty()
    return Requirements(REQUIREMENTS.check(together), unmatched)


def nearest_group(codes: pd.Series, known: pd.Series) -> pd.Series:
    """The code itself where it is known, else the nearest known group above it, else missing.

    Examples
    --------
    >>> nearest_group(pd.Series(["6-29-01-01", "4-01", "7"]), pd.Series(["6-29", "4"])).tolist()
    ['6-29', '4', nan]
    """
    table = set(known)

    def nearest(code: str) -> str | None:
        while code and code not in table:
            code = code.rpartition("-")[0]
        return code or None

    return codes.map({code: nearest(code) for code in codes.unique()}).astype("str")


def _with_rates_and_growth(
    employment: pd.DataFrame,
    rates: pd.DataFrame,
    growth: pd.DataFrame | None,
    parameters: RequirementsParameters,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Employment joined with its rates and growth, and what has no rates."""
    table = employment.assign(
        rates_code=nearest_group(employment["occupation_code"], rates["occupation_code"])
    )
    table = table.merge(
        rates.rename(columns={"occupation_code": "rates_code"}), how="left", on="rates_code"
    )
    growth = EMPLOYMENT_GROWTH.empty() if growth is None else EMPLOYMENT_GROWTH.check(growth)
    table["growth_code"] = nearest_group(table["occupation_code"], growth["occupation_code"])
    growth = growth.rename(columns={"occupation_code": "growth_code"}).drop(columns="source")
    table = table.merge(growth, how="left", on="growth_code").fillna(
        {
            "growth_percent_per_year": 0.0,
            "growth_percent_standard_error": parameters.growth_percent_standard_error,
        }
    )
    lacking = table[EXITS].isna()
    reason = "no replacement rates of it or of a group above it"
    unmatched = table.loc[lacking, EMPLOYMENT.names].assign(**{REASON: reason})
    return table[~lacking], unmatched.reset_index(drop=True)


def _of_year(
    table: pd.DataFrame, year: int, ahead: int, parameters: RequirementsParameters
) -> pd.DataFrame:
    """Account of the year that lies ``ahead`` years after the base year."""
    growth = table["growth_percent_per_year"] * PERCENT
    exits = table[EXITS] * PERCENT
    transfers = table[TRANSFERS] * PERCENT * parameters.transfers_counted
    start = table["employed_persons"] * (1 + growth) ** (ahead - 1)
    mean = start * (1 + growth / 2)
    required = start * growth + (exits + transfers) * mean
    half_width = stats.norm.ppf(0.5 + parameters.level / 200) * np.sqrt(
        _variance(table, growth, exits + transfers, ahead, parameters)
    )
    return pd.DataFrame(
        {
            "year": year,
            "occupation_code": table["occupation_code"],
            "employed_persons": start,
            "persons_per_year_growth": start * growth,
            "persons_per_year_exits": exits * mean,
            "persons_per_year_transfers": transfers * mean,
            "persons_per_year_required": required.clip(lower=0),
            "persons_per_year_lower": (required - half_width).clip(lower=0),
            "persons_per_year_upper": (required + half_width).clip(lower=0),
            "level": parameters.level,
            "rates_code": table["rates_code"],
            "growth_code": table["growth_code"],
            "base_year": year - ahead,
        }
    )


def _variance(
    table: pd.DataFrame,
    growth: pd.Series,
    rate: pd.Series,
    ahead: int,
    parameters: RequirementsParameters,
) -> pd.Series:
    """Delta method for ``E (1+g)^(k-1) (g + r (1+g/2))`` in stock E, growth g and rate r."""
    stock = table["employed_persons"]
    factor = (1 + growth) ** (ahead - 1)
    need = growth + rate * (1 + growth / 2)
    by_stock = factor * need * table["employed_persons_standard_error"].fillna(0.0)
    slope = factor * (1 + rate / 2) + (ahead - 1) * (1 + growth) ** (ahead - 2) * need
    by_growth = stock * slope * table["growth_percent_standard_error"] * PERCENT
    by_rate = stock * factor * (1 + growth / 2) * rate * parameters.rate_relative_standard_error
    return by_stock**2 + by_growth**2 + by_rate**2
