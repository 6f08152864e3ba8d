"""Industry of a posting: code, the board's wording, the employer's name, in this order."""

from pathlib import Path

import pandas as pd
import pytest

from data.reference import load_industries, reference_table
from nlp.industry import INDUSTRY_BASES, infer_industries

POSTINGS = Path(__file__).resolve().parents[1] / ".." / "shared/data/postings/postings.parquet"


def _of(industry: str | None, employer: str | None) -> tuple[object, object]:
    frame = infer_industries(pd.Series([industry], dtype="str"), pd.Series([employer], dtype="str"))
    return tuple(None if pd.isna(value) else value for value in frame.iloc[0])


@pytest.mark.parametrize(
    ("wording", "section"),
    [
        ("计算机软件", "I"),
        ("互联网/电子商务,教育/培训/院校", "I"),
        ("计算机服务(系统、数据服务、维修) 计算机软件", "I"),
        ("专业服务(咨询、人力资源、财会)", "L"),
        ("检测，认证", "M"),
        ("金融(投资/证券", "J"),
        ("餐饮业", "H"),
        ("未融资，汽车摩托车", "C"),
        ("物业管理/某某", "K"),
    ],
)
def test_wordings(wording: str, section: str) -> None:
    assert _of(wording, None) == (section, "board wording")


@pytest.mark.parametrize("code", ["C", "c36", "36", "3612", "C3612", "3699"])
def test_codes(code: str) -> None:
    assert _of(code, "某某酒店") == ("C", "code")


@pytest.mark.parametrize("code", ["99", "0000", "Z", "多元化业务集团公司", "轮"])
def test_what_is_no_industry_falls_back_to_the_name(code: str) -> None:
    assert _of(code, "某某酒店") == ("H", "employer name")


@pytest.mark.parametrize(
    ("employer", "section"),
    [
        ("重庆某某建筑工程有限公司", "E"),
        ("重庆某某物业服务有限公司", "K"),
        ("某某餐饮管理有限公司", "H"),
        ("某某物流有限公司", "G"),
        ("某某银行股份有限公司杭州分行", "J"),
        ("某某培训学校有限公司", "P"),
        ("某某医院", "Q"),
        ("某某网络科技有限公司", "I"),
        ("某某电子商务有限公司", "I"),
        ("某某微电子有限公司", "C"),
        ("某某传动机械有限公司", "C"),
        ("某某食品商贸有限公司", "F"),
        ("某某机械(上海)有限公司", "C"),
        ("某某科技有限公司", None),
        ("某某生物科技有限公司", None),
        ("食品某某之家", None),
        ("[电话]", None),
    ],
)
def test_employers(employer: str, section: str | None) -> None:
    assert _of(None, employer) == (section, section and "employer name")


def test_the_industry_of_an_agency_is_not_that_of_the_work() -> None:
    assert _of(None, "重庆某某人力资源有限公司") == (None, "labour agency")
    assert _of("电子/半导体/集成电路", "重庆某某劳务派遣有限公司") == (None, "labour agency")
    assert _of("人力资源服务", "某某机械有限公司") == (None, "labour agency")
    assert _of("C39", "重庆某某人力资源有限公司") == ("C", "code")


def test_nothing_known_is_missing() -> None:
    assert _of(None, None) == (None, None)


def test_terms_carry_valid_codes_and_say_why_where_none() -> None:
    terms = reference_table("industry_terms").frame()
    known = load_industries()
    assert not terms["term"].duplicated().any()
    coded = terms["industry_code"] != ""
    assert all(known.section_of(code) for code in terms.loc[coded, "industry_code"])
    assert set(terms.loc[coded, "basis"]) == {"name", "main activity"}
    assert set(terms.loc[~coded, "basis"]) == {
        "labour agency",
        "several sections",
        "not an industry",
    }
    # Every section is reached but T, the international organisations.
    sections = {known.section_of(code) for code in terms.loc[coded, "industry_code"]}
    assert sections == set(known.sections) - {"T"}


def test_every_wording_of_the_boards_that_recurs_is_known() -> None:
    if not POSTINGS.is_file():
        pytest.skip("the shared postings are not there")
    raw = pd.read_parquet(POSTINGS, columns=["industry_raw"])["industry_raw"].replace("", None)
    counts = raw.value_counts()
    recurring = pd.Series(counts[counts >= 2].index, dtype="str")
    found = infer_industries(recurring, pd.Series([None] * len(recurring), dtype="str"))
    terms = reference_table("industry_terms").frame()
    without_code = set(terms.loc[terms["industry_code"] == "", "term"])
    unknown = recurring[found["industry_basis"].isna() & ~recurring.isin(without_code)]
    assert unknown.tolist() == []


def test_names_agree_with_the_boards() -> None:
    if not POSTINGS.is_file():
        pytest.skip("the shared postings are not there")
    board = pd.read_parquet(POSTINGS, columns=["industry_raw", "company"]).replace("", None)
    board = board.drop_duplicates("company")
    nothing = pd.Series([None] * len(board), board.index, dtype="str")
    by_wording = infer_industries(board["industry_raw"], nothing)
    by_name = infer_industries(nothing, board["company"])
    both = by_wording["industry_code"].notna() & by_name["industry_code"].notna()
    assert both.sum() > 5000
    agreement = (by_wording["industry_code"] == by_name["industry_code"])[both].mean()
    # Boards' wordings are rough themselves (a trader of machines says 机械): .71 measured.
    assert agreement > 0.65
    assert set(by_name["industry_basis"].dropna()) <= set(INDUSTRY_BASES)
