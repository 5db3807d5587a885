"""What the parts of an append share: the running step, its new rows, and the queries' results as named files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

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

    def keep(self, kind: Table, rows: str | pa.Table, name: str = "") -> int:
        """Have the engine know the rows of a query, or rows in memory, by the table's name or by this one."""
        return self.step.study.engine.keep(rows, self.made(name or kind.name), kind, name)

    def save(self, kind: Table, sql: str, name: str) -> None:
        """The same by way of a file, for what may be too much for memory."""
        self.step.study.engine.save(sql, self.made(name), kind)
        self.step.study.engine.open(self.made(name), name)

    def rows(self, sql: str) -> pa.Table:
        """The rows of a query."""
        return self.step.study.rows(sql)
