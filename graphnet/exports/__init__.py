"""Exports write a graph for other programs, one format a file.

To add a format, add a file with one subclass of `Export`; see CONTRIBUTING.md.

Names and ids in the files are as the platform gave them, escaped as the format needs it. Only what a format cannot hold
at all (control signs in XML) is written out as a code, so that nothing vanishes unseen.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from graphnet import registry
from graphnet.graph import Graph

__all__ = ["Export", "attributes", "cells", "keys", "printable", "records", "xml"]


@dataclass(frozen=True)
class Export(ABC):
    """One format.

    A graph's vertices may have the columns ``x``, ``y`` (position, y upwards), ``colour`` (``#rrggbb``) and ``size``:
    those with ``drawn`` set show them as such, the others leave them out or write them as plain columns.

    Attributes:
        name: What ``--format`` takes.
        title: One line for ``graphnet formats``.
        suffixes: Endings of file names that mean this format, the usual one first.
        parts: What the files are called that belong together, as in ``graph.nodes.csv``; none: a single file.
        drawn: Whether the format shows positions, colours and sizes.
        picture: Whether it is a figure: it has a ``caption``, and shows marks and inks as the pages do.
        timed: Whether it needs the edge columns ``first`` and ``last`` (s): when the two acted together.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    parts: ClassVar[tuple[str, ...]] = ()
    drawn: ClassVar[bool] = False
    timed: ClassVar[bool] = False
    picture: ClassVar[bool] = False

    def files(self, path: Path) -> list[Path]:
        """The files that `write` needs for an export called ``path``."""
        return [path.with_name(f"{path.stem}.{part}{path.suffix}") for part in self.parts] or [path]

    @abstractmethod
    def write(self, graph: Graph, files: Sequence[Path]) -> None:
        """Write the graph to these files, one for each that `files` named."""


Base = Export

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
_ESCAPE = str.maketrans(ESCAPES)


def printable(value: str) -> str:
    r"""``value`` with the signs that XML cannot hold written as codes.

    Example:
        >>> printable("a\x00b")
        'a<U+0000>b'
    """
    return NOT_XML.sub(lambda sign: f"<U+{ord(sign[0]):04X}>", value)


def xml(value: Any) -> str:
    """A value as the text of an XML element or of an attribute in double quotes.

    Example:
        >>> xml("]]><script a='1'>"), xml(True), xml(0.5)
        ("]]&gt;&lt;script a='1'&gt;", 'true', '0.5')
    """
    if isinstance(value, str):
        return printable(value).translate(_ESCAPE)
    return str(value).lower() if isinstance(value, bool) else repr(value)


def keys(graph: Graph, shown: Callable[[str], str] = printable) -> list[str]:
    """Each vertex's id as the file has it; ids that ``shown`` makes equal get the account's number behind them."""
    ids = [shown(i) for i in graph.nodes["id"].to_pylist()]
    numbered = [f"{i} #{n}" for i, n in zip(ids, graph.accounts.tolist(), strict=True)]
    often = Counter(ids)
    told_apart = [i if often[i] == 1 else n for i, n in zip(ids, numbered, strict=True)]
    # somebody may be called like another one with a number
    return told_apart if len(set(told_apart)) == len(ids) else numbered


def attributes(rows: pa.Table, but: Sequence[str]) -> dict[str, pa.DataType]:
    """Name and type of each column that says something: not one of ``but``, and not null throughout."""
    fields = [f for f in rows.schema if f.name not in but]
    return {f.name: f.type for f in fields if rows[f.name].null_count < max(rows.num_rows, 1)}


def cells(rows: pa.Table, names: Sequence[str]) -> Iterator[list[Any]]:
    """The rows as lists of these columns' values; figures that are not finite become None."""
    columns = [[_finite(v) for v in rows[name].to_pylist()] for name in names]
    return map(list, zip(*columns, strict=True)) if columns else ([] for _ in range(rows.num_rows))


def records(rows: pa.Table, but: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows as dicts without the columns ``but``; what is null or not finite is left out."""
    names = list(attributes(rows, but=but))
    for row in cells(rows, names):
        yield {name: value for name, value in zip(names, row, strict=True) if value is not None}


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def __getattr__(name: str) -> type[Any]:
    return registry.by_class_name("exports", name)
