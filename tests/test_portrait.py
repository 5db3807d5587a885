"""NetSimile and portrait divergence: figures worked out by hand, slow readings of the definitions, properties."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from graphnet.graph import Graph
from graphnet.portrait import FEATURES, LARGEST, features, measured, netsimile, portrait, portrait_divergence

Ties = list[tuple[int, int]]


def made(vertices: int, ties: Ties) -> Graph:
    """A graph with the vertices 0 to n - 1, also those without a tie."""
    rows = sorted({(min(t), max(t)) for t in ties if t[0] != t[1]})
    columns = {"source": [a for a, _ in rows], "target": [b for _, b in rows], "weight": [1.0] * len(rows)}
    shape = {"source": pa.int64(), "target": pa.int64(), "weight": pa.float64()}
    edges = pa.table({name: pa.array(columns[name], kind) for name, kind in shape.items()})
    return Graph(pa.table({"account": pa.array(range(vertices), pa.int64())}), edges)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    n = draw(st.integers(1, 9))
    every = list(combinations(range(n), 2))
    return made(n, draw(st.lists(st.sampled_from(every), max_size=20)) if every else [])


def in_networkx(graph: Graph) -> nx.Graph:
    found: nx.Graph = nx.Graph()
    found.add_nodes_from(range(len(graph.accounts)))
    found.add_edges_from(graph.ends.tolist())
    return found


def test_features_by_hand() -> None:
    """A triangle 0 1 2 with a tail 2 3 4."""
    found = features(made(5, [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4)]))
    assert dict(zip(FEATURES, found[2].tolist(), strict=True)) == {
        "degree": 3,
        "clustering": pytest.approx(1 / 3),
        "degree of neighbours": 2,
        "clustering of neighbours": pytest.approx(2 / 3),
        "ties in egonet": 4,
        "ties out of egonet": 1,
        "neighbours of egonet": 1,
    }
    assert found[4].tolist() == [1, 0, 2, 0, 1, 1, 1]


@given(graph=graphs())
@settings(max_examples=60)
def test_features_as_the_paper_defines_them(graph: Graph) -> None:
    whole = in_networkx(graph)
    clustering = nx.clustering(whole)
    for vertex, row in enumerate(features(graph).tolist()):
        near = list(whole[vertex])
        ego = nx.ego_graph(whole, vertex)
        out = list(nx.edge_boundary(whole, ego))
        expected = [
            len(near),
            clustering[vertex],
            np.mean([whole.degree(v) for v in near]) if near else 0,
            np.mean([clustering[v] for v in near]) if near else 0,
            ego.size(),
            len(out),
            len({b for _, b in out}),
        ]
        assert row == pytest.approx(expected)


@given(one=graphs(), two=graphs())
@settings(max_examples=60)
def test_netsimile_as_the_paper_defines_it(one: Graph, two: Graph) -> None:
    signatures = []
    for graph in (one, two):
        columns = features(graph).T
        flat = [np.ptp(c) < 1e-9 for c in columns]
        signatures.append(
            [np.median(c) for c in columns]
            + [c.mean() for c in columns]
            + [0 if f else c.std() for c, f in zip(columns, flat, strict=True)]
            + [0 if f else stats.skew(c) for c, f in zip(columns, flat, strict=True)]
            + [0 if f else stats.kurtosis(c) for c, f in zip(columns, flat, strict=True)]
        )
    a, b = (np.where(np.abs(s) < 1e-9, 0, s) for s in signatures)
    # scipy's own distance takes 0 / 0 as 0, too
    from scipy.spatial.distance import canberra  # noqa: PLC0415

    assert netsimile(one, two) == pytest.approx(canberra(a, b), abs=1e-6)


def test_portraits_by_hand() -> None:
    assert portrait(made(3, [(0, 1), (1, 2)])) == {(0, 1): 3, (1, 1): 2, (1, 2): 1, (2, 1): 2}
    assert portrait(made(3, [(0, 1)])) == {(0, 1): 3, (1, 1): 2}


def test_divergence_by_hand() -> None:
    """Two tied accounts and two that are not: P is 1/2 at (0, 1) and 1/2 at (1, 1), Q is 1 at (0, 1)."""
    expected = (0.5 * np.log2(0.5 / 0.75) + 1 * np.log2(1 / 0.75) + 0.5 * np.log2(0.5 / 0.25)) / 2
    assert portrait_divergence(made(2, [(0, 1)]), made(2, [])) == pytest.approx(expected)


@given(one=graphs(), two=graphs())
@settings(max_examples=60)
def test_divergence_as_the_paper_defines_it(one: Graph, two: Graph) -> None:
    chances = []
    for graph in (one, two):
        lengths = dict(nx.all_pairs_shortest_path_length(in_networkx(graph)))
        n = len(lengths)
        paths = [d for row in lengths.values() for d in row.values()]
        p = np.zeros((10, 10))
        for distance in range(max(paths) + 1):
            for row in lengths.values():
                p[distance, list(row.values()).count(distance)] += paths.count(distance) / len(paths) / n
        chances.append(p.ravel())
    assert chances[0].sum() == pytest.approx(1)
    middle = (chances[0] + chances[1]) / 2
    expected = (stats.entropy(chances[0], middle, base=2) + stats.entropy(chances[1], middle, base=2)) / 2
    assert portrait_divergence(one, two) == pytest.approx(expected, abs=1e-9)


@given(one=graphs(), two=graphs(), data=st.data())
def test_properties(one: Graph, two: Graph, data: st.DataObject) -> None:
    n = len(one.accounts)
    new = data.draw(st.permutations(range(n)))
    renamed = made(n, [(new[a], new[b]) for a, b in one.ends.tolist()])
    for distance, most in ((netsimile, LARGEST), (portrait_divergence, 1)):
        assert distance(one, one) == 0
        assert distance(one, renamed) == pytest.approx(0, abs=1e-9)
        assert distance(one, two) == pytest.approx(distance(two, one))
        assert 0 <= distance(one, two) <= most


def test_graphs_without_accounts() -> None:
    none, two = made(0, []), made(2, [(0, 1)])
    assert (netsimile(none, none), portrait_divergence(none, none), portrait_divergence(none, two)) == (0, 0, 1)
    assert 0 < netsimile(none, two) <= LARGEST


def test_a_sample_of_a_large_network_is_near_the_whole() -> None:
    random = np.random.default_rng(3)
    one, two = (made(400, [(int(a), int(b)) for a, b in random.integers(0, 400, (edges, 2))]) for edges in (800, 1600))
    whole, part = (portrait_divergence(one, two, sources) for sources in (400, 200))
    assert part == pytest.approx(whole, abs=0.1)
    assert portrait_divergence(one, one, 100) == 0
    assert measured(one) == 400
