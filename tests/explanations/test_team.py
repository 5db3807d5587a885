"""Planned posts and profiles that say whose they are."""

from __future__ import annotations

import pyarrow as pa
import pytest
from posted import DAY, HOUR, START, Posted, Weighed

from graphnet.crowds import Crowds
from graphnet.explanations._profiles import common, words
from graphnet.explanations.team import Team
from graphnet.words import percent


def told(tmp_path, *, planned=True, named=True, client="Planner", rounded=False):
    """Five accounts post ten times on five working days, at full five minutes or not; thirty others at all hours."""
    made = Posted()
    for a in range(35):
        for n in range(10):
            office = START + n % 5 * DAY + (9 + n) * HOUR if a < 5 else START + n * DAY + (a * 7 + n * 5) % 24 * HOUR
            minute = 5 * a % 60 if (a < 5 and planned) or rounded else (a * 13 + n * 7) % 60
            made.post(a, office + minute * 60 + 3, f"{a} {n}", client=client if a < 5 else "Web")
        if a < 5:
            for n in range(5):
                made.retweet(a, START + n, f"statement {n}", 35)
    says = "Press office of Alder Harbour Trust" if named else None
    people = [{"account": a, "name": f"person{a}", "description": says if a < 5 else "I like tea"} for a in range(36)]
    return Weighed(made.study(tmp_path, people, {1: range(5)}), Team())


WEEK = "Monday to Friday"


def _usual():
    """The share of the others' posts in their own busiest ten hours, counted one by one."""
    hours = [((a * 7 + n * 5) % 24, n % 7) for a in range(5, 35) for n in range(10)]
    most = max(sum(day < 5 and (hour - s) % 24 < 10 for hour, day in hours) for s in range(24))
    return percent(most / len(hours))


def test_a_press_office(tmp_path):
    found = told(tmp_path)
    assert found.support[1] == 1
    assert found.words() == [
        "100 % of 50 own posts were made within a minute that divides by five (by chance 20 %; elsewhere 20 %)",
        "5 of 5 members mostly post with Planner, 0 % of the accounts elsewhere",
        "“alder” stands in the profiles of 5 of 5 members and of 0 of 31 accounts elsewhere",
        f"100 % of the own posts fall into the same ten hours of {WEEK} (9:00 to 19:00 UTC), elsewhere {_usual()}",
        "100 % of 25 retweets by members are of one account, @person35",
    ]


def test_a_team_that_does_not_say_who_it_is(tmp_path):
    found = told(tmp_path, named=False)
    assert found.clue("no word or site stands in the profiles") == -0.5
    assert found.support[1] == -0.5


def test_neither_schedule_nor_program(tmp_path):
    found = told(tmp_path, planned=False, client="Web")
    assert found.clue("own posts were made within a minute that divides by five") == -1
    assert found.clue("5 of 5 members mostly post with Web, 100 % of the accounts elsewhere") == 0
    assert found.support[1] == 0


def test_rounded_times_are_nobodys_schedule(tmp_path):
    found = told(tmp_path, rounded=True, client=None)
    assert found.words()[0] == "unknown: most posts elsewhere are at full five minutes too: the times are rounded"
    assert found.support[1] is None


def test_words_of_profiles():
    assert words("HarbourPine_News31", None) == {"harbour", "pine", "news"}
    assert "bbc.co.uk" in words(None, "more: https://bbc.co.uk/x")
    assert words("BBCNews", "") == {"news"}
    assert "خبر" in words(None, "خبر فوری")
    assert words(None, None) == set()


@pytest.mark.parametrize(("others", "expected"), [(0, "tide"), (1, "tide"), (3, "")])
def test_a_word_names_a_group_only_if_few_others_have_it(others, expected):
    text = ["tide"] * 4 + ["tide"] * others + ["something else"] * (40 - others)
    groups = Crowds.of([1] * 4, range(4))
    name, said = (pa.chunked_array([pa.array(column, pa.string())]) for column in ([None] * 44, text))
    found = common(name, said, groups, groups.places(44) < 0)
    assert found.word == [expected]
    assert found.of.tolist() == [4]
    if expected:
        assert (found.members.tolist(), found.elsewhere.tolist(), found.others) == ([4], [others], 40)
