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
from graphnet.rows._nulls import Cosine, InCommon, _worths, beyond, chance, poisson_interval
from graphnet.rows._picks import _chances, among_available
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
    for one in chances:
        exact = np.convolve(exact, [1 - one, one])
    assert beyond(observed, sum(chances)) >= exact[observed:].sum() - 1e-9


def test_the_interval_of_a_count_holds_the_count() -> None:
    for seen in (0, 1, 7, 300):
        low, high = poisson_interval(seen)
        assert low <= seen <= high
    assert poisson_interval(0)[0] == 0.0


# Likeness ------------------------------------------------------------------------------------------------------------

ACCOUNTS, THINGS = 9, 5
TABLE = st.lists(st.lists(st.booleans(), min_size=THINGS, max_size=THINGS), min_size=ACCOUNTS, max_size=ACCOUNTS)
OTHER = {7, 8}
"""The other side; all other accounts are the group's, or outside."""


def slow(table: np.ndarray, group: set[int], figure: Cosine | InCommon, weight: np.ndarray) -> tuple[float, float]:
    """The figure of a group, and what its accounts have in common with the other side one by one."""
    dots = mine = theirs = alone = 0.0
    for thing in range(THINGS):
        users = sum(table[i, thing] for i in range(ACCOUNTS) if i not in group | OTHER)
        one, two = (sum(table[i, thing] for i in some) for some in (group, OTHER))
        by_weight = sum(table[i, thing] * weight[i] for i in group)
        if isinstance(figure, InCommon):
            dots += bool(one and two and users <= figure.most)
            alone += by_weight * bool(two and users <= figure.most)
            continue
        counts = 1.0
        if figure.outside is not None:
            counts = (np.log((1 + figure.outside) / (1 + users)) + 1e-9) * (users <= figure.most)
        dots, mine, theirs = dots + one * two * counts**2, mine + (one * counts) ** 2, theirs + (two * counts) ** 2
        alone += by_weight * two * counts**2
    return (dots if isinstance(figure, InCommon) else dots / max(np.sqrt(mine * theirs), 1e-12)), alone


@given(TABLE, st.lists(st.permutations(range(7)), min_size=1, max_size=4), st.integers(0, 4))
def test_groups_are_judged_by_who_is_in_neither_as_by_hand(
    rows: list[list[bool]], orders: list[list[int]], most: int
) -> None:
    table = np.array(rows, float)
    groups = np.sort(np.array([order[:3] for order in orders]), axis=1)
    weight = 1 / (1 + np.arange(ACCOUNTS))
    held = csr_array(np.array([table[g].sum(axis=0) for g in groups]))
    other, others = table[sorted(OTHER)].sum(axis=0), table[:7].sum(axis=0)
    for figure in (Cosine(), Cosine(4), Cosine(4, most), InCommon(), InCommon(most)):
        by_hand = [slow(table, set(g.tolist()), figure, weight) for g in groups]
        np.testing.assert_allclose(figure(held, other, others), [x for x, _ in by_hand], atol=1e-7)
        found = _worths(groups, csr_array(table), weight, figure, other, others)
        np.testing.assert_allclose(found, [y for _, y in by_hand], atol=1e-9)


def test_what_everybody_has_weighs_nothing() -> None:
    assert Cosine(2).weight(np.array([2.0]))[0] == pytest.approx(0, abs=1e-6)
    assert Cosine(2).weight(np.array([1.0]))[0] == pytest.approx(np.log(3 / 2))


def test_a_group_as_large_but_for_its_last_digit_is_as_large() -> None:
    assert chance(0.3, np.array([0.1 + 0.2 - 1e-16, 0.1])) == pytest.approx(2 / 3)
    assert chance(1e6, np.array([1e6 * (1 - 1e-15), 0.0])) == pytest.approx(2 / 3)


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
