"""Popularity: busy accounts share popular things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from graphnet.errors import InputError
from graphnet.nulls import Model, Null, Outcome, Pairs, Seeker, Shares

__all__ = ["Popularity"]

T = TypeVar("T")


@dataclass(frozen=True)
class Popularity(Null):
    """How much two accounts share if each draws its things from everybody's, by popularity alone.

    Expected are ``k_i k_j sum d(d-1) / L^2`` shared objects: k objects of each account, d accounts of each object, L
    shares in all. Every community of interest rejects this; it is a screen that leaves the pairs worth a closer look.

    Args:
        cut: Largest p at which a pair comes through the screen.
        budget: The most popular objects are left out so that the sum of their accounts squared stays within this
            (2.5e8 candidate pairs); the number of accounts above which that happened is reported.

    Raises:
        InputError: A parameter is out of range.
    """

    name: ClassVar[str] = "popularity"
    title: ClassVar[str] = "how active each account and how popular each thing is"
    side: ClassVar[Literal["what", "when"]] = "what"
    screen: ClassVar[bool] = True
    cut: float = 1e-4
    budget: float = 5e8

    def __post_init__(self) -> None:
        if not 0 < self.cut <= 1:
            raise InputError(f"popularity: cut is {self.cut}, it has to be above 0 and at most 1")
        if not self.budget > 0:
            raise InputError(f"popularity: budget is {self.budget}, it has to be above 0")

    def missing(self, shares: Shares) -> str | None:
        """See `Null.missing`."""
        return None if len(shares) else "there are no shares"

    def usable(self, shares: Shares) -> Shares:
        """See `Null.usable`: without the most popular objects."""
        return shares.within(self.budget)

    def fit(self, shares: Shares, threads: int | None = None) -> Model:
        """See `Null.fit`."""
        del threads
        d = shares.popularity.astype(np.float64)
        scale = float((d * (d - 1)).sum()) / max(len(shares), 1) ** 2
        return Fitted(self, shares, scale, {"d_max": int(d.max(initial=0))})

    def sentence(self, seen: int, expected: float, things: str = "objects") -> str:
        """See `Null.sentence`."""
        return (
            f"given how active both are and how popular the {things} are, "
            f"{expected:.1f} shared {things} expected, {seen} seen"
        )


@dataclass(frozen=True)
class Fitted(Seeker):
    """Popularity, fitted.

    Attributes:
        null: The parameters.
        shares: The shares that count.
        scale: Expected shared objects for each product of two activities.
        notes: ``d_max``: most accounts of an object.
    """

    null: Popularity
    shares: Shares
    scale: float
    notes: dict[str, Any]

    def test(self, pairs: Pairs) -> Outcome:
        """See `Model.test`."""
        from graphnet.kernels.null_work import poisson_tail  # noqa: PLC0415  (numba is slow to load)

        k = self.shares.activity.astype(np.float64)
        expected = k[pairs.source] * self.scale * k[pairs.target]
        return Outcome(pairs.shared.astype(np.int64), expected, poisson_tail(pairs.shared, expected))

    def candidates(self, then: Callable[[Pairs], T], active: NDArray[np.bool_], threads: int | None = None) -> list[T]:
        """See `Seeker.candidates`: the pairs that share two objects or more and have p <= cut.

        The number of pairs that share two objects or more goes to ``notes["candidates"]``.
        """
        from graphnet.kernels.null_popularity import screen  # noqa: PLC0415
        from graphnet.kernels.null_work import critical  # noqa: PLC0415

        activity = self.shares.activity.astype(np.float64)
        limits = critical(self.null.cut, int(activity.max(initial=0)))
        twice: list[int] = []

        def found(source: Any, target: Any, shared: Any, some: int) -> T:
            twice.append(some)
            return then(Pairs(source, target, shared))

        # an account that takes no part is one that shares nothing
        answers = screen(self.shares.of_accounts(active).incidence, activity, self.scale, limits, found, threads)
        self.notes["candidates"] = sum(twice)
        return answers
