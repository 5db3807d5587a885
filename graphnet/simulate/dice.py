"""Random draws that come out the same on every machine.

NumPy promises the raw stream of a bit generator for ever, but not what its distributions make of it. So everything
here is made from uniform doubles by short formulas. Every part of a world has a stream of its own: switching one part
off leaves alone what the others write (though not how people react to it).

Example:
    >>> from graphnet.simulate.dice import Dice
    >>> Dice(7, "names").below(10, 4).tolist() == Dice(7, "names").below(10, 4).tolist()
    True
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Dice", "Flags", "Ints", "Reals", "Things"]

Ints = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]
Things = NDArray[np.object_]
Shape = int | tuple[int, ...]


class Dice:
    """The random stream of one part of a world.

    Args:
        seed: The world's seed.
        part: Name of the part; each has its own stream.
    """

    def __init__(self, seed: int, part: str) -> None:
        self._stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(part.encode())])))

    def uniform(self, shape: Shape) -> Reals:
        """Uniform in [0, 1)."""
        return self._stream.random(shape)

    def chance(self, p: ArrayLike, shape: Shape) -> Flags:
        """True with probability ``p``."""
        return np.asarray(self.uniform(shape) < np.asarray(p))

    def below(self, high: ArrayLike, shape: Shape) -> Ints:
        """Whole numbers from 0 to ``high`` - 1."""
        return np.asarray(np.floor(self.uniform(shape) * np.asarray(high)), dtype=np.int64)

    def pick(self, weights: ArrayLike, shape: Shape) -> Ints:
        """Positions in ``weights``, each as likely as its weight."""
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        found = np.searchsorted(edges, self.uniform(shape) * edges[-1], side="right")
        return np.asarray(np.minimum(found, len(edges) - 1), dtype=np.int64)

    def choose(self, things: NDArray[Any], shape: Shape) -> NDArray[Any]:
        """Elements of ``things``, all equally likely, with repetition."""
        return np.asarray(things[self.below(len(things), shape)])

    def sample(self, things: NDArray[Any], n: int) -> NDArray[Any]:
        """``n`` different elements (all of them if there are fewer), in random order."""
        return np.asarray(things[np.argsort(self.uniform(len(things)), kind="stable")[:n]])

    def normal(self, shape: Shape) -> Reals:
        """Standard normal (Box-Muller)."""
        radius = np.sqrt(-2 * np.log1p(-self.uniform(shape)))
        return np.asarray(radius * np.cos(2 * np.pi * self.uniform(shape)))

    def lognormal(self, median: ArrayLike, sigma: float, shape: Shape) -> Reals:
        """Log-normal with that median."""
        return np.asarray(np.asarray(median) * np.exp(sigma * self.normal(shape)))

    def geometric(self, mean: float, shape: Shape) -> Ints:
        """1, 2, 3, … with that mean (more than 1)."""
        steps = np.log1p(-self.uniform(shape)) / np.log1p(-1 / mean)
        return np.asarray(1 + np.floor(steps), dtype=np.int64)
