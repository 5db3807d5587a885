"""SVG figures of the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.exports._figure import Picture

__all__ = ["SVG"]


@dataclass(frozen=True)
class SVG(Picture):
    """The network as SVG figure for print and the web, letters as outlines; see `Picture`."""

    name: ClassVar[str] = "svg"
    title: ClassVar[str] = "SVG figure for print and the web, letters as outlines"
    suffixes: ClassVar[tuple[str, ...]] = (".svg",)
