"""Louvain communities (Blondel et al. 2008), by python-louvain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from graphnet.detectors import Detector
from graphnet.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphnet.graph import Graph

__all__ = ["Louvain"]


@dataclass(frozen=True)
class Louvain(Detector):
    """Louvain, which maximises modularity.

    python-louvain's answer depends on the order of the graph's dicts. Here the vertices are 0, 1, 2, … and the edges
    sorted, so that equal graphs give equal answers.

    Args:
        resolution: As python-louvain means it: above 1 fewer and larger communities, below 1 more and smaller ones.
        seed: Seed of the order in which accounts are visited.
        weighted: Count the ties' weights; else every tie is 1.

    Raises:
        InputError: A parameter is out of range.
    """

    name: ClassVar[str] = "louvain"
    title: ClassVar[str] = "Louvain, groups of highest modularity"
    resolution: float = 1.0
    seed: int = 1
    weighted: bool = True

    def __post_init__(self) -> None:
        if not self.resolution > 0:
            raise InputError(f"louvain: resolution is {self.resolution}, it has to be above 0")

    def communities(self, graph: Graph) -> NDArray[np.int64]:
        """See `Detector.communities`."""
        import community  # noqa: PLC0415  (it loads networkx; and this is the one file that imports it)

        # python-louvain refuses a graph without any weight
        if not (len(graph.ends) and (graph.weight.any() or not self.weighted)):
            return np.arange(len(graph.accounts))
        plain = graph.numbered(weighted=self.weighted)
        found = community.best_partition(plain, resolution=self.resolution, random_state=self.seed)
        return np.fromiter((found[v] for v in range(len(graph.accounts))), dtype=np.int64)
