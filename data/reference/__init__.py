"""Reference tables: occupations, industries, districts, standards, levels, calendar, census."""

from .census import census_employment_2022, load_census_employment, load_employed_persons
from .districts import District, Districts, Transfer, load_districts
from .eligibility import LOCAL_ITEMS, training_eligibility
from .industries import Industries, Industry, load_industries
from .occupations import (
    OccupationGroup,
    Occupations,
    load_new_occupations,
    load_occupations,
)
from .places import PlaceNames
from .replacement_rates import read_replacement_rates
from .skill_levels import SkillLevel, load_skill_levels, skill_level_of
from .spring_festival import load_spring_festivals, spring_festival
from .standards import load_licences, load_qualifications, load_standards
from .tables import ReferenceTable, Sidecar, reference_table
from .trades import TRADES, read_trades
from .traditional_holidays import TraditionalHolidays, load_traditional_holidays

__all__ = [
    "LOCAL_ITEMS",
    "TRADES",
    "District",
    "Districts",
    "Industries",
    "Industry",
    "OccupationGroup",
    "Occupations",
    "PlaceNames",
    "ReferenceTable",
    "Sidecar",
    "SkillLevel",
    "TraditionalHolidays",
    "Transfer",
    "census_employment_2022",
    "load_census_employment",
    "load_districts",
    "load_employed_persons",
    "load_industries",
    "load_licences",
    "load_new_occupations",
    "load_occupations",
    "load_qualifications",
    "load_skill_levels",
    "load_spring_festivals",
    "load_standards",
    "load_traditional_holidays",
    "read_replacement_rates",
    "read_trades",
    "reference_table",
    "skill_level_of",
    "spring_festival",
    "training_eligibility",
]
