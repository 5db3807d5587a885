"""Two accounts posted the same words (exactly, after normalisation)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.layers import CoAction, shares

__all__ = ["SameText"]


@dataclass(frozen=True)
class SameText(CoAction):
    """Two accounts posted the same words (exactly, after normalisation).

    Copies spread over days are copies still, so there is no window by default; two different texts, since one may be a
    share button, a quotation or a song. Texts that very many accounts post fall to the budget.
    """

    name: ClassVar[str] = "same_text"
    title: ClassVar[str] = "posted the same words"
    needs: ClassVar[str] = "posts with enough words to compare"
    window: int | None = None
    min_shared: int = 2

    def rows(self) -> str:
        """See `CoAction.rows`."""
        return shares("text")
