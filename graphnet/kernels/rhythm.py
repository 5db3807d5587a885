"""When an account posts, as figures: one pass over each account's sorted times, compiled.

Times are seconds since 1970 (UTC). No figure depends on the time zone: the quietest six hours are sought around the
clock in steps of a quarter of an hour, which every zone is a multiple of. A figure that the resolution of the times
does not allow is NaN, never a sign of a machine: posts known to the minute have no second of the minute, dates without
a time have no rhythm at all. Ten million posts of a hundred thousand accounts take about two seconds.

Example:
    >>> hourly = np.arange(240) * 3600 + 61
    >>> found = rhythms(np.array([0, 240]), hourly)
    >>> int(found.days[0]), float(found.quiet[0]), float(found.modal[0]), int(found.modal_gap[0])
    (10, 0.25, 1.0, 3600)
    >>> float(found.burstiness[0])
    -1.0
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = [
    "DAY",
    "EVEN",
    "LEAST",
    "PAUSE",
    "QUARTERS",
    "Rhythms",
    "by_quarter",
    "even_session",
    "longest_run",
    "rhythms",
    "windows",
]

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

DAY = 86_400
QUARTERS = 96
"""Quarters of an hour in a day."""
NIGHT = 24
"""Quarters of an hour in the quietest window: six hours."""
REST = 4 * 3600
"""A pause of four hours or more ends a stretch."""
PAUSE = 1800
"""A longer pause ends a session."""
LEAST = 5
"""Posts of a session that can be called even or uneven."""
EVEN = 0.25
"""A session whose gaps differ less than this (standard deviation over mean) is even: a clock of any period gives 0, a
random one about 0.8 at five posts."""
COARSE = 10
"""Gaps of fewer steps of the resolution than this say nothing: at minutes, five posts in a row are a minute apart."""
SOME = 10_000
"""Accounts looked at together: 10 MB of windows."""
DATES = 0.05
"""With more posts than this at exactly midnight UTC (1 in 86,400 by chance), times are taken for dates without one."""
HARMONICS = 4


@dataclass(frozen=True)
class Rhythms:
    """Figures of each account, one position an account; NaN (or 0 for counts) where there is nothing to go by.

    Attributes:
        posts: Posts with a known time.
        days: Days (UTC) with a post.
        most: Posts on the busiest day.
        first, last: First and last time.
        step: Resolution of the times in seconds: the largest of 1, 60, 3600, 86400 that all are multiples of; 86400
            too where many times are dates without a time.
        quiet: Share of posts in the quietest six hours in a row, around midnight too.
        longest: Longest stretch without a pause of four hours, in hours.
        burstiness: Of the gaps, corrected for their number (Kim & Jo 2016): -1 a clock, 0 at random, 1 all at once.
        entropy: Of the gaps in bins that double from a minute on, in bits.
        second: Z^2 of the second of the minute over four harmonics: about 8 where no second is preferred.
        minute: Z^2 of the moment of the hour, likewise.
        modal: Share of the most common gap among those that count (`COARSE`).
        modal_gap: That gap in seconds; 0 where there is none.
        even: Share of even sessions among those judged.
        sessions: Sessions judged: of `LEAST` posts or more, and not too fast for the resolution.
        even_sessions: Even ones among them.
    """

    posts: Ints
    days: Ints
    most: Ints
    first: Ints
    last: Ints
    step: Ints
    quiet: Numbers
    longest: Numbers
    burstiness: Numbers
    entropy: Numbers
    second: Numbers
    minute: Numbers
    modal: Numbers
    modal_gap: Ints
    even: Numbers
    sessions: Ints
    even_sessions: Ints


def rhythms(start: Ints, time: Ints) -> Rhythms:
    """The figures of many accounts.

    Args:
        start: Where each account's times start; one longer than the number of accounts.
        time: Times in seconds, sorted within each account.
    """
    accounts = len(start) - 1
    quarters = np.zeros((accounts, QUARTERS), dtype=np.int32)
    counts = np.zeros((9, accounts), dtype=np.int64)
    figures = np.full((6, accounts), np.nan)
    _walk(start, time, quarters, counts, figures)
    posts, days, most, first, last, step, modal_gap, sessions, even_sessions = counts
    longest, burstiness, entropy, second, minute, modal = figures
    with np.errstate(invalid="ignore"):
        quiet = np.where(step < DAY, _quietest(quarters) / np.where(posts > 0, posts, np.nan), np.nan)
        even = even_sessions / np.where(sessions > 0, sessions, np.nan)
    return Rhythms(
        posts, days, most, first, last, step, quiet, longest, burstiness, entropy, second, minute, modal, modal_gap,
        even, sessions, even_sessions,
    )  # fmt: skip


def _quietest(quarters: npt.NDArray[np.int32]) -> Ints:
    """Posts in the quietest six hours of each account; some accounts at a time, as their windows take a kilobyte."""
    found = np.zeros(len(quarters), np.int64)
    for low in range(0, len(quarters), SOME):
        windows(quarters[low : low + SOME]).min(axis=1, out=found[low : low + SOME])
    return found


def by_quarter(time: Ints) -> npt.NDArray[np.int32]:
    """Posts by quarter of an hour of the day.

    Example:
        >>> np.flatnonzero(by_quarter(np.array([60, DAY + 899, 3600]))).tolist()
        [0, 4]
    """
    return np.bincount(time % DAY // 900, minlength=QUARTERS).astype(np.int32)


def windows(quarters: npt.NDArray[np.int32]) -> Ints:
    """Posts in the six hours from each quarter of an hour on, around midnight too; last axis 96.

    Example:
        >>> windows(np.ones(96, dtype=np.int32)).tolist() == [24] * 96
        True
    """
    around = np.concatenate([quarters, quarters[..., : NIGHT - 1]], axis=-1)
    total = np.cumsum(around, axis=-1, dtype=np.int64)
    total[..., NIGHT:] -= total[..., :-NIGHT].copy()
    return np.asarray(total[..., NIGHT - 1 :])


@njit(nogil=True, cache=True)
def _walk(start: Ints, time: Ints, quarters: npt.NDArray[np.int32], counts: Ints, figures: Numbers) -> None:
    for a in range(len(start) - 1):
        times = time[start[a] : start[a + 1]]
        n = len(times)
        if n == 0:
            counts[5, a] = 1
            continue
        for t in times:
            quarters[a, t % DAY // 900] += 1
        counts[0, a], counts[3, a], counts[4, a] = n, times[0], times[-1]
        counts[1, a], counts[2, a] = _days(times)
        step = _step(times)
        counts[5, a] = step
        if step == DAY:
            continue
        gaps = np.diff(times)
        low, high = longest_run(times)
        figures[0, a] = (times[high] - times[low]) / 3600
        figures[1, a] = _burstiness(gaps)
        if step == 3600:
            continue
        figures[2, a] = _entropy(gaps)
        if step == 1:
            figures[3, a] = _periodic(times, 60)
        figures[4, a] = _periodic(times, 3600)
        figures[5, a], counts[6, a] = _modal(gaps, COARSE * step)
        counts[7, a], counts[8, a] = _sessions(times, step)


@njit(nogil=True, cache=True)
def _days(times: Ints) -> tuple[int, int]:
    """Days with a post, and posts on the busiest."""
    days, most, count = 1, 1, 1
    for i in range(1, len(times)):
        if times[i] // DAY == times[i - 1] // DAY:
            count += 1
        else:
            days, count = days + 1, 1
        most = max(most, count)
    return days, most


@njit(nogil=True, cache=True)
def _step(times: Ints) -> int:
    """Resolution of the times."""
    seconds = minutes = midnights = 0
    for t in times:
        seconds += t % 60 != 0
        minutes += t % 3600 != 0
        midnights += t % DAY == 0
    # a few midnights are chance or a clock; many, even between full times, are dates without a time
    # where times are full hours, 1 in 24 is a midnight anyhow
    allowed = DATES if minutes else 4 * DATES
    if midnights == len(times) or (midnights > 2 and midnights > allowed * len(times)):
        return DAY
    return 1 if seconds else 60 if minutes else 3600


@njit(nogil=True, cache=True)
def longest_run(times: Ints) -> tuple[int, int]:
    """Places of the first and last post of the longest stretch without a pause of four hours.

    Args:
        times: Sorted times of one account, at least one.
    """
    best, low, first = 0, 0, 0
    for i in range(1, len(times)):
        if times[i] - times[i - 1] >= REST:
            first = i
        if times[i] - times[first] > times[best] - times[low]:
            low, best = first, i
    return low, best


@njit(nogil=True, cache=True)
def _burstiness(gaps: Ints) -> float:
    """((sqrt(n+1) r - sqrt(n-1)) / ((sqrt(n+1) - 2) r + sqrt(n-1)), n gaps, r = standard deviation over mean."""
    n = len(gaps)
    if n < 2 or gaps.sum() == 0:
        return np.nan
    r = float(gaps.std() / gaps.mean())
    wide, narrow = float(np.sqrt(n + 1)), float(np.sqrt(n - 1))
    return (wide * r - narrow) / ((wide - 2) * r + narrow)


@njit(nogil=True, cache=True)
def _entropy(gaps: Ints) -> float:
    if len(gaps) == 0:
        return np.nan
    bins = np.zeros(64, np.int64)
    for gap in gaps:
        minutes, place = gap // 60, 0
        while minutes > 0:
            minutes >>= 1
            place += 1
        bins[place] += 1
    total = 0.0
    for count in bins:
        if count:
            total -= count / len(gaps) * np.log2(count / len(gaps))
    return total


@njit(nogil=True, cache=True)
def _periodic(times: Ints, period: int) -> float:
    """2/n times the sum over k = 1..4 of |sum of e^(i k phase)|^2 (Buccheri et al. 1983)."""
    sums = np.zeros(HARMONICS, np.complex128)
    for t in times:
        phase = 2 * np.pi * (t % period) / period
        turn = complex(np.cos(phase), np.sin(phase))
        power = turn
        for k in range(HARMONICS):
            sums[k] += power
            power *= turn
    total = 0.0
    for value in sums:
        total += value.real**2 + value.imag**2
    return 2 * total / len(times)


@njit(nogil=True, cache=True)
def _modal(gaps: Ints, least: int) -> tuple[float, int]:
    """Share of the most common gap among those of ``least`` seconds or more, and that gap (the smallest of equals)."""
    held = np.sort(gaps[gaps >= least])
    if len(held) == 0:
        return np.nan, 0
    best, gap, count = 0, 0, 0
    for i in range(len(held)):
        count = count + 1 if i and held[i] == held[i - 1] else 1
        if count > best:
            best, gap = count, held[i]
    return best / len(held), gap


@njit(nogil=True, cache=True)
def even_session(times: Ints, step: int) -> int:
    """Whether a session is even (1) or uneven (0); -1: it cannot be told.

    Args:
        times: Sorted times of the session.
        step: Resolution of the times in seconds.
    """
    n = len(times)
    if n < LEAST:
        return -1
    mean = (times[-1] - times[0]) / (n - 1)
    if mean < COARSE * step:
        return -1
    squares = 0.0
    for i in range(1, n):
        squares += (times[i] - times[i - 1] - mean) ** 2
    return int(np.sqrt(squares / (n - 1)) < EVEN * mean)


@njit(nogil=True, cache=True)
def _sessions(times: Ints, step: int) -> tuple[int, int]:
    """Sessions that can be judged, and even ones among them."""
    judged = even = first = 0
    for i in range(1, len(times) + 1):
        if i == len(times) or times[i] - times[i - 1] > PAUSE:
            found = even_session(times[first:i], step)
            judged += found >= 0
            even += found == 1
            first = i
    return judged, even
