"""Many series: over several processes, and once only where a result is already known.

Results are kept as JSON under the hash of everything they depend on, so a stale one cannot be
found; a file that is cut short, foreign or changed, as its checksum tells, is ignored and written
anew.  The order of results is that of the series, whatever process was faster.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from data.errors import ConfigurationError, InputError
from data.reference import reference_table

from .distribution import ForecastDistribution
from .models_tried import ModelTried
from .one_series import (
    Evaluated,
    ForecastParameters,
    forecast_one,
    prepare_series,
)
from .past_origins import Backtest
from .pooling import pooled_forecasts
from .preparation import Prepared
from .series import TimeSeries

MOST_PROCESSES = 256
LARGEST_CHUNK = 16
LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels")
CALENDARS = ("spring_festival", "traditional_holidays")

Given = TypeVar("Given")
Made = TypeVar("Made")
Outcome = list[Evaluated] | str
"""What was made of a series, or the reason why nothing could be."""


def forecast_all(
    series: Sequence[TimeSeries],
    horizon: int,
    parameters: ForecastParameters,
    folder: Path | str | None = None,
    processes: int = 1,
) -> Iterator[Outcome]:
    """Forecast every series, in their order.

    Parameters
    ----------
    series : sequence of TimeSeries
        Series to forecast.
    horizon : int
        Periods ahead.
    parameters : ForecastParameters
        How to forecast.
    folder : path, optional
        Where results are kept; it is made when missing.
    processes : int
        Processes to use.

    Raises
    ------
    ConfigurationError
        When the number of processes is out of range, the folder cannot be made, or own members
        meet a cache: nothing tells two of them with the same name apart.
    """
    if not 1 <= processes <= MOST_PROCESSES:
        raise ConfigurationError("processes", got=processes, expected=f"1 to {MOST_PROCESSES}")
    if folder is not None and parameters.members:
        raise ConfigurationError("own members cannot be cached", action="leave out the cache")
    kept = None if folder is None else _made(folder)
    used = min(processes, max(len(series), 1))
    prepared: list[Prepared | None] = [None] * len(series)
    pooled: list[np.ndarray | None] = [None] * len(series)
    if parameters.pooled:
        prepare = partial(_prepared, horizon=horizon, parameters=parameters)
        prepared = list(_mapped(prepare, series, used))
        pooled = pooled_forecasts(series, prepared, horizon)
    work = partial(_outcome, horizon=horizon, parameters=parameters, folder=kept)
    return _mapped(work, list(zip(series, prepared, pooled, strict=True)), used)


def _made(folder: Path | str) -> Path:
    try:
        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, TypeError, ValueError) as error:
        raise ConfigurationError(
            "the cache",
            got=f"{str(folder)[:200]!r}",
            expected="a folder that is there or can be made",
        ) from error
    return path


def content_hash(
    series: TimeSeries,
    horizon: int,
    parameters: ForecastParameters,
    pooled: np.ndarray | None = None,
) -> str:
    """Hash of all that the forecast of a series depends on, name and groups left out.

    What other series of the table have a part in comes in by the pooled forecasts.

    Examples
    --------
    >>> from .periods import PeriodIndex
    >>> one = TimeSeries("A", PeriodIndex("quarter", 8104), np.array([1.0, 2.0]), 4)
    >>> other = TimeSeries("B", PeriodIndex("quarter", 8104), np.array([1.0, 2.0]), 4)
    >>> content_hash(one, 1, ForecastParameters()) == content_hash(other, 1, ForecastParameters())
    True
    """
    settings = {name: value for name, value in asdict(parameters).items() if name != "members"}
    others = np.zeros(0) if pooled is None else pooled
    parts = [asdict(series.periods), series.season_length, horizon, settings, _code_version()]
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(series.observations, dtype="<f8").tobytes())
    digest.update(np.ascontiguousarray(others, dtype="<f8").tobytes())
    return digest.hexdigest()


@cache
def _code_version() -> str:
    digest = hashlib.sha256(" ".join(version(name) for name in LIBRARIES).encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    for name in CALENDARS:
        digest.update(reference_table(name).frame().to_csv().encode())
    return digest.hexdigest()


def _mapped(
    work: Callable[[Given], Made], given: Sequence[Given], processes: int
) -> Iterator[Made]:
    if processes == 1:
        yield from map(work, given)
        return
    chunk = min(max(len(given) // (4 * processes), 1), LARGEST_CHUNK)
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(work, given, chunksize=chunk)


def _prepared(series: TimeSeries, horizon: int, parameters: ForecastParameters) -> Prepared | None:
    try:
        return prepare_series(series, horizon, parameters)
    except InputError:
        # The reason is told where the series is forecast.
        return None


def _outcome(
    given: tuple[TimeSeries, Prepared | None, np.ndarray | None],
    horizon: int,
    parameters: ForecastParameters,
    folder: Path | None,
) -> Outcome:
    series, prepared, pooled = given
    file = folder and folder / f"{content_hash(series, horizon, parameters, pooled)}.json"
    known = _read(file) if file else None
    if known is not None:
        return known
    try:
        evaluated = forecast_one(series, horizon, parameters, prepared, pooled)
    except InputError as error:
        return str(error)
    if file:
        _write(file, evaluated)
    return evaluated


def _write(file: Path, evaluated: list[Evaluated]) -> None:
    models = json.dumps([asdict(one) for one in evaluated], default=np.ndarray.tolist)
    text = f'{{"checksum": "{_checksum(file, models)}", "models": {models}}}'
    # Another process may write the same result: only a whole file may ever be seen.
    partial_file = file.with_suffix(f".{os.getpid()}.part")
    partial_file.write_text(text, encoding="utf-8")
    try:
        partial_file.replace(file)
    except IsADirectoryError:
        # Somebody's folder is in the way; the result is made again each time.
        partial_file.unlink()


def _read(file: Path) -> list[Evaluated] | None:
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        if stored["checksum"] != _checksum(file, json.dumps(stored["models"])):
            return None
        return [_restored(one) for one in stored["models"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _checksum(file: Path, models: str) -> str:
    """Checksum of a result and of the name it is kept under."""
    return hashlib.sha256(f"{file.stem} {models}".encode()).hexdigest()


def _restored(stored: dict[str, Any]) -> Evaluated:
    distribution, backtest = stored["distribution"], stored["backtest"]
    mean = np.array(distribution["mean"], dtype=float)
    errors = np.array(backtest["errors"], dtype=float).reshape(len(backtest["origins"]), -1)
    return Evaluated(
        stored["label"],
        ForecastDistribution(
            mean,
            np.array(distribution["widths"], dtype=float).reshape(-1, mean.size),
            float(distribution["growth"]),
            bool(distribution["non_negative"]),
        ),
        Backtest(
            tuple(backtest["origins"]),
            errors if errors.size else np.full((0, mean.size), np.nan),
            np.array(backtest["scales"], dtype=float),
        ),
        tuple(stored["notes"]),
        tuple(ModelTried(**tried) for tried in stored["tried"]),
    )
