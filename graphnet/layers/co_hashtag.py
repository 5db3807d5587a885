"""Two accounts used the same hashtags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.layers import CoAction, shares

__all__ = ["CoHashtag"]


@dataclass(frozen=True)
class CoHashtag(CoAction):
    """Two accounts used the same hashtags.

    Trending tags are used by everybody at once: five different tags, each within 60 s, by default.
    """

    name: ClassVar[str] = "co_hashtag"
    title: ClassVar[str] = "used the same hashtag"
    needs: ClassVar[str] = "hashtags"
    window: int | None = 60
    min_shared: int = 5

    def rows(self) -> str:
        """See `CoAction.rows`."""
        return shares("hashtag")
