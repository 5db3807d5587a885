"""How exclusively accounts post on one topic: the share of their own posts that carry their most used hashtag."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphnet.crowds import Ints, Numbers

if TYPE_CHECKING:
    from graphnet.study import Study

__all__ = ["LEAST", "exclusiveness"]

LEAST = 5
"""Fewest posts of an account: two posts with one tag are no single issue."""
CHUNK = 10_000
TAGS = """
select a.account, o.id as tag,
    count(distinct a.post) + cast(sum(case when a.post is null then 1 else 0 end) as bigint) as posts
from actions a join objects o on o.object = a.object
where a.kind = 'hashtag' and a.account in ({some}) group by a.account, o.id order by a.account, posts desc, o.id
"""
POSTS = "select account, count(*) as posts from posts where {own} account in ({some}) group by account"


def exclusiveness(study: Study, accounts: Ints, tag: str | None) -> tuple[Numbers, list[str | None]]:
    """The share of each account's own posts that carry one hashtag.

    Args:
        study: The study.
        accounts: Which accounts, ascending.
        tag: The hashtag to look at; None: the one that each account used most.

    Returns:
        The share, NaN for accounts with fewer than `LEAST` posts; and the hashtag.
    """
    reposts = study.last("read")["parameters"].get("repost_content", False)
    used, total = np.zeros(len(accounts)), np.zeros(len(accounts))
    tags: list[str | None] = [None] * len(accounts)
    for low in range(0, len(accounts), CHUNK):
        some = ", ".join(map(str, accounts[low : low + CHUNK].tolist()))
        # posts that only repeat others count where their hashtags do
        own = "" if reposts else "not coalesce(repost, false) and"
        for row in study.rows(POSTS.format(own=own, some=some)).to_pylist():
            total[np.searchsorted(accounts, row["account"])] = row["posts"]
        tagged = np.zeros(len(accounts))
        for row in study.rows(TAGS.format(some=some)).to_pylist():
            place = int(np.searchsorted(accounts, row["account"]))
            tagged[place] += row["posts"]
            if row["tag"] == tag or (tag is None and tags[place] is None):
                used[place], tags[place] = row["posts"], row["tag"]
        # an edge list has hashtags without posts
        total = np.maximum(total, np.where(total == 0, tagged, 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total >= LEAST, np.minimum(used / total, 1.0), np.nan), tags
