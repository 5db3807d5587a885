"""networkx and igraph graphs: edges and, from the nodes, accounts.

Neither library is imported here: a graph is told by the module of its class.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from graphnet import schema
from graphnet.errors import InputError
from graphnet.readers import Reader, Source
from graphnet.readers._accounts import read_accounts
from graphnet.readers._edges import read_edges
from graphnet.readers._input import Memory
from graphnet.readers._rows import Piece

__all__ = ["Graphs"]

Records = list[dict[str, Any]]


@dataclass(frozen=True)
class Graphs(Reader):
    """A graph whose nodes are accounts.

    Nodes are named by their key (networkx) or by the vertex attribute ``name``, ``id`` or the number (igraph). Edge
    attributes such as kind, time and weight, and node attributes such as handle and followers, are told by their names
    as columns are. An undirected edge is read as two, one each way: nothing says who acts.
    """

    name: ClassVar[str] = "graphs"
    title: ClassVar[str] = "networkx or igraph graph"
    fields: ClassVar[Mapping[str, str]] = {
        c.name: c.meaning for t in (schema.RAW_EDGES, schema.RAW_ACCOUNTS) for c in t.columns
    }

    def sniff(self, source: Source) -> float:
        """See `Reader.sniff`."""
        return 0.95 if source.path is None and _library(source.data) else 0.0

    def read(self, source: Source) -> Iterator[Piece]:
        """See `Reader.read`."""
        library = _library(source.data)
        if library is None:
            raise InputError(f"{source.name} is not a networkx or igraph graph")
        nodes, edges = _networkx(source.data) if library == "networkx" else _igraph(source.data)
        if edges:
            # the name of a node is one name, whatever it holds
            yield from read_edges(source, Memory.of_records(edges), several=False)
        if nodes:
            yield from read_accounts(source, Memory.of_records(nodes))


def _library(data: Any) -> str | None:
    modules = {c.__module__.partition(".")[0] for c in type(data).__mro__}
    return next((m for m in ("networkx", "igraph") if m in modules and hasattr(data, "is_directed")), None)


def _networkx(graph: Any) -> tuple[Records, Records]:
    nodes = [{**_named(attributes), "id": str(node)} for node, attributes in graph.nodes(data=True)]
    edges = [{**_named(a), "source": str(u), "target": str(v)} for u, v, a in graph.edges(data=True)]
    return nodes, edges if graph.is_directed() else _both_ways(edges)


def _igraph(graph: Any) -> tuple[Records, Records]:
    key = next((k for k in ("name", "id") if k in graph.vs.attributes()), None)
    ids = [str(v.index if key is None else v[key]) for v in graph.vs]
    nodes = [{**_named({k: v for k, v in n.attributes().items() if k != key}), "id": ids[n.index]} for n in graph.vs]
    edges = [{**_named(e.attributes()), "source": ids[e.source], "target": ids[e.target]} for e in graph.es]
    return nodes, edges if graph.is_directed() else _both_ways(edges)


def _named(attributes: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(k): v for k, v in attributes.items() if str(k) not in ("source", "target", "id")}


def _both_ways(edges: Records) -> Records:
    back = [{**e, "source": e["target"], "target": e["source"]} for e in edges if e["source"] != e["target"]]
    return edges + back
