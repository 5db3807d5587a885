"""Who used a hashtag, link, domain, account or text when: own posts that carry it, and reposts of these.

Platforms' exports list what a post carries for the author's own posts only, so that a repost is counted with the post
it repeats; where that one is not in the collection, the repost's words say what it carries (hashtags only).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from graphnet.crowds import Flags, Ints
from graphnet.errors import InputError
from graphnet.safe import show
from graphnet.words import iso

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["HOUR", "KINDS", "Grid", "Subject", "Uses", "carried", "clock", "find", "grid", "sizes", "uses"]

HOUR = 3600
KINDS = {"hashtag": "hashtags", "link": "links", "domain": "domains", "target": "accounts", "cluster": "texts"}
"""Kinds of subject, and what many of them are called; a phrase is compared with hashtags."""
MOST_BINS = 6000
"""More steps of time than this are made longer: hours up to eight months, six hours up to four years, …"""

CARRIED = {
    "hashtag": "select object as thing, account, time, post from actions where kind = 'hashtag' and object is not null",
    "link": "select object as thing, account, time, post from actions where kind in ('link', 'share') "
    "and object is not null",
    "domain": "select object as thing, account, time, post from actions where kind = 'domain' and object is not null",
    "target": "select target as thing, account, time, post from actions where kind in ('mention', 'reply', 'quote') "
    "and target is not null and target <> account",
    "cluster": "select cluster as thing, account, time, post from copies",
    "text": "select -1 as thing, account, time, post from posts where not coalesce(repost, false) "
    "and position('{phrase}' in lower(text)) > 0",
}
"""Own posts that carry each thing; a post may stand there twice (it mentions the one it answers)."""

USES = """
with held as (select distinct thing, account, time, post from ({carried}) c where {some})
select thing, account, time, post, 0 as repost, account as origin, post as original from held
union all
select h.thing, r.account, r.time, r.post, 1 as repost, h.account as origin, h.post as original
from held h join posts p on p.post = h.post
join objects o on o.kind = 'post' and o.id = p.id
join actions r on r.kind = 'retweet' and r.object = o.object
"""
"""One row a use; ``original`` is the post that is repeated."""

ORPHANS = """
select r.account, r.time, r.post, coalesce(r.target, -1) as origin, p.text
from actions r join posts p on p.post = r.post join objects o on o.object = r.object
left join posts s on s.id = o.id
where r.kind = 'retweet' and s.post is null and ({some})
"""
"""Reposts whose original is not in the collection."""


@dataclass(frozen=True)
class Subject:
    """What a campaign is about.

    Attributes:
        kind: A key of `CARRIED`.
        label: How it is shown.
        thing: Its number: object, account or cluster; -1 for a phrase.
        phrase: The words that are looked for, in lower case.
    """

    kind: str
    label: str
    thing: int = -1
    phrase: str = ""

    @property
    def peers(self) -> str:
        """What it is compared with."""
        return KINDS.get(self.kind, KINDS["hashtag"])


@dataclass(frozen=True)
class Uses:
    """Uses of some things: one row a use, in the order of time, account and post.

    Attributes:
        thing: Which thing.
        account: Who used it.
        time: When; -1 where unknown.
        post: By which post; -1 where unknown.
        repost: Whether it repeats a post of somebody.
        origin: Who made the post that is repeated (the account itself, if none is); -1 where unknown.
        original: The post that is repeated (the post itself, if none is); -1 where unknown.
    """

    thing: Ints
    account: Ints
    time: Ints
    post: Ints
    repost: Flags
    origin: Ints
    original: Ints

    def __len__(self) -> int:
        return len(self.account)

    def take(self, which: Any) -> Uses:
        """Some of the rows."""
        return Uses(*(getattr(self, name)[which] for name in Uses.__dataclass_fields__))

    def of(self, thing: int) -> Uses:
        """Those of one thing."""
        return self.take(self.thing == thing)

    def within(self, start: int, end: int) -> Uses:
        """Those from ``start`` to before ``end`` (seconds)."""
        return self.take((self.time >= start) & (self.time < end))


@dataclass(frozen=True)
class Grid:
    """Equal steps of time over the whole collection.

    Attributes:
        begin: Where the first begins, in seconds since 1970.
        step: Length of each, in seconds.
        others: Posts of the whole collection in each.
    """

    begin: int
    step: int
    others: Ints

    def __len__(self) -> int:
        return len(self.others)

    def counts(self, times: Ints) -> Ints:
        """How many of these times fall into each step; unknown ones into none."""
        place = (times[times >= 0] - self.begin) // self.step
        return np.bincount(place[(place >= 0) & (place < len(self))], minlength=len(self)).astype(np.int64)

    def at(self, place: int) -> int:
        """Where a step begins, in seconds."""
        return self.begin + place * self.step


def grid(study: Study) -> Grid | None:
    """Steps of time over the collection, or None if no post or action has a time."""
    for table in ("posts", "actions"):
        rows = study.rows(
            f"select cast(floor(time / {HOUR}e0) as bigint) as hour, count(*) as n from {table} "
            f"where time is not null group by cast(floor(time / {HOUR}e0) as bigint) order by hour"
        )
        if rows.num_rows:
            break
    else:
        return None
    hour, count = rows["hour"].to_numpy(), rows["n"].to_numpy()
    width = int(hour[-1] - hour[0]) + 1
    wide = next((n for n in (1, 3, 6, 24) if width <= n * MOST_BINS), -(-width // MOST_BINS))
    begin = int(hour[0]) // wide * wide
    others = np.bincount((hour - begin) // wide, weights=count)
    return Grid(begin * HOUR, wide * HOUR, others.astype(np.int64))


def clock(seconds: int) -> str:
    """A time as sentences have it.

    Example:
        >>> clock(1683936000)
        '2023-05-13 00:00 UTC'
    """
    return (iso(seconds) or "")[:16].replace("T", " ") + " UTC"


# The subject ---------------------------------------------------------------------------------------------------------


def find(study: Study, kind: str, value: str) -> Subject:
    """The subject that a user names.

    Raises:
        InputError: Nothing in the study is called that; the message says what comes near.
    """
    if kind == "target":
        number = study.account(value)
        row = study.rows(f"select id, name from accounts where account = {number}").to_pylist()[0]
        return Subject(kind, f"@{row['name']}" if row["name"] else str(row["id"]), number)
    if kind == "cluster":
        study.require("clusters", "copies")
        known = study.rows("select coalesce(max(cluster), 0) as n from clusters")["n"][0].as_py()
        if not value.isdecimal() or not 1 <= int(value) <= known:
            raise InputError(f"there is no text cluster {show(value, 40)!r}; the study has 1 to {known:,}")
        return Subject(kind, f"text {int(value)}", int(value))
    if kind == "text":
        words = " ".join(value.split()).lower()
        if len(words) < 3:
            raise InputError(f"--text {show(value, 40)!r} is too short to look for; give three signs or more")
        return Subject(kind, f"“{show(words, 60)}”", -1, words)
    return _object(study, kind, value)


def _object(study: Study, kind: str, value: str) -> Subject:
    from graphnet.kernels import links, text  # noqa: PLC0415  (compiled code, loaded when it is needed)

    if kind == "hashtag":
        name = text.tag(value)
    else:
        name = (links.canonical(value) if kind == "link" else links.domain(value)) or value.strip().lower()
    kinds = "'link', 'share'" if kind == "link" else f"'{kind}'"
    held = study.rows(
        f"select object, id from objects where kind in ({kinds}) and (id = {_quoted(name)} or id = {_quoted(value)}) "
        "order by object"
    ).to_pylist()
    if held:
        row = held[0]
        return Subject(kind, f"#{row['id']}" if kind == "hashtag" else str(row["id"]), int(row["object"]))
    known = study.rows(f"select id from objects where kind in ({kinds}) order by id")["id"].to_pylist()
    near = get_close_matches(name, known[:100_000], n=3)
    hint = (
        f"Close: {', '.join(show(n, 60) for n in near)}"
        if near
        else f"List what is there: graphnet campaign {study.path}"
    )
    raise InputError(f"no {kind} is called {show(value, 80)!r} among {len(known):,}. {hint}")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# Its uses ------------------------------------------------------------------------------------------------------------


def carried(kind: str, phrase: str = "") -> str:
    """SQL: own posts that carry things of a kind; columns thing, account, time, post."""
    return CARRIED[kind].replace("{phrase}", phrase.replace("'", "''"))


def sizes(study: Study, kind: str, least: int) -> tuple[Ints, Ints]:
    """Things of a kind that at least so many own posts carry, and how many do."""
    rows = study.rows(
        f"select thing, count(*) as n from (select distinct thing, account, time, post from ({carried(kind)}) c) d "
        f"group by thing having count(*) >= {least} order by thing"
    )
    return rows["thing"].to_numpy().astype(np.int64), rows["n"].to_numpy().astype(np.int64)


def uses(study: Study, kind: str, things: Sequence[int], phrase: str = "") -> Uses:
    """All uses of some things."""
    some = f"thing in ({', '.join(str(int(t)) for t in things) or 'null'})"
    parts = [_arrays(study.rows(USES.format(carried=carried(kind, phrase), some=some)))]
    if kind == "hashtag" and things:
        parts.append(_orphans(study, things))
    both = Uses(*(np.concatenate([getattr(p, n) for p in parts]) for n in Uses.__dataclass_fields__))
    return both.take(np.lexsort((both.thing, both.post, both.account, both.time)))


def _arrays(rows: pa.Table) -> Uses:
    def column(name: str) -> Ints:
        found: Ints = rows[name].fill_null(-1).to_numpy().astype(np.int64)
        return found

    first = (column("thing"), column("account"), column("time"), column("post"))
    return Uses(*first, column("repost").astype(np.bool_), column("origin"), column("original"))


def _orphans(study: Study, things: Iterable[int]) -> Uses:
    """Reposts that carry the hashtags by their words, and whose original is not in the collection."""
    from graphnet.kernels import text  # noqa: PLC0415

    listed = ", ".join(str(int(t)) for t in things)
    names = study.rows(f"select object, id from objects where object in ({listed})").to_pylist()
    known = {row["id"]: row["object"] for row in names}
    like = " or ".join(f"position({_quoted('#' + name)} in lower(p.text)) > 0" for name in sorted(known))
    found = []
    for row in study.rows(ORPHANS.format(some=like)).to_pylist() if known else []:
        tags = {text.tag(t) for t in text.hashtags(row.pop("text"))}
        found += [{**row, "thing": known[tag], "repost": 1, "original": -1} for tag in sorted(tags & set(known))]
    shape = pa.schema([(n, pa.int64()) for n in Uses.__dataclass_fields__])
    return _arrays(pa.Table.from_pylist(found, schema=shape))
