"""Staffing shares lean on the parent where thin; occupation forecasts add up."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import ConfigurationError, ContractError, EmptyInputError, UnknownCodeError
from data.tables import OCCUPATION_FORECAST, PANEL, STAFFING_SHARES
from forecasting import (
    OccupationForecastParameters,
    StaffingParameters,
    occupation_forecast,
    staffing_shares,
)

WELDER, FITTER, TURNER = "6-18-02-04", "6-18-02-05", "6-18-01-01"
COOK, WAITER = "4-03-02-01", "4-03-02-05"
OCCUPATIONS = [WELDER, FITTER, TURNER, COOK, WAITER]


def panel(*rows):
    """Rows of (quarter, occupation, industry, openings, employers)."""
    frame = pd.DataFrame(
        rows, columns=["quarter", "occupation_code", "industry_code", "openings", "employers"]
    )
    return frame.assign(district_code=None, ads=frame["openings"], wage_yuan_month_median=np.nan)


def two_industries(employers_of_thin):
    """C is well known; H is seen through a few employers, all of whom want welders."""
    return panel(
        ("2026Q4", WELDER, "C", 400.0, 400),
        ("2026Q4", FITTER, "C", 600.0, 600),
        ("2026Q4", WELDER, "H", 5.0, employers_of_thin),
        ("2026Q4", COOK, "H", 95.0, 200),
    )


def share(shares, industry, occupation, column="share"):
    keyed = shares.set_index(["industry_code", "occupation_code"])
    return keyed.loc[(industry, occupation), column]


cells = st.lists(
    st.tuples(
        st.sampled_from(["2026Q2", "2026Q3", "2026Q4"]),
        st.sampled_from([*OCCUPATIONS, "6-18-02", "6-18", "6", "4", None]),
        st.sampled_from(["C", "H", "I", None]),
        st.floats(0, 1e5),
        st.integers(0, 50),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda cell: cell[:3],
)


@settings(max_examples=40, deadline=None)
@given(cells, st.sampled_from([None, 0.5, 40.0]), st.sampled_from([None, 2.0]))
def test_shares_sum_to_one_in_every_industry(rows, strength, half_life):
    table = PANEL.check(panel(*rows))
    known = table.dropna(subset=["industry_code", "occupation_code"]).query("openings > 0")
    parameters = StaffingParameters(prior_employers=strength, half_life_quarters=half_life)
    if known.empty:
        with pytest.raises(EmptyInputError):
            staffing_shares(table, OCCUPATIONS, parameters)
        return
    shares = staffing_shares(table, OCCUPATIONS, parameters)
    sums = shares.groupby("industry_code")[["share", "share_observed"]].sum()
    assert sums.to_numpy() == pytest.approx(1)
    assert set(sums.index) == set(known["industry_code"])
    assert (shares["standard_error"] <= 0.5).all()
    STAFFING_SHARES.check(shares)


def test_many_employers_speak_for_themselves_and_few_follow_the_others():
    parameters = StaffingParameters(prior_employers=10)
    many = staffing_shares(two_industries(5000), OCCUPATIONS, parameters)
    few = staffing_shares(two_industries(1), OCCUPATIONS, parameters)
    # Within minor group 6-18-02 all industries together want 405 welders to 600 fitters.
    common = 405 / 1005
    for shares, weight in ((many, 5000 / 5010), (few, 1 / 11)):
        total = share(shares, "H", WELDER) + share(shares, "H", FITTER)
        expected = weight * 1.0 + (1 - weight) * common
        assert share(shares, "H", WELDER) / total == pytest.approx(expected)
    assert share(few, "H", WELDER, "share_observed") == pytest.approx(0.05)
    assert share(few, "H", FITTER) > 0
    assert share(few, "H", FITTER, "share_observed") == 0


def test_without_data_of_its_own_a_group_has_the_common_composition():
    table = panel(
        ("2026Q4", WELDER, "C", 300.0, 30),
        ("2026Q4", FITTER, "C", 700.0, 70),
        ("2026Q4", COOK, "H", 500.0, 50),
    )
    shares = staffing_shares(table, OCCUPATIONS, StaffingParameters(prior_employers=20))
    ratio = share(shares, "H", WELDER) / share(shares, "H", FITTER)
    assert ratio == pytest.approx(3 / 7)


def test_one_large_employer_is_one_decision():
    small = panel(("2026Q4", WELDER, "C", 90.0, 9), ("2026Q4", FITTER, "C", 10.0, 1))
    large = panel(("2026Q4", WELDER, "C", 9000.0, 9), ("2026Q4", FITTER, "C", 1000.0, 1))
    parameters = StaffingParameters(prior_employers=5)
    one, other = (staffing_shares(t, OCCUPATIONS, parameters) for t in (small, large))
    assert one["standard_error"].tolist() == pytest.approx(other["standard_error"].tolist())
    # Dirichlet variance with ten employers and a prior worth five.
    assert share(one, "C", WELDER, "standard_error") == pytest.approx(np.sqrt(0.9 * 0.1 / 16))


def test_unknown_industry_informs_the_prior_only():
    known = two_industries(2)
    extra = panel(("2026Q4", WELDER, None, 5000.0, 500))
    parameters = StaffingParameters(prior_employers=10)
    without = staffing_shares(known, OCCUPATIONS, parameters)
    with_extra = staffing_shares(pd.concat([known, extra]), OCCUPATIONS, parameters)
    assert with_extra["industry_code"].unique().tolist() == ["C", "H"]
    assert with_extra["share_observed"].tolist() == without["share_observed"].tolist()
    assert share(with_extra, "C", WELDER) > share(without, "C", WELDER)


def test_only_the_latest_quarters_count_and_older_ones_less():
    table = panel(
        ("2020Q1", COOK, "C", 1e6, 100),
        ("2026Q3", WELDER, "C", 100.0, 10),
        ("2026Q4", FITTER, "C", 100.0, 10),
    )
    shares = staffing_shares(table, OCCUPATIONS, StaffingParameters(quarters=2))
    assert COOK not in set(shares["occupation_code"])
    assert share(shares, "C", WELDER, "share_observed") == pytest.approx(0.5)
    aged = StaffingParameters(quarters=2, half_life_quarters=1)
    shares = staffing_shares(table, OCCUPATIONS, aged)
    assert share(shares, "C", WELDER, "share_observed") == pytest.approx(1 / 3)


def test_estimated_prior_is_strong_where_industries_agree_and_weak_where_they_differ():
    rng = np.random.default_rng(0)
    industries = list("ABCDEFGHIJ")

    def simulated(spread):
        rows = []
        for industry in industries:
            p = rng.beta(0.4 * spread, 0.6 * spread)
            seen = rng.binomial(60, p)
            rows += [("2026Q4", WELDER, industry, float(seen), int(seen))]
            rows += [("2026Q4", FITTER, industry, float(60 - seen), int(60 - seen))]
        return staffing_shares(panel(*rows), OCCUPATIONS).query("occupation_code == @WELDER")

    alike, different = simulated(1e6), simulated(2.0)
    assert alike["share"].std() < 0.6 * alike["share_observed"].std()
    assert different["share"].std() > 0.9 * different["share_observed"].std()


def test_unknown_codes_are_refused():
    with pytest.raises(UnknownCodeError, match="6-99"):
        staffing_shares(panel(("2026Q4", "6-99", "C", 1.0, 1)), OCCUPATIONS)


def test_parameters_must_be_positive():
    with pytest.raises(ConfigurationError, match="quarters"):
        StaffingParameters(quarters=0)
    with pytest.raises(ConfigurationError):
        OccupationForecastParameters(industry_correlation=1.5)


def industry_forecast(**means):
    rows = [
        (code, quarter, horizon, level, mean, mean - width, mean + width, "mean(ets,theta)")
        for code, mean in means.items()
        for horizon, quarter in ((1, "2027Q1"), (2, "2027Q2"))
        for level, width in ((80, 128.155), (95, 195.996))
    ]
    columns = ["series_id", "period", "horizon", "level", "mean", "lower", "upper", "model"]
    return pd.DataFrame(rows, columns=columns)


def staffing(*rows):
    columns = ["industry_code", "occupation_code", "share", "share_observed", "standard_error"]
    return pd.DataFrame(rows, columns=columns)


SHARES = staffing(
    ("C", WELDER, 0.5, 0.5, 0.0),
    ("C", FITTER, 0.2, 0.2, 0.0),
    ("C", "6-18", 0.3, 0.3, 0.0),
    ("H", WELDER, 0.1, 0.1, 0.05),
    ("H", COOK, 0.9, 0.9, 0.05),
)


def test_occupations_add_up_to_the_allocated_part_of_the_industries():
    result = occupation_forecast(industry_forecast(C=1000.0, H=2000.0, I=500.0), SHARES)
    OCCUPATION_FORECAST.check(result.forecasts)
    first = result.forecasts.query("horizon == 1 and level == 80").set_index("occupation_code")
    assert first["openings_mean"].to_dict() == pytest.approx(
        {COOK: 1800.0, WELDER: 700.0, FITTER: 200.0}
    )
    rest = result.unallocated.query("horizon == 1")
    assert rest.set_index(rest["occupation_code"].fillna("-"))["openings_mean"].to_dict() == {
        "6-18": pytest.approx(300.0),
        "-": pytest.approx(500.0),
    }
    total = first["openings_mean"].sum() + rest["openings_mean"].sum()
    assert total == pytest.approx(3500.0)


def test_uncertainty_of_forecast_and_share_agree_with_simulation():
    parameters = OccupationForecastParameters(industry_correlation=0.4)
    forecasts = occupation_forecast(
        industry_forecast(C=1000.0, H=2000.0), SHARES, parameters
    ).forecasts
    row = forecasts.query("horizon == 1 and level == 95").set_index("occupation_code").loc[WELDER]
    rng = np.random.default_rng(0)
    openings = rng.multivariate_normal(
        [1000, 2000], 100**2 * np.array([[1, 0.4], [0.4, 1]]), 400_000
    )
    drawn = openings[:, 0] * 0.5 + openings[:, 1] * rng.normal(0.1, 0.05, 400_000)
    half_width = 1.95996 * drawn.std()
    assert row["openings_upper"] - row["openings_mean"] == pytest.approx(half_width, rel=0.01)
    assert row["openings_mean"] - row["openings_lower"] == pytest.approx(half_width, rel=0.01)


def test_bounds_are_never_negative_and_wider_at_higher_levels():
    forecasts = occupation_forecast(industry_forecast(C=50.0, H=10.0), SHARES).forecasts
    assert (forecasts["openings_lower"] >= 0).all()
    wide = forecasts.pivot_table(
        index=["quarter", "occupation_code"], columns="level", values="openings_upper"
    )
    assert (wide[95] > wide[80]).all()


def test_industry_column_takes_precedence_over_the_name_of_the_series():
    frame = industry_forecast(C=100.0).assign(series_id="制造业", industry_code="C")
    assert len(occupation_forecast(frame, SHARES).forecasts) == 8


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"series_id": "manufacturing"}, "industries of an industry forecast"),
        ({"period": "2027-01", "horizon": 1}, "stands twice|periods of an industry forecast"),
    ],
)
def test_forecasts_that_cannot_be_divided_are_refused(change, message):
    frame = industry_forecast(C=100.0).query("horizon == 1 and level == 80").assign(**change)
    with pytest.raises(ContractError, match=message):
        occupation_forecast(frame, SHARES)


def test_two_models_of_an_industry_are_refused():
    frame = industry_forecast(C=100.0)
    both = pd.concat([frame, frame.assign(model="seasonal_naive")])
    with pytest.raises(ContractError, match="more than one forecast"):
        occupation_forecast(both, SHARES)


# -- drift ----------------------------------------------------------------------------------

UNITS = [f"{major}-0{medium}-01-0{unit}" for major in "46" for medium in "123" for unit in "123"]
INDUSTRIES = list("CFGHIJ")


def simulated_panel(drift, seed, quarters=14, season=0.0):
    """Shares that wander by ``drift`` log points a quarter, seen through employers of all sizes.

    Returns the panel of all quarters but the last, and the true shares of the last one.
    """
    rng = np.random.default_rng(seed)
    level = rng.normal(0, 1, len(UNITS)) + rng.normal(0, 0.7, (len(INDUSTRIES), len(UNITS)))
    swing = rng.normal(0, season, (4, *level.shape))
    rows = []
    for quarter in range(quarters):
        level = level + rng.normal(0, drift, level.shape)
        weight = np.exp(level + swing[quarter % 4])
        share = weight / weight.sum(axis=1, keepdims=True)
        if quarter == quarters - 1:
            break
        for place, industry in enumerate(INDUSTRIES):
            for code, employers in zip(UNITS, rng.multinomial(200, share[place]), strict=True):
                openings = float(rng.lognormal(1, 1, employers).sum())
                name = f"{2020 + quarter // 4}Q{quarter % 4 + 1}"
                rows.append((name, code, industry, openings, int(employers)))
    return panel(*rows), pd.DataFrame(share, index=INDUSTRIES, columns=UNITS)


def half_life(shares):
    """The half-life of a table of shares; infinite when missing."""
    return shares["half_life_quarters"].fillna(np.inf).unique().item()


def distance(shares, truth):
    """Mean total variation distance of the shares from the true ones."""
    table = shares.pivot_table(index="industry_code", columns="occupation_code", values="share")
    return (table.reindex_like(truth).fillna(0) - truth).abs().to_numpy().sum(axis=1).mean() / 2


def estimated(table, **parameters):
    return staffing_shares(table, UNITS, StaffingParameters(**parameters))


@pytest.mark.parametrize("seed", range(4))
def test_noise_of_sampling_is_no_drift(seed):
    table, _ = simulated_panel(0.0, seed)
    assert half_life(estimated(table)) == np.inf


@pytest.mark.parametrize("seed", range(2))
def test_seasons_are_no_drift(seed):
    table, _ = simulated_panel(0.0, seed, season=0.5)
    assert half_life(estimated(table)) == np.inf


@pytest.mark.parametrize("seed", range(3))
def test_drift_is_recovered_and_shares_come_nearer_to_the_truth(seed):
    table, truth = simulated_panel(0.3, seed)
    shares = estimated(table)
    assert half_life(shares) <= 2
    drifting = distance(shares, truth)
    assert drifting < 0.9 * distance(estimated(table, half_life_quarters=np.inf), truth)
    assert drifting < distance(estimated(table, quarters=1), truth)


def test_slower_drift_has_a_longer_half_life():
    slow, fast = (half_life(estimated(simulated_panel(d, 5)[0])) for d in (0.12, 0.6))
    assert fast < slow


def test_a_short_panel_shows_no_drift():
    table, _ = simulated_panel(0.6, 0, quarters=5)
    assert table["quarter"].nunique() == 4
    assert half_life(estimated(table)) == np.inf


def test_an_industry_known_by_groups_only_does_not_hide_the_drift_of_others():
    table, _ = simulated_panel(0.6, 1)
    groups = table[table["industry_code"] == "F"].assign(occupation_code="6", industry_code="B")
    groups = groups.groupby(["quarter", "occupation_code", "industry_code"], as_index=False).agg(
        {"openings": "sum", "employers": "sum", "ads": "sum"}
    )
    unknown = groups.assign(industry_code=None)
    assert half_life(estimated(pd.concat([table, groups, unknown]))) == 1


def test_faded_employers_leave_more_doubt():
    table = panel(
        ("2026Q3", WELDER, "C", 80.0, 80), ("2026Q3", FITTER, "C", 80.0, 80),
        ("2026Q4", WELDER, "C", 4.0, 4), ("2026Q4", FITTER, "C", 4.0, 4),
    )  # fmt: skip
    kept, faded = (
        staffing_shares(
            table, OCCUPATIONS, StaffingParameters(half_life_quarters=life, prior_employers=1)
        )
        for life in (np.inf, 1.0)
    )
    # Two Dirichlet counts of 160 and of 80 employers, with a prior worth one.
    assert share(kept, "C", WELDER, "standard_error") == pytest.approx(np.sqrt(0.25 / 162))
    assert share(faded, "C", WELDER, "standard_error") == pytest.approx(np.sqrt(0.25 / 82))


def test_doubt_about_shares_grows_with_the_horizon_and_the_mean_stays():
    exact = industry_forecast(C=1000.0).assign(lower=1000.0, upper=1000.0)
    still = staffing(("C", WELDER, 0.5, 0.5, 0.02), ("C", FITTER, 0.5, 0.5, 0.02))
    drifting = still.assign(half_life_quarters=1.0)
    rows = occupation_forecast(exact, drifting).forecasts.query("level == 95")
    rows = rows[rows["occupation_code"] == WELDER].set_index("horizon")
    assert rows["openings_mean"].tolist() == pytest.approx([500, 500])
    width = rows["openings_upper"] - rows["openings_mean"]
    # A half-life of one quarter doubles the variance after a quarter and trebles it after two.
    assert width[1] == pytest.approx(1.95996 * 20 * np.sqrt(2), rel=1e-4)
    assert width[2] == pytest.approx(1.95996 * 20 * np.sqrt(3), rel=1e-4)
    same = occupation_forecast(exact, still).forecasts.query("level == 95")
    widths = same["openings_upper"] - same["openings_mean"]
    assert widths.tolist() == pytest.approx([1.95996 * 20] * 4, rel=1e-4)


def test_doubt_about_a_share_has_a_bound():
    exact = industry_forecast(C=1000.0).assign(lower=1000.0, upper=1000.0)
    wild = staffing(("C", WELDER, 0.5, 0.5, 0.4)).assign(half_life_quarters=0.5)
    row = occupation_forecast(exact, wild).forecasts.query("level == 95 and horizon == 2")
    half_width = (row["openings_upper"] - row["openings_mean"]).item()
    assert half_width == pytest.approx(1.95996 * 500, rel=1e-4)
