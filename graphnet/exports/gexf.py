"""GEXF 1.3, the format of Gephi and Gephi Lite; with times it is dynamic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from graphnet.exports import Export, attributes, cells, keys, xml
from graphnet.graph import Graph

__all__ = ["GEXF"]

TYPES = {pa.int64(): "long", pa.float64(): "double", pa.bool_(): "boolean", pa.string(): "string"}
STATIC = 'mode="static"'
DRAWN = ("x", "y", "colour", "size")
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">\n'
    "<meta><creator>graphnet</creator></meta>\n"
)


@dataclass(frozen=True)
class GEXF(Export):
    """GEXF with positions, colours and sizes where the graph has them.

    Where the ties have times (columns ``first`` and ``last``), the graph is dynamic: Gephi's timeline shows each tie
    from the first to the last time that the two acted together, and each account from its first tie to its last. The
    file carries no date of its own: the same graph gives the same bytes.
    """

    name: ClassVar[str] = "gexf"
    title: ClassVar[str] = "GEXF 1.3 for Gephi, with positions and colours"
    suffixes: ClassVar[tuple[str, ...]] = (".gexf",)
    drawn: ClassVar[bool] = True

    def write(self, graph: Graph, files: Sequence[Path]) -> None:
        """See `Export.write`."""
        kind = "directed" if graph.directed else "undirected"
        with files[0].open("w", encoding="utf-8", newline="\n") as file:
            mode = 'mode="dynamic" timeformat="double" timerepresentation="interval"' if _timed(graph) else STATIC
            file.write(f'{HEAD}<graph {mode} defaultedgetype="{kind}" idtype="string">\n')
            file.writelines(_declared("node", _of_nodes(graph)))
            file.writelines(_declared("edge", _of_edges(graph)))
            file.writelines(["<nodes>\n", *_nodes(graph), "</nodes>\n", "<edges>\n", *_edges(graph), "</edges>\n"])
            file.write("</graph>\n</gexf>\n")


def _timed(graph: Graph) -> bool:
    return {"first", "last"} <= set(graph.edges.column_names)


def _spells(rows: Iterable[tuple[int | None, int | None]]) -> list[str]:
    """Start and end of each vertex or edge as XML attributes; nothing where they are not known.

    In milliseconds since 1970: Gephi's timeline shows them as dates (time format: datetime), networkx reads them.
    """
    return ["" if a is None or b is None else f' start="{1e3 * a:.1f}" end="{1e3 * b:.1f}"' for a, b in rows]


def _of_ties(graph: Graph) -> list[tuple[int | None, int | None]]:
    first, last = (graph.edges[name].to_pylist() for name in ("first", "last"))
    return list(zip(first, last, strict=True))


def _of_accounts(graph: Graph) -> list[tuple[int | None, int | None]]:
    """From the first of each vertex's ties to the last."""
    spans: list[tuple[int | None, int | None]] = [(None, None)] * graph.nodes.num_rows
    for ends, (first, last) in zip(graph.ends.tolist(), _of_ties(graph), strict=True):
        if first is not None and last is not None:
            for end in ends:
                low, high = spans[end]
                spans[end] = (first if low is None else min(low, first), last if high is None else max(high, last))
    return spans


def _of_nodes(graph: Graph) -> dict[str, pa.DataType]:
    return attributes(graph.nodes, but=("id", *DRAWN))


def _of_edges(graph: Graph) -> dict[str, pa.DataType]:
    return attributes(graph.edges, but=("source", "target", "weight", "first", "last"))


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
    spells = _spells(_of_accounts(graph)) if _timed(graph) else [""] * len(ids)
    rows = cells(graph.nodes, list(_of_nodes(graph)))
    for key, name, row, look, spell in zip(ids, names, rows, looks, spells, strict=True):
        yield f'<node id="{xml(key)}" label="{xml(name or key)}"{spell}>{_values(row)}{look}</node>\n'


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
    spells = _spells(_of_ties(graph)) if _timed(graph) else [""] * len(graph.ends)
    ties = zip(graph.ends.tolist(), graph.weight.tolist(), rows, spells, strict=True)
    for i, ((a, b), weight, row, spell) in enumerate(ties):
        yield f'<edge id="{i}" source="{ids[a]}" target="{ids[b]}" weight="{weight!r}"{spell}>{_values(row)}</edge>\n'
