"""Progress of long work on a terminal; silent where there is none."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

STEPS = {
    "prepare": "reading postings",
    "collapse": "collapsing reposts",
    "code": "coding postings",
    "forecast": "forecasting series",
    "postings": "writing postings",
}


@contextmanager
def show_progress(console: Console) -> Iterator[Callable[[str, int], None]]:
    """Show one line a step with the rows or series done.

    Yields
    ------
    callable
        Takes the step (a key of `STEPS`) and the count done in it.
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f}"),
        TimeElapsedColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:

        def tell(step: str, done: int) -> None:
            if step not in tasks:
                for earlier in tasks.values():
                    bars.stop_task(earlier)
                tasks[step] = bars.add_task(STEPS.get(step, step), total=None)
            bars.update(tasks[step], completed=done)

        yield tell
