"""Similarity to an occupation's terms, against scikit-learn's plain vectoriser."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from nlp.segment import Segmenter
from nlp.similarity import TitleSimilarity

TERMS = (
    "电焊工", "氩弧焊工", "焊接技师", "养老护理员", "老人护理员", "陪护", "数控车工",
    "普通车床操作工", "车工", "软件工程师", "java开发", "汽车修理工", "轿车维修技师", "汽车钣金工",
)  # fmt: skip
CODES = (
    "6-18-02-04", "6-18-02-04", "6-18-02-04", "4-10-01-05", "4-10-01-05", "4-10-01-05",
    "6-18-01-01", "6-18-01-01", "6-18-01-01", "2-02-10-03", "2-02-10-03", "4-12-01-01",
    "4-12-01-01", "4-12-01-01",
)  # fmt: skip
TITLES = ("焊工", "护理员", "数控车床", "java工程师", "汽车维修", "电焊工", "与此无干", "")


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter()


@pytest.fixture(scope="module")
def similarity(segmenter: Segmenter) -> TitleSimilarity:
    return TitleSimilarity(TERMS, CODES, segmenter)


def _reference(segmenter: Segmenter) -> np.ndarray:
    def features(title: str) -> list[str]:
        framed, words = f"^{title}$", segmenter.cut(title)
        runs = [framed[i : i + n] for n in (2, 3) for i in range(len(framed) - n + 1)]
        head = [f"head {words[-1]}"] if words else []
        return [*title, *(runs if title else []), *(f"word {word}" for word in words), *head]

    vectoriser = TfidfVectorizer(analyzer=features, sublinear_tf=True)
    terms = vectoriser.fit_transform(TERMS).toarray()
    codes = np.asarray(CODES)
    sums = np.array([terms[codes == code].sum(axis=0) for code in np.unique(codes)])
    centroids = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return vectoriser.transform(TITLES).toarray() @ centroids.T


def test_scores_are_cosines_to_the_centroids(
    similarity: TitleSimilarity, segmenter: Segmenter
) -> None:
    scores = similarity.scores(TITLES)
    expected = _reference(segmenter)
    # Features that no term has are forgotten by the reference and lengthen our vector.
    scale = scores.sum(axis=1) / np.maximum(expected.sum(axis=1), 1e-12)
    np.testing.assert_allclose(scores, expected * scale[:, None], atol=1e-9)
    assert (scores <= expected + 1e-9).all()
    known = TITLES.index("电焊工")
    np.testing.assert_allclose(scores[known], expected[known], rtol=1e-6)


def test_own_terms_are_nearest(similarity: TitleSimilarity) -> None:
    nearest = similarity.codes[similarity.scores(TERMS).argmax(axis=1)]
    assert nearest.tolist() == list(CODES)


def test_scores_lie_between_nought_and_one(similarity: TitleSimilarity) -> None:
    scores = similarity.scores(["焊" * 3_000, "养老护理员 护理员", "汽车汽车汽车", "x"])
    assert scores.shape == (4, len(set(CODES)))
    assert ((scores >= 0) & (scores <= 1 + 1e-9)).all()


def test_nothing_is_similar_to_nothing(similarity: TitleSimilarity) -> None:
    assert similarity.scores([""]).max() == 0


def test_titles_do_not_affect_one_another(similarity: TitleSimilarity) -> None:
    together = similarity.scores(TITLES)
    alone = np.vstack([similarity.scores([title]) for title in TITLES])
    np.testing.assert_array_equal(together, alone)
