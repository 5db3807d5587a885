"""The exceptions of graphnet.

::

    GraphnetError
    ├── InputError      a file, row or argument is not what was expected
    │   └── FormatError     no reader knows the file, or the named one cannot read it
    ├── StudyError      the study folder cannot do what was asked
    │   ├── MissingTable    a step that has to come first was not run
    │   └── StudyBusy       another process writes the study
    └── UnknownName     no layer, detector, reader, … of that name

Each message says what was wrong, what was expected, what exists, and what to do next. The command line prints the
message and ends with the class's ``exit_code``; it never prints a traceback for these.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["FormatError", "GraphnetError", "InputError", "MissingTable", "StudyBusy", "StudyError", "UnknownName"]


class GraphnetError(Exception):
    """Whatever graphnet raises on purpose."""

    exit_code = 1


class InputError(GraphnetError):
    """A file, a row or an argument is not what was expected."""

    exit_code = 2


class FormatError(InputError):
    """No reader recognises a file, or the chosen reader cannot read it."""


class StudyError(GraphnetError):
    """The study folder cannot do what was asked."""

    exit_code = 3


class MissingTable(StudyError):  # noqa: N818  (reads better than MissingTableError in user code)
    """A table is asked for that no step has written yet."""


class StudyBusy(StudyError):  # noqa: N818
    """Another process holds the study's write lock."""


class UnknownName(InputError):  # noqa: N818
    """No drop-in of that name is installed."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        close = get_close_matches(name, names, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        super().__init__(f"no {kind} is called {name!r}.{hint} There are: {', '.join(names)}")
