"""The follower audit as a whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from small_study import shuffled, small_study

import graphnet as gn
from graphnet import plots
from graphnet.audits._lists import Counts, FollowerList, Given, counted
from graphnet.errors import InputError

DAY = 86400
T = 1_600_000_000


def listed(n=3000, block=None, dated=False, seed=0, name="a", ids=None):
    """Followers, the oldest first; those of the block are new and empty."""
    rng = np.random.default_rng(seed)
    followed = T + np.sort(rng.uniform(0, 200 * DAY, n))
    created = followed - rng.exponential(700 * DAY, n)
    posts = rng.integers(10, 500, n).astype(float)
    inside = np.zeros(n, bool)
    inside[slice(*(block or (0, 0)))] = True
    created[inside] = followed[inside] - rng.uniform(0, 20 * DAY, inside.sum())
    posts[inside] = 0
    return FollowerList(
        name,
        np.array([f"{name}{i}" for i in range(n)] if ids is None else ids, dtype=object),
        np.array([None] * n, dtype=object),
        created,
        posts + 5,
        posts + 20,
        posts,
        np.full(n, np.nan),
        np.ones(n),
        followed if dated else np.full(n, np.nan),
        "oldest first",
    )


def answers(found):
    return {a.code: a for a in found.answers}


def asked(**given):
    settings = {k: given.pop(k) for k in ("newest", "as_of", "baseline") if k in given}
    return gn.audit(None, gn.audits.Followers(given=Given(**given), **settings))


def test_a_block_of_new_and_empty_followers():
    found = asked(lists=(listed(block=(2200, 2600)),), newest=1000)
    told = answers(found)
    assert told["few_posts"].value == pytest.approx(0.4)
    assert told["few_posts"].reason.startswith("400 of the newest 1,000 followers have fewer than 10 posts (40 %)")
    assert told["few_posts"].low < 0.4 < told["few_posts"].high
    assert told["few_posts"].reference == 0
    assert told["few_posts"].q < 1e-10
    assert told["new_when_following"].value > 0.38
    assert told["blocks"].value == 1
    block = told["block 1"]
    assert abs(block.value - 400) <= 100
    assert block.evidence[0]["posts"] == 0
    (picture,) = [p for p in found.plots if isinstance(p, plots.Points)]
    assert picture.y_times
    assert len(picture.areas) == 1
    assert len(picture.at_x) == 3000
    assert found.summary["a"]["newest"]["few_posts"] == 400
    assert told["default_image"].reason == "not applicable: the pictures are not known"
    assert len(found.benign) >= 5


def test_ordinary_followers_stay_ordinary():
    told = answers(asked(lists=(listed(),)))
    assert told["blocks"].value == 0
    assert told["few_posts"].value == 0
    # new accounts are no more frequent among the newest *when they followed*
    assert told["new_when_following"].q > 0.01


def test_the_same_whatever_the_order_of_the_file(tmp_path):
    rows = listed(block=(2200, 2600), dated=True)
    iso = [pd.Timestamp(t, unit="s").isoformat() for t in rows.created.tolist()]
    frame = pd.DataFrame({"id": rows.ids, "created": iso, "posts": rows.posts, "followed": rows.followed})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.sample(frac=1, random_state=3).to_csv(tmp_path / "b.csv", index=False)
    first, second = (gn.audit(None, gn.followers(tmp_path / f"{n}.csv")) for n in "ab")
    assert [(a.code, a.value, a.p) for a in first.answers] == [(a.code, a.value, a.p) for a in second.answers]


def test_gains_from_follow_dates():
    told = answers(asked(lists=(listed(dated=True),)))
    assert 12 < told["baseline"].value < 18
    assert told["baseline"].low <= told["baseline"].value <= told["baseline"].high
    assert "follow dates of 3,000 followers who follow still" in told["baseline"].reason


def test_changes_and_losses_of_counts():
    rng = np.random.default_rng(1)
    gains = np.append(rng.poisson(100, 60), [1500, 1400])
    gains = np.append(gains, rng.poisson(100, 20))
    gains[70] = -800
    counts = Counts("c", np.arange(18_000, 18_083), 5000.0 + np.append(0, np.cumsum(gains)))
    found = asked(counts=(counts,))
    told = answers(found)
    assert told["baseline"].value == pytest.approx(100, abs=5)
    change = told["change 2019-06-14"]  # day 18,061, the first gain being of day 18,001
    assert change.value == pytest.approx(1450)
    assert "14." in change.reason
    assert change.reference == told["baseline"].value
    assert told["days_of_loss"].evidence[0]["gained"] == -800
    assert len(found.tables["gains"]) == 82
    assert any("no list of followers" in note for note in found.notes)
    (picture,) = found.plots
    assert picture.standing_out == (60, 61)


def test_a_baseline_can_be_named():
    counts = Counts("c", np.arange(18_000, 18_100), np.arange(100) * 10.0)
    told = answers(asked(counts=(counts,), baseline="2019-04-20/2019-04-30"))
    assert told["baseline"].value == 10
    assert "11 days from 2019-04-20 to 2019-04-30" in told["baseline"].reason
    few = answers(asked(counts=(counts,), baseline="2019-04-20/2019-04-22"))
    assert few["baseline"].reason.startswith("insufficient data: 3 days")
    for wrong in ("2019-04-20", "2019-04-20/2019-04-10", "soon/later"):
        with pytest.raises(InputError, match=r"it has to be|before it begins"):
            asked(counts=(counts,), baseline=wrong)


def test_few_days_and_few_followers_are_insufficient():
    told = answers(asked(counts=(Counts("c", np.arange(5), np.arange(5.0)),), lists=(listed(40),)))
    assert told["baseline"].reason.startswith("insufficient data")
    assert told["few_posts"].reason.startswith("insufficient data: 20 numbers of posts known")
    assert told["blocks"].reason.startswith("insufficient data: 40 followers")


def test_strange_dates_are_left_out_and_counted():
    rows = listed()
    rows.created[:50] = 0
    rows.created[50:60] = 4e9
    rows.created[60:90] = np.nan
    found = asked(lists=(rows,), as_of="2021-04-01")
    notes = "\n".join(found.notes)
    assert "50 creation dates before 2003-01-01 not used" in notes
    assert "10 creation dates after the data were collected not used" in notes
    assert "30 accounts without a creation date" in notes
    assert answers(found)["blocks"].value == 0


def test_a_date_in_the_far_future_is_not_the_moment_of_collection():
    rows = listed()
    rows.created[7] = 9e9
    found = asked(lists=(rows,))
    assert found.summary["a"]["as_of"].startswith("2021-")


def test_no_dates_at_all():
    rows = listed()
    rows.created[:] = np.nan
    told = answers(asked(lists=(rows,)))
    assert told["created_this_year"].reason == "not applicable: the creation dates are not known"
    assert told["blocks"].reason == "not applicable: no creation dates"
    assert told["few_posts"].value == 0


def test_counts_bound_when_followers_came():
    days = np.array([10, 11, 12, 13])
    held = counted(Counts("a", days, np.array([100.0, 110, 105, 120])), 25, 13.5 * DAY)
    # the loss of day 12 lowers what came before: 15 of today's followers are known to have come since day 12
    assert (held[-15:] == 12 * DAY).all()
    assert (held[:-15] <= 11 * DAY).sum() + np.isnan(held[:-15]).sum() == 10
    assert np.isnan(counted(Counts("a", days, np.arange(4.0)), 5, 20 * DAY)).all()


def test_shared_followers_beyond_chance():
    rng = np.random.default_rng(2)
    everyone = np.array([f"u{i}" for i in range(6000)], dtype=object)

    def some(name, extra=()):
        ids = np.unique(np.concatenate([rng.choice(everyone, 900, replace=False), everyone[list(extra)]]))
        return listed(len(ids), name=name, ids=ids)

    found = asked(lists=(some("a", range(200)), some("b", range(200)), some("c"), some("d")))
    rows = {r["accounts"]: r for r in found.tables["shared"]}
    assert rows["a + b"]["q"] < 1e-4
    assert rows["a + b"]["ratio"] > 1.3
    assert all(r["q"] > 0.01 for pair, r in rows.items() if pair != "a + b")
    assert found.summary["pairs_sharing_beyond_chance"] == 1


def test_two_lists_alone_say_nothing_of_what_they_share():
    told = answers(asked(lists=(listed(name="a"), listed(name="b", seed=1))))
    assert told["shared_followers"].reason.startswith("not applicable: two lists alone")


def test_against_another_list():
    told = answers(asked(lists=(listed(block=(2200, 2600)),), newest=1000, against=listed(seed=5, name="others")))
    assert told["few_posts"].compared_with == "the 3,000 others"
    assert told["few_posts"].q < 1e-10
    assert told["new_when_following"].reference is None


def follows(tmp_path, dated, order=list):
    rng = np.random.default_rng(3)
    people = [
        {"account": i, "created": T - int(rng.exponential(700 * DAY)), "posts": 50, "following": 20} for i in range(600)
    ]
    people += [{"account": i, "created": T - 5 * DAY, "posts": 1, "following": 3} for i in range(600, 700)]
    people += [{"account": i, "name": f"star{i}"} for i in range(700, 703)]
    acts = [(i, 700) for i in range(300, 700)] + [(i, 701) for i in rng.permutation(600)[:200].tolist()]
    acts += [(i, 702) for i in range(600)]
    rows = [
        {"account": a, "kind": "follow", "target": t, "time": T + a * 100 if dated else None, "weight": 1.0}
        for a, t in acts
    ]
    return small_study(tmp_path, people, actions=order(rows))


def test_a_study_without_follow_dates(tmp_path):
    study = follows(tmp_path, dated=False)
    found = gn.audit(study, gn.audits.Followers(of="@star700"))
    told = answers(found)
    assert told["few_posts"].value == pytest.approx(100 / 400)
    assert told["few_posts"].reason.startswith(
        "100 of all 400 followers have fewer than 10 posts (25 %), against 0 (0 %) of"
    )
    assert "blocks" not in told
    assert any("order: unknown" in note for note in found.notes)
    assert len(study.rows("select * from audits where audit = 'followers'")) == len(found.answers)


def test_a_study_with_follow_dates_and_the_most_followed(tmp_path):
    found = gn.audit(follows(tmp_path / "a", dated=True), gn.audits.Followers())
    assert {"star700", "star701", "star702"} <= set(found.summary)
    told = {a.subject: a for a in found.answers if a.code == "blocks"}
    assert told["star700"].value is not None
    pairs = [a for a in found.answers if a.code == "shared_followers"]
    assert len(pairs) == 3
    again = gn.audit(follows(tmp_path / "b", dated=True, order=lambda rows: shuffled(rows, 4)), gn.audits.Followers())
    assert [(a.code, a.subject, a.value, a.p) for a in again.answers] == [
        (a.code, a.subject, a.value, a.p) for a in found.answers
    ]


def test_questions_that_cannot_be_asked(tmp_path):
    with pytest.raises(InputError, match="no list of followers"):
        gn.audit(None, gn.audits.Followers())
    with pytest.raises(InputError, match="no follow actions"):
        gn.audit(small_study(tmp_path / "a", 3), gn.audits.Followers())
    study = follows(tmp_path / "b", dated=False)
    with pytest.raises(InputError, match="nobody in the study follows"):
        gn.audit(study, gn.audits.Followers(of="id5"))
    with pytest.raises(InputError, match="newest is 0"):
        gn.audits.Followers(newest=0)


def test_hostile_names_are_only_text(tmp_path):
    rows = listed(600, name="</script><img src=x onerror=alert(1)>")
    found = gn.audit(None, gn.audits.Followers(given=Given((rows,))), tmp_path / "x.html")
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert found.answers
    assert "<img src=x" not in page


def test_days_without_hours(tmp_path):
    """Creation to the second, follow dates to the day: nobody follows before being made, give or take a day."""
    rows = listed(block=(2200, 2600), dated=True)
    rows.followed[:] = rows.followed // DAY * DAY
    found = asked(lists=(rows,))
    assert answers(found)["block 1"].value == pytest.approx(400, abs=100)
    assert not any("before the account was made" in note for note in found.notes)
    rows.created[:9] = rows.followed[:9] + 30 * DAY
    assert any("9 follow dates before the account was made" in n for n in asked(lists=(rows,)).notes)


def test_a_large_list_has_a_map_of_bounded_size():
    found = asked(lists=(listed(120_000),), newest=1000)
    (picture,) = [p for p in found.plots if isinstance(p, plots.Points)]
    assert 30_000 <= len(picture.at_x) <= 50_000
