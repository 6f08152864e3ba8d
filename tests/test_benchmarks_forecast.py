"""The forecast benchmark: Naive2, its measures, and the cache of the libraries' forecasts."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks.accuracy import (
    errors,
    is_seasonal,
    naive2,
    overall_weighted_average,
    seasonal_indices,
    seasonal_scale,
)
from benchmarks.cases import (
    M3,
    SERIES_FOLDER,
    Panel,
    actual,
    australia,
    histories,
    interpolated,
    jolts,
    m3,
    observations_of,
    recent_part,
)
from benchmarks.forecast import compare
from benchmarks.libraries import BOUNDS, MEDIAN, METHODS, cached_forecasts, run, with_median

ROOT = Path(__file__).resolve().parents[1]
needs_series = pytest.mark.skipif(
    not SERIES_FOLDER.is_dir(), reason="the real series are not beside the project"
)


def forecast_rows(**columns: object) -> pd.DataFrame:
    """One series, two quarters; bounds of both levels unless told."""
    given = {"lower_80": 0.0, "upper_80": 1.0, "lower_95": 0.0, "upper_95": 1.0} | columns
    return pd.DataFrame(
        {"case": "a", "origin": "o", "series_id": "s", "method": "m", "horizon": [1, 2], **given}
    )


def observed(values: list[float], scale: float = 1.0) -> pd.DataFrame:
    names = {"case": "a", "origin": "o", "series_id": "s", "horizon": [1, 2]}
    return pd.DataFrame({**names, "value": values, "scale": scale, "disturbed": [False, True]})


def test_naive2_of_a_known_season_carries_it_on():
    # A constant times the indices 0.4, 0.8, 1.2, 1.6: the decomposition finds them exactly.
    values = np.tile([40.0, 80.0, 120.0, 160.0], 4)
    assert is_seasonal(values, 4)
    assert seasonal_indices(values, 4) == pytest.approx([0.4, 0.8, 1.2, 1.6])
    assert naive2(values[:-1], 4, 5) == pytest.approx([160, 40, 80, 120, 160])
    # The centred average of a straight line is the line itself: no season.
    assert seasonal_indices(np.arange(1.0, 9.0), 4) == pytest.approx([1, 1, 1, 1])
    odd = np.tile([50.0, 100.0, 150.0], 4)
    assert naive2(odd, 3, 4) == pytest.approx([50, 100, 150, 50])


def test_naive2_without_a_season_is_the_last_observation():
    assert naive2(np.arange(1.0, 25.0) ** 0.5, 1, 2) == pytest.approx([24**0.5] * 2)
    assert naive2(np.full(20, 7.0), 4, 3) == pytest.approx([7, 7, 7])


def test_season_is_tested_against_the_limit_of_bartlett():
    values = np.tile([1.0, -1.0], 6)
    # 12 observations: r1 = -11/12, r2 = 10/12, limit 1.645 sqrt((1 + 2 r1²) / 12) = 0.778.
    assert is_seasonal(values, 2)
    # 10 observations: r1 = -9/10, r2 = 8/10, limit 1.645 sqrt((1 + 2 r1²) / 10) = 0.842.
    assert not is_seasonal(values[:10], 2)
    # Less than three seasons are too few to tell, however clear they look.
    yearly_peak = np.tile([9.0, *[1.0] * 11], 3)
    assert is_seasonal(yearly_peak, 12)
    assert not is_seasonal(yearly_peak[:-1], 12)


@needs_series
def test_naive2_reproduces_the_published_forecasts_of_m3():
    published = pd.read_csv(SERIES_FOLDER / "m3_published_methods_recomputed.csv")
    naive = published.query("freq == 'QUARTERLY' and method == 'NAIVE2'").iloc[0]
    panels = list(m3())
    forecasts = pd.concat(
        pd.DataFrame({"series_id": name, "horizon": range(1, 9), "mean": naive2(values, 4, 8)})
        for name, values in observations_of(panels[0]).items()
    ).assign(case=M3, origin="published", method="Naive2")
    each = errors(forecasts, actual(panels), levels=())
    assert len(each) == 8 * 756
    assert each["smape"].mean() == pytest.approx(naive["smape"], rel=0.02)
    assert each["mase"].mean() == pytest.approx(naive["mase"], rel=0.02)


def test_measures_by_hand():
    forecasts = forecast_rows(
        mean=[90.0, 100.0], lower_80=[80.0, 95.0], upper_80=[95.0, 105.0],
        lower_95=[70.0, 80.0], upper_95=[110.0, 120.0],
    )  # fmt: skip
    each = errors(forecasts, observed([100.0, 100.0], scale=5.0), (80, 95))
    assert each["smape"].tolist() == pytest.approx([200 * 10 / 190, 0])
    assert each["mase"].tolist() == pytest.approx([2, 0])
    assert each["coverage_80"].tolist() == [0, 1]
    assert each["coverage_95"].tolist() == [1, 1]
    # Width 15 and 2 / 0.2 times the 5 by which the first observation lies above.
    assert each["msis_80"].tolist() == pytest.approx([(15 + 50) / 5, 10 / 5])
    assert each["msis_95"].tolist() == pytest.approx([40 / 5, 40 / 5])


def test_counts_below_zero_are_taken_as_zero_and_missing_bounds_stay_missing():
    forecasts = forecast_rows(mean=[-5.0, 0.0], lower_80=-8.0, upper_80=-1.0, lower_95=np.nan)
    each = errors(forecasts, observed([0.0, 2.0]), (80, 95))
    assert each["smape"].tolist() == [0, 200]
    assert each["coverage_80"].tolist() == [1, 0]
    assert each["coverage_95"].isna().all()


def test_table_splits_coverage_and_compares_with_naive2():
    other = forecast_rows(mean=[8.0, 12.0], lower_80=9.0, upper_80=11.0, upper_95=[11.0, 9.0])
    naive = forecast_rows(mean=[6.0, 14.0]).assign(method="Naive2")
    forecasts = pd.concat([other, naive]).assign(seconds=0.5, cached=True, replaced=False)
    forecasts.loc[forecasts["method"] == "Naive2", "seconds"] = np.nan
    table = compare(forecasts, observed([10.0, 10.0])).loc[("a", "m")]
    assert table["coverage_80"] == 1
    assert (table["coverage_95_2019_2020"], table["coverage_95_other_years"]) == (0, 1)
    smape, reference = 100 * (2 / 9 + 2 / 11), 100 * (4 / 8 + 4 / 12)
    assert table["owa"] == pytest.approx((smape / reference + 2 / 4) / 2)
    assert (table["forecasts"], table["times"]) == (1, "cache")
    assert table["milliseconds_per_series"] == 500


def test_owa_of_the_benchmark_is_one():
    measures = pd.DataFrame({"smape": [10.0, 5.0], "mase": [2.0, 2.0]})
    assert overall_weighted_average(measures, measures.iloc[0]).tolist() == [1, 0.75]


def test_gap_is_seen_filled_and_left_behind():
    months = ["2008-03", "2009-03", "2009-06", "2009-09"]
    train = pd.DataFrame(
        {"series_id": "s", "period": [f"{month}-01" for month in months], "value": [1, 5, 7, 8]}
    )
    values = observations_of(Panel("a", "o", 4, 1, train, train))["s"]
    assert np.array_equal(values, [1, np.nan, np.nan, np.nan, 5, 7, 8], equal_nan=True)
    assert interpolated(values).tolist() == [1, 2, 3, 4, 5, 7, 8]
    assert recent_part(values).tolist() == [5, 7, 8]
    # Only the two quarters a year after each other that were both seen: 1 and 5.
    assert seasonal_scale(values, 4) == 4
    numbered = train.assign(period=[7, 9, 10, 11])
    assert len(observations_of(Panel("a", "o", 4, 1, numbered, numbered))["s"]) == 5


@needs_series
def test_origins_are_the_last_known_periods_and_targets_are_complete():
    panels = [*australia(), *jolts()]
    assert len(panels) == 16 + 16 + 12
    for panel in panels:
        assert panel.train["period"].max() == panel.origin < panel.test["period"].min()
        assert panel.test.groupby("series_id").size().eq(panel.horizon).all()
    for values in observations_of(panels[0]).values():
        assert (values.size, np.isnan(values).sum(), recent_part(values).size) == (83, 5, 22)
    table = histories(panels[:1])
    assert table["value"].notna().all()
    assert len(table) == 20 * 83


def test_cache_computes_once_for_what_the_forecasts_depend_on(tmp_path: Path):
    calls = []

    def compute(values: np.ndarray, season_length: int, horizon: int) -> pd.DataFrame:
        calls.append(season_length)
        return pd.DataFrame({"mean": values[:horizon]})

    values, versions = np.arange(8.0), {"statsforecast": "2.0"}
    arguments = (values, 4, 2, versions, tmp_path, compute)
    assert not cached_forecasts(*arguments)["cached"].any()
    again = cached_forecasts(*arguments)
    assert again["cached"].all()
    assert again["mean"].tolist() == [0, 1]
    assert len(calls) == 1
    cached_forecasts(values, 4, 2, {"statsforecast": "2.1"}, tmp_path, compute)
    cached_forecasts(values + 1, 4, 2, versions, tmp_path, compute)
    cached_forecasts(values, 12, 2, versions, tmp_path, compute)
    cached_forecasts(values, 4, 3, versions, tmp_path, compute)
    assert len(calls) == 5
    assert len(list(tmp_path.iterdir())) == 5


def test_run_forecasts_each_history_and_says_what_comes_from_the_cache(tmp_path: Path):
    def compute(values: np.ndarray, season_length: int, horizon: int) -> pd.DataFrame:
        table = pd.DataFrame({"method": METHODS, "horizon": horizon, "mean": values[-1]})
        return table.assign(**dict.fromkeys(BOUNDS, 1.0), seconds=1.0, replaced=False)

    names = {"case": "a", "origin": "o", "season_length": 4, "horizon": 1}
    table = pd.DataFrame({"series_id": list("rrs"), "value": [1.0, 2.0, 3.0]}).assign(**names)
    versions = {"statsforecast": "2.0"}
    first = run(table[table["series_id"] == "r"], versions, tmp_path, compute)
    assert not first["cached"].any()
    both = run(table, versions, tmp_path, compute).set_index(["series_id", "method"])
    assert both["cached"].groupby("series_id").agg(["min", "max"]).to_numpy().tolist() == [
        [True, True],
        [False, False],
    ]
    assert both.loc[("s", MEDIAN), "mean"] == 3
    assert len(both) == 2 * 5


def test_median_of_four_means_and_bounds():
    made = pd.DataFrame({"method": METHODS, "horizon": 1, "mean": [1.0, 2.0, 4.0, 9.0]})
    for bound in BOUNDS:
        made[bound] = made["mean"] + 1
    table = with_median(made.assign(seconds=[0.1, 0.2, 0.3, 0.4], replaced=False))
    median = table[table["method"] == MEDIAN].iloc[0]
    assert (median["mean"], median["lower_95"], median["upper_80"]) == (3, 4, 4)
    assert median["seconds"] == pytest.approx(1)


def test_lock_of_the_libraries_names_no_address_and_hashes_everything():
    text = (ROOT / "benchmarks" / "requirements-libraries.lock").read_text(encoding="utf-8")
    for word in ("://", "--index", "--extra-index", "--find-links", "--trusted-host"):
        assert word not in text
    entries = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", text).strip())
    assert "statsforecast" in {entry.split("==")[0] for entry in entries}
    for entry in entries:
        assert re.fullmatch(r"\S+==\S+( ; [^\\]+)?( \\\n\s+--hash=sha256:[0-9a-f]{64})+", entry)
