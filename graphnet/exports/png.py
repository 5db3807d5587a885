"""PNG figures of the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from graphnet.exports._figure import Picture

__all__ = ["PNG"]


@dataclass(frozen=True)
class PNG(Picture):
    """The network as PNG figure of 300 dots an inch; see `Picture`."""

    name: ClassVar[str] = "png"
    title: ClassVar[str] = "PNG figure of 300 dots an inch"
    suffixes: ClassVar[tuple[str, ...]] = (".png",)
