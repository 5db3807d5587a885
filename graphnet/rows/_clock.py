"""Hours of two sides day by day, without what both of them share and without what everybody does.

Each day of a side is a line of 144 ten-minute bins (accounts active in each). The side's mean day is taken off, then
what the others do that day, and every day is scaled to length 1, so that a busy day weighs no more than a quiet one.
What is left is how a day differs from the side's usual one. If one hand is behind both sides, these differences go
together on the same day and not on different days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphnet.crowds import Flags, Ints, Numbers
from graphnet.rows._common import NO_TIME, Common
from graphnet.rows._texts import texts

if TYPE_CHECKING:
    from graphnet.rows import Side

__all__ = ["BIN", "DAYS", "LAGS", "Clock", "clock", "together"]

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
    alone = ~_shared(a, b, account, time)
    mine = [side.flags[account] & alone for side in (a, b)]
    outside = a.common.outside[account]
    days = np.unique(time // DAY)
    lines = [_lines(account[rows], time[rows], days) for rows in (*mine, outside)]
    enough = ((lines[0] > 0).sum(axis=1) >= ENOUGH) & ((lines[1] > 0).sum(axis=1) >= ENOUGH)
    weekend = ((days[enough] + 3) % 7 >= 5).astype(np.int64)
    left = [_left(np.sqrt(line[enough]), weekend) for line in lines]
    one, two = (_without(side, left[2]) for side in left[:2])
    return Clock(days[enough], one, two)


def _events(common: Common) -> tuple[Ints, Ints]:
    if "events" not in common.held:
        pieces = [study.rows(f"select distinct account, time from ({EVENTS})") for study in common.studies]
        account = [common.start[k] + p["account"].to_numpy().astype(np.int64) for k, p in enumerate(pieces)]
        time = [p["time"].to_numpy().astype(np.int64) for p in pieces]
        common.held["events"] = np.concatenate(account), np.concatenate(time)
    found: tuple[Ints, Ints] = common.held["events"]
    return found


def _shared(a: Side, b: Side, account: Ints, time: Ints) -> Flags:
    """Which events are about something that both sides acted on, or about an account of the two."""
    common = a.common
    members = ~common.outside
    bad: list[Ints] = []
    for things in (common.things(*ACTED), texts(common)):
        both = (things.users(a.flags) > 0) & (things.users(b.flags) > 0)
        about = both | ((things.author >= 0) & members[np.maximum(things.author, 0)])
        rows = about[things.thing] & (things.time != NO_TIME) & (a.flags | b.flags)[things.account]
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
