"""Merging sorted rows into sorted rows that are stored, compiled: where texts belong, and in which order rows follow.

Example:
    >>> import pyarrow as pa
    >>> stored, new = Keys.of(pa.array(["b", "d"])), Keys.of(pa.array(["a", "d", "e"]))
    >>> places, found = np.empty(3, np.int64), np.empty(3, np.bool_)
    >>> find(stored, new, 0, 10, places, found)
    2
    >>> places[:2].tolist(), found[:2].tolist()
    ([10, 11], [False, True])
    >>> order, used = merge(np.array([[1, 1, 5]]), np.array([[0, 3, 9]]), 0)
    >>> order.tolist(), used
    ([3, 0, 1, 4, 2], 2)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

__all__ = ["Keys", "find", "merge"]

Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Keys:
    """Rows' keys, ascending: a number, and among equal numbers a text, by its bytes in UTF-8.

    Attributes:
        code: The numbers.
        start: Where each text starts in ``data``, and one more for the end.
        data: The bytes of all texts.
    """

    code: Longs
    start: NDArray[np.int32]
    data: NDArray[np.uint8]

    @classmethod
    def of(cls, texts: pa.Array, code: Longs | None = None) -> Keys:
        """Keys of texts without nulls; without codes, all have the same."""
        _, starts, data = texts.buffers()
        start = np.frombuffer(starts, np.int32, len(texts) + 1, texts.offset * 4) if starts else np.zeros(1, np.int32)
        held = np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)
        return cls(np.zeros(len(texts), np.int64) if code is None else code, start, held)

    def __len__(self) -> int:
        return len(self.code)


def find(stored: Keys, new: Keys, first: int, base: int, places: Longs, found: Flags) -> int:
    """Where new keys belong among stored ones.

    Args:
        stored: A piece of the stored keys.
        new: The new keys.
        first: The first of them whose place is sought.
        base: Number of stored keys before this piece.
        places: Here goes the number of stored keys before each new one …
        found: … and here whether the next stored one is equal.

    Returns:
        The first new key that lies behind the whole piece.
    """
    return int(_find(stored.code, stored.start, stored.data, new.code, new.start, new.data, first, base, places, found))


@njit(nogil=True, cache=True)
def _compare(a: Any, i: int, b: Any, j: int) -> int:
    """Negative, zero or positive, as text i of a is before, equal to or after text j of b."""
    (codes, starts, data), (others, ends, held) = a, b
    if codes[i] != others[j]:
        return -1 if codes[i] < others[j] else 1
    p, q = starts[i], ends[j]
    long, short = starts[i + 1] - p, ends[j + 1] - q
    for k in range(min(long, short)):
        if data[p + k] != held[q + k]:
            return -1 if data[p + k] < held[q + k] else 1
    return int(long - short)


@njit(nogil=True, cache=True)
def _find(
    code: Any, start: Any, data: Any, codes: Any, starts: Any, held: Any, first: int, base: int, places: Any, found: Any
) -> int:
    stored, new = (code, start, data), (codes, starts, held)
    size, low = len(code), 0
    for i in range(first, len(codes)):
        if not size or _compare(stored, size - 1, new, i) < 0:
            return i
        high = size - 1
        while low < high:
            middle = (low + high) // 2
            if _compare(stored, middle, new, i) < 0:
                low = middle + 1
            else:
                high = middle
        places[i] = base + low
        found[i] = _compare(stored, low, new, i) == 0
    return len(codes)


@njit(nogil=True, cache=True)
def merge(stored: Longs, new: Longs, first: int) -> tuple[Longs, int]:
    """The order in which sorted rows follow each other when sorted new ones come to them.

    Args:
        stored: A piece of the stored rows, one column a row's key part: shape (parts, rows).
        new: The new rows, likewise.
        first: The first new row that is not used yet.

    Returns:
        Numbers of rows in their order (the new ones counted on from the stored ones, ``first`` the first of them) up to
        the piece's last row; and the first new row that lies behind it.
    """
    parts, size = stored.shape
    order = np.empty(size + new.shape[1] - first, np.int64)
    at, j = 0, first
    for i in range(size):
        while j < new.shape[1]:
            before = False
            for part in range(parts):
                if stored[part, i] != new[part, j]:
                    before = new[part, j] < stored[part, i]
                    break
            if not before:
                break
            order[at] = size + j - first
            at, j = at + 1, j + 1
        order[at] = i
        at += 1
    return order[:at], j
