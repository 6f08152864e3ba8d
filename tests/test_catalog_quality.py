"""Quality: what became of every row, and the gates."""

from functools import cache

import pandas as pd
import pyarrow as pa
import pytest

from catalog.configuration import GatesSection, InputsSection
from catalog.inputs import account, read_inputs
from catalog.quality import quality_report, rejected_rows, require_gates
from data.errors import GateError
from data.tables import POSTINGS
from nlp.coder import Coder
from nlp.corpus import Corpus, code_corpus
from nlp.prepare import PreparationParameters

QUARTER = "2026Q4"
NO_TABLES = read_inputs(InputsSection(postings="none.csv"), QUARTER)


@cache
def corpus() -> Corpus:
    """Five postings that count, one of them a repost; five that do not."""
    base = {"title": "电焊工", "employer": "甲厂", "place": "重庆市沙坪坝区", "headcount": "3"}
    rows = [
        {"posted_on": "2026-10-08"},
        {"posted_on": "2026-10-28"},
        {"title": "餐厅服务员", "employer": "乙酒楼", "posted_on": "2026-11-02"},
        {"title": "数控车工", "employer": "丙厂", "headcount": "若干", "posted_on": "2026-12-02"},
        {"title": "保安员", "employer": "丁公司", "posted_on": "2026-08-02"},
        {"headcount": "-2", "posted_on": "2026-10-08"},
        {"posted_on": ""},
        {"place": "成都市", "posted_on": "2026-10-08"},
        {"place": "成都市武侯区", "posted_on": "2026-10-09"},
        {"posted_on": "2027-01-08"},
    ]
    frame = pd.DataFrame([{"posting_id": f"P{i}"} | base | row for i, row in enumerate(rows)])
    batch = POSTINGS.split(pa.Table.from_pandas(frame, preserve_index=False))
    return code_corpus([batch], PreparationParameters("2026Q3", QUARTER), Coder.load())


def report(**gates: float):  # type: ignore[no-untyped-def]
    return quality_report(corpus(), NO_TABLES, GatesSection(**gates), QUARTER)


def test_an_account_adds_up() -> None:
    counts = account(5, 2, pd.Series(["b", "a", "b"]))
    assert counts == {
        "rows_in": 10, "used": 5, "duplicate": 2, "rejected": 3, "reasons": {"a": 1, "b": 2},
    }  # fmt: skip


def test_every_posting_is_accounted_for() -> None:
    counts = report()["tables"]["postings"]
    assert (counts["rows_in"], counts["used"], counts["duplicate"]) == (10, 4, 1)
    assert counts["reasons"] == {
        "发布日期晚于本期": 1, "工作地点不在本地区": 2, "招聘人数为负": 1,
        "无发布日期或者日期不可读": 1,
    }  # fmt: skip
    rows = rejected_rows(corpus(), NO_TABLES)
    assert rows["row"].tolist() == ["P5", "P6", "P7", "P8", "P9"]
    assert set(rows["table"]) == {"postings"}


def test_coverage_by_hand() -> None:
    coverage = report()["coverage"]
    assert coverage["本季度岗位（去重后，个）"] == 3
    assert coverage["招聘单位（家）"] == 3
    assert coverage["重复发布占读入行数的比例"] == pytest.approx(0.1)
    assert coverage["区县已知的岗位比例"] == 1
    assert coverage["写明工资的岗位比例"] == 0
    total = coverage["本季度需求人数（人）"]
    assert coverage["招聘人数由推算得出的需求比例"] == pytest.approx((total - 6) / total)


def test_rows_of_another_place_or_time_are_no_fault_of_the_source() -> None:
    """Two of the seven rows that are in scope were rejected."""
    gates = {gate["name"]: gate for gate in report()["gates"]}
    assert gates["招聘信息剔除比例不高于"]["value"] == pytest.approx(2 / 7, abs=1e-6)


@pytest.mark.parametrize(
    ("gates", "failed"),
    [
        ({"postings_at_least": 3}, []),
        ({"postings_at_least": 4}, ["本季度岗位数不少于 3, 界限4"]),
        ({"postings_at_least": 3, "rejected_share_at_most": 0.2}, ["招聘信息剔除比例不高于"]),
        ({"postings_at_least": 3, "coded_share_at_least": 1.0}, ["需求人数归入细类的比例不低于"]),
        ({"postings_at_least": 9, "rejected_share_at_most": 0.0}, ["岗位数", "剔除比例"]),
    ],
)
def test_each_gate_withholds_by_itself(gates: dict[str, float], failed: list[str]) -> None:
    quality = report(**gates)
    if not failed:
        require_gates(quality)
        return
    with pytest.raises(GateError) as caught:
        require_gates(quality)
    assert caught.value.exit_code == 4
    assert len(caught.value.which) == len(failed)
    assert all(words in str(caught.value) for words in failed)
