"""How much and when: posts per active day and quiet hours, against naive counts."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import shuffled, small_study, table

from graphnet import timelines
from graphnet.controls import communities
from graphnet.signals.activity import Activity
from graphnet.signals.quiet_hours import QuietHours

DAY = 86400
TIMES = st.lists(st.tuples(st.integers(0, 4), st.integers(-5 * DAY, 60 * DAY)), min_size=1, max_size=80)


def posted(rows, order=0):
    return shuffled([{"post": n, "id": str(n), "account": a, "time": t} for n, (a, t) in enumerate(rows)], order)


def scored(study, signal):
    groups = communities(study)
    width = study.rows("select count(*) as n from accounts")["n"][0].as_py()
    data = signal.load(study, groups.places(width) < 0)
    values = signal.statistic(data, groups)
    of_groups = {f.subject: f for f in signal.communities(data, groups, values)}
    return of_groups, {f.subject: f for f in signal.accounts(data, groups)}


def naive(times):
    """Posts per active day, and the smallest share of posts in 24 quarters of an hour in a row."""
    when = [datetime.fromtimestamp(t, UTC) for t in times]
    quarters = Counter(w.hour * 4 + w.minute // 15 for w in when)
    quiet = min(sum(quarters[(start + i) % 96] for i in range(24)) for start in range(96)) / len(times)
    return len(times) / len({w.date() for w in when}), quiet


@settings(max_examples=15, deadline=None)
@given(TIMES, st.integers(0, 99))
@pytest.mark.parametrize(("signal", "which"), [(Activity, 0), (QuietHours, 1)])
def test_accounts_and_group_against_a_naive_count(tmp_path_factory, signal, which, rows, order):
    study = small_study(tmp_path_factory.mktemp("s"), 5, groups={1: range(5)}, posts=posted(rows, order))
    of_groups, of_accounts = scored(study, signal(least_posts=5, least_days=2, least_members=2))
    known = {}
    for account in range(5):
        times = [t for a, t in rows if a == account]
        days = {t // DAY for t in times}
        if len(times) >= 5 and len(days) >= 2:
            known[account] = naive(times)[which]
            assert of_accounts[account].value == pytest.approx(known[account])
        else:
            assert of_accounts[account].value is None
            assert of_accounts[account].reason.startswith(f"insufficient data: {len(times)} post")
    if len(known) < 2:
        assert of_groups[1].value is None
        assert f"insufficient data: {len(known)} member" in of_groups[1].reason
    else:
        assert of_groups[1].value == pytest.approx(median(known.values()))


def a_person(account, days, hours):
    return [(account, d * DAY + h * 3600 + account) for d in range(days) for h in hours]


def test_little_data_is_no_rhythm(tmp_path):
    rows = a_person(0, 6, range(12)) + a_person(1, 35, [9]) + a_person(2, 36, [9])
    _, found = scored(small_study(tmp_path, 3, groups={1: range(3)}, posts=posted(rows)), Activity())
    assert found[0].reason == "insufficient data: 72 posts on 6 days, 36 on 7 days are needed"
    assert found[1].reason == "insufficient data: 35 posts on 35 days, 36 on 7 days are needed"
    assert found[2].value == 1


def test_a_group_without_enough_data_is_described_all_the_same(tmp_path):
    study = small_study(tmp_path, 3, groups={1: range(3)}, posts=posted(a_person(0, 2, [3, 4])))
    finding = scored(study, Activity())[0][1]
    assert finding.value is None
    assert finding.reason == (
        "insufficient data: 0 members of 3 made 36 posts or more on 7 days or more, 3 are needed; "
        "1 member made 4 posts between 1970-01-01 and 1970-01-02, on 2 days each (median)"
    )
    assert sum(r["count"] for r in finding.evidence) == 4
    assert [r["hour"] for r in finding.evidence] == list(range(24))


def test_sleepers_have_quiet_hours_and_a_clock_has_none(tmp_path):
    rows = [r for a in range(3) for r in a_person(a, 10, range(7, 23))]
    rows += [r for a in range(3, 6) for r in a_person(a, 10, range(24))]
    study = small_study(tmp_path, 6, groups={1: range(3), 2: range(3, 6)}, posts=posted(rows))
    of_groups, of_accounts = scored(study, QuietHours())
    assert of_groups[1].value == 0
    assert of_groups[2].value == 0.25
    assert "the median member makes 0 % of its posts in its quietest six hours" in of_groups[1].reason
    assert of_accounts[0].evidence[0]["hours"] == [0] * 7 + [10] * 16 + [0]


def test_quiet_hours_go_round_midnight(tmp_path):
    rows = [(0, d * DAY + h * 3600 + 2700) for d in range(10) for h in range(3, 21)]
    found = scored(small_study(tmp_path, 1, groups={1: [0]}, posts=posted(rows)), QuietHours())[1][0]
    assert found.value == 0
    assert "21:00 to 03:00 UTC" in found.reason


def test_an_account_is_placed_among_those_in_no_community(tmp_path):
    rows = [r for a in range(4) for r in a_person(a, 12, range(3 + a))]
    found = scored(small_study(tmp_path, 4, groups={1: [2]}, posts=posted(rows)), Activity())[1][2]
    assert found.value == 5
    assert found.control == pytest.approx(2 / 3)
    assert found.reason.endswith("more than 67 % of the 3 accounts in no community")


def test_edges_with_times_count_where_there_are_no_posts(tmp_path):
    acts = [
        {"account": 0, "kind": k, "target": 1, "time": d * DAY + i, "weight": 1.0}
        for d in range(9)
        for i in range(5)
        for k in ("retweet", "mention")
    ]
    study = small_study(tmp_path, 2, groups={1: [0]}, actions=acts)
    # two actions in the same second are taken for one post: an edge list does not say
    assert scored(study, Activity())[1][0].value == 5


def test_dates_without_a_time_have_no_quiet_hours(tmp_path):
    rows = [(0, d * DAY) for d in range(40)] + a_person(1, 10, range(24))
    found = scored(small_study(tmp_path, 2, groups={1: [0, 1]}, posts=posted(rows)), QuietHours())[1]
    assert found[0].reason == "insufficient data: its times are dates without a time of day"
    assert found[0].value is None
    assert found[1].value == 0.25


def test_no_times_no_rhythm(tmp_path):
    study = small_study(tmp_path, 2, groups={1: [0]}, actions=[{"account": 0, "kind": "follow", "target": 1}])
    assert Activity().missing(study) == QuietHours().missing(study) == "the study has no times"


def test_group_values_do_not_depend_on_which_groups_are_asked_for(tmp_path):
    rng = np.random.default_rng(2)
    rows = [(int(a), int(t)) for a, t in zip(rng.integers(0, 9, 900), rng.integers(0, 20 * DAY, 900), strict=True)]
    study = small_study(tmp_path, 9, groups={1: range(5), 2: range(5, 9)}, posts=posted(rows))
    groups, signal = communities(study), QuietHours()
    data = signal.load(study, np.zeros(9, dtype=bool))
    np.testing.assert_array_equal(signal.statistic(data, groups)[1:], signal.statistic(data, groups.slice(1, 2)))


def test_times_are_loaded_once_for_all_signals_and_anew_when_the_tables_change(tmp_path):
    study = small_study(tmp_path, 1, posts=posted([(0, 5), (0, 3)]))
    lines = timelines.load(study)
    assert timelines.load(study) is lines
    again = small_study(tmp_path, 1, posts=posted([(0, 7)]))
    assert timelines.load(again).time.tolist() == [7]
    with study.step("read", {}, keep=True) as step:
        step.write("posts", table("posts", posted([(0, 9)])))
    assert timelines.load(study).time.tolist() == [9]
