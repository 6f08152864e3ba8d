"""Headers: Chinese and English aliases of every input table's columns.

A header is compared folded: NFKC, lower case, without blanks, underscores and hyphens, and
without a remark in brackets that leaves the unit as it is, such as （元/月） or （必填）.  A
remark that changes the unit, such as （万人）, is kept, so that such a column is not taken.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..contract import Contract
from ..errors import ContractError, EmptyInputError, UnknownColumnsError

# Official tables have a heading or two above their header.
HEADER_WITHIN_ROWS = 10

_DISTRICT = (
    "区县代码",
    "行政区划代码",
    "地区代码",
    "区划代码",
    "区县编码",
    "adcode",
    "区县",
    "district",
)
_OCCUPATION = (
    "职业编码",
    "职业代码",
    "职业(工种)代码",
    "细类代码",
    "occupation",
    "occ_code",
    "code",
)
_QUARTER = ("季度", "所属季度", "统计季度", "统计期", "period")
_SOURCE = ("来源", "数据来源", "招聘网站", "网站", "平台", "site", "board")
_OPENINGS = (
    "招聘人数",
    "需求人数",
    "招聘需求人数",
    "岗位需求人数",
    "岗位数",
    "demand",
    "vacancies",
)

ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    "trades": {"occupation_code": _OCCUPATION, "trade_name": ("工种名称", "工种")},
    "local items": {
        "occupation_code": _OCCUPATION,
        "item": ("项目名称", "项目", "名称"),
        "kind": ("类别", "项目类别"),
    },
    "titles": {
        "term": ("岗位名称", "职位名称", "名称"),
        "occupation_code": _OCCUPATION,
        "kind": ("类别",),
        "also_right": ("其他可接受代码",),
    },
    "postings": {
        "posting_id": ("编号", "id", "职位编号", "岗位编号", "招聘编号", "职位id", "job_id"),
        "source": _SOURCE,
        "title": ("职位名称", "岗位名称", "招聘职位", "招聘岗位", "职位", "岗位", "标题", "工种",
                  "job_title", "position"),
        "description": ("职位描述", "岗位描述", "岗位职责", "职位要求", "任职要求", "职位信息",
                        "工作内容", "job_description", "jd"),
        "employer": ("公司名称", "单位名称", "企业名称", "用人单位", "招聘单位", "公司", "单位",
                     "企业", "company", "company_name"),
        "industry": ("行业", "所属行业", "公司行业", "行业类别", "行业代码", "industry_raw"),
        "place": ("工作地点", "工作地址", "工作地区", "地点", "区县", "所在区县", "城市", "地区",
                  "location_raw", "location", "district", "city"),
        "wage": ("薪资", "工资", "月薪", "薪酬", "薪资待遇", "工资待遇", "薪水", "待遇",
                 "salary_raw", "salary", "pay"),
        "headcount": ("招聘人数", "需求人数", "招聘数量", "人数", "headcount_raw", "openings"),
        "education": ("学历", "学历要求", "最低学历", "education_raw", "degree"),
        "experience": ("经验", "工作经验", "经验要求", "工作年限", "experience_raw"),
        "posted_on": ("发布日期", "发布时间", "发布日", "更新日期", "更新时间", "posted_raw",
                      "posted", "date", "publish_date"),
        "closed_on": ("截止日期", "截止时间", "有效期至", "下架日期", "closed_raw", "closed",
                      "deadline", "expiry"),
        "category": ("职位类别", "岗位类别", "职业类别", "职能", "职位类型", "category_raw"),
    },
    "demand": {
        "quarter": _QUARTER,
        "industry_code": ("行业代码", "行业门类代码", "行业门类", "行业", "industry", "section"),
        "district_code": _DISTRICT,
        "openings": _OPENINGS,
        "source": _SOURCE,
    },
    "seekers": {
        "quarter": _QUARTER,
        "occupation_code": _OCCUPATION,
        "district_code": _DISTRICT,
        "seekers": ("求职人数", "登记求职人数", "求职者人数", "求职登记人数", "job_seekers"),
        "source": _SOURCE,
    },
    "supply": {
        "quarter": ("完成季度", "结业季度", "结课季度", *_QUARTER),
        "occupation_code": _OCCUPATION,
        "level": ("等级", "技能等级", "培训等级", "职业等级", "职业技能等级"),
        "district_code": _DISTRICT,
        "provider": ("培训机构", "培训机构名称", "承训机构", "机构名称", "学校", "trainname"),
        "enrolled": ("报名人数", "培训人数", "开班人数", "参训人数", "enrolment"),
        "certified": ("取证人数", "获证人数", "发证人数", "合格人数", "certificates"),
        "status": ("状态", "培训状态", "开班状态"),
        "capacity": ("容量", "同期培训规模", "培训规模", "培训能力", "places"),
    },
    "course advertisements": {
        "course": ("course_name", "课程名称", "课程", "培训项目", "培训课程"),
        "provider": ("trainname", "培训机构", "培训机构名称", "机构名称", "学校"),
        "category": ("category_cn", "课程类别", "培训类别"),
        "certificate": ("train_certificate", "证书", "所获证书"),
        "place": ("district_cn", "地区", "区县", "培训地点"),
        "duration": ("classhour", "class_hours", "课时", "学时", "总课时"),
        "price_yuan": ("train_expenses", "学费", "培训费", "收费标准", "价格"),
        "posted_on": ("added_on", "发布日期", "发布时间", "posted_raw"),
    },
    "evidence": {
        "quarter": _QUARTER,
        "occupation_code": _OCCUPATION,
        "district_code": _DISTRICT,
        "source": ("证据来源", *_SOURCE),
        "openings": _OPENINGS,
        "note": ("备注", "说明", "remark"),
    },
    "labelled postings": {
        "posting_id": ("编号", "id", "职位编号"),
        "occupation_code": _OCCUPATION,
        "also_right_1": ("其他可接受代码1", "也可1"),
        "also_right_2": ("其他可接受代码2", "也可2"),
        "source": _SOURCE,
        "openings": _OPENINGS,
    },
    # Without the unit a header could mean shares: such a column is not taken.
    "replacement rates": {
        "occupation_code": _OCCUPATION,
        "labour_force_exit_percent_per_year": ("退出率(%)", "年退出率(%)", "退出劳动力比率(%)"),
        "occupational_transfer_percent_per_year": ("转职率(%)", "年转职率(%)", "转行率(%)"),
        "source": _SOURCE,
        "edition": ("资料年份", "年份", "版本", "统计期"),
    },
    "stated employment growth": {
        "occupation_code": ("职业类别编码", *_OCCUPATION),
        "industry_code": ("行业门类代码", "行业代码", "行业门类", "section"),
        "growth_percent_per_year": ("就业增长率(%)", "年就业增长率(%)", "年均增长率(%)"),
        "growth_percent_standard_error": ("标准误(百分点)", "增长率标准误(百分点)"),
        "employed_persons": ("就业人数", "就业人员", "从业人员", "从业人数"),
        "source": _SOURCE,
    },
    "previous": {
        "edition": ("期次", "版次", "目录期次", "批次", "issue"),
        "occupation_code": _OCCUPATION,
        "grade": ("紧缺等级", "紧缺程度", "等级", "级别"),
    },
    "corrections": {
        "table": ("数据表", "表", "表名"),
        "series": ("序列", "序列或来源", "指标"),
        "quarter": ("起始季度", *_QUARTER),
        "what": ("订正类型", "更正类型", "类型", "kind"),
        "value": ("正确值", "订正值", "更正值"),
        "reason": ("订正原因", "更正原因", "原因", "理由"),
        "status": ("状态",),
        "guard": ("核对值", "原值"),
    },
}  # fmt: skip

# A remark in brackets that leaves the meaning of the column as it is.
_NEUTRAL_REMARK = re.compile(
    r"\((?:单位:)?(?:人|人次|名|个|元|元/月|元每月|月薪|必填|选填|可空|工种|年-月-日)\)"
)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns of a contract stand in a file.

    Parameters
    ----------
    positions : dict of str to int
        Position of each recognised contract column, from 0.
    width : int
        Number of cells of the header row.
    """

    positions: dict[str, int]
    width: int


def fold_header(text: object) -> str:
    """Bring a header into the form in which headers are compared.

    Examples
    --------
    >>> fold_header(" 薪资（元/月） "), fold_header("Job_Title"), fold_header("招聘人数（万人）")
    ('薪资', 'jobtitle', '招聘人数(万人)')
    """
    folded = unicodedata.normalize("NFKC", str(text)).casefold()
    folded = "".join(c for c in folded if not c.isspace() and c not in "_-*\ufeff")
    return _NEUTRAL_REMARK.sub("", folded)


def recognise(names: Sequence[object], contract: Contract) -> dict[str, int]:
    """Position of each contract column among the names of a header row.

    Where several headers fit one column, the contract's own name comes first, then the order
    of the aliases.

    Raises
    ------
    ContractError
        When the same header stands twice.

    Examples
    --------
    >>> from data.tables import POSTINGS
    >>> recognise(["岗位", "职位名称", "月薪（元）", "备注"], POSTINGS)
    {'title': 1, 'wage': 2}
    """
    folded = [fold_header(name) if name is not None else "" for name in names]
    aliases = ALIASES.get(contract.name, {})
    positions = {}
    for column in contract.names:
        for alias in (column, *aliases.get(column, ())):
            wanted = fold_header(alias)
            if (count := folded.count(wanted)) > 1:
                raise ContractError(
                    f"a column of '{contract.name}' stands {count} times in the header",
                    which=[str(names[folded.index(wanted)])],
                    action="delete or rename all but one",
                )
            if count:
                positions[column] = folded.index(wanted)
                break
    return positions


def find_header(
    rows: Iterable[Sequence[object]], contract: Contract, where: str
) -> tuple[Header, Iterator[Sequence[object]]]:
    """Find the header among the first rows and return it with the rows below it.

    Of the first ten rows the one with the most recognised columns is the header.

    Raises
    ------
    EmptyInputError
        When there is no row at all.
    UnknownColumnsError
        When none of these rows names a known column.
    ContractError
        When a header stands twice.
    """
    remaining = iter(rows)
    first = list(itertools.islice(remaining, HEADER_WITHIN_ROWS))
    if not first:
        raise EmptyInputError(f"'{where}' has no row", action="export it again, or leave it out")
    known = [_known_names(row, contract) for row in first]
    at = known.index(max(known))
    if not known[at]:
        raise _unknown(first[0], contract, where)
    header = Header(recognise(first[at], contract), len(first[at]))
    return header, itertools.chain(first[at + 1 :], remaining)


def _known_names(row: Sequence[object], contract: Contract) -> int:
    accepted = {
        fold_header(alias)
        for column in contract.names
        for alias in (column, *ALIASES.get(contract.name, {}).get(column, ()))
    }
    return len(accepted & {fold_header(name) for name in row if name is not None})


def _unknown(row: Sequence[object], contract: Contract, where: str) -> UnknownColumnsError:
    aliases = ALIASES.get(contract.name, {})
    accepted = [
        f"{name}/{aliases[name][0]}" if name in aliases else name for name in contract.names
    ]
    got = ", ".join(str(name)[:20] for name in row[:12] if name is not None)
    return UnknownColumnsError(
        f"no column of '{where}' is known for the table '{contract.name}'",
        got=got or "blank headers",
        expected=", ".join(accepted),
        action="rename the columns; the first row of the table must hold the headers",
    )
