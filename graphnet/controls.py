"""Many groups of accounts at once, and random groups to compare a community with.

A figure about a community says little by itself: busy accounts share more targets than quiet ones. So the same figure
is computed for random groups of accounts *of the same size and the same activity*, and the community's place among
them is what is reported. `Crowds` holds any number of groups in two arrays, so that a figure for a hundred thousand
groups costs one sparse product.

Example:
    >>> crowds = Crowds.of([1, 1, 2, 2], [0, 2, 1, 3])
    >>> crowds.sizes.tolist(), crowds.mean(np.array([1.0, 2.0, 3.0, 4.0])).tolist()
    ([2, 2], [2.0, 3.0])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from graphnet.study import Study

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Controls", "Crowds", "Ints", "Numbers", "activity", "communities", "incidence", "matched", "place", "sums"]

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ROOM = 2
"""A draw of n accounts needs 2n to choose from: with less, the control groups would be copies of one another; with
more, large groups would be compared with less active accounts."""
SPREAD = 20
"""… and at least this many, so that a community of five is not always compared with the same few accounts."""
ALIKE = 1.5
"""Control groups whose typical activity is further off than by this factor are not called "as active"."""
BUDGET = 20_000_000
"""Entries of a sparse product held at once (240 MB)."""


@dataclass(frozen=True)
class Crowds:
    """Groups of accounts, one after the other.

    Attributes:
        label: The number of each group.
        start: Where the accounts of each group start; one longer than ``label``.
        account: The accounts, each once in its group, sorted.
    """

    label: Ints
    start: Ints
    account: Ints

    @classmethod
    def of(cls, label: Sequence[int] | Ints, account: Sequence[int] | Ints) -> Crowds:
        """Groups from rows (label, account) in any order; sorted by label and account, repetitions left out."""
        rows = np.unique(np.array([label, account], dtype=np.int64), axis=1)
        labels, first = np.unique(rows[0], return_index=True)
        return cls(labels, np.append(first, rows.shape[1]).astype(np.int64), rows[1])

    def __len__(self) -> int:
        return len(self.label)

    @cached_property
    def sizes(self) -> Ints:
        """How many accounts each group has."""
        return np.diff(self.start)

    @cached_property
    def rows(self) -> Ints:
        """The place (from 0) of the group that each of ``account`` is in."""
        return np.repeat(np.arange(len(self)), self.sizes)

    def members(self, place: int) -> Ints:
        """The accounts of the group at this place."""
        return self.account[self.start[place] : self.start[place + 1]]

    def places(self, width: int) -> Ints:
        """For each of ``width`` accounts the place of its group, or -1. For groups that do not overlap."""
        found = np.full(width, -1, dtype=np.int64)
        found[self.account] = self.rows
        return found

    def slice(self, low: int, high: int) -> Crowds:
        """The groups at places ``low`` to ``high`` (not included)."""
        start = self.start[low : high + 1]
        return Crowds(self.label[low:high], start - start[0], self.account[start[0] : start[-1]])

    def total(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Sum of one value per account over each group."""
        if not len(self):
            return np.zeros(0, dtype=values.dtype)
        return np.asarray(np.add.reduceat(values[self.account], self.start[:-1]))

    def mean(self, values: Numbers) -> Numbers:
        """Mean of one value per account over each group."""
        return np.asarray(self.total(values) / self.sizes, dtype=np.float64)

    def median(self, values: Numbers, least: int = 1) -> Numbers:
        """Median over each group of the values that are known; NaN where fewer than ``least`` are."""
        held = values[self.account]
        known = ~np.isnan(held)
        rows, held = self.rows[known], held[known]
        held = held[np.lexsort((held, rows))]
        counts = np.bincount(rows, minlength=len(self))
        first = np.cumsum(counts) - counts
        enough = counts >= max(least, 1)
        low, high = (first + (counts - 1) // 2)[enough], (first + counts // 2)[enough]
        found = np.full(len(self), np.nan)
        found[enough] = (held[low] + held[high]) / 2
        return found

    def matrix(self, width: int) -> csr_array:
        """One row a group, one column an account: 1 where the account is in the group."""
        from scipy.sparse import csr_array  # noqa: PLC0415  (0.2 s that `import graphnet` should not pay)

        ones = np.ones(len(self.account))
        return csr_array((ones, self.account, self.start), shape=(len(self), width))


def incidence(account: Ints, column: Ints, shape: tuple[int, int], value: npt.NDArray[Any] | None = None) -> csr_array:
    """A sparse table from rows (account, column[, value]) in any order; values of the same cell are added."""
    from scipy.sparse import coo_array  # noqa: PLC0415

    held = np.ones(len(account)) if value is None else value.astype(np.float64)
    table = coo_array((held, (account, column)), shape=shape).tocsr()
    table.sum_duplicates()
    return table


def sums(crowds: Crowds, table: csr_array) -> Iterator[tuple[slice, csr_array]]:
    """Column sums of a table (one row an account) over each group, some groups at a time.

    Yields:
        Which places the block covers, and the sums: one row a group, columns as in ``table``.
    """
    cost = np.cumsum(crowds.total(np.diff(table.indptr).astype(np.int64)))
    low = 0
    while low < len(crowds):
        spent = cost[low - 1] if low else 0
        high = max(low + 1, int(np.searchsorted(cost, spent + BUDGET, side="right")))
        found = crowds.slice(low, high).matrix(table.shape[0]) @ table
        found.sort_indices()
        yield slice(low, high), found
        low = high


def communities(study: Study) -> Crowds:
    """The study's communities.

    Raises:
        MissingTable: No community was sought yet.
    """
    study.require("members")
    rows = study.rows("select community, account from members")
    return Crowds.of(rows["community"].to_numpy(), rows["account"].to_numpy())


def activity(study: Study) -> Ints:
    """How many actions each account of the study made."""
    width = study.rows("select coalesce(max(account), -1) + 1 as n from accounts")["n"][0].as_py()
    rows = study.rows("select account, count(*) as n from actions group by account")
    found = np.zeros(width, dtype=np.int64)
    found[rows["account"].to_numpy()] = rows["n"].to_numpy()
    return found


# Control groups ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Controls:
    """Random groups for some communities.

    Attributes:
        crowds: The groups; ``label`` is the place of the community that each is for.
        words: For each community what its groups are ("groups of accounts as active"), or why it has none.
    """

    crowds: Crowds
    words: list[str]

    def of(self, place: int, values: Numbers) -> Numbers:
        """Those of ``values`` (one a group) that belong to the community at this place."""
        low, high = np.searchsorted(self.crowds.label, [place, place + 1])
        return values[low:high]


def matched(groups: Crowds, activity: Ints, outside: Flags, count: int = 199, seed: int = 7) -> Controls:
    """Random groups of the same size and the same activity as each of ``groups``.

    Each member is replaced by a random account of its *stratum*: those whose number of actions is within a factor of
    1.41 (half a power of two) of one another. A stratum with too few accounts (under two for each one needed, or
    under 20) is joined to the fuller of its neighbours until there are enough. Accounts of any community are not
    drawn, unless fewer than two for each member are left; then all accounts but the group's own are, and the words
    say so.

    Args:
        groups: The communities.
        activity: Number of actions of each account.
        outside: Whether each account is in no community.
        count: Groups to draw for each community.
        seed: Same seed, same groups; those of one community do not depend on which others are asked for.
    """
    strata = _strata(activity)
    everyone, free = Pool.of(strata, np.full(len(activity), True)), Pool.of(strata, outside)
    drawn: list[Ints] = []
    words: list[str] = []
    for place in range(len(groups)):
        own = groups.members(place)
        pool = free if free.room(own) >= ROOM * len(own) else everyone
        rng = np.random.default_rng((seed, int(groups.label[place])))
        drawn.append(pool.draw(rng, own, strata[own], count))
        words.append(_words(activity, own, drawn[-1], others=pool is everyone))
    return Controls(_joined(drawn), words)


def _strata(activity: Ints) -> Ints:
    """Half powers of two of the number of actions, from 1; 0 for accounts without any."""
    levels = np.floor(2 * np.log2(np.maximum(activity, 1))).astype(np.int64) + 1
    return np.where(activity > 0, levels, 0)


@dataclass(frozen=True)
class Pool:
    """Accounts to draw from, one stratum after the other.

    Attributes:
        account: The accounts.
        start: Where each stratum starts; one longer than their number.
        position: Where each account of the study is in ``account``, or -1.
        barred: Scratch: which positions must not be drawn just now.
    """

    account: Ints
    start: Ints
    position: Ints
    barred: Flags

    @classmethod
    def of(cls, strata: Ints, who: Flags) -> Pool:
        """The accounts for which ``who`` holds."""
        account = np.argsort(strata, kind="stable")
        account = account[who[account]]
        start = np.searchsorted(strata[account], np.arange(strata.max(initial=0) + 2))
        position = np.full(len(strata), -1, dtype=np.int64)
        position[account] = np.arange(len(account))
        return cls(account, start, position, np.zeros(len(account), dtype=bool))

    def room(self, own: Ints) -> int:
        """How many accounts there are besides a group's own."""
        return len(self.account) - int((self.position[own] >= 0).sum())

    def draw(self, rng: np.random.Generator, own: Ints, wanted: Ints, count: int) -> Ints:
        """Accounts to replace a group's own (of these strata), one row a control group; no rows if there is no room."""
        if self.room(own) < ROOM * len(own):
            return np.zeros((0, 0), dtype=np.int64)
        inside = self.position[own]
        inside = inside[inside >= 0]
        need = np.bincount(wanted, minlength=len(self.start) - 1)
        taken = np.bincount(np.searchsorted(self.start, inside, side="right") - 1, minlength=len(need))
        self.barred[inside] = True
        blocks = _blocks(need.tolist(), (np.diff(self.start) - taken).tolist())
        bounds = ((int(self.start[low]), int(self.start[high + 1]), n) for low, high, n in blocks)
        drawn = np.hstack([_draw(rng, low, high, n, count, self.barred) for low, high, n in bounds])
        self.barred[inside] = False
        return self.account[drawn]


def _blocks(need: list[int], have: list[int]) -> list[tuple[int, int, int]]:
    """Ranges of strata (from, to, accounts needed), joined until each has enough accounts to choose from."""
    blocks = [[i, i, n, h] for i, (n, h) in enumerate(zip(need, have, strict=True))]
    while (short := _short(blocks)) is not None:
        sides = [i for i in (short - 1, short + 1) if 0 <= i < len(blocks)]
        other = max(sides, key=lambda i: blocks[i][3])
        first, second = sorted((short, other))
        (start, _, n1, h1), (_, end, n2, h2) = blocks[first], blocks.pop(second)
        blocks[first] = [start, end, n1 + n2, h1 + h2]
    return [(low, high, n) for low, high, n, _ in blocks if n]


def _short(blocks: list[list[int]]) -> int | None:
    """The first block with too few accounts to choose from, if it can be joined to another."""
    short = (i for i, (_, _, need, have) in enumerate(blocks) if need and have < max(ROOM * need, SPREAD))
    return next(short, None) if len(blocks) > 1 else None


def _draw(rng: np.random.Generator, low: int, high: int, need: int, count: int, barred: Flags) -> Ints:
    """``count`` rows of ``need`` different positions in low … high, none of them barred, every set as likely.

    Repetitions are drawn again: with twice the room that ends in a few rounds, where ``choice`` without
    replacement would shuffle the whole pool for each of the groups.
    """
    drawn = rng.integers(low, high, (count, need))
    while True:
        drawn.sort(axis=1)
        bad = barred[drawn]
        bad[:, 1:] |= drawn[:, 1:] == drawn[:, :-1]
        if not (again := int(bad.sum())):
            return drawn
        drawn[bad] = rng.integers(low, high, again)


def _words(activity: Ints, own: Ints, drawn: Ints, *, others: bool) -> str:
    if not drawn.size:
        return f"no control groups: too few accounts outside it for random groups of {len(own):,}"
    mine, theirs = float(np.median(activity[own])), float(np.median(activity[drawn]))
    alike = (mine + 1) / ALIKE <= theirs + 1 <= (mine + 1) * ALIKE
    told = (
        "as active" if alike else f"of the nearest activity there is (median {theirs:,.0f} actions, here {mine:,.0f})"
    )
    return f"groups of accounts {told}" + (", those of other communities included" if others else "")


def _joined(drawn: list[Ints]) -> Crowds:
    """The rows of all draws as groups labelled with the place of their community."""
    label = np.repeat(np.arange(len(drawn)), [d.shape[0] for d in drawn])
    sizes = np.concatenate([np.full(d.shape[0], d.shape[1], dtype=np.int64) for d in drawn] or [np.zeros(0, np.int64)])
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    account = np.concatenate([np.sort(d, axis=1).ravel() for d in drawn] or [np.zeros(0, np.int64)])
    return Crowds(label.astype(np.int64), start, account.astype(np.int64))


def place(value: float, others: Numbers) -> tuple[float, int, int, int] | None:
    """Where a value stands among others, or None if none of them is known (NaN).

    Returns:
        The share of the others that are smaller, where equal ones count half (mid-rank: a group that is like all
        others stands at .5, not at 0 or 1); how many are smaller; how many are equal; how many there are.

    Example:
        >>> place(2.0, np.array([1.0, 2.0, 3.0, np.nan]))
        (0.5, 1, 1, 3)
    """
    known = others[~np.isnan(others)]
    if not len(known) or np.isnan(value):
        return None
    smaller, equal = int((known < value).sum()), int((known == value).sum())
    return (smaller + equal / 2) / len(known), smaller, equal, len(known)
