"""Shared targets against a naive count, and what has to lead and what must not."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import shuffled, small_study

from graphnet.controls import communities
from graphnet.crowds import Crowds
from graphnet.signals import _targets
from graphnet.signals.shared_targets import SharedTargets

KINDS = ("retweet", "follow", "hashtag")
ACTS = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(KINDS), st.integers(0, 5)), min_size=1, max_size=60)


def row(account, kind, target):
    """One action; hashtags are done to an object, the others to an account."""
    where = "object" if kind == "hashtag" else "target"
    return {"account": account, "kind": kind, where: target, "time": 0, "weight": 1.0}


def scored(study, signal=None):
    """Findings about communities and about accounts, by number."""
    signal, groups = signal or SharedTargets(), communities(study)
    width = study.rows("select count(*) as n from accounts")["n"][0].as_py()
    data = signal.load(study, groups.places(width) < 0)
    values = signal.statistic(data, groups)
    of_groups = {f.subject: f for f in signal.communities(data, groups, values)}
    return of_groups, {f.subject: f for f in signal.accounts(data, groups)}


def naive_cosine(acts, members):
    """Mean cosine over all pairs of members that act at all, pair by pair."""
    done = {a: {(k, t) for b, k, t in acts if a == b and (k == "hashtag" or t != b)} for a in range(10)}
    active = {k: sum(any(kind == k for kind, _ in done[a]) for a in done) for k in KINDS}
    weight = {
        thing: math.log(active[thing[0]] / sum(thing in done[a] for a in done)) for thing in set().union(*done.values())
    }

    def cosine(a, b):
        length = math.sqrt(sum(weight[t] ** 2 for t in done[a])) * math.sqrt(sum(weight[t] ** 2 for t in done[b]))
        return sum(weight[t] ** 2 for t in done[a] & done[b]) / length if length else 0.0

    pairs = list(combinations([m for m in members if done[m]], 2))
    return sum(cosine(a, b) for a, b in pairs) / len(pairs) if pairs else float("nan")


@settings(max_examples=15, deadline=None)
@given(ACTS, st.lists(st.sets(st.integers(0, 9), min_size=1), min_size=1, max_size=5), st.integers(0, 99))
def test_the_value_is_the_mean_cosine_of_all_pairs(tmp_path_factory, acts, some, seed):
    study = small_study(tmp_path_factory.mktemp("s"), 10, actions=shuffled([row(*a) for a in acts * 2], seed))
    crowds = Crowds.of([i for i, g in enumerate(some) for _ in g], [a for g in some for a in g])
    signal = SharedTargets()
    if signal.missing(study):
        assert all(k != "hashtag" and a == t for a, k, t in acts)
        return
    found = signal.statistic(signal.load(study, np.ones(10, dtype=bool)), crowds)
    np.testing.assert_allclose(found, [naive_cosine(acts, g) for g in some], atol=1e-9)


def test_lengths_do_not_depend_on_how_many_accounts_are_looked_at_together(tmp_path, monkeypatch):
    rng = np.random.default_rng(6)
    # everybody follows 9, which weighs nothing
    acts = [row(a, "follow", 9) for a in range(9)]
    acts += [row(int(a), "retweet", int(t)) for a, t in rng.integers(0, 9, (40, 2)) if a != 4]
    study = small_study(tmp_path, 12, actions=acts)
    whole = _targets.load(study, 12)
    monkeypatch.setattr(_targets, "SOME", 5)
    assert _targets.load(study, 12).length.tolist() == whole.length.tolist()
    every = [whole.target[low:high] for low, high in pairwise(whole.start.tolist())]
    np.testing.assert_allclose(whole.length, [math.sqrt((whole.weight[some] ** 2).sum()) for some in every])
    assert [len(some) for some in every][4] == 1
    assert whole.length[4] == whole.length[11] == 0


def a_world(folder, celebrity=True, order=0):
    """Thirty members of 330 accounts retweet 300; everybody follows 301; each retweets a few others of its own."""
    rng = np.random.default_rng(5)
    acts = [row(a, "retweet", 300) for a in range(30)] + [row(a, "retweet", 300) for a in (60, 61)]
    acts += [row(a, "retweet", int(t)) for a in range(300) for t in rng.integers(310, 330, 3)]
    acts += [row(a, "retweet", 305) for a in (0, 1)]
    acts += [row(a, "follow", 301) for a in range(300)] if celebrity else []
    return small_study(folder, 330, groups={1: range(30)}, actions=shuffled(acts, order))


def test_what_few_others_do_leads_with_its_counts(tmp_path):
    finding = scored(a_world(tmp_path))[0][1]
    best = finding.evidence[0]
    assert (best["kind"], best["target"], best["name"]) == ("retweet", "id300", "name300")
    assert (best["members"], best["of"], best["others"]) == (30, 30, 2)
    assert best["inside"] == 1
    assert best["outside"] == pytest.approx(2 / 270, abs=1e-6)
    assert best["low"] < best["lift"] == 135 < best["high"]
    assert "of the 30 members who retweet, 30 retweet @name300, against 0.7 % of the other accounts" in finding.reason


def test_an_account_that_everybody_follows_does_not_lead_and_sets_no_group_apart(tmp_path):
    of_groups, of_accounts = scored(a_world(tmp_path))
    kinds = [r["kind"] for r in of_groups[1].evidence]
    assert kinds[0] == "retweet"
    celebrity = next(r for r in of_groups[1].evidence if r["kind"] == "follow")
    assert (celebrity["inside"], celebrity["outside"]) == (1, 1)
    assert celebrity["low"] <= 1
    assert all(r["kind"] != "follow" for f in of_accounts.values() for r in f.evidence)


def test_a_celebrity_changes_nothing_about_how_alike_the_group_is(tmp_path_factory):
    with_it, without = (scored(a_world(tmp_path_factory.mktemp("s"), celebrity=c))[0][1].value for c in (True, False))
    assert with_it == pytest.approx(without)


def test_a_target_of_two_members_sets_no_group_apart(tmp_path):
    of_groups, of_accounts = scored(a_world(tmp_path))
    two = next(r for r in of_groups[1].evidence if r["target"] == "id305")
    assert (two["members"], two["others"], two["lift"], two["high"]) == (2, 0, None, None)
    assert all(r["target"] != "id305" for r in of_accounts[0].evidence)


def test_an_account_is_held_against_what_its_group_shares(tmp_path):
    acts = [row(a, "retweet", t) for a in range(10) for t in (90, 91)] + [row(9, "retweet", 92)]
    acts = [a for a in acts if (a["account"], a["target"]) != (9, 91)]
    acts += [row(a, "retweet", 92) for a in range(20, 80)]
    of_groups, of_accounts = scored(small_study(tmp_path, 100, groups={3: range(10)}, actions=acts))
    assert of_groups[3].value > 0.5
    assert of_accounts[0].value == 1
    assert of_accounts[9].value == 0.5
    assert of_accounts[9].reason == "acts on 1 of the 2 targets by which its group stands out most"
    assert [r["target"] for r in of_accounts[9].evidence] == ["id90"]


def test_nobody_outside_acts_so_there_is_nothing_to_compare_with(tmp_path):
    study = small_study(tmp_path, 5, groups={1: [0, 1, 2]}, actions=[row(a, "retweet", 4) for a in range(3)])
    of_groups, of_accounts = scored(study)
    assert "nothing to compare with" in of_groups[1].reason
    assert of_groups[1].evidence[0]["outside"] is of_groups[1].evidence[0]["low"] is None
    assert of_accounts[0].value is None
    assert of_accounts[0].reason.startswith("not applicable")


def test_a_group_that_does_nothing_is_insufficient_data(tmp_path):
    study = small_study(tmp_path, 5, groups={1: [0, 1]}, actions=[row(3, "retweet", 4)])
    finding = scored(study)[0][1]
    assert finding.value is None
    assert finding.reason.startswith("insufficient data")


def test_texts_and_whole_tag_sequences_and_oneself_are_no_targets(tmp_path):
    acts = [row(a, "hashtag", 0) | {"kind": kind} for a in range(3) for kind in ("text", "hashtags")]
    study = small_study(tmp_path, 5, groups={1: [0, 1]}, actions=[*acts, row(2, "retweet", 2)])
    assert SharedTargets().missing(study) == "no account acts on anything"


def test_objects_are_named_by_what_they_are(tmp_path):
    acts = [row(a, "hashtag", 0) for a in range(8)] + [row(a, "hashtag", 1) for a in range(8, 40)]
    tags = [{"object": i, "kind": "hashtag", "id": name} for i, name in enumerate(["stop", "go"])]
    finding = scored(small_study(tmp_path, 40, groups={1: range(8)}, actions=acts, objects=tags))[0][1]
    assert (finding.evidence[0]["target"], finding.evidence[0]["what"]) == ("stop", "hashtag")
    assert "of the 8 members who use hashtags, 8 use #stop, against none of the other" in finding.reason


def test_a_hostile_name_is_shown_safely_in_the_sentence(tmp_path):
    people = [{"account": i} for i in range(30)] + [{"account": 30, "name": "a\u202eb\x1b[2J" + "x" * 500}]
    acts = [row(a, "retweet", 30) for a in range(10)] + [row(a, "retweet", 1) for a in range(11, 30)]
    finding = scored(small_study(tmp_path, people, groups={1: range(10)}, actions=acts))[0][1]
    assert "<U+202E>" in finding.reason
    assert finding.reason.isprintable()
    assert len(finding.reason) < 400


def test_the_order_of_rows_changes_nothing(tmp_path_factory):
    one, two = (scored(a_world(tmp_path_factory.mktemp("s"), order=o)) for o in (1, 2))
    assert one == two
