"""Tightness cards: how closely the members of each community are tied, next to what the rest of the graph looks like.

Columns and meanings are those of `graphnet.schema.COMMUNITIES`. All figures describe the graph the communities were
found in; reciprocity alone looks at directed ties (who follows, mentions, retweets whom).

Example:
    >>> import numpy as np, pyarrow as pa
    >>> from graphnet.cards import cards
    >>> from graphnet.graph import Graph
    >>> ties = pa.table({"source": [0, 0, 1, 2], "target": [1, 2, 2, 3], "weight": [1.0, 1.0, 1.0, 2.0]})
    >>> card = cards(Graph.of(ties), np.array([1, 1, 1, 0])).to_pylist()[0]
    >>> card["size"], card["ties"], card["density"], card["conductance"], card["half_tied"]
    (3, 3, 1.0, 0.25, 1.0)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from graphnet.graph import Graph
from graphnet.schema import COMMUNITIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["cards", "strength"]


def cards(graph: Graph, community: Ints, directed: Graph | None = None) -> pa.Table:
    """One card a community.

    Args:
        graph: Undirected, with weights.
        community: Number of each vertex's community, from 1 without gaps; 0: in none. Shape (vertices,).
        directed: The directed ties among the same accounts (other accounts in it are ignored), or None.

    Returns:
        Rows of `graphnet.schema.COMMUNITIES`, one for each number.
    """
    size = _count(community, community)
    within = _within(graph, community)
    shape = _shape(graph, community, within)
    ties = _count(community[graph.ends[within, 0]], community)
    returned, expected = _reciprocity(directed, graph.accounts, community, size)
    columns = {
        "community": np.arange(1, len(size) + 1),
        "size": size,
        "ties": ties,
        "density": _share(ties, size * (size - 1) / 2),
        "reciprocity": returned,
        "reciprocity_expected": expected,
        "conductance": _conductance(graph, community, within),
        **shape,
    }
    arrays = [pa.array(columns[c.name], c.type, from_pandas=True) for c in COMMUNITIES.columns]
    return pa.table(arrays, schema=COMMUNITIES.arrow)


def strength(graph: Graph, community: Ints) -> Floats:
    """Sum of the weights of each vertex's ties inside its community, shape (vertices,)."""
    within = _within(graph, community)
    return np.bincount(graph.ends[within].ravel(), np.repeat(graph.weight[within], 2), len(community)).astype(
        np.float64
    )


def _within(graph: Graph, community: Ints) -> NDArray[np.bool_]:
    """Which ties join two members of one community."""
    source, target = community[graph.ends].T
    return np.asarray((source == target) & (source > 0))


def _shape(graph: Graph, community: Ints, within: NDArray[np.bool_]) -> dict[str, Floats | Ints]:
    """What the ties inside show, by igraph. None of them joins two communities, so one graph serves all of these."""
    import igraph  # noqa: PLC0415  (loaded when a graph is asked for)

    inside = igraph.Graph(n=len(community), edges=graph.ends[within])
    degree = np.asarray(inside.degree(), dtype=np.int64)
    clustering = np.asarray(inside.transitivity_local_undirected(mode="zero"), dtype=np.float64)
    # closed pairs of neighbours; each triangle is seen from its three corners
    corners = np.rint(clustering * degree * (degree - 1) / 2)
    size = _count(community, community)
    core = np.zeros(len(size) + 1, dtype=np.int64)
    np.maximum.at(core, community, np.asarray(inside.coreness(), dtype=np.int64))
    half = (community > 0) & (2 * degree >= np.append(0, size)[community] - 1)
    return {
        "clustering": _sum(clustering, community) / size,
        "triangles": _sum(corners, community) / 3 / size,
        "core": core[1:],
        "half_tied": _sum(half.astype(np.float64), community) / size,
    }


def _conductance(graph: Graph, community: Ints, within: NDArray[np.bool_]) -> Floats:
    """Weight of the ties that leave / summed weight of all ties of the members, ties inside counted from both ends."""
    ends = community[graph.ends]
    total = _sum(np.repeat(graph.weight, 2), ends.ravel(), len(_count(community, community)))
    leaving = np.where(within, 0.0, graph.weight)
    return _share(_sum(np.repeat(leaving, 2), ends.ravel(), len(total)), total)


def _reciprocity(directed: Graph | None, accounts: Ints, community: Ints, size: Ints) -> tuple[Floats, Floats]:
    """Share of the directed ties inside that are returned, and the density of directed ties; NaN without any.

    The density is what to expect: in a random directed graph a tie is returned as often as there is any tie.
    """
    if directed is None:
        return np.full(len(size), np.nan), np.full(len(size), np.nan)
    of = np.zeros(len(directed.accounts), dtype=np.int64)
    _, there, here = np.intersect1d(directed.accounts, accounts, return_indices=True)
    of[there] = community[here]
    within = _within(directed, of)
    source, target = directed.ends[within].T
    there_and_back = np.isin(source * len(of) + target, target * len(of) + source)
    ties = _sum(np.ones(len(source)), of[source], len(size))
    returned = _sum(there_and_back.astype(np.float64), of[source], len(size))
    return _share(returned, ties), _share(np.where(ties > 0, ties, np.nan), size * (size - 1))


def _count(numbers: Ints, community: Ints) -> Ints:
    """How often each community's number occurs."""
    return np.bincount(numbers, minlength=community.max(initial=0) + 1)[1:].astype(np.int64)


def _sum(values: Floats, numbers: Ints, communities: int | None = None) -> Floats:
    """Sum of the values with each community's number."""
    last = numbers.max(initial=0) if communities is None else communities
    return np.asarray(np.bincount(numbers, values, last + 1)[1:], dtype=np.float64)


def _share(part: Floats | Ints, whole: Floats | Ints) -> Floats:
    """The quotient, NaN where there is no whole."""
    share: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=np.asarray(whole) > 0)
    return share
