"""Time and peak memory of the main job and its two heavy steps.

Run with ``python -m tests.benchmarks.job``; the table is printed and saved to
``benchmarks/job.csv``.  Every run is a process of its own, and what is told is the median of
`RUNS` runs:

- the job of ``make catalog``: write the sample, publish the draft;
- coding of postings whose texts were never seen, in postings and characters a second, beside two
  passes of the segmenter over the same texts, and of the same texts many times over;
- forecasting of quarterly series of 24 observations.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

PROJECT = Path(__file__).resolve().parents[2]
RESULT_FILE = PROJECT / "benchmarks" / "job.csv"
RUNS = 3
POSTINGS = 8_000
REPEATS = 10
HORIZON = 4
KILOBYTES_PER_MEGABYTE = 1024
# Unit and what was measured.
MEASURES = {
    "job": ("seconds", "jinque sample, jinque run on it"),
    "job, peak memory": ("MB", "the larger of the two processes"),
    "loading the coder": ("seconds", "shipped lexicon and weights"),
    "coding, new texts": ("postings/s", f"{POSTINGS} postings, titles and texts all distinct"),
    "coding, characters": ("characters/s", "title and description, the same run"),
    "two passes of the segmenter": ("characters/s", "rjieba over the same texts, twice"),
    "coding, repeated texts": ("postings/s", f"every posting {REPEATS} times"),
    "coding, peak memory": ("MB", "the process of these runs"),
    "forecasting": ("ms/series", f"24 quarters, {HORIZON} ahead"),
    "forecasting, peak memory": ("MB", "the process of these runs"),
}


def run_measured(command: list[str], folder: Path) -> tuple[float, float, str]:
    """Run a command; seconds, peak memory in MB and what it wrote to standard output."""
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        with subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.PIPE) as child:
            # The pipe is read to its end before the wait: a full one would stop the child.
            errors = child.stderr.read() if child.stderr else b""
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        if child.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{errors.decode()}")
        output.seek(0)
        return seconds, usage.ru_maxrss / KILOBYTES_PER_MEGABYTE, output.read()


def measure_job(folder: Path) -> dict[str, float]:
    """The job of ``make catalog`` in an empty folder."""
    shutil.copy(PROJECT / "jinque.toml", folder)
    jinque = str(Path(sys.executable).with_name("jinque"))
    options = ["--config", "jinque.toml", "--quarter", "2026Q4", "--out", "releases"]
    sample = run_measured([jinque, "sample", "--out", "sample"], folder)
    release = run_measured([jinque, "run", *options], folder)
    return {"job": sample[0] + release[0], "job, peak memory": max(sample[1], release[1])}


def measure_in_process(name: str, folder: Path) -> dict[str, float]:
    """One of `WORKERS` in a process of its own, with its peak memory."""
    command = [sys.executable, "-m", "tests.benchmarks.job", name, str(folder)]
    _, peak, output = run_measured(command, PROJECT)
    return {**json.loads(output), f"{name}, peak memory": peak}


def work_coding(folder: Path) -> dict[str, float]:
    """Code postings of the sample, each made unlike every other."""
    from nlp import Coder, Segmenter, clean_texts

    postings = clean_texts(_distinct_postings(folder))
    texts = [*postings["title"], *postings["description"]]
    characters = sum(map(len, texts))
    segmenter = Segmenter()
    twice = _seconds(lambda: [segmenter.cut(text) for _ in range(2) for text in texts])
    loading = _seconds(Coder.load)
    coder = Coder.load()
    coder.code(postings.head(100))
    cold = _seconds(lambda: coder.code(postings))
    again = pd.concat([postings] * REPEATS, ignore_index=True)
    again["posting_id"] = again.index.astype("str")
    repeated = _seconds(lambda: coder.code(again))
    return {
        "loading the coder": loading,
        "coding, new texts": len(postings) / cold,
        "coding, characters": characters / cold,
        "two passes of the segmenter": characters / twice,
        "coding, repeated texts": len(again) / repeated,
    }


def work_forecasting(folder: Path) -> dict[str, float]:
    """Forecast the sample's openings by industry."""
    from data.sample import write_sample
    from forecasting import forecast

    write_sample(folder, postings=100)
    demand = pd.read_csv(folder / "demand.csv")
    series = demand.groupby(["行业代码", "季度"])["招聘人数"].sum().reset_index()
    series.columns = pd.Index(["series_id", "period", "value"])
    seconds = _seconds(lambda: forecast(series, HORIZON))
    return {"forecasting": 1000 * seconds / series["series_id"].nunique()}


WORKERS: dict[str, Callable[[Path], dict[str, float]]] = {
    "coding": work_coding,
    "forecasting": work_forecasting,
}


def _distinct_postings(folder: Path) -> pd.DataFrame:
    from data.readers import read_postings
    from data.sample import write_sample

    write_sample(folder, postings=POSTINGS)
    batches = [batch.valid.to_pandas() for batch in read_postings(folder / "postings.csv")]
    postings = pd.concat(batches, ignore_index=True)
    serial = postings.index.astype("str")
    return postings.assign(
        title=postings["title"].fillna("") + "(编号" + serial + ")",
        description=postings["description"].fillna("") + "编号" + serial,
    )


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.3g}")


def _measure_all() -> dict[str, float]:
    figures: dict[str, float] = {}
    for measure in (measure_job, *(_in_process(name) for name in WORKERS)):
        with tempfile.TemporaryDirectory() as folder:
            figures |= measure(Path(folder))
    return figures


def _in_process(name: str) -> Callable[[Path], dict[str, float]]:
    return lambda folder: measure_in_process(name, folder)


def main(arguments: list[str]) -> int:
    """Measure everything, or do the work of one process; returns the exit code."""
    if arguments:
        name, folder = arguments
        print(json.dumps(WORKERS[name](Path(folder))))
        return 0
    runs = [_measure_all() for _ in range(RUNS)]
    values = {name: statistics.median(run[name] for run in runs) for name in MEASURES}
    # Coding should take no longer than cutting its texts into words twice, at most four times.
    aims = {
        "loading the coder": 0.5,
        "coding, new texts": 4_000,
        "coding, characters": values["two passes of the segmenter"],
    }
    rows = [
        (name, _rounded(value), MEASURES[name][0], _rounded(aims.get(name)), MEASURES[name][1])
        for name, value in values.items()
    ]
    table = pd.DataFrame(rows, columns=["measure", "value", "unit", "aim", "detail"])
    RESULT_FILE.parent.mkdir(exist_ok=True)
    table.to_csv(RESULT_FILE, index=False)
    print(table.to_string(index=False, na_rep=""))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
