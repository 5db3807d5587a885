"""What each detector does."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import networkx as nx
import numpy as np
import pytest
from graphs import cliques, graph_of
from hypothesis import given
from hypothesis import strategies as st

from graphnet.detectors import Components, Detector, KCore, Leiden, Louvain, canonical
from graphnet.errors import InputError


def _found(detector: Any, ties: list[tuple[int, int]], weights: list[float] | None = None) -> list[int]:
    return canonical(detector.communities(graph_of(ties, weights))).tolist()


# Numbering -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "least", "numbers"),
    [
        ([], 1, []),
        ([-1, -1], 1, [0, 0]),
        ([5, 5, 2, 2], 1, [1, 1, 2, 2]),
        ([0, 9, 9, 9, 0], 3, [0, 1, 1, 1, 0]),
        ([0, 9, 9, 9, 0], 4, [0, 0, 0, 0, 0]),
    ],
)
def test_canonical(labels: list[int], least: int, numbers: list[int]) -> None:
    assert canonical(np.array(labels, dtype=np.int64), least).tolist() == numbers


@given(labels=st.lists(st.integers(-1, 6), max_size=30), names=st.permutations(range(7)), least=st.integers(1, 4))
def test_canonical_does_not_look_at_the_labels_values(labels: list[int], names: list[int], least: int) -> None:
    renamed = [names[i] if i >= 0 else -1 for i in labels]
    found = canonical(np.array(labels, dtype=np.int64), least)
    assert found.tolist() == canonical(np.array(renamed, dtype=np.int64), least).tolist()
    sizes = np.bincount(found)[1:]
    assert sizes.tolist() == sorted(sizes, reverse=True)
    assert (sizes >= least).all()


# Leiden --------------------------------------------------------------------------------------------------------------

CHAIN = cliques([5] * 60, bridges=[(5 * i + 4, 5 * i + 5) for i in range(59)])


def test_cpm_keeps_small_cliques_apart_that_modularity_joins() -> None:
    assert len(set(_found(Leiden(), CHAIN))) == 60
    assert len(set(_found(Leiden(objective="modularity", resolution=1.0), CHAIN))) < 60


def test_the_cpm_resolution_is_a_density() -> None:
    ring = [(i, (i + 1) % 10) for i in range(10)]
    ties = [(min(t), max(t)) for t in ring]
    assert len(set(_found(Leiden(resolution=0.9), ties))) > 1
    assert len(set(_found(Leiden(resolution=0.01), ties))) == 1


def test_weights_count_only_when_asked_for() -> None:
    ties = cliques([4, 4], bridges=[(a, b) for a in range(4) for b in range(4, 8)])
    weights = [10.0 if (a < 4) == (b < 4) else 0.1 for a, b in ties]
    assert len(set(_found(Leiden(resolution=0.5), ties, weights))) == 1
    assert len(set(_found(Leiden(resolution=0.5, weighted=True), ties, weights))) == 2


# Louvain -------------------------------------------------------------------------------------------------------------


def test_louvain_finds_what_networkx_finds_on_clear_groups() -> None:
    ties = cliques([10, 9, 8], bridges=[(0, 10), (10, 19), (19, 1)])
    graph = nx.Graph(ties)
    theirs = {frozenset(c) for c in nx.community.louvain_communities(graph, seed=1)}
    ours = _found(Louvain(), ties)
    assert {frozenset(v for v, c in enumerate(ours) if c == k) for k in set(ours)} == theirs


# Components and cores ------------------------------------------------------------------------------------------------

some_ties = st.sets(
    st.tuples(st.integers(0, 15), st.integers(0, 15)).filter(lambda t: t[0] < t[1]), min_size=1, max_size=50
)


@given(ties=some_ties)
def test_components_are_those_of_networkx(ties: set[tuple[int, int]]) -> None:
    graph = graph_of(sorted(ties))
    found = Components().communities(graph)
    ours = {frozenset(graph.accounts[found == c].tolist()) for c in set(found.tolist())}
    assert ours == {frozenset(c) for c in nx.connected_components(nx.Graph(ties))}


@given(ties=some_ties, k=st.integers(1, 4))
def test_cores_are_those_of_networkx(ties: set[tuple[int, int]], k: int) -> None:
    graph = graph_of(sorted(ties))
    found = KCore(k).communities(graph)
    ours = {frozenset(graph.accounts[found == c].tolist()) for c in set(found.tolist()) - {-1}}
    assert ours == {frozenset(c) for c in nx.connected_components(nx.k_core(nx.Graph(ties), k))}


# Settings ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Leiden(resolution=0), "leiden: resolution is 0, it has to be above 0"),
        (lambda: Leiden(resolution=float("nan")), "resolution is nan"),
        (lambda: Leiden(objective="cpm"), "objective is 'cpm', it has to be CPM or modularity"),  # type: ignore[arg-type]
        (lambda: Louvain(resolution=-1), "louvain: resolution is -1"),
        (lambda: KCore(0), "kcore: k is 0"),
    ],
)
def test_wrong_settings_are_refused(make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()


PROGRAM = """
import random, sys
from graphs import graph_of
from graphnet.detectors import Leiden, Louvain
chance = random.Random(3)
ties = sorted({tuple(sorted(chance.sample(range(60), 2))) for _ in range(300)})
graph = graph_of(ties, [1 + chance.random() for _ in ties])
print([d.communities(graph).tolist() for d in (Leiden(), Leiden("modularity", 1.0, weighted=True), Louvain())])
"""


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_other_processes_give_the_same_answer(hash_seed: str) -> None:
    def run(seed: str) -> str:
        env = {"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}
        return subprocess.run(
            [sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, check=True
        ).stdout

    assert run(hash_seed) == run("0")


def test_another_seed_may_give_another_answer_but_the_same_one_does_not() -> None:
    chance = np.random.default_rng(4)
    ties = sorted({(int(a), int(b)) for a, b in chance.integers(0, 60, (300, 2)) if a < b})
    graph = graph_of(ties)
    answers: dict[type[Detector], set[tuple[int, ...]]] = {}
    for kind in (Louvain,):
        answers[kind] = {tuple(kind(seed=s).communities(graph).tolist()) for s in range(6)}
        assert len(answers[kind]) > 1
        assert kind(seed=3).communities(graph).tolist() == kind(seed=3).communities(graph).tolist()


def test_settings_are_compared_by_value() -> None:
    assert Leiden(seed=3) == Leiden(seed=3)
    assert Leiden(seed=3) != Leiden(seed=4)
    assert Leiden(resolution=0.2, seed=1).objective == "CPM"
