"""Diffusion and habit: news spreads fast, and some people are always quick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from graphnet.errors import InputError
from graphnet.nulls import NO_TIME, Model, Null, Pairs, Shares, Tested

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
        quick: A window in seconds.
        slow: Another one. The smaller p of the two counts, twice.

    Raises:
        InputError: A parameter is out of range.
    """

    name: ClassVar[str] = "diffusion"
    title: ClassVar[str] = "how each thing spread and how quick each account usually is"
    side: ClassVar[Literal["what", "when"]] = "when"
    quick: int = 10
    slow: int = 60

    def __post_init__(self) -> None:
        if not 1 <= self.quick <= self.slow <= LONGEST:
            raise InputError(
                f"diffusion: windows are {self.quick} and {self.slow}; needed: 1 <= quick <= slow <= {LONGEST} seconds"
            )

    @property
    def windows(self) -> tuple[int, ...]:
        """Both windows, each once."""
        return tuple(sorted({self.quick, self.slow}))

    def missing(self, shares: Shares) -> str | None:
        """See `Null.missing`."""
        times = shares.time[shares.time != NO_TIME]
        if not len(times):
            return "no times are known"
        coarse = [name for grain, name in GRAINS if np.mean(times % grain == 0) >= ROUND]
        return f"times are known to the {coarse[0]} only" if coarse else None

    def fit(self, shares: Shares, threads: int | None = None) -> Model:
        """See `Null.fit`."""
        from graphnet.kernels.null_diffusion import Timeline  # noqa: PLC0415  (numba is slow to load)

        del threads
        known = shares.time != NO_TIME
        born, made = _born(shares)
        # objects without any time have no row below, whatever stands here
        table = Timeline.of(
            shares.account[known], shares.object[known], shares.time[known], born, shares.accounts, self.windows
        )
        return Fitted(shares, table, {"unknown_time": int((~known).sum()), "creation_times": made})

    def sentence(self, seen: int, expected: float, things: str = "objects") -> str:
        """See `Null.sentence`."""
        return (
            f"given how these {things} spread and how quick each usually is, they would come within {self.slow} seconds "
            f"of each other in {expected:.1f} sessions, and did in {seen}"
        )


@dataclass(frozen=True)
class Fitted(Model):
    """Diffusion, fitted.

    Attributes:
        shares: The shares.
        table: Who shared what when, and how it spread.
        notes: Shares of ``unknown_time``, and whether ``creation_times`` were known.
    """

    shares: Shares
    table: Timeline
    notes: dict[str, Any]

    def test(self, pairs: Pairs) -> Tested:
        """See `Model.test`. Seen and expected are those of the longest window, in the direction that is less surprising."""
        from graphnet.kernels.null_work import poisson_tail  # noqa: PLC0415

        met = self.table.meetings(pairs.source, pairs.target)
        p = np.where(met.seen >= 2, poisson_tail(met.seen, met.expected), 1.0)
        # one row a pair and window from here on
        direction = np.argmax(p, axis=2)[:, -1]
        rows = np.arange(len(pairs))
        joint = np.minimum(1.0, p.shape[1] * p.max(axis=2).min(axis=1))
        return Tested(met.seen[rows, -1, direction].astype(np.int64), met.expected[rows, -1, direction], joint)

    def candidates(self, then: Callable[[Pairs], T], active: NDArray[np.bool_], threads: int | None = None) -> list[T]:
        """See `Model.candidates`: the pairs that met in two sessions or more."""
        return self.table.candidates(
            lambda source, target: then(Pairs(source, target, np.zeros(len(source), np.int32))), active, threads
        )


def _born(shares: Shares) -> tuple[NDArray[np.int64], bool]:
    """When each object came into being, and whether that is more than the first share seen."""
    made = shares.created[shares.object]
    made = made[made != NO_TIME]
    if len(made) and np.mean(made % 60 == 0) < ROUND:
        return shares.born, True
    # creation dates without a time of day would make everything look old
    return Shares(
        shares.account, shares.object, shares.time, shares.author, np.full(shares.objects, NO_TIME), shares.accounts
    ).born, False
