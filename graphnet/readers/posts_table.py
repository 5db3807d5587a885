"""Tables of posts: one row a post, with the columns named in whatever way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from graphnet import schema
from graphnet.readers import Reader, Source
from graphnet.readers import _columns as columns
from graphnet.readers._posts import read_posts
from graphnet.readers._rows import Piece
from graphnet.readers._tables import names_of, open_input

__all__ = ["PostsTable", "score"]

SHARING = frozenset(
    {"hashtags", "links", "mentions", "mention_names", "media", "quote_of", "reply_to"}
    | {"retweet_of", "retweet_account", "retweet_name"}
)


@dataclass(frozen=True)
class PostsTable(Reader):
    """CSV, TSV or Parquet with one post a row.

    The author is needed, everything else is used where it is there. Hashtags, mentions and links that have no column
    are taken from the text later. What the rows say about their authors (followers, creation date) is kept too.
    """

    name: ClassVar[str] = "posts_table"
    title: ClassVar[str] = "Posts (CSV, TSV, Parquet): author, and any of time, text, id, hashtags, links, retweets …"
    fields: ClassVar[Mapping[str, str]] = columns.fields(schema.RAW_POSTS)

    def sniff(self, source: Source) -> float:
        """See `Reader.sniff`."""
        return score(columns.choose(names_of(source), columns.POSTS, source, strict=False))

    def read(self, source: Source) -> Iterator[Piece]:
        """See `Reader.read`."""
        return read_posts(source, open_input(source))


def score(chosen: Mapping[str, int]) -> float:
    """How much a table with these fields looks like posts."""
    author = "account" in chosen or "name" in chosen
    if "text" in chosen:
        return 0.5 if author else 0.3
    return 0.45 if author and SHARING & set(chosen) else 0.0
