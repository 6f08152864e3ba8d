"""Contracts of the requirements account: persons a year whom growth and replacement require.

The account of its own beside openings, forecast or counted: the two are never summed, for the
same vacancy may stand in both.
"""

from .contract import Column, Contract
from .tables import COUNT, NUMBER, OCCUPATION_PATTERN, TEXT


def _persons(name: str, description: str, *, nullable: bool = False) -> Column:
    return Column(name, NUMBER, f"{description}, persons", nullable=nullable, minimum=0)


def _percent(name: str, description: str, minimum: float, maximum: float | None = None) -> Column:
    return Column(name, NUMBER, f"{description}, per cent a year", minimum=minimum, maximum=maximum)


def _any_group() -> Column:
    return Column("occupation_code", TEXT, "any level of the 大典 2022", pattern=OCCUPATION_PATTERN)


def _group_used(name: str, description: str, *, nullable: bool = False) -> Column:
    return Column(name, TEXT, description, nullable=nullable, pattern=OCCUPATION_PATTERN)


def _of_group(name: str, description: str) -> Column:
    return Column(name, COUNT, description, nullable=True, minimum=0)


EMPLOYMENT = Contract(
    "employment",
    (
        _any_group(),
        _persons("employed_persons", "employed at the end of the base year"),
        _persons("employed_persons_standard_error", "standard error of it", nullable=True),
    ),
    key=("occupation_code",),
)

EMPLOYMENT_GROWTH = Contract(
    "employment growth",
    (
        _any_group(),
        _percent("growth_percent_per_year", "growth of employment", minimum=-99),
        _percent("growth_percent_standard_error", "standard error of it", minimum=0),
        Column("source", TEXT, "where the figure is from", nullable=True),
    ),
    key=("occupation_code",),
)

# What a planner hands in: a row is of a group of occupations or of an industry, never of both.
STATED_GROWTH = Contract(
    "stated employment growth",
    (
        Column(
            "occupation_code",
            TEXT,
            "大类 or 中类 of the 大典 2022",
            nullable=True,
            pattern=r"[1-8](?:-\d{2})?",
        ),
        Column("industry_code", TEXT, "GB/T 4754-2017 section", nullable=True, pattern=r"[A-T]"),
        _percent("growth_percent_per_year", "growth of employment", minimum=-99, maximum=100),
        Column(
            "growth_percent_standard_error",
            NUMBER,
            "standard error of it, percentage points a year; missing = an assumption",
            nullable=True,
            minimum=0,
        ),
        _persons("employed_persons", "employed in the industry, its weight", nullable=True),
        Column("source", TEXT, "where the figure is from"),
    ),
    key=("occupation_code", "industry_code"),
)

REPLACEMENT_RATES = Contract(
    "replacement rates",
    (
        _any_group(),
        _percent(
            "labour_force_exit_percent_per_year",
            "share of the employed who leave the labour force",
            minimum=0,
            maximum=100,
        ),
        _percent(
            "occupational_transfer_percent_per_year",
            "share of the employed who leave for another occupation, gross",
            minimum=0,
            maximum=100,
        ),
        Column("source", TEXT, "where the rates are from"),
        Column("edition", TEXT, "edition or period of the source", nullable=True),
    ),
    key=("occupation_code",),
)

REQUIREMENTS = Contract(
    "requirements",
    (
        Column("year", COUNT, "calendar year"),
        _any_group(),
        _persons("employed_persons", "employed at the beginning of the year"),
        Column("persons_per_year_growth", NUMBER, "change of employment, persons a year"),
        _persons("persons_per_year_exits", "leave the labour force in the year"),
        _persons("persons_per_year_transfers", "leave for another occupation in the year"),
        _persons("persons_per_year_required", "growth and replacement together, at least none"),
        _persons("persons_per_year_lower", "lower bound"),
        _persons("persons_per_year_upper", "upper bound"),
        Column("level", COUNT, "nominal coverage of the interval, per cent", minimum=1, maximum=99),
        _group_used("rates_code", "group whose replacement rates were used: itself or one above"),
        _group_used(
            "growth_code",
            "group whose growth was used, as rates_code; missing = constant employment",
            nullable=True,
        ),
        _of_group("base_year", "year at whose end the stock of employment is known"),
        _of_group("occupations", "细类 of the group"),
        _of_group("occupations_open_to_training", "those that subsidised training can serve"),
    ),
    key=("year", "occupation_code"),
)
