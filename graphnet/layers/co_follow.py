"""Two accounts follow the same accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from graphnet.layers import CoAction, shares

__all__ = ["CoFollow"]


@dataclass(frozen=True)
class CoFollow(CoAction):
    """Two accounts follow the same accounts.

    Most follow lists have no times, so there is no window by default; five common targets, since interests overlap. The
    accounts that very many follow fall to the budget; weight ``tfidf`` discounts the merely popular.
    """

    name: ClassVar[str] = "co_follow"
    title: ClassVar[str] = "followed the same account"
    needs: ClassVar[str] = "follows"
    of: ClassVar[Literal["objects", "accounts", ""]] = "accounts"
    window: int | None = None
    min_shared: int = 5

    def rows(self) -> str:
        """See `CoAction.rows`."""
        return shares("follow", "target")
