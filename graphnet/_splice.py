"""Rows come to a stored table that is sorted and numbered, without the table being made anew or held in memory.

Stored rows stream through, one row group at a time. The numbers in them are ranks, so they move up as others come in
between; which number becomes which is said by arrays (`Numbers`). What is written is what the whole would have been.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from graphnet._chunks import Assembled, Chunk, File
from graphnet.schema import INT, Table

__all__ = ["GROUP", "Incoming", "Numbers", "located", "merged", "number", "renumbered", "splice", "spliced", "write"]

GROUP = 1 << 17
"""Rows of a row group."""
NOTHING = np.iinfo(np.int64).max
"""What stands for null: it sorts last, as null does."""

Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = Mapping[str, Longs]
"""For a column, the new number of each old one."""


@dataclass(frozen=True)
class Incoming:
    """Rows for a stored table.

    Attributes:
        rows: The rows, in the table's order, without their numbers.
        places: How many stored rows stand before each.
        replaces: Whether it takes the place of the stored row there.
    """

    rows: pa.Table
    places: Longs
    replaces: Flags


def number(values: pa.ChunkedArray | pa.Array) -> Longs:
    """Integers as an array, null as `NOTHING`."""
    return np.asarray(pc.fill_null(values, NOTHING).to_numpy(), np.int64)


def nullable(values: Longs) -> pa.Array:
    """The reverse of `number`."""
    return pa.array(values, mask=values == NOTHING)


def renumbered(values: Longs, new: Longs) -> Longs:
    """The new number of each value; `NOTHING` stays."""
    known = values != NOTHING
    if known.all():
        return new[values]
    made = values.copy()
    made[known] = new[values[known]]
    return made


def shifted(size: int, incoming: Incoming) -> tuple[Longs, Longs]:
    """The new numbers of ``size`` stored rows, and those of the incoming ones."""
    added = ~incoming.replaces
    places = incoming.places[added]
    moved = np.arange(size) + np.cumsum(np.bincount(places, minlength=size + 1))[:size]
    mine = np.empty(len(added), np.int64)
    mine[added] = places + np.arange(len(places))
    mine[~added] = moved[incoming.places[~added]]
    return moved, mine


def write(pieces: Iterable[pa.Table], path: Path, table: Table) -> int:
    """Write pieces of any size to one Parquet file of the table; returns the number of rows."""
    held: list[pa.Table] = []
    count = 0
    with pq.ParquetWriter(path, table.arrow, **_how(table, table.names)) as file:
        for piece in pieces:
            held.append(piece.select(table.names).cast(table.arrow))
            count += piece.num_rows
            if sum(p.num_rows for p in held) >= GROUP:
                file.write_table(pa.concat_tables(held), row_group_size=2 * GROUP)
                held = []
        file.write_table(pa.concat_tables([*held, table.empty()]), row_group_size=2 * GROUP)
    return count


def _how(table: Table, names: list[str]) -> dict[str, Any]:
    """How these columns are written.

    Numbers that go up are stored as differences and texts without a dictionary: half the time, and smaller.
    """
    return {
        "compression": "zstd",
        "use_dictionary": [n for n in ("kind", "lang", "client") if n in names],
        "column_encoding": {c.name: "DELTA_BINARY_PACKED" for c in table.columns if c.type == INT and c.name in names},
        "write_statistics": [n for n in names if n != "text"],
    }


def _groups(path: Path, columns: list[str] | None = None, **how: Any) -> Iterator[tuple[int, pa.Table]]:
    """Number of the first row and rows of each row group."""
    with pq.ParquetFile(path, **how) as file:
        first = 0
        for group in range(file.num_row_groups):
            rows = file.read_row_group(group, columns, use_threads=False)
            yield first, rows
            first += rows.num_rows


# Where things are ----------------------------------------------------------------------------------------------------


def located(path: Path, sought: pa.Table, keep: list[str]) -> tuple[Longs, pa.Table]:
    """Find rows of a stored table by ``id``, or by ``kind`` and ``id`` where ``sought`` has both.

    Args:
        path: The stored table, sorted by them.
        sought: Distinct keys, sorted likewise.
        keep: Columns that are wanted of the rows that are there.

    Returns:
        How many stored rows stand before each key, and one row for each with ``found`` and the columns of ``keep``
        (null where the key is not there).
    """
    from graphnet.kernels.merging import Keys, find  # noqa: PLC0415  (numba)

    kinds = _kinds(path, sought) if "kind" in sought.column_names else None
    new = Keys.of(_whole(sought["id"]), None if kinds is None else _codes(sought["kind"], kinds))
    places, found = np.zeros(len(new), np.int64), np.zeros(len(new), np.bool_)
    first, size, kept = 0, 0, []
    for base, rows in _groups(path, ["id", *keep, *sought.column_names[: kinds is not None]]):
        here = Keys.of(_whole(rows["id"]), None if kinds is None else _codes(rows["kind"], kinds))
        last = find(here, new, first, base, places, found)
        kept.append(rows.select(keep).take(places[first:last][found[first:last]] - base))
        first, size = last, base + rows.num_rows
    places[first:] = size
    which = pa.array(np.where(found, np.cumsum(found) - 1, 0), mask=~found)
    columns = pa.concat_tables(kept) if kept else pa.table({name: pa.nulls(0, pa.int64()) for name in keep})
    return places, columns.take(which).append_column("found", pa.array(found))


def _kinds(path: Path, more: pa.Table) -> pa.Array:
    """All kinds of a stored table and of other rows, in the order of their bytes."""
    seen = {*more["kind"].unique().to_pylist()}
    for _, rows in _groups(path, ["kind"], read_dictionary=["kind"]):
        seen |= {*rows["kind"].unique().to_pylist()}
    return pa.array(sorted(seen, key=str.encode), pa.string())


def _codes(kind: pa.ChunkedArray, kinds: pa.Array) -> Longs:
    return np.asarray(pc.index_in(kind, kinds).to_numpy(), np.int64)


def _whole(texts: pa.ChunkedArray) -> pa.Array:
    found = texts.combine_chunks()
    return pa.concat_arrays(found.chunks) if isinstance(found, pa.ChunkedArray) else found


# Tables with a number of their own -----------------------------------------------------------------------------------


def splice(path: Path, target: Path, table: Table, incoming: Incoming, numbers: Numbers) -> int:
    """Write a stored table with other rows among its own; returns how many rows that are.

    Where rows only move, the bytes of all columns but those with numbers are copied.

    Args:
        path: The stored table. Its first column is the rows' own number, from 0.
        target: Where to write.
        table: Its columns.
        incoming: What comes to it; its numbers are new ones.
        numbers: New numbers for the stored rows' columns.
    """
    with path.open("rb") as source, target.open("wb") as file:
        stored, made = File(source), Assembled(file, table.arrow)
        for group, rows in spliced(path, table.names[0], incoming, numbers):
            if rows.num_columns < len(table.names):
                made.add(stored.group(group) | _encoded(rows, table))
                continue
            for first in range(0, rows.num_rows, 2 * GROUP):
                made.add(_encoded(rows.slice(first, 2 * GROUP), table))
        made.close()
        return made.rows


def _encoded(rows: pa.Table, table: Table) -> dict[str, Chunk]:
    """Columns of a table as the chunks of one row group."""
    if not rows.num_columns:
        return {}
    file = io.BytesIO()
    columns = pa.schema([table.arrow.field(name) for name in rows.column_names])
    pq.write_table(rows.cast(columns), file, row_group_size=rows.num_rows, **_how(table, rows.column_names))
    return File(file).group(0)


def spliced(path: Path, key: str, incoming: Incoming, numbers: Numbers) -> Iterator[tuple[int, pa.Table]]:
    """The rows of a stored table with others among them, as `splice` writes them.

    Args:
        path: The stored table.
        key: Its column with the rows' own number, from 0.
        incoming: What comes to it; its numbers are new ones.
        numbers: New numbers for the stored rows' columns.

    Yields:
        The number of a stored row group, and the rows that take its place: with all columns where others came among
        them, else only with those in which a number is another one now.
    """
    plain = pa.schema([(f.name, f.type) for f in incoming.rows.schema])
    new_rows = incoming.rows.cast(plain)
    numbers = {column: new for column, new in numbers.items() if not np.array_equal(new, np.arange(len(new)))}
    about = pq.read_metadata(path)
    sizes = [about.row_group(group).num_rows for group in range(about.num_row_groups)]
    columns = [about.schema.column(at) for at in range(about.num_columns)]
    # an engine may have said of a column that it has no nulls: then its bytes are others
    again = set(numbers) | {column.name for column in columns if column.max_definition_level != 1}
    first, base, written = 0, 0, 0
    with pq.ParquetFile(path) as file:
        for group, size in enumerate(sizes):
            if not size:
                continue
            stop = base + size
            # what belongs behind the last row of a group comes with the next, unless there is none
            last = int(np.searchsorted(incoming.places, stop, "right" if stop == about.num_rows else "left"))
            names = [name for name in plain.names if last > first or name in again]
            piece = _moved(file.read_row_group(group, names, use_threads=False), numbers).select(names)
            if last > first:
                which = slice(first, last)
                order = _order(size, incoming.places[which] - base, incoming.replaces[which])
                piece = pa.concat_tables([piece.cast(plain), new_rows.slice(first, last - first)])
                piece = piece.combine_chunks().take(order)
                size = len(order)  # noqa: PLW2901
            if last > first or written != base or key in again:
                own = pa.array(np.arange(written, written + size))
                piece = piece.append_column(key, own) if piece.num_columns else pa.table({key: own})
            yield group, piece
            first, base, written = last, stop, written + size
    if first < new_rows.num_rows:  # the stored table has no row
        yield 0, new_rows.append_column(key, pa.array(np.arange(written, written + new_rows.num_rows - first)))


def _moved(rows: pa.Table, numbers: Numbers) -> pa.Table:
    for column in set(numbers) & set(rows.column_names):
        new = nullable(renumbered(number(rows[column]), numbers[column]))
        rows = rows.set_column(rows.column_names.index(column), column, new)
    return rows


def _order(size: int, places: Longs, replaces: Flags) -> Longs:
    """In which order ``size`` rows and others that belong to these places follow each other."""
    stays = np.ones(size, np.bool_)
    stays[places[replaces]] = False
    kept = np.flatnonzero(stays)
    order = np.argsort(np.concatenate((2 * kept + 1, 2 * places)), kind="stable")
    taken: Longs = np.concatenate((kept, size + np.arange(len(places))))[order]
    return taken


# Actions -------------------------------------------------------------------------------------------------------------

ORDER = ("kind", "object", "time", "account", "post", "target", "weight")
"""The columns that actions are sorted by."""


@dataclass(frozen=True)
class Changes:
    """What becomes of stored actions.

    Attributes:
        numbers: New numbers of accounts (also of targets), objects and posts.
        moved: Accounts that are now another one that was there already: their actions change places.
        authors: New number of the author of each old object that had none so far, else `NOTHING`.
    """

    numbers: Numbers
    moved: Flags
    authors: Longs

    @cached_property
    def disorder(self) -> bool:
        """Whether any stored action may change its place."""
        return bool(self.moved.any() or (self.authors != NOTHING).any())

    def odd(self, rows: Longs) -> Flags:
        """Which of these stored actions may change their places."""
        object_, account, target = rows[1], rows[3], rows[5]
        odd: Flags = self.moved[account]
        odd[target != NOTHING] |= self.moved[target[target != NOTHING]]
        odd |= (target == NOTHING) & (renumbered(object_, self.authors) != NOTHING)
        return odd

    def of(self, rows: Longs) -> Longs:
        """The same actions with new numbers and authors."""
        made = rows.copy()
        for at, column in enumerate(ORDER):
            if column in self.numbers:
                made[at] = renumbered(rows[at], self.numbers[column])
        if self.disorder:
            inherits = rows[5] == NOTHING
            made[5, inherits] = renumbered(rows[1, inherits], self.authors)
        return made


def merged(path: Path, fresh: pa.Table, changes: Changes) -> Iterator[pa.Table]:
    """The stored actions with fresh ones among them.

    Args:
        path: The stored table.
        fresh: Actions with new numbers, in any order.
        changes: What becomes of the stored ones.
    """
    from graphnet.kernels.merging import merge  # noqa: PLC0415  (numba)

    kinds = _kinds(path, fresh)
    odd = [_matrix(fresh, kinds)]
    if changes.disorder:
        stored = (_matrix(rows, kinds) for _, rows in _groups(path, read_dictionary=["kind"]))
        odd += [changes.of(rows[:, changes.odd(rows)]) for rows in stored]
    new = np.concatenate(odd, axis=1)
    new = np.ascontiguousarray(new[:, np.lexsort(new[::-1])])
    used = 0
    for _, group in _groups(path, read_dictionary=["kind"]):
        rows = _matrix(group, kinds)
        if changes.disorder:
            rows = rows[:, ~changes.odd(rows)]
        rows = np.ascontiguousarray(changes.of(rows))
        start = used
        order, used = merge(rows, new, start)
        yield _actions(np.concatenate((rows, new[:, start:used]), axis=1)[:, order], kinds)
    yield _actions(new[:, used:], kinds)


def _matrix(rows: pa.Table, kinds: pa.Array) -> Longs:
    """Actions as integers that sort as the actions do, one row a column of `ORDER`."""
    weight = rows["weight"].to_numpy().view(np.int64)
    # the bits of floats sort as integers, negative ones in reverse
    weight = weight ^ ((weight >> 63) & NOTHING)
    return np.stack([_codes(rows["kind"], kinds), *(number(rows[name]) for name in ORDER[1:6]), weight])


def _actions(rows: Longs, kinds: pa.Array) -> pa.Table:
    """The reverse of `_matrix`."""
    columns: dict[str, Any] = {name: nullable(rows[at]) for at, name in enumerate(ORDER[1:6], 1)}
    columns["kind"] = kinds.take(pa.array(rows[0]))
    columns["weight"] = (rows[6] ^ ((rows[6] >> 63) & NOTHING)).view(np.float64)
    return pa.table(columns)
