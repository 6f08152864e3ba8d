"""Coded postings as arrays: what was fitted to the texts can be fitted to the arrays again."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.reference import load_occupations
from nlp.coded_vectors import VECTORS_FILE, CodedVectors
from nlp.coder import EXPERTS_FILE, SIMILARITY_FILE, shipped_model
from nlp.expert_scores import LEVELS, ExpertScores
from nlp.posting import Posting
from nlp.posting_features import PostingFeatures
from nlp.segment import Segmenter

WELDER, AGENT, COOK = "6-18-02-04", "4-06-02-01", "4-03-02-01"
TEXTS = {
    WELDER: ("钢结构焊接作业 持焊工证", "技工/焊工", "机械制造", "万州焊接工程公司"),
    AGENT: ("带客户看房 房源开发", "销售", "房地产", "渝北置业公司"),
    COOK: ("切配炒菜 出品", "餐饮/厨师", "餐饮业", "渝味火锅酒楼"),
}
QUERIES = [
    Posting("加入我们", *TEXTS[WELDER]), Posting("高薪", TEXTS[COOK][0]), Posting("看房"),
    Posting(""),
]  # fmt: skip
SHIPPED = (EXPERTS_FILE, SIMILARITY_FILE, VECTORS_FILE)
HALF_PRECISION = 1e-3
MEGABYTES_AT_MOST = 20


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter()


@pytest.fixture(scope="module")
def coded() -> pd.DataFrame:
    rows = [
        (f"{code}/{i}", title, *texts, code)
        for code, texts in TEXTS.items()
        for i, title in enumerate(["加入我们", "高薪等你", "急急急"])
    ]
    return pd.DataFrame(rows, columns=["posting_id", *Posting._fields, "occupation_code"])


@pytest.fixture(scope="module")
def vectors(coded: pd.DataFrame, segmenter: Segmenter) -> CodedVectors:
    return CodedVectors.of(coded, segmenter)


def _scores(experts: ExpertScores, segmenter: Segmenter) -> dict[str, np.ndarray]:
    return experts.of(PostingFeatures.of(QUERIES, segmenter))


def test_every_posting_keeps_its_code(vectors: CodedVectors, coded: pd.DataFrame) -> None:
    assert dict(zip(vectors.identifiers, vectors.codes, strict=True)) == dict(
        zip(coded["posting_id"], coded["occupation_code"], strict=True)
    )
    assert vectors.rows.shape[0] == len(coded)


def test_rows_are_the_vectors_of_their_postings(
    vectors: CodedVectors, coded: pd.DataFrame, segmenter: Segmenter
) -> None:
    texts = coded.set_index("posting_id").loc[list(vectors.identifiers), list(Posting._fields)]
    postings = [Posting(*row) for row in texts.itertuples(index=False)]
    again = vectors.vectors.of(PostingFeatures.of(postings, segmenter))
    assert abs(vectors.rows - again).max() == 0


def test_experts_of_some_know_nothing_of_the_others(
    vectors: CodedVectors, segmenter: Segmenter
) -> None:
    kept = np.array([code != COOK for code in vectors.codes])
    some = vectors.experts(kept)
    assert some.scores["unit"].codes == (AGENT, WELDER)
    assert vectors.experts().scores["unit"].codes == (COOK, AGENT, WELDER)
    best = _scores(some, segmenter)["unit"].argmax(axis=1)
    assert best[0] == some.scores["unit"].codes.index(WELDER)


def test_further_postings_join_and_replace(
    vectors: CodedVectors, coded: pd.DataFrame, segmenter: Segmenter
) -> None:
    nurse = "4-10-01-05"
    again = coded.iloc[[0]].assign(occupation_code=nurse, description="照料失能老人 助浴翻身")
    new = coded.iloc[[1, 2]].assign(
        posting_id=["n1", "n2"], occupation_code=nurse, description="照料失能老人 助浴翻身",
        employer="夕阳红养老院",
    )  # fmt: skip
    more = vectors.with_coded(pd.concat([again, new]), segmenter)
    codes = dict(zip(more.identifiers, more.codes, strict=True))
    assert codes == dict(zip(vectors.identifiers, vectors.codes, strict=True)) | {
        again["posting_id"].iloc[0]: nurse, "n1": nurse, "n2": nurse,
    }  # fmt: skip
    assert len(more.identifiers) == len(codes) == more.rows.shape[0]
    query = PostingFeatures.of([Posting("加入我们", "照料失能老人 助浴翻身")], segmenter)
    experts = more.experts()
    best = experts.of(query)["unit"].argmax()
    assert experts.scores["unit"].codes[best] == nurse


def test_further_postings_leave_the_rows_of_others_alone(
    vectors: CodedVectors, coded: pd.DataFrame, segmenter: Segmenter
) -> None:
    new = coded.iloc[[0]].assign(posting_id="new", title="吊装信号工", description="塔吊指挥")
    more = vectors.with_coded(new, segmenter)
    assert more.rows.shape[1] > vectors.rows.shape[1]
    columns = vectors.vectors.columns_in(more.vectors)
    kept = more.rows[[more.identifiers.index(each) for each in vectors.identifiers]]
    assert abs(kept[:, columns] - vectors.rows).max() == 0
    assert kept.sum() == pytest.approx(vectors.rows.sum())


def test_saved_arrays_fit_nearly_the_same_scores(
    vectors: CodedVectors, segmenter: Segmenter, tmp_path: Path
) -> None:
    path = tmp_path / "vectors.npz"
    vectors.save(path)
    again = CodedVectors.load(path, vectors.vectors)
    assert (again.identifiers, again.codes) == (vectors.identifiers, vectors.codes)
    assert again.rows.shape == vectors.rows.shape
    assert abs(again.rows - vectors.rows).max() < HALF_PRECISION
    before, after = (_scores(each.experts(), segmenter) for each in (vectors, again))
    for level in LEVELS:
        np.testing.assert_allclose(after[level], before[level], atol=0.05)
        assert after[level].argmax(axis=1).tolist() == before[level].argmax(axis=1).tolist()


def test_saved_arrays_hold_no_text(vectors: CodedVectors, tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    vectors.save(path)
    with np.load(path, allow_pickle=False) as file:
        texts = [name for name in file.files if file[name].dtype.kind in "US"]
        assert all(file[name].dtype.kind in "USuif" for name in file.files)
        assert set(file["codes"].tolist()) == set(TEXTS)
    assert sorted(texts) == ["codes", "identifiers"]


def test_shipped_vectors_belong_to_the_shipped_scores() -> None:
    experts = ExpertScores.load(shipped_model() / EXPERTS_FILE)
    vectors = CodedVectors.load(shipped_model() / VECTORS_FILE, experts.vectors)
    assert vectors.rows.has_canonical_format
    assert vectors.rows.indices.max() < vectors.rows.shape[1]
    assert len(set(vectors.identifiers)) == len(vectors.identifiers) == len(vectors.codes)
    assert set(experts.scores["unit"].codes) == set(vectors.codes)
    scores = experts.scores["unit"].of(vectors.rows)
    best = [experts.scores["unit"].codes[column] for column in scores.argmax(axis=1)]
    # The scores were fitted to these very rows.
    assert np.mean(np.array(best) == np.array(vectors.codes)) > 0.8


def test_shipped_arrays_are_small_enough_for_a_repository() -> None:
    sizes = [(shipped_model() / name).stat().st_size for name in SHIPPED]
    assert min(sizes) > 0
    assert sum(sizes) < MEGABYTES_AT_MOST * 1_000_000


def test_every_shipped_array_is_looked_at() -> None:
    assert {path.name for path in shipped_model().glob("*.npz")} == set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_arrays_hold_codes_identifiers_and_numbers_only(name: str) -> None:
    known = set(load_occupations().groups)
    with np.load(shipped_model() / name, allow_pickle=False) as file:
        for array in file.files:
            values = file[array]
            assert values.dtype.kind in "Uuif", array
            if values.dtype.kind != "U":
                continue
            assert array.endswith(("codes", "identifiers")), array
            texts = values.tolist()
            if array.endswith("codes"):
                assert set(texts) <= known
            else:
                assert all(text.isascii() and text.isalnum() for text in texts)
                assert max(map(len, texts)) <= 16
