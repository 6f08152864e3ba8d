from .dates import parse_dates
from .education import EDUCATION_LEVELS, parse_education
from .experience import parse_experience
from .headcount import parse_headcounts
from .place import Districts, parse_places
from .wage import PAID_DAYS_PER_MONTH, PAID_HOURS_PER_MONTH, parse_wages

__all__ = [
    "EDUCATION_LEVELS",
    "PAID_DAYS_PER_MONTH",
    "PAID_HOURS_PER_MONTH",
    "Districts",
    "parse_dates",
    "parse_education",
    "parse_experience",
    "parse_headcounts",
    "parse_places",
    "parse_wages",
]
