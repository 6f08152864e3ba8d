"""Histories as models see them: outliers and calendar as known then, and put back ahead."""

import numpy as np
import pandas as pd
import pytest

from forecasting import (
    ChineseCalendar,
    ForecastParameters,
    Naive,
    PeriodIndex,
    SeasonalNaive,
    Theta,
    calendar_regressors,
    find_breaks,
    forecast,
    prepare,
    run_backtest,
)
from forecasting.seasonality import fill_gaps

CALENDAR = ChineseCalendar()
FIRST_MONTH = PeriodIndex("month", 2007 * 12)
SEASON = np.array([0.9, 1.1, 1.2, 0.8])


def quarterly(seed=0, length=44):
    rng = np.random.default_rng(seed)
    return 1000 * np.resize(SEASON, length) * np.exp(np.cumsum(rng.normal(0, 0.02, length)))


def effect_of_months(size):
    names = [FIRST_MONTH.label(place) for place in range(size)]
    return calendar_regressors(names, CALENDAR.months).to_numpy() @ np.array([-0.3, 0.15, 0.8])


def chinese(seed, size, effect):
    generator = np.random.default_rng(seed)
    shape = np.resize(generator.normal(0, 0.1, 12), size)
    level = 7 + np.cumsum(generator.normal(0.004, 0.015, size))
    return np.exp(level + shape + effect[:size] + generator.normal(0, 0.015, size))


def monthly_table(series):
    months = [FIRST_MONTH.label(place) for place in range(len(next(iter(series.values()))))]
    parts = [
        pd.DataFrame({"series_id": name, "period": months, "value": values})
        for name, values in series.items()
    ]
    return pd.concat(parts)


def test_outliers_are_replaced_from_the_origin_on_that_tells_them():
    truth = quarterly()
    struck = truth.copy()
    struck[30] *= 0.3
    origins = [28, 30, 31, 32, 34, 36, 40]
    prepared = prepare(struck, 4, 4, origins)
    assert prepared.origins == tuple(origins)
    assert [one.size for one in prepared.known] == [*origins, 44]
    for end, known in zip([*origins, 44], prepared.known, strict=True):
        alone = find_breaks(struck[:end], 4)
        changed = np.flatnonzero(known != struck[:end])
        assert changed.tolist() == list(alone.outliers)
        assert known == pytest.approx(alone.cleaned, rel=0.05)
        assert (30 in alone.outliers) == (end >= 34)
    assert prepared.known[-1][30] == pytest.approx(truth[30], rel=0.12)


def test_neighbouring_origins_that_know_the_same_share_a_history():
    struck = quarterly()
    struck[30] *= 0.3
    prepared = prepare(struck, 4, 4, [28, 30, 34, 36, 40])
    assert [one.origins for one in prepared.past] == [(28, 30), (34, 36, 40)]


def test_what_comes_later_changes_nothing_that_was_known():
    effect = effect_of_months(170)
    values = chinese(1, 156, effect)
    values[100] *= 0.2
    changed = values.copy()
    changed[130:] *= np.random.default_rng(1).uniform(0.2, 5, 26)
    origins = [96, 104, 110, 120, 130, 140, 150]
    one, two = (prepare(each, 12, 6, origins, FIRST_MONTH, CALENDAR) for each in (values, changed))
    for place, origin in enumerate(origins):
        alike = np.array_equal(one.known[place], two.known[place])
        assert alike == (origin <= 130)
        if origin <= 130:
            assert np.array_equal(one.factors_ahead(place), two.factors_ahead(place))


def test_gaps_are_bridged_and_remembered():
    truth = quarterly(2)
    holes = truth.copy()
    holes[[17, 18]] = np.nan
    prepared = prepare(holes, 4, 4, [30, 40])
    assert np.flatnonzero(np.isnan(prepared.values)).tolist() == [17, 18]
    assert prepared.complete[[17, 18]] == pytest.approx(truth[[17, 18]], rel=0.15)
    assert all(np.isfinite(known).all() for known in prepared.known)


def gappy(seed=2, last=44):
    """Three quarters missing from the fifth year on; the season changes after period 30."""
    values = quarterly(seed, 44)
    values[30:last] *= np.resize([3.0, 0.2, 2.0, 0.5], last - 30)
    values[[17, 18, 23]] = np.nan
    return values


def test_gaps_are_bridged_from_what_was_known_at_the_first_origin_behind_them():
    values = gappy()
    origins = [14, 16, 17, 20, 22, 26, 30, 36]
    prepared = prepare(values, 4, 4, origins)
    assert prepared.origins == tuple(origins)
    assert prepared.past[0].origins == (14, 16, 17)
    bridged = values.copy()
    for origin, known in zip(origins, prepared.known, strict=False):
        if origin in (20, 26):
            bridged[:origin] = fill_gaps(bridged[:origin], 4)
        assert known == pytest.approx(find_breaks(bridged[:origin], 4).cleaned)
    assert prepared.complete == pytest.approx(fill_gaps(values, 4))


@pytest.mark.parametrize("origin", [20, 26, 30])
def test_with_gaps_too_nothing_later_changes_what_was_known(origin):
    one, two = gappy(last=30), gappy()
    two[40] = np.nan
    origins = [14, 17, 20, 26, 30]
    first, second = (prepare(values, 4, 4, origins) for values in (one, two))
    place = origins.index(origin)
    assert np.array_equal(first.known[place], second.known[place])
    assert not np.allclose(first.complete[:30], second.complete[:30])


@pytest.mark.parametrize("model", [Theta(), Naive(), SeasonalNaive()])
def test_errors_observed_by_an_origin_do_not_change_with_what_comes_later(model):
    origins = [14, 17, 20, 26, 30]
    (_, one), (_, two) = (
        run_backtest(model, values, 4, 4, origins) for values in (gappy(last=30), gappy())
    )
    by_30 = np.add.outer(origins, np.arange(1, 5)) <= 30
    assert np.array_equal(one.errors[by_30], two.errors[by_30], equal_nan=True)
    assert not np.allclose(one.errors[-1], two.errors[-1])
    assert one.scales.tolist() == two.scales.tolist()


def test_the_calendar_is_divided_out_of_every_history():
    effect = effect_of_months(168)
    values = chinese(2, 156, effect)
    origins = [120, 130, 150]
    prepared = prepare(values, 12, 12, origins, FIRST_MONTH, CALENDAR)
    for place, end in enumerate([*origins, 156]):
        factors = prepared.calendar[place].factors
        assert factors.size == end + 12
        assert prepared.known[place] * factors[:end] == pytest.approx(values[:end])
        assert prepared.factors_ahead(place).tolist() == factors[end:].tolist()
        assert np.log(factors) == pytest.approx(effect[: end + 12], abs=0.08)


def test_a_chinese_series_with_a_moving_festival_is_forecast_better_with_its_calendar():
    effect = effect_of_months(216)
    errors = {True: [], False: []}
    for end in (156, 168, 180):  # twelve years and more, each to a December
        series = {f"S{seed}": chinese(seed, end + 3, effect) for seed in range(3)}
        table = monthly_table({name: values[:end] for name, values in series.items()})
        for declared in errors:
            parameters = ForecastParameters(pooled=False, calendar=CALENDAR if declared else None)
            result = forecast(table, 3, parameters)
            assert set(result.main_models.values()) == {"mean(ets,theta,arima)"}
            told = result.notes["note"].str.startswith(
                "calendar taken out: the days of the Spring Festival"
            )
            assert told.sum() == (3 if declared else 0)
            means = result.main.query("level == 80").groupby("series_id")["mean"]
            for name, mean in means:
                actual = series[name][end:]
                errors[declared].extend(np.abs(np.log(mean.to_numpy() / actual)))
    assert len(errors[True]) == 27
    assert np.mean(errors[True]) < 0.6 * np.mean(errors[False])


def test_intervals_are_narrower_where_the_calendar_explains_errors():
    table = monthly_table({"S": chinese(4, 168, effect_of_months(168))})
    widths = []
    for calendar in (CALENDAR, None):
        rows = forecast(table, 3, ForecastParameters(calendar=calendar)).main
        widths.append(((rows["upper"] - rows["lower"]) / rows["mean"]).mean())
    assert widths[0] < 0.8 * widths[1]


def test_series_that_are_not_declared_chinese_are_untouched():
    values = chinese(5, 156, effect_of_months(156))
    prepared = prepare(values, 12, 6, [120, 140], FIRST_MONTH)
    for place, end in enumerate([120, 140, 156]):
        outliers = find_breaks(values[:end], 12).outliers
        kept = np.setdiff1d(np.arange(end), outliers)
        assert (prepared.known[place][kept] == values[:end][kept]).all()
        assert (prepared.factors_ahead(place) == 1).all()
    result = forecast(monthly_table({"S": values}), 6)
    assert not result.notes["note"].str.contains("calendar").any()


def test_a_declared_series_without_effects_is_forecast_as_if_it_were_not():
    table = monthly_table({"S": chinese(7, 144, np.zeros(144))})
    declared = forecast(table, 6, ForecastParameters(calendar=CALENDAR))
    pd.testing.assert_frame_equal(declared.forecasts, forecast(table, 6).forecasts)
    assert declared.notes["note"].str.startswith("calendar left in: AICc falls by").any()


def test_series_of_other_seasons_are_left_alone_by_the_calendar():
    values = quarterly(6, 60)
    prepared = prepare(values, 4, 4, [50], PeriodIndex("whole number", 1), CALENDAR)
    assert all((one.factors == 1).all() for one in prepared.calendar)
    assert prepared.calendar[-1].note.endswith("neither months nor quarters")


def test_histories_without_past_origins_are_prepared():
    prepared = prepare(quarterly(3), 4, 4, [])
    assert prepared.origins == prepared.past == ()
    assert len(prepared.known) == len(prepared.calendar) == 1
