"""Two accounts shared the same things, of a kind that the input does not name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.layers import CoAction, shares

__all__ = ["CoShare"]


@dataclass(frozen=True)
class CoShare(CoAction):
    """Two accounts shared the same things, of a kind that the input does not name.

    For lists of account, object, time. Defaults as for co_retweet: 60 s, three objects.
    """

    name: ClassVar[str] = "co_share"
    title: ClassVar[str] = "shared the same thing"
    needs: ClassVar[str] = "shares"
    window: int | None = 60
    min_shared: int = 3

    def rows(self) -> str:
        """See `CoAction.rows`."""
        return shares("share")
