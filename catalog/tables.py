"""Contracts of the tables that a catalog is made of, and the Chinese words for their codes."""

import pyarrow as pa

from data.contract import Column, Contract
from data.quarters import QUARTER_PATTERN
from data.tables import FORECAST, GRADES, UNIT_GROUP_PATTERN

TEXT, NUMBER, COUNT, FLAG = pa.string(), pa.float64(), pa.int64(), pa.bool_()

GRADE_NAMES = {
    "A": "非常紧缺",
    "B": "紧缺",
    "C": "一般紧缺",
    "N": "暂不紧缺",
    "X": "证据不足",
}
LISTED_GRADES = ("A", "B", "C")

INDICATOR_NAMES = {
    "openings": "需求人数",
    "vacancy_ratio": "求人倍率",
    "openings_growth": "预测需求变化",
    "wage_growth": "工资变化",
    "days_open": "空缺时长",
    "training_shortfall": "培训缺口",
}
INDICATOR_UNITS = {
    "openings": "人",
    "vacancy_ratio": "倍",
    "openings_growth": "%",
    "wage_growth": "%",
    "days_open": "天",
    "training_shortfall": "%",
}
TIGHTNESS_INDICATORS = ("vacancy_ratio", "wage_growth", "days_open")

CHANGE_NAMES = {
    "entered": "新进",
    "raised": "上调",
    "unchanged": "不变",
    "lowered": "下调",
    "left": "退出",
    "not_listed": "未列入",
}

INDICATORS = Contract(
    "indicators",
    (
        Column("quarter", TEXT, "calendar quarter", pattern=QUARTER_PATTERN),
        Column("occupation_code", TEXT, "细类 of the 大典 2022", pattern=UNIT_GROUP_PATTERN),
        Column("indicator", TEXT, "name of the indicator", admitted=tuple(INDICATOR_NAMES)),
        Column("value", NUMBER, "value in the indicator's unit; missing = X", nullable=True),
        Column("lower", NUMBER, "lower bound of the 90 % interval", nullable=True),
        Column("upper", NUMBER, "upper bound of the 90 % interval", nullable=True),
        Column("points", NUMBER, "points in the score", nullable=True, minimum=0, maximum=100),
        Column(
            "basis_code",
            TEXT,
            "group the figure was measured on, where not the 细类 itself",
            nullable=True,
        ),
        Column("missing_reason", TEXT, "why the value is missing, in Chinese", nullable=True),
    ),
    key=("quarter", "occupation_code", "indicator"),
)

RANKING = Contract(
    "ranking",
    (
        Column("quarter", TEXT, "calendar quarter", pattern=QUARTER_PATTERN),
        Column("occupation_code", TEXT, "细类 of the 大典 2022", pattern=UNIT_GROUP_PATTERN),
        Column("occupation_name", TEXT, "official name, with the marks L (green) and S (digital)"),
        Column("major_group_name", TEXT, "大类 it belongs to"),
        Column("grade", TEXT, "grade of this issue", admitted=GRADES),
        Column("previous_grade", TEXT, "grade of the issue before", nullable=True, admitted=GRADES),
        Column("change", TEXT, "change of grade", admitted=tuple(CHANGE_NAMES)),
        Column(
            "score",
            NUMBER,
            "public score; missing = no indicator",
            nullable=True,
            minimum=0,
            maximum=100,
        ),
        Column(
            "score_lower",
            NUMBER,
            "lower bound of the 90 % interval",
            nullable=True,
            minimum=0,
            maximum=100,
        ),
        Column(
            "score_upper",
            NUMBER,
            "upper bound of the 90 % interval",
            nullable=True,
            minimum=0,
            maximum=100,
        ),
        Column("rank", COUNT, "rank by score; missing = no score", nullable=True, minimum=1),
        Column("rank_lower", COUNT, "best rank within the 90 % interval", nullable=True, minimum=1),
        Column(
            "rank_upper", COUNT, "worst rank within the 90 % interval", nullable=True, minimum=1
        ),
        Column("eligible", FLAG, "training can serve it"),
        Column("eligibility_basis", TEXT, "standard or licence that decides it, in Chinese"),
        Column("exit_warning", FLAG, "listed, and about to leave at the next issue"),
        Column("openings", NUMBER, "expected openings, persons", minimum=0),
        Column("openings_lower", NUMBER, "lower bound of the 90 % interval", minimum=0),
        Column("openings_upper", NUMBER, "upper bound of the 90 % interval", minimum=0),
        Column("ads", NUMBER, "expected advertisements after collapsing reposts", minimum=0),
        Column("employers", COUNT, "distinct employers", minimum=0),
        Column(
            "largest_employer_share",
            NUMBER,
            "share of the largest employer in openings",
            minimum=0,
            maximum=1,
        ),
        Column(
            "imputed_share",
            NUMBER,
            "share of openings with no headcount stated",
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        Column(
            "certainty_share",
            NUMBER,
            "share of openings coded surely to this 细类",
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        Column("wage_yuan_month_median", NUMBER, "median wage offered", nullable=True, minimum=0),
        Column(
            "vacancy_ratio",
            NUMBER,
            "openings per seeker (求人倍率); missing = X",
            nullable=True,
            minimum=0,
        ),
        Column(
            "vacancy_ratio_basis_code",
            TEXT,
            "group it was measured on, where not the 细类 itself",
            nullable=True,
        ),
        Column(
            "openings_forecast_next_year",
            NUMBER,
            "forecast openings of the next four quarters",
            nullable=True,
            minimum=0,
        ),
        Column(
            "openings_forecast_next_year_lower", NUMBER, "lower bound", nullable=True, minimum=0
        ),
        Column(
            "openings_forecast_next_year_upper", NUMBER, "upper bound", nullable=True, minimum=0
        ),
        Column(
            "training_courses", COUNT, "courses on offer or held for it", nullable=True, minimum=0
        ),
        Column(
            "training_certificates_year",
            NUMBER,
            "certificates of the last four quarters",
            nullable=True,
            minimum=0,
        ),
        Column("flags", TEXT, "cautions in Chinese, joined by ；", nullable=True),
        Column("explanation", TEXT, "why this grade, in Chinese"),
    ),
    key=("quarter", "occupation_code"),
)

FORECAST_MODELS = Contract(
    "forecast models",
    (
        Column("series_id", TEXT, "name of the series"),
        Column("model", TEXT, "model tried; none = not forecast, mint = not used in adding up"),
        Column("description", TEXT, "what was fitted", nullable=True),
        Column("weight", NUMBER, "weight in the forecast of the series", minimum=0, maximum=1),
        Column(
            "mean_absolute_error_persons",
            NUMBER,
            "at past origins, over all horizons; missing where none was seen",
            nullable=True,
            minimum=0,
        ),
        Column("reason", TEXT, "why it has its weight, or why the series is not forecast"),
    ),
    key=("series_id", "model"),
)

COHERENT_FORECAST = Contract(
    "coherent forecast",
    (
        Column(
            "grouping",
            TEXT,
            "what the series is; it adds up with the industry forecast",
            admitted=("total", "division", "region", "district"),
        ),
        *FORECAST.columns,
    ),
    key=("grouping", *FORECAST.key),
)
