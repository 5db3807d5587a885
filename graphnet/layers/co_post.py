"""Two accounts posted at the same time, whatever they posted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from graphnet.errors import InputError
from graphnet.layers import CoAction
from graphnet.study import Study

__all__ = ["CoPost"]


@dataclass(frozen=True)
class CoPost(CoAction):
    """Two accounts posted at the same time, whatever they posted: synchrony alone.

    In a busy collection most accounts meet by chance, and all posts lie in one stream, so this layer is made by name
    only. By default at least five posts of each within 1 s of the other's.

    Raises:
        InputError: There is no window: then all accounts would be tied to all.
    """

    name: ClassVar[str] = "co_post"
    title: ClassVar[str] = "posted at the same time"
    needs: ClassVar[str] = "posts with times"
    of: ClassVar[Literal["objects", "accounts", ""]] = ""
    window: int | None = 1
    min_shared: int = 5
    count: Literal["objects", "posts", "rows"] = "posts"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.window is None:
            raise InputError("co_post needs a window: without one all accounts are tied to all")
        if self.count == "objects":
            raise InputError("co_post has no objects to count: count has to be posts or rows")

    def only_by_name(self, study: Study) -> str | None:
        """See `Layer.only_by_name`."""
        del study
        return "in a busy collection most accounts post at the same time by chance"

    def rows(self) -> str:
        """See `CoAction.rows`: all posts lie in one object."""
        return "select account, 0 as object, time, post from posts where time is not null"
