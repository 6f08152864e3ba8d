"""Nowcast of the quarter from its weeks so far, on hand-made and simulated openings."""

import io
from datetime import date
from pathlib import Path

import mplfonts
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from data.errors import EmptyInputError
from data.reference import spring_festival
from forecasting.nowcast_revisions import revision_chart, revision_history
from forecasting.nowcasting import NowcastParameters, nowcast
from forecasting.quarter_progress import corresponding_days

FONT = FontProperties(
    fname=str(Path(mplfonts.__file__).parent / "fonts" / "NotoSansCJKsc-Regular.otf")
)
LAST_DAY = date(2026, 3, 31)


def daily(first, last, openings=1.0, series_id="C"):
    days = pd.date_range(first, last)
    return pd.DataFrame(
        {"series_id": series_id, "week": days.strftime("%Y-%m-%d"), "openings": openings}
    )


def simulated(seed, n_series=10, first="2019-01-01", depth=0.75):
    """Negative binomial openings with a level that wanders and a hole around the festival."""
    generator = np.random.default_rng(seed)
    days = pd.date_range(first, LAST_DAY)
    since = np.array([(day.date() - spring_festival(day.year)).days for day in days])
    season = 1 - depth * np.exp(-(((since + 2) / 8) ** 2) / 2)
    season += 0.8 * np.exp(-(((since - 18) / 9) ** 2) / 2)
    working = np.where(days.day_of_week >= 5, 0.5, 1.2)
    quarter = days.year * 4 + days.quarter
    quarter = (quarter - quarter.min()).to_numpy()
    steps = generator.normal(0, 0.08, (n_series, quarter.max() + 1))
    steps += generator.normal(0, 0.05, quarter.max() + 1)
    week = np.arange(len(days)) // 7
    noise = np.exp(generator.normal(0, 0.1, (n_series, week.max() + 1)))[:, week]
    level = np.exp(generator.normal(3, 1.2, n_series))[:, np.newaxis]
    mean = level * np.exp(steps.cumsum(axis=1)[:, quarter]) * season * working * noise
    counts = generator.negative_binomial(2, 2 / (2 + mean))
    names = [f"C{row:02d}" for row in range(n_series)]
    return pd.DataFrame(
        {
            "series_id": np.repeat(names, len(days)),
            "week": np.tile(days.strftime("%Y-%m-%d"), n_series),
            "openings": counts.ravel().astype(float),
        }
    )


@pytest.fixture(scope="module")
def history():
    """Revisions of six quarters of two simulated markets, aligned on the festival and not."""
    frames = []
    for seed in (0, 1):
        counts = simulated(seed, first="2020-01-01")
        for chinese in (True, False):
            table = revision_history(
                counts, LAST_DAY, quarters=6, parameters=NowcastParameters(chinese=chinese)
            )
            frames.append(table.assign(chinese=chinese, seed=seed))
    return pd.concat(frames, ignore_index=True)


def log_errors(table):
    return np.log((table["mean"] + 0.5) / (table["final"] + 0.5)).abs()


# -- by hand ----------------------------------------------------------------------------------


def second_quarters():
    """One opening a day until 15 May and three after; in 2026 two a day until 15 May."""
    parts = [daily("2026-04-01", "2026-05-15", 2.0)]
    for year in (2024, 2025):
        parts.append(daily(f"{year}-04-01", f"{year}-05-15", 1.0))
        parts.append(daily(f"{year}-05-16", f"{year}-06-30", 3.0))
    return pd.concat(parts, ignore_index=True)


def test_a_quarter_by_hand():
    row = nowcast(second_quarters(), date(2026, 5, 15)).frame.iloc[0]
    share = 45 / (45 + 3 * 46)
    prior = 45 + 3 * 46
    evidence = (share * prior + 90) / 2
    weight = evidence / (evidence + 10)
    rate = weight * 90 / share + (1 - weight) * prior
    assert row["mean"] == pytest.approx(90 + (1 - share) * rate)
    assert row["openings_so_far"] == 90
    assert (row["quarter"], row["weeks_seen"], row["as_of"]) == ("2026Q2", 6, "2026-05-15")
    # Both earlier quarters went the same way to the last opening: nothing is left to err.
    assert row["lower"] == row["upper"] == pytest.approx(row["mean"])
    assert row["reason"] == ""


def test_the_last_day_gives_what_was_counted():
    counts = simulated(3, n_series=2, first="2023-01-01")
    frame = nowcast(counts, LAST_DAY).frame
    counted = counts[counts["week"] >= "2026-01-01"].groupby("series_id")["openings"].sum()
    for name, rows in frame.groupby("series_id"):
        assert (rows[["openings_so_far", "mean", "lower", "upper"]] == counted[name]).all(axis=None)


def test_days_of_other_years_correspond_around_the_festival():
    quarter = pd.Period("2026Q1", freq="Q")
    now = (spring_festival(2026) - date(2026, 1, 1)).days
    for year in range(2000, 2026):
        days = corresponding_days(quarter, year, align=True)
        then = (spring_festival(year) - date(year, 1, 1)).days
        assert days[now - 20 : now + 35].tolist() == list(range(then - 20, then + 35))
        assert days[0] == 0
        assert days[-1] == 89 + (year % 4 == 0)
        assert (np.diff(days) >= 0).all()
        plain = corresponding_days(quarter, year, align=False)
        assert plain.tolist() == list(range(90))
    second = pd.Period("2026Q2", freq="Q")
    assert corresponding_days(second, 2025, align=True).tolist() == list(range(91))
    leap = corresponding_days(pd.Period("2024Q1", freq="Q"), 2023, align=False)
    assert leap.tolist() == [*range(90), 89]


def test_a_market_that_follows_the_festival_alone_is_nowcast_without_error():
    days = pd.date_range("2019-10-01", LAST_DAY)
    since = [(day.date() - spring_festival(day.year)).days for day in days]
    # Every summer the level changes, so that a year ago says little.
    level = np.array([3, 1, 4, 2, 5, 2, 6])[days.year - 2019 - (days.month < 7)]
    counts = daily("2019-10-01", LAST_DAY, level * np.where(np.abs(since) < 10, 2.0, 20.0))
    # The eve of the hole and a day within; its place differs between the years.
    for as_of in (date(2026, 2, 7), date(2026, 2, 15)):
        row = nowcast(counts, as_of).frame.iloc[0]
        total = counts.loc[counts["week"] >= "2026-01-01", "openings"].sum()
        assert row["mean"] == pytest.approx(total, rel=0.01)
        naive = nowcast(counts, as_of, NowcastParameters(chinese=False)).frame.iloc[0]
        assert abs(naive["mean"] - total) > 3 * abs(row["mean"] - total)


def test_a_quarter_not_begun_is_the_one_before_times_the_usual_step():
    """Level 1, 2, 4, 8 in the quarters of every year, and 3 times as much in the last."""
    days = pd.date_range("2022-01-01", "2025-09-30")
    level = 2.0 ** (days.quarter - 1) * np.where(days.year == 2025, 3.0, 1.0)
    frame = nowcast(daily(days[0], days[-1], level), date(2025, 10, 1)).frame
    assert frame["mean"].iloc[0] == pytest.approx(92 * 3 * 8, rel=0.01)


def test_a_step_of_the_level_at_new_year_is_none_of_the_festival():
    """The level doubles every New Year's Day; the festival comes 19 days later than last year."""
    days = pd.date_range("2022-01-01", LAST_DAY)
    counts = daily(days[0], days[-1], 10.0 * 2.0 ** (days.year - 2022))
    row = nowcast(counts, date(2026, 2, 15)).frame.iloc[0]
    assert row["mean"] == pytest.approx(90 * 160.0, rel=0.01)


# -- simulated markets ------------------------------------------------------------------------


def test_intervals_cover_the_final_count(history):
    table = history[history["chinese"] & (history["weeks_seen"] < 13)]
    inside = table["final"].between(table["lower"] - 1e-9, table["upper"] + 1e-9)
    coverage = inside.groupby(table["level"]).mean()
    assert 0.72 <= coverage[80] <= 0.90
    assert 0.92 <= coverage[95] <= 1.0


def test_alignment_lowers_the_error_of_first_quarters(history):
    early = history[history["quarter"].isin(["2025Q1", "2026Q1"]) & (history["level"] == 80)]
    early = early[early["weeks_seen"].between(3, 10)]
    errors = log_errors(early).groupby(early["chinese"]).mean()
    assert errors[True] < 0.85 * errors[False]
    others = history[history["quarter"].isin(["2025Q2", "2025Q3"]) & (history["level"] == 80)]
    errors = log_errors(others).groupby(others["chinese"]).mean()
    assert errors[True] == pytest.approx(errors[False], rel=0.1)


def test_nowcasts_beat_days_gone_and_last_year(history):
    early = history[history["chinese"] & (history["level"] == 80)]
    early = early[early["weeks_seen"].between(2, 8)]
    gone = pd.to_datetime(early["as_of"]) - pd.PeriodIndex(early["quarter"], freq="Q").start_time
    by_days = early["openings_so_far"] * 91 / (gone.dt.days + 1)
    begun = (
        history[history["chinese"] & (history["level"] == 80)]
        .groupby(["seed", "series_id", "quarter"])["mean"]
        .first()
    )
    first = early.join(begun.rename("begun"), on=["seed", "series_id", "quarter"])["begun"]
    error = (early["mean"] - early["final"]).abs().sum()
    assert error < 0.8 * (by_days - early["final"]).abs().sum()
    assert error < 0.8 * (first - early["final"]).abs().sum()


def test_errors_and_intervals_shrink_toward_the_end(history):
    table = history[history["chinese"] & (history["level"] == 80)]
    width = np.log((table["upper"] + 0.5) / (table["lower"] + 0.5)).groupby(table["weeks_seen"])
    width = width.mean()
    assert width[1] > 1.3 * width[6] > 1.69 * width[11] > 0
    error = log_errors(table).groupby(table["weeks_seen"]).mean()
    assert error[1] > 1.3 * error[6] > 1.69 * error[11]
    last = table[table["as_of"].isin(["2025-12-31", "2026-03-31"]) & (table["weeks_seen"] > 0)]
    assert len(last) == 2 * 2 * 10
    assert (last["mean"] == last["final"]).all()


def test_revisions_are_the_nowcasts_of_their_day(history):
    counts = simulated(0, first="2020-01-01")
    day = date(2026, 2, 22)
    rows = nowcast(counts[counts["week"] <= day.isoformat()], day).frame
    kept = history[history["chinese"] & (history["seed"] == 0) & (history["as_of"] == str(day))]
    columns = ["mean", "lower", "upper", "openings_so_far"]
    assert kept[columns].to_numpy() == pytest.approx(rows[columns].to_numpy())
    one = history.query("series_id == 'C03' and quarter == '2025Q4' and level == 95 and chinese")
    one = one[one["seed"] == 0]
    assert one["as_of"].tolist()[:3] == ["2025-09-30", "2025-10-05", "2025-10-12"]
    assert one["weeks_seen"].tolist()[:3] == [0, 0, 1]
    assert one["revision"].iloc[1:].to_numpy() == pytest.approx(np.diff(one["mean"]))
    gap = 100 * (one["mean"] / one["final"] - 1)
    assert one["error_percent"].to_numpy() == pytest.approx(gap.to_numpy())


# -- little is known --------------------------------------------------------------------------


def test_a_quarter_just_begun_rests_on_other_years():
    counts = daily("2023-01-01", "2026-03-31", 2.0)
    frame = nowcast(counts, date(2026, 4, 2)).frame
    assert frame["weeks_seen"].tolist() == [0, 0]
    assert frame["mean"].iloc[0] == pytest.approx(2 * 91, rel=0.02)
    assert frame["reason"].tolist() == ["本季尚无数据，沿用往年水平"] * 2


def test_a_new_series_borrows_from_the_others():
    counts = pd.concat([simulated(5, n_series=4), daily("2026-01-05", "2026-03-31", 9.0, "新")])
    row = nowcast(counts, date(2026, 2, 15)).frame.query("series_id == '新'").iloc[0]
    assert row["method"] == "其他序列同期进度（按春节对齐）"
    assert row["reason"] == "本序列无完整的往年同期数据"
    assert row["openings_so_far"] == 9 * 42
    assert row["openings_so_far"] < row["lower"] < row["mean"] < row["upper"]


def test_a_series_with_one_year_has_a_nowcast_and_an_interval():
    counts = simulated(6)
    final = counts[(counts["series_id"] == "C03") & (counts["week"] >= "2026-01-01")]
    counts = counts[(counts["series_id"] != "C03") | (counts["week"] >= "2025-01-01")]
    row = nowcast(counts, date(2026, 2, 28)).frame.query("series_id == 'C03' and level == 95")
    row = row.iloc[0]
    assert row["method"] == "往年同期进度（按春节对齐）"
    assert row["lower"] < final["openings"].sum() < row["upper"]
    assert row["upper"] < 2.5 * row["lower"]
    alone = daily("2025-01-01", "2026-02-15", 9.0)
    row = nowcast(alone, date(2026, 2, 15)).frame.iloc[0]
    assert (row["method"], row["reason"]) == ("往年同期进度（按春节对齐）", "")
    assert row["mean"] == pytest.approx(9 * 90)


def test_without_history_days_are_counted_and_said_so():
    frame = nowcast(daily("2026-02-02", "2026-03-01", 3.0), date(2026, 3, 1)).frame
    assert frame["mean"].tolist() == pytest.approx([28 * 3 / 28 * 90] * 2)
    assert frame["lower"].isna().all()
    assert frame["method"].unique().tolist() == ["按天数均摊"]
    assert frame["reason"].iloc[0] == (
        "无往年同期数据，按已过天数均摊；截至当日缺32天数据；可比季度不足2个，不给区间"
    )


def test_nothing_known_is_a_row_too():
    frame = nowcast(daily("2025-02-10", "2025-02-20"), date(2026, 3, 1)).frame
    assert frame["mean"].isna().all()
    assert frame["reason"].tolist() == ["本季尚无数据，也无历史，无法推算"] * 2


def test_series_of_noughts_stay_at_nought():
    alone = nowcast(daily("2022-01-01", "2026-02-10", 0.0), date(2026, 2, 10)).frame
    assert (alone[["mean", "lower", "upper"]] == 0).all(axis=None)
    counts = pd.concat([simulated(7, n_series=4), daily("2019-01-01", LAST_DAY, 0.0, "零")])
    row = nowcast(counts, date(2026, 2, 10)).frame.query("series_id == '零'").iloc[0]
    assert row["mean"] == row["lower"] == 0 <= row["upper"] < 10


def test_a_new_demand_in_a_series_of_noughts_is_seen():
    counts = pd.concat([simulated(8, n_series=4), daily("2019-01-01", LAST_DAY, 0.0, "零")])
    is_new = (counts["series_id"] == "零") & (counts["week"] >= "2026-01-01")
    counts["openings"] = counts["openings"].mask(is_new, 5.0)
    row = nowcast(counts, date(2026, 2, 15)).frame.query("series_id == '零'").iloc[0]
    assert row["mean"] > 1.3 * row["openings_so_far"]


# -- real months ---


def test_real_quarters_are_nowcast_from_their_first_month():
    """Openings of the United States by industry, 2012-2018, each month spread over its days."""
    path = (
        Path(__file__).resolve().parents[1]
        / "../shared/data/series/us_jolts_openings_by_industry_nsa.parquet"
    )
    if not path.exists():
        pytest.skip("the real series are not beside the project")
    months = pd.read_parquet(path)
    months = months[months["display_level"] == months["display_level"].max()]
    months = months[months["period"].astype("str").between("2005", "2019")]
    starts = pd.PeriodIndex(months["period"].astype("str").str[:7], freq="M")
    days = months.assign(day=[pd.date_range(m.start_time, m.end_time) for m in starts])
    days = days.assign(openings=days["value"] / starts.days_in_month).explode("day")
    counts = days[["series_id", "openings"]].assign(week=days["day"].dt.strftime("%Y-%m-%d"))
    history = revision_history(
        counts, date(2018, 12, 31), quarters=4, parameters=NowcastParameters(chinese=False)
    ).query("level == 80")
    age = history.groupby(["series_id", "quarter"]).cumcount()
    size = (history["mean"] - history["final"]).abs().groupby(age).sum()
    assert size[5] < 0.85 * size[0]
    assert size[9] < 0.5 * size[0]
    inside = history["final"].between(history["lower"], history["upper"])
    assert 0.72 <= inside[age.between(0, 10)].mean() <= 0.92


# -- chart ------------------------------------------------------------------------------------


def test_chart_shows_the_way_to_the_final_count(history):
    one = history.query("series_id == 'C03' and quarter == '2025Q4' and chinese and seed == 0")
    figure = Figure()
    axes = figure.add_subplot()
    revision_chart(axes, one[::-1], font=FONT)
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == [
        "95% 预测区间", "80% 预测区间", "即时预测", "截至当日已发布", "季度最终值",
    ]  # fmt: skip
    assert axes.get_title() == "C03 2025年第4季度"
    nowcasts, so_far, final = (line.get_ydata() for line in axes.lines)
    at_80 = one[one["level"] == 80].sort_values("as_of")
    assert list(nowcasts) == at_80["mean"].tolist()
    assert list(so_far) == at_80["openings_so_far"].tolist()
    assert set(final) == set(one["final"])
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg")
    assert buffer.getvalue().startswith(b"<?xml")
    with pytest.raises(EmptyInputError, match="one series"):
        revision_chart(axes, history)
    with pytest.raises(EmptyInputError, match="0 of them"):
        revision_chart(axes, history.iloc[:0])
