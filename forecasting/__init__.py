from .arima import Arima
from .breaks import Breaks, find_breaks
from .calendar_adjustment import CalendarAdjustment, ChineseCalendar, calendar_adjustments
from .calendar_effects import (
    MONTHLY_CALENDAR,
    QUARTERLY_CALENDAR,
    CalendarEffect,
    CalendarParameters,
    calendar_effect,
    calendar_regressors,
)
from .combination import (
    Combination,
    FittedCombination,
    benchmark_for,
    model_for,
    standard_members,
)
from .corrections import join_sources
from .diagnostics import (
    backtest_coverage,
    decomposition,
    decomposition_chart,
    residual_diagnostics,
    residuals_chart,
)
from .distribution import ForecastDistribution
from .employment_growth import growth_by_occupation, yearly_growth
from .exponential_smoothing import ExponentialSmoothing
from .forecast_table import ForecastResult, forecast
from .hierarchy import Hierarchy
from .intervals import half_widths
from .logarithms import OnLogarithms
from .models import Fitted, Model
from .nowcast_revisions import revision_chart, revision_history
from .nowcasting import Nowcast, NowcastParameters, nowcast
from .occupations import OccupationForecast, OccupationForecastParameters, occupation_forecast
from .one_series import ForecastParameters
from .past_origins import Backtest, rolling_origins, run_backtest
from .periods import PeriodIndex, read_periods
from .plots import coverage_chart, errors_chart, fan_chart
from .pooled_autoregression import PooledParameters, pooled_autoregression
from .preparation import Prepared, prepare
from .reconciliation import (
    ReconciledForecast,
    ReconciliationParameters,
    one_step_errors,
    reconcile,
)
from .requirements import Requirements, RequirementsParameters, occupation_requirements
from .seasonal_naive import Naive, SeasonalNaive
from .series import CleanSeries, TimeSeries, clean_series
from .spring_festival import spring_festival_regressors
from .staffing import StaffingParameters, staffing_shares
from .table_backtest import TableBacktest, backtest
from .theta import Theta
from .weekly_counts import weekly_openings
from .weighting import WeightedFit, fit_weighted
from .working_day_counts import working_days

__all__ = [
    "MONTHLY_CALENDAR",
    "QUARTERLY_CALENDAR",
    "Arima",
    "Backtest",
    "Breaks",
    "CalendarAdjustment",
    "CalendarEffect",
    "CalendarParameters",
    "ChineseCalendar",
    "CleanSeries",
    "Combination",
    "ExponentialSmoothing",
    "Fitted",
    "FittedCombination",
    "ForecastDistribution",
    "ForecastParameters",
    "ForecastResult",
    "Hierarchy",
    "Model",
    "Naive",
    "Nowcast",
    "NowcastParameters",
    "OccupationForecast",
    "OccupationForecastParameters",
    "OnLogarithms",
    "PeriodIndex",
    "PooledParameters",
    "Prepared",
    "ReconciledForecast",
    "ReconciliationParameters",
    "Requirements",
    "RequirementsParameters",
    "SeasonalNaive",
    "StaffingParameters",
    "TableBacktest",
    "Theta",
    "TimeSeries",
    "WeightedFit",
    "backtest",
    "backtest_coverage",
    "benchmark_for",
    "calendar_adjustments",
    "calendar_effect",
    "calendar_regressors",
    "clean_series",
    "coverage_chart",
    "decomposition",
    "decomposition_chart",
    "errors_chart",
    "fan_chart",
    "find_breaks",
    "fit_weighted",
    "forecast",
    "growth_by_occupation",
    "half_widths",
    "join_sources",
    "model_for",
    "nowcast",
    "occupation_forecast",
    "occupation_requirements",
    "one_step_errors",
    "pooled_autoregression",
    "prepare",
    "read_periods",
    "reconcile",
    "residual_diagnostics",
    "residuals_chart",
    "revision_chart",
    "revision_history",
    "rolling_origins",
    "run_backtest",
    "spring_festival_regressors",
    "staffing_shares",
    "standard_members",
    "weekly_openings",
    "working_days",
    "yearly_growth",
]
