"""The busiest stretches of days among some accounts' creation dates, against those of other accounts; compiled.

Dates are given as distinct ``day`` numbers (ascending) with how many accounts were made on each: ``listed`` (those in
question) and ``pooled`` (these and the controls). A window is a run of at most ``width`` days that begins and ends on
a day with listed accounts. Its statistic is Kulldorff's (1997): with C listed accounts, c of them inside and E expected
inside from the controls alone,

    c ln(c / E) + (C - c) ln((C - c) / (C - E))   where c > E, else 0.

Example:
    >>> day, listed, pooled = np.array([0, 1, 50]), np.array([3, 3, 0]), np.array([3, 4, 40])
    >>> places, statistic = windows(day, listed, pooled, 30, 1.0)
    >>> places.tolist(), statistic.round(1).tolist()
    ([[0, 0, 1], [0, 1, 1]], [9.1, 19.9, 5.9])
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["null_maxima", "windows"]

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

HALF = 0.5
"""Added to the controls in a window, so that one without any is not infinitely surprising."""


@njit(nogil=True, cache=True)
def expected(inside: int, controls: int, total: int) -> float:
    """Listed accounts expected in a window with so many of the controls; ``total`` are listed."""
    return total * (inside + HALF) / (controls + HALF)


@njit(nogil=True, cache=True)
def _statistic(found: int, hoped: float, total: int, best: float) -> float:
    """Kulldorff's statistic, or 0 where it is sure not to exceed ``best``."""
    # c ln(c/E) <= c (c-E)/E spares nine logarithms of ten, and the second part is never positive
    if found <= hoped or found * (found - hoped) <= best * hoped:
        return 0.0
    value: float = found * np.log(found / hoped)
    if found < total:
        value += (total - found) * np.log((total - found) / (total - hoped))
    return value


@njit(nogil=True, cache=True)
def windows(day: Ints, listed: Ints, pooled: Ints, width: int, least: float) -> Any:
    """All windows whose statistic is above ``least``.

    Args:
        day: Distinct days, ascending.
        listed: Accounts in question made on each.
        pooled: Accounts made on each, the controls included.
        width: Longest window, in days.
        least: Smallest statistic wanted.

    Returns:
        Places of the windows' first and last days as an array of shape (2, n), ordered by first day; and n statistics.
    """
    total, everyone = listed.sum(), pooled.sum()
    first, last, value = [0 for _ in range(0)], [0 for _ in range(0)], [0.0 for _ in range(0)]
    for low in range(len(day)):
        if not listed[low]:
            continue
        found, here = 0, 0
        for high in range(low, len(day)):
            if day[high] - day[low] >= width:
                break
            found, here = found + listed[high], here + pooled[high]
            if listed[high]:
                hoped = expected(here - found, everyone - total, total)
                statistic = _statistic(found, hoped, total, least)
                if statistic > least:
                    first.append(low)
                    last.append(high)
                    value.append(statistic)
    places = np.empty((2, len(first)), np.int64)
    values = np.empty(len(first))
    for i in range(len(first)):
        places[0, i], places[1, i], values[i] = first[i], last[i], value[i]
    return places, values


@njit(nogil=True, cache=True)
def _largest(day: Ints, listed: Ints, pooled: Ints, width: int, total: int, controls: int) -> float:
    best = 0.0
    for low in range(len(day)):
        if not listed[low]:
            continue
        found, here = 0, 0
        for high in range(low, len(day)):
            if day[high] - day[low] >= width:
                break
            found, here = found + listed[high], here + pooled[high]
            if listed[high]:
                best = max(best, _statistic(found, expected(here - found, controls, total), total, best))
    return best


@njit(nogil=True, cache=True)
def null_maxima(day: Ints, pooled: Ints, total: int, width: int, draws: int, seed: int) -> Numbers:
    """The largest statistic when chance decides which ``total`` of the pooled accounts are the listed ones.

    Args:
        day: Distinct days, ascending.
        pooled: Accounts made on each.
        total: How many are listed.
        width: Longest window, in days.
        draws: How many times.
        seed: Same seed, same answer; numba's generator is seeded, numpy's is left alone.

    Returns:
        One figure a draw.
    """
    np.random.seed(seed)
    everyone = pooled.sum()
    found = np.empty(draws)
    listed = np.empty(len(day), np.int64)
    for draw in range(draws):
        left, wanted = everyone, total
        for i in range(len(day)):
            taken = 0
            for _ in range(pooled[i]):
                if np.random.random() * left < wanted:
                    taken += 1
                    wanted -= 1
                left -= 1
            listed[i] = taken
        found[draw] = _largest(day, listed, pooled, width, total, everyone - total)
    return found
