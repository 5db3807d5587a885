"""Texts that both sides write."""

from __future__ import annotations

from typing import ClassVar

from graphnet.audits import Answer
from graphnet.rows import Row, Side
from graphnet.rows._alike import nothing_known, things_in_common
from graphnet.rows._nulls import GROUPS
from graphnet.rows._texts import most, texts

__all__ = ["SameTexts"]


class SameTexts(Row):
    """Do both sides write the same texts in nearly the same words?

    Common phrases, texts of share buttons and programs, and open campaigns are left out.
    """

    name: ClassVar[str] = "same_texts"
    title: ClassVar[str] = "near-identical own posts"
    family: ClassVar[str] = "written"
    null: ClassVar[str] = (
        f"{GROUPS}, and the Poisson tail of what groups of others have in common; fewer than three texts are never "
        "evidence"
    )

    def missing(self, a: Side, b: Side) -> str | None:
        """See `Row.missing`."""
        if not len(a.common.things("text", written=True)):
            return "not applicable: no texts of own posts are known"
        return super().missing(a, b) or nothing_known(a, b, a.common.things("text", written=True), "own texts")

    def look(self, a: Side, b: Side) -> Answer:
        """See `Row.look`."""
        return things_in_common(self, a, b, texts(a.common), "text", most(a))
