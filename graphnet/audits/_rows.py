"""The rows behind the figures of a campaign: posts, first movers, starters, carriers, targets, words beside it.

Everything is a list of plain rows, times as text in UTC, accounts and posts by the platform's own ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.audits._life import LEVELS, Known
from graphnet.audits._uses import Uses
from graphnet.crowds import Ints
from graphnet.words import iso

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["Row", "Rows", "depth"]

Row = dict[str, Any]
WORDS = 280
"""Signs of a post's text that are shown."""
TOP = 25

POSTS = "select p.post, p.id, p.text, p.lang, p.client from posts p where p.post in ({some})"
DIRECTED = """
select a.target, a.kind,
    cast(sum(case when a.time < {start} then 1 else 0 end) as bigint) as before,
    cast(sum(case when a.time >= {start} and a.time < {end} then 1 else 0 end) as bigint) as within,
    cast(sum(case when a.time >= {end} then 1 else 0 end) as bigint) as after,
    count(distinct case when a.time >= {start} and a.time < {end} then a.account end) as accounts
from actions a
where a.kind in ('retweet', 'quote', 'reply', 'mention') and a.target is not null and a.target <> a.account
    and a.time is not null and a.account in ({some})
group by a.target, a.kind
"""
BESIDE = """
select o.id as hashtag, count(*) as posts, count(distinct a.account) as accounts
from actions a join objects o on o.object = a.object
where a.kind = 'hashtag' and a.object <> {own} and a.post in ({some}) group by o.id order by posts desc, o.id
"""
MADE_WITH = """
select {what} as value, count(*) as posts, count(distinct account) as accounts from posts
where {what} is not null and not coalesce(repost, false) group by {what}
"""


def listed(numbers: Iterable[int]) -> str:
    """Numbers for SQL's ``in``."""
    return ", ".join(str(int(n)) for n in numbers) or "null"


@dataclass(frozen=True)
class Rows:
    """Makes rows of uses.

    Args:
        study: The study.
        facts: What is known of its accounts.
        found: Uses of one thing, in the order of time.
    """

    study: Study
    facts: Known
    found: Uses

    @cached_property
    def _posts(self) -> Mapping[int, Row]:
        numbers = np.unique(np.concatenate([self.found.post, self.found.original]))
        rows = self.study.rows(POSTS.format(some=listed(numbers[numbers >= 0]))).to_pylist()
        return {row["post"]: row for row in rows}

    @cached_property
    def _accounts(self) -> Mapping[int, Row]:
        numbers = np.unique(np.concatenate([self.found.account, self.found.origin]))
        return self.named(numbers[numbers >= 0])

    def named(self, numbers: Iterable[int]) -> dict[int, Row]:
        """Ids and handles of accounts."""
        rows = self.study.rows(f"select account, id, name from accounts where account in ({listed(numbers)})")
        return {row["account"]: {"account": row["id"], "name": row["name"]} for row in rows.to_pylist()}

    def who(self, account: int) -> Row:
        """One account: id, handle, when it was created, its community and the level of that."""
        created, community = self.facts.created[account], int(self.facts.community[account])
        level = None if self.facts.level is None or not community else LEVELS[int(self.facts.level[account])]
        return {
            **self._accounts[account],
            "created": None if np.isnan(created) else iso(int(created)),
            "community": f"C{community}" if community else None,
            "level": level,
        }

    def use(self, place: int) -> Row:
        """One use."""
        post, original = int(self.found.post[place]), int(self.found.original[place])
        held, time = self._posts.get(post, {}), int(self.found.time[place])
        repost = bool(self.found.repost[place])
        origin = self._accounts.get(int(self.found.origin[place]), {})
        return {
            "time": iso(time) if time >= 0 else None,
            **self._accounts[int(self.found.account[place])],
            "post": held.get("id"),
            "how": "repost" if repost else "own post",
            "of_account": origin.get("account") if repost else None,
            "of_post": self._posts.get(original, {}).get("id") if repost else None,
            "text": (held.get("text") or "")[:WORDS] or None,
        }

    def uses(self, places: Iterable[int]) -> list[Row]:
        """Some uses."""
        return [self.use(int(place)) for place in places]

    def movers(self, start: int | None = None, end: int | None = None) -> list[Row]:
        """The first accounts to take part (from ``start`` on), each with its first use and the gaps."""
        low, high = -1 if start is None else start, np.iinfo(np.int64).max if end is None else end
        places = np.flatnonzero((self.found.time >= max(low, 0)) & (self.found.time < high))
        _, first = np.unique(self.found.account[places], return_index=True)
        first = places[np.sort(first)][:TOP]
        times = self.found.time[first]
        gaps = np.diff(times, prepend=times[:1])
        return [
            {
                "place": i + 1,
                **self.use(place),
                "gap": int(gaps[i]),
                "seconds_after_first": int(times[i] - times[0]),
                **{k: v for k, v in self.who(int(self.found.account[place])).items() if k not in ("account", "name")},
            }
            for i, place in enumerate(first.tolist())
        ]

    def starters(self) -> list[Row]:
        """Posts by how often they were repeated."""
        again = self.found.take(self.found.repost & (self.found.original >= 0))
        if not len(again):
            return []
        original, first, count = np.unique(again.original, return_index=True, return_counts=True)
        order = np.lexsort((original, -count))[:TOP]
        return [
            {
                **self.who(int(again.origin[first[i]])),
                "post": self._posts.get(int(original[i]), {}).get("id"),
                "reposts": int(count[i]),
                "share": float(count[i] / len(again)),
                "first_repost": iso(int(again.time[first[i]])) if again.time[first[i]] >= 0 else None,
                "text": (self._posts.get(int(original[i]), {}).get("text") or "")[:WORDS] or None,
            }
            for i in order
        ]

    def carriers(self) -> list[Row]:
        """Accounts by how many of the posts are theirs."""
        account, count = np.unique(self.found.account, return_counts=True)
        reposts = np.bincount(np.searchsorted(account, self.found.account), weights=self.found.repost)
        order = np.lexsort((account, -count))[:TOP]
        return [
            {
                **self.who(int(account[i])),
                "posts": int(count[i]),
                "reposts": int(reposts[i]),
                "share": float(count[i] / len(self.found)),
            }
            for i in order
        ]

    def targets(self, start: int, end: int, begin: int, stop: int) -> list[Row]:
        """Whom those who took part mentioned, answered, quoted and repeated, whatever they wrote about.

        Args:
            start: Where the window begins, in seconds.
            end: Where it ends.
            begin: Where the collection begins.
            stop: Where it ends.
        """
        inside = np.unique(self.found.within(start, end).account)
        rows = self.study.rows(DIRECTED.format(start=start, end=end, some=listed(inside))).to_pylist()
        days = {"before": start - begin, "within": end - start, "after": stop - end}
        by_target: dict[int, Row] = {}
        for row in rows:
            held = by_target.setdefault(row["target"], {"before": 0, "within": 0, "after": 0, "how": {}, "accounts": 0})
            for when in days:
                held[when] += row[when]
            held["accounts"] = max(held["accounts"], row["accounts"])
            held["how"][row["kind"]] = row["within"]
        top = sorted(by_target, key=lambda t: (-by_target[t]["within"], t))[:TOP]
        names = self.named(top)
        return [
            {
                **names[target],
                **{when: by_target[target][when] for when in days},
                **{f"{when}_a_day": _rate(by_target[target][when], seconds) for when, seconds in days.items()},
                "accounts_within": by_target[target]["accounts"],
                "mostly_by": max(sorted(by_target[target]["how"]), key=by_target[target]["how"].__getitem__),
            }
            for target in top
            if by_target[target]["within"]
        ]

    def beside(self, own: int) -> list[Row]:
        """Other hashtags of the own posts."""
        posts = self._own_posts()
        rows = self.study.rows(BESIDE.format(own=own, some=listed(posts))).to_pylist()[:TOP]
        return [{**row, "share": row["posts"] / max(len(posts), 1)} for row in rows]

    def made(self, what: str) -> list[Row]:
        """Languages (``lang``) or programs (``client``) of the own posts, with their share in the whole collection."""
        of = [self._posts[p][what] for p in self._own_posts() if self._posts.get(p, {}).get(what)]
        everywhere = {r["value"]: r["posts"] for r in self.study.rows(MADE_WITH.format(what=what)).to_pylist()}
        known = max(sum(everywhere.values()), 1)
        values, counts = np.unique(np.array(of, dtype=str), return_counts=True)
        order = np.lexsort((values, -counts))[:TOP]
        return [
            {
                what: str(values[i]),
                "posts": int(counts[i]),
                "share": float(counts[i] / len(of)),
                "share_in_collection": everywhere[str(values[i])] / known,
            }
            for i in order
        ]

    def _own_posts(self) -> list[int]:
        own: list[int] = np.unique(self.found.post[~self.found.repost & (self.found.post >= 0)]).tolist()
        return own

    def clusters(self) -> list[Row]:
        """Near-identical texts of the own posts, where the study has them."""
        if not self.study.has("copies"):
            return []
        sql = (
            "select k.cluster, count(distinct c.post) as posts, count(distinct c.account) as accounts, "
            "min(c.time) as first, max(c.time) as last, k.template, min(c.post) as post from copies c "
            f"join clusters k on k.cluster = c.cluster where c.post in ({listed(self._own_posts())}) "
            "group by k.cluster, k.template order by posts desc, k.cluster"
        )
        return [
            {
                **{k: v for k, v in row.items() if k != "post"},
                "first": iso(row["first"]),
                "last": iso(row["last"]),
                "text": (self._posts[row["post"]]["text"] or "")[:WORDS],
            }
            for row in self.study.rows(sql).to_pylist()[:TOP]
        ]


def _rate(acts: int, seconds: int) -> float | None:
    """Acts a day, if there was any time for them."""
    return acts / (seconds / 86400) if seconds > 0 else None


def depth(study: Study, posts: Sequence[int]) -> tuple[int, int] | None:
    """Longest chain of posts that answer or quote one another, and how many do; None if none does.

    Reposts have no depth in platforms' exports: each names the first post, not the repost it was seen in.
    """
    sql = (
        "select distinct a.post, p.post as parent from actions a join objects o on o.object = a.object "
        "join posts p on p.id = o.id where a.kind in ('reply', 'quote') and p.post <> a.post "
        f"and a.post in ({listed(posts)}) and p.post in ({listed(posts)})"
    )
    rows = study.rows(sql)
    if not rows.num_rows:
        return None
    child, parent = rows["post"].to_numpy(), rows["parent"].to_numpy()
    level: Ints = np.zeros(int(max(child.max(), parent.max())) + 1, dtype=np.int64)
    for _ in range(1000):  # a chain longer than that is a loop in faulty data
        again = level.copy()
        np.maximum.at(again, child, level[parent] + 1)
        if (again == level).all():
            break
        level = again
    return int(level.max()), len(np.unique(child))
