"""The embedded engine: DuckDB, in this process, spilling to disk above its memory limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pyarrow as pa

from graphnet.engines import Engine, MapFunction, write
from graphnet.errors import GraphnetError, InputError, StudyError
from graphnet.schema import STUDY, Table

__all__ = ["DuckDB"]

BATCH = 250_000
"""Rows a piece: large enough that a Python call per piece costs nothing, small enough to hold many columns."""


@contextmanager
def _told() -> Iterator[None]:
    """Say what stopped a query: Ctrl-C stays Ctrl-C, too little memory or disk becomes a sentence."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise GraphnetError(
            f"too little memory: {_first_line(error)}. Allow more, such as --memory 4GB, or fewer threads: --threads 1"
        ) from None
    except duckdb.IOException as error:
        raise GraphnetError(f"a file could not be read or written: {_first_line(error)}") from None
    except (RuntimeError, duckdb.InterruptException) as error:
        if isinstance(error, RuntimeError) and str(error) != "Query interrupted":
            raise
        raise KeyboardInterrupt from None


def _first_line(error: Exception) -> str:
    """DuckDB's own message without its advice on settings that only its users can make."""
    return str(error).strip().splitlines()[0]


@dataclass(frozen=True)
class DuckDB(Engine):
    """DuckDB with a memory limit and a spill folder.

    Args:
        memory: Memory limit, as DuckDB writes it (``"8GB"``, ``"70%"``). Kernels and Python are not counted in it.
        threads: Threads, or None for all cores.
        spill: Folder for what does not fit; None lets DuckDB use a temporary one.

    Example:
        >>> from graphnet.engines import DuckDB
        >>> DuckDB(memory="1GB", threads=1).rows("select 1 + 1 as two").to_pylist()
        [{'two': 2}]
    """

    name: ClassVar[str] = "duckdb"
    memory: str = "60%"
    threads: int | None = None
    spill: Path | None = None
    _connection: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        settings: dict[str, Any] = {"memory_limit": self.memory, "preserve_insertion_order": True}
        if self.threads is not None:
            settings["threads"] = self.threads
        if self.spill is not None:
            settings["temp_directory"] = str(self.spill)
        try:
            connection = duckdb.connect(":memory:", config=settings)
        except duckdb.Error as error:
            raise InputError(f"the engine cannot be started with memory {self.memory!r}: {error}") from None
        object.__setattr__(self, "_connection", connection)
        # progress is graphnet's to show (log.progress), and only where somebody watches
        self._connection.execute("set enable_progress_bar = false")
        # no query of ours should ever reach the network for an extension
        self._connection.execute("set autoinstall_known_extensions = false")

    def open(self, path: Path | Sequence[Path], table: str) -> None:
        """See `Engine.open`."""
        paths = [path] if isinstance(path, Path) else list(path)
        if not paths:
            nothing = ", ".join(f'cast(null as {_sql_type(c.type)}) as "{c.name}"' for c in STUDY[table].columns)
            self._connection.execute(f'create or replace temp view "{table}" as select {nothing} where false')
            return
        files = ", ".join("'" + str(p).replace("'", "''") + "'" for p in paths)
        query = f'create or replace temp view "{table}" as select * from read_parquet([{files}])'
        try:
            self._connection.execute(query)
        except duckdb.OutOfMemoryException:
            raise StudyError(f"memory {self.memory!r} is too little for the engine. Allow more, such as 4GB") from None
        except duckdb.Error as error:
            raise StudyError(
                f"the study's table {table!r} cannot be read: {_first_line(error)}. Something changed its files; "
                "bring them back, or read the inputs again into a new folder."
            ) from None

    @_told()
    def save(self, sql: str, path: Path, table: Table) -> int:
        """See `Engine.save`."""
        columns = ", ".join(f'cast("{c.name}" as {_sql_type(c.type)}) as "{c.name}"' for c in table.columns)
        target = str(path).replace("'", "''")
        query = f"copy (select {columns} from ({sql})) to '{target}' (format parquet, compression zstd)"
        return int(self._connection.execute(query).fetchone()[0])

    @_told()
    def map(self, sql: str, function: MapFunction, path: Path, table: Table, by: str | None = None) -> int:
        """See `Engine.map`."""
        query = sql if by is None else f'select * from ({sql}) order by "{by}"'
        reader = self._connection.sql(query).to_arrow_reader(BATCH)
        pieces = (pa.Table.from_batches([b], reader.schema) for b in reader)
        whole = _never_none(pieces if by is None else _whole_groups(pieces, by), reader.schema)
        try:
            return write((function(piece) for piece in whole), path, table)
        finally:
            # an error of `function` keeps the stream alive, and the connection would refuse every further query
            reader.close()

    @_told()
    def rows(self, sql: str) -> pa.Table:
        """See `Engine.rows`."""
        return self._connection.sql(sql).to_arrow_table()

    def columns(self, table: str) -> list[str]:
        """See `Engine.columns`."""
        return [str(row[0]) for row in self._connection.execute(f'describe "{table}"').fetchall()]

    def explode(self, column: str) -> str:
        """See `Engine.explode`."""
        return f"unnest({column})"

    def close(self) -> None:
        """See `Engine.close`."""
        self._connection.close()


_TYPES = {
    pa.string(): "varchar",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.binary(): "blob",
}


def _sql_type(kind: pa.DataType) -> str:
    return f"{_sql_type(kind.value_type)}[]" if pa.types.is_list(kind) else _TYPES[kind]


def _never_none(pieces: Iterator[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    first = next(pieces, None)
    yield schema.empty_table() if first is None else first
    yield from pieces


def _whole_groups(pieces: Iterator[pa.Table], by: str) -> Iterator[pa.Table]:
    """Cut a stream sorted by ``by`` so that no group is split: the last group of each piece waits for the next."""
    waiting: pa.Table | None = None
    for piece in pieces:
        held = piece if waiting is None else pa.concat_tables([waiting, piece])
        start = _start_of(held[by], held[by][-1])
        if start:
            yield held.slice(0, start)
        waiting = held.slice(start)
    if waiting is not None:
        yield waiting


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
