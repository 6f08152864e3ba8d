"""Official tables of the sample: demand and seekers as the public employment service keeps them."""

import numpy as np

from ..quarters import QUARTERS_PER_YEAR, parse_quarter, quarters_between, shift_quarter
from ..reference.spring_festival import spring_festival
from .occupations import CROWDED, SHORT, Occupation, openings_by_section

SOURCE = "公共就业服务机构"
QUARTERS_OF_DEMAND = 24
QUARTERS_OF_SEEKERS = 4
# Openings and seekers that Chongqing's employment service reported for 2021Q1.
OPENINGS_OF_FIRST_QUARTER = 303_000
SEEKERS_OF_QUARTER = 149_000

DEMAND_HEADERS = ("季度", "行业代码", "区县代码", "招聘人数", "来源")
SEEKERS_HEADERS = ("季度", "职业编码", "区县代码", "求职人数", "来源")

_GROWTH_A_YEAR = {
    "C": 0.03, "E": -0.03, "G": 0.05, "H": 0.02, "I": 0.06, "K": -0.06, "M": 0.03, "N": 0.02,
    "O": 0.04, "P": -0.02, "Q": 0.06,
}  # fmt: skip
_SEASON = (1.06, 1.03, 0.98, 0.93)
# Firms hire after the festival: an early one leaves more of this to the first quarter.
_FESTIVAL_DAY = 40
_RISE_A_DAY = 0.002
_SHOCK = {"2020Q1": 0.62, "2020Q2": 0.81, "2020Q3": 0.93}
_NOISE = 0.025
# A known error of the sample's source, which the table of corrections describes: one cell of
# the tenth quarter carries a zero too many.
ERRONEOUS_SECTION, ERRONEOUS_PLACE, ERRONEOUS_FACTOR = "J", 9, 10

_FREE_SHARE = 0.3
_MEDIUM_GROUPS_ONLY = ("6-20", "6-25", "4-03")
_MAJOR_GROUPS_ONLY = ("5",)
# Seekers of an occupation in relation to its openings, before all are scaled to the total.
_SEEKERS_SHORT, _SEEKERS_CROWDED = 0.3, 2.2
_SEEKERS_SPREAD = 0.3

Row = tuple[str, ...]


def demand_rows(
    generator: np.random.Generator, occupations: list[Occupation], *, quarter: str
) -> list[Row]:
    """Draw openings by quarter and section A–T over 24 quarters, for the city as a whole."""
    shares = openings_by_section(occupations)
    quarters = quarters_between(shift_quarter(quarter, 1 - QUARTERS_OF_DEMAND), quarter)
    level = OPENINGS_OF_FIRST_QUARTER / _season(quarters[0])
    rows: list[Row] = []
    for place, each in enumerate(quarters):
        for section, share in shares.items():
            growth = (1 + _GROWTH_A_YEAR.get(section, 0.0)) ** (place / QUARTERS_PER_YEAR)
            noise = float(generator.lognormal(0, _NOISE))
            openings = round(level * share * growth * _season(each) * noise)
            if (section, place) == (ERRONEOUS_SECTION, ERRONEOUS_PLACE):
                openings *= ERRONEOUS_FACTOR
            rows.append((each, section, "", str(openings), SOURCE))
    return rows


def seekers_rows(
    generator: np.random.Generator, occupations: list[Occupation], *, quarter: str
) -> list[Row]:
    """Draw seekers by quarter: most by 细类, some by 中类 or 大类, many without a stated wish."""
    pressure = np.array([_pressure(generator, each.code) for each in occupations])
    rows: list[Row] = []
    for each in quarters_between(shift_quarter(quarter, 1 - QUARTERS_OF_SEEKERS), quarter):
        weights = np.array([o.share for o in occupations]) * pressure
        weights *= generator.lognormal(0, 0.05, size=len(weights))
        total = SEEKERS_OF_QUARTER * float(generator.lognormal(0, _NOISE))
        stated = weights / weights.sum() * total * (1 - _FREE_SHARE)
        by_code: dict[str, float] = {"": total * _FREE_SHARE}
        for occupation, seekers in zip(occupations, stated, strict=True):
            code = _stated_code(occupation.code)
            by_code[code] = by_code.get(code, 0.0) + float(seekers)
        rows += [(each, code, "", str(round(n)), SOURCE) for code, n in sorted(by_code.items())]
    return rows


def right_value(rows: list[Row]) -> tuple[str, float, float]:
    """Return quarter, right value and wrong value of the known error in the rows of demand."""
    quarter = sorted({row[0] for row in rows})[ERRONEOUS_PLACE]
    wrong = next(float(r[3]) for r in rows if r[:2] == (quarter, ERRONEOUS_SECTION))
    return quarter, wrong / ERRONEOUS_FACTOR, wrong


def _season(quarter: str) -> float:
    period = parse_quarter(quarter)
    factor = _SEASON[period.quarter - 1] * _SHOCK.get(quarter, 1.0)
    if period.quarter == 1:
        day = spring_festival(period.year).timetuple().tm_yday
        factor *= 1 + _RISE_A_DAY * (_FESTIVAL_DAY - day)
    return factor


def _pressure(generator: np.random.Generator, code: str) -> float:
    spread = float(generator.lognormal(0, _SEEKERS_SPREAD))
    if code in SHORT:
        return _SEEKERS_SHORT * min(spread, 1.3)
    return (_SEEKERS_CROWDED if code in CROWDED else 1.0) * spread


def _stated_code(code: str) -> str:
    """Level at which the register keeps an occupation."""
    if code[:1] in _MAJOR_GROUPS_ONLY:
        return code[:1]
    return code[:4] if code[:4] in _MEDIUM_GROUPS_ONLY else code
