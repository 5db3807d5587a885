"""Who shared what when, as arrays: what nulls are fitted to; and pairs of accounts, which they test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from graphnet.kernels.null_popularity import Incidence

__all__ = ["GRAINS", "NO_TIME", "Census", "Pairs", "Shares", "most_within"]

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Codes = Sequence[int] | NDArray[np.integer[Any]]
Flags = NDArray[np.bool_]

NO_TIME = np.iinfo(np.int64).min
"""Stands for a time that is not known."""
UNKNOWN = -1
"""Stands for an author who is not known."""
GRAINS = ((86_400, "day"), (3600, "hour"), (60, "minute"))
"""What times may be rounded to, in seconds, and what that is called."""


@dataclass(frozen=True)
class Census:
    """How much is known of the shares.

    Attributes:
        shares: Number of shares.
        timed: Shares whose time is known.
        round: Of these: at a full day, at a full hour, at a full minute (see `GRAINS`).
        authored: Shares of things whose author is known.
        made: Shares of things of which it is known when they were made.
        made_round: Of these: at a full minute.
        lasting: The things are there all the time.
    """

    shares: int
    timed: int
    round: tuple[int, ...]
    authored: int
    made: int
    made_round: int
    lasting: bool


@dataclass(frozen=True)
class Shares:
    """Which account shared which object, once each, sorted by object and account.

    Make one with `of`. Leaving rows out (`among`) keeps all numbers, so that parts can be compared.

    Attributes:
        account: Account of each share, numbers from 0.
        object: Object of each share, numbers from 0.
        time: When the account shared the object first, in seconds; `NO_TIME` where unknown.
        author: Of each object: number of its author or whatever stands for the interest behind it; -1: unknown.
        created: Of each object: when it was made, in seconds; `NO_TIME` where unknown.
        accounts: Number of accounts.
        lasting: The objects are there all the time (accounts, domains, hashtags): no share is their beginning.

    Example:
        >>> shares = Shares.of([1, 0, 1], [0, 0, 0], [50, 30, 20])
        >>> shares.account.tolist(), shares.time.tolist(), shares.born.tolist()
        ([0, 1], [30, 20], [20])
    """

    account: Ints
    object: Ints
    time: Longs
    author: Ints
    created: Longs
    accounts: int
    lasting: bool = False

    @classmethod
    def of(
        cls,
        account: Codes,
        thing: Codes,
        time: Codes | None = None,
        *,
        author: Codes | None = None,
        created: Codes | None = None,
        accounts: int | None = None,
        lasting: bool = False,
    ) -> Shares:
        """From rows in any order, in which an account may share an object several times.

        Args:
            account: Account of each row, numbers from 0.
            thing: Object of each row, numbers from 0.
            time: Time of each row, `NO_TIME` where unknown; None: no times.
            author: One a object, numbers from 0, -1 where unknown; None: all unknown.
            created: One a object, `NO_TIME` where unknown; None: all unknown.
            accounts: Number of accounts; None: as many as the rows name.
            lasting: The objects have no beginning.
        """
        account, thing = np.asarray(account, np.int64), np.asarray(thing, np.int64)
        n = int(account.max(initial=-1)) + 1 if accounts is None else accounts
        objects = (
            int(thing.max(initial=-1)) + 1 if author is None and created is None else len(_either(author, created))
        )
        key = thing * max(n, 1) + account
        order = np.argsort(key, kind="stable")
        new = np.flatnonzero(np.diff(key[order], prepend=-1))
        when = np.full(len(new), NO_TIME)
        if time is not None and len(new):
            when = _first(np.asarray(time, np.int64)[order], new)
        first = order[new]
        return cls(
            account[first].astype(np.int32),
            thing[first].astype(np.int32),
            when,
            _filled(author, objects, UNKNOWN).astype(np.int32),
            _filled(created, objects, NO_TIME),
            n,
            lasting,
        )

    def __len__(self) -> int:
        return len(self.account)

    @property
    def objects(self) -> int:
        """Number of objects, also of those that nobody shares here."""
        return len(self.author)

    @cached_property
    def activity(self) -> Longs:
        """Objects of each account."""
        return np.bincount(self.account, minlength=self.accounts)

    @cached_property
    def popularity(self) -> Longs:
        """Accounts of each object."""
        return np.bincount(self.object, minlength=self.objects)

    @cached_property
    def born(self) -> Longs:
        """When each object came into being: made, or first shared if that was earlier or is all that is known."""
        if self.lasting:
            return np.full(self.objects, NO_TIME)
        return _earlier(self.first, self.created)

    @cached_property
    def first(self) -> Longs:
        """The first share seen of each object; `NO_TIME` where none has a time."""
        found = np.full(self.objects, NO_TIME)
        if len(self):
            new = np.flatnonzero(np.diff(self.object, prepend=-1))
            found[self.object[new]] = _first(self.time, new)
        return found

    @cached_property
    def census(self) -> Census:
        """How much is known of these shares."""
        times, made = self.time[self.time != NO_TIME], self.created[self.object]
        made = made[made != NO_TIME]
        return Census(
            shares=len(self),
            timed=len(times),
            round=tuple(int(np.count_nonzero(times % grain == 0)) for grain, _ in GRAINS),
            authored=int(np.count_nonzero(self.author[self.object] >= 0)),
            made=len(made),
            made_round=int(np.count_nonzero(made % 60 == 0)),
            lasting=self.lasting,
        )

    @cached_property
    def incidence(self) -> Incidence:
        """The shares as the kernels want them."""
        from graphnet.kernels.null_popularity import Incidence  # noqa: PLC0415  (numba is slow to load)

        return Incidence.of(self.account, self.object, self.accounts, self.objects)

    def among(self, objects: Flags) -> Shares:
        """Only the shares of these objects; all numbers stay."""
        return self._of_rows(objects[self.object])

    def of_accounts(self, accounts: Flags) -> Shares:
        """Only the shares of these accounts; all numbers stay."""
        return self._of_rows(accounts[self.account])

    def timed(self) -> Shares:
        """Only the shares whose time is known; all numbers stay."""
        return self._of_rows(self.time != NO_TIME)

    def _of_rows(self, keep: Flags) -> Shares:
        if keep.all():
            return self
        return replace(self, account=self.account[keep], object=self.object[keep], time=self.time[keep])

    def within(self, budget: float) -> Shares:
        """Without the most popular objects, so that the sum of their accounts squared stays within the budget."""
        most = most_within(*np.unique(self.popularity, return_counts=True), budget)
        return self if most is None else self.among(self.popularity <= most)


@dataclass(frozen=True)
class Pairs:
    """Pairs of accounts, sorted by source and target, with the number of objects they share.

    Attributes:
        source: An account.
        target: The other; greater than ``source``.
        shared: Objects they share.
    """

    source: Ints
    target: Ints
    shared: Ints

    @classmethod
    def of(cls, shares: Shares, source: Codes, target: Codes, threads: int | None = None) -> Pairs:
        """These pairs, counted in these shares."""
        from graphnet.kernels.null_popularity import common  # noqa: PLC0415  (numba is slow to load)

        one, two = np.asarray(source, np.int32), np.asarray(target, np.int32)
        return cls(one, two, common(shares.incidence, one, two, threads))

    @classmethod
    def joined(cls, parts: Sequence[Pairs]) -> Pairs:
        """Parts put one after the other; their order has to be that of the pairs."""
        none = np.empty(0, np.int32)
        return cls(*(np.concatenate([none, *(getattr(p, n) for p in parts)]) for n in ("source", "target", "shared")))

    def __len__(self) -> int:
        return len(self.source)

    def among(self, keep: Flags) -> Pairs:
        """Some of them."""
        return Pairs(self.source[keep], self.target[keep], self.shared[keep])


def most_within(sizes: Longs, how_many: Longs, budget: float) -> int | None:
    """The most accounts an object may have for the sum of accounts squared to stay within a budget; None: any number.

    Args:
        sizes: Numbers of accounts that objects have, ascending, each once.
        how_many: How many objects have that many.
        budget: See above.
    """
    cost = np.cumsum(sizes.astype(np.float64) ** 2 * how_many)
    if not len(cost) or cost[-1] <= budget:
        return None
    fits = int(np.searchsorted(cost, budget, side="right"))
    return int(sizes[fits - 1]) if fits else 0


def _first(time: Longs, starts: Longs) -> Longs:
    """The first known time of each run; `NO_TIME` where none is."""
    late = np.iinfo(np.int64).max
    found = np.minimum.reduceat(np.where(time == NO_TIME, late, time), starts)
    return np.where(found == late, NO_TIME, found)


def _earlier(one: Longs, two: Longs) -> Longs:
    """The earlier of two times; `NO_TIME` where neither is known."""
    return np.where(one == NO_TIME, two, np.where(two == NO_TIME, one, np.minimum(one, two)))


def _either(author: Codes | None, created: Codes | None) -> Codes:
    return author if author is not None else created if created is not None else []


def _filled(values: Codes | None, n: int, missing: int) -> Longs:
    return np.full(n, missing, np.int64) if values is None else np.asarray(values, np.int64)
