"""``explain``: the posts behind a pair, an account, a community and a finding."""

from __future__ import annotations

import json
import shutil

import pyarrow as pa
import pytest
from small_study import small_study

from graphnet import signals
from graphnet._explain import Explanation, explain
from graphnet._score import score
from graphnet.errors import InputError, MissingTable, UnknownName
from graphnet.schema import STUDY
from graphnet.study import Study

START = 1_700_000_000
LAYERS = ("co_retweet:window=60,min_shared=3", "retweet:min_shared=1", "co_follow:window=none,min_shared=2")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Accounts 0 to 4 retweet posts 1000, 1001, 1002 of 8 in turn, ten seconds apart, and follow 9; 5 to 7 do not.

    Account 5 retweets one of the posts, a minute after account 0. Posts ``w…`` are copies of one text.
    """
    posts, actions = [], []

    def post(account, name, time, text, repost):
        posts.append({"post": len(posts), "id": name, "account": account, "time": time, "text": text, "repost": repost})
        return len(posts) - 1

    for o in range(3):
        for account in range(6 if o == 0 else 5):
            time = START + 3600 * o + 10 * account + (10 if account == 5 else 0)
            number = post(account, f"r{account}-{o}", time, f"RT the eighth, part {o}", True)
            actions.append({"account": account, "kind": "retweet", "object": o, "target": 8, "time": time})
            actions[-1] |= {"post": number, "weight": 1.0}
    for account in range(5):
        number = post(account, f"w{account}", START + 9999 + account, "the very same words\x1b[2J \u202e", False)
        actions.append({"account": account, "kind": "text", "object": 3, "time": START + 9999 + account})
        actions[-1] |= {"post": number, "weight": 1.0}
        actions += [{"account": account, "kind": "follow", "target": t, "weight": 1.0} for t in (9, 7)]
    actions.append({"account": 6, "kind": "retweet", "target": 7, "weight": 1.0})
    objects = [{"object": o, "kind": "post", "id": f"{1000 + o}", "author": 8} for o in range(3)]
    objects.append({"object": 3, "kind": "text", "id": "the very same words"})
    pairs = [("co_retweet", a, b, 3, 10 * (b - a)) for a in range(5) for b in range(a + 1, 5)]
    pairs += [("retweet", a, 8, 3, None) for a in range(5)] + [("co_follow", 0, 1, 2, None)]
    people = [{"account": a, "created": START - 86400} for a in range(10)]
    people[4] |= {"name": None}
    people[9] |= {"name": "evil\u202e\x1b]0;x\x07"}
    made = small_study(
        tmp_path_factory.mktemp("study"),
        people,
        groups={1: range(5), 2: [6, 7]},
        actions=actions,
        posts=posts,
        objects=objects,
        pairs=[
            {"layer": k, "source": a, "target": b, "shared": s, "quickest": q, "weight": float(s)}
            for k, a, b, s, q in pairs
        ],
        layers=LAYERS,
    )
    score(made)
    return made


# Two accounts --------------------------------------------------------------------------------------------------------


def test_a_pair_shows_each_tie_and_both_posts_side_by_side(study):
    found = explain(study, "id0", "@NAME2")
    assert found.title == "@name0 and @name2"
    assert found.sentences == ["tied in co_retweet: 3 shared, quickest gap 20 s, weight 3"]
    assert [(r["layer"], r["object"], r["gap"]) for r in found.rows] == [
        ("co_retweet", str(1000 + o), 20) for o in range(3)
    ]
    assert found.rows[1]["posts"] == [
        {
            "id": f"r{a}-1",
            "account": f"id{a}",
            "name": f"name{a}",
            "time": f"2023-11-14T23:13:{20 + 10 * a}Z",
            "text": "RT the eighth, part 1",
        }
        for a in (0, 2)
    ]


def test_the_order_of_the_two_does_not_matter(study):
    assert explain(study, "id0", "id2").rows == explain(study, "id2", "id0").rows


def test_every_layer_is_told_and_one_can_be_chosen(study):
    both = explain(study, "id0", "id1")
    assert [s.partition(":")[0] for s in both.sentences] == ["tied in co_follow", "tied in co_retweet"]
    assert {r["layer"] for r in both.rows} == {"co_follow", "co_retweet"}
    one = explain(study, "id0", "id1", layer="co_follow")
    assert one.sentences == ["tied in co_follow: 2 shared, weight 2"]
    # follows have neither times nor posts here: who is followed is all there is to show
    assert [(r["object"], r["name"], r["posts"]) for r in one.rows] == [
        ("id7", "name7", []),
        ("id9", "evil\u202e\x1b]0;x\x07", []),
    ]


def test_a_directed_tie_says_who_acted(study):
    found = explain(study, "id8", "id3")
    assert found.sentences == ["tied in retweet (by @name3): 3 times, weight 3"]
    assert [[p["id"] for p in r["posts"]] for r in found.rows] == [["r3-0"], ["r3-1"], ["r3-2"]]


def test_two_that_are_not_tied_see_what_little_they_share(study):
    found = explain(study, "id0", "id5")
    assert found.sentences[0] == "not tied in any layer: they share less than the layers ask for, or nothing"
    # no dead end: what to ask next
    assert f"graphnet explain {study.path} @name0" in found.sentences[1]
    assert "min_shared=1" in found.sentences[1]
    assert [(r["object"], r["gap"]) for r in found.rows] == [("1000", 60)]


def test_rows_are_limited_for_each_layer(study):
    assert [r["layer"] for r in explain(study, "id0", "id1", limit=1).rows] == ["co_follow", "co_retweet"]


# One account, a community --------------------------------------------------------------------------------------------


def test_an_account_has_its_place_its_findings_and_its_ties(study):
    found = explain(study, "@name1", limit=3)
    assert found.title == "@name1"
    assert found.sentences[0] == "id id1, made 2023-11-13"
    assert found.sentences[1].startswith("in community C1, ")
    assert any(s.startswith("near_identical: 1 of its 1 own post repeat") for s in found.sentences)
    assert [(r["layer"], r["other"], r["shared"], r["quickest"]) for r in found.rows] == [
        ("co_retweet", "id0", 3, 10),
        ("co_retweet", "id2", 3, 10),
        ("co_retweet", "id3", 3, 20),
    ]
    assert "way" not in found.rows[0]


def test_directed_ties_say_which_way(study):
    assert {(r["other"], r["way"]) for r in explain(study, "id8").rows} == {(f"id{a}", "from") for a in range(5)}
    assert explain(study, "id1", layer="retweet").rows == [
        {"layer": "retweet", "way": "to", "other": "id8", "name": "name8", "shared": 3, "quickest": None, "weight": 3.0}
    ]


def test_an_account_in_no_community(study):
    assert "in no community" in explain(study, "id5").sentences


def test_a_community_has_its_card_findings_members_and_ties(study):
    found = explain(study, community=1, limit=4)
    assert found.title == "C1"
    assert found.sentences[0] == "5 accounts"
    assert [s.partition(":")[0] for s in found.sentences[1:]] == sorted(signals.registry.find("signals"))
    assert [r["member"] for r in found.rows[:4]] == ["id0", "id1", "id2", "id3"]
    assert [(r["a"], r["b"]) for r in found.rows[4:]] == [
        ("id0", "id1"),
        ("id1", "id2"),
        ("id2", "id3"),
        ("id3", "id4"),
    ]


# Findings ------------------------------------------------------------------------------------------------------------


def test_the_evidence_of_a_text_finding_is_its_posts(study):
    found = explain(study, community=1, finding="near_identical")
    assert found.title == "C1: near_identical"
    assert found.sentences[0].startswith("5 of 5 own posts (100 %) repeat")
    assert [p["id"] for p in found.rows[0]["posts"]] == ["w0", "w1", "w2", "w3", "w4"]


def test_the_evidence_of_shared_targets_is_the_first_posts_on_each(study):
    rows = explain(study, community=1, finding="shared_targets").rows
    retweeted = next(r for r in rows if r["kind"] == "retweet")
    assert retweeted["target"] == "id8"
    assert [p["id"] for p in retweeted["posts"]] == ["r0-0", "r1-0", "r2-0"]
    assert next(r for r in rows if r["kind"] == "follow")["posts"] == []


def test_the_evidence_of_pace_is_the_two_closest_posts(study):
    row = explain(study, community=1, finding="pace", limit=1).rows[0]
    assert (row["a"], row["b"], row["gap"]) == ("id0", "id1", 10)
    assert [p["id"] for p in row["posts"]] == ["r0-0", "r1-0"]


def test_the_evidence_of_an_account_is_its_own_posts(study):
    row = explain(study, "id2", finding="near_identical").rows[0]
    assert ([p["id"] for p in row["posts"]], row["after"]) == (["w2"], 2)


def test_evidence_without_posts_stays_as_it_is(study):
    rows = explain(study, community=1, finding="creation", limit=2).rows
    assert [r["account"] for r in rows] == ["id0", "id1"]


# As text and as JSON -------------------------------------------------------------------------------------------------


def test_as_text_it_is_safe_for_a_terminal(study):
    for asked in ({"community": 1, "finding": "near_identical"}, {"community": 1, "finding": "shared_targets"}):
        text = str(explain(study, **asked))
        assert all(line.isprintable() for line in text.split("\n"))
    assert "the very same words<U+001B>[2J <U+202E>" in str(explain(study, community=1, finding="near_identical"))
    assert "evil<U+202E><U+001B>]0;x<U+0007>" in str(explain(study, "id0", "id1"))


def test_as_text_it_reads_well(study):
    assert str(explain(study, "id0", "id4", layer="co_retweet", limit=2)) == (
        "@name0 and id4\n"
        "- tied in co_retweet: 3 shared, quickest gap 40 s, weight 3\n"
        "\n"
        "  layer: co_retweet, what: post, object: 1000, gap: 40 s\n"
        "    2023-11-14T22:13:20Z  @name0  RT the eighth, part 0  [r0-0]\n"
        "    2023-11-14T22:14:00Z  id4  RT the eighth, part 0  [r4-0]\n"
        "\n"
        "  layer: co_retweet, what: post, object: 1001, gap: 40 s\n"
        "    2023-11-14T23:13:20Z  @name0  RT the eighth, part 1  [r0-1]\n"
        "    2023-11-14T23:14:00Z  id4  RT the eighth, part 1  [r4-1]"
    )


def test_as_a_dict_it_is_json_with_the_raw_text(study):
    found = explain(study, "id0", finding="near_identical")
    held = json.loads(json.dumps(found.to_dict()))
    assert held["rows"][0]["posts"][0]["text"] == "the very same words\x1b[2J \u202e"
    assert Explanation(**held) == found


# What cannot be explained --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "asked", "words"),
    [
        ((), {}, "name one account, two accounts, or a community"),
        (("id0",), {"community": 1}, "name one account, two accounts, or a community"),
        (("id0", "id1", "id2"), {}, "these are 3"),
        (("id0", "id1"), {"finding": "pace"}, "not about two accounts"),
        (("id0", "@name0"), {}, "@name0 is one account"),
        (("nobody",), {}, "no account has the id or handle 'nobody'"),
        ((), {"community": 9}, "There are: C1 to C2"),
        ((), {"community": 1, "finding": "pacce"}, "no finding 'pacce' about C1. There are: activity, "),
        (("id5",), {"finding": "pace"}, "no finding 'pace' about @name5. There are none about it."),
        (("id0",), {"limit": 0}, "limit is 0"),
    ],
)
def test_what_is_asked_wrongly_is_told(study, who, asked, words):
    with pytest.raises(InputError, match=words.replace(".", r"\.")):
        explain(study, *who, **asked)


def test_a_layer_that_the_study_has_not_is_told(study):
    with pytest.raises(UnknownName, match="Did you mean 'co_retweet'"):
        explain(study, "id0", "id1", layer="co_retweets")


def test_steps_that_were_not_run_are_named(tmp_path):
    with pytest.raises(MissingTable, match="graphnet project"):
        explain(Study.create(tmp_path / "empty"), community=1)
    scoreless = small_study(tmp_path / "scoreless", 3, groups={1: [0, 1]})
    with pytest.raises(MissingTable, match="graphnet score"):
        explain(scoreless, community=1, finding="pace")
    assert explain(scoreless, community=1).sentences == ["2 accounts"]


def test_a_community_says_its_level_and_what_else_it_could_be(study, tmp_path):
    study = Study.open(shutil.copytree(study.path, tmp_path / "study"))
    none = explain(study, community=1).sentences
    assert not any(s.startswith(("level ", "could also be")) for s in none)
    with study.step("confirm", {}) as step:
        step.write("levels", _rows("levels", {"community": 1, "level": "L2", "reason": "tied beyond chance"}))
    with study.step("score", {}) as step:
        fits = {"community": 1, "code": "newsroom", "verdict": "for", "support": 1.0, "evidence": "[]"}
        step.write("benign", _rows("benign", fits, fits | {"code": "fandom", "verdict": "against", "support": -1.0}))
    told = explain(study, community=1).sentences
    assert "level L2: tied beyond chance" in told
    (could,) = (s for s in told if s.startswith("could also be: "))
    assert "newsroom" in could.casefold()
    assert could.count("fits the data") == 1


def _rows(table, *rows):
    arrow = STUDY[table].arrow
    return pa.Table.from_pylist([dict.fromkeys(arrow.names) | row for row in rows], schema=arrow)
