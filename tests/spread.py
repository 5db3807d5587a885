"""An engine that claims to be spread over several machines: what verbs do then, checked without any other machine.

The functions given to `map` and `each` go through pickling, as they would on their way to another machine.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from graphnet.engines import EachFunction, MapFunction
from graphnet.engines.duckdb import DuckDB
from graphnet.schema import Table

__all__ = ["Counting", "Spread"]


@dataclass(frozen=True)
class Spread(DuckDB):
    """DuckDB in which nobody may ask for everything at once."""

    spread: ClassVar[bool] = True

    def map(self, sql: str, function: MapFunction, path: Path, table: Table, by: str | None = None) -> int:
        """As in `DuckDB`, with a copy of the function."""
        return super().map(sql, pickle.loads(pickle.dumps(function)), path, table, by)

    def each(self, count: int, function: EachFunction, table: Table) -> Iterator[pa.Table]:
        """As in `DuckDB`, with a copy of the function."""
        return super().each(count, pickle.loads(pickle.dumps(function)), table)


@dataclass(frozen=True)
class Counting(Spread):
    """Notes how many rows each query brings into this process."""

    collected: list[int] = field(default_factory=list, compare=False)

    def rows(self, sql: str) -> pa.Table:
        """As in `Spread`."""
        found = super().rows(sql)
        self.collected.append(found.num_rows)
        return found
