"""Postings of the sample: vacancies of two quarters, their reposts, and a few faulty rows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from ..quarters import parse_quarter, shift_quarter
from .occupations import SHORT, Occupation
from .places import district_names, district_shares, write_place
from .wording import (
    draw_agency,
    draw_employer,
    draw_title,
    pick,
    write_description,
    write_headcount,
    write_title,
    write_wage,
)

HEADERS = (
    "编号", "来源", "职位名称", "职位描述", "公司名称", "所属行业", "工作地点", "薪资", "招聘人数",
    "学历要求", "工作经验", "发布日期", "截止日期", "职位类别",
)  # fmt: skip
BOARDS = ("示例人才网", "示例直聘", "示例招聘网")
# This board appears with the run quarter; the table of corrections says so.
JOINED_BOARD = "示例劳务网"
JOINED_BOARD_SHARE = 0.06

_REPOST_SHARE = 0.22
_REPOST_WEIGHT_SHORT = 3.0
_AGENCY_SHARE = 0.12
_WITHOUT_DESCRIPTION = 0.06
_WITH_CLOSING_DAY = 0.7
_RISE_SHORT, _RISE_OTHERS = 1.08, 1.005
_DAYS_OPEN_SHORT, _DAYS_OPEN_OTHERS = (45, 85), (8, 32)
_REPOST_AFTER_DAYS = (4, 50)
_EDUCATION = {
    "2": ("大专", "本科", "本科及以上"), "3": ("大专", "本科", "中专"),
    "4": ("不限", "初中", "高中", "中专", ""), "5": ("不限", "初中", ""),
    "6": ("不限", "初中", "高中", "中技", ""),
}  # fmt: skip
_EXPERIENCE = ("不限", "1-3年", "无经验", "3-5年", "经验不限", "")
_CATEGORY = {"2": "专业技术", "3": "行政/文员", "4": "服务/销售", "5": "农林牧渔", "6": "生产/技工"}
_DAY_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M:%S")
_ROWS_WITHOUT_DATE = 5
_ROWS_WITHOUT_TEXT = 2


@dataclass(frozen=True, slots=True)
class _Vacancy:
    """A vacancy behind one or more postings."""

    occupation: Occupation
    section: str
    employer: str
    industry: str
    place: str
    title: str
    description: str
    wage: str
    headcount: str
    education: str
    experience: str
    posted: date
    days_open: int


def posting_rows(
    generator: np.random.Generator, occupations: list[Occupation], *, quarter: str, count: int
) -> list[tuple[str, ...]]:
    """Draw the rows of the postings file in the order of ``HEADERS``.

    Parameters
    ----------
    generator : numpy.random.Generator
    occupations : list of Occupation
    quarter : str
        Run quarter; half of the vacancies are of the quarter before it.
    count : int
        Postings in all, reposts and faulty rows among them.
    """
    first_day = parse_quarter(shift_quarter(quarter, -1)).start_time.date()
    run_day = parse_quarter(quarter).start_time.date()
    last_day = parse_quarter(quarter).end_time.date()
    span = (first_day, run_day, last_day)
    vacancies = list(_vacancies(generator, occupations, span, count - round(count * _REPOST_SHARE)))
    reposts = _reposts(generator, vacancies, last_day, count - len(vacancies))
    postings = sorted(vacancies + reposts, key=lambda vacancy: vacancy.posted)
    rows = [
        _row(generator, vacancy, number, run_day)
        for number, vacancy in enumerate(postings, start=1)
    ]
    return _with_faults(generator, rows)


def _vacancies(
    generator: np.random.Generator,
    occupations: list[Occupation],
    span: tuple[date, date, date],
    count: int,
) -> Iterator[_Vacancy]:
    # Shares are of openings; an advertisement for many persons is accordingly rarer.
    weights = np.array([occupation.share / occupation.persons for occupation in occupations])
    drawn = generator.choice(len(occupations), size=count, p=weights / weights.sum())
    shares = district_shares()
    names = district_names()
    districts = generator.choice(list(shares), size=count, p=list(shares.values()))
    days = generator.integers((span[2] - span[0]).days + 1, size=count)
    for index, district, day in zip(drawn, districts, days, strict=True):
        posted = span[0] + timedelta(days=int(day))
        yield _vacancy(generator, occupations[index], names[district], posted, span[1])


def _vacancy(
    generator: np.random.Generator, occupation: Occupation, place: str, posted: date, run_day: date
) -> _Vacancy:
    is_short = occupation.code in SHORT
    shares = occupation.section_shares
    section = str(generator.choice(list(shares), p=list(shares.values())))
    if generator.random() < _AGENCY_SHARE:
        employer, industry = draw_agency(generator)
    else:
        employer, industry = draw_employer(generator, section, occupation.code)
    education = pick(generator, _EDUCATION[occupation.code[0]])
    experience = pick(generator, _EXPERIENCE)
    title = draw_title(generator, occupation.titles)
    duties = occupation.duties or occupation.titles
    rise = _RISE_SHORT if is_short else _RISE_OTHERS
    wage = occupation.wage_yuan_month * (rise if posted >= run_day else 1.0)
    return _Vacancy(
        occupation=occupation,
        section=section,
        employer=employer,
        industry=industry,
        place=write_place(generator, place),
        title=title,
        description=(
            ""
            if generator.random() < _WITHOUT_DESCRIPTION
            else write_description(generator, duties, education, experience)
        ),
        wage=write_wage(generator, wage * float(generator.lognormal(0, 0.12))),
        headcount=write_headcount(generator, 1 + int(generator.poisson(occupation.persons - 1))),
        education=education,
        experience=experience,
        posted=posted,
        days_open=int(generator.integers(*(_DAYS_OPEN_SHORT if is_short else _DAYS_OPEN_OTHERS))),
    )


def _reposts(
    generator: np.random.Generator, vacancies: list[_Vacancy], last_day: date, count: int
) -> list[_Vacancy]:
    """Later postings of the same vacancies, more of them where the employer finds nobody."""
    earliest = _REPOST_AFTER_DAYS[0]
    open_longer = [v for v in vacancies if (last_day - v.posted).days > earliest]
    weights = np.array(
        [_REPOST_WEIGHT_SHORT if v.occupation.code in SHORT else 1.0 for v in open_longer]
    )
    chosen = generator.choice(len(open_longer), size=count, p=weights / weights.sum())
    reposts = []
    for index in chosen:
        vacancy = open_longer[index]
        latest = min(_REPOST_AFTER_DAYS[1], (last_day - vacancy.posted).days)
        later = timedelta(days=int(generator.integers(earliest, latest + 1)))
        reposts.append(replace(vacancy, posted=vacancy.posted + later))
    return reposts


def _row(
    generator: np.random.Generator, vacancy: _Vacancy, number: int, run_day: date
) -> tuple[str, ...]:
    joined = vacancy.posted >= run_day and generator.random() < JOINED_BOARD_SHARE
    board = JOINED_BOARD if joined else pick(generator, BOARDS)
    closing = vacancy.posted + timedelta(days=vacancy.days_open)
    has_closing = generator.random() < _WITH_CLOSING_DAY
    return (
        f"S{number:06d}",
        board,
        write_title(generator, vacancy.title),
        vacancy.description,
        vacancy.employer,
        vacancy.industry,
        vacancy.place,
        vacancy.wage,
        vacancy.headcount,
        vacancy.education,
        vacancy.experience,
        vacancy.posted.strftime(pick(generator, _DAY_FORMS)),
        closing.isoformat() if has_closing else "",
        _CATEGORY[vacancy.occupation.code[0]],
    )


def _with_faults(
    generator: np.random.Generator, rows: list[tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """Spoil a handful of rows in the ways that real files are spoilt."""
    faults: list[dict[str, str]] = [{"发布日期": ""}] * _ROWS_WITHOUT_DATE
    faults += [{"职位名称": "", "职位描述": ""}] * _ROWS_WITHOUT_TEXT
    faults += [{"招聘人数": "-5"}, {"工作地点": "500999"}]
    spoilt = list(rows)
    for index, fault in zip(
        generator.choice(len(rows), size=len(faults), replace=False), faults, strict=True
    ):
        cells = dict(zip(HEADERS, rows[index], strict=True)) | fault
        spoilt[index] = tuple(cells[header] for header in HEADERS)
    return spoilt
