"""Ties beyond chance between the two sides."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from graphnet.audits import EVIDENCE, Answer
from graphnet.rows import Row, Side
from graphnet.rows._exchange import Exchanged
from graphnet.rows._nulls import GROUPS, LEAST, NO_CONTROLS, beyond, chance, poisson_interval

__all__ = ["CrossTies"]

PASSING_ON = ("co_retweet", "fast_retweet", "co_retweet_account", "co_quote", "co_share")
"""Layers of passing on what others posted; what is written alike is asked elsewhere."""
FALSE = 0.01
"""Share of kept ties that may be false, by the rate at which they were kept."""


class CrossTies(Row):
    """Do accounts of one side act together with accounts of the other beyond interest and breaking news?

    Ties come from ``graphnet validate``: each is beyond what the interest of both accounts explains.
    """

    name: ClassVar[str] = "cross_ties"
    title: ClassVar[str] = "ties beyond chance from one side to the other"
    family: ClassVar[str] = "amplified"
    null: ClassVar[str] = (
        f"{GROUPS}, and no fewer than the share of kept ties that may be false (1 % of those of both sides, Poisson)"
    )

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        if a.place != b.place:
            return "not applicable: ties are sought within one study"
        if not a.study.has("ties"):
            return "not applicable: ties beyond chance were not sought. Run: graphnet validate"
        return super().missing(a, b)

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        layers = ", ".join(f"'{layer}'" for layer in PASSING_ON)
        rows = a.study.rows(
            f"select source, target, min(p) as p from ties where kept and layer in ({layers}) "
            "group by source, target order by p, source, target"
        )
        ends = np.stack([rows[n].to_numpy().astype(np.int64) for n in ("source", "target")])
        common = a.common
        mine, theirs = (common.controls(side.own, side.place) for side in (a, b))
        exchanged = [common.exchanged(side.own, side.place) for side in (a, b)]
        if not all(map(len, [mine, theirs, *(one.groups for one in exchanged)])):
            return self.answer(NO_CONTROLS)
        across = _across(ends, a.flags, b.flags)
        seen, touching = int(across.sum()), int((a.flags | b.flags)[ends].any(axis=0).sum())
        ways = [_means(ends, side.flags, groups) for side, groups in ((a, theirs), (b, mine))]
        like = [chance(seen, way) for way in ways]
        like += [_chance(ends, *turn) for turn in ((a, b, exchanged[0]), (b, a, exchanged[1]))]
        p = max(like)
        expected = max(*(float(way.mean()) for way in ways), FALSE * touching)
        low, high = poisson_interval(seen)
        shown = ends[:, across][:, :EVIDENCE].T.tolist()
        return self.answer(
            f"{seen:,} ties beyond chance lead from one side to the other, of {touching:,} that either has; "
            f"{expected:,.1f} expected",
            float(seen), "ties", low=low, high=high, reference=expected, compared_with="expected of like accounts",
            p=max(p, beyond(seen, expected)) if seen >= LEAST else 1.0,
            evidence=[{"one": common.row(i)["name"], "account": common.row(i)["account"],
                       "other": common.row(j)["name"], "other_account": common.row(j)["account"]} for i, j in shown],
        )  # fmt: skip


def _chance(ends: np.ndarray, side: Side, other: Side, exchanged: Exchanged) -> float:
    """P of so many ties to the other side, each by what its account does, where a side and others change places."""
    every = np.concatenate([side.own[None, :], exchanged.groups])
    ties = _means(ends, other.flags, every, exchanged.weight)
    return chance(float(ties[0]), ties[1:])


def _across(ends: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    return np.asarray((one[ends[0]] & two[ends[1]]) | (two[ends[0]] & one[ends[1]]))


def _means(ends: np.ndarray, fixed: np.ndarray, groups: np.ndarray, weight: np.ndarray | float = 1.0) -> np.ndarray:
    """Ties from the fixed side to each group, each by the weight of its account there."""
    ties = np.bincount(ends[1][fixed[ends[0]]], minlength=len(fixed))
    ties += np.bincount(ends[0][fixed[ends[1]]], minlength=len(fixed))
    return np.asarray((ties * weight)[groups].sum(axis=1))
