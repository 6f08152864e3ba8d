"""GB/T 4754-2017: 20 sections, 97 divisions, 473 groups, 1,381 classes of industry."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import pandas as pd

from .tables import reference_table, unknown_code


@dataclass(frozen=True, slots=True)
class Industry:
    """An industry of any level; only sections have a short name."""

    code: str
    level: str
    name: str
    short_name: str
    parent_code: str
    section_code: str


@dataclass(frozen=True)
class Industries:
    """Lookups on the classification; every lookup takes constant time.

    Examples
    --------
    >>> industries = load_industries()
    >>> industries.name("3620"), industries.section_of("3620")
    ('汽车用发动机制造', 'C')
    >>> industries.short_name("F"), len(industries.sections)
    ('批发零售业', 20)
    """

    industries: Mapping[str, Industry]
    sections: Mapping[str, str]

    @property
    def table(self) -> pd.DataFrame:
        """The table as a new frame: one row an industry, text columns."""
        return reference_table("industries").frame()

    def industry(self, code: str) -> Industry:
        """Return the industry of a code.

        Raises
        ------
        UnknownCodeError
            When the standard has no such code; the message names the nearest ones.
        """
        try:
            return self.industries[code]
        except (KeyError, TypeError):
            names = {known: industry.name for known, industry in self.industries.items()}
            raise unknown_code("industry code", code, names) from None

    def name(self, code: str) -> str:
        """Official name of an industry."""
        return self.industry(code).name

    def short_name(self, code: str) -> str:
        """Usual short name of a section; the official name below."""
        industry = self.industry(code)
        return industry.short_name or industry.name

    def section_of(self, code: str) -> str:
        """Code of the section (A–T) that holds an industry."""
        return self.industry(code).section_code


@cache
def load_industries() -> Industries:
    """Load the classification of 2017; read once, immutable."""
    industries = {
        record["industry_code"]: Industry(
            record["industry_code"],
            record["level"],
            record["name"],
            record["short_name"],
            record["parent_code"],
            record["section_code"],
        )
        for record in reference_table("industries").records()
    }
    sections = {code: each.name for code, each in industries.items() if each.level == "section"}
    return Industries(MappingProxyType(industries), MappingProxyType(sections))
