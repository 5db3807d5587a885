"""The compiled parts of `graphnet.kernels.coaction`: sorts, windows, and the visit that counts pairs.

All run without Python's lock, so that threads can share the work, and are kept on disk once compiled.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "BLANK",
    "FAR",
    "NO_TIME",
    "Ints",
    "Longs",
    "Reals",
    "bucket",
    "entries",
    "first_rows",
    "reach",
    "visit",
]

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Reals = NDArray[np.float64]

NO_TIME = np.iinfo(np.int64).min
"""Stands for a missing time (allowed without a window only)."""
FAR = np.iinfo(np.int64).max
"""A gap larger than any: the pair has no two times."""
NEW = -1
"""A label that was not counted yet."""
LABEL, COUNT, GAP = 0, 1, 2
"""Places in an account's notes. They lie side by side: meeting an account costs one trip to memory, not three."""
BLANK = (NEW, 0, FAR, 0)


@njit(nogil=True, cache=True)
def bucket(keys: Ints, n_keys: int, order: Ints) -> tuple[Ints, Longs]:
    """Sort positions by key, keeping their order within a key; also where each key starts."""
    starts = np.zeros(n_keys + 1, np.int64)
    for position in order:
        starts[keys[position] + 1] += 1
    for key in range(n_keys):
        starts[key + 1] += starts[key]
    place = starts[:-1].copy()
    out = np.empty_like(order)
    for position in order:
        key = keys[position]
        out[place[key]] = position
        place[key] += 1
    return out, starts


@njit(nogil=True, cache=True)
def entries(account: Ints, starts: Longs) -> tuple[Longs, Longs]:
    """Runs of one account in one object: the row at which each starts, and each object's first run."""
    entry = np.empty(len(account) + 1, np.int64)
    of_object = np.empty(len(starts), np.int64)
    n = 0
    for thing in range(len(starts) - 1):
        of_object[thing] = n
        for row in range(starts[thing], starts[thing + 1]):
            if row == starts[thing] or account[row] != account[row - 1]:
                entry[n] = row
                n += 1
    of_object[-1] = n
    entry[n] = len(account)
    return entry[: n + 1].copy(), of_object


@njit(nogil=True, cache=True)
def reach(starts: Longs, time: Longs, window: int) -> tuple[Ints, Ints]:
    """First row within the window of each row, and the end of those rows: two pointers that only go forward."""
    first, last = np.empty(len(time), np.int32), np.empty(len(time), np.int32)
    for thing in range(len(starts) - 1):
        low = high = starts[thing]
        for row in range(starts[thing], starts[thing + 1]):
            while time[row] - time[low] > window:
                low += 1
            while high < starts[thing + 1] and time[high] - time[row] <= window:
                high += 1
            first[row], last[row] = low, high
    return first, last


@njit(nogil=True, cache=True)
def first_rows(account: Ints, starts: Longs, size: int) -> NDArray[np.bool_]:
    """Which rows are their account's first in the object."""
    seen = np.full(size, -1, np.int64)
    first = np.zeros(len(account), np.bool_)
    for thing in range(len(starts) - 1):
        for row in range(starts[thing], starts[thing + 1]):
            first[row] = seen[account[row]] != thing
            seen[account[row]] = thing
    return first


@njit(nogil=True, cache=True)
def visit(  # type: ignore[no-untyped-def]
    begin, end, starts, walk, thing, time, unit, first, last, seats, account, min_shared, flags, square, scratch
):
    """Let the accounts from ``begin`` to ``end`` visit the seats within reach of their rows; returns the pairs."""
    every, both, loops = flags
    notes, total, list_of = scratch
    pairs, n = _nothing(), np.int64(0)  # to numba a plain 0 is one more type, and one more compilation
    for source in range(begin, end):
        met = np.int64(0)
        for row in walk[starts[source] : starts[source + 1]]:
            here, label = time[row], unit[row]
            value = square[thing[row]] if len(square) else 0.0
            for seat in range(first[row], last[row]):
                other = account[seat]
                # the lower number counts the pair; of the two rows of a loop the earlier one, if rows are counted
                if other < source and not both:
                    continue
                if other == source and (not loops or seat == row or (every and seat < row)):
                    continue
                if len(seats):
                    gap = _nearest(time, seats[seat], seats[seat + 1], here)
                    times = seats[seat + 1] - seats[seat] if every else 1
                else:
                    gap, times = abs(time[seat] - here), 1
                if notes[other, COUNT] == 0:
                    list_of[met] = other
                    met += 1
                if every or notes[other, LABEL] != label:
                    notes[other, LABEL] = label
                    notes[other, COUNT] += times
                    if len(total):
                        total[other] += value
                notes[other, GAP] = min(notes[other, GAP], gap)
        pairs, n = _keep(source, met, min_shared, pairs, n, scratch)
    return _grown(pairs, n, n)


@njit(nogil=True, cache=True)
def _nearest(time, first, last, here):  # type: ignore[no-untyped-def]
    """Gap from ``here`` to the nearest of the sorted times in rows first to last."""
    if here == NO_TIME:
        return FAR
    low, high = first, last
    while low < high:
        middle = (low + high) // 2
        if time[middle] < here:
            low = middle + 1
        else:
            high = middle
    after = time[low] - here if low < last else FAR
    before = here - time[low - 1] if low > first and time[low - 1] != NO_TIME else FAR
    return min(after, before)


@njit(nogil=True, cache=True)
def _keep(source, met, min_shared, pairs, n, scratch):  # type: ignore[no-untyped-def]
    """Append the pairs over the threshold and wipe what was noted; returns the pairs and their number."""
    notes, total, list_of = scratch
    if n + met > len(pairs[0]):
        pairs = _grown(pairs, n, 2 * (n + met))
    for other in list_of[:met]:
        note = notes[other]
        if note[COUNT] >= min_shared:
            pairs[0][n], pairs[1][n], pairs[2][n], pairs[3][n] = source, other, note[COUNT], note[GAP]
            pairs[4][n] = total[other] if len(total) else 0.0
            n += 1
        note[LABEL], note[COUNT], note[GAP] = NEW, 0, FAR
        if len(total):
            total[other] = 0.0
    return pairs, n


@njit(nogil=True, cache=True)
def _nothing():  # type: ignore[no-untyped-def]
    return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)


@njit(nogil=True, cache=True)
def _grown(pairs, n, room):  # type: ignore[no-untyped-def]
    """Output arrays of another length with the first ``n`` pairs of the old ones."""
    source, target = np.empty(room, np.int32), np.empty(room, np.int32)
    count, quick, total = np.empty(room, np.int64), np.empty(room, np.int64), np.zeros(room, np.float64)
    source[:n], target[:n] = pairs[0][:n], pairs[1][:n]
    count[:n], quick[:n], total[:n] = pairs[2][:n], pairs[3][:n], pairs[4][:n]
    return source, target, count, quick, total
