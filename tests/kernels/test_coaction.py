"""The projection against a naive double loop, against SQL, and against itself in another order."""

from __future__ import annotations

import math
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.errors import InputError
from graphnet.kernels.coaction import NO_TIME, Found, co_action, co_action_of


@dataclass(frozen=True)
class Share:
    account: int
    object: int
    time: int | None
    post: int


Shares = list[Share]
Row = tuple[int, int, int, int]

# the first call in a process loads compiled code
relaxed = settings(deadline=None)
COUNTS = ("objects", "posts", "rows")
WINDOWS = st.sampled_from([None, 0, 1, 7, 30, 1000])
TIMES = st.integers(-40, 60)


def shares_of(times: st.SearchStrategy[Any] = TIMES, most: int = 30) -> st.SearchStrategy[Shares]:
    # few accounts and objects, so that repetitions, ties in time and self pairs are the rule
    row = st.builds(Share, st.integers(0, 5), st.integers(0, 4), times, st.integers(0, 12))
    return st.lists(row, max_size=most)


def run(shares: Shares, **options: Any) -> Found:
    times = [NO_TIME if s.time is None else s.time for s in shares]
    account, thing, post = ([getattr(s, name) for s in shares] for name in ("account", "object", "post"))
    arrays = (np.array(column, np.int64) for column in (account, thing, times, post))
    return co_action(*arrays, **options)


def rows(found: Found) -> list[Row]:
    columns = (found.source, found.target, found.shared, found.quickest)
    return list(zip(*(c.tolist() for c in columns), strict=True))


def naive(
    shares: Shares, *, window: int | None, min_shared: int, count: str, directed: bool = False, loops: bool = False
) -> list[Row]:
    """Every row against every other; sets do the counting."""
    met: dict[tuple[int, int], set[Any]] = defaultdict(set)
    gaps: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, a in enumerate(shares):
        for j, b in enumerate(shares):
            same = a.account == b.account
            if a.object != b.object or i == j or (same and not loops):
                continue
            gap = None if a.time is None or b.time is None else abs(a.time - b.time)
            if window is not None and (gap is None or gap > window):
                continue
            key = {"objects": a.object, "posts": a.post, "rows": (min(i, j), max(i, j))}[count]
            met[a.account, b.account].add(key)
            gaps[a.account, b.account] += [] if gap is None else [gap]
    counts = {pair: len(keys) for pair, keys in met.items()}
    if not directed:
        counts = {(a, b): min(n, counts[b, a]) for (a, b), n in counts.items() if a <= b}
    return sorted((a, b, n, min(gaps[a, b], default=-1)) for (a, b), n in counts.items() if n >= min_shared)


@relaxed
@given(shares_of(), WINDOWS, st.integers(1, 3), st.sampled_from(COUNTS))
def test_agrees_with_a_double_loop(shares: Shares, window: int | None, least: int, count: str) -> None:
    options = {"window": window, "min_shared": least, "count": count}
    assert rows(run(shares, **options)) == naive(shares, **options)


@relaxed
@given(shares_of(), st.integers(0, 30), st.integers(1, 3), st.sampled_from(COUNTS))
def test_loops_agree_with_a_double_loop(shares: Shares, window: int, least: int, count: str) -> None:
    options = {"window": window, "min_shared": least, "count": count, "loops": True}
    assert rows(run(shares, **options)) == naive(shares, **options)


@relaxed
@given(shares_of(), WINDOWS, st.integers(1, 3))
def test_both_directions_agree_with_a_double_loop(shares: Shares, window: int | None, least: int) -> None:
    options = {"window": window, "min_shared": least, "count": "posts", "directed": True}
    assert rows(run(shares, **options)) == naive(shares, **options)


@relaxed
@given(shares_of(st.none() | TIMES), st.sampled_from(COUNTS))
def test_missing_times_only_cost_the_gap(shares: Shares, count: str) -> None:
    options = {"window": None, "min_shared": 1, "count": count}
    assert rows(run(shares, **options)) == naive(shares, **options)


@relaxed
@given(shares_of(), WINDOWS)
def test_weights_are_what_their_formulas_say(shares: Shares, window: int | None) -> None:
    of: dict[int, set[int]] = defaultdict(set)
    by: dict[int, set[int]] = defaultdict(set)
    for s in shares:
        of[s.account].add(s.object)
        by[s.object].add(s.account)
    idf = {o: math.log(len(of) / len(who)) for o, who in by.items()}
    norm = {a: math.sqrt(sum(idf[o] ** 2 for o in objects)) for a, objects in of.items()}
    near = {
        (a.account, b.account, a.object)
        for a in shares
        for b in shares
        if a.object == b.object and (window is None or abs((a.time or 0) - (b.time or 0)) <= window)
    }
    for kind in ("jaccard", "tfidf"):
        found = run(shares, window=window, weight=kind)
        for a, b, n, weight in zip(found.source, found.target, found.shared, found.weight, strict=True):
            shared = [o for o in of[a] & of[b] if (a, b, o) in near]
            cosine = sum(idf[o] ** 2 for o in shared) / norm[a] / norm[b] if norm[a] * norm[b] else 0
            # an object of both that they never shared within the window counts for each of them
            jaccard = n / (len(of[a]) + len(of[b]) - n)
            assert n == len(shared)
            assert weight == pytest.approx(jaccard if kind == "jaccard" else cosine)


@relaxed
@given(shares_of(), WINDOWS, st.integers(1, 3), st.sampled_from(COUNTS), st.integers(1, 4))
def test_the_pairs_of_some_accounts_are_together_those_of_all(
    shares: Shares, window: int | None, least: int, count: str, groups: int
) -> None:
    account, thing, time, post = (
        np.array([getattr(s, name) for s in shares], np.int64) for name in ("account", "object", "time", "post")
    )
    found = []
    for group in range(groups):
        ours = account % groups == group
        # all others come only with what they did where one of these did something
        near = np.isin(thing, thing[ours])
        columns = (c[near] for c in (ours, account, thing, time, post, thing.astype(float)))
        some = co_action_of(*columns, window=window, min_shared=least, count=count)
        assert count == "posts" or set(some.source) <= set(account[ours])
        found += rows(some)
    if count == "posts":
        both = {(a, b): n for a, b, n, _ in found}
        found = [(a, b, min(n, both.get((b, a), 0)), gap) for a, b, n, gap in found if a < b]
        found = [row for row in found if row[2] >= least]
    assert sorted(found) == naive(shares, window=window, min_shared=least, count=count)


def many(n: int = 20_000, seed: int = 5) -> tuple[np.ndarray[Any, Any], ...]:
    random = np.random.default_rng(seed)
    thing = (random.pareto(0.8, n) * 20).astype(np.int64) % 3_000
    return (random.pareto(0.9, n) * 30).astype(np.int64) % 800, thing, random.integers(0, 40_000, n), np.arange(n)


# an equality join on time slots as wide as the window, with both neighbours, then the exact gap
SLOT_JOIN = """
with s as (select account, object, time, cast(floor(time / {w}) as bigint) as slot from shares)
select a.account, b.account, count(distinct a.object), min(abs(a.time - b.time))
from s a join (
    select account, object, time, slot + 1 as slot from s
    union all select account, object, time, slot from s
    union all select account, object, time, slot - 1 from s
) b on a.object = b.object and a.slot = b.slot and a.account < b.account and abs(a.time - b.time) <= {w}
group by 1, 2 having count(distinct a.object) >= {least} order by 1, 2"""


@pytest.mark.parametrize(("window", "least"), [(1, 1), (60, 1), (60, 3), (3600, 5)])
def test_agrees_with_the_sql_slot_join(window: int, least: int) -> None:
    account, thing, time, _ = many()
    with duckdb.connect() as connection:
        connection.register("shares", pa.table({"account": account, "object": thing, "time": time}))
        expected = connection.execute(SLOT_JOIN.format(w=window, least=least)).fetchall()
    assert len(expected) > 20
    assert rows(co_action(account, thing, time, window=window, min_shared=least)) == expected


@pytest.mark.parametrize("window", [None, 60])
@pytest.mark.parametrize(("count", "weight"), [("objects", "tfidf"), ("posts", "count"), ("rows", "count")])
def test_order_of_rows_and_number_of_threads_do_not_matter(window: int | None, count: Any, weight: Any) -> None:
    columns = many(5_000)
    options = {"window": window, "min_shared": 2, "count": count, "weight": weight, "budget": 1e6}
    first = co_action(*columns, threads=1, **options)
    assert len(first) > 20
    for seed, threads in ((1, 1), (2, 2), (3, 7)):
        order = np.random.default_rng(seed).permutation(5_000)
        again = co_action(*(c[order] for c in columns), threads=threads, **options)
        assert rows(again) == rows(first)
        assert again.weight.tobytes() == first.weight.tobytes()
        assert (again.visited, again.d_max) == (first.visited, first.d_max)


def test_a_viral_object_costs_only_what_is_inside_the_window() -> None:
    n = 50_000
    account, time = np.arange(n) % 20_000, np.arange(n) * 10
    found = co_action(account, np.zeros(n, int), time, window=60)
    # six on either side and itself, less at the two ends
    assert found.visited == 13 * n - 2 * (6 + 5 + 4 + 3 + 2 + 1)
    # accounts come round after 20,000 shares, so the pairs of the later rounds are known
    assert len(found) == 6 * 20_000


def test_lonely_shares_and_passive_accounts_are_not_visited() -> None:
    # 0 and 1 meet twice; 2 to 9 meet somebody once; 10 to 99 are alone
    account = np.array([0, 1, 0, 1, *range(2, 10), *range(10, 100)])
    thing = np.array([0, 0, 1, 1, *np.arange(8) // 2, *range(10, 100)])
    time = np.array([0, 5, 100, 105, *range(1000, 1008), *range(90)])
    found = co_action(account, thing, time, window=60, min_shared=2)
    assert rows(found) == [(0, 1, 2, 5)]
    assert found.visited == 8


GROWTH = """
import resource, sys, numpy as np
from graphnet.kernels.coaction import co_action
co_action(np.array([0, 1]), np.array([0, 0]), np.array([0, 1]), window=60)
n = int(sys.argv[1])
account, thing, time = np.arange(n, dtype=np.int32) % (n // 2), np.zeros(n, np.int32), np.arange(n) * 5
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = co_action(account, thing, time, window=300, min_shared=2, threads=2)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, found.visited, len(found))
"""


def test_memory_follows_the_input_not_the_candidate_pairs() -> None:
    """One object shared by 300,000 accounts: 4.5 * 10^10 pairs, 36 million candidates within the window, none kept."""
    n = 600_000
    done = subprocess.run([sys.executable, "-c", GROWTH, str(n)], capture_output=True, text=True, check=True)
    kilobytes, visited, pairs = map(int, done.stdout.split())
    assert visited > 70_000_000
    assert pairs == 0
    # about 60 bytes a share in sorted columns, and per thread 36 an account; the candidates alone would be 580 MB
    assert kilobytes * 1024 < 250 * n


def test_popular_objects_are_dropped_to_stay_within_the_budget() -> None:
    # objects of 2, 3 and 10 accounts cost 4 + 9 + 100
    account = np.array([0, 1, 0, 1, 2, *range(10)])
    thing = np.repeat([0, 1, 2], [2, 3, 10])
    whole = co_action(account, thing, window=None, min_shared=2, budget=113)
    assert rows(whole) == [(0, 1, 3, -1), (0, 2, 2, -1), (1, 2, 2, -1)]
    assert whole.d_max is None
    cut = co_action(account, thing, window=None, min_shared=2, weight="jaccard", budget=112)
    assert rows(cut) == [(0, 1, 2, -1)]
    assert cut.weight.tolist() == [1.0]
    assert (cut.d_max, cut.dropped_objects, cut.dropped_shares, cut.objects, cut.accounts) == (3, 1, 10, 2, 3)
    nothing = co_action(account, thing, window=None, budget=3)
    assert (len(nothing), nothing.d_max, nothing.dropped_objects) == (0, 0, 3)


@given(shares_of(most=60), st.integers(0, 80))
@settings(max_examples=50, deadline=None)
def test_the_budget_holds_and_ties_fall_together(shares: Shares, budget: int) -> None:
    by: dict[int, set[int]] = defaultdict(set)
    for s in shares:
        by[s.object].add(s.account)
    degrees = sorted(len(who) for who in by.values())
    fits = [d for d in {0, *degrees} if sum(x * x for x in degrees if x <= d) <= budget]
    found = run(shares, window=None, budget=budget)
    whole = sum(d * d for d in degrees) <= budget
    assert found.d_max == (None if whole else max(fits))
    kept = [s for s in shares if len(by[s.object]) <= max(fits)]
    assert rows(found) == naive(kept, window=None, min_shared=1, count="objects")


def test_a_repeating_account_is_looked_at_once_without_a_window() -> None:
    account = np.repeat(np.arange(4), 1000)
    found = co_action(account, np.zeros(4000, int), np.arange(4000), window=None)
    assert found.visited == 4000 * 4
    assert rows(found)[0] == (0, 1, 1, 1)


def test_sparse_numbers_need_no_large_arrays() -> None:
    account, thing = np.array([3, 900, 3, 900]), np.array([10**15, 10**15, 5, 5])
    found = co_action(account, thing, np.array([0, 1, 50, 52]), window=10, min_shared=2)
    assert rows(found) == [(3, 900, 2, 1)]


def test_nothing_in_nothing_out() -> None:
    for count in COUNTS:
        for window in (None, 10):
            assert len(run([], window=window, count=count)) == 0


@pytest.mark.parametrize(
    ("times", "options", "says"),
    [
        (None, {"window": 5}, "needs times"),
        ([0, 1], {"window": 5, "count": "rows", "weight": "tfidf"}, "of objects"),
        ([0, 1], {"window": None, "loops": True}, "loops need a window"),
        ([0, NO_TIME], {"window": 5}, "no time in seconds"),
        ([0, 2**62], {"window": None}, "no time in seconds"),
    ],
)
def test_what_does_not_go_together_is_refused(times: Any, options: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        co_action(np.array([0, 1]), np.array([0, 0]), None if times is None else np.array(times), **options)


def test_negative_accounts_are_refused() -> None:
    with pytest.raises(InputError, match="numbered from 0"):
        co_action(np.array([-1, 1]), np.array([0, 0]), window=None)
