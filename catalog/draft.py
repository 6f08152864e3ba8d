"""A draft of one issue: everything that the release formats print, and nothing they compute."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from data.tables import FORECAST
from forecasting import Naive, SeasonalNaive
from forecasting.hierarchy import TOTAL

from .tables import LISTED_GRADES

BENCHMARKS = (SeasonalNaive.name, Naive.name)


def published_forecast(forecast: pd.DataFrame) -> pd.DataFrame:
    """Rows of the forecast that counts for each series, without the benchmark beside it.

    Parameters
    ----------
    forecast : pandas.DataFrame
        Contract `data.tables.FORECAST`.  A series of which the benchmark is the only forecast
        keeps it.
    """
    is_benchmark = forecast["model"].isin(BENCHMARKS)
    alone = is_benchmark.groupby(forecast["series_id"]).transform("all")
    return forecast[~is_benchmark | alone]


@dataclass(frozen=True)
class Draft:
    """The content of one issue before it is written.

    Parameters
    ----------
    quarter : str
        Quarter of the issue, such as ``2026Q4``.
    title, issuer, area : str
        Headings of the published documents, in Chinese.
    ranking : pandas.DataFrame
        Contract `catalog.tables.RANKING`: every occupation with openings or with an earlier grade.
    indicators : pandas.DataFrame
        Contract `catalog.tables.INDICATORS`.
    openings : pandas.DataFrame
        Contract `data.tables.OPENINGS`, of every quarter that was read.
    panel, staffing_shares : pandas.DataFrame
    industry_history, industry_forecast, occupation_forecast : pandas.DataFrame
        Evidence behind the figures: contracts `PANEL`, `STAFFING_SHARES`, `FORECAST`,
        `OCCUPATION_FORECAST` and `SERIES` of `data.tables`; empty where there was no input.
    rejected : pandas.DataFrame
        Rows that were not used: columns ``table``, ``row``, ``reason``.
    quality : dict
        Figures of the run that `quality.json` publishes: rows in = used + duplicate + rejected,
        with reasons, coverage of coding, shares imputed, gates.
    statements : tuple of str
        Plain Chinese sentences on what the evidence allows and what it does not.
    synthetic : bool
        Whether the inputs were made by the program and describe no real labour market.
    configuration : dict
        The configuration of the run.
    coherent_forecast : pandas.DataFrame, optional
        Contract `catalog.tables.COHERENT_FORECAST`: the city, divisions, regions and districts,
        adding up with the industry forecast; none where there is no forecast.
    forecast_models : pandas.DataFrame, optional
        Contract `catalog.tables.FORECAST_MODELS`: every model tried, with its weight and error;
        none where nothing was forecast.
    requirements : pandas.DataFrame, optional
        Contract `data.requirements.REQUIREMENTS`: the requirements account, never to be added to
        openings; none where no employment is known.  Its notes and the groups without a figure
        stand in ``quality`` under ``requirements``.
    last_issue_recomputed : pandas.DataFrame, optional
        Contract `catalog.tables.RANKING`: the last issue by the present method, where the
        method has changed since.
    """

    quarter: str
    title: str
    issuer: str
    area: str
    ranking: pd.DataFrame
    indicators: pd.DataFrame
    openings: pd.DataFrame
    panel: pd.DataFrame
    staffing_shares: pd.DataFrame
    industry_history: pd.DataFrame
    industry_forecast: pd.DataFrame
    occupation_forecast: pd.DataFrame
    rejected: pd.DataFrame
    quality: dict[str, Any]
    statements: tuple[str, ...] = ()
    synthetic: bool = False
    configuration: dict[str, Any] = field(default_factory=dict)
    coherent_forecast: pd.DataFrame | None = None
    forecast_models: pd.DataFrame | None = None
    requirements: pd.DataFrame | None = None
    last_issue_recomputed: pd.DataFrame | None = None

    @property
    def total_and_industries(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """History and forecast of the city's total, where there is one, and of its industries."""
        history, forecast = self.industry_history, self.industry_forecast
        if self.coherent_forecast is None:
            return history, forecast
        total = self.coherent_forecast[self.coherent_forecast["grouping"] == "total"]
        past = history[history["series_id"].isin(forecast["series_id"])]
        summed = past.groupby("period")["value"].sum(skipna=False).reset_index()
        rows = pd.concat([total[FORECAST.names], forecast], ignore_index=True)
        return pd.concat([summed.assign(series_id=TOTAL), history], ignore_index=True), rows

    @property
    def catalog(self) -> pd.DataFrame:
        """Rows of the catalog proper: graded as short and open to training, best rank first."""
        return self._listed(eligible=True)

    @property
    def outside_training(self) -> pd.DataFrame:
        """Rows of the annex 紧缺但不属培训范围, best rank first."""
        return self._listed(eligible=False)

    def _listed(self, *, eligible: bool) -> pd.DataFrame:
        rows = self.ranking[
            self.ranking["grade"].isin(LISTED_GRADES) & (self.ranking["eligible"] == eligible)
        ]
        return rows.sort_values(["grade", "rank", "occupation_code"], ignore_index=True)

    @property
    def demand(self) -> pd.DataFrame:
        """Every occupation with openings in the quarter, most openings first."""
        rows = self.ranking[self.ranking["openings"] > 0]
        return rows.sort_values(
            ["openings", "occupation_code"], ascending=[False, True], ignore_index=True
        )
