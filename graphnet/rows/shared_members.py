"""Accounts that are on both sides."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from graphnet.audits import EVIDENCE, Answer
from graphnet.audits._chance import interval, overlap
from graphnet.rows import FEW, Row, Side
from graphnet.rows._nulls import LEAST

__all__ = ["SharedMembers"]


class SharedMembers(Row):
    """Are more accounts on both sides than interest and activity explain?

    Of two studies only accounts that are in both can be on both sides; they are the population.
    """

    name: ClassVar[str] = "shared_members"
    title: ClassVar[str] = "the same accounts"
    family: ClassVar[str] = "members"
    null: ClassVar[str] = (
        "hypergeometric among accounts of the same interest and activity (in both studies, where there are two), the "
        "strata added up"
    )

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        if a.community and b.community and a.place == b.place:
            return "not applicable: communities of one study never have a member in common"
        if min(len(a.member), len(b.member)) < FEW:
            return f"insufficient data: {len(a.member):,} and {len(b.member):,} accounts, {FEW} are needed of each"
        if a.place != b.place and not (a.common.same[a.common.of_place(1)] < a.common.start[1]).any():
            return "not applicable: no account is in both studies (other platforms, or ids hashed with a key)"
        return None

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        common = a.common
        both = np.intersect1d(common.same[a.member], common.same[b.member])
        strata, mine, theirs = _population(a, b)
        expected, p = overlap(strata, mine, theirs)
        n = min(len(a.member), len(b.member))
        low, high = interval(len(both), n)
        return self.answer(
            f"{len(both):,} accounts are on both sides, of {len(a.member):,} and {len(b.member):,} "
            f"({len(both) / n:.0%} of the smaller); {expected:,.1f} expected",
            float(len(both)), "accounts", low=low * n, high=high * n, reference=expected,
            compared_with="expected of accounts as active and of the same interest",
            p=p if len(both) >= LEAST else 1.0, evidence=a.rows(both[:EVIDENCE].tolist()),
        )  # fmt: skip


def _population(a: Side, b: Side) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Strata, and who is on which side, of the accounts that could be on both."""
    common = a.common
    if a.place == b.place:
        numbers = np.arange(common.width)
        cells = common.cells(a.place)
        return cells, common.marked(a.member), common.marked(b.member)
    numbers = common.start[1] + np.flatnonzero(common.same[common.of_place(1)] < common.start[1])
    firsts = common.same[numbers]
    one, two = (a, b) if a.place == 0 else (b, a)
    pairs = common.cells(0)[firsts] * (1 + int(common.cells(1).max())) + common.cells(1)[numbers]
    _, strata = np.unique(pairs, return_inverse=True)
    return strata, common.marked(one.member)[firsts], common.marked(two.member)[numbers]
