"""How closely in time the members act on the same things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from graphnet.crowds import Crowds, Flags, Ints, Numbers
from graphnet.signals import EVIDENCE, Finding, Rows, Signal, look_up
from graphnet.study import Study
from graphnet.words import count, percent, span

__all__ = ["Pace"]

TIES = """
select case when source < target then source else target end as a,
    case when source < target then target else source end as b,
    min(quickest) as quickest, max(shared) as shared
from pairs where quickest is not null and source <> target
group by case when source < target then source else target end, case when source < target then target else source end
order by a, b
"""


@dataclass(frozen=True)
class Ties:
    """Pairs of accounts tied in any layer that knows times: the two, their smallest gap, objects shared."""

    study: Study
    a: Ints
    b: Ints
    quickest: Ints
    shared: Ints
    width: int


@dataclass(frozen=True)
class Pace(Signal[Ties]):
    """Share of the tied pairs that were within a few seconds of one another at least once.

    Random groups have hardly any ties, so there are no control groups; the ties of the study that lie outside any
    community stand beside the figure. Breaking news brings strangers within seconds of one another too.

    Args:
        within: The few seconds.
    """

    name: ClassVar[str] = "pace"
    title: ClassVar[str] = "how closely in time they act"
    unit: ClassVar[str] = "share of ties"
    compared: ClassVar[bool] = False
    within: int = 10

    def missing(self, study: Study) -> str | None:
        """See `Signal.missing`."""
        found = study.rows("select 1 from pairs where quickest is not null limit 1").num_rows
        return None if found else "the ties carry no times"

    def load(self, study: Study, outside: Flags) -> Ties:
        """See `Signal.load`."""
        rows = study.rows(TIES)
        a, b, quickest, shared = (rows[name].to_numpy() for name in ("a", "b", "quickest", "shared"))
        return Ties(study, a, b, quickest, shared, len(outside))

    def statistic(self, data: Ties, crowds: Crowds) -> Numbers:
        """Ties within the few seconds over all ties with times; NaN for groups without any."""
        ties = _inside(data, crowds)
        of, fast = (np.bincount(ties[kept], minlength=len(crowds) + 1)[:-1] for kept in (..., self._fast(data)))
        return np.where(of > 0, fast / np.maximum(of, 1), np.nan)

    def _fast(self, data: Ties) -> Any:
        return data.quickest <= self.within

    def communities(self, data: Ties, groups: Crowds, values: Numbers) -> Iterator[Finding]:
        """See `Signal.communities`; the evidence is the quickest pairs."""
        place, fast = _inside(data, groups), self._fast(data)
        loose, inside = fast[place == len(groups)], np.flatnonzero(place < len(groups))
        order = inside[np.lexsort((-data.shared[inside], data.quickest[inside], place[inside]))]
        bounds = np.searchsorted(place[order], np.arange(len(groups) + 1))
        names = look_up(data.study, "accounts", "id, name", groups.account)
        for i, value in enumerate(values):
            ties = order[bounds[i] : bounds[i + 1]]
            if np.isnan(value):
                yield self.of_community(int(groups.label[i]), value, "not applicable: its ties carry no times")
                continue
            reason = (
                f"{fast[ties].sum():,} of {count(len(ties), 'tied pair')} were within {self.within} s of "
                f"one another at least once; half of the pairs within {span(float(np.median(data.quickest[ties])))}"
            )
            if len(loose):
                reason += f"; of the {len(loose):,} ties between communities or outside them, {percent(loose.mean())}"
            yield self.of_community(int(groups.label[i]), value, reason, _evidence(data, ties[:EVIDENCE], names))

    def accounts(self, data: Ties, groups: Crowds) -> Iterator[Finding]:
        """See `Signal.accounts`."""
        inside = _inside(data, groups) < len(groups)
        ends = np.concatenate([data.a[inside], data.b[inside]])
        fast = np.concatenate([self._fast(data)[inside]] * 2)
        of, quick = np.bincount(ends, minlength=data.width), np.bincount(ends[fast], minlength=data.width)
        for account in groups.account.tolist():
            if not of[account]:
                yield self.of_account(account, np.nan, "not applicable: its ties carry no times")
                continue
            ties = count(int(of[account]), "tie")
            reason = (
                f"within {self.within} s of the other at least once in {quick[account]:,} of {ties} inside its group"
            )
            yield self.of_account(account, quick[account] / of[account], reason)


def _inside(data: Ties, groups: Crowds) -> Ints:
    """For each tie the place of the group that holds both ends; the number of groups if none does."""
    place = groups.places(data.width)
    return np.where((place[data.a] == place[data.b]) & (place[data.a] >= 0), place[data.a], len(groups))


def _evidence(data: Ties, ties: Ints, about: Rows) -> list[dict[str, Any]]:
    a, b, gap, shared = (column[ties].tolist() for column in (data.a, data.b, data.quickest, data.shared))
    return [
        {
            "a": about[i]["id"],
            "a_name": about[i]["name"],
            "b": about[j]["id"],
            "b_name": about[j]["name"],
            "gap": gap[n],
            "shared": shared[n],
        }
        for n, (i, j) in enumerate(zip(a, b, strict=True))
    ]
