"""Where the sample's vacancies are: districts of Chongqing in force, and how boards write them."""

import numpy as np

from ..reference.tables import reference_table

# Openings of a unit in relation to one of the districts around the centre.
_CENTRAL, _AROUND, _MOUNTAIN = 3.0, 1.0, 0.4
_LARGEST = {"500157": 3.0, "500101": 2.0}
_CODE_DIGITS = 6


def district_shares() -> dict[str, float]:
    """Share of every county-level unit in force in the openings, by its code."""
    weights = {}
    for row in _units():
        weight = _MOUNTAIN if row["subregion"] == row["region"] else _AROUND
        weight = _CENTRAL if row["central_urban"] == "true" else weight
        weights[row["district_code"]] = weight * _LARGEST.get(row["district_code"], 1.0)
    total = sum(weights.values())
    return {code: weight / total for code, weight in weights.items()}


def district_names() -> dict[str, str]:
    """Return the current name of every county-level unit by its code."""
    return {row["district_code"]: row["name"] for row in _units()}


def write_place(generator: np.random.Generator, name: str) -> str:
    """Write a place of work in one of the spellings of job boards."""
    spellings = (f"重庆市/{name}", f"重庆-{name}", f"重庆·{name}", name, f"重庆市{name}")
    return spellings[int(generator.integers(len(spellings)))]


def _units() -> list[dict[str, str]]:
    rows = reference_table("districts").records()
    return [r for r in rows if len(r["district_code"]) == _CODE_DIGITS and not r["valid_to"]]
