"""Sites that both sides link to."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from graphnet.audits import Answer
from graphnet.rows import Row, Side
from graphnet.rows._alike import nothing_known, profiles_alike
from graphnet.rows._nulls import GROUPS

__all__ = ["SameSites"]


class SameSites(Row):
    """Do both sides link to the same sites?"""

    name: ClassVar[str] = "same_sites"
    title: ClassVar[str] = "the same sites linked to"
    family: ClassVar[str] = "written"
    counts: ClassVar[bool] = False
    null: ClassVar[str] = f"{GROUPS}; not counted, since whoever works on one topic links to the same sites"

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        return super().missing(a, b) or nothing_known(a, b, a.common.things("domain", written=True), "sites")

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        things = a.common.things("domain", written=True)
        return profiles_alike(self, a, b, things, np.ones(len(things.label), dtype=np.bool_), "sites")
