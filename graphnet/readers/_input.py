"""A table to read, wherever it is: chosen columns in pieces, rows numbered from 0. Here Parquet files and memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from graphnet.errors import InputError
from graphnet.readers import Source
from graphnet.readers._cells import text

__all__ = ["SAMPLE", "Input", "Memory", "Parquet"]

MEMORY_ROWS = 250_000
"""Rows a piece."""
SAMPLE = 500
"""How many values `Input.sample` gives at most."""


class Input(ABC):
    """A table to read.

    Attributes:
        names: The column names, or None where the table has no header.
        width: The number of columns.
    """

    names: Sequence[str] | None
    width: int

    @property
    def columns(self) -> Sequence[str]:
        """The column names; numbers from 1 where the table has no header."""
        return [str(i + 1) for i in range(self.width)] if self.names is None else self.names

    @abstractmethod
    def batches(self, positions: Sequence[int]) -> Iterator[list[Any]]:
        """The columns at these positions, in pieces of any number of rows."""

    @abstractmethod
    def again(self) -> Input:
        """The same table once more, to look ahead while it is being read."""

    @abstractmethod
    def sample(self, position: int) -> list[str]:
        """The first few hundred values of a column, as text."""

    def settle(self, reasons: Mapping[int, str], source: Source) -> None:
        """Reject rows: ``reasons`` by the number of the row, from 0."""
        for row, reason in sorted(reasons.items()):
            source.reject(row + 1, reason)


class Parquet(Input):
    """A Parquet file. Its rows have numbers, not lines."""

    def __init__(self, source: Source) -> None:
        import pyarrow.parquet as pq  # noqa: PLC0415

        self.source = source
        try:
            self._file = pq.ParquetFile(source.path)
        except (pa.ArrowException, OSError) as error:
            raise _broken(source, error) from None
        self.names = list(self._file.schema_arrow.names)
        self.width = len(self.names)

    def again(self) -> Input:
        """See `Input.again`."""
        return Parquet(self.source)

    def sample(self, position: int) -> list[str]:
        """See `Input.sample`."""
        return _as_text(next(self.batches([position]), [pa.nulls(0)])[0][:SAMPLE])

    def batches(self, positions: Sequence[int]) -> Iterator[list[Any]]:
        """See `Input.batches`."""
        names = [self.names[p] for p in positions] if self.names else []
        try:
            for batch in self._file.iter_batches(batch_size=MEMORY_ROWS, columns=names):
                yield [batch.column(batch.schema.get_field_index(n)) for n in names]
        except (pa.ArrowException, OSError) as error:
            raise _broken(self.source, error) from None


class Memory(Input):
    """A DataFrame or an Arrow table.

    Args:
        data: The table.
        lines: Where its rows come from, if they were parsed from a file; else rows are numbered from 1.
    """

    def __init__(self, data: Any, lines: Sequence[int] | None = None) -> None:
        self._data = data
        self._lines = lines
        self.names = [str(c) for c in (data.column_names if isinstance(data, pa.Table) else data.columns)]
        self.width = len(self.names)

    @classmethod
    def of_records(cls, records: Sequence[Mapping[str, Any]], lines: Sequence[int] | None = None) -> Memory:
        """A table of records, with a column for every key."""
        names = dict.fromkeys(k for r in records for k in r)
        return cls(pa.table({n: _arrow([r.get(n) for r in records]) for n in names}), lines)

    def settle(self, reasons: Mapping[int, str], source: Source) -> None:
        """See `Input.settle`."""
        for row, reason in sorted(reasons.items()):
            source.reject(row + 1 if self._lines is None else self._lines[row], reason)

    def again(self) -> Input:
        """See `Input.again`."""
        return self

    def sample(self, position: int) -> list[str]:
        """See `Input.sample`."""
        return _as_text(self._column(position, 0, SAMPLE))

    def batches(self, positions: Sequence[int]) -> Iterator[list[Any]]:
        """See `Input.batches`."""
        for start in range(0, len(self._data), MEMORY_ROWS):
            yield [self._column(p, start, start + MEMORY_ROWS) for p in positions]

    def _column(self, position: int, start: int, end: int) -> Any:
        if isinstance(self._data, pa.Table):
            return self._data.column(position).slice(start, end - start).combine_chunks()
        return _arrow(self._data.iloc[start:end, position])


def _arrow(values: Any) -> Any:
    """A column of values of any type; what mixes types becomes text, as the user would see it."""
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowException, TypeError, OverflowError):
        return pa.array([None if _is_none(v) else str(v) for v in values], pa.string())


def _is_none(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124  (NaN and NaT differ from themselves)


def _as_text(column: Any) -> list[str]:
    if pa.types.is_nested(column.type):
        return []
    return [v or "" for v in text(column)[0].to_pylist()]


def _broken(source: Source, error: Exception) -> InputError:
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    return InputError(f"{source.name} is a damaged Parquet file: {first}")
