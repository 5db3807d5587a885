"""What chance and a shared topic would give: matched groups, and picks from what was there to be picked.

Example:
    >>> beyond(3, 0.01) < 1e-6, beyond(1, 0.5)
    (True, 1.0)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphnet.crowds import Flags, Ints, Numbers, sums
from graphnet.rows._common import crowds

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from graphnet.rows import Side

__all__ = ["LEAST", "NO_CONTROLS", "Matched", "against_groups", "among_available", "beyond", "poisson_interval"]

LEAST = 3
"""Fewer things in common than this are never evidence, whatever chance would give."""
NO_CONTROLS = "not applicable: too few accounts outside both sides, as active and of the same interest, to compare with"
NEGLIGIBLE = 1e-300
DRAWS = 200
Likeness = Callable[["csr_array", "csr_array"], Numbers]
"""A figure for each row of a table (things of a group) and the same row, or the only one, of another."""


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


@dataclass(frozen=True, eq=False)
class Matched:
    """A figure for two sides among the same figure for matched groups.

    Attributes:
        value: The figure.
        low, high: 95 % interval: accounts drawn again from both sides (bootstrap).
        expected: Mean of the matched groups, of the direction that is less unlike.
        p: The larger share of matched groups with as large a figure: one side with groups like the other, and the
            other way round.
    """

    value: float
    low: float
    high: float
    expected: float
    p: float


def cosine(groups: csr_array, other: csr_array) -> Numbers:
    """Cosine of each group's things with the other's of the same row, or with the only other one."""
    norms = np.sqrt(_dots(groups, groups) * _dots(other, other))
    return np.asarray(_dots(groups, other) / np.maximum(norms, 1e-12))


def in_common(groups: csr_array, other: csr_array) -> Numbers:
    """How many different things both have."""
    return _dots(_held(groups), _held(other))


def _dots(one: csr_array, two: csr_array) -> Numbers:
    if two.shape[0] == 1 < one.shape[0]:
        return np.asarray((one @ two.T).toarray(), dtype=np.float64).ravel()
    return np.asarray(one.multiply(two).sum(axis=1), dtype=np.float64).ravel()


def _held(groups: csr_array) -> csr_array:
    found = groups.copy()
    found.data = (found.data > 0).astype(np.float64)
    return found


def against_groups(
    a: Side, b: Side, table: csr_array, likeness: Likeness = cosine, bases: Sequence[str] = ("acts",)
) -> Matched | None:
    """How alike two sides are, against groups matched on interest and activity.

    Args:
        a: One side.
        b: The other.
        table: One row an account, one column a thing, weighted.
        likeness: The figure.
        bases: What tells the interest on which groups are matched; with several the largest p counts.

    Returns:
        None where there are no groups to compare with.
    """
    common = a.common
    mine, theirs = ([common.controls(side.own, side.place, basis) for basis in bases] for side in (a, b))
    if not all(map(len, [*mine, *theirs])):
        return None
    of_a, of_b = (_things(side.own[None, :], table) for side in (a, b))
    value = float(likeness(of_a, of_b)[0])
    ways = [_figures(groups, table, of_a, likeness) for groups in theirs]
    ways += [_figures(groups, table, of_b, likeness) for groups in mine]
    # what is as large but for the last digit of a sum is as large
    p = [(1 + int((way >= value - 1e-12).sum())) / (1 + len(way)) for way in ways]
    low, high = _interval(a, b, table, likeness, value)
    return Matched(value, low, high, max(float(way.mean()) for way in ways), max(p))


def _things(groups: Ints, table: csr_array) -> csr_array:
    made: csr_array = crowds(groups).matrix(table.shape[0]) @ table
    return made


def _figures(groups: Ints, table: csr_array, other: csr_array, likeness: Likeness) -> Numbers:
    found = np.empty(len(groups))
    for where, held in sums(crowds(groups), table):
        found[where] = likeness(held, other)
    return found


def _interval(a: Side, b: Side, table: csr_array, likeness: Likeness, value: float) -> tuple[float, float]:
    """95 % interval; accounts drawn twice make sides less alike, so that the spread is laid around the value."""
    rng = np.random.default_rng((a.common.seed, 1))
    one, two = (_things(rng.choice(side.own, (DRAWS, len(side.own))), table) for side in (a, b))
    low, middle, high = np.quantile(likeness(one, two), (0.025, 0.5, 0.975)).tolist()
    return max(value + low - middle, 0.0), min(value + high - middle, max(value, 1.0))


def rarity(table: csr_array, counted: Flags) -> csr_array:
    """The table with each thing weighted by how rare it is among the accounts that are counted (IDF)."""
    users = np.asarray(counted.astype(np.float64) @ (table > 0)).ravel()
    weight = np.log((1 + counted.sum()) / (1 + users)) + 1e-9
    made = table.copy()
    made.data = made.data * weight[made.indices]
    return made


# What was there to be picked -----------------------------------------------------------------------------------------


def among_available(cell: Ints, others: Numbers, one: Flags, two: Flags) -> tuple[int, float, float]:
    """Things that both sides picked, where each picks as many as it did from the things of each cell.

    In every cell (an author's posts of one day, say) the second side picks as many things as it did, each thing with
    odds that follow how many others picked it, the first side counting as one of these; the expected number of those
    that the first picked is added up. Then the other way round; the larger expectation, and the larger p, are told.

    Args:
        cell: Of each thing, from 0.
        others: How many others picked each thing.
        one: Which things the first side picked.
        two: Which the second did.

    Returns:
        How many both picked, how many are expected, and p (Poisson tail).

    Example:
        >>> one = np.array([1, 1, 0, 0, 0, 0], bool)
        >>> seen, expected, p = among_available(np.zeros(6, int), np.full(6, 1e9), one, one)
        >>> seen, round(expected, 2), round(p, 2)
        (2, 0.67, 0.14)
    """
    seen = int((one & two).sum())
    expected = max(_expected(cell, others, one, two), _expected(cell, others, two, one))
    return seen, expected, beyond(seen, expected)


def _expected(cell: Ints, others: Numbers, given: Flags, picked: Flags) -> float:
    count = np.bincount(cell, weights=picked)
    useful = (count > 0) & (np.bincount(cell, weights=given) > 0)
    rows = useful[cell]
    if not rows.any():
        return 0.0
    _, at = np.unique(cell[rows], return_inverse=True)
    weight = others[rows] + 1.0 + given[rows]
    chances = _chances(at, weight, np.bincount(at, weights=picked[rows]).astype(np.float64))
    return float(chances[given[rows]].sum())


def _chances(cell: Ints, weight: Numbers, picks: Numbers) -> Numbers:
    """Chance of each thing to be among so many picks of its cell: 1 - exp(-t w), with t such that they add up."""
    size = np.bincount(cell)
    all_of_them = picks >= size
    low, high = np.zeros(len(picks)), np.full(len(picks), 1e3)
    for _ in range(60):
        middle = (low + high) / 2
        total = np.bincount(cell, weights=-np.expm1(-middle[cell] * weight))
        low, high = np.where(total < picks, middle, low), np.where(total < picks, high, middle)
    return np.where(all_of_them[cell], 1.0, -np.expm1(-high[cell] * weight))
