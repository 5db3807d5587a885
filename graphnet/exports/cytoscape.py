"""Cytoscape JSON, for Cytoscape and Cytoscape.js."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from graphnet.exports import Export, keys, records
from graphnet.graph import Graph

__all__ = ["Cytoscape"]


@dataclass(frozen=True)
class Cytoscape(Export):
    """Cytoscape JSON with positions (y downwards, as Cytoscape has it)."""

    name: ClassVar[str] = "cytoscape"
    title: ClassVar[str] = "Cytoscape JSON, with positions and colours"
    suffixes: ClassVar[tuple[str, ...]] = (".cyjs",)
    drawn: ClassVar[bool] = True

    def write(self, graph: Graph, files: Sequence[Path]) -> None:
        """See `Export.write`."""
        ids = keys(graph, str)
        nodes = []
        for key, row in zip(ids, records(graph.nodes, but=["id"]), strict=True):
            place = {"x": row.pop("x"), "y": -row.pop("y")} if {"x", "y"} <= row.keys() else None
            data = {"id": key, "value": key} | row | {"name": row.get("name") or key}
            nodes.append({"data": data} | ({"position": place} if place else {}))
        edges = [
            {"data": {"id": f"e{i}", "source": ids[a], "target": ids[b]} | row}
            for i, ((a, b), row) in enumerate(
                zip(graph.ends.tolist(), records(graph.edges, but=["source", "target"]), strict=True)
            )
        ]
        whole = {
            "format_version": "1.0", "generated_by": "graphnet", "target_cytoscapejs_version": "~3.0",
            "data": {"name": "graphnet"}, "directed": graph.directed, "multigraph": False,
            "elements": {"nodes": nodes, "edges": edges},
        }  # fmt: skip
        files[0].write_text(json.dumps(whole, ensure_ascii=True, allow_nan=False, indent=1) + "\n", encoding="ascii")
