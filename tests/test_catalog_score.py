"""The formula: points, weights, order, seed, intervals, the largest employer's cap."""

import numpy as np
import pandas as pd
import pytest

from catalog.score import POINTS, ScoreParameters, score_occupations
from catalog.tables import INDICATOR_NAMES

WEIGHTS = {
    "vacancy_ratio": 0.4, "openings": 0.2, "openings_growth": 0.1, "wage_growth": 0.1,
    "days_open": 0.1, "training_shortfall": 0.1,
}  # fmt: skip
CODES = ("4-01-02-01", "4-03-02-05", "6-18-02-04", "6-25-04-07")
PARAMETERS = ScoreParameters(weights=WEIGHTS, draws=400, seed=3)


def indicators(values: dict[str, dict[str, float]], relative_width: float = 0.2) -> pd.DataFrame:
    """Indicators of occupations; what is not given is missing."""
    rows = []
    for code, given in values.items():
        for name in INDICATOR_NAMES:
            value = given.get(name, np.nan)
            half = abs(value) * relative_width
            rows.append(("2026Q4", code, name, value, value - half, value + half, np.nan))
    columns = ["quarter", "occupation_code", "indicator", "value", "lower", "upper", "points"]
    return pd.DataFrame(rows, columns=columns).assign(basis_code=None, missing_reason=None)


def score(
    values: dict[str, dict[str, float]],
    largest: dict[str, float] | None = None,
    parameters: ScoreParameters = PARAMETERS,
    relative_width: float = 0.2,
) -> pd.DataFrame:
    share = pd.Series(largest or {}, dtype=float).reindex(list(values)).fillna(0.1)
    return score_occupations(indicators(values, relative_width), share, parameters)[0]


FOUR = {
    code: {"openings": openings, "vacancy_ratio": ratio}
    for code, openings, ratio in zip(
        CODES, (100.0, 400.0, 200.0, 300.0), (3.0, 1.0, 2.0, 0.5), strict=True
    )
}


@pytest.mark.parametrize(
    ("name", "value", "points"),
    [
        ("vacancy_ratio", 1.0, 50), ("vacancy_ratio", 3.0, 75), ("vacancy_ratio", 0.0, 0),
        ("openings_growth", 0.0, 50), ("openings_growth", 20.0, 50 + 50 * np.tanh(1)),
        ("wage_growth", 0.0, 50), ("wage_growth", -10.0, 50 - 50 * np.tanh(1)),
        ("days_open", 30.0, 50), ("days_open", 0.0, 0), ("training_shortfall", 37.0, 37),
    ],
)  # fmt: skip
def test_the_table_of_points(name: str, value: float, points: float) -> None:
    assert POINTS[name](np.array([value])) == pytest.approx([points])


def test_points_of_openings_are_the_share_in_no_larger_occupations() -> None:
    points = POINTS["openings"](np.array([100.0, 400.0, 200.0, 300.0, np.nan]))
    np.testing.assert_allclose(points[:4], [10, 100, 30, 60])
    assert np.isnan(points[4])


def test_weights_are_rescaled_over_the_indicators_present() -> None:
    scores = score(FOUR)
    # Points of openings 10 and of the ratio 75, weights 0.2 and 0.4.
    assert scores["score"][CODES[0]] == pytest.approx((0.2 * 10 + 0.4 * 75) / 0.6)
    np.testing.assert_allclose(scores["weight_present"], 0.6)
    np.testing.assert_allclose(scores["tightness_points"], [75, 50, 200 / 3, 100 / 3])


def test_points_are_written_beside_the_indicators() -> None:
    table = indicators(FOUR)
    _, with_points = score_occupations(table, pd.Series(0.1, index=list(FOUR)), PARAMETERS)
    assert len(with_points) == len(table)
    points = with_points.set_index(["occupation_code", "indicator"])["points"]
    assert points[CODES[1], "vacancy_ratio"] == pytest.approx(50)
    assert (points.notna() == table["value"].notna().to_numpy()).all()


def test_scores_and_ranks_do_not_depend_on_the_order_of_rows() -> None:
    forth, back = score(FOUR), score(dict(reversed(FOUR.items())))
    pd.testing.assert_frame_equal(forth.sort_index(), back.sort_index())


def test_the_seed_fixes_the_intervals_and_another_moves_only_them() -> None:
    again = score(FOUR)
    pd.testing.assert_frame_equal(again, score(FOUR))
    other = score(FOUR, parameters=ScoreParameters(weights=WEIGHTS, draws=400, seed=4))
    pd.testing.assert_series_equal(again["score"], other["score"])
    assert not again["score_lower"].equals(other["score_lower"])


@pytest.mark.parametrize("relative_width", [0.0, 0.1, 1.0, 3.0])
def test_intervals_hold_the_point(relative_width: float) -> None:
    scores = score(FOUR, relative_width=relative_width)
    for name in ("score", "rank"):
        assert (scores[f"{name}_lower"] <= scores[name]).all()
        assert (scores[name] <= scores[f"{name}_upper"]).all()
    assert scores["score_upper"].max() <= 100
    assert scores["rank"].tolist() == scores["score"].rank(ascending=False).tolist()


def test_more_uncertainty_gives_wider_intervals() -> None:
    widths = []
    for relative_width in (0.0, 0.3, 1.5):
        scores = score(FOUR, relative_width=relative_width)
        widths.append(
            ((scores["rank_upper"] - scores["rank_lower"]).sum(),
             (scores["score_upper"] - scores["score_lower"]).sum())
        )  # fmt: skip
    assert widths[0] == (0, pytest.approx(0, abs=1e-3))
    assert widths[0][0] < widths[1][0] < widths[2][0]
    assert widths[0][1] < widths[1][1] < widths[2][1]


def test_the_interval_of_one_indicator_is_that_of_its_points() -> None:
    """A normal wage change of 0 ± 10 % gives points 50 + 50·tanh of its 90 % bounds."""
    values = {code: {"openings": 100.0, "wage_growth": 0.0} for code in CODES}
    table = indicators(values)
    wages = table["indicator"] == "wage_growth"
    table.loc[wages, ["lower", "upper"]] = (-10.0, 10.0)
    parameters = ScoreParameters(weights={"wage_growth": 1.0}, draws=4000, seed=1)
    scores, _ = score_occupations(table, pd.Series(0.1, index=list(values)), parameters)
    np.testing.assert_allclose(scores["score_upper"], 50 + 50 * np.tanh(1), atol=1.5)
    np.testing.assert_allclose(scores["score_lower"], 50 - 50 * np.tanh(1), atol=1.5)


def test_one_large_employer_counts_with_the_capped_share_only() -> None:
    free, capped = score(FOUR), score(FOUR, {CODES[1]: 0.9})
    assert capped["score"][CODES[1]] < free["score"][CODES[1]]
    # 400 openings, 40 of them of others: 40 / 0.7 count, fewer than any other occupation has.
    expected = 100 * (40 / 0.7) / (100 + 200 + 300 + 40 / 0.7)
    weighted = (0.2 * expected + 0.4 * 50) / 0.6
    assert capped["score"][CODES[1]] == pytest.approx(weighted)
    at_the_cap = score(FOUR, {CODES[1]: 0.3})
    assert at_the_cap["score"][CODES[1]] == free["score"][CODES[1]]


def test_without_an_indicator_of_tightness_there_is_neither_score_nor_rank() -> None:
    values = {**FOUR, CODES[0]: {"openings": 1e6, "openings_growth": 80.0}}
    scores = score(values)
    assert scores.loc[CODES[0], ["score", "rank", "rank_lower", "rank_upper"]].isna().all()
    assert sorted(scores["rank"].dropna()) == [1, 2, 3]
    nothing = score({code: {"openings": 10.0} for code in CODES})
    assert nothing[["score", "rank", "score_lower"]].isna().all().all()
