"""What may be wrong with openings by week: broken, repeated, late and missing rows."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import ConfigurationError, InputError, UnknownColumnsError
from forecasting.nowcast_revisions import revision_history
from forecasting.nowcasting import NowcastParameters, nowcast
from forecasting.weekly_counts import daily_grid, weekly_openings

LAST_DAY = date(2026, 3, 31)


def daily(first, last, openings=1.0, series_id="C"):
    days = pd.date_range(first, last)
    return pd.DataFrame(
        {"series_id": series_id, "week": days.strftime("%Y-%m-%d"), "openings": openings}
    )


def counted(seed, n_series):
    days = pd.date_range("2024-01-01", LAST_DAY)
    counts = np.random.default_rng(seed).poisson(6, (n_series, len(days)))
    names = [f"C{row}" for row in range(n_series)]
    parts = [daily(days[0], days[-1], row, name) for row, name in zip(counts, names, strict=True)]
    return pd.concat(parts, ignore_index=True)


# -- rows that are wrong ----------------------------------------------------------------------


def test_the_order_of_rows_does_not_matter_and_repeated_rows_are_named():
    counts = counted(9, n_series=3)
    mixed = pd.concat([counts, counts.iloc[[5]]]).sample(frac=1, random_state=1)
    one, other = nowcast(counts, LAST_DAY), nowcast(mixed, LAST_DAY)
    pd.testing.assert_frame_equal(one.frame, other.frame)
    assert one.rejected.empty
    assert other.rejected["reason"].tolist() == ["同一序列同一时段重复出现，只计首行"]


def test_rows_after_the_day_are_rejected_and_change_nothing():
    counts = counted(10, n_series=2)
    day = date(2026, 2, 11)
    result = nowcast(counts, day)
    assert set(result.rejected["reason"]) == {"晚于截止日"}
    assert (result.rejected["week"] > "2026-02-11").all()
    assert len(result.rejected) == 2 * 48
    known = nowcast(counts[counts["week"] <= "2026-02-11"], day)
    pd.testing.assert_frame_equal(result.frame, known.frame)
    unfinished = pd.DataFrame({"series_id": "C", "week": ["2026-W06", "2026-W07"], "openings": 7})
    assert nowcast(unfinished, day).rejected["reason"].tolist() == ["截止日时该周尚未结束"]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("series_id", None, "缺少序列名称"),
        ("week", "2026-W54", "周或日期无法识别"),
        ("week", "2026-02-30", "周或日期无法识别"),
        ("week", "上周", "周或日期无法识别"),
        ("week", None, "周或日期无法识别"),
        ("quarter", "2025Q1", "周或日期无法识别"),
        ("openings", -1, "招聘人数不是非负数"),
        ("openings", "若干", "招聘人数不是非负数"),
        ("openings", float("inf"), "招聘人数不是非负数"),
    ],
)
def test_broken_rows_are_returned_with_a_reason(column, value, reason):
    rows = [{"series_id": "C", "week": "2026-W05", "openings": 7, "quarter": None} for _ in "ab"]
    rows[1] |= {"week": "2026-W06", column: value}
    result = nowcast(pd.DataFrame(rows).astype(object), date(2026, 2, 28))
    assert result.rejected["reason"].tolist() == [reason]
    assert result.frame["openings_so_far"].tolist() == [7, 7]


def test_nothing_to_count_gives_an_empty_table_with_the_reasons():
    counts = daily("2026-03-01", "2026-03-03")
    result = nowcast(counts, date(2026, 2, 1))
    assert result.frame.empty
    assert result.rejected["reason"].tolist() == ["晚于截止日"] * 3
    assert nowcast(counts.iloc[:0], date(2026, 2, 1)).frame.empty
    assert revision_history(counts, date(2026, 2, 1)).empty
    with pytest.raises(UnknownColumnsError, match="openings"):
        nowcast(counts[["series_id", "week"]], date(2026, 2, 1))


def test_a_gap_is_no_week_without_openings():
    counts = daily("2023-01-01", "2026-05-31", 2.0)
    outage = counts["week"].between("2026-04-20", "2026-05-03")
    row = nowcast(counts[~outage], date(2026, 5, 31)).frame.iloc[0]
    assert row["mean"] == pytest.approx(2 * 91)
    assert row["openings_so_far"] == 2 * (61 - 14)
    assert row["weeks_seen"] == (61 - 14) // 7
    assert row["reason"] == "截至当日缺14天数据"
    missing = counts.assign(openings=counts["openings"].mask(outage))
    assert nowcast(missing, date(2026, 5, 31)).frame.iloc[0]["mean"] == row["mean"]
    # Where another series has rows, the missing rows are weeks without openings.
    both = pd.concat([counts[~outage], counts.assign(series_id="D")])
    quiet = nowcast(both, date(2026, 5, 31)).frame.query("series_id == 'C'").iloc[0]
    assert quiet["reason"] == ""
    assert quiet["openings_so_far"] == row["openings_so_far"]


@given(
    st.lists(st.integers(0, 30), min_size=30, max_size=120),
    st.integers(0, 89),
)
def test_nowcasts_are_never_negative_nor_below_what_was_counted(openings, day):
    weeks = pd.date_range("2026-01-05", periods=len(openings), freq="-7D").strftime("%G-W%V")
    counts = pd.DataFrame({"series_id": "C", "week": weeks, "openings": openings})
    frame = nowcast(counts, (pd.Timestamp("2026-01-01") + pd.Timedelta(days=day)).date()).frame
    known = frame.dropna()
    assert (known["openings_so_far"] <= known["lower"] + 1e-9).all()
    assert (known["lower"] <= known["mean"] + 1e-9).all()
    assert (known["mean"] <= known["upper"] + 1e-9).all()
    narrow, wide = frame["upper"]
    assert not narrow > wide


def test_parameters_out_of_range_are_refused():
    for wrong in ({"levels": ()}, {"levels": (100,)}, {"pooled_years": 0}, {"most_quarters": 1}):
        with pytest.raises(ConfigurationError):
            NowcastParameters(**wrong)
    assert NowcastParameters(levels=(95, 80, 95)).levels == (80, 95)
    with pytest.raises(ConfigurationError, match="1 to 40"):
        revision_history(daily("2026-01-01", "2026-01-02"), LAST_DAY, quarters=0)


# -- weeks ------------------------------------------------------------------------------------


def test_vacancies_become_weeks_that_add_up_to_quarters():
    generator = np.random.default_rng(4)
    days = pd.date_range("2024-01-01", LAST_DAY)
    vacancies = pd.DataFrame(
        {
            "series_id": generator.choice(["6-18-01-07", "4-02-05-03"], 3_000),
            "posted_on": days[generator.integers(0, len(days), 3_000)].date,
            "openings": generator.integers(1, 9, 3_000) * 0.5,
        }
    )
    counts, rejected = weekly_openings(vacancies)
    assert rejected.empty
    assert not counts.duplicated(["series_id", "week", "quarter"]).any()
    quarters = pd.to_datetime(vacancies["posted_on"]).dt.to_period("Q").astype("str")
    expected = vacancies.groupby(["series_id", quarters])["openings"].sum()
    got = counts.groupby(["series_id", "quarter"])["openings"].sum()
    assert got.to_numpy() == pytest.approx(expected.to_numpy())
    frame = nowcast(counts, LAST_DAY).frame.query("level == 80").set_index("series_id")
    assert frame["mean"].to_dict() == pytest.approx(got.xs("2026Q1", level=1).to_dict())


def test_vacancies_that_cannot_count_are_returned():
    vacancies = pd.DataFrame(
        {
            "series_id": ["A", None, "A", "A"],
            "posted_on": ["2026-01-05", "2026-01-05", "昨天", "2026-01-06"],
            "openings": [1, 1, 1, -2],
        }
    )
    counts, rejected = weekly_openings(vacancies)
    assert counts.to_numpy().tolist() == [["A", "2026-W02", "2026Q1", 1.0]]
    assert rejected["reason"].tolist() == ["缺少序列名称", "周或日期无法识别", "招聘人数不是非负数"]
    with pytest.raises(UnknownColumnsError, match="posted_on"):
        weekly_openings(counts)


def test_a_week_lies_evenly_on_its_days():
    counts = pd.DataFrame(
        {
            "series_id": "C",
            "week": ["2026-W27", "2026-W27", "2026-W28"],
            "quarter": ["2026Q2", "2026Q3", None],
            "openings": [4.0, 10.0, 14.0],
        }
    )
    grid, rejected = daily_grid(counts, date(2026, 7, 31))
    assert rejected.empty
    assert date.fromordinal(grid.first_day) == date(2026, 6, 29)
    assert grid.counts.tolist() == [[2.0] * 14]
    centuries = pd.DataFrame({"series_id": "C", "week": ["1900-W01", "2026-W01"], "openings": 1})
    with pytest.raises(InputError, match="40 years"):
        daily_grid(centuries, date(2026, 7, 31))
