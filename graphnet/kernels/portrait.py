"""How many vertices stand at each distance from each vertex: breadth-first searches over a compressed graph.

Example:
    >>> import numpy as np
    >>> start, near = compressed(3, np.array([[0, 1], [1, 2]]))
    >>> shells(start, near, np.array([0, 1])).tolist()
    [[0, 1], [1, 1], [2, 1], [0, 1], [1, 2]]
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["compressed", "shells"]

Ints = NDArray[np.int64]


def compressed(vertices: int, ends: Ints) -> tuple[Ints, Ints]:
    """An undirected graph as the neighbours of each vertex, one after the other.

    Args:
        vertices: Their number.
        ends: Shape (edges, 2), each pair once, no loops.

    Returns:
        Where each vertex's neighbours start (one more than vertices), and the neighbours, ascending.
    """
    both = np.concatenate([ends, ends[:, ::-1]]).reshape(-1, 2)
    order = np.lexsort((both[:, 1], both[:, 0]))
    start = np.zeros(vertices + 1, np.int64)
    np.cumsum(np.bincount(both[:, 0], minlength=vertices), out=start[1:])
    return start, np.ascontiguousarray(both[order, 1])


def shells(start: Ints, near: Ints, sources: Ints) -> Ints:
    """Distance and number of vertices at it, one row a source and distance, from distance 0 on; shape (rows, 2)."""
    found: Ints = _shells(start, near, np.asarray(sources, np.int64))
    return found


@njit(nogil=True, cache=True)
def _shells(start: Ints, near: Ints, sources: Ints) -> Ints:
    n = len(start) - 1
    seen = np.full(n, -1)
    queue = np.empty(n, np.int64)
    rows = np.empty((max(16, 8 * len(sources)), 2), np.int64)
    used = 0
    for i in range(len(sources)):
        queue[0], seen[sources[i]] = sources[i], i
        first, last, distance = 0, 1, 0
        while first < last:
            if used == len(rows):
                wide = np.empty((2 * len(rows), 2), np.int64)
                wide[:used] = rows
                rows = wide
            rows[used, 0], rows[used, 1] = distance, last - first
            used, distance, shell = used + 1, distance + 1, last
            for place in range(first, shell):
                vertex = queue[place]
                for other in near[start[vertex] : start[vertex + 1]]:
                    if seen[other] != i:
                        seen[other] = i
                        queue[last] = other
                        last += 1
            first = shell
    return rows[:used].copy()
