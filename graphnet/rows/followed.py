"""Accounts that both sides follow."""

from __future__ import annotations

from typing import ClassVar

from graphnet.audits import Answer
from graphnet.crowds import Flags
from graphnet.rows import Row, Side
from graphnet.rows._alike import nothing_known, profiles_alike, useful
from graphnet.rows._nulls import GROUPS

__all__ = ["Followed"]

BASES = ("acts", "follows")
PUBLIC = ("retweet", "quote", "reply", "mention")


class Followed(Row):
    """Do both sides follow the same accounts, apart from those that either retweets, quotes, answers or mentions?"""

    name: ClassVar[str] = "followed"
    title: ClassVar[str] = "the same accounts followed"
    family: ClassVar[str] = "follows"
    null: ClassVar[str] = f"{GROUPS}, by two tellings of interest: whom they act on, and whom they follow"

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        return super().missing(a, b) or nothing_known(a, b, a.common.contacts("follow"), "followed accounts")

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        things = a.common.contacts("follow")
        return profiles_alike(
            self, a, b, things, useful(a, things) & ~acted_on(a, b), "followed accounts", bases=BASES, acts=False
        )


def acted_on(a: Side, b: Side) -> Flags:
    """Accounts on which one of the sides acts in public: that they follow them says no more than that."""
    public = a.common.contacts(*PUBLIC)
    mine = (a.flags | b.flags)[public.account]
    return a.common.marked(public.thing[mine])
