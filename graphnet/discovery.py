"""The false discovery rate of many tests.

Example:
    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03, np.nan])).tolist()
    [0.03, 0.04, 0.04, nan]
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["benjamini_hochberg"]

Numbers = npt.NDArray[np.float64]


def benjamini_hochberg(p: Numbers, tests: float | None = None) -> Numbers:
    """The smallest false discovery rate at which each p would be kept (Benjamini & Hochberg 1995).

    Args:
        p: Any order; NaN stays NaN and is no test.
        tests: How many were tested in all, where those left out had p = 1; None: as many as are known.

    Example:
        >>> benjamini_hochberg(np.array([0.01]), tests=10).tolist()
        [0.1]
    """
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    q = np.full(len(p), np.nan)
    raised = p[order] * (len(known) if tests is None else tests) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return q
