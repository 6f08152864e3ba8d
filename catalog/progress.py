"""Progress of long work on a terminal; silent where there is none."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

STEPS = {
    "prepare": "reading postings",
    "collapse": "collapsing reposts",
    "code": "coding postings",
    "forecast": "forecasting series",
    "postings": "writing postings",
}
NAME_LENGTH = 40


class TellProgress(Protocol):
    """How long work tells of itself."""

    def __call__(self, step: str, done: int, name: str = "") -> None:
        """Take the step (a key of `STEPS`), the count done in it, and the name of the last one."""


def tell_series(progress: TellProgress | None) -> Callable[[str], None] | None:
    """Count forecast series as they are named; nothing where nobody is told."""
    if progress is None:
        return None
    count = itertools.count(1)
    return lambda name: progress("forecast", next(count), name)


@contextmanager
def show_progress(console: Console) -> Iterator[TellProgress]:
    """Show one line a step with the rows or series done, and the name of the last series."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[name]}"),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:

        def tell(step: str, done: int, name: str = "") -> None:
            if step not in tasks:
                for earlier in tasks.values():
                    bars.stop_task(earlier)
                tasks[step] = bars.add_task(STEPS.get(step, step), total=None, name="")
            bars.update(tasks[step], completed=done, name=escape(name[:NAME_LENGTH]))

        yield tell
