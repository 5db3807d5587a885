"""The CSV of the Coordination Network Toolkit (Queensland University of Technology)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from graphnet import schema
from graphnet.readers import Reader, Source
from graphnet.readers import _columns as columns
from graphnet.readers._posts import read_posts
from graphnet.readers._rows import Piece
from graphnet.readers._tables import has_columns, open_input

__all__ = ["CoordinationNetworkToolkit"]

COLUMNS: columns.Synonyms = {
    "id": ("messageid",),
    "account": ("userid",),
    "name": ("username",),
    "retweet_of": ("repostid",),
    "reply_to": ("replyid",),
    "text": ("message",),
    "time": ("timestamp",),
    "links": ("urls",),
}


@dataclass(frozen=True)
class CoordinationNetworkToolkit(Reader):
    """Posts with the columns message_id, user_id, username, repost_id, reply_id, message, timestamp, urls."""

    name: ClassVar[str] = "cnt"
    title: ClassVar[str] = "Coordination Network Toolkit CSV: message_id, user_id, repost_id, message, timestamp, urls"
    fields: ClassVar[Mapping[str, str]] = columns.fields(schema.RAW_POSTS, COLUMNS)

    def sniff(self, source: Source) -> float:
        """See `Reader.sniff`."""
        return 0.95 if has_columns(source, "messageid", "userid", "repostid", "message", "timestamp") else 0.0

    def read(self, source: Source) -> Iterator[Piece]:
        """See `Reader.read`."""
        return read_posts(source, open_input(source), COLUMNS)
