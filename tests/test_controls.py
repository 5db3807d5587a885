"""Random groups as active as a community."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest
from small_study import small_study

from graphnet import controls
from graphnet.controls import Exchange, _draw, exchanged, matched, place
from graphnet.crowds import Crowds

# Control groups ------------------------------------------------------------------------------------------------------


def heavy_tailed(n, seed):
    return np.minimum(np.random.default_rng(seed).zipf(1.6, n), 5000).astype(np.int64)


def drawn(members, activity, count=199, seed=7, taken=None, label=1):
    groups = Crowds.of([label] * len(members), members)
    outside = np.ones(len(activity), dtype=bool)
    outside[members if taken is None else taken] = False
    return matched(groups, activity, outside, count, seed)


def test_control_groups_have_the_size_no_member_and_no_account_twice():
    activity = heavy_tailed(3000, 1)
    members, others = np.arange(50), np.arange(50, 120)
    found = drawn(members, activity, taken=np.arange(120))
    assert len(found.crowds) == 199
    for i in range(199):
        group = found.crowds.members(i)
        assert len(set(group.tolist())) == 50
        assert not set(group.tolist()) & {*members, *others}
    assert found.words == ["groups of accounts as active"]


def test_control_groups_are_as_active_as_the_group():
    activity = heavy_tailed(20_000, 2)
    busy = np.argsort(-activity)[200:600:10]
    found = drawn(busy, activity)
    mine, theirs = np.log(activity[busy]), np.log(activity[found.crowds.account].reshape(199, -1))
    # every member is replaced by one of its own half octave, so sorted side by side they differ by less than that
    assert np.abs(np.sort(theirs, axis=1) - np.sort(mine)).max() < np.log(2) / 2 + 1e-9
    # and without matching they would not be: the ordinary account is far less active
    assert np.median(np.log(activity)) < mine.min() - 1


def test_every_account_of_a_stratum_is_as_likely():
    activity = np.full(40, 8)
    found = drawn(np.arange(4), activity, count=4000)
    times = np.bincount(found.crowds.account, minlength=40)
    assert not times[:4].any()
    expected = 4000 * 4 / 36
    # chi-square with 35 degrees of freedom: 66.6 is its 99.9 % quantile (draws without replacement spread less)
    assert ((times[4:] - expected) ** 2 / expected).sum() < 66.6


def test_a_stratum_with_too_few_accounts_is_joined_to_its_neighbour_and_the_words_say_so():
    activity = np.array([100] * 30 + [60] * 500)
    found = drawn(np.arange(30), activity)
    assert found.words == ["groups of accounts of the nearest activity there is (median 60 actions, here 100)"]
    assert (activity[found.crowds.account] == 60).all()


def test_accounts_far_less_active_are_nothing_to_compare_with_and_the_words_say_so():
    activity = np.array([1000] * 30 + [10] * 500)
    found = drawn(np.arange(30), activity)
    assert len(found.crowds) == 0
    assert found.words == ["no control groups: accounts outside it are not as active (median 10 actions, here 1,000)"]


def test_accounts_as_active_of_other_communities_come_before_free_ones_that_are_not():
    activity = np.array([1000] * 130 + [10] * 500)
    found = drawn(np.arange(30), activity, taken=np.arange(130))
    assert found.words == ["groups of accounts as active, those of other communities included"]
    assert (activity[found.crowds.account] == 1000).all()


def test_without_free_accounts_those_of_other_communities_are_drawn_and_the_words_say_so():
    activity = np.full(100, 5)
    found = drawn(np.arange(20), activity, taken=np.arange(100))
    assert found.words == ["groups of accounts as active, those of other communities included"]
    assert found.crowds.account.min() >= 20


def test_too_few_accounts_give_no_groups_and_the_words_say_why():
    found = drawn(np.arange(20), np.full(50, 5))
    assert len(found.crowds) == 0
    assert found.words == ["no control groups: too few accounts outside it for random groups of 20"]
    assert found.of(0, np.zeros(0)).tolist() == []


def test_accounts_that_never_acted_are_replaced_by_accounts_that_never_acted():
    activity = np.array([0] * 60 + [1] * 60 + [50] * 60)
    idle = drawn(np.arange(5), activity)
    assert (activity[idle.crowds.account] == 0).all()
    mixed = drawn(np.array([0, 1, 120, 121, 122]), activity)
    assert (np.sort(activity[mixed.crowds.account].reshape(199, 5), axis=1) == [0, 0, 50, 50, 50]).all()


def test_accounts_that_never_acted_do_not_stand_in_for_others():
    found = drawn(np.arange(30), np.array([50] * 60 + [0] * 5000))
    assert len(found.crowds) == 0
    assert found.words == ["no control groups: too few accounts outside it for random groups of 30"]


def test_same_seed_same_groups_and_another_seed_others():
    activity = heavy_tailed(1000, 3)
    one, same, other = (drawn(np.arange(20), activity, seed=s).crowds.account for s in (7, 7, 8))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_groups_of_a_community_do_not_depend_on_which_others_are_asked_for():
    activity = heavy_tailed(2000, 4)
    outside = np.ones(2000, dtype=bool)
    outside[:60] = False
    both = Crowds.of([1] * 20 + [2] * 40, range(60))
    together = matched(both, activity, outside)
    alone = matched(both.slice(1, 2), activity, outside)
    low = np.searchsorted(together.crowds.label, 1)
    np.testing.assert_array_equal(together.crowds.account[together.crowds.start[low] :], alone.crowds.account)


def test_each_community_gets_its_own_values():
    activity = np.full(500, 3)
    outside = np.arange(500) >= 30
    found = matched(Crowds.of([4] * 10 + [9] * 20, range(30)), activity, outside, count=3)
    sizes = found.crowds.sizes.astype(float)
    assert [found.of(i, sizes).tolist() for i in (0, 1)] == [[10.0] * 3, [20.0] * 3]


def test_random_groups_stand_anywhere_among_their_controls():
    """A group that is random itself is above a share of its controls that is uniform from 0 to 1."""
    rng = np.random.default_rng(11)
    activity, figure = heavy_tailed(4000, 5), rng.normal(size=4000)
    standings = []
    for n in range(200):
        members = np.sort(rng.choice(4000, 25, replace=False))
        found = drawn(members, activity, count=99, label=n)
        standing = place(float(figure[members].mean()), found.crowds.mean(figure))
        standings.append(standing[0])
    assert kstest(standings, "uniform").pvalue > 0.01


@given(st.integers(0, 5), st.lists(st.one_of(st.integers(0, 5), st.none()), max_size=30))
def test_place_counts_equal_values_half(value, others):
    known = [o for o in others if o is not None]
    found = place(float(value), np.array([np.nan if o is None else o for o in others], float))
    if not known:
        assert found is None
        return
    share, smaller, equal, of = found
    assert (smaller, equal, of) == (sum(o < value for o in known), sum(o == value for o in known), len(known))
    assert share == pytest.approx(sum((o < value) + (o == value) / 2 for o in known) / len(known))


def test_an_unknown_value_has_no_place():
    assert place(float("nan"), np.array([1.0])) is None


# From a study --------------------------------------------------------------------------------------------------------


def test_communities_and_activity_of_a_study(tmp_path):
    actions = [{"account": a, "kind": "follow", "target": 0} for a in (1, 1, 3)]
    study = small_study(tmp_path, 5, groups={2: [4, 1], 1: [0, 2, 3]}, actions=actions)
    crowds = controls.communities(study)
    assert crowds.label.tolist() == [1, 2]
    assert [crowds.members(i).tolist() for i in range(2)] == [[0, 2, 3], [1, 4]]
    assert controls.activity(study).tolist() == [0, 2, 0, 1, 0]


def test_exchanges_keep_the_strata_and_do_not_depend_on_other_communities():
    activity = np.repeat([1, 4, 30], [60, 40, 6])
    outside = np.ones(106, dtype=bool)
    mine, others = np.array([0, 1, 2, 60, 61, 100]), np.array([5, 6, 7])
    outside[[*mine, *others]] = False
    both = Crowds.of(np.repeat([1, 2], [6, 3]), np.concatenate([mine, others]))
    found = exchanged(both, activity, outside, 50, 3).crowds
    first = found.account[: 50 * 6].reshape(50, 6)
    assert (found.label == np.repeat([0, 1], 50)).all()
    assert (np.sort(activity[first], axis=1) == [1, 1, 1, 4, 4, 30]).all()
    assert all(len(set(row)) == 6 for row in first.tolist())
    assert not np.isin(first, others).any()
    assert np.isin(first, mine).any()
    alone = exchanged(Crowds.of(np.ones(6, dtype=np.int64), mine), activity, outside, 50, 3).crowds
    assert (alone.account == found.account[: 50 * 6]).all()


def mixed(members, activity, taken=None, count=199):
    outside = np.ones(len(activity), dtype=bool)
    outside[members if taken is None else taken] = False
    return exchanged(Crowds.of([1] * len(members), members), np.asarray(activity), outside, count, 7)


@pytest.mark.parametrize("accounts", [40, 60, 400])
def test_random_groups_stand_anywhere_among_their_exchanges_however_few_accounts_there_are(accounts):
    rng = np.random.default_rng(12)
    standings = []
    for _ in range(200):
        activity, figure = rng.integers(1, 9, accounts), rng.normal(size=accounts)
        members = np.sort(rng.choice(accounts, 15, replace=False))
        groups = mixed(members, activity, count=99).crowds
        standings.append(place(float(figure[members].mean()), groups.mean(figure))[0])
    assert kstest(standings, "uniform").pvalue > 0.01


def test_exchanges_say_what_they_are_of_and_when_there_are_none():
    same = np.full(100, 5)
    of = "groups drawn from members and accounts as active"
    assert mixed(np.arange(20), same).words == [of]
    assert mixed(np.arange(20), same, np.arange(100)).words == [f"{of}, those of other communities included"]
    assert mixed(np.arange(30), [100] * 30 + [60] * 500 + [100] * 10).words == [of]
    few, apart = mixed(np.arange(20), np.full(26, 5)), mixed(np.arange(30), [100] * 30 + [60] * 500)
    for found, size in ((few, 20), (apart, 30)):
        assert found.words == [f"no control groups: too few accounts outside it for random groups of {size} as active"]
        assert len(found.crowds) == 0


def test_members_without_their_like_stay():
    activity = np.array([100] * 4 + [9] * 4 + [5] * 100)
    groups = mixed(np.arange(4, 14), activity, np.arange(14), count=99).crowds.account.reshape(99, 10)
    assert (np.sort(groups, axis=1)[:, :4] == np.arange(4, 8)).all()
    assert (groups[:, 4:] >= 8).all()


CELLS = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 9)), min_size=1, max_size=4)


@given(CELLS, st.integers(0, 99))
def test_exchanges_keep_how_many_each_cell_has(cells, seed):
    ends = np.cumsum([0, *(n for cell in cells for n in cell)])
    parts = [np.arange(low, high) for low, high in pairwise(ends)]
    found = Exchange(list(zip(parts[::2], parts[1::2], strict=True)))
    rows = found.draw(np.random.default_rng(seed), 50)
    assert (np.diff(np.sort(rows, axis=1)) > 0).all()
    for low, high, (mine, _) in zip(ends[:-1:2], ends[2::2], cells, strict=True):
        assert (((rows >= low) & (rows < high)).sum(axis=1) == mine).all()
    assert found.share == pytest.approx(sum(m * o / (m + o) for m, o in cells) / sum(m for m, _ in cells))


@pytest.mark.parametrize("size", [5, 10, 14])
def test_exchanged_groups_are_as_likely_to_hold_any_account_of_a_stratum(size):
    times = np.bincount(mixed(np.arange(size), np.full(20, 8), count=4000).crowds.account, minlength=20)
    expected = 4000 * size / 20
    assert ((times - expected) ** 2 / expected).sum() < 43.8  # 99.9 % quantile with 19 degrees of freedom


def slowly(rng, low, high, need, count, barred):
    """All rows are looked at again after each round."""
    drawn = rng.integers(low, high, (count, need))
    while True:
        drawn.sort(axis=1)
        bad = barred[drawn]
        bad[:, 1:] |= drawn[:, 1:] == drawn[:, :-1]
        if not bad.any():
            return drawn
        drawn[bad] = rng.integers(low, high, int(bad.sum()))


@given(st.integers(1, 8), st.integers(0, 5), st.sets(st.integers(0, 30), max_size=10), st.integers(0, 99))
def test_draws_are_those_of_looking_at_every_row_again(need, low, some, seed):
    barred = np.zeros(31, dtype=bool)
    barred[list(some)] = True
    one, two = (np.random.default_rng(seed) for _ in range(2))
    found, expected = _draw(one, low, 31, need, 40, barred), slowly(two, low, 31, need, 40, barred)
    assert (found == expected).all()
    found, expected = _draw(one, low, 31, need, 40), slowly(two, low, 31, need, 40, np.zeros(31, dtype=bool))
    assert (found == expected).all()
    assert one.integers(1 << 60) == two.integers(1 << 60)
