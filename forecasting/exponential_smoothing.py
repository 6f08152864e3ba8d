"""ETS: exponential smoothing with additive errors, its forms weighted by AICc.

Forms: no, additive or damped additive trend; no or additive season.  Where all values are
positive and the season is significant, the same trends on multiplicatively adjusted values
stand beside them as ``ETS(A,·,M)``.  A multiplicative trend or error is never admitted: both
can explode.  Hyndman, Koehler, Snyder and Grose (2002, Int. J. Forecasting 18, 439-454).
The forms that the history speaks for share the forecast (`model_averaging`).

Forms, gains and initial states are found by least squares on a grid (`smoothing`), which fits
the origins of a backtest at once.  The fits to the whole history, and so the published forecast,
are `ETSModel`s of statsmodels started from there (`statsmodels_engine`, with the times of both).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from data.errors import InputError

from .model_averaging import AveragedFit, akaike_weights, corrected_information_criterion
from .models import Model
from .seasonality import adjust, ahead, has_season
from .smoothing import Specification, best_initial_states, prefix_products, standardise
from .state import Gains, SmoothingState
from .statsmodels_engine import PublishedSmoothing, publish_smoothing

LEVEL_GAINS = (0.001, 0.05, 0.1, 0.2, 0.3, 0.4, 0.55, 0.7, 0.85, 0.999)
TREND_RATIOS = (0.0, 0.05, 0.2, 0.5)
SEASON_RATIOS = (0.0, 0.1, 0.3, 0.7)
DAMPINGS = (0.8, 0.9, 0.98)


@dataclass(frozen=True, slots=True)
class Form:
    """One form: ``trend`` is N, A or Ad; ``season`` is N or A."""

    trend: str
    season: str

    def axes(self) -> tuple[tuple[float, ...], ...]:
        """Values of α, β/α, γ/(1-α) and φ that the grid crosses."""
        return (
            LEVEL_GAINS,
            TREND_RATIOS if self.trend != "N" else (0.0,),
            SEASON_RATIOS if self.season != "N" else (0.0,),
            DAMPINGS if self.trend == "Ad" else (1.0,),
        )

    def grid(self) -> np.ndarray:
        """Admissible gains (α, β, γ, φ), shape (n_points, 4)."""
        return np.array(
            [
                (alpha, alpha * ratio, (1 - alpha) * season, phi)
                for alpha, ratio, season, phi in product(*self.axes())
            ]
        )

    def neighbours(self, place: int) -> tuple[Gains, Gains]:
        """Gains on both sides of a grid point, between which all are admissible.

        Examples
        --------
        >>> Form("A", "N").neighbours(0)[1]
        Gains(level=0.05, trend=5e-05, season=0.0, damping=1.0)
        """
        axes = self.axes()
        places = np.unravel_index(place, [len(axis) for axis in axes])
        alpha = axes[0][places[0]]
        pairs = list(zip(axes, map(int, places), strict=True))
        low = [axis[max(at - 1, 0)] for axis, at in pairs]
        high = [axis[min(at + 1, len(axis) - 1)] for axis, at in pairs]
        trend, season = high[1] * alpha, high[2] * (1 - alpha)
        # β ≤ α and γ ≤ 1 - α have to hold in every corner.
        return (
            Gains(max(low[0], trend), low[1] * alpha, low[2] * (1 - alpha), low[3]),
            Gains(min(high[0], 1 - season), trend, season, high[3]),
        )

    def free_states(self, season_length: int) -> list[int]:
        """Columns of the initial state that the form estimates."""
        trend = [2] if self.trend != "N" else []
        return [1, *trend, *(range(3, 2 + season_length) if self.season != "N" else [])]

    def parameters(self, season_length: int) -> int:
        """Count the gains and initial states."""
        gains = 1 + (self.trend != "N") + (self.trend == "Ad") + (self.season != "N")
        return gains + len(self.free_states(season_length))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A form at its best grid point, in units of the standardised values."""

    criterion: float
    form: Form
    gains: Gains
    neighbours: tuple[Gains, Gains]
    initial: np.ndarray
    parameters: int


@dataclass(frozen=True, slots=True)
class _Base:
    """What a form was found on: values, what they were centred at, and factors taken out."""

    values: np.ndarray
    centre: float
    factors: np.ndarray


NON_SEASONAL = (Form("N", "N"), Form("A", "N"), Form("Ad", "N"))
SEASONAL = (Form("N", "A"), Form("A", "A"), Form("Ad", "A"))


@cache
def _grid_of(forms: tuple[Form, ...]) -> tuple[np.ndarray, tuple[slice, ...]]:
    """Grid points of several forms in one array, and where each form's are."""
    grids = [form.grid() for form in forms]
    ends = np.cumsum([len(grid) for grid in grids])
    slices = tuple(slice(end - len(grid), end) for grid, end in zip(grids, ends, strict=True))
    return np.concatenate(grids), slices


class ExponentialSmoothing(Model):
    """ETS with its forms weighted by AICc.

    Examples
    --------
    >>> rising = 100 + 5.0 * np.arange(24)
    >>> ExponentialSmoothing().fit(rising, 4).forecast(2).round(1)
    array([220., 225.])
    """

    name = "ets"
    needs_complete = True

    def shortest(self, season_length: int) -> int:
        """Two seasons and a level, and enough for AICc of the simplest form."""
        return max(2 * season_length + 1, 6)

    def fit(self, values: np.ndarray, season_length: int) -> AveragedFit[PublishedSmoothing]:
        """Find the forms on the grid and have statsmodels fit them; see `Model.fit`."""
        self._require_enough(values.size, season_length)
        ((specifications, weights),) = _specifications(values, season_length, [values.size])
        return AveragedFit(tuple(map(publish_smoothing, specifications)), weights)

    def fit_prefixes(
        self, values: np.ndarray, season_length: int, origins: Sequence[int]
    ) -> list[AveragedFit[SmoothingState]]:
        """Fit to every prefix with one pass for all additive forms; see `Model.fit_prefixes`."""
        self._require_enough(min(origins), season_length)
        return [
            AveragedFit(tuple(one.final_state() for one in specifications), weights)
            for specifications, weights in _specifications(values, season_length, origins)
        ]

    def _require_enough(self, n_periods: int, season_length: int) -> None:
        if n_periods < self.shortest(season_length):
            raise InputError(
                "too few observations for ETS",
                got=n_periods,
                expected=f"at least {self.shortest(season_length)}",
            )


def _specifications(
    values: np.ndarray, season_length: int, origins: Sequence[int]
) -> Iterator[tuple[list[Specification], tuple[float, ...]]]:
    """Forms that count at every origin, the best one first, and their weights."""
    standard, centre, scale = standardise(values)
    forms = NON_SEASONAL + (SEASONAL if season_length > 1 else ())
    grid, slices = _grid_of(forms)
    products = prefix_products(standard, grid, season_length, origins)
    for origin, at_origin in zip(origins, products, strict=True):
        known = values[:origin]
        found = list(_candidates(forms, grid, slices, at_origin, origin, season_length))
        bases = [_Base(known, centre, np.ones(1))] * len(found)
        multiplied = _multiplicative(known, season_length)
        if multiplied is not None:
            rivals = _rivals(multiplied, season_length, scale)
            found, bases = found + rivals, bases + [multiplied] * len(rivals)
        weights = akaike_weights([candidate.criterion for candidate in found])
        places = [place for place in np.argsort(-weights, kind="stable") if weights[place]]
        yield (
            [_specify(found[place], bases[place], scale) for place in places],
            tuple(weights[places].tolist()),
        )


def _candidates(
    forms: tuple[Form, ...],
    grid: np.ndarray,
    slices: tuple[slice, ...],
    products: np.ndarray,
    n_periods: int,
    season_length: int,
    extra_parameters: int = 0,
) -> Iterator[_Candidate]:
    """Every form at its best grid point; forms with too many parameters are left out."""
    for form, points in zip(forms, slices, strict=True):
        parameters = form.parameters(season_length) + extra_parameters
        # The error variance counts as a parameter too.
        if n_periods - parameters - 2 <= 0:
            continue
        states, squares = best_initial_states(products[points], form.free_states(season_length))
        place = int(np.argmin(squares))
        criterion = corrected_information_criterion(
            float(squares[place]) / n_periods, parameters + 1, n_periods
        )
        gains = Gains(*map(float, grid[points][place]))
        neighbours = form.neighbours(place)
        yield _Candidate(criterion, form, gains, neighbours, states[place], parameters)


def _multiplicative(values: np.ndarray, season_length: int) -> _Base | None:
    """Values without a multiplicative season.

    Nothing when the season is not significant or cannot safely multiply.
    """
    if not has_season(values, season_length):
        return None
    adjusted = adjust(values, season_length)
    if not adjusted.multiplicative:
        return None
    factors = ahead(adjusted.indices, values.size)
    return _Base(adjusted.values, float(adjusted.values.mean()), factors)


def _rivals(base: _Base, season_length: int, scale: float) -> list[_Candidate]:
    """Non-seasonal forms of multiplicatively adjusted values; the factors count as parameters."""
    size = base.values.size
    grid, slices = _grid_of(NON_SEASONAL)
    products = prefix_products((base.values - base.centre) / scale, grid, 1, [size])[0]
    return list(_candidates(NON_SEASONAL, grid, slices, products, size, 1, season_length - 1))


def _specify(found: _Candidate, base: _Base, scale: float) -> Specification:
    """Turn a candidate found on standardised values into units of the series."""
    initial = found.initial * scale
    initial[0] += base.centre
    return Specification(
        found.form.trend,
        found.form.season if base.factors.size == 1 else "M",
        base.values,
        found.gains,
        found.neighbours,
        initial,
        base.factors,
        found.parameters,
    )
