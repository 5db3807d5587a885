"""The engine for when one machine is outgrown: Spark, here or on a cluster, with the same SQL and kernels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa

from graphnet.engines import EachFunction, Engine, MapFunction, count, files, remove, whole_groups, write
from graphnet.engines._session import PIECE, fitted, spelled, start, told
from graphnet.engines._spark_files import Listed, listed
from graphnet.engines._spark_files import write as write_remote
from graphnet.errors import StudyError
from graphnet.places import Place, Remote, reading
from graphnet.schema import STUDY, Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Spark"]


@dataclass(frozen=True)
class Spark(Engine):
    """Spark through PySpark (the extra ``graphnet-analyzer[spark]``, on Java 17 or 21).

    Args:
        session: A session of yours, which is left as it is and running; None: one is started on this machine, or
            where ``SPARK_MASTER`` or spark-submit say.
        memory: Memory of a session that is started here (``"8GB"``, ``"60%"``). Python workers are not counted in it.
        threads: Threads of such a session, or None for all cores.
        spill: Folder for what does not fit; None: Spark's own.

    Raises:
        GraphnetError: PySpark or Java is missing.

    Example:
        >>> from graphnet.engines import Spark
        >>> Spark(memory="1GB", threads=1).rows("select 1 + 1 as two").to_pylist()  # doctest: +SKIP
        [{'two': 2}]
    """

    name: ClassVar[str] = "spark"
    spread: ClassVar[bool] = True
    packages: ClassVar[tuple[str, ...]] = ("pyspark",)
    session: SparkSession | None = field(default=None, compare=False)
    memory: str = "60%"
    threads: int | None = None
    spill: Path | None = None
    _session: Any = field(init=False, repr=False, compare=False)
    _waiting: dict[str, list[Place]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _remote: dict[str, Listed] = field(init=False, repr=False, compare=False, default_factory=dict)
    _views: set[str] = field(init=False, repr=False, compare=False, default_factory=set)

    def __post_init__(self) -> None:
        given = self.session or start(self.memory, self.threads, self.spill)
        with told():
            object.__setattr__(self, "_session", fitted(given))
        if self.session is None:
            _OURS.append(id(self))

    def open(self, path: Place | Sequence[Place], table: str) -> None:
        """See `Engine.open`."""
        paths = [path] if isinstance(path, Path | Remote) else list(path)
        for one in paths:
            _readable(one, table)
        # a study has some thirty tables and a query reads a few: Spark is told of those when they are read
        self._waiting[table] = paths
        self._remote.pop(table, None)

    def save(self, sql: str, path: Place, table: Table) -> int:
        """See `Engine.save`."""
        with told():
            rows = self._query(sql)
            typed = rows.selectExpr(*(f'cast("{c.name}" as {_sql_type(c.type)}) as "{c.name}"' for c in table.columns))
            return _wrote(typed, path)

    def map(self, sql: str, function: MapFunction, path: Place, table: Table, by: str | None = None) -> int:
        """See `Engine.map`.

        With ``by``, rows are laid out by that column and sorted, and whole groups are cut off the stream, many to a
        piece: Spark's own grouped call would cost a call of Python for each of millions of small groups.
        """
        with told():
            rows = self._query(sql)
            if by is not None:
                rows = rows.repartition(f"`{by}`").sortWithinPartitions(f"`{by}`")
            worker = _Worker(function, table, by)
            written = _wrote(rows.mapInArrow(worker, _ddl(table)), path)
            empty = not written and rows.limit(1).toArrow()
        if empty is not False and empty.num_rows == 0:
            return write([function(_plain(empty))], path, table)
        return written

    def each(self, count: int, function: EachFunction, table: Table) -> Iterator[pa.Table]:
        """See `Engine.each`. All that comes back comes at the end."""
        with told():
            # each number of the range is a partition of its own: rows of a file, few and small, would be one task
            numbers = self._session.range(0, count, 1, max(count, 1))
            made = _plain(numbers.mapInArrow(_Each(function, table), _ddl(table)).toArrow())
        yield made

    def rows(self, sql: str) -> pa.Table:
        """See `Engine.rows`."""
        with told():
            return _plain(self._query(sql).toArrow())

    def columns(self, table: str) -> list[str]:
        """See `Engine.columns`."""
        with told():
            return list(self._query(f'select * from "{table}"').columns)

    def explode(self, column: str) -> str:
        """See `Engine.explode`."""
        return f"explode({column})"

    def beside(self) -> Spark:
        """See `Engine.beside`."""
        return Spark(self._session)

    def close(self) -> None:
        """See `Engine.close`. A session that was given goes on; the last engine of ours stops the one it started."""
        for view in self._views:
            self._session.catalog.dropTempView(view)
        if id(self) in _OURS:
            _OURS.remove(id(self))
            if not _OURS:
                self._session.stop()

    def _query(self, sql: str) -> DataFrame:
        # a name that only stands in a text or a column makes a view too many, which costs some milliseconds
        for table in [name for name in self._waiting if name in sql]:
            self._view(table, self._waiting.pop(table))
        for table in [name for name in self._remote if name in sql]:
            # anew for each query, with its columns alone
            self._remote[table].frame(self._session, sql).createOrReplaceTempView(f"`{table}`")
        found: DataFrame = self._session.sql(spelled(sql))
        return found

    def _view(self, table: str, paths: list[Place]) -> None:
        session = self._session
        self._views.add(table)
        if any(isinstance(path, Remote) for path in paths):
            self._remote[table] = listed(paths)
            return
        if not paths:
            nothing = (f"cast(null as {_sql_type(c.type)}) as `{c.name}`" for c in STUDY[table].columns)
            rows = session.sql(f"select {', '.join(nothing)} where false")
        else:
            # with the columns told, Spark need not run a job to find them
            columns = _columns_of(paths)
            read = session.read if columns is None else session.read.schema(columns)
            rows = read.parquet(*(_pattern(p) for p in paths if isinstance(p, Path)))
        rows.createOrReplaceTempView(f"`{table}`")


_OURS: list[int] = []
"""Engines on the session that was started here: Spark allows for one a process, so they share it."""


@dataclass(frozen=True)
class _Worker:
    """What runs on Spark's workers: a kernel over pieces of rows."""

    function: MapFunction
    table: Table
    by: str | None

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        pieces = (_plain(pa.Table.from_batches([batch])) for batch in batches if batch.num_rows)
        for piece in pieces if self.by is None else whole_groups(pieces, self.by):
            made = self.function(piece).select(self.table.names).cast(self.table.arrow)
            yield from made.to_batches(max_chunksize=PIECE)


@dataclass(frozen=True)
class _Each:
    """What runs on Spark's workers: pieces of work that are known by their numbers."""

    function: EachFunction
    table: Table

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for number in (n for batch in batches for n in batch.column(0).to_pylist()):
            made = self.function(number).select(self.table.names).cast(self.table.arrow)
            yield from made.to_batches(max_chunksize=PIECE)


def _wrote(rows: DataFrame, path: Place) -> int:
    if isinstance(path, Remote):
        return write_remote(rows, path)
    remove(path)
    rows.write.parquet(_uri(path), compression="zstd")
    return count(path)


def _uri(path: Path) -> str:
    """A path to write; without the scheme a cluster would look in its own file system."""
    return f"file://{path.absolute()}"


def _pattern(path: Path) -> str:
    """A path to read: Spark takes some signs in it for a pattern, which a backslash makes themselves."""
    return re.sub(r"([\\*?\[\]{}])", r"\\\1", _uri(path))


def _readable(path: Place, table: str) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        for file in files(path)[:1]:
            with reading(file) as source:
                pq.read_schema(source)
    except (OSError, pa.ArrowException) as error:
        raise StudyError(
            f"the study's table {table!r} cannot be read: {str(error).splitlines()[0]}. Something changed its files; "
            "bring them back, or read the inputs again into a new folder."
        ) from None


def _columns_of(paths: list[Place]) -> str | None:
    """The columns of Parquet files as Spark writes them; None: of a type that no table of ours has."""
    import pyarrow.parquet as pq  # noqa: PLC0415

    found = pq.read_schema(next(file for path in paths for file in files(path)))
    if any(_plain_type(f.type) is None for f in found):
        return None
    return ", ".join(f"`{f.name}` {_sql_type(f.type)}" for f in found)


_TYPES = {
    pa.string(): "string",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.binary(): "binary",
}


def _sql_type(kind: pa.DataType) -> str:
    return f"array<{_sql_type(kind.value_type)}>" if pa.types.is_list(kind) else _TYPES[kind]


def _plain_type(kind: pa.DataType) -> str | None:
    return _plain_type(kind.value_type) if pa.types.is_list(kind) else _TYPES.get(kind)


def _ddl(table: Table) -> str:
    return ", ".join(f"`{c.name}` {_sql_type(c.type)}" for c in table.columns)


def _plain(rows: pa.Table) -> pa.Table:
    """Rows with the types that other engines give: whole numbers of 64 bits, every column may have nulls."""
    return rows.cast(pa.schema([pa.field(f.name, _wide(f.type)) for f in rows.schema]))


def _wide(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_list(kind):
        return pa.list_(_wide(kind.value_type))
    return pa.int64() if pa.types.is_integer(kind) else kind
