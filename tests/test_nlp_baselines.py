"""The baselines: each codes by what it reads, and none claims a code where it has nothing."""

import pandas as pd
import pytest

from data.tables import CODED_POSTINGS
from nlp.baselines import (
    BASELINES,
    code_by,
    longest_term,
    nearest_name,
    support_vector_machine,
)
from nlp.evaluate import evaluate_coding
from nlp.lexicon import Lexicon

TERMS = {
    "电焊工": "6-18-02-04", "氩弧焊工": "6-18-02-04", "数控车工": "6-18-01-01",
    "普通车工": "6-18-01-01", "会计": "2-06-03-00", "会计主管": "2-06-03-00", "普工": "6",
}  # fmt: skip


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    rows = [(term, code, "title", "") for term, code in TERMS.items()]
    return Lexicon(pd.DataFrame(rows, columns=["term", "occupation_code", "kind", "also_right"]))


def test_nearest_name(lexicon: Lexicon) -> None:
    first, second, none = nearest_name(["养老护理", "焊工学徒", "qqq"], lexicon)
    assert first[0] == "4-10-01-05"
    assert second[0] == "6-18-02-04"
    assert len(second) == 5
    assert none == []


def test_the_longest_term_decides_and_of_equal_ones_the_last(lexicon: Lexicon) -> None:
    ranking = longest_term(["会计普通车工", "电焊工会计", "电焊工普工会计", "无"], lexicon)
    assert ranking == [
        ["6-18-01-01", "2-06-03-00"], ["6-18-02-04", "2-06-03-00"],
        ["6-18-02-04", "2-06-03-00", "6"], [],
    ]  # fmt: skip


def test_the_machine_learns_the_terms(lexicon: Lexicon) -> None:
    ranking = support_vector_machine(["二保焊工", "会计文员", "仪表车工"], lexicon)
    assert [codes[0] for codes in ranking] == ["6-18-02-04", "2-06-03-00", "6-18-01-01"]
    # Four codes stand in the lexicon, and all of them are ranked.
    assert {len(codes) for codes in ranking} == {4}


def test_batches_do_not_change_the_ranking(
    lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles = ["二保焊工", "会计文员", "仪表车工", "qqq", "厨师"]
    whole = nearest_name(titles, lexicon), support_vector_machine(titles, lexicon)
    monkeypatch.setattr("nlp.baselines.BATCH_POSTINGS", 2)
    assert (nearest_name(titles, lexicon), support_vector_machine(titles, lexicon)) == whole


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_codes_postings_as_the_coder_does(name: str, lexicon: Lexicon) -> None:
    postings = pd.DataFrame(
        {"posting_id": ["a", "b", "c"], "title": ["急招电焊工10名", "会计", None]}
    )
    result = code_by(BASELINES[name], postings, lexicon)
    assert list(result.coded.columns) == CODED_POSTINGS.names
    assert result.coded["occupation_code"].tolist()[:2] == ["6-18-02-04", "2-06-03-00"]
    assert set(result.coded["level"][:2]) == {"unit"}
    assert result.distribution["probability"].tolist() == [1.0] * 3
    labels = pd.DataFrame({"posting_id": ["a", "b"], "occupation_code": ["6-18-02-04", "6"]})
    measured = evaluate_coding(result, labels)
    assert measured["top_1"] == measured["first_five"] == 1


def test_titles_that_say_nothing_and_groups(lexicon: Lexicon) -> None:
    postings = pd.DataFrame({"posting_id": ["a", "b"], "title": ["普工", "无"]})
    coded = code_by(longest_term, postings, lexicon).coded
    assert coded["level"].tolist() == ["major", "none"]
    assert coded["probability"].tolist() == [1.0, 0.0]
    assert coded["occupation_code"].isna().tolist() == [False, True]
