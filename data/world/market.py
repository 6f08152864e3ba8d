"""The mechanism: jobs, quits, entry, vacancies, matching, wages, quarter by quarter.

Employers want a number of workers; what separations and growth leave open is advertised.
Openings and seekers of an occupation in a district meet through a matching function; what stays
unfilled is carried over or withdrawn.  Wages follow tightness slowly, entry follows wages years
later, so that shortages end by themselves but not soon.  No formula of the product stands here.
"""

from dataclasses import dataclass

import numpy as np

from ..sample.occupations import SECTIONS
from .events import Events
from .parameters import WorldParameters
from .structure import Structure

_TIGHTNESS_QUITS = 0.15
_ENTRY_LAG_QUARTERS = 8
_TRAINING_LAG_QUARTERS = 3
_TRAINED_OCCUPATIONS = 100
_CERTIFICATES_A_QUARTER = 30_000
_TRAINING_BASE_SHARE = 0.5
_NOT_YET_SEEKING = 0.3
# What the bureau believes of the gaps is far from what they are.
_BELIEF_SPREAD = 0.7
_INFLATION_A_QUARTER = 0.006
_WAGE_NOISE = 0.003
_PERSISTENCE = 0.97
_QUITS_OUT_OF_WORK_FORCE = 0.05
_CITY_MOBILITY = 0.03
_CARRIED_OVER_TIGHTNESS = 0.25
_SMALLEST = 1e-9


@dataclass(frozen=True, slots=True)
class History:
    """What happened, over all simulated quarters.

    Parameters
    ----------
    openings : numpy.ndarray, shape (n_steps, n_occupations, n_districts)
        New openings of the quarter, persons.
    vacancies, seekers, matches : numpy.ndarray, same shape
        All openings on offer, all seekers, and those who met, persons.
    certificates : numpy.ndarray, shape (n_steps, n_occupations)
        Certificates of publicly paid training, persons.
    wages : numpy.ndarray, shape (n_steps, n_occupations)
        Yuan a month.
    employment : numpy.ndarray, shape (n_steps, n_occupations)
        Persons.
    """

    openings: np.ndarray
    vacancies: np.ndarray
    seekers: np.ndarray
    matches: np.ndarray
    certificates: np.ndarray
    wages: np.ndarray
    employment: np.ndarray


@dataclass(slots=True)
class _State:
    """The market at the end of a quarter."""

    employed: np.ndarray
    vacant: np.ndarray
    seeking: np.ndarray
    log_wage: np.ndarray
    occupation_level: np.ndarray
    local_level: np.ndarray


def simulate(
    parameters: WorldParameters,
    structure: Structure,
    events: Events,
    generator: np.random.Generator,
) -> History:
    """Run the market through all quarters."""
    steps, shape = len(events.quarters), structure.employment.shape
    flows = {name: np.zeros((steps, *shape), dtype=np.float32) for name in _FLOWS}
    sums = {name: np.zeros((steps, shape[0])) for name in _SUMS}
    state = _start(structure)
    base_entry = _base_entry(structure)
    plant_jobs = np.zeros(shape)
    for step in range(steps):
        _open_plants(plant_jobs, events, step)
        desired = _desired(parameters, structure, events, state, plant_jobs, step, generator)
        trained = _trained(sums, flows, step, generator)
        entry = base_entry * _entry_response(parameters, sums["wages"], step)[:, np.newaxis]
        entry *= _migration(parameters, state)
        opened = _separate_and_advertise(structure, events, state, desired, step)
        state.seeking += entry + _by_district(trained * _NOT_YET_SEEKING, structure)
        state.seeking = _moved(parameters, structure, state)
        matched = _match(parameters, structure, state)
        for name, array in zip(_FLOWS, (opened, state.vacant, state.seeking, matched), strict=True):
            flows[name][step] = array
        _settle(parameters, state, matched, generator)
        sums["certificates"][step] = trained
        sums["wages"][step] = structure.wage_yuan_month * np.exp(state.log_wage)
        sums["employment"][step] = state.employed.sum(axis=1)
    return History(**flows, **sums)


_FLOWS = ("openings", "vacancies", "seekers", "matches")
_SUMS = ("certificates", "wages", "employment")


def _start(structure: Structure) -> _State:
    count, districts = structure.employment.shape
    return _State(
        employed=structure.employment.copy(),
        vacant=0.02 * structure.employment,
        seeking=0.04 * structure.employment,
        log_wage=np.zeros(count),
        occupation_level=np.zeros(count),
        local_level=np.zeros((len(SECTIONS), districts)),
    )


def _base_entry(structure: Structure) -> np.ndarray:
    """Entrants a quarter: what retirement and leaving take, times the occupation's propensity."""
    leaving = structure.retirement + _QUITS_OUT_OF_WORK_FORCE * structure.separation
    return structure.employment * (leaving * structure.entry)[:, np.newaxis]


def _open_plants(plant_jobs: np.ndarray, events: Events, step: int) -> None:
    for plant in events.plants:
        if plant.step == step:
            plant_jobs[plant.occupations, plant.district] += plant.jobs


def _desired(
    parameters: WorldParameters,
    structure: Structure,
    events: Events,
    state: _State,
    plant_jobs: np.ndarray,
    step: int,
    generator: np.random.Generator,
) -> np.ndarray:
    """Workers that employers want, persons, shape (n_occupations, n_districts)."""
    state.occupation_level = _PERSISTENCE * state.occupation_level + generator.normal(
        0, parameters.occupation_shock, len(structure.codes)
    )
    state.local_level = _PERSISTENCE * state.local_level + generator.normal(
        0, parameters.district_shock, state.local_level.shape
    )
    level = structure.section_mix @ (events.section_level[step][:, np.newaxis] + state.local_level)
    level += (state.occupation_level + events.drift * step)[:, np.newaxis]
    return np.maximum(structure.employment * np.exp(level) + plant_jobs, 0.0)


def _separate_and_advertise(
    structure: Structure, events: Events, state: _State, desired: np.ndarray, step: int
) -> np.ndarray:
    """Quits, retirements, layoffs; return the new openings."""
    tightness = (state.vacant + _SMALLEST) / (state.seeking + _SMALLEST)
    pull = 1 + _TIGHTNESS_QUITS * np.tanh(np.log(tightness))
    quits = structure.separation[:, np.newaxis] * events.season[step] * pull * state.employed
    retired = structure.retirement[:, np.newaxis] * state.employed
    staying = state.employed - np.minimum(quits + retired, state.employed)
    layoffs = np.maximum(staying - desired, 0.0)
    state.employed = staying - layoffs
    state.seeking = state.seeking + (1 - _QUITS_OUT_OF_WORK_FORCE) * quits + layoffs
    opened = np.maximum(desired - state.employed - state.vacant, 0.0)
    state.vacant = np.minimum(state.vacant, np.maximum(desired - state.employed, 0.0)) + opened
    return opened


def _moved(parameters: WorldParameters, structure: Structure, state: _State) -> np.ndarray:
    """Seekers after some looked at neighbouring occupations and other districts."""
    groups = structure.neighbours
    seekers = np.zeros((groups.max() + 1, state.seeking.shape[1]))
    vacancies = np.zeros_like(seekers)
    np.add.at(seekers, groups, state.seeking)
    np.add.at(vacancies, groups, state.vacant)
    share = state.vacant / np.maximum(vacancies[groups], _SMALLEST)
    neighbouring = np.where(vacancies[groups] > 0, seekers[groups] * share, state.seeking)
    moved = (1 - parameters.mobility) * state.seeking + parameters.mobility * neighbouring
    total = state.vacant.sum(axis=1, keepdims=True)
    elsewhere = moved.sum(axis=1, keepdims=True) * state.vacant / np.maximum(total, _SMALLEST)
    elsewhere = np.where(total > 0, elsewhere, moved)
    return (1 - _CITY_MOBILITY) * moved + _CITY_MOBILITY * elsewhere


def _match(parameters: WorldParameters, structure: Structure, state: _State) -> np.ndarray:
    vacant = np.maximum(state.vacant, _SMALLEST)
    seeking = np.maximum(state.seeking, _SMALLEST)
    gamma = parameters.matching_elasticity
    met = vacant * seeking / (vacant**gamma + seeking**gamma) ** (1 / gamma)
    met *= structure.efficiency[:, np.newaxis]
    return np.minimum(met, np.minimum(state.vacant, state.seeking))


def _settle(
    parameters: WorldParameters,
    state: _State,
    matched: np.ndarray,
    generator: np.random.Generator,
) -> None:
    """Let wages react and carry over what stays unfilled and unemployed."""
    tightness = np.log(
        (state.vacant.sum(axis=1) + _SMALLEST) / (state.seeking.sum(axis=1) + _SMALLEST)
    )
    reaction = parameters.wage_reaction * np.clip(tightness - np.median(tightness), -2, 2)
    noise = generator.normal(0, _WAGE_NOISE, len(reaction))
    state.log_wage = state.log_wage + _INFLATION_A_QUARTER + reaction + noise
    state.employed = state.employed + matched
    state.vacant = (state.vacant - matched) * (1 - parameters.vacancy_withdrawal)
    state.seeking = (state.seeking - matched) * (1 - parameters.seeker_exit)


def _entry_response(parameters: WorldParameters, wages: np.ndarray, step: int) -> np.ndarray:
    """Entry two years after wages moved in relation to those of all occupations."""
    if step <= _ENTRY_LAG_QUARTERS:
        return np.ones(wages.shape[1])
    then = np.log(wages[step - _ENTRY_LAG_QUARTERS] / wages[0])
    return np.exp(np.clip(parameters.entry_reaction * (then - np.median(then)), -1, 1))


def _migration(parameters: WorldParameters, state: _State) -> float:
    """More people come to the city when its openings outnumber its seekers."""
    tightness = (state.vacant.sum() + _SMALLEST) / (state.seeking.sum() + _SMALLEST)
    response = parameters.migration_reaction * np.log(tightness / _CARRIED_OVER_TIGHTNESS)
    return float(np.exp(np.clip(response, -1.5, 1.5)))


def _trained(
    sums: dict[str, np.ndarray],
    flows: dict[str, np.ndarray],
    step: int,
    generator: np.random.Generator,
) -> np.ndarray:
    """Certificates: half go where large gaps were believed three quarters ago, half everywhere."""
    count = sums["certificates"].shape[1]
    if step < _TRAINING_LAG_QUARTERS:
        return np.zeros(count)
    then = step - _TRAINING_LAG_QUARTERS
    gap = (flows["vacancies"][then] - flows["matches"][then]).sum(axis=1).astype(float)
    gap *= generator.lognormal(0, _BELIEF_SPREAD, count)
    chosen = np.argsort(-gap, kind="stable")[:_TRAINED_OCCUPATIONS]
    aimed = np.zeros(count)
    aimed[chosen] = gap[chosen] / max(gap[chosen].sum(), _SMALLEST)
    spread = sums["employment"][then] / max(sums["employment"][then].sum(), _SMALLEST)
    shares = (1 - _TRAINING_BASE_SHARE) * aimed + _TRAINING_BASE_SHARE * spread
    return _CERTIFICATES_A_QUARTER * shares


def _by_district(persons: np.ndarray, structure: Structure) -> np.ndarray:
    share = structure.employment / structure.employment.sum(axis=1, keepdims=True)
    return persons[:, np.newaxis] * share
