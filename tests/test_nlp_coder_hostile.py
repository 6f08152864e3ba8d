"""The shipped coder on hostile texts: coded or left empty, never an error."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest

from data.tables import CODED_POSTINGS, POSTINGS
from nlp.coder import Coder
from nlp.posting import Posting
from nlp.prepare import clean_texts

HOSTILE = {
    "empty": "", "blank": " \t\n", "emoji": "👷🔧🔧", "markup": "<div><script>alert(1)</script>",
    "entities": "&lt;&amp;&#0;&#x110000;", "long": "诚聘电工五险一金。" * 6_700,
    "run": "中" * 200_000, "latin run": "a" * 200_000, "brackets": "(" * 100_000,
    "lone surrogate": "\ud800\udfff",
    "zero width": "\u200b\u200d\ufeff", "bidi": "\u202e\u2066\u2069", "formula": "=1+1|cmd",
    "combining": "e" + "\u0301" * 100_000, "null": "\x00\x00", "separators": "|:|:/" * 30,
    "breaks": "\r\n\r\n\t\u2028\x85", "half pairs": "\ud83d电\udc77", "blank run": " " * 200_000,
}  # fmt: skip
# With these the coder is asked as it stands, without anything that cleans its input.
RAW = HOSTILE | {
    "60,000 characters": "负责生产线设备的巡检与维护,持低压电工证。" * 2_850,
    "welder run": "电焊工" * 66_667, "words": "job " * 50_000,
    "disguised": "电\u200b焊\u202e工\u2066", "english": "Senior Java Engineer (Chongqing)",
    "mixed": "资深UI/UX Designer设计师", "html": "<p>诚聘<b>电焊工</b>&nbsp;10名</p><br/>",
    "feed": "电工\n焊工\n", "carriage return": "电工\r",
}  # fmt: skip
FIELDS = Posting._fields


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder.load()


def _postings(titles: Iterable[str], **columns: list[str]) -> pd.DataFrame:
    """Postings as the coder gets them: cleaned."""
    raw = pd.DataFrame({"title": list(titles), **columns}, dtype=object)
    raw["posting_id"] = [f"p{i:03d}" for i in range(len(raw))]
    return clean_texts(raw.reindex(columns=POSTINGS.names))


def _code(coder: Coder, titles: Iterable[str], **columns: list[str]) -> pd.DataFrame:
    return coder.code(_postings(titles, **columns)).coded


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("where", FIELDS)
def test_hostile_text_alone_names_no_occupation(coder: Coder, text: str, where: str) -> None:
    columns = {name: [""] for name in FIELDS} | {where: [text]}
    coded = _code(coder, columns.pop("title"), **columns)
    long_but_plain = text == HOSTILE["long"]
    assert coded["level"].tolist() == ["unit" if long_but_plain and where == "title" else "none"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_description_leaves_a_clear_title_alone(coder: Coder, text: str) -> None:
    coded = _code(coder, ["收银员"], description=[text])
    assert coded["occupation_code"].tolist() == ["4-01-02-04"]


@pytest.mark.parametrize("text", RAW.values(), ids=RAW)
@pytest.mark.parametrize("where", FIELDS)
def test_raw_text_is_coded_or_left_empty(coder: Coder, text: str, where: str) -> None:
    texts = {name: "收银员" if name == "title" else "" for name in FIELDS} | {where: text}
    # Beside a posting that must not notice.
    raw = pd.DataFrame([texts, dict.fromkeys(FIELDS, "")], dtype=object)
    raw.loc[1, "title"] = "收银员"
    result = coder.code(raw.assign(posting_id=["hostile", "plain"]))
    pd.testing.assert_frame_equal(CODED_POSTINGS.check(result.coded), result.coded)
    assert result.coded["occupation_code"].iloc[1] == "4-01-02-04"
    assert result.coded["level"].iloc[1] == "unit"
    sums = result.distribution.groupby("posting_id")["probability"].sum()
    np.testing.assert_allclose(sums[["hostile", "plain"]], 1)
    if where != "title":
        assert result.coded["occupation_code"].iloc[0] == "4-01-02-04"


def test_half_surrogate_pairs_hide_nothing(coder: Coder) -> None:
    raw = pd.DataFrame({"posting_id": ["a"], "title": ["\ud83d电焊工\udc77"]}, dtype=object)
    assert coder.code(raw).coded["occupation_code"].tolist() == ["6-18-02-04"]


def test_what_is_no_text_is_empty(coder: Coder) -> None:
    raw = pd.DataFrame(
        {"posting_id": ["a", "b", "c"], "title": [None, float("nan"), 7],
         "description": [None, 1.5, b"x"]}, dtype=object,
    )  # fmt: skip
    coded = coder.code(raw).coded
    assert coded["level"].tolist() == ["none"] * 3
    assert coded.drop(columns="posting_id").drop_duplicates().shape[0] == 1


@pytest.mark.parametrize("title", ["", "诚聘", "👷", "&nbsp;"])
def test_nothing_gets_no_code(coder: Coder, title: str) -> None:
    row = _code(coder, [title]).iloc[0]
    assert row[["occupation_code", "alternatives"]].isna().all()
    assert row["probability"] == 0


@pytest.mark.parametrize(
    "title", ["电\u200b焊工", "电 焊 工", "\u202a电焊工\u202c", "<b>电焊工</b>"]
)
def test_disguise_does_not_hide_the_title(coder: Coder, title: str) -> None:
    assert _code(coder, [title])["occupation_code"].tolist() == ["6-18-02-04"]


def test_hostile_texts_together_keep_the_contract(coder: Coder) -> None:
    result = coder.code(_postings([*HOSTILE.values(), *HOSTILE.values()]))
    pd.testing.assert_frame_equal(CODED_POSTINGS.check(result.coded), result.coded)
    sums = result.distribution.groupby("posting_id")["probability"].sum()
    assert sums.index.tolist() == result.coded["posting_id"].tolist()
    np.testing.assert_allclose(sums, 1)
