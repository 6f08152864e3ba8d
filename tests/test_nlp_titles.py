"""Titles: what names the job stays, decoration goes, level, setting and names are told apart."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.reference import reference_table
from nlp.normalise import TITLE_LIMIT, normalise
from nlp.title_level import LEVELS
from nlp.titles import SEGMENTS_AT_MOST, ParsedTitle, parse_title


def parse(title: str) -> ParsedTitle:
    return parse_title(normalise(title, TITLE_LIMIT))


DECORATED = {
    "急招普工20名包吃住": ("普工",),
    "【急】诚聘：储备店长（餐饮）五险一金": ("储备店长", "餐饮"),
    "【诚聘】火锅店切配工": ("火锅店切配工",),
    "月薪8k-12k Java开发工程师": ("java开发工程师",),
    "6000+叉车司机": ("叉车司机",),
    "高薪诚聘房产经纪人 底薪5000+高提成": ("房产经纪人",),
    "数控车工200元/天": ("数控车工",),
    "包装工4500-6000元/月": ("包装工",),
    "仓管员(双休)": ("仓管员",),
    "招电焊工": ("电焊工",),
    "聘夜班门卫": ("夜班门卫",),
    "急急急！大量招缝纫工50人": ("缝纫工",),
    "无经验可做 客服": ("客服",),
    "会计（接受应届毕业生）": ("会计",),
    "搬运工若干名": ("搬运工",),
    "长期招聘｜摩托车发动机装配工": ("摩托车发动机装配工",),
    "美容师4k起+五险": ("美容师",),
    "置业顾问（无责5000+提成）": ("置业顾问",),
    "快递员 月入过万": ("快递员",),
    "文员/周末双休/不加班": ("文员",),
    "注塑工（可住宿，8小时）": ("注塑工",),
    "电话客服 接受小白 免费住宿": ("电话客服",),
    "采购助理(年底双薪/底薪3000)": ("采购助理",),
    "测试工程师(2024届校招)": ("测试工程师",),
    "2025届应届生招聘-工艺工程师": ("工艺工程师",),
    "风险管理岗(社招)1人": ("风险管理岗",),
    "算法工程师(J10234)": ("算法工程师",),
    "结构工程师 (MJ001234)": ("结构工程师",),
    "工艺技术员(A199524)": ("工艺技术员",),
    "压力容器装配工(职位编号:03)": ("压力容器装配工",),
    "钳工 编号019": ("钳工",),
    "人力资源专员G01430": ("人力资源专员",),
    "铣工J[号码]": ("铣工",),
    "外贸业务员[电话]": ("外贸业务员",),
    "保险理赔员（新员工培训）": ("保险理赔员",),
    "厨师长丨包吃住丨报销车费": ("厨师长",),
    "家政保洁 六险一金 14薪": ("家政保洁",),
    "挂车司机（日结400/天）": ("挂车司机",),
    "护理员(早9晚6)": ("护理员",),
    "送餐员+可预支+0元入职+提供车住": ("送餐员",),
    "出纳 税后5500 带薪年假": ("出纳",),
    "验布工3名": ("验布工",),
    "诚聘招聘专员": ("招聘专员",),
    "平面设计(稳定)": ("平面设计",),
    "初/中级钢琴教师": ("中级钢琴教师",),
    "上位机工程师(C++/C#)": ("上位机工程师", "c++", "c#"),
    ".NET开发工程师": (".net开发工程师",),
    "销售实习生": ("销售",),
}
KEPT = (
    "招商经理", "招生老师", "招标专员", "招采专员", "聘用制护士", "急诊护士", "急救员", "招聘专员",
    "社保专员", "社保员", "c++开发工程师", "5g网络优化工程师", "3d打印操作员", "2号线地铁安检员",
    "培训师", "实习律师", "实习指导教师", "研究实习员", "储备店长", "焊工学徒", "学徒工",
    "助理工程师", "招聘师",
    "薪酬绩效专员", "薪资核算专员", "奖金核算员", "提成律师", "特聘教授", "会计兼出纳",
    "北京烤鸭师傅", "重庆小面厨师", "兰州拉面师", "沙县小吃店员", "上海大众销售", "北京市场专员",
    "上海市政工程师", "江北区域经理", "集团财务经理", "公司法务", "分公司总经理", "贷款公司业务员",
    "市场营销经理", "小区保安", "景区讲解员", "物业区域经理", "中国画老师", "人工智能训练师",
)  # fmt: skip
SEVERAL = {
    "普工，技术工，品管": ("普工", "技术工", "品管"),
    "营销经理/业务员/会计/出纳": ("营销经理", "业务员", "会计", "出纳"),
    "送餐员/骑手/外卖员": ("送餐员", "骑手", "外卖员"),
    "电工、焊工、钳工": ("电工", "焊工", "钳工"),
    "收银员 理货员 防损员": ("收银员", "理货员", "防损员"),
    "厨师+切配+服务员": ("厨师", "切配", "服务员"),
    "保洁员和绿化工": ("保洁员", "绿化工"),
    "客服主管及客服专员": ("客服主管", "客服专员"),
}
ONE_JOB = {
    "销售代表（医疗器械）": ("销售代表", ("医疗器械",)),
    "客户经理（银川分公司）": ("客户经理", ("银川分公司",)),
    "腾讯云-后台开发工程师": ("后台开发工程师", ("腾讯云",)),
    "【火锅店】服务员": ("服务员", ("火锅店",)),
    "项目经理—市政工程": ("项目经理", ("市政工程",)),
    "行政专员/助理": ("行政专员", ()),
    "算法工程师/专家": ("算法工程师", ()),
    "会计兼出纳": ("会计兼出纳", ()),
    "Data Engineer/数据工程师": ("数据工程师", ()),
    "数据分析": ("数据分析", ()),
}
LEVEL_OF = {
    "储备店长（餐饮）": "trainee", "焊工学徒": "trainee", "Java开发实习生": "trainee",
    "实习律师": "trainee", "见习业务员": "trainee", "运营管培生": "trainee",
    "经理(储备)": "trainee",
    "初级程序员": "junior", "助理工程师": "junior", "初中级前端工程师": "junior",
    "中级产品经理": "middle", "中高级Java工程师": "middle", "主管护师": "middle",
    "高级技工教师": "senior", "资深编辑": "senior", "首席分析师": "senior", "算法专家": "senior",
    "副主任医师": "senior", "高级客户经理": "senior", "装配组长": "lead", "餐厅领班": "lead",
    "车间班长": "lead", "技术负责人": "lead", "质量主管": "supervisor", "客房部主任": "supervisor",
    "财务经理": "manager", "潮玩店长": "manager", "高级销售经理": "manager", "营销总监": "director",
    "分公司总经理": "director", "首席执行官": "director", "生产厂长": "director",
    "普工": None, "客户经理": None, "产品经理": None, "项目经理": None, "总经理助理": None,
    "文员（接受实习生）": None, "实习指导教师": None,
    "文员/会计学徒": None, "初中数学老师": None,
}  # fmt: skip
SKILL_LEVEL_OF = {
    "焊工（初级工）": "初级工", "中级工以上钳工": "中级工", "电工高级工": "高级工",
    "电工技师": "技师",
    "招高级技师": "高级技师", "高级工程师": None, "高级工艺员": None, "美容技师": None,
    "高级电工": None, "模具技师": None, "中级工商管理": None,
}  # fmt: skip
NAMES = {
    "重庆某某机械有限公司招普工": (("普工",), "重庆某某机械有限公司", ()),
    "海隆软件(昆山)有限公司 测试员": (("测试员",), "海隆软件(昆山)有限公司", ()),
    "广东恒福律师事务所出纳": (("出纳",), "广东恒福律师事务所", ()),
    "月星集团-招商主管": (("招商主管",), "月星集团", ()),
    "【中国平安】客户经理": (("客户经理",), "中国平安", ()),
    "大型集团 会计": (("大型集团", "会计"), None, ()),
    "渝北区普工": (("普工",), None, ("渝北区",)),
    "重庆市渝北区诚聘保安": (("保安",), None, ("重庆市渝北区",)),
    "电工 重庆": (("电工",), None, ("重庆",)),
    "销售顾问（重庆南岸）": (("销售顾问",), None, ("重庆南岸",)),
    "会计-江苏南通": (("会计",), None, ("江苏南通",)),
    "质检员(徐汇区)": (("质检员",), None, ("徐汇区",)),
    "分校长（嘉兴校区）": (("分校长",), None, ("嘉兴校区",)),
    "电销代表--天河中心写字楼": (("电销代表",), None, ("天河中心写字楼",)),
    "普工(南通经济开发区)": (("普工",), None, ("南通经济开发区",)),
    "教师【工作地:马鞍山】": (("教师",), None, ("马鞍山",)),
    "安卓工程师-base地上海": (("安卓工程师",), None, ("上海",)),
    "广东省电力检修工": (("电力检修工",), None, ("广东省",)),
    "区域经理(华东区)": (("区域经理", "华东区"), None, ()),
    "销售(商铺住宅写字楼)": (("销售", "商铺住宅写字楼"), None, ()),
    "重庆": (("重庆",), None, ("重庆",)),
}
EMPTY = (
    "", "诚聘", "急招10名", "!!!", "😀", "月薪过万", "+#.", "底薪3000双休", "2018年校园招聘",
    "重庆某某电子有限公司",
)  # fmt: skip
segment_form = re.compile(r"[0-9a-z\u4e00-\u9fff+#.]+")


def test_employer_context_level_and_job_of_one_title() -> None:
    parsed = parse("诚聘储备店长（餐饮）包吃住-重庆某某餐饮管理有限公司")
    assert parsed == ParsedTitle(
        segments=("储备店长", "餐饮"),
        jobs=("储备店长",),
        context=("餐饮",),
        level="trainee",
        employer="重庆某某餐饮管理有限公司",
    )


@pytest.mark.parametrize(("title", "segments"), DECORATED.items())
def test_decoration_goes(title: str, segments: tuple[str, ...]) -> None:
    assert parse(title).segments == segments


@pytest.mark.parametrize("title", KEPT)
def test_words_that_only_look_like_decoration_stay(title: str) -> None:
    parsed = parse(title)
    assert parsed.segments == parsed.jobs == (title,)
    assert (parsed.employer, parsed.places) == (None, ())


@pytest.mark.parametrize(("title", "jobs"), SEVERAL.items())
def test_several_jobs_are_told_apart(title: str, jobs: tuple[str, ...]) -> None:
    parsed = parse(title)
    assert parsed.jobs == parsed.segments == jobs


@pytest.mark.parametrize(("title", "expected"), ONE_JOB.items())
def test_one_job_with_its_context(title: str, expected: tuple[str, tuple[str, ...]]) -> None:
    parsed = parse(title)
    assert (parsed.jobs, parsed.context) == ((expected[0],), expected[1])


@pytest.mark.parametrize(("title", "level"), LEVEL_OF.items())
def test_level_of_the_job_that_counts(title: str, level: str | None) -> None:
    assert parse(title).level == level


def test_every_level_occurs_and_no_other() -> None:
    assert {level for level in LEVEL_OF.values() if level} == set(LEVELS)


@pytest.mark.parametrize(("title", "skill_level"), SKILL_LEVEL_OF.items())
def test_skill_level_only_where_stated(title: str, skill_level: str | None) -> None:
    assert parse(title).skill_level == skill_level


def test_skill_levels_bear_their_official_names() -> None:
    official = set(reference_table("skill_levels").frame()["name"])
    assert {name for name in SKILL_LEVEL_OF.values() if name} <= official


@pytest.mark.parametrize(("title", "expected"), NAMES.items())
def test_employers_and_places_where_their_form_is_sure(
    title: str, expected: tuple[tuple[str, ...], str | None, tuple[str, ...]]
) -> None:
    parsed = parse(title)
    assert (parsed.segments, parsed.employer, parsed.places) == expected


@pytest.mark.parametrize("title", EMPTY)
def test_decoration_alone_names_nothing(title: str) -> None:
    parsed = parse(title)
    assert (parsed.segments, parsed.jobs, parsed.level) == ((), (), None)


def test_official_titles_and_occupations_lose_nothing() -> None:
    names = reference_table("occupations").frame()["name"].str.lower()
    plain = [name for name in names if re.fullmatch(r"[0-9a-z\u4e00-\u9fff]+", name)]
    assert len(plain) > 1500
    assert [
        name for name in plain if parse_title(name).segments not in ((name,), *_cut(name))
    ] == []


def _cut(name: str) -> list[tuple[str, ...]]:
    """A name that joins two workers may be cut at the joint."""
    return [tuple(re.split("[和及与或]", name))]


def test_segments_are_limited() -> None:
    assert len(parse_title("/".join(["电工", "焊工"] * 50)).segments) == SEGMENTS_AT_MOST


@pytest.mark.parametrize("character", "中招聘急市区省司+.#(-/ 5a无高工和")
def test_endless_titles_are_read_to_the_limit(character: str) -> None:
    endless = parse_title(character * 200_000)
    assert endless == parse_title(character * TITLE_LIMIT)
    assert sum(map(len, endless.segments)) <= TITLE_LIMIT


words = st.sampled_from(
    [
        *(
            "急招",
            "电工",
            "诚聘",
            "10名",
            "5k-8k",
            "/",
            "c++",
            "PE",
            "包吃住",
            "👷",
            "实习",
            "和",
            "(",
            ")",
        ),
        *(
            "重庆市",
            "渝北区",
            "上海",
            "机械有限公司",
            "某某集团",
            "-",
            "【",
            "】",
            "招",
            "经理",
            "储备",
            "+",
        ),
        *(
            "有限公司",
            "社保",
            "经验不限",
            "2024届",
            "J10234",
            "技师",
            "校区",
            ".net",
            "中国平安",
            "分公司",
        ),
    ]
)
titles = st.text(max_size=80) | st.lists(words, max_size=12).map("".join)


@given(titles)
def test_any_text_gives_few_segments_of_its_own_words(text: str) -> None:
    title = normalise(text, TITLE_LIMIT)
    parsed = parse_title(title)
    assert len(parsed.segments) <= SEGMENTS_AT_MOST
    assert all(segment_form.fullmatch(segment) for segment in parsed.segments)
    assert all(segment in title.lower() for segment in parsed.segments)
    assert set(parsed.jobs) <= set(parsed.segments)
    assert parsed.level in (None, *LEVELS)


@given(titles)
def test_segments_come_back_from_their_own_text(text: str) -> None:
    segments = parse(text).segments
    assert parse_title(" ".join(segments)).segments == segments


@given(st.lists(st.sampled_from(["电工", "焊工", "收银员", "java", "3d"]), max_size=8))
def test_plain_segments_come_back_in_order(names: list[str]) -> None:
    assert parse_title(" / ".join(names)).segments == tuple(names)
