"""What of a title names the job and its setting, and what is slogan, benefit, wage or headcount.

Every rule goes by form and leaves in place what is unsure: 招商经理 and 社保专员 name work.
A title is read to its limit, and no expression takes more than linear time.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from .normalise import TITLE_LIMIT
from .title_level import level_of_post, stated_skill_level
from .title_setting import HAN, is_employer, take_company, take_place

SEGMENTS_AT_MOST = 8
TITLES_REMEMBERED = 2_048  # boards repeat titles, most of them soon

# Decoration anywhere in a title: alternatives between blanks, each starting with a character of
# its own.  招聘 before a bare rank is the work of a recruiter.
_RECRUITING = """
急招聘 急招 急聘 急急急? 诚聘 诚招 直招 直聘 高薪聘请? 高薪诚聘 高薪急聘 特聘(?!副?教授) 热招中?
火热招聘中? 长期招 大量招 聘请 校园招聘 社会招聘 招募 招收
招聘(?!专员|主管|经理|助理|顾问|总监|管理|规划|交付|外包|运营|方向|岗|师(?!傅)) 校招 社招 春招
秋招 应届岗
"""
_BENEFITS = """
包吃包住 包吃住 包食宿 包住宿? 包吃 包三餐 包车住 管吃住 可住宿 有住宿 住宿补贴 食宿补贴
免费(?:提供)?(?:食宿|吃住|住宿) 提供(?:食宿|吃住|住宿|车吃住|车住宿?|车电) 免费送车 免费班车接送
报销车费 [五六七八]险(?:[一二两]金)? 社保公积金(?!专|增|岗) 社保(?![专经会代员岗增公协窗])
周末双休 周末单休 双休制? 单休(?!假) 做五休二 月休[四六八]天 带薪年假 带薪寒暑假
年底(?:双薪|分红|十三薪) 朝九晚[五六] 早[九9]晚[五六56] 长白班 不加班 弹性工作制? 时间自由
工作轻松 氛围好 下午茶 免费下午茶 带薪培训 免费培训 新员工培训 岗前培训 师傅带教 一对一带教 可培养
餐补 房补 全勤奖 住房(?:补贴|福利) 交通补贴 通讯补贴 节日(?:补贴|福利) 新人(?:补贴|奖励|福利)
高温补贴 福利多多 福利待遇?好 高福利 十三薪 挑战高薪 税后(?:薪资)? 无责任底薪 无责底薪 无责(?=\\d)
保底 高底薪 底薪 月[入均]过?[万千w]? 年入过?[万千w]? 日[入均赚]过?[万千w]? 收入过万 年薪
月薪过?万? 均薪 起薪 薪资面议 薪资(?!专员|核|福利|管|绩|主管|经理) 高薪[资酬]? 高额提成 高提成
提成(?!律师|法务) 高提点 高收入 高奖金 高待遇 待遇优厚? 待遇丰厚 晋升快 晋升空间 晋升 绩效奖金
年终奖金? 奖金(?!专|核) 日结 周结 转正 可预支(?:工资)? 当月发薪 入职快 0元入职 零元入职 流程快
面试快 反馈快 就近安排 就近分配 可兼职 可实习 稳定不卷 长期稳定 线上面试? 视频面试 远程面试
现场面试? 近地铁[口站]?
"""
_CONDITIONS = """
接受(?:无经验|小白|应届(?:毕业)?生?|实习生|学徒) 可接受(?:无经验|小白|应届(?:毕业)?生?|实习生)
可小白 可应届 欢迎(?:小白|应届(?:毕业)?生?) 无需?经验(?:均可|可做|也可|亦可)? 有无经验均可 零经验
不限经验 经验不限 有经验者?优先 应届毕业生 应届生 实习(?!员|指导|律师)生? 兼职 全职 暑假工 寒假工
若干名? 数名 多名 [一二三四五六七八九十两]名 男女不限 性别不限 学历不限 学信网可查 工作地点
工作地(?!质) 上班地址 [五六七]天[八87七](?:小时)?制? 八小时制?
"""
_NUMBER = r"\d{1,6}(?:\.\d)?"
_TENFOLD = "[k千万元w]"
_PER = "/(?:月|天|日|小?时|单|年)"
_AND_MORE = r"(?:\+|以上|左右|起薪?|不等)?"
_AMOUNTS = "|".join(
    (
        rf"{_NUMBER}{_TENFOLD}?(?:[-~至]{_NUMBER})?(?:{_TENFOLD}{{1,2}}(?:{_PER})?|{_PER}){_AND_MORE}",
        r"(?:20)?\d\d届(?:应届)?(?:毕业生|毕业|生)?|20\d\d年?(?=应届|校招|校园|[春秋]招)",
        r"\d天\d小时制?|\d{1,2}小时(?:工作制?|双休)?|\d险\d?金?|\d\d薪",
        r"\d{1,4}[名人位](?![体工])",
        rf"\d{{3,6}}(?!\d|急救|护士|审核|运营){_AND_MORE}",
    )
)
# Numbers that boards and employers give their advertisements, and masked personal data.
_REFERENCES = (
    r"职位编号:?[a-z\d]{0,12}|编号:?[a-z\d]{0,12}|m?j(?:a?\d{4}(?![a-z\d])|\[号码\])"
    r"|[a-z]{1,2}\d{5,8}(?![a-z\d])|a\d{4,8}(?=\))"
    r"|\[(?:号码|姓名|电话|微信|邮箱|qq|身份证|银行卡|网址)\]"
)
# These are decoration where they stand alone between punctuation.
_ALONE_WORDS = """
师傅 员工 人员 工作人员
急 届 岗 起 可 有 加 等 高 初 中 元 偏 校 校园 周末 入职 补贴 绩效 津贴 福利 福利好 住宿 食宿 社保
公积金 全额 全额公积金 高额 接受 均可 亦可 以上 以内 左右 优先 欢迎 可做 稳定 长期 短期 工资 月薪
月均 日均 月入 薪资 试用期 奖励 自由 年假 旅游 交金 应届 不限 国企 央企 国央企 外企 上市公司 上市
大厂 独角兽 大平台 平台好 外包 非外包 驻场 出差 需出差 全国 全国有岗 配车 班车 奖金 挑战 一单
单价高 高单价 招人 招聘人 招聘 多劳多得 可居家 远程办公 线上办公 加班少 有资源 提供资源 有补贴
非销售 不销售 非电销 硕士 博士 本科 统本 统招本科 学历 介意者勿投 毕业生 不等 每月 月度 年终 年底
弹性打卡 可远程办公
"""
# Ends of titles that name a worker, from the most frequent ends of real titles.
_WORKER_WORDS = """
经理 主管 总监 专员 助理 代表 顾问 会计 出纳 司机 教练 客服 保安 保洁 秘书 文秘 编辑 翻译 前台
内勤 外勤 学徒 店长 组长 班长 领班 队长 厂长 部长 校长 院长 站长 行长 所长 处长 科长 课长 车长
机长 船长 护士 医生 记者 导演 编导 主播 模特 教授 助教 保姆 月嫂 阿姨 管家 专家 学家 主任 督导
导购 干部 储干 培生 训生 习生 总裁 副总 跟单 品管 质检 品检 品保 切配 打荷 水台 传菜 收银 仓管
库管 安检 主厨 大夫 红娘 伙人 纪人 责人 持人 理人 头人 工人 担当 精英 师傅
"""
_NO_WORKER_WORDS = """
员工 招工 施工 加工 手工 建工 军工 会员 成员 全员 动员 新手 二手 一手 对手 携手 联手 石油化工
精细化工
"""
_WORK_WORDS = """
开发 研发 运维 测试 销售 营销 设计 运营 策划 推广 采购 财务 人事 行政 编程 文案 算法 分析 招商
招生 配送 维修 装配 焊接 操作 架构 管理
"""
# A rank says of the job before it who else may do it: 文员/助理, 算法工程师/专家.
_RANK_WORDS = """
助理 专员 主管 经理 副经理 总监 副总监 主任 组长 专家 高级专家 资深专家 负责人 顾问 代表 工程师
高级工程师 资深工程师 领班 班长 实习生 储备 精英 人员 合伙人
"""
_ALONE, _RANKS = frozenset(_ALONE_WORDS.split()), frozenset(_RANK_WORDS.split())
_WORKER_ENDS, _WORKER_CHARACTERS = frozenset(_WORKER_WORDS.split()), frozenset("员工师手岗")
_NO_WORKERS = frozenset(_NO_WORKER_WORDS.split())
_WORK_ENDS = frozenset(_WORK_WORDS.split())
_ENGLISH_WORKERS = ("engineer", "manager", "developer", "analyst", "designer", "specialist")
_ENGLISH_ENDS = frozenset(word[-2:] for word in _ENGLISH_WORKERS)


def _by_first_character(alternatives: str) -> tuple[str, str]:
    """Join alternatives by their first characters; return these as well, as a class."""
    groups: dict[str, list[str]] = {}
    for alternative in alternatives.split():
        is_class = alternative.startswith("[")
        first = alternative[: alternative.index("]") + 1] if is_class else alternative[0]
        groups.setdefault(first, []).append(alternative[len(first) :])
    joined = "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in groups.items())
    return joined, "".join(first.strip("[]") for first in groups)


_WORDS, _STARTS = _by_first_character(_RECRUITING + _BENEFITS + _CONDITIONS)
# What no alternative starts with is passed over at once.
_DECORATION = re.compile(
    rf"(?=[{_STARTS}\da-z\[职编])"
    rf"(?:{_WORDS}|(?=[\da-z\[职编])(?<![a-z\d])(?:{_AMOUNTS}|{_REFERENCES}))"
)
# 招普工 is an invitation; 招商, 招生, 招标, 招采 are work.
_INVITATION = re.compile(r"(?:招(?![商生标聘投租采募])|聘(?!用))+")
_INVITING = frozenset("招聘")
_BREAKS = re.compile(rf"([^0-9a-z{HAN}+#.]+|(?<=[{HAN}])\+)")
_OPENING, _CLOSING = frozenset("([{【《<「『"), frozenset(")]}】》>」』")
_DASHES = frozenset("-—–―_")
_JOINERS, _AT_JOINERS = frozenset("和及与或"), re.compile("[和及与或]")


class _Part(NamedTuple):
    """What stands between two marks of punctuation."""

    text: str
    in_brackets: bool
    beside_dash: bool


class ParsedTitle(NamedTuple):
    """A title taken apart.

    Parameters
    ----------
    segments : tuple of str
        Parts that may name a job, without decoration; the first names the job that counts.
    jobs : tuple of str
        Jobs of the advertisement, the one that counts first: the segments outside brackets
        that end as titles of workers do, or the first segment where none does.
    context : tuple of str
        Parts in brackets or beside a dash that are no job: trade, product, place, unit.
    level : str, optional
        Level of the job that counts, one of `nlp.title_level.LEVELS`.
    skill_level : str, optional
        Official name of the skill level (技能等级), where the title states one.
    employer : str, optional
        Company, group or branch, where its form is sure.
    places : tuple of str
        Places of work, where their form is sure.
    """

    segments: tuple[str, ...]
    jobs: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    level: str | None = None
    skill_level: str | None = None
    employer: str | None = None
    places: tuple[str, ...] = ()


def parse_title(title: str) -> ParsedTitle:
    """Strip decoration from a normalised title, cut it at its punctuation and sort the parts.

    Parameters
    ----------
    title : str
        Title as `nlp.normalise.normalise` returns it; what exceeds `TITLE_LIMIT` is not read.

    Examples
    --------
    >>> parsed = parse_title("诚聘储备店长(餐饮)包吃住")
    >>> parsed.segments, parsed.jobs, parsed.context, parsed.level
    (('储备店长', '餐饮'), ('储备店长',), ('餐饮',), 'trainee')
    >>> parse_title("普工,技术工,品管").jobs
    ('普工', '技术工', '品管')
    >>> parse_title("月薪5千+急招电焊工10名-重庆渝北区").places
    ('重庆渝北区',)
    """
    return _parse(title[:TITLE_LIMIT].lower())


@lru_cache(maxsize=TITLES_REMEMBERED)
def _parse(text: str) -> ParsedTitle:
    company, plain = take_company(_without_decoration(text))
    parts = _cut(plain)
    named, employer, places = _take_names(parts)
    jobs: tuple[str, ...]
    context: tuple[str, ...]
    segments: tuple[str, ...]
    if len(parts) == len(named) == 1:  # most titles; the same as below, without its loops
        jobs = segments = (named[0].text,)
        context = (parts[0].text,) if parts[0].in_brackets and parts[0].text not in jobs else ()
    else:
        ordered = _first_job_first(named)[:SEGMENTS_AT_MOST]
        segments = tuple([part.text for part in ordered])
        jobs = _jobs(ordered)
        context = tuple([p.text for p in parts if (p[1] or p[2]) and p.text not in jobs])
    level = level_of_post(text, jobs, context)
    return ParsedTitle(
        segments, jobs, context, level, stated_skill_level(text), company or employer, places
    )


def _without_decoration(text: str) -> str:
    """Strip until nothing is left to strip: 10名 stands free once 0k before it is gone."""
    plain, stripped = _DECORATION.subn(" ", text)
    while stripped:
        plain, stripped = _DECORATION.subn(" ", plain)
    return plain


def _cut(plain: str) -> list[_Part]:
    """Cut at punctuation, noting which parts brackets or dashes set off."""
    pieces = _BREAKS.split(plain)
    if len(pieces) == 1:
        text = _trim(plain)
        return [_Part(text, False, False)] if text and text not in _ALONE else []
    parts = []
    in_brackets = dash_before = False
    for piece, mark in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        dash_after = mark != "" and not _DASHES.isdisjoint(mark)
        if piece and (text := _trim(piece)) and text not in _ALONE:
            parts.append(_Part(text, in_brackets, dash_before or dash_after))
        dash_before = dash_after
        for character in mark:
            in_brackets = character in _OPENING or (in_brackets and character not in _CLOSING)
    return parts


def _trim(part: str) -> str:
    """Take marks and invitations from the ends, but leave c++, c# and .net whole."""
    core = part.strip(".+#")
    if core and core != part:
        before, after = part.split(core, 1)
        if core.endswith("c") and after.startswith(("++", "#")):
            core += "++" if after.startswith("++") else "#"
        if core.startswith("net") and before.endswith("."):
            core = "." + core
    if core[:1] in _INVITING and (invitation := _INVITATION.match(core)):
        return core[invitation.end() :].lstrip(".+#")
    return core


def _joined_jobs(part: str) -> list[str]:
    """Pieces of 保洁员和绿化工, where each names a worker, or nothing."""
    pieces = [_trim(piece) for piece in _AT_JOINERS.split(part)]
    return pieces if all(len(piece) > 1 and _names_worker(piece) for piece in pieces) else []


def _names_worker(part: str) -> bool:
    """Whether a part ends as the titles of workers do."""
    end = part[-2:]
    if end in _WORKER_ENDS or (
        part[-1] in _WORKER_CHARACTERS and end not in _NO_WORKERS and part not in _NO_WORKERS
    ):
        return True
    return end in _ENGLISH_ENDS and part.endswith(_ENGLISH_WORKERS)


def _take_names(parts: list[_Part]) -> tuple[list[_Part], str | None, tuple[str, ...]]:
    """Parts without employers and places, jobs that 和 joins apart; first employer; places.

    Where nothing else is left, they stay: the last word of the title may be one of work.
    """
    kept: list[_Part] = []
    employers, places = [], []
    for part in parts:
        pending = [part.text]
        while pending:
            text = pending.pop()
            if is_employer(text):
                employers.append(text)
                continue
            place, rest = take_place(text)
            if place:
                places.append(place)
                rest = _trim(rest)
                pending += [rest] if rest and rest not in _ALONE else []
            elif not _JOINERS.isdisjoint(text) and (jobs := _joined_jobs(text)):
                pending += reversed(jobs)
            else:
                kept.append(part if text is part.text else part._replace(text=text))
    return kept or parts, employers[0] if employers else None, tuple(places)


def _first_job_first(parts: list[_Part]) -> list[_Part]:
    """Let a first part that brackets or a dash set off give way to the first that names work."""
    if len(parts) < 2 or not (parts[0].in_brackets or parts[0].beside_dash):
        return parts
    outside = [position for position, part in enumerate(parts) if not part.in_brackets]
    positions = [*outside, *range(len(parts))]
    first = next((each for each in positions if _names_work(parts[each].text)), positions[0])
    return [parts[first], *parts[:first], *parts[first + 1 :]]


def _names_work(part: str) -> bool:
    return part[-2:] in _WORK_ENDS or _names_worker(part)


def _jobs(segments: list[_Part]) -> tuple[str, ...]:
    """Segments outside brackets that name workers, or the first segment where none does."""
    if len(segments) < 2:
        return tuple([part.text for part in segments])
    found = [
        part.text
        for part in segments
        if not part.in_brackets and _names_worker(part.text) and part.text not in _RANKS
    ]
    chinese = [job for job in found if not job.isascii()]  # or else a translation counts twice
    return tuple(dict.fromkeys(chinese or found)) or (segments[0].text,)
