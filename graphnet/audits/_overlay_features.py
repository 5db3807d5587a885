"""In what lists of accounts may differ: figures and profiles of each account.

A *figure* is a number of each account (posts a day); a *profile* says in what shares an account's posts have each of
some values (languages).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphnet.audits._overlay_join import Book
from graphnet.crowds import Flags, Ints, Numbers, incidence

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from graphnet.study import Study

__all__ = ["Feature", "features"]

CATEGORIES = 1000
"""Most used values of a profile that are told apart; the rest count as one."""

POSTS = """
select account, count(*) as posts, count(distinct cast(floor(time / 86400e0) as bigint)) as days,
    avg(case when coalesce(repost, false) then 1e0 else 0e0 end) as reposts
from posts where account in ({some}) group by account
"""
PROFILES = {
    "languages": "select account, lang as value, count(*) as n from posts where lang is not null "
    "and not coalesce(repost, false) and account in ({some}) group by account, lang",
    "clients": "select account, client as value, count(*) as n from posts where client is not null "
    "and not coalesce(repost, false) and account in ({some}) group by account, client",
    "hashtags": "select a.account, o.id as value, count(*) as n from actions a join objects o on o.object = a.object "
    "where a.kind = 'hashtag' and a.account in ({some}) group by a.account, o.id",
    "targets": "select a.account, t.id as value, count(*) as n from actions a join accounts t on t.account = a.target "
    "where a.kind in ('retweet', 'quote', 'reply', 'mention') and a.target <> a.account and a.account in ({some}) "
    "group by a.account, t.id",
}
COPIES = "select account, count(distinct post) as n from copies where account in ({some}) group by account"
SAME = """
select a.account, count(distinct a.post) as n from actions a
join posts p on p.post = a.post and not coalesce(p.repost, false)
join (select object from actions where kind = 'text' and object is not null group by object
    having count(distinct account) > 1) s on s.object = a.object
where a.kind = 'text' and a.account in ({some}) group by a.account
"""
OWN = """
select account, count(*) as n from posts where not coalesce(repost, false) and account in ({some}) group by account
"""


@dataclass(frozen=True)
class Feature:
    """One thing in which lists may differ.

    Attributes:
        code: ``posts``, ``languages``, …
        words: What it is.
        value: A figure of each account of the study; NaN where unknown. None for a profile.
        profile: One row an account, one column a value; rows sum to 1 or 0 (unknown). None for a figure.
        values: What the columns are.
        activity: Whether it is activity itself.
        unit: What a figure counts.
    """

    code: str
    words: str
    value: Numbers | None = None
    profile: csr_array | None = None
    values: tuple[str, ...] = ()
    activity: bool = False
    unit: str = ""

    def known(self) -> Flags:
        """Which accounts have it."""
        if self.value is not None:
            return ~np.isnan(self.value)
        return np.asarray(np.diff(self.profile.indptr) > 0) if self.profile is not None else np.zeros(0, dtype=np.bool_)


def features(study: Study, book: Book, who: Ints) -> list[Feature]:
    """Every feature of some accounts; those about which the study knows nothing are left out."""
    some, width = ", ".join(str(int(a)) for a in who) or "null", len(book)
    rows = study.rows(POSTS.format(some=some))
    account = rows["account"].to_numpy()
    posts, days = rows["posts"].to_numpy().astype(np.float64), rows["days"].to_numpy().astype(np.float64)
    created = study.rows("select created from accounts order by account")["created"].cast("double").to_numpy()
    made = np.where(np.isin(np.arange(width), who), created, np.nan)
    held = [
        Feature("posts", "posts in the collection", _column(width, account, posts), activity=True, unit="posts"),
        Feature(
            "pace", "posts on an active day", _column(width, account, posts / np.where(days > 0, days, np.nan)),
            activity=True, unit="posts a day",
        ),
        Feature("reposts", "share of reposts", _column(width, account, rows["reposts"].to_numpy()), unit="share"),
        Feature("created", "date of creation", made.astype(np.float64), unit="time"),
        Feature("near_identical", "share of own posts that others have", _copied(study, some, width), unit="share"),
        *(_profile(study, code, some, book) for code in PROFILES),
    ]  # fmt: skip
    return [feature for feature in held if feature.known().any()]


def _column(width: int, account: Ints, values: Numbers) -> Numbers:
    found = np.full(width, np.nan)
    found[account] = values
    return found


def _copied(study: Study, some: str, width: int) -> Numbers:
    """Own posts near-identical with another account's (of the same words, where that was not looked into)."""
    own, same = np.zeros(width), np.zeros(width)
    for sql, into in ((OWN, own), (COPIES if study.has("copies") else SAME, same)):
        rows = study.rows(sql.format(some=some))
        into[rows["account"].to_numpy()] = rows["n"].to_numpy()
    return np.where(own > 0, np.minimum(same / np.maximum(own, 1), 1.0), np.nan)


def _profile(study: Study, code: str, some: str, book: Book) -> Feature:
    rows = study.rows(PROFILES[code].format(some=some))
    account, n = rows["account"].to_numpy().astype(np.int64), rows["n"].to_numpy().astype(np.float64)
    values, place = np.unique(np.array(rows["value"].to_pylist(), dtype=str), return_inverse=True)
    used = np.bincount(place, minlength=len(values))
    order = np.lexsort((np.arange(len(values)), -used))
    rank = np.empty(len(values), dtype=np.int64)
    rank[order] = np.arange(len(values))
    column = np.minimum(rank[place], CATEGORIES)
    names = [*values[order[:CATEGORIES]].tolist(), "(others)"]
    if code == "targets":
        by_id = dict(zip(book.ids, book.names, strict=True))
        names = [f"@{by_id[name]}" if by_id.get(name) else name for name in names]
    table = incidence(account, column, (len(book), CATEGORIES + 1), n)
    total = np.asarray(table.sum(axis=1), dtype=np.float64).ravel()
    table.data /= np.repeat(total, np.diff(table.indptr))
    return Feature(code, f"which {code}, in what shares", profile=table, values=tuple(names))
