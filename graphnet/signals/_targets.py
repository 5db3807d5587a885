"""Who acts on what: all acts of all accounts in one table, from which control groups can be drawn.

The table is as wide as there are targets, and every account may be in some control group, so all of it is needed: four
bytes an act, 20 a target.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphnet.crowds import Crowds, Ints, Numbers
from graphnet.study import Study

__all__ = ["Targets", "any_at_all", "load"]

ACTS = """
from actions
where kind <> 'text' and kind <> 'hashtags'
    and coalesce(target, object) is not null and (target is null or target <> account)
"""
"""A text is the matter of another signal, a tag sequence repeats its tags."""
KINDS = f"select kind, max(coalesce(target, object)) as most {ACTS} group by kind order by kind"
ROWS = f"""
with acts as (
    select account, kind, case when target is null then 1 else 0 end as thing, coalesce(target, object) as number {ACTS}
), kinds as (
    select kind, cast(row_number() over (order by kind) - 1 as bigint) as place from (select distinct kind from acts) d
)
select distinct a.account, (k.place * 2 + a.thing) * {{span}} + a.number as code
from acts a join kinds k on k.kind = a.kind
"""
"""Once per account and target. One number for kind, accounts-or-objects and target puts the targets in one order."""
SOME = 100_000
"""Accounts whose weights are held at once."""


@dataclass(frozen=True)
class Targets:
    """Who acts on what: all acts of all accounts, which control groups may be drawn from, at four bytes each.

    Attributes:
        study: Where names are looked up.
        start: Where the targets of each account start; one longer than the number of accounts.
        target: Places in ``code``, ascending within each account.
        kinds: The kinds' names.
        active: How many accounts act in each of the ways ``kinds``.
        span: Above all numbers of accounts and objects.
        code: Of each target (of one kind): (place in ``kinds`` * 2 + whether it is an object) * ``span`` + our number.
        everyone: How many accounts act on each target.
        weight: ln(the kind's accounts / the target's): rare targets weigh more.
        length: Of each account: of its row of weights.
    """

    study: Study
    start: Ints
    target: npt.NDArray[np.int32]
    kinds: list[str]
    active: Numbers
    span: int
    code: Ints
    everyone: npt.NDArray[np.int32]
    weight: Numbers
    length: Numbers

    @classmethod
    def of(cls, study: Study, accounts: int, kinds: Mapping[str, int], rows: pa.Table) -> Targets:
        """From rows (account, code) in any order, each once.

        Args:
            study: Where names are looked up.
            accounts: Number of accounts.
            kinds: Of each kind the largest number of a target.
            rows: The rows.
        """
        span = max(kinds.values(), default=0) + 1
        every = rows["code"].to_numpy()
        code = np.unique(every)
        # one number a row is sorted in place, pairs would need several times as much
        pair = np.searchsorted(code, every)
        pair += rows["account"].to_numpy() * len(code)
        pair.sort()
        start = np.searchsorted(pair, np.arange(accounts + 1) * len(code)).astype(np.int64)
        target = (pair % max(len(code), 1)).astype(np.int32)
        everyone = np.bincount(target, minlength=len(code)).astype(np.int32)
        kind = code // (2 * span)
        active = _active(start, target, np.searchsorted(kind, np.arange(len(kinds) + 1)))
        weight = np.log(active[kind] / everyone)
        return cls(
            study, start, target, list(kinds), active, span, code, everyone, weight, _lengths(start, target, weight)
        )

    def kind(self, target: Ints) -> Ints:
        """Place in ``kinds`` of some targets."""
        return self.code[target] // (2 * self.span)

    def acting(self, groups: Crowds) -> tuple[Ints, Ints]:
        """The members' acts, one row each: place in ``groups.account``, and target."""
        sizes = np.diff(self.start)[groups.account]
        member = np.repeat(np.arange(len(groups.account)), sizes)
        before = np.cumsum(sizes) - sizes
        return member, self.target[(self.start[groups.account] - before)[member] + np.arange(len(member))]


def any_at_all(study: Study) -> bool:
    """Whether any account acts on anything."""
    return bool(study.rows(f"select 1 {ACTS} limit 1").num_rows)


def load(study: Study, accounts: int) -> Targets:
    """The acts of a study with so many accounts."""
    found = study.rows(KINDS)
    kinds = dict(zip(found["kind"].to_pylist(), found["most"].to_pylist(), strict=True))
    rows = study.rows(ROWS.format(span=max(kinds.values(), default=0) + 1))
    return Targets.of(study, accounts, kinds, rows)


def _active(start: Ints, target: npt.NDArray[np.int32], first: Ints) -> Numbers:
    """How many accounts act in each way; the targets of a kind start at ``first``."""
    some = start[:-1][np.diff(start) > 0]
    inside = ((low <= target) & (target < high) for low, high in pairwise(first.tolist()))
    return np.array([np.logical_or.reduceat(of, some).sum() if len(some) else 0 for of in inside], np.float64)


def _lengths(start: Ints, target: npt.NDArray[np.int32], weight: Numbers) -> Numbers:
    """Length of each account's row of weights, some accounts at a time."""
    found = np.zeros(len(start) - 1)
    for low in range(0, len(found), SOME):
        bounds = start[low : low + SOME + 1]
        weights = weight[target[bounds[0] : bounds[-1]]]
        counts = np.diff(np.append(0, np.cumsum(weights > 0))[bounds - bounds[0]])
        weights = weights[weights > 0]
        acting = np.flatnonzero(counts)
        if len(acting):
            first = (np.cumsum(counts) - counts)[acting]
            found[low + acting] = np.sqrt(np.add.reduceat(weights * weights, first))
    return found
