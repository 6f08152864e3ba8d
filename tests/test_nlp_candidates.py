"""Candidates of a posting and the features that speak for them, counted by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from nlp.candidates import (
    DESCRIPTION_CHARACTERS,
    FEATURES,
    LEAD_CHARACTERS,
    OUTSIDE,
    CandidateFinder,
    Posting,
)
from nlp.lexicon import Lexicon
from nlp.segment import Segmenter

ELECTRICIAN, WELDER, FITTER, NURSE = "6-31-01-03", "6-18-02-04", "6-20-01-01", "4-10-01-05"
PRODUCTION = "6"


@pytest.fixture(scope="module")
def finder() -> CandidateFinder:
    rows = [
        ("电工", ELECTRICIAN, "title", ""),
        ("焊工", WELDER, "title", ""),
        ("电焊工", WELDER, "title", ""),
        ("机修", FITTER, "variant", ELECTRICIAN),
        ("养老护理员", NURSE, "title", ""),
        ("普工", PRODUCTION, "title", ""),
        ("万用表", ELECTRICIAN, "duty", ""),
        ("配电柜", ELECTRICIAN, "duty", ""),
        ("图纸", ELECTRICIAN, "duty", ""),
        ("图纸", FITTER, "duty", ""),
    ]
    table = pd.DataFrame(rows, columns=["term", "occupation_code", "kind", "also_right"])
    return CandidateFinder(Lexicon(table), Segmenter())


def _features(finder: CandidateFinder, posting: Posting) -> pd.DataFrame:
    codes, sets = finder.find([posting])
    assert codes[-1] == OUTSIDE
    assert len(set(codes)) == len(codes)
    return pd.DataFrame(sets.features, index=codes, columns=FEATURES)


def test_features_of_a_term_in_the_title(finder: CandidateFinder) -> None:
    row = _features(finder, Posting("高级电焊工(夜班)")).loc[WELDER]
    # 电焊工 is the last three of five characters; 高级|电焊工 are the words.
    expected = {
        "term_share_of_segment": 3 / 5,
        "term_length_log": math.log(3),
        "ends_segment": 1,
        "starts_at_word": 1,
        "ends_at_word": 1,
        "in_first_segment": 1,
        "is_whole_segment": 0,
        "is_variant": 0,
        "is_also_right": 0,
        "not_in_title": 0,
        "is_group": 0,
    }
    assert row[list(expected)].to_dict() == pytest.approx(expected)
    assert 0 < row["similarity"] < 1


def test_codes_that_are_also_right_are_candidates_marked_so(finder: CandidateFinder) -> None:
    table = _features(finder, Posting("机修"))
    assert table.loc[FITTER, ["is_also_right", "is_variant"]].tolist() == [0, 1]
    assert table.loc[ELECTRICIAN, ["is_also_right", "is_variant"]].tolist() == [1, 1]


def test_groups_are_marked(finder: CandidateFinder) -> None:
    table = _features(finder, Posting("普工/电工"))
    assert table["is_group"].to_dict() == {code: float(code == PRODUCTION) for code in table.index}


def test_position_of_the_segment_counts(finder: CandidateFinder) -> None:
    table = _features(finder, Posting("焊工/电工"))
    assert table.loc[[WELDER, ELECTRICIAN], "in_first_segment"].tolist() == [1, 0]
    assert table.loc[[WELDER, ELECTRICIAN], "is_whole_segment"].tolist() == [1, 1]


def test_category_counts_by_its_last_step(finder: CandidateFinder) -> None:
    table = _features(finder, Posting("招人", category="电工/技工/焊工"))
    assert table.loc[WELDER, ["in_category", "is_category", "not_in_title"]].tolist() == [1, 1, 1]
    assert ELECTRICIAN not in table.index or table.loc[ELECTRICIAN, "in_category"] == 0
    inexact = _features(finder, Posting("招人", category="高级焊工"))
    assert inexact.loc[WELDER, ["in_category", "is_category"]].tolist() == [1, 0]


def test_what_was_searched_for_is_no_evidence(finder: CandidateFinder) -> None:
    table = _features(finder, Posting("招人", category="搜索词:焊工"))
    assert table["in_category"].sum() == 0


def test_duties_are_counted_and_shared(finder: CandidateFinder) -> None:
    text = "会用万用表,看图纸,巡检配电柜;配电柜清扫。" + "。" * LEAD_CHARACTERS
    table = _features(finder, Posting("招人", text))
    assert table.loc[ELECTRICIAN, "duties_log"] == pytest.approx(math.log1p(3.5))
    assert table.loc[FITTER, "duties_log"] == pytest.approx(math.log1p(0.5))
    assert table.loc[ELECTRICIAN, "in_lead"] == 0


def test_terms_at_the_start_of_the_text_count_by_position(finder: CandidateFinder) -> None:
    table = _features(finder, Posting("招人", "现招焊工、养老护理员" + "。" * 80 + "电工"))
    leads = table.loc[[WELDER, NURSE], "lead_position"].tolist()
    assert leads == pytest.approx([1 - 2 / LEAD_CHARACTERS, 1 - 5 / LEAD_CHARACTERS])
    assert ELECTRICIAN not in table.index


def test_long_descriptions_are_read_up_to_a_limit(finder: CandidateFinder) -> None:
    text = "。" * DESCRIPTION_CHARACTERS + "万用表"
    assert _features(finder, Posting("招人", text))["duties_log"].sum() == 0


def test_the_outside_candidate_knows_whether_a_term_was_there(finder: CandidateFinder) -> None:
    with_term = _features(finder, Posting("焊工")).loc[OUTSIDE]
    without = _features(finder, Posting("老人护理")).loc[OUTSIDE]
    nothing = _features(finder, Posting("")).loc[OUTSIDE]
    columns = ["outside", "outside_without_term"]
    assert with_term[columns].tolist() == [1, 0]
    assert without[columns].tolist() == [1, 1]
    assert without["outside_similarity"] > 0
    assert nothing.drop(columns).abs().sum() == 0


def test_an_empty_posting_has_only_the_outside_candidate(finder: CandidateFinder) -> None:
    assert finder.find([Posting("")]).codes == [OUTSIDE]


def test_postings_do_not_affect_one_another(finder: CandidateFinder) -> None:
    postings = [
        Posting("焊工"),
        Posting(""),
        Posting("机修", "看图纸"),
        Posting("护理", "", "电工"),
    ]
    together = finder.find(postings)
    alone = [finder.find([posting]) for posting in postings]
    assert together.codes == [code for one in alone for code in one.codes]
    np.testing.assert_array_equal(
        together.sets.features, np.vstack([one.sets.features for one in alone])
    )
    assert (
        together.sets.starts.tolist()
        == np.cumsum([0] + [len(a.codes) for a in alone])[:-1].tolist()
    )
