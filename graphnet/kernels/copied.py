"""How many texts several members of a group wrote, and how quickly after each other; for many groups at once.

Example:
    >>> import numpy as np
    >>> from graphnet.kernels.copied import copied
    >>> start, account = np.array([0, 3]), np.array([0, 1, 2])  # one group of three accounts
    >>> indptr, text = np.array([0, 2, 4, 5]), np.array([0, 1, 0, 1, 0])  # which wrote texts 0 and 1, 0 and 1, 0
    >>> first = np.array([100, 200, 160, 205, 190])
    >>> texts, gap = copied(start, account, indptr, text, first, 3)
    >>> texts.tolist(), gap.tolist()  # text 0 by all three; gaps of 60, 30 and 5 s
    ([1], [30.0])
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["copied"]

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@njit(nogil=True, cache=True)
def copied(start: Ints, account: Ints, indptr: Ints, text: Ints, first: Ints, least: int) -> tuple[Ints, Numbers]:
    """Texts that ``least`` members or more wrote, and the median gap between members who wrote the same text.

    Args:
        start: Where each group starts in ``account``; one longer than their number.
        account: The groups' accounts.
        indptr: Where the texts of each account start.
        text: The texts of each account, each once.
        first: When the account wrote it first, in seconds; negative: unknown.
        least: Fewest members of a text that is counted; gaps are of all that two or more wrote.

    Returns:
        One number of texts a group, and one gap in seconds; NaN where no two members wrote a text at known times.
    """
    texts, gap = np.zeros(len(start) - 1, np.int64), np.full(len(start) - 1, np.nan)
    for group in range(len(start) - 1):
        members = account[start[group] : start[group + 1]]
        size = 0
        for a in members:
            size += indptr[a + 1] - indptr[a]
        what, when = np.empty(size, np.int64), np.empty(size, np.int64)
        n = 0
        for a in members:
            for entry in range(indptr[a], indptr[a + 1]):
                what[n], when[n] = text[entry], first[entry]
                n += 1
        by_time = np.argsort(when, kind="mergesort")
        order = by_time[np.argsort(what[by_time], kind="mergesort")]
        gaps = np.empty(size, np.int64)
        n = users = 0
        for k in range(size):
            again = k > 0 and what[order[k]] == what[order[k - 1]]
            users = users + 1 if again else 1
            texts[group] += users == least
            if again and when[order[k - 1]] >= 0:
                gaps[n] = when[order[k]] - when[order[k - 1]]
                n += 1
        if n:
            gap[group] = np.median(gaps[:n])
    return texts, gap
