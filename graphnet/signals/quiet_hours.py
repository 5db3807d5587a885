"""Whether the members sleep: the share of posts in the quietest six hours of the day.

People leave a gap: under 3 % of a person's posts fall into the quietest six hours, against 25 % of a clock that never
rests. The longest empty run would be the obvious figure, but it shrinks with the number of posts (sleepers fall from
six hours to under three), the share does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from graphnet.crowds import Crowds, Numbers
from graphnet.signals import Finding
from graphnet.signals._rhythm import Rhythm, RhythmSignal, windows
from graphnet.signals.activity import by_hour
from graphnet.words import percent

__all__ = ["QuietHours"]


@dataclass(frozen=True)
class QuietHours(RhythmSignal):
    """Share of posts in the quietest six hours in a row: the account's, or the median of a group's members.

    Accounts shared by people in several time zones, and people who travel, have no quiet hours either.
    """

    name: ClassVar[str] = "quiet_hours"
    title: ClassVar[str] = "posts in the quietest six hours"
    unit: ClassVar[str] = "share of posts"
    figure: ClassVar[str] = "quiet"

    def communities(self, data: Rhythm, groups: Crowds, values: Numbers) -> Iterator[Finding]:
        """See `Signal.communities`; the evidence is the group's posts by hour of the day."""
        for i, value in enumerate(values):
            members = groups.members(i)
            reason = self.insufficient(data, members)
            if not np.isnan(value):
                together = windows(data.hours[members].sum(axis=0))
                reason = (
                    f"the median member makes {percent(value)} of its posts in its quietest six hours (25 % if it "
                    f"never rested); all together are quietest from {_hours(int(together.argmin()))}"
                )
            yield self.of_community(int(groups.label[i]), value, reason, by_hour(data, members))

    def tell(self, data: Rhythm, account: int) -> str:
        """See `RhythmSignal.tell`."""
        start = int(windows(data.hours[account]).argmin())
        return f"{percent(data.quiet[account])} of its posts fall into its quietest six hours, {_hours(start)}"


def _hours(start: int) -> str:
    return f"{start:02d}:00 to {(start + 6) % 24:02d}:00 UTC"
