"""Commands of the review loop: `jinque review export` and `jinque review import`."""

from pathlib import Path
from typing import Annotated

import typer

from data.errors import InputError
from data.quarters import parse_quarter
from nlp.review import ReviewParameters

from .configuration import read_configuration
from .messages import messages, report_left_out
from .progress import show_progress
from .review import export_reviews, import_reviews

review_app = typer.Typer(
    help="Ask people about the postings whose answer matters most, and keep what they say.",
    no_args_is_help=True,
)


def _quarter(text: str | None) -> str | None:
    """Refuse a malformed quarter as any other misuse of the command is refused."""
    try:
        return text and str(parse_quarter(text))
    except InputError as error:
        raise typer.BadParameter(str(error)) from error


@review_app.command("export")
def export_command(
    source: Annotated[Path, typer.Argument(metavar="POSTINGS", help="File or folder of postings")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Workbook to write, .xlsx")],
    config: Annotated[
        Path | None, typer.Option(help="Configuration file: own titles, area, sources")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, max=10_000, help="Texts to review")] = 200,
    quarter: Annotated[
        str | None, typer.Option(callback=_quarter, help="Ask about postings of this quarter only")
    ] = None,
    reviews: Annotated[
        Path | None, typer.Option(help="Store of reviews: what it holds is not asked again")
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Ask about postings outside Chongqing too")
    ] = False,
) -> None:
    """Write a workbook of the postings whose answer matters most: unsure × openings."""
    with show_progress(messages) as progress:
        result = export_reviews(
            source,
            out,
            ReviewParameters(rows=rows, quarter=quarter),
            configuration=read_configuration(config) if config else None,
            reviews=reviews,
            inside_only=False if everywhere else None,
            progress=progress,
        )
    messages.print(
        f"{result.rows:,} texts are written to [bold]{out}[/bold]: "
        f"{result.openings:,.0f} of {result.of_openings:,.0f} openings, "
        f"{result.misallocated_openings:,.0f} of the {result.of_misallocated_openings:,.0f} "
        "expected in the wrong place"
    )
    report_left_out(result.rejected)


@review_app.command("import")
def import_command(
    workbook: Annotated[Path, typer.Argument(metavar="FILE", help="Filled-in workbook")],
    reviews: Annotated[Path, typer.Option(help="Store of reviews: a folder of your own")],
) -> None:
    """Take the answers of a workbook into the store, as its next version."""
    result = import_reviews(workbook, reviews)
    messages.print(
        f"{result.rows:,} answers are written to [bold]{reviews}[/bold] as version "
        f"{result.version:04d}; {result.unchanged:,} were held already, "
        f"{result.unanswered:,} rows have none yet"
    )
    report_left_out(result.rejected)
