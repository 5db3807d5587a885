"""Followers gained a day: the usual level, and the days on which the level changes.

Gains are counted over stretches of whole days, mostly of one day. A stretch of k days is the sum of k days, so under a
negative binomial model (mean m and size r a day) it is negative binomial with mean km and size kr, and the cost of a
segment needs the sums of gains and of days only.

Example:
    >>> gains = np.array([10.0] * 30 + [90.0] * 3 + [11.0] * 20)
    >>> changes(gains, np.ones(53))
    [30, 33]
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from graphnet.crowds import Flags, Ints, Numbers

__all__ = ["Gains", "Level", "Segment", "changes", "from_counts", "from_dates", "level", "segments"]

PENALTY = 3.0
"""A change has to be worth this many times ln n in twice the log likelihood (Zhang & Siegmund 2007: a change costs its
place as well as its level). Of 100 series of 90 quiet days 0 or 1 showed any change, weekly waves of 30 % included."""
POISSON = 1e6
"""Size of the negative binomial from which on it is a Poisson distribution for any gain that occurs."""
WITHIN = 1.92
"""Days whose log likelihood is this much lower fit nearly as well (95 % of a chi-squared with 1 d.f., halved)."""
APART = 2.0
"""Segments this many times above or below the median are not part of the usual level."""


@dataclass(frozen=True, eq=False)
class Gains:
    """Followers gained, in stretches of whole days.

    Attributes:
        day: First day of each stretch, since 1970 (UTC), ascending.
        days: Length of each stretch.
        gain: Followers gained in it; negative where more left than came.
    """

    day: Ints
    days: Numbers
    gain: Numbers

    @property
    def rate(self) -> Numbers:
        """Followers gained a day."""
        return self.gain / self.days


@dataclass(frozen=True)
class Level:
    """A usual level: the median of the daily gains with its 95 % interval, from so many stretches."""

    median: float
    mean: float
    low: float
    high: float
    size: int


@dataclass(frozen=True)
class Segment:
    """Days of one level.

    Attributes:
        start, end: First stretch, and the one behind the last.
        mean: Followers a day.
        low, high: 95 % interval of the mean under the negative binomial model.
        earliest, latest: Where else the segment could begin: first stretches that fit nearly as well.
    """

    start: int
    end: int
    mean: float
    low: float
    high: float
    earliest: int
    latest: int


def from_counts(day: Ints, followers: Numbers) -> Gains:
    """Gains from counts: what was gained since the count before belongs to the days after that one.

    Args:
        day: Day of each count; several of one day: the last in order is taken.
        followers: Number of followers.
    """
    order = np.argsort(day, kind="stable")
    day, followers = day[order], followers[order]
    last = np.append(day[1:] != day[:-1], True) if len(day) else np.zeros(0, dtype=bool)
    day, followers = day[last], followers[last]
    return Gains(day[:-1] + 1, np.diff(day).astype(np.float64), np.diff(followers))


def from_dates(followed: Numbers) -> Gains:
    """Gains from follow dates (seconds): followers of each day who are followers still.

    The first and the last day are left out: the list cuts them.
    """
    days = (followed[~np.isnan(followed)] // 86400).astype(np.int64)
    if not len(days) or days.max() - days.min() < 2:
        return Gains(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    gain = np.bincount(days - days.min())[1:-1].astype(np.float64)
    return Gains(np.arange(days.min() + 1, days.max()), np.ones(len(gain)), gain)


def level(rates: Numbers) -> Level | None:
    """Median with the distribution-free interval that order statistics give; None for fewer than 6 days.

    Example:
        >>> level(np.arange(1.0, 21.0))
        Level(median=10.5, mean=10.5, low=6.0, high=15.0, size=20)
    """
    from scipy.stats import binom  # noqa: PLC0415

    n = len(rates)
    if n < 6:
        return None
    held = np.sort(rates)
    below = int(binom.ppf(0.025, n, 0.5))
    low, high = held[max(below - 1, 0)], held[min(n - below, n - 1)]
    return Level(float(np.median(held)), float(held.mean()), float(low), float(high), n)


def usual(gains: Gains, found: list[Segment]) -> Flags:
    """Which stretches belong to the usual level: those outside the segments that stand out."""
    means = np.repeat([s.mean for s in found], [s.end - s.start for s in found])
    middle = float(np.median(gains.rate)) if len(gains.gain) else 0.0
    return np.asarray((means < APART * max(middle, 1)) & (means > middle / APART), dtype=np.bool_)


# Change points -------------------------------------------------------------------------------------------------------


def size(gain: Numbers, days: Numbers) -> float:
    """Size r of the negative binomial (variance m + m²/r a day), from the differences of neighbouring days.

    Differences and a median do not see a jump or two; the spread of the smaller nine tenths of the differences stands
    in where most days are alike.
    """
    rate = gain / days
    apart = np.sort(np.abs(np.diff(rate)))
    if not len(apart):
        return POISSON
    middle = (1.4826 * np.median(apart)) ** 2 / 2
    # .623: what is left of a normal variable's variance when its largest tenth is cut off
    trimmed = np.mean(apart[: max(int(0.9 * len(apart)), 1)] ** 2) / 0.623 / 2
    usual = max(float(np.median(rate)), float(np.mean(np.sort(rate)[: max(int(0.9 * len(rate)), 1)])))
    over = max(middle, float(trimmed)) - usual
    return min(usual**2 / over, POISSON) if over > 0 and usual > 0 else POISSON


@dataclass(frozen=True, eq=False)
class _Cost:
    """Minus twice the log likelihood of segments, apart from what is the same for all."""

    gain: Numbers
    days: Numbers
    size: float

    @classmethod
    def of(cls, gain: Numbers, days: Numbers) -> _Cost:
        held = np.maximum(gain, 0)
        return cls(np.append(0, np.cumsum(held)), np.append(0, np.cumsum(days)), size(held, days))

    def __call__(self, start: Ints | int, end: Ints | int) -> Numbers:
        from scipy.special import xlogy  # noqa: PLC0415

        gained, days = self.gain[end] - self.gain[start], self.days[end] - self.days[start]
        mean = gained / days
        cost = -2 * (xlogy(self.size * days, self.size / (self.size + mean)) + xlogy(gained, mean / (self.size + mean)))
        return np.asarray(cost, dtype=np.float64)

    def spread(self, start: int, end: int) -> tuple[float, float]:
        """Mean a day of a segment and its standard error."""
        days = float(self.days[end] - self.days[start])
        mean = float(self.gain[end] - self.gain[start]) / days
        return mean, float(np.sqrt((mean + mean**2 / self.size) / days))


def changes(gain: Numbers, days: Numbers) -> list[int]:
    """Places at which the level changes: the exact optimum, by PELT (Killick, Fearnhead & Eckley 2012).

    Args:
        gain: Followers gained in each stretch; losses count as 0.
        days: Length of each stretch, in days.
    """
    n = len(gain)
    if n < 2:
        return []
    cost, penalty = _Cost.of(gain, days), PENALTY * np.log(n)
    best, before = np.full(n + 1, -penalty), np.zeros(n + 1, dtype=np.int64)
    open_ = np.zeros(1, dtype=np.int64)
    for end in range(1, n + 1):
        total = best[open_] + cost(open_, end)
        least = int(np.argmin(total))
        best[end], before[end] = total[least] + penalty, open_[least]
        # a start that is worse by now than ending here can never be the best again
        open_ = np.append(open_[total <= best[end]], end)
    found, end = [], n
    while (end := int(before[end])) > 0:
        found.append(end)
    return found[::-1]


def segments(gains: Gains) -> list[Segment]:
    """The series cut where its level changes, with intervals for the levels and for where each begins."""
    if not len(gains.gain):
        return []
    places = [0, *changes(gains.gain, gains.days), len(gains.gain)]
    cost = _Cost.of(gains.gain, gains.days)
    found = []
    for i, (start, end) in enumerate(pairwise(places)):
        mean, error = cost.spread(start, end)
        low, high = _fits(cost, places[i - 1], start, end) if i else (0, 0)
        found.append(Segment(start, end, mean, max(mean - 1.96 * error, 0.0), mean + 1.96 * error, low, high))
    return found


def _fits(cost: _Cost, before: int, start: int, end: int) -> tuple[int, int]:
    """First and last place between two neighbours at which a change fits nearly as well as at ``start``."""
    places = np.arange(before + 1, end)
    total = cost(before, places) + cost(places, end)
    near = places[total <= total.min() + 2 * WITHIN]
    return min(int(near[0]), start), max(int(near[-1]), start)
