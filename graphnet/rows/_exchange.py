"""Groups in which accounts of a side and others of the same interest and activity change places.

Groups of others alone take these for the whole truth: where a side is many of the accounts that are as active, or the
busiest of them, what two sides have in common by chance is beyond such groups. Where belonging to a side has to do
with interest and activity alone, the side is one of its exchanges, each as likely as the next, whatever share of all
accounts it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphnet.controls import ENOUGH, Exchange, Pool, activity_strata
from graphnet.crowds import Flags, Ints, Numbers

__all__ = ["Exchanged", "exchanged"]

REACH = 3
"""Half powers of two by which accounts may be more active than those they change places with."""
WIDE = 100
"""Room for the strata of activity of one interest."""


@dataclass(frozen=True, eq=False)
class Exchanged:
    """Random exchanges of a side.

    Attributes:
        groups: Accounts, one group a row; no rows where too few of the side have anybody to change places with.
        weight: By account, what each of its acts counts: a third where it does three times as much as the least active
            one that it may change places with.
    """

    groups: Ints
    weight: Numbers


def exchanged(own: Ints, acts: Ints, interest: Ints, free: Flags, count: int, seed: tuple[int, ...]) -> Exchanged:
    """Draw exchanges of a side; none where less than `graphnet.controls.ENOUGH` of it would be replaced in the mean.

    Accounts change places within an interest and a stratum of activity (a factor of 1.41). A stratum with too few
    others is joined to quieter ones of the same interest, up to a factor of four, and each account there counts by its
    acts. An account without its like stays in all groups.

    Args:
        own: The accounts of the side.
        acts: How many actions each account made.
        interest: Of each account.
        free: Which accounts may take the place of the side's.
        count: How many groups.
        seed: Same seed, same groups.

    Example:
        >>> acts, interest, free = np.array([9, 9, 9, 9]), np.ones(4, int), np.array([False, False, True, True])
        >>> exchanged(np.array([0, 1]), acts, interest, free, 5, (7,)).groups.shape
        (5, 2)
    """
    mine = np.zeros(len(acts), dtype=np.bool_)
    mine[own] = True
    cells = joined(np.where(acts > 0, interest * WIDE + activity_strata(acts), -1), mine, free)
    made = Exchange(Pool.of(cells, free).sides(own, cells[own]))
    groups = made.draw(np.random.default_rng(seed), count if made.share >= ENOUGH else 0)
    least = np.full(int(cells.max(initial=0)) + 1, np.inf)
    some = mine | free
    np.minimum.at(least, cells[some], np.maximum(acts[some], 1))
    return Exchanged(groups, np.minimum(least[cells] / np.maximum(acts, 1), 1.0))


def joined(code: Ints, mine: Flags, free: Flags) -> Ints:
    """A number for the cell of each account, where cells with too few others are joined to the next quieter ones.

    Never to busier ones: an account that does less repeats itself less, so that more of what it does would seem alike.

    Args:
        code: Interest and stratum of activity of each account (see `WIDE`); -1: it never acted.
        mine: Which accounts are the side's.
        free: Which may take their places.
    """
    codes, cell = np.unique(code, return_inverse=True)
    need, have = (np.bincount(cell[who], minlength=len(codes)) for who in (mine, free))
    into, top = np.arange(len(codes)), codes.copy()
    for i in range(len(codes) - 1, 0, -1):
        near = codes[i] // WIDE == codes[i - 1] // WIDE and top[i] - codes[i - 1] <= REACH
        if near and need[i] and have[i] < ENOUGH * (have[i] + need[i]):
            into[i], top[i - 1] = i - 1, top[i]
            need[i - 1] += need[i]
            have[i - 1] += have[i]
    for i in range(1, len(codes)):
        into[i] = into[into[i]]
    return np.asarray(into[cell], dtype=np.int64)
