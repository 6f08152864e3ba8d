"""The configuration file: what a person writes in `jinque.toml`.

Every key is checked when the file is read; unknown keys are refused.  Paths are relative to the
file.  `Configuration` is the written form; `catalog.run` turns it into the frozen parameter
objects of the stages.
"""

import os
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data.errors import ConfigurationError, MissingFileError

from .tables import INDICATOR_NAMES

Share = Annotated[float, Field(ge=0, le=1)]
Points = Annotated[float, Field(ge=0, le=100)]
MOST_PROCESSES = 256
PerCent = Annotated[int, Field(ge=1, le=99)]


class Section(BaseModel):
    """Base of all tables of the file: frozen, and closed against unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ReleaseSection(Section):
    """Headings of the published documents."""

    title: str = "紧缺职业技能培训工种目录"
    issuer: str = "人力资源和社会保障局"
    synthetic: bool = False


class AreaSection(Section):
    """The area the catalog is for, and which postings count for it."""

    name: str = "重庆市"
    postings: Literal["inside", "everywhere"] = "inside"


class InputsSection(Section):
    """Input files; only the postings are indispensable."""

    postings: str
    postings_sources: tuple[str, ...] = ()
    postings_collected_on: str | None = None
    demand: str | None = None
    seekers: str | None = None
    supply: str | None = None
    evidence: str | None = None
    previous: str | None = None
    corrections: str | None = None
    titles: str | None = None
    local_items: str | None = None
    coder: str | None = None
    replacement_rates: str | None = None
    employment_growth: str | None = None


class CodingSection(Section):
    """What the coder calls sure."""

    sure_probability: Annotated[float, Field(gt=0.5, lt=1)] = 0.7
    alternatives: Annotated[int, Field(ge=1, le=20)] = 5


class ForecastSection(Section):
    """How far the forecasts reach and how wide their intervals are."""

    horizon_quarters: Annotated[int, Field(ge=1, le=20)] = 4
    levels: Annotated[tuple[PerCent, ...], Field(min_length=1)] = (80, 95)
    calendar: Literal["chinese", "none"] = "chinese"
    # How the work is shared out and kept makes no difference to a figure: no manifest tells of it.
    processes: Annotated[int, Field(ge=0, le=MOST_PROCESSES, exclude=True)] = 0
    cache: Annotated[str | None, Field(exclude=True)] = None


class ScoreSection(Section):
    """The public formula: weights of the indicators, and how intervals are drawn."""

    weights: dict[str, Annotated[float, Field(ge=0)]] = {
        "vacancy_ratio": 0.40,
        "openings": 0.20,
        "openings_growth": 0.10,
        "wage_growth": 0.10,
        "days_open": 0.10,
        "training_shortfall": 0.10,
    }
    largest_employer_share_counted: Share = 0.30
    draws: Annotated[int, Field(ge=100, le=100_000)] = 1_000
    seed: int = 1

    @model_validator(mode="after")
    def _known_indicators(self) -> Self:
        unknown = sorted(set(self.weights) - set(INDICATOR_NAMES))
        if unknown:
            expected = ", ".join(INDICATOR_NAMES)
            raise ValueError(f"unknown indicators: {', '.join(unknown)}; expected {expected}")
        if sum(self.weights.values()) <= 0:
            raise ValueError("at least one weight must be positive")
        return self


class GradesSection(Section):
    """Bounds of the grades, hysteresis, and the evidence that a grade needs."""

    very_short: Points = 75
    short: Points = 68
    somewhat_short: Points = 60
    hysteresis: Points = 2
    ads_at_least: Annotated[float, Field(ge=0)] = 5
    employers_at_least: Annotated[int, Field(ge=1)] = 3
    vacancy_ratio_at_least: Annotated[float, Field(ge=0)] = 1.0
    tightness_points_at_least: Points = 50
    weight_present_at_least: Share = 0.5

    @model_validator(mode="after")
    def _descending(self) -> Self:
        if not self.very_short > self.short > self.somewhat_short:
            raise ValueError("the bounds must descend: very_short > short > somewhat_short")
        return self


class GatesSection(Section):
    """Conditions without which no release is written."""

    postings_at_least: Annotated[int, Field(ge=1)] = 100
    rejected_share_at_most: Share = 0.5
    coded_share_at_least: Share = 0.3


class Configuration(Section):
    """A whole configuration file."""

    inputs: InputsSection
    release: ReleaseSection = ReleaseSection()
    area: AreaSection = AreaSection()
    coding: CodingSection = CodingSection()
    forecast: ForecastSection = ForecastSection()
    score: ScoreSection = ScoreSection()
    grades: GradesSection = GradesSection()
    gates: GatesSection = GatesSection()


def read_configuration(path: Path) -> Configuration:
    """Read and check a configuration file; its paths become absolute.

    Raises
    ------
    MissingFileError
        When the file is not there.
    ConfigurationError
        When it is not TOML, or a key is unknown, missing or out of range; all faults are named.
    """
    if not path.is_file():
        raise MissingFileError(
            "no configuration file", which=[path.name], action="see jinque.toml for a complete one"
        )
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        configuration = Configuration.model_validate(written)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{path.name} is not a TOML file", got=str(error), action="correct that line"
        ) from error
    except ValidationError as error:
        raise ConfigurationError(
            f"{path.name} has keys that cannot be used",
            which=[_fault(each) for each in error.errors()],
            action="correct them; jinque.toml in the repository names every key",
        ) from error
    return _with_absolute_paths(configuration, path.parent.resolve())


def collection_day(configuration: Configuration) -> date | None:
    """Day of collection of the postings, for dates without a year.

    Raises
    ------
    ConfigurationError
        When it is no day.
    """
    text = configuration.inputs.postings_collected_on
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(
            "inputs.postings_collected_on is not a day",
            got=f"'{text}'",
            expected="a form like 2026-12-31",
        ) from error


def processes_used(asked: int) -> int:
    """As many processes as asked for; for 0, one a core."""
    return asked or min(os.cpu_count() or 1, MOST_PROCESSES)


def _fault(error: object) -> str:
    fault = dict(error)  # type: ignore[call-overload]
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"{key}: unknown key"
    if fault["type"] == "missing":
        return f"{key}: missing"
    return f"{key}: {fault['msg']}, got {str(fault['input'])[:40]!r}"


def _with_absolute_paths(configuration: Configuration, folder: Path) -> Configuration:
    given = configuration.inputs.model_dump()
    paths = {
        key: str(folder / value)
        for key, value in given.items()
        if value and key not in ("postings_sources", "postings_collected_on")
    }
    inputs = configuration.inputs.model_copy(update=paths)
    cache = configuration.forecast.cache
    forecast = configuration.forecast.model_copy(update={"cache": cache and str(folder / cache)})
    return configuration.model_copy(update={"inputs": inputs, "forecast": forecast})
