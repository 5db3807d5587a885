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

from graphnet.crowds import Crowds, Ints, Numbers
from graphnet.signals import Finding
from graphnet.signals._rhythm import Rhythm, RhythmSignal
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
                together = quietest(data, members)
                reason = (
                    f"the median member makes {percent(value)} of its posts in its quietest six hours (25 % if it "
                    f"never rested); all together are quietest from {together}"
                )
            yield self.of_community(int(groups.label[i]), value, reason, by_hour(data, members))

    def tell(self, data: Rhythm, account: int) -> str:
        """See `RhythmSignal.tell`."""
        when = quietest(data, np.array([account]))
        return f"{percent(data.quiet[account])} of its posts fall into its quietest six hours, {when}"


def quietest(data: Rhythm, members: Ints) -> str:
    """The six hours in which these accounts together post least; the first of equals."""
    from graphnet.kernels.rhythm import QUARTERS, windows  # noqa: PLC0415  (numba, half a second)

    first = int(windows(data.quarters(members)).argmin())
    return f"{_clock(first)} to {_clock((first + QUARTERS // 4) % QUARTERS)} UTC"


def _clock(quarter: int) -> str:
    return f"{quarter // 4:02d}:{quarter % 4 * 15:02d}"
