"""Two accounts retweeted the same posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.layers import CoAction, shares

__all__ = ["CoRetweet"]


@dataclass(frozen=True)
class CoRetweet(CoAction):
    """Two accounts retweeted the same posts.

    Default window 60 s and three posts: fans of the same author meet within a minute now and then by chance, rarely on
    three different posts.
    """

    name: ClassVar[str] = "co_retweet"
    title: ClassVar[str] = "retweeted the same post"
    needs: ClassVar[str] = "retweets whose original post is known"
    window: int | None = 60
    min_shared: int = 3

    def rows(self) -> str:
        """See `CoAction.rows`."""
        return shares("retweet")
