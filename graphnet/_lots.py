"""Control groups of a group that other days judge: its members and accounts as active, of the same interests.

The exchanges are those of `graphnet.controls`, with cells of activity and interest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from graphnet.crowds import Crowds, Flags, Ints

if TYPE_CHECKING:
    from graphnet.controls import Exchange, Pool

__all__ = ["Draw", "Lots"]

BATCH = 2_000_000
"""Accounts of control groups held at once."""


@dataclass(frozen=True)
class Draw:
    """Some control groups.

    Attributes:
        crowds: The groups.
        words: What they are.
        alike: Whether the group is one of them as likely as any other, if nothing but activity and interest counts.
    """

    crowds: Crowds
    words: str
    alike: bool


@dataclass(frozen=True, eq=False)
class Lots:
    """Draws control groups in which members and accounts as active and of the same interests change places.

    Where nearly all accounts of an interest are members, these change places with accounts of other interests; if too
    few members have accounts as active that way, all change places with accounts of any interest; and if too few have
    any as active, there are random groups of others of the nearest activity, which are not alike. Too few is less than
    `graphnet.controls.ENOUGH`.

    Args:
        activity: Of each account, how often it did what is looked at; 0: it was not there.
        interest: Community of interest of each account.
        outside: Which accounts may be drawn.
    """

    activity: Ints
    interest: Ints
    outside: Flags

    def draw(self, group: Ints, count: int, seed: tuple[int, ...]) -> Iterator[Draw]:
        """Control groups in batches; nothing if there are too few accounts.

        Members who were not there have no pairs, and are left out of all groups.
        """
        from graphnet.controls import ENOUGH  # noqa: PLC0415  (scipy, which `import graphnet` should not pay for)

        group = group[self.activity[group] > 0]
        random = np.random.default_rng(seed)
        roomy = self._roomy(group)
        chosen = self._exchange(group, roomy)
        if chosen.share < ENOUGH:
            roomy = np.zeros(len(group), dtype=np.bool_)
            chosen = self._exchange(group, roomy)
        alike = chosen.share >= ENOUGH
        words = _words(chosen, roomy)
        batch = max(1, BATCH // max(len(group), 1))
        for low in range(0, count, batch):
            some = min(batch, count - low)
            rows = chosen.draw(random, some) if alike else self._nearest(group, some, random)
            if not len(rows):
                return
            # no account is in a row twice, so there is nothing to sort out
            start = np.arange(len(rows) + 1) * rows.shape[1]
            crowds = Crowds(np.arange(len(rows)), start, np.sort(rows, axis=1).ravel())
            yield Draw(crowds, words if alike else self._apart(group, rows), alike)

    def _roomy(self, group: Ints) -> Flags:
        """Which members change places within their community of interest."""
        from graphnet.controls import ENOUGH  # noqa: PLC0415

        have = np.bincount(self.interest[self._free], minlength=int(self.interest.max(initial=0)) + 1)
        need = np.bincount(self.interest[group], minlength=len(have))
        return np.asarray((have >= ENOUGH * (have + need))[self.interest[group]], np.bool_)

    def _exchange(self, group: Ints, roomy: Flags) -> Exchange:
        """Members of roomy interests change places within these, the others with accounts of all other interests."""
        from graphnet.controls import Exchange  # noqa: PLC0415

        same, rest = group[roomy], group[~roomy]
        taken = np.unique(self.interest[same])
        sides = self._by_interest.sides(same, self._cells[same])
        for mine, others in self._by_activity.sides(rest, self._strata[rest]):
            sides.append((mine, others[~np.isin(self.interest[others], taken)]))
        return Exchange(sides)

    def _nearest(self, group: Ints, count: int, random: np.random.Generator) -> Ints:
        return self._by_activity.draw(random, group, self._strata[group], count)

    def _apart(self, group: Ints, rows: Ints) -> str:
        mine, theirs = (float(np.median(self.activity[some])) for some in (group, rows))
        median = f"median {theirs:,.0f} things shared, here {mine:,.0f}"
        return f"compared with groups of other accounts of the nearest activity ({median})"

    @cached_property
    def _strata(self) -> Ints:
        """Stratum of activity of each account."""
        from graphnet.controls import activity_strata  # noqa: PLC0415

        return activity_strata(self.activity)

    @cached_property
    def _cells(self) -> Ints:
        return self.interest * (int(self._strata.max(initial=0)) + 1) + self._strata

    @cached_property
    def _free(self) -> Flags:
        return np.asarray(self.outside & (self.activity > 0), np.bool_)

    @cached_property
    def _by_interest(self) -> Pool:
        from graphnet.controls import Pool  # noqa: PLC0415

        return Pool.of(self._cells, self._free)

    @cached_property
    def _by_activity(self) -> Pool:
        from graphnet.controls import Pool  # noqa: PLC0415

        return Pool.of(self._strata, self._free)


def _words(chosen: Exchange, roomy: Flags) -> str:
    rest = ", the others with any" if not roomy.all() else ""
    return (
        "compared with groups in which members and accounts as active change places "
        f"({int(roomy.sum()):,} of {len(roomy):,} members within their interests{rest}); "
        f"{chosen.share * len(roomy):,.0f} of {len(roomy):,} are replaced in the mean"
    )
