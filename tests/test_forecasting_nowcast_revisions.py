"""Every row of a revision history is what the nowcast of that day would have said."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecasting import nowcast, revision_history, weekly_openings

LAST_DAY = date(2026, 3, 31)
SAID = ["series_id", "level", "weeks_seen", "openings_so_far", "mean", "lower", "upper", "reason"]


def weekly_counts(*, split):
    """Two series by week; a week that lies in two quarters is two rows, or one."""
    days = pd.date_range("2022-12-26", LAST_DAY)
    openings = np.random.default_rng(0).poisson(9, 2 * len(days))
    vacancies = pd.DataFrame(
        {
            "series_id": np.repeat(["C", "H"], len(days)),
            "posted_on": np.tile(days.strftime("%Y-%m-%d"), 2),
            "openings": openings,
        }
    )
    counts = weekly_openings(vacancies)[0]
    whole = counts.groupby(["series_id", "week"])["openings"].sum().reset_index()
    return counts if split else whole


@pytest.mark.parametrize("split", [False, True])
def test_no_nowcast_knows_of_a_week_that_had_not_ended(split):
    counts = weekly_counts(split=split)
    history = revision_history(counts, LAST_DAY, quarters=3)
    days = history["as_of"].unique()
    # Quarters began and ended within weeks.
    assert {"2025-09-30", "2025-12-31", "2026-03-31"} <= set(days)
    for day in days:
        as_of = date.fromisoformat(day)
        quarter = str(pd.Period(as_of, freq="Q"))
        rows = history[(history["as_of"] == day) & (history["quarter"] == quarter)]
        if rows.empty:
            assert day == "2025-06-30"
            continue
        then = nowcast(counts, as_of).frame
        pd.testing.assert_frame_equal(rows[SAID].reset_index(drop=True), then[SAID])


def test_the_last_day_of_a_quarter_within_a_week_does_not_count_its_days():
    counts = weekly_counts(split=False)
    last = revision_history(counts, LAST_DAY, quarters=2).query("as_of == '2025-12-31'")
    begun = last[last["quarter"] == "2025Q4"]
    weeks = counts[counts["week"].between("2025-W41", "2025-W52")]
    # The first week of the quarter began in the one before: five of its days count.
    first = counts[counts["week"] == "2025-W40"].set_index("series_id")["openings"] * 5 / 7
    expected = weeks.groupby("series_id")["openings"].sum() + first
    for name, so_far in expected.items():
        assert begun.loc[begun["series_id"] == name, "openings_so_far"].tolist() == pytest.approx(
            [so_far] * 2
        )
