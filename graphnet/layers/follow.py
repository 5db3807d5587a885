"""Who follows whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.layers import Direct

__all__ = ["Follow"]


@dataclass(frozen=True)
class Follow(Direct):
    """Who follows whom. A -> B: A acted, B received. Accounts acting upon themselves are left out.

    Args:
        min_shared: Fewest actions for a tie; 1 by default, since the plain network is the point of this layer.
    """

    name: ClassVar[str] = "follow"
    title: ClassVar[str] = "follows the other"
    needs: ClassVar[str] = "follows"
    kind: ClassVar[str] = "follow"
