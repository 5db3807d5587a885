"""Engines run the SQL and the kernels over Parquet files. Nothing else in graphnet knows which engine it is on.

SQL given to an engine keeps to what DuckDB and Spark share. To stay there: no ``//``, ``qualify``, ``hash``, ``log``
(use ``ln``), ordered ``array_agg``, ``epoch…``, ``asof``, ``using sample``, ``not in`` (use ``not exists``) and no
``select *`` in a CTE; write ``1e0``, not ``1.0`` (Spark reads that as a decimal). Say ``nulls last`` where a column to
order by can be null (Spark puts them first), and say ``order by`` wherever the order of rows matters: files keep none.

A table is one Parquet file, or a folder of them, as Spark writes: `files`, `count` and `remove` know both.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from graphnet import places, registry
from graphnet.places import Place
from graphnet.schema import Table

__all__ = ["EachFunction", "Engine", "MapFunction", "count", "files", "remove", "whole_groups", "write"]

MapFunction = Callable[[pa.Table], pa.Table]
"""Arrow rows in, Arrow rows out."""
EachFunction = Callable[[int], pa.Table]
"""The number of a piece of work in, Arrow rows out."""


@dataclass(frozen=True)
class Engine(ABC):
    """Six methods over tables that are Parquet files.

    Attributes:
        name: Name on the command line and in the manifest.
        spread: Whether the rows may be on several machines and more than one of them can hold. Then kernels get their
            rows through `map`, in groups, instead of all at once through `rows`, and input files are read by `each`;
            what comes out is the same.
        packages: Further packages that it runs on; their versions go into the manifest.
    """

    name: ClassVar[str]
    spread: ClassVar[bool] = False
    packages: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def open(self, path: Place | Sequence[Place], table: str) -> None:
        """Make Parquet files, or folders of them, known to SQL as ``table`` (a later call replaces an earlier one).

        Without any file the table is empty, with the columns that `graphnet.schema` gives it.
        """

    @abstractmethod
    def save(self, sql: str, path: Place, table: Table) -> int:
        """Write the rows of a query as Parquet with the table's columns and types; returns how many.

        Files that lie at ``path`` already are replaced.
        """

    def keep(self, rows: str | pa.Table, path: Place, table: Table, name: str = "") -> int:
        """Make the rows of a query, or rows in memory, known to SQL for a while; returns how many.

        They are known by the table's name or by this one, until `let_go`. They lie at ``path``, unless the engine has a
        place of its own for what is asked for only once or twice.
        """
        count = self.save(rows, path, table) if isinstance(rows, str) else write([rows], path, table)
        self.open(path, name or table.name)
        return count

    def let_go(self) -> None:  # noqa: B027  (nothing to do for an engine that keeps nothing)
        """Give back what `keep` holds outside of files; its tables have to be opened anew before they are asked for."""

    @abstractmethod
    def map(self, sql: str, function: MapFunction, path: Place, table: Table, by: str | None = None) -> int:
        """Write what ``function`` makes of a query's rows as Parquet; returns how many rows.

        Without ``by`` the function sees the rows in pieces of any size; with it, it sees whole groups of that column
        (several small groups may come in one piece, in the order of ``by``). The function sees at least one piece,
        empty if the query is. It may run in another process, so it has to be picklable.
        """

    def each(self, count: int, function: EachFunction, table: Table) -> Iterator[pa.Table]:
        """What ``function`` makes of each number from 0 on, in their order: work that is not over rows of a table.

        An engine that is spread gives each number to a worker as a task of its own, so the function has to be
        picklable, and what it returns small. A task may be run twice: the function has to allow for it.
        """
        for number in range(count):
            yield function(number).select(table.names).cast(table.arrow)

    @abstractmethod
    def rows(self, sql: str) -> pa.Table:
        """The rows of a query, in memory."""

    @abstractmethod
    def columns(self, table: str) -> list[str]:
        """The column names of an opened table."""

    @abstractmethod
    def explode(self, column: str) -> str:
        """The SQL expression that turns a list column into one row an element (empty and null lists: no row)."""

    @abstractmethod
    def beside(self) -> Engine:
        """Another engine of this kind, for a study that is worked on beside this engine's own."""

    @abstractmethod
    def close(self) -> None:
        """Give back what the engine holds; it cannot be used afterwards."""


Base = Engine


def write(pieces: Iterable[pa.Table], path: Place, table: Table) -> int:
    """Write Arrow pieces to one Parquet file with the table's columns and types; returns the number of rows."""
    import pyarrow.parquet as pq  # noqa: PLC0415  (70 ms that `graphnet --help` should not pay)

    written = 0
    remove(path)
    with places.writing(path) as target, pq.ParquetWriter(target, table.arrow, compression="zstd") as file:
        for piece in pieces:
            rows = piece.select(table.names).cast(table.arrow)
            written += rows.num_rows
            file.write_table(rows)
    return written


def files(path: Place) -> list[Place]:
    """The Parquet files of a table: the path itself, or those in the folder, in order (not ``.crc`` and the like)."""
    if not path.is_dir():
        return [path]
    inside = (path / name for name in places.names(path))
    return [f for f in inside if f.suffix == ".parquet" and f.name[0] not in "._"]


def count(path: Place) -> int:
    """The number of rows of a table, as the files say themselves."""
    import pyarrow.parquet as pq  # noqa: PLC0415

    rows = 0
    for file in files(path):
        with places.reading(file) as source:
            rows += int(pq.read_metadata(source).num_rows)
    return rows


def remove(path: Place) -> None:
    """Delete a table's file or folder, if it is there."""
    places.remove(path)


def whole_groups(pieces: Iterable[pa.Table], by: str) -> Iterator[pa.Table]:
    """Cut a stream sorted by ``by`` so that no group is split: the last group of each piece waits for the next.

    Example:
        >>> pieces = [pa.table({"k": [1, 1, 2]}), pa.table({"k": [2, 2, 3]})]
        >>> [piece["k"].to_pylist() for piece in whole_groups(pieces, "k")]
        [[1, 1], [2, 2, 2], [3]]
    """
    waiting: list[pa.Table] = []
    for piece in pieces:
        last = piece[by][-1]
        start = _start_of(piece[by], last)
        if waiting and (start or waiting[0][by][0] != last):
            # either the waiting group ends inside of this piece or it ended before it
            yield pa.concat_tables([*waiting, piece.slice(0, start)])
            waiting = []
        elif start:
            yield piece.slice(0, start)
        waiting.append(piece.slice(start))
    if waiting:
        yield pa.concat_tables(waiting)


def _start_of(keys: pa.ChunkedArray, value: pa.Scalar) -> int:
    """Where the run of ``value`` at the end of sorted ``keys`` starts."""
    low, high = 0, len(keys) - 1
    while low < high:
        middle = (low + high) // 2
        if keys[middle] == value:
            high = middle
        else:
            low = middle + 1
    return low


def __getattr__(name: str) -> type[Any]:
    return registry.by_class_name("engines", name)
