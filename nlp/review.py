"""Which postings a person should look at: those whose answer moves most openings.

A posting whose best 细类 has probability ``p`` puts, in expectation, ``n (1 - p)`` of its ``n``
openings where they do not belong.  Asking about the largest first is the greedy form of
uncertainty sampling (Lewis and Gale 1994), weighted by what is counted.
"""

from dataclasses import dataclass

import pandas as pd

from data.errors import ConfigurationError

from .imputation import impute_openings

EXCERPT_CHARACTERS = 400
TEXT = ["title", "description"]
COLUMNS = (
    "posting_id", "title", "description", "category", "industry", "employer", "openings",
    "postings", "occupation_code", "probability", "alternatives", "misallocated_openings",
)  # fmt: skip
# Sums of floating-point numbers must not decide between equals.
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class ReviewParameters:
    """How many postings are asked about, and of which kinds.

    Parameters
    ----------
    rows : int
        Texts to review at most.
    of_one_occupation : int
        Texts of one best 细类 at most, so that one occupation does not fill the list.
    alternatives : int
        Occupations offered for each text at most.
    quarter : str, optional
        Quarter of publication of the postings asked about; any by default.

    Raises
    ------
    ConfigurationError
        When a number is below one.
    """

    rows: int = 200
    of_one_occupation: int = 10
    alternatives: int = 8
    quarter: str | None = None

    def __post_init__(self) -> None:
        for name in ("rows", "of_one_occupation", "alternatives"):
            if getattr(self, name) < 1:
                raise ConfigurationError(
                    f"review: '{name}'", got=getattr(self, name), expected="1 at least"
                )


def choose_for_review(
    vacancies: pd.DataFrame,
    coded: pd.DataFrame,
    parameters: ReviewParameters | None = None,
    reviewed: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Choose the texts whose answer matters most.

    Parameters
    ----------
    vacancies : pandas.DataFrame
        Vacancies with their texts, as `nlp.corpus.collapse_corpus` returns them.
    coded : pandas.DataFrame
        Contract `data.tables.CODED_POSTINGS`, of the same postings.
    parameters : ReviewParameters, optional
    reviewed : pandas.DataFrame, optional
        Contract `data.tables.REVIEWS`: neither these postings nor others of the same text are
        asked about again.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, one row a text (title and excerpt of the description), most misallocated
        openings first, then by ``posting_id``: the smallest identifier with that text.
        ``openings`` (persons) and ``misallocated_openings`` are sums over the ``postings`` that
        share it; ``industry`` is in the board's wording.  The result does not depend on
        the order of the rows.

    Examples
    --------
    >>> vacancies = pd.DataFrame({"posting_id": ["a", "b"], "quarter": "2026Q4",
    ...     "title": ["普工", "焊工"], "description": "", "category": "", "industry": "制造",
    ...     "employer": None, "openings": [30.0, 40.0]})
    >>> coded = pd.DataFrame({"posting_id": ["a", "b"], "probability": [0.2, 0.9],
    ...     "occupation_code": ["6-31-01-03", "6-18-02-04"], "alternatives": None})
    >>> choose_for_review(vacancies, coded)[["posting_id", "misallocated_openings"]].values.tolist()
    [['a', 24.0], ['b', 4.0]]
    """
    chosen = parameters or ReviewParameters()
    rows = _weighed(vacancies, coded)
    if chosen.quarter is not None:
        rows = rows[(vacancies["quarter"] == chosen.quarter).to_numpy()]
    if reviewed is not None:
        rows = rows[~_is_answered(rows, reviewed)]
    texts = _each_text_once(rows).sort_values(
        ["misallocated_openings", "posting_id"], ascending=[False, True]
    )
    before = texts.groupby("occupation_code", dropna=False).cumcount()
    kept = texts[before < chosen.of_one_occupation].head(chosen.rows)
    return kept[list(COLUMNS)].reset_index(drop=True)


def excerpt(description: str) -> str:
    """Beginning of a description, as far as a reviewer sees it.

    Examples
    --------
    >>> len(excerpt("负责焊接" * 200)), excerpt("负责焊接 ")
    (400, '负责焊接')
    """
    return description[:EXCERPT_CHARACTERS].strip()


def _weighed(vacancies: pd.DataFrame, coded: pd.DataFrame) -> pd.DataFrame:
    """Vacancies with excerpts, openings without gaps, codes, and openings misallocated."""
    codes = coded.set_index("posting_id").reindex(vacancies["posting_id"])
    codes = codes.set_index(vacancies.index)
    openings = impute_openings(vacancies["openings"], codes["occupation_code"])["openings"]
    return pd.DataFrame(
        {
            "posting_id": vacancies["posting_id"],
            "title": vacancies["title"].fillna("").str.strip(),
            "description": vacancies["description"].fillna("").map(excerpt).astype("str"),
            "category": vacancies["category"],
            "industry": vacancies["industry"],
            "employer": vacancies["employer"],
            "openings": openings,
            "occupation_code": codes["occupation_code"],
            "probability": codes["probability"],
            "alternatives": codes["alternatives"],
            "misallocated_openings": openings * (1 - codes["probability"]),
        }
    )


def _is_answered(rows: pd.DataFrame, reviewed: pd.DataFrame) -> pd.Series:
    """Whether the posting, or another one of the same text, was reviewed."""
    answered = rows["posting_id"].isin(reviewed["posting_id"])
    known = pd.concat([reviewed[TEXT], rows.loc[answered, TEXT]]).fillna("")
    texts = pd.MultiIndex.from_frame(rows[TEXT])
    return answered | texts.isin(pd.MultiIndex.from_frame(known))


def _each_text_once(rows: pd.DataFrame) -> pd.DataFrame:
    """First posting of each text, with the openings of all."""
    ordered = rows.sort_values("posting_id")
    groups = ordered.groupby(TEXT, sort=False)
    first = groups.head(1).set_index(TEXT)
    sums = groups[["openings", "misallocated_openings"]].sum().round(DECIMALS)
    return first.assign(
        openings=sums["openings"],
        misallocated_openings=sums["misallocated_openings"],
        postings=groups.size(),
    ).reset_index()
