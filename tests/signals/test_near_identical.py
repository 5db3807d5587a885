"""Repeated words against a naive count: whose they are, who was first, and what everybody says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import shuffled, small_study

from graphnet.controls import communities
from graphnet.crowds import Crowds
from graphnet.signals.near_identical import NearIdentical

POSTS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 5), st.one_of(st.none(), st.integers(0, 50)), st.booleans()),
    max_size=40,
)


def a_study(folder, written, accounts, groups, order=0, **more):
    """A study of (account, text, time, repost) rows; the post of row 3 is p3."""
    actions, posts = [], []
    for n, (account, text, time, repost) in enumerate(written):
        actions.append({"account": account, "kind": "text", "object": text, "time": time, "post": n, "weight": 1.0})
        posts.append(
            {"post": n, "id": f"p{n}", "account": account, "time": time, "text": f"say {text}", "repost": repost}
        )
    objects = [{"object": t, "kind": "text", "id": f"key {t}"} for t in sorted({w[1] for w in written})]
    held = {"actions": shuffled(actions, order), "posts": shuffled(posts, order), "objects": objects}
    return small_study(folder, accounts, groups=groups, **(held | more))


def scored(study, signal=None):
    """Findings about communities and about accounts, by number."""
    signal, groups = signal or NearIdentical(), communities(study)
    width = study.rows("select count(*) as n from accounts")["n"][0].as_py()
    data = signal.load(study, groups.places(width) < 0)
    values = signal.statistic(data, groups)
    of_groups = {f.subject: f for f in signal.communities(data, groups, values)}
    return of_groups, {f.subject: f for f in signal.accounts(data, groups)}


@settings(max_examples=15, deadline=None)
@given(POSTS, st.sets(st.integers(0, 7), min_size=1), st.integers(0, 99))
def test_group_and_accounts_against_a_naive_count(tmp_path_factory, written, members, seed):
    study = a_study(tmp_path_factory.mktemp("s"), written, 8, {1: members}, order=seed)
    own = [(n, *w[:3]) for n, w in enumerate(written) if not w[3]]
    if NearIdentical().missing(study):
        assert not own
        return
    mine = [o for o in own if o[1] in members]
    repeated = [o for o in mine if any(p[1] != o[1] and p[2] == o[2] for p in mine)]
    of_groups, of_accounts = scored(study)
    if len({o[1] for o in mine}) < 2:
        assert of_groups[1].value is None
    else:
        assert of_groups[1].value == pytest.approx(len(repeated) / len(mine))
    for account in members:
        posts = sum(o[1] == account for o in mine)
        value = of_accounts[account].value
        assert value == pytest.approx(sum(o[1] == account for o in repeated) / posts) if posts else value is None
    seen = {r["text"]: r for r in of_groups[1].evidence}
    assert {f"say {o[2]}" for o in repeated} == set(seen)
    for o in repeated:
        # the first: earliest known time, then the lowest post
        first = min((p for p in repeated if p[2] == o[2]), key=lambda p: (p[3] is None, p[3] or 0, p[0]))
        known = [p[3] for p in repeated if p[2] == o[2] and p[3] is not None]
        found = seen[f"say {o[2]}"]
        assert found["members"] == len({p[1] for p in repeated if p[2] == o[2]})
        assert found["count"] == sum(p[2] == o[2] for p in repeated)
        assert found["first"] == (f"id{first[1]}" if known else None)
        assert found["spread"] == (max(known) - min(known) if known else None)


@settings(max_examples=8, deadline=None)
@given(POSTS, st.lists(st.sets(st.integers(0, 7), min_size=1), min_size=1, max_size=5))
def test_many_groups_at_once_give_what_each_gives_alone(tmp_path_factory, written, some):
    study = a_study(tmp_path_factory.mktemp("s"), written, 8, {})
    if NearIdentical().missing(study):
        return
    data = NearIdentical().load(study, np.ones(8, dtype=bool))
    crowds = Crowds.of([i for i, g in enumerate(some) for _ in g], [a for g in some for a in g])
    alone = [NearIdentical().statistic(data, crowds.slice(i, i + 1))[0] for i in range(len(some))]
    np.testing.assert_array_equal(NearIdentical().statistic(data, crowds), alone)


def test_an_account_that_repeats_only_itself_repeats_nobody(tmp_path):
    of_groups, of_accounts = scored(a_study(tmp_path, [(0, 1, 5, False)] * 3 + [(1, 2, 5, False)], 2, {1: [0, 1]}))
    assert of_groups[1].value == of_accounts[0].value == 0
    assert of_groups[1].reason == "none of the 4 own posts repeats another member's words"


def test_the_words_of_a_retweet_are_not_its_accounts(tmp_path):
    study = a_study(tmp_path, [(0, 1, 5, False), (1, 1, 6, True), (1, 2, 7, False)], 2, {1: [0, 1]})
    assert scored(study)[0][1].value == 0


def copies(users):
    """Members 0 to 39 and accounts 100 … write text 0, and everybody something of its own."""
    return [(a, 0, a, False) for a in [*range(40), *range(100, 100 + users)]] + [
        (a, 1 + a, a, False) for a in range(1000)
    ]


def test_a_phrase_of_more_than_a_hundredth_of_the_others_is_common_and_does_not_count(tmp_path):
    finding = scored(a_study(tmp_path, copies(12), 1000, {1: range(40)}))[0][1]
    assert finding.value == 0
    assert finding.reason.endswith("; 1 common phrase not counted")
    assert finding.evidence[0]["common"] is True
    assert finding.evidence[0]["members"] == 40


def test_a_large_group_does_not_make_its_own_text_common(tmp_path):
    of_groups, of_accounts = scored(a_study(tmp_path, copies(9), 1000, {1: range(40)}))
    assert of_groups[1].value == 0.5
    assert of_groups[1].evidence[0]["common"] is False
    assert of_accounts[3].value == 0.5


def test_another_community_with_the_same_text_does_not_make_it_common(tmp_path):
    study = a_study(tmp_path, copies(30), 1000, {1: range(40), 2: range(100, 130)})
    assert scored(study)[0][1].value == 0.5


def test_a_few_users_in_a_small_study_make_no_common_phrase(tmp_path):
    written = [(a, 0, a, False) for a in range(10)] + [(a, 9 + a, a, False) for a in range(20)]
    assert scored(a_study(tmp_path, written, 20, {1: range(5)}))[0][1].value == 0.5


def test_who_was_first_is_said_of_group_and_account(tmp_path):
    written = [(0, t, 10 * t, False) for t in range(4)] + [(1, t, 10 * t + 3, False) for t in range(4)]
    written += [(2, 0, 1, False), (2, 7, 0, False)]
    of_groups, of_accounts = scored(a_study(tmp_path, written, 3, {5: [0, 1, 2]}))
    assert of_groups[5].reason == (
        "9 of 10 own posts (90 %) repeat another member's words: 4 texts in all, the most used one by 3 of 3 members; "
        "@name0 had 4 of them first; with 0 accounts in no community, common phrases cannot be told"
    )
    assert "first of the group with 4 of these 4 texts" in of_accounts[0].reason
    assert "first of the group with 0 of these 1 text" in of_accounts[2].reason
    best = of_groups[5].evidence[0]
    assert (best["time"], best["spread"]) == ("1970-01-01T00:00:00Z", 3)
    assert best["posts"] == ["p0", "p8", "p4"]
    assert best["accounts"] == ["id0", "id2", "id1"]
    assert of_accounts[1].evidence[0] | {"posts": 0} == {
        "text": "say 0", "members": 3, "after": 3, "was_first": False, "posts": 0
    }  # fmt: skip


def test_without_posts_the_normalised_words_are_shown(tmp_path):
    study = a_study(tmp_path, [], 2, {1: [0, 1]}, actions=[
        {"account": a, "kind": "text", "object": 3, "weight": 1.0} for a in (0, 1)
    ], objects=[{"object": 3, "kind": "text", "id": "the same words"}])  # fmt: skip
    row = scored(study)[0][1].evidence[0]
    assert (row["text"], row["first"], row["time"], row["posts"]) == ("the same words", None, None, [])


def test_another_kind_of_action_can_stand_for_the_words(tmp_path):
    acts = [{"account": a, "kind": "near_text", "object": 1, "weight": 1.0} for a in (0, 1)]
    study = small_study(tmp_path, 2, groups={1: [0, 1]}, actions=acts)
    assert NearIdentical().missing(study) == "the study has no accounts' own words"
    assert scored(study, NearIdentical(kind="near_text"))[0][1].value == 1
