"""Candidates of a posting and the features that speak for them, counted by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from nlp.candidates import (
    FEATURES,
    SCORE_OF_KNOWN_TITLE,
    SCORE_WITHOUT_EXAMPLES,
    CandidateFinder,
)
from nlp.code_index import OUTSIDE
from nlp.coded_vectors import CodedVectors
from nlp.description_evidence import DESCRIPTION_CHARACTERS, LEAD_CHARACTERS
from nlp.expert_scores import ExpertScores
from nlp.lexicon import Lexicon
from nlp.posting import Posting, is_search_word
from nlp.posting_features import PostingFeatures
from nlp.segment import Segmenter

ELECTRICIAN, WELDER, FITTER, NURSE = "6-31-01-03", "6-18-02-04", "6-20-01-01", "4-10-01-05"
ESTATE_AGENT, PRODUCTION = "4-06-02-01", "6"


EXPERT_FEATURES = [name for name in FEATURES if name.startswith("experts_")]


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter()


def _lexicon() -> Lexicon:
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
    return Lexicon(pd.DataFrame(rows, columns=["term", "occupation_code", "kind", "also_right"]))


@pytest.fixture(scope="module")
def finder(segmenter: Segmenter) -> CandidateFinder:
    return CandidateFinder(_lexicon(), segmenter)


@pytest.fixture(scope="module")
def experts(segmenter: Segmenter) -> ExpertScores:
    """Experts who call whoever sells flats an estate agent, and whoever welds a welder."""
    texts = {ESTATE_AGENT: "带客户看房 房源开发 房屋租赁", WELDER: "钢结构焊接作业 持焊工证"}
    coded = pd.DataFrame(
        [
            (f"{code}{i}", title, text, code)
            for code, text in texts.items()
            for i, title in enumerate(["急聘", "加入我们", "高薪等你"])
        ],
        columns=["posting_id", "title", "description", "occupation_code"],
    )
    return CodedVectors.of(coded, segmenter).experts()


@pytest.fixture(scope="module")
def with_experts(segmenter: Segmenter, experts: ExpertScores) -> CandidateFinder:
    return CandidateFinder(_lexicon(), segmenter, experts)


def _codes(finder: CandidateFinder, codes: np.ndarray) -> list[str]:
    return [finder.index.codes[place] for place in codes]


def _features(finder: CandidateFinder, posting: Posting) -> pd.DataFrame:
    found, sets = finder.find([posting])
    codes = _codes(finder, found)
    assert codes[-1] == OUTSIDE
    assert codes[:-1] == sorted(set(codes[:-1]))
    return pd.DataFrame(sets.features.astype(float), index=codes, columns=FEATURES)


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
    assert is_search_word("搜索词:大数据")
    assert not is_search_word("普工/技工")


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
    assert table.loc[[WELDER, NURSE], "in_lead"].tolist() == [1, 1]
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
    assert with_term.drop([*columns, "outside_similarity"]).abs().sum() == 0


def test_other_evidence_counts_for_more_without_a_term(finder: CandidateFinder) -> None:
    texts = {"description": "会用万用表", "category": "焊工"}
    alone = _features(finder, Posting("老人护理", **texts))
    beside = _features(finder, Posting("养老护理员", **texts))
    doubled = [name for name in FEATURES if f"{name}_without_term" in FEATURES]
    assert {"similarity", "in_category", "duties_log"} < set(doubled)
    for name in doubled:
        if name != "outside":
            occupations = alone.drop(OUTSIDE)
            assert (occupations[f"{name}_without_term"] == occupations[name]).all()
            assert (beside.drop(OUTSIDE)[f"{name}_without_term"] == 0).all()
    assert alone.loc[WELDER, "in_category_without_term"] == 1
    assert alone.loc[ELECTRICIAN, "duties_log_without_term"] > 0


def test_an_empty_posting_has_only_the_outside_candidate(finder: CandidateFinder) -> None:
    assert _codes(finder, finder.find([Posting("")]).codes) == [OUTSIDE]


def test_no_posting_has_no_candidates(finder: CandidateFinder) -> None:
    codes, sets = finder.find([])
    assert len(codes) == len(sets.starts) == 0
    assert sets.features.shape == (0, len(FEATURES))


def test_without_experts_their_features_are_nought(finder: CandidateFinder) -> None:
    table = _features(finder, Posting("急聘", "带客户看房 房源开发", "焊工"))
    assert ESTATE_AGENT not in table.index
    assert (table[EXPERT_FEATURES] == 0).all(axis=None)


def test_experts_name_what_no_term_does(with_experts: CandidateFinder) -> None:
    table = _features(with_experts, Posting("急聘", "带客户看房 房源开发"))
    agent = table.loc[ESTATE_AGENT]
    assert agent["experts_unit"] > 0
    assert agent["experts_minor"] > 0


def test_expert_features_are_their_scores(
    with_experts: CandidateFinder, experts: ExpertScores, segmenter: Segmenter
) -> None:
    posting = Posting("焊工", "带客户看房", "养老护理员")
    table = _features(with_experts, posting)
    scores = experts.of(PostingFeatures.of([posting], segmenter))
    for level, length in (("unit", 10), ("minor", 7)):
        said = dict(zip(experts.scores[level].codes, scores[level][0], strict=True))
        for code in table.index.drop(OUTSIDE):
            row = table.loc[code]
            score = said.get(code[:length], SCORE_WITHOUT_EXAMPLES)
            assert row[f"experts_{level}"] == pytest.approx(score, abs=1e-6)
            whole = row["is_whole_segment"]
            assert row[f"experts_{level}_of_whole"] == pytest.approx(score * whole, abs=1e-6)
    never = table.loc[NURSE, ["experts_unit", "experts_minor"]]
    assert never.tolist() == pytest.approx([SCORE_WITHOUT_EXAMPLES] * 2)


def test_experts_are_not_asked_of_what_a_user_has_decided(
    segmenter: Segmenter, experts: ExpertScores
) -> None:
    own = pd.DataFrame(
        [("铜梁龙舞者", FITTER, "title", "")],
        columns=["term", "occupation_code", "kind", "also_right"],
    )
    finder = CandidateFinder(_lexicon().with_terms(own), segmenter, experts)
    decided = _features(finder, Posting("铜梁龙舞者", "带客户看房 房源开发"))
    assert set(decided.index) == {FITTER, OUTSIDE}
    assert decided.loc[FITTER, "experts_unit"] == pytest.approx(SCORE_OF_KNOWN_TITLE)
    assert decided.loc[FITTER, "is_whole_segment"] == 1
    in_part = _features(finder, Posting("大铜梁龙舞者", "带客户看房 房源开发"))
    assert (in_part[EXPERT_FEATURES] != 0).any(axis=None)


@pytest.mark.parametrize("which", ["finder", "with_experts"])
def test_postings_do_not_affect_one_another(which: str, request: pytest.FixtureRequest) -> None:
    finder: CandidateFinder = request.getfixturevalue(which)
    postings = [
        Posting("焊工"),
        Posting(""),
        Posting("机修", "看图纸"),
        Posting("护理", "", "电工"),
        Posting("", "现招电工,会用万用表", "技工/焊工", "房地产", "某某焊接有限公司"),
        Posting("焊工", "看图纸", "电工"),
    ]
    together = finder.find(postings)
    alone = [finder.find([posting]) for posting in postings]
    np.testing.assert_array_equal(together.codes, np.concatenate([one.codes for one in alone]))
    np.testing.assert_array_equal(
        together.sets.features, np.vstack([one.sets.features for one in alone])
    )
    assert (
        together.sets.starts.tolist()
        == np.cumsum([0] + [len(a.codes) for a in alone])[:-1].tolist()
    )
