"""What experts' codes of other postings say: a known truth is recovered, and kept without text."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.svm import LinearSVC

from data.reference import load_occupations
from nlp.code_index import OUTSIDE, code_index
from nlp.coded_vectors import CodedVectors
from nlp.coder import EXPERTS_FILE, shipped_model
from nlp.expert_scores import COST, LEVELS, SMALLEST_WEIGHT, UNKNOWN, ExpertScores, LinearScores
from nlp.posting import Posting
from nlp.posting_features import FIELD_WEIGHTS, PostingFeatures, PostingVectors
from nlp.segment import Segmenter

WELDER, GAS_CUTTER, AGENT, COOK = "6-18-02-04", "6-18-02-05", "4-06-02-01", "4-03-02-01"
SLOGANS = ("加入我们", "高薪等你", "急急急", "双休五险")
CODED = [
    (Posting("电焊工", "负责钢结构焊接作业 持焊工证"), WELDER),
    (Posting("氩弧焊工", "不锈钢焊接作业 持焊工证"), WELDER),
    (Posting("二保焊师傅", "钢结构焊接"), WELDER),
    *((Posting(slogan, "钢结构焊接作业", employer="万州焊接工程"), WELDER) for slogan in SLOGANS),
    *((Posting(slogan, "带客户看房 房源开发 租赁", "销售", "房地产"), AGENT) for slogan in SLOGANS),
    (Posting("置业顾问", "房屋买卖 带客户看房", "销售", "房地产"), AGENT),
    *((Posting(slogan, "切配炒菜 出品", "餐饮/厨师", "餐饮业", "渝味火锅酒楼"), COOK)
      for slogan in SLOGANS),
    (Posting("炒锅师傅", "切配炒菜", "餐饮/厨师", "餐饮业", "渝味火锅酒楼"), COOK),
]  # fmt: skip
QUERIES = [
    Posting("加入我们", "带客户看房 房源开发"),
    Posting("双休五险", "", "", "", "渝味火锅酒楼"),
    Posting("急急急", "钢结构焊接作业"),
    Posting("高薪等你", "", "餐饮/厨师"),
    Posting("加入我们", "", "", "房地产"),
    Posting("", ""),
]
TRUTH = [AGENT, COOK, WELDER, COOK, AGENT]


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter()


def _fit(examples: list[tuple[Posting, str]], segmenter: Segmenter) -> ExpertScores:
    features = PostingFeatures.of([posting for posting, _ in examples], segmenter)
    vectors = PostingVectors.fit(features)
    return ExpertScores.fit(vectors, vectors.of(features), [code for _, code in examples])


@pytest.fixture(scope="module")
def experts(segmenter: Segmenter) -> ExpertScores:
    return _fit(CODED, segmenter)


def _scores(
    experts: ExpertScores, postings: list[Posting], segmenter: Segmenter
) -> dict[str, pd.DataFrame]:
    scores = experts.of(PostingFeatures.of(postings, segmenter))
    return {
        level: pd.DataFrame(values, columns=experts.scores[level].codes)
        for level, values in scores.items()
    }


def test_a_slogan_takes_the_occupation_of_the_other_texts(
    experts: ExpertScores, segmenter: Segmenter
) -> None:
    scores = _scores(experts, QUERIES[: len(TRUTH)], segmenter)
    assert scores["unit"].idxmax(axis=1).tolist() == TRUTH
    assert scores["minor"].idxmax(axis=1).tolist() == [code[:7] for code in TRUTH]


def test_the_title_counts_too(experts: ExpertScores, segmenter: Segmenter) -> None:
    scores = _scores(experts, [Posting("焊工"), Posting("")], segmenter)["unit"]
    assert scores.loc[0].idxmax() == WELDER
    assert scores.loc[0, WELDER] > scores.loc[1, WELDER]
    assert (scores.loc[0, [AGENT, COOK]] < scores.loc[1, [AGENT, COOK]]).all()


def test_what_somebody_searched_for_is_no_category(
    experts: ExpertScores, segmenter: Segmenter
) -> None:
    searched, plain = Posting("", "", "搜索词:餐饮/厨师"), Posting("", "", "")
    scores = _scores(experts, [searched, plain], segmenter)["unit"]
    assert scores.iloc[0].tolist() == scores.iloc[1].tolist()


def test_postings_of_nothing_known_are_scored_alike(
    experts: ExpertScores, segmenter: Segmenter
) -> None:
    unknown = [Posting("", ""), Posting("☆☆☆", "qwertyuiop"), Posting("\u202e", "\ufeff", "👷")]
    for level, scores in _scores(experts, unknown, segmenter).items():
        intercepts = np.tile(experts.scores[level].intercepts, (3, 1))
        np.testing.assert_allclose(scores, intercepts, atol=1e-6)


def test_scores_are_those_of_scikit_learn(segmenter: Segmenter) -> None:
    features = PostingFeatures.of([posting for posting, _ in CODED], segmenter)
    rows = PostingVectors.fit(features).of(features)
    codes = [code for _, code in CODED]
    linear = LinearScores.fit(rows, codes)
    machine = LinearSVC(C=COST, random_state=0).fit(rows, codes)
    assert linear.codes == tuple(machine.classes_)
    # What is left out or rounded of each weight moves a score by no more than this.
    slack = SMALLEST_WEIGHT * abs(rows).sum(axis=1).max()
    np.testing.assert_allclose(linear.of(rows), machine.decision_function(rows), atol=slack)


def test_two_occupations_have_a_score_each(segmenter: Segmenter) -> None:
    two = _fit([(posting, code) for posting, code in CODED if code != COOK], segmenter)
    assert two.scores["unit"].codes == (AGENT, WELDER)
    scores = _scores(two, [QUERIES[0], QUERIES[2]], segmenter)["unit"]
    assert scores.idxmax(axis=1).tolist() == [AGENT, WELDER]
    np.testing.assert_allclose(scores[AGENT], -scores[WELDER], atol=0.05)


def test_codes_of_groups_speak_for_what_they_are(segmenter: Segmenter) -> None:
    examples = [*CODED, *((Posting(f"普工{i}", "流水线作业"), "6") for i in range(3))]
    experts = _fit(examples, segmenter)
    assert "6" in experts.scores["unit"].codes
    assert "6" in experts.scores["minor"].codes
    scores = _scores(experts, [Posting("普工", "流水线作业")], segmenter)
    assert scores["unit"].idxmax(axis=1).tolist() == ["6"]


def test_columns_name_the_score_of_each_code(experts: ExpertScores) -> None:
    index = code_index()
    for level, length in (("unit", 10), ("minor", 7)):
        columns = experts.columns(level, index)
        named = experts.scores[level].codes
        assert columns.shape == (len(index.codes),)
        for code in (WELDER, AGENT, COOK):
            assert named[columns[index.position[code]]] == code[:length]
        assert columns[index.position[OUTSIDE]] == UNKNOWN
        assert columns[index.position["1-06-01-02"]] == UNKNOWN
    of_same_minor_group = index.position[GAS_CUTTER]
    assert experts.columns("unit", index)[of_same_minor_group] == UNKNOWN
    minor = experts.columns("minor", index)
    assert experts.scores["minor"].codes[minor[of_same_minor_group]] == WELDER[:7]


def test_saved_scores_come_back(
    experts: ExpertScores, segmenter: Segmenter, tmp_path: Path
) -> None:
    path = tmp_path / "arrays.npz"
    experts.save(path)
    again = ExpertScores.load(path)
    before, after = (_scores(each, QUERIES, segmenter) for each in (experts, again))
    for level in LEVELS:
        pd.testing.assert_frame_equal(before[level], after[level], check_exact=True)
        assert again.scores[level].codes == experts.scores[level].codes


def test_saved_arrays_hold_no_text(experts: ExpertScores, tmp_path: Path) -> None:
    path = tmp_path / "arrays.npz"
    experts.save(path)
    with np.load(path, allow_pickle=False) as file:
        texts = {name: file[name].tolist() for name in file.files if file[name].dtype.kind in "US"}
        assert all(file[name].dtype.kind in "USuif" for name in file.files)
    assert texts == {
        "unit_codes": sorted({WELDER, AGENT, COOK}),
        "minor_codes": sorted({code[:7] for code in (WELDER, AGENT, COOK)}),
    }


def test_order_of_the_examples_is_irrelevant(segmenter: Segmenter) -> None:
    examples = pd.DataFrame(
        [
            {"posting_id": f"p{i:02d}", **posting._asdict(), "occupation_code": code}
            for i, (posting, code) in enumerate(CODED)
        ]
    )
    one, other = (
        _scores(CodedVectors.of(frame, segmenter).experts(), QUERIES, segmenter)
        for frame in (examples, examples.sample(frac=1, random_state=5))
    )
    for level in LEVELS:
        pd.testing.assert_frame_equal(one[level], other[level], check_exact=True)


def test_vectors_have_the_length_of_their_fields(segmenter: Segmenter) -> None:
    features = PostingFeatures.of([posting for posting, _ in CODED], segmenter)
    vectors = PostingVectors.fit(features)
    rows = vectors.of(features)
    ends = np.cumsum([len(vectors.vocabularies[name].keys) for name in FIELD_WEIGHTS])
    assert rows.shape == (len(CODED), ends[-1])
    for weight, part in zip(FIELD_WEIGHTS.values(), np.split(rows.toarray(), ends[:-1], axis=1),
                            strict=True):  # fmt: skip
        lengths = np.linalg.norm(part, axis=1)
        filled = lengths > 0
        assert filled.any()
        np.testing.assert_allclose(lengths[filled], weight, rtol=1e-5)


def test_shipped_scores_speak_of_the_classification() -> None:
    known = {*load_occupations().groups}
    shipped = ExpertScores.load(shipped_model() / EXPERTS_FILE)
    for level, longest in (("unit", 10), ("minor", 7)):
        linear = shipped.scores[level]
        assert set(linear.codes) <= known
        assert max(map(len, linear.codes)) == longest
        assert np.isfinite(linear.weights.data).all()
        assert np.isfinite(linear.intercepts).all()
        columns = sum(len(each.keys) for each in shipped.vectors.vocabularies.values())
        assert linear.weights.shape == (columns, len(linear.codes))
