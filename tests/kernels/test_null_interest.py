"""The fitting against what it has to keep, against linear programs, and against a slow fitting."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from graphnet.kernels.null_interest import CLOSE, SWEEPS, Cells, Fit, count_entries, expectation, fit

AUTHORS, DAYS = 4, 4
SHARES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, AUTHORS - 1), st.integers(0, DAYS - 1)), min_size=1, max_size=40
)
"""(account, author, day)."""


def fitted(
    shares: list[tuple[int, int, int]], threads: int | None = None
) -> tuple[Cells, Fit, dict[tuple[int, int], int]]:
    named = sorted({(author, day) for _, author, day in shares})
    number = {cell: i for i, cell in enumerate(named)}
    authors = np.unique([a for a, _ in named], return_inverse=True)[1]
    days = np.unique([d for _, d in named], return_inverse=True)[1]
    size = np.bincount([number[a, d] for _, a, d in shares]).astype(np.float64)
    cells = Cells.of(authors, days, size)
    account = np.array([a for a, _, _ in shares], np.int32)
    cell = np.array([number[a, d] for _, a, d in shares], np.int32)
    return cells, fit(cells, account, cell, 4, threads), number


def mine(found: Fit, account: int) -> dict[int, float]:
    part = slice(found.starts[account], found.starts[account + 1])
    return dict(zip(found.cell[part].tolist(), found.share[part].tolist(), strict=True))


@settings(deadline=None)
@given(shares=SHARES)
def test_author_and_day_totals_are_met(shares: list[tuple[int, int, int]]) -> None:
    _, found, number = fitted(shares)
    assert found.unsettled == 0
    for account in range(4):
        share = mine(found, account)
        for which in (1, 2):
            wanted = Counter(s[which] for s in shares if s[0] == account)
            for value, total in wanted.items():
                got = sum(share.get(i, 0.0) for cell, i in number.items() if cell[which - 1] == value)
                assert got == pytest.approx(total, rel=CLOSE * 1.01)
        assert all(value >= 0 for value in share.values())


@settings(deadline=None, max_examples=60)
@given(shares=SHARES)
def test_cells_are_left_out_only_if_no_way_of_sharing_uses_them(shares: list[tuple[int, int, int]]) -> None:
    """A linear program finds the most that each cell can hold under the account's totals."""
    _, found, number = fitted(shares)
    for account in {s[0] for s in shares}:
        own = [s for s in shares if s[0] == account]
        cells = [c for c in number if c[0] in {s[1] for s in own} and c[1] in {s[2] for s in own}]
        share = mine(found, account)
        assert sorted(share) == sorted(number[c] for c in cells)
        rows = [[float(c[w] == v) for c in cells] for w in (0, 1) for v in sorted({s[w + 1] for s in own})]
        totals = [sum(s[w + 1] == v for s in own) for w in (0, 1) for v in sorted({s[w + 1] for s in own})]
        for place, cell in enumerate(cells):
            goal = -np.eye(len(cells))[place]
            most = -linprog(goal, A_eq=np.array(rows), b_eq=np.array(totals, float)).fun
            assert (share[number[cell]] == 0.0) == (most < 1e-9), (cell, most)


def slow_fit(
    own: list[tuple[int, int]], sizes: dict[tuple[int, int], float], sweeps: int
) -> dict[tuple[int, int], float]:
    """The start and the sweeps as written down, over all existing cells of the account's authors and days."""
    author, day = Counter(a for a, _ in own), Counter(d for _, d in own)
    of_author = Counter[int]()
    for (a, _), size in sizes.items():
        of_author[a] += int(size)
    q = {
        c: author[c[0]] * day[c[1]] * size / of_author[c[0]] for c, size in sizes.items() if author[c[0]] and day[c[1]]
    }
    for _ in range(sweeps):
        for which, totals in ((0, author), (1, day)):
            have = Counter[int]()
            for cell, value in q.items():
                have[cell[which]] += value  # type: ignore[assignment]
            q = {cell: value * totals[cell[which]] / have[cell[which]] for cell, value in q.items()}
    return q


@settings(deadline=None, max_examples=30)
@given(shares=SHARES)
def test_it_is_the_limit_of_the_slow_fitting(shares: list[tuple[int, int, int]]) -> None:
    cells, found, number = fitted(shares)
    sizes = {cell: float(cells.size[i]) for cell, i in number.items()}
    for account in {s[0] for s in shares}:
        slow = slow_fit([(a, d) for who, a, d in shares if who == account], sizes, 3000)
        share = mine(found, account)
        # the slow one creeps towards cells that are forced to 0
        assert all(share[number[cell]] == pytest.approx(value, abs=5e-3) for cell, value in slow.items())


def test_a_forced_zero_settles_at_once() -> None:
    """Author 0 on both days, author 1 on the second only, whose total it uses up: cell (0, second) has to be empty."""
    _, found, number = fitted([(0, 0, 0), (0, 1, 1), (1, 0, 1)])
    assert mine(found, 0) == {number[0, 0]: 1.0, number[0, 1]: 0.0, number[1, 1]: 1.0}
    assert found.sweeps[0] < 5 < SWEEPS


@settings(deadline=None, max_examples=40)
@given(shares=SHARES, data=st.data())
def test_the_expectation_is_the_sum_over_common_cells(shares: list[tuple[int, int, int]], data: st.DataObject) -> None:
    cells, found, _ = fitted(shares)
    weight = np.array(data.draw(st.lists(st.floats(0, 1), min_size=len(cells.size), max_size=len(cells.size))))
    pairs = np.array(data.draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=12)), np.int32)
    source, target = pairs.reshape(-1, 2).T.copy()
    got = expectation(found, weight, source, target)
    for value, one, two in zip(got, source, target, strict=True):
        other = mine(found, int(two))
        slow = sum(share * other.get(cell, 0.0) * weight[cell] for cell, share in mine(found, int(one)).items())
        assert value == pytest.approx(slow, rel=1e-12, abs=1e-15)


@settings(deadline=None, max_examples=30)
@given(shares=SHARES, chance=st.randoms(use_true_random=False))
def test_rows_in_any_order_and_any_threads_give_the_same_to_the_last_digit(
    shares: list[tuple[int, int, int]], chance: object
) -> None:
    shuffled = list(shares)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = fitted(shares, 1)[1], fitted(shuffled, 3)[1]
    assert one.cell.tolist() == two.cell.tolist()
    assert one.share.tolist() == two.share.tolist()


def test_entries_are_counted_before_they_are_made() -> None:
    cells, found, number = fitted([(0, 0, 0), (0, 1, 1), (1, 0, 1), (3, 2, 2)])
    shares = [(0, 0, 0), (0, 1, 1), (1, 0, 1), (3, 2, 2)]
    account = np.array([s[0] for s in shares], np.int32)
    cell = np.array([number[s[1], s[2]] for s in shares], np.int32)
    assert count_entries(cells, account, cell, 4).tolist() == np.diff(found.starts).tolist() == [3, 1, 0, 1]
