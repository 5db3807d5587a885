"""Tails, cuts of work, sorting: what all null models stand on."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from graphnet.kernels.null_work import PIECES, Spare, bucket, critical, each, pieces, poisson_tail, starts_of

CHANCES = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30)


def tail_of_sum(chances: list[float], seen: int) -> float:
    """P(sum of independent yes-or-no events >= seen), event by event."""
    law = np.array([1.0])
    for chance in chances:
        law = np.append(law * (1 - chance), 0.0) + np.append(0.0, law * chance)
    return float(law[seen:].sum())


@settings(deadline=None)
@given(chances=CHANCES, seen=st.integers(0, 32))
def test_the_tail_bounds_that_of_any_sum_of_independent_events(chances: list[float], seen: int) -> None:
    bound = poisson_tail(np.array([seen]), np.array([sum(chances)]))[0]
    assert bound >= tail_of_sum(chances, seen) - 1e-12


@settings(deadline=None)
@given(seen=st.integers(0, 200), expected=st.floats(1e-6, 150))
def test_the_tail_is_the_poisson_tail_where_that_is_a_bound_and_1_elsewhere(seen: int, expected: float) -> None:
    got = poisson_tail(np.array([seen]), np.array([expected]))[0]
    if seen >= 1 and seen >= expected + 1:
        assert got == pytest.approx(max(poisson.sf(seen - 1, expected), 1e-300), rel=1e-6)
    else:
        assert got == 1.0


def test_below_the_mean_plus_one_the_poisson_tail_is_no_bound() -> None:
    """… which is why p is 1 there: two sure events are seen always, but a Poisson of mean 2 gives 2 or more in .59."""
    assert poisson.sf(1, 2.0) < 0.6 < tail_of_sum([1.0, 1.0], 2) == 1.0
    assert poisson_tail(np.array([2]), np.array([2.0]))[0] == 1.0


@settings(deadline=None)
@given(cut=st.floats(1e-12, 0.5), seen=st.integers(0, 60), expected=st.floats(0, 80))
def test_the_look_up_says_what_the_tail_says(cut: float, seen: int, expected: float) -> None:
    limit = critical(cut, 60)[seen]
    p = poisson_tail(np.array([seen]), np.array([expected]))[0]
    if abs(expected - limit) > 1e-9 * max(limit, 1e-3):
        assert (expected <= limit) == (p <= cut)


@settings(deadline=None)
@given(keys=st.lists(st.integers(0, 9), max_size=50))
def test_bucket_is_a_stable_sort(keys: list[int]) -> None:
    order, starts = bucket(np.array(keys, np.int32), 10)
    assert order.tolist() == sorted(range(len(keys)), key=lambda i: keys[i])
    assert starts.tolist() == starts_of(np.sort(np.array(keys, np.int64)), 10).tolist()


@settings(deadline=None)
@given(work=st.lists(st.integers(0, 10**9), max_size=400))
def test_pieces_cover_everything_once(work: list[int]) -> None:
    ranges = pieces(np.array(work, np.int64))
    assert [i for first, last in ranges for i in range(first, last)] == list(range(len(work)))
    assert len(ranges) <= PIECES


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_answers_come_in_the_order_of_the_ranges(threads: int) -> None:
    ranges = [(i, i + 1) for i in range(40)]
    assert each(lambda first, last: (first, last), ranges, threads) == ranges


def test_scratch_is_lent_to_one_at_a_time_and_lost_after_an_exception() -> None:
    made: list[list[int]] = []
    lock = threading.Lock()

    def make() -> list[int]:
        with lock:
            made.append([])
        return made[-1]

    spare = Spare(make)
    with spare.borrowed() as one, spare.borrowed() as two:
        assert one is not two
    with pytest.raises(ZeroDivisionError), spare.borrowed() as broken:
        _ = 1 / 0
    with spare.borrowed() as three, spare.borrowed() as four:
        assert broken is not three
        assert broken is not four
