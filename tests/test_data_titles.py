"""Title lexicon: one code a title, all units reached, the codebook's rulings, clean terms."""

import hashlib
import json
import re
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from nlp.lexicon import require_sound

FOLDER = Path(__file__).resolve().parents[1] / "data" / "reference"
NAMING_KINDS = ("title", "variant")

RULINGS = [
    ("普工", "6"),
    ("操作工", "6"),
    ("作业员", "6"),
    ("技工", "6"),
    ("工人", "6"),
    ("学徒工", "6"),
    ("组装工", "6"),
    ("电子厂普工", "6-25"),
    ("压滤机普工", "6-20-05-05"),
    ("注塑普工", "6-14-02-00"),
    ("焊工学徒", "6-18-02-04"),
    ("技术类管培生", "2-02"),
    ("采购助理", "4-01-01-00"),
    ("物业储备干部", "4-06-01-01"),
    ("质量主管", "2-02-29-03"),
    ("质检员", "6-31-03-05"),
    ("品管", "6-31-03-05"),
    ("安全员", "6-31-06-00"),
    ("安全管理员", "2-02-28-03"),
    ("保安队长", "4-07-05-01"),
    ("酒店管理总监", "1-06-01-02"),
    ("销售工程师", "4-01-02-01"),
    ("课程顾问", "4-01-02-01"),
    ("营销经理", "4-01-02-01"),
    ("市场营销", "2-06-07-02"),
    ("营销策划", "2-06-07-03"),
    ("网络销售", "4-01-06-02"),
    ("淘宝运营", "4-01-06-01"),
    ("运营", "4-01-06-01"),
    ("数据运营", "4-07-02-05"),
    ("数据分析师", "4-07-02-05"),
    ("统计员", "2-06-02-00"),
    ("外贸业务员", "2-06-07-01"),
    ("单证员", "2-06-07-01"),
    ("置业顾问", "4-06-02-01"),
    ("理财顾问", "2-06-11-04"),
    ("催收专员", "4-07-02-04"),
    ("对公客户经理", "4-05-01-03"),
    ("淘宝客服", "4-07-02-03"),
    ("呼入客服", "4-04-05-03"),
    ("店长", "4-01-02-06"),
    ("储备店长", "4-01-02-06"),
    ("店员", "4-01-02-03"),
    ("餐饮大堂经理", "4-03-02-05"),
    ("打荷", "4-03-02-01"),
    ("前台文员", "3-01-01-01"),
    ("文员", "3-01-01-01"),
    ("总经理助理", "3-01-02-02"),
    ("人事专员", "2-06-08-01"),
    ("会计助理", "2-06-03-00"),
    ("货车司机", "4-02-02-02"),
    ("司机", "4-02-02"),
    ("叉车工", "6-30-05-01"),
    ("骑手", "4-10-08-01"),
    ("代驾", "4-10-08-02"),
    ("仓库管理员", "4-02-06-01"),
    ("供应链总监", "4-02-06-05"),
    ("分拣员", "4-02-07-09"),
    ("大数据java开发", "2-02-10-03"),
    ("程序员", "2-02-10-03"),
    ("产品经理", "2-02-10-05"),
    ("人工智能训练师", "4-04-05-05"),
    ("项目经理", "2-02-30-04"),
    ("弱电项目经理", "2-02-30-04"),
    ("ui设计师", "2-09-06-01"),
    ("少儿编程老师", "2-08-99"),
    ("python讲师", "4-07-03-05"),
    ("专任教师", "2-08-01"),
    ("物业维修工", "6-31-01-10"),
    ("水电工", "6-31-01-03"),
    ("钳工", "6-20-01-01"),
    ("折弯工", "6-18-01-12"),
    ("龙门铣", "6-18-01-02"),
    ("门窗制作", "6-19-01-02"),
    ("园艺师", "4-09-10-01"),
    ("洗车工", "4-12-01-01"),
]


@pytest.fixture(scope="module")
def lexicon() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "titles.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def names(lexicon: pd.DataFrame) -> pd.Series:
    titles = lexicon[lexicon.kind.isin(NAMING_KINDS)]
    return titles.set_index("term").occupation_code


@pytest.fixture(scope="module")
def occupations() -> pd.DataFrame:
    table = pd.read_csv(FOLDER / "occupations.csv", dtype=str, keep_default_na=False)
    return table[["occupation_code", "level", "name"]]


def test_the_shipped_lexicon_is_sound(lexicon: pd.DataFrame) -> None:
    """A user's own rows are checked when they are read, the shipped ones here."""
    require_sound(lexicon)


def test_a_title_term_has_exactly_one_code(lexicon: pd.DataFrame, names: pd.Series) -> None:
    assert names.index.is_unique
    assert lexicon.term.is_unique
    assert set(lexicon.kind) == {"title", "variant", "duty"}


def test_all_codes_are_groups_of_the_classification(
    lexicon: pd.DataFrame, occupations: pd.DataFrame
) -> None:
    known = set(occupations.occupation_code)
    alternatives = lexicon.also_right[lexicon.also_right != ""].str.split("|").explode()
    assert set(lexicon.occupation_code) <= known
    assert set(alternatives) <= known


def test_an_alternative_is_another_code_given_once(lexicon: pd.DataFrame) -> None:
    given = lexicon[lexicon.also_right != ""]
    for code, also in zip(given.occupation_code, given.also_right, strict=True):
        codes = [code, *also.split("|")]
        assert len(set(codes)) == len(codes), codes


def test_every_unit_group_has_a_title(names: pd.Series, occupations: pd.DataFrame) -> None:
    units = set(occupations.occupation_code[occupations.level == "unit"])
    assert len(units) == 1639
    assert units - set(names) == set()


def test_official_names_mean_their_own_unit(names: pd.Series, occupations: pd.DataFrame) -> None:
    units = occupations[occupations.level == "unit"]
    found = names.reindex([unicodedata.normalize("NFKC", name) for name in units.name])
    differs = found.to_numpy() != units.occupation_code.to_numpy()
    # Both words are used in postings for gardeners of green areas and for office clerks.
    assert set(units.name[differs]) == {"园艺工", "文职人员"}


@pytest.mark.parametrize(("term", "code"), RULINGS)
def test_codebook_rulings(names: pd.Series, term: str, code: str) -> None:
    assert names[term] == code


@pytest.mark.parametrize("field", ["大数据", "人工智能", "区块链", "云计算", "物联网", "大模型"])
def test_a_bare_field_word_is_no_title(names: pd.Series, lexicon: pd.DataFrame, field: str) -> None:
    assert field not in names.index
    assert (lexicon.kind[lexicon.term == field] == "duty").all()


def test_terms_are_normalised_and_harmless(lexicon: pd.DataFrame) -> None:
    terms = lexicon.term
    assert (terms != "").all()
    assert (terms == terms.str.strip()).all()
    assert (terms == terms.map(lambda term: unicodedata.normalize("NFKC", term).lower())).all()
    assert not terms.str.contains(r"^[=+\-@]").any()
    assert all(unicodedata.category(sign)[0] != "C" for term in terms for sign in term)
    inner = terms[terms.str.contains(r"\s")]
    assert all(re.fullmatch(r"[!-~]+( [!-~]+)*[^ ]*", term) for term in inner), list(inner)


def test_rows_are_sorted(lexicon: pd.DataFrame) -> None:
    ordered = lexicon.sort_values(["occupation_code", "kind", "term"], ignore_index=True)
    pd.testing.assert_frame_equal(lexicon, ordered)


def test_sidecar_describes_these_bytes(lexicon: pd.DataFrame) -> None:
    sidecar = json.loads((FOLDER / "titles.json").read_text(encoding="utf-8"))
    content = (FOLDER / "titles.csv").read_bytes()
    assert sidecar["sha256"] == hashlib.sha256(content).hexdigest()
    assert sidecar["rows"] == len(lexicon)
    assert list(sidecar["columns"]) == list(lexicon.columns)
