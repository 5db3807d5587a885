"""Which ties hold when the things that accounts shared are drawn anew.

Each resampling gives every thing a weight (how often it was drawn), and a tie holds if what its two accounts share,
so weighted, still reaches the count that the tie needs. Only the things that both accounts of a tie share are looked
at, once for all resamplings.

Example:
    >>> import numpy as np
    >>> book = Book.of(np.array([0, 0, 1, 1]), np.array([5, 9, 5, 9]), np.array([10, 20, 12, 900]))
    >>> weight = np.array([[1, 2, 0], [1, 0, 2]], np.uint8)  # things 5 and 9, three resamplings
    >>> one = np.array([0]), np.array([1])
    >>> book.holds(*one, weight, seen=np.array([[2.0, 0.0]]), need=np.array([[2, 0]]), window=60).astype(int).tolist()
    [[1, 1, 1]]
    >>> book.holds(*one, weight, seen=np.array([[2.0, 1.0]]), need=np.array([[3, 1]]), window=60).astype(int).tolist()
    [[1, 1, 0]]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.kernels.null_work import each, pieces, starts_of

__all__ = ["Book", "fewest"]

Longs = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]
NO_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Book:
    """Who shared what when.

    Attributes:
        accounts: The accounts, ascending.
        things: The things, ascending.
        starts: Where the shares of each account start; one more at the end.
        thing: Place in ``things`` of each share, ascending within an account.
        time: When; `NO_TIME` where unknown.
    """

    accounts: Longs
    things: Longs
    starts: Longs
    thing: Longs
    time: Longs

    @classmethod
    def of(cls, account: Longs, thing: Longs, time: Longs) -> Book:
        """From rows in any order, each account and thing together once."""
        order = np.lexsort((thing, account))
        accounts, who = np.unique(account[order], return_inverse=True)
        things, what = np.unique(thing[order], return_inverse=True)
        return cls(accounts, things, starts_of(who, len(accounts)), what.astype(np.int64), time[order])

    def holds(
        self,
        source: Longs,
        target: Longs,
        weight: NDArray[np.uint8],
        *,
        seen: Reals,
        need: Longs,
        window: int,
        threads: int | None = None,
    ) -> Flags:
        """In which resamplings each tie holds.

        Args:
            source: One account of each tie.
            target: The other.
            weight: How often each of ``things`` was drawn, shape (things, resamplings).
            seen: What was counted for each tie, shape (ties, 2): things shared, and meetings within the window. Where
                the things found here are more, each stands for its part of the count.
            need: The counts that keep the tie, one of which is enough; 0: that count does not keep it.
            window: Seconds within which two shares of one thing are a meeting.
            threads: Number of threads; None: all cores.

        Returns:
            Shape (ties, resamplings).
        """
        one, two = np.searchsorted(self.accounts, source), np.searchsorted(self.accounts, target)
        degree = np.diff(self.starts)

        def run(first: int, last: int) -> Any:
            part = slice(first, last)
            return _holds(
                one[part], two[part], self.starts, self.thing, self.time, weight, seen[part], need[part], window
            )

        found = each(run, pieces(degree[one] + degree[two]), threads)
        return np.concatenate([np.empty((0, weight.shape[1]), np.bool_), *found])


@njit(nogil=True, cache=True)
def _holds(source, target, starts, thing, time, weight, seen, need, window):  # type: ignore[no-untyped-def]
    draws = weight.shape[1]
    holds = np.zeros((len(source), draws), np.bool_)
    shared, met = np.empty(draws, np.int64), np.empty(draws, np.int64)
    for tie in range(len(source)):
        shared[:], met[:] = 0, 0
        things, meetings = 0, 0
        a, b = starts[source[tie]], starts[target[tie]]
        while a < starts[source[tie] + 1] and b < starts[target[tie] + 1]:
            if thing[a] < thing[b]:
                a += 1
            elif thing[a] > thing[b]:
                b += 1
            else:
                drawn = weight[thing[a]]
                things += 1
                shared += drawn
                if time[a] != NO_TIME and time[b] != NO_TIME and abs(time[a] - time[b]) <= window:
                    meetings += 1
                    met += drawn
                a += 1
                b += 1
        for draw in range(draws):
            what = need[tie, 0] > 0 and shared[draw] * seen[tie, 0] >= need[tie, 0] * things
            when = need[tie, 1] > 0 and met[draw] * seen[tie, 1] >= need[tie, 1] * meetings
            holds[tie, draw] = (what and things > 0) or (when and meetings > 0)
    return holds


def fewest(seen: Longs, p: Reals, limit: Reals, least: int) -> Longs:
    """The smallest count whose p would still be at most ``limit``, given that ``seen`` has p.

    The count is taken as a Poisson one, whose mean is the one at which ``seen`` has this p.

    Args:
        seen: What was counted.
        p: Its p; 1: not applicable.
        limit: See above.
        least: Counts below this say nothing.

    Returns:
        The counts; 0 where even ``seen`` does not reach the limit.

    Example:
        >>> fewest(np.array([9, 9, 9]), np.array([1e-8, 1e-8, 0.1]), np.array([1e-8, 1e-3, 1e-3]), 2).tolist()
        [9, 5, 0]
    """
    from scipy.special import gammainc, gammaincinv  # noqa: PLC0415  (0.2 s that `import graphnet` should not pay)

    within = (p <= limit) & (seen >= least)
    mean = np.where(within, gammaincinv(np.maximum(seen, 1), np.where(within, p, 0.5)), 0.0)
    found = np.where(within, seen, 0)
    lower = within
    while lower.any():
        fewer = np.maximum(found - 1, 1)
        lower = lower & (found > least) & (gammainc(fewer, mean) <= limit)
        found = np.where(lower, fewer, found)
    return found.astype(np.int64)
