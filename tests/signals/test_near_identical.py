"""Repeated words against a naive count: whose they are, who was first, and what everybody says."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import shuffled, small_study, table

from graphnet import registry
from graphnet.controls import communities
from graphnet.crowds import Crowds
from graphnet.signals.copy_gap import CopyGap
from graphnet.signals.near_identical import NearIdentical
from graphnet.signals.shared_texts import SharedTexts

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
        "9 of 10 own posts (90 %) repeat another member's words: 4 texts in all, 1 of them by 3 members or more, "
        "the most used one by 3 of 3 members; from one member's copy to the next one's 3 s (median); "
        "@name0 had 4 of them first, @name1 came next 3 times; "
        "with 0 accounts in no community, common phrases cannot be told"
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


def test_words_too_few_to_be_compared_are_no_missing_words(tmp_path):
    """Short posts are there: it would be wrong to say that nobody wrote anything."""
    posts = [{"post": p, "id": f"p{p}", "account": p, "text": "good morning", "repost": False} for p in (0, 1)]
    study = small_study(tmp_path, 2, groups={1: [0, 1]}, posts=posts)
    why = "no own post has the 30 characters and 5 words that texts need to be compared"
    assert NearIdentical().missing(study) == why
    assert SharedTexts().missing(study) == why
    assert CopyGap().missing(study) == f"{why}, or none of these has a time"


def test_another_kind_of_action_can_stand_for_the_words(tmp_path):
    acts = [{"account": a, "kind": "near_text", "object": 1, "weight": 1.0} for a in (0, 1)]
    study = small_study(tmp_path, 2, groups={1: [0, 1]}, actions=acts)
    assert NearIdentical().missing(study) == "the study has no accounts' own words"
    assert scored(study, NearIdentical(kind="near_text"))[0][1].value == 1


# Matched texts --------------------------------------------------------------------------------------------------------


def matched(study, cluster_of, templates=None, how=None):
    """Let the posts be copies in these clusters."""
    keys = {c: f"words of {c}" for c in cluster_of.values()}
    with study.step("match", {}, keep=True) as step:
        texts = [{"text": c, "key": key} for c, key in keys.items()]
        clusters = [{"cluster": c, "medoid": c, "template": (templates or {}).get(c)} for c in keys]
        copies = [{"post": p, "cluster": c, "how": (how or {}).get(p, "near")} for p, c in cluster_of.items()]
        for name, rows in (("texts", texts), ("clusters", clusters), ("copies", copies)):
            step.write(name, table(name, rows))
    with study.step("detect", {}) as step:
        step.write("members", table("members", [{"account": a, "community": 1, "strength": 1.0} for a in (0, 1, 2)]))
        step.write("communities", table("communities", [{"community": 1, "size": 3}]))
    return study


def nearly(tmp_path, **more):
    """Three members write three texts that are not identical, and one of their own each."""
    written = [(a, 10 * t + a, 100 * t + 7 * a, False) for t in range(4) for a in range(3)]
    study = a_study(tmp_path, written, 200, {1: [0, 1, 2]})
    return matched(study, {p: p // 3 + 1 for p in range(9)}, **more)


def test_nearly_the_same_words_count_where_texts_were_matched(tmp_path):
    of_groups, of_accounts = scored(nearly(tmp_path))
    assert of_groups[1].value == 0.75
    assert "3 texts in all, 3 of them by 3 members or more" in of_groups[1].reason
    assert "7 s (median); @name0 had 3 of them first, @name1 came next 3 times" in of_groups[1].reason
    assert [r["template"] for r in of_groups[1].evidence] == [None] * 3
    assert of_accounts[2].value == 0.75


def test_templates_are_shown_and_not_counted(tmp_path):
    sorts = {1: "app", 2: "campaign", 3: "common"}
    finding = scored(nearly(tmp_path, templates=sorts))[0][1]
    # with 197 accounts in no community it is counted among them what is common
    assert finding.value == 0.25
    assert finding.reason.endswith("; 1 text of a program and 1 text of an open campaign not counted")
    assert [r["template"] for r in finding.evidence] == [None, "app", "campaign"]


def test_reworded_copies_are_softer_and_not_counted(tmp_path):
    finding = scored(nearly(tmp_path, how={0: "reworded", 4: "reworded"}))[0][1]
    assert finding.value == pytest.approx(7 / 12)


def test_posts_that_the_input_does_not_have_are_named_by_the_words_in_the_middle(tmp_path):
    acts = [{"account": a, "kind": "text", "object": a, "post": a, "weight": 1.0} for a in (0, 1)]
    study = matched(small_study(tmp_path, 3, actions=acts), {0: 5, 1: 5})
    assert scored(study)[0][1].evidence[0]["text"] == "words of 5"


ROWS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 5), st.one_of(st.none(), st.integers(0, 60))), min_size=1, max_size=40
)


@settings(max_examples=15, deadline=None)
@given(ROWS, st.sets(st.integers(0, 6), min_size=2))
def test_number_and_pace_of_texts_against_a_naive_count(tmp_path_factory, rows, members):
    study = a_study(tmp_path_factory.mktemp("s"), [(*r, False) for r in rows], 7, {1: members})
    users, gaps, delays = {}, [], {}
    for text in {t for _, t, _ in rows}:
        mine = [(time, post, a) for post, (a, t, time) in enumerate(rows) if t == text and a in members]
        users[text] = {a for *_, a in mine}
        first = {}
        # of equal times the post with the lower number counts as the first
        for time, post, a in sorted(x for x in mine if x[0] is not None):
            first.setdefault(a, (time, post))
        times = sorted((*when, a) for a, when in first.items())
        for (before, *_), (after, _, a) in pairwise(times):
            gaps.append(after - before)
            delays.setdefault(a, []).append(after - before)
    writing = len({a for a, *_ in rows} & members)
    of_groups, of_accounts = scored(study, SharedTexts())
    texts = [t for t, who in users.items() if len(who) >= 3]
    assert of_groups[1].value == (len(texts) if writing >= 3 else None)
    for a in members & {a for a, *_ in rows}:
        assert of_accounts[a].value == sum(a in users[t] for t in texts)
    if CopyGap().missing(study):
        assert not [r for r in rows if r[2] is not None]
        return
    of_groups, of_accounts = scored(study, CopyGap())
    assert of_groups[1].value == (np.median(gaps) if gaps else None)
    assert {a: f.value for a, f in of_accounts.items() if f.value is not None} == {
        a: np.median(d) for a, d in delays.items()
    }


def test_the_figures_of_the_members_texts_are_compared_with_those_of_other_groups(tmp_path):
    from graphnet._score import score  # noqa: PLC0415

    written = [(a, t, 1000 * t + a, False) for t in range(9) for a in range(5)]
    written += [(a, 100 + a * 9 + t, 500 * t + a, False) for a in range(5, 60) for t in range(9)]
    written += [(a, 9999, 90 * a, False) for a in range(30, 36)]
    study = a_study(tmp_path, written, 60, {1: range(5)})
    score(study, *(registry.make("signals", name) for name in ("shared_texts", "copy_gap")), controls=99)
    rows = study.rows("select code, value, control, reason from findings where scope = 'community' order by code")
    gap, texts = rows.to_pylist()
    assert (texts["value"], texts["control"] > 0.99) == (9, True)
    assert gap["value"] == 1
    assert "the figure is known of" in gap["reason"]


def test_signals_in_a_row_share_the_texts_while_the_study_stays_the_same(tmp_path):
    study = a_study(tmp_path, copies(4), 1000, {1: range(3)})
    outside = np.arange(1000) > 2
    texts = [signal.load(study, outside.copy()) for signal in (NearIdentical(), CopyGap(), SharedTexts())]
    assert texts[0] is texts[1] is texts[2]
    assert NearIdentical(common=0.5).load(study, outside) is not texts[0]
    assert (NearIdentical().load(study, np.arange(1000) > 3).place[:5] == [0, 0, 0, -1, -1]).all()
    kept = NearIdentical().load(study, outside)
    with study.step("detect", {}) as step:
        step.write("members", table("members", [{"community": 1, "account": a, "stability": 1.0} for a in (0, 1)]))
        step.write("communities", table("communities", [{"community": 1, "size": 2}]))
    again = NearIdentical().load(study, outside)
    assert kept.place[:3].tolist() == [0, 0, 0]
    assert again.place[:3].tolist() == [0, 0, -1]
