"""Handles of both sides that are made after one pattern."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from graphnet.audits import Answer
from graphnet.audits._handles import shape
from graphnet.rows import Row, Side
from graphnet.rows._alike import nothing_known, profiles_alike
from graphnet.rows._common import NO_TIME, Common, Things

__all__ = ["HandleShapes"]

DEFAULT = frozenset(("a", "a9(8)"))
"""Only letters, and what platforms propose: letters and eight digits."""


class HandleShapes(Row):
    """Are the handles of both sides made after the same rare patterns of letters, digits and signs?

    Words in handles are left out: fans of one thing have them in common. So are the patterns of the platform.
    """

    name: ClassVar[str] = "handle_shapes"
    title: ClassVar[str] = "handles after the same patterns"
    family: ClassVar[str] = "made"
    null: ClassVar[str] = "random groups of the same size, interest and activity in place of either side"

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        return super().missing(a, b) or nothing_known(a, b, _shapes(a.common), "handles")

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        things = _shapes(a.common)
        keep = np.array([name not in DEFAULT for name in things.label], dtype=np.bool_)
        return profiles_alike(self, a, b, things, keep, "patterns of handles")


def _shapes(common: Common) -> Things:
    """Which pattern each handle has."""
    if "shapes" not in common.held:
        held = [(common.start[k] + i, shape(n)) for k, b in enumerate(common.books) for i, n in enumerate(b.names) if n]
        names = sorted({name for _, name in held})
        number = {name: i for i, name in enumerate(names)}
        account = np.array([i for i, _ in held], dtype=np.int64)
        thing = np.array([number[name] for _, name in held], dtype=np.int64)
        nothing, never = np.full(len(held), -1), np.full(len(held), NO_TIME)
        common.held["shapes"] = Things(
            account, thing, never, nothing, nothing, names, np.full(len(names), -1), np.full(len(names), NO_TIME)
        )
    found: Things = common.held["shapes"]
    return found
