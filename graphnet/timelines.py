"""When each account of a study posted: sorted times, and the figures that `graphnet.kernels.rhythm` makes of them.

The figures are made by the engine, of some accounts at a time. Times themselves, one a post, are fetched of all
accounts only where somebody needs them.

Example:
    >>> import tempfile, graphnet as gn, pandas as pd
    >>> posts = pd.DataFrame({"id": ["1", "2"], "account": ["a", "a"], "time": [60, 30], "text": ["x", "y"]})
    >>> lines = load(gn.read(posts, into=tempfile.mkdtemp() + "/study"))
    >>> lines.of(0).tolist(), lines.rhythms.posts.tolist(), lines.untimed.tolist()
    ([30, 60], [2], [0])
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary, ref

import numpy as np
import pyarrow as pa

from graphnet import places
from graphnet.crowds import Ints
from graphnet.schema import Column, Table
from graphnet.study import Study

if TYPE_CHECKING:
    from graphnet.kernels.rhythm import Rhythms

__all__ = ["Timelines", "load", "timed"]

EVENTS = """
select account, time, post from posts where time is not null
union all
select distinct account, time, cast(-1 as bigint) as post from actions where post is null and time is not null
"""
"""Posts, and actions that no post stands for: edges of an edge list are told apart by their second."""
UNTIMED = """
select account, count(*) as n from (
    select account from posts where time is null
    union all
    select account from actions where post is null and time is null and kind <> 'follow'
) group by account
"""
WHOSE = {"all": "", "members": "where account in (select account from members)"}

Whose = Literal["all", "members"]


@dataclass(frozen=True)
class Timelines:
    """The figures of all accounts, and times, one account after the other.

    Attributes:
        start: Where each account's times start; one longer than the number of accounts. Accounts whose times were not
            asked for have none.
        time: Times in seconds (UTC), sorted within each account.
        post: Our number of the post at each time; -1 where an action of an edge list stands for it.
        untimed: Posts of each account without a known time; they are in no figure.
        rhythms: The figures of each account, whether its times were asked for or not.
    """

    start: Ints
    time: Ints
    post: Ints
    untimed: Ints
    rhythms: Rhythms

    def of(self, account: int) -> Ints:
        """The times of one account."""
        return self.time[self.start[account] : self.start[account + 1]]


def timed(study: Study) -> bool:
    """Whether anything in the study has a time."""
    return bool(study.rows(f"select 1 from ({EVENTS}) limit 1").num_rows)


_IN_USE: WeakKeyDictionary[Study, tuple[Any, ref[Timelines]]] = WeakKeyDictionary()
"""Timelines that somebody holds, and what they came from: three signals in a row ask for the same."""


def load(study: Study, whose: Whose = "all") -> Timelines:
    """The figures of all accounts of a study, and times.

    Args:
        study: The study.
        whose: Whose times: those of all accounts, or of the members of communities.
    """
    asked = whose, {table: study.files(table) for table in ("accounts", "actions", "posts", "members")}
    known, lines = _IN_USE.get(study, (None, None))
    found = lines() if lines and known == asked else None
    if found is None:
        found = _load(study, whose)
        _IN_USE[study] = asked, ref(found)
    return found


def _load(study: Study, whose: Whose) -> Timelines:
    width = study.rows("select coalesce(max(account), -1) + 1 as n from accounts")["n"][0].as_py()
    rows = study.rows(f"select account, time, post from ({EVENTS}) {WHOSE[whose]} order by account, time, post")
    account, time, post = (rows[name].to_numpy().astype(np.int64) for name in ("account", "time", "post"))
    missing = study.rows(UNTIMED)
    untimed = np.zeros(width, dtype=np.int64)
    untimed[missing["account"].to_numpy()] = missing["n"].to_numpy()
    start = np.searchsorted(account, np.arange(width + 1)).astype(np.int64)
    return Timelines(start, time, post, untimed, _rhythms(study, width))


# Figures -------------------------------------------------------------------------------------------------------------

COUNTS = ("posts", "days", "most", "first", "last", "step", "modal_gap", "sessions", "even_sessions")
FIGURES = ("quiet", "longest", "burstiness", "entropy", "second", "minute", "modal", "even")
RHYTHMS = Table(
    "rhythms",
    tuple(
        Column(name, kind, "")
        for kind, names in ((pa.int64(), ("account", *COUNTS)), (pa.float64(), FIGURES))
        for name in names
    ),
)
"""One row an account with times, as the engine makes them."""


def _rhythms(study: Study, width: int) -> Rhythms:
    """The figures of all accounts; the times they are made of stay where the engine has them."""
    from graphnet.kernels.rhythm import Rhythms  # noqa: PLC0415  (numba, half a second)

    with _room(study) as folder:
        path = folder / "rhythms.parquet"
        study.engine.map(f"select account, time from ({EVENTS})", _figures, path, RHYTHMS, by="account")
        study.engine.open(path, RHYTHMS.name)
        rows = study.rows(f"select * from {RHYTHMS.name}")
    found = {name: np.zeros(width, np.int64) for name in COUNTS} | {name: np.full(width, np.nan) for name in FIGURES}
    found["step"][:] = 1
    account = rows["account"].to_numpy()
    for name, values in found.items():
        values[account] = rows[name].to_numpy()
    return Rhythms(*(found[field.name] for field in fields(Rhythms)))


def _figures(rows: pa.Table) -> pa.Table:
    """The figures of some accounts, of all rows (account, time) about them."""
    from graphnet.kernels.rhythm import rhythms  # noqa: PLC0415

    account, time = (rows[name].to_numpy().astype(np.int64) for name in ("account", "time"))
    order = np.lexsort((time, account))
    account, time = account[order], time[order]
    first = np.flatnonzero(np.diff(account, prepend=account[:1] - 1))
    found = rhythms(np.append(first, len(account)), time)
    return pa.table({"account": account[first], **{name: getattr(found, name) for name in (*COUNTS, *FIGURES)}})


@contextmanager
def _room(study: Study) -> Iterator[Path]:
    """A folder that is there for a moment, beside what else a step needs."""
    scratch = places.scratch(study.path)
    scratch.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=scratch) as name:
            yield Path(name)
    finally:
        with suppress(OSError):  # something of the step's is in it
            scratch.rmdir()
