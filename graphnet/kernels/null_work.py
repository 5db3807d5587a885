"""What the null models' kernels have in common: sorting by a key, sharing out work, the tail of a Poisson.

Example:
    >>> import numpy as np
    >>> from graphnet.kernels.null_work import poisson_tail
    >>> poisson_tail(np.array([0, 2, 17]), np.array([0.8, 1.5, 0.8])).round(3).tolist()
    [1.0, 1.0, 0.0]
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["Ints", "Longs", "Reals", "Spare", "bucket", "critical", "each", "pieces", "poisson_tail", "starts_of"]

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Reals = NDArray[np.float64]
T = TypeVar("T")

PIECES = 256
"""Pieces of work: enough that one heavy account does not keep the other threads waiting at the end."""
LEAST = 1e-300
"""Smallest p: 0 would claim more than the arithmetic can carry, and has no logarithm."""


@njit(nogil=True, cache=True)
def bucket(keys: Ints, n_keys: int) -> tuple[Ints, Longs]:
    """Positions sorted by key, in their old order within a key; and where each key starts, one more at the end."""
    starts = np.zeros(n_keys + 1, np.int64)
    for key in keys:
        starts[key + 1] += 1
    for key in range(n_keys):
        starts[key + 1] += starts[key]
    place = starts[:-1].copy()
    order = np.empty(len(keys), np.int32)
    for position in range(len(keys)):
        key = keys[position]
        order[place[key]] = position
        place[key] += 1
    return order, starts


def starts_of(keys: NDArray[Any], n_keys: int) -> Longs:
    """Where each key starts among sorted keys; one more at the end."""
    return np.concatenate(([0], np.cumsum(np.bincount(keys, minlength=n_keys)))).astype(np.int64)


def pieces(work: NDArray[Any]) -> list[tuple[int, int]]:
    """Cut things with this much work each into ranges of about equal work."""
    done = np.cumsum(work, dtype=np.float64)
    goals = np.linspace(0, done[-1] if len(done) else 0, PIECES + 1)[1:-1]
    cuts = np.unique(np.concatenate(([0], np.searchsorted(done, goals), [len(work)])))
    return list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True))


def each(function: Callable[[int, int], T], ranges: Sequence[tuple[int, int]], threads: int | None = None) -> list[T]:
    """What ``function`` gives for each range, in the order of the ranges, worked out by several threads."""
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        return list(pool.map(lambda piece: function(*piece), ranges))


class Spare(Generic[T]):
    """Scratch arrays that threads borrow and give back, so that there are never more of them than threads."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._idle: SimpleQueue[T] = SimpleQueue()

    @contextmanager
    def borrowed(self) -> Iterator[T]:
        """Arrays for the length of a block, which has to leave them as it found them."""
        try:
            mine = self._idle.get_nowait()
        except Empty:
            mine = self._make()
        yield mine
        # not given back after an exception: nobody knows what is left in them
        self._idle.put(mine)


def poisson_tail(seen: NDArray[Any], expected: NDArray[Any]) -> Reals:
    """P(X >= seen) of a Poisson X, where that bounds the tail of a sum of independent yes-or-no events; elsewhere 1.

    A sum of independent yes-or-no events with the same mean has the lighter tail from ``expected + 1`` on (Hoeffding
    1956; Anderson & Samuels 1967), not below: there p is 1, as it is for nothing seen.

    Args:
        seen: How often, whole numbers.
        expected: The mean, of the same shape.
    """
    from scipy.special import pdtrc  # noqa: PLC0415  (0.2 s that `import graphnet` should not pay)

    seen, expected = np.asarray(seen, np.float64), np.asarray(expected, np.float64)
    tail = pdtrc(np.maximum(seen - 1, 0), expected)
    holds = (seen >= 1) & (seen >= expected + 1)
    return np.asarray(np.where(holds, np.maximum(tail, LEAST), 1.0))


def critical(cut: float, most: int) -> Reals:
    """The largest expectation at which 0, 1, … ``most`` seen have ``poisson_tail <= cut``; below 0: none has.

    One look-up then replaces 10^8 tails.

    Example:
        >>> critical(1e-4, 3).round(4).tolist()
        [-1.0, 0.0, 0.0142, 0.0862]
    """
    from scipy.special import gammaincinv  # noqa: PLC0415

    seen = np.arange(1, most + 1, dtype=np.float64)
    limit = np.minimum(gammaincinv(seen, cut), seen - 1)
    return np.concatenate(([-1.0], limit))
