"""The signal: composition of each community, and one finding for each member."""

from __future__ import annotations

import numpy as np
import pytest
from rhythmic import clock, cyborg, person, rhythmic

from graphnet.controls import communities
from graphnet.signals.automation import Automation

PEOPLE = 150


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Community 1: eight clocks, four cyborgs, two that hardly post; 2: twelve people; 3: two people."""
    lines = [person(s) for s in range(PEOPLE)] + [clock(s) for s in range(8)] + [cyborg(900 + s) for s in range(4)]
    lines += [person(800, days=2), person(801, days=2)] + [person(600 + s) for s in range(14)]
    groups = {1: range(150, 164), 2: range(164, 176), 3: range(176, 178)}
    study = rhythmic(tmp_path_factory.mktemp("s"), lines, groups)
    signal, crowds = Automation(), communities(study)
    data = signal.load(study, crowds.places(len(lines)) < 0)
    values = signal.statistic(data, crowds)
    of_groups = {f.subject: f for f in signal.communities(data, crowds, values)}
    return of_groups, {f.subject: f for f in signal.accounts(data, crowds)}


def test_a_group_s_composition(told):
    machines = told[0][1]
    assert machines.value == 1
    assert machines.unit == "share of judged members that have an automation indicator"
    assert machines.reason.startswith("12 of 12 members that can be judged have an automation indicator: ")
    assert "no proof of a machine" in machines.reason
    assert "; of 12 judged members 8 bot-like (67 %, 39 % to 86 %), " in machines.reason
    assert "4 cyborg-like" in machines.reason
    assert machines.reason.endswith("2 of 14 members: insufficient data")
    by_class = {r["class"]: r["members"] for r in machines.evidence if "class" in r}
    assert by_class == {"bot-like": 8, "cyborg-like": 4, "person-like": 0, "unclear": 0, "insufficient data": 2}
    spoke = {r["family"]: r["members"] for r in machines.evidence if "family" in r}
    assert spoke["schedule"] == 12
    assert spoke["speed"] == 0


def test_people_are_people(told):
    people = told[0][2]
    assert people.value <= 1 / 12
    assert " person-like (" in people.reason


def test_a_group_of_two_is_not_judged(told):
    assert told[0][3].value is None
    assert told[0][3].reason == "insufficient data: 2 of 2 members can be judged, 3 are needed"


def test_each_member_with_the_posts_that_show_it(told):
    finding = told[1][150]
    assert finding.value == 1
    assert finding.unit == "yes or no: has automation indicators"
    assert "no proof of a machine" in finding.reason
    assert finding.control > 0.99
    assert finding.evidence[0].keys() >= {"feature", "value", "median", "percentile_99"}
    assert any("text" in row for row in finding.evidence)
    person_, silent = told[1][165], told[1][162]
    assert (person_.value, person_.evidence) == (0, [])
    assert silent.value is None
    assert silent.reason.startswith("insufficient data: ")


def test_without_times_it_does_not_apply(tmp_path):
    study = rhythmic(tmp_path, [[]], {1: [0]})
    assert Automation().missing(study) == "the study has no times"
    assert np.isnan(Automation().statistic(Automation().load(study, np.zeros(1, dtype=bool)), communities(study))).all()
