"""Screens all pairs of accounts against what their activity and the objects' popularity give (see `nulls.popularity`).

Account by account, its objects' other accounts are counted in an array with one place an account; a pair leaves the
kernel only if one look-up says that its count is too high for its expectation. So memory is the input and the pairs
that leave, and a candidate pair costs a few nanoseconds.

Example:
    >>> import numpy as np
    >>> account, thing = np.array([0, 1, 2, 0, 1, 0, 1], np.int32), np.array([0, 0, 0, 1, 1, 2, 2], np.int32)
    >>> table = Incidence.of(account, thing, n_accounts=3, n_objects=3)
    >>> found = screen(table, np.ones(3), scale=0.1, limits=np.array([-1, -1, -1, 0.2]), then=lambda *pairs: pairs)
    >>> [(s.tolist(), t.tolist(), n.tolist(), twice) for s, t, n, twice in found if len(s)]
    [([0], [1], [3], 1)]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numba import njit

from graphnet.kernels.null_work import Ints, Longs, Reals, Spare, bucket, each, pieces, starts_of

__all__ = ["Incidence", "common", "screen"]

T = TypeVar("T")


@dataclass(frozen=True)
class Incidence:
    """Who shared what, from both sides.

    Attributes:
        member: Accounts of each object, ascending, one object after the other.
        begin: For each row of ``member`` where the accounts begin that its account is paired with.
        end: For each row of ``member`` where its object ends.
        thing: The object of each row.
        row: Rows of each account, ascending, one account after the other.
        starts: Where the rows of each account start; one more at the end.
    """

    member: Ints
    begin: Longs
    end: Longs
    thing: Ints
    row: Ints
    starts: Longs

    @classmethod
    def of(cls, account: Ints, thing: Ints, n_accounts: int, n_objects: int, cut: int | None = None) -> Incidence:
        """From rows sorted by object and account, without duplicates.

        Args:
            account: Account of each row.
            thing: Object of each row.
            n_accounts: Number of accounts.
            n_objects: Number of objects.
            cut: Only accounts below this number are paired, and only with those from it on; None: all with all.
        """
        row, starts = bucket(account, n_accounts)
        end = starts_of(thing, n_objects)[1:][thing]
        begin = np.arange(1, len(account) + 1)
        if cut is not None:
            below = account < cut
            here = np.bincount(thing[below], minlength=n_objects)
            begin = np.where(below, starts_of(thing, n_objects)[:-1][thing] + here[thing], end)
        return cls(account, begin, end, thing, row, starts)

    @property
    def accounts(self) -> int:
        """Number of accounts."""
        return len(self.starts) - 1

    @property
    def work(self) -> Longs:
        """Per account: the accounts in its objects that it is paired with."""
        behind = np.concatenate(([0], np.cumsum((self.end - self.begin)[self.row])))
        return np.asarray(np.diff(behind[self.starts]), np.int64)


def screen(
    table: Incidence,
    activity: Reals,
    scale: float,
    limits: Reals,
    then: Callable[[Ints, Ints, Ints, int], T],
    threads: int | None = None,
) -> list[T]:
    """Find pairs that share V >= 2 objects and whose expectation ``activity_i * activity_j * scale <= limits[V]``.

    Args:
        table: The shares.
        activity: Per account: what its expectations are proportional to.
        scale: See above.
        limits: See above; longer than the most objects that a pair shares.
        then: Called for each piece of the work, by the thread that found it, with source, target (source < target, in
            order) and shared objects of the pairs, and with the number of pairs that share two objects or more.
        threads: Number of threads; None: all cores.

    Returns:
        What ``then`` gave, in the order of the sources.
    """
    spare = Spare(lambda: (np.zeros(table.accounts, np.int32), np.empty(table.accounts, np.int32)))

    def run(first: int, last: int) -> T:
        with spare.borrowed() as scratch:
            found = _screen(
                first, last, table.member, table.begin, table.end, table.row, table.starts, activity, scale, limits,
                *scratch,
            )  # fmt: skip
        return then(*found)

    return each(run, pieces(table.work), threads)


@njit(nogil=True, cache=True)
def _screen(  # type: ignore[no-untyped-def]
    first, last, member, begin, end, row, starts, activity, scale, limits, count, met
):
    """The pairs of the sources ``first`` to ``last`` that come through; ``count`` is all 0 before and after."""
    source, target, shared = np.empty(64, np.int32), np.empty(64, np.int32), np.empty(64, np.int32)
    n, twice = 0, 0
    for one in range(first, last):
        some = _count(one, member, begin, end, row, starts, count, met)
        rate = activity[one] * scale
        left = 0
        for other in met[:some]:
            seen = count[other]
            twice += seen >= 2
            if seen >= 2 and rate * activity[other] <= limits[seen]:
                met[left], left = other, left + 1
            else:
                count[other] = 0
        if n + left > len(source):
            source, target, shared = (
                _grown(source, 2 * (n + left)),
                _grown(target, 2 * (n + left)),
                _grown(shared, 2 * (n + left)),
            )
        for other in np.sort(met[:left]):
            source[n], target[n], shared[n] = one, other, count[other]
            count[other] = 0
            n += 1
    return source[:n].copy(), target[:n].copy(), shared[:n].copy(), twice


@njit(nogil=True, cache=True)
def _count(one, member, begin, end, row, starts, count, met):  # type: ignore[no-untyped-def]
    """Count the accounts that ``one`` is paired with in each of its objects; returns how many there are in ``met``."""
    some = 0
    for here in row[starts[one] : starts[one + 1]]:
        for other in member[begin[here] : end[here]]:
            if count[other] == 0:
                met[some] = other
                some += 1
            count[other] += 1
    return some


@njit(nogil=True, cache=True)
def _grown(values: Ints, room: int) -> Ints:
    out = np.empty(room, np.int32)
    out[: len(values)] = values
    return out


def common(table: Incidence, source: Ints, target: Ints, threads: int | None = None) -> Ints:
    """How many objects each pair shares.

    Args:
        table: The shares.
        source: An account of each pair; quickest where equal ones stand together.
        target: The other account.
        threads: Number of threads; None: all cores.
    """
    degree = np.diff(table.starts)
    spare = Spare(lambda: np.full(int(table.thing.max(initial=-1)) + 1, -1, np.int32))

    def run(first: int, last: int) -> Any:
        with spare.borrowed() as mark:
            return _common(source[first:last], target[first:last], table.thing, table.row, table.starts, mark)

    found = each(run, pieces(degree[target]), threads)
    return np.concatenate([np.empty(0, np.int32), *found])


@njit(nogil=True, cache=True)
def _common(source, target, thing, row, starts, mark):  # type: ignore[no-untyped-def]
    shared = np.zeros(len(source), np.int32)
    marked = -1
    for pair in range(len(source)):
        if source[pair] != marked:
            if marked >= 0:
                mark[thing[row[starts[marked] : starts[marked + 1]]]] = -1
            marked = source[pair]
            mark[thing[row[starts[marked] : starts[marked + 1]]]] = marked
        for here in row[starts[target[pair]] : starts[target[pair] + 1]]:
            shared[pair] += mark[thing[here]] == marked
    if marked >= 0:
        mark[thing[row[starts[marked] : starts[marked + 1]]]] = -1
    return shared
