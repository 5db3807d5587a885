"""Two accounts were seen with the same handle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from graphnet.layers import CoAction

__all__ = ["SameHandle"]


@dataclass(frozen=True)
class SameHandle(CoAction):
    """Two accounts were seen with the same handle, at different times (case does not matter).

    A platform gives a handle to one account at a time: a handle that moved between accounts is already a link, so one
    is enough by default, and there is no window.
    """

    name: ClassVar[str] = "same_handle"
    title: ClassVar[str] = "went by the same handle"
    needs: ClassVar[str] = "handles"
    of: ClassVar[Literal["objects", "accounts", ""]] = ""
    min_shared: int = 1

    def rows(self) -> str:
        """See `CoAction.rows`: the handle itself is the object; when it was seen is no act of the account."""
        return (
            "select account, lower(name) as object, cast(null as bigint) as time, cast(null as bigint) as post "
            "from handles where name is not null"
        )
