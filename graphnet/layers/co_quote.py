"""Two accounts quoted the same posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.layers import CoAction, shares

__all__ = ["CoQuote"]


@dataclass(frozen=True)
class CoQuote(CoAction):
    """Two accounts quoted the same posts.

    A quote is written, not clicked, so the default window is ten minutes; quotes are rarer than retweets, so two
    posts are enough to be worth a look.
    """

    name: ClassVar[str] = "co_quote"
    title: ClassVar[str] = "quoted the same post"
    needs: ClassVar[str] = "quotes whose original post is known"
    window: int | None = 600
    min_shared: int = 2

    def rows(self) -> str:
        """See `CoAction.rows`."""
        return shares("quote")
