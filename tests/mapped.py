"""Functions for engines in a module of their own: they may be run in other processes, which import them."""

from __future__ import annotations

import pyarrow as pa

from graphnet.errors import InputError
from graphnet.schema import INT, Column, Table

__all__ = ["NUMBERS", "less", "nothing", "refuses", "saw", "squares", "sums", "total"]

NUMBERS = Table("numbers", (Column("group", INT, ""), Column("value", INT, "")))


def saw(rows: pa.Table) -> pa.Table:
    """How many rows there were."""
    return pa.table([[0], [rows.num_rows]], schema=NUMBERS.arrow)


def nothing(rows: pa.Table) -> pa.Table:
    """No rows, unless there were none."""
    return NUMBERS.empty() if rows.num_rows else saw(rows)


def sums(rows: pa.Table) -> pa.Table:
    """The rows without their count, which has to be a whole number that may be null."""
    assert rows.schema.field("n").equals(pa.field("n", INT))
    return rows.select(["group", "value"])


def refuses(_rows: pa.Table) -> pa.Table:
    """An error that is meant for the user."""
    raise InputError("these rows are no good (it's 2 > 1). Mend them.")


def total(piece: pa.Table) -> pa.Table:
    """The sum of the values of each group."""
    found = piece.group_by("group").aggregate([("value", "sum")])
    return found.rename_columns(["group", "value"]).cast(NUMBERS.arrow)


def squares(number: int) -> pa.Table:
    """As many rows as the number says, its square in each; the columns are in another order."""
    return pa.table({"value": pa.array([number**2] * number, INT), "group": pa.array([number] * number, INT)})


def less(number: int) -> pa.Table:
    """An error that is meant for the user, but for the first number."""
    if number:
        raise InputError(f"number {number} is too much. Name less.")
    return NUMBERS.empty()
