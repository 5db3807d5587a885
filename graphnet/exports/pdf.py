"""PDF figures of the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.exports._figure import Picture

__all__ = ["PDF"]


@dataclass(frozen=True)
class PDF(Picture):
    """The network as PDF figure for print, fonts embedded; see `Picture`."""

    name: ClassVar[str] = "pdf"
    title: ClassVar[str] = "PDF figure for print, fonts embedded"
    suffixes: ClassVar[tuple[str, ...]] = (".pdf",)
