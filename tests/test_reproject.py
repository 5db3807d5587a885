"""``project`` after an append gives the pairs of a full ``project`` and looks only at what came and what is near it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphnet as gn
from graphnet import _append, _handover, _reproject, layers, registry, study
from graphnet.layers import CoAction, Layer
from tests.spread import Spread

EDGE = ["source", "kind", "target", "object", "post", "time", "weight"]
Rows = list[dict[str, Any]]


@pytest.fixture(autouse=True, scope="module")
def _any_size() -> Any:
    """However many rows come, they are brought into the tables."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_append, "MOST", 1e9)
        yield


def frame(rows: Rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=EDGE).astype({"time": "Int64"})


def pairs(made: gn.Study) -> Rows:
    """All pairs as they lie in their files, which are in canonical order."""
    found: Rows = []
    for part in made.parts("pairs"):
        rows = made.rows(f"select * from pairs where layer = '{part}'").to_pylist()
        assert rows == sorted(rows, key=lambda row: (row["source"], row["target"]))
        found += rows
    return found


def told(made: gn.Study) -> dict[str, Any]:
    """What the summary says, but for how it came about."""
    summary = dict(made.last("project")["summary"])
    others = {"seconds", "visited", "made"}
    summary["layers"] = {
        name: {k: v for k, v in about.items() if k not in others} for name, about in summary["layers"].items()
    }
    return summary


def ways(made: gn.Study) -> dict[str, str]:
    return {name: about["made"] for name, about in made.last("project")["summary"]["layers"].items()}


def visited(made: gn.Study, layer: str) -> int:
    return int(made.last("project")["summary"]["layers"][layer]["visited"])


def grown(folder: Path, days: list[Rows], *chosen: Layer, budget: float = 5e8, every: bool = True) -> gn.Study:
    """A study to which days were appended; projected after each, or only after the first and the last."""
    made = gn.read(frame(days[0]), folder / "grown", grow=True)
    gn.project(made, *chosen, budget=budget)
    for place, day in enumerate(days[1:], 2):
        made = gn.read(frame(day), folder / "grown", append=True)
        if every or place == len(days):
            gn.project(made, *chosen, budget=budget)
    return made


def at_once(folder: Path, days: list[Rows], *chosen: Layer, budget: float = 5e8) -> gn.Study:
    made = gn.read([frame(day) for day in days], folder / "whole")
    gn.project(made, *chosen, budget=budget)
    return made


def same(mine: gn.Study, whole: gn.Study) -> None:
    assert pairs(mine) == pairs(whole)
    assert told(mine) == told(whole)


# Random worlds -------------------------------------------------------------------------------------------------------

ACCOUNTS = ["ann", "bob", "cyd", "dee", "eve"]
ALWAYS = {"retweet": "object", "hashtag": "object", "follow": "target", "mention": "target"}


@st.composite
def edge(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(ALWAYS)))
    row: dict[str, Any] = {"kind": kind, "source": draw(st.sampled_from(ACCOUNTS))}
    row[ALWAYS[kind]] = draw(st.sampled_from(["x1", "x2", "x3"] if ALWAYS[kind] == "object" else [*ACCOUNTS, "zoe"]))
    row["time"] = draw(st.one_of(st.none(), st.integers(0, 40), st.integers(0, 40)))
    row["weight"] = draw(st.sampled_from([None, 1.0, 0.25, 2.5]))
    if draw(st.integers(0, 3)) == 0:
        row["post"] = row["source"] + draw(st.sampled_from("12"))
    return row


@st.composite
def a_layer(draw: st.DrawFn) -> Layer:
    if draw(st.integers(0, 3)) == 0:
        return layers.Mention(min_shared=draw(st.integers(1, 3)))
    cls = draw(st.sampled_from([layers.CoRetweet, layers.CoHashtag, layers.CoFollow, layers.CoFollower]))
    count = draw(st.sampled_from(["objects", "posts", "rows"]))
    weight = draw(st.sampled_from(["count", "count", "count", "jaccard", "tfidf"])) if count == "objects" else "count"
    chosen: Layer = cls(
        window=draw(st.sampled_from([None, 0, 3, 20])), min_shared=draw(st.integers(1, 3)), count=count, weight=weight,
        min_participation=draw(st.sampled_from([1, 1, 1, 2])),
    )  # fmt: skip
    return chosen


COUNTED: Counter[str] = Counter()


@settings(max_examples=15, deadline=None)
@given(
    days=st.lists(st.lists(edge(), min_size=1, max_size=10), min_size=2, max_size=4),
    layer=a_layer(),
    budget=st.sampled_from([5e8, 5e8, 12]),
    every=st.booleans(),
)
def test_random_worlds(
    days: list[Rows], layer: Layer, budget: float, every: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("world")
    first = [{"source": "ann", "kind": kind, ALWAYS[kind]: "x1", "time": 1, "weight": 1.0} for kind in ALWAYS]
    first += [{"source": "ann", "kind": "mention", "target": "bob", "time": 1, "weight": 1.0}]
    first += [{"source": "ann", "kind": "follow", "target": "bob", "time": 1, "weight": 1.0}]
    days[0] = first + days[0]
    mine = grown(folder, days, layer, budget=budget, every=every)
    same(mine, at_once(folder, days, layer, budget=budget))
    COUNTED[ways(mine)[layer.name]] += 1


def test_random_worlds_went_both_ways() -> None:
    """Runs after the test before it: what that asserts would be little if all pairs had been counted each time."""
    if sum(COUNTED.values()) >= 15:
        assert COUNTED["carried over"] > 0.25 * sum(COUNTED.values())
        assert COUNTED["at once"] > 0


POSTS = [f"p{i:02}" for i in range(30)]


@st.composite
def posted(draw: st.DrawFn) -> dict[str, Any]:
    """A post that always says the same; half of them retweet another, whose author they may or may not name."""
    place = draw(st.integers(0, 29))
    row: dict[str, Any] = {"id": POSTS[place], "account": ACCOUNTS[place % 5], "time": 100 + 3 * (place % 7)}
    of = place * 7 % 10
    if place % 2:
        known = {"retweet_account": ACCOUNTS[of % 5]} if place % 3 else {}
        return row | {"retweet_of": POSTS[of], "retweet_time": 100 + 3 * (of % 7)} | known
    return row | {"text": f"good words for #tag{place % 3} #and{place % 2} and @{ACCOUNTS[place % 4]} {place % 3}"}


@settings(max_examples=8, deadline=None)
@given(days=st.lists(st.lists(posted(), min_size=1, max_size=15), min_size=2, max_size=3))
def test_posts_with_all_layers(days: list[Rows], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Texts, tags, handles, authors and dates that become known later, posts that come again."""
    folder = tmp_path_factory.mktemp("posts")
    chosen = [
        layers.CoRetweet(min_shared=1), layers.FastRetweet(seconds=50, min_shared=1), layers.Retweet(),
        layers.HashtagSequence(min_shared=1), layers.SameText(min_shared=1), layers.SameHandle(), layers.Mention(),
        layers.CoPost(min_shared=1), layers.CoMention(window=None, min_shared=1),
    ]  # fmt: skip
    start = [{"id": f"s{n}", "account": who, "name": who, "time": n, "text": f"all of us say #one #two @{who} here"}
             for n, who in enumerate(ACCOUNTS)]  # fmt: skip
    start += [{"id": f"r{n}", "account": who, "name": who, "time": 9 + n, "retweet_of": "s0", "retweet_account": "ann",
               "retweet_time": 0} for n, who in enumerate(ACCOUNTS[1:])]  # fmt: skip
    frames = [pd.DataFrame(start)] + [pd.DataFrame(day) for day in days]
    whole = gn.read(frames, folder / "whole")
    for data in frames:
        mine = gn.read(data, folder / "grown", append=True)
        usable = [layer for layer in chosen if layer.missing(mine) is None]
        gn.project(mine, *usable)
    gn.project(whole, *usable)
    same(mine, whole)
    assert ways(mine)["co_post"] == "at once"


# One thing at a time -------------------------------------------------------------------------------------------------


def shares(day: int, things: int = 3, accounts: int = 4, first: int = 0) -> Rows:
    """On each day the same accounts retweet other things together."""
    return [
        {"source": f"a{first + who}", "kind": "retweet", "object": f"d{day}.{thing}", "target": f"b{thing}",
         "time": 1000 * day + 10 * thing + who, "weight": 1.0}
        for thing in range(things) for who in range(accounts)
    ]  # fmt: skip


def way(tmp_path: Path, layer: Layer, **how: Any) -> str:
    days = [shares(1), shares(2)]
    mine = grown(tmp_path, days, layer, **how)
    same(mine, at_once(tmp_path, days, layer, **how))
    return ways(mine)[layer.name]


@pytest.mark.parametrize("window", [None, 60])
@pytest.mark.parametrize("count", ["objects", "posts", "rows"])
def test_pairs_are_carried_over(window: int | None, count: Any, tmp_path: Path) -> None:
    assert way(tmp_path, layers.CoRetweet(window=window, count=count)) == "carried over"


@pytest.mark.parametrize("fewest", [1, 2])
@pytest.mark.parametrize("weights", [(1, 1), (1, 0.1), (0.7, 3)])
def test_direct_pairs_are_carried_over(fewest: int, weights: tuple[float, float], tmp_path: Path) -> None:
    days = [[row | {"weight": weight} for row in shares(day)] for day, weight in enumerate(weights)]
    mine = grown(tmp_path, days, layers.Retweet(min_shared=fewest))
    assert ways(mine) == {"retweet": "carried over"}
    same(mine, at_once(tmp_path, days, layers.Retweet(min_shared=fewest)))


@pytest.mark.parametrize(
    ("layer", "how"),
    [
        (layers.CoRetweet(weight="jaccard"), {}),
        (layers.CoRetweet(weight="tfidf", window=None), {}),
        (layers.CoRetweet(min_participation=2), {}),
        (layers.CoRetweet(window=None), {"budget": 40}),  # objects fell before
        (layers.CoRetweet(window=None), {"budget": 60}),  # and now: three objects of four accounts fit, six do not
    ],
)
def test_what_depends_on_more_than_two_accounts_is_counted_at_once(
    layer: Layer, how: dict[str, Any], tmp_path: Path
) -> None:
    assert way(tmp_path, layer, **how) == "at once"


def test_what_was_made_otherwise_is_counted_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = grown(tmp_path, [shares(1)], layers.CoRetweet(min_shared=3), layers.Retweet())
    made = gn.read(frame(shares(2)), tmp_path / "grown", append=True)
    gn.project(made, layers.CoRetweet(min_shared=2))
    assert ways(made) == {"co_retweet": "at once"}
    monkeypatch.setattr(_reproject, "versions", lambda: study.versions() | {"graphnet": "0"})
    gn.project(made, layers.Retweet())
    assert ways(made) == {"retweet": "at once"}
    assert before.path == made.path


def test_pairs_of_another_query_are_counted_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's own layer was edited, and is called what it was called."""
    grown(tmp_path, [shares(1)], layers.CoRetweet())
    mine = gn.read(frame(shares(2)), tmp_path / "grown", append=True)
    sql = layers.CoRetweet().rows()
    monkeypatch.setattr(layers.CoRetweet, "rows", lambda _: f"{sql} and time >= 2000")
    gn.project(mine, layers.CoRetweet())
    assert ways(mine) == {"co_retweet": "at once"}
    same(mine, at_once(tmp_path, [shares(1), shares(2)], layers.CoRetweet()))


def test_a_layer_that_was_made_with_other_options_is_chosen_only_if_it_applies(tmp_path: Path) -> None:
    """Its default needs times, of which there are none."""
    tags: Rows = [{"source": who, "kind": "hashtag", "object": tag} for who in "abc" for tag in "xyz"]
    days: list[Rows] = [[*tags, *shares(1)], shares(2)]
    grown(tmp_path, days[:1], layers.CoHashtag(window=None), layers.CoRetweet())
    mine = gn.read(frame(days[1]), tmp_path / "grown", append=True)
    whole = gn.read([frame(day) for day in days], tmp_path / "whole")
    for made in (mine, whole):
        gn.project(made)
    assert ways(mine).keys() == ways(whole).keys()
    assert ways(mine)["co_retweet"] == "carried over"
    assert mine.last("project")["summary"]["skipped"]["co_hashtag"].startswith("the study's hashtags have no times")


def test_what_was_left_is_dropped_once_it_was_used(tmp_path: Path) -> None:
    chosen = layers.CoRetweet(), layers.Retweet()
    grown(tmp_path, [shares(1)], *chosen)
    made = gn.read(frame(shares(2)), tmp_path / "grown", append=True)
    left = (_handover.PAIRS_WERE, _handover.MOVES, _handover.ACTIONS_CAME)
    assert made.parts(_handover.PAIRS_WERE) == ["co_retweet", "retweet"]
    gn.project(made, chosen[0])
    assert made.parts(_handover.PAIRS_WERE) == ["retweet"]
    gn.project(made, chosen[1])
    assert ways(made) == {"retweet": "carried over"}
    assert not any(made.has(table) for table in left)
    made.clean()
    assert not list(Path(str(made.path)).glob("staged_moves*"))
    gn.project(made, *chosen)
    assert set(ways(made).values()) == {"at once"}
    same(made, at_once(tmp_path, [shares(1), shares(2)], *chosen))


@pytest.mark.parametrize("every", [True, False])
def test_several_appends(every: bool, tmp_path: Path) -> None:
    """Accounts come in before those that are there, so that all have other numbers."""
    days = [shares(1, first=5), shares(2, first=3), shares(3, first=0), shares(4, first=4)]
    layer = layers.CoRetweet(min_shared=1)
    mine = grown(tmp_path, days, layer, every=every)
    assert ways(mine) == {"co_retweet": "carried over"}
    same(mine, at_once(tmp_path, days, layer))


def test_accounts_that_turn_out_to_be_one(tmp_path: Path) -> None:
    """What was known by a handle is an account of that handle: old actions are another's now."""
    layer = layers.CoMention(min_shared=1, window=None)
    days = [
        [{"id": str(n), "account": who, "time": n, "text": "see @zoe and @bob there"} for n, who in enumerate("123")],
        [{"id": "9", "account": "7", "name": "zoe", "time": 50, "text": "that is me, says @bob"}],
    ]
    for day in days:
        mine = gn.read(pd.DataFrame(day), tmp_path / "grown", append=True)
        gn.project(mine, layer)
    whole = gn.read([pd.DataFrame(day) for day in days], tmp_path / "whole")
    gn.project(whole, layer)
    same(mine, whole)


def test_later_steps_are_the_same(tmp_path: Path) -> None:
    days = [shares(1, 4, 6), shares(2, 4, 6), shares(3, 2, 3)]
    found = []
    for made in (grown(tmp_path, days), at_once(tmp_path, days)):
        gn.detect(made)
        found.append(made.rows("select * from members order by account").to_pylist())
    assert found[0] == found[1] != []


def test_on_several_machines_all_pairs_are_counted(tmp_path: Path) -> None:
    layer = layers.CoRetweet()
    grown(tmp_path, [shares(1)], layer)
    gn.read(frame(shares(2)), tmp_path / "grown", append=True)
    mine = gn.Study.open(tmp_path / "grown", Spread())
    gn.project(mine, layer)
    assert ways(mine) == {"co_retweet": "at once"}
    same(mine, at_once(tmp_path, [shares(1), shares(2)], layer))


def test_the_work_grows_with_what_came(tmp_path: Path) -> None:
    """Ten times as much before, among others: the kernel looks at no more of it."""
    layer, looked, whole = layers.CoRetweet(min_shared=1), [], []
    for times in (1, 10):
        before = [row for day in range(times) for row in shares(day, accounts=8, first=8 * day)]
        folder = tmp_path / str(times)
        mine = grown(folder, [before, shares(99, accounts=3)], layer)
        same(mine, made := at_once(folder, [before, shares(99, accounts=3)], layer))
        assert ways(mine) == {"co_retweet": "carried over"}
        looked.append(visited(mine, "co_retweet"))
        whole.append(visited(made, "co_retweet"))
    assert looked[0] == looked[1] < whole[0]
    assert whole[1] > 8 * whole[0]


# Which layers --------------------------------------------------------------------------------------------------------


def test_which_layers_are_made_row_by_row() -> None:
    others = {name for name, cls in registry.find("layers").items() if not _handover.row_by_row(cls().rows())}
    assert others == {"co_post", "near_text", "same_handle"}


@pytest.mark.parametrize(
    "sql",
    [
        "select account, min(time) as time from actions group by account",
        "select distinct account, object, time, post from actions",
        "select a.account, b.account as object, a.time, a.post from actions a join actions b on a.post = b.post",
        "select account, object, time, post from actions where time > (select max(time) from actions)",
        "select account, object, time, post from actions, handles",
        "select a.account, o.object, a.time, a.post from actions a join objects o on o.author = a.account",
        "select a.account, a.object, a.time, a.post from actions a left join objects o on o.object = a.object",
        "select account, object, lag(time) over (order by time) as time, post from actions",
        "select account, object, time, post from posts",
        "select account, object, time, post from actions where time > 0 GROUP BY account, object, time, post",
    ],
)
def test_rows_that_depend_on_others_are_told(sql: str) -> None:
    assert not _handover.row_by_row(sql)


def test_a_layer_of_texts_is_counted_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its objects have other numbers in each query."""
    sql = "select account, cast(object as varchar) as object, time, post from actions where kind = 'retweet'"
    monkeypatch.setattr(layers.CoRetweet, "rows", lambda _: sql)
    assert issubclass(layers.CoRetweet, CoAction)
    assert way(tmp_path, layers.CoRetweet()) == "at once"
