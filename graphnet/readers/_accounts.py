"""Rows of any table to `graphnet.schema.RAW_ACCOUNTS`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from graphnet import schema
from graphnet.readers import Source
from graphnet.readers import _cells as cells
from graphnet.readers import _columns as columns
from graphnet.readers._input import Input
from graphnet.readers._rows import Piece, Plan, Rows, raw, run

__all__ = ["accounts", "profile", "read_accounts"]


def read_accounts(source: Source, table: Input, synonyms: columns.Synonyms = columns.ACCOUNTS) -> Iterator[Piece]:
    """Read a table as account profiles.

    Raises:
        InputError: No column names the account.
    """
    chosen = columns.needed(table.columns, synonyms, source, ("id", "name"))
    return run(Plan(source, table, chosen), lambda rows: iter([(schema.RAW_ACCOUNTS, accounts(rows))]))


def accounts(rows: Rows) -> pa.Table:
    """Rows as `graphnet.schema.RAW_ACCOUNTS`. An account known by its handle only has no id."""
    author = _profile_ids(rows)
    return rows.kept_of(raw(schema.RAW_ACCOUNTS, author | profile(rows, "") | {"status": rows.label("status")}))


def _profile_ids(rows: Rows) -> dict[str, Any]:
    name = rows.ids("name")
    if "id" not in rows.columns:
        rows.reject(~cells.mask(pc.is_valid(name)), "no account")
        return {"id": rows.nothing(pa.string()), "name": name}
    id_ = rows.needed_ids("id", "account id")
    same = pc.fill_null(pc.equal(id_, name), False)
    return {"id": id_, "name": pc.if_else(same, pa.scalar(None, pa.string()), name)}


def profile(rows: Rows, prefix: str) -> dict[str, Any]:
    """The columns that describe an account; ``prefix`` stands before the names of their fields."""
    return {
        "created": rows.loose_times(prefix + "created"),
        **{f: rows.numbers(prefix + f) for f in ("followers", "following", "posts")},
        **{f: rows.flags(prefix + f) for f in ("verified", "default_image")},
        "description": rows.text(prefix + "description"),
    }
