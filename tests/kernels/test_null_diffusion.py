"""Sessions, curves, habits and meetings against slow ones, and the chance of meeting against dice."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.kernels.null_diffusion import CLASSES, EDGES, LONGEST, PAUSE, PRIOR, Timeline
from graphnet.nulls import diffusion

WINDOWS = (10, 60, 240)
ACCOUNTS, THINGS = 6, 7
Share = tuple[int, int, int]
TIME = st.one_of(st.integers(0, 400), st.integers(0, 20_000), st.integers(0, 2_500_000))
SHARES = st.dictionaries(
    st.tuples(st.integers(0, ACCOUNTS - 1), st.integers(0, THINGS - 1)), TIME, min_size=1, max_size=36
)
"""(account, thing) -> time."""


def timeline(shares: dict[tuple[int, int], int], windows: tuple[int, ...] = WINDOWS) -> tuple[Timeline, list[int]]:
    born = [min([t for (_, o), t in shares.items() if o == thing], default=0) for thing in range(THINGS)]
    account, thing = (np.array([key[i] for key in shares], np.int32) for i in (0, 1))
    time = np.array(list(shares.values()), np.int64)
    return Timeline.of(account, thing, time, np.array(born, np.int64), ACCOUNTS, windows), born


class Slow:
    """The same in plain Python, from the words of docs/validity.md."""

    def __init__(self, shares: dict[tuple[int, int], int], born: list[int]) -> None:
        self.shares, self.born = shares, born
        classes = [self.age_class(o, t) for (_, o), t in shares.items()]
        self.usual = [classes.count(g) / len(classes) for g in range(5)]

    def age_bin(self, thing: int, time: int) -> int:
        age = time - self.born[thing]
        return max(b for b in range(len(EDGES) - 1) if EDGES[b] <= age)

    def age_class(self, thing: int, time: int) -> int:
        age = time - self.born[thing]
        return sum(age >= edge for edge in (60, 300, 1800, 86_400))

    def habit(self, account: int, g: int) -> float:
        own = [self.age_class(o, t) for (a, o), t in self.shares.items() if a == account]
        return (own.count(g) + PRIOR * self.usual[g]) / ((len(own) + PRIOR) * self.usual[g])

    def place(self, account: int, thing: int) -> dict[int, float]:
        """P(b | o) of one account."""
        bins = [self.age_bin(thing, t) for (_, o), t in self.shares.items() if o == thing]
        weight = {b: bins.count(b) * self.habit(account, int(CLASSES[b])) for b in set(bins)}
        return {b: w / sum(weight.values()) for b, w in weight.items()}

    def meet(self, one: int, two: int, thing: int, window: int) -> float:
        p, q = self.place(one, thing), self.place(two, thing)
        total = 0.0
        for b in p:
            width = EDGES[b + 1] - EDGES[b]
            total += p[b] * q[b] * (1.0 if window >= width else 1 - (1 - window / width) ** 2)
            if b + 1 in p:
                beyond = EDGES[b + 2] - EDGES[b + 1]
                near = window**2 / (2 * width * beyond) if window < width else (window - width / 2) / beyond
                total += (p[b] * q[b + 1] + q[b] * p[b + 1]) * min(1.0, near)
        return min(1.0, total)

    def sessions(self, account: int) -> list[list[int]]:
        """Things of each session, in order."""
        own = sorted((t, o) for (a, o), t in self.shares.items() if a == account)
        out = [[own[0][1]]] if own else []
        for (before, _), (now, thing) in pairwise(own):
            if now - before > PAUSE:
                out.append([])
            out[-1].append(thing)
        return out

    def met(self, one: int, two: int, window: int) -> tuple[int, float]:
        """Sessions of ``one`` in which the two met, and expected ones."""
        seen, expected = 0, 0.0
        for session in self.sessions(one):
            both = [o for o in session if (two, o) in self.shares]
            seen += any(abs(self.shares[one, o] - self.shares[two, o]) <= window for o in both)
            expected += 1 - float(np.prod([1 - self.meet(one, two, o, window) for o in both]))
        return seen, expected


@settings(deadline=None, max_examples=60)
@given(shares=SHARES)
def test_meetings_are_those_of_the_slow_count(shares: dict[tuple[int, int], int]) -> None:
    table, born = timeline(shares)
    slow = Slow(shares, born)
    source, target = (np.array(x, np.int32) for x in np.triu_indices(ACCOUNTS, 1))
    found = table.meetings(source, target)
    for pair, (one, two) in enumerate(zip(source.tolist(), target.tolist(), strict=True)):
        for which, window in enumerate(WINDOWS):
            for side, (here, there) in enumerate(((one, two), (two, one))):
                seen, expected = slow.met(here, there, window)
                assert found.seen[pair, which, side] == seen
                assert found.expected[pair, which, side] == pytest.approx(expected, rel=1e-9, abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(shares=SHARES, threads=st.sampled_from([1, 3]), active=st.sets(st.integers(0, ACCOUNTS - 1)))
def test_candidates_met_in_two_sessions_of_the_source(
    shares: dict[tuple[int, int], int], threads: int, active: set[int]
) -> None:
    table, born = timeline(shares)
    slow = Slow(shares, born)
    part = np.isin(np.arange(ACCOUNTS), list(active))
    answers = table.candidates(lambda s, t: list(zip(s.tolist(), t.tolist(), strict=True)), part, threads)
    wanted = [(i, j) for i in sorted(active) for j in sorted(active) if i < j and slow.met(i, j, max(WINDOWS))[0] >= 2]
    assert [pair for piece in answers for pair in piece] == wanted


@settings(deadline=None, max_examples=30)
@given(shares=SHARES, chance=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_digit(shares: dict[tuple[int, int], int], chance: object) -> None:
    rows = list(shares.items())
    chance.shuffle(rows)  # type: ignore[attr-defined]
    source, target = (np.array(x, np.int32) for x in np.triu_indices(ACCOUNTS, 1))
    one, two = (timeline(s)[0].meetings(source, target) for s in (shares, dict(rows)))
    assert one.seen.tolist() == two.seen.tolist()
    assert one.expected.tolist() == two.expected.tolist()


@pytest.mark.parametrize("window", [1, 10, 59, 60, 61, 200, 240])
@pytest.mark.parametrize("bins", [(0, 0), (0, 1), (1, 1), (1, 2), (2, 3), (3, 3), (10, 11), (51, 52)])
def test_the_chance_of_meeting_is_that_of_dice(window: int, bins: tuple[int, int]) -> None:
    """Two accounts share two things, each once in either place, so that neither has a habit of its own."""
    random = np.random.default_rng(1)
    low, high = (EDGES[list(bins)], EDGES[np.array(bins) + 1])
    draws = [low[w] + random.random(w.shape) * (high - low)[w] for w in random.integers(0, 2, (2, 400_000))]
    wanted = np.mean(np.abs(draws[0] - draws[1]) <= window)
    born = np.array([0, 10**8], np.int64)
    account, thing = np.array([0, 1, 0, 1], np.int32), np.array([0, 0, 1, 1], np.int32)
    time = np.append(low, low[::-1]) + born[thing]
    table = Timeline.of(account, thing, time, born, 2, (window,))
    got = table.meetings(np.array([0], np.int32), np.array([1], np.int32)).expected[0, 0]
    assert got == pytest.approx([2 * wanted, 2 * wanted], abs=0.006)


def test_no_two_bins_that_do_not_touch_come_closer_than_the_longest_window() -> None:
    assert (EDGES[2:] - EDGES[1:-1]).min() == LONGEST == diffusion.LONGEST


def test_five_classes_of_latency() -> None:
    at = {0: 0, 59: 0, 60: 1, 299: 1, 300: 2, 1799: 2, 1800: 3, 86_399: 3, 86_400: 4, 10**7: 4}
    for age, wanted in at.items():
        place = min(np.searchsorted(EDGES, age, side="right") - 1, len(CLASSES) - 1)
        assert CLASSES[place] == wanted
