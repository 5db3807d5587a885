"""Two accounts retweeted the same posts within seconds of their creation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.errors import InputError
from graphnet.layers import CoAction

__all__ = ["FastRetweet"]


@dataclass(frozen=True)
class FastRetweet(CoAction):
    """Two accounts retweeted the same posts, both within seconds of the post's creation.

    Nobody reads and decides within ten seconds again and again; a program or a habit of notifications does. Two posts
    by default. Since both are within ``seconds`` of the original, they are within ``seconds`` of each other.

    Args:
        seconds: Longest time from the post's creation to its retweet, inclusive.

    Raises:
        InputError: A parameter is out of range.
    """

    name: ClassVar[str] = "fast_retweet"
    title: ClassVar[str] = "retweeted the same post within seconds of its creation"
    needs: ClassVar[str] = "retweets so soon after their original (times of both are needed)"
    seconds: int = 10
    min_shared: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.seconds < 0:
            raise InputError(f"fast_retweet: seconds is {self.seconds}, it has to be 0 or more")

    def rows(self) -> str:
        """See `CoAction.rows`."""
        return (
            "select a.account, a.object, a.time, a.post from actions a join objects o on o.object = a.object "
            f"where a.kind = 'retweet' and a.time - o.created between 0 and {self.seconds}"
        )
