"""What several explanations need to know of the communities, each fetched once and only when it is asked for.

*Elsewhere* always means the accounts that are in no community: a ring that was cut in two must not be excused by its
other half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphnet.crowds import Crowds, Flags, Ints, Numbers, distinct
from graphnet.explanations import share
from graphnet.explanations._profiles import Common, common
from graphnet.study import Study

__all__ = ["DAY", "HOUR", "KINDS", "SHARED", "TIES", "Facts", "Ranked", "Things", "Words"]

HOUR, DAY = 3600, 86400
SHARED = ("retweet", "quote", "link", "text", "hashtag")
"""Kinds of things that are looked at; a tag sequence repeats its tags, a domain its links."""
TIES = ("retweet", "quote", "link", "text")
"""What ties two members; a hashtag is too broad for that."""
KINDS = ", ".join(f"'{kind}'" for kind in SHARED)

THINGS = f"""
with acts as (
    select kind, object, account from actions where object is not null and kind in ({KINDS})
    group by kind, object, account
), inside as (
    select m.community, a.kind, a.object, count(*) as members
    from acts a join members m on m.account = a.account
    group by m.community, a.kind, a.object having count(*) >= 2
), held as (
    select a.kind, a.object, count(*) as accounts, count(case when m.account is null then 1 end) as elsewhere
    from acts a left join members m on m.account = a.account group by a.kind, a.object
)
select i.community, i.kind, i.object, i.members, h.accounts, h.elsewhere, coalesce(o.author, -1) as author
from inside i join held h on h.kind = i.kind and h.object = i.object left join objects o on o.object = i.object
order by i.community, i.kind, i.object
"""
"""One row for each thing that two members or more of a community act on."""
DOING = """
select account,
    count(case when kind = 'retweet' then 1 end) as retweet, count(case when kind = 'text' then 1 end) as text,
    count(distinct case when kind = 'reply' then target end) as reply_targets,
    count(distinct case when kind = 'mention' then target end) as mention_targets
from actions where kind in ('retweet', 'reply', 'mention', 'text') group by account
"""
CLIENTS = """
with made as (
    select account, client, count(*) as n from posts where client is not null and not coalesce(repost, false)
    group by account, client
), main as (
    select account, client, row_number() over (partition by account order by n desc, client) as place from made
)
select coalesce(m.community, -1) as community, p.client, count(*) as n
from main p left join members m on m.account = p.account
where p.place = 1 group by coalesce(m.community, -1), p.client
"""
"""Accounts by the program that they use most: one busy account must not speak for its group."""
DAYS = f"""
select account, count(distinct cast(floor(time / {DAY}e0) as bigint)) as days, min(time) as first, max(time) as last
from actions where time is not null group by account
"""
WORDS = """
select m.community, a.account, a.kind, a.object, a.time, coalesce(a.post, -1) as post, p.client,
    case when l.post is null then 0 else 1 end as link
from actions a
join members m on m.account = a.account
left join posts p on p.post = a.post
left join (select distinct post from actions where kind = 'link' and post is not null) l on l.post = a.post
where a.kind in ('text', 'hashtag') and a.object is not null
"""


@dataclass(frozen=True)
class Things:
    """What two members or more of a community act on: one row a (community, kind, thing), sorted by these.

    Attributes:
        group: Place of the community.
        kind: Place in ``SHARED``.
        object: Our number of the thing.
        members, accounts, elsewhere: How many act on it: of the community, at all, of those in no community.
        author: Who made it, or -1.
    """

    group: Ints
    kind: Ints
    object: Ints
    members: Ints
    accounts: Ints
    elsewhere: Ints
    author: Ints

    @cached_property
    def weight(self) -> Numbers:
        """Pairs of members whom the thing ties."""
        return self.members * (self.members - 1) / 2.0

    @cached_property
    def closed(self) -> Flags:
        """Whether at least four in five of those in it or in no community are members: hardly anybody else has it."""
        return self.elsewhere * 4 <= self.members

    def of(self, *kinds: str) -> Things:
        """Those of some kinds."""
        return self.take(np.isin(self.kind, [SHARED.index(kind) for kind in kinds]))

    def take(self, which: Any) -> Things:
        """Some of the rows."""
        return Things(*(getattr(self, name)[which] for name in Things.__dataclass_fields__))


@dataclass(frozen=True)
class Words:
    """Members' own posts with hashtags or words: one row a (post, hashtag or text).

    Attributes:
        group: Place of the community.
        account: Who posted.
        kind: Place in ``SHARED``.
        object: The hashtag or text.
        time, post: -1 where unknown.
        client: Place in ``clients``; -1 where unknown.
        link: Whether the post carries a link.
        thing: Row in ``Facts.things``, or -1 where no other member used it.
    """

    group: Ints
    account: Ints
    kind: Ints
    object: Ints
    time: Ints
    post: Ints
    client: Ints
    link: Flags
    thing: Ints

    def take(self, which: Any) -> Words:
        """Some of the rows."""
        return Words(*(getattr(self, name)[which] for name in Words.__dataclass_fields__))


@dataclass(frozen=True)
class Clients:
    """Accounts by the program that they use most for their own posts.

    Attributes:
        names: The programs.
        accounts: One row a community and a last one for elsewhere, one column a program.
    """

    names: list[str]
    accounts: npt.NDArray[np.float64]

    def elsewhere(self, client: Ints) -> Numbers:
        """Share of the accounts elsewhere that mostly use each of these; NaN where that is known of none."""
        row = self.accounts[-1]
        return share(row[client] if len(row) else np.zeros(len(client)), np.full(len(client), row.sum()))


@dataclass(frozen=True)
class Ranked:
    """Values of each community with their weight, by community and the heaviest first; ``rank`` counts from 0."""

    group: Ints
    value: Ints
    weight: Numbers
    rank: Ints

    def take(self, which: Any) -> Ranked:
        """Some of the rows."""
        return Ranked(*(getattr(self, name)[which] for name in Ranked.__dataclass_fields__))


@dataclass(frozen=True)
class Facts:
    """What is known of the communities.

    Attributes:
        study: Where it is fetched.
        groups: The communities.
        width: Accounts of the study.
    """

    study: Study
    groups: Crowds
    width: int

    def __len__(self) -> int:
        return len(self.groups)

    def rows(self, sql: str) -> dict[str, npt.NDArray[Any]]:
        """The columns of a query as arrays.

        A column ``community`` also comes as places, called ``group``; -1 stays -1, for elsewhere.
        """
        table = self.study.rows(sql)
        found = {name: table[name].to_numpy() for name in table.column_names}
        if "community" in found:
            found["group"] = self._group(found["community"])
        return found

    def _group(self, community: Ints) -> Ints:
        places = np.searchsorted(self.groups.label, community)
        return np.where(community < 0, -1, places).astype(np.int64)

    def add(self, group: Ints, values: npt.NDArray[Any] | None = None) -> Numbers:
        """Sum of the values (or the number of rows) of each community."""
        return np.bincount(group, weights=values, minlength=len(self)).astype(np.float64)

    def distinct(self, group: Ints, *columns: Ints) -> Numbers:
        """How many different rows (of these columns) each community has."""
        return self.add(distinct(*(c.astype(np.int64) for c in (group, *columns)))[0][0])

    @cached_property
    def place(self) -> Ints:
        """Place of each account's community, or -1."""
        return self.groups.places(self.width)

    @cached_property
    def elsewhere(self) -> Flags:
        """Which accounts are in no community."""
        return self.place < 0

    @cached_property
    def things(self) -> Things:
        """What members share."""
        rows = self.rows(THINGS)
        kind = _kinds(rows["kind"])
        order = np.lexsort((rows["object"], kind, rows["group"]))
        columns = {**rows, "kind": kind}
        return Things(*(columns[n].astype(np.int64)[order] for n in Things.__dataclass_fields__))

    @cached_property
    def words(self) -> Words:
        """Members' posts with hashtags and words."""
        table = self.study.rows(WORDS)
        held = {n: table[n].to_numpy() for n in ("community", "account", "object", "post")}
        group = self._group(held["community"])
        kind = _kinds(table["kind"].to_numpy(zero_copy_only=False))
        time = table["time"].fill_null(-1).to_numpy()
        found = Words(
            group, held["account"], kind, held["object"], time, held["post"], self._client(table["client"]),
            table["link"].to_numpy() > 0, self._thing(group, kind, held["object"]),
        )  # fmt: skip
        return found.take(np.lexsort((found.object, found.kind, found.post, found.time, found.account, group)))

    @cached_property
    def tied(self) -> Numbers:
        """Pairs of members tied by each thing, summed; NaN where that is less than one for every two members."""
        things = self.things.of(*TIES)
        total = self.add(things.group, things.weight)
        return np.where(2 * total >= self.groups.sizes, total, np.nan)

    def of_things(self, things: Things, rows: dict[str, npt.NDArray[Any]], values: npt.NDArray[Any]) -> Numbers:
        """For each of the things the value of the row with its ``kind`` and ``object``; NaN where there is none."""
        kind, number = _kinds(rows["kind"]), rows["object"]
        order = np.lexsort((number, kind))
        span = int(max(number.max(initial=0), things.object.max(initial=0))) + 1
        known, wanted = (kind * span + number)[order], things.kind * span + things.object
        at = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
        hit = known[at] == wanted if len(known) else np.zeros(len(wanted), dtype=bool)
        found = np.full(len(wanted), np.nan)
        found[hit] = values[order][at[hit]]
        return found

    @cached_property
    def texts(self) -> Words:
        """Members' posts with a text that another member used too."""
        return self.words.take((self.words.thing >= 0) & (self.words.kind == SHARED.index("text")))

    @cached_property
    def clients(self) -> Clients:
        """The programs that accounts post with."""
        table = self.study.rows(CLIENTS)
        names = sorted(set(table["client"].to_pylist()))
        client = np.searchsorted(np.array(names, dtype=object), table["client"].to_numpy(zero_copy_only=False))
        group = self._group(table["community"].to_numpy())
        accounts = np.zeros((len(self) + 1, len(names)))
        np.add.at(accounts, (group, client.astype(np.int64)), table["n"].to_numpy())
        return Clients(names, accounts)

    def _client(self, column: pa.ChunkedArray) -> Ints:
        """Place of each in ``clients``, or -1."""
        places = pc.index_in(column, value_set=pa.array(self.clients.names, pa.string()))
        return np.asarray(places.fill_null(-1).to_numpy(), dtype=np.int64)

    def _thing(self, group: Ints, kind: Ints, number: Ints) -> Ints:
        """Row in ``things`` of each, or -1."""
        things = self.things
        span = int(max(things.object.max(initial=0), number.max(initial=0))) + 1

        def code(group: Ints, kind: Ints, number: Ints) -> Ints:
            return (group * len(SHARED) + kind) * span + number

        known, wanted = code(things.group, things.kind, things.object), code(group, kind, number)
        at = np.searchsorted(known, wanted)
        hit = (at < len(known)) & (np.append(known, -1)[np.minimum(at, len(known))] == wanted)
        return np.where(hit, at, -1).astype(np.int64)

    @cached_property
    def doing(self) -> dict[str, Ints]:
        """How often each account retweets or writes (``text``), and how many accounts it answers or mentions."""
        rows = self.rows(DOING)
        account = rows.pop("account")
        return {name: self._of_all(account, n) for name, n in rows.items()}

    @cached_property
    def days(self) -> Ints:
        """On how many days each account acted; 0 where no time is known."""
        return self._dated[0]

    @cached_property
    def span(self) -> int:
        """Days from the first to the last action of the study; 0 without times."""
        return self._dated[1]

    @cached_property
    def _dated(self) -> tuple[Ints, int]:
        rows = self.rows(DAYS)
        first, last = rows["first"], rows["last"]
        span = int(last.max() // DAY - first.min() // DAY) + 1 if len(first) else 0
        return self._of_all(rows["account"], rows["days"]), span

    def _of_all(self, account: Ints, values: Ints) -> Ints:
        """Values of some accounts as one of each account, 0 for the others."""
        found = np.zeros(self.width, dtype=np.int64)
        found[account] = values
        return found

    @cached_property
    def profiles(self) -> dict[str, Any]:
        """Columns of ``accounts``: ``created`` and ``verified`` as numbers with NaN, two of texts as Arrow has them."""
        table = self.study.rows("select account, name, created, verified, description from accounts order by account")
        return {
            "created": table["created"].cast("float64").to_numpy(),
            "verified": table["verified"].cast("int8").cast("float64").to_numpy(),
            "name": table["name"],
            "description": table["description"],
        }

    @cached_property
    def common(self) -> Common:
        """What stands in the profiles of most members and of few others."""
        return common(self.profiles["name"], self.profiles["description"], self.groups, self.elsewhere)

    def both(self, part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> tuple[Numbers, float]:
        """The share of ``whole`` that is ``part`` (one value an account) in each community, and elsewhere."""
        out = self.elsewhere
        elsewhere = share(np.array([part[out].sum()]), np.array([whole[out].sum()]))[0]
        return share(self.groups.total(part), self.groups.total(whole)), float(elsewhere)

    def heaviest(self, group: Ints, column: Ints, weight: Numbers) -> Ranked:
        """The values of ``column`` in each community by their sum of weights, the heaviest first."""
        if not len(group):
            return Ranked(group, column, weight.astype(np.float64), group)
        rows, place = distinct(group, column)
        summed = np.bincount(place, weights=weight).astype(np.float64)
        order = np.lexsort((rows[1], -summed, rows[0]))
        held = rows[0][order]
        return Ranked(held, rows[1][order], summed[order], np.arange(len(held)) - np.searchsorted(held, held))

    def leading(self, group: Ints, column: Ints, weight: Numbers) -> tuple[Ints, Numbers]:
        """For each community the value of ``column`` with the largest sum of weights (-1: none), and that sum."""
        ranked = self.heaviest(group, column, weight)
        first = ranked.rank == 0
        value, total = np.full(len(self), -1), np.zeros(len(self))
        value[ranked.group[first]], total[ranked.group[first]] = ranked.value[first], ranked.weight[first]
        return value, total

    def needed(self, group: Ints, column: Ints, weight: Numbers, part: float) -> tuple[Ints, Ints]:
        """How many values of ``column``, the heaviest first, it takes to reach ``part`` of the weight; and how many."""
        ranked = self.heaviest(group, column, weight)
        total = self.add(ranked.group, ranked.weight)
        before = np.concatenate([[0.0], np.cumsum(ranked.weight)])
        start = np.searchsorted(ranked.group, ranked.group)
        reached = before[:-1] - before[start] >= part * total[ranked.group] - 1e-9
        of = self.add(ranked.group)
        return (of - self.add(ranked.group[reached])).astype(np.int64), of.astype(np.int64)


def _kinds(names: npt.NDArray[Any] | Sequence[str]) -> Ints:
    """Kinds of action as places in ``SHARED``."""
    order = np.argsort(SHARED)
    found = np.searchsorted(np.array(SHARED)[order], np.asarray(names, dtype=str))
    return np.asarray(order[found], dtype=np.int64)
