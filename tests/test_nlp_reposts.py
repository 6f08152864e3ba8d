"""Collapsing reposts: one vacancy once, and never two vacancies as one."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import ConfigurationError, UnknownColumnsError
from nlp.minhash import MinHashParameters, minhash_signatures, near_duplicates
from nlp.reposts import RepostParameters, collapse_reposts

DUTIES = (
    "负责车间配电设备的日常巡检与维护保养,及时排除故障,做好运行记录,持有效电工操作证上岗,"
    "服从倒班安排,公司提供食宿并缴纳社会保险,欢迎有两年以上经验者应聘"
)


def _ads(*rows: dict[str, object]) -> pd.DataFrame:
    base = {
        "source": "board",
        "title": "电工",
        "description": DUTIES,
        "employer": "甲机械有限公司",
        "district_code": "500107",
        "openings": 3.0,
        "posted_on": "2026-01-05",
    }
    frame = pd.DataFrame([{"posting_id": f"{i:03d}"} | base | row for i, row in enumerate(rows)])
    return frame.assign(posted_on=pd.to_datetime(frame["posted_on"]))


def _vacancies(*rows: dict[str, object]) -> list[str]:
    return collapse_reposts(_ads(*rows))["vacancy_id"].tolist()


def test_first_sight_names_the_vacancy_and_dates_span_it() -> None:
    result = collapse_reposts(
        _ads({"posted_on": "2026-02-20"}, {"posted_on": "2026-01-05"}, {"posted_on": "2026-01-05"})
    )
    assert result["vacancy_id"].tolist() == ["001"] * 3
    assert result["is_repost"].tolist() == [True, False, True]
    assert result["times_advertised"].tolist() == [3] * 3
    assert result["first_seen"].eq(pd.Timestamp("2026-01-05")).all()
    assert result["last_seen"].eq(pd.Timestamp("2026-02-20")).all()


def test_window_runs_from_the_last_sight() -> None:
    days = ["2026-01-01", "2026-03-02", "2026-05-01", "2026-07-01"]
    # 60, 60 and 61 days apart.
    result = collapse_reposts(_ads(*({"posted_on": day} for day in days)))
    assert result["vacancy_id"].tolist() == ["000", "000", "000", "003"]


def test_an_advertisement_is_seen_until_it_closes() -> None:
    ads = _ads({"posted_on": "2026-01-01"}, {"posted_on": "2026-04-01"})
    ads["closed_on"] = pd.to_datetime(["2026-03-15", None])
    assert collapse_reposts(ads)["vacancy_id"].tolist() == ["000", "000"]
    assert collapse_reposts(ads.drop(columns="closed_on"))["is_repost"].sum() == 0


@pytest.mark.parametrize(
    "other",
    [
        {"title": "急聘电工(包吃住)3名"},
        {"title": "高薪诚聘 电工"},
        {"description": DUTIES + ",电话[电话]"},
        {"description": DUTIES.replace("两年", "三年")},
        {"employer": "甲机械"},
        {"source": "another board"},
    ],
)
def test_the_same_vacancy(other: dict[str, object]) -> None:
    assert _vacancies({}, other) == ["000", "000"]


@pytest.mark.parametrize(
    "other",
    [
        {"title": "焊工"},
        {"title": "高级电工"},
        {"employer": "乙机械有限公司"},
        {"district_code": "500103"},
        {"district_code": None},
        {"description": "负责办公楼照明线路改造,按图施工,工期半年,驻项目现场,白班为主"},
        {"description": None},
    ],
)
def test_another_vacancy(other: dict[str, object]) -> None:
    assert _vacancies({}, other) == ["000", "001"]


def test_slogans_of_the_same_headcount_are_one_vacancy() -> None:
    slogans = ["想高工资的来吧", "你来了就绝对不会走", "好厂璨宇保底4000以上", "工资过万等你来挑战"]
    ads = [{"title": slogan, "openings": 300.0} for slogan in slogans]
    assert _vacancies(*ads) == ["000"] * 4
    ads[3]["openings"] = 20.0
    assert _vacancies(*ads) == ["000", "000", "000", "003"]


def test_short_titles_are_no_slogans() -> None:
    assert _vacancies({"title": "后勤"}, {"title": "公关"}, {"title": "剪板"}) == [
        "000",
        "001",
        "002",
    ]


def test_without_description_title_and_headcount_decide() -> None:
    ads = [{"description": None}, {"description": None}, {"description": None, "openings": 5.0}]
    assert _vacancies(*ads) == ["000", "000", "002"]


def test_without_employer_source_and_description_decide() -> None:
    unknown = {"employer": None}
    assert _vacancies(unknown, unknown) == ["000", "000"]
    assert _vacancies(unknown, unknown | {"source": "another board"}) == ["000", "001"]
    assert _vacancies(*[unknown | {"description": "待遇优厚"}] * 2) == ["000", "001"]
    assert _vacancies(*[unknown | {"description": None}] * 2) == ["000", "001"]


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(shuffler: random.Random) -> None:
    titles = ["电工", "焊工", "急聘电工", "想高工资的来吧", "你来了就绝对不会走"]
    ads = _ads(
        *(
            {
                "title": titles[i % 5],
                "description": DUTIES[i % 3 :] if i % 4 else None,
                "posted_on": f"2026-0{1 + i % 6}-1{i % 7}",
                "employer": ["甲", "乙", None][i % 3],
            }
            for i in range(40)
        )
    )
    order = list(range(len(ads)))
    shuffler.shuffle(order)
    expected = collapse_reposts(ads)
    shuffled = collapse_reposts(ads.iloc[order])
    pd.testing.assert_frame_equal(shuffled.sort_index(), expected)


def test_known_truth_is_recovered() -> None:
    generator = np.random.default_rng(7)
    characters = np.array(list(dict.fromkeys(DUTIES + "仓储物流配送客户服务生产计划质量检验")))
    rows, truth = [], []
    for vacancy in range(300):
        text = "".join(generator.choice(characters, 150))
        for copy in range(generator.integers(1, 5)):
            cut = int(generator.integers(0, 140))
            noisy = text if copy == 0 else text[:cut] + "优先" + text[cut + 2 :]
            rows.append({"description": noisy, "employer": f"雇主{vacancy % 7}"})
            truth.append(vacancy)
    found = collapse_reposts(_ads(*rows))["vacancy_id"]
    table = pd.crosstab(pd.Series(truth, name="truth"), found)
    assert (table > 0).sum(axis=0).max() == 1  # no two vacancies became one
    assert ((table > 0).sum(axis=1) == 1).mean() > 0.97


def test_one_employer_with_thousands_of_advertisements_ends() -> None:
    # Comparing all pairs of 30,000 texts would take hours.
    ads = _ads(
        *({"description": f"{DUTIES[i % 60 :]}{chr(0x4E00 + i % 9000)}"} for i in range(30_000))
    )
    result = collapse_reposts(ads)
    assert result["times_advertised"].max() <= len(ads)
    assert result.groupby("vacancy_id")["is_repost"].sum().sum() == result["is_repost"].sum()


def test_no_posting_gives_no_vacancy() -> None:
    empty = collapse_reposts(_ads({}).iloc[:0])
    assert len(empty) == 0
    assert {"vacancy_id", "is_repost", "times_advertised"} <= set(empty.columns)


def test_what_is_given_stays() -> None:
    ads = _ads({}, {}).set_index(pd.Index([7, 7])).assign(wage_yuan_month=5000.0)
    result = collapse_reposts(ads)
    pd.testing.assert_frame_equal(result[ads.columns], ads)


def test_missing_columns_and_impossible_parameters_are_refused() -> None:
    with pytest.raises(UnknownColumnsError, match="employer"):
        collapse_reposts(_ads({}).drop(columns="employer"))
    with pytest.raises(ConfigurationError, match="0 days at least"):
        RepostParameters(window_days=-1)
    with pytest.raises(ConfigurationError, match=r"in \(0, 1\]"):
        MinHashParameters(threshold=0.0)


@given(st.sets(st.sampled_from(DUTIES), min_size=4), st.sets(st.sampled_from(DUTIES), min_size=4))
def test_signatures_estimate_the_jaccard_similarity(left: set[str], right: set[str]) -> None:
    parameters = MinHashParameters(shingle=1, bands=64, rows=8)
    signatures = minhash_signatures(["".join(sorted(left)), "".join(sorted(right))], parameters)
    # A text's end counts as one further element of its set.
    exact = len(left & right) / len(left | right)
    assert (signatures[0] == signatures[1]).mean() == pytest.approx(exact, abs=0.12)


def test_neighbours_in_memory_do_not_leak_into_a_signature() -> None:
    texts = ["", "电", "电工", DUTIES, ""]
    together = minhash_signatures(texts)
    alone = np.vstack([minhash_signatures([text]) for text in texts])
    np.testing.assert_array_equal(together, alone)


def test_blocks_are_kept_apart() -> None:
    groups = near_duplicates(["a", "b", "a"], [DUTIES, DUTIES, DUTIES + "好"])
    assert groups[0] == groups[2] != groups[1]
