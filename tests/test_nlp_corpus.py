"""A corpus from reading to counts: every row is accounted for."""

import pandas as pd
import pyarrow as pa
import pytest

from data.contract import REASON, Split
from data.errors import EmptyInputError
from data.tables import OPENINGS, PANEL, POSTINGS
from nlp.coder import Coder, load_weights
from nlp.corpus import REJECTED_COLUMNS, SAME_IDENTIFIER, UNREADABLE, Corpus, code_corpus
from nlp.lexicon import Lexicon
from nlp.prepare import KIND, NO_DATE, OUTSIDE_AREA, PreparationParameters

PARAMETERS = PreparationParameters("2026Q3", "2026Q4")
TRADES = {
    "电焊工": "6-18-02-04", "车工": "6-18-01-01", "厨师": "4-03-02-01", "保安": "4-07-05-01",
    "会计": "2-06-03-00", "律师": "2-07-04-00", "养老护理员": "4-10-01-05", "收银员": "4-01-02-04",
    "叉车司机": "6-30-05-01", "钢筋工": "6-29-01-04",
}  # fmt: skip
FACTS = "负责{0}岗位的全部日常工作，按排班到岗，做好交接记录，接受班组长安排，遵守安全规程。"


@pytest.fixture(scope="module")
def coder() -> Coder:
    """The shipped weights over a small lexicon, which loads at once."""
    rows = [(term, code, "title", "") for term, code in TRADES.items()]
    table = pd.DataFrame(rows, columns=["term", "occupation_code", "kind", "also_right"])
    return Coder(Lexicon(table), load_weights()["weights"])


def _ad(identifier: str, title: str = "电焊工", **fields: str | None) -> dict[str, str | None]:
    return {
        "posting_id": identifier,
        "source": "示例网",
        "title": title,
        "description": FACTS.format(title),
        "employer": f"示例{title}企业",
        "place": "重庆市/沙坪坝区",
        "headcount": "5",
        "posted_on": "2026-10-08",
    } | fields


def _batch(*ads: dict[str, str | None], unreadable: int = 0) -> Split[pa.Table]:
    frame = pd.DataFrame(list(ads), columns=POSTINGS.names).astype("str")
    names = [f"bad{i}" for i in range(unreadable)]
    bad = pa.table(
        {"posting_id": pa.array(names, pa.string()), REASON: ["too many cells"] * unreadable}
    )
    return Split(pa.Table.from_pandas(frame, schema=POSTINGS.schema, preserve_index=False), bad)


def _corpus(coder: Coder, *batches: Split[pa.Table], **options: bool) -> Corpus:
    return code_corpus(batches, PARAMETERS, coder, **options)


@pytest.fixture(scope="module")
def corpus(coder: Coder) -> Corpus:
    titles = list(TRADES)
    first = [_ad(f"a{i}", title) for i, title in enumerate(titles)]
    reposts = [_ad(f"r{i}", title, posted_on="2026-11-02") for i, title in enumerate(titles[:3])]
    faulty = [_ad("f0", posted_on=None), _ad("f1", place="四川省成都市")]
    return _corpus(
        coder, _batch(*first, *faulty, unreadable=2), _batch(*reposts, _ad("a0", "车工")),
    )  # fmt: skip


def test_rows_in_are_vacancies_duplicates_and_rejected(corpus: Corpus) -> None:
    assert corpus.rows_in == 10 + 2 + 2 + 3 + 1
    assert corpus.duplicates == 3
    assert len(corpus.vacancies) == 10
    assert corpus.rows_in == len(corpus.vacancies) + corpus.duplicates + len(corpus.rejected)


def test_every_rejection_has_kind_and_reason(corpus: Corpus) -> None:
    assert corpus.rejected.columns.tolist() == REJECTED_COLUMNS
    assert corpus.rejected.groupby(KIND)["posting_id"].apply(sorted).to_dict() == {
        UNREADABLE: ["bad0", "bad1"],
        SAME_IDENTIFIER: ["a0"],
        NO_DATE: ["f0"],
        OUTSIDE_AREA: ["f1"],
    }
    assert corpus.rejected[REASON].str.len().gt(0).all()


def test_reposts_collapse_into_their_first_sight(corpus: Corpus) -> None:
    vacancies = corpus.vacancies.set_index("posting_id")
    assert sorted(vacancies.index) == [f"a{i}" for i in range(10)]
    again = vacancies["times_advertised"] > 1
    assert sorted(vacancies.index[again]) == ["a0", "a1", "a2"]
    assert vacancies.loc[again, "days_open"].tolist() == [25] * 3
    assert vacancies.loc[~again, "days_open"].isna().all()


def test_openings_are_those_of_the_vacancies(corpus: Corpus) -> None:
    assert corpus.vacancies["openings"].sum() == 50
    assert corpus.panel["openings"].sum() == pytest.approx(50)
    named = corpus.openings.set_index("occupation_code")["openings"]
    assert set(named.index) == set(TRADES.values())
    PANEL.check(corpus.panel)
    OPENINGS.check(corpus.openings)


def test_codes_follow_the_titles(corpus: Corpus) -> None:
    coded = corpus.coding.coded.set_index("posting_id")["occupation_code"]
    assert coded.to_dict() == {f"a{i}": code for i, code in enumerate(TRADES.values())}


def test_the_coder_gets_every_text_cleaned(coder: Coder, monkeypatch: pytest.MonkeyPatch) -> None:
    coded: list[pd.DataFrame] = []
    code = coder.code
    monkeypatch.setattr(coder, "code", lambda postings: coded.append(postings) or code(postings))
    _corpus(coder, _batch(_ad("a", industry="机械／设备", category="技工／焊工"), _ad("b", "厨师")))
    texts = coded[0].set_index("posting_id")
    named = ["title", "category", "industry", "employer"]
    assert texts.loc["a", named].tolist() == ["电焊工", "技工/焊工", "机械/设备", "示例电焊工企业"]
    assert texts.loc["b", ["title", "category"]].tolist() == ["厨师", ""]
    assert texts["industry"].isna().tolist() == [False, True]
    assert texts["description"].str.contains("岗位的全部日常工作").all()


def test_every_advertisement_that_counts_is_a_sight(corpus: Corpus) -> None:
    sights = corpus.sights.groupby("vacancy_id").size().to_dict()
    assert sights == {f"a{i}": 2 if i < 3 else 1 for i in range(10)}
    last = corpus.sights.groupby("vacancy_id")["last_day"].max().dt.strftime("%m-%d")
    assert last.to_dict() == {f"a{i}": "11-02" if i < 3 else "10-08" for i in range(10)}
    assert set(corpus.sights["quarter"]) == {"2026Q4"}


def test_texts_are_not_kept(corpus: Corpus) -> None:
    texts = {"title", "description", "category", "industry"}
    assert texts.isdisjoint(corpus.vacancies.columns)


def test_personal_data_are_masked(coder: Coder) -> None:
    corpus = _corpus(coder, _batch(_ad("a", employer="示例企业 李经理13812345678")))
    assert "13812345678" not in corpus.vacancies["employer"].iloc[0]


def test_unstated_headcounts_are_filled_and_marked(coder: Coder) -> None:
    ads = [_ad(f"a{i}", title) for i, title in enumerate(list(TRADES)[:4])]
    corpus = _corpus(coder, _batch(*ads, _ad("b", "律师", headcount="若干")))
    vacancies = corpus.vacancies.set_index("posting_id")
    assert vacancies.loc["b", "openings"] == 5
    assert vacancies["imputed"].to_dict() == {f"a{i}": False for i in range(4)} | {"b": True}


def test_batches_do_not_change_the_result(coder: Coder) -> None:
    ads = [_ad(f"a{i}", title) for i, title in enumerate(TRADES)]
    ads += [_ad("r", "厨师", posted_on="2026-11-01")]
    whole = _corpus(coder, _batch(*ads))
    parts = _corpus(coder, *(_batch(ad) for ad in ads))
    pd.testing.assert_frame_equal(whole.vacancies, parts.vacancies)
    pd.testing.assert_frame_equal(whole.coding.coded, parts.coding.coded)
    assert whole.duplicates == parts.duplicates == 1


def test_a_quarter_without_postings_is_an_error_that_counts_the_reasons(coder: Coder) -> None:
    batch = _batch(
        _ad("a", posted_on="2026-07-01"), _ad("b", posted_on=None), _ad("c", posted_on="x")
    )
    with pytest.raises(EmptyInputError) as caught:
        _corpus(coder, batch)
    message = str(caught.value)
    assert "2026Q4" in message
    assert "3 rows" in message
    assert f"{NO_DATE}: 2" in message
    assert "2026Q3" in message
    earlier = _corpus(coder, batch, require_last=False)
    assert earlier.vacancies["quarter"].tolist() == ["2026Q3"]


@pytest.mark.parametrize("require_last", [True, False])
def test_no_posting_at_all_is_an_error(coder: Coder, require_last: bool) -> None:
    with pytest.raises(EmptyInputError, match=f"{OUTSIDE_AREA}: 1"):
        _corpus(coder, _batch(_ad("a", place="四川省成都市")), require_last=require_last)


def test_progress_is_told_for_every_step(coder: Coder) -> None:
    told: list[tuple[str, int]] = []
    batches = [_batch(_ad("a")), _batch(_ad("b", posted_on="2026-11-01"), _ad("c", "厨师"))]
    code_corpus(batches, PARAMETERS, coder, lambda step, done: told.append((step, done)))
    assert told == [("prepare", 1), ("prepare", 3), ("collapse", 3), ("code", 2)]
