"""Grounds and cautions in an official's words."""

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.explain import cautions, explain
from catalog.formats.edition import rounded
from catalog.formats.views import format_cell
from catalog.grade import has_lowering_warning
from data.contract import Column, Contract
from data.tables import NUMBER

OPENINGS_ONLY = Contract("openings", (Column("openings", NUMBER, "persons"),), key=("openings",))

ROW = pd.Series(
    {
        "openings": 1234.4,
        "openings_lower": 1000.0,
        "openings_upper": 1500.0,
        "employers": 12,
        "largest_employer_share": 0.2,
        "imputed_share": 0.1,
        "certainty_share": 0.9,
        "lowering_warning": False,
    }
)


def known(**values: float) -> pd.DataFrame:
    value = pd.Series(values, dtype=float)
    return pd.DataFrame({"value": value, "quarter": "2026Q4", "basis_code": None})


def test_every_known_indicator_is_told_and_no_other() -> None:
    table = known(
        vacancy_ratio=2.345, openings_growth=-12.0, wage_growth=0.2, days_open=31.4,
        training_shortfall=80.0,
    )  # fmt: skip
    assert explain(ROW, table, None) == (
        "本季度需求约1,234人（90%区间1,000～1,500人）；求人倍率2.35；"
        "2027年第四季度需求预计比上年同期下降12%；"
        "招聘工资年率基本持平；空缺时长中位数31天；近一年新增取证人员相当于全年需求的20%"
    )
    assert explain(ROW, known(), None) == "本季度需求约1,234人（90%区间1,000～1,500人）"
    assert explain(ROW, known(vacancy_ratio=float("nan")), None).endswith("人）")


def test_a_ratio_of_a_group_names_the_group() -> None:
    table = known(vacancy_ratio=2.0)
    table["basis_code"] = pd.Series({"vacancy_ratio": "6-18"}, dtype=object)
    assert "求人倍率2.00（按上级类别6-18“机械制造基础加工人员”测算）" in explain(ROW, table, None)


def test_insufficient_evidence_is_told_first() -> None:
    assert explain(ROW, known(), "招聘单位不足3家").startswith("证据不足：招聘单位不足3家；")


def test_cautions_where_the_evidence_leans_on_one_thing() -> None:
    assert cautions(ROW) is None
    thin = ROW.copy()
    thin[["largest_employer_share", "imputed_share", "certainty_share"]] = (0.82, 0.7, 0.3)
    assert cautions(thin) == (
        "需求集中于一家单位（占82.0%）；招聘人数多为推算（占70.0%）；"
        "职业归类把握不足（有把握部分占30.0%）"
    )


def test_a_grade_that_only_the_hysteresis_keeps_is_marked_first() -> None:
    held = pd.concat([ROW.drop("lowering_warning"), pd.Series({"lowering_warning": True})])
    held["imputed_share"] = 0.7
    marked = pd.DataFrame({"flags": pd.Series([cautions(held), cautions(ROW)], dtype="str")})
    assert str(marked["flags"][0]).startswith("降级预警（得分低于本等级界限")
    assert has_lowering_warning(marked).tolist() == [True, False]


@pytest.mark.parametrize(
    ("shortfall", "words"),
    [
        (99.7, "近一年新增取证人员不足全年需求的1%"),
        (99.0, "近一年新增取证人员相当于全年需求的1%"),
        (100.0, "近一年没有新增取证人员"), (0.0, "近一年新增取证人员不少于全年需求"),
    ],
)  # fmt: skip
def test_little_training_is_not_rounded_to_none(shortfall: float, words: str) -> None:
    assert explain(ROW, known(training_shortfall=shortfall), None).endswith(words)


@example(4086.46)
@example(4086.5)
@given(st.floats(0, 1e6))
def test_the_sentence_and_the_cell_of_a_row_show_the_same_persons(openings: float) -> None:
    row = ROW.copy()
    row["openings"] = openings
    stored = rounded(pd.DataFrame({"openings": [openings]}), OPENINGS_ONLY)["openings"][0]
    assert f"需求约{format_cell(stored, 'whole')}人" in explain(row, known(), None)
