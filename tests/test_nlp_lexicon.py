"""The title lexicon: where terms stand, and what a user's own rows change."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import ContractError, UnknownCodeError
from data.reference import load_occupations
from nlp.lexicon import Entry, Lexicon, Occurrences, TermIndex, require_sound

COLUMNS = ["term", "occupation_code", "kind", "also_right"]
ELECTRICIAN, WELDER, FITTER = "6-31-01-03", "6-18-02-04", "6-20-01-01"


def _table(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def _small() -> Lexicon:
    return Lexicon(
        _table(
            ("电工", ELECTRICIAN, "title", ""),
            ("焊工", WELDER, "title", ""),
            ("机修", FITTER, "variant", f"{ELECTRICIAN}|{WELDER}"),
            ("万用表", ELECTRICIAN, "duty", ""),
            ("图纸", ELECTRICIAN, "duty", ""),
            ("图纸", FITTER, "duty", ""),
        )
    )


@pytest.fixture(scope="module")
def shipped() -> Lexicon:
    return Lexicon.load()


def _told(index: TermIndex, found: Occurrences) -> list[tuple[str, int, int]]:
    """Term, start and end of each occurrence."""
    terms = [index.terms[place] for place in found.term]
    return list(zip(terms, found.starts.tolist(), found.ends.tolist(), strict=True))


def _terms(index: TermIndex, found: Occurrences) -> list[str]:
    return [term for term, _, _ in _told(index, found)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pe工程师", ["pe"]),
        ("高级 pe", ["pe"]),
        ("招pe,双休", ["pe"]),
        ("type设计", []),
        ("peqc", []),
        ("open", []),
        ("pe2", []),
    ],
)
def test_latin_terms_match_whole_words_only(text: str, found: list[str]) -> None:
    index = TermIndex(["pe"])
    assert _terms(index, index.every(text)) == found
    assert _terms(index, index.outermost(text)) == found


def test_a_latin_word_that_is_cut_hides_no_shorter_one() -> None:
    index = TermIndex(["pe", "pe工程", "工程师", "java"])
    assert _terms(index, index.outermost("type工程师")) == ["工程师"]
    assert _terms(index, index.every("pe工程师")) == ["pe", "pe工程", "工程师"]
    assert _terms(index, index.every("javascript与java")) == ["java"]


def test_every_overlaps_and_outermost_leaves_out_what_lies_inside() -> None:
    index = TermIndex(["电焊", "电焊工", "焊工", "工"])
    text = "电焊工与焊工"
    assert set(_told(index, index.every(text))) == {
        ("电焊", 0, 2), ("电焊工", 0, 3), ("焊工", 1, 3), ("工", 2, 3), ("焊工", 4, 6),
        ("工", 5, 6),
    }  # fmt: skip
    assert _told(index, index.outermost(text)) == [("电焊工", 0, 3), ("焊工", 4, 6)]


TERMS = st.lists(st.text(alphabet="电焊工钳", min_size=1, max_size=3), min_size=1, max_size=6)
TEXT = st.text(alphabet="电焊工钳", max_size=20)


@given(TERMS, TEXT)
def test_every_occurrence_is_found(terms: list[str], text: str) -> None:
    expected = {
        (term, start, start + len(term))
        for term in terms
        for start in range(len(text))
        if text.startswith(term, start)
    }
    index = TermIndex(terms)
    told = _told(index, index.every(text))
    assert set(told) == expected
    assert len(told) == len(expected)


@given(TERMS, TEXT)
def test_outermost_occurrences_lie_in_no_other_one(terms: list[str], text: str) -> None:
    index = TermIndex(terms)
    every = _told(index, index.every(text))
    expected = [
        one
        for one in every
        if not any(o[1] <= one[1] and one[2] <= o[2] and o != one for o in every)
    ]
    assert _told(index, index.outermost(text)) == sorted(expected, key=lambda each: each[1])


@pytest.mark.parametrize(("terms", "text"), [([], "电工"), (["电工"], ""), ([], "")])
def test_nothing_is_found_in_nothing(terms: list[str], text: str) -> None:
    found = TermIndex(terms).every(text)
    assert [len(values) for values in found] == [0, 0, 0]
    assert all(np.issubdtype(values.dtype, np.integer) for values in found)


def test_characters_outside_the_first_plane_count_once() -> None:
    index = TermIndex(["电工", "pe"])
    told = _told(index, index.every("👷电工👷pe👷"))
    assert told == [("电工", 1, 3), ("pe", 4, 6)]


def test_terms_ascend_and_stand_once() -> None:
    assert TermIndex(["焊工", "电工", "焊工"]).terms == sorted({"焊工", "电工"})


def test_entries_say_what_the_rows_say() -> None:
    lexicon = _small()
    assert lexicon.titles["电工"] == Entry(ELECTRICIAN)
    assert lexicon.titles["机修"] == Entry(FITTER, (ELECTRICIAN, WELDER), is_variant=True)
    assert "万用表" not in lexicon.titles
    assert lexicon.duties["图纸"] == (FITTER, ELECTRICIAN)  # ascending
    assert list(lexicon.titles) == lexicon.title_index.terms
    assert list(lexicon.duties) == lexicon.duty_index.terms


def test_own_terms_replace_equal_ones_and_keep_the_rest() -> None:
    lexicon = _small()
    changed = lexicon.with_terms(
        _table(("电工", FITTER, "title", ""), ("轧机看管", WELDER, "title", ""))
    )
    assert changed.titles["电工"] == Entry(FITTER)
    assert changed.titles["轧机看管"] == Entry(WELDER)
    assert changed.titles["焊工"] == Entry(WELDER)
    index = changed.title_index
    assert _terms(index, index.every("轧机看管")) == ["轧机看管"]
    assert changed.own == {"电工", "轧机看管"}
    assert lexicon.own == frozenset()
    assert lexicon.titles["电工"] == Entry(ELECTRICIAN)


def test_a_title_of_two_occupations_is_an_error() -> None:
    own = _table(("电工", ELECTRICIAN, "title", ""), ("电工", FITTER, "variant", ""))
    for refuse in (require_sound, _small().with_terms, Lexicon.load):
        with pytest.raises(ContractError, match=r"more than one occupation \(1: 电工\)"):
            refuse(own)


@pytest.mark.parametrize(("code", "also"), [("6-99-99-99", ""), (WELDER, f"{FITTER}|9-01-01-01")])
def test_a_code_outside_the_classification_is_an_error(code: str, also: str) -> None:
    own = _table(("焊工", code, "title", also))
    for refuse in (require_sound, _small().with_terms, Lexicon.load):
        with pytest.raises(UnknownCodeError, match=r"\(1: (6-99-99-99|9-01-01-01)\)"):
            refuse(own)


def test_a_duty_of_two_occupations_is_sound() -> None:
    require_sound(_small().table)


def test_shipped_lexicon_names_every_unit_group(shipped: Lexicon) -> None:
    table = load_occupations().table
    units = set(table.loc[table["level"] == "unit", "occupation_code"])
    named = {entry.occupation_code for entry in shipped.titles.values()}
    assert units - named == set()


def test_shipped_terms_find_themselves(shipped: Lexicon) -> None:
    index = shipped.title_index
    for term in index.terms[::97]:
        assert (term, 0, len(term)) in _told(index, index.every(term))
