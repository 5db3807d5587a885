"""Connected components: everybody who can be reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from graphnet.detectors import Detector

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphnet.graph import Graph

__all__ = ["Components"]


@dataclass(frozen=True)
class Components(Detector):
    """Connected components. One stray tie joins two groups: for graphs that are already strictly thresholded."""

    name: ClassVar[str] = "components"
    title: ClassVar[str] = "connected components"

    def communities(self, graph: Graph) -> NDArray[np.int64]:
        """See `Detector.communities`."""
        return np.asarray(graph.skeleton().connected_components().membership, dtype=np.int64)
