"""Two accounts shared the same links (in canonical form)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.layers import CoAction, shares

__all__ = ["CoLink"]


@dataclass(frozen=True)
class CoLink(CoAction):
    """Two accounts shared the same links (in canonical form).

    Default window 60 s and three links: a breaking story is linked by many at once, three different ones by the same
    two within a minute are not.
    """

    name: ClassVar[str] = "co_link"
    title: ClassVar[str] = "shared the same link"
    needs: ClassVar[str] = "links"
    window: int | None = 60
    min_shared: int = 3

    def rows(self) -> str:
        """See `CoAction.rows`."""
        return shares("link")
