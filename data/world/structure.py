"""The world at rest: who works where, in what occupation, at what wage, and how things turn over.

The occupational structure follows the census of 2020 by 中类; within a 中类 a few occupations
hold most of the jobs.  Everything else is assumed.
"""

from dataclasses import dataclass

import numpy as np

from ..reference.census import load_census_employment
from ..reference.occupations import load_occupations
from ..sample.occupations import SECTIONS, usual_sections
from ..sample.places import district_shares
from .parameters import WorldParameters

# Assumed by 大类: quarterly separations, wage in yuan a month, new entrants per leaver.
_SEPARATION = {"1": 0.02, "2": 0.04, "3": 0.04, "4": 0.10, "5": 0.06, "6": 0.09}
_WAGE_YUAN = {"1": 9500.0, "2": 8200.0, "3": 5200.0, "4": 4800.0, "5": 4200.0, "6": 5800.0}
_RETIREMENT = 0.007
_SMALLEST_MEDIUM_SHARE = 2e-5
_SECTIONS_DEFAULT = "L"
_WITHOUT_WAGE_WORK = ("7", "8")


@dataclass(frozen=True, slots=True)
class Structure:
    """The world at rest; arrays over occupations, sections and districts.

    Parameters
    ----------
    codes : tuple of str
        细类 with wage work, n_occupations.
    districts : tuple of str
        County-level units, n_districts.
    section_mix : numpy.ndarray, shape (n_occupations, 20)
        Share of each section A–T in the occupation's jobs.
    employment : numpy.ndarray, shape (n_occupations, n_districts)
        Jobs in the first quarter, persons.
    separation, retirement : numpy.ndarray, shape (n_occupations,)
        Shares of the employed who quit and who retire in a quarter.
    entry : numpy.ndarray, shape (n_occupations,)
        New entrants a quarter in relation to those who retire or leave the occupation.
    efficiency : numpy.ndarray, shape (n_occupations,)
        Factor of the matching function.
    wage_yuan_month : numpy.ndarray, shape (n_occupations,)
    neighbours : numpy.ndarray of int, shape (n_occupations,)
        Number of the 小类 each occupation belongs to.
    """

    codes: tuple[str, ...]
    districts: tuple[str, ...]
    section_mix: np.ndarray
    employment: np.ndarray
    separation: np.ndarray
    retirement: np.ndarray
    entry: np.ndarray
    efficiency: np.ndarray
    wage_yuan_month: np.ndarray
    neighbours: np.ndarray


def form_structure(parameters: WorldParameters, generator: np.random.Generator) -> Structure:
    """Draw the world at rest."""
    codes = tuple(c for c in load_occupations().units if c[0] not in _WITHOUT_WAGE_WORK)
    districts, shares = _largest_districts(parameters.districts)
    count = len(codes)
    mix = _section_mix(codes, generator)
    employment = parameters.employment * _occupation_shares(codes, generator)
    local = shares * generator.lognormal(0, 0.5, (len(SECTIONS), len(districts)))
    local /= local.sum(axis=1, keepdims=True)
    majors = [code[0] for code in codes]
    neighbours = np.unique([code[:7] for code in codes], return_inverse=True)[1]
    return Structure(
        codes=codes,
        districts=districts,
        section_mix=mix,
        employment=employment[:, np.newaxis] * (mix @ local),
        separation=_of_major(_SEPARATION, majors) * generator.lognormal(0, 0.25, count),
        retirement=_RETIREMENT * generator.lognormal(0, 0.4, count),
        # Persistent shortage has a cause here: too few people learn the occupation.
        entry=generator.lognormal(0.0, 0.55, count),
        efficiency=np.clip(0.92 * generator.lognormal(0, 0.15, count), 0.3, 1.0),
        wage_yuan_month=_of_major(_WAGE_YUAN, majors) * generator.lognormal(0, 0.2, count),
        neighbours=neighbours,
    )


def _of_major(values: dict[str, float], majors: list[str]) -> np.ndarray:
    return np.array([values[major] for major in majors])


def _occupation_shares(codes: tuple[str, ...], generator: np.random.Generator) -> np.ndarray:
    """Shares of employment: the census by 中类, a law of ranks within."""
    census = load_census_employment("重庆")
    medium = dict(zip(census["medium_code_2015"], census["employed_long_form_10pct"], strict=True))
    known = {code: float(persons) for code, persons in medium.items() if len(str(code)) == 4}
    total = sum(known.values())
    of_medium = np.array([code[:4] for code in codes])
    shares = np.zeros(len(codes))
    for group in np.unique(of_medium):
        members = np.flatnonzero(of_medium == group)
        ranks = generator.permutation(len(members)) + 1
        within = ranks**-1.1 * generator.lognormal(0, 0.3, len(members))
        share = max(known.get(str(group), 0.0) / total, _SMALLEST_MEDIUM_SHARE * len(members))
        # Most farmers work for themselves.
        share *= 0.03 if group[0] == "5" else 1.0
        shares[members] = share * within / within.sum()
    return shares / shares.sum()


def _section_mix(codes: tuple[str, ...], generator: np.random.Generator) -> np.ndarray:
    mix = np.full((len(codes), len(SECTIONS)), 0.002)
    for row, code in enumerate(codes):
        for rank, section in enumerate(usual_sections(code) or _SECTIONS_DEFAULT):
            mix[row, SECTIONS.index(section)] += 0.5**rank
    mix *= generator.lognormal(0, 0.2, mix.shape)
    return mix / mix.sum(axis=1, keepdims=True)


def _largest_districts(count: int) -> tuple[tuple[str, ...], np.ndarray]:
    shares = district_shares()
    chosen = sorted(shares, key=lambda code: (-shares[code], code))[:count]
    values = np.array([shares[code] for code in chosen])
    return tuple(chosen), values / values.sum()
