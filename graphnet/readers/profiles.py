"""Tables of account profiles: one row an account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from graphnet import schema
from graphnet.readers import Reader, Source
from graphnet.readers import _columns as columns
from graphnet.readers._accounts import read_accounts
from graphnet.readers._rows import Piece
from graphnet.readers._tables import names_of, open_input

__all__ = ["Profiles", "score"]


@dataclass(frozen=True)
class Profiles(Reader):
    """CSV, TSV or Parquet with one account a row."""

    name: ClassVar[str] = "profiles"
    title: ClassVar[str] = "Account profiles (CSV, TSV, Parquet): id or handle, created, followers, following, posts …"
    fields: ClassVar[Mapping[str, str]] = columns.fields(schema.RAW_ACCOUNTS)

    def sniff(self, source: Source) -> float:
        """See `Reader.sniff`."""
        return score(columns.choose(names_of(source), columns.ACCOUNTS, source, strict=False))

    def read(self, source: Source) -> Iterator[Piece]:
        """See `Reader.read`."""
        return read_accounts(source, open_input(source))


def score(chosen: Mapping[str, int]) -> float:
    """How much a table with these fields looks like profiles."""
    details = len(set(chosen) - {"id", "name"})
    return 0.47 if {"id", "name"} & set(chosen) and details > 1 else 0.0
