"""From coded vacancies to counts: nothing is lost, and the intervals mean what they say."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.tables import OPENINGS, PANEL
from nlp.tabulate import (
    NAMING_PROBABILITY,
    contributions,
    gamma_interval,
    openings_by_occupation,
    openings_from_panel,
    tabulate_panel,
    weighted_median,
)

WELDER, TURNER, COOK = "6-18-02-04", "6-18-01-01", "4-03-02-01"
QUARTER = "2026Q4"


def _vacancies(count: int, **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame({"posting_id": [f"v{i:05d}" for i in range(count)]})
    defaults = {
        "quarter": QUARTER, "employer": [f"示例{i}" for i in range(count)], "industry_code": "C",
        "district_code": "500106", "openings": 1.0, "imputed": False, "wage_yuan_month": 5_000.0,
        "level": "unit", "days_open": np.nan, "times_advertised": 1,
    }  # fmt: skip
    return frame.assign(**(defaults | columns))


def _distribution(*pairs: list[tuple[str | None, float]]) -> pd.DataFrame:
    rows = [(f"v{i:05d}", code, p) for i, each in enumerate(pairs) for code, p in each]
    frame = pd.DataFrame(rows, columns=["posting_id", "occupation_code", "probability"])
    return frame.astype({"occupation_code": "str"})


def _simulated(count: int = 400, seed: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    generator = np.random.default_rng(seed)
    codes = [WELDER, TURNER, COOK, "4-07-05-01", "6-31-01-03", "6", None]
    vacancies = _vacancies(
        count,
        quarter=generator.choice(["2026Q3", QUARTER], count),
        employer=pd.Series(generator.choice([*"甲乙丙丁戊己", None], count)),
        industry_code=pd.Series(generator.choice(["C", "H", None], count)),
        district_code=pd.Series(generator.choice(["500106", "500101", None], count)),
        openings=1.0 + generator.poisson(4, count),
        imputed=generator.uniform(size=count) < 0.3,
        wage_yuan_month=np.where(generator.uniform(size=count) < 0.2, np.nan, 5_000.0),
    )
    weights = generator.dirichlet([0.3] * len(codes), count)
    pairs = [list(zip(codes, row, strict=True)) for row in weights]
    return vacancies, _distribution(*pairs)


def test_openings_are_conserved() -> None:
    vacancies, distribution = _simulated()
    rows = contributions(vacancies, distribution)
    by_vacancy = rows.groupby("posting_id")["expected_openings"].sum()
    expected = vacancies.set_index("posting_id")["openings"]
    pd.testing.assert_series_equal(by_vacancy, expected, check_names=False)
    panel = tabulate_panel(rows)
    assert panel["openings"].sum() == pytest.approx(vacancies["openings"].sum())
    assert panel["ads"].sum() == pytest.approx(len(vacancies))
    by_quarter = vacancies.groupby("quarter")["openings"].sum()
    pd.testing.assert_series_equal(panel.groupby("quarter")["openings"].sum(), by_quarter)
    pd.testing.assert_frame_equal(PANEL.check(panel), panel)


def test_small_probabilities_stand_under_their_major_group() -> None:
    low = NAMING_PROBABILITY / 2
    rows = contributions(
        _vacancies(1, openings=20.0),
        _distribution(
            [
                (WELDER, 1 - 5 * low),
                (TURNER, low),
                (COOK, low),
                ("6-18", low),
                ("6", low),
                (None, low),
            ]
        ),
    )
    openings = rows.set_index(rows["occupation_code"].fillna("none"))["expected_openings"]
    assert openings.to_dict() == pytest.approx({WELDER: 15, "6": 2, "4": 1, "6-18": 1, "none": 1})


def test_panel_of_a_small_example() -> None:
    vacancies = _vacancies(
        3, openings=[2.0, 4.0, 8.0], employer=["甲", "甲", "乙"], wage_yuan_month=[4e3, 6e3, np.nan]
    )
    distribution = _distribution([(WELDER, 1.0)], [(WELDER, 0.5), (TURNER, 0.5)], [(WELDER, 1.0)])
    panel = tabulate_panel(contributions(vacancies, distribution)).set_index("occupation_code")
    columns = ["openings", "ads", "employers", "wage_yuan_month_median"]
    assert panel.loc[WELDER, columns].tolist() == [2 + 2 + 8, 2.5, 2, 4_000]
    assert panel.loc[TURNER, columns].tolist() == [2, 0.5, 1, 6_000]


def test_openings_of_a_small_example() -> None:
    vacancies = _vacancies(
        4,
        openings=[2.0, 4.0, 8.0, 10.0],
        employer=["甲", "甲", "乙", None],
        imputed=[False, True, False, False],
        level=["unit", "minor", "unit", "unit"],
        times_advertised=[1, 1, 3, 1],
        wage_yuan_month=[4e3, 6e3, np.nan, 5e3],
    )
    distribution = _distribution(*[[(WELDER, p), ("6", 1 - p)] for p in (1.0, 0.5, 1.0, 1.0)])
    table = openings_by_occupation(contributions(vacancies, distribution))
    row = table.set_index("occupation_code").loc[WELDER]
    expected = {
        "openings": 2 + 2 + 8 + 10,
        "ads": 3.5,
        "employers": 3,
        "largest_employer_share": 10 / 22,
        "imputed_share": 2 / 22,
        "certainty_share": 20 / 22,
        "repost_share": 1 / 3.5,
        "wage_yuan_month_median": 5_000,
        "wage_ads": 3,
    }
    assert row[list(expected)].astype(float).to_dict() == pytest.approx(expected)
    # Employers 4, 8 and 10; coding of the second vacancy 4² × ½ × ½.
    lower, upper = gamma_interval(pd.Series([22.0]), pd.Series([16.0 + 64 + 100 + 4]))
    assert row[["openings_lower", "openings_upper"]].tolist() == pytest.approx([lower[0], upper[0]])
    assert np.isnan(row["days_open_median"])


def test_days_open_are_told_where_enough_vacancies_show_them() -> None:
    days = np.append(np.arange(1.0, 12.0), np.nan)
    rows = contributions(_vacancies(12, days_open=days), _distribution(*[[(COOK, 1.0)]] * 12))
    assert openings_by_occupation(rows)["days_open_median"].tolist() == [6]
    few = rows.assign(days_open=rows["days_open"].where(rows["days_open"] < 10))
    assert openings_by_occupation(few)["days_open_median"].isna().all()


def test_openings_keep_their_contract() -> None:
    table = openings_by_occupation(contributions(*_simulated()))
    pd.testing.assert_frame_equal(OPENINGS.check(table), table)
    assert (table["openings_lower"] <= table["openings"]).all()
    assert (table["openings"] <= table["openings_upper"]).all()


def test_only_the_undecided_rest_is_left_out() -> None:
    rows = contributions(*_simulated())
    units = rows[rows["occupation_code"].str.len() == len(COOK)]
    total = openings_by_occupation(rows)["openings"].sum()
    assert total == pytest.approx(units["expected_openings"].sum())


def test_variance_is_that_of_a_simulated_bootstrap() -> None:
    """Employers drawn with Poisson weights, each vacancy's occupation with its probability."""
    generator = np.random.default_rng(8)
    count, draws = 60, 20_000
    employer = generator.integers(0, 15, count)
    openings = 1.0 + generator.poisson(5, count)
    probability = generator.uniform(0.2, 1, count)
    rows = contributions(
        _vacancies(count, employer=[f"示例{i}" for i in employer], openings=openings),
        _distribution(*[[(COOK, p), (None, 1 - p)] for p in probability]),
    )
    table = openings_by_occupation(rows)
    weights = generator.poisson(1, (draws, 15))[:, employer]
    expected_part = (weights * openings * probability).sum(axis=1)
    coded = generator.uniform(size=(draws, count)) < probability
    coding_part = (openings * (coded - probability)).sum(axis=1)
    simulated = expected_part + coding_part
    lower, upper = gamma_interval(table["openings"], pd.Series([simulated.var()]))
    bounds = table[["openings_lower", "openings_upper"]].iloc[0].tolist()
    assert bounds == pytest.approx([lower[0], upper[0]], rel=0.02)
    within = (simulated >= bounds[0]) & (simulated <= bounds[1])
    assert within.mean() == pytest.approx(0.9, abs=0.015)


@pytest.mark.parametrize(("mean", "variance"), [(100.0, 400.0), (5.0, 20.0), (1_000.0, 1_000.0)])
def test_gamma_interval_covers_its_own_distribution(mean: float, variance: float) -> None:
    generator = np.random.default_rng(1)
    draws = generator.gamma(mean**2 / variance, variance / mean, 200_000)
    assert draws.mean() == pytest.approx(mean, rel=0.02)
    for coverage in (0.5, 0.9):
        lower, upper = gamma_interval(pd.Series([mean]), pd.Series([variance]), coverage)
        tail = (1 - coverage) / 2
        if lower[0] < mean < upper[0]:
            assert (draws < lower[0]).mean() == pytest.approx(tail, abs=0.005)
            assert (draws > upper[0]).mean() == pytest.approx(tail, abs=0.005)


def test_gamma_interval_contains_a_mean_far_out_in_the_tail() -> None:
    lower, upper = gamma_interval(pd.Series([1.0]), pd.Series([100.0]), 0.5)
    assert lower[0] <= 1 <= upper[0]


def test_interval_covers_the_truth_when_employers_are_sampled() -> None:
    """Employers come at random with their openings; the interval is for the expected sum."""
    generator = np.random.default_rng(5)
    # Each of the 400 repetitions is an occupation of its own.
    codes = [f"6-{i // 100:02d}-{i % 100:02d}-01" for i in range(400)]
    employers = np.repeat(codes, generator.poisson(40, len(codes)))
    rows = contributions(
        _vacancies(len(employers), openings=1.0 + generator.poisson(3, len(employers))),
        _distribution(*[[(code, 1.0)] for code in employers]),
    )
    table = openings_by_occupation(rows)
    covered = table["openings_lower"].le(40 * 4) & table["openings_upper"].ge(40 * 4)
    assert len(covered) == len(codes)
    assert covered.mean() == pytest.approx(0.9, abs=0.04)


def test_openings_from_the_panel_agree_in_the_means() -> None:
    rows = contributions(*_simulated())
    from_rows = openings_by_occupation(rows).set_index(["quarter", "occupation_code"])
    from_panel = openings_from_panel(tabulate_panel(rows)).set_index(["quarter", "occupation_code"])
    pd.testing.assert_frame_equal(from_panel[["openings", "ads"]], from_rows[["openings", "ads"]])
    assert (from_panel["openings_lower"] <= from_panel["openings"]).all()
    assert (from_panel["openings_upper"] >= from_panel["openings"]).all()


values = st.integers(-1_000, 1_000).map(float)


@given(st.lists(st.tuples(values, st.integers(1, 5)), min_size=1, max_size=30))
def test_weighted_median_is_the_lower_median_of_repeated_values(
    pairs: list[tuple[float, int]],
) -> None:
    value, weight = zip(*pairs, strict=True)
    rows = pd.DataFrame({"g": "a", "v": value, "w": weight})
    repeated = np.repeat(value, weight)
    expected = np.quantile(repeated, 0.5, method="inverted_cdf")
    assert weighted_median(rows, ["g"], "v", "w").tolist() == [expected]


def test_weighted_median_leaves_out_missing_values_and_empty_groups() -> None:
    rows = pd.DataFrame(
        {"g": ["a", "a", "b", None], "v": [3.0, np.nan, np.nan, 5.0], "w": [1.0, 9.0, 1.0, 1.0]}
    )
    medians = weighted_median(rows, ["g"], "v", "w")
    assert medians.to_dict() == {"a": 3.0, np.nan: 5.0}
