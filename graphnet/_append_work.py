"""What the parts of an append share: the running step, its new rows, and the queries' results as named files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from graphnet import engines
from graphnet._intern import Stage
from graphnet.schema import Column, Table
from graphnet.study import Step

__all__ = ["Anew", "Work", "table"]


class Anew(Exception):  # noqa: N818  (a reason, no error)
    """Why the tables have to be made anew."""


def table(name: str, /, **columns: pa.DataType) -> Table:
    """A table of these columns that lasts no longer than the step."""
    return Table(name, tuple(Column(column, type_, "") for column, type_ in columns.items()))


@dataclass(frozen=True)
class Work:
    """One append under way.

    Attributes:
        step: The running step; its study has the tables and staged rows of what was read before.
        stage: What was staged in this step.
    """

    step: Step
    stage: Stage

    def stored(self, name: str) -> Path:
        """The file of a table that is one file."""
        return Path(str(self.step.study.path), *self.step.study.files(name).values())

    def made(self, name: str) -> Path:
        """Where to put something that is made of it."""
        return self.stage.path(f"made_{name}")

    def keep(self, kind: Table, sql: str, name: str = "") -> int:
        """Write the rows of a query; the engine then knows them by the table's name, or by this one."""
        path = self.made(name or kind.name)
        count = self.step.study.engine.save(sql, path, kind)
        self.step.study.engine.open(path, name or kind.name)
        return count

    def put(self, kind: Table, rows: pa.Table) -> None:
        """The same for rows in memory."""
        path = self.made(kind.name)
        engines.write([rows], path, kind)
        self.step.study.engine.open(path, kind.name)

    def rows(self, sql: str) -> pa.Table:
        """The rows of a query."""
        return self.step.study.rows(sql)
