"""One owner's accounts against a ring that pushes one page."""

from __future__ import annotations

from posted import DAY, HOUR, START, Posted, Weighed

from graphnet.explanations.newsroom import Newsroom

SITE = "tidetimes.example/…"
OLD = START - 3000 * DAY


def told(tmp_path, *, pages=20, linked=True, site="tidetimes.example", created=OLD, verified=True, retweets=0):
    """Six accounts post the same texts; forty others link to two papers."""
    made = Posted()
    for n in range(20):
        for a in range(6):
            link = f"https://{site}/{n % pages}" if linked or n == 0 else None
            made.post(a, START + n * DAY // 2 + a * 10, f"Headline number {n}", link=link)
    for a in range(6):
        for n in range(retweets):
            made.retweet(a, START + n, f"post {n}", 45)
    for a in range(6, 46):
        for n in range(3):
            made.post(a, START + n * HOUR, f"I read {a} {n}", link=f"https://paper{a % 2}.example/{n}")
    people = [
        {
            "account": a, "name": f"TideTimes{a}" if a < 6 else f"reader{a}", "verified": verified and a < 6,
            "created": created if a < 6 else START - 1000 * DAY,
        }
        for a in range(46)
    ]  # fmt: skip
    return Weighed(made.study(tmp_path, people, {1: range(6)}), Newsroom())


def test_a_newsroom(tmp_path):
    found = told(tmp_path)
    assert found.support[1] == 1
    assert found.words() == [
        f"120 of 120 links that members posted lead to {SITE}, by 6 of 6 members; elsewhere 0 % of the links do",
        "they lead to 20 different pages there",
        "120 of 120 posts with a text that members share carry a link",
        "“tide” stands in the profiles of 6 of 6 members and of 0 of 40 accounts elsewhere",
        "100 % of the members are verified, 0 % of the accounts elsewhere",
        "half of the members' accounts were made before 2015-08-27, half of those elsewhere before 2021-02-16",
        "0 % of what members post are retweets, elsewhere 0 %",
        "texts that members share were posted on 10 of 10 days",
    ]


def test_copies_without_links_are_no_headlines(tmp_path):
    found = told(tmp_path, linked=False)
    assert found.clue("6 of 120 posts with a text that members share carry a link") == -1
    assert found.support[1] == -1


def test_everybodys_paper_is_not_the_groups_own(tmp_path):
    found = told(tmp_path, site="paper1.example")
    assert found.clue("elsewhere 50 % of the links do") == 0
    assert found.support[1] == 0


def test_new_accounts_one_page_and_retweets_speak_against_it(tmp_path):
    found = told(tmp_path, pages=1, created=START - 30 * DAY, verified=False, retweets=60)
    assert found.clue("they lead to 1 different page there") == -1
    assert found.clue("half of the members' accounts were made before") == -1
    assert found.clue("75 % of what members post are retweets") == -1
    assert found.support[1] < 0.5


def test_sites_of_one_owner_count_together(tmp_path):
    made = Posted()
    for a in range(4):
        made.post(a, START, f"{a}", link=f"https://{'news' if a % 2 else 'sport'}.bbc.co.uk/{a}")
    found = Weighed(made.study(tmp_path, 5, {1: range(4)}), Newsroom())
    assert found.clue("4 of 4 links that members posted lead to bbc.co.uk/…, by 4 of 4 members") == 1


def test_no_links(tmp_path):
    made = Posted()
    for a in range(4):
        made.post(a, START, "words")
    found = Weighed(made.study(tmp_path, 5, {1: range(4)}), Newsroom())
    assert found.support == {1: None}
    assert found.words()[0] == "unknown: no links in this data"
