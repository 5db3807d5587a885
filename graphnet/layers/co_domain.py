"""Two accounts linked to the same domains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.layers import CoAction, shares

__all__ = ["CoDomain"]


@dataclass(frozen=True)
class CoDomain(CoAction):
    """Two accounts linked to the same domains.

    Domains are few and popular, so agreement on them says less than on links: five different domains by default, each
    within 60 s.
    """

    name: ClassVar[str] = "co_domain"
    title: ClassVar[str] = "shared the same domain"
    needs: ClassVar[str] = "links"
    window: int | None = 60
    min_shared: int = 5

    def rows(self) -> str:
        """See `CoAction.rows`."""
        return shares("domain")
