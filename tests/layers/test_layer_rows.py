"""Each layer on one small study: which actions it takes, and what it says when it does not apply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_study import small_study, table

import graphnet as gn
from graphnet import registry
from graphnet.errors import InputError, UnknownName
from graphnet.layers import CoAction, Direct, Layer
from graphnet.study import Study

LAYERS = registry.find("layers")
POST, TAG, TAGS, LONG, LINK, SITE, IMAGE, WORDS, THING = range(10, 19)
KINDS = ["post", "hashtag", "hashtags", "hashtags", "link", "domain", "media", "text", "share"]
IDS = ["900", "vote", "vote", "vote now today", "https://a.org/x", "a.org", "img1", "good morning to all", "t1"]
OBJECTS = [{"object": n, "kind": k, "id": i} for n, k, i in zip(range(10, 19), KINDS, IDS, strict=True)]
OBJECTS[0] |= {"author": 3, "created": 995}


def act(
    account: int, kind: str, thing: int | None = None, target: int | None = None, time: int = 1000
) -> dict[str, Any]:
    """One action; its post has the number of the account plus the time."""
    given = {"account": account, "kind": kind, "object": thing, "target": target, "time": time + account}
    return {**given, "post": account if kind == "text" else None, "weight": 1.0}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Accounts 0 and 1 do everything together, 2 does some of it a day later; 3 is whom they talk to."""
    both = [
        *[(kind, thing, None) for kind, thing in (("hashtag", TAG), ("hashtags", TAGS), ("hashtags", LONG))],
        *[(kind, thing, None) for kind, thing in (("link", LINK), ("domain", SITE), ("media", IMAGE))],
        *[("text", WORDS, None), ("share", THING, None), ("mention", None, 3), ("follow", None, 3)],
        *[(kind, POST, 3) for kind in ("retweet", "quote", "reply")],
    ]
    actions = [act(who, *row) for who in (0, 1) for row in both]
    actions += [act(2, *row, time=90_000) for row in both] + [act(3, "follow", None, 0), act(3, "follow", None, 1)]
    posts = [{"post": who, "id": f"p{who}", "account": who, "time": 1000 + who} for who in range(3)]
    made = small_study(tmp_path_factory.mktemp("layers") / "study", 4, actions=actions, posts=posts, objects=OBJECTS)
    with made.step("read", {}, keep=True) as step:
        handles = [(0, "One"), (1, "ONE"), (2, "two"), (3, None)]
        names = {"account": [a for a, _ in handles], "name": [n for _, n in handles], "first": [1] * 4, "last": [2] * 4}
        step.write("handles", gn.schema.pa.table(names, schema=gn.schema.HANDLES.arrow))
    matched(made, [(0, 7, "same"), (1, 7, "near"), (2, 7, "reworded")])
    return made


def matched(study: Study, copies: list[tuple[int, int, str]]) -> None:
    """Let these posts be copies in these clusters; cluster 8 was written by a program, 9 is a common phrase."""
    sorts = {8: "app", 9: "common"}
    clusters = sorted({cluster for _, cluster, _ in copies})
    with study.step("match", {}, keep=True) as step:
        step.write("clusters", table("clusters", [{"cluster": c, "template": sorts.get(c)} for c in clusters]))
        step.write("copies", table("copies", [{"post": p, "cluster": c, "how": how} for p, c, how in copies]))


# shares of a layer that two accounts can meet in: (account, object)
EXPECTED: dict[str, set[tuple[int, Any]]] = {
    "co_retweet": {(0, POST), (1, POST), (2, POST)},
    "co_retweet_account": {(0, 3), (1, 3), (2, 3)},
    "co_quote": {(0, POST), (1, POST), (2, POST)},
    "co_reply": {(0, POST), (1, POST), (2, POST)},
    "co_mention": {(0, 3), (1, 3), (2, 3)},
    "co_follow": {(0, 3), (1, 3), (2, 3), (3, 0), (3, 1)},
    "co_follower": {(3, 0), (3, 1), (3, 2), (0, 3), (1, 3)},
    "co_hashtag": {(0, TAG), (1, TAG), (2, TAG)},
    "hashtag_sequence": {(0, LONG), (1, LONG), (2, LONG)},
    "co_link": {(0, LINK), (1, LINK), (2, LINK)},
    "co_domain": {(0, SITE), (1, SITE), (2, SITE)},
    "co_media": {(0, IMAGE), (1, IMAGE), (2, IMAGE)},
    "co_share": {(0, THING), (1, THING), (2, THING)},
    "near_text": {(0, 7), (1, 7), (2, 8 + WORDS)},
    "same_text": {(0, WORDS), (1, WORDS), (2, WORDS)},
    "co_post": {(0, 0), (1, 0), (2, 0)},
    "fast_retweet": {(0, POST), (1, POST)},
    "same_handle": {(0, "one"), (1, "one"), (2, "two")},
    "retweet": {(0, 3), (1, 3), (2, 3)},
    "quote": {(0, 3), (1, 3), (2, 3)},
    "reply": {(0, 3), (1, 3), (2, 3)},
    "mention": {(0, 3), (1, 3), (2, 3)},
    "follow": {(0, 3), (1, 3), (2, 3), (3, 0), (3, 1)},
}


def test_every_layer_is_tested_here() -> None:
    assert set(EXPECTED) == set(LAYERS)


@pytest.mark.parametrize("name", EXPECTED)
def test_rows_are_the_actions_of_the_layer(study: Study, name: str) -> None:
    layer = LAYERS[name]()
    who, what = ("source", "target") if isinstance(layer, Direct) else ("account", "object")
    rows = study.rows(layer.rows())
    assert set(zip(rows[who].to_pylist(), rows[what].to_pylist(), strict=True)) == EXPECTED[name]
    wanted = (
        ["source", "target", "object", "time", "post", "weight"]
        if layer.directed
        else ["account", "object", "time", "post"]
    )
    assert rows.column_names == wanted


@pytest.mark.parametrize("name", EXPECTED)
def test_every_layer_applies_to_the_study_that_has_everything(study: Study, name: str) -> None:
    assert LAYERS[name]().missing(study) is None


@pytest.mark.parametrize("name", EXPECTED)
def test_every_layer_says_what_an_empty_study_lacks(tmp_path: Path, name: str) -> None:
    layer: Layer = LAYERS[name]()
    reason = layer.missing(small_study(tmp_path / "empty", 2))
    assert reason == f"the study has no {layer.needs}"


def test_a_window_needs_times(tmp_path: Path) -> None:
    actions = [{"account": a, "kind": "retweet", "object": 10, "weight": 1.0} for a in (0, 1)]
    study = small_study(tmp_path / "study", 2, actions=actions, objects=OBJECTS)
    reason = gn.layers.CoRetweet(window=60).missing(study)
    assert reason is not None
    assert "have no times" in reason
    assert "co_retweet:window=none" in reason
    assert gn.layers.CoRetweet(window=None).missing(study) is None


def test_weak_layers_are_made_by_name_only(study: Study, tmp_path: Path) -> None:
    by_name = {name for name, cls in LAYERS.items() if cls().only_by_name(study)}
    assert by_name == {"co_post", "co_retweet_account"}
    edges = [{"account": a, "kind": "retweet", "target": 2, "time": 5, "weight": 1.0} for a in (0, 1)]
    without_posts = small_study(tmp_path / "study", 3, actions=edges)
    assert gn.layers.CoRetweetAccount().only_by_name(without_posts) is None


def test_near_texts_have_to_be_matched_first(tmp_path: Path) -> None:
    posts = [{"post": who, "id": f"p{who}", "account": who, "text": "words"} for who in (0, 1)]
    study = small_study(tmp_path / "study", 2, posts=posts, actions=[act(who, "text", WORDS) for who in (0, 1)])
    assert gn.layers.NearText().missing(study) == (
        f"the study's texts are not matched yet; run: graphnet match {tmp_path / 'study'}"
    )
    matched(study, [(0, 8, "same"), (1, 8, "same")])
    assert gn.layers.NearText().missing(study) == f"the study has no {gn.layers.NearText.needs}"
    matched(study, [(0, 9, "same"), (1, 9, "same")])
    assert gn.layers.NearText().missing(study) is None


def test_reworded_copies_count_where_asked_for(study: Study) -> None:
    rows = study.rows(gn.layers.NearText(reworded=True).rows())
    assert sorted(rows["account"].to_pylist()) == [0, 1, 2]
    assert set(rows["object"].to_pylist()) == {7}


def test_what_programs_write_is_left_out(tmp_path: Path) -> None:
    acts = [act(who, "text", 10 + who) for who in range(6)]
    study = small_study(tmp_path / "study", 6, actions=acts)
    matched(study, [(0, 8, "same"), (1, 8, "near"), (2, 9, "same"), (3, 9, "near")])
    rows = study.rows(gn.layers.NearText().rows())
    found = dict(zip(rows["account"].to_pylist(), rows["object"].to_pylist(), strict=True))
    assert found == {2: 9, 3: 9, 4: 10 + 14, 5: 10 + 15}


def test_sequences_and_seconds_are_options(study: Study) -> None:
    count = lambda layer: study.rows(layer.rows()).num_rows  # noqa: E731
    assert [count(gn.layers.HashtagSequence(min_tags=n)) for n in (1, 2, 3, 4)] == [6, 3, 3, 0]
    assert [count(gn.layers.FastRetweet(seconds=n)) for n in (4, 5, 6, 100_000)] == [0, 1, 2, 3]


@pytest.mark.parametrize("name", EXPECTED)
def test_text_and_layer_are_each_others_inverse(name: str) -> None:
    layer = LAYERS[name]()
    assert registry.make("layers", registry.describe(layer)) == layer


def test_parameters_come_from_text() -> None:
    made = registry.make("layers", "co_retweet:window=none,min_shared=4,weight=tfidf,min_participation=2")
    assert made == gn.layers.CoRetweet(window=None, min_shared=4, weight="tfidf", min_participation=2)
    assert registry.make("layers", "hashtag_sequence:min_tags=5").min_tags == 5


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("co_retweet:window=-1", "0 seconds or more"),
        ("co_retweet:window=soon", "a whole number or none"),
        ("co_retweet:min_shared=0", "1 or more"),
        ("co_retweet:min_participation=0", "1 or more"),
        ("co_retweet:weight=best", "count, jaccard, tfidf"),
        ("co_retweet:count=rows,weight=tfidf", "of objects"),
        ("co_retweet:windw=5", "It takes: window=60"),
        ("co_post:window=none", "needs a window"),
        ("co_post:count=objects", "posts or rows"),
        ("fast_retweet:seconds=-1", "0 or more"),
        ("hashtag_sequence:min_tags=0", "1 or more"),
        ("follow:min_shared=0", "1 or more"),
    ],
)
def test_bad_parameters_are_refused(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        registry.make("layers", text)


def test_an_unknown_layer_gets_a_suggestion() -> None:
    with pytest.raises(UnknownName, match="co_retweet"):
        registry.make("layers", "co_retwet")


@pytest.mark.parametrize("name", EXPECTED)
def test_layers_describe_themselves(name: str) -> None:
    cls = LAYERS[name]
    assert cls.title
    assert cls.needs
    assert isinstance(cls(), CoAction | Direct)
    assert cls.__doc__
