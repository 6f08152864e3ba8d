"""Write the sample: a folder of input files for a first run, all of it invented."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from ..errors import ConfigurationError
from ..quarters import parse_quarter
from .occupations import sample_occupations
from .postings import HEADERS, posting_rows
from .registers import DEMAND_HEADERS, SEEKERS_HEADERS, demand_rows, seekers_rows
from .training import (
    CORRECTIONS_HEADERS,
    EVIDENCE_HEADERS,
    PREVIOUS_HEADERS,
    SUPPLY_HEADERS,
    corrections_rows,
    evidence_rows,
    previous_rows,
    supply_rows,
)

FEWEST_POSTINGS = 100
README = """合成示例数据

本文件夹中的全部数据均由程序随机生成，仅用于演示和测试，不反映任何真实单位、
个人或重庆市劳动力市场的实际情况，不得用于决策或发布。

postings.csv     招聘信息（两个季度，含重复发布和少量有意写错的记录）
demand.csv       分行业门类招聘人数（24个季度）
seekers.csv      分职业求职人数（4个季度，部分只到中类或大类，部分未填职业）
supply.csv       培训班次（已完成、在训、计划）
previous.csv     上一期目录
evidence.csv     企业调查等其他证据
corrections.csv  数据订正记录

季度：{quarter}；随机种子：{seed}；招聘信息：{postings}条。
"""


def write_sample(
    folder: Path | str, *, seed: int = 1, quarter: str = "2026Q4", postings: int = 6000
) -> list[Path]:
    """Write the built-in sample and return its files, sorted by name.

    Everything in it is invented after the pattern of Chongqing's labour market; `SHORT` names
    the occupations that were made short.  Equal arguments give equal bytes.

    Parameters
    ----------
    folder : path
        Made when it is not there; files of the same names are overwritten.
    seed : int
        Seed of all random numbers.
    quarter : str
        Run quarter: postings are of it and the quarter before, demand of 24 quarters up to it.
    postings : int
        Rows of the postings file, at least 100.

    Raises
    ------
    ConfigurationError
        When fewer than 100 postings are asked for.
    InputError
        When the quarter is none.
    """
    parse_quarter(quarter)
    if postings < FEWEST_POSTINGS:
        raise ConfigurationError(
            "the sample is too small", got=postings, expected=f"at least {FEWEST_POSTINGS} postings"
        )
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    occupations = sample_occupations()
    # One stream of random numbers a table: a longer one leaves the others as they are.
    streams = iter(np.random.default_rng(seed).spawn(5))
    texts = posting_rows(next(streams), occupations, quarter=quarter, count=postings)
    demand = demand_rows(next(streams), occupations, quarter=quarter)
    seekers = seekers_rows(next(streams), occupations, quarter=quarter)
    supply = supply_rows(next(streams), occupations, quarter=quarter)
    previous = previous_rows(next(streams), occupations, quarter=quarter)
    corrections = corrections_rows(demand, quarter=quarter)
    readme = folder / "README.txt"
    readme.write_text(
        README.format(quarter=quarter, seed=seed, postings=postings), encoding="utf-8", newline="\n"
    )
    files = [
        readme,
        _write(folder / "postings.csv", HEADERS, texts),
        _write(folder / "demand.csv", DEMAND_HEADERS, demand),
        _write(folder / "seekers.csv", SEEKERS_HEADERS, seekers),
        _write(folder / "supply.csv", SUPPLY_HEADERS, supply),
        _write(folder / "previous.csv", PREVIOUS_HEADERS, previous),
        _write(folder / "evidence.csv", EVIDENCE_HEADERS, evidence_rows(quarter=quarter)),
        _write(folder / "corrections.csv", CORRECTIONS_HEADERS, corrections),
    ]
    return sorted(files)


def _write(path: Path, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    # The byte-order mark lets spreadsheets open the file as what it is.
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(headers)
        writer.writerows(rows)
    return path
