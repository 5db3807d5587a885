"""The life of a hashtag, link, account or text: figures by hand on small studies, the weekend on the sample world."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from posted import DAY, HOUR, START, Posted
from small_study import shuffled, table

import graphnet as gn
from graphnet.audits import Answer, Audited
from graphnet.audits._life import FEW, gini, share
from graphnet.audits._rows import depth
from graphnet.audits._uses import carried, grid, uses
from graphnet.errors import InputError
from graphnet.study import Study
from graphnet.words import iso

WEEKEND = Path(__file__).parents[2] / "data" / "weekend"
NOISE = ("tea", "rain", "bread", "boats", "kites", "moss")


def world(folder: Path, order: int = 0, people: int = 60, storm: bool = True) -> Study:
    """Ten days of chatter with six hashtags; on the seventh, thirty accounts made that week raise ``#gate``."""
    made, rng = Posted(), np.random.default_rng(5)
    for day in range(10):
        for account in range(people):
            for k in range(3):
                tag = NOISE[int(rng.integers(len(NOISE)))]
                time = START + day * DAY + int(rng.integers(6 * HOUR, 22 * HOUR))
                made.post(account, time, f"about {tag} {day} {account} {k}", tags=[tag])
        made.post(int(rng.integers(people)), START + day * DAY + 12 * HOUR, f"the gate {day}", tags=["gate"])
    if storm:
        for k in range(150):
            account = 60 + k % 30
            made.post(account, START + 6 * DAY + 9 * HOUR + k * 60, "close the gate now", tags=["gate", "moss"])
    accounts = [{"account": a, "created": START - 900 * DAY + a, "status": None} for a in range(people)]
    accounts += [{"account": a, "created": START + 3 * DAY + a} for a in range(60, 90)]
    accounts.append({"account": 90, "created": START - 50 * DAY})
    # reposts of the first post of the storm, and one of a post that nobody collected
    if storm:
        first = next(p for p in made.posts if p["account"] == 60)
        for account in range(25):
            made.retweet(account, START + 6 * DAY + 10 * HOUR + account, first["id"], 60)
            made.actions[-1]["post"] = _repost(made, account, "RT @x: close the gate now #gate")
        made.retweet(1, START + 6 * DAY + 11 * HOUR, "elsewhere", 90)
        made.actions[-1]["post"] = _repost(made, 1, "RT @y: look at #Gate here")
        for account in range(60, 90):
            made.act(
                account,
                "mention",
                START + 6 * DAY + 9 * HOUR,
                target=90,
                post=_post(made, account, "close the gate now"),
            )
    people_ = accounts
    study = made.study(folder, shuffled(people_, order) if order else people_, {}, order)
    with study.step("read", {}, keep=True) as step:
        rows = [p | {"lang": "en"} for p in made.posts]
        step.write("posts", table("posts", shuffled(rows, order) if order else rows))
    return study


def _repost(made: Posted, account: int, text: str) -> int:
    time = made.actions[-1]["time"]
    made.posts.append(
        {
            "post": len(made.posts),
            "id": f"p{len(made.posts)}",
            "account": account,
            "time": time,
            "text": text,
            "repost": True,
        }
    )
    return len(made.posts) - 1


def _post(made: Posted, account: int, text: str) -> int:
    return next(p["post"] for p in made.posts if p["account"] == account and p["text"] == text)


def one(found: Audited, code: str, subject: str | None = None) -> Answer:
    return next(a for a in found.answers if a.code == code and subject in (None, a.subject))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return world(tmp_path_factory.mktemp("campaign") / "study")


@pytest.fixture(scope="module")
def found(study: Study) -> Audited:
    return gn.audit(study, gn.audits.Campaign(hashtag="#Gate"))


def test_volume_counts_own_posts_and_reposts(found: Audited) -> None:
    # 10 of chatter, 150 of the storm; 25 reposts of a known post, one of a post that was not collected
    assert found.summary["posts"] == 186
    assert found.summary["own_posts"] == 160
    assert one(found, "volume").value == 186
    assert "160 own posts and 26 reposts" in one(found, "volume").reason


def test_the_window_is_found_to_the_hour(found: Audited) -> None:
    start = START + 6 * DAY + 9 * HOUR
    assert found.summary["window_start"] == iso(start)
    assert found.summary["windows"] == 1
    burst = one(found, "burst")
    assert "2023-11-19 09:00 UTC to 2023-11-19 12:00 UTC" in burst.reason
    # a ratio to next to nothing says nothing: hardly any post is usual in those three hours
    assert (burst.value, burst.unit, burst.low) == (176, "posts", None)
    assert burst.reference is not None
    assert burst.reference < 1
    assert "where less than one would be usual" in burst.reason
    assert found.summary["times_the_usual"] is None
    assert found.tables["windows"][0]["ratio"] is None
    hours = {row["time"]: row for row in found.tables["hours"]}
    assert hours["2023-11-19T09:00:00Z"]["posts"] == 60
    assert hours["2023-11-19T09:00:00Z"]["in_window"]
    assert not hours["2023-11-13T12:00:00Z"]["in_window"]


def test_first_movers_with_gaps_and_posts(found: Audited) -> None:
    rows = found.tables["window_first_movers"]
    assert [row["account"] for row in rows[:3]] == ["id60", "id61", "id62"]
    assert [row["gap"] for row in rows[:3]] == [0, 60, 60]
    assert rows[0]["time"] == "2023-11-19T09:00:00Z"
    assert rows[0]["post"].startswith("p")
    assert one(found, "first_in_window").value == 9 * 60
    assert found.tables["first_movers"][0]["time"] == "2023-11-13T12:00:00Z"


def test_new_accounts_against_other_hashtags(found: Audited) -> None:
    created = one(found, "created_share")
    # all but the 26 reposts are from accounts of that week
    assert created.value == pytest.approx(150 / 176)
    first = one(found, "first_seen_share")
    assert first.value == pytest.approx(150 / 176)
    assert first.low is not None
    assert first.high is not None
    assert 0.5 < first.low < first.value < first.high < 1
    assert {row["account"] for row in first.evidence} <= {f"id{a}" for a in range(60, 90)}


def test_shares_compare_with_hashtags_of_like_size(found: Audited) -> None:
    top = one(found, "top_ten_share")
    assert "hashtags of like size" in top.compared_with
    assert {row["thing"] for row in found.tables["compared"]} == {f"#{tag}" for tag in NOISE[:-1]}, (
        "moss is in the same posts"
    )
    assert top.reference is not None
    assert 0 < top.reference < 1


def test_the_cascade_says_who_began_and_who_carried(found: Audited) -> None:
    starters = one(found, "starters")
    assert (starters.value, starters.reference) == (2.0, 25.0)
    assert found.tables["starters"][0]["reposts"] == 25
    assert found.tables["starters"][0]["account"] == "id60"
    assert one(found, "depth").value is None
    assert one(found, "repost_share").value == pytest.approx(26 / 176)


def test_targets_before_and_in_the_window(found: Audited) -> None:
    target = one(found, "target", "@name90")
    assert target.reference == 0
    row = target.evidence[0]
    # 30 mentions in it, and the repost of its post
    assert (row["before"], row["within"], row["after"]) == (0, 31, 0)
    assert target.value == pytest.approx(31 / (3 / 24))


def test_words_beside_it(found: Audited) -> None:
    beside = one(found, "co_hashtag")
    assert (beside.subject, beside.value) == ("#moss", 1.0)
    assert one(found, "language").subject == "en"
    assert one(found, "client").value is None


def test_levels_and_texts_are_asked_for_where_they_are_missing(found: Audited) -> None:
    for code, verb in (("suspected_share", "confirm"), ("near_identical_share", "match")):
        answer = one(found, code)
        assert answer.value is None
        assert answer.reason.startswith("not applicable")
        assert f"graphnet {verb}" in answer.reason


def test_every_figure_has_rows_behind_it(found: Audited) -> None:
    for answer in found.answers:
        if answer.value is not None and answer.code not in ("depth",):
            assert answer.evidence, answer.code
    posts = found.tables["posts"]
    assert len(posts) == 176
    assert all(row["account"] and row["time"] and row["post"] for row in posts)


def test_levels_of_communities_count(tmp_path: Path) -> None:
    study = world(tmp_path / "study")
    with study.step("detect", {}) as step:
        members = [{"account": a, "community": 1 + (a < 60), "strength": 1.0} for a in range(30, 90)]
        step.write("members", table("members", members))
        step.write("communities", table("communities", [{"community": 1, "size": 30}, {"community": 2, "size": 30}]))
    with study.step("confirm", {}) as step:
        step.write("levels", table("levels", [{"community": 1, "level": "L2"}, {"community": 2, "level": "L0"}]))
    found = gn.audit(study, gn.audits.Campaign(hashtag="gate"))
    suspected = one(found, "suspected_share")
    assert suspected.value == pytest.approx(150 / 176)
    assert suspected.reference == 0
    assert suspected.reason.endswith("beyond all of them")
    assert {row["community"]: row["level"] for row in suspected.evidence} == {"C1": "L2", "(in none)": ""}
    assert any(plot.title.startswith("Share from suspected") for plot in found.plots)


def test_near_identical_texts_count_where_they_were_matched(tmp_path: Path) -> None:
    """Copies of a cluster count, those of a share button do not."""
    study = world(tmp_path / "study")
    posts = study.rows("select post, account, time from posts where text = 'close the gate now'").to_pylist()
    assert len(posts) == 150
    with study.step("match", {}) as step:
        step.write("clusters", table("clusters", [{"cluster": 1}, {"cluster": 2, "template": "share_button"}]))
        step.write("copies", table("copies", [{**p, "cluster": 1 + (k >= 90)} for k, p in enumerate(posts)]))
    found = gn.audit(study, gn.audits.Campaign(hashtag="gate"))
    near = one(found, "near_identical_share")
    assert near.value == pytest.approx(90 / 150)
    # what was set aside is said, with both figures
    assert "; 60 more posts repeat words that others wrote, too, not counted as a common phrase" in near.reason
    assert "with them 100 %" in near.reason
    assert [(row["cluster"], row["posts"], row["template"]) for row in near.evidence] == [
        (1, 90, None),
        (2, 60, "share_button"),
    ]
    assert any("2 texts of several accounts" in sentence for sentence in found.benign)
    told = gn.audit(study, gn.audits.Campaign(cluster=1))
    assert (told.summary["subject"], told.summary["own_posts"]) == ("text 1", 90)
    with pytest.raises(InputError, match="the study has 1 to 2"):
        gn.audit(study, gn.audits.Campaign(cluster=3))


def test_other_subjects(tmp_path: Path, study: Study) -> None:
    words = gn.audit(study, gn.audits.Campaign(text="CLOSE the  gate"))
    assert words.summary["own_posts"] == 150
    assert words.summary["posts"] == 175
    target = gn.audit(study, gn.audits.Campaign(target="@name90"))
    assert target.summary["own_posts"] == 30
    rows = pd.DataFrame(
        {
            "id": [str(i) for i in range(80)],
            "account": [f"a{i % 40}" for i in range(80)],
            "time": [START + (i if i >= 40 else i * DAY // 2) for i in range(80)],
            "text": [f"see https://www.example.org/x?utm_source={i} and {i}" for i in range(80)],
        }
    )
    linked = gn.read(rows, into=tmp_path / "links")
    assert gn.audit(linked, gn.audits.Campaign(link="https://example.org/x?utm_medium=b")).summary["posts"] == 80
    assert gn.audit(linked, gn.audits.Campaign(domain="https://example.org/other")).summary["posts"] == 80


def test_the_order_of_rows_does_not_matter(tmp_path: Path, found: Audited) -> None:
    again = gn.audit(world(tmp_path / "other", order=3), gn.audits.Campaign(hashtag="gate"))
    # objects are numbered as they come in these studies, everything else is the same
    assert again.answers == found.answers
    assert again.summary == found.summary
    assert again.tables == found.tables


def test_candidates_lead_with_what_burst_most(study: Study, tmp_path: Path) -> None:
    listed = gn.audit(study, gn.audits.Campaign(), tmp_path / "x.html")
    assert {a.subject for a in listed.answers[:2]} == {"#gate", "#moss"}
    assert one(listed, "burst", "#gate").evidence[0]["option"] == "--hashtag #gate"
    rows = {row["subject"]: row for row in listed.tables["candidates"]}
    assert rows["#gate"]["posts"] == 186
    assert rows["#tea"]["ratio"] is None
    assert (tmp_path / "x.candidates.csv").exists()


def test_a_quiet_study_lists_no_bursts(tmp_path: Path) -> None:
    listed = gn.audit(world(tmp_path / "study", storm=False), gn.audits.Campaign())
    assert [(a.code, a.value) for a in listed.answers] == [("burst", None)]
    whole = gn.audit(Study.open(tmp_path / "study"), gn.audits.Campaign(hashtag="tea"))
    assert one(whole, "burst").value is None
    assert one(whole, "target").value is None
    assert "in its whole life" in one(whole, "repost_share").reason


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"hashtag": "gaet"}, "Close: gate"),
        ({"hashtag": "zzzzzz"}, r"graphnet campaign .*study"),
        ({"link": "https://nowhere.example/"}, "no link is called"),
        ({"target": "@nobody"}, "no account has the id or handle"),
        ({"target": "@name3"}, "no post holds @name3"),
        ({"text": "ab"}, "too short"),
        ({"text": "never said by anybody"}, "no post holds"),
        ({"hashtag": "gate", "text": "gate"}, "one subject at a time"),
        ({"cluster": 1}, "graphnet match"),
    ],
)
def test_what_cannot_be_asked_is_said(study: Study, question: dict[str, Any], message: str) -> None:
    with pytest.raises(gn.GraphnetError, match=message):
        gn.audit(study, gn.audits.Campaign(**question))


def test_studies_without_times_are_refused(tmp_path: Path) -> None:
    edges = pd.DataFrame({"source": ["a", "b"], "target": ["x", "x"], "kind": ["follow", "follow"]})
    study = gn.read(edges, into=tmp_path / "study")
    with pytest.raises(InputError, match="nothing in the study has a time"):
        gn.audit(study, gn.audits.Campaign())
    with pytest.raises(InputError, match="asks about posts of a study"):
        gn.audit(None, gn.audits.Campaign())


def test_posts_without_times_count_and_are_noted(tmp_path: Path) -> None:
    made = Posted()
    for k in range(30):
        made.post(k % 7, None if k % 3 == 0 else START + k * HOUR, f"w {k}", tags=["x"])
    found = gn.audit(made.study(tmp_path / "study", 7, {}), gn.audits.Campaign(hashtag="x"))
    assert found.summary["posts"] == 30
    assert any("10 posts without a time" in note for note in found.notes)
    assert one(found, "burst").value is None


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    made = Posted()
    for k in range(40):
        made.post(k % 20, START + k, "<script>alert(1)</script> '; drop table posts", tags=["<img src=x>'"])
    people = [{"account": a, "name": "</script><b>'\"", "id": f"{a}'"} for a in range(20)]
    study = made.study(tmp_path / "study", people, {})
    page = tmp_path / "page.html"
    gn.audit(study, gn.audits.Campaign(text="'; drop table"), page)
    text = page.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "<b>" not in text.replace("<b>40", "").split("<body")[0]
    assert json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))["summary"]["posts"] == 40


# Parts ---------------------------------------------------------------------------------------------------------------


def test_shares_of_few_posts_are_not_given() -> None:
    figure = share(np.ones(FEW - 1, dtype=bool), np.arange(FEW - 1))
    assert figure.value is None
    assert figure.why.startswith("insufficient data")


def test_intervals_of_shares_hold_for_busy_accounts() -> None:
    """Accounts differ in what they do and in how much: the interval holds the true share about 95 times in 100."""
    rng = np.random.default_rng(8)
    hits = 0
    for _ in range(400):
        posts = rng.geometric(0.15, 60)
        kind = rng.beta(1, 3, 60)
        account = np.repeat(np.arange(60), posts)
        figure = share(rng.random(len(account)) < kind[account], account)
        assert figure.low is not None
        assert figure.high is not None
        hits += figure.low <= 0.25 <= figure.high
    assert 0.9 <= hits / 400 <= 0.99


def test_gini_of_known_spreads() -> None:
    assert gini(np.array([1, 1, 1, 1])) == 0
    assert gini(np.array([1, 3])) == pytest.approx(0.25)


def test_depth_follows_answers_to_answers(tmp_path: Path) -> None:
    made = Posted()
    for k in range(4):
        made.post(k, START + k, f"t{k}", tags=["x"])
    for k in range(1, 4):  # each answers the one before
        made.act(k, "reply", START + k, object=made.object("post", f"p{k - 1}"), target=k - 1, post=k)
    study = made.study(tmp_path / "study", 4, {})
    assert depth(study, [0, 1, 2, 3]) == (3, 3)
    assert depth(study, [0, 2]) is None
    found = gn.audit(study, gn.audits.Campaign(hashtag="x"))
    assert one(found, "depth").value == 3


def test_uses_are_the_same_as_counted_by_hand(study: Study) -> None:
    """The SQL against a loop over the tables."""
    posts, actions, objects = study.posts, study.actions, study.objects
    tag = int(objects[(objects.kind == "hashtag") & (objects.id == "gate")].object.iloc[0])
    own = set(actions[(actions.kind == "hashtag") & (actions.object == tag)].post)
    ids = set(posts[posts.post.isin(own)].id)
    again = actions[(actions.kind == "retweet") & actions.object.isin(objects[objects.id.isin(ids)].object)]
    found = uses(study, "hashtag", [tag])
    assert len(found) == len(own) + len(again) + 1
    assert (np.diff(found.time) >= 0).all()
    time = grid(study)
    assert time is not None
    assert time.counts(found.time).sum() == len(found)
    assert "'it''s'" in carried("text", "it's")


# The sample world ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def weekend(tmp_path_factory: pytest.TempPathFactory) -> Study:
    files = [str(WEEKEND / name) for name in ("posts.jsonl.zst", "follows.csv.gz", "profiles.csv.gz")]
    return gn.read(files, into=tmp_path_factory.mktemp("weekend") / "study")


@pytest.mark.parametrize("question", [{"hashtag": "StopAlderHarbour"}, {"target": "@AlderHarbourTrust"}])
def test_the_attack_is_found_on_its_weekend(weekend: Study, question: dict[str, str]) -> None:
    found = gn.audit(weekend, gn.audits.Campaign(**question))
    start, end = (pd.Timestamp(found.summary[f"window_{side}"]) for side in ("start", "end"))
    assert abs(start - pd.Timestamp("2023-05-13", tz="UTC")) <= pd.Timedelta(hours=6)
    assert abs(end - pd.Timestamp("2023-05-15 05:00", tz="UTC")) <= pd.Timedelta(hours=6)
    assert found.summary["times_the_usual"] > 20
    truth = pd.read_csv(WEEKEND / "truth.csv", dtype=str).fillna("")
    planted = set(truth[truth.group != ""].account)
    rows = found.tables["posts"]
    assert sum(row["account"] in planted for row in rows) / len(rows) > 0.8
    target = next(a for a in found.answers if a.code == "target")
    assert target.subject == "@AlderHarbourTrust"
    assert target.value is not None
    assert target.reference is not None
    assert target.value > 5 * target.reference


def test_a_fandoms_hashtag_does_not_look_like_it(weekend: Study) -> None:
    found = gn.audit(weekend, gn.audits.Campaign(hashtag="larkmoorrovers"))
    assert one(found, "burst").value is None
    assert found.summary["windows"] == 0
    # an open storm does burst, at the hour it was announced for
    storm = gn.audit(weekend, gn.audits.Campaign(hashtag="saveourshow"))
    assert storm.summary["window_start"].endswith("T18:00:00Z")
    assert storm.summary["window_end"].endswith("T20:00:00Z")


def test_the_list_of_candidates_begins_with_the_attack(weekend: Study) -> None:
    listed = gn.audit(weekend, gn.audits.Campaign())
    assert [a.subject for a in listed.answers[:2]] == ["#stopalderharbour", "@AlderHarbourTrust"]


@pytest.mark.real
def test_troll_hashtags(real_data: Path, tmp_path: Path) -> None:
    """Hashtag games on real posts: a game is a burst of hours, and its page holds together."""
    rows = pq.read_table(real_data / "ira_troll_tweets" / "tweets.parquet")
    rows = rows.filter(pc.equal(rows["account_category"], "HashtagGamer"))
    file = tmp_path / "gamers.parquet"
    pq.write_table(rows, file)
    study = gn.read(str(file), into=tmp_path / "study")
    listed = gn.audit(study, gn.audits.Campaign())
    assert listed.summary["with_a_burst"] > 10
    top = next(a for a in listed.answers if a.subject.startswith("#"))
    found = gn.audit(study, gn.audits.Campaign(hashtag=top.subject), tmp_path / "game.html")
    assert found.summary["window_posts"] >= 20
    assert (tmp_path / "game.html").stat().st_size > 10_000


def test_the_example_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = runpy.run_path(str(WEEKEND.parents[1] / "examples" / "campaign.py"))
    attacked, ordinary = example["main"](tmp_path)
    assert (attacked.title, attacked.summary["window_start"]) == (
        "The life of #stopalderharbour",
        "2023-05-13T00:00:00Z",
    )
    assert ordinary.summary["windows"] == 0
    assert "What bursts:\n  #stopalderharbour: " in capsys.readouterr().out
    assert (tmp_path / "campaign.html").stat().st_size > 10_000
