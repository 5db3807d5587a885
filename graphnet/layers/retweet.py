"""Who retweeted whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.layers import Direct

__all__ = ["Retweet"]


@dataclass(frozen=True)
class Retweet(Direct):
    """Who retweeted whom. A -> B: A acted, B received. Accounts acting upon themselves are left out.

    Args:
        min_shared: Fewest actions for a tie; 1 by default, since the plain network is the point of this layer.
    """

    name: ClassVar[str] = "retweet"
    title: ClassVar[str] = "retweeted the other"
    needs: ClassVar[str] = "retweets whose original author is known"
    kind: ClassVar[str] = "retweet"
