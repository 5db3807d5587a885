"""Two Parquet tables, nodes and edges, with types: for pandas, DuckDB, R, Spark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from graphnet.exports import Export
from graphnet.graph import Graph

__all__ = ["Parquet"]


@dataclass(frozen=True)
class Parquet(Export):
    """``graph.parquet`` becomes ``graph.nodes.parquet`` and ``graph.edges.parquet``.

    Source and target are the accounts' ids, as text; every column of the graph is there, nothing is changed.
    """

    name: ClassVar[str] = "parquet"
    title: ClassVar[str] = "two Parquet tables, nodes and edges"
    suffixes: ClassVar[tuple[str, ...]] = (".parquet", ".pq")
    parts: ClassVar[tuple[str, ...]] = ("nodes", "edges")

    def write(self, graph: Graph, files: Sequence[Path]) -> None:
        """See `Export.write`."""
        import pyarrow.parquet as pq  # noqa: PLC0415  (70 ms that `import graphnet` should not pay)

        ids = graph.nodes["id"].combine_chunks()
        source, target = (ids.take(pa.array(end)) for end in graph.ends.T)
        edges = graph.edges.set_column(0, "source", source).set_column(1, "target", target)
        pq.write_table(graph.nodes, files[0], compression="zstd")
        pq.write_table(edges, files[1], compression="zstd")
