"""When each account of a study posted: sorted times, and the figures that `graphnet.kernels.rhythm` makes of them.

Example:
    >>> import tempfile, graphnet as gn, pandas as pd
    >>> posts = pd.DataFrame({"id": ["1", "2"], "account": ["a", "a"], "time": [60, 30], "text": ["x", "y"]})
    >>> lines = load(gn.read(posts, into=tempfile.mkdtemp() + "/study"))
    >>> lines.of(0).tolist(), lines.untimed.tolist()
    ([30, 60], [0])
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

import numpy as np

from graphnet.crowds import Ints
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


@dataclass(frozen=True)
class Timelines:
    """The times of all accounts, one account after the other.

    Attributes:
        start: Where each account's times start; one longer than the number of accounts.
        time: Times in seconds (UTC), sorted within each account.
        post: Our number of the post at each time; -1 where an action of an edge list stands for it.
        untimed: Posts of each account without a known time; they are in no figure.
    """

    start: Ints
    time: Ints
    post: Ints
    untimed: Ints

    def of(self, account: int) -> Ints:
        """The times of one account."""
        return self.time[self.start[account] : self.start[account + 1]]

    @cached_property
    def rhythms(self) -> Rhythms:
        """The figures of each account."""
        from graphnet.kernels.rhythm import rhythms  # noqa: PLC0415  (numba, half a second)

        return rhythms(self.start, self.time)


def timed(study: Study) -> bool:
    """Whether anything in the study has a time."""
    return bool(study.rows(f"select 1 from ({EVENTS}) limit 1").num_rows)


_IN_USE: WeakKeyDictionary[Study, tuple[Mapping[str, Any], ref[Timelines]]] = WeakKeyDictionary()
"""Timelines that somebody holds, and the files that they came from: three signals in a row ask for the same."""


def load(study: Study) -> Timelines:
    """The times of all accounts of a study."""
    files = {table: study.files(table) for table in ("accounts", "actions", "posts")}
    known, lines = _IN_USE.get(study, (None, None))
    found = lines() if lines and known == files else None
    if found is None:
        found = _load(study)
        _IN_USE[study] = files, ref(found)
    return found


def _load(study: Study) -> Timelines:
    width = study.rows("select coalesce(max(account), -1) + 1 as n from accounts")["n"][0].as_py()
    rows = study.rows(f"select account, time, post from ({EVENTS}) order by account, time, post")
    account, time, post = (rows[name].to_numpy().astype(np.int64) for name in ("account", "time", "post"))
    missing = study.rows(UNTIMED)
    untimed = np.zeros(width, dtype=np.int64)
    untimed[missing["account"].to_numpy()] = missing["n"].to_numpy()
    return Timelines(np.searchsorted(account, np.arange(width + 1)).astype(np.int64), time, post, untimed)
