"""Random groups of accounts that are as active as a group and of the same interests.

Other than the groups of `graphnet.controls`, which serve many figures, these are matched by interest, too, and never
hold members of other groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphnet.crowds import Crowds, Flags, Ints

if TYPE_CHECKING:
    from graphnet.controls import Pool

__all__ = ["Draw", "Lots"]

BATCH = 2_000_000
"""Accounts of control groups held at once."""
ROOM, SPREAD = 2, 20
"""Accounts of like interests to draw from: this many times those needed, and this many."""
APART = 3
"""Control groups whose typical activity is further off than by this factor are not alike."""
ANY = -1
"""Stands for accounts of any interest."""


@dataclass(frozen=True)
class Draw:
    """Some control groups.

    Attributes:
        crowds: The groups.
        words: What they are.
        alike: Whether they are about as active as the group.
    """

    crowds: Crowds
    words: str
    alike: bool


class Lots:
    """Draws control groups: each member is replaced by an account as active and of the same interests.

    Where a community of interest has too few accounts outside the groups, its members are replaced by accounts of any.

    Args:
        activity: Actions of each account.
        interest: Community of interest of each account.
        outside: Which accounts may be drawn.
    """

    def __init__(self, activity: Ints, interest: Ints, outside: Flags) -> None:
        from graphnet.controls import activity_strata  # noqa: PLC0415  (scipy, which `import graphnet` should not pay for)

        self.activity, self.interest = activity, interest
        self.strata = activity_strata(activity)
        self.free = outside & (activity > 0)
        self.room = np.bincount(interest[self.free], minlength=int(interest.max(initial=0)) + 1)
        self.pools: dict[int, Pool] = {}

    def draw(self, group: Ints, count: int, seed: tuple[int, ...]) -> Iterator[Draw]:
        """Control groups in batches; nothing if there are too few accounts.

        Members who are not there on these days have no pairs, and are not replaced. Where accounts of the same
        interests are far less active, accounts of any interest are taken if these are nearer.
        """
        group = group[self.activity[group] > 0]
        random = np.random.default_rng(seed)
        batch = max(1, BATCH // len(group))
        any_of = np.full(len(group), ANY)
        of = self._interests(group)
        tried = [
            (self._apart(group, self._rows(group, way, 50, np.random.default_rng(seed))), way) for way in (of, any_of)
        ]
        of = of if tried[0][0] <= max(APART, tried[1][0]) else any_of
        rest = ", the others by any" if (of == ANY).any() else ""
        words = f"{(of != ANY).sum()} of {len(group)} members replaced by accounts of the same interests{rest}"
        for low in range(0, count, batch):
            rows = self._rows(group, of, min(batch, count - low), random)
            if not len(rows):
                return
            mine, theirs = np.median(self.activity[group]), np.median(self.activity[rows])
            told = f"compared with groups of accounts (median {theirs:,.0f} actions, here {mine:,.0f}); {words}"
            labels = np.repeat(np.arange(len(rows)), rows.shape[1])
            yield Draw(Crowds.of(labels, rows.ravel()), told, self._apart(group, rows) <= APART)

    def _interests(self, group: Ints) -> Ints:
        """The community of interest from which each member is replaced."""
        need = np.bincount(self.interest[group], minlength=len(self.room))
        roomy = self.room >= np.maximum(ROOM * need, SPREAD)
        return np.where(roomy[self.interest[group]], self.interest[group], ANY)

    def _rows(self, group: Ints, of: Ints, count: int, random: np.random.Generator) -> Ints:
        """Accounts to replace the members, one row a control group; no rows if there are too few."""
        parts = [(self._pool(int(c)), group[of == c]) for c in np.unique(of)]
        rows = [pool.draw(random, own, self.strata[own], count) for pool, own in parts]
        return np.hstack(rows) if all(len(some) == count for some in rows) else np.empty((0, len(group)), np.int64)

    def _pool(self, interest: int) -> Pool:
        from graphnet.controls import Pool  # noqa: PLC0415

        if interest not in self.pools:
            who = self.free if interest == ANY else self.free & (self.interest == interest)
            self.pools[interest] = Pool.of(self.strata, who)
        return self.pools[interest]

    def _apart(self, group: Ints, rows: Ints) -> float:
        """By what factor the typical activity of these accounts differs from the group's; infinite: there are none."""
        if not len(rows):
            return float("inf")
        mine, theirs = (float(np.median(self.activity[some])) + 1 for some in (group, rows))
        return max(mine / theirs, theirs / mine)
