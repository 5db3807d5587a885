"""Nulls on shares that no single process holds: what is counted over all of them, and what travels to each task.

The pairs of accounts are shared out: the active accounts are cut into G groups of neighbouring numbers, and a task
tests the pairs of one group with one other, or within one group. Whatever a test needs beyond that (how popular a thing
is in all, how it spread, what an account would share in each cell) is worked out beforehand, once, by the engine; a
null writes it as `Scattered` rows and says how a task makes a `Model` of them. So every formula stands in one place,
and a task tests its pairs by the same code as a process that has everything.

A null that does not say so (that is no `Spreadable`) works all the same: the shares are then collected.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graphnet.engines import Engine, MapFunction
from graphnet.nulls import Model, Null, Shares
from graphnet.nulls._shares import GRAINS, Census
from graphnet.schema import FLAG, INT, REAL, TEXT, Column, Table

__all__ = ["ROWS", "Columns", "Part", "Scattered", "Spreadable", "Whole", "shape", "stream"]

Columns = Mapping[str, NDArray[Any]]
Longs = NDArray[np.int64]

CENSUS_SQL = """
select count(*) as shares, count(time) as timed, {rounds}, count(author) as authored, count(created) as made,
    coalesce(sum(case when created % 60 = 0 then 1 else 0 end), 0) as made_round
from {rows} s"""

TIED_SQL = """
select s.account, s.object from {rows} s join (
    select object from {rows} a where active group by object having count(*) > 1
) t on t.object = s.object where s.active"""


def shape(name: str, *, ints: str = "", reals: str = "", flags: str = "", texts: str = "") -> Table:
    """A table for the length of a step: column names by their type."""
    kinds = ((ints, INT), (reals, REAL), (flags, FLAG), (texts, TEXT))
    return Table(name, tuple(Column(column, kind, "") for names, kind in kinds for column in names.split()))


ROWS = shape("rows", ints="grp one two three four", reals="x y")
"""What travels to the tasks: the group that needs it, and up to four whole numbers and two others."""


def stream(rows: str, **columns: str) -> str:
    """SQL for rows of the shape `ROWS`; columns that are not named are null.

    Args:
        rows: What follows ``from``.
        columns: An SQL expression for each column; ``grp`` has to be among them.

    Example:
        >>> stream("t", grp="0", one="account").splitlines()[0][:60]
        'select cast(0 as bigint) as grp, cast(account as bigint) as '
    """
    kinds = {c.name: "double" if c.type == REAL else "bigint" for c in ROWS.columns}
    chosen = [f"cast({columns.get(name, 'null')} as {kind}) as {name}" for name, kind in kinds.items()]
    return f"select {', '.join(chosen)}\nfrom {rows}"


@dataclass(frozen=True)
class Whole:
    """All shares of a layer (or those that a null can judge), as a table of the engine.

    Attributes:
        engine: Runs the SQL.
        folder: Where tables for the length of the step are written.
        table: The shares, each once: ``account, object, time``, of the object ``author`` (a number), ``created``,
            ``first_seen``, ``born``, ``popularity``, and whether the account is ``active``.
        bounds: First account of each group but the first.
        where: SQL for the shares that can be judged.
    """

    engine: Engine
    folder: Path
    table: str
    bounds: tuple[int, ...] = ()
    where: str = "1 = 1"

    @property
    def groups(self) -> int:
        """Number of groups of accounts."""
        return len(self.bounds) + 1

    @property
    def shares(self) -> str:
        """SQL for the shares, to stand after ``from``."""
        return f"(select * from {self.table} where {self.where})"

    def among(self, condition: str) -> Whole:
        """Only the shares for which this SQL is true."""
        return replace(self, where=f"{self.where} and {condition}")

    def everything(self) -> Whole:
        """All shares again."""
        return replace(self, where="1 = 1")

    def census(self) -> Census:
        """How much is known of these shares."""
        rounds = [f"coalesce(sum(case when time % {g} = 0 then 1 else 0 end), 0) as {name}" for g, name in GRAINS]
        found = self.one(CENSUS_SQL.format(rounds=", ".join(rounds), rows=self.shares))
        full = tuple(int(found.pop(name)) for _, name in GRAINS)
        return Census(**{name: int(n) for name, n in found.items()}, round=full, lasting=False)

    def group(self, account: str = "account") -> str:
        """SQL for the group of an account."""

        # halves of halves, so that a hundred groups cost seven comparisons
        def between(low: int, high: int) -> str:
            if low == high:
                return str(low)
            middle = (low + high) // 2
            below, above = between(low, middle), between(middle + 1, high)
            return f"case when {account} < {self.bounds[middle]} then {below} else {above} end"

        return between(0, self.groups - 1)

    @property
    def tied(self) -> str:
        """SQL for ``account, object`` of active accounts on things that two of them share: what pairs are made of."""
        return f"({TIED_SQL.format(rows=self.shares)})"

    def save(self, sql: str, table: Table) -> str:
        """Keep the rows of a query for the length of the step; returns the name under which SQL finds them."""
        path = self._free(table)
        self.engine.save(sql, path, table)
        self.engine.open(path, table.name)
        return table.name

    def map(self, sql: str, function: MapFunction, table: Table, by: str) -> str:
        """Keep what a function makes of whole groups of a query's rows (see `Engine.map`); returns the name."""
        path = self._free(table)
        self.engine.map(sql, function, path, table, by)
        self.engine.open(path, table.name)
        return table.name

    def _free(self, table: Table) -> Path:
        """A file that is not there yet: an engine may still have the old one in its memory."""
        paths = (self.folder / f"{table.name}.{n}.parquet" for n in count())
        return next(path for path in paths if not path.exists())

    def rows(self, sql: str) -> pa.Table:
        """The rows of a query, which have to be few however many shares there are."""
        return self.engine.rows(sql)

    def one(self, sql: str) -> dict[str, Any]:
        """The only row of a query."""
        return dict(self.rows(sql).to_pylist()[0])


@dataclass(frozen=True)
class Part:
    """What every null gets in a task.

    Attributes:
        accounts: Numbers of the active accounts of both groups, ascending; a task numbers them anew, by their place.
        shares: Their shares, as far as the nulls of the side ``what`` can judge them and another could share them too.
        cut: Where the accounts of the second group start, if it is another; only pairs across are tested then.
    """

    accounts: Longs
    shares: Shares
    cut: int | None

    def place(self, accounts: NDArray[Any]) -> NDArray[np.int32]:
        """The numbers of these accounts in the task."""
        return np.searchsorted(self.accounts, accounts).astype(np.int32)


@dataclass(frozen=True)
class Scattered:
    """A null fitted to the whole, in rows that can be parted.

    Attributes:
        model: Makes the model of a task from the part and the rows of each stream, by name, as arrays without gaps;
            has to be picklable. Numbers in the ``notes`` of such a model are added up over all tasks.
        streams: SQL for rows of the shape `ROWS`, by name (see `stream`): all that concerns the active accounts of
            each group.
        notes: As of `Model`.
    """

    model: Callable[[Part, Mapping[str, Columns]], Model]
    streams: Mapping[str, str]
    notes: dict[str, Any]


class Spreadable(Null):
    """A null that can be fitted by an engine whose rows no single process holds."""

    def missing(self, shares: Shares) -> str | None:
        """See `Null.missing`."""
        return self.lacking(shares.census)

    @abstractmethod
    def lacking(self, census: Census) -> str | None:
        """Why this null cannot be used on shares of which this much is known, or None."""

    @abstractmethod
    def sifted(self, whole: Whole) -> Whole:
        """As `Null.usable`: the shares that this null can judge."""

    @abstractmethod
    def scatter(self, whole: Whole) -> Scattered:
        """As `Null.fit`: learn what is usual from `sifted` shares."""
