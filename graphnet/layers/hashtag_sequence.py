"""Two accounts used the same hashtags in the same order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.errors import InputError
from graphnet.layers import CoAction

__all__ = ["HashtagSequence"]


@dataclass(frozen=True)
class HashtagSequence(CoAction):
    """Two accounts wrote posts with the same whole sequence of hashtags, in the same order.

    A template filled in by several hands. It is used over hours, so the default window is an hour; three different
    sequences, since short ones are common.

    Args:
        min_tags: Fewest hashtags of a sequence. One tag is no sequence: 2 by default; 5 for strong evidence.

    Raises:
        InputError: A parameter is out of range.
    """

    name: ClassVar[str] = "hashtag_sequence"
    title: ClassVar[str] = "used the same hashtags in the same order"
    needs: ClassVar[str] = "posts with enough hashtags"
    window: int | None = 3600
    min_shared: int = 3
    min_tags: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.min_tags < 1:
            raise InputError(f"hashtag_sequence: min_tags is {self.min_tags}, it has to be 1 or more")

    def rows(self) -> str:
        """See `CoAction.rows`."""
        # the id of a sequence is its tags joined by single spaces
        return (
            "select a.account, a.object, a.time, a.post from actions a join objects o on o.object = a.object "
            f"where a.kind = 'hashtags' and length(o.id) - length(replace(o.id, ' ', '')) >= {self.min_tags - 1}"
        )
