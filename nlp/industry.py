"""Industry of the place of work: a section of GB/T 4754-2017, and on what it rests."""

import re
from collections.abc import Mapping
from functools import cache

import pandas as pd

from data.errors import UnknownCodeError
from data.reference import load_industries, reference_table

from .fields.distinct import parse_distinct

BASIS_CODE = "code"
BASIS_WORDING = "board wording"
BASIS_EMPLOYER = "employer name"
BASIS_AGENCY = "labour agency"
INDUSTRY_BASES = (BASIS_CODE, BASIS_WORDING, BASIS_EMPLOYER, BASIS_AGENCY)

COLUMNS = {"industry_code": "str", "industry_basis": "str"}

_CODE = re.compile(r"[A-T]|[A-T]?\d{2,4}")
# A board joins several industries by blanks, commas or bars; inside brackets they join nothing.
_JOINED = re.compile(r"(?:[\s,;|]+|、)(?![^()]*\))")

# Words of employers' names by section.  A name ends in what the employer does
# (柏森传动机械有限公司), so the word that ends last decides, the longer one where two end together.
_EMPLOYER_WORDS: Mapping[str, str] = {
    "A": "农业 养殖 种业 种植 林业 苗木 农场 牧业 渔业 畜牧",
    "B": "矿业 煤矿 煤业 油田",
    "C": (
        "电子 电子科技 微电子 半导体 集成电路 光电 光电科技 机械 机械设备 传动 机电 "
        "机电设备 机床 精密 精密工业 重工 制造 汽车制造 汽车零部件 汽车部件 零部件 车业 "
        "摩托车 食品 食品厂 饮料 酒业 啤酒 乳业 粮油 化工 化学 塑料 塑胶 塑业 橡胶 模具 "
        "模塑 五金 金属制品 制药 药业 药厂 纺织 服装 制衣 针织 鞋业 家具 家私 印刷 印务 "
        "包装 包装制品 纸业 钢铁 铝业 铜业 电器 电气 仪器 仪表 轴承 阀门 水泵 电机 电缆 "
        "线缆 照明 灯具 涂料 陶瓷 玻璃 水泥 建材厂 新材料 电池 锂电 厂 工业 铸造 锻造 "
        "冲压件 医疗器械制造 变压器 压缩机 制冷设备 电梯制造 滤清器 卫浴 门窗 管桩 乐器 "
        "玩具 测控 自动化设备 机器人 显示器件 制品 注塑"
    ),
    "D": "电力 供电 发电 燃气 水务 自来水 热力 热电 电网",
    "E": (
        "建筑 建筑工程 建设 建设工程 工程建设 市政 市政工程 装饰 装饰工程 装饰设计 建筑装饰 "
        "装潢 装修 土建 路桥 幕墙 安装工程 机电安装 机电工程 消防工程 园林工程 景观工程 "
        "园林绿化工程 防水 地基 建工 装饰服务 智能化工程"
    ),
    "F": (
        "商贸 贸易 国际贸易 工贸 经贸 超市 百货 进出口 商行 销售 批发 零售 大药房 药房 "
        "汽车销售 汽车贸易 汽车销售服务 汽贸 购物 商场 便利店 专卖店 物资 商社 经销 "
        "连锁超市 商品经营 食品商贸 医药连锁"
    ),
    "G": (
        "物流 快递 速递 速运 运输 货运 货运代理 仓储 供应链 供应链管理 航运 船务 船舶管理 "
        "国际货运 公交 客运 出租汽车 出租车 港务 配送 铁路 地铁 航空公司 搬运 货代 冷链 "
        "装卸"
    ),
    "H": (
        "餐饮 餐饮管理 餐饮服务 酒店 酒店管理 大酒店 宾馆 饭店 酒楼 火锅 餐厅 饮食 咖啡 "
        "食府 烧烤 料理 旅馆 西餐厅 面馆 度假村 美食"
    ),
    "I": (
        "网络 网络科技 网络技术 信息科技 信息技术 软件 软件技术 软件科技 软件开发 电子商务 "
        "互联网 数据 数据服务 数据科技 信息系统 信息工程 游戏 计算机 计算机科技 网络服务 "
        "云计算 云科技 通讯服务 通信服务 人工智能 人工智能科技 互动娱乐 电商 大数据 "
        "信息网络 移动通信 金融信息技术"
    ),
    "J": (
        "银行 商业银行 保险 保险代理 保险经纪 人寿 人寿保险 财产保险 财险 寿险 证券 投资 "
        "投资管理 投资咨询 投资顾问 资产 资产管理 基金 基金管理 信托 金融 金融服务 财富 "
        "财富管理 典当 担保 融资担保 小额贷款 期货 融资租赁 理财 金融信息服务 信用管理 "
        "股权投资 贵金属 贵金属经营 平安"
    ),
    "K": (
        "物业 物业管理 物业服务 房地产 房地产开发 地产 置业 房产 不动产 房地产经纪 房产经纪 "
        "房地产营销策划 房地产经纪顾问 房产营销 房地产咨询 房地产顾问 房产咨询"
    ),
    "L": (
        "广告 广告传媒 会展 展览 咨询 信息咨询 商务咨询 管理咨询 企业咨询 律师事务所 律师 "
        "会计师事务所 税务师事务所 旅行社 旅游 租赁 汽车租赁 商务服务 企业管理 企业管理咨询 "
        "知识产权 保安 保安服务 安保 翻译 翻译服务 市场营销 营销策划 企业策划 品牌管理 公关 "
        "公关顾问 企业服务 财务咨询 代理记账 礼仪 法律咨询 市场调研"
    ),
    "M": (
        "检测 检测技术 设计院 建筑设计 勘察 监理 工程监理 研究院 研究所 工程咨询 工程设计 "
        "检验 规划设计 工业设计 测绘 设计事务所"
    ),
    "N": ("环保 环保工程 环境工程 环境科技 环保科技 园林 园林绿化 园林景观 环卫 水利 景区 公园"),
    "O": (
        "家政 家政服务 美容 美发 美容美发 保洁 保洁服务 汽车维修 汽修 汽车服务 婚庆 养生 "
        "足浴 洗浴 美甲 洗车 摄影 婚纱摄影 影楼 美业 按摩 推拿"
    ),
    "P": (
        "学校 教育 教育科技 教育咨询 教育培训 培训 培训学校 幼儿园 大学 学院 中学 小学 早教 "
        "驾校 驾驶培训 驾驶学校 职业培训 教育信息咨询 文化教育"
    ),
    "Q": (
        "医院 诊所 门诊 门诊部 口腔 医疗美容 护理院 养老院 养老 养老服务 卫生院 体检 "
        "体检中心 卫生服务中心"
    ),
    "R": (
        "传媒 文化传媒 文化传播 文化发展 影视 影视传媒 娱乐 体育 健身 健身服务 出版 出版社 "
        "俱乐部 音乐 音乐会所 会所 动漫 影城 电影院 娱乐会所 歌城 量贩 演艺 报社 电视台 "
        "艺术中心 文化艺术"
    ),
    "S": "协会 委员会 学会 街道办事处 人民政府 基金会",
}
_AGENCY_WORDS = (
    "人力资源 人力资源管理 人力资源服务 人力资源开发 人力 劳务 劳务派遣 劳务服务 人才 人才服务 "
    "外包 服务外包 职业介绍 职介 职业介绍所 猎头 人才中介 人才市场 人力资源顾问 人事代理 招聘"
)
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_LEGAL_FORM = re.compile(
    r"(?:股份|有限|责任|无限)*(?:总|分)?公司.*$|(?:有限合伙|个体工商户|经营部|营业部|分店|集团)$"
)
# After the word that says what an employer does, only words may follow that say nothing.
_TAIL = re.compile(
    r"(?:科技|技术|实业|发展|管理|服务|集团|控股|国际|企业|中心|连锁|股份|工程|设备|系统|用品|产业|事业|"
    r"开发|经营|顾问|代理|策划|咨询|店|部|所|行|院|城|馆|有限|\d|[A-Za-z])*"
)


@cache
def _words() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """One pattern that finds the longest word at every place, and the section of each word."""
    sections = {word: code for code, words in _EMPLOYER_WORDS.items() for word in words.split()}
    sections |= dict.fromkeys(_AGENCY_WORDS.split(), BASIS_AGENCY)
    longest_first = sorted(sections, key=lambda word: (-len(word), word))
    return re.compile(f"(?=({'|'.join(map(re.escape, longest_first))}))"), sections


@cache
def _terms() -> Mapping[str, tuple[str, str]]:
    """Code and basis of every known wording, folded."""
    records = reference_table("industry_terms").records()
    return {_fold(r["term"]): (r["industry_code"], r["basis"]) for r in records}


def _fold(term: str) -> str:
    return re.sub(r"\s+", "", term).lower()


def infer_industries(industries: pd.Series, employers: pd.Series) -> pd.DataFrame:
    """Section of the industry of each posting.

    In turn: an explicit code of GB/T 4754-2017, the board's wording
    (``data/reference/industry_terms.csv``; the first known of several), the employer's name,
    else missing.  A labour agency's own industry is not that of the place of work: there the
    code is missing and the basis says why.

    Parameters
    ----------
    industries : pandas.Series of str, shape (n,)
        Codes or wordings; may hold missing values.
    employers : pandas.Series of str, shape (n,)
        Names of the employers on the same index; may hold missing values.

    Returns
    -------
    pandas.DataFrame, shape (n, 2)
        ``industry_code``, a letter from A to T, and ``industry_basis``, one of
        `INDUSTRY_BASES`; both may be missing.

    Examples
    --------
    >>> infer_industries(
    ...     pd.Series(["C36", "餐饮业", None, None]),
    ...     pd.Series([None, None, "柏森传动机械有限公司", "某某人力资源有限公司"]),
    ... )["industry_code"].tolist()
    ['C', 'H', 'C', nan]
    """
    stated = parse_distinct(industries, _from_wording, COLUMNS)
    named = parse_distinct(employers, _from_employer, COLUMNS)
    agency = named["industry_basis"].eq(BASIS_AGENCY) & stated["industry_basis"].ne(BASIS_CODE)
    known = stated["industry_basis"].notna() & ~agency
    return stated.where(known, named)


def _from_wording(text: str) -> tuple[object, ...]:
    if _CODE.fullmatch(text.upper()):
        return _from_code(text.upper())
    terms, whole = _terms(), _fold(text)
    # Normalising joins 渔 多元化…, so the longest known beginning is tried as well.
    beginnings = (whole[:length] for length in range(len(whole), 1, -1))
    beginning = next((part for part in beginnings if terms.get(part, ("", ""))[0]), "")
    for part in (whole, *text.split(), *_JOINED.split(text), *text.split("/"), beginning):
        code, basis = terms.get(_fold(part), ("", ""))
        if basis == BASIS_AGENCY:
            return None, BASIS_AGENCY
        if code:
            return load_industries().section_of(code), BASIS_WORDING
    return None, None


def _from_code(text: str) -> tuple[object, ...]:
    """Find the section of a code; one of an older edition counts by its division."""
    code = text[1:] if len(text) > 1 and text[0].isalpha() else text
    for known in dict.fromkeys((code, code[:2])):
        try:
            return load_industries().section_of(known), BASIS_CODE
        except UnknownCodeError:
            continue
    return None, None


def _from_employer(name: str) -> tuple[object, ...]:
    pattern, sections = _words()
    head = _LEGAL_FORM.sub("", _BRACKETS.sub("", name.replace(" ", "")))
    found = [
        (match.end() + len(match[1]), len(match[1]), match[1]) for match in pattern.finditer(head)
    ]
    if not found:
        return None, None
    end, _, word = max(found)
    if not _TAIL.fullmatch(head, end):
        return None, None
    section = sections[word]
    return (None, BASIS_AGENCY) if section == BASIS_AGENCY else (section, BASIS_EMPLOYER)
