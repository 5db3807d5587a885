"""Communities of interest: told from who acts on what, of one size, the same whatever the order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.nulls import Shares
from graphnet.nulls._interests import SMALLEST, communities
from graphnet.nulls.assess import assess
from graphnet.nulls.interest import Interest
from graphnet.nulls.popularity import Popularity

FANDOMS = 8
THINGS = 40 * FANDOMS


def follows(seed: int, accounts: int = 1600, each: int = 30) -> Shares:
    """Accounts act on things of their fandom, the favourites most, and now and then on others."""
    random = np.random.default_rng(seed)
    who = np.repeat(np.arange(accounts), each)
    own = 40 * (who % FANDOMS) + (40 * random.random(len(who)) ** 2).astype(int)
    what = np.where(random.random(len(who)) < 0.7, own, (THINGS * random.random(len(who)) ** 1.5).astype(int))
    return Shares.of(who, what, lasting=True)


def test_fandoms_are_told_apart() -> None:
    found = communities(follows(1))
    fandom = np.arange(THINGS) // 40
    main = [np.bincount(fandom[found == part]).max() / (found == part).sum() for part in range(found.max() + 1)]
    assert np.mean(main) > 0.9


@settings(deadline=None, max_examples=30)
@given(
    rows=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 150)), max_size=400),
    seed=st.integers(0, 3),
    smallest=st.sampled_from([5, SMALLEST, 80]),
)
def test_every_thing_that_is_acted_on_is_in_one_part_of_ordinary_size(
    rows: list[tuple[int, int]], seed: int, smallest: int
) -> None:
    account, thing = zip(*rows, strict=True) if rows else ((), ())
    shares = Shares.of(account, thing)
    found = communities(shares, seed, smallest)
    assert ((found >= 0) == (shares.popularity > 0)).all()
    sizes = np.bincount(found[found >= 0])
    assert (sizes < 2 * smallest).all()
    assert len(sizes) <= 1 or (sizes >= smallest).all()


def test_the_order_of_rows_and_what_chance_did_before_change_nothing() -> None:
    shares = follows(2)
    order = np.random.default_rng(3).permutation(len(shares))
    np.random.rand(5)
    again = Shares.of(shares.account[order], shares.object[order], lasting=True)
    assert communities(shares).tolist() == communities(again).tolist()


@pytest.mark.parametrize("seed", range(3))
def test_fans_are_explained_and_a_ring_across_interests_is_not(seed: int) -> None:
    """Twenty accounts of all fandoms act on the same fifty things of all fandoms."""
    shares = follows(seed)
    random = np.random.default_rng(seed)
    ring = 20
    what = random.choice(THINGS, 50, replace=False)
    more = Shares.of(
        np.append(shares.account, np.repeat(np.arange(ring), 50)),
        np.append(shares.object, np.tile(what, ring)),
        lasting=True,
    )
    kept = []
    for data in (shares, more):
        found = assess(replace(data, author=communities(data)), [Popularity(), Interest()])
        kept.append(found.pairs.among(found.kept))
    assert len(kept[0]) == 0
    inside = (kept[1].source < ring) & (kept[1].target < ring)
    assert inside.sum() > 0.5 * ring * (ring - 1) / 2
    assert inside.all()


def test_things_that_nobody_acts_on_have_no_interest() -> None:
    assert communities(Shares.of([], [])).tolist() == []
    assert communities(Shares.of([0, 1], [0, 2])).tolist() == [0, -1, 0]
