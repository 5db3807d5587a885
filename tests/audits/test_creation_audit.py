"""The creation audit: planted bursts, handles and single-issue accounts, and the same figures where there are none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from small_study import shuffled, small_study

import graphnet as gn
from graphnet import plots
from graphnet.audits._creation_who import pool
from graphnet.audits._handles import candidates, shape, templates
from graphnet.errors import InputError, MissingTable
from graphnet.intervals import wilson

DAY = 86400
NOW = 1_640_000_000
MINE, OTHERS = 120, 900


def world(folder, *, burst=50, order=list, seed=0, whole_days=False, **strange):
    """120 accounts on one hashtag, 50 of them made within two weeks; 900 others on other hashtags."""
    rng = np.random.default_rng(seed)
    n = MINE + OTHERS
    created = NOW - rng.uniform(100 * DAY, 3000 * DAY, n).astype(int)
    created[:burst] = NOW - 400 * DAY + rng.integers(0, 14 * DAY, burst)
    if whole_days:
        created[MINE:] -= created[MINE:] % DAY
    names = [f"Name{chr(97 + i % 26)}x{i % 7}" for i in range(n)]
    names[:burst] = [f"maria{10_000_000 + 7919 * i}" for i in range(burst)]
    people = [
        {
            "account": i,
            "name": names[i],
            "created": strange.get("created", {}).get(i, int(created[i])),
            "followers": 200 if i < 100 else int(rng.pareto(0.5) * 100),
            "default_image": bool(rng.random() < (0.5 if i < MINE else 0.1)),
            "description": "" if i % 5 == 0 else "words",
        }
        for i in range(n)
    ]
    objects = [{"object": t, "kind": "hashtag", "id": f"tag{t}"} for t in range(12)]
    posts, acts = [], []
    for i in range(n):
        for k in range(8):
            post = 8 * i + k
            time = NOW + post
            posts.append({"post": post, "id": f"p{post}", "account": i, "time": time, "repost": False})
            # 100 of the 120 write on their topic alone, the others on whatever there is
            tag = 0 if i < 100 or (i < MINE and k == 0) else 1 + (i + k) % 11
            acts.append({"account": i, "kind": "hashtag", "object": tag, "time": time, "post": post, "weight": 1.0})
    return small_study(
        folder, order(people), groups={1: range(MINE)}, actions=order(acts), posts=order(posts), objects=objects
    )


def asked(study, **settings):
    return gn.audit(study, gn.audits.Creation(draws=499, **settings))


def told(found):
    return {a.code: a for a in found.answers}


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    return world(tmp_path_factory.mktemp("planted"))


def test_a_burst_is_found_with_its_accounts(planted):
    found = asked(planted, hashtag="#Tag0")
    answers = told(found)
    assert answers["bursts"].value == 1
    burst = answers["burst 1"]
    assert burst.value >= 45
    assert burst.reference < 5
    assert burst.p == pytest.approx(1 / 500)
    rows = found.tables["burst_accounts"]
    assert len(rows) == burst.value
    assert sum(int(r["account"].removeprefix("id")) < 50 for r in rows) >= 45
    assert [r["created"] for r in rows] == sorted(r["created"] for r in rows)
    (bars,) = found.plots
    assert isinstance(bars, plots.Bars)
    assert bars.times
    assert sum(bars.heights) == MINE
    assert sum(bars.expected) == pytest.approx(MINE)
    assert bars.standing_out
    assert answers["densest_window"].value > 0.35
    assert answers["densest_window"].p == 0.001


def test_profiles_and_handles_are_compared_with_controls(planted):
    answers = told(asked(planted, hashtag="tag0"))
    image = answers["default_image"]
    assert image.low < 0.5 < image.high
    low, high = wilson(np.array([image.reference * 900]), np.array([900.0]))
    assert low[0] < 0.1 < high[0]
    assert image.q < 0.01
    assert answers["handle eight digits at the end"].q < 0.01
    assert "as platforms propose it" in answers["handle eight digits at the end"].reason
    assert answers["handle begins with mari"].q < 0.01
    assert "handle begins with name" not in answers
    assert answers["dozens_to_hundreds_of_followers"].value > 0.8
    assert answers["empty_description"].q > 0.01


def test_single_issue_share(planted):
    issue = told(asked(planted, hashtag="tag0"))["single_issue"]
    assert issue.value == pytest.approx(100 / 120)
    assert issue.reference == 0
    assert issue.p < 1e-6
    assert issue.evidence[0] == {"account": "id0", "name": issue.evidence[0]["name"], "share": 1.0, "hashtag": "tag0"}
    assert "median share 100 %" in issue.reason


def test_the_ways_to_name_the_accounts_agree(planted, tmp_path):
    (tmp_path / "known.csv").write_text("userid\n" + "".join(f"id{i}\n" for i in range(MINE)) + "id99999\n\nid5\n")
    by_tag, by_list = asked(planted, hashtag="tag0"), asked(planted, listed=str(tmp_path / "known.csv"))
    by_group = asked(planted, community=1)
    for other in (by_list, by_group):
        assert told(other)["burst 1"].value == told(by_tag)["burst 1"].value
    assert any("1 accounts of the list are not in the study" in n for n in by_list.notes)
    assert [r["line"] for r in by_list.tables["rejected"]] == [124]
    assert {a.subject for a in by_group.answers} == {"C1"}
    assert {a.subject for a in by_list.answers} == {"known"}


def test_no_burst_where_there_is_none(tmp_path):
    answers = told(asked(world(tmp_path, burst=0, seed=3), hashtag="tag0"))
    assert answers["bursts"].value == 0
    assert answers["bursts"].reason.startswith("no burst: the strongest window has")
    assert "burst 1" not in answers


def test_the_same_whatever_the_order_of_rows(tmp_path, planted):
    again = world(tmp_path, order=lambda rows: shuffled(rows, 5))
    rows = [(a.code, a.value, a.p, a.reference, a.reason) for a in asked(planted, hashtag="tag0").answers]
    assert [(a.code, a.value, a.p, a.reference, a.reason) for a in asked(again, hashtag="tag0").answers] == rows


def test_controls_with_whole_days_are_no_reason_for_a_burst(tmp_path):
    answers = told(asked(world(tmp_path, burst=0, seed=3, whole_days=True), hashtag="tag0"))
    assert answers["bursts"].value == 0


def test_strange_dates_are_left_out_and_counted(tmp_path):
    strange = (
        dict.fromkeys(range(60, 70), 0) | dict.fromkeys(range(70, 75), NOW + 900 * DAY) | dict.fromkeys(range(75, 95))
    )
    found = asked(world(tmp_path, created=strange), hashtag="tag0")
    assert found.summary["dated"] == MINE - 35
    notes = "\n".join(found.notes)
    assert "10 creation dates before 2003-01-01 not used: no platform is that old" in notes
    assert "5 creation dates after the data were collected not used" in notes
    assert "20 accounts without a creation date" in notes
    assert told(found)["bursts"].value == 1


def test_too_few_dates_are_insufficient(tmp_path):
    none = dict.fromkeys(range(4, MINE))
    answers = told(asked(world(tmp_path / "a", created=none), hashtag="tag0"))
    assert answers["bursts"].reason == "insufficient data: 4 accounts with a usable creation date, 10 needed"
    assert answers["default_image"].value is not None
    none = dict.fromkeys(range(MINE + 50, MINE + OTHERS))
    answers = told(asked(world(tmp_path / "b", created=none), hashtag="tag0"))
    assert answers["bursts"].reason.startswith("insufficient data: 50 controls")


def test_longer_windows_hold_slower_bursts(planted):
    short, long = (told(asked(planted, hashtag="tag0", days=days)) for days in (3, 124))
    assert long["burst 1"].value >= 45
    assert short["burst 1"].value < 30


def test_controls_of_the_users_own(planted, tmp_path):
    (tmp_path / "others.txt").write_text("".join(f"id{i}\n" for i in range(MINE, MINE + 400)))
    found = asked(planted, hashtag="tag0", controls=str(tmp_path / "others.txt"))
    assert found.summary["controls"] == 400
    assert "accounts of the list others (not matched)" in told(found)["burst 1"].reason


def test_controls_are_as_active(tmp_path):
    people = 400
    acts = [
        {"account": i, "kind": "follow", "target": 0, "weight": 1.0} for i in range(people) for _ in range(1 + i % 40)
    ]
    study = small_study(tmp_path, people, actions=acts)
    own = np.array([i for i in range(people) if i % 40 == 39][:5])
    found = pool(study, own, np.ones(people, bool), seed=1)
    assert not set(found.accounts.tolist()) & set(own.tolist())
    assert np.median(found.accounts % 40) > 25
    assert "as active" in found.words
    rare = pool(small_study(tmp_path / "b", 12, actions=acts[:30]), np.array([0, 1]), np.ones(12, bool), 1)
    assert len(rare.accounts) >= 2


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "in one way: a hashtag .--hashtag., a community"),
        ({"hashtag": "a", "community": 1}, "in one way"),
        ({"hashtag": "tag00"}, "nobody in the study used #tag00 .* Close: #tag0"),
        ({"community": 9}, "there is no community 9; the study has 1 to 1"),
        ({"listed": "none.csv"}, "cannot read the list"),
    ],
)
def test_questions_that_cannot_be_asked(planted, settings, message):
    with pytest.raises(InputError, match=message):
        asked(planted, **settings)


def test_questions_that_make_no_sense(tmp_path):
    for wrong in ({"days": 0}, {"days": 200}, {"draws": 5}):
        with pytest.raises(InputError, match="creation: d"):
            gn.audits.Creation(**wrong)
    with pytest.raises(InputError, match="needs a study"):
        gn.audit(None, gn.audits.Creation(hashtag="a"))
    with pytest.raises(InputError, match="no account of the study has a creation date"):
        gn.audit(small_study(tmp_path, 3), gn.audits.Creation(hashtag="a"))


def test_a_community_needs_communities(tmp_path):
    edges = pd.DataFrame({"source": ["a", "b"], "target": "x", "kind": "follow"})
    people = pd.DataFrame({"id": ["a", "b"], "created": ["2020-01-01"] * 2, "posts": [3, 4]})
    study = gn.read([edges, people], tmp_path)
    with pytest.raises(MissingTable, match="graphnet detect"):
        asked(study, community=1)


def test_handles():
    assert shape("") == ""
    assert shape("АннаVera_12") == "a_9(2)"
    assert templates("12345678") == {"shape 9(8)", "eight digits at the end", "four or more digits at the end"}
    assert templates("ann") == set()
    assert "begins with anna" in candidates([f"anna{i}" for i in range(9)])
    assert candidates([None, "x"]) == ["eight digits at the end", "four or more digits at the end"]
    assert len(shape("a1" * 5000)) <= 100
    assert "\x1b" not in shape("a\x1b[31m\u202e")
