"""A study's actions with the coordination shuffled out of them.

*Rewired*: accounts that act on things of the same author change places, as long as both were there on both days. How
often each account acts on whose things stays exactly, and so does how often and when each thing is shared; nobody acts
on a day on which they were not there at all. Only who shares which of an author's things is new. Places within one
author and day alone are not enough: whoever was called to one post of an author who is not much shared otherwise would
still be there.

*Shifted*: every day of every account is moved to another day of the collection, and every session (shares without a
pause of half an hour) moves with the day it began on, earlier or later by up to an hour, each by itself. What each
account shares stays, and so do its sessions and, to the hour, its habits; only who meets whom is new. Whole days alone
are not enough: whoever was called to one minute would still meet there on one day in as many as there are.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graphnet.layers import shares
from graphnet.nulls import NO_TIME
from graphnet.nulls._cells import load
from graphnet.schema import ACTIONS
from graphnet.study import Study

__all__ = ["rewired", "shifted"]

Ints = NDArray[np.int64]
DAY = 86_400
LATE = 3600
"""Seconds by which a session is moved at most, beside whole days."""
PAUSE = 1800
"""Seconds without a share that end a session."""
ROUNDS = 30
"""Times that each action is asked to change places with another."""
BLOCK = 4_000_000
"""Days of accounts that are shuffled at once."""


def rewired(study: Study, random: np.random.Generator) -> tuple[pa.Table, float]:
    """The actions, the accounts of each author shuffled; and the share of the actions that changed hands."""
    actions = _actions(study)
    account, time = _numbers(actions, "account"), _numbers(actions, "time")
    thing, cell = _cells(study, actions)
    new = _swapped(account, thing, cell, np.where(time == NO_TIME, 0, time // DAY), random)
    return _with(actions, "account", new), float((new != account).mean()) if len(account) else 0.0


def shifted(study: Study, random: np.random.Generator) -> tuple[pa.Table, float]:
    """The actions, the days of each account moved; and the share of the actions that are at another time now."""
    actions = _actions(study)
    time, account = _numbers(actions, "time"), _numbers(actions, "account")
    known = time != NO_TIME
    if not known.any():
        return actions, 0.0
    first = int(time[known].min()) // DAY
    days = int(time[known].max()) // DAY - first + 1
    session, begin = _sessions(account[known], time[known])
    day = begin // DAY - first
    late = random.integers(-LATE, LATE + 1, int(session.max()) + 1)[session]
    new = time.copy()
    new[known] += (_moved(account[known], day, days, random) - day) * DAY + late
    return _with(actions, "time", pa.array(new, pa.int64(), mask=~known)), float((new != time).mean())


def _actions(study: Study) -> pa.Table:
    """In an order that does not depend on that of the input."""
    order = ", ".join(name for name in ACTIONS.names)
    return study.rows(f"select {order} from actions order by {order}")


def _numbers(table: pa.Table, name: str) -> Ints:
    return np.asarray(pc.fill_null(table[name].cast(pa.int64()), NO_TIME).to_numpy())


def _with(table: pa.Table, name: str, values: Ints | pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, pa.array(values, pa.int64()))


# Rewiring ------------------------------------------------------------------------------------------------------------


def _cells(study: Study, actions: pa.Table) -> tuple[Ints, Ints]:
    """Of each action: a number for what is acted upon, in which way; and its cell of kind and author."""
    kinds = actions["kind"].to_pylist()
    named = {kind: n for n, kind in enumerate(sorted(set(kinds)))}
    kind = np.array([named[k] for k in kinds], np.int64)
    what, whom = (_numbers(actions, name) for name in ("object", "target"))
    of_object = what != NO_TIME
    thing = np.where(of_object, what, whom)
    author = np.full(len(kind), -1, np.int64)
    for text, number in named.items():
        for rows, column in ((of_object, "object"), (~of_object & (whom != NO_TIME), "target")):
            mine = rows & (kind == number)
            if mine.any():
                author[mine] = _authors(study, text, column, thing[mine])
    things = np.column_stack((kind, of_object, thing))
    cells = np.column_stack((kind, of_object, author))
    return _numbered(things), _numbered(cells)


def _numbered(rows: Ints) -> Ints:
    return np.asarray(np.unique(rows, axis=0, return_inverse=True)[1], np.int64).ravel()


def _authors(study: Study, kind: str, column: str, thing: Ints) -> Ints:
    """The author of each thing, or what stands for the interest behind it (see `graphnet.nulls`)."""
    without = "" if column == "object" else " and object is null"
    sql = shares(kind.replace("'", "''"), column) + without
    found = load(study, sql, "objects" if column == "object" else "accounts").shares
    return found.author[np.searchsorted(np.unique(thing), thing)].astype(np.int64)


def _swapped(account: Ints, thing: Ints, cell: Ints, day: Ints, random: np.random.Generator) -> Ints:
    """The accounts after many changes of places.

    A change is between two rows of one cell, and is made if both accounts were there on both days, and neither has the
    thing of the other already.
    """
    new = account.copy()
    if not len(new):
        return new
    width, days = int(account.max()) + 1, day - day.min()
    span = int(days.max()) + 1
    there = np.unique(account * span + days)
    for _ in range(ROUNDS):
        # all rows of a cell in an order of chance: neighbours are asked to change places
        order = np.lexsort((random.random(len(new)), cell))
        one, two = order[:-1][: len(order) // 2 * 2 : 2], order[1::2]
        good = (cell[one] == cell[two]) & (new[one] != new[two])
        one, two = one[good], two[good]
        good = _among(new[one] * span + days[two], there) & _among(new[two] * span + days[one], there)
        one, two = one[good], two[good]
        held = np.sort(thing * width + new)
        good = ~_among(thing[one] * width + new[two], held) & ~_among(thing[two] * width + new[one], held)
        # two pairs may hand one account the same thing at once: the first one does
        keys = np.concatenate((thing[one[good]] * width + new[two[good]], thing[two[good]] * width + new[one[good]]))
        once = np.zeros(len(keys), np.bool_)
        once[np.unique(keys, return_index=True)[1]] = True
        free = once[: len(keys) // 2] & once[len(keys) // 2 :]
        one, two = one[good][free], two[good][free]
        new[one], new[two] = new[two], new[one]
    return new


def _among(keys: Ints, sorted_keys: Ints) -> NDArray[np.bool_]:
    place = np.searchsorted(sorted_keys, keys)
    return np.asarray(sorted_keys[np.minimum(place, len(sorted_keys) - 1)] == keys)


# Shifting ------------------------------------------------------------------------------------------------------------


def _moved(account: Ints, day: Ints, days: int, random: np.random.Generator) -> Ints:
    """The new day of each action: for each account the days of the collection change places."""
    new = np.empty_like(day)
    who = np.unique(account, return_inverse=True)[1]
    size = max(1, BLOCK // days)
    order = np.argsort(who, kind="stable")
    cuts = np.searchsorted(who[order], np.arange(0, int(who.max(initial=-1)) + 1 + size, size))
    for number, (low, high) in enumerate(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)):
        rows = order[low:high]
        table = np.argsort(random.random((size, days)), axis=1)
        new[rows] = table[who[rows] - number * size, day[rows]]
    return new


def _sessions(account: Ints, time: Ints) -> tuple[Ints, Ints]:
    """The session of each action, and when that began."""
    order = np.lexsort((time, account))
    new = (np.diff(account[order], prepend=-1) != 0) | (np.diff(time[order], prepend=0) > PAUSE)
    number = np.cumsum(new) - 1
    session = np.empty_like(account)
    session[order] = number
    return session, time[order][new][session]
