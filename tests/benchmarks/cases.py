"""Cases of the forecast benchmark: real series, cut at their origins.

- M3, 756 quarterly series, horizon 8, cut as published;
- US job openings (JOLTS), 28 industries, monthly, horizon 12, each August from 2010 to 2021;
- Australian job vacancies, 19 industries and their total, quarterly, horizon 4, from every
  quarter of 2015 to 2018 and of 2019 to 2022.

Australia has a gap of five quarters, 2008Q3 to 2009Q3.  This project takes it as it is; what
takes no missing values is given the series in the way that serves it better.  statsforecast gets
the gap filled by straight lines: with the part from 2009Q4 alone its OWA is higher (median,
2015 to 2018: 1.023 instead of 1.001).  Naive2 gets the part from 2009Q4: with the gap filled its
sMAPE is higher (2015 to 2018: 14.2 instead of 13.5), which would lower every OWA.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from forecasting.hierarchy import Hierarchy

from .accuracy import seasonal_scale

PROJECT = Path(__file__).resolve().parents[2]
SERIES_FOLDER = PROJECT / ".." / "shared" / "data" / "series"
M3 = "M3 quarterly"
# The pandemic, when no interval fitted to the past could hold.
DISTURBED_YEARS = ("2019", "2020")
COLUMNS = ["series_id", "period", "value"]
AUSTRALIAN_TOTAL = "Total all industries"
# Sums among the industries of JOLTS, and their parts (codes of the Bureau of Labor Statistics).
PARTS_OF_JOLTS = {
    "000000": ("100000", "900000"),
    "100000": (
        *("110099", "230000", "300000", "400000", "510000"),
        *("510099", "540099", "600000", "700000", "810000"),
    ),
    "300000": ("320000", "340000"),
    "400000": ("420000", "440000", "480099"),
    "510099": ("520000", "530000"),
    "600000": ("610000", "620000"),
    "700000": ("710000", "720000"),
    "900000": ("910000", "920000"),
    "920000": ("923000", "929000"),
}


class Panel(NamedTuple):
    """Series of one case, cut at one origin."""

    case: str
    origin: str
    season_length: int
    horizon: int
    train: pd.DataFrame
    test: pd.DataFrame


def m3() -> Iterator[Panel]:
    """All quarterly series of M3, cut as published."""
    train, test = (
        pd.read_parquet(SERIES_FOLDER / f"m3_quarterly_{part}.parquet")[COLUMNS]
        for part in ("train", "test")
    )
    yield Panel(M3, "published", 4, 8, train, test)


def cut(
    case: str, series: pd.DataFrame, season_length: int, horizon: int, origins: list[str]
) -> Iterator[Panel]:
    """Cut series after each origin, the last period that is known, an ISO date."""
    for origin in origins:
        later = sorted(series.loc[series["period"] > origin, "period"].unique())[:horizon]
        train = series[series["period"] <= origin]
        yield Panel(
            case, origin, season_length, horizon, train, series[series["period"].isin(later)]
        )


def jolts() -> Iterator[Panel]:
    """Job openings by industry in the United States, thousands."""
    series = pd.read_parquet(SERIES_FOLDER / "us_jolts_openings_by_industry_nsa.parquet")[COLUMNS]
    origins = [f"{year}-08-01" for year in range(2010, 2022)]
    yield from cut("JOLTS monthly, origins 2010-2021", series, 12, 12, origins)


def australia() -> Iterator[Panel]:
    """Job vacancies by industry in Australia, thousands, not seasonally adjusted."""
    file = SERIES_FOLDER / "au_labour_account_jobs_vacancies_by_industry_q.parquet"
    series = pd.read_parquet(file).query("measure == 'Job vacancies' and seas == 'Original'")
    for first, last in ((2015, 2018), (2019, 2022)):
        origins = [
            f"{year}-{month:02d}-01" for year in range(first, last + 1) for month in (3, 6, 9, 12)
        ]
        case = f"Australia quarterly, origins {first}-{last}"
        yield from cut(case, series[COLUMNS], 4, 4, origins)


def hierarchy_of(panel: Panel) -> Hierarchy | None:
    """How the series of a panel add up; nothing for the series of M3."""
    names = sorted(panel.train["series_id"].unique())
    if panel.case.startswith("JOLTS"):
        of_code = {name[3:9]: name for name in names}
        parts = {
            of_code[code]: [of_code[part] for part in below]
            for code, below in PARTS_OF_JOLTS.items()
        }
        return _hierarchy(names, parts)
    if panel.case.startswith("Australia"):
        (total,) = (name for name in names if name.endswith(AUSTRALIAN_TOTAL))
        return _hierarchy(names, {total: [name for name in names if name != total]})
    return None


def _hierarchy(names: list[str], parts: dict[str, list[str]]) -> Hierarchy:
    """Hierarchy of nodes that are sums of others, directly or again of sums."""
    bottom = [name for name in names if name not in parts]
    place = {name: number for number, name in enumerate(bottom)}

    def bottom_of(name: str) -> list[int]:
        if name not in parts:
            return [place[name]]
        return [number for part in parts[name] for number in bottom_of(part)]

    nodes = [*parts, *bottom]
    summing = np.zeros((len(nodes), len(bottom)))
    for row, name in enumerate(nodes):
        summing[row, bottom_of(name)] = 1
    levels = ("sum",) * len(parts) + ("bottom",) * len(bottom)
    return Hierarchy(tuple(nodes), levels, sparse.csr_array(summing), summing.sum(axis=1))


def calendar_places(periods: pd.Series, season_length: int) -> np.ndarray:
    """Number of every period: consecutive periods have consecutive numbers."""
    if pd.api.types.is_integer_dtype(periods):
        return periods.to_numpy(int)
    dates = pd.to_datetime(periods).dt
    return ((dates.year * 12 + dates.month) // (12 // season_length)).to_numpy(int)


def observations_of(panel: Panel) -> dict[str, np.ndarray]:
    """Observations of every series of a panel up to the origin, NaN in a gap."""
    result = {}
    for name, rows in panel.train.groupby("series_id"):
        places = calendar_places(rows["period"], panel.season_length)
        values = np.full(places.max() - places.min() + 1, np.nan)
        values[places - places.min()] = rows["value"]
        result[str(name)] = values
    return result


def interpolated(values: np.ndarray) -> np.ndarray:
    """Fill gaps by straight lines."""
    places = np.arange(values.size)
    seen = ~np.isnan(values)
    return np.interp(places, places[seen], values[seen])


def recent_part(values: np.ndarray) -> np.ndarray:
    """Observations after the last gap."""
    gaps = np.flatnonzero(np.isnan(values))
    return values[gaps[-1] + 1 :] if gaps.size else values


def histories(panels: list[Panel]) -> pd.DataFrame:
    """Table that `libraries` takes: every series at every origin, gaps filled."""
    tables = []
    for panel in panels:
        for name, values in observations_of(panel).items():
            table = pd.DataFrame({"value": interpolated(values)})
            tables.append(
                table.assign(
                    case=panel.case,
                    origin=panel.origin,
                    series_id=name,
                    season_length=panel.season_length,
                    horizon=panel.horizon,
                )
            )
    return pd.concat(tables, ignore_index=True)


def actual(panels: list[Panel]) -> pd.DataFrame:
    """Observations behind the origins, with the scale of each series' history."""
    tables = []
    for panel in panels:
        scale = {
            name: seasonal_scale(values, panel.season_length)
            for name, values in observations_of(panel).items()
        }
        test = panel.test.sort_values(["series_id", "period"])
        tables.append(
            test.assign(
                case=panel.case,
                origin=panel.origin,
                horizon=test.groupby("series_id").cumcount() + 1,
                scale=test["series_id"].map(scale),
                disturbed=test["period"].astype("str").str[:4].isin(DISTURBED_YEARS),
            ).drop(columns="period")
        )
    return pd.concat(tables, ignore_index=True)
