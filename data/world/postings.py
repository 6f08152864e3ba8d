"""Postings as boards print them: part of the openings, in employers' words, with every fault.

An employer advertises several vacancies of an occupation at once, so that counts are
over-dispersed; boards cover occupations unevenly; a fifth of the rows advertise a vacancy again.
Rows are streamed in batches.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from ..quarters import parse_quarter, shift_quarter
from ..sample.occupations import SECTIONS
from ..sample.places import district_names, write_place
from ..sample.wording import (
    draw_agency,
    draw_employer,
    pick,
    write_description,
    write_headcount,
    write_title,
    write_wage,
)
from .events import WARM_UP_QUARTERS
from .market import History
from .parameters import WorldParameters
from .structure import Structure
from .wording import Wordings

BATCH_ROWS = 8_192
BOARDS = ("甲示例人才网", "乙示例直聘", "丙示例招聘网", "丁示例劳务网")
# The last board joins in the last quarter; it carries workers' jobs above all.
_BOARD_SHARES = (0.50, 0.30, 0.20, 0.0)
_BOARD_SHARES_JOINED = {"5": (0.2, 0.2, 0.1, 0.5), "6": (0.35, 0.2, 0.15, 0.3)}
_BOARD_SHARES_JOINED_OTHERS = (0.47, 0.28, 0.19, 0.06)
_SIBLINGS = 0.6
_ADVERTISING_HABIT = 0.4
REPOST_SHARE = 0.22
SWAPPED_DESCRIPTION_SHARE = 0.06
# Two experts agree on the 细类 of 88.5 % of real postings.
CONFUSED_TITLE_SHARE = 0.115
EARLIER_QUARTER_FACTOR = 0.5

_AGENCY_SHARE = 0.10
_WITHOUT_DESCRIPTION_SHARE = 0.06
_WRONG_DISTRICT_SHARE = 0.02
_WITHOUT_INDUSTRY_SHARE = 0.15
_WITH_CLOSING_DAY_SHARE = 0.35
_REPOST_DAYS = (3, 45)
_LONGEST_LATENESS_DAYS = 90
_COVERAGE_SPREAD = 0.6
_EMPLOYER_SHAPE = 0.7
_MEAN_HEADCOUNT = 3.5
_EDUCATION = {"1": "本科", "2": "本科", "3": "大专", "4": "高中", "5": "不限", "6": "初中"}
_EXPERIENCE = ("不限", "1-3年", "无经验", "3-5年", "经验不限", "")
_DAY_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M:%S")
COLUMNS = (
    "posting_id", "source", "title", "description", "employer", "industry", "place", "wage",
    "headcount", "education", "experience", "posted_on", "closed_on", "category",
)  # fmt: skip
CATEGORY = {
    "1": "管理",
    "2": "专业技术",
    "3": "行政/文员",
    "4": "服务/销售",
    "5": "农林牧渔",
    "6": "生产/技工",
}


@dataclass(frozen=True, slots=True)
class Advertising:
    """How one quarter is advertised.

    Parameters
    ----------
    quarter : str
    weights : numpy.ndarray, shape (n_occupations * n_districts,)
        Probability that a vacancy is of an occupation and district, coverage included.
    unfilled : numpy.ndarray, shape (n_occupations,)
        Share of openings unfilled in the quarter, blurred by how employers of the occupation are
        used to advertise: it lengthens advertising and brings reposts.
    wages : numpy.ndarray, shape (n_occupations,)
        Yuan a month.
    has_joined : bool
        Whether the last board carries postings in the quarter.
    """

    quarter: str
    weights: np.ndarray
    unfilled: np.ndarray
    wages: np.ndarray
    has_joined: bool


def plan_advertising(
    parameters: WorldParameters,
    structure: Structure,
    history: History,
    generator: np.random.Generator,
) -> list[Advertising]:
    """Plan the last two observed quarters; in the last one a further board has joined."""
    coverage = generator.lognormal(0, _COVERAGE_SPREAD, len(structure.codes))
    habit = generator.lognormal(0, _ADVERTISING_HABIT, len(structure.codes))
    first = max(parameters.quarters - 2, 0)
    return [
        _plan(parameters, history, coverage, habit, observed)
        for observed in range(first, parameters.quarters)
    ]


def _plan(
    parameters: WorldParameters,
    history: History,
    coverage: np.ndarray,
    habit: np.ndarray,
    observed: int,
) -> Advertising:
    step = WARM_UP_QUARTERS + observed
    openings = history.openings[step].astype(float) * coverage[:, np.newaxis]
    vacancies = history.vacancies[step].sum(axis=1)
    matches = history.matches[step].sum(axis=1)
    unfilled = 1 - np.divide(matches, vacancies, out=np.ones_like(matches), where=vacancies > 0)
    return Advertising(
        quarter=shift_quarter(parameters.last_quarter, observed + 1 - parameters.quarters),
        weights=(openings / openings.sum()).ravel(),
        unfilled=np.clip(unfilled * habit, 0, 0.95).astype(float),
        wages=history.wages[step],
        has_joined=observed == parameters.quarters - 1,
    )


def stream_postings(
    plan: Advertising,
    structure: Structure,
    wordings: Wordings,
    *,
    count: int,
    prefix: str,
    generator: np.random.Generator,
) -> Iterator[pa.Table]:
    """Draw the postings of a quarter, batch by batch.

    Parameters
    ----------
    plan : Advertising
    structure : Structure
    wordings : Wordings
    count : int
        Rows in all, reposts among them.
    prefix : str
        Beginning of the identifiers.
    generator : numpy.random.Generator

    Yields
    ------
    pyarrow.Table
        Text columns `COLUMNS`, at most `BATCH_ROWS` rows.
    """
    writer = _Writer(plan, structure, wordings, generator)
    number = 0
    while number < count:
        rows = writer.rows(min(BATCH_ROWS, count - number), prefix, number)
        number += len(rows)
        columns = (pa.array(column, pa.string()) for column in zip(*rows, strict=True))
        yield pa.table(dict(zip(COLUMNS, columns, strict=True)))


class _Writer:
    """Writes the rows of one quarter; holds what does not change between batches."""

    def __init__(
        self,
        plan: Advertising,
        structure: Structure,
        wordings: Wordings,
        generator: np.random.Generator,
    ) -> None:
        self._plan, self._structure, self._wordings = plan, structure, wordings
        self._generator = generator
        self._cumulative = np.cumsum(plan.weights)
        names = district_names()
        self._names = [names[code] for code in structure.districts]
        self._sections = np.cumsum(structure.section_mix, axis=1)
        period = parse_quarter(plan.quarter)
        self._first_day = period.start_time.date()
        self._days = (period.end_time.date() - self._first_day).days + 1
        groups = structure.neighbours
        self._same = [np.flatnonzero(groups == group) for group in range(groups.max() + 1)]

    def rows(self, count: int, prefix: str, start: int) -> list[tuple[str | None, ...]]:
        """Rows of one batch: new vacancies and, for a fifth, vacancies of it again."""
        generator = self._generator
        new = max(count - round(count * REPOST_SHARE), 1)
        # Each draw is an employer's; it has a geometric number of vacancies in the cell.
        employer = np.repeat(np.arange(new), generator.geometric(_SIBLINGS, new))[:new]
        drawn = generator.random(employer[-1] + 1)[employer]
        cells = np.searchsorted(self._cumulative, drawn * self._cumulative[-1])
        cells = np.minimum(cells, len(self._cumulative) - 1)
        occupations, districts = np.divmod(cells, len(self._structure.districts))
        days = generator.integers(self._days, size=new)
        heads = 1 + generator.negative_binomial(
            _EMPLOYER_SHAPE, _EMPLOYER_SHAPE / (_EMPLOYER_SHAPE + _MEAN_HEADCOUNT), new
        )
        vacancies: list[dict[str, str]] = []
        for at, (o, d, h) in enumerate(zip(occupations, districts, heads, strict=True)):
            sibling = vacancies[-1] if at and employer[at] == employer[at - 1] else None
            vacancies.append(self._vacancy(int(o), int(d), int(h), sibling))
        rows = [
            self._row(vacancy, int(day), late=False)
            for vacancy, day in zip(vacancies, days, strict=True)
        ]
        rows += self._reposts(vacancies, occupations, days, count - new)
        order = generator.permutation(len(rows))
        return [(f"{prefix}{start + i:08d}", *rows[at]) for i, at in enumerate(order)]

    def _vacancy(
        self, occupation: int, district: int, heads: int, sibling: dict[str, str] | None
    ) -> dict[str, str]:
        """One vacancy; a sibling is of the same employer."""
        generator, code = self._generator, self._structure.codes[occupation]
        section = SECTIONS[int(np.searchsorted(self._sections[occupation], generator.random()))]
        if sibling is not None:
            employer, industry = sibling["employer"], sibling["industry"]
        elif generator.random() < _AGENCY_SHARE:
            employer, industry = draw_agency(generator)
        else:
            employer, industry = draw_employer(generator, section, code)
        education = _EDUCATION[code[0]]
        experience = pick(generator, _EXPERIENCE)
        wage = float(self._plan.wages[occupation] * generator.lognormal(0, 0.15))
        wrong = generator.random() < _WRONG_DISTRICT_SHARE
        place = int(generator.integers(len(self._names))) if wrong else district
        return {
            "title": self._title(occupation),
            "description": self._description(occupation, education, experience),
            "employer": employer,
            "industry": "" if generator.random() < _WITHOUT_INDUSTRY_SHARE else industry,
            "place": write_place(generator, self._names[place]),
            "wage": write_wage(generator, wage),
            "headcount": write_headcount(generator, heads),
            "education": education,
            "experience": experience,
            "days_open": str(self._days_open(occupation)),
            "category": CATEGORY[code[0]],
            "major": code[0],
        }

    def _board(self, major: str) -> str:
        """Draw the board that carries a posting."""
        shares = _BOARD_SHARES
        if self._plan.has_joined:
            shares = _BOARD_SHARES_JOINED.get(major, _BOARD_SHARES_JOINED_OTHERS)
        chance, board = self._generator.random(), 0
        while board < len(BOARDS) - 1 and chance >= shares[board]:
            chance -= shares[board]
            board += 1
        return BOARDS[board]

    def _title(self, occupation: int) -> str:
        """A title of the occupation, or of a neighbour as often as experts disagree."""
        generator = self._generator
        if generator.random() < CONFUSED_TITLE_SHARE:
            occupation = int(pick_number(generator, self._neighbours(occupation)))
        return pick(generator, self._wordings.titles[self._structure.codes[occupation]])

    def _neighbours(self, occupation: int) -> np.ndarray:
        return self._same[self._structure.neighbours[occupation]]

    def _description(self, occupation: int, education: str, experience: str) -> str:
        """Duties of the occupation, nothing, or another occupation's text swapped in."""
        generator = self._generator
        chance = generator.random()
        if chance < _WITHOUT_DESCRIPTION_SHARE:
            return ""
        if chance < _WITHOUT_DESCRIPTION_SHARE + SWAPPED_DESCRIPTION_SHARE:
            occupation = int(generator.integers(len(self._structure.codes)))
        code = self._structure.codes[occupation]
        duties = self._wordings.duties.get(code) or self._wordings.titles[code]
        return write_description(generator, duties, education, experience)

    def _days_open(self, occupation: int) -> int:
        """Days until the vacancy closes: longer where few are filled."""
        filled = max(1 - float(self._plan.unfilled[occupation]), 0.05)
        return min(1 + int(self._generator.exponential(25 / filled)), _LONGEST_LATENESS_DAYS)

    def _row(self, vacancy: dict[str, str], day: int, *, late: bool) -> tuple[str | None, ...]:
        generator = self._generator
        posted = self._first_day + timedelta(days=day)
        has_closing = not late and generator.random() < _WITH_CLOSING_DAY_SHARE
        closed = posted + timedelta(days=int(vacancy["days_open"]))
        return (
            self._board(vacancy["major"]),
            write_title(generator, vacancy["title"]),
            vacancy["description"],
            vacancy["employer"],
            vacancy["industry"],
            vacancy["place"],
            vacancy["wage"],
            vacancy["headcount"],
            vacancy["education"],
            vacancy["experience"],
            _printed(generator, posted),
            closed.isoformat() if has_closing else "",
            vacancy["category"],
        )

    def _reposts(
        self, vacancies: list[dict[str, str]], occupations: np.ndarray, days: np.ndarray, count: int
    ) -> list[tuple[str | None, ...]]:
        """The same vacancies again some days later, more often where few are filled."""
        if count <= 0:
            return []
        weights = 0.2 + self._plan.unfilled[occupations]
        chosen = self._generator.choice(len(vacancies), size=count, p=weights / weights.sum())
        gaps = self._generator.integers(*_REPOST_DAYS, size=count)
        return [
            self._row(vacancies[at], min(int(days[at]) + int(gap), self._days - 1), late=True)
            for at, gap in zip(chosen, gaps, strict=True)
        ]


def pick_number(generator: np.random.Generator, numbers: np.ndarray) -> int:
    """Draw one of the numbers, all alike."""
    return int(numbers[int(generator.integers(len(numbers)))])


def _printed(generator: np.random.Generator, day: date) -> str:
    return day.strftime(pick(generator, _DAY_FORMS))
