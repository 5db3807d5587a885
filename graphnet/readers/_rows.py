"""Rows of any table on their way to the raw tables of `graphnet.schema`.

A row that cannot be used is rejected with its reason; a detail that cannot be used (a reference rounded by a
spreadsheet, a count that is no number) becomes null and is noted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet import schema
from graphnet.errors import InputError
from graphnet.readers import Source, _unlikely
from graphnet.readers import _cells as cells
from graphnet.readers._cells import Mask
from graphnet.readers._input import Input
from graphnet.readers._times import Times
from graphnet.readers._unlikely import Unlikely

__all__ = ["Piece", "Plan", "Rows", "raw", "run"]

Piece = tuple[schema.Table, pa.Table]
LISTS = frozenset({"target", "object", "hashtags", "mentions", "mention_names", "links", "media"})
"""Fields whose cells may hold several values."""


@dataclass
class Plan:
    """What is read from one input: the column of each field, and what has become of the rows so far.

    Args:
        source: The input.
        table: Its table.
        chosen: Field -> position of its column.
        reasons: Number of a row, from 0 -> why it is rejected.
    """

    source: Source
    table: Input
    chosen: Mapping[str, int]
    reasons: dict[int, str] = field(default_factory=dict)
    _times: dict[str, Times] = field(default_factory=dict)
    _unlikely: dict[str, Unlikely] = field(default_factory=dict)

    def column_name(self, of: str) -> str:
        """What the input calls the column of a field, for messages."""
        position = self.chosen[of]
        return self.table.names[position] if self.table.names else f"column {position + 1}"

    def times(self, of: str) -> Times:
        """The reader of the times of a field; it may look at the whole column."""
        if of not in self._times:
            order = self.source.options.get("dates")
            if order not in (None, "dmy", "mdy"):
                raise InputError(f"dates is {order!r}, it has to be dmy (27/8/2008) or mdy (8/27/2008)")
            self._times[of] = Times(lambda: self._scan(self.chosen[of]), order)
        return self._times[of]

    def unlikely(self, of: str) -> Unlikely:
        """What tells the times of a field that cannot be meant."""
        if of not in self._unlikely:
            self._unlikely[of] = Unlikely(self.times(of))
        return self._unlikely[of]

    def _scan(self, position: int) -> Iterator[Any]:
        for (column,) in self.table.again().batches([position]):
            yield cells.text(column)[0]


@dataclass
class Rows:
    """Some rows of one input.

    Args:
        plan: What is read.
        columns: Field -> column.
        first: Number of the first row, from 0.
        count: How many rows.
    """

    plan: Plan
    columns: dict[str, Any]
    first: int
    count: int

    def __post_init__(self) -> None:
        self.kept: Mask = np.ones(self.count, dtype=np.bool_)
        for name, column in self.columns.items():
            self.columns[name] = self._flat(name, column)

    def _flat(self, name: str, column: Any) -> Any:
        column = cells.plain(column)
        nested = pa.types.is_nested(column.type)
        if nested and not (name in LISTS and not pa.types.is_struct(column.type)):
            called = self.plan.column_name(name)
            raise InputError(f"column {called!r} of {self.plan.source.name} holds {column.type}, not single values")
        if not pa.types.is_binary(column.type):
            return column
        decoded, damage = cells.text(column)
        for bad, reason in damage:
            self.reject(bad, f"column {self.plan.column_name(name)!r} is {reason}")
        return decoded

    def reject(self, bad: Mask, reason: str | Callable[[object], str], of: str = "") -> None:
        """Leave rows out. ``{value}`` in the reason stands for the cell of the field ``of``."""
        self.kept &= ~bad
        for i in np.flatnonzero(bad):
            value = _value(self.columns[of][int(i)]) if of else None
            said = reason.format(value=cells.shortened(value)) if isinstance(reason, str) else reason(value)
            self.plan.reasons.setdefault(self.first + int(i), said)

    def needed_ids(self, of: str, what: str) -> Any:
        """A column of ids without which a row is nothing."""
        values, damage = cells.ids(self.columns[of])
        for bad, reason in damage:
            self.reject(bad, reason, of)
        self.reject_missing(values, of, what)
        return values

    def reject_missing(self, values: Any, of: str, what: str) -> None:
        """Leave out rows without a value; where the cell says ``nan`` or the like the reason does too."""
        missing = ~cells.mask(pc.is_valid(values))
        if missing.any():
            said = pc.coalesce(cells.text(self.columns[of])[0], "")
            word = missing & cells.mask(pc.not_equal(pc.utf8_trim_whitespace(said), ""))
            self.reject(word, f"no {what}: the cell says {{value}}", of)
            self.reject(missing, f"no {what}")

    def ids(self, of: str) -> Any:
        """A column of ids that a row can do without."""
        if of not in self.columns:
            return self.nothing(pa.string())
        values, damage = cells.ids(self.columns[of])
        self.note_damage(of, damage)
        return values

    def note_damage(self, of: str, damage: cells.Damage) -> None:
        """Note ids that are left out of rows that are kept."""
        for bad, reason in damage:
            what = reason.replace(" {value}", "")
            self.plan.source.note(f"{self.plan.column_name(of)}: {what}; left out", int(bad.sum()))

    def text(self, of: str) -> Any:
        """A column of text, without NUL characters."""
        if of not in self.columns:
            return self.nothing(pa.string())
        values = cells.text(self.columns[of])[0]
        return pc.replace_substring(values, "\0", "")

    def label(self, of: str) -> Any:
        """A column of short text, null where there is none."""
        return cells.present(self.text(of))

    def times(self, of: str) -> Any:
        """A column of times; rows with times that are not understood, or cannot be meant, are rejected."""
        if of not in self.columns:
            return self.nothing(pa.int64())
        times = self.plan.times(of)
        values, strange = times.parse(self.columns[of])
        self.reject(strange, times.reason, of)
        unlikely = self.plan.unlikely(of)
        early, mistaken = unlikely.early(values)
        if mistaken:
            self.reject(early, _unlikely.reason, of)
        else:
            self.plan.source.note(f"{self.plan.column_name(of)}: {_unlikely.EARLY}", int((early & self.kept).sum()))
        self.reject(unlikely.late(values), _unlikely.LATE, of)
        return values

    def loose_times(self, of: str) -> Any:
        """A column of times that a row can do without."""
        if of not in self.columns:
            return self.nothing(pa.int64())
        values, strange = self.plan.times(of).parse(self.columns[of])
        self.plan.source.note(f"{self.plan.column_name(of)}: not understood; left out", int(strange.sum()))
        unlikely = self.plan.unlikely(of)
        early, mistaken = unlikely.early(values)
        wrong = (early & mistaken) | unlikely.late(values)
        if not wrong.any():
            return values
        self.plan.source.note(f"{self.plan.column_name(of)}: before 1990 or after today; left out", int(wrong.sum()))
        return pc.if_else(pa.array(wrong), pa.scalar(None, pa.int64()), values)

    def numbers(self, of: str) -> Any:
        """A column of counts."""
        return cells.numbers(self.columns[of]) if of in self.columns else self.nothing(pa.int64())

    def flags(self, of: str) -> Any:
        """A column of yes and no."""
        return cells.flags(self.columns[of]) if of in self.columns else self.nothing(pa.bool_())

    def nothing(self, kind: pa.DataType) -> Any:
        """A column without values."""
        return pa.nulls(self.count, kind)

    def kept_of(self, table: pa.Table) -> pa.Table:
        """The rows of a table that are not rejected."""
        return table if self.kept.all() else table.filter(pa.array(self.kept))


def run(plan: Plan, build: Callable[[Rows], Iterator[Piece]]) -> Iterator[Piece]:
    """Read an input piece by piece; at its end the rejected rows are handed over with their lines."""
    positions = sorted(set(plan.chosen.values()))
    first = 0
    for columns in plan.table.batches(positions):
        named = {name: columns[positions.index(p)] for name, p in plan.chosen.items()}
        rows = Rows(plan, named, first, len(columns[0]))
        yield from ((table, data) for table, data in build(rows) if data.num_rows)
        first += rows.count
    plan.table.settle(plan.reasons, plan.source)


def raw(table: schema.Table, columns: Mapping[str, Any]) -> pa.Table:
    """A raw table from its columns."""
    return pa.Table.from_arrays([_whole(columns[c.name]).cast(c.type) for c in table.columns], schema=table.arrow)


def _whole(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _value(cell: Any) -> object:
    """What stands in a cell."""
    try:
        value: object = cell.as_py()
    except (OverflowError, ValueError):  # a date that Python has no year for
        return cell.cast(pa.int64()).as_py()
    return value
