"""Commands about the quality of coding."""

import math
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from .evaluation import CODER, EvaluatedFile, evaluate_file
from .messages import messages, report_left_out
from .progress import show_progress
from .training import train_coder

MISSING = "-"


def evaluate(
    source: Annotated[
        Path, typer.Argument(metavar="FILE", help="Labelled postings: csv, xlsx or parquet")
    ],
    postings: Annotated[
        Path | None, typer.Option(help="File or folder of their texts, where FILE has none")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the tables and pictures")] = None,
    baselines: Annotated[
        bool, typer.Option(help="Code by three simple methods too, which takes a minute")
    ] = True,
) -> None:
    """Measure on hand-coded postings how well the coder codes, beside simple methods."""
    with show_progress(messages) as progress:
        evaluated = evaluate_file(
            source, postings=postings, out=out, baselines=baselines, progress=progress
        )
    messages.print(_table(evaluated))
    if evaluated.fitted:
        messages.print(
            f"The coder knows the hand codes of {evaluated.fitted:,} of these "
            f"{evaluated.postings:,} postings: the figures are for looking only"
        )
    report_left_out(evaluated.rejected)
    if out is not None:
        messages.print(f"Tables and pictures are written to [bold]{out}[/bold]")


def train(
    reviews: Annotated[Path, typer.Option(help="Store of reviews, as `jinque review` keeps it")],
    out: Annotated[Path, typer.Option(help="Folder for the coder; must not be there")],
) -> None:
    """Fit a coder to the product's examples and to reviews; name it under inputs.coder."""
    with show_progress(messages):
        trained = train_coder(reviews, out)
    messages.print(
        f"A coder fitted to {trained.examples:,} postings, {trained.reviews:,} of them reviewed "
        f"here, is written to [bold]{out}[/bold]; set inputs.coder in the configuration to use it"
    )


def _table(evaluated: EvaluatedFile) -> Table:
    """One row a measure, one column a method; the coder's with its interval."""
    table = Table(
        title=f"Coder {evaluated.coder_version} on {evaluated.postings:,} hand-coded postings",
        box=None,
        title_justify="left",
    )
    table.add_column("measure")
    table.add_column("postings", justify="right")
    table.add_column(CODER, justify="right")
    table.add_column("95 % interval", justify="right")
    others = [name for name in evaluated.methods if name != CODER]
    for name in others:
        table.add_column(name.replace("_", " "), justify="right")
    values = {
        (str(row.method), str(row.measure)): row.value for row in evaluated.measures.itertuples()
    }
    for row in evaluated.methods[CODER].measures.itertuples():
        bounds = (_share(row.lower), _share(row.upper))
        interval = MISSING if MISSING in bounds else f"{bounds[0]} to {bounds[1]}"
        beside = [_share(values[name, str(row.measure)]) for name in others]
        table.add_row(str(row.measure), f"{row.postings:,}", _share(row.value), interval, *beside)
    return table


def _share(value: object) -> str:
    share = float(str(value))
    return MISSING if math.isnan(share) else f"{share:.3f}"
