"""What chance and a shared topic would give: matched groups, and the Poisson tail.

Example:
    >>> beyond(3, 0.01) < 1e-6, beyond(1, 0.5)
    (True, 1.0)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from graphnet.crowds import Flags, Ints, Numbers, sums
from graphnet.rows._common import crowds

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from graphnet.rows import Side

__all__ = [
    "GROUPS",
    "LEAST",
    "NO_CONTROLS",
    "Cosine",
    "Figure",
    "InCommon",
    "Matched",
    "against_groups",
    "beyond",
    "chance",
    "interval",
    "poisson_interval",
]

LEAST = 3
"""Fewer things in common than this are never evidence, whatever chance would give."""
NO_CONTROLS = "not applicable: too few accounts outside both sides, as active and of the same interest, to compare with"
GROUPS = (
    "random groups of the same size, interest and activity in place of either side (of others alone, and of its "
    "accounts and others exchanged; the larger p)"
)
"""What p of matched groups is the chance under."""
NEGLIGIBLE = 1e-300
DRAWS = 200


def beyond(observed: float, expected: float) -> float:
    """P of so many things where so many are expected: the Poisson tail, which bounds sums of rare chances above.

    It bounds them only where more than one beyond the expected are there; else p is 1.
    """
    from scipy.special import pdtrc  # noqa: PLC0415  (0.4 s that `import graphnet` should not pay)

    return max(float(pdtrc(observed - 1, expected)), NEGLIGIBLE) if observed >= expected + 1 else 1.0


def poisson_interval(observed: int) -> tuple[float, float]:
    """95 % interval of what is expected where so many were seen (Garwood 1936)."""
    from scipy.special import gammaincinv  # noqa: PLC0415

    low = float(gammaincinv(observed, 0.025)) if observed else 0.0
    return low, float(gammaincinv(observed + 1, 0.975))


# Matched groups ------------------------------------------------------------------------------------------------------


class Figure(Protocol):
    """How much groups and the other side have in common.

    A thing is judged by the accounts that are in neither, for a control group by those outside *it*: what only the
    accounts of a side do would else be rarer than what those of any control group do.
    """

    def __call__(self, groups: csr_array, other: Numbers, others: Numbers) -> Numbers:
        """The figure of each group.

        Args:
            groups: How many accounts of each group (one a row) have each thing (one a column).
            other: How many accounts of the other side have each.
            others: How many of all accounts but the other side's have each, those of the group included.
        """

    def worth(self, users: Numbers, other: Numbers) -> Numbers:
        """What it counts that an account has a thing which so many outside have, and so many of the other side."""


@dataclass(frozen=True)
class Cosine:
    """Cosine of what a group and the other side have, rare things weighing more.

    Attributes:
        outside: Accounts outside both sides, by which rarity is judged (IDF); None: all things weigh the same.
        most: Things of more of them than this weigh nothing.
    """

    outside: int | None = None
    most: float = np.inf

    def weight(self, users: Numbers) -> Numbers:
        """Weight of things that so many accounts outside have."""
        if self.outside is None:
            return np.ones(len(users))
        return np.where(
            users <= self.most, np.log((1 + self.outside) / (1 + np.minimum(users, self.outside))) + 1e-9, 0.0
        )

    def worth(self, users: Numbers, other: Numbers) -> Numbers:
        """See `Figure.worth`."""
        return np.asarray(other * self.weight(users) ** 2)

    def __call__(self, groups: csr_array, other: Numbers, others: Numbers) -> Numbers:
        """See `Figure`."""
        at = groups.indices
        before, weight = self.weight(others), self.weight(others[at] - groups.data)
        mine, theirs = groups.data * weight, other[at] * weight
        # what the group has is rarer without its own accounts, for the other side, too
        rest = ((other * before) ** 2).sum() + _by_row(groups, theirs**2 - (other[at] * before[at]) ** 2)
        norms = np.sqrt(_by_row(groups, mine**2) * np.maximum(rest, 0))
        return np.asarray(_by_row(groups, mine * theirs) / np.maximum(norms, 1e-12))


@dataclass(frozen=True)
class InCommon:
    """How many different things both have.

    Attributes:
        most: Things that more accounts outside have are not counted.
    """

    most: float = np.inf

    def worth(self, users: Numbers, other: Numbers) -> Numbers:
        """See `Figure.worth`."""
        return np.where((other > 0) & (users <= self.most), 1.0, 0.0)

    def __call__(self, groups: csr_array, other: Numbers, others: Numbers) -> Numbers:
        """See `Figure`."""
        return _by_row(groups, self.worth(others[groups.indices] - groups.data, other[groups.indices]))


def _by_row(groups: csr_array, values: Numbers) -> Numbers:
    """Sums of one value an entry over the rows of a table."""
    count = groups.shape[0]
    found = np.bincount(np.repeat(np.arange(count), np.diff(groups.indptr)), weights=values, minlength=count)
    return found.astype(np.float64)


@dataclass(frozen=True, eq=False)
class Matched:
    """A figure for two sides among the same figure for matched groups.

    Attributes:
        value: The figure.
        expected: Mean of groups of others, of the direction that is less unlike.
        p: The largest of four: the share of groups of others that are as like the other side as one side is, either way
            round, and the share of groups in which accounts of the side and others change places.
    """

    value: float
    expected: float
    p: float


def against_groups(
    a: Side, b: Side, table: csr_array, figure: Figure, bases: Sequence[str] = ("acts",), *, acts: bool = True
) -> Matched | None:
    """How alike two sides are, against groups matched on interest and activity.

    Where accounts of a side and others change places, the figure is what its accounts have in common with the other
    side, added up one by one (`Figure.worth`): groups that hold some of a side's accounts have nearly as many
    *different* things in common with the other side as it has itself.

    Args:
        a: One side.
        b: The other.
        table: One row an account, one column a thing.
        figure: The figure.
        bases: What tells the interest on which groups are matched; with several the largest p counts.
        acts: Whether accounts have more things the more they do; then each of them counts by what it does.

    Returns:
        None where there are no groups to compare with.
    """
    common = a.common
    turns = [(side, other, basis) for side, other in ((a, b), (b, a)) for basis in bases]
    others = [common.controls(side.own, side.place, basis) for side, _, basis in turns]
    exchanged = [common.exchanged(side.own, side.place, basis) for side, _, basis in turns]
    if not all(map(len, [*others, *(one.groups for one in exchanged)])):
        return None
    found, p = [], []
    for (side, other, _), groups, change in zip(turns, others, exchanged, strict=True):
        users = [_users(flags, table) for flags in (other.flags, common.outside | side.flags)]
        value = float(figure(_things(side.own[None, :], table), *users)[0])
        found.append((value, np.concatenate([figure(held, *users) for _, held in sums(crowds(groups), table)])))
        weight = change.weight if acts else np.ones(common.width)
        every = np.concatenate([side.own[None, :], change.groups])
        worth = _worths(every, table, weight, figure, *users)
        p += [chance(*found[-1]), chance(float(worth[0]), worth[1:])]
    return Matched(found[0][0], max(float(way.mean()) for _, way in found), max(p))


def _worths(
    groups: Ints, table: csr_array, weight: Numbers, figure: Figure, other: Numbers, others: Numbers
) -> Numbers:
    """What the accounts of each group have in common with the other side, each account by its weight."""
    weighted = table.copy()
    weighted.data = table.data * np.repeat(weight, np.diff(table.indptr))
    found = np.empty(len(groups))
    for (where, held), (_, counted) in zip(sums(crowds(groups), table), sums(crowds(groups), weighted), strict=True):
        # both products have the same entries, and in the same order once they are sorted
        held.sort_indices()
        counted.sort_indices()
        found[where] = _by_row(held, counted.data * figure.worth(others[held.indices] - held.data, other[held.indices]))
    return found


def chance(value: float, groups: Numbers) -> float:
    """Share of groups with as large a figure, the sides themselves being one of them.

    Example:
        >>> chance(2.0, np.array([1.0, 2.0, 3.0]))
        0.75
    """
    # what is as large but for the last digit of a sum is as large
    return float((1 + int((groups >= value - 1e-12 * max(1.0, abs(value))).sum())) / (1 + len(groups)))


def _users(flags: Flags, table: csr_array) -> Numbers:
    return np.asarray(flags.astype(np.float64) @ table).ravel()


def _things(groups: Ints, table: csr_array) -> csr_array:
    made: csr_array = crowds(groups).matrix(table.shape[0]) @ table
    return made


def interval(a: Side, b: Side, table: csr_array, figure: Cosine) -> tuple[float, float]:
    """95 % interval of a cosine: accounts drawn again from both sides (bootstrap).

    Accounts drawn twice make sides less alike, so that the spread is laid around the value.
    """
    rng = np.random.default_rng((a.common.seed, 1))
    weighted = table.copy()
    weighted.data = table.data * figure.weight(_users(a.common.outside, table))[table.indices]
    own = [_things(side.own[None, :], weighted) for side in (a, b)]
    drawn = [_things(rng.choice(side.own, (DRAWS, len(side.own))), weighted) for side in (a, b)]
    value, made = float(_cosine(*own)[0]), _cosine(*drawn)
    low, middle, high = np.quantile(made, (0.025, 0.5, 0.975)).tolist()
    return max(value + low - middle, 0.0), min(value + high - middle, max(value, 1.0))


def _cosine(one: csr_array, two: csr_array) -> Numbers:
    """Cosine of each row of a table and the same row of another."""
    dots = [np.asarray(x.multiply(y).sum(axis=1)).ravel() for x, y in ((one, two), (one, one), (two, two))]
    return np.asarray(dots[0] / np.maximum(np.sqrt(dots[1] * dots[2]), 1e-12))
