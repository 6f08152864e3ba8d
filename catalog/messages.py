"""What commands say to people: on standard error, so that results can be piped."""

from collections.abc import Mapping

from rich.console import Console

messages = Console(stderr=True, soft_wrap=True, highlight=False)


def report_left_out(rejected: Mapping[str, int]) -> None:
    """Say how many rows were left out, and for which reasons, the most frequent first."""
    if not rejected:
        return
    messages.print(f"{sum(rejected.values()):,} rows were left out:")
    for reason, count in sorted(rejected.items(), key=lambda item: (-item[1], item[0])):
        messages.print(f"  {count:>8,}  {reason}", markup=False)
