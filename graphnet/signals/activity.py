"""How much the members post: a description, no verdict. People who care about a cause post a lot too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from graphnet.crowds import Crowds, Ints, Numbers
from graphnet.signals import Finding
from graphnet.signals._rhythm import Rhythm, RhythmSignal
from graphnet.words import count, iso

__all__ = ["Activity"]


@dataclass(frozen=True)
class Activity(RhythmSignal):
    """Posts per active day: the account's own, or the median of a group's members that posted enough."""

    name: ClassVar[str] = "activity"
    title: ClassVar[str] = "how much they post"
    unit: ClassVar[str] = "posts per active day"
    figure: ClassVar[str] = "per_day"

    def communities(self, data: Rhythm, groups: Crowds, values: Numbers) -> Iterator[Finding]:
        """See `Signal.communities`; the evidence is the group's posts by hour of the day."""
        for i, value in enumerate(values):
            members = groups.members(i)
            told = described(data, members)
            if np.isnan(value):
                reason = f"{self.insufficient(data, members)}; {told}"
            else:
                reason = f"the median member posts {value:.1f} times on a day on which it posts; {told}"
            yield self.of_community(int(groups.label[i]), value, reason, by_hour(data, members))

    def tell(self, data: Rhythm, account: int) -> str:
        """See `RhythmSignal.tell`."""
        return (
            f"{count(int(data.of.posts[account]), 'post')} on {count(int(data.of.days[account]), 'day')} between "
            f"{_day(data.of.first[account])} and {_day(data.of.last[account])}, {data.per_day[account]:.1f} a day, "
            f"{data.of.most[account]:,} on the busiest"
        )


def described(data: Rhythm, members: Ints) -> str:
    """How much was posted, by how many, and when."""
    posting = members[data.of.posts[members] > 0]
    if not len(posting):
        return "no member posted at a known time"
    posts, days = int(data.of.posts[posting].sum()), float(np.median(data.of.days[posting]))
    return (
        f"{count(len(posting), 'member')} made {count(posts, 'post')} between {_day(data.of.first[posting].min())} and "
        f"{_day(data.of.last[posting].max())}, on {days:g} days each (median)"
    )


def by_hour(data: Rhythm, members: Ints) -> list[dict[str, Any]]:
    """The members' posts by hour of the day (UTC)."""
    return [{"hour": hour, "count": n} for hour, n in enumerate(data.hours(members))]


def _day(time: Any) -> str:
    return (iso(int(time)) or "")[:10]
