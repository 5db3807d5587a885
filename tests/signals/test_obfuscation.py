"""Hidden characters of groups and accounts, against a count by hand and against groups of like accounts."""

from __future__ import annotations

import numpy as np
import pytest
from small_study import shuffled, small_study, table

from graphnet._hidden import obfuscations
from graphnet._score import score
from graphnet.controls import communities
from graphnet.crowds import Crowds
from graphnet.signals.obfuscation import Obfuscation
from graphnet.study import Study

HIDDEN, PLAIN = "vo\u200bte n\u200bow", "vote now"


def a_study(folder, posts, accounts, groups, order=0):
    """Posts are (account, text, repost); the post of row 3 is p3."""
    rows = [
        {"post": n, "id": f"p{n}", "account": a, "time": 100 + n, "text": text, "repost": repost}
        for n, (a, text, repost) in enumerate(posts)
    ]
    acts = [{"account": a, "kind": "text", "object": n, "post": n, "time": 100 + n} for n, (a, *_) in enumerate(posts)]
    people = [{"account": a, "id": f"id{a}", "name": f"name{a}"} for a in range(accounts)]
    study = Study.create(folder)
    with study.step("read", {}) as step:
        for name, held in (("accounts", people), ("posts", shuffled(rows, order)), ("actions", acts), ("objects", [])):
            step.write(name, table(name, held))
    with study.step("match", {}) as step:
        obfuscations(step)
    with study.step("detect", {}) as step:
        members = [{"account": a, "community": c} for c, some in groups.items() for a in some]
        step.write("members", table("members", members))
        step.write("communities", table("communities", [{"community": c} for c in groups]))
    return study


def scored(study):
    groups = communities(study)
    width = study.rows("select count(*) as n from accounts")["n"][0].as_py()
    signal = Obfuscation()
    data = signal.load(study, groups.places(width) < 0)
    values = signal.statistic(data, groups)
    of_groups = {f.subject: f for f in signal.communities(data, groups, values)}
    return of_groups, {f.subject: f for f in signal.accounts(data, groups)}


POSTS = [
    (0, HIDDEN, False), (0, PLAIN, False), (0, "p\u0430yp\u0430l", False), (0, HIDDEN, True),
    (1, "a\u202eb " + HIDDEN, False), (1, None, False),
    (2, PLAIN, False), (3, HIDDEN, False),
]  # fmt: skip


@pytest.mark.parametrize("order", [0, 3])
def test_shares_sentences_and_evidence(tmp_path, order):
    of_groups, of_accounts = scored(a_study(tmp_path, POSTS, 5, {7: [0, 1, 2], 9: [2, 4]}, order))
    assert of_groups[7].value == pytest.approx(3 / 5)
    assert of_groups[7].reason == (
        "hidden characters in 3 of 5 own posts (60 %), of 2 of 3 members: invisible characters in 2 posts, "
        "signs that turn the reading direction in 1 post, letters of another alphabet that look the same in 1 post"
    )
    assert [row["posts"] for row in of_groups[7].evidence] == [["p4"], ["p0"], ["p2"]]
    best = of_groups[7].evidence[0]
    assert (best["account"], best["name"], best["text"]) == ("id1", "name1", "a\u202eb " + HIDDEN)
    assert best["hidden"] == "invisible characters: 2; signs that turn the reading direction: 1"
    assert best["time"] == "1970-01-01T00:01:44Z"
    assert of_groups[9].value == 0
    assert of_groups[9].reason == "nothing is hidden in the 1 own post of the members"
    assert of_accounts[0].value == pytest.approx(2 / 3)
    assert of_accounts[0].reason.startswith("hidden characters in 2 of its 3 own posts: invisible characters in 1 post")
    assert of_accounts[4].value is None
    assert of_accounts[4].reason == "insufficient data: it wrote no words of its own"


def test_a_group_without_words_has_no_value(tmp_path):
    finding = scored(a_study(tmp_path, POSTS, 6, {1: [4, 5]}))[0][1]
    assert finding.value is None
    assert finding.reason == "insufficient data: no member wrote words of its own"


def test_many_groups_at_once_give_what_each_gives_alone(tmp_path):
    study = a_study(tmp_path, POSTS, 5, {})
    data = Obfuscation().load(study, np.ones(5, dtype=bool))
    crowds = Crowds.of([0, 0, 1, 2, 2, 2], [0, 3, 4, 0, 1, 2])
    np.testing.assert_allclose(Obfuscation().statistic(data, crowds), [3 / 4, np.nan, 3 / 5])


def test_without_match_it_does_not_apply_and_says_what_to_run(tmp_path):
    study = small_study(tmp_path, 2, posts=[{"post": 0, "id": "p", "account": 0, "text": "x"}])
    assert "graphnet match" in Obfuscation().missing(study)
    assert Obfuscation().missing(small_study(tmp_path / "bare", 2)) == "the study has no accounts' own words"


def test_a_group_that_hides_stands_above_its_controls_and_another_does_not(tmp_path):
    posts = [(a, HIDDEN if a < 10 or (a % 9 == 0 and n == 0) else PLAIN, False) for a in range(80) for n in range(5)]
    study = a_study(tmp_path, posts, 80, {1: range(10), 2: range(20, 30)})
    score(study, Obfuscation())
    rows = study.rows("select subject, control from findings where scope = 'community' order by subject").to_pylist()
    assert rows[0]["control"] > 0.99
    assert rows[1]["control"] < 0.99
