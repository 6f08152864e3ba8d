"""What the labour market of the world is made of: one frozen object of assumptions.

The values are assumptions, chosen on seeds 1 to 20 so that the world gives back published facts
(`data.world.facts`); none is an estimate for a real city.
"""

from dataclasses import dataclass

from ..errors import ConfigurationError

SEEDS_FOR_BUILDING = range(1, 21)
SEEDS_FOR_REPORTING = range(101, 121)


@dataclass(frozen=True, slots=True)
class WorldParameters:
    """Assumptions of the simulated labour market.

    Parameters
    ----------
    seed : int
        Seed of all random numbers.
    quarters : int
        Quarters observed; six years before and two quarters after are simulated as well.
    last_quarter : str
        Last quarter observed.
    districts : int
        Number of county-level units, the largest first.
    employment : float
        Wage and salary earners in the first quarter, persons.
    matching_elasticity : float
        Elasticity γ of the matching function ``V·U / (V^γ + U^γ)^(1/γ)`` (den Haan, Ramey and
        Watson 2000).
    vacancy_withdrawal, seeker_exit : float
        Shares of unfilled vacancies and unsuccessful seekers that leave after a quarter.
    mobility : float
        Share of seekers who look at the neighbouring occupations of their 小类 each quarter.
    wage_reaction : float
        Rise of the log wage a quarter for one unit of log tightness above its mean.
    entry_reaction : float
        Elasticity of entry into an occupation to its wage, two years later.
    migration_reaction : float
        Elasticity of entry into the city's labour market to its tightness.
    occupation_shock, district_shock : float
        Standard deviations of the quarterly innovations of desired employment, log points.
    shock_depth : float
        Fall of desired employment in the deepest quarter of the 2020-like shock.
    unfilled_bound : float
        An occupation is truly short when more than this share of the quarter's new openings is
        unfilled two quarters on.
    plants : int
        Plants that open or close in the whole period, one of them with thousands of jobs.

    Raises
    ------
    ConfigurationError
        When a value is out of its range.
    """

    seed: int = 1
    quarters: int = 40
    last_quarter: str = "2026Q4"
    districts: int = 37
    employment: float = 7_000_000
    matching_elasticity: float = 2.0
    vacancy_withdrawal: float = 0.15
    seeker_exit: float = 0.15
    mobility: float = 0.15
    wage_reaction: float = 0.006
    entry_reaction: float = 1.0
    migration_reaction: float = 1.5
    occupation_shock: float = 0.006
    district_shock: float = 0.010
    shock_depth: float = 0.03
    unfilled_bound: float = 0.20
    plants: int = 14

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        ranges = {
            "quarters": (1, 400),
            "districts": (1, 37),
            "employment": (1e4, 1e9),
            "matching_elasticity": (0.3, 10),
            "vacancy_withdrawal": (0, 1),
            "seeker_exit": (0, 1),
            "mobility": (0, 1),
            "wage_reaction": (0, 0.2),
            "entry_reaction": (0, 10),
            "migration_reaction": (0, 10),
            "occupation_shock": (0, 0.2),
            "district_shock": (0, 0.2),
            "shock_depth": (0, 0.8),
            "unfilled_bound": (0.01, 0.99),
            "plants": (0, 1000),
        }
        wrong = [
            f"{name} = {getattr(self, name)}, expected {low:g} to {high:g}"
            for name, (low, high) in ranges.items()
            if not low <= getattr(self, name) <= high
        ]
        if wrong:
            raise ConfigurationError("parameters of the world out of range", which=wrong)
