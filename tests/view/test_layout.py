"""Layout: reproducible, packed without overlap, communities together."""

from __future__ import annotations

import random
from typing import Any

import igraph
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from graphnet.view import layout
from graphnet.view.layout import arrange, positions

Planted = tuple[int, Any, Any, Any]


def planted(k: int, size: int, cross: float = 1.0, seed: int = 0) -> Planted:
    """k groups of equal size, dense inside, and ``cross`` ties an account to anywhere."""
    r = np.random.default_rng(seed)
    n = k * size
    community = np.arange(n) // size
    inside = [r.integers(0, size, (5 * size, 2)) + g * size for g in range(k)]
    edges = np.concatenate([*inside, r.integers(0, n, (int(n * cross), 2))])
    return n, edges, r.random(len(edges)) + 0.1, community


def assert_discs_apart(found: layout.Layout) -> None:
    between = np.hypot(*(found.centres[:, None] - found.centres[None]).transpose(2, 0, 1))
    np.fill_diagonal(between, np.inf)
    assert (between >= found.radii[:, None] + found.radii[None]).all()


def assert_points_inside(found: layout.Layout, community: Any) -> None:
    place = np.searchsorted(found.groups, community)
    far = np.hypot(*(found.points - found.centres[place]).T)
    assert (far <= found.radii[place] * (1 + 1e-9)).all()


@pytest.mark.parametrize(("k", "size"), [(1, 40), (8, 50), (40, 25)])
def test_neighbours_in_the_picture_are_of_the_same_community(k: int, size: int) -> None:
    n, edges, weights, community = planted(k, size)
    points = positions(n, edges, weights, community)
    _, near = cKDTree(points).query(points, 11)
    assert (community[near[:, 1:]] == community[:, None]).mean() >= 0.9


def test_same_bits_whatever_the_order_the_numbers_and_the_global_generators() -> None:
    n, edges, weights, community = planted(6, 20)
    first = positions(n, edges, weights, community)
    shuffled = np.random.default_rng(1).permutation(len(edges))
    renumbered = np.array([50, 3, 99, 7, 12, 1])[community]
    random.seed(99)
    np.random.seed(99)
    igraph.set_random_number_generator(random.Random(5))
    second = positions(n, edges[shuffled][:, ::-1], weights[shuffled], renumbered)
    assert np.array_equal(first, second)


def test_another_seed_is_another_picture() -> None:
    case = planted(3, 20)
    assert not np.array_equal(positions(*case, seed=1), positions(*case, seed=2))


def test_callers_generator_is_left_alone() -> None:
    random.seed(4)
    expected = random.Random(4).random()
    positions(*planted(3, 20))
    assert random.random() == expected


def test_a_community_looks_the_same_beside_others() -> None:
    """A picture of one community can be recognised in the picture of all."""
    n, edges, weights, community = planted(3, 20, cross=0)
    whole = arrange(n, edges, np.ones(len(weights)), community)
    alone = edges[(edges < 20).all(axis=1)]
    part = arrange(20, alone, np.ones(len(alone)), community[:20])
    assert np.allclose(whole.points[:20] - whole.centres[0], part.points - part.centres[0])


@given(
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=25),
    ties=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), max_size=60),
    weight=st.floats(allow_nan=True, allow_infinity=True),
)
@settings(max_examples=60, deadline=None)
def test_finite_packed_and_inside_for_any_graph(sizes: list[int], ties: list[tuple[int, int]], weight: float) -> None:
    community = np.repeat(np.arange(len(sizes)) * 3, sizes)
    n = len(community)
    edges = np.array(ties, dtype=np.int64).reshape(-1, 2) % n
    found = arrange(n, edges, np.full(len(edges), weight), community)
    assert found.points.shape == (n, 2)
    assert np.isfinite(found.points).all()
    assert found.groups.tolist() == sorted(set(community.tolist()))
    assert_discs_apart(found)
    assert_points_inside(found, community)


def test_untied_communities_stand_below_in_rows() -> None:
    n, edges, weights, community = planted(4, 12)
    loose = np.repeat(np.arange(4, 44), 3)
    found = arrange(n + 120, edges, weights, np.concatenate([community, loose]))
    assert_discs_apart(found)
    lowest = (found.centres[:4, 1] - found.radii[:4]).min()
    assert (found.centres[4:, 1] + found.radii[4:] <= lowest + 1e-9).all()


def test_thousands_of_small_components_are_packed() -> None:
    community = np.repeat(np.arange(2_000), 2)
    pairs = np.arange(4_000).reshape(-1, 2)
    found = arrange(4_000, pairs, np.ones(2_000), community)
    wide, high = np.ptp(found.points, axis=0)
    assert 0.3 < wide / high < 3
    assert np.isfinite(found.points).all()


def test_one_large_disc_among_many_small_ones() -> None:
    sizes = np.array([400, *[2] * 300])
    community = np.repeat(np.arange(len(sizes)), sizes)
    first = np.cumsum(sizes) - sizes
    edges = np.concatenate(
        [np.column_stack([first[1:], first[1:] % 400]), np.column_stack([np.arange(399), np.arange(1, 400)])]
    )
    assert_discs_apart(arrange(len(community), edges, np.ones(len(edges)), community))


def test_nothing_to_lay_out() -> None:
    found = arrange(0, np.zeros((0, 2), int), np.zeros(0), np.zeros(0, int))
    assert found.points.shape == (0, 2)
    assert positions(1, np.zeros((0, 2), int), np.zeros(0), np.array([9])).shape == (1, 2)


def test_a_chain_is_not_drawn_flat() -> None:
    """A chain of triangles is long and thin; drawn so, its marks would lie on one another in an empty disc."""
    chain = [(i, i + step) for i in range(10) for step in (1, 2)]
    points = positions(12, np.array(chain), np.ones(len(chain)), np.zeros(12, int))
    narrow, wide = sorted(np.std(points, axis=0))
    assert narrow / wide > 0.5


def test_three_thousand_tied_discs_come_to_rest() -> None:
    """Thousands of discs in a tangle: packed without overlap, and not blown up far beyond the room they need."""
    r = np.random.default_rng(3)
    community = np.repeat(np.arange(3_000), 3)
    edges = r.integers(0, 9_000, (12_000, 2))
    found = arrange(9_000, edges, np.ones(12_000), community)
    assert_discs_apart(found)
    needed = 2 * np.sqrt((found.radii**2).sum())
    assert np.ptp(found.points, axis=0).max() < 3 * needed
