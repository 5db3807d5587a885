"""GEXF 1.3, the format of Gephi and Gephi Lite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from graphnet.exports import Export, attributes, cells, keys, xml
from graphnet.graph import Graph

__all__ = ["GEXF"]

TYPES = {pa.int64(): "long", pa.float64(): "double", pa.bool_(): "boolean", pa.string(): "string"}
DRAWN = ("x", "y", "colour", "size")
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">\n'
    "<meta><creator>graphnet</creator></meta>\n"
)


@dataclass(frozen=True)
class GEXF(Export):
    """GEXF with positions, colours and sizes where the graph has them.

    The file carries no date: the same graph gives the same bytes.
    """

    name: ClassVar[str] = "gexf"
    title: ClassVar[str] = "GEXF 1.3 for Gephi, with positions and colours"
    suffixes: ClassVar[tuple[str, ...]] = (".gexf",)
    drawn: ClassVar[bool] = True

    def write(self, graph: Graph, files: Sequence[Path]) -> None:
        """See `Export.write`."""
        kind = "directed" if graph.directed else "undirected"
        with files[0].open("w", encoding="utf-8", newline="\n") as file:
            file.write(f'{HEAD}<graph mode="static" defaultedgetype="{kind}" idtype="string">\n')
            file.writelines(_declared("node", _of_nodes(graph)))
            file.writelines(_declared("edge", _of_edges(graph)))
            file.writelines(["<nodes>\n", *_nodes(graph), "</nodes>\n", "<edges>\n", *_edges(graph), "</edges>\n"])
            file.write("</graph>\n</gexf>\n")


def _of_nodes(graph: Graph) -> dict[str, pa.DataType]:
    return attributes(graph.nodes, but=("id", *DRAWN))


def _of_edges(graph: Graph) -> dict[str, pa.DataType]:
    return attributes(graph.edges, but=("source", "target", "weight"))


def _declared(of: str, columns: dict[str, pa.DataType]) -> Iterator[str]:
    yield f'<attributes class="{of}" mode="static">\n'
    for i, (name, kind) in enumerate(columns.items()):
        yield f'<attribute id="{i}" title="{xml(name)}" type="{TYPES[kind]}"/>\n'
    yield "</attributes>\n"


def _values(row: Sequence[Any]) -> str:
    """The attribute values of one vertex or edge; what is null is left out."""
    said = "".join(f'<attvalue for="{i}" value="{xml(v)}"/>' for i, v in enumerate(row) if v is not None)
    return f"<attvalues>{said}</attvalues>" if said else ""


def _nodes(graph: Graph) -> Iterator[str]:
    ids = keys(graph)
    names = graph.nodes["name"].to_pylist() if "name" in graph.nodes.column_names else ids
    looks = _looks(graph)
    for key, name, row, look in zip(ids, names, cells(graph.nodes, list(_of_nodes(graph))), looks, strict=True):
        yield f'<node id="{xml(key)}" label="{xml(name or key)}">{_values(row)}{look}</node>\n'


def _looks(graph: Graph) -> list[str]:
    """Each vertex's size, position and colour, as far as the graph has them."""
    if not set(DRAWN) <= set(graph.nodes.column_names):
        return [""] * graph.nodes.num_rows
    return [
        f'<viz:size value="{size!r}"/><viz:position x="{x!r}" y="{y!r}" z="0.0"/>'
        f'<viz:color r="{int(colour[1:3], 16)}" g="{int(colour[3:5], 16)}" b="{int(colour[5:7], 16)}"/>'
        for x, y, colour, size in cells(graph.nodes, DRAWN)
    ]


def _edges(graph: Graph) -> Iterator[str]:
    ids = [xml(key) for key in keys(graph)]
    rows = cells(graph.edges, list(_of_edges(graph)))
    for i, ((a, b), weight, row) in enumerate(zip(graph.ends.tolist(), graph.weight.tolist(), rows, strict=True)):
        yield f'<edge id="{i}" source="{ids[a]}" target="{ids[b]}" weight="{weight!r}">{_values(row)}</edge>\n'
