"""Common phrases and share buttons against copies that only members use."""

from __future__ import annotations

import pytest
from posted import DAY, START, Posted, Weighed

from graphnet.explanations.auto_share import AutoShare

BUTTON = "Which tree are you? I got: an alder. Take the quiz"


def told(tmp_path, common, elsewhere=120, client="Web"):
    made = Posted()
    for a in range(6):
        made.post(a, START + a * DAY, BUTTON, link="https://quiz.example/tree", client="QuizApp")
        made.post(a, START + a * DAY + 7, f"own words {a}", client=client)
    for a in range(6, 6 + elsewhere):
        made.post(a, START + a * 60, BUTTON if a - 6 < common else f"mine {a}", client=client)
    return Weighed(made.study(tmp_path, 6 + elsewhere, {1: range(6)}), AutoShare())


def test_a_text_that_many_elsewhere_use_is_a_button(tmp_path):
    found = told(tmp_path, common=12)
    assert found.support[1] == 1
    assert found.words() == [
        "1 of 1 shared text (100 % of the pairs they tie) used by more than 1.0 % of the accounts elsewhere",
        "6 of 6 posts with a shared text carry a link, as buttons do",
        "100 % of these posts were made with QuizApp, mostly used by 0 % of the accounts elsewhere",
    ]


def test_a_text_that_hardly_anybody_else_uses_is_none(tmp_path):
    found = told(tmp_path, common=1)
    assert found.support[1] == -1
    assert found.clue("0 of 1 shared text") == -1


def test_five_accounts_are_few_however_few_there_are(tmp_path):
    assert told(tmp_path, common=5).support[1] == -1
    assert told(tmp_path / "six", common=6).support[1] == 1


def test_with_few_accounts_elsewhere_nothing_is_common(tmp_path):
    found = told(tmp_path, common=50, elsewhere=60)
    assert found.support[1] is None
    assert found.words()[0] == "unknown: only 60 accounts elsewhere write"


@pytest.mark.parametrize("client", ["QuizApp", None])
def test_everybodys_program_says_nothing(tmp_path, client):
    found = told(tmp_path, common=12, client=client)
    if client:
        assert found.words()[2] == "unknown: most accounts elsewhere use the same program"
    else:
        assert found.clue("were made with QuizApp") == 1


def test_no_texts_at_all(tmp_path):
    made = Posted()
    for a in range(4):
        made.retweet(a, START, "one", 5)
    found = Weighed(made.study(tmp_path, 6, {1: range(4)}), AutoShare())
    assert found.support == {1: None}
    assert all(words.startswith("unknown: ") for words in found.words())
