"""Preparing postings: every field is read, and every reason to leave one out is told."""

from datetime import date

import pandas as pd
import pytest

from data.contract import REASON
from data.tables import PARSED_POSTINGS, POSTINGS
from nlp.prepare import (
    BAD_HEADCOUNT,
    BAD_PLACE,
    EARLIER_QUARTER,
    KIND,
    LATER_QUARTER,
    NO_DATE,
    NO_PLACE,
    NO_TEXT,
    OUTSIDE_AREA,
    REJECTION_KINDS,
    PreparationParameters,
    clean_texts,
    prepare_postings,
)

PARAMETERS = PreparationParameters("2026Q3", "2026Q4")
SOUND = {
    "posting_id": "a", "source": "示例网", "title": "急招电焊工（二保焊）",
    "industry": "机械/设备/重工", "description": "负责焊接，电话13000000000。",
    "employer": "示例机械制造有限公司",
    "place": "重庆市/沙坪坝区", "wage": "6000-8000元/月",
    "headcount": "10人", "posted_on": "2026-10-08", "closed_on": "2026/11/30",
    "category": "技工／焊工",
}  # fmt: skip
FAULTS = {
    NO_TEXT: {"title": "", "description": None},
    BAD_HEADCOUNT: {"headcount": "-5"},
    BAD_PLACE: {"place": "500999"},
    NO_DATE: {"posted_on": None},
    LATER_QUARTER: {"posted_on": "2027-01-01"},
    EARLIER_QUARTER: {"posted_on": "2026-06-30"},
    NO_PLACE: {"place": None},
    OUTSIDE_AREA: {"place": "四川省成都市"},
}


def _postings(*rows: dict[str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame([SOUND | {"posting_id": f"p{i}"} | row for i, row in enumerate(rows)])
    return frame.reindex(columns=POSTINGS.names).astype("str")


def test_every_field_is_read() -> None:
    valid, rejected = prepare_postings(_postings({}), PARAMETERS)
    assert rejected.empty
    row = valid.iloc[0]
    assert row["quarter"] == "2026Q4"
    assert [str(row[name])[:10] for name in ("posted_on", "closed_on")] == [
        "2026-10-08", "2026-11-30",
    ]  # fmt: skip
    assert row["title"] == "急招电焊工(二保焊)"
    assert row["category"] == "技工/焊工"
    assert row["industry"] == "机械/设备/重工"
    assert row["industry_code"] == "C"
    assert row["employer"] == "示例机械制造有限公司"
    assert row["district_code"] == "500106"
    assert row["wage_yuan_month"] == 7_000
    assert row["openings"] == 10
    pd.testing.assert_frame_equal(PARSED_POSTINGS.check(valid), valid)


def test_the_wording_of_the_industry_is_kept_normalised() -> None:
    postings = _postings(
        {"industry": " 机械／设备&amp;重工 "}, {"industry": ""}, {"industry": None}
    )
    valid = prepare_postings(postings, PARAMETERS).valid
    assert valid["industry"].iloc[0] == "机械/设备&重工"
    assert valid["industry"].isna().tolist() == [False, True, True]
    assert PARSED_POSTINGS.check(valid)["industry"].isna().tolist() == [False, True, True]


def test_personal_data_are_masked_in_every_text() -> None:
    contact = "李经理13812345678，微信li_13812345678，邮箱li.hr@example.com"
    texts = dict.fromkeys(("title", "description", "employer"), f"电工 {contact}")
    row = prepare_postings(_postings(texts), PARAMETERS).valid.iloc[0]
    for name in texts:
        assert "13812345678" not in row[name]
        assert "example.com" not in row[name]
        assert "电工" in row[name]


def test_every_kind_of_rejection_is_covered() -> None:
    assert set(FAULTS) == set(REJECTION_KINDS)


@pytest.mark.parametrize("kind", REJECTION_KINDS)
def test_a_fault_is_told_and_the_other_rows_stay(kind: str) -> None:
    valid, rejected = prepare_postings(_postings({}, FAULTS[kind], {}), PARAMETERS)
    assert valid["posting_id"].tolist() == ["p0", "p2"]
    assert rejected["posting_id"].tolist() == ["p1"]
    assert rejected[KIND].tolist() == [kind]
    assert rejected[REASON].str.len().gt(0).all()


def test_no_row_is_lost_when_all_faults_come_together() -> None:
    postings = _postings(*FAULTS.values(), {}, {})
    valid, rejected = prepare_postings(postings, PARAMETERS)
    assert sorted([*valid["posting_id"], *rejected["posting_id"]]) == sorted(postings["posting_id"])
    assert rejected[KIND].tolist() == list(FAULTS)


def test_the_gravest_fault_is_the_one_told() -> None:
    _, rejected = prepare_postings(
        _postings(FAULTS[OUTSIDE_AREA] | FAULTS[NO_DATE], FAULTS[NO_TEXT] | FAULTS[NO_PLACE]),
        PARAMETERS,
    )
    assert rejected[KIND].tolist() == [NO_DATE, NO_TEXT]


def test_both_ends_of_the_quarters_count() -> None:
    days = ["2026-06-30", "2026-07-01", "2026-12-31", "2027-01-01"]
    valid, _ = prepare_postings(_postings(*({"posted_on": day} for day in days)), PARAMETERS)
    assert valid["quarter"].tolist() == ["2026Q3", "2026Q4"]


def test_everywhere_counts_when_the_area_is_open() -> None:
    everywhere = PreparationParameters("2026Q4", "2026Q4", inside_only=False)
    valid, rejected = prepare_postings(
        _postings(FAULTS[NO_PLACE], FAULTS[OUTSIDE_AREA]), everywhere
    )
    assert len(valid) == 2
    assert rejected.empty
    assert valid["district_code"].isna().all()


def test_dates_without_a_year_are_read_from_the_day_of_collection() -> None:
    posting = _postings({"posted_on": "10-08"})
    assert prepare_postings(posting, PARAMETERS).rejected[KIND].tolist() == [NO_DATE]
    collected = PreparationParameters("2026Q4", "2026Q4", collected_on=date(2026, 11, 1))
    assert prepare_postings(posting, collected).valid["quarter"].tolist() == ["2026Q4"]


def test_unstated_headcounts_are_missing_not_rejected() -> None:
    valid, _ = prepare_postings(_postings({"headcount": "若干"}, {"headcount": None}), PARAMETERS)
    assert valid["openings"].isna().all()
    assert len(valid) == 2


def test_index_of_the_batch_does_not_matter() -> None:
    postings = _postings({}, FAULTS[NO_DATE], {"title": "厨师"})
    straight = prepare_postings(postings, PARAMETERS)
    moved = prepare_postings(postings.set_axis([7, 7, 3]), PARAMETERS)
    for one, other in zip(straight, moved, strict=True):
        pd.testing.assert_frame_equal(one, other)


TEXTS = ["title", "description", "category", "industry", "employer"]


def test_missing_columns_of_text_are_empty() -> None:
    postings = pd.DataFrame({"posting_id": ["a"], "title": ["电工"]}).reindex(
        columns=POSTINGS.names
    )
    cleaned = clean_texts(postings)
    assert cleaned[TEXTS].iloc[0].tolist() == ["电工", "", "", "", ""]


def test_every_text_that_coding_reads_is_cleaned() -> None:
    raw = " <b>重 庆</b>&amp;Ａ厂\u200b 13812345678 "
    cleaned = clean_texts(_postings(dict.fromkeys(TEXTS, raw))).iloc[0]
    for name in TEXTS:
        assert cleaned[name].startswith("重庆 &A厂"), name
    for name in ("title", "description", "employer"):
        assert "13812345678" not in cleaned[name]
