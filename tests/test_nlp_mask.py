"""Masking personal data: what is personal goes, what the job says stays."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.mask import mask
from nlp.normalise import normalise

POSTINGS = Path(__file__).resolve().parents[1] / ".." / "shared/data/postings/postings.parquet"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("手机13812345678", "手机[电话]"),
        ("138 1234 5678或138-1234-5678", "[电话]或[电话]"),
        ("+86 13812345678", "[电话]"),
        ("023-67891234转801", "[电话]"),
        ("(023)67891234", "[电话]"),
        ("热线400-800-1234", "热线[电话]"),
        ("电话:87333073", "电话:[电话]"),
        ("hr.zhang@example.com.cn投递", "[邮箱]投递"),
        ("微信号:zhang_hr88", "微信号:[微信]"),
        ("加微信zhaopin888。", "加微信[微信]。"),
        ("QQ:123456789", "QQ:[QQ]"),
        ("扣扣 12345678", "扣扣 [QQ]"),
        ("身份证110101199003071234", "身份证[身份证]"),
        ("卡号6222021234567890123", "卡号[银行卡]"),
        ("联系人:张三 电话", "联系人:[姓名] 电话"),
        ("联系人：欧阳经理", "联系人：[姓名]经理"),
        ("请联系李女士", "请联系[姓名]女士"),
    ],
)
def test_personal_data_goes(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "月薪3000-5000元,提成18000-25000",
        "10000-15000-20000",
        "2015-03-12 08:00-17:30",
        "轴承6205-2RS,ABB800-1000,S7-1200",
        "身高165-170,年龄18-35,邮编400020",
        "微信开发、JavaScript,微信公众号运营",
        "QQ群与客户沟通",
        "联系人:人力资源部",
        "成功女士男装销售",
        "联系人:[姓名]经理 [电话] QQ:[QQ] [微信]",
    ],
)
def test_the_job_stays(text: str) -> None:
    assert mask(text) == text


FRAGMENTS = (
    "1 13 138 12345678 0 23 - @ . com 微信 号 : QQ 联系人 张 先生 电话 a abcdef [电话] 62 400 转 加"
    " + 86 经理 X 19900307 wx 扣扣"
)


@settings(max_examples=500)
@given(st.lists(st.sampled_from(FRAGMENTS.split()), max_size=14).map("".join))
def test_masking_again_changes_nothing(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "unit", ["1", "a", "a@", "1-", "联系人:张", "微信", "023-", "1 ", "a.", "王"]
)
def test_hostile_repetition_ends(unit: str) -> None:
    mask(unit * (200_000 // len(unit)) + "@")


def test_masked_material_is_hardly_touched() -> None:
    if not POSTINGS.is_file():
        pytest.skip("the shared postings are not there")
    texts = pd.read_parquet(POSTINGS, columns=["description"])["description"].iloc[::3]
    normal = texts.map(normalise)
    changed = normal[normal.map(mask) != normal]
    # The material is masked already: more than a handful of changes would be false alarms.
    assert len(changed) <= 10
