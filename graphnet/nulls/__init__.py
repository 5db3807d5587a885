"""Nulls: what chance, shared interest, habits and breaking news give, one a file.

A null answers, for two accounts that share things, how many they would share (or how often they would meet) if nobody
coordinated, and how surprising it is that it was more. To add a null, add a file with one subclass of `Null`; see
CONTRIBUTING.md. Formulas and assumptions: docs/validity.md.

A p-value belongs to one pair. Who looks at all pairs has to correct for all of them, seen together or not: `q_values`.

Example:
    >>> import numpy as np
    >>> from graphnet.nulls import Pairs, Popularity, Shares
    >>> account, thing = np.repeat([0, 1, 2, 3, 4, 5], 5), np.array([0, 1, 2, 3, 4] * 2 + list(range(5, 25)))
    >>> shares = Shares.of(account, thing)
    >>> tested = Popularity().fit(shares).test(Pairs.of(shares, [0], [1]))
    >>> tested.seen.tolist(), tested.expected.round(2).tolist(), tested.p.round(4).tolist()
    ([5], [0.28], [0.0])
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from graphnet import registry
from graphnet.discovery import benjamini_hochberg
from graphnet.nulls._shares import NO_TIME, Pairs, Shares

__all__ = ["NO_TIME", "Model", "Null", "Outcome", "Pairs", "Seeker", "Shares", "cauchy", "q_values"]

Reals = NDArray[np.float64]
T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """What a null says of some pairs; arrays with one place a pair.

    Attributes:
        seen: What was counted: shared objects, or sessions in which the two met.
        expected: What the null expects.
        p: Probability of as many or more under the null; 1: not surprising, or the bound does not hold.
    """

    seen: NDArray[np.int64]
    expected: Reals
    p: Reals


@dataclass(frozen=True)
class Null(ABC):
    """One account of what happens without coordination. Parameters at construction, data at `fit`.

    Attributes:
        name: Name in tables and on the command line.
        title: What it allows for ("whom each amplifies, and when each is active").
        side: ``what``: how much two accounts share; ``when``: how close together in time they share it.
        screen: A null that everybody who shares an interest rejects: it only chooses the pairs that stricter ones test.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    side: ClassVar[Literal["what", "when"]]
    screen: ClassVar[bool] = False

    @abstractmethod
    def missing(self, shares: Shares) -> str | None:
        """Why this null cannot be used on these shares ("no times are known"), or None."""

    def usable(self, shares: Shares) -> Shares:
        """The shares that this null can judge; pairs are counted in them."""
        return shares

    @abstractmethod
    def fit(self, shares: Shares, threads: int | None = None) -> Model:
        """Learn what is usual from `usable` shares."""

    @abstractmethod
    def sentence(self, seen: int, expected: float, things: str = "objects") -> str:
        """One sentence that sets what was seen beside what was expected.

        Args:
            seen: As in `Outcome`.
            expected: As in `Outcome`.
            things: What the objects are: ``posts``, ``links``, ….
        """


class Model(ABC):
    """A null fitted to some shares."""

    notes: dict[str, Any]
    """What a reader of the results should know of the fit."""

    @abstractmethod
    def test(self, pairs: Pairs) -> Outcome:
        """Test these pairs."""


class Seeker(Model):
    """A fitted null that also finds the pairs it may reject: a screen, or one of the side ``when``."""

    @abstractmethod
    def candidates(
        self,
        then: Callable[[Pairs], T],
        active: NDArray[np.bool_],
        threads: int | None = None,
        cut: int | None = None,
    ) -> list[T]:
        """Call ``then`` with every pair of active accounts that this null could reject, in pieces; returns its answers.

        Args:
            then: Called by several threads; its answers are returned in the order of the sources.
            active: Which accounts take part.
            threads: Number of threads; None: all cores.
            cut: Only pairs of an account below this number and one from it on; None: all pairs.
        """


Base = Null


def q_values(p: Reals, tests: float, method: Literal["bh", "by"] = "bh") -> Reals:
    """The smallest false discovery rate at which each p would be kept.

    Args:
        p: The p-values that may be small; all others count as 1.
        tests: Number of all tests, also those whose p is not given.
        method: ``bh`` (Benjamini & Hochberg 1995) or ``by`` (Benjamini & Yekutieli 2001: under any dependence, about
            ln(tests) times as strict).

    Example:
        >>> q_values(np.array([0.001, 0.5, 0.002]), tests=10).tolist()
        [0.01, 1.0, 0.01]
    """
    if not len(p):
        return np.empty(0)
    # the sum of 1 / n up to the number of tests
    stricter = np.log(tests) + np.euler_gamma + 1 / (2 * tests) if method == "by" else 1.0
    return benjamini_hochberg(p, tests * stricter)


def cauchy(p: Reals) -> Reals:
    """One p-value from several of one pair that may depend on each other (Liu & Xie 2020), all of equal weight.

    What is above .5 counts as .5: a layer in which two accounts do not act together is no evidence against the layer in
    which they do, and the formula has no place for p = 1.

    Args:
        p: Shape (pairs, layers).

    Example:
        >>> cauchy(np.array([[1e-6, 1.0], [1e-6, 1e-6], [0.3, 1.0]])).round(7).tolist()
        [2e-06, 1e-06, 0.3890854]
    """
    # 1 / tan instead of tan(pi / 2 - …): the difference has no digits left for a small p
    slope = np.mean(np.where(p < 0.5, 1 / np.tan(np.pi * np.minimum(p, 0.5)), 0.0), axis=1)
    return np.asarray(np.arctan2(1.0, slope) / np.pi, np.float64)


def __getattr__(name: str) -> type[Any]:
    return registry.by_class_name("nulls", name)
