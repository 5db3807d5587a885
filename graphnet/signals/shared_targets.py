"""Whom and what the members act on together: retweeted and followed accounts, links, tags, ….

A target is *distinctive* by its lift: the share of members who act on it over the share of the other accounts who do,
both among accounts that act in that way at all. The lift's interval (`graphnet.intervals.ratio`) is made to hold for
all targets of a group together, since the ones shown are picked from hundreds. Targets are ranked by the share of *all*
members times the logarithm of the interval's lower end: an account that everybody follows has a lift near 1 and comes
last; a target of fewer than three members is shown, but sets no group apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from graphnet.crowds import Crowds, Flags, Ints, Numbers, distinct
from graphnet.intervals import ratio
from graphnet.safe import show
from graphnet.signals import EVIDENCE, Finding, Signal, look_up
from graphnet.signals._targets import Targets, any_at_all, load
from graphnet.study import Study
from graphnet.words import count, percent

__all__ = ["SharedTargets"]

DOING = {
    "reply": ("reply", "reply to"),
    "mention": ("mention others", "mention"),
    "hashtag": ("use hashtags", "use"),
    "link": ("post links", "link to"),
    "domain": ("post links", "link to"),
    "media": ("post media", "post"),
}
"""Words for a kind: to do it at all, to do it to a target; the other kinds are verbs already."""


LEAST = 3
"""Fewest members whose target can set the group apart: any two accounts have something in common."""


@dataclass(frozen=True)
class Shared:
    """Targets of two members or more, one row a (community, target), the most distinctive first in each community."""

    group: Ints
    column: Ints
    members: Ints
    of: Ints
    others: Ints
    of_others: Ints
    low: Numbers
    high: Numbers
    rank: Numbers


@dataclass(frozen=True)
class SharedTargets(Signal[Targets]):
    """How alike the targets of a group's members are, and which targets set the group apart.

    The value of a community is the mean cosine of two members' targets, rare targets weighing more: 0 when no two
    members act on the same, 1 when all act on exactly the same. The value of an account is the share of its group's
    most distinctive targets that it acts on.

    Args:
        top: How many distinctive targets an account is held against.
    """

    name: ClassVar[str] = "shared_targets"
    title: ClassVar[str] = "acting on the same accounts, links and tags"
    unit: ClassVar[str] = "cosine"
    top: int = 10

    def missing(self, study: Study) -> str | None:
        """See `Signal.missing`."""
        return None if any_at_all(study) else "no account acts on anything"

    def load(self, study: Study, outside: Flags) -> Targets:
        """See `Signal.load`."""
        return load(study, len(outside))

    def statistic(self, data: Targets, crowds: Crowds) -> Numbers:
        """Mean cosine of two members: (|sum of their vectors|^2 - n) / (n (n - 1)), so no pair is looked at."""
        from graphnet.kernels.crowd_sums import squares  # noqa: PLC0415  (numba, half a second)

        length = squares(crowds.start, crowds.account, data.start, data.target, data.weight, data.length)
        acting = crowds.total((np.diff(data.start) > 0).astype(np.int64))
        weighing = crowds.total((data.length > 0).astype(np.int64))
        pairs = np.where(acting > 1, acting * (acting - 1.0), np.nan)
        return np.asarray(np.clip((length - weighing) / pairs, 0, 1), dtype=np.float64)

    def communities(self, data: Targets, groups: Crowds, values: Numbers) -> Iterator[Finding]:
        """See `Signal.communities`."""
        shared = _first(_shared(data, groups), EVIDENCE)
        rows = _evidence(data, shared)
        bounds = np.searchsorted(shared.group, np.arange(len(groups) + 1))
        for i, value in enumerate(values):
            found = rows[bounds[i] : bounds[i + 1]]
            yield self.of_community(int(groups.label[i]), value, _reason(value, found), found)

    def accounts(self, data: Targets, groups: Crowds) -> Iterator[Finding]:
        """See `Signal.accounts`."""
        shared = _shared(data, groups)
        shared = _first(_take(shared, shared.rank > 0), self.top)
        rows = _evidence(data, shared)
        bounds = np.searchsorted(shared.group, np.arange(len(groups) + 1))
        for i in range(len(groups)):
            columns, told = shared.column[bounds[i] : bounds[i + 1]], rows[bounds[i] : bounds[i + 1]]
            for account in groups.members(i).tolist():
                done = np.isin(columns, data.target[data.start[account] : data.start[account + 1]])
                yield self._account(account, [row for row, did in zip(told, done, strict=True) if did], len(told))

    def _account(self, account: int, done: list[dict[str, Any]], of: int) -> Finding:
        if not of:
            return self.of_account(account, np.nan, "not applicable: its group stands out by no target")
        reason = f"acts on {len(done)} of the {count(of, 'target')} by which its group stands out most"
        return self.of_account(account, len(done) / of, reason, done)


def _shared(data: Targets, groups: Crowds) -> Shared:
    """All targets of two members or more, ranked within each community."""
    member, target = data.acting(groups)
    of_group = groups.rows[member]
    (group, column), count = _counted(of_group, target)
    several = count >= 2
    group, column, members = group[several], column[several], count[several].astype(np.float64)
    kind = data.kind(column)
    of = _acting_in(data, groups, member, target)[group, kind]
    others, of_others = data.everyone[column] - members, data.active[kind] - of
    low, high = ratio(members, of, others, of_others, np.bincount(group, minlength=len(groups))[group])
    rank = np.where(members >= LEAST, members / groups.sizes[group] * np.log(np.fmax(low, 1)), 0)
    order = np.lexsort((column, -members, -rank, group))
    counts = [v.astype(np.int64) for v in (members, of, others, of_others)]
    return _take(Shared(group, column, counts[0], counts[1], counts[2], counts[3], low, high, rank), order)


def _acting_in(data: Targets, groups: Crowds, member: Ints, target: Ints) -> Numbers:
    """How many members of each group act in each way."""
    (member, kind), _ = distinct(member, data.kind(target))
    found = np.zeros((len(groups), len(data.kinds)))
    np.add.at(found, (groups.rows[member], kind), 1)
    return found


def _counted(*columns: Ints) -> tuple[list[Ints], Ints]:
    """The different rows of some columns, sorted, and how often each is there."""
    rows, place = distinct(*columns)
    return rows, np.bincount(place, minlength=len(rows[0]))


def _take(shared: Shared, which: Any) -> Shared:
    return Shared(*(getattr(shared, name)[which] for name in Shared.__dataclass_fields__))


def _first(shared: Shared, count: int) -> Shared:
    """The first rows of each community."""
    start = np.searchsorted(shared.group, shared.group)
    return _take(shared, np.arange(len(shared.group)) - start < count)


def _evidence(data: Targets, shared: Shared) -> list[dict[str, Any]]:
    """Rows for people: ids and names as text, shares and interval rounded."""
    code = data.code[shared.column]
    number, thing, kind = code % data.span, code // data.span % 2 > 0, data.kind(shared.column)
    accounts = look_up(data.study, "accounts", "id, name", number[~thing])
    objects = look_up(data.study, "objects", "id, kind", number[thing])
    rows = []
    for i, n in enumerate(number.tolist()):
        about = objects.get(n, {}) if thing[i] else accounts.get(n, {})
        inside = shared.members[i] / shared.of[i]
        compared = shared.of_others[i] > 0
        outside = shared.others[i] / shared.of_others[i] if compared else None
        rows.append(
            {
                "kind": data.kinds[kind[i]],
                "target": about.get("id"),
                "what": about.get("kind", "account"),
                "name": about.get("name"),
                "members": int(shared.members[i]),
                "of": int(shared.of[i]),
                "others": int(shared.others[i]),
                "inside": round(float(inside), 4),
                "outside": None if outside is None else round(float(outside), 6),
                "lift": round(float(inside / outside), 2) if outside else None,
                "low": round(float(shared.low[i]), 2) if compared else None,
                "high": round(float(shared.high[i]), 2) if np.isfinite(shared.high[i]) else None,
            }
        )
    return rows


def _reason(value: float, rows: list[dict[str, Any]]) -> str:
    if np.isnan(value):
        return "insufficient data: fewer than two members act on anything"
    start = f"the targets of two members are on average {value:.2f} alike (0: nothing in common, 1: the same)"
    if not rows:
        return f"{start}; no target is shared by two members"
    best = rows[0]
    sign, name = ("@", best["name"]) if best["name"] else ("#" * (best["what"] == "hashtag"), best["target"])
    at_all, act = DOING.get(best["kind"], (best["kind"],) * 2)
    told = f"{start}; of the {best['of']:,} members who {at_all}, {best['members']:,} {act} {show(f'{sign}{name}', 60)}"
    if best["outside"] is None:
        return f"{told}; no other account does so at all, so there is nothing to compare with"
    if best["low"] <= 1 or best["members"] < LEAST:
        return f"{start}; the group stands out by no target"
    others = percent(best["outside"]) if best["others"] else "none"
    return f"{told}, against {others} of the other accounts who do (at least {best['low']:,.1f} times as often)"
