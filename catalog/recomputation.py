"""The last issue by the present method: what of a change is the method's, and what the data's.

Where coder, taxonomy, program or configuration differ from those of the last issue, its grades are
computed again from the corpus at hand, which the present coder has coded, as it stood at the end of
that quarter.  From the published to the recomputed grade it is the method that changed, from the
recomputed grade to the present one the data.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from data.errors import EmptyInputError, GateError
from data.manifest import describe_environment
from nlp.corpus import Corpus, days_open
from nlp.imputation import impute_openings

from .build import rank_occupations
from .configuration import Configuration
from .diff import CAUSE_NAMES, cause_of, method_differences, read_ranking
from .draft import Draft
from .formats.views import CHANGED
from .inputs import read_inputs
from .publish import public_configuration, read_manifest
from .quality import quality_report, require_gates

METHOD_NAMES = {
    "coder": "职业编码程序",
    "taxonomy": "职业分类",
    "titles": "自备职位名称",
    "model": "自备编码模型",
    "product": "软件版本",
    "configuration": "测算参数",
}
NOTES = "notes"


def compare_with_last_issue(
    draft: Draft,
    last_issue: Path | None,
    corpus: Corpus,
    configuration: Configuration,
    versions: Mapping[str, str],
    coded_courses: pd.DataFrame | None = None,
) -> Draft:
    """Add the last issue recomputed by the present method, where the method differs.

    Parameters
    ----------
    draft : Draft
        The present issue.
    last_issue : pathlib.Path, optional
        Release folder of the last issue.
    corpus : Corpus
        Coded postings of the present issue.
    configuration : Configuration
    versions : mapping of str to str
        Versions that the manifest of the present issue will state.
    coded_courses : pandas.DataFrame, optional
        As for `catalog.build.build_draft`.

    Returns
    -------
    Draft
        The same where nothing but the data differs.  Otherwise with
        ``last_issue_recomputed``, or without it where it cannot be had, and with a note on
        either under ``notes`` in its quality figures and among its statements.
    """
    if last_issue is None:
        return draft
    before = read_manifest(last_issue)
    present = {
        "versions": dict(versions),
        "environment": describe_environment(),
        "configuration": public_configuration(draft.configuration),
    }
    differing = method_differences(before, present)
    if not differing:
        return draft
    names = "、".join(METHOD_NAMES.get(name, name) for name in differing)
    opening = f"本期{names}与上期不同，"
    try:
        recomputed = recompute(last_issue, str(before["quarter"]), corpus, configuration,
                               coded_courses)  # fmt: skip
    except (GateError, EmptyInputError) as error:
        why = "上期未通过质量检查" if isinstance(error, GateError) else "本期所读资料不含上期季度"
        note = f"{opening}但按现行方法重算时{why}，较上期的全部变化均按方法变化列示。"
        return _with_note(draft, note)
    note = opening + _counted(draft, last_issue, recomputed, differing)
    return replace(_with_note(draft, note), last_issue_recomputed=recomputed)


def recompute(
    last_issue: Path,
    quarter: str,
    corpus: Corpus,
    configuration: Configuration,
    coded_courses: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Rank the occupations of an earlier issue by the present method.

    Its inputs are read again as of its quarter, revisions of earlier figures included; its
    previous grades are those that it stated.  The corpus begins as many quarters later than that
    of the earlier issue as lie between the two, which only the staffing shares feel.

    Parameters
    ----------
    last_issue : pathlib.Path
        Release folder of the earlier issue.
    quarter : str
        Its quarter.
    corpus, configuration, coded_courses
        As for `catalog.build.build_draft`.

    Returns
    -------
    pandas.DataFrame
        Contract `catalog.tables.RANKING`.

    Raises
    ------
    EmptyInputError
        When the corpus has no posting of the quarter.
    GateError
        When the quarter does not pass the gates.
    """
    earlier = corpus_as_of(corpus, quarter)
    if not (earlier.vacancies["quarter"] == quarter).any():
        raise EmptyInputError(
            f"the corpus has no posting of {quarter}",
            got=", ".join(sorted(set(corpus.vacancies["quarter"]))),
        )
    inputs = read_inputs(configuration.inputs, quarter)
    require_gates(quality_report(earlier, inputs, configuration.gates, quarter))
    stated = read_ranking(last_issue)["previous_grade"].dropna()
    return rank_occupations(
        earlier.openings, earlier.panel, inputs, configuration, quarter, stated, coded_courses
    ).table


def corpus_as_of(corpus: Corpus, quarter: str) -> Corpus:
    """The coded vacancies as they stood at the end of a quarter.

    Later vacancies and later sights of earlier ones are left out, and unstated headcounts are
    imputed from what was stated by then: the same as if the postings had been read at that time.
    """
    rows = corpus.vacancies[corpus.vacancies["quarter"] <= quarter].reset_index(drop=True)
    if rows.empty:
        return replace(corpus, vacancies=rows)
    by_then = corpus.sights[corpus.sights["quarter"] <= quarter].groupby("vacancy_id")["last_day"]
    rows = rows.assign(
        last_seen=rows["posting_id"].map(by_then.max()),
        times_advertised=rows["posting_id"].map(by_then.size()),
    )
    best = corpus.coding.coded.set_index("posting_id")["occupation_code"]
    codes = pd.Series(best.reindex(rows["posting_id"]).to_numpy(), index=rows.index)
    filled = impute_openings(rows["openings"].mask(rows["imputed"]), codes)
    vacancies = rows.assign(openings=filled["openings"], days_open=days_open(rows))
    return replace(corpus, vacancies=vacancies)


def _counted(draft: Draft, last_issue: Path, recomputed: pd.DataFrame, differing: list[str]) -> str:
    """How many changes of the listing each cause brought about, in words."""
    published = read_ranking(last_issue)["grade"]
    between = recomputed.set_index("occupation_code")["grade"]
    rows = draft.ranking[draft.ranking["change"].isin(CHANGED)]
    causes = [
        cause_of(published.get(code), between.get(code), grade, differing)
        for code, grade in zip(rows["occupation_code"], rows["grade"], strict=True)
    ]
    words = [f"由{name}引起{causes.count(key)}个" for key, name in CAUSE_NAMES.items()
             if key in causes]  # fmt: skip
    return f"上期已按现行方法重算。较上期变化的{len(rows)}个职业中，" + (
        "，".join(words) + "。" if words else "没有因方法而变化的。"
    )


def _with_note(draft: Draft, note: str) -> Draft:
    quality: dict[str, Any] = draft.quality | {NOTES: [*draft.quality.get(NOTES, []), note]}
    return replace(draft, quality=quality, statements=(*draft.statements, note))
