"""The requirements account of an issue: by medium group, year by year, beside the market account.

The stock is the census of 2020 brought to the latest known total of employed persons; nothing
finer than medium groups is published, so nothing finer is reckoned.  Its persons a year are never
added to openings.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.contract import REASON, Split
from data.errors import ConfigurationError
from data.quarters import parse_quarter
from data.reference import (
    census_employment_2022,
    load_employed_persons,
    load_occupations,
    read_replacement_rates,
    reference_table,
)
from data.requirements import EMPLOYMENT, REQUIREMENTS
from forecasting.requirements import RequirementsParameters, occupation_requirements

SAMPLED_SHARE = 0.1
CENSUS_YEAR = 2020
LEFT_OUT = ["occupation_code", "name", "employed_persons", REASON]
NO_SUM = (
    "年度用工需求与需求人数（招聘人数）是两个口径：离岗人员的岗位可能已在招聘，"
    "同一岗位会在两处出现，两者不得相加；年度用工需求也不用于评定紧缺等级。"
)
REASON_NAMES = {
    "occupations were moved between this group and another in the edition of 2022": (
        "2022年版大典调整了本类与其他类别的职业归属，2020年人口普查数据不能沿用"
    ),
    "group of the edition of 2022 only: no figure of 2020": (
        "2022年版大典新设类别，2020年人口普查没有数据"
    ),
    "no replacement rates of it or of a group above it": "本类及其上级类别均无退出率和转职率",
    "no growth of it or of a group above it": "本类及其上级类别均无就业增长资料",
}


@dataclass(frozen=True, slots=True)
class StockParameters:
    """How to bring the census to the present.

    Parameters
    ----------
    region : str
        Region of the census and of the total.
    structure_relative_standard_error : float
        How far a group's share of employment may have moved since the census, in relation to
        it. An assumption.

    Raises
    ------
    ConfigurationError
        When the error is negative.
    """

    region: str = "重庆"
    structure_relative_standard_error: float = 0.10

    def __post_init__(self) -> None:
        """Refuse a negative error."""
        if self.structure_relative_standard_error < 0:
            raise ConfigurationError(
                "error of the structure of employment",
                got=self.structure_relative_standard_error,
                expected=">= 0",
            )


@dataclass(frozen=True)
class RequirementsAccount:
    """Requirements of an issue.

    Parameters
    ----------
    requirements : pandas.DataFrame
        Contract `data.requirements.REQUIREMENTS`, with ``occupation_name``.
    left_out : pandas.DataFrame
        Groups that have no requirement, with ``reason``.
    statements : tuple of str
        What the account rests on, in Chinese.
    """

    requirements: pd.DataFrame
    left_out: pd.DataFrame
    statements: tuple[str, ...]


def account_of_release(
    quarter: str, area: str, rates: pd.DataFrame | None = None
) -> RequirementsAccount:
    """The account that a release shows: of one year, or empty with a statement why.

    Parameters
    ----------
    quarter : str
        Quarter of the issue.
    area : str
        Area of the catalog; an area without known employment has no account.
    rates : pandas.DataFrame, optional
        As for `requirements_account`.

    Examples
    --------
    >>> account_of_release("2026Q4", "成都市").statements
    ('没有成都市2026年以前的就业人员总数，不测算年度用工需求。',)
    """
    region = area.removesuffix("市")
    if base_year_of(quarter, region) is not None:
        stock = StockParameters(region=region)
        return requirements_account(quarter, rates=rates, stock_parameters=stock)
    year = parse_quarter(quarter).year
    said = f"没有{area}{year}年以前的就业人员总数，不测算年度用工需求。"
    return RequirementsAccount(REQUIREMENTS.empty(), pd.DataFrame(columns=LEFT_OUT), (said,))


def describe_account(account: RequirementsAccount) -> dict[str, Any]:
    """What `quality.json` says of the account: its notes, and the groups left out, in Chinese."""
    rows = account.left_out.sort_values("occupation_code").to_dict("records")
    left_out = [
        {
            "code": row["occupation_code"],
            "name": row["name"],
            "employed_persons": _persons(row["employed_persons"]),
            "reason": REASON_NAMES[row[REASON]],
        }
        for row in rows
    ]
    return {"notes": list(account.statements), "left_out": left_out}


def _persons(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 1)


def base_year_of(quarter: str, region: str) -> int | None:
    """Latest year before an issue's of which the total is known; none where there is none.

    Examples
    --------
    >>> [base_year_of(quarter, "重庆") for quarter in ("2026Q4", "2024Q4", "2021Q1")]
    [2024, 2022, None]
    """
    totals = reference_table("employed_persons").frame()
    years = totals.loc[totals["region"] == region, "year"].astype(int)
    earlier = years[years < parse_quarter(quarter).year]
    return None if earlier.empty else int(earlier.max())


def employment_stock(
    base_year: int | None = None, parameters: StockParameters | None = None
) -> tuple[int, Split[pd.DataFrame]]:
    """Employed persons by medium group at the end of the base year.

    Parameters
    ----------
    base_year : int, optional
        A year whose total is known; the latest by default.
    parameters : StockParameters, optional

    Returns
    -------
    tuple of int and Split
        The base year; ``valid``: contract `data.requirements.EMPLOYMENT`, ``rejected``: census
        groups without a counterpart in the edition of 2022, with a reason.  The persons of
        both parts add up to the total of the year.

    Raises
    ------
    ConfigurationError
        When the total of that year is not known.

    Examples
    --------
    >>> year, stock = employment_stock()
    >>> year, round(sum(part["employed_persons"].sum() for part in stock))
    (2024, 16511500)
    """
    parameters = parameters or StockParameters()
    totals = load_employed_persons(parameters.region)
    year = int(totals.index.max()) if base_year is None else base_year
    if year not in totals.index:
        raise ConfigurationError(
            "base year of employment", got=year, expected=f"one of {totals.index.tolist()}"
        )
    valid, rejected = census_employment_2022(parameters.region)
    counted = "employed_long_form_10pct"
    factor = totals[year] / (valid[counted].sum() + rejected[counted].sum())
    sampling = (1 - SAMPLED_SHARE) / valid[counted].clip(lower=1)
    relative = np.sqrt(sampling + parameters.structure_relative_standard_error**2)
    persons = valid[counted] * factor
    stock = valid.assign(
        employed_persons=persons, employed_persons_standard_error=persons * relative
    )
    rejected = rejected.assign(employed_persons=rejected[counted] * factor)
    return year, Split(EMPLOYMENT.check(stock), rejected)


def requirements_account(
    quarter: str,
    years: int = 1,
    rates: pd.DataFrame | None = None,
    growth: pd.DataFrame | None = None,
    parameters: RequirementsParameters | None = None,
    stock_parameters: StockParameters | None = None,
) -> RequirementsAccount:
    """Persons required in the years after an issue's, by medium group.

    Parameters
    ----------
    quarter : str
        Quarter of the issue; the account begins with the next calendar year.
    years : int
        Calendar years.
    rates : pandas.DataFrame, optional
        ``valid`` of `data.reference.read_replacement_rates` for the bureau's own table; the
        foreign rates kept with the program by default.
    growth : pandas.DataFrame, optional
        Contract `data.requirements.EMPLOYMENT_GROWTH`; constant employment without it.
    parameters : RequirementsParameters, optional
    stock_parameters : StockParameters, optional

    Raises
    ------
    ConfigurationError
        When no total of employed persons is known of a year before the issue's.

    Examples
    --------
    >>> account = requirements_account("2026Q4")
    >>> account.requirements["year"].unique().tolist(), "2024年末" in account.statements[1]
    ([2027], True)
    """
    stock_parameters = stock_parameters or StockParameters()
    known = base_year_of(quarter, stock_parameters.region)
    if known is None:
        raise ConfigurationError(
            "no employment before the year of the issue",
            got=f"{stock_parameters.region}, {quarter}",
            action="name a later quarter",
        )
    base_year, stock = employment_stock(known, stock_parameters)
    first = parse_quarter(quarter).year + 1
    given = read_replacement_rates().valid if rates is None else rates
    result = occupation_requirements(
        stock.valid, given, base_year, range(first, first + years), growth, parameters
    )
    names = load_occupations().name
    table = result.requirements
    table.insert(2, "occupation_name", table["occupation_code"].map(names))
    left_out = pd.concat(
        [
            stock.rejected.rename(columns={"medium_code_2015": "occupation_code"}),
            result.unmatched.assign(name=result.unmatched["occupation_code"].map(names)),
        ],
        ignore_index=True,
    )
    statements = _statements(base_year, rates, is_constant=growth is None)
    return RequirementsAccount(table, left_out[LEFT_OUT], statements)


def _statements(
    base_year: int, rates: pd.DataFrame | None, *, is_constant: bool
) -> tuple[str, ...]:
    said = [
        NO_SUM,
        "年度用工需求为一年内就业增长、退出劳动力和转到其他职业的人数之和，从业人员存量按"
        f"{CENSUS_YEAR}年人口普查职业中类构成和{base_year}年末全市就业人员总数推算。",
    ]
    if rates is None:
        said.append(
            "年度用工需求所用退出率和转职率暂以美国劳工统计局2024—2034年资料代替，"
            "待本市调查资料替换。"
        )
    elif rates.empty:
        said.append("所提供的退出率和转职率资料没有一行可用，不测算年度用工需求。")
    else:
        sources = "、".join(rates["source"].unique())
        said.append(f"年度用工需求所用退出率和转职率采用所提供的资料（来源：{sources}）。")
    if is_constant:
        said.append("未提供分职业就业增长资料，年度用工需求按就业规模不变测算。")
    return tuple(said)
