"""Who had the shared texts first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from graphnet.audits import Answer
from graphnet.audits._chance import interval
from graphnet.crowds import Flags, Ints
from graphnet.plots import Bars, Plot
from graphnet.rows import Row, Side
from graphnet.rows._alike import evidence, nothing_known
from graphnet.rows._common import NO_TIME, Things
from graphnet.rows._nulls import chance
from graphnet.rows._texts import evidential, texts
from graphnet.safe import show

__all__ = ["WhoFirst"]

LEAST = 6
"""Fewer texts than this cannot tell: six of six have a p of .03."""


class WhoFirst(Row):
    """Which side had the texts first that both have?"""

    name: ClassVar[str] = "who_first"
    title: ClassVar[str] = "who copies whom"
    family: ClassVar[str] = "written"
    counts: ClassVar[bool] = False
    null: ClassVar[str] = (
        "the larger of two: each side is first as often as the other (sign test, two-sided); and groups in which "
        "accounts of a side and others like them change places, since a few accounts that repeat one another can have "
        "most of the texts; not counted, since who copies another needs no common control"
    )

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        things = a.common.things("text", written=True)
        return super().missing(a, b) or nothing_known(a, b, things, "own texts")

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        things = texts(a.common)
        lead = _lead(a, b, things)
        mine, theirs = int((lead > 0).sum()), int((lead < 0).sum())
        n = mine + theirs
        if n < LEAST:
            return self.answer(f"insufficient data: {n} texts with known times are on both sides, {LEAST} are needed")
        low, high = interval(mine, n)
        groups = [a.common.exchanged(side.own, side.place).groups for side in (a, b)]
        p = None
        if all(map(len, groups)):
            p = max(
                sign_test(mine, n), *(_chance(*turn) for turn in ((a, b, things, groups[0]), (b, a, things, groups[1])))
            )
        return self.answer(
            f"{show(a.name, 60)} was first with {mine:,} of {n:,} texts that both have, {show(b.name, 60)} with "
            f"{theirs:,}{'' if p else '; no p: too few accounts outside, as active and of the same interest'}",
            mine / n, "share", low=low, high=high, reference=0.5, compared_with="as often as the other",
            p=p, evidence=evidence(a, b, things, np.abs(lead).astype(np.float64)),
        )  # fmt: skip

    def plots(self, a: Side, b: Side) -> Sequence[Plot]:
        """Texts by who was first."""
        lead = _lead(a, b, texts(a.common))
        heights = (float((lead > 0).sum()), float((lead < 0).sum()))
        if not sum(heights):
            return ()
        return (
            Bars(
                "Texts that both have, by who was first", "side", "texts",
                "Who is first most of the time may be copied by the other.",
                heights=heights, labels=(show(a.name, 40), show(b.name, 40)),
                expected=(sum(heights) / 2,) * 2,
            ),
        )  # fmt: skip


def sign_test(x: int, n: int) -> float:
    """Two-sided p of x of n where each side is as likely.

    Example:
        >>> sign_test(6, 6), sign_test(3, 6)
        (0.03125, 1.0)
    """
    from scipy.special import bdtr  # noqa: PLC0415  (0.4 s that `import graphnet` should not pay)

    return min(1.0, 2 * float(bdtr(min(x, n - x), n, 0.5)))


def _chance(side: Side, other: Side, things: Things, groups: Ints) -> float:
    """P of a lead so far from even, where accounts of a side and others change places."""
    every = np.concatenate([side.own[None, :], groups])
    lead = leads(things, evidential(side, things), things.first(other.flags), every, side.common.width)
    return chance(float(abs(lead[0])), np.abs(lead[1:]).astype(np.float64))


def leads(things: Things, keep: Flags, other: Ints, groups: Ints, width: int) -> Ints:
    """With how many more things each group was later than the other side, which had them at these times."""
    rows = np.flatnonzero((keep & (other != NO_TIME))[things.thing] & (things.time != NO_TIME))
    rows = rows[np.lexsort((things.time[rows], things.thing[rows]))]
    account, thing = things.account[rows], things.thing[rows]
    late = np.sign(things.time[rows] - other[thing])
    found = np.zeros(len(groups), dtype=np.int64)
    for i, group in enumerate(groups):
        mine = np.zeros(width, dtype=np.bool_)
        mine[group] = True
        at = np.flatnonzero(mine[account])
        found[i] = late[at[np.diff(thing[at], prepend=-1) != 0]].sum()
    return found


def _lead(a: Side, b: Side, things: Things) -> np.ndarray:
    """By how many seconds the first side was ahead with each text; 0: not on both, the same second, or no time."""
    one, two = (things.first(side.flags) for side in (a, b))
    both = (one != NO_TIME) & (two != NO_TIME) & evidential(a, things)
    return np.where(both, np.where(both, two, 0) - np.where(both, one, 0), 0)
