"""Two accounts are followed by the same accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from graphnet.layers import CoAction

__all__ = ["CoFollower"]


@dataclass(frozen=True)
class CoFollower(CoAction):
    """Two accounts are followed by the same accounts: co_follow with the roles swapped.

    Finds the bought-for rather than the buyers. Five common followers by default, no window (most follow lists have no
    times); followers who follow very many accounts fall to the budget.
    """

    name: ClassVar[str] = "co_follower"
    title: ClassVar[str] = "was followed by the same account"
    needs: ClassVar[str] = "follows"
    of: ClassVar[Literal["objects", "accounts", ""]] = "accounts"
    window: int | None = None
    min_shared: int = 5

    def rows(self) -> str:
        """See `CoAction.rows`."""
        return (
            "select target as account, account as object, time, post from actions "
            "where kind = 'follow' and target is not null and target <> account"
        )
