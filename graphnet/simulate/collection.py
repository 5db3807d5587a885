"""A whole world as raw tables: posts, follows, profiles, and the truth that no tool gets to see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from graphnet import schema
from graphnet.simulate.crowd import react
from graphnet.simulate.designs import LANGUAGES, World
from graphnet.simulate.dice import Dice, Ints, Things
from graphnet.simulate.ledger import QUOTE, REPLY, RETWEET, Columns, Ledger, Timelines, distinct_retweets
from graphnet.simulate.people import People, populate
from graphnet.simulate.planted import amplify, plan, write
from graphnet.simulate.profiles import created, follows, names, profile_rows, snowflakes
from graphnet.simulate.voices import speak

__all__ = ["Collection", "build"]

CLIENTS = np.array(["Web", "Android", "iPhone", "PostPilot"], dtype=object)
FOLLOWS = pa.schema([("source", pa.string()), ("target", pa.string())])


@dataclass(frozen=True)
class Collection:
    """What was collected of a world, and the truth about it.

    Attributes:
        posts: `graphnet.schema.RAW_POSTS`, in order of time.
        follows: ``source`` follows ``target``, by id.
        profiles: `graphnet.schema.RAW_ACCOUNTS`.
        truth: ``account`` (id), ``group`` ("" for none), ``role``; one row an account.
        operations: ``post`` (id), ``group``, ``operation`` of every coordinated post. Posts of one operation by bots
            and cyborgs lie within the group's window.
    """

    posts: pa.Table
    follows: pa.Table
    profiles: pa.Table
    truth: pa.Table
    operations: pa.Table


def build(world: World, seed: int = 7) -> Collection:
    """Make a world in memory.

    Args:
        world: What it is like.
        seed: The same world and seed give the same collection on every machine.

    Example:
        >>> made = build(World(accounts=200, fandoms=3, authors=4, fans=5, storm=10), seed=7)
        >>> made.posts.column_names[:3], made.truth.num_rows
        (['id', 'account', 'name'], 200)
    """
    people = populate(world, seed)
    posts = _posts(world, people, seed)
    made = created(world, people, Dice(seed, "creation"))
    salt = Dice(seed, "ids").below(1 << 12, len(made))
    ids = snowflakes(made * 1000 + Dice(seed, "milliseconds").below(1000, len(made)), salt * 1024 + _rank(made))
    name = names(world, people, Dice(seed, "names"))
    who, whom = follows(world, people, Dice(seed, "follows"))
    table, post_ids = _post_rows(world, people, posts, ids, name, seed)
    posted = np.bincount(posts.account, minlength=len(ids))
    return Collection(
        posts=table,
        follows=pa.table([pa.array(ids[who]), pa.array(ids[whom])], schema=FOLLOWS),
        profiles=profile_rows(people, ids, name, made, (who, whom), posted, Dice(seed, "profiles")),
        truth=_truth(world, people, ids),
        operations=_operations(world, posts, post_ids),
    )


def _posts(world: World, people: People, seed: int) -> Columns:
    """All posts in order of time, with references to positions in that order."""
    ledger = Ledger()
    events = speak(world, people, seed, ledger)
    plans = plan(world, people, seed)
    seeds = [write(world, people, p, seed, ledger) for p in plans]
    posts = ledger.columns()
    timelines = Timelines(posts, Dice(seed, "appeal").lognormal(1.0, 1.4, len(posts.account)))
    for planned, own in zip(plans, seeds, strict=True):
        amplify(world, people, planned, own, seed, ledger, timelines)
    react(world, people, seed, ledger, events, timelines)
    return _in_order(ledger.columns())


def _in_order(posts: Columns) -> Columns:
    """Drop impossible retweets and sort by time."""
    kept = np.flatnonzero(distinct_retweets(posts))
    order = kept[np.lexsort((posts.account[kept], posts.time[kept]))]
    place = np.full(len(posts.account) + 1, -1)
    place[order] = np.arange(len(order))
    picked = {name: getattr(posts, name)[order] for name in posts.__dataclass_fields__}
    picked["ref"] = place[picked["ref"]]
    return Columns(**picked)


def _rank(values: Ints) -> Ints:
    """Position of each value among equal ones, so that ids of one moment differ."""
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    first = np.searchsorted(ranked, ranked, side="left")
    rank = np.empty(len(values), dtype=np.int64)
    rank[order] = np.arange(len(values)) - first
    return rank


def _post_rows(
    world: World, people: People, posts: Columns, ids: Things, name: Things, seed: int
) -> tuple[pa.Table, Things]:
    """The posts as `graphnet.schema.RAW_POSTS`, and their ids."""
    time = posts.time + world.begin
    post_ids = snowflakes(_milliseconds(time, seed), np.arange(len(time)) % (1 << 22))
    ref = posts.ref
    answered = {kind: posts.kind == kind for kind in (RETWEET, QUOTE, REPLY)}

    def where(kind: int, values: Things | Ints) -> pa.Array:
        return pa.array(values[ref], mask=~answered[kind])

    mention = _mentions(posts, ids, name)
    values = {
        "id": post_ids,
        "account": ids[posts.account],
        "name": name[posts.account],
        "time": time,
        "text": _texts(posts, name, post_ids),
        "lang": np.array(LANGUAGES, dtype=object)[people.lang[posts.account]],
        "client": CLIENTS[_clients(people, posts, seed)],
        "reply_name": where(REPLY, name[posts.account]),
        "hashtags": _lists([tags.split() for tags in posts.tags.tolist()], posts.kind),
        "mentions": _lists(mention[0], posts.kind),
        "mention_names": _lists(mention[1], posts.kind),
        "links": _lists([[url] if url else [] for url in posts.link.tolist()], posts.kind),
        "media": pa.nulls(len(time), pa.list_(pa.string())),
    }
    for kind, word in ((RETWEET, "retweet"), (QUOTE, "quote"), (REPLY, "reply")):
        values[f"{word}_of" if kind != REPLY else "reply_to"] = where(kind, post_ids)
        values[f"{word}_account"] = where(kind, ids[posts.account])
        values[f"{word}_name"] = where(kind, name[posts.account])
        values[f"{word}_time"] = where(kind, time)
    return pa.table({c.name: pa.array(values[c.name], c.type) for c in schema.RAW_POSTS.columns}), post_ids


def _milliseconds(time: Ints, seed: int) -> Ints:
    """Milliseconds that keep the order of the posts."""
    parts = Dice(seed, "post milliseconds").below(1000, len(time))
    return time * 1000 + parts[np.lexsort((parts, time))]


def _lists(values: list[list[str]], kind: Ints) -> list[list[str] | None]:
    """Lists, null for retweets: there the platform repeats the words of the other post."""
    return [None if k == RETWEET else v for v, k in zip(values, kind.tolist(), strict=True)]


def _mentions(posts: Columns, ids: Things, name: Things) -> tuple[list[list[str]], list[list[str]]]:
    """Ids and names of mentioned accounts: the one that is answered, and the one mentioned at the end."""
    answered = np.where(posts.kind == REPLY, posts.account[posts.ref], -1).tolist()
    found = [
        list(dict.fromkeys(a for a in pair if a >= 0)) for pair in zip(answered, posts.mention.tolist(), strict=True)
    ]
    return [[ids[a] for a in accounts] for accounts in found], [[name[a] for a in accounts] for accounts in found]


def _texts(posts: Columns, name: Things, post_ids: Things) -> Things:
    """The posts' words: hashtags, mention and link where they belong, ``RT @author:`` before what is retweeted."""
    texts = np.empty(len(posts.kind), dtype=object)
    for i in np.flatnonzero(posts.kind != RETWEET).tolist():
        parts = [posts.text[i]]
        if posts.kind[i] == REPLY:
            parts.insert(0, f"@{name[posts.account[posts.ref[i]]]}")
        if (m := posts.mention[i]) >= 0 and f"@{name[m]}" not in parts[-1]:
            parts.append(f"@{name[m]}")
        parts += [f"#{tag}" for tag in posts.tags[i].split()]
        if posts.kind[i] == QUOTE:
            parts.append(f"https://post.example/i/{post_ids[posts.ref[i]]}")
        if posts.link[i]:
            parts.append(posts.link[i])
        texts[i] = " ".join(parts)
    for i in np.flatnonzero(posts.kind == RETWEET).tolist():
        texts[i] = f"RT @{name[posts.account[posts.ref[i]]]}: {texts[posts.ref[i]]}"
    return texts


def _clients(people: People, posts: Columns, seed: int) -> Ints:
    """Each account has one program; schedules run on PostPilot, which some people use as well."""
    own = Dice(seed, "clients").pick((3, 4, 3, 0.3), len(people.role))
    return np.where(people.scheduled, 3, own)[posts.account]


def _truth(world: World, people: People, ids: Things) -> pa.Table:
    labels = np.array([*(group.name for group in world.groups), ""], dtype=object)
    columns = {"account": ids, "group": labels[people.group], "role": people.role}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}).sort_by("account")


def _operations(world: World, posts: Columns, post_ids: Things) -> pa.Table:
    rows = np.flatnonzero(posts.operation >= 0)
    operation = posts.operation[rows]
    ends = np.cumsum([group.operations for group in world.groups])
    labels = np.array([group.name for group in world.groups], dtype=object)
    group = labels[np.searchsorted(ends, operation, side="right")] if len(rows) else np.empty(0, dtype=object)
    return pa.table(
        {
            "post": pa.array(post_ids[rows], pa.string()),
            "group": pa.array(group, pa.string()),
            "operation": pa.array(operation, pa.int64()),
        }
    )
