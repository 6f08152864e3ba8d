"""Titles: what names the job stays, slogans, wages, benefits and headcounts go."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.normalise import TITLE_LIMIT, normalise
from nlp.titles import SEGMENTS_AT_MOST, parse_title

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
    "无经验可做 客服": ("可做", "客服"),
    "会计（接受应届毕业生）": ("会计", "接受"),
    "搬运工若干名": ("搬运工",),
    "长期招聘｜摩托车发动机装配工": ("摩托车发动机装配工",),
}
KEPT = (
    "招商经理", "招生老师", "招标专员", "聘用制护士", "急诊护士", "急救员",
    "社保专员", "c++开发工程师", "5g网络优化工程师", "3d打印操作员", "2号线地铁安检员",
)  # fmt: skip
SEVERAL = {
    "送餐员/骑手/外卖员": ("送餐员", "骑手", "外卖员"),
    "电工、焊工、钳工": ("电工", "焊工", "钳工"),
    "收银员 理货员 防损员": ("收银员", "理货员", "防损员"),
    "厨师+切配+服务员": ("厨师+切配+服务员",),
}
segment_form = re.compile(r"[0-9a-z\u4e00-\u9fff+#.]+")


@pytest.mark.parametrize(("title", "segments"), DECORATED.items())
def test_decoration_goes(title: str, segments: tuple[str, ...]) -> None:
    assert parse_title(normalise(title, TITLE_LIMIT)).segments == segments


@pytest.mark.parametrize("title", KEPT)
def test_words_that_only_look_like_decoration_stay(title: str) -> None:
    assert parse_title(title).segments == (title,)


@pytest.mark.parametrize(("title", "segments"), SEVERAL.items())
def test_several_jobs_are_several_segments(title: str, segments: tuple[str, ...]) -> None:
    assert parse_title(title).segments == segments


@pytest.mark.parametrize("title", ["", "诚聘", "急招10名", "!!!", "😀", "月薪过万", "+#."])
def test_decoration_alone_names_nothing(title: str) -> None:
    assert parse_title(title).segments == ()


def test_segments_are_limited() -> None:
    assert len(parse_title("/".join(["电工", "焊工"] * 50)).segments) == SEGMENTS_AT_MOST


words = st.sampled_from(["急招", "电工", "诚聘", "10名", "5k-8k", "/", "c++", "PE", "包吃住", "👷"])


@given(st.text(max_size=80) | st.lists(words, max_size=12).map("".join))
def test_any_text_gives_few_segments_of_word_characters(text: str) -> None:
    segments = parse_title(normalise(text, TITLE_LIMIT)).segments
    assert len(segments) <= SEGMENTS_AT_MOST
    assert all(segment_form.fullmatch(segment) for segment in segments)
    assert sum(map(len, segments)) <= TITLE_LIMIT


@given(st.lists(st.sampled_from(["电工", "焊工", "收银员", "java", "3d"]), max_size=8))
def test_plain_segments_come_back_in_order(names: list[str]) -> None:
    assert parse_title(" / ".join(names)).segments == tuple(names)
