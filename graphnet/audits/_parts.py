"""What one part of an audit has to say; an audit puts its parts together.

Example:
    >>> joined([Part(notes=("a",)), Part(notes=("b",))]).notes
    ('a', 'b')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from graphnet.audits import Answer
from graphnet.plots import Plot

__all__ = ["Part", "joined"]


@dataclass(frozen=True)
class Part:
    """Answers, plots, tables, notes and figures for the summary; see `graphnet.audits.Audited`."""

    answers: Sequence[Answer] = ()
    plots: Sequence[Plot] = ()
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    notes: Sequence[str] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)


def joined(parts: Iterable[Part]) -> Part:
    """Several parts as one; tables of one name follow one another, later figures of one name replace earlier ones."""
    held = list(parts)
    tables: dict[str, list[Mapping[str, Any]]] = {}
    for part in held:
        for name, rows in part.tables.items():
            tables.setdefault(name, []).extend(rows)
    return Part(
        tuple(chain.from_iterable(p.answers for p in held)),
        tuple(chain.from_iterable(p.plots for p in held)),
        tables,
        tuple(dict.fromkeys(chain.from_iterable(p.notes for p in held))),
        {k: v for p in held for k, v in p.summary.items()},
    )
