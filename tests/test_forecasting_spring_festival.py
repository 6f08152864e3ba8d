"""The Chinese calendar: windows around the festival, working days, and what they are worth."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import ConfigurationError, InputError
from data.reference import load_spring_festivals, reference_table
from data.reference.traditional_holidays import load_traditional_holidays
from forecasting.calendar_effects import (
    QUARTERLY_CALENDAR,
    CalendarParameters,
    calendar_effect,
    calendar_regressors,
)
from forecasting.spring_festival import period_spans, spring_festival_regressors
from forecasting.working_day_counts import statutory_holidays, working_days

REAL_SERIES = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "series"
MONTHS = [str(month) for month in pd.period_range("1990-01", "2050-12", freq="M")]


def real_series(name):
    path = REAL_SERIES / name
    if not path.is_file():
        pytest.skip(f"no real series {name} beside the project")
    return pd.read_csv(path)


def test_festivals_agree_with_a_published_list():
    listed = set(real_series("cny_dates_1930_2030.csv")["cny_date"])
    ours = {d.isoformat() for year, d in load_spring_festivals().items() if year <= 2030}
    assert len(ours) == 41
    assert ours <= listed


def test_traditional_holidays_are_the_known_ones():
    holidays = load_traditional_holidays()
    assert list(holidays) == list(range(2008, 2051))
    assert holidays[2020] == (date(2020, 4, 4), date(2020, 6, 25), date(2020, 10, 1))
    assert holidays[2025] == (date(2025, 4, 4), date(2025, 5, 31), date(2025, 10, 6))
    for year, (_, dragon_boat, mid_autumn) in holidays.items():
        # Four to five lunar months from the festival, a leap month more or less.
        days = (dragon_boat - load_spring_festivals()[year]).days
        assert days in (121, 122, 123, 151, 152)
        assert 95 <= (mid_autumn - dragon_boat).days <= 128
    table = reference_table("traditional_holidays")
    assert set(dict(table.sidecar.columns)) == set(table.arrow.column_names)


@given(
    st.integers(0, 60),
    st.integers(0, 30),
    st.integers(1, 90),
    st.sampled_from(["month", "quarter"]),
)
def test_regressors_sum_to_nought_in_every_month_or_quarter(before, during, after, frequency):
    periods = [month for month in MONTHS if month < "2050"] if before > 20 else MONTHS
    if frequency == "quarter":
        periods = list(dict.fromkeys(str(pd.Period(m, freq="M").asfreq("Q")) for m in periods))
    table = spring_festival_regressors(
        periods, days_before=before, days_during=during, days_after=after
    )
    number = period_spans(periods).number
    assert np.abs(table.groupby(number).sum().to_numpy()).max() < 1e-9


def test_shares_are_counted_by_hand():
    # 2023: 22 January; 2024: 10 February. During: seven days, after: the twenty that follow.
    table = spring_festival_regressors(["2023-01", "2023-02", "2024-01", "2024-02", "2024-03"])
    during = table["spring_festival_during"]
    assert during["2023-01"] - during["2024-01"] == pytest.approx(1)
    assert during["2023-02"] - during["2024-02"] == pytest.approx(-1)
    after = table["spring_festival_after"]
    # 29 January to 17 February 2023, 17 February to 7 March 2024.
    assert after["2023-01"] - after["2024-01"] == pytest.approx(3 / 20)
    assert after["2023-02"] - after["2024-02"] == pytest.approx(17 / 20 - 13 / 20)
    before = table["spring_festival_before"]
    # 21 January to 9 February 2024: eleven days of twenty in January.
    assert before["2023-01"] - before["2024-01"] == pytest.approx(1 - 11 / 20)


def test_dates_months_and_quarters_are_read_alike():
    months = spring_festival_regressors(["2026-02"]).to_numpy()
    assert (spring_festival_regressors(["2026-02-01"], frequency="month") == months).all(axis=None)
    wide = {"days_before": 60, "days_during": 0, "days_after": 90}
    quarter = spring_festival_regressors(["2026Q2"], **wide).to_numpy()
    by_date = spring_festival_regressors(["2026-05-15"], frequency="quarter", **wide)
    assert (by_date == quarter).all(axis=None)
    with pytest.raises(ConfigurationError, match="month or quarter"):
        spring_festival_regressors(["2026-02-01"])
    with pytest.raises(ConfigurationError, match="expected quarter"):
        spring_festival_regressors(["2026Q1"], frequency="month")
    with pytest.raises(InputError, match="whole numbers"):
        spring_festival_regressors(["7", "8"])


def test_periods_and_windows_out_of_range_are_refused():
    with pytest.raises(InputError, match="1990 to 2050"):
        spring_festival_regressors(["1989-12", "1990-01"])
    with pytest.raises(InputError, match="1990 to 2049"):
        spring_festival_regressors(["2050-12"], days_before=30)
    with pytest.raises(ConfigurationError, match="0 to 90"):
        spring_festival_regressors(["2026-01"], days_after=91)
    with pytest.raises(ConfigurationError, match="empty"):
        spring_festival_regressors(["2026-01"], days_before=0, days_during=0, days_after=0)
    with pytest.raises(ConfigurationError, match="no regressor"):
        CalendarParameters(0, 0, 0, working_days=False)
    with pytest.raises(ConfigurationError, match="0 to 90"):
        CalendarParameters(days_before=-1)


def test_working_days_of_a_year_are_the_official_ones():
    quarters = [str(q) for q in pd.period_range("2008Q1", "2050Q4", freq="Q")]
    years = working_days(quarters).groupby([q[:4] for q in quarters]).sum()
    # The ministry counts (365 - 104 - 11) = 250 days, and 248 since two holidays were added.
    assert years[:"2024"].between(249, 251).all()
    assert abs(years[:"2024"].mean() - 250) < 0.5
    assert years["2025":].between(246, 249).all()
    assert years["2025"] == years["2026"] == 248


def test_months_add_up_to_quarters_and_weeks_grow_shorter():
    months = working_days([m for m in MONTHS if m[:4] in ("1993", "1996", "2026")])
    quarters = working_days(["1993Q1", "1996Q1", "2026Q4"])
    assert quarters["1993Q1"] == months["1993-01":"1993-03"].sum()
    assert quarters["2026Q4"] == months["2026-10":"2026-12"].sum()
    # A working Saturday more each week in 1993 than in 1996: some thirteen a quarter.
    assert 10 <= quarters["1993Q1"] - quarters["1996Q1"] <= 14
    assert working_days(["1994-06"]).iloc[0] == 22 + 4 * 0.5


def test_holidays_on_weekends_are_made_up_for():
    # 1 January 2022 was a Saturday: Monday 3 January was off.
    assert working_days(["2022-01"]).iloc[0] == 21 - 1
    assert statutory_holidays(2022).count(date(2022, 1, 1)) == 1
    # 中秋 and 国庆 fell on one day in 2020: four days in all.
    october = [day for day in statutory_holidays(2020) if day.month == 10]
    assert len(october) == 4
    assert working_days(["2020-10"]).iloc[0] == 22 - 4


def simulated(seed, effect, periods, season):
    generator = np.random.default_rng(seed)
    shape = np.resize(generator.normal(0, 0.1, season), len(periods))
    level = 5 + np.cumsum(generator.normal(0.004, 0.02, len(periods)))
    return np.exp(level + shape + effect + generator.normal(0, 0.02, len(periods)))


def test_effects_of_a_simulated_series_are_found_again():
    periods = [m for m in MONTHS if "2008" <= m < "2021"]
    parameters = CalendarParameters(20, 7, 20, working_days=True)
    truth = np.array([0.05, -0.25, -0.10, 0.8])
    regressors = calendar_regressors(periods, parameters)
    values = simulated(1, regressors.to_numpy() @ truth, periods, 12)
    values[50] = np.nan
    effect = calendar_effect(values, periods, parameters)
    table = effect.coefficients
    assert table["regressor"].tolist() == regressors.columns.tolist()
    assert (np.abs(table["coefficient"] - truth) < 3 * table["standard_error"]).all()
    assert table["standard_error"].max() < 0.2
    assert effect.is_worth_it
    factors = effect.factors(["2024-01", "2024-02", "2024-03"])
    known = calendar_regressors(["2024-01", "2024-02", "2024-03"], parameters).to_numpy() @ truth
    assert np.log(factors) == pytest.approx(known, abs=0.05)


def test_a_series_without_effects_is_not_given_any():
    periods = [m for m in MONTHS if "2011" <= m < "2021"]
    effect = calendar_effect(simulated(2, 0.0, periods, 12), periods)
    assert not effect.is_worth_it
    assert (effect.coefficients["t_value"].abs() < 2.5).all()


def test_quarters_need_windows_that_reach_the_next_one():
    periods = [str(q) for q in pd.period_range("1996Q1", "2025Q4", freq="Q")]
    regressor = calendar_regressors(periods, QUARTERLY_CALENDAR)
    assert list(regressor) == ["spring_festival_after"]
    values = simulated(3, regressor["spring_festival_after"].to_numpy() * 0.6, periods, 4)
    effect = calendar_effect(values, periods)
    assert effect.parameters == QUARTERLY_CALENDAR
    error = effect.coefficients.iloc[0]
    assert abs(error["coefficient"] - 0.6) < 3 * error["standard_error"] < 0.6
    with pytest.raises(InputError, match="neighbouring"):
        calendar_effect(values, periods, CalendarParameters(20, 7, 20, working_days=False))
    partly = calendar_effect(
        values[:80], periods[:80], CalendarParameters(20, 7, 60, working_days=False)
    )
    assert partly.coefficients["regressor"].tolist() == ["spring_festival_after"]
    assert sum("the same in every year" in note for note in partly.notes) == 2


def test_series_that_cannot_be_used_are_refused_with_the_reason():
    periods = MONTHS[:72]
    values = np.full(72, 5.0)
    with pytest.raises(InputError, match="one after the other"):
        calendar_effect(values, periods[::-1])
    with pytest.raises(InputError, match="positive"):
        calendar_effect(np.append(values[1:], 0.0), periods)
    with pytest.raises(InputError, match="too short"):
        calendar_effect(values[:40], periods[:40])


@pytest.mark.parametrize(
    ("series_id", "without", "with_calendar"), [("CN_imp", 0.13, 0.095), ("CN_exp", 0.10, 0.095)]
)
def test_chinese_trade_from_january_to_march_is_forecast_better(series_id, without, with_calendar):
    """Effects estimated until 2000 lower the errors of 2001 to 2013, which they have not seen."""
    trade = real_series("cn_trade_monthly.csv").query("series_id == @series_id")
    trade = trade[trade["period"] >= "1990"]
    periods = trade["period"].str[:7].tolist()
    values = trade["value"].to_numpy()
    known = periods.index("2001-01")
    windows = CalendarParameters(20, 7, 20, working_days=False)
    effect = calendar_effect(values[:known], periods[:known], windows)
    assert effect.is_worth_it
    tested = np.array([period > "2001" and period[5:] <= "03" for period in periods])
    errors = [
        year_on_year_errors(values / factors)[tested].mean()
        for factors in (np.ones(values.size), effect.factors(periods))
    ]
    assert errors[0] > without
    assert errors[1] < with_calendar


def year_on_year_errors(values):
    """Relative errors of the month a year ago with the growth of the last three months."""
    logarithms = pd.Series(np.log(values))
    growth = logarithms.diff(12).shift(1).rolling(3).mean()
    return np.abs(np.expm1(logarithms.shift(12) + growth - logarithms)).to_numpy()


def test_the_eve_counts_before_and_the_festival_during():
    festival = load_spring_festivals()[2025]
    assert festival - timedelta(days=1) in statutory_holidays(2025)
    assert festival - timedelta(days=1) not in statutory_holidays(2024)
    # 29 January 2025: three days of seven in January, and all days before it.
    during = spring_festival_regressors(["2025-01", "2023-01"])["spring_festival_during"]
    assert during["2023-01"] - during["2025-01"] == pytest.approx(4 / 7)
