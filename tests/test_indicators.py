"""The arithmetic of calibrated indicators against plain counts, and its error rates on data of chance alone."""

from __future__ import annotations

import math
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graphnet.controls import activity_strata
from graphnet.discovery import benjamini_hochberg
from graphnet.indicators import blocks, compare, conformal, distance

FIGURES = arrays(float, st.tuples(st.integers(4, 30), st.just(3)), elements=st.sampled_from([0.0, 1.0, 2.5, math.nan]))


def plain_distances(values, tail, control, group, least):
    """How far each stands from the median of the controls in its group, in their mean deviations; None: unknown."""
    found = []
    for i, value in enumerate(values):
        like = [v for j, v in enumerate(values) if control[j] and group[j] == group[i] and not math.isnan(v)]
        if math.isnan(value) or len(like) < least:
            found.append(None)
            continue
        deviation = sum(abs(v - median(like)) for v in like) / len(like)
        found.append(round(tail * (value - median(like)) / max(deviation, 1e-9), 9))
    return found


def plain_p(i, distances, control):
    """Counted with itself among the controls."""
    if distances[i] is None:
        return math.nan
    everyone = [d for j, d in enumerate(distances) if d is not None and control[j] and j != i] + [distances[i]]
    return sum(d >= distances[i] for d in everyone) / len(everyone)


@given(FIGURES, st.data())
def test_p_family_and_score_against_plain_counts(values, data):
    n = len(values)
    control = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    block = np.array(data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
    kind = np.array(data.draw(st.lists(st.sampled_from([1, 60]), min_size=n, max_size=n)))
    tails, alike = (1, -1, 1), (False, False, True)
    found = compare(values, ["a", "a", "b"], tails, block, control, kind, alike, least=2)
    distances = []
    for column in range(3):
        group = list(zip(block, kind if alike[column] else block, strict=True))
        distances.append(plain_distances(values[:, column].tolist(), tails[column], control, group, 2))
    for i in range(n):
        p = [plain_p(i, some, control) for some in distances]
        for column in range(2):
            like = control & (block == block[i]) & ~np.isnan(values[:, column])
            if not math.isnan(p[column]):
                assert found.median(i, column) == np.median(values[like, column])
        assert found.p[i] == pytest.approx(p, nan_ok=True)
        a = [x for x in p[:2] if not math.isnan(x)]
        family = [min(1, len(a) * min(a)) if a else math.nan, p[2]]
        assert found.family[i] == pytest.approx(family, nan_ok=True)
        assert found.score[i] == pytest.approx(sum(min(4, -math.log10(x)) for x in family if not math.isnan(x)))
        assert found.known[i] == any(not math.isnan(x) for x in family)


def test_one_family_adds_four_at_most():
    values = np.append(np.zeros(200_000), 1.0)[:, None]
    control = np.append(np.ones(200_000, dtype=bool), False)
    found = compare(values, ["a"], [1], np.zeros(len(values), dtype=np.int64), control)
    assert found.p[-1, 0] < 1e-5
    assert found.score[-1] == 4


def test_too_few_controls_are_nothing_to_compare_with():
    values, control = np.arange(20.0)[:, None], np.arange(20) < 19
    found = compare(values, ["a"], [1], np.zeros(20, dtype=np.int64), control)
    assert np.isnan(found.p).all()
    assert not found.known.any()
    assert math.isnan(found.median(0, 0))
    assert math.isnan(found.extreme(0, 0, 1))


@given(st.lists(st.tuples(st.integers(0, 3000), st.booleans()), min_size=1, max_size=60), st.integers(1, 20))
def test_strata_are_joined_with_neighbours_until_there_are_enough(accounts, least):
    activity = np.array([a for a, _ in accounts])
    control = np.array([c for _, c in accounts])
    found = blocks(activity, control, least)
    strata = activity_strata(activity)
    for block in np.unique(found):
        inside = found == block
        # neighbours only: no stratum of another block lies between
        between = (strata >= strata[inside].min()) & (strata <= strata[inside].max())
        assert (found[between] == block).all()
        assert control[inside].sum() >= least or len(np.unique(found)) == 1
    assert all(len(np.unique(found[strata == s])) == 1 for s in np.unique(strata))


def test_p_of_chance_is_no_smaller_than_it_says():
    rng = np.random.default_rng(3)
    p = [conformal(rng.normal(size=1), np.sort(rng.normal(size=50)), np.array([False]))[0] for _ in range(8000)]
    for level in (0.02, 0.1, 0.5):
        assert np.mean(np.array(p) <= level) <= level + 0.015


def test_a_control_is_ranked_among_all_controls():
    values = np.array([3.0, 1.0, 2.0])
    assert conformal(values, np.sort(values), np.ones(3, dtype=bool)).tolist() == [1 / 3, 1.0, 2 / 3]


@given(st.lists(st.floats(0, 1) | st.just(math.nan), max_size=30))
def test_q_against_the_definition(p):
    found = benjamini_hochberg(np.array(p, dtype=float))
    known = sorted(x for x in p if not math.isnan(x))
    for x, q in zip(p, found.tolist(), strict=True):
        if math.isnan(x):
            assert math.isnan(q)
            continue
        raised = [y * len(known) / (place + 1) for place, y in enumerate(known) if y >= x]
        assert q == pytest.approx(min(1.0, *raised))


def test_any_figure_is_far_from_one_that_all_controls_share():
    assert distance(np.array([0.0, 0.01, -0.01]), np.zeros(30)).tolist() == [0, 1e7, -1e7]


def test_figures_that_grow_with_activity_are_compared_in_their_own_stratum():
    rng = np.random.default_rng(5)
    block = np.repeat([0, 1], 300)
    values = (rng.normal(size=600) + 50 * block)[:, None]
    control = np.ones(600, dtype=bool)
    values[0], control[0] = 8.0, False
    found = compare(values, ["a"], [1], block, control)
    assert found.p[0, 0] == 1 / 600
    assert 0.4 < found.p[300:, 0].mean() < 0.6
