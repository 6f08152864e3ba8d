"""`evidence/*.parquet`: the tables behind the figures, fit to be shown to anybody."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.tables import PANEL

from .edition import CONTRACTS, OPTIONAL_CONTRACTS, Edition

REJECTED = "rejected"
MINIMUM_EMPLOYERS = 3
TABLES = (*CONTRACTS, REJECTED)
REJECTED_SCHEMA = pa.schema([(name, pa.string()) for name in ("table", "row", "reason")])


def write_evidence(edition: Edition, folder: Path) -> list[Path]:
    """Write every table of the edition, one file each, with the schema of its contract."""
    folder.mkdir()
    paths = []
    schemas = {name: contract.schema for name, contract in (CONTRACTS | OPTIONAL_CONTRACTS).items()}
    for name in (*TABLES, *OPTIONAL_CONTRACTS):
        table = getattr(edition.draft, name)
        if table is None:
            continue
        if name == "panel":
            table = without_small_cells(table)
        schema = schemas.get(name, REJECTED_SCHEMA)
        arrow = pa.Table.from_pandas(table, schema=schema, preserve_index=False)
        path = folder / f"{name}.parquet"
        pq.write_table(arrow.replace_schema_metadata(None), path, compression="zstd")
        paths.append(path)
    return paths


def without_small_cells(
    panel: pd.DataFrame, *, minimum_employers: int = MINIMUM_EMPLOYERS
) -> pd.DataFrame:
    """Take the district from cells that rest on too few employers, and sum what falls together.

    The sums over districts stay. Where cells were summed, employers are the largest number of
    one cell (the same employer may stand in several), and the median wage is left out.

    Parameters
    ----------
    panel : pandas.DataFrame
        Contract `data.tables.PANEL`.
    minimum_employers : int
        Fewest employers of a district × occupation cell that may be published.

    Examples
    --------
    >>> cells = pd.DataFrame({"quarter": "2026Q4", "occupation_code": "6-18-02-04",
    ...     "industry_code": "C", "district_code": ["500105", "500112", "500103"],
    ...     "openings": [90.0, 4.0, 3.0], "ads": [30.0, 2.0, 1.0], "employers": [12, 1, 2],
    ...     "wage_yuan_month_median": 6000.0})
    >>> without_small_cells(cells)[["district_code", "openings", "employers"]].values.tolist()
    [['500105', 90.0, 12], [nan, 7.0, 2]]
    """
    panel = PANEL.check(panel)
    small = (panel["employers"] < minimum_employers) & panel["district_code"].notna()
    open_rows = panel.assign(district_code=panel["district_code"].mask(small))
    key = list(PANEL.key)
    groups = open_rows.groupby(key, dropna=False, sort=True)
    summed = groups.agg(
        openings=("openings", "sum"),
        ads=("ads", "sum"),
        employers=("employers", "max"),
        wage_yuan_month_median=("wage_yuan_month_median", "first"),
        cells=("openings", "size"),
        small=("district_code", lambda codes: small[codes.index].any()),
    ).reset_index()
    hidden = summed["small"].astype(bool)
    summed["wage_yuan_month_median"] = summed["wage_yuan_month_median"].mask(hidden)
    summed[["openings", "ads"]] = summed[["openings", "ads"]].round(1)
    return PANEL.check(summed)
