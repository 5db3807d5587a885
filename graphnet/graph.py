"""The pairs of a study as one graph: which accounts are tied, how strongly, by which layers.

`edges` merges the layers of the ``pairs`` table, `load` makes a `Graph` of them, and `to_igraph` and `to_networkx`
hand it to those libraries. Vertices are in the order of the account numbers, edges in the order of their ends: the
order of the input's rows never shows.

Example:
    >>> import pyarrow as pa
    >>> from graphnet.graph import Graph
    >>> edges = pa.table({"source": [4, 4], "target": [7, 9], "weight": [3.0, 1.0]})
    >>> graph = Graph.of(edges)
    >>> graph.accounts.tolist(), graph.ends.tolist()
    ([4, 7, 9], [[0, 1], [0, 2]])
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet import registry
from graphnet.errors import InputError

if TYPE_CHECKING:
    import igraph
    import networkx as nx
    from numpy.typing import NDArray

    from graphnet.study import Study

__all__ = ["Graph", "backbone", "detected", "directed_layers", "edges", "load", "to_igraph", "to_networkx"]

EDGES = pa.schema(
    [
        ("source", pa.int64()),
        ("target", pa.int64()),
        ("shared", pa.int64()),
        ("weight", pa.float64()),
        ("layers", pa.string()),
        ("quickest", pa.int64()),
    ]
)
PROFILE = ("name", "created", "followers", "following", "posts", "verified", "default_image", "status")
"""Columns of ``accounts`` that become vertex attributes beside the id. The description stays out: it is long, hostile
text, and no graph program shows it."""


@dataclass(frozen=True)
class Graph:
    """Accounts and the ties between them, as two Arrow tables.

    Attributes:
        nodes: One row an account, column ``account`` first, sorted by it; more columns are vertex attributes.
        edges: One row a tie: ``source``, ``target`` (account numbers) first, more columns are edge attributes; sorted.
        directed: Whether source and target differ in role; if not, source < target.
    """

    nodes: pa.Table
    edges: pa.Table
    directed: bool = False

    @classmethod
    def of(cls, edges: pa.Table, directed: bool = False) -> Graph:
        """The graph of these ties, its accounts without attributes."""
        return cls(pa.table({"account": _ends(edges)}), edges, directed)

    @cached_property
    def accounts(self) -> NDArray[np.int64]:
        """Account number of each vertex, ascending, shape (vertices,)."""
        return _column(self.nodes, "account")

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """Positions in `accounts` of the two ends of each edge, shape (edges, 2)."""
        both = np.stack([_column(self.edges, "source"), _column(self.edges, "target")], axis=1)
        return np.searchsorted(self.accounts, both)

    @cached_property
    def weight(self) -> NDArray[np.float64]:
        """Weight of each edge, shape (edges,)."""
        return np.asarray(self.edges["weight"].to_numpy(), dtype=np.float64)

    def only(self, keep: NDArray[np.bool_]) -> Graph:
        """The graph of the kept edges (a flag an edge); accounts left without a tie go."""
        rows = self.edges.filter(pa.array(keep))
        return replace(self, nodes=self.nodes.filter(pa.array(np.isin(self.accounts, _ends(rows)))), edges=rows)

    def within(self, keep: NDArray[np.bool_]) -> Graph:
        """The graph of the kept vertices (a flag a vertex) and the ties among them."""
        rows = self.edges.filter(pa.array(keep[self.ends].all(axis=1)))
        return replace(self, nodes=self.nodes.filter(pa.array(keep)), edges=rows)

    def with_columns(self, **columns: Any) -> Graph:
        """The graph with more vertex attributes, each an array with one value a vertex."""
        nodes = self.nodes
        for name, values in columns.items():
            nodes = nodes.append_column(name, pa.array(values))
        return replace(self, nodes=nodes)

    def skeleton(self) -> igraph.Graph:
        """As igraph without attributes: what algorithms need."""
        import igraph  # noqa: PLC0415  (0.2 s that `import graphnet` should not pay)

        return igraph.Graph(n=len(self.accounts), edges=self.ends, directed=self.directed)

    def to_igraph(self) -> igraph.Graph:
        """As igraph, vertices and edges in the same order, every column an attribute."""
        graph = self.skeleton()
        for name in self.nodes.column_names:
            graph.vs[name] = self.nodes[name].to_pylist()
        for name in self.edges.column_names[2:]:
            graph.es[name] = self.edges[name].to_pylist()
        return graph

    def to_networkx(self) -> nx.Graph[Any]:
        """As networkx, vertices keyed by the account's id (by its number where the graph has no ids).

        Values that are null are left out, since networkx's writers cannot write None.
        """
        graph = _networkx(directed=self.directed)
        key = "id" if "id" in self.nodes.column_names else "account"
        keys = self.nodes[key].to_pylist()
        graph.add_nodes_from(zip(keys, _records(self.nodes, but=[key]), strict=True))
        ties = _records(self.edges, but=["source", "target"])
        graph.add_edges_from((keys[a], keys[b], tie) for (a, b), tie in zip(self.ends.tolist(), ties, strict=True))
        return graph

    def numbered(self, *, weighted: bool) -> nx.Graph[int]:
        """As networkx, vertices 0, 1, 2, …, no attribute but the edges' ``weight``: what algorithms need."""
        graph = _networkx(directed=self.directed)
        graph.add_nodes_from(range(len(self.accounts)))
        weights = self.weight.tolist() if weighted else [1.0] * len(self.ends)
        graph.add_weighted_edges_from((a, b, w) for (a, b), w in zip(self.ends.tolist(), weights, strict=True))
        return graph


def _networkx(*, directed: bool) -> nx.Graph[Any]:
    import networkx as nx  # noqa: PLC0415  (0.3 s; and this is the one file that imports it)

    return nx.DiGraph() if directed else nx.Graph()


# From a study --------------------------------------------------------------------------------------------------------


def edges(
    study: Study,
    layers: Iterable[str] | None = None,
    *,
    communities: Iterable[int] | None = None,
    accounts: Iterable[int] | None = None,
    min_weight: float = 0,
    min_shared: int = 0,
    min_layers: int = 1,
    directed: bool | None = None,
) -> pa.Table:
    """The pairs of the chosen layers, one row a tied pair of accounts.

    Args:
        study: A study with pairs.
        layers: Names of layers; None: all that the pairs have.
        communities: Only ties among members of these communities.
        accounts: Only ties among these accounts (our numbers).
        min_weight: Smallest weight, summed over the layers.
        min_shared: Fewest shared objects, summed over the layers.
        min_layers: Fewest layers that tie the two.
        directed: Keep the direction; None: where all chosen layers are directed. Else both directions are one row
            with source < target.

    Returns:
        ``source, target, shared, weight, layers, quickest``: ``shared`` and ``weight`` are sums over the layers,
        ``layers`` their names joined by ``+``, ``quickest`` the smallest gap in seconds (null without times).

    Raises:
        MissingTable: The study has no pairs, or no communities to choose from.
        InputError: It has no such layer or community.
    """
    names = _present(study, layers)
    communities = None if communities is None else list(communities)
    inside = _inside(study, communities, accounts)
    merged = _merged(names, inside, directed=_all_directed(study, names) if directed is None else directed)
    rows = study.rows(
        "select source, target, cast(shared as bigint) as shared, weight, cast(mask as bigint) as mask, quickest "
        f"from ({merged}) as merged where weight >= {float(min_weight)!r} and shared >= {int(min_shared)} "
        f"and layer_count >= {int(min_layers)} order by source, target"
    )
    place = rows.schema.get_field_index("mask")
    return rows.set_column(place, "layers", _joined(rows["mask"], names)).cast(EDGES)


def load(
    study: Study,
    layers: Iterable[str] | None = None,
    *,
    communities: Iterable[int] | None = None,
    accounts: Iterable[int] | None = None,
    min_weight: float = 0,
    min_shared: int = 0,
    min_layers: int = 1,
) -> Graph:
    """The graph of the chosen layers, with what the study knows of each account.

    Takes the arguments of `edges` and raises what it raises. Accounts chosen by ``communities`` or ``accounts`` are
    in the graph even without a tie; otherwise those with a tie are. Vertex attributes: ``account`` (our number),
    ``id`` (text), the columns of `PROFILE`, ``community`` and ``strength`` (null for accounts in no community).
    """
    names = _present(study, layers)
    communities, accounts = (None if given is None else list(given) for given in (communities, accounts))
    least = {"min_weight": min_weight, "min_shared": min_shared, "min_layers": min_layers}
    ties = edges(study, names, communities=communities, accounts=accounts, **least)  # type: ignore[arg-type]
    chosen = _chosen(study, communities, accounts)
    return Graph(_profiles(study, _ends(ties) if chosen is None else chosen), ties, _all_directed(study, names))


def to_igraph(study: Study, layers: Iterable[str] | None = None, **selection: Any) -> igraph.Graph:
    """`load` as an igraph graph: the vertex and edge attributes are the columns, in canonical order."""
    return load(study, layers, **selection).to_igraph()


def to_networkx(study: Study, layers: Iterable[str] | None = None, **selection: Any) -> nx.Graph[Any]:
    """`load` as a networkx graph, nodes keyed by the account's text id; a DiGraph if all layers are directed."""
    return load(study, layers, **selection).to_networkx()


def backbone(graph: Graph, alpha: float) -> Graph:
    """The ties that stand out against an even spread of each account's weight: disparity filter p below ``alpha``.

    See `graphnet.kernels.disparity`. A tie counts by the end for which it stands out more.

    Example:
        >>> import pyarrow as pa
        >>> star = pa.table({"source": [0, 0, 0, 0], "target": [1, 2, 3, 4], "weight": [97.0, 1.0, 1.0, 1.0]})
        >>> backbone(Graph.of(star), alpha=0.05).edges["target"].to_pylist()
        [1]
    """
    from graphnet.kernels.disparity import disparity  # noqa: PLC0415  (kernels are loaded when one is used)

    source, target = graph.ends.T
    return graph.only(disparity(source, target, graph.weight, directed=graph.directed) < alpha)


def detected(study: Study) -> dict[str, Any]:
    """The arguments of `load` for the ties in which the study's communities were found; none before ``detect``."""
    if not study.has("members"):
        return {}
    used = study.last("detect")["parameters"]
    return {name: used[name] for name in ("layers", "min_shared", "min_layers") if name in used}


def directed_layers(study: Study) -> set[str]:
    """Those layers of the study's pairs in which source and target differ in role.

    A layer that is not installed here (a plugin of somebody else) counts as directed if its pairs show it.
    """
    study.require("pairs")
    known = registry.find("layers")
    present = study.rows("select distinct layer from pairs")["layer"].to_pylist()
    shown: set[str] = set()
    if set(present) - set(known):
        shown = set(study.rows("select distinct layer from pairs where source > target")["layer"].to_pylist())
    return {name for name in present if (known[name].directed if name in known else name in shown)}


# Choosing ------------------------------------------------------------------------------------------------------------


def _present(study: Study, layers: Iterable[str] | None) -> list[str]:
    """The chosen layers, sorted; all if None.

    Raises:
        InputError: One has no pairs.
    """
    study.require("pairs")
    present = study.rows("select distinct layer from pairs order by layer")["layer"].to_pylist()
    chosen = sorted(set(present if layers is None else layers))
    for name in chosen:
        # a layer that ran and found nothing has an empty part instead of rows
        if name not in present and name not in study.parts("pairs"):
            raise InputError(
                f"the study in {study.path} has no pairs of layer {name!r} (it has: {', '.join(present) or 'none'}). "
                f"Run: graphnet project {study.path} --layer {name}"
            )
    return chosen


def _inside(study: Study, communities: Iterable[int] | None, accounts: Iterable[int] | None) -> list[str]:
    """SQL for the chosen accounts: queries or lists, all of which an account has to be in.

    Raises:
        MissingTable: Nobody has looked for communities yet.
        InputError: There is no such community.
    """
    inside = [] if accounts is None else [_listed(accounts)]
    if communities is not None:
        study.require("members")
        there = study.rows("select distinct community from members")["community"].to_pylist()
        missing = ", ".join(f"C{c}" for c in sorted({int(c) for c in communities} - set(there)))
        if missing:
            raise InputError(
                f"there is no community {missing} in {study.path}: it has {len(there)}, from C1 on, the largest first"
            )
        inside.append(f"select account from members where community in ({_listed(communities)})")
    return inside


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(int(n)) for n in numbers) or "null"


def _chosen(
    study: Study, communities: Iterable[int] | None, accounts: Iterable[int] | None
) -> NDArray[np.int64] | None:
    """The chosen accounts, ascending; None: no choice was made."""
    named = None if accounts is None else np.unique(np.array([int(a) for a in accounts], dtype=np.int64))
    if communities is None:
        return named
    inside = f"select account from members where community in ({_listed(communities)}) order by account"
    members = _column(study.rows(inside), "account")
    return members if named is None else np.intersect1d(members, named)


def _all_directed(study: Study, layers: Sequence[str]) -> bool:
    return bool(layers) and set(layers) <= directed_layers(study)


def _merged(layers: Sequence[str], inside: Sequence[str], *, directed: bool) -> str:
    """SQL for the chosen layers merged, ``mask`` with bit i set where layer i ties the two.

    Each layer's weight is summed by itself and the layers are then added in a fixed order: the engine's own order of
    summing would show in the last digits.
    """
    ends = ("source", "target") if directed else ("least(source, target)", "greatest(source, target)")
    tests = [f"layer = {_quoted(name)}" for name in layers]
    has = [f"max(case when {test} then 1 else 0 end)" for test in tests] or ["0"]
    weights = [f"coalesce(sum(case when {test} then weight end), 0e0)" for test in tests] or ["0e0"]
    chosen = [f"layer in ({', '.join(map(_quoted, layers)) or 'null'})"]
    chosen += [f"{end} in ({accounts})" for end in ("source", "target") for accounts in inside]
    return (
        f"select {ends[0]} as source, {ends[1]} as target, sum(shared) as shared, {' + '.join(weights)} as weight, "
        f"{' + '.join(f'{h} * {1 << i}' for i, h in enumerate(has))} as mask, {' + '.join(has)} as layer_count, "
        f"min(quickest) as quickest from pairs where {' and '.join(chosen)} group by {ends[0]}, {ends[1]}"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _joined(mask: pa.ChunkedArray, layers: Sequence[str]) -> pa.Array:
    """The names of the layers whose bits are set, joined by ``+``, one text a row."""
    seen, which = np.unique(np.asarray(mask.to_numpy(), dtype=np.int64), return_inverse=True)
    names = ["+".join(name for i, name in enumerate(layers) if bits >> i & 1) for bits in seen.tolist()]
    return pa.array(names, pa.string()).take(pa.array(which))


def _profiles(study: Study, vertices: NDArray[np.int64]) -> pa.Table:
    """One row an account: its number, id, profile, community and strength."""
    columns = ", ".join(f"a.{name}" for name in PROFILE)
    known = study.rows(
        f"select a.account, a.id, {columns}, m.community, m.strength "
        "from accounts a left join members m on m.account = a.account order by a.account"
    )
    numbers = pa.array(vertices, pa.int64())
    rows = known.take(pc.index_in(numbers, known["account"].combine_chunks()))
    ids = pc.coalesce(rows["id"], pc.cast(numbers, pa.string()))
    return rows.set_column(0, "account", numbers).set_column(1, "id", ids)


# Columns -------------------------------------------------------------------------------------------------------------


def _column(table: pa.Table, name: str) -> NDArray[np.int64]:
    return np.asarray(table[name].to_numpy(), dtype=np.int64)


def _ends(edges: pa.Table) -> NDArray[np.int64]:
    """The accounts with a tie, ascending."""
    return np.union1d(_column(edges, "source"), _column(edges, "target"))


def _records(table: pa.Table, but: Sequence[str]) -> list[dict[str, Any]]:
    """The rows as dicts, without these columns and without what is null."""
    return [{k: v for k, v in row.items() if v is not None} for row in table.drop_columns(list(but)).to_pylist()]
