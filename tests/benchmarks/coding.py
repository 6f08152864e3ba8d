"""Accuracy of the shipped coder on hand-coded postings, beside three simple ways of coding.

Run with ``python -m tests.benchmarks.coding [LABELS]``; LABELS is a file of hand codes in the
folder of labels beside the project, by default the one that nothing was fitted to.  All rows of
the table come from the same postings in the same run, as `jinque evaluate` measures them; the
baselines of `nlp.baselines` read the title only.
"""

import sys
from pathlib import Path

from catalog.evaluation import evaluate_file

PROJECT = Path(__file__).resolve().parents[2]
SHARED = PROJECT / ".." / "shared" / "data"
RESULT_FILE = PROJECT / "benchmarks" / "coding.csv"
HELD_OUT = "dev.csv"
DECIMALS = 3


def main(arguments: list[str]) -> int:
    """Measure, save and print; returns the exit code."""
    labels = SHARED / "labels" / (arguments[0] if arguments else HELD_OUT)
    postings = SHARED / "postings" / "postings.parquet"
    for path in (labels, postings):
        if not path.is_file():
            print(f"no hand-coded postings at {path.resolve()}", file=sys.stderr)
            return 3
    evaluated = evaluate_file(labels, postings=postings)
    table = evaluated.side_by_side.round(DECIMALS).assign(coder_version=evaluated.coder_version)
    print(table.T.to_string())
    # Figures on labels that the coder was fitted to are for looking at only.
    if labels.name == HELD_OUT:
        RESULT_FILE.parent.mkdir(exist_ok=True)
        table.to_csv(RESULT_FILE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
