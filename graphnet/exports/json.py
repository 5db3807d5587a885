"""Node-link JSON, which networkx, d3 and most programs that draw on the web read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from graphnet.exports import Export, keys, records
from graphnet.graph import Graph

__all__ = ["JSON"]


@dataclass(frozen=True)
class JSON(Export):
    """Node-link JSON: ``nodes`` with ``id`` and every column, ``edges`` with ``source`` and ``target``.

    ``networkx.node_link_graph(data, edges="edges")`` reads it.
    """

    name: ClassVar[str] = "json"
    title: ClassVar[str] = "node-link JSON for networkx and d3, with positions and colours"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)
    drawn: ClassVar[bool] = True

    def write(self, graph: Graph, files: Sequence[Path]) -> None:
        """See `Export.write`."""
        ids = keys(graph, str)
        nodes = [{"id": key} | row for key, row in zip(ids, records(graph.nodes, but=["id"]), strict=True)]
        ties = records(graph.edges, but=["source", "target"])
        edges = [
            {"source": ids[a], "target": ids[b]} | row for (a, b), row in zip(graph.ends.tolist(), ties, strict=True)
        ]
        data = {"directed": graph.directed, "multigraph": False, "graph": {}, "nodes": nodes, "edges": edges}
        files[0].write_text(json.dumps(data, ensure_ascii=True, allow_nan=False, indent=1) + "\n", encoding="ascii")
