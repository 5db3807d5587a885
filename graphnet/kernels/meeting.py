"""Pairs of accounts once shares have come to those that were there.

A pair depends on the shares of its two accounts alone. So only pairs of accounts that `met` somebody by what came, near
a new share in the same object, can have become others; `in_place` puts these into the place of those that there were.

Example:
    >>> import numpy as np
    >>> from graphnet.kernels.meeting import met
    >>> account, thing, time = np.array([0, 1, 2, 3]), np.zeros(4, int), np.array([0, 10, 90, 95])
    >>> came = np.array([False, True, False, False])
    >>> met(came, account, thing, time, window=60)[0].tolist()
    [0, 1]
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.errors import InputError, StudyError
from graphnet.kernels.coaction import Found
from graphnet.kernels.sweep import Longs

Flags = NDArray[np.bool_]
Columns = tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]]
OTHERWISE = "something has changed the pairs of before, read the inputs again into a new folder:"

__all__ = ["among", "distinct", "in_place", "met"]


def met(
    came: NDArray[np.bool_],
    account: NDArray[np.integer[Any]],
    shared: NDArray[np.integer[Any]],
    time: NDArray[np.integer[Any]] | None = None,
    *,
    window: int | None,
) -> tuple[Longs, int]:
    """The accounts of pairs of which one has a new share within the window of a share of the other.

    Args:
        came: Whether each share is new.
        account: Account of each share.
        shared: Object of each share.
        time: Time of each share in seconds; None: none is needed, as there is no window.
        window: Largest gap, inclusive; None: any.

    Returns:
        The accounts, ascending, and how many neighbours were looked at.

    Raises:
        InputError: Accounts have other numbers than from 0 to 2^31.
    """
    if len(account) and not 0 <= account.min() <= account.max() < 2**31:
        raise InputError(f"accounts are numbered from 0 to 2^31, not {account.min()} to {account.max()}")
    order = np.argsort(shared, kind="stable") if time is None else np.lexsort((time, shared))
    account, shared, came = account[order].astype(np.int64), shared[order].astype(np.int64), came[order]
    times = np.zeros(len(order), np.int64) if time is None else time[order].astype(np.int64)
    size = int(account.max(initial=-1)) + 1
    flags, looked = _meet(came, account, shared, times, -1 if window is None else window, size)
    return np.flatnonzero(flags), looked


def among(numbers: Columns, flags: tuple[Flags, Flags]) -> tuple[Longs, tuple[int, int]]:
    """Rows of which both numbers are flagged, and how many different numbers there are on either side.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels.meeting import among
        >>> one, other = np.array([0, 1, 2, 1]), np.array([2, 2, 0, 0])
        >>> rows, there = among((one, other), (np.array([False, True, False]), np.array([True, False, True])))
        >>> rows.tolist(), there
        ([1, 3], (3, 2))
    """
    rows, *there = _among(*(_plain(values, np.int32) for values in numbers), *flags)
    one, other = (int(np.count_nonzero(seen)) for seen in there)
    return rows, (one, other)


def distinct(numbers: NDArray[np.integer[Any]]) -> int:
    """How many different numbers these are, all from 0.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels.meeting import distinct
        >>> distinct(np.array([3, 0, 3]))
        2
    """
    return int(np.count_nonzero(_seen(_plain(numbers, np.int32), int(numbers.max(initial=-1)) + 1)))


@njit(nogil=True, cache=True)
def _among(one, other, first, second):  # type: ignore[no-untyped-def]
    rows, n = np.empty(len(one), np.int64), 0
    left, right = np.zeros(len(first), np.bool_), np.zeros(len(second), np.bool_)
    for row in range(len(one)):
        left[one[row]], right[other[row]] = True, True
        if first[one[row]] and second[other[row]]:
            rows[n] = row
            n += 1
    return rows[:n].copy(), left, right


@njit(nogil=True, cache=True)
def _seen(numbers, size):  # type: ignore[no-untyped-def]
    seen = np.zeros(size, np.bool_)
    for number in numbers:
        seen[number] = True
    return seen


@njit(nogil=True, cache=True)
def _meet(came, account, shared, time, window, size):  # type: ignore[no-untyped-def]
    flags = np.zeros(size, np.bool_)
    looked = np.int64(0)
    begin = 0
    while begin < len(account):
        end = begin
        while end < len(account) and shared[end] == shared[begin]:
            end += 1
        if window < 0:
            looked += end - begin
            _all_of(came, account, begin, end, flags)
        else:
            looked += _near(came, account, time, window, begin, end, flags)
        begin = end
    return flags, looked


@njit(nogil=True, cache=True)
def _all_of(came, account, begin, end, flags):  # type: ignore[no-untyped-def]
    """Without a window a new share meets everybody in its object."""
    new, several = False, False
    for row in range(begin, end):
        new = new or came[row]
        several = several or account[row] != account[begin]
    if new and several:
        for row in range(begin, end):
            flags[account[row]] = True


@njit(nogil=True, cache=True)
def _near(came, account, time, window, begin, end, flags):  # type: ignore[no-untyped-def]
    low, high = begin, begin
    looked = np.int64(0)
    for row in range(begin, end):
        while time[row] - time[low] > window:
            low += 1
        while high < end and time[high] - time[row] <= window:
            high += 1
        if came[row]:
            looked += high - low
            for other in range(low, high):
                if account[other] != account[row]:
                    flags[account[other]] = True
                    flags[account[row]] = True
    return looked


def in_place(before: Found, moved: Longs, found: Found, is_source: Flags, is_target: Flags) -> Found:
    """Pairs of before with others in the place of those of some sources and some targets.

    What was found of a pair of others comes to what it had.

    Args:
        before: The pairs that there were, with the numbers that accounts had then.
        moved: The number of each account of then now, ascending.
        found: All pairs of those sources and those targets, and what comes to others, with today's numbers.
        is_source: Which accounts of today are those sources.
        is_target: And which are those targets.

    Returns:
        All pairs, in canonical order.

    Raises:
        StudyError: The pairs of before are in no order, or of accounts that there were not.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels.coaction import co_action
        >>> from graphnet.kernels.meeting import in_place
        >>> before = co_action(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 1]), window=None)
        >>> found = co_action(np.array([0, 2]), np.array([0, 0]), window=None)
        >>> some = np.array([True, False, True, False])
        >>> made = in_place(before, np.array([0, 1, 3]), found, some, some)
        >>> list(zip(made.source.tolist(), made.target.tolist()))
        [(0, 1), (0, 2), (1, 3)]
    """
    size = len(is_source)
    for ends, accounts in ((before.source, len(moved)), (before.target, len(moved)), (moved, size)):
        if len(ends) and not 0 <= ends.min() <= ends.max() < accounts:
            raise StudyError(f"{OTHERWISE} they speak of accounts that there were not")
    in_order, *columns = _merge(_columns(before), _plain(moved, np.int64), _columns(found), is_source, is_target)
    if not in_order:
        raise StudyError(f"{OTHERWISE} they are in another order")
    return Found(*columns)


def _columns(pairs: Found) -> tuple[Any, ...]:
    ends = _plain(pairs.source, np.int32), _plain(pairs.target, np.int32)
    return *ends, _plain(pairs.shared, np.int64), _plain(pairs.quickest, np.int64), _plain(pairs.weight, np.float64)


def _plain(values: NDArray[Any], kind: Any) -> NDArray[Any]:
    """Contiguous and writable: numba compiles anew for arrays that differ in any of these."""
    return np.require(values, kind, ["C", "W"])


@njit(nogil=True, cache=True)
def _merge(before, moved, found, is_source, is_target):  # type: ignore[no-untyped-def]
    """Whether the pairs of before are in order, and the columns of all pairs."""
    sources, targets = found[0], found[1]
    room = len(before[0]) + len(sources)
    made = (
        np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int64), np.empty(room, np.int64),
        np.empty(room, np.float64),
    )  # fmt: skip
    n, at = np.int64(0), np.int64(0)
    last, other = np.int64(-1), np.int64(-1)
    in_order = True
    for row in range(len(before[0])):
        a, b = moved[before[0][row]], moved[before[1][row]]
        in_order = in_order and (a > last or (a == last and b > other))
        last, other = a, b
        if is_source[a] and is_target[b]:
            continue
        while at < len(sources) and (sources[at] < a or (sources[at] == a and targets[at] < b)):
            _copy(found, at, made, n)
            n, at = n + 1, at + 1
        _copy(before, row, made, n)
        made[0][n], made[1][n] = a, b
        if at < len(sources) and sources[at] == a and targets[at] == b:
            made[2][n] += found[2][at]
            made[4][n] += found[4][at]
            at += 1
        n += 1
    while at < len(sources):
        _copy(found, at, made, n)
        n, at = n + 1, at + 1
    return in_order, made[0][:n], made[1][:n], made[2][:n], made[3][:n], made[4][:n]


@njit(nogil=True, cache=True)
def _copy(pairs, row, made, to):  # type: ignore[no-untyped-def]
    made[0][to], made[1][to], made[2][to] = pairs[0][row], pairs[1][row], pairs[2][row]
    made[3][to], made[4][to] = pairs[3][row], pairs[4][row]
