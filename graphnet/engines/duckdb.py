"""The embedded engine: DuckDB, in this process, spilling to disk above its memory limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import finalize

import duckdb
import pyarrow as pa

from graphnet.engines import Engine, MapFunction, files, remove, whole_groups, write
from graphnet.errors import GraphnetError, InputError, StudyError
from graphnet.places import Place, Remote, own_words
from graphnet.schema import STUDY, Table

if TYPE_CHECKING:
    from graphnet.engines._duckdb_files import Files

__all__ = ["DuckDB"]

HOW = "format parquet, compression zstd, parquet_version v2"
"""How tables are written: by the second version integers are differences, which halves the time to read them."""
KEPT = "kept in memory:"
"""How tables begin that only this engine knows."""
BATCH = 250_000
"""Rows a piece: large enough that a Python call per piece costs nothing, small enough to hold many columns."""


@contextmanager
def _told() -> Iterator[None]:
    """Say what stopped a query: Ctrl-C stays Ctrl-C, too little memory or disk becomes a sentence."""
    try:
        with _in_own_words():
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


@contextmanager
def _in_own_words() -> Iterator[None]:
    """Raise what is wrong with a remote file as it was told before DuckDB or Arrow made a text of it."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        if told := own_words(error):
            raise StudyError(told) from None
        raise


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
    _files: Files | None = field(init=False, repr=False, compare=False, default=None)
    _kept: set[str] = field(init=False, repr=False, compare=False, default_factory=set)

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

    def open(self, path: Place | Sequence[Place], table: str) -> None:
        """See `Engine.open`."""
        paths = [path] if isinstance(path, Path | Remote) else list(path)
        if not paths:
            nothing = ", ".join(f'cast(null as {_sql_type(c.type)}) as "{c.name}"' for c in STUDY[table].columns)
            self._connection.execute(f'create or replace temp view "{table}" as select {nothing} where false')
            return
        try:
            listed = ", ".join(self._named(file) for path in paths for file in files(path))
            query = f'create or replace temp view "{table}" as select * from read_parquet([{listed}])'
            with _in_own_words():
                self._connection.execute(query)
        except duckdb.OutOfMemoryException:
            raise StudyError(f"memory {self.memory!r} is too little for the engine. Allow more, such as 4GB") from None
        except (duckdb.Error, FileNotFoundError) as error:
            raise StudyError(
                f"the study's table {table!r} cannot be read: {_first_line(error)}. Something changed its files; "
                "bring them back, or read the inputs again into a new folder."
            ) from None

    @_told()
    def save(self, sql: str, path: Place, table: Table) -> int:
        """See `Engine.save`."""
        if path.is_dir():
            remove(path)
        # what is remote appears under its name at the end anyway; a further name would be a copy there
        options = HOW + (", use_tmp_file false" if isinstance(path, Remote) else "")
        query = f"copy (select {_as(table)} from ({sql})) to {self._named(path, new=True)} ({options})"
        return int(self._connection.execute(query).fetchone()[0])

    @_told()
    def keep(self, rows: str | pa.Table, path: Place, table: Table, name: str = "") -> int:  # noqa: ARG002  (no file)
        """See `Engine.keep`; in memory, as far as its limit allows, since a file would cost as much again."""
        name = name or table.name
        kept = f"{KEPT} {name}"
        self._kept.add(kept)
        query = f"select {_as(table)} from ({rows})" if isinstance(rows, str) else f'select {_as(table)} from "{KEPT}"'
        if not isinstance(rows, str):
            self._connection.register(KEPT, rows)
        try:
            count = self._connection.execute(f'create or replace temp table "{kept}" as {query}').fetchone()[0]
            self._connection.execute(f'create or replace temp view "{name}" as select * from "{kept}"')
        finally:
            if not isinstance(rows, str):
                self._connection.unregister(KEPT)
        return int(count)

    def let_go(self) -> None:
        """See `Engine.let_go`."""
        while self._kept:
            self._connection.execute(f'drop table if exists "{self._kept.pop()}"')

    @_told()
    def map(self, sql: str, function: MapFunction, path: Place, table: Table, by: str | None = None) -> int:
        """See `Engine.map`."""
        query = sql if by is None else f'select * from ({sql}) order by "{by}"'
        reader = self._connection.sql(query).to_arrow_reader(BATCH)
        pieces = (pa.Table.from_batches([b], reader.schema) for b in reader)
        whole = _never_none(pieces if by is None else whole_groups(pieces, by), reader.schema)
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

    def beside(self) -> DuckDB:
        """See `Engine.beside`."""
        return type(self)(self.memory, self.threads, self.spill)

    def close(self) -> None:
        """See `Engine.close`."""
        self._connection.close()

    def _named(self, file: Place, *, new: bool = False) -> str:
        """A file as a text of SQL."""
        name = self._mount().mounted(file, new=new) if isinstance(file, Remote) else str(file)
        return "'" + name.replace("'", "''") + "'"

    def _mount(self) -> Files:
        """Where DuckDB finds remote files; the first one brings it there."""
        if self._files is None:
            # fsspec is loaded for remote files alone
            from graphnet.engines._duckdb_files import Files, mount  # noqa: PLC0415

            made = Files()
            mount(self._connection, made)
            object.__setattr__(self, "_files", made)
            # DuckDB complains at the end of Python of what holds a file system and was not closed
            finalize(self, self._connection.close)
            return made
        return self._files


_TYPES = {
    pa.string(): "varchar",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.binary(): "blob",
}


def _as(table: Table) -> str:
    """The columns of a table, with its types."""
    return ", ".join(f'cast("{c.name}" as {_sql_type(c.type)}) as "{c.name}"' for c in table.columns)


def _sql_type(kind: pa.DataType) -> str:
    return f"{_sql_type(kind.value_type)}[]" if pa.types.is_list(kind) else _TYPES[kind]


def _never_none(pieces: Iterator[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    first = next(pieces, None)
    yield schema.empty_table() if first is None else first
    yield from pieces
