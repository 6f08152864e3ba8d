"""One edition: a draft with its figures rounded, its status and its revision."""

from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from catalog.draft import Draft
from catalog.tables import COHERENT_FORECAST, FORECAST_MODELS, INDICATORS, RANKING
from data.contract import Contract
from data.errors import ConfigurationError
from data.requirements import REQUIREMENTS
from data.tables import (
    FORECAST,
    OCCUPATION_FORECAST,
    OPENINGS,
    PANEL,
    SERIES,
    STAFFING_SHARES,
)

from .wording import PERSONS_DECIMALS, STATUS_LABELS, issue_label

Status = Literal["draft", "published"]

# Tables of a draft that its contract checks before anything is written.
CONTRACTS: dict[str, Contract] = {
    "ranking": RANKING,
    "indicators": INDICATORS,
    "openings": OPENINGS,
    "panel": PANEL,
    "staffing_shares": STAFFING_SHARES,
    "industry_history": SERIES,
    "industry_forecast": FORECAST,
    "occupation_forecast": OCCUPATION_FORECAST,
}

# Tables that only some drafts have.
OPTIONAL_CONTRACTS: dict[str, Contract] = {
    "coherent_forecast": COHERENT_FORECAST,
    "forecast_models": FORECAST_MODELS,
    "requirements": REQUIREMENTS,
    "last_issue_recomputed": RANKING,
}

DECIMALS_BY_WORD = {"share": 4, "weight": 4, "ratio": 2, "yuan": 0}
# Shares of an industry are small, and a ratio stands among the values of the indicators.
DECIMALS_BY_TABLE = {"staffing shares": 6, "indicators": 2}


@dataclass(frozen=True)
class Edition:
    """What the formats print.

    Parameters
    ----------
    draft : catalog.draft.Draft
        Content, its figures rounded by `edition_of`.
    status : {'draft', 'published'}
        Whether the edition still awaits signature.
    revision : int, optional
        Number of an erratum from 2 upwards; None for the first publication.
    """

    draft: Draft
    status: Status = "draft"
    revision: int | None = None

    @property
    def name(self) -> str:
        """Name of the release folder, such as ``2026Q4`` or ``2026Q4-r2``."""
        return self.draft.quarter + (f"-r{self.revision}" if self.revision else "")

    @property
    def issue(self) -> str:
        """Name of the issue in Chinese, with the number of an erratum."""
        label = issue_label(self.draft.quarter)
        return f"{label}（第{self.revision}次修订版）" if self.revision else label

    @property
    def status_label(self) -> str:
        """Status in Chinese."""
        return STATUS_LABELS[self.status]


def edition_of(draft: Draft, *, status: Status = "draft", revision: int | None = None) -> Edition:
    """Check a draft against its contracts, round its figures and sort its rows.

    Raises
    ------
    ConfigurationError
        When the status is unknown or the revision is below 2.
    ContractError, UnknownColumnsError
        When a table breaks its contract.
    """
    if status not in STATUS_LABELS:
        raise ConfigurationError("unknown status", got=status, expected=", ".join(STATUS_LABELS))
    if revision is not None and revision < 2:
        raise ConfigurationError(
            "not the number of an erratum", got=revision, expected="2 or more, the first being -r2"
        )
    tables = {
        name: rounded(contract.check(getattr(draft, name)), contract)
        for name, contract in (CONTRACTS | OPTIONAL_CONTRACTS).items()
        if name in CONTRACTS or getattr(draft, name) is not None
    }
    rejected = draft.rejected[["table", "row", "reason"]].astype(str)
    tables["rejected"] = rejected.sort_values(["table", "row", "reason"], ignore_index=True)
    return Edition(replace(draft, **tables), status, revision)  # type: ignore[arg-type]


def rounded(table: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Round every floating-point column by its unit and sort the rows by the contract's key.

    Persons, scores and days keep one decimal, ratios two, shares four, wages none.

    Examples
    --------
    >>> rounded(pd.DataFrame({"series_id": "C", "period": "2026Q4", "value": [12.345]}), SERIES)
      series_id  period  value
    0         C  2026Q4   12.3
    """
    table = table.sort_values(list(contract.key), ignore_index=True)
    places = {str(name): _decimals(str(name), contract) for name in table.select_dtypes("float")}
    for name, decimals in places.items():
        table[name] = table[name].round(decimals) + 0.0  # no negative zero
    return table


def _decimals(column: str, contract: Contract) -> int:
    if contract.name in DECIMALS_BY_TABLE:
        return DECIMALS_BY_TABLE[contract.name]
    words = column.split("_")
    matching = [places for word, places in DECIMALS_BY_WORD.items() if word in words]
    return matching[0] if matching else PERSONS_DECIMALS
