"""Rows that were left out, by kind of reason: a reason holds the cell it is about, so no two are the same text.

Example:
    >>> rows = [("a.csv", 2, 'the weight "x" is below 0'), ("a.csv", 7, 'the weight "-1" is below 0')]
    >>> kinds(rows)
    [Kind(what='the weight … is below 0', rows=2, file='a.csv', line=2, reason='the weight "x" is below 0')]
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Kind", "kinds", "said"]

_QUOTED = re.compile(r"""".*"…?|(?<!\w)'.*'(?!\w)""", re.DOTALL)
_FIGURES = re.compile(r"\d[\d,.]*")


class Kind(NamedTuple):
    """Rows left out for the same kind of reason.

    Attributes:
        what: The reason without what it quotes.
        rows: How many rows.
        file: File of the first one.
        line: Its line.
        reason: Its reason as it is.
    """

    what: str
    rows: int
    file: str
    line: int
    reason: str


def kinds(rows: Iterable[tuple[str, int, str]]) -> list[Kind]:
    """The kinds of reasons, the most frequent first; of each the first row in the order given is the example.

    Args:
        rows: (file, line, reason) of each row that was left out. Reasons that differ in quoted words and figures only
            are of one kind.
    """
    found: dict[str, Kind] = {}
    for file, line, reason in rows:
        what = _QUOTED.sub("…", reason).removesuffix(" …")
        key = _FIGURES.sub("0", what)
        kind = found.get(key)
        found[key] = Kind(what, 1, file, line, reason) if kind is None else kind._replace(rows=kind.rows + 1)
    return sorted(found.values(), key=lambda kind: (-kind.rows, kind.what))


def said(found: Iterable[Kind], most: int = 8) -> list[str]:
    """One line for each kind of reason: how many rows, and the first of them.

    Args:
        found: What `kinds` gave.
        most: Lines at most; the last one counts what they leave out.

    Example:
        >>> said(kinds([("a.csv", 2, "no author"), ("a.csv", 3, 'no author: the cell says "nan"')]))
        ['1 (line 2): no author', '1 (line 3): no author: the cell says "nan"']
    """
    held = list(found)
    lines = [f"{kind.rows:,} ({'first ' if kind.rows > 1 else ''}line {kind.line}): {kind.reason}" for kind in held]
    if len(held) > most:
        left = sum(kind.rows for kind in held[most - 1 :])
        lines[most - 1 :] = [f"{left:,} for {len(held) - most + 1} other reasons"]
    return lines
