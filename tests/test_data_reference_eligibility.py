"""Training eligibility: sensible for named occupations, complete, and with a reason each."""

import pandas as pd
import pytest

from data.errors import ContractError, UnknownCodeError
from data.reference import (
    load_licences,
    load_occupations,
    load_qualifications,
    load_standards,
    training_eligibility,
)

OCCUPATIONS = load_occupations()
ELIGIBILITY = training_eligibility().set_index("occupation_code")


def _row(name):
    return ELIGIBILITY.loc[OCCUPATIONS.code_of(name)]


def test_every_unit_has_a_verdict_and_a_reason():
    assert tuple(ELIGIBILITY.index) == OCCUPATIONS.units
    assert ELIGIBILITY["eligible"].dtype == bool
    assert (ELIGIBILITY["basis"].str.len() > 5).all()


@pytest.mark.parametrize(
    "name",
    [
        "焊工",
        "电工",
        "养老护理员",
        "中式烹调师",
        "汽车维修工",
        "保安员",
        "家政服务员",
        "人工智能训练师",
        "工业机器人系统操作员",
        "电梯安装维修工",
        "无人机驾驶员",
        "锅炉操作工",
    ],
)
def test_trainable_occupations(name):
    row = _row(name)
    assert row["eligible"]
    assert row["basis"].startswith(("有国家职业标准", "列入国家职业资格目录"))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("内科医师", "医师法"),
        ("口腔科医师", "医师法"),
        ("内科护士", "护士条例"),
        ("律师", "律师法"),
        ("初级中学教师", "教师法"),
        ("幼儿园教师", "教师法"),
        ("飞行驾驶员", "民用航空法"),
        ("轨道交通列车司机", "国家铁路局"),
        ("宠物医师", "动物防疫法"),
        ("消防员", "消防法"),
        ("人民警察", "人民警察法"),
        ("导游", "旅游法"),
        ("船舶甲板设备操作工", "船员条例"),
        ("企业经理", "不以职业技能培训"),
        ("义务兵", "兵役法"),
        ("统计专业人员", "尚无国家职业标准"),
        ("会计专业人员", "尚无国家职业标准"),
    ],
)
def test_occupations_outside_training(name, reason):
    row = _row(name)
    assert not row["eligible"]
    assert reason in row["basis"]


def test_special_operations_are_mentioned_but_do_not_exclude():
    for name in ("焊工", "电工"):
        assert "特种作业操作证" in _row(name)["basis"]


def test_eligible_means_grounds_and_no_exclusion():
    """The rule written a second time, on codes as sets."""
    grounds = {*load_standards()["occupation_code"], *load_qualifications()["occupation_code"]}
    licences = load_licences()
    excluding = licences[licences["reason_kind"] != "also_certified"]["occupation_code"]
    excluded = {
        unit
        for unit in OCCUPATIONS.units
        for code in excluding
        if f"{unit}-".startswith(f"{code}-")
    }
    expected = (grounds - {""}) - excluded
    assert set(ELIGIBILITY.index[ELIGIBILITY["eligible"]]) == expected
    assert 550 < len(expected) < 750


def test_licence_rows_have_the_known_kinds_and_a_law():
    licences = load_licences()
    kinds = {"licensed", "outside_training", "also_certified"}
    assert set(licences["reason_kind"]) == kinds
    assert (licences["legal_basis"] != "").all()
    named = licences[licences["reason_kind"] != "outside_training"]
    assert (named[["authority", "licence"]] != "").all(axis=None)
    outside = licences[licences["reason_kind"] == "outside_training"]
    assert (outside["remark"] != "").all()


def test_local_items_open_an_occupation_but_not_a_licensed_one():
    code, physician = OCCUPATIONS.code_of("统计专业人员"), OCCUPATIONS.code_of("内科医师")
    items = pd.DataFrame(
        {
            "occupation_code": [code, physician],
            "item": ["统计报表填报", "诊疗"],
            "kind": ["专项职业能力", "专项职业能力"],
        }
    )
    judged = training_eligibility(items).set_index("occupation_code")
    assert judged.loc[code, "eligible"]
    assert judged.loc[code, "basis"] == "有专项职业能力“统计报表填报”"
    assert not judged.loc[physician, "eligible"]
    assert judged["eligible"].sum() == ELIGIBILITY["eligible"].sum() + 1


def test_wrong_local_items_are_refused():
    items = pd.DataFrame({"occupation_code": ["6-18"], "item": ["x"], "kind": ["专项职业能力"]})
    with pytest.raises(ContractError):
        training_eligibility(items)
    with pytest.raises(UnknownCodeError):
        training_eligibility(items.assign(occupation_code="6-18-02-99"))
