"""Diffusion and habit: news spreads fast, and some people are always quick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from graphnet.errors import InputError
from graphnet.nulls import NO_TIME, Model, Null, Outcome, Pairs, Seeker, Shares

if TYPE_CHECKING:
    from graphnet.kernels.null_diffusion import Timeline

__all__ = ["Diffusion"]

T = TypeVar("T")
ROUND = 0.9
"""Share of times at the full minute from which on times are taken to be no finer than that."""
GRAINS = ((86_400, "day"), (3600, "hour"), (60, "minute"))
LONGEST = 240


@dataclass(frozen=True)
class Diffusion(Null):
    """How often two accounts meet within seconds, given how each thing spread and how quick each account usually is.

    For each object that both share, the probability that they meet follows from the number of its sharers at each age
    and from both accounts' habits. Meetings are counted once a session (shares of an account without a pause of half an
    hour): who reads the same feed twice in an hour meets the same people twice, and that is one coincidence, not two.

    Args:
        quick: A window in seconds: programs.
        middle: Another one: people who watch for each other's posts.
        slow: Another one: people who were called. The smallest p of the three counts, three times.

    Raises:
        InputError: A parameter is out of range.
    """

    name: ClassVar[str] = "diffusion"
    title: ClassVar[str] = "how each thing spread and how quick each account usually is"
    side: ClassVar[Literal["what", "when"]] = "when"
    quick: int = 10
    middle: int = 60
    slow: int = 240

    def __post_init__(self) -> None:
        if not 1 <= self.quick <= self.middle <= self.slow <= LONGEST:
            raise InputError(
                f"diffusion: windows are {self.quick}, {self.middle} and {self.slow} seconds; "
                f"needed: 1 <= quick <= middle <= slow <= {LONGEST}"
            )

    @property
    def windows(self) -> tuple[int, ...]:
        """The windows, each once."""
        return tuple(sorted({self.quick, self.middle, self.slow}))

    def missing(self, shares: Shares) -> str | None:
        """See `Null.missing`."""
        if shares.lasting:
            return "accounts, domains and hashtags have no beginning from which they spread"
        times = shares.time[shares.time != NO_TIME]
        if not len(times):
            return "no times are known"
        coarse = [name for grain, name in GRAINS if np.mean(times % grain == 0) >= ROUND]
        return f"times are known to the {coarse[0]} only" if coarse else None

    def usable(self, shares: Shares) -> Shares:
        """See `Null.usable`: shares whose time is known."""
        return shares.timed()

    def fit(self, shares: Shares, threads: int | None = None) -> Model:
        """See `Null.fit`."""
        from graphnet.kernels.null_diffusion import Timeline  # noqa: PLC0415  (numba is slow to load)

        del threads
        made = _creation_times(shares)
        born = shares.born if made else shares.first
        table = Timeline.of(shares.account, shares.object, shares.time, born, shares.accounts, self.windows)
        return Fitted(table, {"creation_times": made})

    def sentence(self, seen: int, expected: float, things: str = "objects") -> str:
        """See `Null.sentence`."""
        return (
            f"given how these {things} spread and how quick each usually is, {expected:.1f} sessions expected "
            f"in which they come within {self.slow} seconds of each other, {seen} seen"
        )


@dataclass(frozen=True)
class Fitted(Seeker):
    """Diffusion, fitted.

    Attributes:
        table: Who shared what when, and how it spread.
        notes: Whether ``creation_times`` were known; if not, the first share seen stands for them.
    """

    table: Timeline
    notes: dict[str, Any]

    def test(self, pairs: Pairs) -> Outcome:
        """See `Model.test`; seen and expected are of the longest window, in the less surprising direction."""
        from graphnet.kernels.null_work import poisson_tail  # noqa: PLC0415

        met = self.table.meetings(pairs.source, pairs.target)
        p = np.where(met.seen >= 2, poisson_tail(met.seen, met.expected), 1.0)
        # one row a pair and window from here on
        direction = np.argmax(p, axis=2)[:, -1]
        rows = np.arange(len(pairs))
        joint = np.minimum(1.0, p.shape[1] * p.max(axis=2).min(axis=1))
        return Outcome(met.seen[rows, -1, direction].astype(np.int64), met.expected[rows, -1, direction], joint)

    def candidates(self, then: Callable[[Pairs], T], active: NDArray[np.bool_], threads: int | None = None) -> list[T]:
        """See `Seeker.candidates`: the pairs that met in two sessions or more."""
        return self.table.candidates(
            lambda source, target: then(Pairs(source, target, np.zeros(len(source), np.int32))), active, threads
        )


def _creation_times(shares: Shares) -> bool:
    """Whether it is known when things were made, and better than to the minute.

    Creation dates without a time of day would make everything look old.
    """
    made = shares.created[shares.object]
    made = made[made != NO_TIME]
    return bool(len(made) and np.mean(made % 60 == 0) < ROUND)
