"""Fits how much of each cell (author x day) an account would share, and what two accounts would then share.

Each account has an author total (how many objects of this author it shared) and a day total (how many objects of that
day). Among all ways to share things that keep both, iterative proportional fitting finds the one that is nearest to
what everybody shares: ``q = author factor x day factor x size of the cell``. Cells that the totals force to 0 are left
out beforehand; without that the fitting creeps towards these zeros for ever (1/n after n sweeps), with it each sweep
gains a constant factor.

Example:
    >>> import numpy as np
    >>> cells = Cells.of(author=np.array([0, 0, 1, 1]), day=np.array([0, 1, 0, 1]), size=np.array([2.0, 2, 2, 2]))
    >>> fitted = fit(cells, account=np.array([0, 0], np.int32), cell=np.array([0, 3], np.int32), n_accounts=1)
    >>> fitted.share.tolist()  # two objects, one by each author, one of each day
    [0.5, 0.5, 0.5, 0.5]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from graphnet.kernels.null_work import Ints, Longs, Reals, Spare, bucket, each, pieces, starts_of

__all__ = ["Cells", "Fit", "count_entries", "expectation", "fit"]

CLOSE = 1e-6
"""Largest relative error of a margin at which fitting ends."""
SWEEPS = 500
"""Most sweeps an account; the few that need more end with exact author totals and inexact day totals."""


@dataclass(frozen=True)
class Cells:
    """The cells that exist, sorted by author and day.

    Attributes:
        starts: Where the cells of each author start; one more at the end.
        author: Author of each cell.
        day: Day of each cell, numbers from 0.
        days: How many days there are.
        size: How much everybody shared in each cell.
    """

    starts: Longs
    author: Ints
    day: Ints
    days: int
    size: Reals

    @classmethod
    def of(cls, author: Any, day: Any, size: Reals) -> Cells:
        """From cells sorted by author and day, both numbered from 0."""
        authors = int(author.max(initial=-1)) + 1
        days = int(day.max(initial=-1)) + 1
        return cls(starts_of(author, authors), author.astype(np.int32), day.astype(np.int32), days, size)


@dataclass(frozen=True)
class Fit:
    """What each account would share.

    Attributes:
        starts: Where the entries of each account start; one more at the end.
        cell: The cell of each entry, ascending within an account.
        share: How many objects the account shares in that cell, on average.
        sweeps: How many sweeps each account took.
        unsettled: Accounts whose day totals are met less closely than to 1e-6.
    """

    starts: Longs
    cell: Ints
    share: Reals
    sweeps: Ints
    unsettled: int


def count_entries(cells: Cells, account: Ints, cell: Ints, n_accounts: int, threads: int | None = None) -> Longs:
    """How many entries each account will have: the existing cells of its authors on its days."""
    own, starts = _by_account(account, cell, n_accounts)
    spare = Spare(lambda: np.full(cells.days, -1, np.int32))

    def run(first: int, last: int) -> Longs:
        with spare.borrowed() as place:
            return np.asarray(_entries(first, last, own, starts, cells.starts, cells.author, cells.day, place))

    found = each(run, pieces(np.diff(starts)), threads)
    return np.concatenate([np.empty(0, np.int64), *found])


def fit(cells: Cells, account: Ints, cell: Ints, n_accounts: int, threads: int | None = None) -> Fit:
    """Fit all accounts.

    Args:
        cells: The cells that exist.
        account: Account of each share.
        cell: Cell of each share's object.
        n_accounts: Number of accounts; those without shares get no entries.
        threads: Number of threads; None: all cores.
    """
    own, starts = _by_account(account, cell, n_accounts)
    entries = count_entries(cells, account, cell, n_accounts, threads)
    out = np.concatenate(([0], np.cumsum(entries))).astype(np.int64)
    which, share, sweeps = np.empty(out[-1], np.int32), np.empty(out[-1]), np.zeros(n_accounts, np.int32)
    spare = Spare(lambda: np.full(cells.days, -1, np.int32))

    def run(first: int, last: int) -> int:
        with spare.borrowed() as place:
            missed = _fit(
                first, last, own, starts, cells.starts, cells.author, cells.day, cells.size, out, place,
                which, share, sweeps,
            )  # fmt: skip
        return int(missed)

    unsettled = sum(each(run, pieces(entries + np.diff(starts)), threads))
    return Fit(out, which, share, sweeps, unsettled)


def _by_account(account: Ints, cell: Ints, n_accounts: int) -> tuple[Ints, Longs]:
    """Cells of the shares, account by account, ascending."""
    order, _ = bucket(cell, int(cell.max(initial=-1)) + 1)
    again, starts = bucket(account[order], n_accounts)
    return cell[order][again], starts


@njit(nogil=True, cache=True)
def _entries(first, last, own, starts, of_author, author, day, place):  # type: ignore[no-untyped-def]
    out = np.zeros(last - first, np.int64)
    for one in range(first, last):
        mine = own[starts[one] : starts[one + 1]]
        place[day[mine]] = 1
        for share in range(len(mine)):
            if share == 0 or author[mine[share]] != author[mine[share - 1]]:
                here = author[mine[share]]
                for cell in range(of_author[here], of_author[here + 1]):
                    out[one - first] += place[day[cell]] >= 0
        place[day[mine]] = -1
    return out


@njit(nogil=True, cache=True)
def _fit(  # type: ignore[no-untyped-def]
    first, last, own, starts, of_author, author, day, size, out, place, which, share, sweeps
):
    """Fit the accounts ``first`` to ``last``; ``place`` is all -1 before and after. Returns how many did not settle."""
    unsettled = 0
    for one in range(first, last):
        mine = own[starts[one] : starts[one + 1]]
        if not len(mine):
            continue
        days = _number_days(mine, day, place)
        low, high = out[one], out[one + 1]
        cell, value = which[low:high], share[low:high]
        row, column = np.empty(high - low, np.int32), np.empty(high - low, np.int32)
        rows, columns, seen = _lay_out(mine, of_author, author, day, place, days, cell, row, column)
        _leave_out_forced(row, column, len(rows), days, seen, size, cell, value)
        sweeps[one] = _sweep(row, column, value, rows, columns)
        unsettled += sweeps[one] > SWEEPS
        place[day[mine]] = -1
    return unsettled


@njit(nogil=True, cache=True)
def _number_days(mine, day, place):  # type: ignore[no-untyped-def]
    """Number the account's days in ``place``; returns how many there are."""
    days = 0
    for cell in mine:
        if place[day[cell]] < 0:
            place[day[cell]] = days
            days += 1
    return days


@njit(nogil=True, cache=True)
def _lay_out(mine, of_author, author, day, place, days, cell, row, column):  # type: ignore[no-untyped-def]
    """Fill in cell, author (row) and day (column) of each entry; returns both totals and which entries were used."""
    rows, columns = np.zeros(len(mine)), np.zeros(days)
    seen = np.zeros(len(cell), np.bool_)
    n, authors, share = 0, 0, 0
    while share < len(mine):
        here = author[mine[share]]
        for candidate in range(of_author[here], of_author[here + 1]):
            if place[day[candidate]] < 0:
                continue
            cell[n], row[n], column[n] = candidate, authors, place[day[candidate]]
            while share < len(mine) and mine[share] == candidate:
                seen[n] = True
                rows[authors] += 1
                columns[column[n]] += 1
                share += 1
            n += 1
        authors += 1
    return rows[:authors].copy(), columns, seen


@njit(nogil=True, cache=True)
def _leave_out_forced(row, column, rows, columns, seen, size, cell, value):  # type: ignore[no-untyped-def]
    """Start the fitting: the cell's size, or 0 where no way of sharing with these totals uses the entry.

    An entry can be above 0 if and only if its author and its day are in one strongly connected component of the graph
    that has an edge author -> day for each entry and one back for each entry that was used: along a cycle shares can be
    moved without changing a total.
    """
    part = _components(row, column, rows, columns, seen)
    for entry in range(len(row)):
        same = part[row[entry]] == part[rows + column[entry]]
        value[entry] = size[cell[entry]] if same else 0.0


@njit(nogil=True, cache=True)
def _edges(row, column, rows, columns, seen):  # type: ignore[no-untyped-def]
    """The graph as (where each node's edges start, what they lead to); authors first, then days."""
    starts = np.zeros(rows + columns + 1, np.int64)
    for entry in range(len(row)):
        starts[row[entry] + 1] += 1
        starts[rows + column[entry] + 1] += seen[entry]
    starts = np.cumsum(starts)
    place, to = starts[:-1].copy(), np.empty(starts[-1], np.int32)
    for entry in range(len(row)):
        one, two = row[entry], rows + column[entry]
        to[place[one]] = two
        place[one] += 1
        if seen[entry]:
            to[place[two]] = one
            place[two] += 1
    return starts, to


@njit(nogil=True, cache=True)
def _components(row, column, rows, columns, seen):  # type: ignore[no-untyped-def]  # noqa: C901  (one walk)
    """Number of each node's strongly connected component (Tarjan 1972, without recursion)."""
    starts, to = _edges(row, column, rows, columns, seen)
    nodes = rows + columns
    edge = starts[:-1].copy()
    index, low, part = np.full(nodes, -1, np.int32), np.zeros(nodes, np.int32), np.full(nodes, -1, np.int32)
    path, stack = np.empty(nodes, np.int32), np.empty(nodes, np.int32)
    count, parts, stacked = 0, 0, 0
    for root in range(nodes):
        if index[root] >= 0:
            continue
        path[0], depth = root, 1
        while depth:
            node = path[depth - 1]
            if index[node] < 0:
                index[node] = low[node] = count
                count += 1
                stack[stacked] = node
                stacked += 1
            if edge[node] < starts[node + 1]:
                other = to[edge[node]]
                edge[node] += 1
                if index[other] < 0:
                    path[depth] = other
                    depth += 1
                elif part[other] < 0:
                    low[node] = min(low[node], index[other])
                continue
            depth -= 1
            if depth:
                low[path[depth - 1]] = min(low[path[depth - 1]], low[node])
            if low[node] == index[node]:
                while part[node] < 0:
                    stacked -= 1
                    part[stack[stacked]] = parts
                parts += 1
    return part


@njit(nogil=True, cache=True)
def _sweep(row, column, value, rows, columns):  # type: ignore[no-untyped-def]
    """Scale to the author totals and the day totals in turn until both are met; returns the number of sweeps.

    Ends with the author totals, so that these are exact. More than `SWEEPS`: the day totals were not met.
    """
    # entries come row by row: a row's sum stays at hand, and there is one division a total, not one an entry
    starts = np.searchsorted(row, np.arange(len(rows) + 1))
    have_row, have_column = np.zeros(len(rows)), np.zeros(len(columns))
    for entry in range(len(row)):
        have_row[row[entry]] += value[entry]
    for sweep in range(SWEEPS + 1):
        have_column[:] = 0.0
        for here in range(len(rows)):
            factor = rows[here] / have_row[here]
            for entry in range(starts[here], starts[here + 1]):
                value[entry] *= factor
                have_column[column[entry]] += value[entry]
        worst = 0.0
        for here in range(len(columns)):
            worst = max(worst, abs(have_column[here] / columns[here] - 1))
        if worst <= CLOSE:
            return sweep
        if sweep < SWEEPS:
            have_column[:] = columns / have_column
            for here in range(len(rows)):
                total = 0.0
                for entry in range(starts[here], starts[here + 1]):
                    value[entry] *= have_column[column[entry]]
                    total += value[entry]
                have_row[here] = total
    return SWEEPS + 1


def expectation(fitted: Fit, weight: Reals, source: Ints, target: Ints) -> Reals:
    """Sum over the cells of both accounts of share x share x weight, for each pair.

    Args:
        fitted: The fitted shares.
        weight: Of each cell: how likely it is that two who share one object there share the same.
        source: An account of each pair; quickest where equal ones stand together.
        target: The other account.
    """
    spread = np.zeros(len(weight))
    return np.asarray(_dot(source, target, fitted.starts, fitted.cell, fitted.share, weight, spread), np.float64)


@njit(nogil=True, cache=True)
def _dot(source, target, starts, cell, share, weight, spread):  # type: ignore[no-untyped-def]
    out = np.zeros(len(source))
    held = -1
    for pair in range(len(source)):
        if source[pair] != held:
            if held >= 0:
                for entry in range(starts[held], starts[held + 1]):
                    spread[cell[entry]] = 0.0
            held = source[pair]
            for entry in range(starts[held], starts[held + 1]):
                spread[cell[entry]] = share[entry] * weight[cell[entry]]
        other = target[pair]
        for entry in range(starts[other], starts[other + 1]):
            out[pair] += share[entry] * spread[cell[entry]]
    return out
