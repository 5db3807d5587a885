"""The screen against a slow count of all pairs."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.kernels.null_popularity import Incidence, common, screen
from graphnet.kernels.null_work import critical, poisson_tail

SHARES = st.sets(st.tuples(st.integers(0, 14), st.integers(0, 11)), max_size=90)
"""(object, account)."""


def table(shares: set[tuple[int, int]], accounts: int = 13, objects: int = 16) -> Incidence:
    rows = np.array(sorted(shares), np.int32).reshape(-1, 2)
    return Incidence.of(rows[:, 1].copy(), rows[:, 0].copy(), accounts, objects)


def slow_counts(shares: set[tuple[int, int]]) -> Counter[tuple[int, int]]:
    """Shared objects of each pair, object by object."""
    counts: Counter[tuple[int, int]] = Counter()
    for thing in {t for t, _ in shares}:
        counts.update(combinations(sorted(a for t, a in shares if t == thing), 2))
    return counts


@settings(deadline=None)
@given(shares=SHARES, scale=st.floats(1e-4, 0.2), cut=st.floats(1e-6, 0.5), threads=st.sampled_from([1, 3]))
def test_the_screen_finds_the_pairs_that_a_slow_count_finds(
    shares: set[tuple[int, int]], scale: float, cut: float, threads: int
) -> None:
    activity = np.bincount([a for _, a in shares] or [0], minlength=13).astype(np.float64)
    limits = critical(cut, 20)
    answers = screen(table(shares), activity, scale, limits, lambda *piece: piece, threads)
    found = [(int(s), int(t), int(v)) for piece in answers for s, t, v in zip(*piece[:3], strict=True)]
    counts = slow_counts(shares)
    wanted = []
    for (one, two), seen in sorted(counts.items()):
        expected = activity[one] * scale * activity[two]
        if seen >= 2 and expected <= limits[seen]:
            assert poisson_tail(np.array([seen]), np.array([expected]))[0] <= cut * (1 + 1e-9)
            wanted.append((one, two, seen))
    assert found == wanted
    assert sum(piece[3] for piece in answers) == sum(seen >= 2 for seen in counts.values())


@settings(deadline=None)
@given(shares=SHARES, pairs=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40))
def test_common_counts_any_pairs_in_any_order(shares: set[tuple[int, int]], pairs: list[tuple[int, int]]) -> None:
    held = {account: {t for t, a in shares if a == account} for account in range(13)}
    ends = np.array(pairs, np.int32).reshape(-1, 2)
    got = common(table(shares), ends[:, 0].copy(), ends[:, 1].copy())
    assert got.tolist() == [len(held[one] & held[two]) for one, two in pairs]


def test_the_work_is_the_accounts_behind_each_account_in_its_objects() -> None:
    shares = {(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 0)}
    assert table(shares, accounts=3, objects=3).work.tolist() == [2, 2, 0]


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_answer_does_not_depend_on_the_threads(threads: int) -> None:
    random = np.random.default_rng(3)
    key = np.unique(random.integers(0, 400 * 300, 9000))
    rows = Incidence.of((key % 300).astype(np.int32), (key // 300).astype(np.int32), 300, 400)
    answers = screen(rows, np.ones(300), 1.0, np.full(200, 2.0), lambda s, t, v, n: (s, t, v), threads)
    one = [np.concatenate(column) for column in zip(*answers, strict=True)]
    assert len(one[0]) > 10_000
    two = screen(rows, np.ones(300), 1.0, np.full(200, 2.0), lambda s, t, v, n: (s, t, v), 1)
    for got, wanted in zip(one, zip(*two, strict=True), strict=True):
        assert got.tolist() == np.concatenate(wanted).tolist()
