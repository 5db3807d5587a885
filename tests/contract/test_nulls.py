"""What every null that the registry finds has to keep to."""

from __future__ import annotations

import numpy as np
import pytest

from graphnet import registry
from graphnet.nulls import Null, Pairs, Seeker, Shares

EVERY = sorted(registry.find("nulls"))


@pytest.fixture(params=EVERY)
def null(request: pytest.FixtureRequest) -> Null:
    made: Null = registry.get("nulls", request.param)()
    return made


@pytest.fixture(scope="module")
def shares() -> Shares:
    random = np.random.default_rng(4)
    account, thing = random.integers(0, 60, 2500), random.integers(0, 400, 2500)
    created = 1_600_000_000 + random.integers(0, 10 * 86_400, 400)
    time = created[thing] + random.integers(0, 50_000, 2500)
    return Shares.of(account, thing, time, author=np.arange(400) % 30, created=created)


def all_pairs(shares: Shares) -> Pairs:
    return Pairs.of(shares, *np.triu_indices(shares.accounts, 1))


def test_the_usual_ones_are_there() -> None:
    assert {"popularity", "interest", "diffusion"} <= set(EVERY)


def test_each_side_has_one_that_looks_for_pairs(shares: Shares) -> None:
    nulls = [registry.get("nulls", name)() for name in EVERY]
    for side in ("what", "when"):
        assert any(isinstance(n.fit(shares), Seeker) for n in nulls if n.side == side)


def test_it_says_what_it_is(null: Null) -> None:
    assert null.name
    assert null.title
    assert null.side in ("what", "when")
    assert registry.make("nulls", registry.describe(null)) == null


def test_it_answers_for_each_pair(null: Null, shares: Shares) -> None:
    assert null.missing(shares) is None
    pairs = all_pairs(null.usable(shares))
    tested = null.fit(null.usable(shares)).test(pairs)
    assert len(tested.seen) == len(tested.expected) == len(tested.p) == len(pairs)
    assert (tested.expected >= 0).all()
    assert (tested.p > 0).all()
    assert (tested.p <= 1).all()
    assert (tested.p[tested.seen == 0] == 1).all()


def test_a_pair_is_judged_alike_alone_and_among_others(null: Null, shares: Shares) -> None:
    pairs = all_pairs(shares)
    model = null.fit(shares)
    whole = model.test(pairs)
    for place in (0, 100, len(pairs) - 1):
        alone = model.test(pairs.among(np.arange(len(pairs)) == place))
        assert (alone.seen[0], alone.expected[0], alone.p[0]) == (
            whole.seen[place],
            whole.expected[place],
            whole.p[place],
        )


def test_pairs_that_act_apart_have_p_1(null: Null) -> None:
    account = np.repeat(np.arange(4), 6)
    thing = np.where(account < 2, np.tile(np.arange(6), 4), 6 + np.tile(np.arange(6), 4))
    created = 1_600_000_007 + np.arange(12) * 9000
    shares = Shares.of(account, thing, created[thing] + account, author=np.zeros(12, int), created=created)
    assert null.fit(shares).test(Pairs.of(shares, [0, 1], [2, 3])).p.tolist() == [1.0, 1.0]


def test_missing_information_is_named(null: Null, shares: Shares) -> None:
    empty = null.missing(Shares.of([], []))
    assert empty
    assert empty == empty.strip().rstrip(".")
    lasting = Shares.of(shares.account, shares.object, lasting=True)
    if null.side == "when":
        assert null.missing(lasting)


def test_the_sentence_holds_both_numbers(null: Null) -> None:
    sentence = null.sentence(17, 0.84, "posts")
    assert "17 seen" in sentence
    assert "0.8 " in sentence
    assert "posts" in sentence


def test_candidates_are_active_pairs_in_order(null: Null, shares: Shares) -> None:
    model = null.fit(shares)
    if not isinstance(model, Seeker):
        pytest.skip(f"{null.name} tests pairs, it does not look for them")
    active = np.arange(shares.accounts) % 3 > 0
    found = Pairs.joined(model.candidates(lambda pairs: pairs, active))
    assert active[found.source].all()
    assert active[found.target].all()
    assert (found.source < found.target).all()
    key = found.source.astype(np.int64) * shares.accounts + found.target
    assert (np.diff(key) > 0).all()
    # it finds what it would reject
    pairs = all_pairs(shares)
    pairs = pairs.among(active[pairs.source] & active[pairs.target])
    small = model.test(pairs).p <= 1e-4
    assert np.isin((pairs.source.astype(np.int64) * shares.accounts + pairs.target)[small], key).all()
