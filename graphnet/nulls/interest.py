"""Interest and availability: people share what their favourites say, on the days they are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from graphnet.errors import InputError
from graphnet.nulls import NO_TIME, Model, Null, Outcome, Pairs, Shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphnet.kernels.null_interest import Fit

__all__ = ["Interest"]

DAY = 86_400
WIDEST = 1 << 12
"""Days of the longest period; by then everything is in one."""


@dataclass(frozen=True)
class Interest(Null):
    """How much two accounts share, given whom each amplifies and on which days each is active.

    Things fall into cells: author x day. For each account the shares of each cell are fitted to its author totals and
    its day totals; expected are ``sum over cells of q_i q_j sum d^2 / D^2`` shared objects: q the fitted shares of each
    account, d accounts of each object of the cell, D shares in the cell. Only objects whose author is known count.

    Args:
        entries: Most fitted numbers (12 bytes each). Where days would need more, two days become one period, then
            four, …, and the length is reported.

    Raises:
        InputError: A parameter is out of range.
    """

    name: ClassVar[str] = "interest"
    title: ClassVar[str] = "whom each account amplifies and on which days it is active"
    side: ClassVar[Literal["what", "when"]] = "what"
    entries: int = 60_000_000

    def __post_init__(self) -> None:
        if self.entries < 1:
            raise InputError(f"interest: entries is {self.entries}, it has to be 1 or more")

    def missing(self, shares: Shares) -> str | None:
        """See `Null.missing`."""
        known = shares.author[shares.object] >= 0
        return None if known.any() else "it is not known who made the things that were shared"

    def usable(self, shares: Shares) -> Shares:
        """See `Null.usable`: things whose author is known."""
        return shares.among(shares.author >= 0)

    def fit(self, shares: Shares, threads: int | None = None) -> Model:
        """See `Null.fit`."""
        from graphnet.kernels.null_interest import count_entries, fit  # noqa: PLC0415  (numba is slow to load)

        period = 1
        while True:
            cell_of, cells = _cells(shares, period)
            cell = cell_of[shares.object]
            needed = int(count_entries(cells, shares.account, cell, shares.accounts, threads).sum())
            if needed <= self.entries or period >= WIDEST:
                break
            period *= 2
        fitted = fit(cells, shares.account, cell, shares.accounts, threads)
        d = shares.popularity.astype(np.float64)
        repeat = np.bincount(cell_of, d**2, len(cells.size)) / np.maximum(cells.size, 1) ** 2
        notes = {
            "cells": len(cells.size),
            "objects_per_cell": round(float(np.count_nonzero(d)) / max(len(cells.size), 1), 2),
            "days_per_period": period if (shares.born != NO_TIME).any() else None,
            "unsettled": fitted.unsettled,
        }
        return Fitted(fitted, repeat, notes)

    def sentence(self, seen: int, expected: float, things: str = "objects") -> str:
        """See `Null.sentence`."""
        return (
            f"given whom each amplifies and when each is active, {expected:.1f} shared {things} expected, {seen} seen"
        )


@dataclass(frozen=True)
class Fitted(Model):
    """Interest, fitted.

    Attributes:
        fit: What each account would share in each cell.
        repeat: Of each cell: the probability that two shares in it are of one object.
        notes: ``cells``, ``objects_per_cell``, ``days_per_period`` (None: no times), and how many accounts are
            ``unsettled``: their day totals are met less closely than to 1e-6.
    """

    fit: Fit
    repeat: NDArray[np.float64]
    notes: dict[str, Any]

    def test(self, pairs: Pairs) -> Outcome:
        """See `Model.test`."""
        from graphnet.kernels.null_interest import expectation  # noqa: PLC0415
        from graphnet.kernels.null_work import poisson_tail  # noqa: PLC0415

        expected = expectation(self.fit, self.repeat, pairs.source, pairs.target)
        return Outcome(pairs.shared.astype(np.int64), expected, poisson_tail(pairs.shared, expected))


def _cells(shares: Shares, period: int) -> tuple[NDArray[np.int32], Any]:
    """Cell of each object (0 for those that nobody shares), and the cells that exist."""
    from graphnet.kernels.null_interest import Cells  # noqa: PLC0415

    # things whose time is unknown have a day of their own
    day = np.where(shares.born == NO_TIME, NO_TIME, shares.born // (DAY * period))
    shared = shares.popularity > 0
    days, day_of = np.unique(day[shared], return_inverse=True)
    author_of = np.unique(shares.author[shared], return_inverse=True)[1]
    named, which = np.unique(author_of.astype(np.int64) * max(len(days), 1) + day_of, return_inverse=True)
    cell_of = np.zeros(shares.objects, np.int32)
    cell_of[shared] = which
    size = np.bincount(cell_of, shares.popularity, len(named)).astype(np.float64)
    return cell_of, Cells.of(named // max(len(days), 1), named % max(len(days), 1), size)
