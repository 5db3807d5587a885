"""Accounts that follow both sides."""

from __future__ import annotations

from typing import ClassVar

from graphnet.audits import Answer
from graphnet.crowds import Flags
from graphnet.rows import Row, Side
from graphnet.rows._alike import nothing_known, profiles_alike, useful
from graphnet.rows._nulls import GROUPS

__all__ = ["Followers"]

BASES = ("acts", "follows")
PUBLIC = ("retweet", "quote", "reply", "mention")


class Followers(Row):
    """Do the same accounts follow both sides, apart from those that act in public on either?"""

    name: ClassVar[str] = "followers"
    title: ClassVar[str] = "the same followers"
    family: ClassVar[str] = "follows"
    null: ClassVar[str] = f"{GROUPS}, by two tellings of interest: whom they act on, and whom they follow"

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        return super().missing(a, b) or nothing_known(a, b, a.common.contacts("follow", reverse=True), "followers")

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        things = a.common.contacts("follow", reverse=True)
        return profiles_alike(
            self, a, b, things, useful(a, things) & ~_admirers(a), "followers", bases=BASES, acts=False
        )


def _admirers(a: Side) -> Flags:
    """Accounts that act in public on one of the sides."""
    public = a.common.contacts(*PUBLIC)
    same = a.common.same
    members = ~a.common.outside
    return a.common.marked(same[public.account[members[public.thing]]])
