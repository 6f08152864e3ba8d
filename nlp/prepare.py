"""From postings as printed to postings that can be counted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from data.contract import REASON, Split
from data.quarters import parse_quarter, quarters_of
from data.reference import Districts, load_districts
from data.tables import PARSED_POSTINGS

from .fields import parse_dates, parse_headcounts, parse_places, parse_wages
from .industry import infer_industries
from .mask import mask
from .normalise import DESCRIPTION_LIMIT, TITLE_LIMIT, normalise

NO_DATE = "无发布日期或者日期不可读"
LATER_QUARTER = "发布日期晚于本期"
EARLIER_QUARTER = "发布日期早于所用季度"
OUTSIDE_AREA = "工作地点不在本地区"
NO_PLACE = "无工作地点，不能判断是否属本地区"
BAD_PLACE = "工作地点代码有误"
BAD_HEADCOUNT = "招聘人数为负"
NO_TEXT = "职位名称和描述均为空"
REJECTION_KINDS = (
    NO_TEXT, BAD_HEADCOUNT, BAD_PLACE, NO_DATE, LATER_QUARTER, EARLIER_QUARTER, NO_PLACE,
    OUTSIDE_AREA,
)  # fmt: skip
OUT_OF_SCOPE = (LATER_QUARTER, EARLIER_QUARTER, OUTSIDE_AREA)
KIND = "kind"


@dataclass(frozen=True, slots=True)
class PreparationParameters:
    """Which postings count, and how incomplete dates are read.

    Parameters
    ----------
    first_quarter, last_quarter : str
        Quarters of publication that count, both included.
    inside_only : bool
        Whether only postings count whose place of work lies in Chongqing.
    collected_on : datetime.date, optional
        Day of collection, for dates without a year.
    """

    first_quarter: str
    last_quarter: str
    inside_only: bool = True
    collected_on: date | None = None

    @property
    def districts(self) -> Districts:
        """The county-level units at the end of the last quarter."""
        return load_districts(parse_quarter(self.last_quarter).end_time.date())


def clean_texts(postings: pd.DataFrame) -> pd.DataFrame:
    """Normalise the texts that coding reads and mask personal data in them.

    Parameters
    ----------
    postings : pandas.DataFrame
        Contract `data.tables.POSTINGS`.

    Returns
    -------
    pandas.DataFrame
        The same columns; empty texts are empty, not missing.
    """
    return postings.assign(
        title=_each(postings["title"], lambda text: mask(normalise(text, TITLE_LIMIT))),
        description=_each(
            postings["description"], lambda text: mask(normalise(text, DESCRIPTION_LIMIT))
        ),
        category=_each(postings["category"], lambda text: normalise(text, TITLE_LIMIT)),
        industry=_each(postings["industry"], lambda text: normalise(text, TITLE_LIMIT)),
        employer=_each(postings["employer"], lambda text: mask(normalise(text, TITLE_LIMIT))),
    )


def prepare_postings(
    postings: pd.DataFrame, parameters: PreparationParameters
) -> Split[pd.DataFrame]:
    """Read every field of a batch of postings.

    Parameters
    ----------
    postings : pandas.DataFrame
        Contract `data.tables.POSTINGS`.
    parameters : PreparationParameters

    Returns
    -------
    Split
        Postings in the contract `data.tables.PARSED_POSTINGS`, and those that cannot be counted:
        ``posting_id``, ``kind`` (one of `REJECTION_KINDS`) and ``reason`` (the detail).
    """
    texts = clean_texts(postings.reset_index(drop=True))
    dates = parse_dates(texts["posted_on"], collected_on=parameters.collected_on)
    closings = parse_dates(
        texts["closed_on"], collected_on=parameters.collected_on, name="closed_on"
    )
    headcounts = parse_headcounts(texts["headcount"])
    places = parse_places(texts["place"], parameters.districts)
    industries = infer_industries(texts["industry"], texts["employer"])
    parsed = pd.DataFrame(
        {
            "posting_id": texts["posting_id"],
            "source": texts["source"],
            "quarter": quarters_of(dates["posted_on"]),
            "posted_on": dates["posted_on"].dt.date,
            "closed_on": closings["closed_on"].dt.date,
            "title": texts["title"],
            "description": texts["description"],
            "employer": texts["employer"].replace("", None),
            "industry": texts["industry"].replace("", None),
            "industry_code": industries["industry_code"],
            "district_code": places["district_code"],
            "wage_yuan_month": parse_wages(texts["wage"])["wage_yuan_month"],
            "openings": headcounts["openings"],
            "category": texts["category"],
        }
    )  # fmt: skip
    rejected = _rejections(parsed, headcounts, places, parameters)
    sound = rejected[KIND].isna()
    valid = PARSED_POSTINGS.check(parsed[sound])
    return Split(valid, rejected[~sound].reset_index(drop=True))


def _rejections(
    parsed: pd.DataFrame,
    headcounts: pd.DataFrame,
    places: pd.DataFrame,
    parameters: PreparationParameters,
) -> pd.DataFrame:
    """First ground of rejection of every posting; missing where it counts."""
    quarter = parsed["quarter"].fillna("")
    inside = places["in_chongqing"].astype(object)
    grounds = {
        NO_TEXT: (parsed["title"] == "") & (parsed["description"] == ""),
        BAD_HEADCOUNT: headcounts["rejection"].notna(),
        BAD_PLACE: places["rejection"].notna(),
        NO_DATE: quarter == "",
        LATER_QUARTER: quarter > parameters.last_quarter,
        EARLIER_QUARTER: (quarter != "") & (quarter < parameters.first_quarter),
        NO_PLACE: inside.isna() & parameters.inside_only,
        OUTSIDE_AREA: (inside == False) & parameters.inside_only,  # noqa: E712
    }
    kinds = np.select(
        [condition.fillna(value=False).to_numpy(dtype=bool) for condition in grounds.values()],
        list(grounds),
        default="",
    )
    detail = headcounts["rejection"].fillna(places["rejection"])
    kind = pd.Series(kinds, dtype="str").replace("", None)
    return pd.DataFrame(
        {"posting_id": parsed["posting_id"], KIND: kind, REASON: detail.fillna(kind)}
    )


def _each(texts: pd.Series, change: Callable[[object], str]) -> pd.Series:
    """Apply a change to each text; what is missing is left to the change."""
    changed = [change(text) for text in texts.tolist()]
    return pd.Series(changed, index=texts.index, dtype="str")
