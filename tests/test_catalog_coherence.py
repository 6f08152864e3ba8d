"""The series of demand and their forecasts: details that add up count, the others are named."""

import numpy as np
import pandas as pd
import pytest

from catalog.coherence import CoherentForecast, forecast_coherently
from catalog.demand_series import DemandSeries, demand_series
from catalog.register import form_register
from data.quarters import quarters_between
from data.tables import CORRECTIONS, DEMAND
from forecasting import ForecastParameters, Theta

QUARTER = "2026Q4"
QUARTERS = quarters_between("2023Q1", QUARTER)
LEAVES = {"36": 500.0, "37": 90.0, "H": 300.0}
DISTRICTS = {"500101": 0.2, "500103": 0.5, "500106": 0.3}
# Fast, and coherent with nothing: what adds up afterwards has been made to.
PARAMETERS = ForecastParameters(levels=(80,), season_length=4, members=(Theta(),))
NAMES = ["quarter", "industry_code", "district_code", "openings"]


def cells(seed: int = 1) -> pd.DataFrame:
    """Every leaf in every district and quarter, with noise."""
    random = np.random.default_rng(seed)
    rows = [
        (quarter, leaf, district, round(size * share * random.lognormal(0, 0.1)))
        for quarter in QUARTERS for leaf, size in LEAVES.items()
        for district, share in DISTRICTS.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=NAMES)


def whole(rows: pd.DataFrame) -> pd.DataFrame:
    """The same without districts."""
    summed = rows.groupby(["quarter", "industry_code"])["openings"].sum().reset_index()
    return summed.assign(district_code=None)[NAMES]


def series_of(rows: pd.DataFrame, corrections: pd.DataFrame | None = None) -> DemandSeries:
    records = CORRECTIONS.empty() if corrections is None else corrections
    register, _ = form_register(DEMAND.check(rows), records, QUARTER)
    return demand_series(register, records, QUARTER)


def record(series: str, what: str, quarter: str) -> pd.DataFrame:
    row = {
        "table": "demand", "series": series, "quarter": quarter, "what": what, "value": None,
        "reason": "新平台并入", "status": "active", "guard": None,
    }  # fmt: skip
    return CORRECTIONS.check(pd.DataFrame([row]))


@pytest.fixture(scope="module")
def detailed() -> DemandSeries:
    return series_of(cells())


@pytest.fixture(scope="module")
def found(detailed: DemandSeries) -> CoherentForecast:
    return forecast_coherently(detailed, 4, PARAMETERS)


def test_every_level_that_the_file_gives_is_a_series(detailed: DemandSeries) -> None:
    assert detailed.groupings == {
        "total": "total", "C": "section", "H": "section", "36": "division", "37": "division",
        "主城都市区": "region", "中心城区": "region", "渝东北三峡库区城镇群": "region",
        "500103": "district", "500106": "district", "500101": "district",
    }  # fmt: skip
    history = detailed.history
    for parts in (["C", "H"], ["36", "37", "H"], list(DISTRICTS), ["主城都市区", "500101"]):
        np.testing.assert_allclose(history[parts].sum(axis=1), history["total"])
    assert detailed.statements == ()


def test_forecasts_and_bounds_are_of_one_city(found: CoherentForecast) -> None:
    mean = pd.concat([found.main, found.others]).pivot_table(
        index="period", columns="series_id", values="mean"
    )
    for parts in (["C", "H"], ["36", "37", "H"], list(DISTRICTS), ["主城都市区", "500101"]):
        np.testing.assert_allclose(mean[parts].sum(axis=1), mean["total"])
    assert set(found.main["series_id"]) == {"C", "H"}
    assert found.others["grouping"].value_counts().to_dict() == {
        "district": 12, "division": 8, "region": 12, "total": 4,
    }  # fmt: skip
    assert (found.others["lower"] >= 0).all()
    assert found.main["model"].str.endswith("+mint").all()
    beside = found.industries[~found.industries["model"].str.endswith("+mint")]
    assert set(zip(beside["series_id"], beside["period"], strict=True)) == set(
        zip(found.main["series_id"], found.main["period"], strict=True)
    )


def test_sections_alone_give_the_total_and_nothing_else() -> None:
    rows = whole(cells())
    rows = rows.assign(industry_code=rows["industry_code"].replace({"36": "C", "37": "G"}))
    series = series_of(rows)
    assert set(series.groupings.values()) == {"total", "section"}
    others = forecast_coherently(series, 2, PARAMETERS).others
    assert others["series_id"].unique().tolist() == ["total"]


def test_one_section_is_the_whole_city() -> None:
    found = forecast_coherently(
        series_of(whole(cells()).query("industry_code == 'H'")), 2, PARAMETERS
    )
    assert set(found.main["series_id"]) == {"H"}
    np.testing.assert_allclose(found.main["mean"], found.others["mean"])


def test_districts_that_do_not_add_up_are_named_and_the_rest_is_forecast() -> None:
    rows = cells()
    totals = whole(rows)
    some = totals["quarter"].isin(["2024Q1", "2024Q2"])
    series = series_of(
        pd.concat([rows, totals.assign(openings=totals["openings"] * (1 + 0.2 * some))])
    )
    assert "各区县的需求之和在2个季度与总数不符（如2024Q1：总数" in series.statements[0]
    assert series.statements[0].endswith("这些季度的分项数据未用于预测。")
    assert series.history["500101"].isna().sum() == 2
    never = series_of(pd.concat([rows, totals.assign(openings=totals["openings"] * 1.2)]))
    assert never.statements[0].endswith("未按分项预测。")
    assert set(never.groupings.values()) == {"total", "section", "division"}
    assert not forecast_coherently(never, 1, PARAMETERS).main.empty


def test_divisions_missing_in_a_quarter_are_not_forecast() -> None:
    rows = whole(cells())
    section = rows[rows["industry_code"] != "H"].groupby("quarter")["openings"].sum().reset_index()
    stated = section.assign(industry_code="C", district_code=None)[NAMES]
    fewer = rows[(rows["industry_code"] == "H") | (rows["quarter"] != "2025Q1")]
    series = series_of(pd.concat([fewer, stated]))
    assert series.statements == ("“制造业”各大类的需求在16个季度中缺1个季度，未按大类预测。",)
    assert set(series.groupings.values()) == {"total", "section"}


def test_a_section_that_cannot_be_forecast_is_named_and_left_out_of_the_total() -> None:
    once = pd.DataFrame([("2024Q1", "T", None, 3.0)], columns=NAMES)
    series = series_of(pd.concat([whole(cells()), once]))
    assert series.statements == (
        "“国际组织”未作预测：历史数据不符合预测要求，全市合计不含该行业。",
    )
    assert series.history["total"].notna().all()
    nothing = series_of(once)
    assert nothing.hierarchy is None
    assert forecast_coherently(nothing, 1, PARAMETERS).main.empty


def test_what_depends_on_a_section_follows_its_change_of_source() -> None:
    plain = cells()
    before = (plain["quarter"] < "2025Q1") & plain["industry_code"].isin(["36", "37"])
    broken = plain.assign(openings=plain["openings"].mask(before, plain["openings"] / 4))
    seen = series_of(broken, record("C", "level_shift", "2025Q1")).history
    true = series_of(plain).history
    for name in ("C", "36", "total"):
        assert seen[name].mean() == pytest.approx(true[name].mean(), rel=0.1)
    np.testing.assert_allclose(seen[["36", "37", "H"]].sum(axis=1), seen["total"])
    np.testing.assert_allclose(seen[list(DISTRICTS)].sum(axis=1), seen["total"])
    pd.testing.assert_series_equal(seen["H"], true["H"])


def test_series_without_figures_of_their_own_are_named() -> None:
    """Of two districts that are hardly ever given, only what they have together is known."""
    rows = cells()
    once = rows["quarter"].isin(["2023Q1", QUARTER])
    fewer = rows[once | (rows["district_code"] != "500106")]
    found = forecast_coherently(series_of(fewer), 1, PARAMETERS)
    models = found.others.set_index("series_id")["model"]
    assert models["500106"] == "mint"
    assert models["500103"].endswith("+mint")
    (said,) = (text for text in found.statements if "其预测由合计和其他序列推算" in text)
    assert "“沙坪坝区”" in said
    assert "“渝中区”" not in said
    assert not any("没有预测" in text for text in found.statements)
    reasons = found.models[found.models["model"] == "none"].set_index("series_id")["reason"]
    assert "most periods are missing" in reasons["500106"]
    both = rows[once | (rows["district_code"] == "500101")]
    undetermined = forecast_coherently(series_of(both), 1, PARAMETERS)
    assert "500106" not in set(undetermined.others["series_id"])
    (said,) = (text for text in undetermined.statements if "没有预测" in text)
    assert said.startswith("“渝中区”、“沙坪坝区”没有预测")


def test_gaps_and_outliers_are_told_of_and_the_models_tried_kept() -> None:
    rows = whole(cells())
    wrong = rows["quarter"].eq("2025Q2") & rows["industry_code"].eq("H")
    rows = rows.assign(openings=rows["openings"].mask(wrong, 9 * rows["openings"]))
    found = forecast_coherently(series_of(rows, record("H", "gap", "2024Q2")), 1, PARAMETERS)
    (gap,) = (text for text in found.statements if "缺口" in text)
    assert gap.startswith("“全市”、“住宿和餐饮业”的历史数据有缺口（合计2个季度）")
    (outlier,) = (text for text in found.statements if "异常值" in text)
    assert "“住宿和餐饮业”" in outlier
    assert set(found.models["series_id"]) == {"total", "C", "36", "37", "H"}
    assert "theta" in set(found.models["model"])
    quiet = forecast_coherently(series_of(whole(cells())), 1, PARAMETERS)
    assert not any("缺口" in text for text in quiet.statements)


def test_models_that_were_tried_in_vain_are_counted() -> None:
    short = whole(cells()).query("quarter >= '2024Q4'")
    found = forecast_coherently(series_of(short), 1, ForecastParameters(levels=(80,)))
    idle = found.models[(found.models["weight"] == 0) & (found.models["model"] != "seasonal_naive")]
    told = [text for text in found.statements if "forecast_models" in text]
    assert len(idle) > 0
    assert [f"合计{len(idle)}个" in text for text in told] == [True]


def test_a_series_that_ends_early_is_forecast_for_the_same_quarters() -> None:
    series = series_of(whole(cells()), record("H", "gap", QUARTER))
    assert pd.isna(series.history.loc[QUARTER, ["H", "total"]]).all()
    found = forecast_coherently(series, 2, PARAMETERS)
    both = pd.concat([found.industries, found.others])
    assert both.groupby("series_id")["period"].unique().map(list).map(tuple).unique().tolist() == [
        ("2027Q1", "2027Q2")
    ]
    assert sorted(both["horizon"].unique()) == [1, 2]
