"""Disparity filter (Serrano, Boguna & Vespignani 2009): which ties stand out against an even spread of the weight.

Of an account with k ties and total weight s, a tie of weight w has p = (1 - w/s)^(k-1): the chance of so large a share
if s were cut into k pieces at random. An account with one tie says nothing about it, p = 1. A tie has two ends and so
two p; the smaller one counts, whichever end comes first, so that the order of the accounts does not matter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["disparity"]


def disparity(
    source: NDArray[np.int64], target: NDArray[np.int64], weight: NDArray[np.float64], *, directed: bool = False
) -> NDArray[np.float64]:
    """The p of each tie under the disparity filter, the smaller one of its two ends.

    Args:
        source: One end of each tie, numbers from 0, shape (ties,).
        target: The other end.
        weight: Weight of each tie, 0 or more.
        directed: Compare a tie with the outgoing ties of its source and the incoming ties of its target; undirected:
            with all ties of each end.

    Returns:
        Shape (ties,), 0 to 1.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels.disparity import disparity
        >>> disparity(np.array([0, 0, 0]), np.array([1, 2, 3]), np.array([2.0, 1.0, 1.0])).tolist()
        [0.25, 0.5625, 0.5625]
    """
    if directed:
        target = target + source.max(initial=-1) + 1
    ends = np.concatenate([source, target])
    ties = np.bincount(ends)[ends]
    both = np.concatenate([weight, weight])
    total = np.bincount(ends, both)[ends]
    share = np.divide(both, total, out=np.zeros(len(both)), where=total > 0)
    # an account's only tie has a share of 1, but for rounding
    p = np.where(ties > 1, np.clip(1 - share, 0, 1) ** (ties - 1), 1.0)
    smaller: NDArray[np.float64] = np.minimum(*np.split(p, 2))
    return smaller
