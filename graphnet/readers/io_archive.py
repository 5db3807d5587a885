"""Twitter's archive of information operations (2018 to 2021): CSVs of tweets, and of the accounts behind them.

The releases differ. That of 2018 writes lists without quotation marks and swaps the columns of the answered post and
account; columns come and go. Ids of accounts with few followers are hashes, and the handle repeats the hash.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from graphnet import schema
from graphnet.readers import Reader, Source
from graphnet.readers import _columns as columns
from graphnet.readers._accounts import read_accounts
from graphnet.readers._posts import read_posts
from graphnet.readers._rows import Piece
from graphnet.readers._tables import has_columns, open_input

__all__ = ["TwitterArchiveTweets", "TwitterArchiveUsers"]

USER: columns.Synonyms = {
    "created": ("accountcreationdate",),
    "followers": ("followercount",),
    "following": ("followingcount",),
    "description": ("userprofiledescription",),
}
TWEETS: columns.Synonyms = {
    "id": ("tweetid",),
    "account": ("userid",),
    "name": ("userscreenname",),
    "time": ("tweettime",),
    "text": ("tweettext",),
    "lang": ("tweetlanguage",),
    "client": ("tweetclientname",),
    "retweet_of": ("retweettweetid",),
    "retweet_account": ("retweetuserid",),
    "quote_of": ("quotedtweettweetid",),
    "reply_to": ("inreplytotweetid",),
    "reply_account": ("inreplytouserid",),
    "hashtags": ("hashtags",),
    "mentions": ("usermentions",),
    "links": ("urls",),
    **{f"author_{field}": names for field, names in USER.items()},
}
USERS: columns.Synonyms = {"id": ("userid",), "name": ("userscreenname",), **USER}


@dataclass(frozen=True)
class TwitterArchiveTweets(Reader):
    """Tweets of the archive, in any of its releases."""

    name: ClassVar[str] = "io_archive"
    title: ClassVar[str] = "Twitter information-operations archive: tweets CSV (all releases)"
    fields: ClassVar[Mapping[str, str]] = columns.fields(schema.RAW_POSTS, TWEETS)

    def sniff(self, source: Source) -> float:
        """See `Reader.sniff`."""
        return 0.97 if has_columns(source, "tweetid", "userid", "tweettext", "tweettime") else 0.0

    def read(self, source: Source) -> Iterator[Piece]:
        """See `Reader.read`."""
        return read_posts(source, open_input(source), TWEETS)


@dataclass(frozen=True)
class TwitterArchiveUsers(Reader):
    """Accounts of the archive."""

    name: ClassVar[str] = "io_archive_users"
    title: ClassVar[str] = "Twitter information-operations archive: users CSV"
    fields: ClassVar[Mapping[str, str]] = columns.fields(schema.RAW_ACCOUNTS, USERS)

    def sniff(self, source: Source) -> float:
        """See `Reader.sniff`."""
        users = has_columns(source, "userid", "userscreenname", "userprofiledescription", "accountcreationdate")
        return 0.96 if users and not has_columns(source, "tweetid") else 0.0

    def read(self, source: Source) -> Iterator[Piece]:
        """See `Reader.read`."""
        return read_accounts(source, open_input(source), USERS)
