"""``project`` on an engine that is spread: the pairs of the way through one process, from buckets of any size."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Literal
from unittest import mock

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import table
from spread import Spread

import graphnet as gn
from graphnet import _spread, registry
from graphnet._project import project
from graphnet.engines import MapFunction
from graphnet.errors import InputError
from graphnet.layers import CoAction
from graphnet.schema import Table
from graphnet.simulate import Group, World, simulate
from graphnet.study import Study
from tests.sparked import spark

Rows = list[dict[str, Any]]
Dataset = tuple[Rows, CoAction, float]


@dataclass(frozen=True)
class Said(CoAction):
    """Objects that are texts, as layers have whose objects stand in no table."""

    name: ClassVar[str] = "said"
    title: ClassVar[str] = "said the same"
    needs: ClassVar[str] = "replies"
    of: ClassVar[Literal["objects", "accounts", "clusters", ""]] = ""

    def rows(self) -> str:
        """See `CoAction.rows`."""
        return (
            "select account, 'thing ' || substr('zyxwv', cast(object as integer) + 1, 1) as object, time, post "
            "from actions where kind = 'reply'"
        )


LAYERS = {"retweet": gn.layers.CoRetweet, "mention": gn.layers.CoMention, "reply": Said}


def act(kind: str, account: int, thing: int | None, time: int | None, post: int | None) -> dict[str, Any]:
    where = {"target" if kind == "mention" else "object": thing}
    return {"account": account, "kind": kind, "time": time, "post": post, "weight": 1.0, **where}


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    # few accounts and objects, so that repetitions, ties in time and posts with several objects are the rule
    kind = draw(st.sampled_from(list(LAYERS)))
    times = draw(st.sampled_from([st.integers(-40, 60), st.none() | st.integers(-9, 9), st.integers(0, 3)]))
    posts = draw(st.sampled_from([st.none(), st.integers(0, 12), st.none() | st.integers(0, 5)]))
    row = st.builds(act, st.just(kind), st.integers(0, 7), st.none() | st.integers(0, 4), times, posts)
    count, weight = draw(
        st.sampled_from([*((c, "count") for c in COUNTS), ("objects", "jaccard"), ("objects", "tfidf")])
    )
    layer = LAYERS[kind](
        window=draw(st.sampled_from([None, 0, 1, 7, 30, 1000])), min_shared=draw(st.integers(1, 3)), count=count,
        weight=weight, min_participation=draw(st.integers(1, 4)),
    )  # fmt: skip
    return draw(st.lists(row, max_size=40)), layer, draw(st.sampled_from([1e9, 40, 12, 1, 0]))


COUNTS = ("objects", "posts", "rows")
# work of a bucket: all in one, a few, and one account each
BUCKETS = (1e9, 300.0, 1.0)


def made(folder: Path, actions: Rows) -> Study:
    study = Study.create(folder)
    with study.step("read", {}) as step:
        step.write("actions", table("actions", actions))
    return study


def outcome(study: Study, layer: CoAction, budget: float, bucket: float = _spread.BUCKET) -> tuple[Rows, Any, Any]:
    """The pairs, their weights, and the summary; or what was said instead."""
    with mock.patch.multiple(_spread, BUCKET=bucket, MOST=16):
        try:
            about = project(study, layer, budget=budget)["layers"][layer.name]
        except InputError as error:
            return [], [], str(error)
    rows = study.rows(f"select * from pairs where layer = '{layer.name}' order by source, target").to_pylist()
    weights = [row.pop("weight") for row in rows]
    return rows, weights, {k: v for k, v in about.items() if k not in {"seconds", "visited"}}


def same(folder: Path, dataset: Dataset, engine: Any, bucket: float) -> None:
    """In buckets of this size the engine finds what one process finds."""
    actions, layer, budget = dataset
    rows, weights, told = outcome(made(folder / "study", actions), layer, budget)
    found = outcome(Study.open(folder / "study", engine), layer, budget, bucket)
    assert (found[0], found[2]) == (rows, told)
    assert found[1] == pytest.approx(weights, rel=1e-9, abs=1e-12)


@settings(max_examples=60)
@given(datasets(), st.sampled_from(BUCKETS))
def test_buckets_of_any_size_find_what_one_process_finds(dataset: Dataset, bucket: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        same(Path(folder), dataset, Spread(threads=1), bucket)


def test_spark_finds_what_one_process_finds(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    columns = (random.integers(0, top, 600).tolist() for top in (40, 5, 900, 300))
    actions = [act("reply", *row) for row in zip(*columns, strict=True)]
    layer = Said(window=60, min_shared=2, weight="tfidf")
    same(tmp_path, (actions, layer, 1e9), spark(), 5e3)


def test_all_layers_of_a_study(tmp_path: Path) -> None:
    """Posts, links, texts, handles, follows without times, posts that all lie in one object."""
    world = World(accounts=200, days=4, fandoms=3, authors=6, celebrities=4, outlets=3, news=3, fans=12, storm=20)
    files = simulate(tmp_path, seed=5, design=world, groups=[Group("g", size=8, cover=1.0)])["files"]
    study = gn.read(
        [tmp_path / name for name in files if name.startswith(("posts", "follows"))], into=tmp_path / "study"
    )
    names = list(project(study)["layers"])
    assert {"co_retweet", "co_follow", "same_text", "co_mention"} <= set(names)
    spread = Study.open(tmp_path / "study", Spread(threads=1))
    for layer in (*(registry.make("layers", name) for name in names), gn.layers.CoPost(min_shared=2)):
        if isinstance(layer, CoAction):
            expected, found = (outcome(s, layer, 1e5, 1e5) for s in (study, spread))
            assert found == expected, layer.name
            rows = spread.rows(f"select source, target from pairs where layer = '{layer.name}'").to_pylist()
            assert rows == sorted(rows, key=lambda row: (row["source"], row["target"]))
    assert not list((tmp_path / "study").rglob("spread*"))


# Work ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Watched(Spread):
    """Notes what buckets got and did, and how many rows came into this process at once."""

    sent: list[int] = field(default_factory=list)
    visited: list[int] = field(default_factory=list)
    collected: list[int] = field(default_factory=list)

    def map(self, sql: str, function: MapFunction, path: Any, table: Table, by: str | None = None) -> int:
        """As in `Spread`; notes rows and neighbours looked at, by bucket."""
        rows = super().rows(f"select {by}, count(*) as n from ({sql}) r group by {by}")
        self.sent.extend(rows["n"].to_pylist())
        made = super().map(sql, function, path, table, by)
        told = pq.read_table(path)
        self.visited.extend(told.filter(told["target"].is_null())["shared"].to_pylist())
        return made

    def rows(self, sql: str) -> pa.Table:
        """As in `Spread`; notes how many rows."""
        found = super().rows(sql)
        self.collected.append(found.num_rows)
        return found


def viral(accounts: int, shares: int) -> Rows:
    """Half of all shares are of one object, and half of those within an hour."""
    random = np.random.default_rng(1)
    half = shares // 2
    thing = np.concatenate((np.zeros(half, int), random.integers(1, 200, shares - half)))
    time = random.integers(0, 50_000, shares)
    time[: half // 2] = random.integers(0, 3600, half // 2)
    columns = (random.integers(0, accounts, shares), thing, time)
    return [act("retweet", *row, None) for row in zip(*(c.tolist() for c in columns), strict=True)]


@pytest.mark.parametrize("window", [60, None])
def test_a_viral_object_is_not_one_piece_of_work(tmp_path: Path, window: int | None) -> None:
    made(tmp_path / "study", viral(4_000, 20_000))
    engine = Watched(threads=1)
    study = Study.open(tmp_path / "study", engine)
    layer = gn.layers.CoRetweet(window=window, min_shared=2)
    with mock.patch.multiple(_spread, BUCKET=1.5e5 if window else 5e6, ROW=1):
        project(study, layer, budget=1e12)
    assert len(engine.visited) >= 8
    # by object, the viral one would be half of the rows, and nine tenths of the work or more
    assert max(engine.visited) < 1.25 * sum(engine.visited) / len(engine.visited)
    assert max(engine.sent) < 1.25 * sum(engine.sent) / len(engine.sent)
    # and no share comes more than once to a bucket
    assert max(engine.sent) <= 20_000


def test_what_is_collected_does_not_grow_with_the_shares(tmp_path: Path) -> None:
    most = []
    for shares in (2_000, 20_000):
        made(tmp_path / str(shares), viral(400, shares))
        engine = Watched(threads=1)
        study = Study.open(tmp_path / str(shares), engine)
        project(study, gn.layers.CoRetweet(window=60, min_shared=2))
        assert study.parts("pairs")
        most.append(max(engine.collected))
    assert most == [1, 1]


def test_few_buckets_where_there_is_little_to_do(tmp_path: Path) -> None:
    made(tmp_path / "study", viral(400, 2_000))
    engine = Watched(threads=1)
    project(Study.open(tmp_path / "study", engine), gn.layers.CoRetweet())
    assert len(engine.visited) == 1
    # who has nobody in reach, or too few of those, is not even sent
    assert max(engine.sent) < 1_800


def test_what_is_no_time_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    rows = [act("retweet", who, 1, 2**60 + who, None) for who in (0, 1)]
    study = Study.open(made(tmp_path / "study", rows).path, Spread(threads=1))
    with pytest.raises(InputError, match="is no time in seconds"):
        project(study, gn.layers.CoRetweet())
    assert not list((tmp_path / "study").rglob("spread*"))
    assert not study.has("pairs")


def test_a_bucket_is_its_own_world() -> None:
    """Several buckets come in one piece of rows: what is in both is not taken together."""
    rows = {
        "bucket": [0, 0, 1, 1], "account": [0, 1, 0, 1], "object": [5, 5, 5, 5], "time": [0, 9, 0, 9],
        "post": pa.nulls(4, pa.int64()), "ours": [True, False, False, True],
    }  # fmt: skip
    find = _spread.Bucket(window=60, min_shared=1, count="posts")
    found = find(pa.table(rows)).select(["source", "target", "shared", "quickest"]).to_pylist()
    told = [tuple(row.values()) for row in found]
    assert told == [(0, 1, 1, 9), (None, None, 2, None), (1, 0, 1, 9), (None, None, 2, None)]
    empty = find(pa.table(rows).slice(0, 0))
    assert empty["shared"].to_pylist() == [0]
    assert replace(find, count="rows")(pa.table(rows))["shared"].to_pylist() == [1, 2, 2]
