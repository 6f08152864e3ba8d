"""The quarterly run: from the files that a configuration names to a release folder."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from data.contract import Column, Contract
from data.manifest import hash_file
from data.quarters import parse_quarter, shift_quarter
from data.readers import posting_files, read_postings, read_table
from data.reference import reference_table
from data.tables import OCCUPATION_PATTERN, TEXT
from nlp.coder import Coder, load_weights, model_files
from nlp.coding_result import CodingParameters
from nlp.corpus import Corpus, code_corpus
from nlp.prepare import PreparationParameters

from .build import build_draft
from .configuration import Configuration, collection_day
from .inputs import Inputs, previous_grades, read_inputs
from .progress import TellProgress, tell_series
from .publish import publish, require_free
from .quality import require_gates
from .recomputation import compare_with_last_issue
from .releases import latest_release_before, read_grades
from .supply import code_courses

QUARTERS_READ = 8
VERSION_DIGITS = 12
TITLES = Contract(
    "titles",
    (
        Column("term", TEXT, "job title, normalised"),
        Column("occupation_code", TEXT, "occupation it means", pattern=OCCUPATION_PATTERN),
        Column("kind", TEXT, "kind of term", admitted=("title", "variant", "duty")),
        Column("also_right", TEXT, "further codes joined by |", nullable=True),
    ),
    key=("term", "kind"),
)
Progress = Callable[[str, int], None]


def run(
    configuration: Configuration,
    quarter: str,
    parent: Path,
    *,
    replace_draft: bool = False,
    progress: TellProgress | None = None,
) -> Path:
    """Read, code, forecast, rank and publish the draft of one quarter.

    Parameters
    ----------
    configuration : Configuration
    quarter : str
        Quarter of the issue, such as ``2026Q4``.
    parent : pathlib.Path
        Folder of the releases; the latest earlier one in it gives the grades of the last issue,
        else the list named under ``inputs.previous`` does.
    replace_draft : bool
        Allow to replace a draft of the same quarter; a published release never is.
    progress : callable, optional
        Called with the step, the rows or series done in it, and the name of a series.

    Returns
    -------
    pathlib.Path
        The release folder.

    Raises
    ------
    InputError, ConfigurationError, GateError
        Nothing is written then.
    """
    parse_quarter(quarter)
    require_free(parent / quarter, replace_draft=replace_draft)
    inputs = read_inputs(configuration.inputs, quarter)
    coder = load_coder(configuration)
    corpus = read_corpus(configuration, quarter, coder, progress)
    last_issue = latest_release_before(parent, quarter)
    courses = code_courses(inputs.courses, coder)
    versions = method_versions(configuration)
    draft = build_draft(
        corpus,
        inputs,
        configuration,
        quarter,
        _previous(last_issue, inputs, quarter),
        courses,
        on_series=tell_series(progress),
    )
    require_gates(draft.quality)
    return publish(
        compare_with_last_issue(draft, last_issue, corpus, configuration, versions, courses),
        parent,
        inputs=input_files(configuration),
        versions=versions,
        previous=last_issue,
        replace_draft=replace_draft,
    )


def load_coder(configuration: Configuration) -> Coder:
    """The coder with the user's own titles."""
    path = configuration.inputs.titles
    own = own_titles(Path(path) if path else None)
    model = configuration.inputs.coder
    return Coder.load(
        own, CodingParameters(**configuration.coding.model_dump()), Path(model) if model else None
    )


def own_titles(path: Path | None) -> pd.DataFrame | None:
    """A user's rows of the lexicon.

    Raises
    ------
    ContractError
        When a row breaks the contract: a title that is not used must not go unnoticed.
    """
    if path is None:
        return None
    rows = TITLES.check(pd.concat(read_table(path, TITLES)))
    return rows.assign(also_right=rows["also_right"].fillna(""))


def read_corpus(
    configuration: Configuration, quarter: str, coder: Coder, progress: Progress | None = None
) -> Corpus:
    """Read, prepare, collapse and code the postings of the last eight quarters."""
    section = configuration.inputs
    preparation = PreparationParameters(
        first_quarter=shift_quarter(quarter, 1 - QUARTERS_READ),
        last_quarter=quarter,
        inside_only=configuration.area.postings == "inside",
        collected_on=collection_day(configuration),
    )
    batches = read_postings(section.postings, sources=section.postings_sources or None)
    return code_corpus(batches, preparation, coder, progress)


def input_files(configuration: Configuration) -> list[Path]:
    """Every file that a run reads, the postings first."""
    section = configuration.inputs
    named = [section.demand, section.seekers, section.supply, section.evidence, section.previous,
             section.corrections, section.titles, section.local_items,
             section.replacement_rates, section.employment_growth]  # fmt: skip
    coder = model_files(Path(section.coder)) if section.coder else []
    return [*posting_files(section.postings), *(Path(name) for name in named if name), *coder]


def method_versions(configuration: Configuration | None = None) -> dict[str, str]:
    """What the figures depend on besides program and configured values, by hashes.

    Parameters
    ----------
    configuration : Configuration, optional
        Names the user's own titles and coder, if any.

    Returns
    -------
    dict of str to str
        ``coder`` and ``taxonomy``; ``titles`` and ``model`` only where there are such.
    """
    coder = load_weights()["training"]
    versions = {
        "coder": f"{coder['labels_sha256'][:VERSION_DIGITS]}-"
        f"{coder['lexicon_sha256'][:VERSION_DIGITS]}",
        "taxonomy": reference_table("occupations").sidecar.sha256[:VERSION_DIGITS],
    }
    titles = configuration.inputs.titles if configuration else None
    if titles:
        versions["titles"] = hash_file(titles)[:VERSION_DIGITS]
    if configuration and configuration.inputs.coder:
        versions["model"] = model_version(Path(configuration.inputs.coder))
    return versions


def model_version(folder: Path) -> str:
    """Version of a coder of the user's own: the hash of its files."""
    hashes = "".join(hash_file(path) for path in model_files(folder))
    return hashlib.sha256(hashes.encode()).hexdigest()[:VERSION_DIGITS]


def _previous(last_issue: Path | None, inputs: Inputs, quarter: str) -> pd.Series:
    if last_issue is not None:
        return read_grades(last_issue)
    return previous_grades(inputs.previous, quarter)
