"""What two sides would both pick by chance from what was there to be picked."""

from __future__ import annotations

import numpy as np

from graphnet.crowds import Flags, Ints, Numbers
from graphnet.rows._nulls import beyond

__all__ = ["among_available"]


def among_available(cell: Ints, others: Numbers, one: Flags, two: Flags) -> tuple[int, float, float]:
    """Things that both sides picked, where each picks as many as it did from the things of each cell.

    In every cell (an author's posts of one day, say) the second side picks as many things as it did, each thing with
    odds that follow how many others picked it, the first side counting as one of these; the expected number of those
    that the first picked is added up. Then the other way round; the larger expectation, and the larger p, are told.

    Args:
        cell: Of each thing, from 0.
        others: How many others picked each thing.
        one: Which things the first side picked.
        two: Which the second did.

    Returns:
        How many both picked, how many are expected, and p (Poisson tail).

    Example:
        >>> one = np.array([1, 1, 0, 0, 0, 0], bool)
        >>> seen, expected, p = among_available(np.zeros(6, int), np.full(6, 1e9), one, one)
        >>> seen, round(expected, 2), round(p, 2)
        (2, 0.67, 0.14)
    """
    seen = int((one & two).sum())
    expected = max(_expected(cell, others, one, two), _expected(cell, others, two, one))
    return seen, expected, beyond(seen, expected)


def _expected(cell: Ints, others: Numbers, given: Flags, picked: Flags) -> float:
    count = np.bincount(cell, weights=picked)
    useful = (count > 0) & (np.bincount(cell, weights=given) > 0)
    rows = useful[cell]
    if not rows.any():
        return 0.0
    _, at = np.unique(cell[rows], return_inverse=True)
    weight = others[rows] + 1.0 + given[rows]
    chances = _chances(at, weight, np.bincount(at, weights=picked[rows]).astype(np.float64))
    return float(chances[given[rows]].sum())


def _chances(cell: Ints, weight: Numbers, picks: Numbers) -> Numbers:
    """Chance of each thing to be among so many picks of its cell: 1 - exp(-t w), with t such that they add up."""
    size = np.bincount(cell)
    all_of_them = picks >= size
    low, high = np.zeros(len(picks)), np.full(len(picks), 1e3)
    for _ in range(60):
        middle = (low + high) / 2
        total = np.bincount(cell, weights=-np.expm1(-middle[cell] * weight))
        low, high = np.where(total < picks, middle, low), np.where(total < picks, high, middle)
    return np.where(all_of_them[cell], 1.0, -np.expm1(-high[cell] * weight))
