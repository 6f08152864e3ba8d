"""Training supply: certificates by occupation, and courses known only by their names."""

import pandas as pd

from data.quarters import QUARTERS_PER_YEAR, shift_quarter
from nlp.coder import Coder
from nlp.normalise import TITLE_LIMIT, normalise

SURE = 0.5
NOT_OF_THE_JOB = "培训|课程|全科|速成|考证|学校|技术|中高级|高级|初级|班"


def certificates_of_year(supply: pd.DataFrame, quarter: str) -> pd.Series:
    """Certificates of the four quarters up to the given one by 细类, persons.

    Empty where the table states no number of certificates.
    """
    first = shift_quarter(quarter, 1 - QUARTERS_PER_YEAR)
    year = supply[(supply["quarter"] >= first) & (supply["quarter"] <= quarter)]
    stated = year[year["certified"].notna()]
    return stated.groupby("occupation_code")["certified"].sum()


def code_courses(courses: pd.DataFrame, coder: Coder) -> pd.DataFrame:
    """Code advertised courses by their names.

    Parameters
    ----------
    courses : pandas.DataFrame
        Contract `data.readers.COURSE_ADVERTISEMENTS`.
    coder : Coder
        A course is named after the job it trains for, as a posting is.

    Returns
    -------
    pandas.DataFrame
        The courses with ``occupation_code``, missing where no 细类 is more likely than not.
    """
    names = [normalise(text, TITLE_LIMIT) for text in courses["course"]]
    plain = pd.Series(names, index=courses.index, dtype="str").str.replace(
        NOT_OF_THE_JOB, " ", regex=True
    )
    postings = pd.DataFrame(
        {
            "posting_id": courses.index.astype(str),
            "title": plain,
            "category": [normalise(text, TITLE_LIMIT) for text in courses["category"].fillna("")],
        }
    )
    coded = coder.code(postings).coded
    sure = coded["occupation_code"].where(coded["probability"] >= SURE)
    return courses.assign(occupation_code=sure.to_numpy())


def courses_by_occupation(supply: pd.DataFrame, coded_courses: pd.DataFrame) -> pd.Series:
    """Number of courses for each 细类: rows of the supply table, or advertisements."""
    codes = [frame["occupation_code"] for frame in (supply, coded_courses) if len(frame)]
    if not codes:
        return pd.Series(dtype="int64")
    return pd.concat(codes).dropna().value_counts()
