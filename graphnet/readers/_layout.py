"""How a text table is written: delimiter, header, where the rows begin. Told from its first 64 kB."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from graphnet.errors import InputError
from graphnet.readers import HEAD, Source
from graphnet.readers import _columns as columns

__all__ = ["Layout", "layout"]

DELIMITERS = (",", "\t", ";", "|")
NOTES = 20
"""Rows above the header that may hold notes."""
FIGURE = re.compile(r"^[-+]?[\d.,:eE/TZ +-]*\d[\d.,:/TZ +-]*$|^https?://")
"""A number, a time or a link: what a column holds and its name does not look like."""


@dataclass(frozen=True)
class Layout:
    r"""How a text table is written.

    Attributes:
        delimiter: What stands between two cells.
        names: The column names, or None without a header.
        width: Number of columns.
        skip: Physical lines before the first row of data (header and notes above it).
        notes: Lines above the header that hold something.
        newline: What ends a line: ``"\n"`` (also for ``"\r\n"``), or ``"\r"``.
        rows: The first rows of data, for guessing.
    """

    delimiter: str
    names: tuple[str, ...] | None
    width: int
    skip: int
    notes: tuple[int, ...]
    newline: str
    rows: list[list[str]]


@dataclass(frozen=True)
class _Record:
    cells: list[str]
    end: int
    """Number of physical lines up to its end."""


def layout(source: Source) -> Layout:
    """The layout of a text table.

    Raises:
        InputError: The file is empty, or it is UTF-16.
    """
    if "layout" not in source.memo:
        source.memo["layout"] = _told(source, source.head)
    found: Layout = source.memo["layout"]
    return found


def _told(source: Source, head: str) -> Layout:
    if not head.strip():
        raise InputError(f"{source.name} is empty")
    if head.count("\0") > len(head) // 4:
        raise InputError(f"{source.name} is UTF-16 or no text at all. Save it as UTF-8: iconv -f UTF-16 -t UTF-8")
    newline = _newline(head)
    delimiter, records = _delimited(source, head)
    width = _width(records)
    header = _header(records, width, source)
    data = records if header is None else records[header + 1 :]
    if header is None:
        return Layout(delimiter, None, width, 0, (), newline, [r.cells for r in data])
    names = [c.strip() for c in records[header].cells]
    if len(names) == width - 1:
        # R writes row numbers without a name for their column
        names = ["", *names]
    notes = tuple(r.end for r in records[:header])
    return Layout(delimiter, tuple(names), len(names), records[header].end, notes, newline, [r.cells for r in data])


def _newline(head: str) -> str:
    return "\r" if "\r" in head and "\n" not in head else "\n"


def _delimited(source: Source, head: str) -> tuple[str, list[_Record]]:
    """The delimiter under which most rows have one and the same number of cells, and the rows.

    A space counts only where nothing else fits: text is full of spaces.
    """
    order = sorted(DELIMITERS, key=lambda d: d != "\t") if ".tsv" in source.suffixes else DELIMITERS
    tries = [(d, _records(head, d)) for d in order]
    rated = [(round(_share(r), 1), _begins(r), _width(r), -i) for i, (_, r) in enumerate(tries) if _width(r) > 1]
    if rated and max(rated)[0] > 0.5:
        return tries[-max(rated)[-1]]
    spaced = _records(head, " ")
    if _width(spaced) > 1 and _share(spaced) >= 0.9:
        return " ", spaced
    return tries[-max(rated)[-1]] if rated else tries[0]


def _records(head: str, delimiter: str) -> list[_Record]:
    """The rows of the head, without a last one that the end of the head cuts."""
    end = _newline(head)
    lines = [line + end for line in head.split(end)]
    reader = csv.reader(lines, delimiter=delimiter)
    records: list[_Record] = []
    # a cell over 128 kB or a stray line end stops the reader: what was read up to there tells enough
    with suppress(csv.Error):
        records.extend(_Record(cells, reader.line_num) for cells in reader if cells)
    return records[:-1] if len(head) >= HEAD // 4 and len(records) > 1 else records


def _share(records: Sequence[_Record]) -> float:
    """Share of the rows that have the commonest width; a header may be one cell short, as R writes it."""
    width = _width(records)
    fit = sum(len(r.cells) == width or (i == 0 and len(r.cells) == width - 1 > 1) for i, r in enumerate(records))
    return fit / len(records) if records else 0.0


def _begins(records: Sequence[_Record]) -> float:
    """Share of the rows whose first cell holds no other delimiter: ``a,b;c`` is a list in its second cell."""
    clean = sum(not any(d in r.cells[0] for d in DELIMITERS) for r in records)
    return round(clean / len(records), 1) if records else 0.0


def _width(records: Sequence[_Record]) -> int:
    counts = Counter(len(r.cells) for r in records)
    return max(counts, key=lambda w: (counts[w], w)) if counts else 0


def _header(records: Sequence[_Record], width: int, source: Source) -> int | None:
    """Index of the header row, or None."""
    said = source.options.get("header")
    if said in ("yes", "no"):
        return 0 if said == "yes" and records else None
    wanted = {columns.normal(c) for c in source.columns.values() if not c.isdecimal()}
    for i, record in enumerate(records[:NOTES]):
        names = [c for c in record.cells if c.strip()]
        said_so = columns.known(names) > 1 or wanted & set(map(columns.normal, names))
        if said_so and len(record.cells) in (width, width - 1):
            return i
        if len(names) == width:
            break
    return 0 if records and _unlike(records[0].cells, [r.cells for r in records[1:]], width) else None


def _unlike(first: Sequence[str], rest: Sequence[Sequence[str]], width: int) -> bool:
    """Whether the first row is a word where all others are figures."""
    rows = [r for r in rest if len(r) == width]
    if len(first) != width or not rows or any(FIGURE.match(c.strip()) for c in first):
        return False
    return any(first[i].strip() and all(FIGURE.match(r[i].strip()) for r in rows) for i in range(width))
