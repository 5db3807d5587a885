"""Shares and pairs: what is counted once, what is left out, what keeps its number."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.nulls import NO_TIME, Pairs, Shares

ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 6), st.one_of(st.just(NO_TIME), st.integers(-100, 100))), max_size=40
)


def of(rows: list[tuple[int, int, int]], **given: object) -> Shares:
    columns = [np.array([r[i] for r in rows], np.int64) for i in range(3)]
    return Shares.of(*columns, accounts=6, **given)  # type: ignore[arg-type]


@settings(deadline=None)
@given(rows=ROWS)
def test_each_account_shares_a_thing_once_at_its_first_known_time(rows: list[tuple[int, int, int]]) -> None:
    first: dict[tuple[int, int], int] = {}
    for account, thing, time in rows:
        known = [t for t in (time, first.get((thing, account), NO_TIME)) if t != NO_TIME]
        first[thing, account] = min(known, default=NO_TIME)
    shares = of(rows)
    got = list(zip(shares.object.tolist(), shares.account.tolist(), strict=True))
    assert dict(zip(got, shares.time.tolist(), strict=True)) == first
    assert got == sorted(first)
    assert shares.activity.tolist() == [sum(a == i for _, a in first) for i in range(6)]
    assert shares.popularity.tolist() == [sum(t == i for t, _ in first) for i in range(shares.objects)]


@settings(deadline=None)
@given(rows=ROWS, created=st.lists(st.one_of(st.just(NO_TIME), st.integers(-120, 120)), min_size=7, max_size=7))
def test_a_thing_is_born_when_it_was_made_or_first_shared(rows: list[tuple[int, int, int]], created: list[int]) -> None:
    shares = of(rows, created=created)
    for thing in range(7):
        times = [t for _, o, t in rows if o == thing and t != NO_TIME]
        assert shares.first[thing] == min(times, default=NO_TIME)
        assert shares.born[thing] == min(times + [c for c in [created[thing]] if c != NO_TIME], default=NO_TIME)


def test_lasting_things_are_never_born() -> None:
    assert of([(0, 0, 5)], lasting=True).born.tolist() == [NO_TIME]


@settings(deadline=None)
@given(rows=ROWS, keep=st.lists(st.booleans(), min_size=7, max_size=7))
def test_parts_keep_all_numbers(rows: list[tuple[int, int, int]], keep: list[bool]) -> None:
    shares = of(rows, author=list(range(7)))
    part = shares.among(np.array(keep))
    assert (part.accounts, part.objects, part.author.tolist()) == (6, 7, list(range(7)))
    assert part.popularity.tolist() == [n if k else 0 for n, k in zip(shares.popularity, keep, strict=True)]
    some = shares.of_accounts(np.arange(6) < 3)
    assert some.activity.tolist() == [*shares.activity[:3].tolist(), 0, 0, 0]
    assert (shares.timed().time != NO_TIME).all()


@settings(deadline=None)
@given(rows=ROWS, budget=st.floats(0.5, 200))
def test_the_most_popular_go_until_the_rest_is_within_the_budget(
    rows: list[tuple[int, int, int]], budget: float
) -> None:
    shares = of(rows)
    kept = shares.within(budget)
    d = kept.popularity
    assert (d.astype(float) ** 2).sum() <= budget
    gone = shares.popularity[(d == 0) & (shares.popularity > 0)]
    if len(gone):
        least = gone.min()
        assert d.max(initial=0) < least
        # one size more would have been too much
        assert (d.astype(float) ** 2).sum() + least.astype(float) ** 2 * (gone == least).sum() > budget
    assert np.isin(d[d > 0], shares.popularity).all()


@settings(deadline=None)
@given(rows=ROWS)
def test_pairs_count_shared_things(rows: list[tuple[int, int, int]]) -> None:
    one, two = np.triu_indices(6, 1)
    held = [{o for a, o, _ in rows if a == account} for account in range(6)]
    pairs = Pairs.of(of(rows), one, two)
    assert pairs.shared.tolist() == [len(held[i] & held[j]) for i, j in zip(one, two, strict=True)]
    halves = [pairs.among(pairs.source < 2), pairs.among(pairs.source >= 2)]
    assert Pairs.joined(halves).shared.tolist() == pairs.shared.tolist()
    assert len(Pairs.joined([])) == 0
