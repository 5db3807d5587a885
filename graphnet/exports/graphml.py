"""GraphML, which networkx, igraph, Gephi, yEd, Cytoscape and most graph programs read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from graphnet.exports import Export, attributes, cells, keys, xml
from graphnet.graph import Graph

__all__ = ["GraphML"]

TYPES = {pa.int64(): "long", pa.float64(): "double", pa.bool_(): "boolean", pa.string(): "string"}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'


@dataclass(frozen=True)
class GraphML(Export):
    """GraphML; the vertices' ids are the accounts' ids."""

    name: ClassVar[str] = "graphml"
    title: ClassVar[str] = "GraphML for networkx, igraph, yEd, Cytoscape"
    suffixes: ClassVar[tuple[str, ...]] = (".graphml",)

    def write(self, graph: Graph, files: Sequence[Path]) -> None:
        """See `Export.write`."""
        # the id is in the node's own attribute; a second one of that name would hide it in igraph
        of_nodes = attributes(graph.nodes, but=["id"])
        of_edges = attributes(graph.edges, but=["source", "target"])
        kind = "directed" if graph.directed else "undirected"
        ids = [xml(key) for key in keys(graph)]
        with files[0].open("w", encoding="utf-8", newline="\n") as file:
            file.write(HEAD)
            file.writelines(_declared("node", of_nodes))
            file.writelines(_declared("edge", of_edges))
            file.write(f'<graph edgedefault="{kind}">\n')
            for key, row in zip(ids, cells(graph.nodes, list(of_nodes)), strict=True):
                file.write(f'<node id="{key}">{_values("node", row)}</node>\n')
            for (a, b), row in zip(graph.ends.tolist(), cells(graph.edges, list(of_edges)), strict=True):
                file.write(f'<edge source="{ids[a]}" target="{ids[b]}">{_values("edge", row)}</edge>\n')
            file.write("</graph>\n</graphml>\n")


def _declared(of: str, columns: dict[str, pa.DataType]) -> Iterator[str]:
    for i, (name, kind) in enumerate(columns.items()):
        yield f'<key id="{of}{i}" for="{of}" attr.name="{xml(name)}" attr.type="{TYPES[kind]}"/>\n'


def _values(of: str, row: Sequence[Any]) -> str:
    """The attribute values of one vertex or edge; what is null is left out."""
    return "".join(f'<data key="{of}{i}">{xml(v)}</data>' for i, v in enumerate(row) if v is not None)
