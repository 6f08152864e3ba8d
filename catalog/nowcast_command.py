"""The command `jinque nowcast`: the current quarter from the openings of its weeks so far."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import pyarrow as pa
import typer

from data.contract import REASON, Column, Contract
from data.errors import EmptyInputError
from data.readers import read_table, with_other_columns
from forecasting import NowcastParameters, revision_history
from forecasting import nowcast as nowcast_series
from forecasting.weekly_counts import daily_grid

from .messages import messages, report_left_out
from .stages import StageResult, read_levels, require_apart, require_format, write_result

WEEKLY_OPENINGS = Contract(
    "weekly openings",
    (
        Column("series_id", pa.string(), "name of the series"),
        Column("week", pa.string(), "ISO week (2026-W07), or a day (2026-02-09)"),
        Column("openings", pa.float64(), "persons; missing = not known", nullable=True, minimum=0),
        Column("quarter", pa.string(), "quarter, for a week that lies in two", nullable=True),
    ),
)
LATEST_DAY = date(2099, 12, 31)


def nowcast(
    source: Annotated[
        Path,
        typer.Argument(metavar="WEEKS_FILE", help="Openings by week or day: csv, xlsx or parquet"),
    ],
    out: Annotated[Path, typer.Argument(help="csv or parquet, by its ending")],
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Last day that counts; default: the last one in the file"
        ),
    ] = None,
    revisions: Annotated[
        bool,
        typer.Option(
            "--revisions",
            help="Write instead what the last four quarters were nowcast at each week's end",
        ),
    ] = False,
    levels: Annotated[str, typer.Option(help="Coverage of the intervals, per cent")] = "80,95",
    calendar: Annotated[
        Literal["chinese", "none"],
        typer.Option(help="chinese: first quarters are aligned on the Spring Festival"),
    ] = "chinese",
) -> None:
    """Nowcast the quarter from its weeks so far: columns series_id, week, openings."""
    parameters = NowcastParameters(levels=read_levels(levels), chinese=calendar == "chinese")
    result = nowcast_file(
        source, out, as_of=as_of and as_of.date(), revisions=revisions, parameters=parameters
    )
    for said in result.remarks:
        messages.print(said, markup=False)
    messages.print(f"{result.rows:,} rows are written to [bold]{out}[/bold]")
    report_left_out(result.rejected)


def nowcast_file(
    source: Path,
    out: Path,
    *,
    as_of: date | None = None,
    revisions: bool = False,
    parameters: NowcastParameters | None = None,
) -> StageResult:
    """Nowcast the series of a file, or write the revision history of their last four quarters.

    Parameters
    ----------
    source : pathlib.Path
        ``series_id, week, openings`` and perhaps ``quarter``, as `forecasting.nowcast` takes them.
    out : pathlib.Path
        Table to write: columns of `forecasting.Nowcast`, or of `forecasting.revision_history`.
    as_of : datetime.date, optional
        Last day that counts; by default the last one of the file's rows.
    revisions : bool
        Whether to write the revision history instead of the nowcast.
    parameters : NowcastParameters, optional
        How to nowcast.

    Raises
    ------
    EmptyInputError
        When no row of the file counts and no day is given.
    UnknownColumnsError
        When a column is missing.
    """
    require_format(out)
    require_apart([out], inputs=[source])
    counts, broken = read_table(
        source, with_other_columns(source, WEEKLY_OPENINGS, required=["openings"])
    )
    day = as_of or _last_day(counts, source.name)
    result = nowcast_series(counts, day, parameters)
    table = revision_history(counts, day, parameters=parameters) if revisions else result.frame
    written = write_result(table, out, [*broken[REASON], *result.rejected[REASON]])
    return replace(written, remarks=(f"openings count up to {day}",))


def _last_day(counts: pd.DataFrame, name: str) -> date:
    grid, rejected = daily_grid(counts, LATEST_DAY)
    if not grid.series_ids:
        raise EmptyInputError(
            f"no row of '{name}' can be counted",
            which=sorted(set(rejected[REASON])),
            expected="a series_id, a week such as 2026-W07 or a day, and openings of at least 0",
        )
    return date.fromordinal(grid.day_after - 1)
