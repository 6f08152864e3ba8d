"""Explanations add up to the coder's own probabilities and name what decided."""

import numpy as np
import pytest

from nlp import Coder, Posting, explain

SLOGAN = Posting(
    "无责底薪+万元提成+双休", "负责公司理财产品的销售，开发客户，熟悉基金期货", industry="金融"
)


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder.load()


def test_parts_sum_to_the_utilities_behind_the_probabilities(coder: Coder) -> None:
    features = explain(coder, SLOGAN, best=4).features
    best = features.groupby("occupation_code", sort=False).agg(
        utility=("part", "sum"), probability=("probability", "first")
    )
    assert len(best) == 4
    differences = np.diff(best["utility"].to_numpy())
    assert np.allclose(differences, np.diff(np.log(best["probability"].to_numpy())), atol=1e-4)
    assert (features["part"] == features["value"] * features["weight"]).all()


def test_the_most_probable_candidate_comes_first_and_is_the_coders(coder: Coder) -> None:
    told = explain(coder, SLOGAN)
    distribution = coder.distribution([SLOGAN])
    assert (
        told.features["occupation_code"].iloc[0] == coder.finder.index.codes[distribution.code[0]]
    )
    assert told.features["probability"].is_monotonic_decreasing


def test_terms_of_the_title_are_named_with_their_occupations(coder: Coder) -> None:
    terms = explain(coder, Posting("急招电焊工10名")).terms
    assert terms["term"].iloc[0] == "电焊工"
    assert terms["occupation_code"].iloc[0] == "6-18-02-04"


def test_the_word_that_decides_comes_first(coder: Coder) -> None:
    words = explain(coder, Posting("专员", "负责理财产品的销售")).words
    assert set(words["field"]) <= {"title", "description"}
    assert words["word"].iloc[0] in {"理财", "理财产品", "专员"}
    assert words["difference"].abs().is_monotonic_decreasing


def test_an_empty_posting_is_explained_by_nothing(coder: Coder) -> None:
    told = explain(coder, Posting(""))
    assert set(told.features["occupation_code"]) == {""}
    assert told.terms.empty
    assert told.words.empty
