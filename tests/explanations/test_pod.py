"""Returned favours against leaders and strangers."""

from __future__ import annotations

import itertools

import pytest
from posted import START, Posted, Weighed

from graphnet.explanations.pod import Pod


def test_members_who_promote_each_other(tmp_path):
    made = Posted()
    for a, b in itertools.permutations(range(5), 2):
        made.retweet(a, START, f"by {b}", b)
        made.act(a, "follow", None, target=b)
    made.retweet(0, START, "by a stranger", 9)
    found = Weighed(made.study(tmp_path, 10, {1: range(5)}), Pod())
    assert found.words() == [
        "20 of 21 retweets and quotes by members are of other members' posts",
        "20 of 20 ties by which one member repeats another are returned",
        "5 of 5 members who post are repeated by another member",
        "100 % of the pairs of members follow each other",
    ]
    assert found.support[1] == 1


def test_followers_of_a_leader_among_them(tmp_path):
    made = Posted()
    for a in range(1, 6):
        made.post(a, START, f"own {a}")
        made.retweet(a, START, "by the leader", 0)
    found = Weighed(made.study(tmp_path, 8, {1: range(6)}), Pod())
    assert found.clue("5 of 5 retweets and quotes") == 1
    assert found.clue("0 of 5 ties") == -1
    assert found.clue("1 of 6 members who post") == -1
    assert found.support[1] == -1
    assert "unknown: no follows in this data" in found.words()


def test_who_posts_nothing_cannot_have_a_favour_returned(tmp_path):
    made = Posted()
    for a, b in itertools.permutations(range(3), 2):
        made.retweet(a, START, f"by {b}", b)
    for a in range(3, 9):
        made.retweet(a, START, "by 0", 0)
    found = Weighed(made.study(tmp_path, 10, {1: range(9)}), Pod())
    assert found.clue("6 of 6 ties") == 1
    assert found.clue("3 of 3 members who post") == 1


def test_repeating_others(tmp_path):
    made = Posted()
    for a in range(5):
        made.retweet(a, START, "by a stranger", 9)
    found = Weighed(made.study(tmp_path, 10, {1: range(5)}), Pod())
    assert found.clue("0 of 5 retweets and quotes") == -1
    assert "unknown: no member who posts repeats another" in found.words()
    assert found.support[1] == -1


def test_strangers_in_a_chat_need_not_follow_each_other(tmp_path):
    made = Posted()
    for a, b in itertools.permutations(range(5), 2):
        made.retweet(a, START, f"by {b}", b)
    made.act(7, "follow", None, target=8)
    found = Weighed(made.study(tmp_path, 10, {1: range(5)}), Pod())
    assert found.clue("0 % of the pairs of members follow each other") == -0.5
    assert found.support[1] == pytest.approx(2.5 / 4)


def test_no_retweets(tmp_path):
    made = Posted()
    made.post(0, START, "alone")
    assert Weighed(made.study(tmp_path, 3, {1: range(2)}), Pod()).support == {1: None}
