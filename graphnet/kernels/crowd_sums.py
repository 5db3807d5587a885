"""Figures of many groups of accounts from one sparse table, compiled.

The sparse product of groups and table gives the same; it spends nine tenths of its time on building a result that is
thrown away (134 million entries for the control groups of an archive of 900 busy accounts: 9.6 s against 1.0 s).

The columns of account a are ``indices[indptr[a] : indptr[a + 1]]``, the accounts of group g likewise
``account[start[g] : start[g + 1]]``.

Example:
    >>> start, account = np.array([0, 2]), np.array([0, 1])
    >>> indptr, indices = np.array([0, 2, 3]), np.array([0, 1, 1])
    >>> squares(start, account, indptr, indices, np.array([3.0, 4.0]), np.array([5.0, 4.0])).round(2).tolist()
    [3.6]
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["entries_inside", "squares"]

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@njit(nogil=True, cache=True)
def squares(start: Ints, account: Ints, indptr: Ints, indices: Any, weight: Numbers, length: Numbers) -> Numbers:
    """Squared length of the sum of each group's rows, each of which is scaled.

    Args:
        start: Where each group starts; one longer than their number.
        account: The groups' accounts.
        indptr: Where each account's entries start.
        indices: Column of each entry.
        weight: What an entry of each column weighs; none of those of weight 0 counts.
        length: What the weights of each account's entries are divided by.
    """
    found = np.zeros(len(start) - 1)
    held = np.zeros(len(weight))
    touched = np.empty(len(weight), np.int64)
    for group in range(len(start) - 1):
        count = 0
        for a in account[start[group] : start[group + 1]]:
            for entry in range(indptr[a], indptr[a + 1]):
                column = indices[entry]
                if weight[column] == 0:
                    continue
                if held[column] == 0:
                    touched[count] = column
                    count += 1
                held[column] += weight[column] / length[a]
        for column in touched[:count]:
            found[group] += held[column] ** 2
            held[column] = 0
    return found


@njit(nogil=True, cache=True)
def entries_inside(start: Ints, account: Ints, indptr: Ints, indices: Any, accounts: int) -> Ints:
    """How many entries of a table of accounts by accounts have both in the group, for each group.

    Args:
        start: Where each group starts; one longer than their number.
        account: The groups' accounts.
        indptr: Where each account's entries start.
        indices: The other account of each entry.
        accounts: Number of accounts.

    Example:
        >>> entries_inside(np.array([0, 2, 4]), np.array([0, 2, 1, 2]), np.array([0, 2, 2, 2]), np.array([1, 2]), 3)
        array([1, 0])
    """
    found = np.zeros(len(start) - 1, np.int64)
    group_of = np.full(accounts, -1, np.int32)
    for group in range(len(start) - 1):
        group_of[account[start[group] : start[group + 1]]] = group
        for a in account[start[group] : start[group + 1]]:
            for entry in range(indptr[a], indptr[a + 1]):
                found[group] += group_of[indices[entry]] == group
    return found
