"""Fields of postings: the boards' own forms, and what must not be believed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.reference import load_districts
from nlp.fields import (
    EDUCATION_LEVELS,
    PAID_DAYS_PER_MONTH,
    PAID_HOURS_PER_MONTH,
    parse_dates,
    parse_education,
    parse_experience,
    parse_headcounts,
    parse_places,
    parse_wages,
)

POSTINGS = Path(__file__).resolve().parents[1] / ".." / "shared/data/postings/postings.parquet"
Parser = Callable[..., pd.DataFrame]
PARSERS: tuple[Parser, ...] = (
    parse_wages,
    parse_headcounts,
    parse_dates,
    parse_education,
    parse_experience,
)


@pytest.fixture(scope="module")
def postings() -> pd.DataFrame:
    if not POSTINGS.is_file():
        pytest.skip("the shared postings are not there")
    return pd.read_parquet(POSTINGS).replace("", None)


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("3000-5000", 3000, 5000),
        ("3000~5000", 3000, 5000),
        ("3,000—5,000元/月", 3000, 5000),
        ("6-8千/月", 6000, 8000),
        ("1-1.5万", 10_000, 15_000),
        ("8千-1.5万", 8000, 15_000),
        ("0.8-1万/月", 8000, 10_000),
        ("5000-1万", 5000, 10_000),
        ("4k-6k", 4000, 6000),
        ("30-55k·13薪", 32_500, 55_000 * 13 / 12),
        ("15-24万/年", 12_500, 20_000),
        ("年薪12万", 10_000, 10_000),
        ("200元/天", 200 * PAID_DAYS_PER_MONTH, 200 * PAID_DAYS_PER_MONTH),
        ("20元/时", 20 * PAID_HOURS_PER_MONTH, 20 * PAID_HOURS_PER_MONTH),
        ("500-1000元/周", 500 * 4.35, 1000 * 4.35),
        ("5000元/月", 5000, 5000),
        ("月薪5000-8000元+提成", 5000, 8000),
    ],
)
def test_wages(text: str, lower: float, upper: float) -> None:
    row = parse_wages([text]).iloc[0]
    assert row["wage_yuan_month_lower"] == pytest.approx(lower)
    assert row["wage_yuan_month_upper"] == pytest.approx(upper)
    assert row["wage_yuan_month"] == pytest.approx((lower + upper) / 2)
    assert pd.isna(row["reason"])


def test_open_wages_count_their_known_bound() -> None:
    wages = parse_wages(["8000以上", "1万以上/月", "3千及以下", "3-k·12薪"])
    assert wages["wage_yuan_month"].tolist() == [8000, 10_000, 3000, 3000]
    assert wages["wage_yuan_month_upper"].isna().tolist() == [True, True, False, True]
    assert wages["wage_yuan_month_lower"].isna().tolist() == [False, False, True, False]


def test_upper_bounds_that_lost_a_digit_are_restored_and_said() -> None:
    wages = parse_wages(["3000~500", "2000~300", "5000~1000", "8000-5000"])
    assert wages["wage_yuan_month_upper"].tolist() == [5000, 3000, 10_000, 8000]
    assert wages["wage_yuan_month_lower"].tolist() == [3000, 2000, 5000, 5000]
    assert wages["reason"].str.startswith("repaired").all()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("面议", "not stated"),
        ("6-8", "number without a unit"),
        ("200", "number without a unit"),
        ("10-100/天", "implausible"),
        ("1000万以上/年", "implausible"),
        ("300元/次", "paid by the piece"),
        ("-5000", "not a wage"),
        ("9" * 300, "not a wage"),
        ("1e400", "not a wage"),
        ("看提成", "not a wage"),
    ],
)
def test_wages_that_are_not_believed(text: str, reason: str) -> None:
    row = parse_wages([text]).iloc[0]
    assert pd.isna(row["wage_yuan_month"])
    assert row["reason"].startswith(reason)


def test_headcounts() -> None:
    texts = [
        "3人",
        "招12人",
        "5人人",
        "10",
        " 5 人",
        "十五名",
        "两人",
        "3-5人",
        "招聘5名以上",
        20.0,
    ]
    expected = [3, 12, 5, 10, 5, 15, 2, 4, 5, 20]
    assert parse_headcounts(texts)["openings"].tolist() == expected


def test_headcounts_not_stated_or_not_believed() -> None:
    texts = ["若干", "0", "不限人", "人", "招若干人", "33312323", "7878", "1.5", None]
    headcounts = parse_headcounts(texts)
    assert headcounts["openings"].isna().all()
    assert headcounts["rejection"].isna().all()
    assert headcounts["reason"].tolist()[:5] == ["not stated"] * 5
    assert headcounts["reason"].str.startswith("implausible").sum() == 2
    assert pd.isna(headcounts["reason"].iloc[-1])


@given(st.integers(-10_000, 10_000))
def test_any_headcount_is_counted_left_out_or_rejected(number: int) -> None:
    row = parse_headcounts([str(number)]).iloc[0]
    if number < 0:
        assert "negative" in row["rejection"]
    elif 1 <= number <= 5000:
        assert row["openings"] == number
    else:
        assert pd.isna(row["openings"])
        assert pd.notna(row["reason"])


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2015-05-12", "2015-05-12"),
        ("2015年03月20日", "2015-03-20"),
        ("2023-12-12 04:00:00", "2023-12-12"),
        ("2026/3/5", "2026-03-05"),
        ("20150512", "2015-05-12"),
        ("42136", "2015-05-12"),
        ("1431446399", "2015-05-12"),
        ("01-29发布", "2026-01-29"),
        ("04-20", "2026-04-20"),
        ("12-20发布", "2025-12-20"),
        ("02-29", "2024-02-29"),
        ("今天", "2026-06-01"),
        ("3天前", "2026-05-29"),
        ("5月13日更新|crawl 2026-05-15", "2026-05-13"),
        ("今日更新|crawl 2026-05-15", "2026-05-15"),
        ("90天前更新|crawl 2026-05-15", "2026-02-14"),
    ],
)
def test_dates(text: str, day: str) -> None:
    parsed = parse_dates([text], collected_on=date(2026, 6, 1))
    assert parsed["posted_on"].iloc[0] == pd.Timestamp(day)


def test_excel_serials_agree_with_pandas() -> None:
    serials = pd.Series(range(40_000, 48_000, 997))
    expected = pd.to_datetime(serials, unit="D", origin="1899-12-30")
    assert (parse_dates(serials)["posted_on"] == expected).all()


def test_dates_that_lack_a_year_or_do_not_exist() -> None:
    parsed = parse_dates(
        ["04-20", "3天前", "2015-02-30", "1066-10-14", "|crawl 2026-05-15", "招聘中"]
    )
    assert parsed["posted_on"].isna().all()
    assert parsed["reason"].notna().all()
    assert parsed["reason"].iloc[0] == "no year"
    assert parse_dates(["04-20"], reference_year=2015)["posted_on"].iloc[0].year == 2015


@given(st.dates(date(1996, 1, 1), date(2090, 1, 1)), st.sampled_from(["%Y-%m-%d", "%Y年%m月%d日"]))
def test_dates_are_read_as_they_were_written(day: date, form: str) -> None:
    assert parse_dates([day.strftime(form)])["posted_on"].iloc[0] == pd.Timestamp(day)


def test_education() -> None:
    texts = ["不限", "初中以下", "中技/中专", "大专及以上", "统招本科", "硕士", "博后", "1-3年本科"]
    education = parse_education(texts)
    assert education["education_rank"].tolist() == [0, 1, 2, 3, 4, 5, 6, 4]
    assert education["education"].tolist()[:7] == list(EDUCATION_LEVELS)
    assert parse_education(["本科/大专"])["education"].tolist() == ["大专"]
    assert parse_education(["英语一般"])["reason"].tolist() == ["not an education"]


def test_experience() -> None:
    texts = [
        "1-3年",
        "3-4年经验",
        "10年以上",
        "1年以下",
        "在校生/应届生",
        "经验5-10年",
        "三年以上",
        "半年",
    ]
    years = parse_experience(texts)["experience_years_minimum"].tolist()
    assert years == [1, 3, 10, 0, 0, 5, 3, 0.5]
    assert parse_experience(["英语精通", "2015年毕业"])["reason"].notna().all()


def test_places() -> None:
    texts = [
        "重庆市/九龙坡区", "重庆市 - 渝中区", "重庆·沙坪坝区", "500107", "500107001",
        "重庆", "上海-浦东新区", "110101", "500999", "999999", "12", None,
    ]  # fmt: skip
    places = parse_places(texts, load_districts("2015-09-30"))
    codes = places["district_code"].tolist()
    assert codes[:5] == ["500107", "500103", "500106", "500107", "500107"]
    assert places["district_code"].iloc[5:].isna().all()
    assert places["in_chongqing"].tolist()[5:8] == [True, False, False]
    assert places["rejection"].notna().tolist() == [False] * 8 + [True] * 3 + [False]


@pytest.mark.parametrize("parse", PARSERS)
def test_parsers_keep_index_order_and_missing(parse: Parser) -> None:
    texts = pd.Series(["3000-5000", None, "", "2015-05-12"], index=[9, 9, 1, 0])
    parsed = parse(texts)
    assert parsed.index.tolist() == [9, 9, 1, 0]
    assert parsed.iloc[1:3].isna().all(axis=None)
    assert parse(texts.iloc[:0]).columns.tolist() == parsed.columns.tolist()


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.text(max_size=300))
def test_parsers_survive_any_text(parse: Parser, text: str) -> None:
    assert len(parse([text])) == 1


@pytest.mark.parametrize(
    ("column", "parse", "value", "share"),
    [
        ("salary_raw", parse_wages, "wage_yuan_month", 0.93),
        ("headcount_raw", parse_headcounts, "openings", 0.85),
        ("education_raw", parse_education, "education", 0.99),
        ("experience_raw", parse_experience, "experience_years_minimum", 0.99),
    ],
)
def test_real_fields(
    postings: pd.DataFrame, column: str, parse: Parser, value: str, share: float
) -> None:
    parsed = parse(postings[column])
    stated = postings[column].notna()
    assert parsed.loc[stated, value].notna().mean() > share
    # Whatever was printed and not read has a reason.
    assert parsed.loc[stated & parsed[value].isna(), "reason"].notna().all()


def test_real_dates(postings: pd.DataFrame) -> None:
    parsed = parse_dates(postings["posted_raw"], reference_year=2020)["posted_on"]
    exact = postings["source"].str.startswith("1dagong")
    assert parsed[exact].notna().all()
    assert parsed[exact].dt.year.eq(2015).all()


def test_real_places_of_chongqing(postings: pd.DataFrame) -> None:
    board = postings[postings["source"].str.startswith("1dagong")]
    place = board["location_raw"].fillna("")
    places = parse_places(board["location_raw"], load_districts("2015-09-30"))
    named = place.str.match(r"重庆市.+[区县]$")
    assert named.sum() > 400
    assert places.loc[named, "district_code"].notna().all()
    assert (
        places.loc[~board["location_raw"].fillna("").str.startswith("重庆"), "in_chongqing"].sum()
        == 0
    )
