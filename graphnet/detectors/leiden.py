"""Leiden communities (Traag, Waltman & van Eck 2019), by igraph."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from graphnet.detectors import Detector
from graphnet.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphnet.graph import Graph

__all__ = ["Leiden"]

_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True)
class Leiden(Detector):
    """Leiden, run until nothing changes any more.

    Args:
        objective: ``CPM`` (constant Potts model: groups denser inside than ``resolution``, whatever the size of the
            rest of the graph) or ``modularity`` (which cuts large groups and joins small ones as the graph grows).
        resolution: For CPM the density that a group has to exceed inside and must not reach towards the others; in a
            weighted graph the mean weight a possible tie. For modularity 1 is the usual value.
        seed: Seed of the random numbers.
        weighted: Count the ties' weights; else every tie is 1.

    Raises:
        InputError: A parameter is out of range.
    """

    name: ClassVar[str] = "leiden"
    title: ClassVar[str] = "Leiden, groups denser inside than the resolution"
    objective: Literal["CPM", "modularity"] = "CPM"
    resolution: float = 0.1
    seed: int = 1
    weighted: bool = False

    def __post_init__(self) -> None:
        if self.objective not in ("CPM", "modularity"):
            raise InputError(f"leiden: objective is {self.objective!r}, it has to be CPM or modularity")
        if not self.resolution > 0:
            raise InputError(f"leiden: resolution is {self.resolution}, it has to be above 0")

    def communities(self, graph: Graph) -> NDArray[np.int64]:
        """See `Detector.communities`."""
        if not len(graph.ends):
            return np.arange(len(graph.accounts))
        with _random_numbers(self.seed):
            found = graph.skeleton().community_leiden(
                objective_function=self.objective,
                weights=graph.weight if self.weighted else None,
                resolution=self.resolution,
                n_iterations=-1,
            )
        return np.asarray(found.membership, dtype=np.int64)


@contextmanager
def _random_numbers(seed: int) -> Iterator[None]:
    """Let igraph draw from a generator of our own: its default is Python's global one, which belongs to the caller."""
    import igraph  # noqa: PLC0415

    with _ONE_AT_A_TIME:
        igraph.set_random_number_generator(random.Random(seed))  # noqa: S311  (no secret depends on it)
        try:
            yield
        finally:
            igraph.set_random_number_generator(random)
