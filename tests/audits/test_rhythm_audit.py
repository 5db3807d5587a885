"""``audit rhythm``: communities, single accounts, lists; its page, its plots, its words for what is missing."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from rhythmic import DAY, START, clock, cyborg, person, rhythmic
from small_study import small_study

import graphnet as gn
from graphnet.audits._rhythm_plots import Looked, plots
from graphnet.audits.rhythm import Rhythm
from graphnet.cli import main
from graphnet.errors import InputError
from graphnet.plots import Bars, Heat
from graphnet.timelines import load

PEOPLE = 150
HOSTILE = "</script><b>\u202eapp"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Community 1: ten clocks and two that hardly post; community 2: six cyborgs and six people."""
    lines = [person(s) for s in range(PEOPLE)] + [clock(s) for s in range(10)] + [[1, 2], [3]]
    lines += [cyborg(900 + s) for s in range(6)] + [person(700 + s) for s in range(6)]
    client = {a: HOSTILE if 150 <= a < 160 else "Web" for a in range(len(lines))}
    return rhythmic(
        tmp_path_factory.mktemp("s") / "study", lines, {1: range(150, 162), 2: range(162, 174)}, client=client
    )


@pytest.fixture(scope="module")
def whole(study):
    return Rhythm().look(study)


def answer(found, code, subject):
    return next(a for a in found.answers if (a.code, a.subject) == (code, subject))


def test_the_composition_of_each_community(whole):
    assert answer(whole, "bot_like", "C1").value == 1
    assert answer(whole, "insufficient_data", "C1").value == 2 / 12
    assert answer(whole, "cyborg_like", "C2").value == 0.5
    of_controls = answer(whole, "bot_like", "C1")
    assert of_controls.compared_with == "control accounts, by the same rule"
    assert of_controls.reference < 0.05
    assert of_controls.low < of_controls.value
    assert "2 cannot be judged, so of all 12 it is 83 % to 100 %" in of_controls.reason


def test_sessions_that_mix_both_rhythms(tmp_path):
    even = [d * DAY + t for d in range(10) for t in range(30_000, 36_000, 600)]
    odd = [d * DAY + t for d in range(10) for t in (60_000, 60_020, 60_700, 60_750, 61_900)]
    lines = [person(s) for s in range(40)] + [sorted(even + odd), even, odd]
    study = rhythmic(tmp_path, lines, {1: range(40, 43)})
    mixed = answer(Rhythm().look(study), "mixed_sessions", "C1")
    assert mixed.value == pytest.approx(1 / 3)
    assert mixed.reason.startswith("1 of 3 members with four sessions")


def test_accounts_with_indicators_come_with_p_q_and_posts(whole):
    told = [a for a in whole.answers if a.code == "automation_indicators"]
    assert len(told) >= 16
    assert {a.subject for a in told} >= {f"id{n}" for n in range(150, 160)}
    for one in told:
        assert 0 < one.p <= one.q <= 0.05
        assert "Benjamini-Hochberg over the 22 accounts" in one.reason
        assert any("post" in row for row in one.evidence)


def test_how_many_have_to_stand_out_is_said(whole, study):
    # 22 asked about, 150 controls: the smallest p is 1 in 151, and 22 / .05 / 151 is 2.9
    assert any("none can have indicators unless 3 or more stand above all of these" in note for note in whole.notes)
    assert not any("none can have" in note for note in Rhythm(accounts="id150").look(study).notes)


def test_tables_and_summary(whole):
    rows = {row["account"]: row for row in whole.tables["accounts"]}
    assert len(rows) == 24
    assert rows["id150"]["class"] == "bot-like"
    assert rows["id150"]["group"] == "C1"
    assert rows["id160"]["indicators"] == "insufficient data"
    assert rows["id160"]["score"] is None
    assert whole.summary["judged"] == 22
    assert sum(whole.summary["indicators"].values()) == sum(whole.summary["composition"].values()) == 24
    assert {"account", "feature", "value", "median", "percentile_99", "p"} <= set(whole.tables["figures"][0])


def test_the_plots(whole):
    kinds = [(type(p), p.title.split(":")[0]) for p in whole.plots]
    assert kinds == [
        (Heat, "Composition of the communities"), (Heat, "Posts a day"), (Heat, "Hours kept"),
        (Bars, "Gaps between posts"), (Bars, "Posts on an active day"), (Bars, "Programs posted with"),
    ]  # fmt: skip
    marks = whole.plots[4].marks
    assert [(m.at, m.axis) for m in marks] == [(50, "x"), (72, "x"), (144, "x")]
    assert "decide nothing here" in whole.plots[4].note
    assert any("context that readers know, not thresholds" in note for note in whole.notes)


def test_calendar_and_clock_hold_every_post(tmp_path):
    times = [0, 3600, DAY + 5, 9 * DAY, 16 * DAY + 7200]
    study = rhythmic(tmp_path, [times, person(1)], {})
    looked = Looked(study, load(study), "x", np.array([0]), np.array([False, True]))
    calendar, clock_, gaps, days = plots(looked)
    assert calendar.columns == ("2023-11-13", "2023-11-20", "2023-11-27")
    held = [v for row in calendar.values for v in row]
    assert sum(v for v in held if v is not None) == 5
    assert held.count(None) == 21 - 17
    assert clock_.values[0][:2] == (1, 1)
    assert clock_.values[2][0] == 1
    assert sum(map(sum, clock_.values)) == 5
    assert sum(gaps.heights) == pytest.approx(1)
    assert gaps.heights[gaps.labels.index("34.1 min")] == 0.25
    assert sum(days.heights) == 5
    assert days.edges[0] == START
    assert len(days.edges) == len(days.heights) + 1 == 18
    assert [m.axis for m in days.marks] == ["y"] * 3


def test_a_long_life_is_cut_to_its_last_weeks(tmp_path):
    study = rhythmic(tmp_path, [[0, 700 * DAY]], {})
    calendar = next(plots(Looked(study, load(study), "x", np.array([0]), np.array([False]))))
    assert len(calendar.columns) == 53
    assert "the last 53 of 101 weeks" in calendar.note
    assert sum(v for row in calendar.values for v in row if v) == 1


def test_one_account_in_full(study, tmp_path):
    found = gn.audit(study, Rhythm(accounts="@name150"), tmp_path / "x.html")
    quiet, fast = answer(found, "quiet", "id150"), answer(found, "fast", "id150")
    assert quiet.value > 0.2
    assert quiet.reference < 0.05
    assert quiet.compared_with.startswith("median of ")
    assert fast.value is None
    assert fast.reason.startswith("not applicable: it takes 10 retweets of posts")
    assert answer(found, "automation_indicators", "id150").value >= 2
    assert not [a for a in found.answers if a.code == "bot_like"]
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "</script><b>" not in page
    with (tmp_path / "x.accounts.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["account"] == "id150"
    rows = study.rows("select audit, code, subject from audits where audit = 'rhythm'").to_pylist()
    assert {"audit": "rhythm", "code": "quiet", "subject": "id150"} in rows


def test_an_account_that_hardly_posts_is_not_judged(study):
    told = answer(Rhythm(accounts="id160").look(study), "automation_indicators", "id160")
    assert told.value is None
    assert told.reason.startswith("insufficient data: 2 posts on 1 days, 36 on 7 days are needed")


def test_a_control_set_of_the_user_s(study, tmp_path):
    (tmp_path / "known.csv").write_text("id\n" + "".join(f"id{n}\n" for n in range(60)), encoding="utf-8")
    found = Rhythm(controls=str(tmp_path / "known.csv")).look(study)
    assert found.summary["controls"] == 60
    assert any("known.csv" in note for note in found.notes)


def test_a_list_of_accounts_without_communities(tmp_path):
    study = rhythmic(tmp_path / "s", [person(s) for s in range(120)] + [clock(s) for s in range(25)], {})
    file = tmp_path / "asked.txt"
    file.write_text("".join(f"@name{n}\n" for n in range(120, 145)) + "@nobody\n", encoding="utf-8")
    found = Rhythm(listed=str(file)).look(study)
    assert found.summary["indicators"]["several"] == 25
    assert answer(found, "bot_like", "accounts").value == 1
    assert any("no communities were sought" in note for note in found.notes)


def test_what_is_missing_is_said(study, tmp_path):
    bare = small_study(tmp_path / "bare", 3, groups={1: [0, 1]})
    assert Rhythm().missing(bare).startswith("nothing in the study")
    alone = rhythmic(tmp_path / "alone", [person(1)], {})
    assert "graphnet detect" in Rhythm().missing(alone)
    assert Rhythm(accounts="name0").missing(alone) is None
    assert "graphnet read" in Rhythm().missing(None)
    assert "not both" in Rhythm(community=1, accounts="a").missing(study)
    with pytest.raises(InputError, match=r"there is no community C9\. There are: C1 to C2"):
        Rhythm(community=9).look(study)
    with pytest.raises(InputError, match="no account has the id or handle 'nobody'"):
        Rhythm(accounts="nobody").look(study)
    (tmp_path / "none.txt").write_text("zz1\nzz2\n", encoding="utf-8")
    with pytest.raises(InputError, match="none of the 2 accounts"):
        Rhythm(listed=str(tmp_path / "none.txt")).look(study)


def test_cut_timelines_and_coarse_or_missing_times_are_noted(tmp_path):
    long = list(range(0, 3200 * 600, 600))
    lines = [person(s) for s in range(30)] + [long, [t // 60 * 60 for t in person(99)]]
    study = rhythmic(tmp_path, lines, {1: [30, 31]}, accounts={30: {"posts": 90_000}, 31: {"posts": 90_000}})
    with study.step("read", {}, keep=True) as step:
        step.save(
            "posts",
            "select post, id, account, case when account = 31 and post % 10 = 0 then null else time end as time, text, "
            "lang, client, repost from posts",
        )
    with study.step("detect", {}) as step:
        step.save("members", "select account, cast(1 as bigint) as community, cast(1 as double) as strength, "
                             "cast(null as double) as stability from accounts where account >= 30")  # fmt: skip
    notes = " ".join(Rhythm().look(study).notes)
    assert "of 1 account only the newest posts are here" in notes
    assert "known to minutes only" in notes
    assert "without a known time are in no figure" in notes


def test_the_command(study, tmp_path, capsys):
    main_ok(["audit", "rhythm", str(study.path), "--community", "C1", "--out", str(tmp_path / "c1.html")])
    assert "bot_like" in capsys.readouterr().out
    assert (tmp_path / "c1.html").exists()
    main_ok(["audit", "rhythm", str(study.path), "--account", "@name150", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["audit"] == "rhythm"
    assert told["summary"]["accounts"] == 1
    with pytest.raises(SystemExit) as ended:
        main(["audit", "rhythm", str(study.path), "--community", "big"])
    assert ended.value.code == 2
    assert "--community takes a number such as C1" in capsys.readouterr().err


def main_ok(arguments):
    try:
        main(arguments)
    except SystemExit as ended:
        assert not ended.code  # noqa: PT017


def test_nothing_is_called_what_it_is_not(whole):
    told = " ".join([*(a.reason for a in whole.answers), *whole.notes, *whole.benign, *(p.note for p in whole.plots)])
    for word in ("bots", "fake", "paid", "troll"):
        assert word not in told.lower().replace("-", " ").split()
