"""Size and power: in worlds without coordination small p are no more frequent than they say; planted groups show."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import null_worlds as worlds
import numpy as np
import pytest

from graphnet.nulls import Null, Pairs, Shares
from graphnet.nulls.assess import assess
from graphnet.nulls.diffusion import Diffusion
from graphnet.nulls.interest import Interest
from graphnet.nulls.popularity import Popularity

LEVELS = (0.2, 0.05, 0.01, 1e-3)
ALL = (Popularity(), Interest(), Diffusion())


def every_p(world: Callable[..., Shares], null: Null, seeds: range) -> np.ndarray:
    """p of all pairs of accounts that share five things or more, over several worlds."""
    found = []
    for seed in seeds:
        shares = world(np.random.default_rng(seed))
        active = np.flatnonzero(shares.activity >= 5)
        one, two = np.triu_indices(len(active), 1)
        pairs = Pairs.of(shares, active[one], active[two])
        found.append(null.fit(null.usable(shares)).test(pairs).p)
    return np.concatenate(found)


@pytest.mark.parametrize(
    ("world", "null"),
    [
        (worlds.crowd, Popularity()),
        (worlds.fandoms, Interest()),
        (worlds.spreading, Diffusion()),
        (worlds.spreading, Diffusion(quick=10, middle=10, slow=10)),
    ],
    ids=["crowd", "fandoms", "spreading", "spreading-10s"],
)
def test_small_p_are_no_more_frequent_than_they_say(world: Callable[..., Shares], null: Null) -> None:
    p = every_p(world, null, range(4))
    assert len(p) > 80_000
    for level in LEVELS:
        # pairs of one account hang together: a quarter more than exact is within chance for these worlds
        assert np.mean(p <= level) <= 1.25 * level, level
    assert p.min() > 1e-6


def test_popularity_alone_takes_every_fandom_for_coordination() -> None:
    """… which is why it is a screen, and why the size tests above mean something."""
    p = every_p(worlds.fandoms, Popularity(), range(2))
    assert np.mean(p <= 1e-4) > 20 * 1e-4


@pytest.mark.parametrize("world", [worlds.fandoms, worlds.spreading], ids=["fandoms", "spreading"])
@pytest.mark.parametrize("seed", range(5))
def test_no_tie_in_worlds_without_coordination(world: Callable[..., Shares], seed: int) -> None:
    found = assess(world(np.random.default_rng(100 + seed)), ALL)
    assert found.summary["accounts"] > 100
    assert found.kept.sum() == 0


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_group_is_found_and_nobody_else(seed: int) -> None:
    random = np.random.default_rng(seed)
    size = 15
    shares = worlds.plant(worlds.spreading(random), random, size, times=30, window=60)
    found = assess(shares, ALL)
    kept = found.pairs.among(found.kept)
    planted = set(combinations(range(size), 2))
    ties = set(zip(kept.source.tolist(), kept.target.tolist(), strict=True))
    assert len(ties & planted) >= 0.8 * len(planted)
    assert len(ties - planted) <= 0.05 * len(ties)
