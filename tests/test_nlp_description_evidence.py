"""What descriptions say, against a plain reading of one description at a time."""

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.code_index import code_index
from nlp.description_evidence import (
    DESCRIPTION_CHARACTERS,
    FROM_TEXT_AT_MOST,
    LEAD_CHARACTERS,
    DescriptionEvidence,
    DescriptionRows,
)
from nlp.lexicon import Lexicon

ELECTRICIAN, WELDER, FITTER, NURSE = "6-31-01-03", "6-18-02-04", "6-20-01-01", "4-10-01-05"
COOK = "4-03-02-01"
TITLES = {"电工": ELECTRICIAN, "焊工": WELDER, "电焊工": WELDER, "机修": FITTER, "厨师": COOK}
DUTIES = {
    "万用表": (ELECTRICIAN,),
    "表": (NURSE,),
    "图纸": (FITTER, ELECTRICIAN, WELDER),
    "焊": (WELDER,),
    "刀": (COOK,),
}
PIECES = st.lists(st.sampled_from([*TITLES, *DUTIES, "。", "各地", "PE"]), max_size=60)
TEXTS = st.lists(PIECES.map("".join), max_size=5)


@pytest.fixture(scope="module")
def evidence() -> DescriptionEvidence:
    rows = [(term, code, "title", "") for term, code in TITLES.items()]
    rows += [(term, code, "duty", "") for term, codes in DUTIES.items() for code in codes]
    table = pd.DataFrame(rows, columns=["term", "occupation_code", "kind", "also_right"])
    return DescriptionEvidence(Lexicon(table), code_index())


def _told(rows: DescriptionRows) -> dict[tuple[int, str], tuple[float, float]]:
    """Duties and position by text and code."""
    codes = [code_index().codes[place] for place in rows.code]
    keys = zip(rows.owner.tolist(), codes, strict=True)
    values = zip(rows.duties.tolist(), rows.lead_position.tolist(), strict=True)
    return dict(zip(keys, values, strict=True))


def _outermost(terms: list[str], text: str) -> list[tuple[int, str]]:
    """Start and term of the occurrences that lie inside no other."""
    found = [(i, term) for i in range(len(text)) for term in terms if text.startswith(term, i)]
    return [
        (start, term)
        for start, term in found
        if not any(
            other <= start and start + len(term) <= other + len(longer) and longer != term
            for other, longer in found
        )
    ]


def _plainly(text: str) -> tuple[dict[str, float], dict[str, float]]:
    """Duties and positions of a text that one reads from its start."""
    text = text[:DESCRIPTION_CHARACTERS].lower()
    duties: dict[str, float] = defaultdict(float)
    for _, term in _outermost(list(DUTIES), text):
        for code in DUTIES[term]:
            duties[code] += 1 / len(DUTIES[term])
    positions: dict[str, float] = {}
    for start, term in _outermost(list(TITLES), text[:LEAD_CHARACTERS]):
        positions.setdefault(TITLES[term], 1 - start / LEAD_CHARACTERS)
    return duties, positions


@given(texts=TEXTS)
def test_rows_are_those_of_a_plain_reading(evidence: DescriptionEvidence, texts: list[str]) -> None:
    told = _told(evidence.rows(texts))
    expected = {}
    for owner, text in enumerate(texts):
        duties, positions = _plainly(text)
        for code in duties.keys() | positions.keys():
            values = (duties.get(code, 0.0), positions.get(code, 0.0))
            expected[owner, code] = pytest.approx(values)
    assert told == expected


@given(texts=TEXTS)
def test_the_first_few_by_duties_or_position_are_candidates(
    evidence: DescriptionEvidence, texts: list[str]
) -> None:
    rows = evidence.rows(texts)
    for owner in range(len(texts)):
        of_text = rows.owner == owner
        allowed = np.zeros(int(of_text.sum()), dtype=bool)
        required = allowed.copy()
        for values in (rows.duties[of_text], rows.lead_position[of_text]):
            least = np.sort(values[values > 0])[::-1][:FROM_TEXT_AT_MOST]
            if len(least):
                allowed |= (values > 0) & (values >= least[-1] - 1e-12)
                required |= values > least[-1] + 1e-12
        chosen = rows.is_candidate[of_text]
        assert (required <= chosen).all()
        assert (chosen <= allowed).all()
        assert chosen.sum() <= 2 * FROM_TEXT_AT_MOST


def test_duties_by_hand(evidence: DescriptionEvidence) -> None:
    told = _told(evidence.rows(["", "会用万用表,看图纸,用万用表"]))
    # 表 stands inside 万用表 and does not count.
    assert told == {
        (1, ELECTRICIAN): (pytest.approx(2 + 1 / 3), 0),
        (1, FITTER): (pytest.approx(1 / 3), 0),
        (1, WELDER): (pytest.approx(1 / 3), 0),
    }


def test_the_first_mention_counts_by_position(evidence: DescriptionEvidence) -> None:
    text = "招电焊工、厨师、焊工"
    assert [_told(evidence.rows(texts)) for texts in ([text], ["x", text])] == [
        {
            (owner, WELDER): (2, pytest.approx(1 - 1 / LEAD_CHARACTERS)),
            (owner, COOK): (0, pytest.approx(1 - 5 / LEAD_CHARACTERS)),
        }
        for owner in (0, 1)
    ]


def test_a_term_that_opens_the_text_has_position_one(evidence: DescriptionEvidence) -> None:
    rows = evidence.rows(["厨师", "厨师"])
    assert rows.lead_position.tolist() == [1, 1]


def test_what_lies_beyond_the_limits_is_not_read(evidence: DescriptionEvidence) -> None:
    beyond_lead = "。" * LEAD_CHARACTERS + "厨师"
    beyond_all = "。" * DESCRIPTION_CHARACTERS + "万用表"
    across = "。" * (DESCRIPTION_CHARACTERS - 2) + "万用表"
    assert _told(evidence.rows([beyond_lead, beyond_all, across])) == {}


def test_terms_do_not_reach_into_the_next_text(evidence: DescriptionEvidence) -> None:
    assert _told(evidence.rows(["万用", "表", "电焊", "工"])) == {
        (1, NURSE): (1, 0),
        (2, WELDER): (1, 0),
    }


def test_capitals_do_not_matter() -> None:
    table = pd.DataFrame(
        [("plc", ELECTRICIAN, "duty", ""), ("pe", FITTER, "title", "")],
        columns=["term", "occupation_code", "kind", "also_right"],
    )
    told = _told(DescriptionEvidence(Lexicon(table), code_index()).rows(["招PE,会PLC,TYPE"]))
    assert told == {
        (0, ELECTRICIAN): (1, 0),
        (0, FITTER): (0, pytest.approx(1 - 1 / LEAD_CHARACTERS)),
    }


@pytest.mark.parametrize("texts", [[], [""], ["", "各地"]])
def test_nothing_said_is_no_row(evidence: DescriptionEvidence, texts: list[str]) -> None:
    assert [len(values) for values in evidence.rows(texts)] == [0] * 5


def test_a_lexicon_without_duties_reads_the_start() -> None:
    table = pd.DataFrame(
        [("厨师", COOK, "title", "")], columns=["term", "occupation_code", "kind", "also_right"]
    )
    rows = DescriptionEvidence(Lexicon(table), code_index()).rows(["招厨师,会万用表"])
    assert _told(rows) == {(0, COOK): (0, pytest.approx(1 - 1 / LEAD_CHARACTERS))}
    assert rows.is_candidate.tolist() == [True]
