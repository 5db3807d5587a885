"""When each account posts; what the signals about activity and quiet hours share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphnet.crowds import Crowds, Flags, Ints, Numbers
from graphnet.signals import Finding, Signal
from graphnet.study import Study
from graphnet.words import count, iso, percent

__all__ = ["Rhythm", "RhythmSignal"]

EVENTS = """
select account, time from posts where time is not null
union all
select distinct account, time from actions where post is null and time is not null
"""
"""Posts, and actions that no post stands for: edges of an edge list are told apart by their second."""
DAYS = f"""
select account, cast(sum(n) as bigint) as posts, count(*) as days, max(n) as most, min(first) as first,
    max(last) as last
from (
    select account, floor(time / 86400) as day, count(*) as n, min(time) as first, max(time) as last
    from ({EVENTS}) group by account, floor(time / 86400)
) group by account
"""
HOUR = "cast(floor(time / 3600) - 24 * floor(time / 86400) as bigint)"
HOURS = f"select account, {HOUR} as hour, count(*) as n from ({EVENTS}) group by account, {HOUR}"


@dataclass(frozen=True)
class Rhythm:
    """Figures of each account; 0 where it never posted at a known time.

    Attributes:
        posts: Posts with a known time.
        days: Days (UTC) with a post.
        most: Posts on its busiest day.
        first, last: Times of its first and last post.
        hours: Posts by hour of the day (UTC), 24 columns.
        outside: Whether the account is in no community.
        enough: Whether it has posts enough to speak of a rhythm.
    """

    posts: Ints
    days: Ints
    most: Ints
    first: Ints
    last: Ints
    hours: npt.NDArray[np.int32]
    outside: Flags
    enough: Flags

    @cached_property
    def per_day(self) -> Numbers:
        """Posts per active day; NaN without enough posts."""
        return np.where(self.enough, self.posts / np.maximum(self.days, 1), np.nan)

    @cached_property
    def quiet(self) -> Numbers:
        """Share of posts in the quietest six hours in a row, around midnight too; NaN without enough posts."""
        return np.where(self.enough, windows(self.hours).min(axis=1) / np.maximum(self.posts, 1), np.nan)


def windows(hours: npt.NDArray[np.int32], width: int = 6) -> Ints:
    """Posts in the ``width`` hours from each hour on, around midnight too; last axis 24.

    Example:
        >>> windows(np.eye(24, dtype=np.int32)[:1])[0].tolist()[:2], windows(np.eye(24, dtype=np.int32)[:1])[0].sum()
        ([1, 0], np.int64(6))
    """
    turned = [np.roll(hours, -shift, axis=-1) for shift in range(width)]
    return np.asarray(np.sum(turned, axis=0, dtype=np.int64))


@dataclass(frozen=True)
class RhythmSignal(Signal[Rhythm]):
    """What the two signals about rhythm share.

    Args:
        least_posts: Fewest posts, …
        least_days: … on fewest days, for an account to be judged at all.
        least_members: Fewest such members for the group to be judged.
    """

    figure: ClassVar[str]
    least_posts: int = field(default=36)
    least_days: int = field(default=7)
    least_members: int = field(default=3)

    def missing(self, study: Study) -> str | None:
        """See `Signal.missing`."""
        return None if study.rows(f"select 1 from ({EVENTS}) limit 1").num_rows else "the study has no times"

    def load(self, study: Study, outside: Flags) -> Rhythm:
        """See `Signal.load`."""
        days = study.rows(DAYS)
        posts, active, most, first, last = (
            _column(days, name, len(outside)) for name in ("posts", "days", "most", "first", "last")
        )
        hours = np.zeros((len(outside), 24), dtype=np.int32)
        rows = study.rows(HOURS)
        hours[rows["account"].to_numpy(), rows["hour"].to_numpy()] = rows["n"].to_numpy()
        enough = (posts >= self.least_posts) & (active >= self.least_days)
        return Rhythm(posts, active, most, first, last, hours, outside, enough)

    def statistic(self, data: Rhythm, crowds: Crowds) -> Numbers:
        """Median of the members that have posts enough."""
        return crowds.median(getattr(data, self.figure), self.least_members)

    def insufficient(self, data: Rhythm, members: Ints) -> str:
        """The sentence for a group with too few members to be judged."""
        return (
            f"insufficient data: {count(int(data.enough[members].sum()), 'member')} of {len(members):,} made "
            f"{self.least_posts} posts or more on {self.least_days} days or more, {self.least_members} are needed"
        )

    def accounts(self, data: Rhythm, groups: Crowds) -> Iterator[Finding]:
        """See `Signal.accounts`; an account is compared with those in no community that posted enough."""
        values = getattr(data, self.figure)
        others = np.sort(values[data.outside & data.enough])
        smaller, upto = (np.searchsorted(others, values[groups.account], side=side) for side in ("left", "right"))
        for account, low, high in zip(groups.account.tolist(), smaller.tolist(), upto.tolist(), strict=True):
            if not data.enough[account]:
                yield self.of_account(account, np.nan, self._too_little(data, account))
                continue
            reason = self.tell(data, account)
            if len(others):
                reason += f"; more than {percent(low / len(others))} of the {len(others):,} accounts in no community"
            found = self.of_account(account, values[account], reason, [row(data, account)])
            yield replace(found, control=(low + high) / 2 / len(others) if len(others) else None)

    def _too_little(self, data: Rhythm, account: int) -> str:
        posts, days = count(int(data.posts[account]), "post"), count(int(data.days[account]), "day")
        return f"insufficient data: {posts} on {days}, {self.least_posts} on {self.least_days} days are needed"

    @abstractmethod
    def tell(self, data: Rhythm, account: int) -> str:
        """The sentence for one account with enough posts."""


def _column(rows: pa.Table, name: str, width: int) -> Ints:
    """One figure of every account, 0 where it never posted."""
    found = np.zeros(width, dtype=np.int64)
    found[rows["account"].to_numpy()] = rows[name].to_numpy()
    return found


def row(data: Rhythm, account: int) -> dict[str, object]:
    """The figures of one account as a row of evidence."""
    return {
        "count": int(data.posts[account]),
        "days": int(data.days[account]),
        "busiest_day": int(data.most[account]),
        "first_time": iso(int(data.first[account])),
        "last_time": iso(int(data.last[account])),
        "hours": data.hours[account].tolist(),
    }
