"""Hours of two sides day by day, without what both of them share and without what everybody does.

Each day of a side is a line of 144 ten-minute bins (accounts active in each). The side's mean day is taken off, then
what the others do that day, and every day is scaled to length 1, so that a busy day weighs no more than a quiet one.
What is left is how a day differs from the side's usual one. If one hand is behind both sides, these differences go
together on the same day and not on different days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphnet.crowds import Flags, Ints, Numbers, incidence, sums
from graphnet.rows._common import NO_TIME, Common, crowds
from graphnet.rows._nulls import chance
from graphnet.rows._texts import texts

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from graphnet.rows import Side

__all__ = ["BIN", "DAYS", "LAGS", "Clock", "among_exchanged", "clock", "together"]

BIN = 600
DAY = 86_400
BINS = DAY // BIN
LAGS = 6
"""Bins by which one side may be ahead: an hour."""
DAYS = 10
"""Fewest days: there are 3.6 million orders of ten days."""
ENOUGH = 5
"""Fewest active bins of a day that counts."""
EVENTS = """
select account, time from posts where time is not null
union all
select account, time from actions where post is null and time is not null and kind <> 'follow'
"""
ACTED = ("retweet", "quote", "reply", "share", "link", "media")


@dataclass(frozen=True, eq=False)
class Clock:
    """The differences of both sides on the days that count.

    Attributes:
        days: Days since 1970.
        one, two: What is left of each side; shape (days, 144), each row of length 1.
    """

    days: Ints
    one: Numbers
    two: Numbers


def clock(a: Side, b: Side) -> Clock:
    """The differences of both sides; no days where times are not known."""
    common = a.common
    if ("clock", id(a), id(b)) not in common.held:
        common.held["clock", id(a), id(b)] = _clock(a, b)
    found: Clock = common.held["clock", id(a), id(b)]
    return found


def _clock(a: Side, b: Side) -> Clock:
    account, time = _events(a.common)
    alone = ~_shared(a.common, a.flags | b.flags, (a.flags, b.flags), account, time)
    mine = [side.flags[account] & alone for side in (a, b)]
    outside = a.common.outside[account]
    days = np.unique(time // DAY)
    lines = [_lines(account[rows], time[rows], days) for rows in (*mine, outside)]
    enough = ((lines[0] > 0).sum(axis=1) >= ENOUGH) & ((lines[1] > 0).sum(axis=1) >= ENOUGH)
    left = [_left(np.sqrt(line[enough]), _weekend(days[enough])) for line in lines]
    one, two = (_without(side, left[2]) for side in left[:2])
    return Clock(days[enough], one, two)


def _weekend(days: Ints) -> Ints:
    return np.asarray((days + 3) % 7 >= 5, dtype=np.int64)


def _events(common: Common) -> tuple[Ints, Ints]:
    if "events" not in common.held:
        pieces = [study.rows(f"select distinct account, time from ({EVENTS})") for study in common.studies]
        account = [common.start[k] + p["account"].to_numpy().astype(np.int64) for k, p in enumerate(pieces)]
        time = [p["time"].to_numpy().astype(np.int64) for p in pieces]
        common.held["events"] = np.concatenate(account), np.concatenate(time)
    found: tuple[Ints, Ints] = common.held["events"]
    return found


def _shared(common: Common, who: Flags, sides: Sequence[Flags], account: Ints, time: Ints) -> Flags:
    """Which events of some accounts are about something that all sides acted on, or about an account of the two."""
    members = ~common.outside
    bad: list[Ints] = []
    for things in (common.things(*ACTED), texts(common)):
        both = np.logical_and.reduce([things.users(flags) > 0 for flags in sides])
        about = both | ((things.author >= 0) & members[np.maximum(things.author, 0)])
        rows = about[things.thing] & (things.time != NO_TIME) & who[things.account]
        bad.append(np.stack([things.account[rows], things.time[rows]]))
    pairs = np.unique(np.concatenate(bad, axis=1), axis=1)
    if not pairs.shape[1]:
        return np.zeros(len(account), dtype=np.bool_)
    span = 1 + int(max(time.max(initial=0), pairs[1].max())) - (low := int(min(time.min(initial=0), pairs[1].min())))
    return np.isin(account * span + time - low, pairs[0] * span + pairs[1] - low)


def _lines(account: Ints, time: Ints, days: Ints) -> Numbers:
    """Accounts active in each ten minutes of each day."""
    seen = np.unique(np.stack([time // BIN, account]), axis=1)[0]
    found = np.zeros((len(days), BINS))
    np.add.at(found, (np.searchsorted(days, seen // BINS), seen % BINS), 1)
    return found


def _left(lines: Numbers, weekend: Ints) -> Numbers:
    """Each day less the mean day of its kind; where a kind has under four days, less the mean of all."""
    if not len(lines):
        return lines
    usual = np.repeat(lines.mean(axis=0)[None, :], len(lines), axis=0)
    for kind in (0, 1):
        some = weekend == kind
        if some.sum() >= 4:
            usual[some] = lines[some].mean(axis=0)
    found = lines - usual
    return np.asarray(found - found.mean(axis=1, keepdims=True))


def _without(lines: Numbers, others: Numbers) -> Numbers:
    """Each day less what goes with the others' on that day, scaled to length 1."""
    share = (lines * others).sum(axis=1) / np.maximum((others**2).sum(axis=1), 1e-12)
    found = lines - share[:, None] * others
    return np.asarray(found / np.maximum(np.sqrt((found**2).sum(axis=1)), 1e-12)[:, None])


def among_exchanged(a: Side, b: Side) -> float:
    """P of sides that go together as far, where accounts of one and others like them change places; 0: there are none.

    Breaking news and open campaigns move more than the few accounts of a side.
    """
    found, p = clock(a, b), 0.0
    for side, other, fixed in ((a, b, found.two), (b, a, found.one)):
        groups = a.common.exchanged(side.own, side.place).groups
        if not len(groups):
            return 0.0
        curves = _curves(side, other, found.days, fixed, np.concatenate([side.own[None, :], groups]))
        p = max(p, chance(float(curves[0]), curves[1:]))
    return p


def _curves(side: Side, other: Side, days: Ints, fixed: Numbers, groups: Ints) -> Numbers:
    """How far each group goes together with the other side at the best lag; what is not in it is what others do."""
    common = side.common
    account, time = _events(common)
    who = common.outside | side.flags
    some = who[account] & np.isin(time // DAY, days)
    alone = some & ~_shared(common, who, (other.flags,), account, time)
    column = np.searchsorted(days, time // DAY) * BINS + time % DAY // BIN
    shape = (common.width, len(days) * BINS)
    tables = [incidence(account[rows], column[rows], shape) for rows in (alone, some)]
    for table in tables:
        table.data[:] = 1
    every = who.astype(np.float64) @ tables[1]
    weekend = _weekend(days)
    lagged = np.stack([np.roll(fixed, lag, axis=1).ravel() for lag in range(-LAGS, LAGS + 1)]) / max(len(days), 1)
    found = np.empty(len(groups))
    for (where, held), (_, acted) in zip(*(sums(crowds(groups), table) for table in tables), strict=True):
        for i in range(held.shape[0]):
            mine, rest = (np.sqrt(x).reshape(-1, BINS) for x in (_row(held, i), every - _row(acted, i)))
            left = _without(_left(mine, weekend), _left(rest, weekend))
            found[where.start + i] = (lagged * left.ravel()).sum(axis=1).max()
    return found


def _row(table: csr_array, i: int) -> Numbers:
    found = np.zeros(table.shape[1])
    low, high = table.indptr[i : i + 2]
    found[table.indices[low:high]] = table.data[low:high]
    return found


def together(one: Numbers, two: Numbers, rounds: int, seed: int) -> tuple[float, int, float, float, Numbers]:
    """How far the same days go together, against the days of one side in random order.

    Args:
        one: Days of one side, each of length 1.
        two: Those of the other.
        rounds: How many random orders.
        seed: Same seed, same orders.

    Returns:
        Mean correlation of the same days at the best lag; that lag in bins (above 0: the second is later); the mean of
        the random orders; p; the correlation at each lag.
    """
    lags = np.arange(-LAGS, LAGS + 1)
    every = np.stack([one @ np.roll(two, -lag, axis=1).T for lag in lags])
    n = len(one)
    curve = every[:, np.arange(n), np.arange(n)].mean(axis=1)
    rng = np.random.default_rng((seed, 2))
    orders = np.argsort(rng.random((rounds, n)), axis=1)
    found = np.empty(rounds)
    for i, order in enumerate(orders):
        found[i] = every[:, np.arange(n), order].mean(axis=1).max()
    best = int(curve.argmax())
    p = (1 + int((found >= curve[best] - 1e-12).sum())) / (1 + rounds)
    return float(curve[best]), int(lags[best]), float(found.mean()), p, curve
