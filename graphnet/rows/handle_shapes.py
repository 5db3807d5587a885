"""Handles of both sides that are made after one pattern."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np

from graphnet.audits import Answer
from graphnet.audits._handles import shape
from graphnet.rows import Row, Side
from graphnet.rows._alike import nothing_known, profiles_alike
from graphnet.rows._common import Common, Things
from graphnet.rows._nulls import GROUPS, LEAST

__all__ = ["HandleShapes"]

DEFAULT = frozenset(("a", "a9(8)"))
"""Only letters, and what platforms propose: letters and eight digits."""
RARE = 0.05
"""A pattern of more of the other accounts than this is nobody's own."""


class HandleShapes(Row):
    """Are the handles of both sides made after the same rare patterns of letters, digits and signs?

    Words in handles are left out: fans of one thing have them in common. So are the patterns of the platform.
    """

    name: ClassVar[str] = "handle_shapes"
    title: ClassVar[str] = "handles after the same patterns"
    family: ClassVar[str] = "made"
    null: ClassVar[str] = f"{GROUPS}; a pattern of fewer than three accounts of a side is never evidence"

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        return super().missing(a, b) or nothing_known(a, b, _shapes(a.common), "handles")

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        things = _shapes(a.common)
        outside = a.common.outside
        most = RARE * int(outside.sum())
        own = np.array([name not in DEFAULT for name in things.label], dtype=np.bool_)
        found = profiles_alike(self, a, b, things, own, "rare patterns of handles", most=most, acts=False)
        both = np.minimum(things.users(a.flags), things.users(b.flags))[own & (things.users(outside) <= most)]
        return found if found.p is None or both.max(initial=0) >= LEAST else replace(found, p=1.0)


def _shapes(common: Common) -> Things:
    """Which pattern each handle has."""
    if "shapes" not in common.held:
        common.held["shapes"] = common.labelled(
            [
                (common.start[k] + i, shape(n))
                for k, book in enumerate(common.books)
                for i, n in enumerate(book.names)
                if n
            ]
        )
    found: Things = common.held["shapes"]
    return found
