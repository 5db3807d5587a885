"""What every detector that the registry finds has to keep to."""

from __future__ import annotations

import random
from typing import Any

import igraph
import numpy as np
import pytest
from graphs import cliques, graph_of
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet import registry
from graphnet.detectors import Detector, canonical
from graphnet.graph import Graph

EVERY = sorted(registry.find("detectors"))
TIES = st.dictionaries(
    st.tuples(st.integers(0, 20), st.integers(0, 20)).filter(lambda t: t[0] < t[1]), st.integers(1, 9), max_size=60
)


@pytest.fixture(params=EVERY)
def detector(request: pytest.FixtureRequest) -> Detector:
    made: Detector = registry.get("detectors", request.param)()
    return made


def test_the_usual_ones_are_there() -> None:
    assert {"components", "kcore", "leiden", "louvain"} <= set(EVERY)


def test_it_says_what_it_is(detector: Detector) -> None:
    assert detector.name
    assert detector.title
    assert registry.make("detectors", registry.describe(detector)) == detector


def test_two_cliques_are_two_communities(detector: Detector) -> None:
    labels = detector.communities(graph_of(cliques([8, 7])))
    assert canonical(labels).tolist() == [1] * 8 + [2] * 7


@pytest.mark.parametrize("ties", [[], [(3, 8)]])
@pytest.mark.parametrize("weight", [1.0, 0.0])
def test_small_graphs(detector: Detector, ties: list[tuple[int, int]], weight: float) -> None:
    graph = graph_of(ties, [weight] * len(ties))
    labels = detector.communities(graph)
    assert labels.shape == graph.accounts.shape
    assert labels.dtype == np.int64


@settings(max_examples=25, deadline=None)
@given(ties=TIES, chance=st.randoms(use_true_random=False))
def test_same_graph_same_answer_whatever_chance_did_before(
    ties: dict[tuple[int, int], int], chance: random.Random
) -> None:
    rows = list(ties.items())
    chance.shuffle(rows)
    shuffled = graph_of([pair for pair, _ in rows], [float(w) for _, w in rows])
    graph = graph_of(list(ties), [float(w) for w in ties.values()])
    for name in EVERY:
        detector: Detector = registry.get("detectors", name)()
        first = detector.communities(graph)
        random.random()
        np.random.rand()
        assert detector.communities(shuffled).tolist() == first.tolist()
        _is_a_partition(graph, first)


def _is_a_partition(graph: Graph, labels: np.ndarray[Any, Any]) -> None:
    """No community spans two components."""
    component = np.asarray(graph.skeleton().connected_components().membership)
    for label in set(labels.tolist()) - {-1}:
        assert len(set(component[labels == label].tolist())) == 1


def test_the_callers_random_numbers_are_left_alone(detector: Detector) -> None:
    graph = graph_of(cliques([6, 6], bridges=[(0, 6), (1, 7)]))
    random.seed(5)
    np.random.seed(5)
    before = random.getstate(), np.random.get_state()[1].tolist()
    detector.communities(graph)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before
    # … and igraph draws from them again, as it does by default
    random.seed(1)
    drawn = igraph.Graph.Erdos_Renyi(n=30, p=0.2).get_edgelist()
    random.seed(1)
    assert igraph.Graph.Erdos_Renyi(n=30, p=0.2).get_edgelist() == drawn
    assert igraph.Graph.Erdos_Renyi(n=30, p=0.2).get_edgelist() != drawn
