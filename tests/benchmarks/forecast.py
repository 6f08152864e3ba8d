"""Accuracy, coverage and speed of `forecasting.forecast` beside statsforecast, on real series.

Run with ``make bench-forecast``; the table is printed and saved to ``benchmarks/forecast.csv``,
one row per case (`cases`) and method.

Methods: this project's forecast, the same made coherent by reconciliation where the series add up,
and its seasonal naive benchmark, statsforecast's AutoETS,
AutoARIMA, AutoCES and DynamicOptimizedTheta, the median of these four (of their means and of
each bound), and Naive2.  OWA is that of M4 against Naive2 (`accuracy`), by means over all series
and origins.

Times are those of the processor on one thread, per series and origin.  Forecasts of statsforecast
and their times are kept in a cache outside of the project (`libraries`), by default in the
user's; ``JINQUE_BENCHMARK_CACHE`` names another folder.  The column ``times`` says where they
come from.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting import ForecastParameters, forecast
from forecasting.hierarchy import Hierarchy
from forecasting.reconciliation import ReconciliationParameters, one_step_errors, reconcile

from .accuracy import KEYS, errors, naive2, overall_weighted_average
from .cases import (
    M3,
    PROJECT,
    SERIES_FOLDER,
    Panel,
    actual,
    australia,
    hierarchy_of,
    histories,
    jolts,
    m3,
    observations_of,
    recent_part,
)
from .libraries import LEVELS, MEDIAN, METHODS

LIBRARY_PYTHON = PROJECT / ".bench-venv" / "bin" / "python"
RESULT_FILE = PROJECT / "benchmarks" / "forecast.csv"
OURS, COHERENT = "jinque", "jinque, coherent"
SEASONAL_NAIVE, NAIVE2 = "seasonal naive", "Naive2"
ORDER = [OURS, COHERENT, *METHODS, MEDIAN, SEASONAL_NAIVE, NAIVE2]
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMBA")}


def our_forecasts(panel: Panel) -> pd.DataFrame:
    """Forecasts of this project with intervals, the coherent ones, and those of its benchmark."""
    # M3 numbers its observations, so the season has to be said.
    parameters = ForecastParameters(levels=LEVELS, season_length=panel.season_length)
    started = time.process_time()
    result = forecast(panel.train, panel.horizon, parameters)
    seconds = (time.process_time() - started) / panel.train["series_id"].nunique()
    wide = side_by_side(result.forecasts)
    is_main = wide["model"] == wide["series_id"].map(result.main_models)
    alone = wide.groupby("series_id")["model"].transform("nunique").eq(1)
    tables = [
        wide[is_main].assign(method=OURS, seconds=seconds),
        # Where the benchmark is the main forecast it stands once.
        wide[~is_main | alone].assign(method=SEASONAL_NAIVE),
    ]
    hierarchy = hierarchy_of(panel)
    if hierarchy is not None:
        settings = ReconciliationParameters(levels=LEVELS)
        coherent = reconcile(result.main, one_step_errors(result), hierarchy, settings)
        seconds = (time.process_time() - started) / panel.train["series_id"].nunique()
        table = side_by_side(coherent.intervals)
        tables.append(table.assign(method=COHERENT, seconds=seconds))
    return pd.concat(tables).assign(case=panel.case, origin=panel.origin)


def side_by_side(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Forecasts with the bounds of all levels in columns."""
    keys = ["series_id", "model", "horizon", "mean"]
    bands = [
        rows.set_index(keys)[["lower", "upper"]].add_suffix(f"_{level}")
        for level, rows in forecasts.groupby("level")
    ]
    return pd.concat(bands, axis=1).reset_index()


def naive2_forecasts(panel: Panel) -> pd.DataFrame:
    """Forecasts of Naive2, without intervals."""
    tables = [
        pd.DataFrame(
            {
                "series_id": name,
                "horizon": np.arange(1, panel.horizon + 1),
                "mean": naive2(recent_part(values), panel.season_length, panel.horizon),
            }
        )
        for name, values in observations_of(panel).items()
    ]
    return pd.concat(tables).assign(case=panel.case, origin=panel.origin, method=NAIVE2)


def library_forecasts(panels: list[Panel], cache: Path) -> pd.DataFrame:
    """Forecasts of statsforecast, made in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "histories.parquet", Path(folder) / "forecasts.parquet"
        histories(panels).to_parquet(given, index=False)
        command = [str(LIBRARY_PYTHON), "-m", "tests.benchmarks.libraries"]
        subprocess.run(
            [*command, str(given), str(made), str(cache)],
            check=True,
            cwd=PROJECT,
            env=os.environ | ONE_THREAD,
        )
        return pd.read_parquet(made)


def published_naive2() -> pd.Series:
    """Measures of M3's own NAIVE2 forecasts of the quarterly series."""
    published = pd.read_csv(SERIES_FOLDER / "m3_published_methods_recomputed.csv")
    return published.query("freq == 'QUARTERLY' and method == 'NAIVE2'").iloc[0]


def compare(forecasts: pd.DataFrame, observations: pd.DataFrame) -> pd.DataFrame:
    """Measures by case and method, with the coverage in and outside of the disturbed years."""
    each = errors(forecasts, observations, LEVELS)
    by = ["case", "method"]
    table = each.drop(columns=["disturbed", "horizon"]).groupby(by).mean(numeric_only=True)
    dated = each[each["case"] != M3]
    for name, rows in (
        ("2019_2020", dated[dated["disturbed"]]),
        ("other_years", dated[~dated["disturbed"]]),
    ):
        coverage = rows.groupby(by)[[f"coverage_{level}" for level in LEVELS]].mean()
        table = table.join(coverage.add_suffix(f"_{name}"))
    for case in table.index.unique("case"):
        benchmark = published_naive2() if case == M3 else table.loc[(case, NAIVE2)]
        table.loc[case, "owa"] = overall_weighted_average(table.loc[[case]], benchmark).to_numpy()
    return table.join(times(forecasts))


def times(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Forecasts made, those replaced by the seasonal naive one, their time and its source."""
    each = forecasts.drop_duplicates([*KEYS, "method"])
    groups = each.groupby(["case", "method"])
    cached = groups["cached"].mean()
    source = pd.Series("this run", index=cached.index)
    source = source.mask(cached > 0, "cache and this run").mask(cached == 1, "cache")
    return pd.DataFrame(
        {
            "forecasts": groups.size(),
            "replaced": groups["replaced"].sum(min_count=1),
            "milliseconds_per_series": 1000 * groups["seconds"].mean(),
            "seconds_in_all": groups["seconds"].sum(min_count=1),
            "times": source.where(groups["seconds"].count() > 0),
        }
    )


def reconciliation(sections: int = 17, districts: int = 9, seed: int = 1) -> dict:
    """Time to reconcile a city's series: total, sections, districts and their crossing."""
    pairs = [(f"S{i}", f"D{j}") for i in range(sections) for j in range(districts)]
    groups = pd.DataFrame(pairs, columns=["section", "district"])
    groups["series_id"] = groups["section"] + " " + groups["district"]
    hierarchy = Hierarchy.from_groups(groups, ["total", "section", "district"])
    random = np.random.default_rng(seed)
    level = random.uniform(20, 400, size=(len(pairs), 1))
    walk = 0.05 * random.standard_normal((len(pairs), 28)).cumsum(axis=1)
    season = 0.1 * np.sin(np.pi / 2 * np.arange(28))
    values = hierarchy.summing @ random.poisson(level * np.exp(walk + season))
    quarters = [f"{2020 + place // 4}Q{place % 4 + 1}" for place in range(28)]
    nodes = pd.DataFrame(values, index=hierarchy.nodes, columns=quarters)
    series = nodes.rename_axis("series_id").reset_index()
    base = forecast(series.melt("series_id", var_name="period"), 4)
    residuals, seconds = one_step_errors(base), []
    for _ in range(5):
        started = time.process_time()
        reconcile(base.main, residuals, hierarchy)
        seconds.append(time.process_time() - started)
    count, middle = len(hierarchy.nodes), float(np.median(seconds))
    return {
        "case": f"reconciliation of {count} series, 4 quarters, simulated",
        "method": OURS,
        "forecasts": count,
        "milliseconds_per_series": 1000 * middle / count,
        "seconds_in_all": middle,
        "times": "this run",
    }


def cache_folder() -> Path:
    """Folder of the libraries' forecasts, outside of the project."""
    named = os.environ.get("JINQUE_BENCHMARK_CACHE")
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else caches / "jinque" / "statsforecast"


def main() -> int:
    """Run all cases; returns the exit code."""
    if not SERIES_FOLDER.is_dir():
        print(f"no real series at {SERIES_FOLDER.resolve()}", file=sys.stderr)
        return 3
    panels = [*m3(), *australia(), *jolts()]
    libraries = library_forecasts(panels, cache_folder())
    ours = [make(panel) for panel in panels for make in (our_forecasts, naive2_forecasts)]
    forecasts = pd.concat([libraries, *ours], ignore_index=True)
    # Only the libraries' forecasts may come from the cache or be replaced.
    forecasts["cached"] = forecasts["cached"].eq(True)
    measured = compare(forecasts, actual(panels)).reindex(ORDER, level="method")
    measured = measured.loc[list(dict.fromkeys(panel.case for panel in panels))].reset_index()
    table = pd.concat([measured, pd.DataFrame([reconciliation()])], ignore_index=True)
    first = ["case", "method", "forecasts", "owa"]
    table = table[[*first, *table.columns.drop(first)]].round(3)
    RESULT_FILE.parent.mkdir(exist_ok=True)
    table.to_csv(RESULT_FILE, index=False)
    print(table.to_string(index=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
