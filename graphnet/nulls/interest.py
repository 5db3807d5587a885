"""Interest and availability: people share what their favourites say, on the days they are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa

from graphnet.errors import InputError
from graphnet.nulls import NO_TIME, Model, Outcome, Pairs, Shares
from graphnet.nulls._shares import Census
from graphnet.nulls._whole import Columns, Part, Scattered, Spreadable, Whole, shape, stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphnet.kernels.null_interest import Cells, Fit

__all__ = ["Interest"]

USED = shape("spread_used", ints="account author day used")
CELLS = shape("spread_cells", ints="author day things", reals="size squares")
FITS = shape("spread_fits", ints="account author day", reals="share weight", flags="unsettled")

USED_SQL = """
select account, author, {day} as day, count(*) as used from {rows} s group by account, author, {day}"""

# each object brings its accounts once for each of them, which makes the sum of squares
CELLS_SQL = """
select author, {day} as day, count(distinct object) as things, count(*) as size, sum(popularity) as squares
from {rows} s group by author, {day}"""

# an engine that put the days before the authors would join all that happened on a day with all who were there
EXISTING_SQL = """
(select a.account, c.author, c.day, c.size, c.squares
 from (select distinct account, author from spread_used) a join spread_cells c on c.author = a.author
 where exists (select 1 from spread_used d where d.account = a.account and d.day = c.day)) e"""

COUNT_SQL = f"select count(*) as entries from {EXISTING_SQL}"

ENTRIES_SQL = f"""
select e.account, e.author, e.day, e.size, e.squares, coalesce(u.used, 0) as used from {EXISTING_SQL}
left join spread_used u on u.account = e.account and u.author = e.author and u.day = e.day"""

ABOUT_SQL = """
select c.cells, coalesce(c.things, 0) as things, f.unsettled from
(select count(*) as cells, cast(sum(things) as bigint) as things from spread_cells) c
cross join (select count(distinct case when unsettled then account end) as unsettled from spread_fits) f"""

DATED_SQL = """
select (select count(born) from {rows} b) + (select count(created) from {everything} c) as known"""

FITS_SQL = """
(select f.account, f.author, f.day, f.share, f.weight from spread_fits f
join (select distinct account from {everything} where active) a on a.account = f.account where f.share > 0) f"""

DAY = 86_400
UNDATED = -(1 << 62)
WIDEST = 1 << 12
"""Days of the longest period; by then everything is in one."""


@dataclass(frozen=True)
class Interest(Spreadable):
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

    def lacking(self, census: Census) -> str | None:
        """See `Spreadable.lacking`."""
        return None if census.authored else "it is not known who made the things that were shared"

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
        dated = bool((shares.born != NO_TIME).any())
        notes = _notes(len(cells.size), int(np.count_nonzero(d)), period if dated else None, fitted.unsettled)
        return Fitted(fitted, repeat, notes)

    def sifted(self, whole: Whole) -> Whole:
        """See `Spreadable.sifted`."""
        return whole.among("author is not null")

    def scatter(self, whole: Whole) -> Scattered:
        """See `Spreadable.scatter`: what each account would share in each cell."""
        period = 1
        while True:
            whole.save(USED_SQL.format(rows=whole.shares, day=_day_sql(period)), USED)
            whole.save(CELLS_SQL.format(rows=whole.shares, day=_day_sql(period)), CELLS)
            if whole.one(COUNT_SQL)["entries"] <= self.entries or period >= WIDEST:
                break
            period *= 2
        whole.map(ENTRIES_SQL, _fit_entries, FITS, by="account")
        about = whole.one(ABOUT_SQL)
        known = whole.one(DATED_SQL.format(rows=whole.shares, everything=whole.table))["known"]
        notes = _notes(about["cells"], about["things"], period if known else None, about["unsettled"])
        columns = {"one": "account", "two": "author", "three": "day", "x": "share", "y": "weight"}
        fits = stream(FITS_SQL.format(everything=whole.table), grp=whole.group(), **columns)
        return Scattered(_parted, {"fits": fits}, notes)

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


def _notes(cells: int, things: int, period: int | None, unsettled: int) -> dict[str, Any]:
    return {
        "cells": cells,
        "objects_per_cell": round(float(things) / max(cells, 1), 2),
        "days_per_period": period,
        "unsettled": unsettled,
    }


def _day_sql(period: int) -> str:
    """The period in which a thing was born, as a number; one far below all where that is not known."""
    return f"coalesce(cast(floor(born / {DAY * period}e0) as bigint), {UNDATED})"


def _fit_entries(rows: pa.Table) -> pa.Table:
    """Fit whole accounts, each with all cells of its authors on its days."""
    from graphnet.kernels.null_interest import SWEEPS, fit  # noqa: PLC0415

    held = {name: rows[name].to_numpy() for name in rows.column_names}
    account, who = np.unique(held["account"], return_inverse=True)
    cells, cell, first = _numbered(held["author"], held["day"], held["size"])
    again = np.repeat(np.arange(len(who)), held["used"])
    fitted = fit(cells, who[again].astype(np.int32), cell[again], len(account), threads=1)
    entries = np.diff(fitted.starts)
    columns = {
        "account": np.repeat(account, entries),
        "author": held["author"][first][fitted.cell],
        "day": held["day"][first][fitted.cell],
        "share": fitted.share,
        "weight": (held["squares"][first] / np.maximum(cells.size, 1) ** 2)[fitted.cell],
        "unsettled": np.repeat(fitted.sweeps > SWEEPS, entries),
    }
    return pa.table([pa.array(columns[c.name], c.type) for c in FITS.columns], schema=FITS.arrow)


def _numbered(
    author: NDArray[np.int64], day: NDArray[np.int64], size: NDArray[np.float64]
) -> tuple[Cells, NDArray[np.int32], NDArray[np.int64]]:
    """The cells among rows that each belong to one; the cell of each row; and a row of each cell."""
    from graphnet.kernels.null_interest import Cells  # noqa: PLC0415

    days, day_of = np.unique(day, return_inverse=True)
    author_of = np.unique(author, return_inverse=True)[1]
    key = author_of.astype(np.int64) * max(len(days), 1) + day_of
    which, first, cell = np.unique(key, return_index=True, return_inverse=True)
    made = Cells.of(which // max(len(days), 1), which % max(len(days), 1), size[first])
    return made, cell.astype(np.int32), first


def _parted(part: Part, rows: Mapping[str, Columns]) -> Fitted:
    """The model of one task."""
    from graphnet.kernels.null_interest import Fit  # noqa: PLC0415
    from graphnet.kernels.null_work import starts_of  # noqa: PLC0415

    fits = rows["fits"]
    _, cell, first = _numbered(fits["two"], fits["three"], fits["y"])
    who = part.place(fits["one"])
    order = np.lexsort((cell, who))
    starts = starts_of(who, len(part.accounts))
    sweeps = np.zeros(len(part.accounts), np.int32)
    return Fitted(Fit(starts, cell[order], fits["x"][order], sweeps, 0), fits["y"][first], {})
