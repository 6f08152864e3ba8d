"""Segmentation: the compiled segmenter against jieba itself, and jieba's cache left alone."""

import hashlib
import marshal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.reference import reference_table
from nlp.normalise import normalise
from nlp.segment import ReferenceSegmenter, Segmenter

SHARED = Path(__file__).resolve().parents[1] / ".." / "shared"
WORDS = ("维护工程师", "养老护理员", "工业机器人", "新媒体运营", "贴片机", "c++")
OWN_TEXTS = (
    "诚聘数控车床操作工10名,两班倒,包吃住,月薪6000-8000元。",
    "负责养老护理员排班、老人日常照料及健康记录,持证优先;",
    "岗位职责:1、设备维护工程师,熟悉PLC与c++;2、夜班补贴30元/天\r\n3、五险一金",
    "新媒体运营(抖音/小红书)  Java、MySQL 5.7,base重庆两江新区",
    "工业机器人系统操作员,会示教器编程者优先,𠀀字姓氏亦可。",
)
segmenters = pytest.mark.parametrize("words", [(), WORDS], ids=["plain", "with words"])


@cache
def _compiled() -> Segmenter:
    return Segmenter()


def _same_tokens(texts: list[str], words: tuple[str, ...]) -> None:
    fast, reference = Segmenter(words), ReferenceSegmenter(words)
    differing = [text for text in texts if fast.cut(text) != reference.cut(text)]
    assert differing == []


def _every(texts: list[str], parts: int) -> list[str]:
    """One text in so many, by its hash."""
    return [t for t in texts if hashlib.sha256(t.encode()).digest()[0] % parts == 0]


@segmenters
def test_terms_are_cut_as_jieba_cuts_them(words: tuple[str, ...]) -> None:
    terms = _every(reference_table("titles").frame()["term"].tolist(), 64)
    assert len(terms) > 500
    decorated = [
        f"急招{term}5名,要求:熟悉{other}" for term, other in zip(terms, terms[::-1], strict=True)
    ]
    _same_tokens([*terms, *decorated, *OWN_TEXTS], words)


@segmenters
def test_real_descriptions_are_cut_as_jieba_cuts_them(words: tuple[str, ...]) -> None:
    postings = SHARED / "data" / "postings" / "postings.parquet"
    if not postings.is_file():
        pytest.skip("no real postings beside the project")
    texts = pd.read_parquet(postings, columns=["description"])["description"].dropna().tolist()
    chosen = [normalise(text) for text in _every(texts, 8)[:600]]
    assert len(chosen) == 600
    _same_tokens(chosen, words)


def test_added_words_stay_whole() -> None:
    for segmenter in (Segmenter(WORDS), ReferenceSegmenter(WORDS)):
        assert segmenter.cut("养老护理员与设备维护工程师") == [
            "养老护理员", "与", "设备", "维护工程师",
        ]  # fmt: skip


def test_instances_do_not_share_added_words() -> None:
    Segmenter(["设备维护工程师"])
    assert Segmenter().cut("设备维护工程师") == ["设备", "维护", "工程师"]


@given(st.text(max_size=60) | st.text(alphabet="电焊工程师维护a1+ \n\t,。", max_size=60))
def test_words_joined_give_the_text(text: str) -> None:
    assert "".join(_compiled().cut(text)) == text


@pytest.mark.parametrize("text", ["中" * 200_000, "a" * 200_000, "," * 200_000, "招聘" * 100_000])
def test_long_runs_return(text: str) -> None:
    assert "".join(_compiled().cut(text)) == text


def test_cache_of_jieba_is_neither_written_nor_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ReferenceSegmenter(["焊工"]).cut("电焊工")
    assert list(tmp_path.iterdir()) == []
    # A forged cache, later than the dictionary, that would hold every word together.
    forged = tmp_path / "jieba.cache"
    forged.write_bytes(marshal.dumps(({"设备维护工程师": 10**9}, 10**9)))
    assert ReferenceSegmenter().cut("设备维护工程师") == ["设备", "维护", "工程师"]


def test_importing_the_package_loads_no_dictionary() -> None:
    program = "import nlp, sys; assert 'jieba' not in sys.modules, 'jieba was imported'"
    subprocess.run([sys.executable, "-c", program], check=True)
