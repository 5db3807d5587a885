"""Two harmless groups are called alike no more often than is said, two that one hand sends to the same things are."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import small_study

from graphnet.controls import ENOUGH, activity_strata
from graphnet.crowds import incidence
from graphnet.rows import Side
from graphnet.rows._common import NO_TIME, Common, Things
from graphnet.rows._exchange import REACH, WIDE, exchanged, joined
from graphnet.rows._nulls import Cosine, InCommon, Matched, against_groups
from graphnet.rows.who_first import leads

ACCOUNTS = 600


def alike(folder: Path, seed: int, size: int, lean: float, sent: int = 0) -> list[Matched | None]:
    """Two groups of accounts that act by taste and popularity, the busier drawn more often by a power.

    ``sent``: things, done by nobody else, that every account of both groups does five of.
    """
    rng = np.random.default_rng((26, seed))
    busy = np.minimum((rng.pareto(1.1, ACCOUNTS) + 1) * 6, 80)
    who = np.repeat(np.arange(ACCOUNTS), 1 + rng.poisson(busy))
    taste = 17 * rng.integers(0, 6, ACCOUNTS)[who] * (rng.random(len(who)) < 0.5)
    what = (rng.zipf(1.5, len(who)) + taste) % ACCOUNTS
    groups = rng.choice(ACCOUNTS, (2, size), replace=False, p=busy**lean / (busy**lean).sum())
    told = np.repeat(groups.ravel(), 5) if sent else np.zeros(0, np.int64)
    who, what = np.append(who, told), np.append(what, ACCOUNTS + rng.integers(0, max(sent, 1), len(told)))
    width = ACCOUNTS + sent
    acts = pa.table({"account": who, "target": what}).to_pylist()
    study = small_study(folder, width, actions=[a | {"kind": "retweet", "weight": 1.0} for a in acts])
    common = Common.of([study], rounds=99)
    common.members.extend(np.sort(groups, axis=1))
    one, two = (Side(n, study, g, common, 0, g, g) for n, g in zip("ab", common.members, strict=True))
    table = incidence(who, what, (width, width))
    table.data[:] = 1
    return [against_groups(one, two, table, figure) for figure in (Cosine(int(common.outside.sum())), InCommon())]


@pytest.mark.parametrize(("size", "lean"), [(50, 0.5), (100, 0), (100, 0.5), (100, 1), (100, -1)])
def test_two_random_groups_are_not_alike(tmp_path: Path, size: int, lean: float) -> None:
    """Against groups of others alone 13 of 30 pairs of busy groups of 100 had p <= .05 by things in common."""
    told = [alike(tmp_path / f"s{seed}", seed, size, lean) for seed in range(8)]
    assert sum(one is not None for pair in told for one in pair) >= 12
    for k in (0, 1):
        assert sum(pair[k].p <= 0.05 for pair in told if pair[k]) <= 2  # type: ignore[union-attr]


@pytest.mark.parametrize(("size", "lean"), [(20, 0.5), (100, 0), (100, 1)])
def test_two_groups_sent_to_the_same_things_are_alike(tmp_path: Path, size: int, lean: float) -> None:
    """However many of the accounts that are as active they are, so that exchanges hold many of them."""
    told = alike(tmp_path / "s", 0, size, lean, sent=40)
    assert [one.p if one else None for one in told] == [0.01, 0.01]


# Cells ---------------------------------------------------------------------------------------------------------------

PEOPLE = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 2), st.booleans()), min_size=4, max_size=60)


@given(PEOPLE)
def test_accounts_change_places_within_their_interest_and_reach(people: list[tuple[int, int, bool]]) -> None:
    acts, interest = (np.array([p[k] for p in people]) for k in (0, 1))
    mine = np.array([p[2] for p in people])
    strata = activity_strata(acts)
    cells = joined(np.where(acts > 0, interest * WIDE + strata, -1), mine, ~mine)
    for cell in np.unique(cells).tolist():
        some = np.flatnonzero(cells == cell)
        assert len(set(acts[some] > 0)) == 1
        if acts[some[0]]:
            assert len(set(interest[some].tolist())) == 1
            assert np.ptp(strata[some]) <= REACH
            # strata are joined only for want of others, the quietest ending it
            held = [some[strata[some] > s] for s in np.unique(strata[some])[:-1]]
            assert all((~mine[h]).sum() < ENOUGH * len(h) for h in held)


@given(PEOPLE, st.integers(0, 5))
def test_exchanges_keep_the_size_and_weigh_busier_accounts_less(people: list[tuple[int, int, bool]], seed: int) -> None:
    acts, interest = (np.array([p[k] for p in people]) for k in (0, 1))
    mine = np.array([p[2] for p in people])
    own = np.flatnonzero(mine)
    made = exchanged(own, acts, interest, ~mine, 20, (seed,))
    assert made.groups.shape in ((0, len(own)), (20, len(own)))
    assert all(len(set(group)) == len(own) for group in made.groups.tolist())
    assert ((made.weight > 0) & (made.weight <= 1)).all()
    cells = joined(np.where(acts > 0, interest * WIDE + activity_strata(acts), -1), mine, ~mine)
    for group in made.groups:
        np.testing.assert_array_equal(np.sort(cells[group]), np.sort(cells[own]))
    order = np.lexsort((acts, cells))
    for i, j in pairwise(order.tolist()):
        if cells[i] == cells[j]:
            assert made.weight[i] * max(acts[i], 1) == pytest.approx(made.weight[j] * max(acts[j], 1))


def test_who_has_nobody_as_active_or_of_the_same_interest_has_no_groups() -> None:
    free = np.arange(40) >= 10
    for acts, interest in ((np.where(free, 5, 500), np.ones(40)), (np.full(40, 5), np.where(free, 1, 2))):
        assert not len(exchanged(np.arange(10), acts, interest.astype(np.int64), free, 9, (7,)).groups)


# Who was first -------------------------------------------------------------------------------------------------------

ACTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(-1, 6)), max_size=40)
KEEP = st.lists(st.booleans(), min_size=4, max_size=4)


@given(
    ACTS, st.lists(st.permutations(range(6)), min_size=1, max_size=3), st.lists(st.booleans(), min_size=4, max_size=4)
)
def test_leads_of_groups_are_counted_as_by_hand(
    acts: list[tuple[int, int, int]], orders: list[list[int]], keep: list[bool]
) -> None:
    rows = np.array(acts, dtype=np.int64).reshape(-1, 3)
    time = np.where(rows[:, 2] < 0, NO_TIME, rows[:, 2])
    nothing, unknown = np.full(len(rows), -1), np.full(4, -1)
    things = Things(rows[:, 0], rows[:, 1], time, nothing, nothing, list("abcd"), unknown, unknown)
    other = np.array([3, NO_TIME, 0, 5])
    found = leads(things, np.array(keep), other, np.array([order[:3] for order in orders]), 6)
    for order, lead in zip(orders, found.tolist(), strict=True):
        slow = 0
        for thing in range(4):
            times = [t for a, o, t in acts if a in order[:3] and o == thing and t >= 0]
            if times and keep[thing] and other[thing] != NO_TIME:
                slow += int(np.sign(min(times) - other[thing]))
        assert lead == slow
