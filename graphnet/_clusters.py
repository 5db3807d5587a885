"""What a cluster of near-identical posts amounts to: how many by how many, since when, how quickly, and who first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphnet.schema import COPIES, INT, TEXT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphnet.kernels.near import Pairs

    Longs = NDArray[np.int64]

__all__ = ["Written", "copies", "figures", "numbered"]


@dataclass(frozen=True)
class Written:
    """Own posts with words enough, in the order of their numbers; and the distinct texts.

    Attributes:
        post, account, text: One a post; ``text`` is the number of its words.
        time: When it was posted, null where unknown.
        posts, weight: One a text: posts with exactly these words, and accounts that wrote them.
    """

    post: Longs
    account: Longs
    text: Longs
    time: pa.Array
    posts: Longs
    weight: Longs


def numbered(written: Written, middle: Longs) -> Longs:
    """For each text the number of the cluster that it is in the middle of; 0: of none that two accounts wrote.

    Clusters are numbered from 1: those of most accounts first, then of most posts, then by their middle.
    """
    star = middle[written.text]
    pairs = _distinct(star, written.account)
    accounts = np.bincount(pairs[0], minlength=len(middle))
    posts = np.bincount(star, minlength=len(middle))
    shared = np.flatnonzero(accounts > 1)
    order = shared[np.lexsort((shared, -posts[shared], -accounts[shared]))]
    number = np.zeros(len(middle), np.int64)
    number[order] = np.arange(1, len(order) + 1)
    return number


def _distinct(one: Longs, two: Longs) -> tuple[Longs, Longs]:
    """Distinct rows of two columns of small numbers, sorted."""
    width = int(two.max(initial=0)) + 1
    codes = np.unique(one * width + two)
    return codes // width, codes % width


HOW = ("same", "near", "reworded", "semantic")
"""How a text is near the middle of its cluster, from hard evidence to soft."""


def copies(written: Written, middle: Longs, pairs: Pairs, how: Longs, number: Longs) -> pa.Table:
    """The rows of ``copies``, in the order of clusters, time (unknown ones last) and posts."""
    cluster = number[middle[written.text]]
    mine = np.flatnonzero(cluster > 0)
    late = pc.fill_null(written.time, int(np.iinfo(np.int64).max)).to_numpy(zero_copy_only=False)
    mine = mine[np.lexsort((written.post[mine], late[mine], cluster[mine]))]
    text = written.text[mine]
    place = _places(pairs, text, middle[text], len(middle))
    same = place < 0
    kinds = np.where(same, 0, np.append(how, 0)[place])
    columns = {
        "post": written.post[mine],
        "account": written.account[mine],
        "time": written.time.take(pa.array(mine)),
        "text": text,
        "cluster": cluster[mine],
        "similarity": np.where(same, 1.0, np.append(pairs.jaccard, 1.0)[place]),
        "how": pa.array(HOW, TEXT).take(pa.array(kinds)),
    }
    return pa.table([columns[name] for name in COPIES.names], schema=COPIES.arrow)


def _places(pairs: Pairs, text: Longs, middle: Longs, texts: int) -> Longs:
    """Where the pair of each text and its middle stands among the pairs; -1 for the middle itself."""
    codes = pairs.one * texts + pairs.two
    wanted = np.minimum(text, middle) * texts + np.maximum(text, middle)
    return np.where(text == middle, -1, np.searchsorted(codes, wanted))


def figures(written: Written, middle: Longs, number: Longs) -> dict[str, Any]:
    """The columns of ``clusters`` that are counted, without what it may be a template of."""
    n = int(number.max(initial=0))
    cluster = number[middle[written.text]]
    mine = cluster > 0
    of, account = cluster[mine] - 1, written.account[mine]
    first, last, gap, leader = _times(of, account, written.time.filter(pa.array(mine)), n)
    medoid = np.flatnonzero(number)
    return {
        "cluster": np.arange(1, n + 1),
        "medoid": medoid[np.argsort(number[medoid])],
        "texts": np.bincount(number[middle], minlength=n + 1)[1:],
        "posts": np.bincount(of, minlength=n),
        "accounts": np.bincount(_distinct(of, account)[0], minlength=n),
        "first": first,
        "last": last,
        "gap": gap,
        "leader": leader,
    }


def _times(of: Longs, account: Longs, time: pa.Array, n: int) -> tuple[pa.Array, ...]:
    """First and last time of each cluster, the median gap between its accounts' first copies, and who was first."""
    known = time.is_valid().to_numpy(zero_copy_only=False)
    of, account, when = of[known], account[known], time.drop_null().to_numpy()
    order = np.lexsort((account, when, of))
    of, account, when = of[order], account[order], when[order]
    starts = np.searchsorted(of, np.arange(n))
    ends = np.searchsorted(of, np.arange(n), side="right")
    some = ends > starts
    first, last = (np.append(when, 0)[np.where(some, place, -1)] for place in (starts, ends - 1))
    # sorted by time, so the first row of an account in a cluster is its first copy
    width = int(account.max(initial=0)) + 1
    one_each = np.sort(np.unique(of * width + account, return_index=True)[1])
    of, account, when = of[one_each], account[one_each], when[one_each]
    gap = _median_gaps(of, when, n)
    start = np.minimum(np.searchsorted(of, np.arange(n)), max(len(of) - 1, 0))
    later = np.minimum(start + 1, max(len(of) - 1, 0))
    tied = (later > start) & (of[later] == of[start]) & (when[later] == when[start]) if len(of) else ~some
    leader = account[start] if len(of) else np.zeros(n, np.int64)
    return (
        pa.array(first, INT, mask=~some),
        pa.array(last, INT, mask=~some),
        pa.array(gap, mask=np.isnan(gap)),
        pa.array(leader, INT, mask=~some | tied),
    )


def _median_gaps(of: Longs, when: Longs, n: int) -> NDArray[np.float64]:
    """The median of the differences of each cluster's times, which are sorted; NaN where there are none."""
    inside = of[1:] == of[:-1]
    group, gap = of[1:][inside], np.diff(when)[inside]
    order = np.lexsort((gap, group))
    group, gap = group[order], np.append(gap[order], 0)
    count = np.bincount(group, minlength=n)
    start = np.append(0, np.cumsum(count))[:-1]
    low, high = start + np.maximum(count - 1, 0) // 2, start + count // 2
    middle = (gap[np.minimum(low, len(gap) - 1)] + gap[np.minimum(high, len(gap) - 1)]) / 2
    return np.where(count > 0, middle, np.nan)
