"""The explanatory part of a release: key points, quality of the data, how to read it."""

from typing import Any

import pandas as pd

from catalog.draft import Draft
from catalog.grade import LOWERING_WARNING, SUSPENDED, has_lowering_warning
from catalog.tables import (
    CHANGE_NAMES,
    GRADE_NAMES,
    INDICATOR_NAMES,
    INDICATOR_UNITS,
    LISTED_GRADES,
)

from .csv import ANNEX, LISTED
from .edition import Edition
from .method import forecast_method, grade_rules
from .views import CHANGED, Field, Figure, View
from .wording import MISSING, SYNTHETIC_BANNER, number, percent, score_weights

TABLE_NAMES = {
    "postings": "招聘信息",
    "demand": "登记招聘需求",
    "seekers": "登记求职",
    "supply": "培训班次",
    "evidence": "企业调查、重点项目等证据",
    "previous": "现行目录",
    "corrections": "数据订正记录",
    "local_items": "专项职业能力和评价规范",
    "replacement_rates": "退出率和转职率",
    "employment_growth": "就业增长率",
}
REASONS_SHOWN = 5
SHARE_WORD, COUNT_ENDINGS = "比例", ("人）", "家）", "个）", "条）")
POSTED = "招聘信息中的招聘人数"
# Names for readers, who meet the demand of the register on the same page.
COVERAGE_NAMES = {
    "本季度需求人数（人）": f"{POSTED}（人）",
    "需求人数按概率归入细类的比例": f"按概率归入细类的比例（占{POSTED}）",
    "有把握归入细类的需求比例": f"有把握归入细类的比例（占{POSTED}）",
    "招聘人数由推算得出的需求比例": f"人数由推算得出的比例（占{POSTED}）",
}


def key_points(draft: Draft) -> list[str]:
    """Say what a reader must know first, including what is not known."""
    grades = draft.ranking["grade"].value_counts()
    counts = {grade: int(grades.get(grade, 0)) for grade in GRADE_NAMES}
    points = [_listing_sentence(draft, counts), _demand_sentence(draft)]
    if counts["X"]:
        points.append(
            f"{counts['X']}个职业证据不足（X），本期不作紧缺判断。证据不足不等于不紧缺，"
            "也不等于紧缺。"
        )
    points.append(_changes_sentence(draft.ranking))
    warned = int(draft.ranking["exit_warning"].sum())
    if warned:
        points.append(f"{warned}个已列入的职业有退出预警，下期可能退出，请培训机构预作安排。")
    if held := int(has_lowering_warning(draft.ranking).sum()):
        points.append(f"{held}个已列入的职业有{LOWERING_WARNING}，下期等级可能下调。")
    return points


def _changes_sentence(ranking: pd.DataFrame) -> str:
    """Count the changes of the catalog and of its annex apart, and who could not be judged."""
    if ranking["previous_grade"].isna().all():
        return "没有可比的上期目录，本期不作升降比较。"
    suspended = (ranking["change"] == "left") & (ranking["grade"] == "X")
    of_list = [
        f"{place}{_counted_changes(ranking[~suspended & (ranking['eligible'] == eligible)])}"
        for place, eligible in ((LISTED, True), (ANNEX, False))
    ]
    said = f"与上期相比，{'；'.join(of_list)}"
    if suspended.any():
        said += f"；另有{suspended.sum()}个上期列入的职业本期{SUSPENDED}"
    return f"{said}。"


def _counted_changes(ranking: pd.DataFrame) -> str:
    counts = ranking["change"].value_counts()
    return "，".join(f"{CHANGE_NAMES[name]}{counts.get(name, 0)}个" for name in CHANGED)


def _listing_sentence(draft: Draft, counts: dict[str, int]) -> str:
    listed, outside = len(draft.catalog), len(draft.outside_training)
    if not listed + outside:
        return (
            f"本期没有职业达到列入目录的证据要求：参评{len(draft.ranking)}个职业，"
            f"其中暂不紧缺{counts['N']}个，证据不足{counts['X']}个。"
        )
    by_grade = draft.catalog["grade"].value_counts()
    words = "、".join(f"{GRADE_NAMES[g]}{int(by_grade.get(g, 0))}个" for g in LISTED_GRADES)
    return (
        f"参评职业{len(draft.ranking)}个，列入目录{listed}个（{words}）；"
        f"另有{outside}个职业紧缺但不属培训范围，列入附录。"
    )


def _demand_sentence(draft: Draft) -> str:
    demand = draft.demand
    if demand.empty:
        return "本期没有读到可归入职业的招聘需求。"
    imputed = (demand["openings"] * demand["imputed_share"]).sum() / demand["openings"].sum()
    return (
        f"本期归入{len(demand)}个职业的需求共约{number(demand['openings'].sum())}人，"
        f"其中{percent(imputed)}（占归入职业的需求人数）因广告未写明招聘人数而由推算得出。"
    )


def input_view(quality: dict[str, Any]) -> View:
    """Count the rows of every input: read = used + duplicate + rejected, with reasons."""
    fields = (
        Field("数据表", "text", 18), Field("读入（行）", "whole", 8),
        Field("采用（行）", "whole", 8), Field("重复（行）", "whole", 8),
        Field("剔除（行）", "whole", 8), Field("剔除原因（行数）", "text", 40),
    )  # fmt: skip
    rows = (
        (
            TABLE_NAMES.get(name, name), counts["rows_in"], counts["used"], counts["duplicate"],
            counts["rejected"], _reasons(counts.get("reasons", {})),
        )
        for name, counts in sorted(quality.get("tables", {}).items())
    )  # fmt: skip
    return View("输入数据", fields, tuple(rows))


def _reasons(reasons: dict[str, int]) -> str:
    if not reasons:
        return MISSING
    order = sorted(reasons, key=lambda reason: (-reasons[reason], reason))
    shown = "；".join(f"{reason}（{reasons[reason]}）" for reason in order[:REASONS_SHOWN])
    return shown + (f"；其他{len(order) - REASONS_SHOWN}类" if len(order) > REASONS_SHOWN else "")


def gate_view(quality: dict[str, Any]) -> View:
    """List the checks that the run had to pass, with what was found."""
    fields = (
        Field("质量检查", "text", 18), Field("结果", "label", 8),
        Field("界限", "label", 8), Field("是否通过", "label", 8),
    )  # fmt: skip
    rows = (
        (
            gate["name"], measured(gate["name"], gate["value"]),
            measured(gate["name"], gate["bound"]),
            "通过" if gate["passed"] else "未通过",
        )
        for gate in quality.get("gates", [])
    )  # fmt: skip
    return View("质量检查", fields, tuple(rows))


def coverage_view(quality: dict[str, Any]) -> View:
    """List further figures on what the evidence covers, each with the base it is a share of."""
    fields = (Field("覆盖情况", "text", 18), Field("数值", "label", 8))
    figures = {
        COVERAGE_NAMES.get(name, name): measured(name, value)
        for name, value in quality.get("coverage", {}).items()
    }
    return View("覆盖情况", fields, tuple(sorted(figures.items())))


def measured(name: str, value: object) -> Figure | str:
    """Give a figure the form that its name asks for: a share per cent, a count without decimals.

    Examples
    --------
    >>> measured("写明工资的岗位比例", 0.8691), measured("本季度需求人数（人）", 9047.2)
    (Figure(value=0.8691, kind='percent'), Figure(value=9047.2, kind='whole'))
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or pd.isna(value):
        return plain_number(value)
    if SHARE_WORD in name:
        return Figure(value, "percent")
    is_count = name.endswith(COUNT_ENDINGS) or float(value).is_integer()
    return Figure(value, "whole") if is_count else plain_number(value)


def plain_number(value: object) -> str:
    """Word a figure whose unit is not known, with as many decimals as it needs, at most four.

    Examples
    --------
    >>> plain_number(9300), plain_number(0.83123), plain_number(None), plain_number("首期")
    ('9,300', '0.8312', '—', '首期')
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        return MISSING if value is None else str(value)
    if pd.isna(value):
        return MISSING
    text = number(value, 4)
    return text.rstrip("0").rstrip(".")


def reading_guide(edition: Edition) -> list[tuple[str, list[str]]]:
    """Tell how to read the tables: headings with their paragraphs."""
    draft = edition.draft
    grades = "；".join(f"{grade}＝{name}" for grade, name in GRADE_NAMES.items())
    return [
        ("等级", [
            f"{grades}。列入目录的等级须至少有一项紧张程度指标（求人倍率、工资变化或空缺时长）支持。",
            *grade_rules(draft.configuration),
            "X（证据不足）表示现有数据不能支持判断，既不表示紧缺，也不表示不紧缺。",
        ]),
        ("得分与排名", [
            *_score_paragraphs(draft),
            "排名区间为90%区间内的最好名次～最差名次。区间重叠的职业，先后次序不能视为确定。",
        ]),
        ("数字口径", [
            "需求人数为招聘人数：同一岗位60日内重复发布只计一次，按职业编码的概率加总，"
            "是估计值，附90%区间。",
            "求人倍率为需求人数与求职人数之比，只在同一来源、地区和时期之间计算；"
            "缺少求职数据时不计算。",
            "预测需求变化为一年后同一季度的预测需求与本季度需求之比；预测需求合计为此后四个季度之和，"
            "不能与一个季度的需求人数直接比较。",
            "工资中位数为招聘广告所列工资，单位为元/月，不是实发工资。",
            "编码确定占比为能可靠归入该职业的需求人数比重，其余按概率分摊。",
        ]),
        ("预测方法", forecast_method(draft)),
        ("职业名称与编码", [
            "职业名称和编码依据《中华人民共和国职业分类大典（2022年版）》。"
            "名称后的L表示绿色职业，S表示数字职业。",
        ]),
        ("目录范围", [
            "目录只列培训可以缓解紧缺的职业，即有国家职业标准、专项职业能力考核规范或评价规范，"
            "且不由其他部门实施准入许可的职业；其余紧缺职业列入附录。",
        ]),
        ("数据文件", [
            f"本期发布包{edition.name}另附catalog.csv、catalog.xlsx、catalog.json、quality.json、"
            "evidence文件夹（测算依据）和manifest.json（各文件校验值、输入数据校验值与软件版本）。",
        ]),
    ]  # fmt: skip


def _score_paragraphs(draft: Draft) -> list[str]:
    weights = score_weights(draft.configuration)
    if not weights:
        return ["综合得分为0～100分，由各项指标得分加权得出，分数越高越紧缺。"]
    terms = "＋".join(f"{weight:.0%}×{INDICATOR_NAMES[name]}" for name, weight in weights.items())
    units = "、".join(f"{INDICATOR_NAMES[name]}（{INDICATOR_UNITS[name]}）" for name in weights)
    return [
        f"综合得分（0～100分）＝{terms}，其中各项为指标换算成的0～100分得分，分数越高越紧缺。",
        f"指标原值的单位：{units}。",
    ]


def notices(edition: Edition) -> list[str]:
    """Name the marks that no reader may overlook: synthetic inputs first, then the status."""
    banner = [SYNTHETIC_BANNER] if edition.draft.synthetic else []
    return [*banner, edition.status_label]
