"""What the explanations are built on, against slow counts."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from posted import START, Posted
from small_study import small_study

from graphnet.controls import communities
from graphnet.crowds import Crowds
from graphnet.explanations._facts import SHARED, Facts

ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5), st.integers(1, 9)), max_size=25)


@given(ROWS, st.sampled_from([0.3, 0.5, 0.8, 1.0]))
def test_the_heaviest_values_against_counters(rows, part):
    facts = Facts(None, Crowds.of([0, 1, 2], [0, 1, 2]), 3)
    group, column, weight = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    ranked = facts.heaviest(group, column, weight.astype(float))
    needed, of = facts.needed(group, column, weight.astype(float), part)
    value, most = facts.leading(group, column, weight.astype(float))
    for g in range(3):
        counted = Counter()
        for h, c, w in rows:
            counted[c] += w * (h == g)
        order = sorted(((c, w) for c, w in counted.items() if w), key=lambda cw: (-cw[1], cw[0]))
        mine = ranked.group == g
        assert list(zip(ranked.value[mine], ranked.weight[mine], strict=True)) == order
        assert ranked.rank[mine].tolist() == list(range(len(order)))
        total, held, expected = sum(w for _, w in order), 0, 0
        for _, w in order:
            if held >= part * total - 1e-9:
                break
            held, expected = held + w, expected + 1
        assert (needed[g], of[g]) == (expected, len(order))
        assert (value[g], most[g]) == (order[0] if order else (-1, 0))


def test_things_are_counted_once_an_account(tmp_path):
    made = Posted()
    for a in (0, 0, 1, 2, 7, 8, 9):
        made.post(a, START + a, "said by some", tags=["tag"] * (a < 2))
    made.post(3, START, "said by one member")
    facts = _facts(made.study(tmp_path, 10, {3: range(5), 8: [7, 8]}))
    things = facts.things
    assert [(int(facts.groups.label[g]), SHARED[k]) for g, k in zip(things.group, things.kind, strict=True)] == [
        (3, "text"), (3, "hashtag"), (8, "text"),
    ]  # fmt: skip
    assert things.members.tolist() == [3, 2, 2]
    assert things.accounts.tolist() == [6, 2, 6]
    assert things.elsewhere.tolist() == [1, 0, 1]
    assert things.weight.tolist() == [3, 1, 1]
    assert things.closed.tolist() == [False, True, False]
    assert facts.texts.account.tolist() == [0, 0, 1, 2, 7, 8]
    assert facts.words.thing.tolist().count(-1) == 1


def test_a_group_that_hardly_shares_anything_is_not_tied(tmp_path):
    made = Posted()
    for a in range(2):
        made.post(a, START, "said by two", tags=["tag"])
    groups = {1: range(2), 2: range(2, 4)}
    assert _facts(made.study(tmp_path / "two", 9, groups)).tied.tolist()[0] == 1
    facts = _facts(made.study(tmp_path / "many", 9, {1: range(3), 2: range(3, 9)}))
    assert np.isnan(facts.tied).tolist() == [True, True]


def test_links_and_programs_of_posts(tmp_path):
    made = Posted()
    for a in range(3):
        made.post(a, START + a, "with a link", link="https://one.example/x", client="B" if a else "A")
        made.post(a, START + a + 60, "without", client="A")
        made.post(a, START + a + 90, "again", client=None)
    made.post(4, START, "elsewhere", client="B")
    facts = _facts(made.study(tmp_path, 5, {1: range(3)}))
    assert facts.texts.link.tolist() == [True, False, False] * 3
    assert facts.clients.names == ["A", "B"]
    assert facts.texts.client.tolist() == [0, 0, -1, 1, 0, -1, 1, 0, -1]
    # each account by its main program; a draw goes to the first name
    assert facts.clients.accounts.tolist() == [[3, 0], [0, 1]]
    assert facts.clients.elsewhere(np.array([0, 1])).tolist() == [0, 1]


def test_an_empty_study(tmp_path):
    facts = _facts(small_study(tmp_path, 3, groups={2: [0, 1]}))
    assert (len(facts.things.group), len(facts.words.group), facts.span) == (0, 0, 0)
    assert facts.days.tolist() == [0, 0, 0]
    assert facts.clients.elsewhere(np.array([-1])).tolist() != [0]


def _facts(study):
    return Facts(study, communities(study), study.rows("select count(*) as n from accounts")["n"][0].as_py())
