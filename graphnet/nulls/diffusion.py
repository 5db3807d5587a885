"""Diffusion and habit: news spreads fast, and some people are always quick."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graphnet.errors import InputError
from graphnet.nulls import Model, Outcome, Pairs, Seeker, Shares
from graphnet.nulls._shares import GRAINS, Census
from graphnet.nulls._whole import Columns, Part, Scattered, Spreadable, Whole, shape, stream

if TYPE_CHECKING:
    from graphnet.kernels.null_diffusion import Timeline

__all__ = ["Diffusion"]

T = TypeVar("T")
ROUND = 0.9
"""Share of times at the full minute from which on times are taken to be no finer than that."""
LONGEST = 240

LIVES = shape("spread_lives", ints="account object time session age latency", flags="active")
MET = shape("spread_met", ints="account object time session")
AGES = shape("spread_ages", ints="object age sharers")

LIVES_SQL = "select account, object, time, {born} as born, active from {rows} s"

LATENCIES_SQL = "select latency, count(*) as n from spread_lives group by latency"

AGES_SQL = "select object, age, count(*) as sharers from spread_lives group by object, age"

MET_SQL = """
select l.account, l.object, l.time, l.session from spread_lives l
join {tied} t on t.account = l.account and t.object = l.object"""

HABITS_SQL = """
(select account, latency, count(*) as n from spread_lives where active group by account, latency) h"""

SPREAD_SQL = """
(select g.grp, a.object, a.age, a.sharers from spread_ages a
join (select distinct {group} as grp, object from spread_met) g on g.object = a.object) a"""


@dataclass(frozen=True)
class Diffusion(Spreadable):
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

    def lacking(self, census: Census) -> str | None:
        """See `Spreadable.lacking`."""
        if census.lasting:
            return "accounts, domains and hashtags have no beginning from which they spread"
        if not census.timed:
            return "no times are known"
        coarse = [name for (_, name), n in zip(GRAINS, census.round, strict=True) if n / census.timed >= ROUND]
        return f"times are known to the {coarse[0]} only" if coarse else None

    def usable(self, shares: Shares) -> Shares:
        """See `Null.usable`: shares whose time is known."""
        return shares.timed()

    def fit(self, shares: Shares, threads: int | None = None) -> Model:
        """See `Null.fit`."""
        from graphnet.kernels.null_diffusion import Timeline  # noqa: PLC0415  (numba is slow to load)

        del threads
        made = _creation_times(shares.census)
        born = shares.born if made else shares.first
        table = Timeline.of(shares.account, shares.object, shares.time, born, shares.accounts, self.windows)
        return Fitted(table, {"creation_times": made})

    def sifted(self, whole: Whole) -> Whole:
        """See `Spreadable.sifted`."""
        return whole.among("time is not null")

    def scatter(self, whole: Whole) -> Scattered:
        """See `Spreadable.scatter`: how each thing spread, and how quick each account was."""
        made = _creation_times(whole.census())
        lives = LIVES_SQL.format(rows=whole.shares, born="born" if made else "first_seen")
        whole.map(lives, _lived, LIVES, by="account")
        whole.save(AGES_SQL, AGES)
        whole.save(MET_SQL.format(tied=whole.tied), MET)
        usual = {row["latency"]: row["n"] for row in whole.rows(LATENCIES_SQL).to_pylist()}
        group = whole.group()
        met = {"one": "account", "two": "object", "three": "time", "four": "session"}
        ages = {"one": "object", "two": "age", "three": "sharers"}
        streams = {
            "met": stream(MET.name, grp=group, **met),
            "habits": stream(HABITS_SQL, grp=group, one="account", two="latency", three="n"),
            "ages": stream(SPREAD_SQL.format(group=group), grp="grp", **ages),
        }
        return Scattered(partial(_parted, self.windows, usual), streams, {"creation_times": made})

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

    def candidates(
        self,
        then: Callable[[Pairs], T],
        active: NDArray[np.bool_],
        threads: int | None = None,
        cut: int | None = None,
    ) -> list[T]:
        """See `Seeker.candidates`: the pairs that met in two sessions or more."""
        return self.table.candidates(
            lambda source, target: then(Pairs(source, target, np.zeros(len(source), np.int32))), active, threads, cut
        )


def _creation_times(census: Census) -> bool:
    """Whether it is known when things were made, and better than to the minute.

    Creation dates without a time of day would make everything look old.
    """
    return bool(census.made and census.made_round / census.made < ROUND)


def _lived(rows: pa.Table) -> pa.Table:
    """The session, the age and the latency class of each share of whole accounts."""
    from graphnet.kernels.null_diffusion import CLASSES, lives  # noqa: PLC0415

    held = {name: rows[name].to_numpy() for name in ("account", "object", "time", "born")}
    accounts, who = np.unique(held["account"], return_inverse=True)
    session, age = lives(who.astype(np.int32), held["object"], held["time"], held["born"], len(accounts))
    columns: dict[str, Any] = {"session": session, "age": age, "latency": CLASSES[age]}
    columns |= {name: rows[name] for name in ("account", "object", "time", "active")}
    return pa.table({c.name: columns[c.name] for c in LIVES.columns}).cast(LIVES.arrow)


def _parted(windows: tuple[int, ...], usual: Mapping[int, int], part: Part, rows: Mapping[str, Columns]) -> Fitted:
    """The model of one task."""
    from graphnet.kernels.null_diffusion import EDGES, LATENCIES, Timeline  # noqa: PLC0415

    met, ages, habits = rows["met"], rows["ages"], rows["habits"]
    things, thing = np.unique(met["two"], return_inverse=True)
    count = np.zeros((len(part.accounts), LATENCIES), np.int64)
    count[part.place(habits["one"]), habits["two"]] = habits["three"]
    everybody = np.array([usual.get(latency, 0) for latency in range(LATENCIES)])
    place = np.searchsorted(things, ages["one"])
    # what both groups share has come twice
    key, first = np.unique(place * len(EDGES) + ages["two"], return_index=True)
    spread = (key // len(EDGES), key % len(EDGES), ages["three"][first])
    who = part.place(met["one"])
    table = Timeline.part(who, thing.astype(np.int32), met["three"], met["four"], spread, count, everybody, windows)
    return Fitted(table, {})
