"""Opens the table in a file or in memory, for readers and for sniffing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from graphnet.errors import InputError
from graphnet.readers import Source
from graphnet.readers._columns import normal
from graphnet.readers._delimited import Delimited
from graphnet.readers._input import Input, Memory, Parquet

__all__ = ["has_columns", "is_table", "names_of", "open_input", "opened"]


def open_input(source: Source) -> Input:
    """The table in a file or in memory.

    Raises:
        InputError: There is none, or it cannot be read.
    """
    if source.path is None:
        if not is_table(source.data):
            raise InputError(f"{source.name} is a {type(source.data).__name__}, not a DataFrame or an Arrow table")
        return Memory(source.data)
    return Parquet(source) if source.head.startswith("PAR1") else Delimited(source)


def opened(source: Source) -> Input | None:
    """The table in a file, or None if the file holds none; for sniffing."""
    # JSON, HTML and XML may well have as many commas in each line
    if source.path is None or source.head.lstrip()[:1] in ("", "{", "[", "<"):
        return None
    try:
        return open_input(source)
    except InputError:
        return None


def names_of(source: Source) -> Sequence[str]:
    """The column names of a file, empty where it has none; for sniffing."""
    table = opened(source)
    return (table and table.names) or ()


def has_columns(source: Source, *wanted: str) -> bool:
    """Whether a file has columns of these normalised names; for sniffing."""
    return set(wanted) <= {normal(n) for n in names_of(source)}


def is_table(data: Any) -> bool:
    """Whether an object is a table that Arrow can take over: a DataFrame of pandas, or an Arrow table."""
    return isinstance(data, pa.Table) or (type(data).__name__ == "DataFrame" and hasattr(data, "iloc"))
