"""k-core: accounts that are each tied to at least k others of the same kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from graphnet.detectors import Detector
from graphnet.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphnet.graph import Graph

__all__ = ["KCore"]


@dataclass(frozen=True)
class KCore(Detector):
    """The connected pieces of the k-core; everybody else is in none.

    Args:
        k: Ties that each account needs to others of the core.

    Raises:
        InputError: k is below 1.
    """

    name: ClassVar[str] = "kcore"
    title: ClassVar[str] = "connected pieces of the k-core"
    k: int = 5

    def __post_init__(self) -> None:
        if self.k < 1:
            raise InputError(f"kcore: k is {self.k}, it has to be 1 or more")

    def communities(self, graph: Graph) -> NDArray[np.int64]:
        """See `Detector.communities`."""
        skeleton = graph.skeleton()
        inside = np.flatnonzero(np.asarray(skeleton.coreness()) >= self.k)
        labels = np.full(len(graph.accounts), -1, dtype=np.int64)
        labels[inside] = skeleton.induced_subgraph(inside).connected_components().membership
        return labels
