"""Wording of the sample's postings: titles with slogans, texts, wages and headcounts.

All sentences are written for the sample.  Employers are named 示例… so that none can be taken
for a real one; telephone numbers are of a form that is never assigned.
"""

from collections.abc import Sequence

import numpy as np

_BEFORE = ("急聘", "诚聘", "高薪诚聘", "招聘", "急招", "直招", "【急】", "")
_AFTER = (
    "包吃住", "+五险一金", "（包吃包住）", "双休", "月入过万", "（无需经验）", "-可兼职", "若干名",
    "、提供宿舍", "（工资月结）", "8小时", "（五险）",
)  # fmt: skip
_DECORATED = 0.45
# Days paid in an average month, on which a daily wage is reckoned.
_PAID_DAYS = 21.75
_USUAL_TITLES = 6

_DUTY_SENTENCES = (
    "岗位职责：1、{first}；2、{second}；3、完成主管安排的其他工作。",
    "工作内容：主要负责{first}、{second}。",
    "负责{first}，协助{second}，按要求填写工作记录。",
    "职责：{first}；{second}。",
)
_REQUIREMENTS = (
    "任职要求：吃苦耐劳，服从安排，{education}，{experience}者优先。",
    "要求：身体健康，{education}，{experience}者优先。",
    "我们希望您工作认真、有责任心，{experience}最好。",
    "",
)
_BENEFITS = (
    "福利：五险一金、节日礼品、免费工作餐。", "公司提供住宿，每月休四天。", "工资每月十五日发放。",
    "法定节假日休息，有年终奖。", "有经验的师傅带班，可长期发展。", "",
)  # fmt: skip
_CONTACTS = (
    "联系人：张老师，电话13000000000。",
    "简历请投 hr@example.com。",
    "联系微信：shili0000。",
)
_CONTACT_SHARE = 0.06

# Wordings of boards for an industry, and the word that employers of it carry in their names.
_INDUSTRY_WORDINGS = {
    "A": ("农/林/牧/渔", "农业"), "B": ("采掘业/冶炼", "矿产/采掘"),
    "D": ("电气/电力/水利", "电力/燃气/水务"), "E": ("建筑与工程", "建筑/建材/工程"),
    "F": ("批发/零售", "零售/百货"), "G": ("交通/运输/物流", "仓储/物流"),
    "H": ("餐饮/娱乐/休闲", "酒店/旅游"), "I": ("互联网/电子商务", "计算机软件"),
    "J": ("金融(银行/保险)", "保险"), "K": ("物业管理/商业中心", "房地产开发"),
    "L": ("专业服务(咨询、人力资源、财会)", "广告/会展"), "M": ("检测/认证", "工程设计"),
    "N": ("环保", "环保/环境治理"), "O": ("家政服务", "居民服务/修理"),
    "P": ("教育/培训", "教育/培训/院校"), "Q": ("医疗/美容/保健/卫生", "养老服务"),
    "R": ("影视/媒体/艺术/出版", "体育/娱乐"), "S": ("政府/公共事业",), "T": ("国际组织",),
}  # fmt: skip
_TRADE_NAMES = {
    "A": "农业发展", "B": "矿业", "D": "能源", "E": "建筑工程", "F": "商贸", "G": "物流",
    "H": "餐饮管理", "I": "信息科技", "J": "保险代理", "K": "物业服务", "L": "商务咨询",
    "M": "检测技术", "N": "环境服务", "O": "生活服务", "P": "教育", "Q": "康养服务",
    "R": "文化传媒", "S": "社会服务", "T": "交流",
}  # fmt: skip
# Branches of manufacturing: by occupation where it decides, else as they are frequent.
_BRANCH_OF_MEDIUM_GROUP = {
    "6-01": "食品/饮料", "6-02": "食品/饮料", "6-04": "服装/纺织/皮革", "6-05": "服装/纺织/皮革",
    "6-06": "家具/家电/玩具/礼品", "6-08": "印刷/包装/造纸", "6-10": "石油/化工",
    "6-11": "石油/化工", "6-12": "制药/生物工程", "6-22": "汽车/摩托车/零配件",
    "6-23": "摩托车制造", "6-25": "电子技术/半导体/集成电路",
}  # fmt: skip
_FREQUENT_BRANCHES = (
    "汽车/摩托车/零配件", "汽车/摩托车/零配件", "电子技术/半导体/集成电路", "机械/设备/重工",
    "摩托车制造",
)  # fmt: skip
_TRADE_NAMES_OF_BRANCHES = {
    "汽车/摩托车/零配件": "汽车零部件", "摩托车制造": "摩托车", "机械/设备/重工": "机械制造",
    "电子技术/半导体/集成电路": "电子科技", "服装/纺织/皮革": "服饰", "食品/饮料": "食品",
    "家具/家电/玩具/礼品": "家居", "印刷/包装/造纸": "包装印刷", "石油/化工": "化工",
    "制药/生物工程": "制药",
}  # fmt: skip
_AGENCIES, _AGENCY_INDUSTRY = 8, "人力资源服务"
_MANUFACTURING = "C"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_EMPLOYERS_PER_TRADE = len(_STEMS) * len(_BRANCHES)


def draw_title(generator: np.random.Generator, titles: Sequence[str]) -> str:
    """Draw a title: in half of the cases one of the shortest, which are the usual ones."""
    usual = sorted(titles, key=lambda title: (len(title), title))[:_USUAL_TITLES]
    return pick(generator, usual if generator.random() < 0.5 else titles)


def pick(generator: np.random.Generator, choices: Sequence[str]) -> str:
    """Draw one of the choices, all alike."""
    return choices[int(generator.integers(len(choices)))]


def write_title(generator: np.random.Generator, title: str) -> str:
    """Write a title as employers print it: bare, or with a slogan before or behind it."""
    if generator.random() >= _DECORATED:
        return title
    if generator.random() < 0.5:
        return pick(generator, _BEFORE) + title
    return title + pick(generator, _AFTER)


def write_description(
    generator: np.random.Generator, duties: Sequence[str], education: str, experience: str
) -> str:
    """Write a short text from two duties, requirements, benefits and now and then a contact."""
    start = int(generator.integers(len(duties)))
    first, second = duties[start], duties[(start + 1) % len(duties)]
    education = education if education not in ("", "不限") else "学历不限"
    experience = f"有{experience}经验" if "年" in experience else "有同类经验"
    text = pick(generator, _DUTY_SENTENCES).format(first=first, second=second)
    text += pick(generator, _REQUIREMENTS).format(education=education, experience=experience)
    text += pick(generator, _BENEFITS)
    if generator.random() < _CONTACT_SHARE:
        text += pick(generator, _CONTACTS)
    return text


def draw_employer(
    generator: np.random.Generator, section: str, occupation_code: str
) -> tuple[str, str]:
    """Draw an invented employer of a section: its name and its industry in a board's words."""
    # The square makes some employers large and most of them small.
    number = int(_EMPLOYERS_PER_TRADE * generator.random() ** 2)
    pair = _STEMS[number % len(_STEMS)] + _BRANCHES[number // len(_STEMS)]
    if section == _MANUFACTURING:
        branch = _BRANCH_OF_MEDIUM_GROUP.get(occupation_code[:4])
        branch = branch or pick(generator, _FREQUENT_BRANCHES)
        return f"示例{pair}{_TRADE_NAMES_OF_BRANCHES[branch]}有限公司", branch
    wordings = _INDUSTRY_WORDINGS[section]
    return f"示例{pair}{_TRADE_NAMES[section]}有限公司", wordings[number % len(wordings)]


def draw_agency(generator: np.random.Generator) -> tuple[str, str]:
    """Draw an invented employment agency: its name and its industry in a board's words."""
    number = int(generator.integers(_AGENCIES))
    return f"示例{_STEMS[number]}方人力资源有限公司", _AGENCY_INDUSTRY


def write_wage(generator: np.random.Generator, wage_yuan_month: float) -> str:
    """Write a wage in one of the forms of job boards; every eighth is left to negotiation."""
    if generator.random() < 0.125:
        return "面议"
    low, high = (round(wage_yuan_month * factor, -2) for factor in (0.85, 1.2))
    forms = (
        f"{low:.0f}-{high:.0f}元/月",
        f"{low:.0f}~{high:.0f}",
        f"{low:.0f}-{high:.0f}",
        f"{low / 1000:g}-{high / 1000:g}千/月",
        f"{low / 1000:.0f}-{max(high / 1000, low / 1000 + 1):.0f}K",
        f"{low / 10000:g}-{high / 10000:g}万/月",
        f"{wage_yuan_month * 12 / 10000:.1f}万/年",
        f"{round(wage_yuan_month / _PAID_DAYS, -1):.0f}元/天",
        f"{low:.0f}以上",
        f"{round(wage_yuan_month, -2):.0f}元",
    )
    return pick(generator, forms)


def write_headcount(generator: np.random.Generator, persons: int) -> str:
    """Write a headcount in one of the forms of job boards; some are 若干 or left out."""
    chance = generator.random()
    if chance < 0.05:
        return "若干"
    if chance < 0.1:
        return ""
    return pick(generator, (f"{persons}", f"{persons}人", f"招{persons}人", f"{persons}名"))
