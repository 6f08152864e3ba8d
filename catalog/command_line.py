"""The command `jinque`: the stages on files, for clerks and scripts.

Messages for people go to standard error, results to files or standard output.  Exit codes:
0 done, 2 usage or configuration, 3 input, 4 a gate withheld the release, 5 a fault of ours.
"""

import sys
import traceback
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from data.errors import ConfigurationError, InputError, InternalError, JinqueError
from data.quarters import parse_quarter

from . import coding_commands, nowcast_command, stages
from .configuration import read_configuration
from .diff import diff_releases, render_diff
from .messages import messages, report_left_out
from .progress import show_progress
from .review_commands import review_app
from .run import run as run_job
from .verify import verify_release

HELP = """紧缺: which occupations a city will be short of, and the catalog that decides what
training is paid for. Start with `jinque sample --out sample` and
`jinque run --config jinque.toml --quarter 2026Q4 --out releases`."""

app = typer.Typer(
    help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)

InputFile = Annotated[Path, typer.Argument(help="csv, xlsx or parquet; for postings also a folder")]
OutputFile = Annotated[Path, typer.Argument(help="csv or parquet, by its ending")]


def _quarter(text: str | None) -> str | None:
    """Refuse a malformed quarter as any other misuse of the command is refused."""
    try:
        return text and str(parse_quarter(text))
    except InputError as error:
        raise typer.BadParameter(str(error)) from error


@app.command()
def run(
    config: Annotated[Path, typer.Option(help="Configuration file; see jinque.toml")],
    quarter: Annotated[
        str, typer.Option(callback=_quarter, help="Quarter of the issue, such as 2026Q4")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the releases")],
    replace_draft: Annotated[
        bool, typer.Option("--replace-draft", help="Replace a draft of the same quarter")
    ] = False,
) -> None:
    """Make the draft catalog of a quarter: read, code, forecast, rank, publish."""
    configuration = read_configuration(config)
    with show_progress(messages) as progress:
        folder = run_job(
            configuration, quarter, out, replace_draft=replace_draft, progress=progress
        )
    messages.print(f"[bold]{folder}[/bold] is written; open {folder / 'catalog.html'}")


@app.command()
def sample(
    out: Annotated[Path, typer.Option(help="Folder to write")],
    seed: Annotated[int, typer.Option(help="Seed of all random numbers")] = 1,
    quarter: Annotated[
        str, typer.Option(callback=_quarter, help="Last quarter of the sample")
    ] = "2026Q4",
    postings: Annotated[int, typer.Option(help="Postings of the last quarter")] = 6000,
    quarters: Annotated[
        int | None,
        typer.Option(help="Simulate a whole labour market with known truth, so many quarters long"),
    ] = None,
) -> None:
    """Write invented input files: a small sample for a first run, or with --quarters a market."""
    with show_progress(messages) as progress:
        files = stages.write_sample_files(
            out, seed=seed, quarter=quarter, postings=postings, quarters=quarters, progress=progress
        )
    messages.print(f"{len(files)} files of invented data are written to [bold]{out}[/bold]")


@app.command()
def code(
    source: InputFile,
    out: OutputFile,
    top: Annotated[int, typer.Option(min=1, max=20, help="Alternatives for each posting")] = 5,
    titles: Annotated[Path | None, typer.Option(help="Further job titles of one's own")] = None,
) -> None:
    """Code postings to the occupations of the 大典 2022, one row a posting."""
    with show_progress(messages) as progress:
        result = stages.code_file(source, out, alternatives=top, titles=titles, progress=progress)
    _report(result, out)


@app.command()
def tabulate(
    source: InputFile,
    out: OutputFile,
    quarter: Annotated[
        str | None,
        typer.Option(callback=_quarter, help="Last quarter that counts; default: the latest found"),
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Count postings outside Chongqing too")
    ] = False,
) -> None:
    """Count openings by quarter, occupation, industry and district."""
    with show_progress(messages) as progress:
        result = stages.tabulate_file(
            source, out, quarter=quarter, inside_only=not everywhere, progress=progress
        )
    _report(result, out)


@app.command()
def forecast(
    source: InputFile,
    out: OutputFile,
    horizon: Annotated[int, typer.Option(min=1, max=120, help="Periods ahead")],
    levels: Annotated[str, typer.Option(help="Coverage of the intervals, per cent")] = "80,95",
    season: Annotated[
        int | None, typer.Option(min=1, max=53, help="Periods of a season; default by the periods")
    ] = None,
    calendar: Annotated[
        Literal["chinese", "none"],
        typer.Option(help="chinese: take out Spring Festival and working days where worth it"),
    ] = "none",
    allow_negative: Annotated[
        bool, typer.Option("--allow-negative", help="Values may fall below zero, as balances do")
    ] = False,
    corrections: Annotated[
        Path | None, typer.Option(help="Known errors and changes of source, of the table demand")
    ] = None,
    models: Annotated[
        Path | None, typer.Option(help="Also write which models were tried, csv or parquet")
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Folder that keeps each series' forecast for the next time")
    ] = None,
    processes: Annotated[
        int, typer.Option(min=0, max=256, help="Processes to share the series; 0 = one a core")
    ] = 1,
) -> None:
    """Forecast series: columns series_id, period, value and any group columns."""
    with show_progress(messages) as progress:
        result = stages.forecast_file(
            source,
            out,
            horizon=horizon,
            levels=levels,
            season=season,
            calendar=calendar,
            non_negative=not allow_negative,
            files=stages.ForecastFiles(models, corrections, cache),
            processes=processes,
            progress=progress,
        )
    for said in result.remarks:
        messages.print(said, markup=False)
    _report(result, out)


@app.command()
def rank(
    panel: Annotated[Path, typer.Argument(help="Panel as `jinque tabulate` writes it")],
    out: OutputFile,
    config: Annotated[Path, typer.Option(help="Configuration file: inputs, weights and bounds")],
    quarter: Annotated[str, typer.Option(callback=_quarter, help="Quarter to rank, as 2026Q4")],
) -> None:
    """Rank and grade occupations from a panel, without publishing anything."""
    with show_progress(messages) as progress:
        result = stages.rank_file(
            panel, out, configuration=read_configuration(config), quarter=quarter, progress=progress
        )
    _report(result, out)


@app.command()
def diff(
    a: Annotated[Path, typer.Argument(help="Release folder of the earlier issue")],
    b: Annotated[Path, typer.Argument(help="Release folder of the later issue")],
) -> None:
    """Say what changed between two releases, and why."""
    sys.stdout.write(render_diff(diff_releases(a, b)))


@app.command()
def verify(
    release: Annotated[Path, typer.Argument(help="Release folder")],
    previous: Annotated[
        Path | None, typer.Option(help="Release before it, to check the chain")
    ] = None,
) -> None:
    """Check that a release is whole, unchanged and consistent."""
    report = verify_release(release, previous=previous)
    report.require()
    messages.print(f"[bold]{release}[/bold] is whole and consistent")


app.command()(nowcast_command.nowcast)
app.command()(coding_commands.evaluate)
app.command()(coding_commands.train)
app.add_typer(review_app, name="review")


def _report(result: stages.StageResult, out: Path) -> None:
    messages.print(f"{result.rows:,} rows are written to [bold]{out}[/bold]")
    report_left_out(result.rejected)


def main() -> None:
    """Run the command; turn errors into one message and an exit code."""
    try:
        app(standalone_mode=True)
    except JinqueError as error:
        messages.print(f"jinque: {error}", style="red", markup=False)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno is None:
            _report_fault()
        where = f" ('{error.filename}')" if error.filename else ""
        messages.print(
            f"jinque: the system refused{where}: {error.strerror}; "
            "check the path, its rights and the room on the disk",
            style="red",
            markup=False,
        )
        sys.exit(ConfigurationError.exit_code)
    except Exception:
        _report_fault()


def _report_fault() -> NoReturn:
    messages.print(traceback.format_exc(), markup=False)
    messages.print("jinque: a fault of ours; please report the lines above", style="red")
    sys.exit(InternalError.exit_code)
