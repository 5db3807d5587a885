"""What chance would give: overlaps within strata, shares with intervals, and how many of many tests to believe.

Example:
    >>> stratum = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    >>> marked = np.array([True, True, False, False, True, False, False, False])
    >>> drawn = np.array([True, True, False, False, False, False, True, True])
    >>> expected, p = overlap(stratum, marked, drawn)
    >>> expected, round(p, 3)
    (1.5, 0.5)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from graphnet.audits import Answer
from graphnet.discovery import benjamini_hochberg
from graphnet.intervals import wilson

if TYPE_CHECKING:
    from graphnet.crowds import Flags, Ints

__all__ = ["corrected", "interval", "overlap", "two_shares"]

NEGLIGIBLE = 1e-300
"""Smallest p that is told; below it the floating-point sums say nothing."""


def interval(x: float, n: float) -> tuple[float, float]:
    """Wilson's 95 % interval of the share x / n."""
    low, high = wilson(np.array([float(x)]), np.array([float(n)]))
    return float(low[0]), float(high[0])


def overlap(stratum: Ints, marked: Flags, drawn: Flags) -> tuple[float, float]:
    """How many of those drawn would be marked by chance, and the chance of as many as there are.

    In each stratum those drawn are any of its members with the same chance (hypergeometric); the strata are added up
    exactly, by convolution.

    Args:
        stratum: Of each member of the population, from 0.
        marked: Which are marked.
        drawn: Which are drawn.

    Returns:
        Expected number of members both marked and drawn; p of at least as many as there are.
    """
    from scipy.stats import hypergeom  # noqa: PLC0415  (0.4 s that `import graphnet` should not pay)

    sizes = np.bincount(stratum)
    marks = np.bincount(stratum, weights=marked).astype(np.int64)
    draws = np.bincount(stratum, weights=drawn).astype(np.int64)
    chance, least, expected = np.ones(1), 0, 0.0
    for population, k, n in zip(sizes.tolist(), marks.tolist(), draws.tolist(), strict=True):
        if not (k and n):
            continue
        low, high = max(0, k + n - population), min(k, n)
        here = hypergeom.pmf(np.arange(low, high + 1), population, k, n)
        # what lies beyond 1e-30 of a stratum's chances makes no difference to the sum, only to the time
        inside = np.flatnonzero(here > 1e-30)
        chance = np.convolve(chance, here[inside[0] : inside[-1] + 1])
        least += low + int(inside[0])
        expected += k * n / population
    observed = int((marked & drawn).sum())
    p = float(chance[max(observed - least, 0) :].sum()) if observed > least else 1.0
    return expected, min(max(p, NEGLIGIBLE), 1.0)


def two_shares(x: int, n: int, x2: int, n2: int) -> float:
    """Two-sided p of two shares x / n and x2 / n2 being so different by chance (Fisher's exact test)."""
    from scipy.stats import fisher_exact  # noqa: PLC0415

    return max(float(fisher_exact(np.array([[x, n - x], [x2, n2 - x2]]))[1]), NEGLIGIBLE)


def corrected(answers: Sequence[Answer], tests: int | None = None) -> list[Answer]:
    """The same answers with q from all their p together.

    Args:
        answers: Those without p stay as they are.
        tests: See `graphnet.discovery.benjamini_hochberg`.
    """
    tested = [i for i, a in enumerate(answers) if a.p is not None]
    q = benjamini_hochberg(np.array([float(answers[i].p or 0.0) for i in tested]), tests)
    of = dict(zip(tested, q.tolist(), strict=True))
    return [replace(a, q=of[i]) if i in of else a for i, a in enumerate(answers)]
