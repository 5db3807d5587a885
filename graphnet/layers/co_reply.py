"""Two accounts answered the same posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.layers import CoAction, shares

__all__ = ["CoReply"]


@dataclass(frozen=True)
class CoReply(CoAction):
    """Two accounts answered the same posts.

    A reply is written, not clicked, so the default window is ten minutes; busy discussions bring strangers together
    once or twice, so three posts are asked for.
    """

    name: ClassVar[str] = "co_reply"
    title: ClassVar[str] = "replied to the same post"
    needs: ClassVar[str] = "replies whose answered post is known"
    window: int | None = 600
    min_shared: int = 3

    def rows(self) -> str:
        """See `CoAction.rows`."""
        return shares("reply")
