"""Fans against those who only look like them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from posted import DAY, START, Posted, Weighed

from graphnet.crowds import Crowds
from graphnet.explanations.fandom import WINDOW, Fandom, _densest

IDOL = 99


def told(tmp_path, *, others=40, copies=False, seasons=True, authors=1, talk=True):
    """Ten members repeat the same 20 posts."""
    made = Posted()
    for n in range(20):
        for a in range(10 + others * (n < 3)):
            made.retweet(a, START + n * DAY // 2 + a, f"post {n}", IDOL - n % authors)
    for a in range(60):
        made.post(a, START + a, f"{a} says hello")
        for b in range(3 * talk):
            made.act(a, "reply", START + a + DAY * b, target=(a + b + 1) % 60)
    if copies:
        for a in range(10):
            made.post(a, START + DAY + a, "the same words from all of us")
    people = [
        {"account": a, "created": START - (a * 100 if seasons or a >= 10 else 1000 + a) * DAY} for a in range(100)
    ]
    return Weighed(made.study(tmp_path, people, {1: range(10)}), Fandom())


def test_fans_of_one_author(tmp_path):
    found = told(tmp_path)
    assert found.words() == [
        "posts of 1 author outside the group make 100 % of the pairs of members who share posts, links or texts",
        "40 accounts elsewhere repeat these authors too, beside 10 members",
        "0 of 10 members who write post a text that hardly anybody else uses",
        "20 % of the members' accounts were made within one stretch of 120 days, 0 % of those elsewhere",
        "the members act on 10 different days (median), accounts elsewhere on 3",
        "100 % of the members answer or mention 3 different accounts or more, 56 % of those elsewhere",
    ]
    assert found.support[1] == 1


def test_a_group_that_is_the_whole_audience(tmp_path):
    found = told(tmp_path, others=0)
    assert found.clue("0 accounts elsewhere repeat these authors") == -1
    assert found.support[1] == -1


def test_fans_do_not_all_write_the_same_words(tmp_path):
    found = told(tmp_path, copies=True)
    assert found.clue("10 of 10 members who write post a text that hardly anybody else uses") == -1
    assert found.support[1] == -1


def test_many_authors_are_no_idols(tmp_path):
    found = told(tmp_path, authors=20)
    assert found.clue("posts of 3 authors outside the group make 15 %") == -1
    assert found.support[1] == -1


def test_accounts_of_one_season_and_silence_speak_against_it(tmp_path):
    found = told(tmp_path, seasons=False)
    assert found.clue("100 % of the members' accounts were made within one stretch") == -1
    assert 0 < found.support[1] < 1
    quiet = told(tmp_path / "quiet", talk=False)
    assert "unknown: no replies or mentions elsewhere to compare with" in quiet.words()


def test_no_known_authors(tmp_path):
    made = Posted()
    for a in range(5):
        made.post(a, START, "words")
    found = Weighed(made.study(tmp_path, 6, {1: range(5)}), Fandom())
    assert found.support == {1: None}
    assert found.words()[0] == "unknown: members repeat no posts of known authors, or hardly share anything"


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 900)), min_size=10, max_size=10),
    st.lists(st.sets(st.integers(0, 9), min_size=1), min_size=1, max_size=4),
)
def test_the_densest_stretch_against_a_naive_search(dates, some):
    crowds = Crowds.of([i for i, g in enumerate(some) for _ in g], [a for g in some for a in g])
    values = np.array([np.nan if d is None else d * DAY for d in dates], dtype=float)
    start, most, known = _densest(values, crowds)
    for i, group in enumerate(some):
        held = sorted(values[a] for a in group if not np.isnan(values[a]))
        counts = [(sum(s <= v <= s + WINDOW for v in held), -s) for s in held]
        assert known[i] == len(held)
        assert most[i] == max((c for c, _ in counts), default=0)
        assert (np.isnan(start[i]) and not held) or start[i] == pytest.approx(-max(counts)[1])
