"""What the terms in titles say, against a plain reading of one title at a time."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.code_index import code_index
from nlp.lexicon import Lexicon
from nlp.segment import Segmenter
from nlp.term_evidence import TERM_FEATURES, TermEvidence, TermRows
from nlp.text_batch import TextBatch

ELECTRICIAN, WELDER, FITTER, NURSE = "6-31-01-03", "6-18-02-04", "6-20-01-01", "4-10-01-05"
PRODUCTION = "6"
ENTRIES = {
    "电工": (ELECTRICIAN, "title", ""),
    "焊工": (WELDER, "title", ""),
    "电焊工": (WELDER, "title", ""),
    "机修": (FITTER, "variant", f"{ELECTRICIAN}|{WELDER}"),
    "护理员": (NURSE, "title", ""),
    "工": (PRODUCTION, "title", ""),
    "pe": (FITTER, "variant", ""),
}
TITLES = st.lists(st.text(alphabet="电焊工机修pe ", max_size=10), max_size=6)


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter()


@pytest.fixture(scope="module")
def evidence() -> TermEvidence:
    return TermEvidence(_lexicon(), code_index())


def _lexicon(own: frozenset[str] = frozenset()) -> Lexicon:
    rows = [(term, *entry) for term, entry in ENTRIES.items()]
    columns = ["term", "occupation_code", "kind", "also_right"]
    return Lexicon(pd.DataFrame(rows, columns=columns), own)


def _rows(evidence: TermEvidence, titles: list[str], segmenter: Segmenter) -> TermRows:
    batch = TextBatch(titles)
    return evidence.rows(batch, batch.words(segmenter))


def _told(rows: TermRows) -> dict[tuple[int, str], list[float]]:
    codes = [code_index().codes[place] for place in rows.code]
    return {
        (int(owner), code): features.tolist()
        for owner, code, features in zip(rows.owner, codes, rows.features, strict=True)
    }


def _is_inside_longer(segment: str, term: str, start: int) -> bool:
    """Whether another term, found as a whole word, covers an occurrence."""
    end = start + len(term)
    for other in ENTRIES:
        for first in range(len(segment)):
            last = first + len(other)
            covers = first <= start and end <= last and other != term
            if covers and segment.startswith(other, first) and not _cuts(segment, first, last):
                return True
    return False


def _cuts(segment: str, start: int, end: int) -> bool:
    """Whether a piece begins or ends inside a Latin word."""
    padded = f" {segment} "
    pairs = [padded[place : place + 2] for place in (start, end)]
    return any(pair.isascii() and pair.isalnum() for pair in pairs)


def _plainly(title: str, segmenter: Segmenter) -> dict[str, tuple[float, list[list[float]]]]:
    """Largest strength for each code, and the descriptions that reach it."""
    best: dict[str, tuple[float, list[list[float]]]] = {}
    place = 0
    for segment in title.split(" "):
        bounds = np.cumsum([0, *map(len, segmenter.cut(segment))]).tolist()
        for term, (code, kind, also) in ENTRIES.items():
            for start in range(len(segment)):
                end = start + len(term)
                if not segment.startswith(term, start) or _cuts(segment, start, end):
                    continue
                described = [
                    len(term) / len(segment), math.log(len(term)), end == len(segment),
                    start in bounds, end in bounds, place == 0, term == segment,
                    _is_inside_longer(segment, term, start), kind == "variant",
                ]  # fmt: skip
                for each in [code, *filter(None, also.split("|"))]:
                    row = [float(value) for value in (*described, each != code)]
                    strength = sum(row[:-3]) - sum(row[-3:])
                    most, rows = best.get(each, (-math.inf, []))
                    if strength > most + 1e-9:
                        best[each] = (strength, [row])
                    elif strength > most - 1e-9:
                        rows.append(row)
        place += len(segment) + 1
    return best


@given(titles=TITLES)
def test_rows_are_those_of_a_plain_reading(
    evidence: TermEvidence, segmenter: Segmenter, titles: list[str]
) -> None:
    rows = _rows(evidence, titles, segmenter)
    told = _told(rows)
    expected = {
        (owner, code): described
        for owner, title in enumerate(titles)
        for code, described in _plainly(title, segmenter).items()
    }
    assert told.keys() == expected.keys()
    for key, strength in zip(told, rows.strength, strict=True):
        most, descriptions = expected[key]
        assert strength == pytest.approx(most, abs=1e-5)
        assert any(told[key] == pytest.approx(each, abs=1e-6) for each in descriptions)


@given(titles=TITLES)
def test_rows_ascend_and_stand_once(
    evidence: TermEvidence, segmenter: Segmenter, titles: list[str]
) -> None:
    rows = _rows(evidence, titles, segmenter)
    pairs = list(zip(rows.owner.tolist(), rows.code.tolist(), strict=True))
    assert pairs == sorted(set(pairs))


def test_features_by_hand(evidence: TermEvidence, segmenter: Segmenter) -> None:
    told = _told(_rows(evidence, ["", "高级电焊工 机修"], segmenter))
    welder = dict(zip(TERM_FEATURES, told[1, WELDER], strict=True))
    assert welder == pytest.approx(
        {
            "term_share_of_segment": 3 / 5, "term_length_log": math.log(3), "ends_segment": 1,
            "starts_at_word": 1, "ends_at_word": 1, "in_first_segment": 1,
            "is_whole_segment": 0, "is_inside_longer": 0, "is_variant": 0, "is_also_right": 0,
        }
    )  # fmt: skip
    fitter = dict(zip(TERM_FEATURES, told[1, FITTER], strict=True))
    assert fitter["term_share_of_segment"] == fitter["is_whole_segment"] == 1
    assert fitter["is_variant"] == 1
    assert fitter["in_first_segment"] == fitter["is_also_right"] == 0
    assert told[1, ELECTRICIAN][-1] == 1


def test_the_term_of_a_row_is_the_one_described(
    evidence: TermEvidence, segmenter: Segmenter
) -> None:
    rows = _rows(evidence, ["电焊工"], segmenter)
    named = {
        code_index().codes[code]: _lexicon().title_index.terms[term]
        for code, term in zip(rows.code, rows.term, strict=True)
    }
    assert named == {WELDER: "电焊工", PRODUCTION: "工"}


def test_only_a_whole_part_that_the_user_named_is_decided(segmenter: Segmenter) -> None:
    evidence = TermEvidence(_lexicon(frozenset({"电工", "机修"})), code_index())
    titles = ["电工", "高级 电工", "低压电工", "焊工", "机修 焊工", ""]
    rows = _rows(evidence, titles, segmenter)
    decided = evidence.decided(rows, len(titles))
    assert decided.tolist() == [True, True, False, False, True, False]


@pytest.mark.parametrize("titles", [[], [""], ["与此无干", ""]])
def test_titles_without_terms_give_no_rows(
    evidence: TermEvidence, segmenter: Segmenter, titles: list[str]
) -> None:
    rows = _rows(evidence, titles, segmenter)
    assert [len(values) for values in rows] == [0, 0, 0, 0]
    assert rows.features.shape == (0, len(TERM_FEATURES))
    assert evidence.decided(rows, len(titles)).tolist() == [False] * len(titles)
