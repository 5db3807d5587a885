"""Scoring where rows may be on several machines: the same findings, and no more rows collected for more posts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from small_study import shuffled, table
from spread import Counting, Spread

from graphnet import timelines
from graphnet._hidden import obfuscations
from graphnet._score import score
from graphnet.study import Study

DAY = 86_400
ACCOUNTS, MEMBERS, DAYS = 160, 12, 12
THINGS = {"retweet": ("post", 1000), "link": ("link", 2000), "text": ("text", 3000), "hashtag": ("hashtag", 4000)}
"""Of each kind what is acted on, and our number of the first of forty."""


def acts(account: int, times: int) -> Iterator[Mapping[str, Any]]:
    """What an account does: each day the same few things, each of them ``times`` times within one minute."""
    rng = np.random.default_rng((1, account))
    for kind, (_, first) in THINGS.items():
        # members have one thing of each kind in common
        few = [0, *rng.integers(1, 9, 2)] if account < MEMBERS else rng.integers(3, 40, 3)
        for day in range(DAYS):
            for place, thing in enumerate(few):
                start = day * DAY + (account % 50) * 60 + place * 3600
                for n in range(times):
                    yield {"account": account, "kind": kind, "object": first + int(thing), "time": start + n}


def world(folder: Path, times: int = 1, order: int = 0) -> Study:
    """Two groups that share some things, and others who do what they do ``times`` times as often."""
    every = [row for a in range(ACCOUNTS) for row in acts(a, 1 if a < MEMBERS else times)]
    posts = [
        {"post": i, "id": f"p{i}", "account": row["account"], "time": row["time"], "repost": row["kind"] == "retweet",
         "client": "Web", "text": f"words\u200b {row['object']}" if row["kind"] == "text" else None}
        for i, row in enumerate(every)
    ]  # fmt: skip
    objects = [
        {"object": first + n, "kind": kind, "id": f"http://site{n % 5}.example/{kind}{n}", "created": 0, "author": n}
        for kind, first in THINGS.values()
        for n in range(40)
    ]
    people = [{"account": a, "id": f"id{a}", "name": f"name{a}", "created": a * DAY} for a in range(ACCOUNTS)]
    rows = {
        "accounts": people,
        "posts": shuffled(posts, order),
        "objects": objects,
        "actions": shuffled([{**row, "post": i, "weight": 1.0} for i, row in enumerate(every)], order),
    }
    study = Study.create(folder)
    with study.step("read", {}) as step:
        for name, held in rows.items():
            step.write(name, table(name, held))
    with study.step("match", {}) as step:
        obfuscations(step)
    with study.step("detect", {}) as step:
        step.write("members", table("members", [{"account": a, "community": 1 + a % 2} for a in range(MEMBERS)]))
        step.write("communities", table("communities", [{"community": c} for c in (1, 2)]))
    return study


def scored(study: Study, name: str) -> pa.Table:
    """What a table has once the study is scored, in the order in which it was written."""
    score(study, controls=20)
    return study.rows(f"select * from {name}")


@pytest.mark.parametrize("name", ["findings", "benign"])
def test_findings_are_the_same_on_both_sorts_of_engines(tmp_path: Path, name: str) -> None:
    study = world(tmp_path / "study", times=2)
    shutil.copytree(study.path, tmp_path / "copy")
    expected = scored(study, name)
    assert expected.num_rows
    assert scored(Study.open(tmp_path / "copy", Spread(threads=1)), name).equals(expected)
    assert (
        scored(world(tmp_path / "shuffled", times=2, order=5), name)
        .drop(["evidence"])
        .equals(expected.drop(["evidence"]))
    )


def test_all_signals_have_something_to_look_at(tmp_path: Path) -> None:
    study = world(tmp_path)
    told = score(study, controls=20)["signals"]
    assert {name for name, found in told.items() if not found["with_value"]} == {"pace"}


def test_what_is_collected_does_not_grow_with_the_posts_of_others(tmp_path: Path) -> None:
    collected, posts = [], []
    for times in (1, 5):
        path = world(tmp_path / str(times), times).path
        engine = Counting(threads=1)
        study = Study.open(path, engine)
        score(study, controls=20)
        collected.append(sum(engine.collected))
        posts.append(study.rows("select count(*) as n from posts")["n"][0].as_py())
    assert posts[1] > 4 * posts[0]
    # members look more or less automated beside busier others, and are shown with some posts then
    assert abs(collected[1] - collected[0]) < 5 * MEMBERS


def test_times_are_fetched_of_those_asked_for_and_figures_made_of_all(tmp_path: Path) -> None:
    study = Study.open(world(tmp_path, 2).path, Counting(threads=1))
    every = timelines.load(study)
    some = timelines.load(study, "members")
    for account in range(ACCOUNTS):
        assert some.of(account).tolist() == (every.of(account).tolist() if account < MEMBERS else [])
    assert len(some.post) == len(some.time) == some.start[-1]
    for name, values in vars(every.rhythms).items():
        np.testing.assert_array_equal(getattr(some.rhythms, name), values)
    assert every.rhythms.posts.tolist() == np.diff(every.start).tolist()
    assert not (tmp_path / ".scratch").exists()
