"""People who are on both sides under the same handle, with another id."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from graphnet.audits import EVIDENCE, Answer
from graphnet.audits._chance import interval, overlap
from graphnet.rows import FEW, Row, Side
from graphnet.rows._nulls import LEAST

if TYPE_CHECKING:
    from graphnet.crowds import Ints
    from graphnet.rows._common import Common

__all__ = ["SharedHandles", "linked"]


class SharedHandles(Row):
    """Do accounts of both sides have, or once had, the same handle?

    Weaker than an id: handles are given up and taken over, and on two platforms two people may have one.
    """

    name: ClassVar[str] = "shared_handles"
    title: ClassVar[str] = "the same handles under other ids"
    family: ClassVar[str] = "members"
    null: ClassVar[str] = "hypergeometric among all handles that two accounts with different ids have had"

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        if min(len(a.member), len(b.member)) < FEW:
            return f"insufficient data: {len(a.member):,} and {len(b.member):,} accounts, {FEW} are needed of each"
        pairs = linked(a.common, a.place, b.place)
        return None if len(pairs) else "not applicable: no handle was seen with two ids (weaker than an id in any case)"

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        common = a.common
        pairs = linked(common, a.place, b.place)
        mine, theirs = common.marked(a.member)[pairs[:, 0]], common.marked(b.member)[pairs[:, 1]]
        both = pairs[mine & theirs]
        expected, p = overlap(np.zeros(len(pairs), dtype=np.int64), mine, theirs)
        low, high = interval(len(both), len(pairs))
        rows = [
            {**common.row(i), "other_id": common.row(j)["account"], "certainty": "handle"} for i, j in both.tolist()
        ]
        return self.answer(
            f"{len(both):,} handles belong, or once belonged, to an account on each side, with different ids; "
            f"{expected:,.1f} expected of {len(pairs):,} handles with two ids; weaker than an id, since "
            "handles are taken over",
            float(len(both)), "handles", low=low * len(pairs), high=high * len(pairs), reference=expected,
            compared_with="expected among handles with two ids", p=p if len(both) >= LEAST else 1.0,
            evidence=rows[:EVIDENCE],
        )  # fmt: skip


def linked(common: Common, first: int, second: int) -> Ints:
    """Accounts of two studies (or of one) with one handle and different ids; handles of more accounts join nobody.

    Returns:
        Numbers of one account in each study; shape (pairs, 2). In one study each pair stands in both orders.
    """
    held = [_handles(common, place) for place in (first, second)]
    pairs = set()
    for name, accounts in held[0].items():
        other = held[1].get(name, set())
        together = {int(common.same[x]) for x in accounts | other}
        if len(together) == 2:
            pairs |= {(i, j) for i in accounts for j in other if common.same[i] != common.same[j]}
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def _handles(common: Common, place: int) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    book, start = common.books[place], common.start[place]
    for number, name in enumerate(book.names):
        if name:
            found[name.casefold()].add(start + number)
    for number, name in book.former:
        found[name.casefold()].add(start + number)
    return found
