"""Pairs of accounts that acted on the same objects: the projection of account-object shares onto accounts.

Shares are sorted by object and time. Then, account by account, each of its shares looks at its neighbours in the same
object, left and right, as far as the window reaches; what an account finds is added up in arrays with one place an
account, and only pairs that come up to ``min_shared`` are ever written. So memory is the input, the pairs kept, and
per thread a few numbers an account; a viral object costs only the shares inside the window.

Roads not taken: a join in SQL writes every candidate pair to memory before it counts them (on 5 million shares 10 times
slower, with 6 times the memory); a sparse matrix product cannot see the window; fixed time slots alone miss
pairs on both sides of a slot's edge; a dictionary of pairs needs a lock or a merge between threads.

Example:
    >>> import numpy as np
    >>> from graphnet.kernels.coaction import co_action
    >>> account, shared = np.array([0, 1, 2, 0, 1]), np.array([7, 7, 7, 8, 8])
    >>> found = co_action(account, shared, np.array([0, 10, 90, 5, 65]), window=60)
    >>> list(zip(found.source.tolist(), found.target.tolist(), found.shared.tolist(), found.quickest.tolist()))
    [(0, 1, 2, 10)]
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from graphnet.errors import InputError
from graphnet.kernels.sweep import (
    BLANK,
    FAR,
    NO_TIME,
    Ints,
    Longs,
    Reals,
    bucket,
    entries,
    first_rows,
    reach,
    visit,
)

__all__ = ["NO_TIME", "Found", "affordable", "check_times", "co_action", "co_action_of"]

Count = Literal["objects", "posts", "rows"]
Weight = Literal["count", "jaccard", "tfidf"]

SPAN = 2**60
"""Times stay below this, so that the difference of two is a 64-bit number."""
CHUNKS = 32
"""Pieces of work a thread: enough that one heavy account does not keep the others waiting at the end."""


@dataclass(frozen=True)
class Found:
    """Pairs in canonical order (source, then target), and what was left out or looked at on the way.

    Attributes:
        source: Account of each pair.
        target: The other account; greater than ``source`` unless ``directed`` or ``loops`` was asked for.
        shared: What was counted (objects, posts or rows).
        quickest: Smallest gap between the two on one object, in seconds; -1 where there are no times.
        weight: The count, Jaccard or TF-IDF cosine.
        visited: Neighbours looked at: how much work it was.
        objects: Objects that took part.
        accounts: Accounts that took part.
        d_max: Most accounts an object may have to stay within the budget; None: nothing was dropped.
        dropped_objects: Objects above ``d_max``.
        dropped_shares: Shares of those objects.
        squares: Sum over objects of accounts squared, where that has a budget and nothing was dropped.
    """

    source: Ints
    target: Ints
    shared: Longs
    quickest: Longs
    weight: Reals
    visited: int = 0
    objects: int = 0
    accounts: int = 0
    d_max: int | None = None
    dropped_objects: int = 0
    dropped_shares: int = 0
    squares: int | None = None

    def __len__(self) -> int:
        return len(self.source)


def co_action(
    account: NDArray[np.integer[Any]],
    shared: NDArray[np.integer[Any]],
    time: NDArray[np.integer[Any]] | None = None,
    post: NDArray[np.integer[Any]] | None = None,
    *,
    window: int | None,
    min_shared: int = 1,
    count: Count = "objects",
    weight: Weight = "count",
    directed: bool = False,
    loops: bool = False,
    budget: float = np.inf,
    threads: int | None = None,
) -> Found:
    """Find the pairs of accounts that shared at least ``min_shared`` objects within ``window`` seconds.

    The answer does not depend on the order of the shares nor on the number of threads.

    Args:
        account: Account of each share: numbers from 0, best dense (memory grows with the largest).
        shared: Object of each share: numbers from 0, best dense.
        time: Time of each share in seconds; `NO_TIME` where unknown. None: no times at all.
        post: Post of each share: numbers from 0, best dense; needed to count posts. None: every row is a post.
        window: Largest gap, inclusive; None: any, and objects of more than ``d_max`` accounts are dropped so that the
            sum over objects of accounts squared stays within ``budget``.
        min_shared: Fewest shared objects (posts, rows) of a pair.
        count: ``objects``: distinct objects; ``posts``: distinct posts of the one that a post of the other matches,
            the smaller of the two directions; ``rows``: matching pairs of rows.
        weight: ``count``, or (of ``objects`` only) ``jaccard`` or ``tfidf`` cosine.
        directed: With ``posts``: give both directions, source's posts matched by target's.
        loops: Also tie accounts to themselves through different rows. Needs a window.
        budget: Largest sum of squares without a window.
        threads: Number of threads; None: all cores.

    Raises:
        InputError: Arguments that do not go together, or times too far apart to be seconds.
    """
    _check(account, time, window=window, count=count, weight=weight, loops=loops)
    # one post may match many of the other's, so that a row may be all that one end of a pair has; the undirected
    # count of posts is the smaller of both directions
    fewest = 1 if count == "rows" or directed else min_shared
    options = _Options(window, min_shared, fewest, count, weight, both=count == "posts", loops=loops)
    rows = _sort(account, shared, time, post if count == "posts" else None, by_time=window is not None)
    dropped: dict[str, Any] = {}
    if window is None:
        rows, dropped = _within_budget(rows, budget)
    square, margin = _margins(rows, options)
    found, total = _sweep(rows, options, square, threads or os.cpu_count() or 1)
    found = replace(found, weight=_weigh(weight, found, total, margin))
    if count == "posts" and not directed:
        found = _smaller_direction(found)
    objects = int(np.count_nonzero(np.diff(rows.starts)))
    return replace(found, objects=objects, accounts=_distinct(rows.account), **dropped)


def co_action_of(
    ours: NDArray[np.bool_],
    account: NDArray[np.integer[Any]],
    shared: NDArray[np.integer[Any]],
    time: NDArray[np.integer[Any]] | None = None,
    post: NDArray[np.integer[Any]] | None = None,
    value: NDArray[np.float64] | None = None,
    *,
    window: int | None,
    min_shared: int = 1,
    count: Count = "objects",
    threads: int = 1,
) -> Found:
    """Find the pairs of some accounts, as `co_action` does those of all: for shares that do not fit one process.

    Needed are the shares of these accounts and, of all others, those of the same objects within the window of one of
    these. Where every account is one of these once, the pairs found are together those of `co_action`.

    Args:
        ours: Whether a share's account is one of these: they look around, the others are only looked at.
        account: As in `co_action`; a pair is found by the lower of its two accounts.
        shared: As in `co_action`.
        time: As in `co_action`.
        post: As in `co_action`.
        value: Value of each share's object, the same for all its shares; None: no values.
        window: Largest gap, inclusive; None: any. No object is dropped.
        min_shared: Fewest shared objects (posts, rows) of a pair.
        count: As in `co_action`; ``posts`` gives the direction in which ``source`` is one of these.
        threads: Number of threads.

    Returns:
        The pairs; their weight is the sum of the values of the objects that were counted.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels.coaction import co_action_of
        >>> account, thing, time = np.array([0, 1, 2]), np.zeros(3, int), np.array([0, 10, 20])
        >>> found = co_action_of(account == 0, account, thing, time, window=60)
        >>> list(zip(found.source.tolist(), found.target.tolist(), found.quickest.tolist()))
        [(0, 1, 10), (0, 2, 20)]
    """
    fewest = 1 if count == "rows" else min_shared
    options = _Options(window, min_shared, fewest, count, "count", both=count == "posts", loops=False)
    rows = _sort(account, shared, time, post if count == "posts" else None, by_time=window is not None, ours=ours)
    values = np.empty(0)
    if value is not None:
        values = np.zeros(len(rows.starts) - 1)
        values[_codes(shared)] = value
    found, total = _sweep(rows, options, values, threads)
    return replace(found, weight=total)


def _check(account: Any, time: Any, *, window: int | None, count: str, weight: str, loops: bool) -> None:
    if window is not None and time is None:
        raise InputError(f"a window of {window} seconds needs times, and the shares have none")
    if weight != "count" and count != "objects":
        raise InputError(f"weight {weight!r} is of objects, it cannot be had with count {count!r}")
    if loops and window is None:
        raise InputError("loops need a window")
    if len(account) and not 0 <= account.min() <= account.max() < 2**31:
        raise InputError(f"accounts are numbered from 0 to 2^31, not {account.min()} to {account.max()}")
    if time is not None:
        check_times(time if window is not None else time[time != NO_TIME])


def check_times(time: NDArray[np.integer[Any]]) -> None:
    """Make sure that the difference of any two of these times is a 64-bit number.

    Raises:
        InputError: It need not be.
    """
    odd = (time <= -SPAN) | (time >= SPAN)
    if odd.any():
        raise InputError(f"{time[odd][0]} is no time in seconds")


# Sorting -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Rows:
    """Shares sorted by (object, time), or without a window by (object, account, time).

    Attributes:
        account: Account of each row.
        object: Object of each row.
        time: Seconds.
        unit: What is counted once: the object, or the post.
        starts: Where each object starts; one more at the end.
        ours: Rows that look for others; None: all.
    """

    account: Ints
    object: Ints
    time: Longs
    unit: Ints
    starts: Longs
    ours: NDArray[np.bool_] | None = None

    def only(self, keep: NDArray[np.bool_]) -> _Rows:
        """The rows for which ``keep`` is true."""
        shared = self.object[keep]
        unit = shared if self.unit is self.object else self.unit[keep]
        counts = np.bincount(shared, minlength=len(self.starts) - 1)
        starts = np.concatenate(([0], np.cumsum(counts)))
        ours = None if self.ours is None else self.ours[keep]
        return _Rows(self.account[keep], shared, self.time[keep], unit, starts, ours)


def _sort(account: Any, shared: Any, time: Any, post: Any, *, by_time: bool, ours: Any = None) -> _Rows:
    """Sort by time, then by what stands before it: counting sorts, which keep the order of equals."""
    account, shared = _plain(account), _codes(shared)
    size, objects = _size(account), _size(shared)
    order = (np.arange(len(account)) if time is None else np.argsort(time)).astype(np.int32)
    if not by_time:
        order, _ = bucket(account, size, order)
    order, starts = bucket(shared, objects, order)
    times = np.full(len(order), NO_TIME) if time is None else np.asarray(time, np.int64)[order]
    unit = shared = shared[order]
    if post is not None:
        unit = _codes(post)[order]
    return _Rows(account[order], shared, times, unit, starts, None if ours is None else ours[order])


def _codes(values: NDArray[np.integer[Any]]) -> Ints:
    """The numbers as int32; in their order from 0 where they are too sparse for an array with a place for each."""
    if len(values) and (values.max() > 16 * len(values) + 1_000_000 or values.min() < 0):
        values = np.unique(values, return_inverse=True)[1]
    return _plain(values)


def _plain(values: NDArray[np.integer[Any]]) -> Ints:
    """As int32, contiguous and writable: numba compiles anew for arrays that differ in any of these."""
    return np.require(values, np.int32, ["C", "W"])


def _size(codes: Ints) -> int:
    return int(codes.max()) + 1 if len(codes) else 0


def _within_budget(rows: _Rows, budget: float) -> tuple[_Rows, dict[str, Any]]:
    """Drop the most shared objects so that the sum of accounts squared stays within the budget."""
    degree = np.diff(entries(rows.account, rows.starts)[1])
    d_max = affordable(*np.unique(degree, return_counts=True), budget)
    if d_max is None:
        return rows, {"squares": int((degree**2).sum())}
    popular = degree > d_max
    shares = int(np.diff(rows.starts)[popular].sum())
    dropped = {"d_max": d_max, "dropped_objects": int(popular.sum()), "dropped_shares": shares}
    return rows.only(~popular[rows.object]), dropped


def affordable(sizes: NDArray[np.integer[Any]], how_many: NDArray[np.integer[Any]], budget: float) -> int | None:
    """Most accounts an object may have so that the sum over objects of accounts squared stays within a budget.

    Args:
        sizes: Numbers of accounts that objects have, ascending.
        how_many: Objects of each size.
        budget: The largest sum.

    Returns:
        The size, 0 if nothing fits; None: all objects fit.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels.coaction import affordable
        >>> affordable(np.array([1, 2, 10]), np.array([5, 3, 1]), 60)
        2
    """
    cost = np.cumsum(sizes.astype(np.float64) ** 2 * how_many)
    if not len(cost) or cost[-1] <= budget:
        return None
    fits = int(np.searchsorted(cost, budget, side="right"))
    return int(sizes[fits - 1]) if fits else 0


def _distinct(codes: Ints) -> int:
    return int(np.count_nonzero(np.bincount(codes)))


# Sweeping ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Options:
    """What was asked for, and the fewest rows of an account that can be part of a pair."""

    window: int | None
    min_shared: int
    fewest: int
    count: Count
    weight: Weight
    both: bool
    loops: bool


@dataclass(frozen=True)
class _Field:
    """Where each row looks for others: the seats ``first[row]`` to ``last[row]``.

    With a window, every row is a seat. Without one, the rows of an account in an object share a seat, so that a pair
    is looked at once however often the two repeat themselves.

    Attributes:
        first: First seat within reach of each row.
        last: End of the seats within reach (not included).
        seats: Row at which each seat starts, and one more at the end; empty: every row is a seat.
    """

    first: Ints
    last: Ints
    seats: Longs


def _field(rows: _Rows, window: int | None) -> _Field:
    if window is not None:
        first, last = reach(rows.starts, rows.time, window)
        return _Field(first, last, np.empty(0, np.int64))
    seats, of_object = entries(rows.account, rows.starts)
    of_object = of_object.astype(np.int32)
    return _Field(of_object[rows.object], of_object[rows.object + 1], seats)


def _sift(rows: _Rows, options: _Options) -> tuple[_Rows, _Field]:
    """Leave out rows with nobody in reach and accounts with fewer rows than a pair needs, until few such are left.

    With a window of a minute most rows have no neighbour; each round makes others lonely.
    """
    while True:
        field = _field(rows, options.window)
        company = field.last - field.first > 1
        enough = np.bincount(rows.account[company]) >= options.fewest
        keep = company & np.append(enough, False)[np.minimum(rows.account, len(enough))]
        if np.count_nonzero(keep) > 0.9 * len(keep) or not len(keep):
            return rows, field
        rows = rows.only(keep)


def _dense(rows: _Rows) -> tuple[_Rows, NDArray[np.intp]]:
    """Number the accounts that are left from 0, in their order, to save room; also who they were."""
    old = np.flatnonzero(np.bincount(rows.account))
    new = np.zeros(_size(rows.account), np.int32)
    new[old] = np.arange(len(old), dtype=np.int32)
    return replace(rows, account=new[rows.account]), old


def _sweep(rows: _Rows, options: _Options, square: Reals, threads: int) -> tuple[Found, Reals]:
    """Run the compiled sweep over ranges of accounts on several threads, and put the pieces together in order.

    Returns:
        The pairs, and for each the sum of ``square`` over the objects counted (0 without it).
    """
    rows, field = _sift(rows, options)
    rows, old = _dense(rows)
    order = (np.arange(len(rows.account)) if rows.ours is None else np.flatnonzero(rows.ours)).astype(np.int32)
    if options.count == "posts":
        order, _ = bucket(rows.unit, _size(rows.unit), order)
    walk, starts = bucket(rows.account, len(old), order)
    account = rows.account[field.seats[:-1]] if len(field.seats) else rows.account
    flags = options.count == "rows", options.both, options.loops
    spare: SimpleQueue[Any] = SimpleQueue()

    def run(piece: tuple[int, int]) -> Any:
        scratch = spare.get()
        result = visit(
            *piece, starts, walk, rows.object, rows.time, rows.unit, field.first, field.last, field.seats, account,
            options.min_shared, flags, square, scratch,
        )  # fmt: skip
        spare.put(scratch)
        return result

    for _ in range(threads):
        spare.put(_scratch(len(old), sums=len(square) > 0))
    near = (field.last - field.first)[walk].astype(np.float64)
    work: NDArray[Any] = np.bincount(rows.account[walk], weights=near, minlength=len(old))
    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(run, _pieces(work, threads)))
    pairs = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return _finish(pairs, old, visited=int(near.sum()))


def _scratch(size: int, *, sums: bool) -> tuple[Longs, Reals, Ints]:
    """Per account: last unit counted, count, smallest gap; sum of squared idf; and who was met."""
    notes = np.zeros((size, 4), np.int64)
    notes[:] = BLANK
    return notes, np.zeros(size if sums else 0), np.empty(size, np.int32)


def _pieces(work: NDArray[Any], threads: int) -> list[tuple[int, int]]:
    """Cut the accounts into ranges of about equal work."""
    done = np.cumsum(work)
    goals = np.linspace(0, done[-1] if len(done) else 0, threads * CHUNKS + 1)[1:-1]
    cuts = np.unique(np.concatenate(([0], np.searchsorted(done, goals), [len(work)])))
    return list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)) or [(0, 0)]


def _finish(pairs: list[Any], old: NDArray[np.intp], visited: int) -> tuple[Found, Reals]:
    """Give the accounts their own numbers again, and the pairs their canonical order."""
    order, _ = bucket(pairs[1], len(old), np.arange(len(pairs[1]), dtype=np.int32))
    order, _ = bucket(pairs[0], len(old), order)
    source, target, shared, gap, total = (column[order] for column in pairs)
    source, target = old[source].astype(np.int32), old[target].astype(np.int32)
    gap[gap == FAR] = -1
    return Found(source, target, shared, gap, np.empty(0), visited), total


# Weights -------------------------------------------------------------------------------------------------------------


def _margins(rows: _Rows, options: _Options) -> tuple[Reals, Reals]:
    """What the weights need: squared idf of each object (TF-IDF), and each account's objects or norm; else nothing."""
    if options.weight == "count":
        return np.empty(0), np.empty(0)
    new = first_rows(rows.account, rows.starts, _size(rows.account))
    account, thing = rows.account[new], rows.object[new]
    if options.weight == "jaccard":
        return np.empty(0), np.bincount(account).astype(np.float64)
    degree = np.bincount(thing, minlength=len(rows.starts) - 1)
    square = np.log(_distinct(rows.account) / np.maximum(degree, 1)) ** 2
    return square, np.sqrt(np.bincount(account, weights=square[thing]))


def _weigh(weight: Weight, found: Found, total: Reals, margin: Reals) -> Reals:
    if weight == "count":
        return found.shared.astype(np.float64)
    a, b = margin[found.source], margin[found.target]
    if weight == "jaccard":
        return found.shared / (a + b - found.shared)
    norms = a * b
    # objects that all accounts share say nothing: their idf is 0, and so may be the norm
    return np.divide(total, norms, out=np.zeros(len(total)), where=norms > 0)


def _smaller_direction(found: Found) -> Found:
    """One row for the two directions of a pair, with the smaller count; pairs that lack a direction go."""
    n = int(max(found.source.max(initial=0), found.target.max(initial=0))) + 1
    forth = found.source.astype(np.int64) * n + found.target
    back = found.target.astype(np.int64) * n + found.source
    place = np.searchsorted(forth, back)
    paired = np.take(forth, place, mode="clip") == back if len(forth) else np.zeros(0, bool)
    here = np.flatnonzero(paired & (found.source <= found.target))
    shared = np.minimum(found.shared[here], found.shared[place[here]])
    return replace(
        found, source=found.source[here], target=found.target[here], shared=shared,
        quickest=found.quickest[here], weight=shared.astype(np.float64),
    )  # fmt: skip
