"""Nowcasts after the level shifted: inside a past quarter, at its start, in one series or all."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecasting.nowcasting import nowcast
from forecasting.unusual_years import year_weights

AS_OF = date(2025, 11, 16)
# Weeks from Monday 3 January 2022; the 150th lies in November 2024, the 188th in August 2025.
WEEKS = pd.date_range("2022-01-03", periods=202, freq="7D")
IN_LAST_YEARS_QUARTER, IN_THE_QUARTER_BEFORE, AT_THIS_QUARTERS_START = 150, 188, 196


def weekly(factor, shift, *, seed=0, series_id="C"):
    """Poisson counts, fifty a week, times a factor from the week of the shift."""
    openings = np.random.default_rng(seed).poisson(50, WEEKS.size).astype(float)
    openings[shift:] *= factor
    week = WEEKS.strftime("%G-W%V")
    return pd.DataFrame({"series_id": series_id, "week": week, "openings": openings})


def nowcast_of(counts, series_id="C"):
    frame = nowcast(counts, AS_OF).frame
    return frame[frame["series_id"] == series_id].set_index("level")


@pytest.mark.parametrize("factor", [0.05, 1, 5, 20, 1000])
def test_a_shift_inside_a_past_quarter_leaves_the_nowcast_sound(factor):
    counts = weekly(factor, IN_LAST_YEARS_QUARTER)
    rows = nowcast_of(counts)
    truth = 50 * factor * 92 / 7
    assert rows.loc[95, "mean"] == pytest.approx(truth, rel=0.15)
    assert rows.loc[95, "lower"] < truth < rows.loc[95, "upper"] < 2 * truth
    broke = "本季进度异常的年份不计：2024年" in rows.loc[95, "reason"]
    assert broke == (factor != 1)
    assert ("水平突变的季度不计入区间：2024Q4" in rows.loc[95, "reason"]) == (factor >= 20)


def test_a_doubling_inside_a_past_quarter_is_within_the_interval():
    rows = nowcast_of(weekly(2, IN_LAST_YEARS_QUARTER))
    assert rows.loc[95, "mean"] == pytest.approx(1314, rel=0.13)
    assert rows.loc[95, "lower"] < 1314 < rows.loc[95, "upper"] < 2000


@pytest.mark.parametrize("others_shift", [False, True])
def test_a_shift_in_a_market_is_borne_whether_one_series_or_all_shift(others_shift):
    shift = IN_LAST_YEARS_QUARTER
    others = [weekly(20 if others_shift else 1, shift, seed=s, series_id=f"D{s}") for s in range(4)]
    counts = pd.concat([weekly(20, shift, seed=9), *others])
    assert nowcast_of(counts).loc[95, "mean"] == pytest.approx(13_143, rel=0.1)
    for other in (f"D{s}" for s in range(4)):
        truth = 13_143 if others_shift else 657
        assert nowcast_of(counts, other).loc[95, "mean"] == pytest.approx(truth, rel=0.1)


@pytest.mark.parametrize("first", ["2023-W01", "2024-W01"])
def test_with_one_or_two_years_the_days_tell_which_year_breaks(first):
    counts = weekly(1000, IN_LAST_YEARS_QUARTER)
    rows = nowcast_of(counts[counts["week"] >= first])
    assert rows.loc[95, "mean"] == pytest.approx(657_143, rel=0.1)
    assert rows.loc[95, "upper"] < 1_000_000


@pytest.mark.parametrize("factor", [5, 1000])
def test_a_prior_that_the_openings_rule_out_does_not_hold_the_nowcast_down(factor):
    rows = nowcast_of(weekly(factor, AT_THIS_QUARTERS_START))
    # The days before the first Monday of the quarter are of the old level.
    assert rows.loc[95, "mean"] == pytest.approx(657 * factor * 0.92, rel=0.06)
    rows = nowcast_of(weekly(1000, IN_THE_QUARTER_BEFORE))
    assert rows.loc[95, "mean"] == pytest.approx(657_143, rel=0.06)


def test_years_like_each_other_count_in_full_and_an_outlier_not_at_all():
    generator = np.random.default_rng(1)
    part, rest = generator.poisson(500, (5, 200)), generator.poisson(700, (5, 200))
    vote = np.full(200, np.log(5 / 7))
    assert year_weights(part, rest, vote, 0.08).mean() > 0.99
    broken = rest.copy()
    broken[2] *= 20
    weights = year_weights(part, broken, vote, 0.08)
    assert (weights[2] == 0).all()
    assert np.delete(weights, 2, axis=0).mean() > 0.99
    # A handful of openings proves nothing, and a year not known has no weight.
    few = year_weights(
        np.array([[1.0], [3.0], [np.nan]]), np.array([[9.0], [3.0], [2.0]]), vote[:1], 0
    )
    assert few.ravel().tolist() == [1, 1, 0]
