"""Descriptions that accounts of both sides have word for word."""

from __future__ import annotations

from typing import ClassVar

from graphnet.audits import Answer
from graphnet.rows import Row, Side
from graphnet.rows._alike import nothing_known, things_in_common
from graphnet.rows._common import Common, Things
from graphnet.rows._nulls import GROUPS

__all__ = ["SameBios"]

SHORTEST = 40
"""Signs of a description: shorter ones are the same by chance."""
SOME = 5


class SameBios(Row):
    """Do accounts of both sides describe themselves in the same words?"""

    name: ClassVar[str] = "same_bios"
    title: ClassVar[str] = "the same descriptions"
    family: ClassVar[str] = "made"
    null: ClassVar[str] = (
        f"{GROUPS}, and the Poisson tail of what groups of others have in common; fewer than three descriptions are "
        "never evidence"
    )

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        return super().missing(a, b) or nothing_known(a, b, _bios(a.common), f"descriptions of {SHORTEST} signs")

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        return things_in_common(self, a, b, _bios(a.common), "description", SOME, acts=False)


def _bios(common: Common) -> Things:
    """Who has which description, but for case and blanks."""
    if "bios" not in common.held:
        words = [
            (common.start[k] + i, " ".join(text.casefold().split()))
            for k in range(len(common.studies))
            for i, text in enumerate(common.profile("description", k))
            if text
        ]
        common.held["bios"] = common.labelled([(i, text) for i, text in words if len(text) >= SHORTEST])
    found: Things = common.held["bios"]
    return found
