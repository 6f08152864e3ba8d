"""Normalising texts: one form, nothing lost that is read later, linear on hostile input."""

from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.normalise import DESCRIPTION_LIMIT, TITLE_LIMIT, normalise, normalise_texts

POSTINGS = Path(__file__).resolve().parents[1] / ".." / "shared/data/postings/postings.parquet"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("注 塑 工", "注塑工"),
        ("办 公 文 员", "办公文员"),
        ("打字速度 快。", "打字速度快。"),
        ("电话销售 做五休二", "电话销售 做五休二"),
        ("Ｊａｖａ　开发", "Java 开发"),
        ("工资&lt;5000&nbsp;&amp;amp;&#32;包住", "工资<5000 & 包住"),
        ("<p>岗位</p><br/>职责<!-- x -->", "岗位 职责"),
        ("List<String> 开发", "List<String> 开发"),
        ("电\u200b工\u202e\ufeff", "电工"),
        ("电工\x00\x07\r\n\t焊工", "电工 焊工"),
        ("电\ud83d工\udc00", "电工"),
        ("⻋工 ⼯人", "车工 工人"),
        ("&#55296;&#1114112;&#0;电工", "电工"),
        ("&#" + "9" * 5000 + ";", "&#" + "9" * 5000 + ";"),
        (None, ""),
        (3.5, ""),
    ],
)
def test_forms(raw: object, expected: str) -> None:
    assert normalise(raw) == expected


def test_limits() -> None:
    assert len(normalise("中" * 1000, TITLE_LIMIT)) == TITLE_LIMIT
    assert len(normalise("中" * 60_000)) == DESCRIPTION_LIMIT
    assert normalise("中文", 0) == ""


def test_look_alikes_stay() -> None:
    assert normalise("СNС аnd CNC") == "СNС аnd CNC"


@given(st.text(alphabet="中工 \u3000\u200b\ud800Ａb<>/&;#x1amp\u0301\ufdfa　\n", max_size=60))
def test_result_has_one_form(text: str) -> None:
    result = normalise(text)
    assert result == result.strip()
    assert "  " not in result
    result.encode("utf-8")
    assert not set(result) & set("\u200b\u3000Ａ\n")


@pytest.mark.parametrize(
    "unit", ["中", " ", "&amp;", "&", "<a ", "<", "\u0316\u0300\u0327", "中 ", "&#", "\ufdfa"]
)
def test_hostile_repetition_ends(unit: str) -> None:
    # Quadratic work on 200,000 characters would take minutes and stop the test run.
    assert len(normalise(unit * (200_000 // len(unit)), 200_000)) <= 200_000


def test_combining_marks_are_cut_to_a_few() -> None:
    assert len(normalise("e" + "\u0316\u0300" * 30_000)) < 10


def test_column_keeps_index_and_missing() -> None:
    texts = pd.Series(["注 塑 工", None, "\u200b"], index=[5, 3, 1])
    result = normalise_texts(texts)
    assert result.index.tolist() == [5, 3, 1]
    assert result[5] == "注塑工"
    assert result.isna().tolist() == [False, True, True]


def test_real_postings_are_stable_and_keep_their_words() -> None:
    if not POSTINGS.is_file():
        pytest.skip("the shared postings are not there")
    titles = pd.read_parquet(POSTINGS, columns=["title"])["title"].iloc[::20]
    once = titles.map(lambda text: normalise(text, TITLE_LIMIT))
    assert (once.str.len() > 0).all()
    assert once.map(lambda text: normalise(text, TITLE_LIMIT)).equals(once)
    alone = [
        right
        for title in once
        for left, right in pairwise(title.split(" "))
        if len(right) == 1 and "一" <= right <= "鿿" and "一" <= left[-1:] <= "鿿"
    ]
    assert alone == []
