"""Forecasts of statsforecast's four automatic methods and of their median, kept in a cache.

statsforecast needs an older pandas than the project, so this module is run in an environment of
its own (``.bench-venv``) and speaks with `forecast` by two tables::

    python -m tests.benchmarks.libraries HISTORIES FORECASTS CACHE

HISTORIES has ``case, origin, series_id, season_length, horizon, value``, observations of a series
in order and none missing; FORECASTS gets a row per case, origin, series, method and horizon.

The forecasts do not depend on the project's code.  They are kept in the folder CACHE, a parquet
file per history, named by a digest of everything they depend on: values, season, horizon, levels
and versions of the libraries.  Times are of the processor, on one thread, and kept beside the
forecasts; ``cached`` says that a time comes from an earlier run.
"""

import hashlib
import json
import sys
import time
import warnings
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

LEVELS = (80, 95)
METHODS = ("AutoETS", "AutoARIMA", "AutoCES", "DynamicOptimizedTheta")
MEDIAN = "median"
LIBRARIES = ("statsforecast", "coreforecast", "numpy", "scipy")
BOUNDS = [f"{side}_{level}" for level in LEVELS for side in ("lower", "upper")]
KEYS = ["case", "origin", "series_id"]
Compute = Callable[[np.ndarray, int, int], pd.DataFrame]


def digest(values: np.ndarray, season_length: int, horizon: int, versions: dict[str, str]) -> str:
    """Name everything the forecasts of one history depend on."""
    settings = json.dumps([season_length, horizon, LEVELS, METHODS, versions], sort_keys=True)
    content = np.ascontiguousarray(values, dtype="<f8").tobytes()
    return hashlib.sha256(settings.encode() + content).hexdigest()


def forecast_of(
    method: str, values: np.ndarray, season_length: int, horizon: int
) -> tuple[pd.DataFrame, bool]:
    """Forecast by one method; by the seasonal naive one, and ``True``, where it fails."""
    from statsforecast import models

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = getattr(models, method)(season_length=season_length)
        try:
            made = model.forecast(y=values, h=horizon, level=list(LEVELS))
            failed = not all(np.isfinite(numbers).all() for numbers in made.values())
        except Exception:
            # The libraries raise all kinds of errors on histories they cannot fit.
            failed = True
        if failed:
            model = models.SeasonalNaive(season_length=season_length)
            made = model.forecast(y=values, h=horizon, level=list(LEVELS))
    columns = {"horizon": np.arange(1, horizon + 1), "mean": made["mean"]}
    for level in LEVELS:
        columns |= {f"lower_{level}": made[f"lo-{level}"], f"upper_{level}": made[f"hi-{level}"]}
    return pd.DataFrame(columns), failed


@cache
def warm_up() -> None:
    """Let everything that is imported or prepared at first use happen before time is taken."""
    values = np.array([3.0, 5.0, 4.0, 6.0] * 6) + np.arange(24) % 5
    for method in METHODS:
        forecast_of(method, values, 4, 4)


def forecasts_of(values: np.ndarray, season_length: int, horizon: int) -> pd.DataFrame:
    """Forecast one history by all methods, each with its time in seconds."""
    warm_up()
    tables = []
    for method in METHODS:
        started = time.process_time()
        table, failed = forecast_of(method, values, season_length, horizon)
        seconds = time.process_time() - started
        tables.append(table.assign(method=method, seconds=seconds, replaced=failed))
    return pd.concat(tables, ignore_index=True)


def with_median(table: pd.DataFrame) -> pd.DataFrame:
    """Add the median of the methods: of the means and of each bound; it takes all their time."""
    numbers = table.groupby("horizon", as_index=False)[["mean", *BOUNDS]].median()
    each = table.drop_duplicates("method")
    numbers = numbers.assign(
        method=MEDIAN, seconds=each["seconds"].sum(), replaced=bool(each["replaced"].any())
    )
    return pd.concat([table, numbers], ignore_index=True)


def cached_forecasts(
    values: np.ndarray,
    season_length: int,
    horizon: int,
    versions: dict[str, str],
    folder: Path,
    compute: Compute,
) -> pd.DataFrame:
    """Read the forecasts of one history from the cache, or compute and keep them."""
    file = folder / f"{digest(values, season_length, horizon, versions)}.parquet"
    if file.is_file():
        return pd.read_parquet(file).assign(cached=True)
    table = compute(values, season_length, horizon)
    # A run that is broken off leaves no half a file under the final name.
    unfinished = file.with_suffix(".unfinished")
    table.to_parquet(unfinished, index=False)
    unfinished.replace(file)
    return table.assign(cached=False)


def run(
    histories: pd.DataFrame, versions: dict[str, str], folder: Path, compute: Compute
) -> pd.DataFrame:
    """Forecast all histories, with the median, in the order they come."""
    folder.mkdir(parents=True, exist_ok=True)
    tables, shown = [], time.monotonic()
    groups = histories.groupby(KEYS, sort=False)
    for count, (names, rows) in enumerate(groups, start=1):
        values = rows["value"].to_numpy(float)
        season_length, horizon = (int(rows[name].iloc[0]) for name in ("season_length", "horizon"))
        table = cached_forecasts(values, season_length, horizon, versions, folder, compute)
        labels = {key: str(name) for key, name in zip(KEYS, names, strict=True)}
        cached = bool(table["cached"].all())
        tables.append(with_median(table).assign(**labels, cached=cached))
        if time.monotonic() - shown > 30:
            print(f"{count} of {groups.ngroups} histories: {names[0]}", file=sys.stderr, flush=True)
            shown = time.monotonic()
    return pd.concat(tables, ignore_index=True)


def main(histories: str, forecasts: str, folder: str) -> None:
    """Read the histories, write the forecasts."""
    versions = {name: version(name) for name in LIBRARIES}
    table = run(pd.read_parquet(histories), versions, Path(folder), forecasts_of)
    table.to_parquet(forecasts, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
