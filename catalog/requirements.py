"""The requirements account of an issue: by medium group, year by year, beside the market account.

The stock is that of `catalog.employment_stock`; nothing finer than medium groups is published, so
nothing finer is reckoned.  Its persons a year are never added to openings.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.contract import REASON, Split
from data.errors import ConfigurationError
from data.quarters import parse_quarter
from data.reference import load_occupations, read_replacement_rates, training_eligibility
from data.requirements import REQUIREMENTS
from data.tables import STAFFING_SHARES
from forecasting.employment_growth import stated_growth
from forecasting.requirements import (
    RequirementsParameters,
    nearest_group,
    occupation_requirements,
)

from .employment_stock import CENSUS_YEAR, StockParameters, base_year_of, employment_stock

LEFT_OUT = ["occupation_code", "name", "employed_persons", REASON]
FARMING = "5"
NOT_RECKONED = {
    "1": "heads of organs and organisations are appointed, not trained for",
    FARMING: "employment in farming is not constant: its growth is needed",
    "8": "no defined work to train for",
}
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
    NOT_RECKONED["1"]: "负责人按规定选拔任用或者由单位自行聘任，不以职业技能培训补充",
    NOT_RECKONED[FARMING]: "农业就业人数逐年变动较大，没有就业增长资料的，不按就业规模不变测算",
    NOT_RECKONED["8"]: "没有确定的职业内容，不能据以安排培训",
}


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
    remarks : tuple of str
        How its figures are to be read, in Chinese.
    """

    requirements: pd.DataFrame
    left_out: pd.DataFrame
    statements: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def account_of_release(
    quarter: str,
    area: str,
    rates: pd.DataFrame | None = None,
    growth: pd.DataFrame | None = None,
    shares: pd.DataFrame | None = None,
    local_items: pd.DataFrame | None = None,
) -> RequirementsAccount:
    """The account that a release shows: of one year, or empty with a statement why.

    Parameters
    ----------
    quarter : str
        Quarter of the issue.
    area : str
        Area of the catalog; an area without known employment has no account.
    rates, local_items : pandas.DataFrame, optional
        As for `requirements_account`.
    growth : pandas.DataFrame, optional
        Contract `data.requirements.STATED_GROWTH`; employment is constant without it.
    shares : pandas.DataFrame, optional
        Contract `data.tables.STAFFING_SHARES`, for growth stated by industry.

    Examples
    --------
    >>> account_of_release("2026Q4", "成都市").statements
    ('没有成都市2026年以前的就业人员总数，不测算年度用工需求。',)
    """
    region = area.removesuffix("市")
    if base_year_of(quarter, region) is None:
        year = parse_quarter(quarter).year
        said = f"没有{area}{year}年以前的就业人员总数，不测算年度用工需求。"
        return RequirementsAccount(REQUIREMENTS.empty(), pd.DataFrame(columns=LEFT_OUT), (said,))
    stock, parameters = StockParameters(region=region), RequirementsParameters()
    if growth is None:
        return requirements_account(
            quarter, rates=rates, stock_parameters=stock, local_items=local_items
        )
    shares = STAFFING_SHARES.empty() if shares is None else shares
    by_group = stated_growth(growth, shares, parameters.growth_percent_standard_error)
    account = requirements_account(
        quarter, 1, rates, by_group.valid, parameters, stock, local_items
    )
    told = _industry_remarks(growth, by_group.rejected)
    return RequirementsAccount(
        account.requirements, account.left_out, account.statements, (*account.remarks, *told)
    )


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
    return {"notes": [*account.statements, *account.remarks], "left_out": left_out}


def _persons(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 1)


def requirements_account(
    quarter: str,
    years: int = 1,
    rates: pd.DataFrame | None = None,
    growth: pd.DataFrame | None = None,
    parameters: RequirementsParameters | None = None,
    stock_parameters: StockParameters | None = None,
    local_items: pd.DataFrame | None = None,
) -> RequirementsAccount:
    """Persons required in the years after an issue's, by medium group.

    Heads of organs and organisations and the undefined occupations are left out, and farming
    without figures on growth: its employment is known to change.

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
        Contract `data.requirements.EMPLOYMENT_GROWTH`; employment of a group without it is
        constant.
    parameters : RequirementsParameters, optional
    stock_parameters : StockParameters, optional
    local_items : pandas.DataFrame, optional
        As for `data.reference.training_eligibility`.

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
    parameters = parameters or RequirementsParameters()
    stock_parameters = stock_parameters or StockParameters()
    known = base_year_of(quarter, stock_parameters.region)
    if known is None:
        raise ConfigurationError(
            "no employment before the year of the issue",
            got=f"{stock_parameters.region}, {quarter}",
            action="name a later quarter",
        )
    base_year, stock = employment_stock(known, stock_parameters)
    reckoned, not_reckoned = _reckoned(stock.valid, growth)
    first = parse_quarter(quarter).year + 1
    given = read_replacement_rates().valid if rates is None else rates
    result = occupation_requirements(
        reckoned, given, base_year, range(first, first + years), growth, parameters
    )
    names = load_occupations().name
    table = _with_training(result.requirements, local_items)
    table.insert(2, "occupation_name", table["occupation_code"].map(names))
    without = pd.concat([not_reckoned, result.unmatched])
    left_out = pd.concat(
        [
            stock.rejected.rename(columns={"medium_code_2015": "occupation_code"}),
            without.assign(name=without["occupation_code"].map(names)),
        ],
        ignore_index=True,
    )
    return RequirementsAccount(
        table,
        left_out[LEFT_OUT],
        _statements(base_year, rates, growth, table),
        _remarks(table, parameters, stock_parameters),
    )


def _reckoned(stock: pd.DataFrame, growth: pd.DataFrame | None) -> Split[pd.DataFrame]:
    """Part the groups that the account is about from those that it cannot speak of."""
    codes = stock["occupation_code"]
    reason = codes.str[0].map(NOT_RECKONED)
    if growth is not None:
        grows = nearest_group(codes, growth["occupation_code"]).notna()
        reason = reason.mask(grows & (codes.str[0] == FARMING))
    return Split(stock[reason.isna()], stock.assign(**{REASON: reason})[reason.notna()])


def _with_training(requirements: pd.DataFrame, local_items: pd.DataFrame | None) -> pd.DataFrame:
    """Count the occupations of each group, and those that subsidised training can serve."""
    units = training_eligibility(local_items)
    eligible = units["eligible"].groupby(units["occupation_code"].str[:4])
    codes = requirements["occupation_code"]
    return requirements.assign(
        occupations=codes.map(eligible.size()),
        occupations_open_to_training=codes.map(eligible.sum()),
    )


def _statements(
    base_year: int,
    rates: pd.DataFrame | None,
    growth: pd.DataFrame | None,
    table: pd.DataFrame,
) -> tuple[str, ...]:
    stock = (
        "年度用工需求为一年内就业增长、退出劳动力和转到其他职业的人数之和，从业人员存量按"
        f"{CENSUS_YEAR}年人口普查职业中类构成和{base_year}年末全市就业人员总数推算。"
    )
    return (NO_SUM, stock, _of_rates(rates), _of_growth(growth, table))


def _of_rates(rates: pd.DataFrame | None) -> str:
    if rates is None:
        return (
            "年度用工需求所用退出率和转职率暂以美国劳工统计局2024—2034年资料代替，"
            "待本市调查资料替换。"
        )
    if rates.empty:
        return "所提供的退出率和转职率资料没有一行可用，不测算年度用工需求。"
    sources = "、".join(rates["source"].unique())
    return f"年度用工需求所用退出率和转职率采用所提供的资料（来源：{sources}）。"


def _of_growth(growth: pd.DataFrame | None, table: pd.DataFrame) -> str:
    if growth is None:
        return "未提供分职业就业增长资料，年度用工需求按就业规模不变测算。"
    constant = table.loc[table["growth_code"].isna(), "occupation_code"].nunique()
    if growth.empty or 0 < constant == table["occupation_code"].nunique():
        return "所提供的就业增长资料没有一行可用，年度用工需求按就业规模不变测算。"
    sources = "、".join(growth["source"].dropna().unique()) if "source" in growth else ""
    said = "年度用工需求所用就业增长率采用所提供的资料" + (
        f"（来源：{sources}）" if sources else ""
    )
    return said + (f"；其余{constant}个中类按就业规模不变测算。" if constant else "。")


def _remarks(
    table: pd.DataFrame, parameters: RequirementsParameters, stock: StockParameters
) -> tuple[str, ...]:
    """How to read the figures: what is gross, what the interval rests on, whose rates these are."""
    if table.empty:
        return ()
    part = "" if parameters.transfers_counted == 1 else f"的{parameters.transfers_counted:.0%}"
    constant = "" if table["growth_code"].isna().all() else "没有就业增长资料或者未提供标准误的，"
    above = table.loc[table["rates_code"] != table["occupation_code"], "occupation_code"].nunique()
    said = [
        f"转到其他职业的人数按转出总数{part}计，未扣除由其他职业转入的人数。",
        f"{parameters.level}%区间按假定的误差测算，不是实测误差：退出率和转职率的相对标准误"
        f"{parameters.rate_relative_standard_error:.0%}；{constant}就业增长率的标准误每年"
        f"{parameters.growth_percent_standard_error:g}个百分点；从业人员职业构成的相对标准误"
        f"{stock.structure_relative_standard_error:.0%}。",
    ]
    if above:
        said.append(f"{above}个中类没有本类的退出率和转职率，采用上级类别的比率。")
    if (table["persons_per_year_required"] == 0).any():
        said.append("就业减少超过人员退出的中类，用工需求记为0。")
    return tuple(said)


def _industry_remarks(stated: pd.DataFrame, unused: pd.DataFrame) -> list[str]:
    """What became of growth that was stated by industry."""
    said = []
    if stated["industry_code"].notna().sum() > len(unused):
        said.append(
            "按行业提供的就业增长率，按本期行业职业构成折算到职业中类，未提供的行业不参与折算。"
        )
    if len(unused):
        codes = "、".join(unused["industry_code"])
        said.append(f"行业门类{codes}没有职业构成数据，所提供的就业增长率未采用。")
    return said
