"""When each account posts; what the signals about activity and quiet hours share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from graphnet import timelines
from graphnet.crowds import Crowds, Flags, Ints, Numbers
from graphnet.signals import Finding, Signal
from graphnet.study import Study
from graphnet.words import count, iso, percent

if TYPE_CHECKING:
    from graphnet.kernels.rhythm import Rhythms

__all__ = ["Rhythm", "RhythmSignal"]


@dataclass(frozen=True)
class Rhythm:
    """Figures of each account; 0 where it never posted at a known time.

    Attributes:
        lines: Figures of all accounts, and when each member posted.
        outside: Whether the account is in no community.
        enough: Whether it has posts enough to speak of a rhythm.
    """

    lines: timelines.Timelines
    outside: Flags
    enough: Flags

    @property
    def of(self) -> Rhythms:
        """The figures."""
        return self.lines.rhythms

    def quarters(self, members: Ints) -> npt.NDArray[np.int32]:
        """Posts of members together by quarter of an hour of the day (UTC)."""
        from graphnet.kernels.rhythm import by_quarter  # noqa: PLC0415  (numba, half a second)

        return by_quarter(np.concatenate([np.zeros(0, np.int64), *(self.lines.of(a) for a in members.tolist())]))

    def hours(self, members: Ints) -> list[int]:
        """Posts of members together by hour of the day (UTC)."""
        return [int(n) for n in self.quarters(members).reshape(24, 4).sum(axis=1)]

    @cached_property
    def per_day(self) -> Numbers:
        """Posts per active day; NaN without enough posts."""
        return np.where(self.enough, self.of.posts / np.maximum(self.of.days, 1), np.nan)

    @cached_property
    def quiet(self) -> Numbers:
        """Share of posts in the quietest six hours in a row; NaN without enough posts, or with dates only."""
        return np.where(self.enough, self.of.quiet, np.nan)


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
        return None if timelines.timed(study) else "the study has no times"

    def load(self, study: Study, outside: Flags) -> Rhythm:
        """See `Signal.load`."""
        lines = timelines.load(study, "members")
        of = lines.rhythms
        return Rhythm(lines, outside, (of.posts >= self.least_posts) & (of.days >= self.least_days))

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
        others = values[data.outside & data.enough]
        others = np.sort(others[~np.isnan(others)])
        smaller, upto = (np.searchsorted(others, values[groups.account], side=side) for side in ("left", "right"))
        for account, low, high in zip(groups.account.tolist(), smaller.tolist(), upto.tolist(), strict=True):
            if not data.enough[account]:
                yield self.of_account(account, np.nan, self._too_little(data, account))
                continue
            if np.isnan(values[account]):
                yield self.of_account(account, np.nan, "insufficient data: its times are dates without a time of day")
                continue
            reason = self.tell(data, account)
            if len(others):
                most = "all" if low == len(others) else percent(low / len(others))
                reason += f"; more than {most} of the {len(others):,} accounts in no community"
            found = self.of_account(account, values[account], reason, [row(data, account)])
            yield replace(found, control=(low + high) / 2 / len(others) if len(others) else None)

    def _too_little(self, data: Rhythm, account: int) -> str:
        posts, days = count(int(data.of.posts[account]), "post"), count(int(data.of.days[account]), "day")
        return f"insufficient data: {posts} on {days}, {self.least_posts} on {self.least_days} days are needed"

    @abstractmethod
    def tell(self, data: Rhythm, account: int) -> str:
        """The sentence for one account with enough posts."""


def row(data: Rhythm, account: int) -> dict[str, object]:
    """The figures of one account as a row of evidence."""
    return {
        "count": int(data.of.posts[account]),
        "days": int(data.of.days[account]),
        "busiest_day": int(data.of.most[account]),
        "first_time": iso(int(data.of.first[account])),
        "last_time": iso(int(data.of.last[account])),
        "hours": data.hours(np.array([account])),
    }
