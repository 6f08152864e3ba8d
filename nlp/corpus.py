"""A corpus of postings from reading to counts: prepared, collapsed, coded, tabulated.

Batches are prepared as they come; the texts of a vacancy's reposts are dropped before coding.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import pyarrow as pa

from data.contract import REASON, Split
from data.errors import EmptyInputError
from data.tables import PARSED_POSTINGS

from .coder import Coder
from .coding_result import CodingResult
from .imputation import impute_openings
from .prepare import KIND, PreparationParameters, prepare_postings
from .reposts import collapse_reposts
from .tabulate import contributions, openings_by_occupation, tabulate_panel

Progress = Callable[[str, int], None]

UNREADABLE = "行内容不合要求"
SAME_IDENTIFIER = "编号重复"
REJECTED_COLUMNS = ["posting_id", KIND, REASON]


@dataclass(frozen=True)
class Corpus:
    """Coded vacancies and what became of every row that was read.

    Parameters
    ----------
    vacancies : pandas.DataFrame
        One row a vacancy: contract `data.tables.PARSED_POSTINGS` without the texts, openings
        without gaps, and ``imputed``, ``level``, ``days_open`` and ``times_advertised``.
    coding : CodingResult
        Codes of the vacancies.
    sights : pandas.DataFrame
        One row an advertisement that counts: ``vacancy_id`` (the ``posting_id`` of its vacancy),
        ``quarter`` and ``last_day``, the day of publication or, if later, of closing.
    rejected : pandas.DataFrame
        ``posting_id``, ``kind`` and ``reason`` of the rows that do not count.
    rows_in, duplicates : int
        Rows read, and rows that advertise a vacancy again.
    """

    vacancies: pd.DataFrame
    coding: CodingResult
    sights: pd.DataFrame
    rejected: pd.DataFrame
    rows_in: int
    duplicates: int

    @cached_property
    def contributions(self) -> pd.DataFrame:
        """What each vacancy adds to each occupation."""
        return contributions(self.vacancies, self.coding.distribution)

    @cached_property
    def panel(self) -> pd.DataFrame:
        """The demand panel, contract `data.tables.PANEL`."""
        return tabulate_panel(self.contributions)

    @cached_property
    def openings(self) -> pd.DataFrame:
        """Openings by occupation with intervals, contract `data.tables.OPENINGS`."""
        return openings_by_occupation(self.contributions)


@dataclass(frozen=True)
class CollapsedPostings:
    """Vacancies with their texts, before coding.

    Parameters
    ----------
    vacancies : pandas.DataFrame
        First sight of each vacancy: contract `data.tables.PARSED_POSTINGS` and the columns that
        `nlp.reposts.collapse_reposts` adds.
    sights : pandas.DataFrame
        As in `Corpus`.
    rejected : pandas.DataFrame
        ``posting_id``, ``kind`` and ``reason`` of the rows that do not count.
    rows_in : int
        Rows read.
    """

    vacancies: pd.DataFrame
    sights: pd.DataFrame
    rejected: pd.DataFrame
    rows_in: int

    @property
    def duplicates(self) -> int:
        """Rows that advertise a vacancy again."""
        return self.rows_in - len(self.rejected) - len(self.vacancies)


def code_corpus(
    batches: Iterable[Split[pa.Table]],
    preparation: PreparationParameters,
    coder: Coder,
    progress: Progress | None = None,
    *,
    require_last: bool = True,
) -> Corpus:
    """Prepare, collapse and code postings.

    Parameters
    ----------
    batches : iterable of Split
        As `data.readers.read_postings` yields them.
    preparation : PreparationParameters
    coder : Coder
    progress : callable, optional
        Called with the step (``prepare``, ``collapse`` or ``code``) and the rows done in it.
    require_last : bool
        Whether the last quarter must hold postings, or any quarter will do.

    Raises
    ------
    EmptyInputError
        When no posting (of the last quarter) is left; the message counts the reasons.
    """
    collapsed = collapse_corpus(batches, preparation, progress, require_last=require_last)
    coding = coder.code(collapsed.vacancies)
    _tell(progress, "code", len(collapsed.vacancies))
    return Corpus(
        vacancies=_countable(collapsed.vacancies, coding),
        coding=coding,
        sights=collapsed.sights,
        rejected=collapsed.rejected,
        rows_in=collapsed.rows_in,
        duplicates=collapsed.duplicates,
    )


def collapse_corpus(
    batches: Iterable[Split[pa.Table]],
    preparation: PreparationParameters,
    progress: Progress | None = None,
    *,
    require_last: bool = True,
) -> CollapsedPostings:
    """Prepare and collapse postings; parameters and errors are those of `code_corpus`."""
    prepared, rejected, rows_in = _prepare_all(batches, preparation, progress)
    last = preparation.last_quarter if require_last else None
    _require_quarter(prepared, rejected, rows_in, last)
    sights = collapse_reposts(prepared)
    _tell(progress, "collapse", len(sights))
    vacancies = sights[~sights["is_repost"]].reset_index(drop=True)
    return CollapsedPostings(vacancies, _last_days(sights), rejected, rows_in)


def _prepare_all(
    batches: Iterable[Split[pa.Table]],
    preparation: PreparationParameters,
    progress: Progress | None,
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    valid, rejected, rows_in = [PARSED_POSTINGS.empty()], [], 0
    seen: set[str] = set()
    for batch in batches:
        rows_in += len(batch.valid) + len(batch.rejected)
        frame = batch.valid.to_pandas()
        again = frame["posting_id"].isin(seen) | frame["posting_id"].duplicated()
        seen.update(frame["posting_id"])
        sound, unsound = prepare_postings(frame[~again], preparation)
        valid.append(sound)
        rejected += [unsound, _unreadable(batch.rejected), _repeated(frame[again])]
        _tell(progress, "prepare", rows_in)
    filled = [frame for frame in valid if len(frame)] or valid[:1]
    reasons = [frame for frame in rejected if len(frame)]
    nothing = pd.DataFrame(columns=REJECTED_COLUMNS)
    rejections = pd.concat(reasons, ignore_index=True) if reasons else nothing
    return pd.concat(filled, ignore_index=True), rejections, rows_in


def _unreadable(rows: pa.Table) -> pd.DataFrame:
    frame = rows.to_pandas()
    columns = {"posting_id": frame.get("posting_id"), KIND: UNREADABLE, REASON: frame[REASON]}
    return pd.DataFrame(columns, columns=REJECTED_COLUMNS)


def _repeated(rows: pd.DataFrame) -> pd.DataFrame:
    reason = "posting_id stands twice"
    return pd.DataFrame(
        {"posting_id": rows["posting_id"], KIND: SAME_IDENTIFIER, REASON: reason},
        columns=REJECTED_COLUMNS,
    )


def _require_quarter(
    prepared: pd.DataFrame, rejected: pd.DataFrame, rows_in: int, quarter: str | None
) -> None:
    """Require a posting of the quarter, or of any where none is named."""
    if len(prepared) and (quarter is None or (prepared["quarter"] == quarter).any()):
        return
    of_quarter = f" of {quarter}" if quarter else ""
    quarters = ", ".join(sorted(prepared["quarter"].unique())) or "none"
    kinds = [f"{kind}: {count}" for kind, count in rejected[KIND].value_counts().items()]
    raise EmptyInputError(
        f"no posting{of_quarter} can be counted among {rows_in} rows",
        which=kinds,
        got=f"postings of the quarters {quarters}",
        expected=f"postings published{of_quarter and ' in ' + str(quarter)}",
        action="check the dates, the places and the sources named in the configuration",
    )


def _countable(vacancies: pd.DataFrame, coding: CodingResult) -> pd.DataFrame:
    """Vacancies without texts, with openings filled in and days open."""
    coded = coding.coded.set_index("posting_id").reindex(vacancies["posting_id"])
    best = pd.Series(coded["occupation_code"].to_numpy(), index=vacancies.index)
    filled = impute_openings(vacancies["openings"], best)
    return vacancies.drop(columns=["title", "description", "category", "industry"]).assign(
        openings=filled["openings"],
        imputed=filled["imputed"],
        level=coded["level"].to_numpy(),
        days_open=days_open(vacancies),
    )


def days_open(vacancies: pd.DataFrame) -> pd.Series:
    """Days from ``first_seen`` to ``last_seen``; missing where not observed."""
    days = (
        pd.to_datetime(vacancies["last_seen"]) - pd.to_datetime(vacancies["first_seen"])
    ).dt.days.astype(float)
    # Two advertisements of one day say nothing of how long the vacancy stays open.
    return days.where((days > 0) | vacancies["closed_on"].notna())


def _last_days(sights: pd.DataFrame) -> pd.DataFrame:
    posted, closed = (pd.to_datetime(sights[name]) for name in ("posted_on", "closed_on"))
    last_day = closed.astype(posted.dtype).where(closed > posted, posted)
    return sights[["vacancy_id", "quarter"]].assign(last_day=last_day)


def _tell(progress: Progress | None, step: str, done: int) -> None:
    if progress is not None:
        progress(step, done)
