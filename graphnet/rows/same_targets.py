"""Accounts that both sides retweet, quote, answer and mention."""

from __future__ import annotations

from typing import ClassVar

from graphnet.audits import Answer
from graphnet.rows import Row, Side
from graphnet.rows._alike import nothing_known, profiles_alike, useful
from graphnet.rows._nulls import GROUPS

__all__ = ["SameTargets"]

KINDS = ("retweet", "quote", "reply", "mention")


class SameTargets(Row):
    """Do both sides act on the same accounts?"""

    name: ClassVar[str] = "same_targets"
    title: ClassVar[str] = "the same accounts acted on"
    family: ClassVar[str] = "amplified"
    counts: ClassVar[bool] = False
    null: ClassVar[str] = f"{GROUPS}; not counted, since whoever works on one topic acts on the same accounts"

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        return super().missing(a, b) or nothing_known(a, b, a.common.contacts(*KINDS), "accounts acted on")

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        things = a.common.contacts(*KINDS)
        return profiles_alike(self, a, b, things, useful(a, things), "targets")
