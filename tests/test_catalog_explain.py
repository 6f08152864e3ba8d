"""Grounds and cautions in an official's words."""

import pandas as pd

from catalog.explain import cautions, explain

ROW = pd.Series(
    {
        "openings": 1234.4,
        "openings_lower": 1000.0,
        "openings_upper": 1500.0,
        "employers": 12,
        "largest_employer_share": 0.2,
        "imputed_share": 0.1,
        "certainty_share": 0.9,
    }
)


def known(**values: float) -> pd.DataFrame:
    return pd.DataFrame({"value": pd.Series(values, dtype=float), "basis_code": None})


def test_every_known_indicator_is_told_and_no_other() -> None:
    table = known(
        vacancy_ratio=2.345, openings_growth=-12.0, wage_growth=0.2, days_open=31.4,
        training_shortfall=80.0,
    )  # fmt: skip
    assert explain(ROW, table, None) == (
        "需求约1,234人（90%区间1,000—1,500人）；求人倍率2.35；一年后需求预计下降12%；"
        "招聘工资年率基本持平；空缺时长中位数31天；全年需求的20%有新增取证人员对应"
    )
    assert explain(ROW, known(), None) == "需求约1,234人（90%区间1,000—1,500人）"
    assert explain(ROW, known(vacancy_ratio=float("nan")), None).endswith("人）")


def test_a_ratio_of_a_group_names_the_group() -> None:
    table = known(vacancy_ratio=2.0)
    table["basis_code"] = pd.Series({"vacancy_ratio": "6-18"}, dtype=object)
    assert "求人倍率2.00（按“机械制造基础加工人员”类计）" in explain(ROW, table, None)


def test_insufficient_evidence_is_told_first() -> None:
    assert explain(ROW, known(), "招聘单位不足3家").startswith("证据不足：招聘单位不足3家；")


def test_cautions_where_the_evidence_leans_on_one_thing() -> None:
    assert cautions(ROW) is None
    thin = ROW.copy()
    thin[["largest_employer_share", "imputed_share", "certainty_share"]] = (0.82, 0.7, 0.3)
    assert cautions(thin) == (
        "需求集中于一家单位（占82%）；招聘人数多为推算（占70%）；职业归类把握不足（有把握部分占30%）"
    )
