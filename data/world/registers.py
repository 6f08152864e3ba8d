"""What the public employment service sees: part of the market, with gaps and noise.

Employers register some of their openings, more of them in some occupations than in others, and
in lumps; seekers register, and many of them state no occupation or only a group.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..sample.occupations import SECTIONS
from ..sample.registers import OPENINGS_OF_FIRST_QUARTER, SEEKERS_OF_QUARTER, SOURCE
from .events import WARM_UP_QUARTERS, Events
from .market import History
from .parameters import WorldParameters
from .structure import Structure

_LEVEL_QUARTER = "2021Q1"
_REGISTERED = {"1": 0.10, "2": 0.20, "3": 0.30, "4": 0.45, "5": 0.20, "6": 0.50}
_REGISTERED_SEEKERS = {"1": 0.15, "2": 0.25, "3": 0.40, "4": 0.30, "5": 0.25, "6": 0.25}
_PROPENSITY_SPREAD = 0.25
_LUMPS = 0.30
_DRIFT_OF_PROPENSITY = 0.10
_PERSISTENCE = 0.8
_WITHOUT_OCCUPATION, _MAJOR_ONLY, _MEDIUM_ONLY = 0.30, 0.08, 0.22


@dataclass(frozen=True, slots=True)
class Registers:
    """Registered openings and seekers, arrays over the observed quarters.

    Parameters
    ----------
    quarters : tuple of str
    openings : numpy.ndarray, shape (n_quarters, n_occupations, n_districts)
        Registered openings, persons.
    seekers : numpy.ndarray, shape (n_quarters, n_occupations)
        Registered seekers by the occupation they truly look for, persons.
    split : tuple of (int, int, int)
        Taxonomy change: before the quarter of this number, what belongs to the second
        occupation stands under the first.
    """

    quarters: tuple[str, ...]
    openings: np.ndarray
    seekers: np.ndarray
    split: tuple[int, int, int]


def register(
    parameters: WorldParameters,
    structure: Structure,
    events: Events,
    history: History,
    generator: np.random.Generator,
) -> Registers:
    """Draw what the employment service registers in the observed quarters."""
    observed = slice(WARM_UP_QUARTERS, WARM_UP_QUARTERS + parameters.quarters)
    majors = [code[0] for code in structure.codes]
    openings = _seen(history.openings[observed], _REGISTERED, majors, generator)
    searching = history.seekers[observed].sum(axis=2, keepdims=True)
    seekers = _seen(searching, _REGISTERED_SEEKERS, majors, generator)[:, :, 0]
    quarters = events.quarters[observed]
    level = quarters.index(_LEVEL_QUARTER) if _LEVEL_QUARTER in quarters else 0
    # The published level of one quarter fixes the scale of both registers.
    openings *= OPENINGS_OF_FIRST_QUARTER / openings[level].sum()
    seekers *= SEEKERS_OF_QUARTER / seekers[level].sum()
    return Registers(quarters, openings, seekers, _split(parameters, structure, generator))


def _seen(
    persons: np.ndarray, shares: dict[str, float], majors: list[str], generator: np.random.Generator
) -> np.ndarray:
    """Part of each figure: a propensity of the occupation that drifts, and lumps."""
    steps, count = persons.shape[:2]
    usual = np.log([shares[major] for major in majors]) + generator.normal(
        0, _PROPENSITY_SPREAD, count
    )
    drift = np.zeros(count)
    seen = np.empty(persons.shape)
    for step in range(steps):
        drift = _PERSISTENCE * drift + generator.normal(0, _DRIFT_OF_PROPENSITY, count)
        lumps = generator.lognormal(-(_LUMPS**2) / 2, _LUMPS, count)
        factor = np.minimum(np.exp(usual + drift) * lumps, 1.0)
        seen[step] = generator.poisson(persons[step] * factor[:, np.newaxis])
    return seen


def _split(
    parameters: WorldParameters, structure: Structure, generator: np.random.Generator
) -> tuple[int, int, int]:
    """Draw two larger occupations of one 小类, the second cut out of the first half way."""
    sizes = structure.employment.sum(axis=1)
    large = np.argsort(-sizes, kind="stable")[: max(len(sizes) // 4, 2)]
    for first in generator.permutation(large):
        same = large[structure.neighbours[large] == structure.neighbours[first]]
        others = same[same != first]
        if len(others):
            return int(first), int(others[0]), parameters.quarters // 2
    return int(large[0]), int(large[1]), parameters.quarters // 2


def demand_rows(registers: Registers, structure: Structure) -> Iterator[tuple[str, ...]]:
    """Rows of the demand table: quarter, section, district, openings, source."""
    for step, quarter in enumerate(registers.quarters):
        by_section = structure.section_mix.T @ registers.openings[step]
        for section, letter in enumerate(SECTIONS):
            for district, code in enumerate(structure.districts):
                openings = round(float(by_section[section, district]))
                yield quarter, letter, code, str(openings), SOURCE


def seekers_rows(
    registers: Registers, structure: Structure, generator: np.random.Generator
) -> Iterator[tuple[str, ...]]:
    """Rows of the seekers table: quarter, stated code or nothing, district, seekers, source."""
    old, new, changed = registers.split
    for step, quarter in enumerate(registers.quarters):
        persons = registers.seekers[step].copy()
        if step < changed:
            persons[old] += persons[new]
            persons[new] = 0.0
        stated: dict[str, float] = {}
        for code, total in zip(structure.codes, persons, strict=True):
            for label, share in _stated(code, generator):
                stated[label] = stated.get(label, 0.0) + total * share
        for label in sorted(stated):
            if round(stated[label]) > 0:
                yield quarter, label, "", str(round(stated[label])), SOURCE


def _stated(code: str, generator: np.random.Generator) -> list[tuple[str, float]]:
    """How the seekers of one occupation state it: not at all, by 大类, by 中类, in full."""
    shares = generator.dirichlet(
        40 * np.array([_WITHOUT_OCCUPATION, _MAJOR_ONLY, _MEDIUM_ONLY,
                       1 - _WITHOUT_OCCUPATION - _MAJOR_ONLY - _MEDIUM_ONLY])
    )  # fmt: skip
    return list(zip(("", code[0], code[:4], code), shares.tolist(), strict=True))
