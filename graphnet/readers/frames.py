"""pandas DataFrames and Arrow tables: edges, posts or profiles, told by their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from graphnet import schema
from graphnet.errors import InputError
from graphnet.readers import Reader, Source, edge_list, posts_table, profiles
from graphnet.readers import _columns as columns
from graphnet.readers._accounts import read_accounts
from graphnet.readers._edges import read_edges
from graphnet.readers._posts import read_posts
from graphnet.readers._rows import Piece
from graphnet.readers._tables import is_table, open_input

__all__ = ["Frames"]

WAYS = (
    (columns.POSTS, posts_table.score, read_posts),
    (columns.EDGES, edge_list.score, read_edges),
    (columns.ACCOUNTS, profiles.score, read_accounts),
)


@dataclass(frozen=True)
class Frames(Reader):
    """A DataFrame with the columns of an edge list, of a table of posts or of account profiles.

    Its index is not read. In ``rejected`` rows are numbered from 1.
    """

    name: ClassVar[str] = "frames"
    title: ClassVar[str] = "pandas DataFrame or Arrow table: edges, posts or profiles"
    fields: ClassVar[Mapping[str, str]] = {
        c.name: c.meaning for t in (schema.RAW_EDGES, schema.RAW_POSTS, schema.RAW_ACCOUNTS) for c in t.columns
    }

    def sniff(self, source: Source) -> float:
        """See `Reader.sniff`."""
        return 0.9 if source.path is None and is_table(source.data) else 0.0

    def read(self, source: Source) -> Iterator[Piece]:
        """See `Reader.read`."""
        table = open_input(source)
        chosen = [columns.choose(table.columns, synonyms, source, strict=False) for synonyms, _, _ in WAYS]
        scores = [score(found) for found, (_, score, _) in zip(chosen, WAYS, strict=True)]
        if not any(scores):
            raise InputError(
                f"the columns of {source.name} are not those of edges, posts or profiles "
                f"(it has: {', '.join(table.columns)}). Map them: columns={{'source': '…', 'target': '…'}}"
            )
        return WAYS[scores.index(max(scores))][2](source, table)
