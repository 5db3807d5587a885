"""Many groups of accounts at once.

A figure for a community means little without the same figure for hundreds of random groups of accounts. `Crowds` holds
any number of groups in two arrays, so that a figure for a hundred thousand groups costs one sparse product.

Example:
    >>> crowds = Crowds.of([1, 1, 2, 2], [0, 2, 1, 3])
    >>> crowds.sizes.tolist(), crowds.mean(np.array([1.0, 2.0, 3.0, 4.0])).tolist()
    ([2, 2], [2.0, 3.0])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Crowds", "Flags", "Ints", "Numbers", "distinct", "incidence", "sums", "table_arrays"]

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

BUDGET = 20_000_000
"""Entries of a sparse product held at once (240 MB)."""
WIDE = 1 << 62
"""Rows are told apart by one number each as long as that stays below."""


@dataclass(frozen=True)
class Crowds:
    """Groups of accounts, one after the other.

    Attributes:
        label: The number of each group.
        start: Where the accounts of each group start; one longer than ``label``.
        account: The accounts, each once in its group, sorted.
    """

    label: Ints
    start: Ints
    account: Ints

    @classmethod
    def of(cls, label: Sequence[int] | Ints, account: Sequence[int] | Ints) -> Crowds:
        """Groups from rows (label, account) in any order; sorted by label and account, repetitions left out."""
        labels, accounts = np.asarray(label, np.int64), np.asarray(account, np.int64)
        width = int(accounts.max(initial=0)) + 1
        # one number a row: sorting pairs as such takes nearly three times as long
        labels, accounts = np.divmod(np.unique(labels * width + accounts), width)
        first = np.flatnonzero(np.diff(labels, prepend=labels[:1] - 1))
        return cls(labels[first], np.append(first, len(labels)).astype(np.int64), accounts)

    def __len__(self) -> int:
        return len(self.label)

    @cached_property
    def sizes(self) -> Ints:
        """How many accounts each group has."""
        return np.diff(self.start)

    @cached_property
    def rows(self) -> Ints:
        """The place (from 0) of the group that each of ``account`` is in."""
        return np.repeat(np.arange(len(self)), self.sizes)

    def members(self, place: int) -> Ints:
        """The accounts of the group at this place."""
        return self.account[self.start[place] : self.start[place + 1]]

    def places(self, width: int) -> Ints:
        """For each of ``width`` accounts the place of its group, or -1. For groups that do not overlap."""
        found = np.full(width, -1, dtype=np.int64)
        found[self.account] = self.rows
        return found

    def slice(self, low: int, high: int) -> Crowds:
        """The groups at places ``low`` to ``high`` (not included)."""
        start = self.start[low : high + 1]
        return Crowds(self.label[low:high], start - start[0], self.account[start[0] : start[-1]])

    def total(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Sum of one value per account over each group."""
        if not len(self):
            return np.zeros(0, dtype=values.dtype)
        return np.asarray(np.add.reduceat(values[self.account], self.start[:-1]))

    def mean(self, values: Numbers) -> Numbers:
        """Mean of one value per account over each group."""
        return np.asarray(self.total(values) / self.sizes, dtype=np.float64)

    def median(self, values: Numbers, least: int = 1) -> Numbers:
        """Median over each group of the values that are known; NaN where fewer than ``least`` are."""
        held = values[self.account]
        known = ~np.isnan(held)
        rows, held = self.rows[known], held[known]
        held = held[np.lexsort((held, rows))]
        counts = np.bincount(rows, minlength=len(self))
        first = np.cumsum(counts) - counts
        enough = counts >= max(least, 1)
        low, high = (first + (counts - 1) // 2)[enough], (first + counts // 2)[enough]
        found = np.full(len(self), np.nan)
        found[enough] = (held[low] + held[high]) / 2
        return found

    def matrix(self, width: int) -> csr_array:
        """One row a group, one column an account: 1 where the account is in the group."""
        from scipy.sparse import csr_array  # noqa: PLC0415  (0.2 s that `import graphnet` should not pay)

        ones = np.ones(len(self.account))
        return csr_array((ones, self.account, self.start), shape=(len(self), width))


def distinct(*columns: npt.NDArray[Any]) -> tuple[list[npt.NDArray[Any]], Ints]:
    """The different rows of some columns of whole numbers, sorted; and the place of each row among them.

    As ``numpy.unique`` with an axis, which sorts the rows as such and takes many times as long.

    Example:
        >>> rows, place = distinct(np.array([2, 1, 2]), np.array([-5, 7, -5]))
        >>> [column.tolist() for column in rows], place.tolist()
        ([[1, 2], [7, -5]], [1, 0, 1])
    """
    if not len(columns[0]):
        return list(columns), np.zeros(0, np.int64)
    key, many = np.zeros(len(columns[0]), np.int64), 1
    for column in columns:
        low = int(column.min())
        width = int(column.max()) - low + 1
        if many * width > WIDE:
            key = np.unique(key, return_inverse=True)[1]
            many = int(key.max()) + 1
        key, many = key * width + (column - low), many * width
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    return [column[first] for column in columns], place


def incidence(account: Ints, column: Ints, shape: tuple[int, int], value: npt.NDArray[Any] | None = None) -> csr_array:
    """A sparse table from rows (account, column[, value]) in any order; values of the same cell are added."""
    from scipy.sparse import coo_array  # noqa: PLC0415

    held = np.ones(len(account)) if value is None else value.astype(np.float64)
    table = coo_array((held, (account, column)), shape=shape).tocsr()
    table.sum_duplicates()
    return table


def sums(crowds: Crowds, table: csr_array) -> Iterator[tuple[slice, csr_array]]:
    """Column sums of a table (one row an account) over each group, some groups at a time.

    Yields:
        Which places the block covers, and the sums: one row a group, columns as in ``table``.
    """
    cost = np.cumsum(crowds.total(np.diff(table.indptr).astype(np.int64)))
    low = 0
    while low < len(crowds):
        spent = cost[low - 1] if low else 0
        high = max(low + 1, int(np.searchsorted(cost, spent + BUDGET, side="right")))
        yield slice(low, high), crowds.slice(low, high).matrix(table.shape[0]) @ table
        low = high


def table_arrays(table: csr_array) -> tuple[Ints, Ints, Numbers, int]:
    """A table as the compiled kernels take it: where rows start, columns, values, and the number of columns."""
    return table.indptr.astype(np.int64), table.indices.astype(np.int64), table.data, table.shape[1]
