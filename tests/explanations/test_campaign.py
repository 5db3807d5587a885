"""A tweetstorm, part of one, and a ring that posts copies at all hours."""

from __future__ import annotations

import pytest
from posted import DAY, HOUR, START, Posted, Weighed

from graphnet.explanations.campaign import Campaign

EVENING = START + 3 * DAY + 18 * HOUR
SUGGESTED = ["Bring our show back now please", "Ten years of stories must not end", "We are many and we are loud"]


def storm(made, accounts):
    """Everybody posts twice in one hour with a hashtag: a suggested text, and words of their own."""
    for a in accounts:
        made.post(a, EVENING + 20 * a, SUGGESTED[a % 3], tags=["saveourshow"], client=("Web", "iPhone")[a % 2])
        made.post(a, EVENING + 20 * a + 1500, f"my own reason {a}", tags=["saveourshow"], client="Web")


def background(made, accounts):
    for a in accounts:
        for day in range(8):
            made.post(a, START + day * DAY + a * 600, f"chatter {a} {day}", client=("Web", "iPhone")[(a + day) % 2])


def test_part_of_a_tweetstorm(tmp_path):
    made = Posted()
    storm(made, range(40))
    background(made, range(60))
    found = Weighed(made.study(tmp_path, 60, {1: range(10)}), Campaign())
    words = found.words()
    assert words[0] == (
        "3 of 3 texts that members used within the same hour were then also used by 30 accounts elsewhere, beside 10 "
        "members"
    )
    assert found.clue("1 of 1 hashtag") == 1
    assert found.clue("10 of 20 posts in these hours are in words of their own") == 1
    assert found.clue("0 of 20 posts copy a text that hardly anybody else uses") == 1
    assert found.clue("10 of 10 members took part in these hours") == 1
    assert found.clue("30 of 30 uses fall into the 3 busiest hours") == 1
    assert found.clue("10 of 10 members took part on 2 days or fewer") == 1
    assert found.clue("20 uses in the quarter of an hour after 2023-11-16 18:00 UTC, 0 in the one before") == 1
    assert found.support[1] > 0.8


def test_a_whole_tweetstorm_is_known_by_its_own_words_and_its_hour(tmp_path):
    made = Posted()
    storm(made, range(40))
    background(made, range(60))
    found = Weighed(made.study(tmp_path, 60, {1: range(40)}), Campaign())
    assert found.clue("0 of 3 texts") == -1
    assert found.clue("40 of 80 posts in these hours are in words of their own") == 1
    assert found.clue("40 of 80 posts copy a text") == pytest.approx(0.5)
    assert found.support[1] >= 0.25


def test_a_ring_that_posts_copies_day_after_day(tmp_path):
    made = Posted()
    for n in range(8):
        for a in range(10):
            made.post(a, START + n * DAY + n * HOUR + a, f"copy {n}", tags=["stopthem"], client="Web")
    background(made, range(60))
    for a in range(40, 60):
        made.post(a, START + 2 * DAY + 2 * HOUR + a, f"against it {a}", tags=["stopthem"])
    found = Weighed(made.study(tmp_path, 60, {1: range(10)}), Campaign())
    assert found.clue("0 of 8 texts") == -1
    assert found.clue("0 of 80 posts in these hours are in words of their own") == -1
    assert found.clue("80 of 80 posts copy a text") == -1
    assert found.clue("0 of 10 members took part on 2 days or fewer") == -1
    assert found.support[1] == -1


def test_a_hashtag_beside_the_point_explains_nothing(tmp_path):
    """What ties the group are retweets; that two members use a popular hashtag in one hour is by the way."""
    made = Posted()
    storm(made, range(30, 60))
    storm(made, range(2))
    for n in range(30):
        for a in range(10):
            made.retweet(a, START + n * HOUR, f"post {n}", 59)
    found = Weighed(made.study(tmp_path, 60, {1: range(10)}), Campaign())
    assert found.clue("2 of 10 members took part in these hours") == -1
    assert found.clue("texts and hashtags make 0.1 % of the pairs") == -1
    assert found.support[1] == -1


def test_the_other_half_of_a_ring_is_no_public(tmp_path):
    made = Posted()
    for a in range(20):
        made.post(a, EVENING + a, "the same words")
    found = Weighed(made.study(tmp_path, 60, {1: range(10), 2: range(10, 20)}), Campaign())
    assert found.clue("0 of 1 text that members used within the same hour were then also used by 0 accounts") == -1


def test_no_words_no_times(tmp_path):
    made = Posted()
    for a in range(5):
        made.post(a, None, "the same words", tags=["tag"])
    found = Weighed(made.study(tmp_path, 6, {1: range(5)}), Campaign())
    assert found.support == {1: None}
    bare = Weighed(Posted().study(tmp_path / "bare", 6, {1: range(5)}), Campaign())
    assert "unknown: no texts and hashtags in this data" in bare.words()
