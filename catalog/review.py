"""The stages of the review loop on files: out to the reviewers, and back into the store."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from data.contract import REASON
from data.errors import EmptyInputError
from data.manifest import hash_file
from data.quarters import shift_quarter
from data.readers import read_postings
from nlp.corpus import collapse_corpus
from nlp.prepare import KIND, PreparationParameters
from nlp.review import ReviewParameters, choose_for_review
from nlp.review_store import add_reviews, read_reviews

from .configuration import Configuration, InputsSection, collection_day
from .review_answers import read_answers
from .review_workbook import write_review_workbook
from .run import QUARTERS_READ, load_coder, method_versions
from .stages import EARLIEST_QUARTER, LATEST_QUARTER

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class ExportedReview:
    """Rows of the workbook, their openings, and postings left out by reason.

    Parameters
    ----------
    rows : int
        Texts to review.
    openings, misallocated_openings : float
        Persons wanted in them, and how many of these are expected to be in the wrong place.
    of_openings, of_misallocated_openings : float
        The same of all postings that could have been asked about.
    rejected : dict of str to int
    """

    rows: int
    openings: float
    misallocated_openings: float
    of_openings: float
    of_misallocated_openings: float
    rejected: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportedReview:
    """Version written and answers in it, answers held already, rows without one, rows rejected."""

    version: int
    rows: int
    unchanged: int
    unanswered: int
    rejected: dict[str, int] = field(default_factory=dict)


def export_reviews(
    source: Path,
    out: Path,
    parameters: ReviewParameters,
    *,
    configuration: Configuration | None = None,
    reviews: Path | None = None,
    inside_only: bool | None = None,
    progress: Progress | None = None,
) -> ExportedReview:
    """Write the workbook of the postings whose answer matters most.

    Parameters
    ----------
    source : pathlib.Path
        File or folder of postings.
    out : pathlib.Path
        Workbook to write; must not be there.
    parameters : ReviewParameters
    configuration : Configuration, optional
        Coder and area of the quarterly run; its postings are not read.
    reviews : pathlib.Path, optional
        Store of reviews: what it holds is not asked about again.
    inside_only : bool, optional
        Whether only postings of Chongqing count; by default as configured.
    progress : callable, optional

    Raises
    ------
    EmptyInputError
        When no posting is left to review.
    """
    written = configuration or Configuration(inputs=InputsSection(postings=str(source)))
    section = written.coding.model_copy(update={"alternatives": parameters.alternatives})
    coder = load_coder(written.model_copy(update={"coding": section}))
    reviewed = read_reviews(reviews) if reviews else None
    inside = written.area.postings == "inside" if inside_only is None else inside_only
    collapsed = collapse_corpus(
        read_postings(source, sources=written.inputs.postings_sources or None),
        _preparation(written, parameters.quarter, inside_only=inside),
        progress,
        require_last=parameters.quarter is not None,
    )
    coded = coder.code(collapsed.vacancies).coded
    if progress:
        progress("code", len(coded))
    chosen = choose_for_review(collapsed.vacancies, coded, parameters, reviewed)
    if chosen.empty:
        raise EmptyInputError(
            "no posting is left to review",
            got=f"{len(collapsed.vacancies):,} postings, all of them reviewed",
            action="there is nothing to do",
        )
    everything = ReviewParameters(len(coded), len(coded), 1, parameters.quarter)
    all_texts = choose_for_review(collapsed.vacancies, coded, everything, reviewed)
    write_review_workbook(chosen, out, method_versions(written))
    return ExportedReview(
        len(chosen),
        float(chosen["openings"].sum()),
        float(chosen["misallocated_openings"].sum()),
        float(all_texts["openings"].sum()),
        float(all_texts["misallocated_openings"].sum()),
        _counts(collapsed.rejected[KIND].tolist()),
    )


def import_reviews(workbook: Path, folder: Path) -> ImportedReview:
    """Add the answers of a filled-in workbook to the store as its next version.

    Parameters
    ----------
    workbook : pathlib.Path
    folder : pathlib.Path
        Store of reviews; made when missing.

    Raises
    ------
    InputError
        When the file is no review workbook, holds no sound answer, or no new one.
    """
    answers = read_answers(workbook)
    reasons = _counts(answers.rejected[REASON].tolist())
    if answers.reviews.empty:
        raise EmptyInputError(
            f"'{workbook.name}' holds no answer that can be taken",
            which=[f"{count} × {reason}" for reason, count in reasons.items()],
            got=f"{answers.unanswered} rows unanswered, {len(answers.rejected)} rejected",
            action="fill in the column 审定职业",
        )
    stored = add_reviews(
        folder,
        answers.reviews,
        proposed_by=answers.versions,
        workbook_sha256=hash_file(workbook),
    )
    return ImportedReview(
        stored.version, stored.rows, stored.unchanged, answers.unanswered, reasons
    )


def _preparation(
    configuration: Configuration, quarter: str | None, *, inside_only: bool
) -> PreparationParameters:
    """What counts as in the quarterly run, of any quarter where none is named."""
    first = shift_quarter(quarter, 1 - QUARTERS_READ) if quarter else EARLIEST_QUARTER
    return PreparationParameters(
        first_quarter=first,
        last_quarter=quarter or LATEST_QUARTER,
        inside_only=inside_only,
        collected_on=collection_day(configuration),
    )


def _counts(reasons: list[str]) -> dict[str, int]:
    return {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)}
