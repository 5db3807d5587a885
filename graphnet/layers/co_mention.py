"""Two accounts mentioned the same accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from graphnet.layers import CoAction, shares

__all__ = ["CoMention"]


@dataclass(frozen=True)
class CoMention(CoAction):
    """Two accounts mentioned the same accounts.

    Everybody mentions the famous; three different accounts, each mentioned within 60 s of the other, by default.
    """

    name: ClassVar[str] = "co_mention"
    title: ClassVar[str] = "mentioned the same account"
    needs: ClassVar[str] = "mentions"
    of: ClassVar[Literal["objects", "accounts", ""]] = "accounts"
    window: int | None = 60
    min_shared: int = 3

    def rows(self) -> str:
        """See `CoAction.rows`."""
        return shares("mention", "target")
