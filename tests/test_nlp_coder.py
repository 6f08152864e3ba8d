"""The shipped coder: clear titles, groups, own titles, and the form of what it returns."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.errors import ContractError, MissingFileError
from data.reference import load_occupations
from data.tables import CODED_POSTINGS, POSTINGS
from nlp.candidates import FEATURES
from nlp.coder import EXPERTS_FILE, Coder, CodingParameters, load_weights, shipped_model
from nlp.coding_result import CodingResult
from nlp.expert_scores import ExpertScores
from nlp.lexicon import Lexicon
from nlp.prepare import clean_texts
from nlp.similarity import TitleSimilarity
from nlp.train import lexicon_hash

CLEAR = {
    "总经理": "1-06-01-02", "急聘财务总监": "2-06-03-00", "幼儿园老师": "2-08-03-00",
    "小学语文教师": "2-08-02-04", "内科医生": "2-05-01-01", "律师": "2-07-04-00",
    "会计（双休）": "2-06-03-00", "审计员": "2-06-04-00", "Java开发工程师": "2-02-10-03",
    "前端开发工程师8k-15k": "2-02-10-03", "运维工程师": "2-02-10-08", "算法工程师": "2-02-38-01",
    "网络工程师": "2-02-10-04", "机械工程师": "2-02-07-01", "造价工程师": "2-02-30-10",
    "平面设计师": "2-09-06-01", "记者": "2-10-01-01", "翻译": "2-10-05-00",
    "人力资源专员": "2-06-08-01", "行政文员": "3-01-01-01", "行政助理": "3-01-01-01",
    "软件测试工程师": "4-04-05-02", "诚聘保安20名": "4-07-05-01", "保洁员": "4-09-08-01",
    "养老护理员": "4-10-01-05", "美容师": "4-10-03-01", "美发师": "4-10-03-02",
    "中餐厨师": "4-03-02-01", "西餐厨师": "4-03-02-03", "面点师": "4-03-02-02",
    "餐厅服务员包吃住": "4-03-02-05", "收银员": "4-01-02-04", "导购员": "4-01-02-03",
    "电话销售": "4-01-02-01", "房产经纪人": "4-06-02-01", "快递员": "4-02-07-08",
    "外卖骑手": "4-10-08-01", "网约车司机": "4-02-02-01", "货车司机": "4-02-02-02",
    "仓库管理员": "4-02-06-01", "理货员": "4-02-06-02", "汽车维修工": "4-12-01-01",
    "污水处理工": "4-09-07-01", "健身教练": "4-14-05-01", "导游": "4-07-04-01",
    "新媒体运营": "4-13-01-05", "银行柜员": "4-05-01-01", "茶叶种植员": "5-01-02-01",
    "养猪饲养员": "5-03-02-01", "急招电焊工10名": "6-18-02-04", "氩弧焊工": "6-18-02-04",
    "低压电工": "6-31-01-03", "车工": "6-18-01-01", "CNC操作员": "6-18-01-07",
    "注塑工": "6-14-02-00", "冲压工": "6-18-01-12", "缝纫工": "6-05-01-03",
    "钢筋工": "6-29-01-04", "架子工": "6-29-01-05", "叉车司机": "6-30-05-01",
    "电梯维修工": "6-29-03-03", "汽车装配工": "6-22-02-01", "质检员": "6-31-03-05",
    "包装工4500-6000元/月": "6-31-05-00", "SMT操作员": "6-25-04-07", "模具工": "6-18-04-01",
}  # fmt: skip
GROUPS = {"普工": "6", "急招普工50人": "6"}


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


def test_clear_titles_get_their_code_surely(coder: Coder) -> None:
    coded = _code(coder, CLEAR)
    wrong = {
        title: code
        for title, code in zip(CLEAR, coded["occupation_code"], strict=True)
        if code != CLEAR[title]
    }
    assert wrong == {}
    assert {code[0] for code in CLEAR.values()} == set("123456")
    # Without a description, titles that experts read in two ways stay unsure.
    assert (coded["level"] == "unit").mean() >= 0.9


@pytest.mark.parametrize(("title", "group"), GROUPS.items())
def test_group_titles_are_sure_of_the_group_only(coder: Coder, title: str, group: str) -> None:
    result = coder.code(_postings([title]))
    assert result.coded["level"].tolist() == ["major"]
    best = result.distribution.iloc[0]
    assert best["occupation_code"] == group
    assert best["probability"] > 0.7


def test_english_titles_are_coded(coder: Coder) -> None:
    coded = _code(coder, ["CEO", "HR", "Java", "Python Engineer"])
    assert coded["occupation_code"].tolist()[:3] == ["1-06-01-02", "2-06-08-01", "2-02-10-03"]
    assert coded["occupation_code"].iloc[3].startswith("2-02-10")


def test_description_tips_the_balance(coder: Coder) -> None:
    texts = [
        "负责车间配电柜、电机的检修,熟练使用万用表,持低压电工证",
        "照料失能老人,助浴、翻身叩背,预防褥疮",
    ]
    coded = _code(coder, ["师傅", "师傅"], description=texts)
    first, second = coded["alternatives"].str.split("|").str[0]
    assert first.startswith("6-31-01-03")
    assert second.startswith("4-10-01-05")


def test_category_speaks_for_its_occupation(coder: Coder) -> None:
    result = coder.code(_postings(["师傅"] * 2, category=["", "技工/焊工"]))
    of_welders = result.distribution.query("occupation_code == '6-18-02-04'")
    assert of_welders.loc[of_welders["posting_id"] == "p000", "probability"].sum() == 0
    assert of_welders.loc[of_welders["posting_id"] == "p001", "probability"].sum() > 0.01


def test_order_and_repetition_change_nothing(coder: Coder) -> None:
    titles = [*CLEAR, *GROUPS, "师傅", "", "操作工", *CLEAR]
    postings = _postings(titles)
    shuffled = postings.sample(frac=1, random_state=3)
    straight = coder.code(postings).coded
    again = coder.code(shuffled).coded.sort_values("posting_id", ignore_index=True)
    pd.testing.assert_frame_equal(straight, again, check_exact=True)
    half = len(CLEAR)
    assert straight["alternatives"].tolist()[:half] == straight["alternatives"].tolist()[-half:]


def test_batches_do_not_affect_one_another(coder: Coder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in one batch with a posting, or before it, leaves its code alone."""
    titles = [*CLEAR, *GROUPS, "师傅", "", "操作工"]
    postings = _postings(
        titles, description=["负责焊接" * (i % 5) for i in range(len(titles))],
        category=["技工/焊工" if i % 3 == 0 else "" for i in range(len(titles))],
        employer=["渝味火锅酒楼" if i % 4 == 0 else "" for i in range(len(titles))],
    )  # fmt: skip
    together = coder.code(postings)
    monkeypatch.setattr("nlp.coder.BATCH_POSTINGS", 7)
    for one, other in zip(together, coder.code(postings), strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_equal_texts_are_coded_once(coder: Coder, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    find = coder.finder.find
    monkeypatch.setattr(coder.finder, "find", lambda texts: asked.append(len(texts)) or find(texts))
    coded = _code(coder, ["电工", "焊工", "电工", "电工"])
    assert asked == [2]
    assert len(coded) == 4


def test_result_keeps_its_contract(coder: Coder) -> None:
    result = coder.code(_postings([*CLEAR, *GROUPS, "师傅", "", "诚聘"]))
    pd.testing.assert_frame_equal(CODED_POSTINGS.check(result.coded), result.coded)
    sums = result.distribution.groupby("posting_id")["probability"].sum()
    assert sums.index.tolist() == result.coded["posting_id"].tolist()
    np.testing.assert_allclose(sums, 1)


def test_alternatives_are_the_best_units_descending(coder: Coder) -> None:
    result = coder.code(_postings([*CLEAR, "操作工", "维修师傅"]))
    distribution = result.distribution.dropna().groupby("posting_id")
    for _, row in result.coded.iterrows():
        pairs = [pair.split(":") for pair in row["alternatives"].split("|")]
        units = distribution.get_group(row["posting_id"])
        units = units[units["occupation_code"].str.len() == 10].head(5)
        assert [code for code, _ in pairs] == units["occupation_code"].tolist()
        assert [p for _, p in pairs] == [f"{p:.4f}" for p in units["probability"]]
        assert units["probability"].is_monotonic_decreasing


def test_level_follows_from_the_distribution(coder: Coder) -> None:
    result = coder.code(_postings(["操作工", "组装工", "普工", "高中数学老师", "师傅", "电工"]))
    for _, row in result.coded.iterrows():
        pairs = result.distribution[result.distribution["posting_id"] == row["posting_id"]]
        sure = [
            level
            for level, length in (("unit", 10), ("minor", 7), ("medium", 4), ("major", 1))
            if _largest(pairs[pairs["occupation_code"].str.len() >= length], length) >= 0.7
        ]
        assert row["level"] == (sure or ["none"])[0]


def _largest(pairs: pd.DataFrame, length: int) -> float:
    sums = pairs.groupby(pairs["occupation_code"].str[:length])["probability"].sum()
    return float(sums.max()) if len(sums) else 0.0


def _small_lexicon() -> Lexicon:
    terms = {"电工": "6-31-01-03", "电焊工": "6-18-02-04", "电梯工": "6-29-03-03"}
    return Lexicon(
        pd.DataFrame({"term": list(terms), "occupation_code": list(terms.values())}).assign(
            kind="title", also_right=""
        )
    )


def test_parameters_decide_what_is_sure_and_what_is_shown() -> None:
    weights = load_weights()["weights"]
    strict = CodingParameters(sure_probability=0.9999, alternatives=2)
    coded, of_strict = (
        _code(
            Coder(_small_lexicon(), weights, parameters=parameters), ["电工", "电工/电焊工/电梯工"]
        )
        for parameters in (None, strict)
    )
    assert [coded["level"].iloc[0], of_strict["level"].iloc[0]] == ["unit", "none"]
    several = [frame["alternatives"].iloc[1] for frame in (coded, of_strict)]
    assert [len(text.split("|")) for text in several] == [3, 2]


def test_own_titles_hold_against_what_experts_say(coder: Coder) -> None:
    """The shipped coder has read thousands of such postings; the user still decides."""
    own = pd.DataFrame(
        [("收银员", "2-09-03-01", "title", "")],
        columns=["term", "occupation_code", "kind", "also_right"],
    )
    texts = {"description": ["超市收银,扫码,找零,日结对账"], "category": ["超市/收银员"]}
    assert _code(coder, ["收银员"], **texts)["occupation_code"].tolist() == ["4-01-02-04"]
    coded = _code(Coder.load(own), ["收银员"], **texts)
    assert coded["occupation_code"].tolist() == ["2-09-03-01"]


def test_own_titles_come_before_the_shipped_ones() -> None:
    own = pd.DataFrame(
        [("电工", "6-18-02-04", "title", ""), ("铜梁龙舞者", "2-09-03-01", "title", "")],
        columns=["term", "occupation_code", "kind", "also_right"],
    )
    coded = _code(Coder.load(own), ["电工", "铜梁龙舞者", "收银员"])
    assert coded["occupation_code"].tolist() == ["6-18-02-04", "2-09-03-01", "4-01-02-04"]


def test_no_posting_gives_empty_tables(coder: Coder) -> None:
    result = coder.code(_postings([]))
    assert isinstance(result, CodingResult)
    assert result.coded.empty
    assert result.distribution.empty
    CODED_POSTINGS.check(result.coded)


def test_weights_that_do_not_fit_are_refused() -> None:
    weights = load_weights()["weights"]
    lacking = {name: weights[name] for name in FEATURES[1:]} | {"old_feature": 1.0}
    with pytest.raises(ContractError, match=rf"\(2: old_feature, {FEATURES[0]}\)"):
        Coder(_small_lexicon(), lacking)


def test_given_similarity_is_the_one_that_would_be_made(coder: Coder) -> None:
    """Loaded arrays save a second and are half as precise; codes do not depend on it."""
    made = Coder(
        Lexicon.load(), coder.weights, experts=ExpertScores.load(shipped_model() / EXPERTS_FILE)
    )
    assert isinstance(coder.finder._similarity, TitleSimilarity)
    postings = _postings([*CLEAR, *GROUPS])
    loaded, fresh = coder.code(postings).coded, made.code(postings).coded
    assert loaded["occupation_code"].tolist() == fresh["occupation_code"].tolist()
    np.testing.assert_allclose(loaded["probability"], fresh["probability"], atol=0.01)


def test_a_model_in_another_folder_is_read(coder: Coder, tmp_path: Path) -> None:
    shutil.copy(shipped_model() / EXPERTS_FILE, tmp_path)
    record = load_weights()
    nothing = {"weights": dict.fromkeys(record["weights"], 0.0), "training": {}}
    (tmp_path / "coder_weights.json").write_text(json.dumps(nothing), encoding="utf-8")
    row = _code(Coder.load(model=tmp_path), ["电工/收银员"]).iloc[0]
    # Without weights all candidates are as probable as one another.
    shares = [pair.split(":")[1] for pair in row["alternatives"].split("|")]
    assert len(set(shares)) == 1
    assert len(shares) > 1


@pytest.mark.parametrize("missing", ["coder_weights.json", EXPERTS_FILE])
def test_a_folder_without_a_model_is_told(missing: str, tmp_path: Path) -> None:
    for name in {"coder_weights.json", EXPERTS_FILE} - {missing}:
        shutil.copy(shipped_model() / name, tmp_path)
    with pytest.raises(MissingFileError, match=missing) as caught:
        Coder.load(model=tmp_path)
    assert caught.value.exit_code == 3


def test_shipped_weights_were_fitted_to_the_shipped_lexicon() -> None:
    record = load_weights()
    assert tuple(record["weights"]) == FEATURES
    assert record["training"]["lexicon_sha256"] == lexicon_hash(Lexicon.load()), (
        "the lexicon changed: fit the weights anew with `python -m nlp.train`"
    )


def test_the_record_says_what_the_coder_was_fitted_to() -> None:
    training = load_weights()["training"]
    assert 0 < training["representative_postings"] <= training["labelled_postings"]
    assert training["folds"] > 1
    assert len(training["labels_sha256"]) == 64
    assert 0.5 < training["cross_validated"]["top_1"] <= 1


def test_every_code_that_can_be_given_is_of_the_classification(coder: Coder) -> None:
    known = set(load_occupations().groups)
    given = coder.code(_postings([*CLEAR, *GROUPS, "师傅", "", "诚聘"])).distribution
    assert set(given["occupation_code"].dropna()) <= known
    assert set(ExpertScores.load(shipped_model() / EXPERTS_FILE).scores["unit"].codes) <= known
