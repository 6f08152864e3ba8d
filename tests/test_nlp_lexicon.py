"""The title lexicon: where terms stand, and what a user's own rows change."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import ContractError, UnknownCodeError
from data.reference import load_occupations
from nlp.lexicon import Entry, Lexicon, Match, TermIndex

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


def _terms(matches: list[Match]) -> list[str]:
    return [match.term for match in matches]


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
    assert _terms(index.every(text)) == found
    assert _terms(index.longest(text)) == found


def test_every_overlaps_and_longest_does_not() -> None:
    index = TermIndex(["电焊", "电焊工", "焊工", "工"])
    text = "电焊工与焊工"
    assert set(index.every(text)) == {
        Match("电焊", 0, 2), Match("电焊工", 0, 3), Match("焊工", 1, 3), Match("工", 2, 3),
        Match("焊工", 4, 6), Match("工", 5, 6),
    }  # fmt: skip
    assert index.longest(text) == [Match("电焊工", 0, 3), Match("焊工", 4, 6)]


@given(
    st.lists(st.text(alphabet="电焊工钳", min_size=1, max_size=3), min_size=1, max_size=6),
    st.text(alphabet="电焊工钳", max_size=20),
)
def test_every_occurrence_is_found(terms: list[str], text: str) -> None:
    expected = {
        Match(term, start, start + len(term))
        for term in terms
        for start in range(len(text))
        if text.startswith(term, start)
    }
    assert set(TermIndex(terms).every(text)) == expected


def test_entries_say_what_the_rows_say() -> None:
    lexicon = _small()
    assert lexicon.titles["电工"] == Entry(ELECTRICIAN)
    assert lexicon.titles["机修"] == Entry(FITTER, (ELECTRICIAN, WELDER), is_variant=True)
    assert "万用表" not in lexicon.titles
    assert lexicon.duties["图纸"] == (ELECTRICIAN, FITTER)


def test_own_terms_replace_equal_ones_and_keep_the_rest() -> None:
    lexicon = _small()
    changed = lexicon.with_terms(
        _table(("电工", FITTER, "title", ""), ("轧机看管", WELDER, "title", ""))
    )
    assert changed.titles["电工"] == Entry(FITTER)
    assert changed.titles["轧机看管"] == Entry(WELDER)
    assert changed.titles["焊工"] == Entry(WELDER)
    assert _terms(changed.title_index.every("轧机看管")) == ["轧机看管"]
    assert lexicon.titles["电工"] == Entry(ELECTRICIAN)


def test_a_title_of_two_occupations_is_an_error() -> None:
    with pytest.raises(ContractError, match=r"more than one occupation \(1: 电工\)"):
        Lexicon(_table(("电工", ELECTRICIAN, "title", ""), ("电工", FITTER, "variant", "")))


@pytest.mark.parametrize(("code", "also"), [("6-99-99-99", ""), (WELDER, f"{FITTER}|9-01-01-01")])
def test_a_code_outside_the_classification_is_an_error(code: str, also: str) -> None:
    with pytest.raises(UnknownCodeError, match=r"\(1: (6-99-99-99|9-01-01-01)\)"):
        Lexicon(_table(("焊工", code, "title", also)))


def test_shipped_lexicon_names_every_unit_group(shipped: Lexicon) -> None:
    table = load_occupations().table
    units = set(table.loc[table["level"] == "unit", "occupation_code"])
    named = {entry.occupation_code for entry in shipped.titles.values()}
    assert units - named == set()


def test_shipped_terms_find_themselves(shipped: Lexicon) -> None:
    for term in list(shipped.titles)[::97]:
        assert Match(term, 0, len(term)) in shipped.title_index.every(term)
