"""The 大典 2022: 8 major, 79 medium, 450 minor groups and 1,639 units (细类, occupations)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import pandas as pd

from ..errors import ConfigurationError
from .tables import reference_table, unknown_code

LEVEL_NAMES = ("major", "medium", "minor", "unit")
# A code grows by a hyphen and two digits a level: 6, 6-18, 6-18-02, 6-18-02-04.
CODE_LENGTHS = MappingProxyType(dict(zip(LEVEL_NAMES, (1, 4, 7, 10), strict=True)))


@dataclass(frozen=True, slots=True)
class OccupationGroup:
    """A group of any level, with its marks as green (绿色) and digital (数字) occupation."""

    code: str
    level: str
    name: str
    parent_code: str
    green: bool
    digital: bool
    gbt6565_code: str


@dataclass(frozen=True)
class Occupations:
    """Lookups on the classification; every lookup takes constant time.

    Examples
    --------
    >>> occupations = load_occupations()
    >>> occupations.name("6-18-02-04"), occupations.parent("6-18-02-04", "medium")
    ('焊工', '6-18')
    >>> occupations.code_of("养老护理员"), len(occupations.units)
    ('4-10-01-05', 1639)
    """

    groups: Mapping[str, OccupationGroup]
    units: tuple[str, ...]
    _units_under: Mapping[str, tuple[str, ...]]
    _unit_of_name: Mapping[str, str]

    @property
    def table(self) -> pd.DataFrame:
        """The table as a new frame: one row a group, text columns."""
        return reference_table("occupations").frame()

    def group(self, code: str) -> OccupationGroup:
        """Return the group of a code.

        Raises
        ------
        UnknownCodeError
            When the edition has no such code; the message names the nearest ones.
        """
        try:
            return self.groups[code]
        except (KeyError, TypeError):
            names = {known: group.name for known, group in self.groups.items()}
            raise unknown_code("occupation code", code, names) from None

    def name(self, code: str) -> str:
        """Official name of a group."""
        return self.group(code).name

    def level_of(self, code: str) -> str:
        """Level of a group: major, medium, minor or unit."""
        return self.group(code).level

    def parent(self, code: str, level: str) -> str:
        """Code of the group at a level that holds the given one (itself at its own level).

        Raises
        ------
        ConfigurationError
            When the level is unknown or deeper than the code.
        """
        own = self.group(code).level
        if level not in CODE_LENGTHS or CODE_LENGTHS[level] > CODE_LENGTHS[own]:
            raise ConfigurationError(
                f"no parent of {code} at level '{level}'",
                expected=f"one of {', '.join(LEVEL_NAMES[: LEVEL_NAMES.index(own) + 1])}",
            )
        return code[: CODE_LENGTHS[level]]

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Codes of the groups above, from the major group down.

        Examples
        --------
        >>> load_occupations().ancestors("6-18-02-04")
        ('6', '6-18', '6-18-02')
        """
        own = CODE_LENGTHS[self.group(code).level]
        return tuple(code[:length] for length in CODE_LENGTHS.values() if length < own)

    def units_under(self, code: str) -> tuple[str, ...]:
        """Codes of the units in a group; a unit holds itself, a residual group may hold none."""
        return self._units_under.get(self.group(code).code, ())

    def code_of(self, name: str) -> str:
        """Code of the unit with an official name.

        Raises
        ------
        UnknownCodeError
            When no unit bears the name.
        """
        try:
            return self._unit_of_name[name]
        except (KeyError, TypeError):
            names = dict.fromkeys(self._unit_of_name, "")
            raise unknown_code("occupation name", name, names) from None

    def is_green(self, code: str) -> bool:
        """Whether the print marks the occupation as green (L)."""
        return self.group(code).green

    def is_digital(self, code: str) -> bool:
        """Whether the print marks the occupation as digital (S)."""
        return self.group(code).digital

    def label(self, code: str) -> str:
        """Name with the official marks: L green, S digital, L/S both.

        Examples
        --------
        >>> occupations = load_occupations()
        >>> occupations.label("6-18-02-04"), occupations.label("2-02-38-10")
        ('焊工', '机器人工程技术人员S')
        """
        group = self.group(code)
        marks = [mark for mark, borne in (("L", group.green), ("S", group.digital)) if borne]
        return group.name + "/".join(marks)


@cache
def load_occupations() -> Occupations:
    """Load the classification of the 2022 edition; read once, immutable."""
    groups = {record["occupation_code"]: _group(record) for record in _records()}
    units = tuple(code for code, group in groups.items() if group.level == "unit")
    under: dict[str, list[str]] = {}
    for unit in units:
        for length in CODE_LENGTHS.values():
            under.setdefault(unit[:length], []).append(unit)
    return Occupations(
        MappingProxyType(groups),
        units,
        MappingProxyType({code: tuple(members) for code, members in under.items()}),
        MappingProxyType({groups[unit].name: unit for unit in units}),
    )


def load_new_occupations() -> pd.DataFrame:
    """Load what was announced after the printed edition: occupations, trades, recodes, renames.

    Returns
    -------
    pandas.DataFrame
        Columns batch, announced_on, kind, name, occupation_code, related_code; the codes lie
        outside the 1,639 units and are empty where none has been published.
    """
    return reference_table("new_occupations").frame()


def _records() -> list[dict[str, str]]:
    return reference_table("occupations").records()


def _group(record: dict[str, str]) -> OccupationGroup:
    return OccupationGroup(
        record["occupation_code"],
        record["level"],
        record["name"],
        record["parent_code"],
        record["green"] == "true",
        record["digital"] == "true",
        record["gbt6565_code"],
    )
