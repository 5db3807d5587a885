"""Rows of a comparison: one way in which two networks may be alike, held against what chance and a shared topic give.

A row looks at two `Side`s and answers with a figure, its interval, p under the null that it names, and the rows behind
it. Rows of one *family* look at one behaviour, so that it is counted once; rows that do not `counts` describe: no null
of theirs tells common control from a common topic or a common trade. To add a row, add a file with one subclass of
`Row` here; see CONTRIBUTING.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from graphnet import registry
from graphnet.audits import Answer

if TYPE_CHECKING:
    from graphnet.crowds import Flags, Ints
    from graphnet.plots import Plot
    from graphnet.rows._common import Common
    from graphnet.study import Study

__all__ = ["FAMILIES", "FEW", "Row", "Side"]

FEW = 5
"""Fewest accounts of a side that are compared."""
FAMILIES = {
    "members": "who belongs to them: the same accounts, or the same people by handle",
    "amplified": "what they pass on: posts of others",
    "written": "what they write: texts, links and images of their own posts",
    "time": "when they act, apart from what both of them share",
    "made": "how their accounts were made: dates, handles, descriptions",
    "follows": "whom they follow and who follows them, apart from those they publicly act on",
    "tools": "the programs they post with",
}
"""The behaviours that are counted once each. No act is looked at by two of them: posts passed on are not written, the
clock leaves out what both share, and whom they follow leaves out whom they act on."""


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two that are compared.

    Attributes:
        name: What to call it.
        study: Where it is.
        accounts: Our numbers of its accounts in that study, sorted.
        common: The one numbering of accounts and things that both sides share.
        place: Which study of ``common`` it is in.
        member: Its accounts in the common numbering.
        own: The same without accounts that are on the other side, too, or joined to it by handle (by turns each is
            left to one side): all rows but those about members look at these alone.
        community: Whether it is a community of the study; two of these never overlap.
    """

    name: str
    study: Study
    accounts: Ints
    common: Common
    place: int
    member: Ints
    own: Ints
    community: bool = False

    @property
    def flags(self) -> Flags:
        """Which accounts of the common numbering are its own."""
        return self.common.marked(self.own)

    def rows(self, accounts: Sequence[int]) -> list[dict[str, Any]]:
        """Some accounts of the common numbering as rows of evidence."""
        return [self.common.row(a) for a in accounts]


@dataclass(frozen=True)
class Row(ABC):
    """One way in which two networks may be alike. Parameters at construction, sides at call, no other state.

    Attributes:
        name: Code of its answer.
        title: What is asked.
        family: The behaviour that it looks at, one of `FAMILIES`.
        null: What p is the chance under; a sentence without its full stop.
        counts: Whether it can speak for common control, since its null leaves room for a shared topic.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    family: ClassVar[str]
    null: ClassVar[str]
    counts: ClassVar[bool] = True

    def missing(self, a: Side, b: Side) -> str | None:
        """Why the question cannot be asked of these two, or None."""
        if min(len(a.own), len(b.own)) < FEW:
            return (
                f"insufficient data: {len(a.own):,} and {len(b.own):,} accounts that are on one side only, "
                f"{FEW} are needed of each"
            )
        return None

    @abstractmethod
    def look(self, a: Side, b: Side) -> Answer:
        """Answer the question; call it only where nothing is `missing`."""

    def plots(self, a: Side, b: Side) -> Sequence[Plot]:  # noqa: ARG002
        """What is to be looked at."""
        return ()

    def answer(self, reason: str, value: float | None = None, unit: str = "", **more: Any) -> Answer:
        """An answer of this row; the null is named at the end of its reason."""
        told = f"{reason}; p: {self.null}" if more.get("p") is not None else reason
        return Answer(self.name, "", value, unit, told, **more)


Base = Row


def __getattr__(name: str) -> type[Any]:
    return registry.by_class_name("rows", name)
