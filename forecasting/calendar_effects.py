"""What the Chinese calendar does to a series: its regressors, their effects and their worth.

The effects are those of a regression with ARIMA errors on logarithms (RegARIMA), as X-13 and
Lin and Liu (2002) have it: the airline model (0,1,1)(0,1,1) of Box and Jenkins with the
regressors of `spring_festival` and `working_day_counts`, fitted by statsmodels with standard
errors.  `calendar_adjustment` is the fast way of the same model into every published forecast.

Only series that are declared Chinese have such regressors: the caller decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.tsa.statespace.sarimax import SARIMAX

from data.errors import ConfigurationError, InputError

from .spring_festival import (
    LONGEST_WINDOW_DAYS,
    Frequency,
    covered_years,
    period_spans,
    spring_festival_regressors,
)
from .statsmodels_engine import warnings_as_notes
from .working_day_counts import working_days

FEWEST_YEARS = 5
MOST_ITERATIONS = 100
AIRLINE = (0, 1, 1)
# Below this a regressor is the same in every year and cannot be told from the season.
SMALLEST_SPREAD = 1e-9


@dataclass(frozen=True, slots=True)
class CalendarParameters:
    """Which regressors of the Chinese calendar to use.

    Parameters
    ----------
    days_before, days_during, days_after : int
        Windows around the Spring Festival, in days; 0 leaves a window out.
    working_days : bool
        Whether the number of working days is a regressor too.

    Raises
    ------
    ConfigurationError
        When a window is out of range, or nothing is left.
    """

    days_before: int = 0
    days_during: int = 10
    days_after: int = 20
    working_days: bool = True

    def __post_init__(self) -> None:
        """Refuse windows out of range."""
        windows = (self.days_before, self.days_during, self.days_after)
        if not all(0 <= days <= LONGEST_WINDOW_DAYS for days in windows):
            raise ConfigurationError(
                "windows around the Spring Festival",
                got=f"{windows} days",
                expected=f"0 to {LONGEST_WINDOW_DAYS} days each",
            )
        if not any(windows) and not self.working_days:
            raise ConfigurationError("no regressor of the calendar is left")


MONTHLY_CALENDAR = CalendarParameters()
# Whatever a quarter's windows of a few weeks cannot tell apart: the ninety days of hiring from
# the festival on reach the further into the second quarter, the later the festival is.
QUARTERLY_CALENDAR = CalendarParameters(0, 0, 90, working_days=False)


@dataclass(frozen=True, slots=True)
class CalendarEffect:
    """Effects of the calendar on one series.

    Parameters
    ----------
    coefficients : pandas.DataFrame
        ``regressor, coefficient, standard_error, t_value``: log points for a regressor of one.
    aicc_with, aicc_without : float
        Corrected information criterion of the airline model with and without the regressors.
    parameters : CalendarParameters
    frequency : str
    notes : tuple of str
        Regressors left out, and warnings of statsmodels.
    """

    coefficients: pd.DataFrame
    aicc_with: float
    aicc_without: float
    parameters: CalendarParameters
    frequency: Frequency
    notes: tuple[str, ...] = ()

    @property
    def is_worth_it(self) -> bool:
        """Whether the regressors lower the information criterion."""
        return self.aicc_with < self.aicc_without

    def factors(self, periods: Sequence[object]) -> np.ndarray:
        """What the calendar multiplies each period by, shape (n_periods,).

        Divide a history by them before it is forecast, and multiply the forecast by them.
        """
        regressors = calendar_regressors(periods, self.parameters, frequency=self.frequency)
        used = regressors[self.coefficients["regressor"].tolist()].to_numpy()
        return np.exp(used @ self.coefficients["coefficient"].to_numpy())


def calendar_regressors(
    periods: Sequence[object],
    parameters: CalendarParameters | None = None,
    *,
    frequency: Frequency | None = None,
) -> pd.DataFrame:
    """All regressors of the calendar, each centred on its long-run mean by month or quarter.

    Parameters
    ----------
    periods : sequence
        Months or quarters, as `spring_festival.period_spans` reads them.
    parameters : CalendarParameters, optional
    frequency : {"month", "quarter"}, optional
        Needed where periods are dates.

    Returns
    -------
    pandas.DataFrame of shape (n_periods, n_regressors)
        Columns of `spring_festival_regressors`, and ``working_days``: the logarithm of their
        number, so that its coefficient is an elasticity.

    Raises
    ------
    InputError
        When a period lies outside the years of the calendar's tables.

    Examples
    --------
    >>> calendar_regressors(["2026-02"], CalendarParameters(0, 7, 0, True)).round(2).values
    array([[ 0.27, -0.12]])
    """
    parameters = parameters or MONTHLY_CALENDAR
    parts = []
    if parameters.days_before or parameters.days_during or parameters.days_after:
        parts.append(
            spring_festival_regressors(
                periods,
                days_before=parameters.days_before,
                days_during=parameters.days_during,
                days_after=parameters.days_after,
                frequency=frequency,
            )
        )
    if parameters.working_days:
        parts.append(_working_days_regressor(periods, frequency).to_frame())
    return pd.concat(parts, axis=1)


def calendar_effect(
    values: np.ndarray,
    periods: Sequence[object],
    parameters: CalendarParameters | None = None,
    *,
    frequency: Frequency | None = None,
) -> CalendarEffect:
    """Estimate the effects of the calendar on a series and say whether they are worth it.

    Parameters
    ----------
    values : array of shape (n_periods,)
        Positive values of consecutive periods; NaN where missing.
    periods : sequence
        Their months or quarters, in the order of time.
    parameters : CalendarParameters, optional
        By default `MONTHLY_CALENDAR` for months and `QUARTERLY_CALENDAR` for quarters.
    frequency : {"month", "quarter"}, optional
        Needed where periods are dates.

    Raises
    ------
    InputError
        When a value is not positive, the history is shorter than five years, a period is
        missing or out of order, or no regressor differs between the years.
    """
    spans = period_spans(periods, frequency)
    if parameters is None:
        monthly = spans.frequency == "month"
        parameters = MONTHLY_CALENDAR if monthly else QUARTERLY_CALENDAR
    season = 12 if spans.frequency == "month" else 4
    logarithms = _logarithms(values, spans.year * season + spans.number, season)
    regressors = calendar_regressors(periods, parameters, frequency=spans.frequency)
    moving = _moving(regressors, season)
    notes = [f"{name} is the same in every year" for name in regressors if name not in moving]
    if not moving:
        raise InputError(
            "no regressor of the calendar differs between the years",
            which=list(regressors),
            action="take windows that reach into a neighbouring period",
        )
    with warnings_as_notes("calendar", notes):
        plain = _airline(logarithms, None, season)
        fitted = _airline(logarithms, regressors[moving].to_numpy(), season)
    table = pd.DataFrame({"regressor": moving, "coefficient": fitted.params[: len(moving)]})
    table["standard_error"] = np.asarray(fitted.bse)[: len(moving)]
    table["t_value"] = table["coefficient"] / table["standard_error"]
    return CalendarEffect(
        coefficients=table,
        aicc_with=float(fitted.aicc),
        aicc_without=float(plain.aicc),
        parameters=parameters,
        frequency=spans.frequency,
        notes=tuple(notes),
    )


def _working_days_regressor(periods: Sequence[object], frequency: Frequency | None) -> pd.Series:
    spans = period_spans(periods, frequency)
    years = covered_years()
    code = "M" if spans.frequency == "month" else "Q"
    table = pd.period_range(f"{years[0]}-01-01", f"{years[-1]}-12-31", freq=code)
    logarithms = np.log(working_days(list(table)).to_numpy())
    long_run = logarithms.reshape(len(years), -1).mean(axis=0)
    counts = working_days(periods, frequency=frequency)
    return np.log(counts) - long_run[spans.number - 1]


def _logarithms(values: np.ndarray, ordinals: np.ndarray, season: int) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    if values.shape != ordinals.shape or (np.diff(ordinals) != 1).any():
        raise InputError(
            "the periods of the series are not one after the other",
            got=f"{values.size} values on {ordinals.size} periods",
            expected="one value a period, NaN where missing",
        )
    seen = values[~np.isnan(values)]
    if seen.size < FEWEST_YEARS * season:
        raise InputError(
            "too short for the effects of the calendar",
            got=f"{seen.size} observations",
            expected=f"at least {FEWEST_YEARS * season}",
        )
    if seen.min() <= 0 or not np.isfinite(seen).all():
        raise InputError(
            "effects of the calendar need positive values", got=f"smallest {seen.min():g}"
        )
    return np.log(values)


def _moving(regressors: pd.DataFrame, season: int) -> list[str]:
    """Names of the regressors that differ between the years."""
    changes = regressors.diff(season).abs().max()
    return [str(name) for name, change in changes.items() if change > SMALLEST_SPREAD]


def _airline(logarithms: np.ndarray, regressors: np.ndarray | None, season: int) -> Any:
    # Differencing first and a scale in closed form halve the state and the time.
    model = SARIMAX(
        logarithms,
        exog=regressors,
        order=AIRLINE,
        seasonal_order=(*AIRLINE, season),
        simple_differencing=True,
        concentrate_scale=True,
    )
    return model.fit(disp=False, maxiter=MOST_ITERATIONS)
