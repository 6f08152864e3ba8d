"""The calendar in published forecasts: what is taken out, what is known when, and what it gains."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.arima import Differencing, FittedArima
from forecasting.arma import Order, estimate
from forecasting.calendar_adjustment import ChineseCalendar, calendar_adjustments
from forecasting.calendar_effects import CalendarParameters, calendar_effect, calendar_regressors
from forecasting.periods import PeriodIndex, read_periods

TRADE = Path(__file__).resolve().parents[1] / ".." / "shared/data/series/cn_trade_monthly.csv"
CALENDAR = ChineseCalendar()
FIRST_MONTH = PeriodIndex("month", 2008 * 12)
FIRST_QUARTER = PeriodIndex("quarter", 2000 * 4)


def chinese_trade(series_id, first="1983"):
    if not TRADE.is_file():
        pytest.skip("no real series of Chinese trade beside the project")
    trade = pd.read_csv(TRADE).query("series_id == @series_id and period >= @first")
    return trade["value"].to_numpy(), read_periods(trade["period"].tolist())[0]


def labels(periods, size):
    return [periods.label(place) for place in range(size)]


def simulated(effect, season, seed=1):
    generator = np.random.default_rng(seed)
    shape = np.resize(generator.normal(0, 0.1, season), effect.size)
    level = 5 + np.cumsum(generator.normal(0.004, 0.02, effect.size))
    return np.exp(level + shape + effect + generator.normal(0, 0.02, effect.size))


def monthly_effect(size, periods=FIRST_MONTH):
    regressors = calendar_regressors(labels(periods, size), CALENDAR.months)
    return regressors.to_numpy() @ np.array([-0.25, 0.15, 0.8])


def at_the_end(values, periods, season, horizon=12, calendar=CALENDAR):
    (adjustment,) = calendar_adjustments(values, periods, season, horizon, [], calendar)
    return adjustment


def test_effects_of_months_are_found_and_carried_ahead():
    effect = monthly_effect(168)
    values = simulated(effect[:156], 12)
    values[[40, 90, 91, 92, 93, 94]] = np.nan
    adjustment = at_the_end(values, FIRST_MONTH, 12)
    assert adjustment.factors.shape == (168,)
    assert np.log(adjustment.factors) == pytest.approx(effect, abs=0.06)
    assert np.std(np.log(adjustment.factors[156:]) - effect[156:]) < 0.03
    assert adjustment.note.startswith(
        "calendar taken out: the days of the Spring Festival, the days after it, working days"
    )


def test_effects_of_quarters_do_not_depend_on_how_quarters_are_written():
    names = labels(FIRST_QUARTER, 108)
    effect = 0.6 * calendar_regressors(names, CALENDAR.quarters).to_numpy()[:, 0]
    values = simulated(effect[:100], 4)
    adjustment = at_the_end(values, FIRST_QUARTER, 4, 8)
    assert np.log(adjustment.factors) == pytest.approx(effect, abs=0.05)
    assert np.abs(effect[100:]).max() > 0.05
    months = PeriodIndex("month", 2000 * 12, step=3)
    last_days = PeriodIndex("date", 2000 * 12 + 2, step=3, day=0)
    for periods in (months, last_days):
        assert (at_the_end(values, periods, 4, 8).factors == adjustment.factors).all()


def test_series_without_effects_are_left_as_they_are():
    adjustments = [
        at_the_end(simulated(np.zeros(120), 12, seed), FIRST_MONTH, 12) for seed in range(20)
    ]
    left = [one for one in adjustments if (one.factors == 1).all()]
    assert len(left) >= 14
    assert all(one.note.startswith("calendar left in: AICc falls by") for one in left)
    # What is taken for an effect by chance is a small one.
    assert max(np.abs(np.log(one.factors)).max() for one in adjustments) < 0.06


def test_only_declared_series_are_adjusted():
    adjustment = at_the_end(simulated(monthly_effect(120), 12), FIRST_MONTH, 12, calendar=None)
    assert (adjustment.factors == 1).all()
    assert adjustment.note == ""


def test_nothing_beyond_an_origin_is_seen_and_few_estimates_serve_all_origins():
    values = simulated(monthly_effect(156), 12)
    origins = list(range(100, 156, 5))
    adjustments = calendar_adjustments(values, FIRST_MONTH, 12, 6, origins, CALENDAR)
    assert [one.factors.size for one in adjustments] == [end + 6 for end in [*origins, 156]]
    changed = values.copy()
    changed[125:] *= np.random.default_rng(5).uniform(0.2, 5, 31)
    again = calendar_adjustments(changed, FIRST_MONTH, 12, 6, origins, CALENDAR)
    alike = [
        (one.factors == two.factors).all() for one, two in zip(adjustments, again, strict=True)
    ]
    assert alike == [True] * len(origins) + [False]
    assert [one.estimated_at for one in adjustments] == [100] * 5 + [125] * 7 + [156]
    first, second = adjustments[:2]
    assert (first.factors == second.factors[: first.factors.size]).all()


@pytest.mark.parametrize(
    ("values", "periods", "season", "reason"),
    [
        (np.full(59, 5.0), FIRST_MONTH, 12, "59 observations"),
        (np.append(np.full(90, 5.0), 0.0), FIRST_MONTH, 12, "not well above zero"),
        (np.append(np.full(90, 5.0), -3.0), FIRST_MONTH, 12, "not well above zero"),
        (np.full(90, 5.0), FIRST_MONTH, 12, "AICc falls by 0.0 only"),
        (np.full(90, np.nan), FIRST_MONTH, 12, "0 observations"),
        (np.array([]), FIRST_MONTH, 12, "0 observations"),
        (np.full(200, 5.0), PeriodIndex("whole number", 1), 52, "neither months nor quarters"),
        (np.full(200, 5.0), PeriodIndex("whole number", 1), 4, "neither months nor quarters"),
        (np.full(90, 5.0), FIRST_MONTH, 4, "neither months nor quarters"),
        (np.full(90, 5.0), PeriodIndex("month", 24_000, step=5), 12, "neither months nor quarters"),
        (np.full(90, 5.0), PeriodIndex("month", 1980 * 12), 12, "0 observations"),
        (np.full(90, 5.0), PeriodIndex("month", 2060 * 12), 12, "0 observations"),
    ],
)
def test_what_cannot_be_adjusted_is_left_with_a_reason(values, periods, season, reason):
    adjustment = at_the_end(values, periods, season)
    assert (adjustment.factors == np.ones(values.size + 12)).all()
    assert reason in adjustment.note
    assert adjustment.note.startswith("calendar left in: ")


def test_windows_within_a_period_are_left_out():
    calendar = ChineseCalendar(quarters=CalendarParameters(20, 7, 20, working_days=False))
    values = simulated(np.zeros(80), 4)
    assert (at_the_end(values, FIRST_QUARTER, 4, calendar=calendar).factors == 1).all()


def test_years_outside_of_the_tables_are_left_as_they_are():
    early = PeriodIndex("month", 1985 * 12)
    effect = monthly_effect(120, PeriodIndex("month", 1990 * 12))
    adjustment = at_the_end(simulated(np.append(np.zeros(60), effect), 12), early, 12)
    assert (adjustment.factors[:60] == 1).all()
    assert np.log(adjustment.factors[60:180]) == pytest.approx(effect, abs=0.08)
    late = PeriodIndex("month", 2041 * 12)
    adjustment = at_the_end(simulated(monthly_effect(120, late), 12), late, 12, horizon=24)
    assert (adjustment.factors[120:] == 1).all()
    assert adjustment.factors[:120].std() > 0.05


@pytest.mark.parametrize("series_id", ["CN_imp", "CN_exp"])
@pytest.mark.parametrize("size", [132, 288])
def test_the_fast_estimate_is_that_of_statsmodels(series_id, size):
    values, periods = chinese_trade(series_id, "1990")
    windows = CalendarParameters(0, 10, 0, working_days=False)
    exact = calendar_effect(values[:size], labels(periods, size), windows, frequency="month")
    fast = at_the_end(values[:size], periods, 12, calendar=ChineseCalendar(months=windows))
    fall = exact.aicc_without - exact.aicc_with
    assert float(fast.note.rsplit(" ", 1)[1]) == pytest.approx(fall, abs=0.2 * fall)
    regressor = calendar_regressors(labels(periods, size), windows, frequency="month")
    coefficient = np.log(fast.factors[:size]) @ regressor / (regressor.T @ regressor).iloc[0]
    row = exact.coefficients.iloc[0]
    assert coefficient.iloc[0] == pytest.approx(row["coefficient"], abs=row["standard_error"])


@pytest.mark.parametrize(
    ("series_id", "without", "with_calendar"), [("CN_imp", 10.5, 7.5), ("CN_exp", 8.0, 8.3)]
)
def test_january_to_march_of_chinese_trade(series_id, without, with_calendar):
    """One step ahead in 2001 to 2013, per cent; nothing beyond a forecast's origin is seen."""
    values, periods = chinese_trade(series_id)
    names = labels(periods, values.size)
    origins = [place for place, name in enumerate(names) if name > "2001" and name[5:7] <= "03"]
    errors = [
        100 * np.mean([one_step_error(values, periods, origin, calendar) for origin in origins])
        for calendar in (None, CALENDAR)
    ]
    assert errors[0] > without
    assert errors[1] < with_calendar
    assert errors[1] < errors[0]


def one_step_error(values, periods, origin, calendar):
    factors = at_the_end(values[:origin], periods, 12, 1, calendar).factors
    ahead = airline_forecast(np.log(values[:origin] / factors[:origin]))
    return abs(np.exp(ahead) * factors[origin] / values[origin] - 1)


def airline_forecast(history):
    differencing = Differencing(seasonal=1, plain=1, season_length=12)
    airline = Order(lags=0, shocks=1, seasonal_lags=0, seasonal_shocks=1)
    arma = estimate(differencing.take(history), airline, np.zeros(2), 12)
    return FittedArima(arma, differencing, 0.0, history, 0.0, 1.0).forecast(1)[0]
