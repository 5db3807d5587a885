"""Images and videos that both sides post."""

from __future__ import annotations

from typing import ClassVar

from graphnet.audits import Answer
from graphnet.rows import Row, Side
from graphnet.rows._alike import nothing_known, things_in_common
from graphnet.rows._nulls import GROUPS

__all__ = ["SameImages"]

POPULAR = 0.01
"""An image that more than this share of the other accounts posted (and more than five) is everybody's."""


class SameImages(Row):
    """Do both sides post the same images or videos (by id or hash) in their own posts?"""

    name: ClassVar[str] = "same_images"
    title: ClassVar[str] = "the same images in own posts"
    family: ClassVar[str] = "written"
    null: ClassVar[str] = (
        f"{GROUPS}, and the Poisson tail of what groups of others have in common; fewer than three images are never "
        "evidence"
    )

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        return super().missing(a, b) or nothing_known(a, b, a.common.things("media", written=True), "images")

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        things = a.common.things("media", written=True)
        return things_in_common(self, a, b, things, "image", max(5, POPULAR * int(a.common.outside.sum())))
