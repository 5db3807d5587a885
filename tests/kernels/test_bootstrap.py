"""Which ties hold in resamplings, against the same sums written plainly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import poisson

from graphnet.kernels.bootstrap import NO_TIME, Book, fewest


@pytest.mark.parametrize("threads", [1, 4])
def test_sums_are_those_of_the_things_shared(threads: int) -> None:
    random = np.random.default_rng(3)
    rows = np.unique(np.column_stack((random.integers(0, 15, 400), random.integers(0, 40, 400))), axis=0)
    time = np.where(random.random(len(rows)) < 0.1, NO_TIME, random.integers(0, 600, len(rows)))
    order = random.permutation(len(rows))
    account, thing, time = rows[order, 0] * 7, rows[order, 1] + 100, time[order]
    book = Book.of(account, thing, time)
    weight = random.poisson(1.0, (len(book.things), 20)).astype(np.uint8)
    pairs = np.array([(a, b) for a in range(15) for b in range(a + 1, 15)]) * 7
    seen = random.integers(1, 12, (len(pairs), 2)).astype(float)
    need = random.integers(0, 12, (len(pairs), 2))
    found = book.holds(pairs[:, 0], pairs[:, 1], weight, seen=seen, need=need, window=60, threads=threads)

    when = dict(zip(zip(account.tolist(), thing.tolist(), strict=True), time.tolist(), strict=True))
    place = {t: i for i, t in enumerate(book.things.tolist())}
    for row, (a, b) in enumerate(pairs.tolist()):
        both = [t for t in place if (a, t) in when and (b, t) in when]
        known = [t for t in both if NO_TIME not in (when[a, t], when[b, t])]
        met = [t for t in known if abs(when[a, t] - when[b, t]) <= 60]
        for draw in range(20):
            holds = False
            for some, n, least in ((both, seen[row, 0], need[row, 0]), (met, seen[row, 1], need[row, 1])):
                drawn = sum(int(weight[place[t], draw]) for t in some)
                holds |= bool(some) and least > 0 and drawn * n / len(some) >= least - 1e-12
            assert found[row, draw] == holds
    assert 0.05 < found.mean() < 0.95


def test_without_ties_there_is_nothing_to_hold() -> None:
    none = np.empty(0, np.int64)
    weight = np.ones((1, 3), np.uint8)
    book = Book.of(np.array([1]), np.array([1]), np.array([1]))
    held = book.holds(none, none, weight, seen=np.empty((0, 2)), need=np.empty((0, 2), np.int64), window=1)
    assert held.shape == (0, 3)


def test_fewest_is_the_first_count_that_is_rare_enough() -> None:
    for mean in (0.01, 0.8, 3.0, 20.0):
        for limit in (1e-9, 1e-4):
            tails = poisson.sf(np.arange(80) - 1, mean)
            first = int(np.flatnonzero(tails <= limit)[0])
            seen = np.arange(first, first + 6)
            found = fewest(seen, tails[seen], np.full(6, limit), 1)
            assert found.tolist() == [first] * 6
            assert fewest(np.array([first - 1]), tails[[first - 1]], np.array([limit]), 1).tolist() == [0]


def test_fewest_never_goes_below_what_says_anything() -> None:
    assert fewest(np.array([5, 1]), np.array([1e-12, 1e-12]), np.array([0.5, 0.5]), 2).tolist() == [2, 0]
