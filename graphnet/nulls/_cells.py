"""From a study to `Shares`: who shared what when, and whose interest each thing speaks to.

The "author" of a thing is what a community of interest shares beside the thing itself:

======================  ===================================================================
things                  author
======================  ===================================================================
posts                   the account that wrote them
links                   the site they lead to; on platforms the page or channel; unknown if it is no address
hashtag sequences       the first tag
texts, their clusters,  the hashtag most often posted with them; all that have none together
images
accounts, domains,      the community of interest they are in, told from who else acts on
hashtags                them (see `_interests`)
======================  ===================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graphnet.nulls._interests import communities
from graphnet.nulls._shares import NO_TIME, Shares
from graphnet.study import Study

__all__ = ["Loaded", "communities", "load", "named"]

THINGS = {
    "post": "posts",
    "link": "links",
    "hashtags": "hashtag sequences",
    "hashtag": "hashtags",
    "text": "texts",
    "media": "images",
    "domain": "domains",
}
LASTING = ("domain", "hashtag")
"""Kinds of objects that are there all the time, like accounts."""
PLATFORMS = ("facebook.com", "instagram.com", "t.me", "telegram.me", "tiktok.com", "twitter.com", "x.com", "medium.com")
"""Sites of very many authors, who are named by the first part of the path."""
PLATFORMS_SQL = ", ".join(f"'{name}'" for name in PLATFORMS)

SHARES_SQL = """
select account, object, min(time) as time from ({rows}) r
where account is not null and object is not null group by account, object"""

OBJECTS_SQL = """
with used as (
    select distinct object from ({rows}) r
), tags as (
    select a.object, h.object as tag, count(*) as n
    from actions a join used u on u.object = a.object join actions h on h.post = a.post
    where a.kind in ('text', 'media') and h.kind = 'hashtag' group by a.object, h.object
), ranked as (
    select object, tag, row_number() over (partition by object order by n desc, tag) as place from tags
)
select o.object, o.kind, o.created,
    case when o.kind = 'post' then cast(o.author as varchar(20))
         when o.kind = 'hashtags' then split_part(o.id, ' ', 1)
         when o.kind in ('text', 'media') then coalesce(cast(t.tag as varchar(20)), '')
         when o.kind <> 'link' or split_part(o.id, '/', 3) = '' then null
         when split_part(o.id, '/', 3) in ({platforms}) then split_part(o.id, '/', 3) || '/' || split_part(o.id, '/', 4)
         else split_part(o.id, '/', 3)
    end as author
from objects o join used u on u.object = o.object left join ranked t on t.object = o.object and t.place = 1
order by o.object"""

CLUSTERS_SQL = """
with used as (
    select distinct object from ({rows}) r
), tags as (
    select c.object, h.object as tag, count(*) as n
    from ({rows}) c join actions h on h.post = c.post where h.kind = 'hashtag' group by c.object, h.object
), ranked as (
    select object, tag, row_number() over (partition by object order by n desc, tag) as place from tags
)
select u.object, 'text' as kind, cast(null as bigint) as created, coalesce(cast(t.tag as varchar(20)), '') as author
from used u left join ranked t on t.object = u.object and t.place = 1 where u.object is not null order by u.object"""


@dataclass(frozen=True)
class Loaded:
    """A layer's shares.

    Attributes:
        shares: The shares; accounts are numbered anew.
        account: The study's number of each account.
        things: What the objects are: ``posts``, ``links``, ….
    """

    shares: Shares
    account: NDArray[np.int64]
    things: str


def load(study: Study, rows: str, of: Literal["objects", "accounts", "clusters"]) -> Loaded:
    """The shares of a layer.

    Args:
        study: The study.
        rows: The layer's SQL, with columns ``account, object, time``.
        of: What the numbers in ``object`` are.
    """
    found = study.rows(SHARES_SQL.format(rows=rows))
    account, who = np.unique(_numbers(found["account"]), return_inverse=True)
    things, what = np.unique(_numbers(found["object"]), return_inverse=True)
    time = _numbers(found["time"])
    if of == "accounts":
        plain = Shares.of(who, what, time, accounts=len(account), lasting=True)
        return Loaded(_with_communities(plain), account, "accounts")
    sql = CLUSTERS_SQL if of == "clusters" else OBJECTS_SQL
    about = study.rows(sql.format(rows=rows, platforms=PLATFORMS_SQL))
    kinds = set(pc.unique(about["kind"]).to_pylist())
    place = np.searchsorted(things, _numbers(about["object"]))
    author, created = np.full(len(things), -1), np.full(len(things), NO_TIME)
    author[place], created[place] = _codes(about["author"]), _numbers(about["created"])
    lasting = bool(kinds) and kinds <= set(LASTING)
    shares = Shares.of(who, what, time, author=author, created=created, accounts=len(account), lasting=lasting)
    return Loaded(_with_communities(shares) if lasting else shares, account, named(kinds))


def named(kinds: set[str]) -> str:
    """What objects of these kinds are called."""
    return THINGS.get(next(iter(kinds)), "things") if len(kinds) == 1 else "things"


def _numbers(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """As int64, with `NO_TIME` for null."""
    return np.asarray(pc.fill_null(column.cast(pa.int64()), NO_TIME).to_numpy())


def _codes(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Numbers of texts, in the order of the texts; -1 for null."""
    coded = column.combine_chunks().dictionary_encode()
    # by their bytes, which is the order of their letters
    order = pc.sort_indices(coded.dictionary).to_numpy()
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.where(codes >= 0, rank[codes], -1) if len(rank) else codes


def _with_communities(shares: Shares) -> Shares:
    return replace(shares, author=communities(shares))
