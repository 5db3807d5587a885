"""Benign explanations of a community, one a file: what else than suspected coordination may have made it.

An explanation asks the data a few questions; each answer is a `Clue` that speaks for it, against it, or cannot be told.
They are put together by a rule that can be followed by hand (`support`) and always shown with the clues behind it. None
of them clears or accuses anybody. To add an explanation, add a file with one subclass; see docs/benign.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from graphnet import registry

if TYPE_CHECKING:
    from graphnet.crowds import Numbers
    from graphnet.explanations._facts import Facts

__all__ = ["Benign", "Clue", "lean", "share", "support"]

Role = Literal["core", "limit", "sign"]


@dataclass(frozen=True)
class Clue:
    """The answer to one question, for every community.

    Attributes:
        role: ``core``: without it the explanation does not hold (of several one is enough); ``limit``: where it speaks
            against the explanation, the explanation does not hold, whatever else speaks for it; ``sign``: all others.
        speaks: From -1 (against) to 1 (for), one a community; NaN where it cannot be told.
        words: The figures behind it, as one sentence without its full stop, one a community.
    """

    role: Role
    speaks: Numbers
    words: list[str]

    @classmethod
    def of(cls, role: Role, speaks: Numbers, tell: Callable[[int], str], unknown: str | Callable[[int], str]) -> Clue:
        """A clue whose sentences are made by ``tell`` from the place of the community, or say what is ``unknown``."""
        why = unknown if callable(unknown) else lambda _: unknown
        known = ~np.isnan(speaks)
        words = [tell(i) if known[i] else f"unknown: {why(i)}" for i in range(len(speaks))]
        return cls(role, np.asarray(speaks, dtype=np.float64), words)


def lean(values: Numbers, against: float, favour: float) -> Numbers:
    """From -1 at ``against`` and beyond to 1 at ``favour`` and beyond, evenly in between; NaN stays.

    Example:
        >>> lean(np.array([0.0, 0.3, 0.4, 0.5, 1.0]), 0.3, 0.5).round(2).tolist()
        [-1.0, -1.0, 0.0, 1.0, 1.0]
        >>> lean(np.array([2.0, 12.0]), 7, 2).tolist()
        [1.0, -1.0]
    """
    return np.asarray(np.clip(2 * (values - against) / (favour - against) - 1, -1, 1), dtype=np.float64)


def share(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> Numbers:
    """``part`` / ``whole``; NaN where ``whole`` is 0.

    Example:
        >>> share(np.array([1, 0]), np.array([4, 0])).tolist()
        [0.25, nan]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(whole > 0, part / np.where(whole > 0, whole, 1), np.nan), dtype=np.float64)


def support(clues: Sequence[Clue]) -> Numbers:
    """How far the clues together support an explanation, from -1 to 1, one figure a community.

    The mean of what is known, but no more than the best ``core`` clue and than each ``limit`` clue. NaN where no core
    clue can be told.

    Example:
        >>> clues = [Clue("core", np.array([1.0, 1.0, np.nan]), []), Clue("limit", np.array([0.0, -0.5, 1.0]), [])]
        >>> support(clues).tolist()
        [0.0, -0.5, nan]
    """
    speaks = np.array([clue.speaks for clue in clues])
    known = ~np.isnan(speaks)
    mean = np.where(known, speaks, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    roles = np.array([clue.role for clue in clues])
    core = np.fmax.reduce(speaks[roles == "core"], axis=0)
    limits = np.fmin.reduce(speaks[roles == "limit"], axis=0, initial=1.0)
    # minimum, not fmin: an unknown core stays unknown
    return np.asarray(np.minimum(core, np.minimum(mean, limits)), dtype=np.float64)


@dataclass(frozen=True)
class Benign(ABC):
    """One benign explanation. Parameters at construction, data at call, no other state.

    Attributes:
        name: Code in the table ``benign``.
        title: What the group would be, in a few words: "fans of the same authors".
    """

    name: ClassVar[str]
    title: ClassVar[str]

    @abstractmethod
    def clues(self, facts: Facts) -> Iterator[Clue]:
        """What in the data speaks for and against it, for all communities at once; at least one ``core``."""


Base = Benign


def __getattr__(name: str) -> type[Any]:
    return registry.by_class_name("explanations", name)
