"""Texts of own posts: clusters of near-identical ones where one study was matched, else the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphnet.rows._common import NO_TIME, Common, Things

if TYPE_CHECKING:
    from graphnet.crowds import Flags
    from graphnet.rows import Side

__all__ = ["evidential", "most", "texts"]

COMMON = 0.01
"""A text that more than this share of the other accounts used (and more than `SOME`) is a common phrase."""
SOME = 5
CLUSTERS = """
select c.account, c.cluster, c.time, c.post from copies c join clusters k on k.cluster = c.cluster
where c.how in ('same', 'near') and k.template is null order by c.account, c.cluster, c.time nulls last, c.post
"""
WORDS = """
select k.cluster, p.text from clusters k join texts t on t.text = k.medoid
join (select text, min(post) as post from copies group by text) c on c.text = k.medoid
join posts p on p.post = c.post order by k.cluster
"""


def texts(common: Common) -> Things:
    """Who wrote which text; in two studies, or one that was not matched, the same words after normalisation."""
    if len(common.studies) > 1 or not common.studies[0].has("copies"):
        return common.things("text", written=True)
    if "texts" not in common.held:
        rows = common.studies[0].rows(CLUSTERS)
        account, cluster, post = (rows[n].to_numpy().astype(np.int64) for n in ("account", "cluster", "post"))
        time = rows["time"].fill_null(NO_TIME).to_numpy().astype(np.int64)
        size = int(cluster.max(initial=-1)) + 1
        words = [""] * size
        for row in common.studies[0].rows(WORDS).to_pylist():
            if row["cluster"] < size:
                words[row["cluster"]] = row["text"]
        zero = np.zeros(len(account), dtype=np.int64)
        unknown, never = np.full(size, -1), np.full(size, NO_TIME)
        common.held["texts"] = Things(account, cluster, time, zero, post, words, unknown, never)
    found: Things = common.held["texts"]
    return found


def most(a: Side) -> float:
    """A text of more accounts outside than this is a common phrase."""
    return max(SOME, COMMON * int(a.common.outside.sum()))


def evidential(a: Side, things: Things) -> Flags:
    """Which texts are no common phrases."""
    return things.users(a.common.outside) <= most(a)
