"""Stage of the command `jinque evaluate`: how well a labelled file is coded."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.contract import REASON, Column, Contract, Split
from data.errors import ConfigurationError, EmptyInputError, UnknownColumnsError
from data.readers import read_postings, read_table
from data.reference import load_occupations, reference_table
from data.tables import NUMBER, OCCUPATION_PATTERN, TEXT
from nlp.baselines import BASELINES, code_by
from nlp.coder import Coder
from nlp.evaluate import Evaluation, EvaluationParameters, evaluate
from nlp.judge import ALTERNATIVE_COLUMNS, NO_CODE
from nlp.lexicon import Lexicon
from nlp.prepare import clean_texts

from .charts.coding_evaluation import draw_coding_evaluation
from .charts.style import svg_bytes
from .formats.csv import neutral_text
from .run import method_versions

CODER = "coder"
DECIMALS = 4
CODE_COLUMNS = ("occupation_code", *ALTERNATIVE_COLUMNS)
LABELLED_POSTINGS = Contract(
    "labelled postings",
    (
        Column("posting_id", TEXT, "identifier of the advertisement"),
        Column(
            "occupation_code",
            TEXT,
            "deepest sure code; X or missing = nothing can be said",
            nullable=True,
            pattern=f"{OCCUPATION_PATTERN}|{NO_CODE}",
        ),
        *(
            Column(name, TEXT, "further right code", nullable=True, pattern=OCCUPATION_PATTERN)
            for name in ALTERNATIVE_COLUMNS
        ),
        Column("source", TEXT, "board or register", nullable=True),
        Column("openings", NUMBER, "persons wanted; missing = one", nullable=True, minimum=0),
    ),
    key=("posting_id",),
)
Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class EvaluatedFile:
    """What is known of the coding of a labelled file.

    Parameters
    ----------
    methods : dict of str to nlp.evaluate.Evaluation
        The coder under the name ``coder``, then the baselines.
    coder_version : str
        Hashes of what the coder was fitted to.
    postings : int
        Postings that were judged.
    fitted : int
        Those of them that the product ships as examples to compare with: on these the coder
        has seen the answer.
    rejected : dict of str to int
        Rows left out, by reason.
    """

    methods: Mapping[str, Evaluation]
    coder_version: str
    postings: int
    fitted: int
    rejected: Mapping[str, int]

    @property
    def measures(self) -> pd.DataFrame:
        """Measures of all methods: ``method``, then as in `nlp.evaluate.Evaluation`."""
        tables = [
            each.measures.assign(method=name)[["method", *each.measures.columns]]
            for name, each in self.methods.items()
        ]
        return pd.concat(tables, ignore_index=True)

    @property
    def side_by_side(self) -> pd.DataFrame:
        """The values alone: one row a method, ``postings`` and one column a measure."""
        values = {
            name: each.measures.set_index("measure")["value"] for name, each in self.methods.items()
        }
        table = pd.DataFrame(values).T.rename_axis("method").rename_axis(None, axis="columns")
        table.insert(0, "postings", self.postings)
        return table


def evaluate_file(
    source: Path,
    *,
    postings: Path | None = None,
    out: Path | None = None,
    baselines: bool = True,
    parameters: EvaluationParameters | None = None,
    progress: Progress | None = None,
) -> EvaluatedFile:
    """Code the postings of a labelled file, by the coder and by the baselines, and judge them.

    Parameters
    ----------
    source : pathlib.Path
        csv, xlsx or parquet file in the contract `LABELLED_POSTINGS`.
    postings : pathlib.Path, optional
        File or folder with the texts; by default they stand in ``source``.
    out : pathlib.Path, optional
        Folder for the tables and pictures: codes, names and figures, no text of a posting.
    baselines : bool
        Whether to code by the three baselines too, which takes a minute.
    parameters : EvaluationParameters, optional
    progress : callable, optional
        Called with the step and the rows done in it.

    Raises
    ------
    InputError
        When labels or postings cannot be used, or none of the labels has a posting.
    ConfigurationError
        When ``out`` is a file.
    """
    if out is not None and out.exists() and not out.is_dir():
        raise ConfigurationError(f"'{out}' is a file", expected="a folder to write into")
    labels, rejected = _read_labels(source)
    texts = _read_texts(source, postings, set(labels["posting_id"]), progress)
    labels, without_text = _with_posting(labels, texts)
    results = {CODER: Coder.load().code(texts)}
    for name, baseline in BASELINES.items() if baselines else ():
        if progress:
            progress(f"coding by {name}", len(texts))
        results[name] = code_by(baseline, texts, Lexicon.load())
    fitted = set(reference_table("hand_codes").frame()["posting_id"])
    evaluated = EvaluatedFile(
        {name: evaluate(result, labels, parameters) for name, result in results.items()},
        method_versions()["coder"],
        len(labels),
        int(labels["posting_id"].isin(fitted).sum()),
        _counts([*rejected[REASON], *without_text[REASON]]),
    )
    if out is not None:
        _write(out, {**_tables(evaluated), **_pictures(evaluated)})
    return evaluated


def _read_labels(source: Path) -> Split[pd.DataFrame]:
    """Labels in their contract; those with a code that the 大典 does not have are rejected."""
    labels, rejected = read_table(source, LABELLED_POSTINGS)
    known = {*load_occupations().groups, NO_CODE}
    reasons = pd.Series(None, index=labels.index, dtype="str")
    for name in CODE_COLUMNS:
        unknown = labels[name].notna() & ~labels[name].isin(known)
        reasons = reasons.fillna(
            (f"{name}: " + labels[name] + " is not in the 大典").where(unknown)
        )
    return Split(
        labels[reasons.isna()].reset_index(drop=True),
        pd.concat([rejected, labels.assign(**{REASON: reasons})[reasons.notna()]]),
    )


def _read_texts(
    source: Path, postings: Path | None, wanted: set[str], progress: Progress | None
) -> pd.DataFrame:
    """Cleaned texts of the wanted postings, each once, as coding a file takes them."""
    identifiers = pa.array(sorted(wanted), pa.string())
    found, done = [], 0
    try:
        for batch in read_postings(postings or source):
            rows = batch.valid.filter(pc.is_in(batch.valid["posting_id"], identifiers))
            found.append(rows.to_pandas())
            done += len(batch.valid)
            if progress:
                progress("prepare", done)
    except UnknownColumnsError as error:
        if postings is not None:
            raise
        raise UnknownColumnsError(
            f"'{source.name}' holds labels without the texts of their postings",
            expected="a column title/职位名称 or description/职位描述",
            action="name the file of the postings with --postings",
        ) from error
    rows = pd.concat(found, ignore_index=True)
    return clean_texts(rows.drop_duplicates("posting_id", ignore_index=True))


def _with_posting(labels: pd.DataFrame, texts: pd.DataFrame) -> Split[pd.DataFrame]:
    has_posting = labels["posting_id"].isin(texts["posting_id"])
    if not has_posting.any():
        raise EmptyInputError(
            f"none of {len(labels)} usable labels has a posting",
            action="check that both name postings by the same posting_id",
        )
    reason = "no readable posting has this posting_id"
    return Split(labels[has_posting], labels[~has_posting].assign(**{REASON: reason}))


def _tables(evaluated: EvaluatedFile) -> dict[str, bytes]:
    coder = evaluated.methods[CODER]
    tables = {
        "measures": evaluated.measures,
        "by_source": coder.by_source.assign(source=coder.by_source["source"].map(neutral_text)),
        "by_major_group": coder.by_major_group,
        "precision_by_coverage": coder.precision_by_coverage,
        "reliability": coder.reliability,
        "worst_pairs": coder.worst_pairs,
    }
    # With a byte-order mark, so that spreadsheet programs read the Chinese names.
    return {
        f"{name}.csv": table.round(DECIMALS).to_csv(index=False).encode("utf-8-sig")
        for name, table in tables.items()
    }


def _pictures(evaluated: EvaluatedFile) -> dict[str, bytes]:
    note = f"人工编码的岗位{evaluated.postings:,}条；编码器版本{evaluated.coder_version}"
    figures = draw_coding_evaluation(evaluated.methods[CODER], source=note)
    return {f"{name}.svg": svg_bytes(figure) for name, figure in figures.items()}


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files into the folder, none of them before all could be written."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=folder) as partial:
        for name, content in files.items():
            (Path(partial) / name).write_bytes(content)
        for name in files:
            (Path(partial) / name).replace(folder / name)


def _counts(reasons: list[str]) -> dict[str, int]:
    counts = pd.Series(reasons, dtype="str").value_counts()
    return {str(reason): int(count) for reason, count in counts.items()}
