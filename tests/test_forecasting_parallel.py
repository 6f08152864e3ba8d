"""Processes and kept results change nothing but the time; corrections change the history."""

import json

import numpy as np
import pandas as pd
import pytest

from data.errors import ConfigurationError, ContractError
from data.tables import CORRECTIONS
from forecasting import ForecastParameters, Theta, forecast
from forecasting import parallel as parallel_module

TABLES = ("forecasts", "rejected", "notes", "errors", "models")


def series(n_series=5, length=30):
    rng = np.random.default_rng(0)
    periods = [str(q) for q in pd.period_range("2016Q1", periods=length, freq="Q")]
    parts = [
        pd.DataFrame(
            {
                "series_id": f"S{number}",
                "period": periods,
                "value": 800 * np.exp(np.cumsum(rng.normal(0, 0.05, length))),
            }
        )
        for number in range(n_series)
    ]
    short = pd.DataFrame({"series_id": "short", "period": periods[:3], "value": [1.0, 2, 3]})
    return pd.concat([*parts, short])


def assert_same(one, other):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.main_models == other.main_models
    for name, distribution in one.distributions.items():
        paths = other.distributions[name].sample_paths(10, 1)
        assert np.array_equal(distribution.sample_paths(10, 1), paths)


def test_several_processes_give_what_one_gives():
    assert_same(forecast(series(), 4), forecast(series(), 4, processes=2))


def test_kept_results_are_found_and_equal(tmp_path, monkeypatch):
    folder = tmp_path / "kept"
    fresh = forecast(series(), 4)
    first = forecast(series(), 4, cache=folder)
    assert len(list(folder.iterdir())) == 5

    def never(*_):
        raise AssertionError("a kept result was made again")

    monkeypatch.setattr(parallel_module, "forecast_one", never)
    known = series().query("series_id != 'short'")
    again = forecast(known, 4, cache=folder)
    assert_same(fresh, first)
    pd.testing.assert_frame_equal(again.forecasts, fresh.forecasts)
    pd.testing.assert_frame_equal(again.models, fresh.models)


@pytest.mark.parametrize(
    "text",
    ["", "[", "{}", "[1]", '[{"label": "x"}]', "null", pytest.param("[" * 100_000, id="deep")],
)
def test_a_broken_file_is_made_again(tmp_path, text):
    table = series(1)
    fresh = forecast(table, 4, cache=tmp_path)
    (file,) = tmp_path.glob("*.json")
    whole = file.read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    assert_same(fresh, forecast(table, 4, cache=tmp_path))
    assert json.loads(file.read_text(encoding="utf-8")) == json.loads(whole)


@pytest.mark.parametrize(
    "damage",
    [
        lambda one: one["distribution"].update(mean=one["distribution"]["mean"][:2]),
        lambda one: one["distribution"].update(mean=[float("nan")] * 4),
        lambda one: one["distribution"].update(mean=None),
        lambda one: one["distribution"].update(widths=one["distribution"]["widths"][:10]),
        lambda one: one["distribution"].update(widths=[[-1.0] * 4] * 99),
        lambda one: one.update(label=None),
    ],
)
def test_a_changed_result_is_made_again(tmp_path, damage):
    table = series(1)
    fresh = forecast(table, 4, cache=tmp_path)
    (file,) = tmp_path.glob("*.json")
    whole = file.read_text(encoding="utf-8")
    stored = json.loads(whole)
    damage(stored["models"][0])
    file.write_text(json.dumps(stored), encoding="utf-8")
    assert_same(fresh, forecast(table, 4, cache=tmp_path))
    assert file.read_text(encoding="utf-8") == whole


def test_a_folder_in_the_place_of_a_result_is_passed_by(tmp_path):
    table = series(1)
    fresh = forecast(table, 4, cache=tmp_path)
    (file,) = tmp_path.glob("*.json")
    file.unlink()
    file.mkdir()
    assert_same(fresh, forecast(table, 4, cache=tmp_path))
    assert list(tmp_path.iterdir()) == [file]


def test_a_result_under_the_name_of_another_is_not_believed(tmp_path):
    table, other = series(1), series(1).assign(value=lambda frame: 2 * frame["value"])
    forecast(other, 4, cache=tmp_path)
    (foreign,) = tmp_path.glob("*.json")
    fresh = forecast(table, 4, cache=str(tmp_path))
    (own,) = set(tmp_path.glob("*.json")) - {foreign}
    own.write_bytes(foreign.read_bytes())
    assert_same(fresh, forecast(table, 4, cache=tmp_path))


@pytest.mark.parametrize("cache", ["{tmp}/file", "{tmp}/file/below", "a\0b", 5])
def test_a_cache_that_cannot_be_a_folder_is_refused(tmp_path, cache):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    given = cache.format(tmp=tmp_path) if isinstance(cache, str) else cache
    with pytest.raises(ConfigurationError, match=r"the cache; got .* expected a folder"):
        forecast(series(1), 4, cache=given)


def test_everything_that_matters_has_its_own_result(tmp_path):
    table = series(1).query("series_id == 'S0'")
    changed = table.assign(value=table["value"] + 1e-9)
    for run in (
        lambda: forecast(table, 4, cache=tmp_path),
        lambda: forecast(table, 5, cache=tmp_path),
        lambda: forecast(changed, 4, cache=tmp_path),
        lambda: forecast(table, 4, ForecastParameters(origins=6), cache=tmp_path),
        lambda: forecast(table, 4, ForecastParameters(season_length=1), cache=tmp_path),
    ):
        before = len(list(tmp_path.iterdir()))
        run()
        assert len(list(tmp_path.iterdir())) == before + 1


def test_progress_names_the_series_in_order():
    seen = []
    forecast(series(3), 4, on_series=seen.append, processes=2)
    assert seen == ["S0", "S1", "S2", "short"]


def test_impossible_requests_are_refused(tmp_path):
    for processes in (0, 257):
        with pytest.raises(ConfigurationError, match="processes"):
            forecast(series(1), 4, processes=processes)
    with pytest.raises(ConfigurationError, match="cannot be cached"):
        forecast(series(1), 4, ForecastParameters(members=(Theta(),)), cache=tmp_path)


def correction(**changes):
    record = {
        "table": "demand",
        "series": "S0",
        "quarter": "2020Q1",
        "what": "level_shift",
        "value": np.nan,
        "reason": "a board joined, says its operator",
        "status": "active",
        "guard": np.nan,
    }
    return CORRECTIONS.check(pd.DataFrame([{**record, **changes}]))


def test_a_declared_change_of_source_no_longer_looks_like_demand():
    table = series(1).query("series_id == 'S0'")
    joined = table.assign(
        value=table["value"].where(table["period"] >= "2020Q1", table["value"] / 5)
    )
    calm = forecast(table, 4)
    told = forecast(joined, 4, corrections=correction())
    silent = forecast(joined, 4)
    assert told.main["mean"].to_numpy() == pytest.approx(calm.main["mean"].to_numpy(), rel=0.1)
    width = [(r.main["upper"] - r.main["lower"]).mean() for r in (calm, told, silent)]
    assert width[1] == pytest.approx(width[0], rel=0.4)
    assert width[2] > 1.2 * width[1]
    wanted = "declared level shift at 2020Q1: a board joined, says its operator"
    assert wanted in told.notes["note"].tolist()


def test_a_declared_gap_is_not_believed():
    table = series(1).query("series_id == 'S0'")
    wrong = table.assign(value=table["value"].where(table["period"] != "2020Q1", 0.0))
    missing = forecast(table[table["period"] != "2020Q1"], 4)
    told = forecast(wrong, 4, corrections=correction(what="gap"))
    pd.testing.assert_frame_equal(told.forecasts, missing.forecasts)


@pytest.mark.parametrize(
    "changes",
    [{"status": "retired"}, {"table": "seekers"}, {"what": "wrong_value"}],
)
def test_records_about_other_things_change_nothing(changes):
    table = series(1)
    told = forecast(table, 4, corrections=correction(**changes))
    assert_same(told, forecast(table, 4))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"quarter": "2099Q1"}, "S0 .* the period is not in the series"),
        ({"series": "S9"}, "S9 declared level shift at 2020Q1 .* no usable series of this name"),
        ({"quarter": "2016Q1"}, "no period before it"),
        ({"guard": 12.5}, "the guard expects 12.5"),
        ({"what": "gap", "quarter": "2023Q2"}, "the last period cannot be a gap"),
    ],
)
def test_records_that_cannot_be_applied_are_noted(changes, problem):
    table = series(1).query("series_id == 'S0'")
    told = forecast(table, 4, corrections=correction(**changes))
    assert (told.notes["series_id"] + " " + told.notes["note"]).str.contains(problem).any()
    pd.testing.assert_frame_equal(told.forecasts, forecast(table, 4).forecasts)


def test_quarters_are_not_in_a_monthly_series():
    months = [str(month) for month in pd.period_range("2019-01", periods=24, freq="M")]
    table = pd.DataFrame({"series_id": "S0", "period": months, "value": np.arange(24.0)})
    told = forecast(table, 1, corrections=correction())
    assert told.notes["note"].str.contains("the period is not in the series").any()


def test_declared_gaps_may_not_leave_less_than_gaps_of_the_input_may():
    table = series(1).query("series_id == 'S0'")
    for blanked, usable in ((15, True), (16, False)):
        quarters = table["period"].iloc[1 : 1 + blanked]
        gaps = pd.concat([correction(what="gap", quarter=quarter) for quarter in quarters])
        told = forecast(table, 1, corrections=gaps)
        given = forecast(table[~table["period"].isin(quarters)], 1)
        assert told.rejected["series_id"].tolist() == ([] if usable else ["S0"])
        assert told.rejected["reason"].str.contains("most periods are missing").all()
        pd.testing.assert_frame_equal(told.forecasts, given.forecasts)


def test_corrections_that_break_their_contract_are_refused():
    with pytest.raises(ContractError):
        forecast(series(1), 4, corrections=correction().assign(what="rumour"))
