"""What every signal holds, including those that are added later."""

from __future__ import annotations

import json
import math
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
from small_study import shuffled, small_study

from graphnet import registry, schema
from graphnet._score import score
from graphnet.controls import communities
from graphnet.crowds import Crowds
from graphnet.signals import EVIDENCE, Finding, look_up

SIGNALS = registry.find("signals")
HOSTILE = "</script><img src=x onerror=alert(1)>\u202e\x1b[2J\"'); drop table accounts; --"
START = 1_700_000_000


def world(folder, order=0, named=True):
    """Sixty accounts over twelve days; the first ten repeat each other's words and retweets within seconds."""
    rng = np.random.default_rng(1)
    posts, actions, texts = [], [], {}

    def post(account, time, text, repost=False):
        number = len(posts)
        key = texts.setdefault(text, len(texts))
        posts.append(
            {"post": number, "id": f"p{number}", "account": account, "time": time, "text": text, "repost": repost}
        )
        actions.append({"account": account, "kind": "text", "object": key, "time": time, "post": number, "weight": 1.0})
        return number

    for account in range(50):
        for day in range(12):
            for n in range(4):
                time = START + day * 86400 + int(rng.integers(0, 86400))
                together = account < 10 and n == 0
                post(account, time, f"{HOSTILE} {day}" if together else f"own {account} {day} {n}")
            target = 50 + day % 5 if account < 10 else int(rng.integers(50, 60))
            time = START + day * 86400 + (account if account < 10 else int(rng.integers(0, 86400)))
            number = post(account, time, f"RT {target} {day}", repost=True)
            actions.append(
                {"account": account, "kind": "retweet", "target": target, "time": time, "post": number, "weight": 1.0}
            )
    people = [{"account": a, "created": START - a * 864000} for a in range(60)]
    people = [p | ({"name": HOSTILE} if p["account"] == 50 else {}) for p in people] if named else people
    pairs = [
        {"layer": "co_retweet", "source": a, "target": b, "shared": 12, "quickest": b - a, "weight": 12.0}
        for a in range(10)
        for b in range(a + 1, 10)
    ]
    objects = [{"object": n, "kind": "text", "id": text} for text, n in texts.items()]
    rows = {"actions": actions, "posts": posts, "objects": objects, "pairs": pairs}
    held = {name: shuffled(some, order) if order else some for name, some in rows.items()}
    return small_study(folder, shuffled(people, order), groups={1: range(10), 2: range(30, 42)}, **held)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return world(tmp_path_factory.mktemp("world"))


@pytest.fixture(params=list(SIGNALS))
def signal(request):
    return SIGNALS[request.param]()


def test_there_are_signals():
    assert {"shared_targets", "near_identical", "activity", "quiet_hours", "creation", "pace"} <= set(SIGNALS)


def test_it_is_described_and_its_parameters_are_fixed(signal):
    assert signal.name.isidentifier()
    assert signal.title
    assert signal.unit
    assert registry.make("signals", registry.describe(signal)) == signal
    name = fields(signal)[0].name if fields(signal) else "anything"
    with pytest.raises(FrozenInstanceError):
        setattr(signal, name, None)


def test_each_community_and_each_member_gets_one_finding(signal, study):
    groups = communities(study)
    data = signal.load(study, groups.places(60) < 0)
    values = signal.statistic(data, groups)
    of_groups = list(signal.communities(data, groups, values))
    of_accounts = list(signal.accounts(data, groups))
    assert [f.subject for f in of_groups] == groups.label.tolist()
    assert sorted(f.subject for f in of_accounts) == sorted(groups.account.tolist())
    for finding, value in zip(of_groups, values, strict=True):
        assert finding.value == (None if math.isnan(value) else value)
    for finding in (*of_groups, *of_accounts):
        check(finding, signal)


def check(finding: Finding, signal):
    assert finding.code == signal.name
    # what is a share of a community's members is a yes or no of one of them
    assert finding.unit == signal.unit or (finding.scope == "account" and finding.unit.startswith("yes or no: "))
    assert finding.value is None or math.isfinite(finding.value)
    assert finding.reason
    assert finding.reason[-1] not in ".;,"
    assert finding.reason.isprintable()
    if finding.value is None:
        assert finding.reason.startswith(("insufficient data", "not applicable"))
    for word in ("bot", "fake", "paid", "troll"):
        assert word not in finding.reason.lower().split()
    row = finding.row()
    assert set(row) == set(schema.FINDINGS.names)
    rows = json.loads(row["evidence"])
    assert len(rows) <= EVIDENCE
    assert all(isinstance(r, dict) for r in rows)


def test_a_group_has_the_same_value_alone_as_among_others(signal, study):
    rng = np.random.default_rng(8)
    groups = [rng.choice(60, size, replace=False) for size in (2, 5, 10, 30, 1)]
    crowds = Crowds.of([i for i, g in enumerate(groups) for _ in g], [a for g in groups for a in g])
    data = signal.load(study, np.ones(60, dtype=bool))
    if signal.compared:
        alone = [signal.statistic(data, crowds.slice(i, i + 1))[0] for i in range(len(groups))]
        np.testing.assert_allclose(signal.statistic(data, crowds), alone)


def test_the_order_of_rows_changes_nothing(signal, tmp_path_factory):
    told = []
    for order in (1, 2):
        made = world(tmp_path_factory.mktemp("world"), order)
        score(made, signal, controls=19)
        told.append(made.rows("select * from findings order by scope, subject, code").to_pylist())
    assert told[0] == told[1]
    assert told[0]


def test_a_study_without_anything_to_go_by_is_not_applicable(signal, tmp_path):
    bare = small_study(tmp_path, 30, groups={1: [0, 1, 2], 4: [3, 4]})
    score(bare, signal)
    found = bare.rows("select * from findings order by subject").to_pylist()
    assert [(f["scope"], f["subject"], f["value"]) for f in found] == [("community", 1, None), ("community", 4, None)]
    assert all(f["reason"].startswith("not applicable: ") for f in found)


def test_a_study_without_communities_has_no_findings(signal, tmp_path):
    study = small_study(tmp_path, 5, actions=[{"account": 0, "kind": "follow", "target": 1, "time": 3}])
    score(study, signal)
    assert not study.rows("select * from findings").num_rows


def test_a_coordinated_group_stands_above_its_controls_and_an_ordinary_one_does_not(tmp_path):
    study = world(tmp_path)
    summary = score(study)
    found = {
        (r["subject"], r["code"]): r["control"]
        for r in study.rows("select * from findings where scope = 'community'").to_pylist()
    }
    for code in ("shared_targets", "near_identical"):
        assert found[1, code] > 0.99
        assert 0.01 < found[2, code] < 0.99
        assert summary["signals"][code]["communities_above_controls"] == 1


def test_look_up_takes_many_numbers_and_leaves_out_unknown_ones(study):
    found = look_up(study, "accounts", "id", [*range(40_000), 3, 3])
    assert len(found) == 60
    assert found[59] == {"id": "id59"}
    assert look_up(study, "posts", "id", []) == {}
