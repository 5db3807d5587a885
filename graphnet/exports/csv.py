"""Two CSV tables, nodes and edges, as spreadsheets, Gephi's import and R read them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from graphnet.exports import Export, attributes, cells, keys, printable
from graphnet.graph import Graph
from graphnet.safe import cell

__all__ = ["CSV"]


@dataclass(frozen=True)
class CSV(Export):
    """``graph.csv`` becomes ``graph.nodes.csv`` (id, label, …) and ``graph.edges.csv`` (source, target, type, …).

    A text that a spreadsheet would take for a formula (it starts with ``=``, ``+``, ``-``, ``@``, a tab, …) has an
    apostrophe in front (see `graphnet.safe.cell`), ids too. Spreadsheets also round ids of more than 15 digits when
    they open a CSV file directly: import it and mark the columns id, source and target as text.
    """

    name: ClassVar[str] = "csv"
    title: ClassVar[str] = "two CSV tables, nodes and edges"
    suffixes: ClassVar[tuple[str, ...]] = (".csv",)
    parts: ClassVar[tuple[str, ...]] = ("nodes", "edges")

    def write(self, graph: Graph, files: Sequence[Path]) -> None:
        """See `Export.write`."""
        ids = keys(graph, _text)
        of_nodes = list(attributes(graph.nodes, but=["id", "name"]))
        of_edges = list(attributes(graph.edges, but=["source", "target"]))
        names = graph.nodes["name"].to_pylist() if "name" in graph.nodes.column_names else ids
        kind = "Directed" if graph.directed else "Undirected"
        nodes = zip(ids, (n or i for n, i in zip(names, ids, strict=True)), cells(graph.nodes, of_nodes), strict=True)
        edges = zip(graph.ends.tolist(), cells(graph.edges, of_edges), strict=True)
        _write(files[0], ["id", "label", *of_nodes], ([key, name, *row] for key, name, row in nodes))
        _write(
            files[1], ["source", "target", "type", *of_edges], ([ids[a], ids[b], kind, *row] for (a, b), row in edges)
        )


def _write(path: Path, header: list[str], rows: Iterable[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        # with line ends of "\n" a lone "\r" in a cell would not be quoted and would start a new row
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows([_safe(value) for value in row] for row in rows)


def _safe(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> str:
    return cell(printable(value)) or ""
