"""`catalog.csv`: the complete ranking as one flat table with Chinese headers."""

from pathlib import Path

import pandas as pd

from catalog.grade import change_name, has_lowering_warning
from catalog.tables import GRADE_NAMES, LISTED_GRADES

from .edition import Edition

LISTED, ANNEX, NOT_LISTED = "目录", "附录", "未列入"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

HEADERS = {
    "quarter": "季度",
    "listing": "列入",
    "grade": "等级",
    "grade_name": "等级名称",
    "occupation_code": "职业编码",
    "occupation_name": "职业名称",
    "major_group_name": "职业大类",
    "rank": "排名",
    "rank_lower": "排名区间下限",
    "rank_upper": "排名区间上限",
    "score": "得分（0～100）",
    "score_lower": "得分90%区间下限",
    "score_upper": "得分90%区间上限",
    "previous_grade": "上期等级",
    "change_name": "较上期",
    "exit_warning": "退出预警",
    "lowering_warning": "降级预警",
    "openings": "本季度需求人数（人）",
    "openings_lower": "本季度需求人数90%区间下限（人）",
    "openings_upper": "本季度需求人数90%区间上限（人）",
    "ads": "招聘广告（条）",
    "employers": "用人单位（家）",
    "largest_employer_share": "最大单位占比（0～1）",
    "imputed_share": "人数推算占比（0～1）",
    "certainty_share": "编码确定占比（0～1）",
    "vacancy_ratio": "求人倍率（倍）",
    "vacancy_ratio_basis_code": "求人倍率测算类别",
    "wage_yuan_month_median": "工资中位数（元/月）",
    "openings_forecast_next_year": "未来四个季度预测需求合计（人）",
    "openings_forecast_next_year_lower": "预测合计90%区间下限（人）",
    "openings_forecast_next_year_upper": "预测合计90%区间上限（人）",
    "training_courses": "培训课程（门）",
    "training_certificates_year": "近一年取证（人）",
    "eligible": "属于培训范围",
    "eligibility_basis": "培训范围依据",
    "flags": "注意事项",
    "explanation": "说明",
    "synthetic": "合成示例数据",
}


def write_csv(edition: Edition, path: Path) -> Path:
    """Write the complete ranking: catalog, annex and all other occupations, best rank first.

    UTF-8 with byte-order mark, so that spreadsheet programs read the Chinese; a text that such a
    program would take for a formula gets an apostrophe in front.
    """
    text = flat_table(edition).to_csv(index=False, lineterminator="\r\n")
    path.write_text(text, encoding="utf-8-sig", newline="")
    return path


def flat_table(edition: Edition) -> pd.DataFrame:
    """Put the complete ranking under Chinese headers, as `write_csv` writes it."""
    ranking = edition.draft.ranking.sort_values(["rank", "occupation_code"], ignore_index=True)
    table = ranking.assign(
        listing=listing_of(ranking),
        grade_name=ranking["grade"].map(GRADE_NAMES),
        change_name=list(map(change_name, ranking["change"], ranking["grade"])),
        lowering_warning=has_lowering_warning(ranking),
        synthetic=edition.draft.synthetic,
    )
    for name in table.columns:
        table[name] = _plain_column(table[name])
    return table[list(HEADERS)].rename(columns=HEADERS)


def listing_of(ranking: pd.DataFrame) -> pd.Series:
    """Name where each occupation stands: 目录, 附录 or 未列入."""
    short = ranking["grade"].isin(LISTED_GRADES)
    place = ranking["eligible"].map({True: LISTED, False: ANNEX})
    return place.where(short, NOT_LISTED)


def _plain_column(column: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(column):
        return column.map({True: "是", False: "否"})
    if pd.api.types.is_float_dtype(column):
        whole = column.dropna()
        return column.astype("Int64") if (whole == whole.round()).all() else column
    if pd.api.types.is_integer_dtype(column):
        return column
    return column.map(neutral_text, na_action="ignore")


def neutral_text(text: str) -> str:
    """Make a text that no spreadsheet program takes for a formula.

    Examples
    --------
    >>> neutral_text("=1+1"), neutral_text("焊工")
    ("'=1+1", '焊工')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
