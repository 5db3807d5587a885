"""Files behind URLs for Spark: its workers read and write them themselves, through fsspec and Arrow.

Spark's own connectors are further jars that fit one store each, and PySpark's data sources are not told which columns
a query needs: one of two columns would read all. So a table is a list of row groups, each read by one task in the
columns that are named in the query; and what is written is one file a task.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING
from uuid import uuid4

import pyarrow as pa

from graphnet import places
from graphnet.engines import files
from graphnet.places import Place, Remote

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Listed", "listed", "write"]

PIECE = 100_000
"""Rows that a worker holds at once."""
_COUNTED = re.compile(r"count\s*\(\s*\*\s*\)", re.I)


@dataclass(frozen=True)
class Listed:
    """A remote table, as its files' footers describe it.

    Attributes:
        columns: Names and types.
        groups: Each row group: file and number in it.
    """

    columns: pa.Schema
    groups: tuple[tuple[Place, int], ...]

    def frame(self, session: SparkSession, sql: str) -> DataFrame:
        """The table with the columns that a query may need, one task a row group."""
        from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415

        names = _needed(self.columns.names, sql)
        kept = pa.schema([self.columns.field(name) for name in names])
        # each number of the range is a partition of its own: nothing is shuffled to spread them
        numbers = session.range(0, len(self.groups), 1, max(len(self.groups), 1))
        return numbers.mapInArrow(_Reader(self.groups, tuple(names)), from_arrow_schema(kept))


def listed(paths: Sequence[Place]) -> Listed:
    """Look at the footers of a table's files.

    Raises:
        FileNotFoundError: A file is not there.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415

    groups: list[tuple[Place, int]] = []
    columns: pa.Schema | None = None
    for file in (f for path in paths for f in files(path)):
        with places.reading(file) as source:
            footer = pq.read_metadata(source)
        groups += [(file, number) for number in range(footer.num_row_groups)]
        columns = columns or footer.schema.to_arrow_schema().remove_metadata()
    if columns is None:
        raise FileNotFoundError(f"{', '.join(map(str, paths))}: no files")
    return Listed(columns, tuple(groups))


def _needed(names: Sequence[str], sql: str) -> list[str]:
    """The columns that a query may need: all where it has a star, else those whose name is in it; at least one."""
    if "*" in _COUNTED.sub("", sql):
        return list(names)
    words = set(re.findall(r"\w+", sql))
    return [name for name in names if name in words] or list(names[:1])


@dataclass(frozen=True)
class _Reader:
    """What runs on Spark's workers to read: numbers of row groups in, their rows out."""

    groups: tuple[tuple[Place, int], ...]
    names: tuple[str, ...]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number in batch.column(0).to_pylist():
                yield from self._rows(*self.groups[number])

    def _rows(self, file: Place, group: int) -> Iterator[pa.RecordBatch]:
        import pyarrow.parquet as pq  # noqa: PLC0415

        with places.reading(file) as source:
            held = pq.ParquetFile(source, pre_buffer=True)
            for rows in held.iter_batches(PIECE, row_groups=[group], columns=list(self.names)):
                yield rows.select(list(self.names))


def write(rows: DataFrame, folder: Remote) -> int:
    """Write rows as a folder of Parquet files, one a task that has any, in the order of the tasks; returns how many."""
    from pyspark.sql.pandas.types import to_arrow_schema  # noqa: PLC0415

    places.remove(folder)
    places.made(folder)
    columns = to_arrow_schema(rows.schema)
    written = rows.mapInArrow(_Writer(folder, columns), "name string, rows bigint").toArrow()
    kept = set(written["name"].to_pylist())
    # a task that was run twice has left a file that nobody speaks of
    for name in places.names(folder):
        if name not in kept:
            places.remove(folder / name)
    if not kept:
        list(_Writer(folder, columns).all_of("part-00000.parquet", [pa.RecordBatch.from_pylist([], columns)]))
    return sum(written["rows"].to_pylist())


@dataclass(frozen=True)
class _Writer:
    """What runs on Spark's workers to write: rows in, the name and size of the file out."""

    folder: Remote
    columns: pa.Schema

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from pyspark import TaskContext  # noqa: PLC0415

        task = TaskContext.get()
        number = task.partitionId() if task else 0
        some = (batch for batch in batches if batch.num_rows)
        if (first := next(some, None)) is not None:
            yield from self.all_of(f"part-{number:05d}-{uuid4().hex}.parquet", chain([first], some))

    def all_of(self, name: str, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Write one file."""
        import pyarrow.parquet as pq  # noqa: PLC0415

        count = 0
        with (
            places.writing(self.folder / name) as sink,
            pq.ParquetWriter(sink, self.columns, compression="zstd") as file,
        ):
            for batch in batches:
                file.write_table(pa.Table.from_batches([batch]).cast(self.columns))
                count += batch.num_rows
        yield pa.RecordBatch.from_pydict({"name": [name], "rows": [count]})
