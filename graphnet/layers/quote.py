"""Who quoted whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.layers import Direct

__all__ = ["Quote"]


@dataclass(frozen=True)
class Quote(Direct):
    """Who quoted whom. A -> B: A acted, B received. Accounts acting upon themselves are left out.

    Args:
        min_shared: Fewest actions for a tie; 1 by default, since the plain network is the point of this layer.
    """

    name: ClassVar[str] = "quote"
    title: ClassVar[str] = "quoted the other"
    needs: ClassVar[str] = "quotes whose original author is known"
    kind: ClassVar[str] = "quote"
