"""When something is used far more than usual: runs of hours, found by a two-state model.

Kleinberg's automaton ("Bursty and Hierarchical Structure in Streams", 2002, batched form) over hours, with two changes
that posts need. What is *usual* follows the rest of the collection: at night everybody posts less, and an hour the
collector missed is no pause. And counts are negative binomial, since posts come in clumps of answers and reposts: with
Poisson counts every popular post is a burst.

Hour h has y posts and exposure e (what else was posted then). In the quiet state y has the mean a * e, in the burst
state b * e; starting a burst costs ln(hours). a and the spread are estimated from the quiet hours, b (at least `TIMES`
a) from the burst, again and again until they stay.

Example:
    >>> counts = np.full(240, 4); counts[100:110] = 60
    >>> [(b.start, b.end, round(b.ratio)) for b in find(counts, np.ones(240)).windows]
    [(100, 110, 15)]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from graphnet.crowds import Flags, Ints, Numbers

__all__ = ["DAY", "LEAST", "TIMES", "Found", "Window", "exposure", "find"]

TIMES = 3.0
"""The burst state is at least so many times the usual."""
LEAST = 20
"""Fewest posts of a window that is reported."""
CLEAR = 3.0
"""The lower end of the ratio's interval has to be above this."""
GAP = 8
"""Bursts with fewer quiet hours than this between them are one window: people sleep."""
DAY = 24
FEWEST_DAYS = 4
"""Days from which on the usual hours of the day can be told."""
HELD = 0.25
"""Posts that are added to each hour of the usual day, so that a handful does not say which hours are usual."""
SPREAD = 0.25, 1.0
"""Least and most spread assumed (variance = mean + spread * mean^2). One hour in which a post was much repeated would
give any spread, and then nothing would count as a burst."""
ROUNDS = 20


@dataclass(frozen=True)
class Window:
    """A run of hours with far more than usual.

    Attributes:
        start, end: First hour and the one after the last.
        posts: Posts in it.
        expected: Posts that the usual rate would give.
        ratio: Rate in it over the rate outside all windows (with half a post added there, so that it is finite); what
            to tell of it, see `times`.
        low, high: 95 % interval of the ratio; allows for posts that come in clumps.
    """

    start: int
    end: int
    posts: int
    expected: float
    ratio: float
    low: float
    high: float

    @property
    def excess(self) -> float:
        """Posts beyond the usual."""
        return self.posts - self.expected

    @property
    def times(self) -> tuple[float, float, float] | tuple[None, None, None]:
        """The ratio and its interval; none where the usual is under a post: anything is a huge multiple of nothing."""
        return (self.ratio, self.low, self.high) if self.expected >= 1 else (None, None, None)

    def answer(self) -> tuple[float, str, float | None, float | None]:
        """Figure, unit and interval to tell: how many times the usual, or how many posts."""
        ratio, low, high = self.times
        return (float(self.posts), "posts", None, None) if ratio is None else (ratio, "times the usual", low, high)


@dataclass(frozen=True)
class Found:
    """What was found.

    Attributes:
        windows: The windows, the one with the most posts beyond the usual first.
        burst: Which hours are in the burst state or between two bursts of one window.
        usual: Expected posts of each hour, were there no burst.
    """

    windows: Sequence[Window]
    burst: Flags
    usual: Numbers


def exposure(others: Ints, counts: Ints, step: int = 3600) -> tuple[Numbers, str]:
    """What the usual number of posts goes with, hour by hour, and in words what it is.

    Args:
        others: Other posts of the collection by hour.
        counts: Posts that are looked at.
        step: Seconds of an "hour".
    """
    if others.sum() < max(counts.sum(), 5 * len(others)):
        return _by_hour(counts, max(86400 // step, 1))
    wide = np.convolve(np.pad(others.astype(np.float64), 1, mode="edge"), np.ones(3) / 3, mode="valid")
    # an hour without anything else is mostly one that was not collected; a little is left so that posts in it count
    return np.maximum(wide / wide.mean(), 0.02), "what else was posted in the collection, hour by hour"


def _by_hour(counts: Ints, day: int) -> tuple[Numbers, str]:
    """Where there is little else: how the posts themselves are spread over the hours of the calmer days.

    Without it every evening of a hashtag collected by itself was a burst: six to fourteen windows a fortnight.
    """
    little = "since the collection holds too little else to tell how much was posted when"
    place = np.arange(len(counts)) // day
    if day < 2 or place.max(initial=0) < FEWEST_DAYS - 1:
        return np.ones(len(counts)), f"an even flow of posts, {little}, so that evenings may look like bursts"
    total = np.bincount(place, counts)
    calm = (total <= np.quantile(total, 0.75))[place]
    hour = np.arange(len(counts)) % day
    held = np.bincount(hour[calm], counts[calm], day) / np.maximum(np.bincount(hour[calm], minlength=day), 1)
    wide = (held + np.roll(held, 1) + np.roll(held, -1)) / 3 if day >= DAY else held
    return ((wide + HELD) / (wide.mean() + HELD))[hour], f"the hours of its own calmer days, {little}"


def find(counts: Ints, exposed: Numbers, step: int = 3600) -> Found:
    """The windows: the strongest first, then, that one set aside, what is left.

    Args:
        counts: Posts of each hour.
        exposed: How much else happened in each hour, in any unit; above 0.
        step: Seconds of an "hour": in collections over years it is longer.
    """
    gap = max(GAP * 3600 // step, 1)
    usual = _usual_rate(counts, exposed, _calm_days(counts, exposed))
    left, windows = np.ones(len(counts), dtype=np.bool_), []
    for _ in range(ROUNDS):
        usual, burst = _fitted(counts, exposed, left, usual)
        runs = _runs(_joined(burst, gap) & left)
        if not runs:
            break
        for start, end in runs:
            beside = slice(max(start - gap, 0), end + gap)  # what rises before and ebbs after is no burst of its own
            fresh = left[beside].all()
            left[start:end] = False
            windows += [(start, end)] if fresh else []
    return _windows(counts, exposed, usual, windows)


def _fitted(counts: Ints, exposed: Numbers, left: Flags, usual: float) -> tuple[float, Flags]:
    """Usual rate and burst hours among those that are left; both levels and the spread fit what they gave rise to."""
    burst, level = ~_calm_days(counts, exposed) & left, TIMES * usual
    for _ in range(ROUNDS):
        quiet = left & ~burst
        spread = _spread(counts[quiet], usual * exposed[quiet])
        again = _states(counts, usual * exposed, level * exposed, spread, left)
        if (again == burst).all() or (left & ~again).sum() < len(left) / 4:
            break  # with hardly an hour outside, nothing could be called usual
        burst = again
        usual = _usual_rate(counts, exposed, left & ~burst)
        level = max(TIMES * usual, _usual_rate(counts, exposed, burst) if burst.any() else 0.0)
    return usual, burst & left


def _calm_days(counts: Ints, exposed: Numbers) -> Flags:
    """Hours of the calmer three quarters of the days (of the hours, where there are few days): where to begin."""
    size = DAY if len(counts) >= 4 * DAY else 1
    block = np.arange(len(counts)) // size
    rate = np.bincount(block, counts) / np.bincount(block, exposed)
    return np.asarray(rate[block] <= np.quantile(rate, 0.75))


def _usual_rate(counts: Ints, exposed: Numbers, quiet: Flags) -> float:
    return float((counts[quiet].sum() + 0.5) / max(exposed[quiet].sum(), 1e-9))


def _spread(counts: Ints, usual: Numbers) -> float:
    """Spread of the negative binomial by its second moment."""
    squares = float((usual**2).sum())
    found = float(((counts - usual) ** 2 - usual).sum()) / squares if squares else 0.0
    return min(max(found, SPREAD[0]), SPREAD[1])


def _states(counts: Ints, usual: Numbers, raised: Numbers, spread: float, left: Flags) -> Flags:
    """The cheapest way through the two states (Viterbi); hours that are not left are quiet."""
    change = np.log(max(len(counts), 2))
    # ln of the two likelihoods' ratio; what does not depend on the mean drops out
    gain = counts.astype(np.float64) * np.log(raised * (1 + spread * usual) / (usual * (1 + spread * raised)))
    gain -= np.log((1 + spread * raised) / (1 + spread * usual)) / spread
    gain[~left] = -np.inf
    came = np.zeros((len(counts), 2), dtype=np.bool_)
    quiet, loud = 0.0, -change
    for hour, more in enumerate(gain.tolist()):
        came[hour] = loud > quiet, loud > quiet - change
        # leaving a burst is free, as in the paper: only starting one has to be worth it
        quiet, loud = max(quiet, loud), max(loud, quiet - change) + more
    state = np.zeros(len(counts), dtype=np.bool_)
    now = loud > quiet
    for hour in range(len(counts) - 1, -1, -1):
        state[hour] = now
        now = bool(came[hour, int(now)])
    return state


def _runs(burst: Flags) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], burst, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _joined(burst: Flags, gap: int) -> Flags:
    """Short pauses between bursts made part of them."""
    joined, runs = burst.copy(), _runs(burst)
    for (_, end), (start, _) in pairwise(runs):
        if start - end < gap:
            joined[end:start] = True
    return joined


def _windows(counts: Ints, exposed: Numbers, usual: float, spans: Sequence[tuple[int, int]]) -> Found:
    outside = np.ones(len(counts), dtype=np.bool_)
    for start, end in spans:
        outside[start:end] = False
    rest, rest_exposed = float(counts[outside].sum()) + 0.5, max(float(exposed[outside].sum()), 1e-9)
    clumps = _clumps(counts[outside], rest / rest_exposed * exposed[outside])
    windows = []
    for start, end in spans:
        inside, exposed_to = counts[start:end], exposed[start:end]
        posts = int(inside.sum())
        ratio = (posts / float(exposed_to.sum())) / (rest / rest_exposed)
        own = _clumps(inside, posts * exposed_to / exposed_to.sum())
        error = 1.96 * np.sqrt(own / max(posts, 1) + clumps / rest)
        low, high = float(ratio * np.exp(-error)), float(ratio * np.exp(error))
        if posts >= LEAST and low > CLEAR:
            windows.append(Window(start, end, posts, usual * float(exposed_to.sum()), ratio, low, high))
    windows.sort(key=lambda w: (-w.excess, w.start))
    kept = np.zeros(len(counts), dtype=np.bool_)
    for window in windows:
        kept[window.start : window.end] = True
    return Found(windows, kept, usual * exposed)


def _clumps(counts: Ints, expected: Numbers) -> float:
    """How much more counts vary than independent posts would (1: not at all)."""
    if len(counts) < 2 or not expected.sum():
        return 1.0
    return max(1.0, float(((counts - expected) ** 2 / np.maximum(expected, 1e-9)).sum()) / (len(counts) - 1))
