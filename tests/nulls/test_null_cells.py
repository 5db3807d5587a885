"""From tables to shares: whose interest each kind of thing speaks to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_study import small_study

from graphnet.nulls import NO_TIME
from graphnet.nulls._cells import load
from graphnet.study import Study


def act(account: int, kind: str, object_: int | None, time: int | None = None, **more: Any) -> dict[str, Any]:
    return {"account": account, "kind": kind, "object": object_, "time": time, "weight": 1.0, **more}


def thing(number: int, kind: str, id_: str, author: int | None = None, created: int | None = None) -> dict[str, Any]:
    return {"object": number, "kind": kind, "id": id_, "author": author, "created": created}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    objects = [
        thing(0, "hashtag", "cup"),
        thing(1, "hashtag", "vote"),
        thing(2, "hashtags", "vote now"),
        thing(3, "hashtags", "vote today"),
        thing(4, "hashtags", "cup now"),
        thing(5, "link", "https://example.org/a"),
        thing(6, "link", "https://example.org/b?x=1"),
        thing(7, "link", "https://example.net/a"),
        thing(8, "post", "p1", 9, 100),
        thing(9, "post", "p2", 9, None),
        thing(10, "post", "p3", None, 300),
        thing(11, "text", "t1"),
        thing(12, "text", "t2"),
        thing(13, "text", "t3"),
        thing(14, "link", "https://t.me/channel/1"),
        thing(15, "link", "https://t.me/other/1"),
        thing(16, "link", "https://t.me/channel/2"),
        thing(17, "link", "83921"),
    ]
    rows = [act(7, "retweet", o, t) for o, t in ((8, 150), (9, 250), (10, 350), (8, 120))]
    rows += [act(3, "retweet", 8, None)]
    rows += [act(3, "link", o, 10 * o) for o in (5, 6, 7, 14, 15, 16, 17)]
    rows += [act(3, "hashtags", o, 5) for o in (2, 3, 4)]
    # text 11 is posted with "vote" twice and "cup" once, text 12 with one each, text 13 without a tag
    rows += [act(3, "text", o, 1, post=p) for o, p in ((11, 1), (11, 2), (11, 3), (12, 4), (12, 5), (13, 6))]
    rows += [act(3, "hashtag", o, 1, post=p) for o, p in ((1, 1), (1, 2), (0, 3), (0, 4), (1, 5))]
    rows += [act(a, "follow", None, None, target=a + 1) for a in range(3)]
    return small_study(tmp_path / "study", 12, objects=objects, actions=rows)


def sql(kind: str, what: str = "object") -> str:
    return f"select account, {what} as object, time, post from actions where kind = '{kind}'"


def test_posts_speak_to_whoever_follows_their_author(study: Study) -> None:
    found = load(study, sql("retweet"), "objects")
    shares = found.shares
    assert found.account.tolist() == [3, 7]
    assert found.things == "posts"
    assert (shares.author[0] == shares.author[1], shares.author[2]) == (True, -1)
    assert shares.created.tolist() == [100, NO_TIME, 300]
    assert shares.born.tolist() == [100, 250, 300]
    rows = list(zip(shares.object.tolist(), shares.account.tolist(), shares.time.tolist(), strict=True))
    assert rows == [(0, 0, NO_TIME), (0, 1, 120), (1, 1, 250), (2, 1, 350)]


@pytest.mark.parametrize(
    ("kind", "author", "things"),
    [
        ("link", [1, 1, 0, 2, 3, 2, -1], "links"),  # example.net, example.org, t.me/channel, t.me/other, unknown
        ("hashtags", [1, 1, 0], "hashtag sequences"),  # cup, vote
        ("text", [2, 1, 0], "texts"),  # none, cup, vote (numbered as "", "0", "1")
    ],
)
def test_other_things_have_something_like_an_author(study: Study, kind: str, author: list[int], things: str) -> None:
    found = load(study, sql(kind), "objects")
    assert found.shares.author.tolist() == author
    assert found.things == things
    assert not found.shares.lasting


def test_hashtags_and_accounts_last(study: Study) -> None:
    tags = load(study, sql("hashtag"), "objects")
    follows = load(study, sql("follow", "target"), "accounts")
    for found, things in ((tags, "hashtags"), (follows, "accounts")):
        assert found.things == things
        assert found.shares.lasting
        assert (found.shares.author >= 0).all()
