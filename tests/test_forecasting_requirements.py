"""The requirements account: growth and replacement by the year, apart from the market account."""

import numpy as np
import pandas as pd
import pytest

from catalog.requirements import StockParameters, employment_stock, requirements_account
from data.errors import ConfigurationError, ContractError, UnknownColumnsError
from data.reference import (
    census_employment_2022,
    load_employed_persons,
    load_occupations,
    read_replacement_rates,
)
from data.requirements import EMPLOYMENT_GROWTH, REQUIREMENTS, STATED_GROWTH
from data.tables import OCCUPATION_FORECAST, STAFFING_SHARES
from forecasting.employment_growth import (
    growth_by_occupation,
    sound_growth,
    stated_growth,
    yearly_growth,
)
from forecasting.requirements import (
    EXITS,
    TRANSFERS,
    RequirementsParameters,
    nearest_group,
    occupation_requirements,
)

WELDER, COOK = "6-18-02-04", "4-03-02-01"


def employment(**persons):
    codes = [name.strip("_").replace("_", "-") for name in persons]
    return pd.DataFrame({"occupation_code": codes, "employed_persons": list(persons.values())})


def rates(**percents):
    rows = [
        (name.strip("_").replace("_", "-"), exits, transfers, "a survey")
        for name, (exits, transfers) in percents.items()
    ]
    return pd.DataFrame(rows, columns=["occupation_code", EXITS, TRANSFERS, "source"])


def growth(percent, error=0.0, code="6"):
    return pd.DataFrame(
        {
            "occupation_code": [code],
            "growth_percent_per_year": [percent],
            "growth_percent_standard_error": [error],
        }
    )


def test_the_published_openings_of_the_united_states_come_out():
    # Construction, production and healthcare practitioners, thousands; openings as published.
    published = {"6-29": (7574.7, 7968.8, 649.3), "6": (9001.2, 8901.6, 963.4)}
    table = read_replacement_rates().valid
    for code, (first, last, openings) in published.items():
        # The source's yearly average over ten years: a tenth of the change, the mean stock.
        percent = 100 * (last - first) / 10 / ((first + last) / 2)
        middle = pd.DataFrame({"occupation_code": [code], "employed_persons": [(first + last) / 2]})
        result = occupation_requirements(middle, table, 2028, [2029], growth(percent, code=code))
        required = result.requirements["persons_per_year_required"].item()
        assert required == pytest.approx(openings, rel=0.01)


def test_account_follows_its_definition_over_the_years():
    result = occupation_requirements(
        employment(_6_18=1000.0), rates(_6=(4.0, 6.0)), 2024, [2025, 2027], growth(10.0)
    )
    first, third = result.requirements.set_index("year").to_dict("index").values()
    assert first["persons_per_year_growth"] == pytest.approx(100)
    assert first["persons_per_year_exits"] == pytest.approx(0.04 * 1050)
    assert first["persons_per_year_transfers"] == pytest.approx(0.06 * 1050)
    assert first["persons_per_year_required"] == pytest.approx(205)
    assert third["employed_persons"] == pytest.approx(1210)
    assert third["persons_per_year_required"] == pytest.approx(205 * 1.21)


def test_transfers_may_be_left_out_and_a_fast_decline_requires_nobody():
    exits_only = RequirementsParameters(transfers_counted=0.0)
    table = occupation_requirements(
        employment(_6=1000.0), rates(_6=(4.0, 6.0)), 2024, [2025], parameters=exits_only
    ).requirements
    assert table["persons_per_year_required"].item() == pytest.approx(40)
    falling = occupation_requirements(
        employment(_6=1000.0), rates(_6=(4.0, 6.0)), 2024, [2025], growth(-30.0)
    ).requirements
    assert falling["persons_per_year_growth"].item() == pytest.approx(-300)
    assert falling["persons_per_year_required"].item() == 0
    assert falling["persons_per_year_lower"].item() == 0


@pytest.mark.parametrize("year", [2025, 2027])
def test_interval_agrees_with_simulation(year):
    stock = employment(_6=1000.0).assign(employed_persons_standard_error=50.0)
    parameters = RequirementsParameters(rate_relative_standard_error=0.1)
    row = occupation_requirements(
        stock, rates(_6=(4.0, 6.0)), 2024, [year], growth(2.0, 0.5), parameters
    ).requirements.iloc[0]
    rng = np.random.default_rng(0)
    persons = rng.normal(1000, 50, 200_000)
    g = rng.normal(0.02, 0.005, 200_000)
    rate = rng.normal(0.1, 0.01, 200_000)
    drawn = persons * (1 + g) ** (year - 2025) * (g + rate * (1 + g / 2))
    assert row["persons_per_year_required"] == pytest.approx(drawn.mean(), rel=0.01)
    assert row["persons_per_year_lower"] == pytest.approx(np.quantile(drawn, 0.05), rel=0.01)
    assert row["persons_per_year_upper"] == pytest.approx(np.quantile(drawn, 0.95), rel=0.01)


def test_unknown_growth_is_constant_employment_with_a_wider_interval():
    stock, table = employment(_6=1000.0), rates(_6=(4.0, 6.0))
    sure = occupation_requirements(stock, table, 2024, [2025], growth(0.0)).requirements
    unsure = occupation_requirements(stock, table, 2024, [2025]).requirements
    required = "persons_per_year_required"
    assert sure[required].item() == unsure[required].item() == pytest.approx(100)
    assert unsure["persons_per_year_upper"].item() > sure["persons_per_year_upper"].item()


def test_nothing_is_dropped_silently():
    stock = employment(_6_18=10.0, _4_01=20.0, _7=30.0)
    result = occupation_requirements(
        stock, rates(_6=(4.0, 6.0), _4=(5.0, 5.0)), 2024, [2025], growth(1.0)
    )
    assert result.requirements["occupation_code"].tolist() == ["6-18", "4-01"]
    assert result.requirements["rates_code"].tolist() == ["6", "4"]
    reasons = result.unmatched.set_index("occupation_code")["reason"]
    assert "replacement rates" in reasons["7"]
    together = result.requirements["employed_persons"].sum()
    assert together + result.unmatched["employed_persons"].sum() == 60


def test_growth_of_some_leaves_the_others_constant_and_says_whose_growth_it_is():
    table = occupation_requirements(
        employment(_6_18=10.0, _4_01=20.0), rates(_6=(4.0, 6.0), _4=(5.0, 5.0)), 2024, [2026],
        growth(1.0),
    ).requirements.set_index("occupation_code")  # fmt: skip
    assert table["growth_code"].fillna("-").tolist() == ["6", "-"]
    assert table["employed_persons"].tolist() == pytest.approx([10.1, 20.0])
    assert table["persons_per_year_growth"].tolist() == pytest.approx([0.101, 0.0])
    assert table["base_year"].tolist() == [2024, 2024]


def test_the_nearest_group_wins_and_codes_are_no_mere_prefixes():
    known = pd.Series(["6", "6-18-02", "4-0"])
    assert nearest_group(pd.Series([WELDER, "6-19", "4-03"]), known).fillna("-").tolist() == [
        "6-18-02", "6", "-",
    ]  # fmt: skip


def test_wrong_input_is_refused():
    stock, table = employment(_6=1.0), rates(_6=(4.0, 6.0))
    with pytest.raises(ConfigurationError, match="2025 to 2099"):
        occupation_requirements(stock, table, 2024, [2024])
    with pytest.raises(ConfigurationError, match="transfers_counted"):
        RequirementsParameters(transfers_counted=1.5)
    with pytest.raises(ContractError, match="below 0"):
        occupation_requirements(stock, rates(_6=(-1.0, 0.0)), 2024, [2025])
    with pytest.raises(UnknownColumnsError, match="employed_persons"):
        occupation_requirements(stock[["occupation_code"]], table, 2024, [2025])


def test_the_two_accounts_share_no_figure_to_be_summed():
    keys = {"year", "quarter", "occupation_code", "level", "horizon"}
    market = set(OCCUPATION_FORECAST.names) - keys
    required = set(REQUIREMENTS.names) - keys
    assert not market & required
    assert all(name.startswith("openings_") for name in market)
    described = {"base_year", "growth_code", "occupations", "occupations_open_to_training"}
    flows = required - {"employed_persons", "rates_code"} - described
    assert all(name.startswith("persons_per_year_") for name in flows)


def test_growth_of_industries_and_of_their_occupations():
    quarters = [f"2026Q{n}" for n in range(1, 5)]
    history = pd.DataFrame(
        [(s, q, v) for s, v in (("C", 100.0), ("H", 50.0), ("I", 0.0)) for q in quarters],
        columns=["series_id", "period", "value"],
    )
    ahead = pd.DataFrame(
        [
            (s, f"2027Q{h}", h, level, mean, mean - 2 * z, mean + 2 * z, "m")
            for s, mean in (("C", 110.0), ("H", 45.0), ("I", 1.0), ("J", 1.0))
            for h in range(1, 5)
            for level, z in ((80, 1.2815515655), (95, 1.9599639845))
        ],
        columns=["series_id", "period", "horizon", "level", "mean", "lower", "upper", "model"],
    )
    valid, rejected = yearly_growth(history, ahead)
    assert valid["growth_percent_per_year"].tolist() == pytest.approx([10.0, -10.0])
    assert valid["growth_percent_standard_error"].tolist() == pytest.approx([2.0, 4.0])
    assert rejected["industry_code"].tolist() == ["I", "J"]
    shares = pd.DataFrame(
        [("C", WELDER, 1.0, 1.0, 0.0), ("H", WELDER, 0.5, 0.5, 0.0), ("H", COOK, 0.5, 0.5, 0.0)],
        columns=["industry_code", "occupation_code", "share", "share_observed", "standard_error"],
    )
    table = growth_by_occupation(valid, pd.Series({"C": 100.0, "H": 50.0}), shares)
    percent = EMPLOYMENT_GROWTH.check(table).set_index("occupation_code")["growth_percent_per_year"]
    assert percent[WELDER] == percent["6"] == pytest.approx((100 * 10 - 25 * 10) / 125)
    assert percent[COOK] == percent["4-03"] == pytest.approx(-10)
    nothing = growth_by_occupation(valid, pd.Series({"Z": 1.0}), shares)
    assert nothing.empty


def forecast_of(series, first, mean):
    """Four quarters ahead, nothing doubtful."""
    year, quarter = int(first[:4]), int(first[-1])
    periods = [f"{year + (quarter + h) // 4}Q{(quarter + h) % 4 + 1}" for h in range(-1, 3)]
    return pd.DataFrame(
        [(series, period, h, 80, mean, mean, mean, "m") for h, period in enumerate(periods, 1)],
        columns=["series_id", "period", "horizon", "level", "mean", "lower", "upper", "model"],
    )


@pytest.mark.parametrize(
    "known",
    [
        ["2025Q1", "2025Q2", "2025Q3", "2025Q4"],  # ends a year before the forecast
        ["2025Q4", "2026Q1", "2026Q3", "2026Q4"],  # has a gap
        ["2026Q2", "2026Q3", "2026Q4"],  # is not a year yet
    ],
)
def test_growth_needs_the_four_quarters_just_before_the_forecast(known):
    history = pd.DataFrame({"series_id": "C", "period": known, "value": 100.0})
    whole = pd.DataFrame(
        {"series_id": "H", "period": [f"2026Q{n}" for n in range(1, 5)], "value": 100.0}
    )
    both = pd.concat([history, whole])
    ahead = pd.concat([forecast_of("C", "2027Q1", 110.0), forecast_of("H", "2027Q1", 110.0)])
    valid, rejected = yearly_growth(both, ahead)
    assert valid["industry_code"].tolist() == ["H"]
    assert valid["growth_percent_per_year"].item() == pytest.approx(10)
    assert rejected["industry_code"].tolist() == ["C"]
    assert rejected["reason"].item() == "the four quarters before the forecast are not all known"


def test_growth_is_over_the_year_before_even_when_later_quarters_are_known():
    years = {"2025": 100.0, "2026": 200.0}
    history = pd.DataFrame(
        [("C", f"{year}Q{n}", value) for year, value in years.items() for n in range(1, 5)],
        columns=["series_id", "period", "value"],
    )
    valid, _ = yearly_growth(history, forecast_of("C", "2026Q1", 110.0))
    assert valid["growth_percent_per_year"].item() == pytest.approx(10)


def stated(*rows):
    return STATED_GROWTH.check(pd.DataFrame(rows, columns=STATED_GROWTH.names))


def shares(*rows):
    table = pd.DataFrame(rows, columns=["industry_code", "occupation_code", "share"])
    return STAFFING_SHARES.check(table.assign(share_observed=table["share"], standard_error=0.0))


def test_stated_growth_comes_to_groups_and_what_is_said_of_a_group_counts_first():
    planned = stated(
        ("4", None, 3.0, None, None, "规划"),
        (None, "C", 10.0, 1.0, 300.0, "年鉴"),
        (None, "H", -5.0, 1.0, 100.0, "年鉴"),
        (None, "T", 1.0, 1.0, 100.0, "年鉴"),
    )
    valid, rejected = stated_growth(
        planned, shares(("C", WELDER, 1.0), ("H", WELDER, 0.5), ("H", COOK, 0.5)), 2.0
    )
    table = valid.set_index("occupation_code")
    assert table.index.tolist() == ["4", "6-18"]
    percent = table["growth_percent_per_year"].tolist()
    assert percent == pytest.approx([3.0, (300 * 10 - 50 * 5) / 350])
    assert table["growth_percent_standard_error"].tolist() == pytest.approx([2.0, 1.0])
    assert table["source"].tolist() == ["规划", "年鉴"]
    assert rejected["industry_code"].tolist() == ["T"]
    assert "no staffing shares" in rejected["reason"].item()


def test_rows_that_do_not_say_of_whom_they_are_or_have_no_weight_are_rejected():
    valid, rejected = sound_growth(
        stated(
            ("6", None, 1.0, None, None, "规划"),
            (None, "C", 1.0, None, 10.0, "规划"),
            (None, "D", 1.0, None, None, "规划"),
            (None, "E", 1.0, None, 0.0, "规划"),
            (None, None, 1.0, None, None, "规划"),
            ("6", "C", 1.0, None, 10.0, "规划"),
        )
    )
    assert valid.index.tolist() == [0, 1]
    assert rejected.index.tolist() == [2, 3, 4, 5]
    reasons = rejected["reason"].str.split(":").str[0].tolist()
    assert reasons == ["employed_persons"] * 2 + ["occupation_code, industry_code"] * 2


# -- tables ---------------------------------------------------------------------------------


def test_every_rate_has_a_source_and_a_known_group():
    valid, rejected = read_replacement_rates()
    assert rejected.empty
    assert len(valid) == 31
    assert set(valid["occupation_code"]) <= set(load_occupations().groups)
    assert valid["source"].str.contains("美国劳工统计局").all()
    majors = {code[0] for code in census_employment_2022().valid["occupation_code"]}
    assert majors <= set(valid["occupation_code"])


def test_a_table_of_the_bureau_replaces_the_foreign_one(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text(
        f"occupation_code,{EXITS},{TRANSFERS},source,edition\n"
        "6-18,2.5,1.5,本市抽样调查,2026\n6-77,1,1,本市抽样调查,2026\n6-19,200,1,本市抽样调查,2026\n",
        encoding="utf-8",
    )
    valid, rejected = read_replacement_rates(path)
    assert valid["occupation_code"].tolist() == ["6-18"]
    assert sorted(rejected["occupation_code"]) == ["6-19", "6-77"]
    assert rejected["reason"].str.len().min() > 0


def test_census_goes_over_to_the_edition_of_2022_or_is_told_with_a_reason():
    valid, rejected = census_employment_2022()
    counted = "employed_long_form_10pct"
    assert valid[counted].sum() + rejected[counted].sum() == 1_526_217
    assert valid["occupation_code"].is_unique
    names = load_occupations().name
    assert valid["occupation_name"].tolist() == [names(code) for code in valid["occupation_code"]]
    renamed = valid.loc[valid["basis"] == "renamed", "occupation_code"]
    assert {"3-01", "4-02", "6-27"} <= set(renamed)
    assert set(rejected["medium_code_2015"]) == {"4-13", "4-14", "3-03"}
    assert rejected["reason"].notna().all()


def test_account_of_chongqing_is_complete_and_of_the_right_size():
    total = load_employed_persons()[2024]
    account = requirements_account("2026Q4", years=2)
    table = REQUIREMENTS.check(account.requirements)
    assert sorted(set(table["year"])) == [2027, 2028]
    first = table[table["year"] == 2027]
    persons = first["employed_persons"].sum() + account.left_out["employed_persons"].sum()
    assert persons == pytest.approx(total)
    # All rates of the table lie between 5 and 19 per cent a year.
    required = first["persons_per_year_required"] / first["employed_persons"]
    assert required.between(0.05, 0.19).all()
    assert (first["persons_per_year_lower"] < first["persons_per_year_required"]).all()
    assert any("美国" in said for said in account.statements)
    own = requirements_account("2026Q4", rates=rates(_6=(2.0, 1.0)))
    assert set(own.requirements["occupation_code"].str[0]) == {"6"}
    assert "4-01" in set(own.left_out["occupation_code"])
    assert not any("美国" in said for said in own.statements)


def test_stock_of_an_unknown_year_is_refused():
    year, stock = employment_stock(2022, StockParameters(structure_relative_standard_error=0))
    assert year == 2022
    assert (stock.valid["employed_persons_standard_error"] > 0).all()
    with pytest.raises(ConfigurationError, match="2021, 2022, 2024"):
        employment_stock(2023)
    with pytest.raises(ConfigurationError, match="structure"):
        StockParameters(structure_relative_standard_error=-1)
