"""Levels that titles state: of the post, and of the official scale of skills."""

import re

LEVELS = ("trainee", "junior", "middle", "senior", "lead", "supervisor", "manager", "director")

_IN_TRAINING = re.compile(
    "学徒|储备(?!粮|物资|土地)|储干|见习|管培|培训生|培养生|intern(?![a-z])|trainee"
)
# Accepting interns is no internship; 实习指导教师 and 研究实习员 are trained.
_INTERNSHIP = re.compile(
    "实习(?<!接受实习)(?<!可实习)(?<!欢迎实习)(?<!研究实习)(?!员|指导)|intern(?![a-z])"
)
_RANKS_BY_END = {
    **dict.fromkeys(("总监", "总裁", "副总", "院长", "校长", "厂长", "行长"), "director"),
    **dict.fromkeys(("经理", "店长"), "manager"),
    **dict.fromkeys(("主管", "主任"), "supervisor"),
    **dict.fromkeys(("组长", "班长", "领班", "队长", "责人", "头人"), "lead"),
}
_DIRECTORS = ("总经理", "执行官", "技术官", "director")
_ENGLISH_RANKS = (("manager", "manager"), ("supervisor", "supervisor"), ("leader", "lead"))
# Client, product and project managers lead nobody: there 经理 is part of the job's name.
_WITHOUT_STAFF = """
客户 产品 项目 业务 理财 投资 渠道 信贷 融资 商务 招商 大堂 城市 社区 贷款 财富
"""
_LEAD_NOBODY = frozenset(_WITHOUT_STAFF.split())
_GRADE = re.compile(
    "初级(?!中学)|初中级|junior|中级|中高级|主管[护药技检]|高级(?!中学|技工学|定制|时装)|资深|首席|专家"
    "|主任[医护药技]师|senior|sr(?<![a-z]sr)(?![a-z])"
)
_GRADES_BY_START = {"初": "junior", "j": "junior", "中": "middle", "主管": "middle"}
_SKILL_LEVEL = re.compile(
    "[初中高]级工(?![程艺业商]|.{0,2}师)|[高特]级技师(?!学)|首席技师|技师(?<=[员工(]技师)(?![\u4e00-\u9fff])"
)


def level_of_post(title: str, jobs: tuple[str, ...], context: tuple[str, ...]) -> str | None:
    """Level of the first job of a title.

    Being trained for a job goes before the rank of the job, the rank (经理, 主管) before the
    grade (高级, 资深); of two grades the lower counts, as it suffices.  助理 is a level only
    before a job: 助理工程师, but not 总经理助理.

    Parameters
    ----------
    title : str
        Whole title in small letters.
    jobs : tuple of str
        Jobs it names, the first counts.
    context : tuple of str
        Parts of it in brackets or beside a dash.

    Returns
    -------
    str or None
        One of `LEVELS`; None where the title states no level.

    Examples
    --------
    >>> level_of_post("储备店长", ("储备店长",), ()), level_of_post("客户经理", ("客户经理",), ())
    ('trainee', None)
    """
    job = jobs[0].removesuffix("岗") if jobs else ""
    if _IN_TRAINING.search(job) or (context and _IN_TRAINING.search("/".join(context))):
        return "trainee"
    if len(jobs) < 2 and ("实习" in title or "intern" in title) and _INTERNSHIP.search(title):
        return "trainee"
    return _rank(job) or _grade(job)


def _rank(job: str) -> str | None:
    if job.endswith(_DIRECTORS):
        return "director"
    if job.isascii():
        return next((rank for end, rank in _ENGLISH_RANKS if job.endswith(end)), None)
    return None if job[-4:-2] in _LEAD_NOBODY else _RANKS_BY_END.get(job[-2:])


def _grade(job: str) -> str | None:
    if job.startswith("助理") and job != "助理":
        return "junior"
    if not (found := _GRADE.search(job)):
        return None
    word = found[0]
    return _GRADES_BY_START.get(word[0]) or _GRADES_BY_START.get(word[:2], "senior")


def stated_skill_level(title: str) -> str | None:
    """Official skill level (技能等级) that a title states, by its official name.

    高级工程师 and 美容技师 state none.

    Examples
    --------
    >>> stated_skill_level("电工(高级工)"), stated_skill_level("高级工程师")
    ('高级工', None)
    """
    if "级工" not in title and "技师" not in title:
        return None
    found = _SKILL_LEVEL.search(title)
    return found[0] if found else None
