"""Similarity to hand-coded postings."""

from pathlib import Path

import numpy as np
import pytest

from nlp.hand_coded import HandCodedSimilarity
from nlp.posting import Posting, is_search_word
from nlp.segment import Segmenter

CODED = {
    "6-18-02-04": [
        Posting("电焊工", "负责钢结构焊接作业 持焊工证"),
        Posting("氩弧焊工", "不锈钢焊接作业 持焊工证"),
        Posting("二保焊师傅", "钢结构焊接"),
    ],
    "4-06-02-01": [
        Posting("急急急", "带客户看房 房源开发 房屋买卖租赁"),
        Posting("高薪等你", "房源开发 带客户看房 租赁"),
        Posting("置业顾问", "房屋买卖"),
    ],
}


@pytest.fixture(scope="module")
def similarity() -> HandCodedSimilarity:
    postings = [posting for group in CODED.values() for posting in group]
    codes = [code for code, group in CODED.items() for _ in group]
    return HandCodedSimilarity.fit(postings, codes, Segmenter())


def test_a_slogan_takes_the_occupation_of_its_description(similarity: HandCodedSimilarity) -> None:
    centroids, nearest = similarity.scores([Posting("加入我们", "带客户看房 房源开发")])
    estate, welder = similarity.column["4-06-02-01"], similarity.column["6-18-02-04"]
    assert nearest[0, estate] > 0.5 > nearest[0, welder]
    assert centroids[0, estate] > centroids[0, welder]


def test_a_posting_is_its_own_nearest(similarity: HandCodedSimilarity) -> None:
    centroids, nearest = similarity.scores([CODED["6-18-02-04"][0]])
    assert nearest[0, similarity.column["6-18-02-04"]] == pytest.approx(1.0)
    assert (centroids <= nearest.max() + 1e-9).all()
    assert ((nearest >= 0) & (nearest <= 1 + 1e-9)).all()


def test_unknown_words_are_similar_to_nothing(similarity: HandCodedSimilarity) -> None:
    centroids, nearest = similarity.scores([Posting("", ""), Posting("☆☆☆", "qwertyuiop")])
    assert (nearest == 0).all()
    assert (centroids == 0).all()


def test_saved_arrays_hold_no_text_and_come_back(
    similarity: HandCodedSimilarity, tmp_path: Path
) -> None:
    path = tmp_path / "arrays.npz"
    similarity.save(path)
    again = HandCodedSimilarity.load(path, Segmenter())
    query = [Posting("焊工", "钢结构焊接作业"), Posting("经纪人", "带客户看房")]
    for before, after in zip(similarity.scores(query), again.scores(query), strict=True):
        np.testing.assert_allclose(before, after, atol=2e-3)
    with np.load(path, allow_pickle=False) as file:
        texts = [name for name in file.files if file[name].dtype.kind in "US"]
    assert texts == ["codes"]


def test_order_of_the_coded_postings_is_irrelevant(similarity: HandCodedSimilarity) -> None:
    pairs = [(posting, code) for code, group in CODED.items() for posting in group][::-1]
    other = HandCodedSimilarity.fit([p for p, _ in pairs], [c for _, c in pairs], Segmenter())
    query = [Posting("电焊", "焊接作业")]
    for one, two in zip(similarity.scores(query), other.scores(query), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-12)


def test_what_somebody_searched_for_is_no_category() -> None:
    assert is_search_word("搜索词:大数据")
    assert not is_search_word("普工/技工")
