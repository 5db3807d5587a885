"""Tightness cards, against networkx."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from graphs import cliques, graph_of
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.cards import cards, strength
from graphnet.graph import Graph
from graphnet.schema import COMMUNITIES, check


def _card(graph: Graph, community: list[int], directed: Graph | None = None) -> list[dict[str, Any]]:
    table = cards(graph, np.array(community, dtype=np.int64), directed)
    check(COMMUNITIES, table)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def test_a_closed_clique() -> None:
    (card,) = _card(graph_of(cliques([5])), [1] * 5)
    assert card == {
        "community": 1,
        "size": 5,
        "ties": 10,
        "density": 1.0,
        "reciprocity": None,
        "reciprocity_expected": None,
        "conductance": 0.0,
        "clustering": 1.0,
        "triangles": 2.0,
        "core": 4,
        "half_tied": 1.0,
    }


def test_a_star_is_loose() -> None:
    (card,) = _card(graph_of([(0, i) for i in range(1, 6)]), [1] * 6)
    assert (card["density"], card["clustering"], card["triangles"], card["core"]) == (pytest.approx(1 / 3), 0, 0, 1)
    assert card["half_tied"] == pytest.approx(1 / 6)


def test_conductance_weighs_what_leaves() -> None:
    graph = graph_of([*cliques([3]), (2, 3)], [1.0, 1.0, 1.0, 2.0])
    assert _card(graph, [1, 1, 1, 0])[0]["conductance"] == pytest.approx(2 / (2 * 3 + 2))
    assert strength(graph, np.array([1, 1, 1, 0])).tolist() == [2, 2, 2, 0]


def test_reciprocity_looks_at_directed_ties_inside() -> None:
    graph = graph_of(cliques([4]))
    directed = graph_of([(0, 1), (1, 0), (1, 2), (2, 9), (9, 2)], directed=True)
    (card,) = _card(graph, [1] * 4, directed)
    assert card["reciprocity"] == pytest.approx(2 / 3)
    assert card["reciprocity_expected"] == pytest.approx(3 / 12)


def test_without_directed_ties_inside_there_is_no_reciprocity() -> None:
    directed = graph_of([(7, 8), (8, 7)], directed=True)
    (card,) = _card(graph_of(cliques([3])), [1, 1, 1], directed)
    assert card["reciprocity"] is None
    assert card["reciprocity_expected"] is None


def test_no_communities_no_cards() -> None:
    assert _card(graph_of([(0, 1)]), [0, 0]) == []
    assert _card(graph_of([]), []) == []


def test_a_community_of_one_has_no_density() -> None:
    (card,) = _card(graph_of([(0, 1)]), [1, 0], graph_of([(0, 1)], directed=True))
    assert (card["density"], card["half_tied"], card["conductance"]) == (None, 1.0, 1.0)


edge = st.tuples(st.integers(0, 11), st.integers(0, 11))


@settings(deadline=None)
@given(
    ties=st.dictionaries(edge.filter(lambda t: t[0] < t[1]), st.integers(1, 9), min_size=1, max_size=45),
    arcs=st.sets(edge.filter(lambda t: t[0] != t[1]), max_size=60),
    labels=st.lists(st.integers(0, 3), min_size=12, max_size=12),
)
def test_against_networkx(ties: dict[tuple[int, int], int], arcs: set[tuple[int, int]], labels: list[int]) -> None:
    graph = graph_of(list(ties), [float(w) for w in ties.values()])
    present = sorted({labels[a] for a in graph.accounts} - {0})
    renamed = [present.index(labels[a]) + 1 if labels[a] else 0 for a in graph.accounts]
    found = _card(graph, renamed, graph_of(sorted(arcs), directed=True) if arcs else None)
    assert [card["community"] for card in found] == list(range(1, len(present) + 1))
    whole = nx.Graph()
    whole.add_weighted_edges_from((a, b, w) for (a, b), w in ties.items())
    for card in found:
        members = [a for a, c in zip(graph.accounts.tolist(), renamed, strict=True) if c == card["community"]]
        _same(card, whole, members, [(a, b) for a, b in arcs if a in members and b in members])


def _same(card: dict[str, Any], whole: nx.Graph[int], members: list[int], arcs: list[tuple[int, int]]) -> None:
    inside, n = whole.subgraph(members), len(members)
    assert card["size"] == n
    assert card["ties"] == inside.number_of_edges()
    assert card["density"] == (pytest.approx(nx.density(inside)) if n > 1 else None)
    cut = nx.cut_size(whole, members, weight="weight")
    assert card["conductance"] == pytest.approx(cut / nx.volume(whole, members, weight="weight"))
    assert card["clustering"] == pytest.approx(nx.average_clustering(inside))
    assert card["triangles"] == pytest.approx(sum(nx.triangles(inside).values()) / 3 / n)
    assert card["core"] == max(nx.core_number(inside).values())
    assert card["half_tied"] == pytest.approx(sum(d >= (n - 1) / 2 for _, d in inside.degree) / n)
    between = nx.DiGraph(arcs)
    between.add_nodes_from(members)
    assert card["reciprocity"] == (pytest.approx(nx.overall_reciprocity(between)) if arcs else None)
    assert card["reciprocity_expected"] == (pytest.approx(nx.density(between)) if arcs else None)


@given(
    ties=st.dictionaries(edge.filter(lambda t: t[0] < t[1]), st.integers(1, 9), min_size=1, max_size=45),
    labels=st.lists(st.integers(0, 3), min_size=12, max_size=12),
)
def test_strength_is_the_weight_inside(ties: dict[tuple[int, int], int], labels: list[int]) -> None:
    graph = graph_of(list(ties), [float(w) for w in ties.values()])
    community = np.array([labels[a] for a in graph.accounts], dtype=np.int64)
    slow = [
        sum(w for pair, w in ties.items() if a in pair and labels[pair[0]] == labels[pair[1]] > 0)
        for a in graph.accounts.tolist()
    ]
    assert strength(graph, community).tolist() == pytest.approx(slow)
