"""Who mentioned whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.layers import Direct

__all__ = ["Mention"]


@dataclass(frozen=True)
class Mention(Direct):
    """Who mentioned whom. A -> B: A acted, B received. Accounts acting upon themselves are left out.

    Args:
        min_shared: Fewest actions for a tie; 1 by default, since the plain network is the point of this layer.
    """

    name: ClassVar[str] = "mention"
    title: ClassVar[str] = "mentioned the other"
    needs: ClassVar[str] = "mentions"
    kind: ClassVar[str] = "mention"
