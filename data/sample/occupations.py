"""Occupations of the sample city: how many openings, in which industries, at what wage.

The mix is invented after the pattern of a large manufacturing city: few occupations with many
openings, a long tail, cars, motorcycles and electronics in front of trade and services.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..reference.tables import reference_table
from ..tables import UNIT_GROUP_PATTERN

SECTIONS = "ABCDEFGHIJKLMNOPQRST"

# Occupations in which the sample's employers find nobody: few seekers, vacancies that stay
# open and come again, wages that rise.
SHORT = frozenset({
    "4-02-02-02", "4-03-02-01", "4-10-01-05", "4-10-01-06", "4-12-01-01", "4-14-01-02",
    "6-05-01-03", "6-18-01-07", "6-18-02-04", "6-18-04-01", "6-20-01-01", "6-22-02-01",
    "6-25-02-05", "6-29-01-04", "6-29-03-03", "6-31-01-03", "6-31-07-03",
})  # fmt: skip
# Occupations in which seekers outnumber openings.
CROWDED = frozenset({
    "2-06-03-00", "2-06-07-02", "3-01-01-01", "3-01-02-02", "4-01-02-04", "4-03-01-02",
    "4-04-05-01", "4-06-02-01", "4-07-05-01", "4-09-08-01",
})  # fmt: skip

# Code, openings per 10,000, wage in yuan a month, persons per advertisement, industries (the
# first has most of the openings).
_LEADING = """
4-01-02-01 900 5200 4 FCKJL | 4-07-02-03 420 4600 5 IFLJ | 4-02-07-08 330 6200 8 G
4-10-08-01 340 6800 12 GH | 4-03-02-05 360 4000 4 H | 4-09-08-01 300 3000 4 KNO
4-07-05-01 310 3600 6 KL | 6-25-04-07 520 5000 20 C | 6-22-01-01 480 5600 18 C
6-18-02-04 210 7000 5 CE | 6-31-01-03 200 6200 4 CEK | 4-10-01-05 190 5000 5 QO
4-10-01-06 180 5600 5 O | 6-05-01-03 170 4900 10 C | 4-02-06-01 180 4500 3 GCF
4-02-02-02 170 7500 4 G | 2-02-10-03 150 9800 3 IC | 4-01-02-03 260 3900 4 F
4-02-05-01 150 5000 8 GC | 4-02-06-02 140 4200 4 FG | 4-02-07-09 130 4800 10 G
6-31-05-00 150 4500 10 C | 6-31-03-05 150 4700 4 C | 6-18-01-01 90 6200 4 C
6-18-01-07 150 6900 5 C | 6-18-01-12 80 5600 8 C | 6-18-02-01 60 5900 5 C
6-18-03-03 60 6200 4 C | 6-18-04-01 80 7200 3 C | 6-20-01-01 130 6400 5 C
6-22-02-01 180 6100 12 C | 6-23-04-01 130 5500 12 C | 6-14-02-00 70 5300 6 C
6-25-01-13 60 5200 8 C | 6-25-02-03 110 5300 20 C | 6-25-02-05 120 5800 15 C
6-25-03-00 140 5100 20 C | 6-24-04-00 90 5500 12 C | 6-31-01-02 90 6300 3 CG
6-31-07-03 80 6700 3 C | 6-29-01-04 80 7800 8 E | 6-29-01-01 60 7500 8 E
6-29-01-03 60 7000 8 E | 6-29-01-05 50 7800 6 E | 6-29-03-03 50 6600 3 EC
6-29-03-05 50 6300 3 EO | 6-29-04-01 60 6800 4 E | 6-30-05-01 70 6200 3 CEG
6-30-05-05 40 7000 3 EB | 6-06-03-02 40 5600 5 C | 6-02-01-01 50 4600 3 CH
6-12-03-00 50 4900 5 C | 6-28-03-01 20 4500 2 D | 6-28-01-14 25 5000 2 D
4-03-02-01 170 6000 3 H | 4-03-02-04 50 5000 2 H | 4-03-02-10 50 4000 4 H
4-03-01-01 60 4300 2 H | 4-03-01-02 80 3700 4 H | 4-01-02-04 70 3600 3 FH
4-01-06-01 90 5200 2 FI | 4-01-06-02 110 6000 4 FIR | 4-01-01-00 60 5300 2 CF
4-12-01-01 130 5900 4 OF | 4-12-03-01 50 5500 4 O | 4-10-03-01 80 5200 4 O
4-10-03-02 60 5000 4 O | 4-10-04-01 60 5600 5 O | 4-10-01-01 60 5200 3 OP
4-10-01-03 60 4000 3 P | 4-14-01-02 120 4800 6 Q | 4-14-02-02 30 5000 2 Q
4-14-05-01 40 5500 3 R | 4-06-02-01 120 5600 6 K | 4-06-01-01 70 4600 2 K
4-05-03-01 80 5400 8 J | 4-04-05-03 90 4500 10 IJ | 4-04-05-01 60 7600 2 I
4-07-03-08 40 5000 2 L | 4-09-10-01 50 3800 4 NK | 4-13-01-05 50 5600 2 IR
4-04-05-05 40 4800 5 I | 4-08-05-01 30 4500 2 CM | 4-08-03-04 30 5600 2 ME
2-02-07-01 60 7600 2 C | 2-02-07-02 60 7300 2 C | 2-02-07-11 60 8800 2 C
2-02-09-02 40 8000 2 C | 2-02-18-02 60 7000 2 EM | 2-02-30-10 30 6800 1 EM
2-02-29-03 50 6500 2 C | 2-02-38-09 25 10500 2 CI | 2-02-38-01 25 12000 2 I
2-06-03-00 90 5000 1 CFL | 2-06-07-02 60 6300 2 FL | 2-06-08-01 40 5600 1 LC
2-08-02-04 50 5600 3 P | 2-08-03-00 60 4200 3 P | 2-05-08-01 70 5200 4 Q
3-01-01-01 90 4200 1 LCS | 3-01-02-02 40 4500 1 LC | 5-03-02-01 30 4800 3 A
5-01-02-02 30 4000 3 A
"""

# Industries of the tail, by 中类 (or its first two characters).
_TAIL_SECTIONS = {
    "2-02": "CEM", "2-03": "A", "2-05": "Q", "2-06": "LJ", "2-07": "SL", "2-08": "P",
    "2-09": "R", "2-10": "R", "3-01": "LS", "3-02": "KL", "3-03": "S",
    "4-01": "F", "4-02": "G", "4-03": "H", "4-04": "I", "4-05": "J", "4-06": "K",
    "4-07": "L", "4-08": "M", "4-09": "N", "4-10": "O", "4-11": "D", "4-12": "O",
    "4-13": "R", "4-14": "Q", "5-": "A", "6-16": "B", "6-28": "D", "6-29": "E", "6-30": "CG",
    "6-": "C",
}  # fmt: skip
_TAIL_WAGE_YUAN = {"2": 7200.0, "3": 4600.0, "4": 4700.0, "5": 4300.0, "6": 5500.0}
_TAIL_OCCUPATIONS = 230
_TAIL_SHARE = 0.18
_TAIL_PERSONS = 3.0
_TITLES_AT_LEAST = 8
_TITLE_CHARACTERS = 12
# Share of the first industry of an occupation; the others halve what is left.
_FIRST_INDUSTRY = 0.6


@dataclass(frozen=True, slots=True)
class Occupation:
    """One occupation of the sample.

    Parameters
    ----------
    code : str
        细类 of the 大典 2022.
    share : float
        Share of the city's openings.
    wage_yuan_month : float
        Middle of the wages offered.
    persons : float
        Mean number of persons wanted by one advertisement.
    sections : str
        GB/T 4754-2017 sections, the most frequent first.
    titles, duties : tuple of str
        Wordings of titles and of duties.
    """

    code: str
    share: float
    wage_yuan_month: float
    persons: float
    sections: str
    titles: tuple[str, ...] = field(repr=False)
    duties: tuple[str, ...] = field(repr=False)

    @property
    def section_shares(self) -> dict[str, float]:
        """Share of each of its industries in its openings."""
        weights = [_FIRST_INDUSTRY * 0.5**rank for rank in range(len(self.sections))]
        return {s: w / sum(weights) for s, w in zip(self.sections, weights, strict=True)}


def sample_occupations() -> list[Occupation]:
    """Return the occupations of the sample, with wordings from the title lexicon, by code."""
    titles, duties = _wordings()
    leading = [entry.split() for line in _LEADING.split("\n") for entry in line.split("|") if entry]
    total = sum(float(entry[1]) for entry in leading if entry)
    scale = (1 - _TAIL_SHARE) / total
    rows = [(c, float(n) * scale, float(w), float(p), s) for c, n, w, p, s in filter(None, leading)]
    rows += _tail(titles, without={row[0] for row in rows})
    return [
        Occupation(*row, titles=titles[row[0]], duties=duties.get(row[0], ()))
        for row in sorted(rows)
    ]


def openings_by_section(occupations: list[Occupation]) -> dict[str, float]:
    """Return the share of every section A–T in the openings, as the occupations imply it."""
    shares = dict.fromkeys(SECTIONS, 5e-4)
    for occupation in occupations:
        for section, share in occupation.section_shares.items():
            shares[section] += occupation.share * share
    total = sum(shares.values())
    return {section: share / total for section, share in shares.items()}


def _tail(
    titles: Mapping[str, tuple[str, ...]], without: set[str]
) -> list[tuple[str, float, float, float, str]]:
    """Further occupations at even distances through the classification, ever less frequent."""
    eligible = [
        code
        for code, wordings in sorted(titles.items())
        if code not in without and len(wordings) >= _TITLES_AT_LEAST and usual_sections(code)
    ]
    places = np.linspace(0, len(eligible) - 1, _TAIL_OCCUPATIONS)
    chosen = [eligible[int(place)] for place in places]
    # Multiplying by a number prime to the count spreads ranks over the whole classification.
    ranks = [place * 101 % len(chosen) for place in range(len(chosen))]
    weights = [1 / (20 + rank) for rank in ranks]
    return [
        (
            code,
            weight / sum(weights) * _TAIL_SHARE,
            _TAIL_WAGE_YUAN[code[0]],
            _TAIL_PERSONS,
            usual_sections(code),
        )
        for code, weight in zip(chosen, weights, strict=True)
    ]


def usual_sections(code: str) -> str:
    """Sections in which an occupation mostly works, the most frequent first."""
    return _TAIL_SECTIONS.get(code[:4]) or _TAIL_SECTIONS.get(code[:2], "")


def _wordings() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Titles and duties of every occupation; titles of whole groups or of several are left out."""
    kinds: dict[str, dict[str, list[str]]] = {"title": {}, "duty": {}}
    for row in reference_table("titles").records():
        code = row["occupation_code"]
        of_one_unit = not row["also_right"] and re.fullmatch(UNIT_GROUP_PATTERN, code)
        if of_one_unit and len(row["term"]) <= _TITLE_CHARACTERS and row["kind"] in kinds:
            kinds[row["kind"]].setdefault(code, []).append(row["term"])
    titles, duties = (
        {code: tuple(terms) for code, terms in found.items()} for found in kinds.values()
    )
    return titles, duties
