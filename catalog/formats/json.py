"""`catalog.json`: the release for programs; English keys, Chinese names, missing values null."""

from pathlib import Path
from typing import Any

import pandas as pd

from catalog.draft import Draft
from catalog.grade import has_lowering_warning
from catalog.tables import GRADE_NAMES, INDICATOR_UNITS
from data.manifest import write_json as write_canonical_json
from data.reference import load_occupations

from .csv import ANNEX, LISTED, NOT_LISTED, listing_of
from .edition import Edition
from .wording import is_missing, score_weights

SCHEMA = "jinque.catalog"
SCHEMA_VERSION = "1.0"
LISTING_KEYS = {LISTED: "catalog", ANNEX: "annex", NOT_LISTED: "not_listed"}
PLAIN_COLUMNS = (
    "occupation_name", "major_group_name", "grade", "previous_grade", "change", "exit_warning",
    "lowering_warning", "eligible", "eligibility_basis", "ads", "employers",
    "largest_employer_share", "imputed_share", "certainty_share", "wage_yuan_month_median",
    "vacancy_ratio", "vacancy_ratio_basis_code", "training_courses", "training_certificates_year",
    "flags", "explanation",
)  # fmt: skip
INTERVAL_COLUMNS = ("score", "rank", "openings", "openings_forecast_next_year")


def write_json(edition: Edition, path: Path) -> Path:
    """Write the structured catalog."""
    return write_canonical_json(path, structured(edition))


def structured(edition: Edition) -> dict[str, Any]:
    """Build the content of `catalog.json`: headings, occupations by rank, and forecasts."""
    draft = edition.draft
    ranking = draft.ranking.sort_values(["rank", "occupation_code"], ignore_index=True)
    ranking = ranking.assign(lowering_warning=has_lowering_warning(ranking))
    measured = _indicators_by_code(draft.indicators[draft.indicators["quarter"] == draft.quarter])
    listing = listing_of(ranking).map(LISTING_KEYS)
    occupations = [
        _occupation(row, place, measured.get(row["occupation_code"], {}))
        for row, place in zip(ranking.to_dict("records"), listing, strict=True)
    ]
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "release": edition.name,
        "quarter": draft.quarter,
        "revision": edition.revision,
        "status": edition.status,
        "synthetic": draft.synthetic,
        "title": draft.title,
        "issuer": draft.issuer,
        "area": draft.area,
        "statements": list(draft.statements),
        "grades": GRADE_NAMES,
        "units": INDICATOR_UNITS,
        "score_weights": score_weights(draft.configuration),
        "occupations": occupations,
        "industry_forecast": _records(draft.industry_forecast),
        "requirements": _requirements(draft),
    }


def _requirements(draft: Draft) -> dict[str, Any]:
    """Return the requirements account: its notes, groups left out, and groups with figures."""
    described = {"notes": [], "left_out": []} | draft.quality.get("requirements", {})
    if draft.requirements is None:
        return described | {"groups": []}
    table = draft.requirements
    names = table["occupation_code"].map(load_occupations().name)
    return described | {"groups": _records(table.assign(occupation_name=names))}


def _occupation(row: dict[Any, Any], listing: str, indicators: dict[str, Any]) -> dict[str, Any]:
    intervals = {
        name: {
            "value": _value(row[name]),
            "lower": _value(row[f"{name}_lower"]),
            "upper": _value(row[f"{name}_upper"]),
        }
        for name in INTERVAL_COLUMNS
    }
    plain = {name: _value(row[name]) for name in PLAIN_COLUMNS}
    return {
        "occupation_code": row["occupation_code"],
        "listing": listing,
        **plain,
        **intervals,
        "indicators": indicators,
    }


def _indicators_by_code(indicators: pd.DataFrame) -> dict[str, dict[str, Any]]:
    by_code: dict[str, dict[str, Any]] = {}
    for row in _records(indicators.drop(columns="quarter")):
        by_code.setdefault(row.pop("occupation_code"), {})[row.pop("indicator")] = row
    return by_code


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): _value(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _value(value: Any) -> Any:
    """Turn a cell into what JSON holds: missing is null, a whole number has no decimal point."""
    if is_missing(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value
