"""Dates that lie close together: the densest window of many groups, and bursts against other accounts' dates.

Example:
    >>> burst, *others = bursts(np.arange(40) // 8 + 900, np.arange(2000), width=30, draws=99)
    >>> burst.first, burst.last, burst.accounts, burst.p, others
    (900, 904, 40, 0.01, [])
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphnet.crowds import Crowds, Ints, Numbers

__all__ = ["DAY", "Burst", "bursts", "densest"]

DAY = 86400


@dataclass(frozen=True)
class Burst:
    """A window of days with more accounts than expected.

    Attributes:
        first, last: First and last day, in days since 1970 (UTC).
        accounts: Accounts in question made on these days.
        expected: As many would be expected from the controls' dates.
        statistic: Kulldorff's log likelihood ratio.
        p: Share of random splits of accounts and controls (the true one counted) whose largest statistic, over all
            windows, is as large.
    """

    first: int
    last: int
    accounts: int
    expected: float
    statistic: float
    p: float


def bursts(
    listed: Ints, controls: Ints, *, width: int = 30, draws: int = 9999, seed: int = 7, alpha: float = 0.05
) -> list[Burst]:
    """Windows of days in which more of the listed accounts were made than the controls' dates explain.

    Kulldorff's scan statistic with the expectation from the controls alone. Which accounts are listed and which are
    controls is then decided by chance, ``draws`` times, with all dates as they are: both sides are uncertain. Drawing
    the listed ones from the controls' dates, as if those were the whole truth, called 94 of 100 harmless lists a
    burst where there were as many controls as accounts, 77 with 5 controls each, 23 with 20; splitting at random did
    so with 2, 6 and 2.

    Args:
        listed: Day of each listed account, since 1970.
        controls: Day of each control account.
        width: Longest window, in days.
        draws: How many random splits.
        seed: Same seed, same answer.
        alpha: Bursts with a p above this are left out, the strongest excepted.

    Returns:
        Bursts that do not overlap, the strongest first; the first whatever its p. Empty where no window has more
        accounts than expected, or where there are no dates.
    """
    from graphnet.kernels import windows as kernel  # noqa: PLC0415  (numba loads when dates are scanned)

    if not len(listed) or not len(controls):
        return []
    day, where = np.unique(np.concatenate([listed, controls]), return_inverse=True)
    mine = np.bincount(where[: len(listed)], minlength=len(day))
    pooled = np.bincount(where, minlength=len(day))
    (low, high), value = kernel.windows(day, mine, pooled, width, 0.0)
    null = np.sort(kernel.null_maxima(day, pooled, len(listed), width, draws, seed))
    p = (1 + draws - np.searchsorted(null, value)) / (draws + 1)
    at_start, at_end = np.cumsum(mine) - mine, np.cumsum(mine)
    others, others_end = np.cumsum(pooled - mine) - (pooled - mine), np.cumsum(pooled - mine)
    found: list[Burst] = []
    # of equal windows the shorter, then the earlier
    for i in np.lexsort((low, day[high] - day[low], -value)).tolist():
        if found and p[i] > alpha:
            break
        first, last = int(day[low[i]]), int(day[high[i]])
        if any(first <= b.last and b.first <= last for b in found):
            continue
        hoped = kernel.expected(int(others_end[high[i]] - others[low[i]]), len(controls), len(listed))
        count = int(at_end[high[i]] - at_start[low[i]])
        found.append(Burst(first, last, count, float(hoped), float(value[i]), float(p[i])))
    return found


def densest(time: Numbers, crowds: Crowds, days: int) -> tuple[Numbers, Ints, Ints]:
    """For each group the start of the densest window (the first of equals), the accounts in it, and all with a date.

    The window starts at an account and includes both ends.

    Args:
        time: Of each account, in seconds; NaN where unknown.
        crowds: The groups.
        days: Width of the window.
    """
    held = time[crowds.account]
    known = ~np.isnan(held)
    rows, held = crowds.rows[known], held[known].astype(np.int64)
    counts = np.bincount(rows, minlength=len(crowds))
    start, best = np.full(len(crowds), np.nan), np.zeros(len(crowds), dtype=np.int64)
    if not len(held):
        return start, best, counts
    # all groups at once: each gets a stretch of the number line of its own, a window apart from the next
    width, origin = days * DAY, int(held.min())
    stretch = int(held.max()) - origin + width + 1
    line = np.sort(rows * stretch + held - origin)
    inside = np.searchsorted(line, line + width, side="right") - np.arange(len(line))
    some = counts > 0
    first = (np.cumsum(counts) - counts)[some]
    best[some] = np.maximum.reduceat(inside, first)
    of = np.repeat(np.flatnonzero(some), counts[some])
    tops = np.flatnonzero(inside == best[of])
    where, at = np.unique(of[tops], return_index=True)
    start[where] = line[tops[at]] % stretch + origin
    return start, best, counts
