"""Staffing shares: how an industry's openings divide into occupations, steadied where thin.

The 大典 is a tree, and a share is a product along it: of the major group in the industry, the
medium in the major, the minor in the medium, the unit in the minor group.  Each factor is a
Dirichlet-multinomial posterior mean that leans on the same factor in all industries together,
so where an industry has few employers in a group, the group's total is kept and its inner
composition is borrowed (Agresti and Hitchcock 2005, Statistical Methods and Applications 14,
297-330; small-area composition after Ghosh and Rao 1994, Statistical Science 9, 55-76).

Shares drift slowly: what was seen fades with a half-life, by default the one under which the
panel's own past quarters were forecast best, and the last estimate is extrapolated flat.

The weight of what was seen is the number of employers, not of openings: one large employer
is one decision.  The weight of the prior is estimated per depth of the tree by the method of
moments from how far industries differ beyond sampling (Mosimann 1962, Biometrika 49, 65-82;
Brier 1980, Biometrika 67, 591-596).
"""

import math
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.errors import ConfigurationError, EmptyInputError, UnknownCodeError
from data.tables import PANEL, STAFFING_SHARES
from data.whole_numbers import is_real, whole_number

from .staffing_drift import DEPTHS, discount_weights, estimate_half_life

ROOT = ""
REST = "rest"
SMALLEST_CORRELATION, LARGEST_CORRELATION = 0.001, 0.9
SMALLEST_SPREAD = 1e-9
SMALLEST, MOST_EMPLOYERS, MOST_QUARTERS = 1e-3, 1e9, 400


@dataclass(frozen=True, slots=True)
class StaffingParameters:
    """How to estimate staffing shares.

    Parameters
    ----------
    quarters : int
        Latest quarters of the panel that are pooled.
    half_life_quarters : float, optional
        Age at which what was seen counts half; estimated from the panel when missing, infinite
        for shares that do not drift.
    prior_employers : float, optional
        Weight of all industries together, in employers; estimated from the data when missing.
    fallback_employers : float
        That weight where it cannot be estimated, as with a single industry.

    Raises
    ------
    ConfigurationError
        When a value is not positive, not finite (but for the half-life), or quarters not whole.
    """

    quarters: int = 8
    half_life_quarters: float | None = None
    prior_employers: float | None = None
    fallback_employers: float = 10.0

    def __post_init__(self) -> None:
        """Refuse values that are not positive, and a prior that drowns all that was seen."""
        quarters = whole_number(self.quarters, "quarters of staffing shares", 1, MOST_QUARTERS)
        object.__setattr__(self, "quarters", quarters)
        half_life, prior = self.half_life_quarters, self.prior_employers
        sound = {
            "half_life_quarters": half_life is None or is_real(half_life, SMALLEST, math.inf),
            "prior_employers": prior is None or is_real(prior, SMALLEST, MOST_EMPLOYERS),
            "fallback_employers": is_real(self.fallback_employers, SMALLEST, MOST_EMPLOYERS),
        }
        wrong = [
            f"{name}={getattr(self, name)!r}" for name, is_sound in sound.items() if not is_sound
        ]
        if wrong:
            raise ConfigurationError(
                "parameters of staffing shares",
                which=wrong,
                expected=f"numbers > 0: from {SMALLEST:g}, employers up to {MOST_EMPLOYERS:g}",
            )


def staffing_shares(
    panel: pd.DataFrame,
    occupations: Collection[str],
    parameters: StaffingParameters | None = None,
) -> pd.DataFrame:
    """Share of every occupation in each industry's openings.

    Parameters
    ----------
    panel : pandas.DataFrame
        Contract PANEL. Openings of unknown occupation are spread like the others; openings of
        unknown industry inform the prior only. A group code holds what could not be decided
        within the group, and stands as one more part of it.
    occupations : collection of str
        Codes of all 细类; every code of the panel must be one of them or a group above one.
    parameters : StaffingParameters, optional
        How to estimate.

    Returns
    -------
    pandas.DataFrame
        Contract STAFFING_SHARES, for every industry and every code seen in any of them. Shares,
        and observed shares, sum to one in each industry; the standard error is the posterior
        one, of the last quarter of the panel, and `occupation_forecast` lets it grow with the
        horizon by the half-life.

    Raises
    ------
    UnknownCodeError
        When the panel holds a code that is neither a 细类 nor a group of one.
    EmptyInputError
        When no opening has both an occupation and an industry.
    """
    panel = PANEL.check(panel)
    _require_known(panel["occupation_code"].dropna().unique().tolist(), occupations)
    parameters = _with_half_life(parameters or StaffingParameters(), panel)
    cells = _pooled(panel, parameters)
    if not cells["industry_code"].notna().any():
        raise EmptyInputError(
            "no opening of the panel has both an occupation and an industry",
            action="code the postings and their industries first",
        )
    factors = [_factors(cells, depth, parameters) for depth in DEPTHS]
    half_life = parameters.half_life_quarters
    return STAFFING_SHARES.check(
        _products(cells, factors).assign(
            half_life_quarters=math.nan if half_life == math.inf else half_life
        )
    )


def ancestor(code: str, depth: int) -> str:
    """Group of a code at a depth of the tree; ``…/rest`` where the code itself ends above it.

    Examples
    --------
    >>> ancestor("6-18-01-07", 2), ancestor("6-18", 2), ancestor("6-18", 3)
    ('6-18', '6-18', '6-18/rest')
    """
    parts = code.split("-")
    if depth <= len(parts):
        return "-".join(parts[:depth])
    return f"{code}/{REST}"


def ancestors(codes: pd.Series, depth: int) -> pd.DataFrame:
    """Parent and child of each code at a depth; rows whose code ends above it are left out.

    Examples
    --------
    >>> ancestors(pd.Series(["6-18-01-07", "6"]), 2).to_numpy().tolist()
    [['6', '6-18'], ['6', '6/rest']]
    """
    above = {code: ancestor(code, depth - 1) if depth > 1 else ROOT for code in codes.unique()}
    at_depth = {code: ancestor(code, depth) for code in above}
    nodes = pd.DataFrame({"parent": codes.map(above), "child": codes.map(at_depth)})
    return nodes[~nodes["parent"].str.endswith(REST)]


def _require_known(codes: list[str], occupations: Collection[str]) -> None:
    known = {ancestor(code, depth) for code in occupations for depth in DEPTHS}
    unknown = sorted(code for code in codes if code not in known)
    if unknown:
        raise UnknownCodeError(
            "the panel holds unknown occupation codes",
            which=unknown,
            expected="细类 of the 大典 or groups of them",
        )


def _with_half_life(parameters: StaffingParameters, panel: pd.DataFrame) -> StaffingParameters:
    """Fill in the half-life that forecasts the panel's own quarters best, where none is given."""
    if parameters.half_life_quarters is not None:
        return parameters
    strength = parameters.prior_employers or parameters.fallback_employers
    half_life = estimate_half_life(panel, ancestors, parameters.quarters, strength)
    return replace(parameters, half_life_quarters=half_life)


def _pooled(panel: pd.DataFrame, parameters: StaffingParameters) -> pd.DataFrame:
    """Pool openings and employers by industry and occupation over the latest quarters.

    Employers of a cell are those of its richest quarter: the same employers advertise again
    from quarter to quarter, so a sum over quarters would count decisions several times.
    """
    quarters = sorted(panel["quarter"].unique())[-parameters.quarters :]
    known = panel[panel["quarter"].isin(quarters) & panel["occupation_code"].notna()]
    weights = discount_weights(len(quarters), parameters.half_life_quarters or math.inf)
    weight = known["quarter"].map(dict(zip(quarters, weights, strict=True))).astype(float)
    keys = ["industry_code", "occupation_code"]
    counts = ["openings", "employers"]
    by_quarter = (
        known.assign(**{name: known[name] * weight for name in counts})
        .groupby([*keys, "quarter"], dropna=False, as_index=False)[counts]
        .sum()
    )
    cells = by_quarter.groupby(keys, dropna=False, as_index=False).agg(
        openings=("openings", "sum"), employers=("employers", "max")
    )
    return cells[cells["openings"] > 0]


def _factors(cells: pd.DataFrame, depth: int, parameters: StaffingParameters) -> pd.DataFrame:
    """Share of each child in its parent at one depth, by industry: mean and second moment."""
    nodes = cells.join(ancestors(cells["occupation_code"], depth), how="inner")
    prior = nodes.groupby(["parent", "child"], as_index=False)[["openings"]].sum()
    prior["prior"] = _share_within(prior, ["parent"])
    counts = (
        nodes.dropna(subset="industry_code")
        .groupby(["industry_code", "parent", "child"], as_index=False)[["openings", "employers"]]
        .sum()
    )
    industries = pd.DataFrame({"industry_code": cells["industry_code"].dropna().unique()})
    table = industries.merge(prior.drop(columns="openings"), how="cross").merge(
        counts, how="left", on=["industry_code", "parent", "child"]
    )
    table = table.fillna({"openings": 0.0, "employers": 0.0})
    table["observed"] = _share_within(table, ["industry_code", "parent"])
    group = table.groupby(["industry_code", "parent"])
    # A cell may hold openings but, as employers are a count of whole ones, none of them.
    size = group["employers"].transform("sum").where(table["observed"].notna(), 0.0)
    table = table.assign(size=size, observed=table["observed"].fillna(table["prior"]))
    strength = parameters.prior_employers or _prior_strength(table, parameters)
    total = table["size"] + strength
    table["mean"] = (table["size"] * table["observed"] + strength * table["prior"]) / total
    variance = table["mean"] * (1 - table["mean"]) / (total + 1)
    table["square"] = variance + table["mean"] ** 2
    return table[["industry_code", "child", "mean", "square"]]


def _share_within(table: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Divide openings by their sum in the group; missing where the group has none."""
    total = table.groupby(keys)["openings"].transform("sum")
    return table["openings"] / total.where(total > 0)


def _prior_strength(table: pd.DataFrame, parameters: StaffingParameters) -> float:
    """Employers that the composition of all industries is worth, by the method of moments.

    With correlation ρ of two employers in an industry, the expected squared distance of an
    observed composition from the common one is ``Σπ(1-π) (1/n + (1-1/n) ρ)``, and the strength
    is ``1/ρ - 1``.
    """
    groups = table.assign(
        distance=(table["observed"] - table["prior"]) ** 2,
        spread=table["prior"] * (1 - table["prior"]),
    ).groupby(["industry_code", "parent"])
    sums = groups.agg(
        distance=("distance", "sum"), spread=("spread", "sum"), size=("size", "first")
    )
    sums = sums[(sums["size"] > 1) & (sums["spread"] > SMALLEST_SPREAD)]
    if sums.index.get_level_values("industry_code").nunique() < 2:
        return parameters.fallback_employers
    beyond = sums["size"] * sums["distance"] - sums["spread"]
    expected = (sums["size"] - 1) * sums["spread"]
    correlation = np.clip(beyond.sum() / expected.sum(), SMALLEST_CORRELATION, LARGEST_CORRELATION)
    return float(1 / correlation - 1)


def _products(cells: pd.DataFrame, factors: list[pd.DataFrame]) -> pd.DataFrame:
    """Multiply the factors along the tree; factors of different depths are independent."""
    codes = pd.DataFrame({"occupation_code": sorted(cells["occupation_code"].unique())})
    industries = pd.DataFrame({"industry_code": sorted(cells["industry_code"].dropna().unique())})
    table = industries.merge(codes, how="cross").assign(share=1.0, square=1.0)
    for depth, factor in zip(DEPTHS, factors, strict=True):
        table["child"] = [ancestor(code, depth) for code in table["occupation_code"]]
        table = table.merge(
            factor.rename(columns={"square": "factor_square"}),
            how="left",
            on=["industry_code", "child"],
        )
        # A code that ends above this depth has no further factor.
        table["share"] *= table.pop("mean").fillna(1.0)
        table["square"] *= table.pop("factor_square").fillna(1.0)
    table["standard_error"] = np.sqrt(np.maximum(table["square"] - table["share"] ** 2, 0))
    seen = cells.dropna(subset="industry_code")
    table = table.merge(seen, how="left", on=["industry_code", "occupation_code"])
    table["openings"] = table["openings"].fillna(0.0)
    table["share_observed"] = _share_within(table, ["industry_code"])
    return table.assign(share=table["share"].clip(0, 1))
