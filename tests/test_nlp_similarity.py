"""Similarity to an occupation's terms, against scikit-learn's plain vectoriser."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from nlp.candidates import similarity_of
from nlp.coder import SIMILARITY_FILE, shipped_model
from nlp.lexicon import Lexicon
from nlp.segment import Segmenter
from nlp.similarity import SMALLEST_WEIGHT, TitleSimilarity, title_features
from nlp.text_batch import TextBatch

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
HALF_PRECISION = 2e-3


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter()


@pytest.fixture(scope="module")
def similarity(segmenter: Segmenter) -> TitleSimilarity:
    return TitleSimilarity.fit(TERMS, CODES, segmenter)


def _scores(similarity: TitleSimilarity, titles: Sequence[str], segmenter: Segmenter) -> np.ndarray:
    batch = TextBatch(titles)
    return similarity.scores(title_features(batch, batch.words(segmenter)), len(titles))


def _reference(segmenter: Segmenter) -> np.ndarray:
    def features(title: str) -> list[str]:
        framed, words = f"^{title}$", [word for word in segmenter.cut(title) if word != " "]
        runs = [framed[i : i + n] for n in (2, 3) for i in range(len(framed) - n + 1)]
        head = [f"head {words[-1]}"] if words else []
        return [*title, *(runs if title else []), *(f"word {word}" for word in words), *head]

    vectoriser = TfidfVectorizer(analyzer=features, sublinear_tf=True)
    terms = vectoriser.fit_transform(TERMS).toarray()
    codes = np.asarray(CODES)
    sums = np.array([terms[codes == code].sum(axis=0) for code in np.unique(codes)])
    centroids = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    centroids[centroids < SMALLEST_WEIGHT] = 0
    return vectoriser.transform(TITLES).toarray() @ centroids.T


def test_scores_are_cosines_to_the_centroids(
    similarity: TitleSimilarity, segmenter: Segmenter
) -> None:
    assert similarity.codes == tuple(np.unique(CODES))
    # Features that no term has are forgotten by both.
    np.testing.assert_allclose(
        _scores(similarity, TITLES, segmenter), _reference(segmenter), atol=1e-5
    )


def test_own_terms_are_nearest(similarity: TitleSimilarity, segmenter: Segmenter) -> None:
    nearest = _scores(similarity, TERMS, segmenter).argmax(axis=1)
    assert [similarity.codes[column] for column in nearest] == list(CODES)


def test_scores_lie_between_nought_and_one(
    similarity: TitleSimilarity, segmenter: Segmenter
) -> None:
    titles = ["焊" * 3_000, "养老护理员 护理员", "汽车汽车汽车", "x"]
    scores = _scores(similarity, titles, segmenter)
    assert scores.shape == (4, len(set(CODES)))
    assert ((scores >= 0) & (scores <= 1 + 1e-6)).all()


def test_nothing_is_similar_to_nothing(similarity: TitleSimilarity, segmenter: Segmenter) -> None:
    assert _scores(similarity, ["", "q"], segmenter).max() == 0


def test_titles_do_not_affect_one_another(
    similarity: TitleSimilarity, segmenter: Segmenter
) -> None:
    together = _scores(similarity, TITLES, segmenter)
    alone = np.vstack([_scores(similarity, [title], segmenter) for title in TITLES])
    np.testing.assert_array_equal(together, alone)


def test_order_of_the_terms_is_irrelevant(
    similarity: TitleSimilarity, segmenter: Segmenter
) -> None:
    other = TitleSimilarity.fit(TERMS[::-1], CODES[::-1], segmenter)
    np.testing.assert_allclose(
        _scores(other, TITLES, segmenter), _scores(similarity, TITLES, segmenter), atol=1e-6
    )


def test_saved_arrays_give_the_same_scores(
    similarity: TitleSimilarity, segmenter: Segmenter, tmp_path: Path
) -> None:
    path = tmp_path / "arrays.npz"
    similarity.save(path)
    again = TitleSimilarity.load(path)
    assert again.codes == similarity.codes
    np.testing.assert_array_equal(again.vocabulary.keys, similarity.vocabulary.keys)
    before, after = (_scores(each, TITLES, segmenter) for each in (similarity, again))
    np.testing.assert_allclose(after, before, atol=HALF_PRECISION)
    assert before.max() > 0.5


def test_shipped_arrays_are_those_of_the_shipped_lexicon(segmenter: Segmenter) -> None:
    """A lexicon that changed after them would be found by half."""
    shipped = TitleSimilarity.load(shipped_model() / SIMILARITY_FILE)
    made = similarity_of(Lexicon.load(), segmenter)
    assert shipped.codes == made.codes
    np.testing.assert_array_equal(shipped.vocabulary.keys, made.vocabulary.keys)
    np.testing.assert_allclose(shipped.vocabulary.rarity, made.vocabulary.rarity, rtol=1e-6)
    assert shipped.centroids.shape == made.centroids.shape
    difference = abs(shipped.centroids - made.centroids)
    assert difference.max() < HALF_PRECISION / 2
