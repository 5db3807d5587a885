"""Engines run the SQL and the kernels over Parquet files. Nothing else in graphnet knows which engine it is on.

SQL given to an engine keeps to what DuckDB and Spark share. To stay there: no ``//``, ``qualify``, ``hash``, ``log``
(use ``ln``), ordered ``array_agg``, ``epoch…``, ``asof``, ``using sample``, ``not in`` (use ``not exists``) and no
``select *`` in a CTE; write ``1e0``, not ``1.0`` (Spark reads that as a decimal).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from graphnet import registry
from graphnet.schema import Table

__all__ = ["Engine", "MapFunction"]

MapFunction = Callable[[pa.Table], pa.Table]
"""Arrow rows in, Arrow rows out."""


@dataclass(frozen=True)
class Engine(ABC):
    """Six methods over tables that are Parquet files.

    Attributes:
        name: Name on the command line and in the manifest.
        spread: Whether the rows may be on several machines and more than one of them can hold. Then kernels get their
            rows through `map`, in groups, instead of all at once through `rows`; what comes out is the same.
    """

    name: ClassVar[str]
    spread: ClassVar[bool] = False

    @abstractmethod
    def open(self, path: Path | Sequence[Path], table: str) -> None:
        """Make Parquet files known to SQL under the name ``table`` (a later call replaces an earlier one).

        Without any file the table is empty, with the columns that `graphnet.schema` gives it.
        """

    @abstractmethod
    def save(self, sql: str, path: Path, table: Table) -> int:
        """Write the rows of a query to a Parquet file with the table's columns and types; returns how many."""

    @abstractmethod
    def map(self, sql: str, function: MapFunction, path: Path, table: Table, by: str | None = None) -> int:
        """Write what ``function`` makes of a query's rows to a Parquet file; returns how many rows.

        Without ``by`` the function sees the rows in pieces of any size; with it, it sees whole groups of that column
        (several small groups may come in one piece, in the order of ``by``). The function sees at least one piece,
        empty if the query is.
        """

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
    def close(self) -> None:
        """Give back what the engine holds; it cannot be used afterwards."""


Base = Engine


def write(pieces: Iterable[pa.Table], path: Path, table: Table) -> int:
    """Write Arrow pieces to one Parquet file with the table's columns and types; returns the number of rows."""
    import pyarrow.parquet as pq  # noqa: PLC0415  (70 ms that `graphnet --help` should not pay)

    count = 0
    with pq.ParquetWriter(path, table.arrow, compression="zstd") as file:
        for piece in pieces:
            rows = piece.select(table.names).cast(table.arrow)
            count += rows.num_rows
            file.write_table(rows)
    return count


def __getattr__(name: str) -> type[Any]:
    return registry.by_class_name("engines", name)
