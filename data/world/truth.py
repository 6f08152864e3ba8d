"""What was true: openings, what stayed unfilled, and which occupations were short.

An occupation is truly short in a quarter when more than a stated share of the openings of that
quarter is unfilled two quarters on.  The product never reads this.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .events import WARM_UP_QUARTERS, Events
from .market import History
from .parameters import WorldParameters
from .structure import Structure

OPENINGS_AT_LEAST = 20


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth of the observed quarters.

    Parameters
    ----------
    openings : pandas.DataFrame
        ``quarter``, ``occupation_code``, ``district_code``, ``openings`` (new ones, persons).
    shortage : pandas.DataFrame
        ``quarter``, ``occupation_code``, ``openings``, ``unfilled_share`` (after two quarters)
        and ``is_short``; occupations with fewer than 20 openings are never short, and many have
        fewer.
    certificates : pandas.DataFrame
        ``quarter``, ``occupation_code``, ``certificates`` (persons).
    """

    openings: pd.DataFrame
    shortage: pd.DataFrame
    certificates: pd.DataFrame


def tell_truth(
    parameters: WorldParameters, structure: Structure, events: Events, history: History
) -> Truth:
    """Read the truth off the history."""
    observed = range(WARM_UP_QUARTERS, WARM_UP_QUARTERS + parameters.quarters)
    quarters = [events.quarters[step] for step in observed]
    openings = history.openings[observed.start : observed.stop]
    unfilled = _unfilled_share(history)[observed.start : observed.stop]
    totals = openings.sum(axis=2, dtype=float)
    short = (unfilled > parameters.unfilled_bound) & (totals >= OPENINGS_AT_LEAST)
    codes, count = np.array(structure.codes), len(structure.codes)
    by_occupation = {
        "quarter": np.repeat(quarters, count),
        "occupation_code": np.tile(codes, len(quarters)),
    }
    shortage = pd.DataFrame(
        by_occupation
        | {
            "openings": totals.ravel().round(3),
            "unfilled_share": unfilled.ravel().round(6),
            "is_short": short.ravel(),
        }
    )
    certificates = pd.DataFrame(
        by_occupation
        | {"certificates": history.certificates[observed.start : observed.stop].ravel().round(3)}
    )
    return Truth(_by_district(quarters, structure, openings), shortage, certificates)


def _unfilled_share(history: History) -> np.ndarray:
    """Share of a quarter's openings left after that quarter and the next, by occupation.

    Openings on offer are alike, so each is filled with the same probability in a quarter.
    """
    vacancies = history.vacancies.sum(axis=2, dtype=float)
    matches = history.matches.sum(axis=2, dtype=float)
    filled = np.divide(matches, vacancies, out=np.ones_like(matches), where=vacancies > 0)
    later = np.vstack([filled[1:], filled[-1:]])
    return (1 - filled) * (1 - later)


def _by_district(quarters: list[str], structure: Structure, openings: np.ndarray) -> pd.DataFrame:
    steps, occupations, districts = np.nonzero(openings >= 0.5)
    return pd.DataFrame(
        {
            "quarter": np.array(quarters)[steps],
            "occupation_code": np.array(structure.codes)[occupations],
            "district_code": np.array(structure.districts)[districts],
            "openings": openings[steps, occupations, districts].astype(float).round(3),
        }
    )
