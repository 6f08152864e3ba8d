"""What happens to the market from outside: cycle, season, shock, structural change, plants."""

from dataclasses import dataclass

import numpy as np

from ..quarters import parse_quarter, quarters_between, shift_quarter
from ..reference.spring_festival import spring_festival
from ..sample.occupations import SECTIONS
from .parameters import WorldParameters
from .structure import Structure

WARM_UP_QUARTERS = 24
QUARTERS_AFTER = 2
_HIRING_SEASON = (1.10, 1.04, 0.97, 0.89)
_RISE_A_FESTIVAL_DAY = 0.003
_MIDDLE_FESTIVAL_DAY = 40
_CYCLE_YEARS = 5.0
_CYCLE_DEPTH = 0.02
_RECOVERY_A_QUARTER = 0.6
_LARGEST_PLANT_JOBS = 6_000
_PLANT_OCCUPATIONS = 12
_PLANT_SECTIONS = "CGIQ"


@dataclass(frozen=True, slots=True)
class Plant:
    """A plant that opens (jobs above nought) or closes (below) in a quarter.

    A plant that closes had at most half of the jobs of each occupation in its district.
    """

    step: int
    district: int
    section: str
    occupations: np.ndarray
    jobs: np.ndarray


@dataclass(frozen=True, slots=True)
class Events:
    """Everything from outside, by simulated quarter.

    Parameters
    ----------
    quarters : tuple of str
        Simulated quarters: the warm-up, those observed and two after.
    season : numpy.ndarray, shape (n_steps,)
        Factor of quits, and through the places they leave of hiring.
    section_level : numpy.ndarray, shape (n_steps, 20)
        Log level of desired employment by section: cycle, shock and structural change.
    drift : numpy.ndarray, shape (n_occupations,)
        Growth of desired employment, log points a quarter.
    plants : tuple of Plant
    shock_step : int
        First quarter of the shock.
    """

    quarters: tuple[str, ...]
    season: np.ndarray
    section_level: np.ndarray
    drift: np.ndarray
    plants: tuple[Plant, ...]
    shock_step: int


def draw_events(
    parameters: WorldParameters, structure: Structure, generator: np.random.Generator
) -> Events:
    """Draw what happens from outside."""
    first = shift_quarter(parameters.last_quarter, 1 - parameters.quarters - WARM_UP_QUARTERS)
    last = shift_quarter(parameters.last_quarter, QUARTERS_AFTER)
    quarters = tuple(quarters_between(first, last))
    steps = len(quarters)
    observed_from = WARM_UP_QUARTERS
    shock = observed_from + int(generator.integers(max(parameters.quarters, 1)))
    count = len(structure.codes)
    return Events(
        quarters=quarters,
        season=np.array([_season(quarter) for quarter in quarters]),
        section_level=_section_level(parameters, steps, shock, generator),
        drift=generator.normal(0.001, 0.002, count),
        plants=tuple(_plants(parameters, structure, steps, generator)),
        shock_step=shock,
    )


def _season(quarter: str) -> float:
    """Hiring season; a late Spring Festival moves hiring from the first quarter to the second."""
    period = parse_quarter(quarter)
    season = _HIRING_SEASON[period.quarter - 1]
    if 1990 <= period.year <= 2035 and period.quarter <= 2:
        day = spring_festival(period.year).timetuple().tm_yday
        shift = _RISE_A_FESTIVAL_DAY * (day - _MIDDLE_FESTIVAL_DAY)
        season += shift if period.quarter == 2 else -shift
    return season


def _section_level(
    parameters: WorldParameters, steps: int, shock: int, generator: np.random.Generator
) -> np.ndarray:
    time = np.arange(steps)[:, np.newaxis]
    sections = len(SECTIONS)
    phase = generator.uniform(0, 2 * np.pi) + generator.normal(0, 0.4, sections)
    cycle = _CYCLE_DEPTH * np.sin(2 * np.pi * time / (4 * _CYCLE_YEARS) + phase)
    structural = generator.normal(0.0, 0.002, sections) * time
    since = np.maximum(time - shock, 0)
    exposure = generator.uniform(0.3, 1.7, sections)
    fall = -parameters.shock_depth * exposure * _RECOVERY_A_QUARTER**since * (time >= shock)
    return cycle + structural + fall


def _plants(
    parameters: WorldParameters, structure: Structure, steps: int, generator: np.random.Generator
) -> list[Plant]:
    """Plants of a power law of sizes; the first drawn is the largest and opens."""
    plants = []
    for number in range(parameters.plants):
        section = str(generator.choice(list(_PLANT_SECTIONS)))
        district = int(generator.integers(len(structure.districts)))
        there = structure.employment[:, district]
        weight = structure.section_mix[:, SECTIONS.index(section)] * there
        chosen = generator.choice(
            len(weight), size=_PLANT_OCCUPATIONS, replace=False, p=weight / weight.sum()
        )
        shares = generator.dirichlet(np.full(_PLANT_OCCUPATIONS, 0.6))
        size = _LARGEST_PLANT_JOBS / (1 + number) ** 0.9
        opens = number == 0 or generator.random() < 0.6
        jobs = size * shares if opens else -np.minimum(size * shares, there[chosen] / 2)
        plants.append(
            Plant(
                step=int(generator.integers(WARM_UP_QUARTERS, steps)),
                district=district,
                section=section,
                occupations=chosen,
                jobs=jobs,
            )
        )
    return plants
