"""The stages of the run on files, one function a command."""

import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from data.contract import REASON
from data.errors import ConfigurationError, EmptyInputError
from data.readers import posting_files, read_postings, read_table, with_other_columns
from data.sample import write_sample
from data.tables import CODED_POSTINGS, CORRECTIONS, PANEL, SERIES
from data.world import WorldParameters, write_world
from forecasting import ForecastParameters
from forecasting import forecast as forecast_series
from nlp.coder import Coder
from nlp.coding_result import CodingParameters
from nlp.corpus import code_corpus
from nlp.prepare import PreparationParameters, clean_texts
from nlp.tabulate import openings_from_panel

from .build import rank_occupations
from .configuration import Configuration, processes_used
from .formats.csv import neutral_text
from .inputs import apply_corrections, previous_grades, read_inputs
from .outlook import CALENDARS
from .progress import TellProgress, tell_series
from .run import load_coder, own_titles
from .supply import code_courses

FORMATS = (".csv", ".parquet")
NAMED_AT_MOST = 5
EARLIEST_QUARTER = "1995Q1"
LATEST_QUARTER = "2099Q4"
Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class StageResult:
    """Rows written, rows left out by reason, and what was said of corrections and calendar."""

    rows: int
    rejected: dict[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def write_sample_files(
    out: Path,
    *,
    seed: int,
    quarter: str,
    postings: int,
    quarters: int | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Write the built-in sample, or a simulated labour market where quarters are given."""
    if quarters is None:
        return write_sample(out, seed=seed, quarter=quarter, postings=postings)
    parameters = WorldParameters(seed=seed, quarters=quarters, last_quarter=quarter)
    return write_world(out, parameters, postings=postings, progress=progress)


def code_file(
    source: Path,
    out: Path,
    *,
    alternatives: int,
    titles: Path | None = None,
    progress: Progress | None = None,
) -> StageResult:
    """Code the postings of a file or folder; the columns are those of `CODED_POSTINGS`."""
    require_format(out)
    require_apart([out], inputs=[*posting_files(source), titles])
    coder = Coder.load(own_titles(titles), CodingParameters(alternatives=alternatives))
    coded, rejected = [CODED_POSTINGS.empty()], []
    done = 0
    for batch in read_postings(source):
        texts = clean_texts(batch.valid.to_pandas())
        coded.append(coder.code(texts).coded)
        rejected += batch.rejected[REASON].to_pylist()
        done += len(texts)
        if progress:
            progress("code", done)
    table = pd.concat(coded[1:] or coded, ignore_index=True)
    return write_result(table, out, rejected)


def tabulate_file(
    source: Path,
    out: Path,
    *,
    quarter: str | None,
    inside_only: bool,
    progress: Progress | None = None,
) -> StageResult:
    """Tabulate the postings of a file or folder into the panel."""
    require_format(out)
    require_apart([out], inputs=posting_files(source))
    preparation = PreparationParameters(
        EARLIEST_QUARTER, quarter or LATEST_QUARTER, inside_only=inside_only
    )
    corpus = code_corpus(
        read_postings(source), preparation, Coder.load(), progress, require_last=quarter is not None
    )
    return write_result(corpus.panel, out, corpus.rejected["kind"].tolist())


@dataclass(frozen=True)
class ForecastFiles:
    """Files and folders beside the input and the output of `forecast_file`.

    Parameters
    ----------
    models : pathlib.Path, optional
        Where to write the table of models tried: csv or parquet.
    corrections : pathlib.Path, optional
        Known errors and changes of source; records of the table ``demand`` are applied.
    cache : pathlib.Path, optional
        Folder where the forecast of each series is kept.
    """

    models: Path | None = None
    corrections: Path | None = None
    cache: Path | None = None


def forecast_file(
    source: Path,
    out: Path,
    *,
    horizon: int,
    levels: str,
    season: int | None,
    calendar: str = "none",
    non_negative: bool = True,
    files: ForecastFiles | None = None,
    processes: int = 1,
    progress: TellProgress | None = None,
) -> StageResult:
    """Forecast the series of a file; group columns are carried over.

    A series with a row that cannot be used is left out whole, as by `forecasting.forecast`.
    ``calendar`` is a key of `catalog.outlook.CALENDARS`: what the series are declared to follow.
    ``processes`` of 0 stands for as many as there are cores.
    """
    files = files or ForecastFiles()
    outs = [out, *([files.models] if files.models else [])]
    require_format(*outs)
    require_apart(outs, inputs=[source, files.corrections])
    parameters = ForecastParameters(
        levels=read_levels(levels),
        season_length=season,
        non_negative=non_negative,
        calendar=CALENDARS[calendar],
    )
    series = read_table(source, with_other_columns(source, SERIES, required=["value"]))
    broken = _broken_series(series.rejected)
    corrections = read_corrections(files.corrections) if files.corrections else CORRECTIONS.empty()
    values, applied = correct_values(series.valid, corrections)
    result = forecast_series(
        values[~values["series_id"].isin(broken["series_id"])],
        horizon,
        parameters,
        on_series=tell_series(progress),
        corrections=corrections,
        cache=files.cache,
        processes=processes_used(processes),
    )
    if files.models:
        write_result(result.models, files.models, [])
    rows = pd.concat([part["series_id"].fillna("") for part in series]).value_counts()
    return replace(
        write_result(result.forecasts, out, []),
        rejected=_rows_left_out(pd.concat([broken, result.rejected]), rows),
        remarks=(*applied, *_remarks(result.notes)),
    )


def _broken_series(rejected: pd.DataFrame) -> pd.DataFrame:
    """``series_id, reason`` of each series that has a row which cannot be used."""
    reasons = [
        (name, f"{len(rows)} rows cannot be used; first: {rows.iloc[0]}")
        for name, rows in rejected[REASON].groupby(rejected["series_id"].fillna(""))
    ]
    return pd.DataFrame(reasons, columns=["series_id", REASON], dtype="str")


def _rows_left_out(rejected: pd.DataFrame, rows: pd.Series) -> dict[str, int]:
    """Rows of the series that are not forecast, by names and reason."""
    counts = {}
    for reason, names in rejected.groupby(REASON)["series_id"]:
        shown = [name or "no name" for name in names[:NAMED_AT_MOST]]
        more = ", …" if len(names) > NAMED_AT_MOST else ""
        said = str(reason).replace("non_negative=False", "--allow-negative")
        counts[f"{', '.join(shown)}{more}: {said}"] = int(rows[names].sum())
    return counts


def _remarks(notes: pd.DataFrame) -> list[str]:
    """What was declared of each series, and in how many the calendar was worth taking out."""
    declared = notes[notes["note"].str.startswith("declared ")]
    remarks = (declared["series_id"] + ": " + declared["note"]).tolist()
    taken, left = (
        notes["note"].str.startswith(f"calendar {what}").sum() for what in ("taken", "left")
    )
    if taken + left:
        remarks.append(f"calendar taken out of {taken} series, left in {left}")
    return remarks


def read_corrections(path: Path) -> pd.DataFrame:
    """Records of a corrections file.

    Raises
    ------
    ContractError
        When a row breaks the contract: a correction that is not applied must not go unnoticed.
    """
    return CORRECTIONS.check(pd.concat(read_table(path, CORRECTIONS, may_be_empty=True)))


def correct_values(
    series: pd.DataFrame, corrections: pd.DataFrame
) -> tuple[pd.DataFrame, list[str]]:
    """Replace the values of contract SERIES that are known to be wrong, and say so."""
    wrong = corrections[corrections["what"] == "wrong_value"]
    names = {"period": "quarter", "value": "openings"}
    corrected, applied = apply_corrections(series.rename(columns=names), wrong, column="series_id")
    return corrected.rename(columns={new: old for old, new in names.items()}), applied


def rank_file(
    panel: Path,
    out: Path,
    *,
    configuration: Configuration,
    quarter: str,
    progress: TellProgress | None = None,
) -> StageResult:
    """Rank the occupations of a panel with the inputs that the configuration names.

    A panel holds no single postings: intervals rest on its cells as if each were one employer's,
    and days open are not known.
    """
    require_format(out)
    require_apart([out], inputs=[panel])
    cells, rejected = read_table(panel, PANEL)
    if quarter not in set(cells["quarter"]):
        raise EmptyInputError(
            f"the panel has no openings of {quarter}",
            got=", ".join(sorted(set(cells["quarter"]))),
            action="name a quarter of the panel",
        )
    inputs = read_inputs(configuration.inputs, quarter)
    courses = inputs.courses
    coded = code_courses(courses, load_coder(configuration)) if len(courses) else courses
    ranking = rank_occupations(
        openings_from_panel(cells),
        cells,
        inputs,
        configuration,
        quarter,
        previous_grades(inputs.previous, quarter),
        coded,
        tell_series(progress),
    )
    return write_result(ranking.table, out, list(rejected[REASON]))


def read_levels(text: str) -> tuple[int, ...]:
    """Levels of an option, as in ``80,95``."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise ConfigurationError(
            "--levels", got=f"'{text}'", expected="whole per cents such as 80,95"
        ) from error


def require_format(*outs: Path) -> None:
    """Refuse outputs of another format than those that are written."""
    for out in outs:
        if out.suffix.lower() not in FORMATS:
            raise ConfigurationError(
                "the ending of the output file", got=f"'{out.name}'", expected=" or ".join(FORMATS)
            )


def require_apart(outs: list[Path], *, inputs: Iterable[Path | None]) -> None:
    """Refuse to write one output over another, or over an input."""
    written = {out.resolve() for out in outs}
    if len(written) < len(outs):
        raise ConfigurationError("one file cannot hold two tables", got=f"'{outs[0]}' twice")
    if overwritten := written & {path.resolve() for path in inputs if path}:
        raise ConfigurationError(
            "an output would be written over an input",
            which=sorted(overwritten),
            action="name another output file",
        )


def write_result(table: pd.DataFrame, out: Path, reasons: list[str]) -> StageResult:
    """Write a table whole or not at all; a csv file without what would pass for a formula."""
    is_csv = out.suffix.lower() == ".csv"
    out.parent.mkdir(parents=True, exist_ok=True)
    arrow = pa.Table.from_pandas(_neutral(table) if is_csv else table, preserve_index=False)
    handle, partial = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
    os.close(handle)
    try:
        if is_csv:
            pa_csv.write_csv(arrow, partial)
        else:
            pq.write_table(arrow, partial)
        Path(partial).chmod(0o644)
        Path(partial).replace(out)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
    counts = pd.Series(reasons, dtype="str").value_counts()
    return StageResult(len(table), {str(k): int(v) for k, v in counts.items()})


def _neutral(table: pd.DataFrame) -> pd.DataFrame:
    """Take formulas out of texts and headers; a number below zero stays one."""
    texts: pd.DataFrame = table.select_dtypes("str")
    are_numbers = texts.apply(pd.to_numeric, errors="coerce").notna()
    neutral = texts.map(neutral_text, na_action="ignore")
    return table.assign(**texts.where(are_numbers, neutral)).rename(columns=neutral_text)
