"""Accuracy, coverage and speed of `forecasting.forecast` on real series.

Run with ``python -m tests.benchmarks.forecast``; the table is printed and saved to
``benchmarks/forecast.csv``.  Cases:

- M3, 756 quarterly series, horizon 8: sMAPE, MASE, and OWA against the published NAIVE2 forecasts.
  Every second series (``development half``) was used to choose the shape of the intervals;
  the other half was not looked at and is reported by itself;
- US job openings (JOLTS), 28 industries, monthly, horizon 12, from several origins;
- UK vacancies, 18 sections, monthly, horizon 12;
- Australian job vacancies, 20 series, quarterly with a real gap, horizon 8.

The last three are scored against the seasonal naive forecast (OWA by series means).  Times are
those of the processor, to be taken with ``OPENBLAS_NUM_THREADS=1``: threads that wait for each
other on a busy machine count too.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting import ForecastParameters, ForecastResult, forecast

PROJECT = Path(__file__).resolve().parents[2]
SERIES_FOLDER = PROJECT / ".." / "shared" / "data" / "series"
RESULT_FILE = PROJECT / "benchmarks" / "forecast.csv"
LEVELS = (80, 95)


def scores(
    train: pd.DataFrame, test: pd.DataFrame, result: ForecastResult, season: int
) -> pd.DataFrame:
    """Per series and model: sMAPE, MASE, whether observations lie within, widths and MSIS."""
    actual = test.set_index(["series_id", "period"])["value"]
    history = {name: rows["value"].to_numpy(float) for name, rows in train.groupby("series_id")}
    rows = []
    for (name, model), table in result.forecasts.groupby(["series_id", "model"]):
        changes = history[name][season:] - history[name][:-season]
        scale = np.nanmean(np.abs(changes))
        row = {"series_id": name, "main": result.main_models[name] == model}
        for level, band in table.groupby("level"):
            seen = actual.reindex(pd.MultiIndex.from_frame(band[["series_id", "period"]]))
            y, kept = seen.to_numpy(float), seen.notna().to_numpy()
            y, band = y[kept], band[kept]
            low, mean, high = (band[column].to_numpy() for column in ("lower", "mean", "upper"))
            row["smape"] = 200 * np.mean(np.abs(y - mean) / (np.abs(y) + np.abs(mean)))
            row["mase"] = np.mean(np.abs(y - mean)) / scale
            row[f"coverage_{level}"] = np.mean((low <= y) & (y <= high))
            penalty = 2 / (1 - level / 100) * (np.maximum(low - y, 0) + np.maximum(y - high, 0))
            row[f"msis_{level}"] = np.mean(high - low + penalty) / scale
        rows.append(row)
    return pd.DataFrame(rows)


def summary(case: str, table: pd.DataFrame, seconds: float, reference: pd.Series | None) -> dict:
    """Means over series; OWA where there is a reference for just these series."""
    main = table[table["main"]].mean(numeric_only=True)
    owa = np.nan
    if reference is not None:
        owa = (main["smape"] / reference["smape"] + main["mase"] / reference["mase"]) / 2
    figures = {name: round(main[name], 3) for name in main.index.drop("main")}
    count = int(table["main"].sum())
    milliseconds = round(1000 * seconds / count, 1)
    row = {"case": case, "forecasts": count, "owa": round(owa, 3), **figures}
    return {**row, "milliseconds_per_series": milliseconds}


def m3() -> Iterator[dict]:
    """All quarterly series of M3, and each half of them."""
    train = pd.read_parquet(SERIES_FOLDER / "m3_quarterly_train.parquet")
    test = pd.read_parquet(SERIES_FOLDER / "m3_quarterly_test.parquet")
    published = pd.read_csv(SERIES_FOLDER / "m3_published_methods_recomputed.csv")
    naive = published.query("freq == 'QUARTERLY' and method == 'NAIVE2'").iloc[0]
    started = time.process_time()
    columns = ["series_id", "period", "value"]
    # M3 numbers its observations, so the season has to be said.
    parameters = ForecastParameters(levels=LEVELS, season_length=4)
    result = forecast(train[columns], 8, parameters)
    seconds = time.process_time() - started
    test = test.assign(period=test["period"].astype("str"))
    table = scores(train, test, result, 4)
    yield summary("M3 quarterly, all", table, seconds, naive)
    development = set(sorted(train["series_id"].unique())[::2])
    held_out = table[~table["series_id"].isin(development)]
    yield summary("M3 quarterly, held-out half", held_out, seconds / 2, None)


def rolling(case: str, series: pd.DataFrame, season: int, horizon: int, origins: int) -> dict:
    """Cut the series at several origins, a season apart, and pool the scores."""
    periods = sorted(series["period"].unique())
    tables, seconds = [], 0.0
    for back in range(origins):
        cut = len(periods) - horizon - back * season
        train = series[series["period"].isin(periods[:cut])]
        test = series[series["period"].isin(periods[cut : cut + horizon])]
        started = time.process_time()
        result = forecast(train, horizon, ForecastParameters(levels=LEVELS))
        seconds += time.process_time() - started
        tables.append(scores(train, test, result, season))
    table = pd.concat(tables)
    return summary(case, table, seconds, table[~table["main"]].mean(numeric_only=True))


def main() -> int:
    """Run all cases; returns the exit code."""
    if not SERIES_FOLDER.is_dir():
        print(f"no real series at {SERIES_FOLDER.resolve()}", file=sys.stderr)
        return 3
    columns = ["series_id", "period", "value"]
    jolts = pd.read_parquet(SERIES_FOLDER / "us_jolts_openings_by_industry_nsa.parquet")[columns]
    britain = pd.read_parquet(SERIES_FOLDER / "uk_ons_vacs02_vacancies_by_sic_section_m.parquet")
    australia = pd.read_parquet(
        SERIES_FOLDER / "au_labour_account_jobs_vacancies_by_industry_q.parquet"
    ).query("measure == 'Job vacancies' and seas == 'Original'")[columns]
    before = jolts[jolts["period"] < "2020-01-01"]
    rows = [
        *m3(),
        rolling("JOLTS monthly, 3 origins to 2022-08", jolts, 12, 12, 3),
        rolling("JOLTS monthly, 4 origins to 2019-12", before, 12, 12, 4),
        rolling("UK monthly, 3 origins to 2023-05", britain[columns], 12, 12, 3),
        rolling("Australia quarterly, 4 origins to 2024Q4", australia, 4, 8, 4),
    ]
    table = pd.DataFrame(rows)
    RESULT_FILE.parent.mkdir(exist_ok=True)
    table.to_csv(RESULT_FILE, index=False)
    print(table.T.to_string(header=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
