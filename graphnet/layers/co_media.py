"""Two accounts posted the same images or videos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.layers import CoAction, shares

__all__ = ["CoMedia"]


@dataclass(frozen=True)
class CoMedia(CoAction):
    """Two accounts posted the same images or videos.

    Needs ids or hashes of media. The same file on two accounts is rare without a common source, so the default window
    is an hour, and two files are enough.
    """

    name: ClassVar[str] = "co_media"
    title: ClassVar[str] = "posted the same image or video"
    needs: ClassVar[str] = "images or videos"
    window: int | None = 3600
    min_shared: int = 2

    def rows(self) -> str:
        """See `CoAction.rows`."""
        return shares("media")
