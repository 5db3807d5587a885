"""Detectors cut a graph into communities, one method a file.

To add a detector, add a file with one subclass of `Detector`; see CONTRIBUTING.md.

Example:
    >>> import graphnet.detectors as detectors
    >>> detectors.Leiden(resolution=0.2)
    Leiden(objective='CPM', resolution=0.2, seed=1, weighted=False)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from graphnet import registry
from graphnet.graph import Graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Detector", "canonical"]


@dataclass(frozen=True)
class Detector(ABC):
    """One way to find communities.

    Attributes:
        name: What ``--detector`` takes.
        title: One line for the report and ``graphnet formats``.
    """

    name: ClassVar[str]
    title: ClassVar[str]

    @abstractmethod
    def communities(self, graph: Graph) -> NDArray[np.int64]:
        """A label for each vertex of an undirected graph; -1: in no community. The labels' values mean nothing.

        Same graph, same answer: chance comes from a seed that is a field of the detector.
        """


Base = Detector


def canonical(labels: NDArray[np.int64], min_size: int = 1) -> NDArray[np.int64]:
    """Number communities from 1, the largest first, ties by the first vertex; too small ones and -1 become 0.

    Args:
        labels: What `Detector.communities` gave, shape (vertices,).
        min_size: Smallest community that counts.

    Example:
        >>> import numpy as np
        >>> canonical(np.array([7, 7, -1, 3, 3, 3, 9]), min_size=2).tolist()
        [2, 2, 0, 1, 1, 1, 0]
    """
    values, first, which, size = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    counts = np.where((values >= 0) & (size >= min_size), size, 0)
    order = np.lexsort((first, -counts))
    number = np.zeros(len(values), dtype=np.int64)
    number[order] = np.arange(1, len(values) + 1)
    return np.where(counts > 0, number, 0)[which]


def __getattr__(name: str) -> type[Any]:
    return registry.by_class_name("detectors", name)
