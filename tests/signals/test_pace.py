"""Quickest gaps among a group's ties against a naive count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import shuffled, small_study

from graphnet.controls import communities
from graphnet.signals.pace import Pace

TIES = st.lists(
    st.tuples(st.sampled_from(["x", "y"]), st.integers(0, 5), st.integers(6, 9), st.integers(0, 30)),
    unique_by=lambda t: t[:3],
    min_size=1,
    max_size=30,
)


def pair(layer, a, b, gap, shared=1):
    return {"layer": layer, "source": a, "target": b, "shared": shared, "quickest": gap, "weight": 1.0}


def scored(study):
    signal, groups = Pace(), communities(study)
    data = signal.load(study, groups.places(10) < 0)
    values = signal.statistic(data, groups)
    of_groups = {f.subject: f for f in signal.communities(data, groups, values)}
    return of_groups, {f.subject: f for f in signal.accounts(data, groups)}


@settings(max_examples=15, deadline=None)
@given(TIES, st.sets(st.integers(0, 9), min_size=2), st.integers(0, 99))
def test_group_and_accounts_against_a_naive_count(tmp_path_factory, ties, members, order):
    rows = shuffled([pair(*t) for t in ties], order)
    of_groups, of_accounts = scored(small_study(tmp_path_factory.mktemp("s"), 10, groups={1: members}, pairs=rows))
    gaps = {}
    for _, a, b, gap in ties:
        if {a, b} <= members:
            gaps[a, b] = min(gap, gaps.get((a, b), gap))
    fast = [g <= 10 for g in gaps.values()]
    assert of_groups[1].value == (pytest.approx(np.mean(fast)) if fast else None)
    assert [r["gap"] for r in of_groups[1].evidence] == sorted(gaps.values())[:25]
    for account in members:
        mine = [g <= 10 for ends, g in gaps.items() if account in ends]
        assert of_accounts[account].value == (pytest.approx(np.mean(mine)) if mine else None)


def test_both_directions_are_one_pair(tmp_path):
    study = small_study(tmp_path, 10, groups={1: [0, 1]}, pairs=[pair("x", 0, 1, 50), pair("x", 1, 0, 4)])
    finding = scored(study)[0][1]
    assert finding.value == 1
    assert finding.reason == (
        "1 of 1 tied pair were within 10 s of one another at least once; half of the pairs within 4 s"
    )
    assert finding.evidence == [{"a": "id0", "a_name": "name0", "b": "id1", "b_name": "name1", "gap": 4, "shared": 1}]


def test_ties_elsewhere_stand_beside_it(tmp_path):
    rows = [pair("x", 0, 1, 1), pair("x", 2, 3, 1), pair("x", 0, 4, 99), pair("x", 5, 6, 99), pair("x", 5, 7, 2)]
    finding = scored(small_study(tmp_path, 10, groups={1: [0, 1], 2: [2, 3]}, pairs=rows))[0][2]
    assert finding.reason.endswith("of the 3 ties between communities or outside them, 33 %")


def test_ties_without_times_do_not_apply(tmp_path):
    study = small_study(tmp_path, 10, groups={1: [0, 1]}, pairs=[pair("x", 0, 1, None)])
    assert Pace().missing(study) == "the ties carry no times"


def test_a_group_whose_ties_carry_no_times_does_not_apply(tmp_path):
    rows = [pair("x", 0, 1, None), pair("x", 2, 3, 5)]
    of_groups, of_accounts = scored(small_study(tmp_path, 10, groups={1: [0, 1]}, pairs=rows))
    assert of_groups[1].reason == of_accounts[0].reason == "not applicable: its ties carry no times"
