from .backtest import Backtest, rolling_origins, run_backtest
from .combination import Combination, FittedCombination, benchmark_for, model_for
from .exponential_smoothing import ExponentialSmoothing
from .forecast import ForecastParameters, ForecastResult, forecast
from .intervals import half_widths
from .models import Fitted, Model
from .occupations import OccupationForecast, OccupationForecastParameters, occupation_forecast
from .periods import PeriodIndex, read_periods
from .plots import errors_chart, fan_chart
from .seasonal_naive import Naive, SeasonalNaive
from .series import CleanSeries, TimeSeries, clean_series
from .staffing import StaffingParameters, staffing_shares
from .theta import Theta

__all__ = [
    "Backtest",
    "CleanSeries",
    "Combination",
    "ExponentialSmoothing",
    "Fitted",
    "FittedCombination",
    "ForecastParameters",
    "ForecastResult",
    "Model",
    "Naive",
    "OccupationForecast",
    "OccupationForecastParameters",
    "PeriodIndex",
    "SeasonalNaive",
    "StaffingParameters",
    "Theta",
    "TimeSeries",
    "benchmark_for",
    "clean_series",
    "errors_chart",
    "fan_chart",
    "forecast",
    "half_widths",
    "model_for",
    "occupation_forecast",
    "read_periods",
    "rolling_origins",
    "run_backtest",
    "staffing_shares",
]
