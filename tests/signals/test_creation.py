"""The densest window of creation dates against a naive search."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import shuffled, small_study

from graphnet.controls import communities
from graphnet.crowds import Crowds
from graphnet.scan import densest
from graphnet.signals.creation import Created, Creation

DAY = 86400
DATES = st.lists(st.one_of(st.none(), st.integers(-10, 40)), min_size=12, max_size=12)


def scored(study, signal):
    groups = communities(study)
    data = signal.load(study, np.zeros(0, dtype=bool))
    values = signal.statistic(data, groups)
    of_groups = {f.subject: f for f in signal.communities(data, groups, values)}
    return of_groups, {f.subject: f for f in signal.accounts(data, groups)}


def naive(dates, days):
    """Most dates within ``days`` of one of them, the first date for which that holds, and how many there are."""
    held = sorted(d for d in dates if d is not None)
    counts = {d: sum(d <= e <= d + days for e in held) for d in reversed(held)}
    best = max(counts.values(), default=0)
    return min((d for d, c in counts.items() if c == best), default=None), best, len(held)


@given(DATES, st.lists(st.sets(st.integers(0, 11), min_size=1), min_size=1, max_size=6), st.integers(1, 12))
def test_many_groups_at_once_against_a_naive_search(dates, some, days):
    crowds = Crowds.of([i for i, g in enumerate(some) for _ in g], [a for g in some for a in g])
    time = np.array([np.nan if d is None else d * DAY for d in dates])
    start, best, known = densest(time, crowds, days)
    expected = [naive([dates[a] for a in g], days) for g in some]
    assert best.tolist() == [e[1] for e in expected]
    assert known.tolist() == [e[2] for e in expected]
    assert [None if np.isnan(s) else s / DAY for s in start] == [e[0] for e in expected]
    share = Creation(days=days, least=1).statistic(Created(None, time), crowds)
    assert [None if np.isnan(s) else s for s in share] == [
        pytest.approx(e[1] / e[2]) if e[2] else None for e in expected
    ]


def test_a_burst_is_named_with_its_accounts_and_the_season(tmp_path):
    start = 1_600_000_000
    people = [{"account": a, "created": start + a * DAY} for a in range(20)]
    people += [{"account": a, "created": start + a * 100 * DAY} for a in range(20, 40)]
    people += [{"account": 40}, {"account": 41}]
    study = small_study(tmp_path, people, groups={1: [*range(9, -1, -1), 30, 40], 2: range(20, 30)})
    of_groups, of_accounts = scored(study, Creation())
    assert of_groups[1].value == pytest.approx(10 / 11)
    assert of_groups[1].reason == (
        "10 of 11 members with a known date were made within 120 days from 2020-09-13, when 50 % of all accounts were "
        "made; half of the group before 2020-09-18"
    )
    assert [r["account"] for r in of_groups[1].evidence] == [f"id{a}" for a in range(10)]
    assert of_groups[1].evidence[0]["created"] == "2020-09-13T12:26:40Z"
    assert of_groups[2].value == pytest.approx(0.2)
    assert (of_accounts[0].value, of_accounts[30].value, of_accounts[40].value) == (1, 0, None)
    assert of_accounts[40].reason == "insufficient data: its creation date is not known"


def test_few_known_dates_are_insufficient(tmp_path):
    people = [{"account": a, "created": a if a < 4 else None} for a in range(8)]
    of_groups, of_accounts = scored(small_study(tmp_path, people, groups={1: range(8)}), Creation())
    assert of_groups[1].value is None
    assert of_groups[1].reason == "insufficient data: 4 members with a known date, 5 needed"
    assert of_accounts[0].reason == "insufficient data: its group has too few known dates"


def test_no_dates_not_applicable(tmp_path):
    assert Creation().missing(small_study(tmp_path, 3)) == "no account has a creation date"


def test_the_order_of_accounts_changes_nothing(tmp_path_factory):
    people = [{"account": a, "created": 10_000 * a**2} for a in range(12)]
    groups = {1: range(6), 2: range(6, 12)}
    one, two = (
        scored(small_study(tmp_path_factory.mktemp("s"), rows, groups=groups), Creation(days=3))
        for rows in (people, shuffled(people, 4))
    )
    assert one == two
    assert one[0][1].value == 1
