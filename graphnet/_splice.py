"""Rows come to a stored table that is sorted, without the table being made anew or held in memory.

Stored rows stream through, one row group at a time. The numbers in them are ranks, so they move up as others come in
between; which number becomes which is said by arrays (`Numbers`). What is written is what the whole would have been.
Columns of a row group in which nothing has become another value are copied as bytes.
"""

from __future__ import annotations

import io
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from graphnet._chunks import Assembled, Chunk, File, repeated
from graphnet.schema import INT, TEXT, Table

__all__ = [
    "GROUP",
    "NOTHING",
    "Code",
    "Groups",
    "Incoming",
    "Numbers",
    "codes",
    "columns_of",
    "in_order",
    "kinds_of",
    "located",
    "nothing",
    "nullable",
    "number",
    "only",
    "renumbered",
    "shifted",
    "splice",
    "unchanged",
]

GROUP = 1 << 17
"""Rows of a row group."""
ALIKE = ("kind", "lang", "client")
"""Columns of texts of which there are few."""
SHORT = 64
"""Bytes of a text from which on what a file says of it may not be the whole."""
AHEAD = 2
"""Row groups that wait to be written."""
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
        rows: The rows, in the table's order, without their own numbers where the table has such.
        places: How many stored rows stand before each.
        replaces: Whether it takes the place of the stored row there.
        gone: Places of stored rows that are left out, ascending.
    """

    rows: pa.Table
    places: Longs
    replaces: Flags
    gone: Longs = field(default_factory=lambda: np.empty(0, np.int64))


def number(values: pa.ChunkedArray | pa.Array) -> Longs:
    """Integers as an array, null as `NOTHING`."""
    return np.asarray((pc.fill_null(values, NOTHING) if values.null_count else values).to_numpy(), np.int64)


def nullable(values: Longs) -> pa.Array:
    """The reverse of `number`."""
    nothing = values == NOTHING
    return pa.array(values, mask=nothing) if nothing.any() else pa.array(values)


def renumbered(values: Longs, new: Longs) -> Longs:
    """The new number of each value; `NOTHING` stays."""
    known = values != NOTHING
    if known.all():
        return new[values]
    made = values.copy()
    made[known] = new[values[known]]
    return made


def unchanged(new: Longs) -> bool:
    """Whether each number stays what it is."""
    if len(new) and new[-1] != len(new) - 1:
        return False
    some = np.arange(min(len(new), GROUP))  # by pieces, which stay in the processor's cache
    pieces = ((first, new[first : first + GROUP]) for first in range(0, len(new), GROUP))
    return all(np.array_equal(piece - first, some[: len(piece)]) for first, piece in pieces)


def shifted(size: int, incoming: Incoming) -> tuple[Longs, Longs]:
    """The new numbers of ``size`` stored rows, and those of the incoming ones.

    What is gone has the number of what comes after it.
    """
    from graphnet.kernels.merging import ranks  # noqa: PLC0415  (numba)

    added = ~incoming.replaces
    places = incoming.places[added]
    moved = ranks(size, places, incoming.gone)
    mine = np.empty(len(added), np.int64)
    mine[added] = places + np.arange(len(places)) - np.searchsorted(incoming.gone, places)
    mine[~added] = moved[incoming.places[~added]]
    return moved, mine


def _how(table: Table, names: list[str]) -> dict[str, Any]:
    """How these columns are written.

    Numbers that go up are stored as differences and texts without a dictionary: half the time, and smaller. Of the
    differences little is left to compress.
    """
    encoding = {
        c.name: {INT: "DELTA_BINARY_PACKED", TEXT: "DELTA_LENGTH_BYTE_ARRAY"}.get(c.type)
        for c in table.columns
        if c.name in names and c.name not in ALIKE
    }
    return {
        "compression": {c.name: "lz4" if c.type == INT else "zstd" for c in table.columns if c.name in names},
        "use_dictionary": [n for n in (*ALIKE, "weight") if n in names],
        "column_encoding": {name: how for name, how in encoding.items() if how},
        "write_statistics": [n for n in names if n != "text"],
    }


# Where things are ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Code:
    """A column that a stored table is sorted by before its texts.

    Attributes:
        column: Its name.
        stored: Makes numbers of its values that sort as they do.
        sought: Such a number for each row that is sought.
    """

    column: str
    stored: Callable[[pa.ChunkedArray], Longs]
    sought: Longs

    def of(self, rows: pa.Table, value: Any) -> Longs:
        """The numbers of rows; or, if it is known, of the one value that all of them have."""
        if value is None:
            return self.stored(rows[self.column])
        return np.full(rows.num_rows, self.stored(pa.chunked_array([[value]]))[0])

    @classmethod
    def of_kinds(cls, path: Path, sought: pa.Table) -> Code:
        """For tables sorted by ``kind``."""
        kinds = kinds_of(path, sought)
        return cls("kind", partial(codes, kinds=kinds), codes(sought["kind"], kinds))


def located(
    path: Path, sought: pa.Table, keep: list[str], *, text: str = "id", code: Code | None = None
) -> tuple[Longs, pa.Table]:
    """Find rows of a stored table by a text, or by a number and a text.

    Args:
        path: The stored table, sorted by them.
        sought: Distinct keys, sorted likewise.
        keep: Columns that are wanted of the rows that are there.
        text: The column with the text.
        code: The column that comes before it in the order, if any.

    Returns:
        How many stored rows stand before each key, and one row for each with ``found`` and the columns of ``keep``
        (null where the key is not there).
    """
    from graphnet.kernels.merging import Keys, find  # noqa: PLC0415  (numba)

    texts = _whole(sought[text])
    new = Keys.of(texts, code.sought if code else None)
    places, found = np.zeros(len(new), np.int64), np.zeros(len(new), np.bool_)
    first, base, kept = 0, 0, []
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            size, before = file.metadata.row_group(group).num_rows, first
            if code is None and (span := _span(file, group, text)):
                first, stop = _between(texts, span, first)
                places[before:first] = base
                if first == stop:
                    base += size
                    continue
            value = only(file, group, code.column) if code else None
            columns = [text, *keep, *([code.column] if code and value is None else [])]
            rows = file.read_row_group(group, columns, use_threads=False)
            here = Keys.of(_whole(rows[text]), code.of(rows, value) if code else None)
            before, first = first, find(here, new, first, base, places, found)
            kept.append(rows.select(keep).take(places[before:first][found[before:first]] - base))
            base += size
    places[first:] = base
    which = pa.array(np.where(found, np.cumsum(found) - 1, 0), mask=~found)
    there = pa.concat_tables(kept) if kept else pa.table({name: pa.nulls(0, pa.int64()) for name in keep})
    return places, pa.table({name: there[name].take(which) for name in keep} | {"found": found})


def _span(file: pq.ParquetFile, group: int, column: str) -> tuple[bytes, bytes] | None:
    """Bounds of a column in a row group, where the file has such."""
    about = file.metadata.row_group(group).column(file.schema.names.index(column)).statistics
    return (about.min.encode(), about.max.encode()) if about and about.has_min_max else None


def _between(texts: pa.Array, span: tuple[bytes, bytes], first: int) -> tuple[int, int]:
    """From the first on, where the sorted texts within the bounds start and end."""

    def text(at: int) -> bytes:
        return str(texts[at]).encode()

    rows = range(len(texts))
    return bisect_left(rows, span[0], first, key=text), bisect_right(rows, span[1], first, key=text)


def kinds_of(path: Path, more: pa.Table) -> pa.Array:
    """All kinds of a stored table and of other rows, in the order of their bytes."""
    seen = {*more["kind"].unique().to_pylist()}
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            if (kind := only(file, group, "kind")) is not None:
                seen.add(kind)
            else:
                seen |= {*file.read_row_group(group, ["kind"], use_threads=False)["kind"].unique().to_pylist()}
    return pa.array(sorted(seen, key=str.encode), pa.string())


def only(file: pq.ParquetFile, group: int, column: str) -> Any:
    """The value of all rows of a row group, where the file says that there is but one, and no null; else None.

    Not to be asked of reals that may be 0 or NaN: files say nothing of the sign of the one, and nothing of the other.
    """
    said = file.metadata.row_group(group).column(file.schema.names.index(column)).statistics
    if not (said and said.has_min_max and said.has_null_count) or said.null_count or said.min != said.max:
        return None
    cut_off = isinstance(said.min, str) and len(said.min.encode()) >= SHORT
    return None if cut_off else said.min


def nothing(file: pq.ParquetFile, group: int, column: str) -> bool:
    """Whether a file says of a row group that all of a column is null."""
    about = file.metadata.row_group(group)
    said = about.column(file.schema.names.index(column)).statistics
    return bool(said and said.has_null_count and said.null_count == about.num_rows)


def codes(kind: pa.ChunkedArray, kinds: pa.Array) -> Longs:
    """Which of the kinds each row is of."""
    return np.asarray(pc.index_in(kind, kinds).to_numpy(), np.int64)


def _whole(texts: pa.ChunkedArray) -> pa.Array:
    if texts.num_chunks == 1:
        return texts.chunk(0)
    found = texts.combine_chunks()
    return pa.concat_arrays(found.chunks) if isinstance(found, pa.ChunkedArray) else found


def in_order(path: Path) -> bool:
    """Whether the rows of a stored table lie in the order of their own number, its first column, from 0.

    Of row groups it is enough what the file says of their bounds; of the last, or the only one, each row is looked at.
    """
    with pq.ParquetFile(path) as file:
        about, base, last = file.metadata, 0, 0
        for group in range(about.num_row_groups):
            size, said = about.row_group(group).num_rows, about.row_group(group).column(0).statistics
            if size and not (said and said.has_min_max and (said.min, said.max) == (base, base + size - 1)):
                return False
            base, last = base + size, base
        if not base:
            return True
        numbers = file.read_row_group(about.num_row_groups - 1, [file.schema.names[0]], use_threads=False)
        return np.array_equal(number(numbers.column(0)), np.arange(last, base))


# Files ---------------------------------------------------------------------------------------------------------------


def columns_of(file: pq.ParquetFile, table: Table, more: pa.Table) -> tuple[pa.Schema, set[str]]:
    """How columns are to be written so that stored ones can be copied, and those that cannot be.

    An engine may have said of a column that it has no nulls, which makes other bytes: it stays so, unless nulls come.
    """
    stored = {name: file.schema.column(at).max_definition_level > 0 for at, name in enumerate(file.schema.names)}
    comes = {name for name in more.column_names if more[name].null_count}
    fields = [table.arrow.field(name).with_nullable(stored[name] or name in comes) for name in table.names]
    return pa.schema(fields), {name for name in comes if not stored[name]}


class Groups(AbstractContextManager["Groups"]):
    """Row groups on their way into a table: one is encoded while the next is put together.

    Args:
        file: The file to write.
        schema: How its columns are written, see `columns_of`.
        table: Its columns.

    Attributes:
        rows: How many rows came to it.
        notes: What the file says about itself at the end.
    """

    def __init__(self, file: IO[bytes], schema: pa.Schema, table: Table) -> None:
        self.rows = 0
        self.notes: dict[str, str] = {}
        self.schema, self._table = schema, table
        self._made = Assembled(file, schema)
        self._under_way: deque[Future[dict[str, Chunk]]] = deque()
        self._thread = ThreadPoolExecutor(1)

    def add(self, rows: pa.Table, stored: Mapping[str, Chunk]) -> None:
        """Add rows as a row group; with fewer columns than the table has, the others are those ``stored``."""
        if whole := rows.num_columns == len(self._table.names):
            stored = {}
        size = rows.num_rows if rows.num_columns else stored[self._table.names[0]].rows
        for first in range(0, size, 2 * GROUP if whole else max(size, 1)):
            part = rows.slice(first, 2 * GROUP) if whole else rows
            self._under_way.append(self._thread.submit(self._chunks, part, stored))
        self._settle(AHEAD)
        self.rows += size

    def _chunks(self, rows: pa.Table, stored: Mapping[str, Chunk]) -> dict[str, Chunk]:
        return {**stored, **_encoded(rows, self._table, self.schema)}

    def _settle(self, most: int) -> None:
        while len(self._under_way) > most:
            self._made.add(self._under_way.popleft().result())

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._settle(0)
                self._made.close(self.notes)
        finally:
            self._thread.shutdown(cancel_futures=True)


def _encoded(rows: pa.Table, table: Table, schema: pa.Schema) -> dict[str, Chunk]:
    """Columns of a table as the chunks of one row group."""
    if not rows.num_columns:
        return {}
    file = io.BytesIO()
    as_stored = pa.schema([schema.field(name).with_type(rows[name].type) for name in rows.column_names])
    pq.write_table(rows.cast(as_stored), file, row_group_size=rows.num_rows, **_how(table, rows.column_names))
    return File(file).group(0)


# Tables --------------------------------------------------------------------------------------------------------------


def splice(path: Path, target: Path, table: Table, incoming: Incoming, numbers: Numbers, *, own: bool = True) -> int:
    """Write a stored table with other rows among its own; returns how many rows that are.

    Args:
        path: The stored table.
        target: Where to write.
        table: Its columns.
        incoming: What comes to it; its numbers are new ones.
        numbers: New numbers for the stored rows' columns.
        own: Whether the first column is the rows' own number, from 0.
    """
    numbers = {column: new for column, new in numbers.items() if not unchanged(new)}
    key = table.names[0] if own else None
    with path.open("rb") as source, target.open("wb") as out, pq.ParquetFile(path) as file:
        schema, again = columns_of(file, table, incoming.rows)
        stored = File(source)
        with Groups(out, schema, table) as made:
            for group, base, size, order, some in _pieces(file, incoming):
                rows, chunks = size if order is None else len(order), stored.group(group)
                wanted = table.names if order is not None else [n for n in table.names if n in again | set(numbers)]
                if order is not None and rows <= 2 * GROUP:
                    same = _same(file, group, some)
                    chunks |= {name: repeated(schema.field(name), value, rows) for name, value in same.items()}
                    wanted = [name for name in wanted if name not in same]
                columns = _columns(file, group, [n for n in wanted if n != key], numbers, some, order)
                if key and (key in wanted or made.rows != base):
                    columns[key] = pa.array(np.arange(made.rows, made.rows + rows))
                made.add(pa.table({n: columns[n] for n in table.names if n in columns}), chunks)
            if not file.metadata.num_rows:
                rows = incoming.rows
                made.add(rows.add_column(0, key, pa.array(np.arange(len(rows)))) if key else rows, {})
        return made.rows


def _pieces(file: pq.ParquetFile, incoming: Incoming) -> Iterator[tuple[int, int, int, Longs | None, pa.Table]]:
    """For each row group its number, the number of its first row, of its rows, and what comes to it.

    That is the order in which its rows and those that come (counted on from them) follow each other, None where nothing
    comes or goes; and the rows that come.
    """
    from graphnet.kernels.merging import interleaved  # noqa: PLC0415  (numba)

    about, base, first, out = file.metadata, 0, 0, 0
    for group in range(about.num_row_groups):
        size = about.row_group(group).num_rows
        if not size:
            continue
        stop = base + size
        # what belongs behind the last row of a group comes with the next, unless there is none
        last = int(np.searchsorted(incoming.places, stop, "right" if stop == about.num_rows else "left"))
        gone = int(np.searchsorted(incoming.gone, stop))
        order = None
        if last > first or gone > out:
            which = slice(first, last)
            order = interleaved(
                size, incoming.places[which] - base, incoming.replaces[which], incoming.gone[out:gone] - base
            )
        yield group, base, size, order, incoming.rows.slice(first, last - first)
        base, first, out = stop, last, gone


def _same(file: pq.ParquetFile, group: int, some: pa.Table) -> dict[str, Any]:
    """Of the columns with kinds of things the value, where all rows of a row group and those that come have one."""
    told = {name: only(file, group, name) for name in ALIKE if name in some.column_names}
    return {
        name: value
        for name, value in told.items()
        if value is not None and pc.all(pc.equal(some[name], value), skip_nulls=False).as_py()
    }


def _columns(
    file: pq.ParquetFile, group: int, names: list[str], numbers: Numbers, some: pa.Table, order: Longs | None
) -> dict[str, Any]:
    """Columns of a row group with new numbers, and with other rows among its own where there is an order."""
    rows = file.read_row_group(group, names, use_threads=False)
    made: dict[str, Any] = {}
    for name in names:
        values = rows[name]
        if not pa.types.is_int64(values.type):
            made[name] = values if order is None else _ordered(values, some[name], order)
            continue
        ints = renumbered(number(values), numbers[name]) if name in numbers else number(values)
        made[name] = nullable(ints if order is None else np.concatenate((ints, number(some[name])))[order])
    return made


def _ordered(stored: pa.ChunkedArray, some: pa.ChunkedArray, order: Longs) -> Any:
    """Stored values with others among them, which are counted on from these."""
    from graphnet.kernels.merging import woven  # noqa: PLC0415  (numba)

    small = stored.nbytes + some.nbytes < 2**31
    if small and pa.types.is_string(stored.type) and not stored.null_count and not some.null_count:
        return woven(_whole(stored), _whole(some), order)
    return pa.chunked_array([*stored.chunks, *some.chunks]).take(order)
