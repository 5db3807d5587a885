"""The two tables of the R package CooRTweet: shares of objects, and posts with ids of what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from graphnet import schema
from graphnet.readers import Reader, Source
from graphnet.readers import _columns as columns
from graphnet.readers._edges import Edges, base, shares
from graphnet.readers._rows import Piece, Plan, Rows, run
from graphnet.readers._tables import has_columns, open_input

__all__ = ["CooRTweet", "CooRTweetPosts"]

SHARES: columns.Synonyms = {
    "object": ("objectid",),
    "source": ("accountid",),
    "post": ("contentid",),
    "time": ("timestampshare",),
}
POSTS: columns.Synonyms = {"source": ("accountid",), "post": ("postid",), "time": ("timestamp",)}
HELD = {"link": "urlid", "hashtag": "hashtagid", "domain": "domainid", "media": "phashid"}
"""Kind of object -> column with its id; `phash` is the perceptual hash of an image."""


@dataclass(frozen=True)
class CooRTweet(Reader):
    """Shares: object_id, account_id, content_id, timestamp_share.

    What the objects are the file does not say; the option ``kind`` does (``retweet``, ``link``, …), else they are
    ``share``.
    """

    name: ClassVar[str] = "coortweet"
    title: ClassVar[str] = "CooRTweet shares: object_id, account_id, content_id, timestamp_share"
    fields: ClassVar[Mapping[str, str]] = columns.fields(schema.RAW_EDGES, SHARES)

    def sniff(self, source: Source) -> float:
        """See `Reader.sniff`."""
        return 0.95 if has_columns(source, "objectid", "accountid", "contentid", "timestampshare") else 0.0

    def read(self, source: Source) -> Iterator[Piece]:
        """See `Reader.read`."""
        table = open_input(source)
        chosen = columns.needed(table.columns, SHARES, source, ("source",), ("object",))
        # the name of the file may speak of tweets without the objects being retweeted ones
        edges = Edges(source.options.get("kind") or "share")
        return run(Plan(source, table, chosen), lambda rows: iter([(schema.RAW_EDGES, edges(rows))]))


@dataclass(frozen=True)
class CooRTweetPosts(Reader):
    """Posts with ids of the link, hashtag, domain and image in them; a post without any of these gives no edge."""

    name: ClassVar[str] = "coortweet_posts"
    title: ClassVar[str] = "CooRTweet posts: account_id, post_id, url_id, hashtag_id, domain_id, phash_id, timestamp"
    fields: ClassVar[Mapping[str, str]] = columns.fields(schema.RAW_EDGES, POSTS)

    def sniff(self, source: Source) -> float:
        """See `Reader.sniff`."""
        held = any(has_columns(source, name) for name in HELD.values())
        return 0.95 if held and has_columns(source, "accountid", "postid", "timestamp") else 0.0

    def read(self, source: Source) -> Iterator[Piece]:
        """See `Reader.read`."""
        table = open_input(source)
        held: columns.Synonyms = {kind: (name,) for kind, name in HELD.items()}
        chosen = columns.needed(table.columns, {**POSTS, **held}, source, ("source",))
        return run(Plan(source, table, chosen), _held)


def _held(rows: Rows) -> Iterator[Piece]:
    """The edges to each kind of object that the posts hold."""
    common = base(rows, "")
    for kind in HELD:
        if kind in rows.columns:
            yield schema.RAW_EDGES, shares(rows, common, kind, rows.ids(kind))
