"""Training supply, the previous list, further evidence and corrections of the sample."""

import numpy as np

from ..quarters import quarters_between, shift_quarter
from .occupations import CROWDED, SHORT, Occupation
from .places import district_shares
from .postings import JOINED_BOARD
from .registers import ERRONEOUS_SECTION, Row, right_value

SUPPLY_HEADERS = (
    "完成季度", "职业编码", "等级", "区县代码", "培训机构", "报名人数", "取证人数", "状态",
    "同期培训规模",
)  # fmt: skip
PREVIOUS_HEADERS = ("期次", "职业编码", "紧缺等级")
EVIDENCE_HEADERS = ("季度", "职业编码", "区县代码", "证据来源", "需求人数", "备注")
CORRECTIONS_HEADERS = (
    "数据表", "序列", "起始季度", "订正类型", "正确值", "订正原因", "状态", "核对值",
)  # fmt: skip

_LEVELS, _LEVEL_SHARES = ("初级工", "中级工", "高级工"), (0.5, 0.35, 0.15)
_QUARTERS_PAST, _QUARTERS_AHEAD = 4, 2
_OCCUPATIONS_TRAINED = 60
_PROVIDERS = 24
_CERTIFIED_SHARE = (0.72, 0.92)

_ON_LIST = 40
# How the previous list of the sample grades what really is short, and all else that it names.
_GRADES, _SHORT_SHARES, _OTHER_SHARES = "ABCN", (0.4, 0.3, 0.15, 0.15), (0.05, 0.15, 0.3, 0.5)


def supply_rows(
    generator: np.random.Generator, occupations: list[Occupation], *, quarter: str
) -> list[Row]:
    """Draw training classes: a year of completed ones, the running ones, half a year of plans."""
    trained = sorted(_leading(occupations, "456", _OCCUPATIONS_TRAINED))
    past = quarters_between(shift_quarter(quarter, -_QUARTERS_PAST), shift_quarter(quarter, -1))
    ahead = quarters_between(shift_quarter(quarter, 1), shift_quarter(quarter, _QUARTERS_AHEAD))
    states = [(q, "已完成") for q in past] + [(quarter, "在训")] + [(q, "计划") for q in ahead]
    shares = district_shares()
    rows = []
    for code in trained:
        for each, state in states:
            district = str(generator.choice(list(shares), p=list(shares.values())))
            rows.append(_class(generator, code, each, state, district))
    return sorted(rows)


def previous_rows(
    generator: np.random.Generator, occupations: list[Occupation], *, quarter: str
) -> list[Row]:
    """Draw an official list of the quarter before, which agrees with the truth in part."""
    edition = shift_quarter(quarter, -1)
    listed = sorted(SHORT | set(_leading(occupations, "46", _ON_LIST)))
    return [
        (
            edition,
            code,
            str(
                generator.choice(list(_GRADES), p=_SHORT_SHARES if code in SHORT else _OTHER_SHARES)
            ),
        )
        for code in listed
    ]


def evidence_rows(*, quarter: str) -> list[Row]:
    """List openings that employers and key projects of the sample reported."""
    return [
        (quarter, "6-22-02-01", "500157", "重点企业用工调查", "1200", "示例：整车新线投产"),
        (quarter, "6-25-02-05", "500106", "重点项目用工计划", "600", "示例：晶圆产线扩建"),
        (quarter, "4-10-01-05", "", "养老机构调查", "900", "示例：机构床位增加"),
        (quarter, "6-18-02-04", "500151", "重点企业用工调查", "260", "示例：结构件车间"),
    ]


def corrections_rows(demand: list[Row], *, quarter: str) -> list[Row]:
    """Record the known error in the demand table, and the board that joined in the run quarter."""
    wrong_in, right, wrong = right_value(demand)
    typing_error = "示例：填报时多写一个零，经填报单位确认"
    joined = "示例：自本季度起接入"
    return [
        ("demand", ERRONEOUS_SECTION, wrong_in, "错值", f"{right:g}", typing_error, "有效",
         f"{wrong:g}"),
        ("postings", JOINED_BOARD, quarter, "新增来源", "", joined, "有效", ""),
    ]  # fmt: skip


def _leading(occupations: list[Occupation], majors: str, count: int) -> list[str]:
    """Codes of the occupations with the most openings in these 大类."""
    eligible = [o for o in occupations if o.code[0] in majors]
    return [o.code for o in sorted(eligible, key=lambda o: (-o.share, o.code))[:count]]


def _class(
    generator: np.random.Generator, code: str, quarter: str, state: str, district: str
) -> Row:
    # Training lags behind: little where people are short, much where they crowd.
    mean = 40 if code in SHORT else 180 if code in CROWDED else 90
    enrolled = 15 + int(generator.poisson(mean))
    certified = round(enrolled * float(generator.uniform(*_CERTIFIED_SHARE)))
    level = str(generator.choice(_LEVELS, p=_LEVEL_SHARES))
    provider = f"示例第{1 + int(generator.integers(_PROVIDERS))}职业培训学校"
    capacity = 10 * (enrolled // 10 + 2)
    return (
        quarter, code, level, district, provider,
        str(enrolled), str(certified) if state == "已完成" else "", state, str(capacity),
    )  # fmt: skip
