"""``project`` and ``evidence`` on small studies: what is written and dropped, and that both tell the same story."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_study import shuffled, table

import graphnet as gn
from graphnet import registry
from graphnet._project import ABOUT_DIRECT_SQL, DIRECT_SQL, evidence, project
from graphnet.errors import InputError, MissingTable
from graphnet.layers import CoAction, Layer
from graphnet.study import Study

OBJECTS = [{"object": n, "kind": "post", "id": f"o{n}", "author": 9, "created": 0} for n in range(6)]
Rows = list[dict[str, Any]]


def share(account: int, thing: int, time: int | None, post: int | None = None, kind: str = "retweet") -> dict[str, Any]:
    return {"account": account, "kind": kind, "object": thing, "time": time, "post": post, "weight": 1.0}


def posts_of(actions: Rows) -> Rows:
    numbers = {a["post"]: a for a in actions if a.get("post") is not None}
    return [{"post": n, "id": f"p{n}", "account": a["account"], "time": a["time"]} for n, a in sorted(numbers.items())]


def made(folder: Path, actions: Rows, accounts: int = 10) -> Study:
    study = Study.create(folder / "study")
    people = [{"account": n, "id": f"id{n}"} for n in range(accounts)]
    given = {"accounts": people, "actions": actions, "posts": posts_of(actions), "objects": OBJECTS}
    with study.step("read", {}) as step:
        for name, rows in given.items():
            step.write(name, table(name, rows))
    return study


TOGETHER = [share(who, thing, 100 * thing + 7 * who, 10 * thing + who) for thing in range(3) for who in (0, 1)]


def pairs(study: Study) -> list[dict[str, Any]]:
    return study.rows("select * from pairs order by layer, source, target").to_pylist()


def test_pairs_are_written_with_all_their_columns(tmp_path: Path) -> None:
    study = made(tmp_path, TOGETHER)
    told = project(study, gn.layers.CoRetweet(window=7, weight="jaccard"))
    (pair,) = pairs(study)
    assert pair == {
        "layer": "co_retweet", "source": 0, "target": 1, "shared": 3, "quickest": 7, "weight": 1.0,
        "expected": None, "p": None, "q": None,
    }  # fmt: skip
    about = told["layers"]["co_retweet"]
    assert {k: about[k] for k in ("shares", "accounts", "objects", "pairs", "dropped")} == {
        "shares": 6, "accounts": 2, "objects": 3, "pairs": 1, "dropped": {},
    }  # fmt: skip
    assert about["seconds"] > 0
    assert study.last("project")["parameters"]["layers"] == [
        "co_retweet:window=7,min_shared=3,weight=jaccard,count=objects,min_participation=1"
    ]


def test_without_a_match_the_table_is_there_and_empty(tmp_path: Path) -> None:
    study = made(tmp_path, TOGETHER)
    project(study, gn.layers.CoRetweet(window=6))
    assert study.parts("pairs") == ["co_retweet"]
    assert pairs(study) == []


def test_other_layers_stay(tmp_path: Path) -> None:
    study = made(tmp_path, [*TOGETHER, {"account": 0, "kind": "reply", "target": 1, "time": 5, "weight": 1.0}])
    project(study, gn.layers.CoRetweet())
    project(study, gn.layers.Reply())
    project(study, gn.layers.CoRetweet(window=6))
    assert study.parts("pairs") == ["co_retweet", "reply"]
    assert [p["layer"] for p in pairs(study)] == ["reply"]


def test_a_direct_layer_sums_weights_and_keeps_the_direction(tmp_path: Path) -> None:
    def act(account: int, target: int | None, weight: float) -> dict[str, Any]:
        return {"account": account, "kind": "mention", "target": target, "time": 5, "weight": weight}

    study = made(tmp_path, [act(2, 1, 1), act(2, 1, 2), act(1, 2, 1), act(3, 3, 9), act(0, None, 9), act(0, 1, 2)])
    about = project(study, gn.layers.Mention(min_shared=2))["layers"]["mention"]
    found = [(p["source"], p["target"], p["shared"], p["weight"], p["quickest"]) for p in pairs(study)]
    assert found == [(0, 1, 2, 2.0, None), (2, 1, 3, 3.0, None)]
    assert (about["shares"], about["accounts"], about["objects"], about["pairs"]) == (4, 3, 2, 2)


mentions = st.lists(
    st.fixed_dictionaries(
        {
            "account": st.integers(0, 3),
            "target": st.none() | st.integers(0, 3),
            "weight": st.sampled_from([0.25, 0.5, 1.0, 1.5, 2.5, -1.0]),
        }
    ),
    max_size=20,
)


@given(rows=mentions, fewest=st.integers(1, 3))
def test_a_direct_layer_is_what_sql_says(rows: Rows, fewest: int) -> None:
    acts = [{"kind": "mention", "time": 5, **row} for row in [*rows, {"account": 0, "target": 1, "weight": 1.0}]]
    layer = gn.layers.Mention(min_shared=fewest)
    with tempfile.TemporaryDirectory() as folder:
        study = made(Path(folder), acts)
        about = project(study, layer)["layers"]["mention"]
        sql = DIRECT_SQL.format(name="mention", rows=layer.rows(), min_shared=fewest)
        assert pairs(study) == study.rows(sql).to_pylist()
        assert study.rows(ABOUT_DIRECT_SQL.format(rows=layer.rows())).to_pylist()[0].items() <= about.items()


def test_all_layers_that_apply_and_why_others_do_not(tmp_path: Path) -> None:
    follows = [{"account": a, "kind": "follow", "target": 9, "weight": 1.0} for a in (0, 1)]
    study = made(tmp_path, TOGETHER + follows)
    told = project(study)
    assert set(told["layers"]) == {"co_retweet", "co_follow", "co_follower", "follow", "fast_retweet"}
    assert set(told["layers"]) | set(told["skipped"]) == set(registry.find("layers"))
    assert told["skipped"]["co_link"] == "the study has no links"
    assert "by chance" in told["skipped"]["co_post"]
    assert study.last("project")["summary"] == told


def test_a_layer_asked_for_that_does_not_apply_is_refused(tmp_path: Path) -> None:
    study = made(tmp_path, TOGETHER)
    with pytest.raises(InputError, match=r"co_link cannot be made: the study has no links. .*6 of kind retweet"):
        project(study, gn.layers.CoLink())
    with pytest.raises(InputError, match="named 2 times"):
        project(study, gn.layers.CoRetweet(), gn.layers.CoRetweet(window=5))


def test_a_study_without_actions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no layer applies to this study\. Its actions: none"):
        project(made(tmp_path, []))
    with pytest.raises(MissingTable, match="graphnet read"):
        project(Study.create(tmp_path / "unread"))


def test_shares_without_time_are_counted_or_used(tmp_path: Path) -> None:
    timeless = [share(a, thing, None) for a in (0, 1) for thing in (3, 4)]
    study = made(tmp_path, TOGETHER + timeless)
    about = project(study, gn.layers.CoRetweet(window=60))["layers"]["co_retweet"]
    assert (about["shares"], about["dropped"]) == (10, {"no_time": 4})
    assert [(p["shared"], p["quickest"]) for p in pairs(study)] == [(3, 7)]
    about = project(study, gn.layers.CoRetweet(window=None))["layers"]["co_retweet"]
    assert about["dropped"] == {}
    assert [(p["shared"], p["quickest"]) for p in pairs(study)] == [(5, 7)]


def test_without_any_time_there_is_no_quickest(tmp_path: Path) -> None:
    study = made(tmp_path, [share(a, thing, None) for a in (0, 1) for thing in (3, 4)])
    project(study, gn.layers.CoRetweet(window=None, min_shared=2))
    assert [(p["shared"], p["quickest"]) for p in pairs(study)] == [(2, None)]


def test_passive_accounts_can_be_left_out(tmp_path: Path) -> None:
    study = made(tmp_path, [*TOGETHER, share(2, 0, 3)])
    about = project(study, gn.layers.CoRetweet(min_shared=1, min_participation=2))["layers"]["co_retweet"]
    assert (about["shares"], about["dropped"], about["accounts"]) == (7, {"few_shares": 1}, 2)
    assert [(p["source"], p["target"]) for p in pairs(study)] == [(0, 1)]


def test_popular_objects_are_reported_and_no_evidence(tmp_path: Path) -> None:
    study = made(tmp_path, TOGETHER + [share(who, 5, 5) for who in range(8)])
    layer = gn.layers.CoRetweet(window=None, min_shared=2)
    about = project(study, layer, budget=60)["layers"]["co_retweet"]
    assert about["dropped"] == {"popular_objects": 1, "popular_shares": 8, "d_max": 2}
    assert [p["shared"] for p in pairs(study)] == [3]
    assert evidence(study, layer, 0, 1)["object_id"].to_pylist() == ["o0", "o1", "o2"]
    project(study, layer)
    assert evidence(study, layer, 0, 1)["object_id"].to_pylist() == ["o5", "o0", "o1", "o2"]


def test_handles_are_objects_as_text(tmp_path: Path) -> None:
    study = made(tmp_path, TOGETHER)
    rows = {"account": [4, 2, 3, 2], "name": ["b'q", "B'Q", "zz", "ZZ"], "first": [1] * 4, "last": [2] * 4}
    with study.step("read", {}, keep=True) as step:
        step.write("handles", gn.schema.pa.table(rows, schema=gn.schema.HANDLES.arrow))
    layer = gn.layers.SameHandle()
    project(study, layer, budget=8)
    assert [(p["source"], p["target"], p["shared"]) for p in pairs(study)] == [(2, 3, 1), (2, 4, 1)]
    assert evidence(study, layer, 4, 2)["object_id"].to_pylist() == ["b'q"]


def test_evidence_shows_the_closest_posts_of_each_object(tmp_path: Path) -> None:
    more = [share(0, 0, 2, 90), share(1, 4, 900, 91), share(0, 4, 905, 92), share(0, 4, 901, 93)]
    study = made(tmp_path, TOGETHER + more)
    found = evidence(study, gn.layers.CoRetweet(window=7), 1, 0).to_pylist()
    blank = {"object_kind": "post"}
    assert found[:2] == [
        {"object_id": "o4", "post_a": "p91", "post_b": "p93", "time_a": 900, "time_b": 901, "gap": 1, **blank},
        {"object_id": "o0", "post_a": "p1", "post_b": "p90", "time_a": 7, "time_b": 2, "gap": 5, **blank},
    ]
    assert [row["object_id"] for row in found] == ["o4", "o0", "o1", "o2"]


def test_evidence_of_a_direct_layer_is_what_the_one_did(tmp_path: Path) -> None:
    act = {"account": 0, "kind": "reply", "target": 1, "object": 2, "time": 5, "post": 7, "weight": 1.0}
    study = made(tmp_path, [act, {**act, "account": 1, "target": 0, "post": 8}])
    assert evidence(study, gn.layers.Reply(), 0, 1).to_pylist() == [
        {"object_id": "o2", "object_kind": "post", "post_a": "p7", "post_b": None,
         "time_a": 5, "time_b": None, "gap": None}
    ]  # fmt: skip


LAYERS = st.builds(
    gn.layers.CoRetweet,
    window=st.sampled_from([None, 0, 3, 20]),
    min_shared=st.integers(1, 2),
    count=st.sampled_from(["objects", "posts", "rows"]),
    min_participation=st.integers(1, 3),
) | st.builds(
    gn.layers.CoPost, window=st.integers(0, 9), min_shared=st.just(1), count=st.sampled_from(["posts", "rows"])
)
TIMES = st.integers(0, 60)


@st.composite
def actions_of(draw: st.DrawFn) -> Rows:
    """Posts with one author and one time each, that share up to three objects; some rows without post or time."""
    rows = []
    for post in range(draw(st.integers(1, 12))):
        who, time = draw(st.integers(0, 3)), draw(st.none() | TIMES)
        named = post if draw(st.integers(0, 3)) else None
        rows += [share(who, thing, time, named) for thing in draw(st.lists(st.integers(0, 3), max_size=3))]
    return rows


@example(
    # one of the acts has no time: which of them match depends on whose are looked at
    [share(1, 0, None, None), share(0, 0, 0, None), share(0, 0, 0, None), share(1, 0, 0, None)],
    gn.layers.CoRetweet(window=None, min_shared=1, count="posts"),
    1e9,
)
@example(
    # two matches are as near as each other
    [share(0, 0, 0, 0), share(1, 0, 10, 1), share(0, 1, 15, 2), share(1, 1, 5, 3)],
    gn.layers.CoRetweet(window=20, min_shared=1),
    1e9,
)
@given(actions_of(), LAYERS, st.sampled_from([1e9, 20.0]))
@settings(max_examples=40, deadline=None)
def test_evidence_agrees_with_the_pairs(actions: Rows, layer: CoAction, budget: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        study = made(Path(folder), actions)
        if layer.missing(study):
            return
        project(study, layer, budget=budget)
        for pair in pairs(study):
            rows = evidence(study, layer, pair["source"], pair["target"])
            assert rows.num_rows == pair["shared"]
            gaps = [gap for gap in rows["gap"].to_pylist() if gap is not None]
            assert min(gaps, default=None) == pair["quickest"]
            assert gaps == sorted(gaps)
            swapped = evidence(study, layer, pair["target"], pair["source"])
            other = {"post_a": "post_b", "post_b": "post_a", "time_a": "time_b", "time_b": "time_a"}
            assert (
                swapped.rename_columns([other.get(n, n) for n in swapped.column_names])
                .select(rows.column_names)
                .equals(rows)
            )


@given(actions_of(), LAYERS, st.integers(0, 9))
@settings(max_examples=10, deadline=None)
def test_the_order_of_actions_does_not_matter(actions: Rows, layer: Layer, seed: int) -> None:
    answers = []
    for rows in (actions, shuffled(actions, seed)):
        with tempfile.TemporaryDirectory() as folder:
            study = made(Path(folder), list(rows))
            if layer.missing(study):
                return
            project(study, layer)
            answers.append((pairs(study), [evidence(study, layer, 0, b).to_pylist() for b in (1, 2, 3)]))
    assert answers[0] == answers[1]
