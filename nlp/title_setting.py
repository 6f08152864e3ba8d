"""Employers and places that a title names, where their form is sure.

A name without its mark stays a word of the job: 重庆小面厨师 and 兰州拉面师 cook dishes, 上海大众
sells cars.  A place counts where it fills a part between punctuation, or carries its mark
(渝北区, 昆山市) at either end of one.
"""

import re
from functools import cache
from typing import NamedTuple

from data.reference import reference_table

HAN = "\u4e00-\u4e27\u4e29-\u9fff"  # without 丨, which boards use as a bar

# Units of the first and second level (GB/T 2260) without their marks, and well-known cities of
# the third.  Left out are 白银 and 阿里, which are other words.
_PROVINCES = """
北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南
广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门
"""
_CITIES = """
石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州 晋中
运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安
锡林郭勒 阿拉善 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛 长春 四平
辽源 通化 白山 松原 白城 延边 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河
绥化 大兴安岭 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 杭州 宁波 温州
嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳
宿州 六安 亳州 池州 宣城 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江 新余
鹰潭 赣州 吉安 宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城
滨州 菏泽 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口
驻马店 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 长沙 株洲 湘潭 衡阳 邵阳
岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆
惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港
玉林 百色 贺州 河池 来宾 崇左 海口 三亚 三沙 儋州 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江
乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 凉山 贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南
黔东南 黔南 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆
拉萨 日喀则 昌都 林芝 山南 那曲 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 兰州 嘉峪关 金昌
天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南 西宁 海东 海北 黄南 果洛 玉树 海西 银川 石嘴山
吴忠 固原 中卫 乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 克孜勒苏 喀什 和田 伊犁
塔城 阿勒泰 昆山 义乌 常熟 张家港 太仓 江阴 慈溪 余姚 晋江
"""
# 北京市场专员, 上海市政工程师, 江北区域经理, 广东省区经理 name no city, district or province.
_NO_CITY, _NO_DISTRICT, _NO_PROVINCE = (
    "(?![场政区民级容内])",
    "(?![域级长委块县])",
    "(?![区级外内])",
)
_NO_DISTRICT_BEFORE = "(?<![大小社园景厂片战专库地省市全各区时太牧林矿灾商校])"
_SITE_ENDS = frozenset("区县镇楼圈站口厦场市")
# 华东区 is a sales area, 商铺住宅写字楼 what an agent sells.
_SITE = re.compile(
    rf"(?!商铺|住宅|甲级|高端)[{HAN}a-z\d]{{2,10}}(?:校区|写字楼|商圈|地铁[站口]|大厦|广场)"
    rf"|[{HAN}]{{0,8}}(?:(?:经济|高?新)?(?:技术)?开发|高新|经开)区"
    rf"|(?!华[东南西北中]|亚太)[{HAN}]{{2,3}}{_NO_DISTRICT_BEFORE}[区县]|[{HAN}]{{1,3}}(?<![小古城乡])镇"
)

_EMPLOYER_ENDS = frozenset(["集团", "公司"])
_STATE_COMPANIES = (
    "平安|人寿|人保|太保|太平|移动|电信|联通|铁塔|石油|石化|烟草|邮政|(?:工商|农业|建设|交通)?银行"
)
_EMPLOYER = re.compile(
    rf"(?!大型|知名|某|上市|国有|跨国|国企|央企|控股|服务|物业)[{HAN}a-z]{{2,12}}集团(?:公司)?"
    rf"|[{HAN}]{{2,12}}分公司|中国(?:{_STATE_COMPANIES})"
)
# The name may hold one bracket, 海隆软件(昆山)有限公司, and a branch may follow it.
_COMPANY = re.compile(
    rf"(?<![{HAN}a-z\d])(?:[{HAN}a-z\d]{{2,16}}?(?:\([{HAN}]{{2,8}}\)[{HAN}]{{0,16}}?)?"
    rf"(?:(?:股份|责任)?有限(?:责任)?公司|股份公司|(?:律师|会计师|税务师)事务所)"
    rf"(?:[{HAN}]{{2,8}}?分公司)?)+"
)


class _Places(NamedTuple):
    """Expressions for the places of known name, and the first characters of the names."""

    starts: frozenset[str]
    whole: re.Pattern[str]
    marked: re.Pattern[str]
    marked_end: re.Pattern[str]


@cache
def _places() -> _Places:
    """Build the expressions from provinces, cities and the districts of Chongqing."""
    table = reference_table("districts").frame()
    units = table.loc[table["kind"].isin(["district", "county"]), "name"].tolist()
    provinces, cities = _PROVINCES.split(), _CITIES.split()
    province, city, unit = ("|".join(names) for names in (provinces, cities, units))
    # 重庆南岸 needs no mark; the name of 忠县 is not whole without its own.
    unmarked = "|".join(name[:-1] if len(name) > 2 else name for name in units)
    state = rf"(?:{province})[省市]?"
    within = rf"{unmarked}|[{HAN}]{{1,5}}{_NO_DISTRICT_BEFORE}(?:区|县|街道|开发区|校区)"
    whole = (
        rf"(?:{state}(?:(?:{city})市?)?|(?:{city})市?)(?:{within})?"
        rf"(?:上班|办公|工作|地区|周边|站|总部)?|{unit}"
    )
    marked_city = rf"(?:{state})?(?:{city})市{_NO_CITY}|(?:北京|天津|上海|重庆)市{_NO_CITY}"
    marked_unit = rf"(?:重庆市?)?(?:{unit}){_NO_DISTRICT}"
    marked = (
        rf"(?:(?:{marked_city})(?:{marked_unit})?|{marked_unit}|(?:{province})省{_NO_PROVINCE})"
    )
    starts = frozenset(name[:2] for name in (*provinces, *cities, *units))
    return _Places(starts, re.compile(whole), re.compile(marked), re.compile(rf"{marked}$"))


def take_company(title: str) -> tuple[str | None, str]:
    """Take out what has the legal form of a company.

    Parameters
    ----------
    title : str
        Title in small letters.

    Returns
    -------
    tuple of (str or None, str)
        The first company, and the title with a blank for each.

    Examples
    --------
    >>> take_company("海隆软件(昆山)有限公司招测试员")
    ('海隆软件(昆山)有限公司', ' 招测试员')
    """
    if "公司" not in title and "事务所" not in title:
        return None, title
    found = _COMPANY.search(title)
    return (found[0], _COMPANY.sub(" ", title)) if found else (None, title)


def is_employer(part: str) -> bool:
    """Whether a part of a title is a group of companies, a branch or a state company.

    Examples
    --------
    >>> [is_employer(part) for part in ("月星集团", "银川分公司", "中国平安", "大型集团")]
    [True, True, True, False]
    """
    likely = part[-2:] in _EMPLOYER_ENDS or part.startswith("中国")
    return likely and _EMPLOYER.fullmatch(part) is not None


def take_place(part: str) -> tuple[str, str]:
    """Take out the place that a part of a title is, starts with or ends in.

    Parameters
    ----------
    part : str
        What stands between two marks of punctuation, not empty.

    Returns
    -------
    tuple of (str, str)
        The place, empty where none is sure, and the rest of the part.

    Examples
    --------
    >>> take_place("渝北区普工"), take_place("重庆小面厨师"), take_place("天河中心写字楼")
    (('渝北区', '普工'), ('', '重庆小面厨师'), ('天河中心写字楼', ''))
    """
    places = _places()
    bare = part if part[0] not in "b驻" else part.lstrip("驻").removeprefix("base").lstrip("地")
    if bare[:2] in places.starts:
        if places.whole.fullmatch(bare):
            return bare, ""
        if (found := places.marked.match(part)) and len(part) - found.end() > 1:
            return found[0], part[found.end() :]
    if part[-1] in _SITE_ENDS:
        if _SITE.fullmatch(part):
            return part, ""
        if (found := places.marked_end.search(part)) and found.start() > 1:
            return found[0], part[: found.start()]
    return "", part
