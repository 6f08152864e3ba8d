"""Training supply: certificates of a year, and courses known by their names only."""

import pandas as pd
import pytest

from catalog.supply import certificates_of_year, code_courses, courses_by_occupation
from data.readers import COURSE_ADVERTISEMENTS
from data.tables import SUPPLY
from nlp.coder import Coder

CLASSES = SUPPLY.check(
    pd.DataFrame(
        [
            ("2025Q4", "6-18-02-04", 100.0),
            ("2026Q1", "6-18-02-04", 10.0),
            ("2026Q4", "6-18-02-04", 5.0),
            ("2026Q4", "4-03-02-01", None),
            ("2027Q1", "6-18-02-04", 1000.0),
        ],
        columns=["quarter", "occupation_code", "certified"],
    )
)


def test_certificates_are_those_of_the_four_quarters_up_to_the_issue() -> None:
    assert certificates_of_year(CLASSES, "2026Q4").to_dict() == {"6-18-02-04": 15.0}
    assert certificates_of_year(CLASSES, "2026Q3").to_dict() == {"6-18-02-04": 110.0}
    assert certificates_of_year(CLASSES[CLASSES["certified"].isna()], "2026Q4").empty


@pytest.fixture(scope="module")
def coder() -> Coder:
    return Coder.load()


def test_a_course_is_coded_to_the_job_it_trains_for(coder: Coder) -> None:
    names = ["电焊工培训班", "保育员考证", "中级钳工培训", "少儿英语"]
    courses = COURSE_ADVERTISEMENTS.check(pd.DataFrame({"course": names}))
    coded = code_courses(courses, coder)
    assert coded["occupation_code"].tolist()[:2] == ["6-18-02-04", "4-10-01-03"]
    assert coded["course"].tolist() == names
    counted = courses_by_occupation(SUPPLY.empty(), coded)
    assert counted["6-18-02-04"] == 1
    assert counted.sum() == coded["occupation_code"].notna().sum()


def test_classes_and_advertisements_are_counted_alike() -> None:
    assert courses_by_occupation(CLASSES, COURSE_ADVERTISEMENTS.empty())["6-18-02-04"] == 4
    assert courses_by_occupation(SUPPLY.empty(), COURSE_ADVERTISEMENTS.empty()).empty
