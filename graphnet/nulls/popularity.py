"""Popularity: busy accounts share popular things."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from graphnet.errors import InputError
from graphnet.nulls import Model, Outcome, Pairs, Seeker, Shares
from graphnet.nulls._shares import Census, most_within
from graphnet.nulls._whole import Columns, Part, Scattered, Spreadable, Whole, stream

__all__ = ["Popularity"]

T = TypeVar("T")

SIZES_SQL = "select popularity, count(*) as shares from {rows} s group by popularity order by popularity"
ACTS_SQL = "(select account, count(*) as acts from {rows} s where active group by account) a"


@dataclass(frozen=True)
class Popularity(Spreadable):
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

    def lacking(self, census: Census) -> str | None:
        """See `Spreadable.lacking`."""
        return None if census.shares else "there are no shares"

    def usable(self, shares: Shares) -> Shares:
        """See `Null.usable`: without the most popular objects."""
        return shares.within(self.budget)

    def fit(self, shares: Shares, threads: int | None = None) -> Model:
        """See `Null.fit`."""
        del threads
        scale, most = _scale(*np.unique(shares.popularity, return_counts=True))
        return Fitted(self, shares, shares.activity.astype(np.float64), scale, {"d_max": most})

    def sifted(self, whole: Whole) -> Whole:
        """See `Spreadable.sifted`."""
        most = most_within(*_sizes(whole), self.budget)
        return whole if most is None else whole.among(f"popularity <= {most}")

    def scatter(self, whole: Whole) -> Scattered:
        """See `Spreadable.scatter`: what each account shared in all."""
        scale, most = _scale(*_sizes(whole))
        acts = stream(ACTS_SQL.format(rows=whole.shares), grp=whole.group(), one="account", two="acts")
        return Scattered(partial(_parted, self, scale), {"acts": acts}, {"d_max": most})

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
        activity: Objects of each account.
        scale: Expected shared objects for each product of two activities.
        notes: ``d_max``: most accounts of an object.
    """

    null: Popularity
    shares: Shares
    activity: NDArray[np.float64]
    scale: float
    notes: dict[str, Any]

    def test(self, pairs: Pairs) -> Outcome:
        """See `Model.test`."""
        from graphnet.kernels.null_work import poisson_tail  # noqa: PLC0415  (numba is slow to load)

        expected = self.activity[pairs.source] * self.scale * self.activity[pairs.target]
        return Outcome(pairs.shared.astype(np.int64), expected, poisson_tail(pairs.shared, expected))

    def candidates(
        self,
        then: Callable[[Pairs], T],
        active: NDArray[np.bool_],
        threads: int | None = None,
        cut: int | None = None,
    ) -> list[T]:
        """See `Seeker.candidates`: the pairs that share two objects or more and have p <= cut.

        The number of pairs that share two objects or more goes to ``notes["candidates"]``.
        """
        from graphnet.kernels.null_popularity import Incidence, screen  # noqa: PLC0415
        from graphnet.kernels.null_work import critical  # noqa: PLC0415

        limits = critical(self.null.cut, int(self.activity.max(initial=0)))
        twice: list[int] = []

        def found(source: Any, target: Any, shared: Any, some: int) -> T:
            twice.append(some)
            return then(Pairs(source, target, shared))

        # an account that takes no part is one that shares nothing
        some = self.shares.of_accounts(active)
        table = some.incidence
        if cut is not None:
            table = Incidence.of(some.account, some.object, some.accounts, some.objects, cut)
        answers = screen(table, self.activity, self.scale, limits, found, threads)
        self.notes["candidates"] = sum(twice)
        return answers


def _scale(sizes: NDArray[np.int64], how_many: NDArray[np.int64]) -> tuple[float, int]:
    """Expected shared objects for each product of two activities, and the most accounts of an object.

    Args:
        sizes: Numbers of accounts that objects have, ascending, each once.
        how_many: How many objects have that many.
    """
    d = sizes.astype(np.float64)
    return float((d * (d - 1) * how_many).sum()) / max(int((sizes * how_many).sum()), 1) ** 2, int(d.max(initial=0))


def _sizes(whole: Whole) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of accounts that objects have, and how many objects have that many."""
    found = whole.rows(SIZES_SQL.format(rows=whole.shares))
    sizes = found["popularity"].to_numpy()
    return sizes, found["shares"].to_numpy() // np.maximum(sizes, 1)


def _parted(null: Popularity, scale: float, part: Part, rows: Mapping[str, Columns]) -> Fitted:
    """The model of one task."""
    activity = np.zeros(len(part.accounts))
    activity[part.place(rows["acts"]["one"])] = rows["acts"]["two"]
    return Fitted(null, part.shares, activity, scale, {})
