"""From coded postings and statistics to a draft: indicators, score, rank, grade, grounds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from data.quarters import parse_quarter
from data.reference import load_occupations, training_eligibility
from nlp.corpus import Corpus

from .configuration import Configuration, GradesSection, ScoreSection, collection_day
from .demand import calibrate_openings
from .draft import Draft
from .explain import cautions, explain
from .formats.surveys import describe_evidence
from .formats.wording import issue_label
from .grade import GradeParameters, grade_occupations
from .indicators import Market, form_indicators
from .inputs import Inputs, previous_grades
from .outlook import Outlook, describe_allocation, form_outlook, next_year
from .quality import quality_report, rejected_rows
from .register import form_register
from .requirements import RequirementsAccount, account_of_release, describe_account
from .score import ScoreParameters, score_occupations
from .supply import certificates_of_year, courses_by_occupation
from .tables import INDICATORS, LISTED_GRADES, RANKING

FROM_OPENINGS = [
    "openings", "openings_lower", "openings_upper", "ads", "employers", "largest_employer_share",
    "imputed_share", "certainty_share", "wage_yuan_month_median",
]  # fmt: skip
NOUGHT_WITHOUT_OPENINGS = FROM_OPENINGS[:-1]


@dataclass(frozen=True)
class Ranking:
    """The ranked occupations of one issue, with their indicators and the outlook behind them."""

    table: pd.DataFrame
    indicators: pd.DataFrame
    outlook: Outlook
    statements: tuple[str, ...]


def build_draft(
    corpus: Corpus,
    inputs: Inputs,
    configuration: Configuration,
    quarter: str,
    previous: pd.Series | None = None,
    coded_courses: pd.DataFrame | None = None,
    on_series: Callable[[str], None] | None = None,
) -> Draft:
    """Build the draft of one issue.

    Parameters
    ----------
    corpus : Corpus
        Coded postings.
    inputs : Inputs
    configuration : Configuration
    quarter : str
        Quarter of the issue.
    previous : pandas.Series, index 细类 code, optional
        Grades of the issue before; by default those of the previous list in the inputs.
    coded_courses : pandas.DataFrame, optional
        Advertised courses with ``occupation_code``; none by default.
    on_series : callable, optional
        Called with the name of each series when it is forecast.

    Returns
    -------
    Draft
    """
    ranking = rank_occupations(
        corpus.openings, corpus.panel, inputs, configuration, quarter, previous, coded_courses,
        on_series,
    )  # fmt: skip
    account = _requirements(inputs, configuration, quarter, ranking.outlook.staffing_shares)
    quality = quality_report(corpus, inputs, configuration.gates, quarter)
    return Draft(
        quarter=quarter,
        title=configuration.release.title,
        issuer=configuration.release.issuer,
        area=configuration.area.name,
        ranking=ranking.table,
        indicators=ranking.indicators,
        openings=corpus.openings,
        panel=corpus.panel,
        staffing_shares=ranking.outlook.staffing_shares,
        industry_history=ranking.outlook.history,
        industry_forecast=ranking.outlook.industry_forecast,
        occupation_forecast=ranking.outlook.occupation_forecast,
        coherent_forecast=ranking.outlook.coherent_forecast,
        forecast_models=ranking.outlook.forecast_models,
        rejected=rejected_rows(corpus, inputs),
        quality=quality
        | {
            "requirements": describe_account(account),
            "evidence": describe_evidence(inputs.evidence, quarter),
        },
        statements=(
            *describe_running_quarter(
                collection_day(configuration), quarter,
                has_register=not ranking.outlook.registered_demand.empty,
            ),
            *ranking.statements,
            *account.statements,
        ),
        synthetic=configuration.release.synthetic,
        configuration=configuration.model_dump(mode="json"),
        requirements=account.requirements if len(account.requirements) else None,
    )  # fmt: skip


def rank_occupations(
    openings: pd.DataFrame,
    panel: pd.DataFrame,
    inputs: Inputs,
    configuration: Configuration,
    quarter: str,
    previous: pd.Series | None = None,
    coded_courses: pd.DataFrame | None = None,
    on_series: Callable[[str], None] | None = None,
) -> Ranking:
    """Rank and grade every occupation with openings or with an earlier grade.

    Parameters
    ----------
    openings, panel : pandas.DataFrame
        Contracts `data.tables.OPENINGS` and `data.tables.PANEL`.
    inputs, configuration, quarter, previous, coded_courses, on_series
        As for `build_draft`.
    """
    if previous is None:
        previous = previous_grades(inputs.previous, quarter)
    if coded_courses is None:
        coded_courses = inputs.courses.iloc[:0]
    register, corrected = form_register(inputs.demand, inputs.corrections, quarter)
    outlook = form_outlook(
        register, panel, quarter, configuration.forecast, inputs.corrections, on_series
    )
    seekers, no_ratio = _seekers(inputs, quarter, outlook.registered_demand)
    counted = openings[openings["quarter"] == quarter].set_index("occupation_code")
    current = calibrate_openings(counted, outlook.registered_demand)
    eligibility = _eligibility(inputs.local_items)
    market = Market(
        quarter=quarter,
        openings=current,
        panel=panel,
        registered_demand=outlook.registered_demand,
        seekers=seekers,
        no_ratio_reason=no_ratio,
        occupation_forecast=outlook.occupation_forecast,
        certificates_year=certificates_of_year(inputs.supply, quarter),
        eligible=frozenset(eligibility.index[eligibility["eligible"]]),
    )
    scores, indicators = score_occupations(
        form_indicators(market), current["largest_employer_share"], _score(configuration.score)
    )
    table = _frame(current, previous).join(scores).join(_ratio(indicators))
    table = table.join(_next_year(outlook, current)).join(_training(market, inputs, coded_courses))
    graded = table.join(grade_occupations(table, _grades(configuration.grades)))
    table = _described(graded, indicators, eligibility, quarter)
    statements = [*_plain_statements(outlook.registered_demand, no_ratio, inputs, quarter)]
    statements += describe_allocation(outlook, current["openings"], quarter)
    statements += outlook.statements
    return Ranking(table, INDICATORS.check(indicators), outlook, (*statements, *corrected))


def _frame(current: pd.DataFrame, previous: pd.Series) -> pd.DataFrame:
    """Occupations with openings, and those that an earlier list holds."""
    codes = current.index.union(previous[previous.isin(LISTED_GRADES)].index)
    frame = current[FROM_OPENINGS].reindex(codes)
    without_openings = codes.difference(current.index)
    frame.loc[without_openings, NOUGHT_WITHOUT_OPENINGS] = 0.0
    frame["previous_grade"] = previous.reindex(codes)
    return frame.rename_axis("occupation_code")


def _seekers(inputs: Inputs, quarter: str, demand: pd.Series) -> tuple[pd.Series, str]:
    """Seekers of the demand's source, and why there are none to set it against."""
    nobody = pd.Series(dtype=float)
    if demand.empty:
        return nobody, "无同一来源的登记需求，不计算求人倍率"
    rows = inputs.seekers[inputs.seekers["quarter"] == quarter]
    if rows.empty:
        return nobody, "无本季度求职人数"
    sources = set(inputs.demand.loc[inputs.demand["quarter"] == quarter, "source"].fillna(""))
    rows = rows[rows["source"].fillna("").isin(sources)]
    if rows.empty:
        return nobody, "求职人数与需求人数来源不同，不计算求人倍率"
    whole = rows[rows["district_code"].isna()]
    counted = whole if len(whole) else rows
    return counted.groupby("occupation_code", dropna=False)["seekers"].sum(), ""


def _eligibility(local_items: pd.DataFrame) -> pd.DataFrame:
    judged = training_eligibility(local_items if len(local_items) else None)
    return judged.set_index("occupation_code")


def _score(section: ScoreSection) -> ScoreParameters:
    return ScoreParameters(**section.model_dump())


def _grades(section: GradesSection) -> GradeParameters:
    return GradeParameters(**section.model_dump())


def _ratio(indicators: pd.DataFrame) -> pd.DataFrame:
    rows = indicators[indicators["indicator"] == "vacancy_ratio"].set_index("occupation_code")
    return pd.DataFrame(
        {"vacancy_ratio": rows["value"], "vacancy_ratio_basis_code": rows["basis_code"]}
    )


def _next_year(outlook: Outlook, current: pd.DataFrame) -> pd.DataFrame:
    year = next_year(outlook, current)
    return year.rename(
        columns={
            "openings_mean": "openings_forecast_next_year",
            "openings_lower": "openings_forecast_next_year_lower",
            "openings_upper": "openings_forecast_next_year_upper",
        }
    ).astype(float)


def _training(market: Market, inputs: Inputs, coded_courses: pd.DataFrame) -> pd.DataFrame:
    courses = courses_by_occupation(inputs.supply, coded_courses)
    return pd.DataFrame(
        {
            "training_courses": courses.astype(float),
            "training_certificates_year": market.certificates_year.astype(float),
        }
    )


def _described(
    graded: pd.DataFrame, indicators: pd.DataFrame, eligibility: pd.DataFrame, quarter: str
) -> pd.DataFrame:
    """Add names, eligibility and words; put in the contract's form."""
    occupations = load_occupations()
    table = graded.assign(
        quarter=quarter,
        occupation_name=[occupations.label(code) for code in graded.index],
        major_group_name=[occupations.name(code[0]) for code in graded.index],
        eligible=eligibility["eligible"].reindex(graded.index),
        eligibility_basis=eligibility["basis"].reindex(graded.index),
        explanation=_explanations(graded, indicators),
        flags=pd.Series([cautions(row) for _, row in graded.iterrows()], graded.index, dtype="str"),
    ).reset_index()
    order = table.sort_values(
        ["rank", "openings", "occupation_code"], ascending=[True, False, True]
    )
    return RANKING.check(order.reset_index(drop=True))


def _explanations(graded: pd.DataFrame, indicators: pd.DataFrame) -> list[str]:
    by_name = indicators.set_index("indicator")
    of_each = {str(code): rows for code, rows in by_name.groupby("occupation_code")}
    reasons = graded["insufficient"].astype(object).where(graded["insufficient"].notna(), None)
    rows = zip(graded.index.tolist(), graded.iterrows(), reasons.tolist(), strict=True)
    return [explain(row, of_each.get(code, by_name[:0]), why) for code, (_, row), why in rows]


def _plain_statements(
    registered: pd.Series, no_ratio: str, inputs: Inputs, quarter: str
) -> list[str]:
    """What the inputs allow and what they do not, in plain words."""
    statements = [_level_statement(has_register=not registered.empty)]
    if no_ratio:
        statements.append(f"{no_ratio}：本期全部职业的求人倍率为X。")
    if len(inputs.courses):
        statements.append(
            f"培训供给只有{len(inputs.courses)}条课程广告，没有培训和取证人数："
            "课程数仅供参考，不计算培训缺口。"
        )
    elif inputs.supply.empty:
        statements.append("未提供培训供给资料，不计算培训缺口。")
    elsewhere = inputs.evidence[inputs.evidence["quarter"] >= quarter]
    if len(elsewhere):
        statements.append(
            f"另有企业调查、重点项目等证据{len(elsewhere)}条，"
            f"涉及{elsewhere['openings'].sum():,.0f}人，仅供会商参考，未计入得分。"
        )
    return statements


def _requirements(
    inputs: Inputs, configuration: Configuration, quarter: str, shares: pd.DataFrame
) -> RequirementsAccount:
    """The account beside the openings; rates or growth that were handed in always count."""
    rates = inputs.replacement_rates if "replacement_rates" in inputs.accounts else None
    growth = inputs.employment_growth if "employment_growth" in inputs.accounts else None
    items = inputs.local_items if len(inputs.local_items) else None
    return account_of_release(quarter, configuration.area.name, rates, growth, shares, items)


def describe_running_quarter(
    collected: date | None, quarter: str, *, has_register: bool
) -> list[str]:
    """Say of a quarter still running when its postings were collected what is partial.

    Parameters
    ----------
    collected : datetime.date or None
        Day of collection of the postings; nothing is said where it is not known.
    quarter : str
        Quarter of the issue.
    has_register : bool
        Whether the level of the openings is that of the register.
    """
    if collected is None or collected >= parse_quarter(quarter).end_time.date():
        return []
    day = f"{collected.year}年{collected.month}月{collected.day}日"
    partial = f"招聘信息截至{day}，{issue_label(quarter)}尚未结束，未推算至季末："
    if not has_register:
        return [f"{partial}需求人数为截至当日数，不是全季数。"]
    return [
        f"{partial}只有取自招聘信息的数字（广告、用人单位、工资、空缺时长和职业构成）截至当日；"
        "登记需求等统计数据为全季数，需求人数按全季登记数分摊。"
    ]


def _level_statement(*, has_register: bool) -> str:
    if has_register:
        return "需求人数以分行业登记需求总量为准，按招聘信息反映的各行业职业构成分摊。"
    return "需求人数只是所读招聘信息中的招聘人数，不代表本地区全部需求。"
