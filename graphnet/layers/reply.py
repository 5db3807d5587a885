"""Who replied to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.layers import Direct

__all__ = ["Reply"]


@dataclass(frozen=True)
class Reply(Direct):
    """Who replied to whom. A -> B: A acted, B received. Accounts acting upon themselves are left out.

    Args:
        min_shared: Fewest actions for a tie; 1 by default, since the plain network is the point of this layer.
    """

    name: ClassVar[str] = "reply"
    title: ClassVar[str] = "replied to the other"
    needs: ClassVar[str] = "replies whose addressee is known"
    kind: ClassVar[str] = "reply"
