"""How often two accounts would meet within seconds, given how things spread and how quickly each usually reacts.

Every share has an age: seconds since its object came into being. Ages fall into `EDGES` bins, and these into `CLASSES`
classes of latency. An object's curve is the number of its sharers in each bin; an account's habit is how much more
often than others it shares in each class. Both together give, for each object two accounts share, the probability that
they meet within a window; an account's sessions (shares without a long pause) are the independent tries.

Example:
    >>> import numpy as np
    >>> account, thing = np.array([0, 1, 2, 3] * 3, np.int32), np.repeat(np.arange(3, dtype=np.int32), 4)
    >>> time = np.array([0, 3, 90_000, 200_000] * 3) + np.repeat([0, 10**6, 2 * 10**6], 4)
    >>> table = Timeline.of(account, thing, time, np.array([0, 10**6, 2 * 10**6]), n_accounts=4, windows=(10,))
    >>> table.candidates(lambda source, target: (source.tolist(), target.tolist()))[0]
    ([0], [1])
    >>> met = table.meetings(np.array([0], np.int32), np.array([1], np.int32))
    >>> met.seen.ravel().tolist(), met.expected.ravel().round(3).tolist()
    ([3, 3], [0.433, 0.433])
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from graphnet.kernels.null_work import Ints, Longs, Reals, Spare, bucket, each, pieces

__all__ = ["CLASSES", "EDGES", "LATENCIES", "PAUSE", "Met", "Timeline", "lives"]

T = TypeVar("T")

MINUTE, DAY = 60, 86_400
EDGES = np.array(
    [0, MINUTE, 5 * MINUTE, 15 * MINUTE, *range(30 * MINUTE, DAY + 1, 30 * MINUTE), 3 * DAY, 20 * DAY], np.int64
)
"""Where the age bins begin, in seconds, and where the last ends; what is older counts there too."""
CLASSES = np.searchsorted([MINUTE, 5 * MINUTE, 30 * MINUTE, DAY], EDGES[:-1], side="right").astype(np.int32)
"""Latency class of each bin: up to 1 min, 5 min, 30 min, 1 day, later."""
LATENCIES = 5
PRIOR = 5.0
"""An account's habit counts as much as everybody's once it has shared this many things."""
PAUSE = 1800
"""A longer gap between two shares of an account ends a session, in seconds."""
LONGEST = 240
"""Longest window: two bins that do not touch are never closer to each other."""


@dataclass(frozen=True)
class Met:
    """Sessions in which two accounts met, and how many are expected; one row a pair.

    Attributes:
        seen: Shape (pairs, windows, 2): by the sessions of the source, and of the target.
        expected: The same shape.
    """

    seen: Ints
    expected: Reals


@dataclass(frozen=True)
class Timeline:
    """The shares in the order of the objects, and in the order of the accounts' lives.

    Attributes:
        account: Account of each row; rows are sorted by object and time.
        time: Time of each row.
        first: For each row where its object starts.
        last: For each row where its object ends.
        thing: Object of each row.
        row: Rows of each account in the order of time.
        starts: Where the rows of each account start; one more at the end.
        session: Session of each row: numbers from 0 within an account.
        windows: Seconds within which two shares meet.
        curve: Per object: sharers by latency class, and what `_curves` adds up for each window.
        habit: Per account and class: how much more often than all it shares then.
    """

    account: Ints
    time: Longs
    first: Longs
    last: Longs
    thing: Ints
    row: Ints
    starts: Longs
    session: Ints
    windows: Longs
    curve: Reals
    habit: Reals

    @classmethod
    def of(
        cls, account: Ints, thing: Ints, time: Longs, born: Longs, n_accounts: int, windows: tuple[int, ...]
    ) -> Timeline:
        """From shares without duplicates, all with times, in any order.

        Args:
            account: Account of each share.
            thing: Object of each share.
            time: Time of each share.
            born: When each object came into being; not after its first share.
            n_accounts: Number of accounts.
            windows: Seconds within which two shares meet; at most `LONGEST`.
        """
        order = np.lexsort((account, time, thing))
        account, thing, time = account[order], thing[order], time[order]
        begins = np.searchsorted(thing, np.arange(len(born) + 1)).astype(np.int64)
        count = _by_class(account, CLASSES[_bins(time, born[thing])], n_accounts)
        row, starts = _lives(account, thing, time, n_accounts)
        spans = np.array(windows, np.int64)
        return cls(
            account, time, begins[thing], begins[thing + 1], thing, row, starts, _sessions(row, starts, time, PAUSE),
            spans, _curves(time, begins, born, spans, EDGES, CLASSES), _habits(count, count.sum(0)),
        )  # fmt: skip

    @classmethod
    def part(
        cls,
        account: Ints,
        thing: Ints,
        time: Longs,
        session: Longs,
        ages: tuple[Longs, Longs, Longs],
        count: Longs,
        everybody: Longs,
        windows: tuple[int, ...],
    ) -> Timeline:
        """From some of the shares of some accounts, with what it takes all shares to know.

        Args:
            account: Account of each share.
            thing: Object of each share.
            time: Time of each share.
            session: Session of each share among all shares of its account: see `lives`.
            ages: How each object spread: objects (ascending), bins, and how many of all its sharers shared it then.
            count: How many of all its shares each account made in each latency class, shape (accounts, classes).
            everybody: How many shares all accounts made in each latency class.
            windows: Seconds within which two shares meet; at most `LONGEST`.
        """
        order = np.lexsort((account, time, thing))
        account, thing, time = account[order], thing[order], time[order]
        begins = np.searchsorted(thing, np.arange(int(thing.max(initial=-1)) + 2)).astype(np.int64)
        row, starts = _lives(account, thing, time, len(count))
        spans = np.array(windows, np.int64)
        curve = _curves_of_ages(*ages, len(begins) - 1, spans, EDGES, CLASSES)
        return cls(
            account, time, begins[thing], begins[thing + 1], thing, row, starts, session[order].astype(np.int32),
            spans, curve, _habits(count, everybody),
        )  # fmt: skip

    @property
    def accounts(self) -> int:
        """Number of accounts."""
        return len(self.starts) - 1

    def candidates(
        self,
        then: Callable[[Ints, Ints], T],
        active: NDArray[np.bool_] | None = None,
        threads: int | None = None,
        cut: int | None = None,
    ) -> list[T]:
        """Pairs that met within the longest window in at least two sessions of the source.

        Args:
            then: Called with source and target of each piece (source < target, in order), by several threads.
            active: Accounts that take part; None: all.
            threads: Number of threads; None: all cores.
            cut: Only pairs of an account below this number and one from it on; None: all.

        Returns:
            What ``then`` gave, in the order of the sources.
        """
        part = np.ones(self.accounts, np.bool_) if active is None else active
        n = self.accounts
        spare = Spare(lambda: (np.zeros(n, np.int32), np.full(n, -1, np.int32), np.empty(n, np.int32)))
        window = self.windows.max()

        def run(first: int, last: int) -> T:
            with spare.borrowed() as scratch:
                found = _candidates(
                    first, last, self.account, self.time, self.first, self.last, self.row, self.starts, self.session,
                    window, part, 0 if cut is None else cut, *scratch,
                )  # fmt: skip
            return then(*found)

        return each(run, pieces(np.diff(self.starts[: None if cut is None else cut + 1])), threads)

    def meetings(self, source: Ints, target: Ints) -> Met:
        """Count and expect the sessions in which each pair met.

        Args:
            source: An account of each pair; quickest where equal ones stand together.
            target: The other account.
        """
        # a part may lack some sessions of an account, and has others of higher numbers
        most = max(int(np.diff(self.starts).max(initial=0)), int(self.session.max(initial=-1)) + 1)
        place = np.full(int(self.thing.max(initial=-1)) + 1, -1, np.int32)
        seen, expected = _meetings(
            source, target, self.time, self.thing, self.row, self.starts, self.session, self.windows, self.curve,
            self.habit, place, most,
        )  # fmt: skip
        return Met(seen, expected)


def lives(account: Ints, thing: Ints, time: Longs, born: Longs, n_accounts: int) -> tuple[Ints, Longs]:
    """The session and the age bin of each share, given all shares of each account.

    Args:
        account: Account of each share.
        thing: Object of each share.
        time: Time of each share.
        born: When the object of each share came into being.
        n_accounts: Number of accounts.

    Example:
        >>> account, time = np.zeros(3, np.int32), np.array([100, 50, 9000])
        >>> session, age = lives(account, np.arange(3, dtype=np.int32), time, np.array([0, 0, 0]), 1)
        >>> session.tolist(), age.tolist()
        ([0, 0, 1], [1, 0, 8])
    """
    row, starts = _lives(account, thing, time, n_accounts)
    return _sessions(row, starts, time, PAUSE), _bins(time, born)


def _lives(account: Ints, thing: Ints, time: Longs, n_accounts: int) -> tuple[Ints, Longs]:
    """The rows of each account in the order of time, and where they start."""
    by_time = np.lexsort((thing, time)).astype(np.int32)
    again, starts = bucket(account[by_time], n_accounts)
    return by_time[again], starts


def _bins(time: Longs, born: Longs) -> Longs:
    return np.clip(np.searchsorted(EDGES, time - born, side="right") - 1, 0, len(EDGES) - 2)


def _by_class(account: Ints, age_class: Ints, n_accounts: int) -> Longs:
    """How many things each account shared in each class."""
    count = np.bincount(account.astype(np.int64) * LATENCIES + age_class, minlength=n_accounts * LATENCIES)
    return np.asarray(count.reshape(n_accounts, LATENCIES), np.int64)


def _habits(count: Longs, everybody: Longs) -> Reals:
    """How much more often than all each account shares in each class, drawn towards 1 by `PRIOR` average shares."""
    usual = everybody / max(everybody.sum(), 1)
    expected = (count.sum(1, keepdims=True) + PRIOR) * usual
    habit = np.ones(count.shape)
    np.divide(count + PRIOR * usual, expected, out=habit, where=expected > 0)
    return habit


@njit(nogil=True, cache=True)
def _sessions(row, starts, time, pause):  # type: ignore[no-untyped-def]
    session = np.zeros(len(row), np.int32)
    for one in range(len(starts) - 1):
        for place in range(starts[one] + 1, starts[one + 1]):
            here, before = row[place], row[place - 1]
            session[here] = session[before] + (time[here] - time[before] > pause)
    return session


@njit(nogil=True, cache=True)
def _curves(time, starts, born, windows, edges, classes):  # type: ignore[no-untyped-def]
    """What the probability of meeting on an object needs, per object in one row.

    Sharers by class (5); then for each window the chances of two sharers, summed over the pairs of places that are
    close enough: both in one class (5), and one in a class and one in the next (4).
    """
    n_classes = classes[-1] + 1
    out = np.zeros((len(born), n_classes + len(windows) * (2 * n_classes - 1)))
    count = np.zeros(len(edges) - 1)
    for thing in range(len(born)):
        low, high = len(count), -1
        for row in range(starts[thing], starts[thing + 1]):
            here = min(np.searchsorted(edges, time[row] - born[thing], side="right") - 1, len(count) - 1)
            count[here] += 1
            low, high = min(low, here), max(high, here)
        if low <= high:
            _curve(count, low, high, windows, edges, classes, out[thing])
        for here in range(low, high + 1):
            count[here] = 0
    return out


@njit(nogil=True, cache=True)
def _curves_of_ages(thing, age, sharers, n_things, windows, edges, classes):  # type: ignore[no-untyped-def]
    """The same as `_curves`, from how many shared each thing in each bin; sorted by thing."""
    n_classes = classes[-1] + 1
    out = np.zeros((n_things, n_classes + len(windows) * (2 * n_classes - 1)))
    count = np.zeros(len(edges) - 1)
    start = 0
    while start < len(thing):
        stop, low, high = start, len(count), -1
        while stop < len(thing) and thing[stop] == thing[start]:
            count[age[stop]] = sharers[stop]
            low, high = min(low, age[stop]), max(high, age[stop])
            stop += 1
        _curve(count, low, high, windows, edges, classes, out[thing[start]])
        for here in range(low, high + 1):
            count[here] = 0
        start = stop
    return out


@njit(nogil=True, cache=True)
def _curve(count, low, high, windows, edges, classes, out):  # type: ignore[no-untyped-def]
    """Fill in one object's row, from its sharers in each bin; there are none below ``low`` and above ``high``."""
    n_classes = classes[-1] + 1
    for here in range(low, high + 1):
        out[classes[here]] += count[here]
        for which in range(len(windows)):
            at = n_classes + which * (2 * n_classes - 1)
            within, across = _chances(edges, here, windows[which])
            out[at + classes[here]] += count[here] ** 2 * within
            if here == high:
                continue
            both = count[here] * count[here + 1] * across
            if classes[here] == classes[here + 1]:
                out[at + classes[here]] += 2 * both
            else:
                out[at + n_classes + classes[here]] += both


@njit(nogil=True, cache=True)
def _chances(edges, here, window):  # type: ignore[no-untyped-def]
    """Probability that two even draws are within the window: both from this bin; one from it and one from the next."""
    width = edges[here + 1] - edges[here]
    within = 1.0 if window >= width else 1 - (1 - window / width) ** 2
    if here + 2 == len(edges):
        return within, 0.0
    beyond = edges[here + 2] - edges[here + 1]
    if window < width:
        return within, min(1.0, window**2 / (2 * width * beyond))
    return within, min(1.0, (window - width / 2) / beyond)


@njit(nogil=True, cache=True)
def _candidates(  # type: ignore[no-untyped-def]  # noqa: C901  (calls of inner functions cost time here)
    low, high, account, time, first, last, row, starts, session, window, active, cut, count, stamp, met
):
    """Pairs of the sources ``low`` to ``high``; ``count`` is all 0 and ``stamp`` all -1 before and after."""
    source, target = np.empty(64, np.int32), np.empty(64, np.int32)
    n = 0
    for one in range(low, high):
        if not active[one]:
            continue
        some = 0
        least = max(one + 1, cut)
        for here in row[starts[one] : starts[one + 1]]:
            for step in (-1, 1):
                near = here + step
                while first[here] <= near < last[here] and abs(time[near] - time[here]) <= window:
                    other = account[near]
                    if other >= least and active[other] and stamp[other] != session[here]:
                        if stamp[other] < 0:
                            met[some] = other
                            some += 1
                        stamp[other] = session[here]
                        count[other] += 1
                    near += step
        for other in np.sort(met[:some]):
            if count[other] >= 2:
                if n == len(source):
                    source, target = np.append(source, np.empty_like(source)), np.append(target, np.empty_like(target))
                source[n], target[n] = one, other
                n += 1
            count[other], stamp[other] = 0, -1
    return source[:n].copy(), target[:n].copy()


@njit(nogil=True, cache=True)
def _meetings(  # type: ignore[no-untyped-def]
    source, target, time, thing, row, starts, session, windows, curve, habit, place, most
):
    """Sessions seen and expected, by the sessions of source and of target. ``place`` is all -1 before and after."""
    shape = (len(source), len(windows), 2)
    seen, expected = np.zeros(shape, np.int32), np.zeros(shape)
    # of each session of the source: the probability of not meeting, and whether they met
    apart, met = np.ones((len(windows), most)), np.zeros((len(windows), most), np.bool_)
    touched = np.empty(most, np.int32)
    held = -1
    for pair in range(len(source)):
        one, other = source[pair], target[pair]
        if one != held:
            if held >= 0:
                place[thing[row[starts[held] : starts[held + 1]]]] = -1
            held = one
            for here in row[starts[one] : starts[one + 1]]:
                place[thing[here]] = here
        n = 0
        for there in row[starts[other] : starts[other + 1]]:
            if place[thing[there]] >= 0:
                touched[n] = there
                n += 1
        for which in range(len(windows)):
            _both_sides(
                touched[:n], place, thing, time, session, windows[which], which, curve, habit[one], habit[other],
                seen[pair, which], expected[pair, which], apart[which], met[which],
            )  # fmt: skip
    if held >= 0:
        place[thing[row[starts[held] : starts[held + 1]]]] = -1
    return seen, expected


@njit(nogil=True, cache=True)
def _both_sides(  # type: ignore[no-untyped-def]
    rows, place, thing, time, session, window, which, curve, mine, theirs, seen, expected, apart, met
):
    """Fill in ``seen`` and ``expected`` of one pair and window; ``rows``: the target's shares of common objects."""
    away, together, current = 1.0, False, -1
    for there in rows:
        here = place[thing[there]]
        chance = _chance(curve[thing[there]], which, mine, theirs)
        close = abs(time[there] - time[here]) <= window
        apart[session[here]] *= 1 - chance
        met[session[here]] |= close
        if session[there] != current:
            expected[1] += 1 - away
            seen[1] += together
            away, together, current = 1.0, False, session[there]
        away *= 1 - chance
        together |= close
    expected[1] += 1 - away
    seen[1] += together
    for there in rows:
        past = session[place[thing[there]]]
        expected[0] += 1 - apart[past]
        seen[0] += met[past]
        apart[past], met[past] = 1.0, False


@njit(nogil=True, cache=True)
def _chance(curve, which, mine, theirs):  # type: ignore[no-untyped-def]
    """Probability that two accounts with these habits meet on an object with this curve."""
    n = len(mine)
    at = n + which * (2 * n - 1)
    one = two = meet = 0.0
    for here in range(n):
        one += curve[here] * mine[here]
        two += curve[here] * theirs[here]
        meet += mine[here] * theirs[here] * curve[at + here]
        if here + 1 < n:
            meet += (mine[here] * theirs[here + 1] + mine[here + 1] * theirs[here]) * curve[at + n + here]
    return min(1.0, meet / (one * two))
