"""One logger, and progress on stderr: stdout belongs to results.

Example:
    >>> from graphnet import log
    >>> with log.progress("reading", quiet=True) as advance:
    ...     advance(10)
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["logger", "progress"]

logger = logging.getLogger("graphnet")


@contextmanager
def progress(title: str, total: int | None = None, *, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on stderr while the block runs; yields ``advance(steps)``.

    Only a terminal gets a bar: in a pipe or a log file a bar is noise, there the step's closing line is enough.

    Args:
        title: What is being done, in a word or two.
        total: How many steps there are, or None where nobody knows.
        quiet: Show nothing.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    # imported here: rich costs 50 ms and most library calls never draw a bar
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda steps: bar.advance(task, steps)
