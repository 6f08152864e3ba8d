"""The contract of every table that crosses a package boundary.

Input tables carry codes as text and quarters as ``2026Q4``; counts of persons are floating
point because openings are expected values.  A code of the 大典 has one of four depths:
``6`` (大类), ``6-18`` (中类), ``6-18-01`` (小类), ``6-18-01-07`` (细类).
"""

import pyarrow as pa

from .contract import Column, Contract
from .quarters import QUARTER_PATTERN

TEXT, NUMBER, COUNT, DATE = pa.string(), pa.float64(), pa.int64(), pa.date32()

OCCUPATION_PATTERN = r"[1-8](?:-\d{2}(?:-\d{2}(?:-\d{2})?)?)?"
UNIT_GROUP_PATTERN = r"[1-8]-\d{2}-\d{2}-\d{2}"
INDUSTRY_PATTERN = r"[A-T]|\d{2,4}"
DISTRICT_PATTERN = r"\d{6}"
LEVELS = ("unit", "minor", "medium", "major", "none")
GRADES = ("A", "B", "C", "N", "X")


def _quarter() -> Column:
    return Column("quarter", TEXT, "calendar quarter", pattern=QUARTER_PATTERN)


def _unit_group() -> Column:
    return Column("occupation_code", TEXT, "细类 of the 大典 2022", pattern=UNIT_GROUP_PATTERN)


def _persons(name: str, description: str, *, nullable: bool = False) -> Column:
    return Column(name, NUMBER, f"{description}, persons", nullable=nullable, minimum=0)


def _share(name: str, description: str, *, nullable: bool = False) -> Column:
    return Column(name, NUMBER, description, nullable=nullable, minimum=0, maximum=1)


# -- what people hand in --------------------------------------------------------------------

POSTINGS = Contract(
    "postings",
    (
        Column("posting_id", TEXT, "identifier of the advertisement"),
        Column("source", TEXT, "board or register", nullable=True),
        Column("title", TEXT, "title as printed", nullable=True),
        Column("description", TEXT, "text as printed", nullable=True),
        Column("employer", TEXT, "employer as printed", nullable=True),
        Column("industry", TEXT, "industry, a code or the board's wording", nullable=True),
        Column("place", TEXT, "place of work, a code or wording", nullable=True),
        Column("wage", TEXT, "wage as printed", nullable=True),
        Column("headcount", TEXT, "persons wanted as printed (招聘人数)", nullable=True),
        Column("education", TEXT, "education asked for", nullable=True),
        Column("experience", TEXT, "experience asked for", nullable=True),
        Column("posted_on", TEXT, "day of publication as printed", nullable=True),
        Column("closed_on", TEXT, "day of closing as printed", nullable=True),
        Column("category", TEXT, "the board's category", nullable=True),
    ),
)

DEMAND = Contract(
    "demand",
    (
        _quarter(),
        Column("industry_code", TEXT, "GB/T 4754-2017 section or deeper", pattern=INDUSTRY_PATTERN),
        Column("district_code", TEXT, "county-level unit", nullable=True, pattern=DISTRICT_PATTERN),
        _persons("openings", "openings registered in the quarter"),
        Column("source", TEXT, "register the figure comes from", nullable=True),
    ),
    key=("quarter", "industry_code", "district_code"),
)

SEEKERS = Contract(
    "seekers",
    (
        _quarter(),
        Column(
            "occupation_code",
            TEXT,
            "any level of the 大典; missing = none stated",
            nullable=True,
            pattern=OCCUPATION_PATTERN,
        ),
        Column("district_code", TEXT, "county-level unit", nullable=True, pattern=DISTRICT_PATTERN),
        _persons("seekers", "registered job seekers"),
        Column("source", TEXT, "register the figure comes from", nullable=True),
    ),
    key=("quarter", "occupation_code", "district_code", "source"),
)

SUPPLY = Contract(
    "supply",
    (
        Column("quarter", TEXT, "quarter of completion", pattern=QUARTER_PATTERN),
        _unit_group(),
        Column("level", TEXT, "skill level (初级工 … 首席技师)", nullable=True),
        Column("district_code", TEXT, "county-level unit", nullable=True, pattern=DISTRICT_PATTERN),
        Column("provider", TEXT, "training provider", nullable=True),
        _persons("enrolled", "trainees enrolled", nullable=True),
        _persons("certified", "trainees who took a certificate", nullable=True),
        Column(
            "status",
            TEXT,
            "state of the class",
            nullable=True,
            admitted=("planned", "running", "completed"),
        ),
        _persons("capacity", "training places", nullable=True),
    ),
)

EVIDENCE = Contract(
    "evidence",
    (
        _quarter(),
        _unit_group(),
        Column("district_code", TEXT, "county-level unit", nullable=True, pattern=DISTRICT_PATTERN),
        Column("source", TEXT, "employer survey, key project, …"),
        _persons("openings", "openings that the source reports"),
        Column("note", TEXT, "remark", nullable=True),
    ),
    key=("quarter", "occupation_code", "district_code", "source"),
)

PREVIOUS = Contract(
    "previous",
    (
        Column("edition", TEXT, "name of the edition, such as 2026Q3"),
        _unit_group(),
        Column("grade", TEXT, "grade given then", admitted=GRADES),
    ),
    key=("edition", "occupation_code"),
)

CORRECTIONS = Contract(
    "corrections",
    (
        Column("table", TEXT, "input table the record is about"),
        Column("series", TEXT, "series or source within it"),
        Column("quarter", TEXT, "first quarter concerned", pattern=QUARTER_PATTERN),
        Column(
            "what",
            TEXT,
            "kind of correction",
            admitted=("level_shift", "gap", "board_joined", "wrong_value"),
        ),
        Column("value", NUMBER, "right value, where one is known", nullable=True),
        Column("reason", TEXT, "why, with the source of the knowledge"),
        Column("status", TEXT, "state of the record", admitted=("active", "retired")),
        Column("guard", NUMBER, "value expected in the source until it is fixed", nullable=True),
    ),
)

# -- nlp ------------------------------------------------------------------------------------

PARSED_POSTINGS = Contract(
    "parsed postings",
    (
        Column("posting_id", TEXT, "identifier of the advertisement"),
        Column("source", TEXT, "board or register", nullable=True),
        _quarter(),
        Column("posted_on", DATE, "day of publication"),
        Column("closed_on", DATE, "day of closing", nullable=True),
        Column("title", TEXT, "normalised title, personal data masked"),
        Column("description", TEXT, "normalised text, personal data masked", nullable=True),
        Column("employer", TEXT, "employer", nullable=True),
        Column("industry", TEXT, "industry in the board's wording", nullable=True),
        Column(
            "industry_code", TEXT, "GB/T 4754-2017 section", nullable=True, pattern=INDUSTRY_PATTERN
        ),
        Column("district_code", TEXT, "county-level unit", nullable=True, pattern=DISTRICT_PATTERN),
        Column("wage_yuan_month", NUMBER, "middle of the wage offered", nullable=True, minimum=0),
        Column(
            "openings", NUMBER, "persons wanted; missing = not stated", nullable=True, minimum=1
        ),
        Column("category", TEXT, "the board's category", nullable=True),
    ),
    key=("posting_id",),
)

CODED_POSTINGS = Contract(
    "coded postings",
    (
        Column("posting_id", TEXT, "identifier of the advertisement"),
        Column(
            "occupation_code",
            TEXT,
            "best 细类; missing when nothing can be said",
            nullable=True,
            pattern=UNIT_GROUP_PATTERN,
        ),
        _share("probability", "probability of the best 细类"),
        Column("level", TEXT, "deepest level at which the code is sure", admitted=LEVELS),
        Column("alternatives", TEXT, "code:probability joined by |, best first", nullable=True),
    ),
    key=("posting_id",),
)

PANEL = Contract(
    "panel",
    (
        _quarter(),
        Column(
            "occupation_code",
            TEXT,
            "细类, or the deepest sure group for the undecided rest; missing = unknown",
            nullable=True,
            pattern=OCCUPATION_PATTERN,
        ),
        Column(
            "industry_code",
            TEXT,
            "GB/T 4754-2017 section; missing = unknown",
            nullable=True,
            pattern=INDUSTRY_PATTERN,
        ),
        Column(
            "district_code",
            TEXT,
            "county-level unit; missing = unknown",
            nullable=True,
            pattern=DISTRICT_PATTERN,
        ),
        _persons("openings", "expected openings"),
        Column("ads", NUMBER, "expected advertisements after collapsing reposts", minimum=0),
        Column("employers", COUNT, "distinct employers", minimum=0),
        Column("wage_yuan_month_median", NUMBER, "median wage offered", nullable=True, minimum=0),
    ),
    key=("quarter", "occupation_code", "industry_code", "district_code"),
)

OPENINGS = Contract(
    "openings by occupation",
    (
        _quarter(),
        Column("occupation_code", TEXT, "细类 of the 大典 2022", pattern=UNIT_GROUP_PATTERN),
        _persons("openings", "expected openings"),
        _persons("openings_lower", "lower bound of the 90 % interval"),
        _persons("openings_upper", "upper bound of the 90 % interval"),
        Column("ads", NUMBER, "expected advertisements after collapsing reposts", minimum=0),
        Column("employers", COUNT, "distinct employers", minimum=0),
        _share("largest_employer_share", "share of the largest employer in openings"),
        _share("imputed_share", "share of openings with no headcount stated", nullable=True),
        _share("certainty_share", "share of openings coded surely to this 细类", nullable=True),
        Column("wage_yuan_month_median", NUMBER, "median wage offered", nullable=True, minimum=0),
        Column("wage_ads", COUNT, "advertisements with a wage", minimum=0),
        Column(
            "days_open_median",
            NUMBER,
            "median days from first to last sight of a vacancy; missing = not observed",
            nullable=True,
            minimum=0,
        ),
        _share("repost_share", "share of vacancies advertised again later"),
    ),
    key=("quarter", "occupation_code"),
)

# -- forecasting ----------------------------------------------------------------------------

SERIES = Contract(
    "series",
    (
        Column("series_id", TEXT, "name of the series"),
        Column("period", TEXT, "quarter (2026Q4), month (2026-11) or whole number"),
        Column("value", NUMBER, "observation; missing = gap", nullable=True),
    ),
    key=("series_id", "period"),
)

FORECAST = Contract(
    "forecast",
    (
        Column("series_id", TEXT, "name of the series"),
        Column("period", TEXT, "period forecast, in the form of the input"),
        Column("horizon", COUNT, "periods ahead of the last observation", minimum=1),
        Column("level", COUNT, "nominal coverage of the interval, per cent", minimum=1, maximum=99),
        Column("mean", NUMBER, "point forecast"),
        Column("lower", NUMBER, "lower bound"),
        Column("upper", NUMBER, "upper bound"),
        Column("model", TEXT, "model or combination that made the forecast"),
    ),
    key=("series_id", "period", "level", "model"),
)

STAFFING_SHARES = Contract(
    "staffing shares",
    (
        Column("industry_code", TEXT, "GB/T 4754-2017 section", pattern=INDUSTRY_PATTERN),
        Column(
            "occupation_code",
            TEXT,
            "细类, or a group for the undecided rest",
            pattern=OCCUPATION_PATTERN,
        ),
        _share("share", "share of the industry's openings, shrunk to the parent group"),
        _share("share_observed", "the same share before shrinkage"),
        Column(
            "standard_error",
            NUMBER,
            "standard error of the shrunk share, from the number of employers",
            minimum=0,
        ),
        Column(
            "half_life_quarters",
            NUMBER,
            "quarters until half of what was seen has faded; missing = the shares do not drift",
            nullable=True,
            minimum=0,
        ),
    ),
    key=("industry_code", "occupation_code"),
)

OCCUPATION_FORECAST = Contract(
    "occupation forecast",
    (
        _quarter(),
        Column("occupation_code", TEXT, "细类 of the 大典 2022", pattern=UNIT_GROUP_PATTERN),
        Column("horizon", COUNT, "quarters ahead of the last observation", minimum=1),
        Column("level", COUNT, "nominal coverage of the interval, per cent", minimum=1, maximum=99),
        _persons("openings_mean", "forecast openings of the market account"),
        _persons("openings_lower", "lower bound"),
        _persons("openings_upper", "upper bound"),
    ),
    key=("quarter", "occupation_code", "level"),
)


# -- review ---------------------------------------------------------------------------------

# What a reviewer answers where a posting names no occupation at all.
NO_OCCUPATION = "X"
REVIEWED_PATTERN = rf"{OCCUPATION_PATTERN}|{NO_OCCUPATION}"

REVIEWS = Contract(
    "reviews",
    (
        Column("posting_id", TEXT, "identifier of the advertisement"),
        Column("title", TEXT, "normalised title, personal data masked", nullable=True),
        Column("description", TEXT, "excerpt of the text, personal data masked", nullable=True),
        Column("category", TEXT, "the board's category", nullable=True),
        Column("industry", TEXT, "industry in the board's wording", nullable=True),
        Column("employer", TEXT, "employer, personal data masked", nullable=True),
        Column("occupation_code", TEXT, "deepest sure code, or X", pattern=REVIEWED_PATTERN),
        Column("also_right_1", TEXT, "also right", nullable=True, pattern=OCCUPATION_PATTERN),
        Column("also_right_2", TEXT, "also right", nullable=True, pattern=OCCUPATION_PATTERN),
        Column("reviewer", TEXT, "who gave the answer", nullable=True),
        Column("note", TEXT, "remark, personal data masked", nullable=True),
        Column("version", COUNT, "version of the store that brought the answer", minimum=1),
    ),
    key=("posting_id",),
)
