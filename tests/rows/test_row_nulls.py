"""The statistics behind the rows: slow obvious versions, and p that are small no more often than they say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.stats import binomtest

from graphnet.rows._clock import BINS, LAGS, _left, _without, together
from graphnet.rows._nulls import _chances, among_available, beyond, cosine, in_common, poisson_interval, rarity
from graphnet.rows.creation import DAY, moved, near
from graphnet.rows.who_first import sign_test

DATES = st.lists(st.integers(0, 40 * DAY), min_size=0, max_size=12)


def small(p: Callable[[np.random.Generator], float], times: int, level: float) -> float:
    """How often p is at most ``level``."""
    return float(np.mean([p(np.random.default_rng(k)) <= level for k in range(times)]))


# Creation ------------------------------------------------------------------------------------------------------------


@given(DATES, DATES)
def test_dates_near_one_another_are_counted_as_by_hand(one: list[int], two: list[int]) -> None:
    slow = sum(any(abs(x - y) <= DAY for y in two) for x in one) + sum(any(abs(x - y) <= DAY for x in one) for y in two)
    assert near(np.sort(np.array(one, dtype=np.int64)), np.sort(np.array(two, dtype=np.int64))) == slow


def batches(rng: np.random.Generator, days: np.ndarray) -> np.ndarray:
    return np.sort(rng.choice(days, 25) * DAY + rng.integers(0, DAY // 2, 25)).astype(np.int64)


def test_batches_of_two_makers_in_the_same_months_are_not_called_one() -> None:
    def p(rng: np.random.Generator) -> float:
        one, two = (batches(rng, rng.integers(0, 120, 6)) for _ in range(2))
        return moved(one, two, 199, 1)[0]

    assert small(p, 200, 0.05) <= 0.08
    assert small(p, 200, 0.005) <= 0.02


def test_batches_of_one_maker_are() -> None:
    def p(rng: np.random.Generator) -> float:
        days = rng.integers(0, 120, 6)
        return moved(batches(rng, days), batches(rng, days), 199, 1)[0]

    assert small(p, 40, 0.005) >= 0.8


# Picks ---------------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0.5, 50), st.booleans()), min_size=1, max_size=30))
def test_chances_add_up_to_the_picks_of_each_cell(things: list[tuple[int, float, bool]]) -> None:
    _, cell = np.unique([t[0] for t in things], return_inverse=True)
    picks = np.bincount(cell, weights=[t[2] for t in things])
    chance = _chances(cell, np.array([t[1] for t in things]), picks)
    np.testing.assert_allclose(np.bincount(cell, weights=chance), picks, atol=1e-6)
    assert (chance >= 0).all()
    assert (chance <= 1).all()


def test_equal_things_are_as_likely_as_picks_among_them() -> None:
    one = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0], bool)
    two = np.array([0, 0, 1, 1, 1, 1, 0, 0, 0, 0], bool)
    seen, expected, p = among_available(np.zeros(10, int), np.full(10, 1e6), one, two)
    assert seen == 1
    assert expected == pytest.approx(3 * 4 / 10, rel=1e-3)
    assert p == 1.0


def test_the_same_picks_from_many_days_are_beyond_chance() -> None:
    cell = np.repeat(np.arange(40), 10)
    one = np.tile(np.arange(10) == 0, 40)
    seen, expected, p = among_available(cell, np.zeros(400), one, one)
    assert seen == 40
    assert expected < 10
    assert p < 1e-9


def test_picks_by_popularity_alone_are_seldom_called_alike() -> None:
    def p(rng: np.random.Generator) -> float:
        cell = np.repeat(np.arange(60), 6)
        appeal = rng.lognormal(0, 1.4, 360)
        others = rng.poisson(4 * appeal).astype(float)
        picked = [rng.random(360) < -np.expm1(-0.3 * appeal) for _ in range(2)]
        return among_available(cell, others, *picked)[2]

    assert small(p, 300, 0.05) <= 0.05


@given(st.lists(st.floats(0.0, 0.6), min_size=1, max_size=12), st.integers(0, 12))
def test_the_poisson_tail_is_never_below_the_exact_one(chances: list[float], observed: int) -> None:
    exact = np.ones(1)
    for chance in chances:
        exact = np.convolve(exact, [1 - chance, chance])
    assert beyond(observed, sum(chances)) >= exact[observed:].sum() - 1e-9


def test_the_interval_of_a_count_holds_the_count() -> None:
    for seen in (0, 1, 7, 300):
        low, high = poisson_interval(seen)
        assert low <= seen <= high
    assert poisson_interval(0)[0] == 0.0


# Likeness ------------------------------------------------------------------------------------------------------------

TABLES = st.lists(st.lists(st.integers(0, 3), min_size=5, max_size=5), min_size=1, max_size=4)


@given(TABLES, st.lists(st.integers(0, 3), min_size=5, max_size=5))
def test_likeness_of_one_other_and_of_one_a_row(rows: list[list[int]], other: list[int]) -> None:
    groups, single = csr_array(np.array(rows, float)), csr_array(np.array([other], float))
    for measure in (cosine, in_common):
        beside = csr_array(np.array([other] * len(rows), float))
        np.testing.assert_allclose(measure(groups, single), measure(groups, beside), atol=1e-9)
    for row, value, count in zip(rows, cosine(groups, single), in_common(groups, single), strict=True):
        length = np.linalg.norm(row) * np.linalg.norm(other)
        assert value == pytest.approx(float(np.dot(row, other)) / length if length else 0.0, abs=1e-9)
        assert count == sum(x > 0 and y > 0 for x, y in zip(row, other, strict=True))


def test_what_everybody_has_weighs_nothing() -> None:
    table = csr_array(np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 0.0]]))
    weighted = rarity(table, np.ones(3, bool)).toarray()
    assert weighted[0, 0] == pytest.approx(0, abs=1e-6)
    assert weighted[0, 1] == pytest.approx(np.log(4 / 2), abs=1e-6)


# Clock ---------------------------------------------------------------------------------------------------------------


def days(rng: np.random.Generator, n: int, common: np.ndarray | None = None, busy: float = 1.0) -> np.ndarray:
    """Days of a side: usual hours, some days much busier than others, sittings; ``common`` moments are added."""
    hours = 0.1 + np.maximum(np.sin(np.linspace(0, 2 * np.pi, BINS)), 0)
    lines = rng.poisson(hours * rng.lognormal(0, busy, (n, 1)), (n, BINS)).astype(float)
    lines += 0 if common is None else common
    left = _left(np.sqrt(lines), np.zeros(n, dtype=np.int64))
    return _without(left, np.zeros_like(left))


def test_the_clock_is_the_mean_of_the_same_days_at_the_best_lag() -> None:
    rng = np.random.default_rng(3)
    one, two = days(rng, 12), days(rng, 12)
    value, lag, _, _, curve = together(one, two, 9, 1)
    slow = {}
    for shift in range(-LAGS, LAGS + 1):
        slow[shift] = np.mean([sum(one[d][i] * two[d][(i + shift) % BINS] for i in range(BINS)) for d in range(12)])
    np.testing.assert_allclose(curve, list(slow.values()), atol=1e-9)
    assert value == pytest.approx(max(slow.values()))
    assert slow[lag] == pytest.approx(value)


def test_usual_hours_and_busy_days_of_both_are_no_shared_clock() -> None:
    def p(rng: np.random.Generator) -> float:
        return together(days(rng, 14, busy=1.5), days(rng, 14, busy=1.5), 99, 1)[3]

    assert small(p, 200, 0.05) <= 0.09
    assert small(p, 200, 0.5) == pytest.approx(0.5, abs=0.12)


def test_shared_moments_are_seen_with_their_lag() -> None:
    rng = np.random.default_rng(5)
    moments = (rng.random((20, BINS)) < 0.03) * 12.0
    _, lag, _, p, _ = together(days(rng, 20, moments), days(rng, 20, np.roll(moments, 2, axis=1)), 499, 1)
    assert p == 1 / 500
    assert lag == 2


def test_what_goes_with_the_others_is_taken_off() -> None:
    rng = np.random.default_rng(6)
    others = rng.normal(size=(5, BINS))
    left = _without(others * 3 + rng.normal(size=(5, BINS)), others)
    np.testing.assert_allclose((left * others).sum(axis=1), 0, atol=1e-9)
    np.testing.assert_allclose((left**2).sum(axis=1), 1)


# Sign test -----------------------------------------------------------------------------------------------------------


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_sign_test_is_the_exact_binomial_one(case: tuple[int, int]) -> None:
    assert sign_test(*case) == pytest.approx(binomtest(*case).pvalue)
