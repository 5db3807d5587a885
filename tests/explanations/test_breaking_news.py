"""What everybody shares on one day against what one group shares day after day."""

from __future__ import annotations

from posted import DAY, START, Posted, Weighed

from graphnet.explanations.breaking_news import BreakingNews

POPULAR = "were among the 1.0 % most shared of their day elsewhere"


def told(tmp_path, days, sharers, kind="retweet", span=10):
    """Ten members share one thing on each of some days; so do ``sharers`` of the forty others."""
    made = Posted()
    for day in range(days):
        for a in [*range(10), *range(10, 10 + sharers)]:
            when = START + day * DAY + a
            if kind == "retweet":
                made.retweet(a, when, f"news {day}", 50)
            else:
                made.post(a, when, link=f"https://paper.example/{day}")
    for day in range(span):
        for a in range(10, 50):
            made.retweet(a, START + day * DAY + 999, f"private {day} {a // 2}", 50)
    return Weighed(made.study(tmp_path, 51, {1: range(10)}), BreakingNews())


def test_the_news_of_two_days(tmp_path):
    found = told(tmp_path, days=2, sharers=30)
    assert found.support[1] == 1
    assert found.words() == [
        f"2 of 2 things that members share (100 % of the pairs they tie) {POPULAR}",
        "80 % of the pairs are tied on 2 days of 10",
        "2 things of 2 make 80 % of the pairs tied",
    ]


def test_links_count_as_well(tmp_path):
    assert told(tmp_path, days=1, sharers=30, kind="link").support[1] == 1


def test_what_nobody_else_shares_is_no_news(tmp_path):
    found = told(tmp_path, days=2, sharers=0)
    assert found.support[1] == -1
    assert found.clue("0 of 2 things") == -1


def test_news_every_day_is_a_habit(tmp_path):
    found = told(tmp_path, days=8, sharers=30)
    assert found.clue("8 of 8 things") == 1
    assert found.clue("80 % of the pairs are tied on 7 days") == -1
    assert found.support[1] == -1


def test_a_few_days_hold_one_burst_at_most(tmp_path):
    found = told(tmp_path, days=1, sharers=30, span=3)
    assert "unknown: the data cover only 3 days" in found.words()
    assert found.support[1] == 1


def test_without_times_days_cannot_be_told(tmp_path):
    made = Posted()
    for a in range(20):
        made.retweet(a, None, "news", 20)
    found = Weighed(made.study(tmp_path, 21, {1: range(8)}), BreakingNews())
    assert "unknown: no times are known" in found.words()
    assert found.support[1] == 1
