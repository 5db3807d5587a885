"""Merging sorted rows into sorted rows that are stored, compiled: where texts belong, and in which order rows follow.

Example:
    >>> import pyarrow as pa
    >>> stored, new = Keys.of(pa.array(["b", "d"])), Keys.of(pa.array(["a", "d", "e"]))
    >>> places, found = np.empty(3, np.int64), np.empty(3, np.bool_)
    >>> find(stored, new, 0, 10, places, found)
    2
    >>> places[:2].tolist(), found[:2].tolist()
    ([10, 11], [False, True])
    >>> places = placed((np.array([1, 1, 5]),), (np.array([0, 3, 9]),), 0, False)
    >>> places.tolist()
    [0, 2]
    >>> slotted(np.array([10, 11, 50]), places, np.array([0, 30, 90]), 0).tolist()
    [0, 10, 11, 30, 50]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

__all__ = ["Keys", "ascending", "find", "interleaved", "placed", "ranks", "slotted", "woven"]

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
        # from where the one before was found, since the next is mostly near
        step = 1
        while low + step < size and _compare(stored, low + step - 1, new, i) < 0:
            low, step = low + step, 2 * step
        high = min(low + step - 1, size - 1)
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
def ranks(size: int, places: Longs, gone: Longs) -> Longs:
    """The number of each stored row once rows came and went; what is gone has that of what comes after it.

    Args:
        size: How many stored rows there are.
        places: How many stored rows stand before each row that comes, ascending.
        gone: Stored rows that are left out, ascending.
    """
    made = np.empty(size, np.int64)
    come, left = 0, 0
    for i in range(size):
        while come < len(places) and places[come] <= i:
            come += 1
        while left < len(gone) and gone[left] < i:
            left += 1
        made[i] = i + come - left
    return made


@njit(nogil=True, cache=True)
def interleaved(size: int, places: Longs, replaces: Flags, gone: Longs) -> Longs:
    """The order in which stored rows and new ones follow each other.

    Args:
        size: How many stored rows there are.
        places: How many stored rows stand before each new one, ascending.
        replaces: Whether a new row takes the place of the stored one there.
        gone: Stored rows that are left out, ascending.

    Returns:
        Numbers of rows in their order, the new ones counted on from the stored ones.
    """
    order = np.empty(size + len(places), np.int64)
    at, j, out = 0, 0, 0
    for i in range(size + 1):
        while j < len(places) and places[j] == i and not replaces[j]:
            order[at] = size + j
            at, j = at + 1, j + 1
        if i == size:
            break
        if j < len(places) and places[j] == i:
            order[at] = size + j
            at, j = at + 1, j + 1
        elif out < len(gone) and gone[out] == i:
            out += 1
        else:
            order[at] = i
            at += 1
    return order[:at]


def woven(stored: pa.Array, new: pa.Array, order: Longs) -> pa.Array:
    """Texts in such an order: stored ones, and new ones counted on from them.

    Args:
        stored: Texts without nulls.
        new: Others.
        order: See `interleaved`.

    Raises:
        OverflowError: The texts are 2 GiB or more together.

    Example:
        >>> woven(pa.array(["a", "c"]), pa.array(["b"]), np.array([0, 2, 1])).to_pylist()
        ['a', 'b', 'c']
    """
    (start, data), (starts, held) = ((keys.start, keys.data) for keys in (Keys.of(stored), Keys.of(new)))
    if int(start[-1]) - int(start[0]) + int(starts[-1]) - int(starts[0]) >= 2**31:
        raise OverflowError("texts of 2 GiB or more")
    ends, made = _woven(start, data, starts, held, order)
    return pa.Array.from_buffers(pa.string(), len(order), [None, pa.py_buffer(ends), pa.py_buffer(made)])


@njit(nogil=True, cache=True)
def _woven(start: Any, data: Any, starts: Any, held: Any, order: Any) -> Any:
    size = len(start) - 1
    ends = np.zeros(len(order) + 1, np.int32)
    for i in range(len(order)):
        row = order[i]
        long = start[row + 1] - start[row] if row < size else starts[row - size + 1] - starts[row - size]
        ends[i + 1] = ends[i] + long
    made = np.empty(ends[-1], np.uint8)
    i = 0
    while i < len(order):
        # rows that follow each other are copied together
        first, j = order[i], i + 1
        while j < len(order) and order[j] == order[j - 1] + 1 and order[j] != size:
            j += 1
        if first < size:
            made[ends[i] : ends[j]] = data[start[first] : start[order[j - 1] + 1]]
        else:
            made[ends[i] : ends[j]] = held[starts[first - size] : starts[order[j - 1] - size + 1]]
        i = j
    return ends, made


@njit(nogil=True, cache=True)
def _later(stored: Any, i: int, new: Any, j: int) -> bool:
    """Whether new row j comes behind stored row i; where they are equal it does not matter, and it does."""
    for part in range(len(stored)):
        if stored[part][i] != new[part][j]:
            return bool(stored[part][i] < new[part][j])
    return True


@njit(nogil=True, cache=True)
def ascending(rows: Any) -> bool:
    """Whether rows are sorted; they are a tuple of arrays, the parts that they are to be sorted by."""
    for i in range(1, len(rows[0])):  # noqa: SIM110  (compiled)
        if not _later(rows, i - 1, rows, i):
            return False
    return True


@njit(nogil=True, cache=True)
def placed(stored: Any, new: Any, first: int, last: bool) -> Longs:
    """How many of a piece's sorted stored rows stand before each sorted new one.

    Args:
        stored: A piece of the stored rows: a tuple of arrays, the parts that they are sorted by.
        new: The new rows, likewise.
        first: The first new row that is not used yet.
        last: Whether this is the last piece, to which all that are left belong.

    Returns:
        One place for each new row from ``first`` on that belongs to the piece: up to its last row.
    """
    size, low = len(stored[0]), 0
    places = np.empty(len(new[0]) - first, np.int64)
    for j in range(first, len(new[0])):
        if not size or _later(stored, size - 1, new, j):
            if not last:
                return places[: j - first]
            places[j - first] = size
            continue
        step = 1
        while low + step < size and _later(stored, low + step - 1, new, j):
            low, step = low + step, 2 * step
        high = min(low + step - 1, size - 1)
        while low < high:
            middle = (low + high) // 2
            if _later(stored, middle, new, j):
                low = middle + 1
            else:
                high = middle
        places[j - first] = low
    return places


@njit(nogil=True, cache=True)
def slotted(stored: Longs, places: Longs, new: Longs, first: int) -> Longs:
    """Stored values with new ones among them, from ``first`` on one for each place."""
    made = np.empty(len(stored) + len(places), np.int64)
    done = 0
    for j in range(len(places)):
        for i in range(done, places[j]):
            made[i + j] = stored[i]
        done = places[j]
        made[done + j] = new[first + j]
    for i in range(done, len(stored)):
        made[i + len(places)] = stored[i]
    return made
