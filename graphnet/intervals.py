"""Intervals for shares, and for one share over another.

Example:
    >>> low, high = wilson(np.array([8.0]), np.array([10.0]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.49], [0.943])
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["ratio", "wilson"]

Numbers = npt.NDArray[np.float64]


def wilson(x: Numbers, n: Numbers, looked_at: Any = 1) -> tuple[Numbers, Numbers]:
    """Wilson's 95 % score interval of the share x / n; NaN where n is 0.

    Args:
        x: How many of …
        n: … so many.
        looked_at: The interval holds for this many shares together (Bonferroni).
    """
    z = _normal(looked_at)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle, half = x + z**2 / 2, z * np.sqrt(x * (n - x) / n + z**2 / 4)
    return np.maximum(middle - half, 0) / (n + z**2), (middle + half) / (n + z**2)


def ratio(x1: Numbers, n1: Numbers, x2: Numbers, n2: Numbers, looked_at: Any = 1) -> tuple[Numbers, Numbers]:
    """95 % interval of (x1 / n1) / (x2 / n2): MOVER-R with Wilson limits.

    Donner & Zou 2012; recommended by Fagerland, Lydersen & Laake 2015, "Recommended confidence intervals for two
    independent binomial proportions". With the shares p, q and their Wilson limits (a, b), (c, d) the ends are

        (pq - sqrt((pq)^2 - a d (2p - a) (2q - d))) / (d (2q - d))
        (pq + sqrt((pq)^2 - b c (2p - b) (2q - c))) / (c (2q - c))

    Args:
        x1: How many of …
        n1: … so many, over …
        x2: … how many of …
        n2: … so many. Where a total is 0 both ends are NaN.
        looked_at: The interval holds for this many ratios together (Bonferroni).

    Returns:
        The two ends. Where ``x2`` is 0 the upper one is infinite.

    Example:
        >>> low, high = ratio(*(np.array([v]) for v in (30.0, 40.0, 20.0, 1000.0)))
        >>> low.round(1).tolist(), high.round(1).tolist()
        ([23.0], [58.8])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        p, q = x1 / n1, x2 / n2
        (a, b), (c, d) = wilson(x1, n1, looked_at), wilson(x2, n2, looked_at)
        # the lower end is expanded by the conjugate root, so that it holds for d = 2q and for q = 0 too
        low = a * (2 * p - a) / (p * q + np.sqrt(np.maximum((p * q) ** 2 - a * d * (2 * p - a) * (2 * q - d), 0)))
        root = np.sqrt(np.maximum((p * q) ** 2 - b * c * (2 * p - b) * (2 * q - c), 0))
        high = np.where(x2 == 0, np.inf, (p * q + root) / (c * (2 * q - c)))
    unknown = np.where((n1 > 0) & (n2 > 0), 0.0, np.nan)
    return low + unknown, high + unknown


def _normal(looked_at: Any) -> Numbers:
    from scipy.special import ndtri  # noqa: PLC0415  (0.1 s that `import graphnet` should not pay)

    return np.asarray(ndtri(1 - 0.025 / np.maximum(looked_at, 1)), dtype=np.float64)
